"""Take the pictures of the guides anew from a running demonstration.

Run: python run.py demo, then with what requirements-dev.txt installs: python docs/take_pictures.py [URL]
Chromium and pdftoppm must be installed. Each picture is at most a screen high and in few colours, to stay small.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "pictures"
PASSWORD = "attend-and-report-2015"
WIDE, PHONE, COLOURS = 1100, 360, 64
ROWS, SHEET_HEIGHT, GREYS = 17, 486, 12  # of a sheet
SHEET = """<style>
body { margin: 0; font: 10px sans-serif } table { border-collapse: collapse }
th, td { border: 1px solid #cfcfcf; padding: 4px; max-width: 84px; overflow: hidden; white-space: nowrap }
th { background: #f0f0f0; font-weight: normal; color: #444 } .top td { font-weight: bold } .number { text-align: right }
</style><title>Sheet</title>"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody sees it: signed in as, at an address, reached by links from there."""

    name: str
    who: str
    path: str
    follow: tuple[str, ...] = ()
    height: int = 820
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class Printed:
    """A page of a PDF, as somebody gets it."""

    name: str
    who: str
    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The first rows of a CSV, as a spreadsheet program shows them."""

    name: str
    who: str
    path: str


TVP = "/partnerships/BF/agencies/TVP/report.pdf?period=2014-15&names=no"
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
    Printed("report-page", "lead.tvp", TVP, 2),
    Printed("report-together", "lead.tvp", f"{TVP}&across=yes", 2),
    Opened("section-11", "subgroup", "/partnerships/BF/section-11.csv?period=2014-15"),
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
                    wrong += TAKES[type(picture)](page, site, picture)
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
        return missing(site, picture)
    page.screenshot(path=file_of(picture))
    return fewer_colours(picture)


def take_printed(page: Page, site: str, picture: Printed) -> int:
    answer = page.request.get(site + picture.path)
    if answer.status != 200:
        return missing(site, picture)
    number = str(picture.number)
    subprocess.run(
        ["pdftoppm", "-png", "-r", "100", "-f", number, "-l", number, "-singlefile", "-",
         str(file_of(picture).with_suffix(""))],
        input=answer.body(), check=True,
    )
    return fewer_colours(picture)


def take_opened(page: Page, site: str, picture: Opened) -> int:
    answer = page.request.get(site + picture.path)
    if answer.status != 200:
        return missing(site, picture)
    rows = list(csv.reader(answer.body().decode("utf-8-sig").splitlines()))[:ROWS]
    page.set_viewport_size({"width": WIDE, "height": SHEET_HEIGHT})
    page.goto("about:blank")  # no policy of the site holds there
    page.set_content(as_table(rows))
    page.screenshot(path=file_of(picture))
    return fewer_colours(picture, GREYS)


def as_table(rows: list[list[str]]) -> str:
    """With letters above and numbers beside, the headings bold, figures to the right."""
    letters = "".join(f"<th>{chr(65 + place)}</th>" for place in range(len(rows[0])))
    lines = (
        f'<tr class="{"" if number else "top"}"><th>{number + 1}</th>' + "".join(
            f'<td class="{"number" if cell[:1].isdigit() and "-" not in cell else ""}">{escape(cell)}</td>'
            for cell in row
        )
        for number, row in enumerate(rows)
    )
    return f"{SHEET}<table><tr><th></th>{letters}</tr>{''.join(lines)}</table>"


def file_of(picture: Picture | Printed | Opened) -> Path:
    return FOLDER / f"{picture.name}.png"


def missing(site: str, picture: Picture | Printed | Opened) -> int:
    print(f"{picture.name}: {site}{picture.path} is not there")
    return 1


def fewer_colours(picture: Picture | Printed | Opened, colours: int = COLOURS) -> int:
    with Image.open(file_of(picture)) as image:
        image.convert("RGB").quantize(colours).save(file_of(picture), optimize=True)
    return 0


TAKES = {Picture: take, Printed: take_printed, Opened: take_opened}


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["http://127.0.0.1:8000"])))
