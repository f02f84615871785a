"""Sections that reports share: what one measure counted, whole and by each breakdown."""

from __future__ import annotations

from collections.abc import Sequence

from compliance import charts
from compliance.report.blocks import Chart
from compliance.report.book import BASES, DIMENSIONS, NOTHING, ROOM, Book, plain
from compliance.report.numbers import numbers, rest
from compliance.scorecard import Basis, MeasureResult, Reading, Scorecard, TargetLine

CHARTED = ("course", "role_group", "agency", "kind", "half", "what")
MODE_NOTE = "Each row is met in that way, of the whole total."
PERIODS_ACROSS = 4


def headlines(book: Book) -> None:
    """Each measure on its own basis, against its target, with the period before beside it."""
    book.heading("Headlines")
    rows = [row for result in book.scorecard.results for row in _headline_rows(book, result)]
    if not rows:
        book.text(NOTHING)
        return
    head = ["Measure", "Met of total", "Percentage", "Basis", "Rating and target"]
    widths = [0.29, 0.14, 0.13, 0.17, 0.27]
    if book.scorecard.previous:
        head.append(f"Period before: {book.scorecard.previous.period.name}")
        widths = [0.25, 0.13, 0.12, 0.15, 0.18, 0.17]
    book.table(head, rows, widths, right=(1, 2))


def _headline_rows(book: Book, result: MeasureResult) -> list[tuple[str, ...]]:
    wholes = [result.headline, *book.ordered(result.broken_down("unit"))]
    return [_headline(book, result, reading) for reading in wholes]


def _headline(book: Book, result: MeasureResult, reading: Reading) -> tuple[str, ...]:
    book.printed.add(reading)
    title = result.measure.title
    if reading.by:
        title = f"{title}: {book.name(reading.by).lower()}"
    row = (title, reading.working, reading.printed, reading.basis.label, _rated(book, reading))
    before = book.scorecard.previous
    return (*row, _before(before, reading)) if before else row


def _rated(book: Book, reading: Reading) -> str:
    target = None if reading.by else book.scorecard.target(reading.measure)
    if target is None:
        return "No target"
    rating = book.scorecard.rating(reading)
    unrated = "Not rated: fewer than five" if reading.total else "Not rated: nothing to count"
    return f"{rating.label if rating else unrated}\n{_target_words(target)}"


def _target_words(target: TargetLine) -> str:
    return f"Good from {plain(target.good_from)}%\nWatch from {plain(target.watch_from)}%"


def _before(before: Scorecard, reading: Reading) -> str:
    if reading.measure not in before:
        return "none"
    then = before.result(reading.measure).reading(reading.basis, **dict(reading.by))
    return f"{then.working}\n{then.printed}"


def measure(book: Book, key: str, title: str = "") -> None:
    """One measure: its sentence, the whole on each basis, and every breakdown.

    Left out when there is no reading at all.
    """
    result = book.result(key)
    if result is None:
        return
    book.heading(title or result.measure.title)
    book.text(result.measure.sentence)
    if not any(reading.total for reading in result.readings):
        book.printed.update(result.readings)
        book.text(NOTHING)
    else:
        whole(book, result)
        breakdowns(book, result)
    numbers(book, key)


def whole(book: Book, result: MeasureResult) -> None:
    """The whole on each basis, members and deputies beside it."""
    wholes = _sorted_by_basis(r for r in result.readings if not r.by)
    wholes += book.ordered(r for r in result.readings if _dimensions(r) == ("unit",))
    who = book.ordered(r for r in result.readings if _dimensions(r) == ("who",))
    parts = list(dict.fromkeys(r.by[0][1] for r in who))
    if not wholes:
        return
    head = ["Basis", _counted(result), "Percentage", *(book.label("who", part) for part in parts)]
    rows = [_whole_row(book, result, reading, parts) for reading in wholes]
    widths = [0.3, 0.2, 0.12, *(0.19 for _ in parts)] if parts else [0.36, 0.2, 0.14]
    book.table(head, rows, widths, right=range(1, len(head)))


def _whole_row(
    book: Book, result: MeasureResult, reading: Reading, parts: Sequence[str]
) -> tuple[str, ...]:
    book.printed.add(reading)
    name = reading.basis.label
    if reading.by:
        name = f"{name}: {book.name(reading.by).lower()}"
    beside = (
        book.figures(result.reading(reading.basis, who=part)) if not reading.by else "–"
        for part in parts
    )
    return (name, reading.working, reading.printed, *beside)


def breakdowns(book: Book, result: MeasureResult) -> None:
    """A table, and for most a chart, for each way in which the measure is broken down."""
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
    on_basis = book.ordered(r for r in readings if r.basis == basis)
    new = any(reading not in book.printed for reading in on_basis)
    charted = new and len(dimensions) == 1 and dimensions[0] in CHARTED
    drawn = f" The chart is drawn on the basis “{basis.label}”." if charted else ""
    parts = f" {MODE_NOTE}" if "mode" in dimensions else ""
    book.note(f"{_counted(result)}.{drawn}{parts}")
    if charted:
        title = f"{result.measure.title} by {named}, basis: {basis.label}"
        book.chart(title, on_basis, book.good_from(result.measure.key))
    _matrix(book, named, bases, readings)


def _matrix(book: Book, named: str, bases: Sequence[Basis], readings: Sequence[Reading]) -> None:
    """A row for each value, a column for each basis."""
    found = {(reading.by, reading.basis): reading for reading in readings}
    rows = {reading.by: book.name(reading.by) for reading in book.ordered(readings)}
    table = [
        (name, *(_cell(book, found.get((by, basis))) for basis in bases))
        for by, name in rows.items()
    ]
    first = {1: 0.48, 2: 0.36}.get(len(bases), 0.28)
    share = min((1 - first) / len(bases), 0.22)
    measure = book.result(readings[0].measure).measure
    heads = [measure.met_label] if len(bases) == 1 else [basis.label for basis in bases]
    head = [named.capitalize(), *heads]
    widths = [first, *(share for _ in bases)]
    book.table(head, table, widths, right=range(1, len(head)))


def _cell(book: Book, reading: Reading | None) -> str:
    return book.figures(reading) if reading else "–"


def _counted(result: MeasureResult) -> str:
    return f"{result.measure.met_label} of {result.measure.total_label.lower()}"


def _dimensions(reading: Reading) -> tuple[str, ...]:
    return tuple(name for name, _ in reading.by)


def _sorted_by_basis(readings: object) -> list[Reading]:
    return sorted(readings, key=lambda reading: BASES.index(reading.basis))


def trend(book: Book) -> None:
    """Each headline through the parts of the period: small columns, and the table."""
    parts = book.scorecard.trend
    series = [(r.measure.title, _through(r, parts)) for r in book.scorecard.results]
    series = [(title, found) for title, found in series if any(r.total for r in found)]
    if not parts or not series:
        return
    book.heading("Trend")
    book.text(f"Each headline in each part of the period {book.scorecard.period.name}.")
    for start in range(0, len(parts), PERIODS_ACROSS):
        stop = start + PERIODS_ACROSS
        cut = [(title, found[start:stop]) for title, found in series]
        _trend(book, cut, parts[start:stop])


def _trend(book: Book, series: list[tuple[str, list[Reading]]], parts: Sequence[Scorecard]) -> None:
    periods = [part.period.name for part in parts]
    short = [part.period.part or part.period.name for part in parts]
    drawing = charts.trend(series, short, across=ROOM)
    book.blocks.append(Chart(drawing, charts.describe_trend(series, periods)))
    rows = [
        (f"{title} ({found[0].basis.label.lower()})", *(charts.figures(r) for r in found))
        for title, found in series
    ]
    widths = [0.28, *(0.18 for _ in periods)]
    book.table(["Measure (basis)", *periods], rows, widths, right=range(1, len(periods) + 1))


def _through(result: MeasureResult, parts: Sequence[Scorecard]) -> list[Reading]:
    key, basis = result.measure.key, result.measure.basis
    return [
        part.result(key).headline if key in part else Reading(key, basis, 0, 0) for part in parts
    ]


def everything_else(book: Book) -> None:
    """Readings that no section asked for: nothing of a scorecard is left unprinted."""
    rest(book)
    left = book.remaining()
    if not left:
        return
    book.heading("Other figures")
    titles = {r.measure.key: r.measure.title for r in book.scorecard.results}
    rows = [
        (titles[r.measure], book.name(r.by) or "Whole", r.basis.label, book.figures(r))
        for r in left
    ]
    head = ["Measure", "Broken down by", "Basis", "Met of total"]
    book.table(head, rows, [0.27, 0.3, 0.2, 0.23], right=(3,))


def definitions(book: Book) -> None:
    """What each measure and each basis counts, and how percentages are made."""
    book.heading("Definitions")
    measures = [(r.measure.title, r.measure.sentence) for r in book.scorecard.results]
    used = {reading.basis for reading in book.scorecard.readings}
    used |= {r.measure.basis for r in book.scorecard.results}
    bases = [(f"Basis: {basis.label}", basis.sentence) for basis in BASES if basis in used]
    book.table(["Term", "What it means"], [*measures, *bases, *ROUNDING], [0.28, 0.72])


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
