"""All agencies' reports as one document: cover, contents, summary, who returned nothing, the board's
actions, then each report, composed only when those before are drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import IO

from reportlab.platypus import Flowable, PageBreak

from compliance.pdf.bound import BoundCanvas, Chapters
from compliance.pdf.fonts import BOLD, REGULAR, font
from compliance.period import Period
from compliance.report import agency
from compliance.report import paper_of as agency_paper
from compliance.report.front import front
from compliance.report.paper import HIGH, Paper, document, furniture
from compliance.scorecard import ActionLine, Reading, Scorecard


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline of the summary: the reading, and how it stands against its target, in a word."""

    reading: Reading
    rating: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the summary."""

    code: str
    name: str
    stands: str  # "Issued, version 2", or as of when the figures stand
    figures: dict[str, Figure]  # by measure

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to count at all."""
        return not any(figure.reading.total for figure in self.figures.values())


@dataclass(slots=True)
class Chapter:
    """One agency's report: its row, and the scorecard when it is its turn."""

    number: int  # among all of the pack
    line: Line
    card: Callable[[], Scorecard]
    made_at: datetime
    page: int = 0  # where it begins
    printed: Callable[[], bytes] | None = None  # its PDF, where one is kept of what was issued

    @property
    def key(self) -> str:
        return f"report-{self.number}"


@dataclass(frozen=True, slots=True)
class Group:
    """One partnership's agencies."""

    code: str
    name: str
    whole: Line
    chapters: list[Chapter]
    asked: bool  # for a return, for exactly this period
    missing: Sequence[str]  # the agencies whose return does not stand
    actions: tuple[ActionLine, ...]


@dataclass(frozen=True, slots=True)
class PackSheet:
    """What a pack says of itself, and its parts."""

    partnerships: str
    label: str  # what the partnership calls itself, when there is one alone
    subgroup: str
    period: Period
    as_at: date
    made_at: datetime
    measures: dict[str, tuple[str, str]]  # title and basis, by key, in their order
    groups: list[Group]
    together: Sequence[Line] = ()  # over several partnerships, without double counting
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def chapters(self) -> list[Chapter]:
        return [chapter for group in self.groups for chapter in group.chapters]


def write_pack(sheet: PackSheet, target: IO[bytes], tick: Callable[[], None] = lambda: None) -> None:
    """Write the PDF; the same sheet and scorecards give the same bytes."""
    for name in (REGULAR, BOLD):
        font(name)
    own = paper_of(sheet)
    binding = Binding(sheet, own)
    made = document(target, own)
    drawn = partial(BoundCanvas, made_at=sheet.made_at, furniture=binding.furniture)
    made.build(Chapters(binding.stories(tick), lambda: getattr(made, "canv", None)), canvasmaker=drawn)


def paper_of(sheet: PackSheet) -> Paper:
    return Paper(
        title=f"{sheet.partnerships}: reports of all agencies, {sheet.period.name}",
        author=sheet.partnerships,
        subject="Training, attendance and what was missed, agency by agency",
        head=f"Reports of all agencies, {sheet.period.name}",
        copy="Copy without names",
    )


class Binding:
    """The parts in their turn, and which head and foot their pages have."""

    def __init__(self, sheet: PackSheet, own: Paper) -> None:
        self.sheet = sheet
        self.first_pages, self.papers = [1], [(own, sheet.made_at)]

    def stories(self, tick: Callable[[], None]) -> Iterator[tuple[int, list[Flowable]]]:
        yield 0, [*front(self.sheet), PageBreak()]
        several = len(self.sheet.groups) > 1
        for group in self.sheet.groups:
            title = group.name if several else ""
            for chapter in group.chapters:
                yield int(several), self.story(chapter, title)
                title = ""
                tick()

    def story(self, chapter: Chapter, title: str) -> list[Flowable]:
        card = chapter.card()
        begin = Begin(self, chapter, title, agency_paper(card))
        return [begin, *agency.write(card, chapter.made_at).story(), PageBreak()]

    def begun(self, page: int, paper: Paper, made_at: datetime) -> None:
        self.first_pages.append(page)
        self.papers.append((paper, made_at))

    def furniture(self, canvas: BoundCanvas, page: int, pages: int) -> None:
        at = bisect_right(self.first_pages, page) - 1
        furniture(*self.papers[at], canvas, page, pages, first=self.first_pages[at])


class Begin(Flowable):
    """The place at which a report begins: where contents and bookmarks lead."""

    def __init__(self, binding: Binding, chapter: Chapter, title: str, paper: Paper) -> None:
        super().__init__()
        self.binding, self.chapter, self.title, self.paper = binding, chapter, title, paper

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        canvas, chapter = self.canv, self.chapter
        chapter.page = canvas.getPageNumber()
        canvas.bookmarkPage(chapter.key, fit="XYZ", top=HIGH)
        if self.title:
            canvas.addOutlineEntry(self.title, chapter.key, 0)
        self.binding.begun(chapter.page, self.paper, chapter.made_at)
