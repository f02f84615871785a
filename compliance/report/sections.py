"""Sections that reports share: what one measure counted, whole and by each breakdown.

Figures are printed as readings word them (``working``, ``printed``): a copy in which a small
number is held back prints that in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.report.book import BASES, DIMENSIONS, NOTHING, ROOM, Book, is_counted
from compliance.report.grid import room_of
from compliance.report.numbers import beside, number, numbers, rest
from compliance.scorecard import HELD_TERMS, Basis, By, Count, MeasureResult, Reading

MODE_NOTE = "Each row is met in that way, of the whole total."
NAMES, BAR, SHORT_BAR = 0.26, 0.18, 0.12  # shares of the room: the names of rows, and bars
NARROW_NAMES, NARROW_BAR = 0.2, 0.1  # where four bases stand side by side


def measure(book: Book, key: str, title: str = "") -> None:
    """One measure: its sentence, the whole on each basis, and every breakdown.

    Left out when there is no reading at all; nothing to count is said in a line.
    """
    result = book.result(key)
    if result is None:
        return
    book.heading(title or result.measure.title)
    book.text(result.measure.sentence)
    book.defined.add(key)
    if not any(map(is_counted, result.readings)):
        book.printed.update(result.readings)
        book.text(NOTHING)
    else:
        whole(book, result)
        breakdowns(book, result)
    numbers(book, key, titled=any(map(is_counted, result.readings)))


def whole(book: Book, result: MeasureResult) -> None:
    """The whole on each basis, members and deputies beside it."""
    wholes = _sorted_by_basis(r for r in result.readings if not r.by)
    wholes += book.ordered(r for r in result.readings if _dimensions(r) == ("unit",))
    who = book.ordered(r for r in result.readings if _dimensions(r) == ("who",))
    parts = list(dict.fromkeys(r.by[0][1] for r in who))
    if not wholes:
        return
    head = ["Basis", counted(result), "Percentage", *(book.label("who", part) for part in parts)]
    rows = [_whole_row(book, result, reading, parts) for reading in wholes]
    widths, bar = [NAMES, 0.19, 0.12], BAR
    if parts:
        widths, bar = [0.22, 0.15, 0.12, *(0.39 / len(parts) for _ in parts)], SHORT_BAR
    book.table(head, rows, widths, right=range(1, len(head)), bars=book.bars(bar, wholes))


def _whole_row(
    book: Book, result: MeasureResult, reading: Reading, parts: Sequence[str]
) -> tuple[str, ...]:
    book.printed.add(reading)
    name = book.scorecard.counted_over(reading)
    split = (
        book.figures(result.reading(reading.basis, who=part)) if not reading.by else "–"
        for part in parts
    )
    return (name, reading.working, reading.printed, *split)


def breakdowns(book: Book, result: MeasureResult) -> None:
    """A table for each way in which the measure is broken down."""
    for dimensions in _in_turn({_dimensions(r) for r in result.readings if r.by}):
        readings = [r for r in result.readings if _dimensions(r) == dimensions]
        if any(reading not in book.printed for reading in readings):
            _breakdown(book, result, dimensions, readings)


def _in_turn(dimensions: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Breakdowns by one dimension first, in the order in which a reader asks for them."""
    known = list(DIMENSIONS)
    return sorted(dimensions, key=lambda names: (
        len(names), [known.index(name) if name in known else len(known) for name in names], names
    ))  # fmt: skip


def _breakdown(
    book: Book, result: MeasureResult, dimensions: tuple[str, ...], readings: list[Reading]
) -> None:
    named = " and ".join(DIMENSIONS.get(name, name.replace("_", " ")) for name in dimensions)
    book.part(f"By {named}")
    bases = [basis for basis in BASES if any(r.basis == basis for r in readings)]
    basis = result.measure.basis if result.measure.basis in bases else bases[0]
    notes = []
    if len(bases) > 1:
        notes.append(f"{counted(result)}. The bar is drawn on the basis “{basis.label}”.")
    if "mode" in dimensions:
        notes.append(MODE_NOTE)
    if notes:
        book.note(" ".join(notes))
    _matrix(book, result, named, bases, basis, readings)


def _matrix(
    book: Book, result: MeasureResult, named: str, bases: Sequence[Basis], basis: Basis,
    readings: Sequence[Reading],
) -> None:  # fmt: skip
    """A row for each value, a column for each basis and for each number that is broken down so."""
    found = {(reading.by, reading.basis): reading for reading in readings}
    dimensions = _dimensions(readings[0])
    columns, values = beside(book, result, dimensions)
    names = book.in_order({r.by for r in readings} | {by for by, _ in values})
    rows = [
        (
            book.name(by),
            *(_cell(book, found.get((by, basis))) for basis in bases),
            *(number(values.get((by, key))) for key in columns),
        )
        for by in names
    ]
    heads = [counted(result)] if len(bases) == 1 else [basis.label for basis in bases]
    head = [named.capitalize(), *heads, *columns.values()]
    widths, bar = _widths(len(bases), list(columns.values()))
    bars = book.bars(bar, [found.get((by, basis)) for by in names], rated="mode" not in dimensions)
    book.table(head, rows, widths, right=range(1, len(head)), bars=bars)


def _widths(bases: int, numbers: Sequence[str]) -> tuple[list[float], float]:
    """Shares of the room: names, a column for each basis and number; and for the bars."""
    name, bar = NAMES, BAR if bases + len(numbers) < 3 else SHORT_BAR
    if bases > 2:
        name, bar = NARROW_NAMES, NARROW_BAR
    left = 1 - name - bar
    small = [min(max(0.1, room_of(title) / ROOM), left * 0.7 / len(numbers)) for title in numbers]
    share = min((left - sum(small)) / bases, 0.22)
    return [name, *(share for _ in range(bases)), *small], bar


def _cell(book: Book, reading: Reading | None) -> str:
    return book.figures(reading) if reading else "–"


def counted(result: MeasureResult) -> str:
    """What is over what: "Represented, of conferences"."""
    total = result.measure.total_label.lower()
    those = "those " if total.startswith("due") else ""
    return f"{result.measure.met_label}, of {those}{total}"


def _dimensions(thing: Reading | Count) -> tuple[str, ...]:
    return names_of(thing.by)


def names_of(by: By) -> tuple[str, ...]:
    return tuple(name for name, _ in by)


def _sorted_by_basis(readings: object) -> list[Reading]:
    return sorted(readings, key=lambda reading: BASES.index(reading.basis))


def everything_else(book: Book) -> None:
    """Readings that no section asked for: nothing of a scorecard is left unprinted."""
    rest(book)
    left = book.remaining()
    if not left:
        return
    book.heading("Other figures")
    titles = {r.measure.key: r.measure.title for r in book.scorecard.results}
    rows = [
        (titles[r.measure], book.name(r.by) or "Whole", book.scorecard.basis_label(r), book.figures(r))
        for r in left
    ]
    head = ["Measure", "Broken down by", "Basis", "Met of total"]
    book.table(head, rows, [0.27, 0.3, 0.2, 0.23], right=(3,))


def definitions(book: Book) -> None:
    """What each basis counts, how percentages are made, and measures that no section explains."""
    book.heading("Definitions")
    book.text("What each measure counts stands in its section, under its title.")
    measures = [
        (r.measure.title, r.measure.sentence) for r in book.scorecard.results
        if r.measure.key not in book.defined
    ]  # fmt: skip
    used = {reading.basis for reading in book.scorecard.readings}
    used |= {r.measure.basis for r in book.scorecard.results}
    bases = [(f"Basis: {label}", sentence) for label, sentence in book.scorecard.terms(used)]
    terms = (*ROUNDING, *HELD_TERMS) if book.scorecard.is_published else ROUNDING
    book.table(["Term", "What it means"], [*measures, *bases, *terms], [0.28, 0.72])


ROUNDING = (
    (
        "Percentage",
        "Met of total, times one hundred, to one decimal; half is rounded up. Totals are sums of "
        "counts, never averages of percentages.",
    ),
    ("None", "There was nothing to count: it is neither 0% nor 100%."),
    (
        "Rating",
        "Good, watch or act, against the local target in force. A total under five is not rated.",
    ),
)
