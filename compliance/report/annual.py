"""The annual conference report of a partnership: its conferences, who took part, and what followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from reportlab.platypus import CondPageBreak

from compliance import annual_words as words
from compliance.report import sections
from compliance.report.actions import actions
from compliance.report.book import BASES, NOTHING, Book, in_words, is_counted
from compliance.report.cover import cover
from compliance.report.grid import Row
from compliance.report.headlines import headlines, trend
from compliance.report.issued import issued
from compliance.report.numbers import number
from compliance.report.partnership import missed
from compliance.report.quality import quality
from compliance.report.typed import typed
from compliance.scorecard import Basis, Count, InquorateLine, MeasureResult, Scorecard

PARTICIPATION = ("conference_attendance", "contribution", "core_group_attendance")
MEASURED = ("conference_attendance", "contribution", "core_group_attendance", "reports_in_time")
FOUR = (Basis.ALL, Basis.INVITED, Basis.INVOLVED, Basis.KNOWN)
TRAINED = ("training_current", "duty_trained")
TO_BEGIN = 420.0  # points: a table of all agencies does not begin lower on a page


def write(scorecard: Scorecard, made_at: datetime) -> Book:
    book = Book(scorecard)
    cover(book, made_at)
    headlines(book)
    trend(book)
    issued(book)
    period(book)
    plans(book)
    sections.measure(book, "quoracy")
    inquorate(book)
    participation(book)
    book.printed.update(words.of_practices(scorecard))  # in their own section, and in no table twice
    for key in MEASURED:
        sections.measure(book, key)
    practices(book)
    sections.measure(book, "timeliness")
    cases(book)
    sections.measure(book, "training_current")
    sessions(book)
    sections.measure(book, "duty_trained")
    missed(book)
    quality(book)
    actions(book)
    sections.everything_else(book)
    sections.definitions(book)
    return book


# --- Tables of counts -----------------------------------------------------------------------------


def counts_table(book: Book, heading: str, rows: Iterable[tuple[str, Count]]) -> None:
    """A row for each count, with the period before beside it."""
    found, card = list(rows), book.scorecard
    book.counted.update(count for _, count in found)
    head, widths = [heading, card.period.name], [0.55, 0.13]
    laid: list[Row] = [(name, number(count)) for name, count in found]
    if then := words.before(card, [count for _, count in found]):
        head.append(card.previous.period.name)
        widths.append(0.13)
        laid = [(*row, str(value)) for row, value in zip(laid, then, strict=True)]
    if laid:
        book.table(head, laid, widths, right=range(1, len(head)))


def period(book: Book) -> None:
    """How many conferences and children: whole, by kind and by half-year."""
    book.heading("The period in numbers")
    card = book.scorecard
    found = words.there(card, words.PERIOD)
    if not any(count.value for count in found):
        book.counted.update(c for c in card.counts if c.key in words.PERIOD)
        book.text(NOTHING)
        return
    counts_table(book, "Counted", [(count.label, count) for count in found])
    book.note(words.SUMMED)
    if kinds := words.values(card, "conferences", "kind"):
        by_kind(book, kinds)


def by_kind(book: Book, kinds: Sequence[str]) -> None:
    card, halves = book.scorecard, words.values(book.scorecard, "conferences", "half")
    book.part("Conferences by kind and half year" if halves else "Conferences by kind")
    head = ["Kind of conference", *halves, "Conferences", "Children considered"]
    rows: list[Row] = [
        (
            card.label("kind", kind),
            *(str(card.count_by("conferences", kind=kind, half=half)) for half in halves),
            *(str(card.count_by(key, kind=kind)) for key in ("conferences", "children_considered")),
        )
        for kind in kinds
    ]
    if halves:
        everything = [str(card.count(key)) for key in ("conferences", "children_considered")]
        rows.append(("All", *(str(card.count_by("conferences", half=half)) for half in halves), *everything))
        children = [str(card.count_by("children_considered", half=half)) for half in halves]
        rows.append(("Children considered", *children, "–", everything[1]))
    book.counted.update(c for c in card.counts if c.key in ("conferences", "children_considered"))
    widths = [0.34, *(0.14 for _ in halves), 0.15, 0.15]
    book.table(head, rows, widths, right=range(1, len(head)))


def plans(book: Book) -> None:
    """Children and families on a plan on the last day, and the categories."""
    book.heading("Children on a plan at the end")
    card = book.scorecard
    book.text(f"On {in_words(card.as_at)}. {words.ON_A_DAY}")
    if not words.anybody_on_plan(card):
        book.counted.update([*words.there(card, words.PLANS), *words.categories(card)])
        book.text(words.NONE_ON_PLAN)
        typed(book)
        return
    counts_table(book, "Counted", [(c.label, c) for c in words.there(card, words.PLANS)])
    typed(book)
    book.part("By category")
    counts_table(book, "Category", [(words.category_words(card, c), c) for c in words.categories(card)])


# --- Conferences that were not quorate ------------------------------------------------------------


def inquorate(book: Book) -> None:
    """Why each was not, and what its chair decided; a published edition has the numbers only."""
    card = book.scorecard
    decided = words.broken_down(card, "inquorate", "decision")
    if card.is_published and not decided:
        return
    book.heading("Conferences that were not quorate")
    if not decided:
        book.counted.update(words.there(card, ("inquorate",)))
        book.text(words.no_inquorate(card))
        return
    book.text(f"{words.BY_DECISION}." if card.is_published else words.INQUORATE)
    whole = [("All", count) for count in words.there(card, ("inquorate",))]
    by_decision = [(card.label("decision", c.by[0][1]), c) for c in decided]
    counts_table(book, "The chair’s decision", [*whole, *by_decision])
    if card.inquorate:
        book.part("Each of them")
        _each(book, card.inquorate)


def _each(book: Book, lines: Sequence[InquorateLine]) -> None:
    """A row for each; where no decision is written down at all, that is said once."""
    head, widths = ["Conference", "Held on", "What was lacking"], [0.19, 0.185, 0.625]
    rows = [_line(line) for line in lines]
    if words.decided(book.scorecard):
        head, widths = [*head, "The chair’s decision"], [0.19, 0.185, 0.39, 0.235]
    else:
        book.note(words.UNDECIDED)
    book.table(head, [row[: len(head)] for row in rows], widths, dense=True)


def _line(line: InquorateLine) -> Row:
    new = f"\nNew date: {in_words(line.new_date_on)}" if line.new_date_on else ""
    return f"{line.reference}\n{line.kind}", in_words(line.held_on), line.why, f"{line.decided}{new}"


# --- Agencies -------------------------------------------------------------------------------------


def participation(book: Book) -> None:
    """A row for each agency: the four bases side by side; training on its own basis."""
    book.blocks.append(CondPageBreak(TO_BEGIN))
    book.heading("Participation by agency")
    results = [found for key in PARTICIPATION if (found := _of_agencies(book, key))]
    if not results:
        book.text(NOTHING)
        return
    book.text(words.FOUR_BASES)
    for result in results:
        book.part(result.measure.title)
        book.note(f"{sections.counted(result)}. The bar is drawn on the basis “{Basis.INVOLVED.label}”.")
        _agencies(book, [(result, basis) for basis in FOUR], [basis.label for basis in FOUR])
    trained = [found for key in TRAINED if (found := _of_agencies(book, key))]
    if trained:
        book.part("Training")
        book.note(f"The bar shows {trained[0].measure.title.lower()}.")
        heads = [f"{r.measure.title}\n({r.measure.basis_label()})" for r in trained]
        _agencies(book, [(r, r.measure.basis) for r in trained], heads)


def _of_agencies(book: Book, key: str) -> MeasureResult | None:
    result = book.result(key)
    return result if result and any(map(is_counted, result.broken_down("agency"))) else None


def _agencies(book: Book, columns: Sequence[tuple[MeasureResult, Basis]], heads: Sequence[str]) -> None:
    readings = [r for result, basis in columns for r in result.broken_down("agency", basis)]
    codes = list(dict.fromkeys(r.by[0][1] for r in book.ordered(readings)))
    cells = [
        [result.reading(basis, agency=code) for result, basis in columns] for code in codes
    ]
    rows = [
        (book.label("agency", code), *(book.figures(r, "\n" if len(row) > 2 else " ") for r in row))
        for code, row in zip(codes, cells, strict=True)
    ]
    share = min(0.24, 0.64 / len(columns))
    drawn = next((n for n, (_, basis) in enumerate(columns) if basis is Basis.INVOLVED), 0)
    bars = book.bars(0.12, [row[drawn] for row in cells])
    right = range(1, len(columns) + 1)
    book.table(["Agency", *heads], rows, [0.24, *(share for _ in columns)], right=right, bars=bars, dense=True)


def practices(book: Book) -> None:
    """The reports of general practices: together, each, and what became of them."""
    book.heading("Reports of general practices")
    result = book.result("reports_in_time")
    whole = words.of_practices(book.scorecard)
    states = words.broken_down(book.scorecard, "practice_reports", "report")
    if not any(map(is_counted, whole)):
        book.counted.update(states)
        book.text(words.NO_REPORTS if whole else words.NO_PRACTICE)
        return
    bases = sorted((r.basis for r in whole), key=BASES.index)
    by_basis = {r.basis: r for r in whole}
    several = len(book.scorecard.practices) > 1
    together = ("All together", *(book.figures(by_basis[basis]) for basis in bases))
    rows = [together] * several + [
        (book.label("agency", code), *(book.figures(result.reading(b, agency=code)) for b in bases))
        for code in book.scorecard.practices
    ]
    book.text(words.SEVERAL_PRACTICES if several else words.ONE_PRACTICE)
    head = ["General practice", *(basis.label for basis in bases)]
    book.table(head, rows, [0.36, *(0.24 for _ in bases)], right=range(1, len(head)))
    book.part("What became of the reports")
    counts_table(book, "Report", [(book.label("report", c.by[0][1]), c) for c in states])


# --- Escalations and training ---------------------------------------------------------------------


def cases(book: Book) -> None:
    """Stages in time, outcomes and themes, of all agencies together."""
    card = book.scorecard
    if not words.cases_there(card):
        book.heading("Escalations")
        book.text(words.NO_CASE)
        book.counted.update(c for c in card.counts if c.key.startswith("escalations_"))
        book.printed.update(card.result("escalation_in_time").readings)
        book.defined.add("escalation_in_time")
        return
    counted = words.case_counts(card)
    themes = words.broken_down(card, "escalations_theme", "theme")
    book.counted.update([*counted, *themes])
    sections.measure(book, "escalation_in_time")
    book.part("Outcomes")
    book.note(words.CASES)
    counts_table(book, "Escalations", [(count.label, count) for count in counted])
    if themes:
        book.part("Themes of the cases that ended")
        counts_table(book, "Theme", [(card.label("theme", c.by[0][1]), c) for c in themes])


def sessions(book: Book) -> None:
    """How the places of sessions were used, by course."""
    book.heading("Take-up of training sessions")
    card = book.scorecard
    book.counted.update(c for c in card.counts if c.key.startswith("take_up_"))
    if not card.count("take_up_sessions"):
        book.text(words.NO_SESSION)
        return
    book.text(words.SESSIONS)
    codes = words.courses(card)
    labels = {count.key: count.label for count in card.counts}
    places, came = words.TAKE_UP[:6], words.TAKE_UP[6:]
    named = [*((card.label("course", code), {"course": code}) for code in codes), ("All", {})]
    _sessions(book, labels, places, named, share=False)
    _sessions(book, labels, came, named, share=True)
    if card.count("take_up_open"):
        book.note(f"{labels['take_up_open']}, not counted above: {card.count('take_up_open')}.")


def _sessions(
    book: Book, labels: dict[str, str], keys: Sequence[str], named: list[tuple[str, dict]], *, share: bool
) -> None:
    card = book.scorecard
    head = ["Course", *(labels[f"take_up_{key}"] for key in keys)]
    rows = [
        (
            name, *(str(card.count_by(f"take_up_{key}", **by)) for key in keys),
            *([words.of_booked(card, **by)] if share else []),
        )
        for name, by in named
    ]
    if share:
        head.append("Booked and came, of booked")
    wide = 0.64 / (len(head) - 1)
    book.table(head, rows, [0.36, *(wide for _ in head[1:])], right=range(1, len(head)))
