"""Take the pictures of the guides anew from a running demonstration.

Run: python run.py demo, then with what requirements-dev.txt installs: python docs/take_pictures.py [URL]
Chromium must be installed. Each picture is at most a screen high and in few colours, to stay small.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "pictures"
PASSWORD = "attend-and-report-2015"
WIDE, PHONE, COLOURS = 1100, 360, 64


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody sees it: signed in as, at an address, reached by links from there."""

    name: str
    who: str
    path: str
    follow: tuple[str, ...] = ()
    height: int = 820
    width: int = WIDE


PICTURES = (
    Picture("dashboard", "subgroup", "/partnerships/BF/?period=2014-15"),
    Picture("lead-home", "lead.hv", "/"),
    Picture("people", "lead.hv", "/people/"),
    Picture("log-training", "lead.hv", "/people/log/?course=1&completed_on=01%2F10%2F2026"),
    Picture("person", "lead.hv", "/people/", (r"^\w.*, \w",)),
    Picture("attendance", "lead.hv", "/meetings/attendance/"),
    Picture("lead-users", "lead.hv", "/set-up/users/"),
    Picture("practitioner-home", "practitioner.hv", "/"),
    Picture("my-meetings", "practitioner.hv", "/meetings/mine/"),
    Picture("raise", "practitioner.hv", "/escalations/raise/"),
    Picture("conference-home", "conferences.bf", "/"),
    Picture("meetings", "conferences.bf", "/meetings/?sort=-held_on"),
    Picture("calendar", "conferences.bf", "/meetings/calendar/"),
    Picture("convene", "conferences.bf", "/meetings/convene/"),
    Picture("register", "conferences.bf", "/partnerships/BF/meetings/NEXT-02/register/", height=1100),
    Picture("register-phone", "conferences.bf", "/partnerships/BF/meetings/NEXT-02/register/", width=PHONE),
    Picture("courses", "training.bf", "/courses/"),
    Picture("requirements", "training.bf", "/courses/requirements/"),
    Picture("sessions", "training.bf", "/courses/sessions/"),
    Picture("take-up", "subgroup", "/courses/take-up/"),
    Picture("reports", "subgroup", "/reports/", height=1100),
    Picture("actions", "subgroup", "/reports/actions/"),
    Picture("returns", "manager.bf", "/reports/returns/", (r"^(April|October) to",), height=1000),
    Picture("return", "lead.cmht", "/reports/returns/", (r"^Community",), height=1000),
    Picture("set-up", "manager.bf", "/set-up/"),
    Picture("users", "manager.bf", "/set-up/users/"),
    Picture("rules", "manager.bf", "/set-up/rules/"),
    Picture("data-quality", "manager.bf", "/set-up/quality/"),
    Picture("decisions", "decisions.bf", "/"),
    Picture("history", "auditor.bf", "/history/"),
)


def main(site: str, *names: str) -> int:
    wrong = 0
    with sync_playwright() as playwright:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for who in sorted({picture.who for picture in PICTURES}):
            context = browser.new_context(reduced_motion="reduce", device_scale_factor=1.5)
            page = context.new_page()
            sign_in(page, site, who)
            for picture in PICTURES:
                if picture.who == who and (not names or picture.name in names):
                    wrong += take(page, site, picture)
            context.close()
        browser.close()
    return min(wrong, 1)


def sign_in(page: Page, site: str, who: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def take(page: Page, site: str, picture: Picture) -> int:
    """The picture in its file; 1 and a line when there is no such page."""
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    answer = page.goto(site + picture.path)
    for words in picture.follow:
        page.locator("main").get_by_role("link", name=re.compile(words)).first.click()
        page.wait_for_load_state()
    if answer is None or answer.status != 200:
        print(f"{picture.name}: {site}{picture.path} is not there")
        return 1
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file)
    with Image.open(file) as image:
        image.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["http://127.0.0.1:8000"])))
