"""The headlines of a report against their targets, with the period before, and their trend."""

from __future__ import annotations

from collections.abc import Sequence

from compliance import charts
from compliance.report.blocks import Chart
from compliance.report.book import NOTHING, ROOM, Book, is_counted, plain
from compliance.report.grid import STRONG, Row
from compliance.scorecard import MeasureResult, Rating, Reading, Scorecard

PERIODS_ACROSS = 4
UNRATED = "Not rated"
HEAD = ("Measure", "Met of total", "Percentage", "Rating", "Good from", "Watch from")
BAR_NOTE = "Each bar is the percentage; the upright line on it is the target: good from there."


def headlines(book: Book) -> None:
    """Each measure on its own basis, against its target, with the period before beside it."""
    book.heading("Headlines")
    found = [pair for result in book.scorecard.results for pair in _wholes(book, result)]
    if not found:
        book.text(NOTHING)
        return
    short = in_short(book.scorecard)
    if short:  # without any target nothing is rated
        book.table([], short, [0.22, 0.78], name=STRONG)
    book.note(BAR_NOTE)
    head, widths = list(HEAD), [0.27, 0.15, 0.13, 0.12, 0.08, 0.08]
    if book.scorecard.previous:
        head.append(book.scorecard.previous.period.name)
        widths = [0.225, 0.135, 0.12, 0.11, 0.075, 0.075, 0.13]
    rows = [_headline(book, result, reading) for result, reading in found]
    bars = book.bars(1 - sum(widths), [reading for _, reading in found])
    book.table(head, rows, widths, right=(1, 2, 4, 5, 6), bars=bars)


def in_short(card: Scorecard) -> list[Row]:
    """Which measures are good, to watch and to act on, a row for each rating that there is."""
    found: dict[str, list[str]] = {}
    for result in card.results:
        if card.target(result.measure.key):
            words = _rating(card, result.headline)
            found.setdefault(words, []).append(result.measure.title)
    known = [rating.label for rating in Rating]
    asked = [*known, *(words for words in found if words not in known)] if found else []
    return [(words, "; ".join(found.get(words, ["None"]))) for words in asked]


def _rating(card: Scorecard, reading: Reading) -> str:
    rating = card.rating(reading)
    if rating:
        return rating.label
    if reading.is_held:
        return f"{UNRATED}: held back"
    return f"{UNRATED}: fewer than five" if is_counted(reading) else f"{UNRATED}: none to count"


def _wholes(book: Book, result: MeasureResult) -> list[tuple[MeasureResult, Reading]]:
    wholes = [result.headline, *book.ordered(result.broken_down("unit"))]
    return [(result, reading) for reading in wholes]


def _headline(book: Book, result: MeasureResult, reading: Reading) -> tuple[str, ...]:
    book.printed.add(reading)
    title = result.measure.title
    if reading.by:
        title = f"{title}: {book.name(reading.by).lower()}"
    name = f"{title}\nBasis: {result.measure.basis_label(reading.basis, reading.by).lower()}"
    row = (name, reading.working, reading.printed, *_rated(book.scorecard, reading))
    before = book.scorecard.previous
    return (*row, _before(before, reading)) if before else row


def _rated(card: Scorecard, reading: Reading) -> tuple[str, str, str]:
    """The rating, and from where it is good and to be watched."""
    target = None if reading.by else card.target(reading.measure)
    if target is None:
        return "No target", "–", "–"
    rating = card.rating(reading)
    return (
        rating.label if rating else UNRATED,
        f"{plain(target.good_from)}%", f"{plain(target.watch_from)}%",
    )  # fmt: skip


def _before(before: Scorecard, reading: Reading) -> str:
    if reading.measure not in before:
        return "none"
    then = before.result(reading.measure).reading(reading.basis, **dict(reading.by))
    return f"{then.working}\n{then.printed}" if is_counted(then) else "none"


def trend(book: Book) -> None:
    """Each headline through the parts of the period: small columns, and the table."""
    parts = book.scorecard.trend
    series = [(r.measure.title, _through(r, parts)) for r in book.scorecard.results]
    series = [(title, found) for title, found in series if any(map(is_counted, found))]
    if not parts or not series:
        return
    book.heading("Trend")
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
        (f"{title} ({book.scorecard.basis_label(found[0]).lower()})", *(charts.figures(r) for r in found))
        for title, found in series
    ]
    widths = [0.28, *(0.18 for _ in periods)]
    book.table(["Measure (basis)", *periods], rows, widths, right=range(1, len(periods) + 1))


def _through(result: MeasureResult, parts: Sequence[Scorecard]) -> list[Reading]:
    key, basis = result.measure.key, result.measure.basis
    return [
        part.result(key).headline if key in part else Reading(key, basis, 0, 0) for part in parts
    ]
