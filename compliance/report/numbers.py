"""Plain numbers that stand beside the readings, each in the section that it belongs to."""

from __future__ import annotations

from compliance.report.book import DIMENSIONS, ROOM, Book
from compliance.report.grid import room_of
from compliance.scorecard import By, Count, MeasureResult

QUALITY, MISSED, PERIOD, TAKE_UP = "quality", "missed", "period", "take_up"
BEGINNINGS = {
    "training_current": ("training_", "staff_"),
    "duty_trained": ("attendances_", "trained_"),
    "timeliness": ("initials_without", "reviews_without", "timing_"),
    "escalation_in_time": ("escalations_",),
    MISSED: ("missed_",),
    TAKE_UP: ("take_up_",),
    QUALITY: (
        "open_registers", "unknown_", "disputed_", "late_invitations", "involvement_", "quality_",
    ),
}  # fmt: skip
TITLES = {"training_current": "Standing in numbers"}
BESIDE = "Beside these figures"
Values = dict[tuple[By, str], Count]


def section_of(count: Count) -> str:
    """The section that a number belongs to, told by the beginning of its key."""
    for section, beginnings in BEGINNINGS.items():
        if count.key.startswith(beginnings):
            return section
    return PERIOD


def number(count: Count | None) -> str:
    """A number as it is printed; what was not counted is 0."""
    return str(count.value) if count else "0"


def numbers(book: Book, section: str, *, titled: bool = False) -> bool:
    """The numbers of a section that are not printed yet; False when there are none."""
    title = TITLES.get(section, BESIDE) if titled else ""
    found = [c for c in book.scorecard.counts if section_of(c) == section]
    return _print(book, [c for c in found if c not in book.counted], title)


def rest(book: Book) -> None:
    """Numbers that no section asked for."""
    left = [count for count in book.scorecard.counts if count not in book.counted]
    if left:
        book.heading("Numbers beside the measures")
        _print(book, left)


def beside(
    book: Book, result: MeasureResult, dimensions: tuple[str, ...]
) -> tuple[dict[str, str], Values]:
    """The numbers that a measure has broken down in the same way: their titles, and their values.

    One that says again what the measure has met is left to the measure.
    """
    found = [
        c for c in book.scorecard.counts
        if section_of(c) == result.measure.key and _dimensions(c) == dimensions
    ]  # fmt: skip
    book.counted.update(found)
    again = result.measure.met_label
    order = [count.key for count in book.scorecard.counts if not count.by]
    found.sort(key=lambda count: order.index(count.key) if count.key in order else len(order))
    columns = {count.key: count.label for count in found if count.label != again}
    return columns, {(count.by, count.key): count for count in found if count.key in columns}


def _print(book: Book, counts: list[Count], title: str = "") -> bool:
    whole = [count for count in counts if not count.by]
    if title and counts:
        book.part(title)
    if whole:
        _whole(book, whole)
    for dimensions in dict.fromkeys(_dimensions(count) for count in counts if count.by):
        _table(book, [count for count in counts if _dimensions(count) == dimensions])
    book.counted.update(counts)
    return bool(counts)


def _whole(book: Book, counts: list[Count]) -> None:
    """A row for each number that was found; those that were not, in a line."""
    rows = [(count.label, number(count)) for count in counts if number(count) != "0"]
    none = [f"{count.label}\u00a00" for count in counts if number(count) == "0"]
    if none:
        book.note(f"Found none of these: {'; '.join(none)}.")
    if rows:
        book.table(["Counted", "Number"], rows, [0.55, 0.15], right=(1,))


def _dimensions(count: Count) -> tuple[str, ...]:
    return tuple(name for name, _ in count.by)


def _table(book: Book, counts: list[Count]) -> None:
    """A row for each value of the breakdown, a column for each number; not counted is 0."""
    labels = {count.key: count.label for count in counts}
    values = {(count.by, count.key): count for count in counts}
    named = " and ".join(DIMENSIONS.get(name, name) for name in _dimensions(counts[0]))
    for keys in _columns(list(labels)):
        rows = [
            (book.name(by), *(number(values.get((by, key))) for key in keys))
            for by in book.in_order({count.by for count in counts})
        ]
        head = [named.capitalize(), *(labels[key] for key in keys)]
        share = max(0.11, min(0.18, 0.4 / len(keys)))
        rooms = [max(share, room_of(labels[key]) / ROOM) for key in keys]
        widths = [0.34, *(min(room, 0.66 / len(keys)) for room in rooms)]
        book.table(head, rows, widths, right=range(1, len(head)))


def _columns(keys: list[str], most: int = 6) -> list[list[str]]:
    return [keys[start : start + most] for start in range(0, len(keys), most)]
