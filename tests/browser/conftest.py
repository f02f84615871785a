"""A real Chromium, its console listened to, and axe on every page that is shown.

Without Chromium these tests are skipped with a sentence; with CI set they fail instead.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from compliance.demo.factories import hashed
from tests import filled as world

filled = world.filled

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PASSWORD = "safe together 2014"
WIDE, PHONE, NARROWEST = 1280, 360, 320  # 320: a page of 1280 at 400%
# Every rule, in half the time: without loading each sound and style again, or a path to each fault.
ASKED = "{resultTypes: ['violations'], preload: false, selectors: false}"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    """The browser, started once."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        missing = "Chromium is not installed: pages were not tried in a real browser."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    from playwright.sync_api import sync_playwright  # only where there is a browser

    patch = pytest.MonkeyPatch()
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()
    patch.undo()


class Reader:
    """A person at a page: opens, signs in, and notes everything that the console complains of."""

    def __init__(self, context, site: str) -> None:
        self.page, self.site, self.complaints = context.new_page(), site, []
        self.page.set_default_timeout(30_000)  # a busy machine is no fault of the page
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self.note)

    def hear(self, message) -> None:
        # A page that is not there is told as an answer (see note), not as a fault of the console.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def note(self, response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str, status: int = 200) -> None:
        answer = self.page.goto(self.site + path)
        assert answer.status == status, (path, answer.status)

    def follow(self, words: str, within: str = "main") -> None:
        self.page.locator(within).get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state()

    def sign_in(self, user, password: str = PASSWORD) -> None:
        """Fill in the form, as people do."""
        user.password = hashed(PASSWORD)
        user.save()
        self.open("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_load_state()

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def download(self, words: str) -> bytes:
        with self.page.expect_download() as kept:
            self.page.get_by_role("button", name=words).or_(
                self.page.get_by_role("link", name=words)
            ).first.click()
        return Path(kept.value.path()).read_bytes()

    def check(self) -> None:
        """The page as it stands: nothing for axe to say, wide or narrow, and no scrolling sideways."""
        for width in (WIDE, PHONE):
            self.widen(width)
            assert not self.violations(), (self.page.url, width)
            assert not self.overflow(), (self.page.url, width)
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        assert not self.overflow(), (self.page.url, NARROWEST)
        self.widen(WIDE)
        assert not self.complaints, self.page.url

    def widen(self, width: int) -> None:
        """Another width, and time for the page to take notice of it."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def violations(self) -> list[str]:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(f"() => axe.run(document, {ASKED})")
        return [
            f"{fault['id']}: {node['html'][:120]}"
            for fault in found["violations"] for node in fault["nodes"]
        ]

    def overflow(self) -> int:
        root = "document.documentElement"
        return self.page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth")


@pytest.fixture
def readers_of_nothing(chromium, live_server):
    """Makes a reader, with script or without, of whatever there is in the database."""
    assert "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]  # else pages come unstyled
    cache.clear()  # sign-in limits
    contexts = []

    def reader(*, script: bool = True) -> Reader:
        contexts.append(chromium.new_context(
            viewport={"width": WIDE, "height": 900}, java_script_enabled=script,
            reduced_motion="reduce", accept_downloads=True,
        ))
        return Reader(contexts[-1], live_server.url)

    yield reader
    for context in contexts:
        context.close()


@pytest.fixture
def readers(readers_of_nothing, filled):
    """Makes a reader of the filled year."""
    return readers_of_nothing


@pytest.fixture
def reader(readers) -> Reader:
    return readers()
