"""What stands before the reports of a pack: cover, contents, summary, who returned nothing, actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable, PageBreak

from compliance.pdf.fonts import font, width, wrapped
from compliance.pdf.structure import Element
from compliance.report.actions import listed
from compliance.report.blocks import (
    CAPTION,
    INK,
    LEAD,
    MUTED,
    RULE,
    SECTION,
    TITLE,
    UNLISTED,
    Look,
    Text,
    text_code,
)
from compliance.report.book import ROOM, Book, in_words
from compliance.report.cover import Band
from compliance.report.grid import STRONG, Row

if TYPE_CHECKING:
    from compliance.report.pack import Chapter, Group, Line, PackSheet

ENTRY = Look("P", size=9.5, leading=12.5)
STATE = Look("P", size=8.5, leading=12.5, colour=MUTED)
GROUP = Look("H3", "LiberationSans-Bold", 10.5, 14, 10, 4)
NAMES, PAGE, BELOW = 0.46, 30.0, 4.0  # of the room; points
NOTHING_BACK = "Agencies that returned nothing"
ACTIONS = "The board’s actions carried over"
SUMMARY = "Summary"
ONCE = (
    "Each meeting is counted once, each person once, and what several partnerships ask alike of one person is "
    "due once: where an agency is shared this is less than the sum of the rows above. A rating stands where all "
    "partnerships have the same target."
)


def front(sheet: PackSheet) -> list[Flowable]:
    book = Book(sheet)
    cover(book, sheet)
    summary(book, sheet)
    book.blocks.append(PageBreak())
    nothing_back(book, sheet)
    actions(book, sheet)
    return book.story()


def cover(book: Book, sheet: PackSheet) -> None:
    book.text(sheet.label or "Several partnerships", CAPTION)
    book.heading(sheet.partnerships, TITLE)
    book.text(f"Reports of all agencies, {sheet.period.name}", LEAD)
    book.blocks.append(Band())
    book.table([], facts(sheet), [0.22, 0.78], name=STRONG)
    book.heading("Contents", UNLISTED)
    contents(book, sheet)
    book.blocks.append(PageBreak())


def facts(sheet: PackSheet) -> list[Row]:
    period, issued = sheet.period, sum(c.line.stands.startswith("Issued") for c in sheet.chapters)
    whole = len(sheet.chapters)
    return [
        ("Partnerships" if len(sheet.groups) > 1 else "Partnership", sheet.partnerships),
        ("Made for", sheet.subgroup),
        ("Period", f"{period.name}: {in_words(period.first)} to {in_words(period.last)}"),
        ("Reports", f"{whole}, {issued or 'none'} of them as issued. The contents say which."),
        ("Made", f"{in_words(sheet.made_at)} at {sheet.made_at:%H:%M}"),
        ("This copy", "Copy without names. People are counted, never named."),
    ]


# --- Contents ---------------------------------------------------------------------------------------


def contents(book: Book, sheet: PackSheet) -> None:
    """The sections of the front and each report: how it stands, and its page, to which the line leads."""
    listed = Element("TOC")
    for title in (SUMMARY, NOTHING_BACK, ACTIONS):
        book.blocks.append(Entry(listed, title, "", partial(section_of, book, title)))
    for group in sheet.groups:
        if len(sheet.groups) > 1:
            book.heading(group.name, GROUP)
            listed = Element("TOC")
        for chapter in group.chapters:
            name, stands = chapter.line.name, chapter.line.stands
            book.blocks.append(Entry(listed, name, stands, partial(report_of, chapter)))


def section_of(book: Book, title: str) -> tuple[str, int]:
    at = next(b for b in book.blocks if isinstance(b, Text) and b.look is SECTION and b.text == title)
    return key_of(title), at.page


def report_of(chapter: Chapter) -> tuple[str, int]:
    return chapter.key, chapter.page


def key_of(title: str) -> str:
    return f"front-{title}"


class Entry(Flowable):
    """A line of the contents."""

    def __init__(self, listed: Element, name: str, stands: str, place: partial) -> None:
        super().__init__()
        self.listed, self.place, self.words = listed, place, name
        self.names = wrapped(name, ENTRY.font, ENTRY.size, ROOM * NAMES - 8 if stands else ROOM - PAGE, 4)
        self.stands = wrapped(stands, STATE.font, STATE.size, ROOM * (1 - NAMES) - PAGE, 4) if stands else ()

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return ROOM, max(len(self.names), len(self.stands)) * ENTRY.leading + BELOW

    def least(self, room: float) -> float:
        return self.wrap(room, 0)[1]

    def draw(self) -> None:
        canvas, (wide, high) = self.canv, self.wrap(0, 0)
        if not self.listed.children:
            canvas.root.hold(self.listed)
        link = self.listed.add("TOCI").add("Reference").add("Link")
        y = high - ENTRY.size
        with canvas.tagged(link):
            canvas.ink(INK)
            canvas.write(text_code(canvas, [f"{line} " for line in self.names], 0, y, ENTRY))
            canvas.ink(MUTED)
            if self.stands:
                lines = [f"{line} " for line in self.stands]
                canvas.write(text_code(canvas, lines, ROOM * NAMES, y, STATE))
            canvas.ink(INK)
            canvas.write_later(partial(self._page, canvas, wide, y))
        with canvas.artifact():
            canvas.setStrokeColor(RULE)
            canvas.write(f"0.4 w 0 {BELOW / 2:.2f} m {wide:.2f} {BELOW / 2:.2f} l S")
        x, low = canvas.absolutePosition(0, 0)
        canvas.lead(self.place()[0], self.words, (x, low, x + wide, low + high), link)

    def _page(self, canvas, right: float, y: float) -> str:
        number = str(self.place()[1])
        x = right - width(number, ENTRY.font, ENTRY.size)
        return f"BT {x:.2f} {y:.2f} Td {canvas.shown(number, font(ENTRY.font), ENTRY.size)} ET"


class Anchor(Flowable):
    """Where a section of the front begins."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        _, y = self.canv.absolutePosition(0, 0)
        self.canv.bookmarkPage(self.key, fit="XYZ", top=y + 40)


def section(book: Book, title: str) -> None:
    book.heading(title, SECTION)
    book.blocks.append(Anchor(key_of(title)))


# --- Summary ----------------------------------------------------------------------------------------


def summary(book: Book, sheet: PackSheet) -> None:
    """A row for each agency, the partnership as a whole last; over several, what is counted once."""
    section(book, SUMMARY)
    book.text(
        "Each cell is the percentage with its rating against the local target, and under it what was met of "
        "the total. A total under five is not rated; nothing to count reads none."
    )
    several = len(sheet.groups) > 1
    for group in sheet.groups:
        lines = [chapter.line for chapter in group.chapters]
        table(book, sheet, [*lines, group.whole], group.name if several else "")
    if sheet.together:
        table(book, sheet, sheet.together, "All partnerships together", ONCE)
    for note in sheet.notes:
        book.note(note)


def table(book: Book, sheet: PackSheet, lines: Sequence[Line], title: str, note: str = "") -> None:
    if title:
        book.part(title)
    if note:
        book.note(note)
    head = ["Agency", *(f"{title}\n({basis})" for title, basis in sheet.measures.values())]
    rows = [(line.name, *(cell(line, key) for key in sheet.measures)) for line in lines]
    share = 0.77 / len(sheet.measures)
    book.table(head, rows, [0.23, *(share for _ in sheet.measures)], right=range(1, len(head)), dense=True)


def cell(line: Line, key: str) -> str:
    figure = line.figures.get(key)
    if figure is None or not figure.reading.total:
        return "none"
    reading = figure.reading
    return f"{reading.printed} {figure.rating}".rstrip() + f"\n{reading.working}"


# --- Who returned nothing; actions --------------------------------------------------------------------


def nothing_back(book: Book, sheet: PackSheet) -> None:
    """Whose data are not confirmed, and about whom there is nothing to count."""
    section(book, NOTHING_BACK)
    several = len(sheet.groups) > 1
    for group in sheet.groups:
        if several:
            book.part(group.name)
        returns(book, group)
        empty = [chapter.line.name for chapter in group.chapters if chapter.line.is_empty]
        if empty:
            book.text("Nothing to count in this period: no training due, no meeting, no report expected.")
            book.table(["Agency"], [(name,) for name in empty], [0.6])


def returns(book: Book, group: Group) -> None:
    if not group.asked:
        book.text("No agency was asked to return its data for exactly this period.")
    elif not group.missing:
        book.text("Every agency that was asked returned its data: none is missing.")
    else:
        book.text(
            "These agencies were asked to confirm their data for this period and have not. Their reports "
            "show what Quorate holds, unconfirmed."
        )
        book.table(["Agency"], [(name,) for name in group.missing], [0.6])


def actions(book: Book, sheet: PackSheet) -> None:
    """What the board asked for and was open at the end of the period, or was closed within it."""
    section(book, ACTIONS)
    several = len(sheet.groups) > 1
    for group in sheet.groups:
        if several:
            book.part(group.name)
        if group.actions:
            listed(book, sorted(group.actions, key=lambda line: not line.is_open))
        else:
            book.text("No action of the board was open or was closed in this period: none.")
