"""What a file would do, worked out before anything is written: for a preview and for loading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from partnership.folding import plain
from partnership.spreadsheets import RefusedRow, Row, Sheet, shown

MEND = "Check the spelling, or load it first."  # of a folder, whose files are loaded in turn
CHECK = "Check the spelling."
SHORT = 12
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Noted(Generic[T]):
    """What becomes of one row, for a preview."""

    row: int
    verdict: str
    item: T
    differences: dict[str, list] = field(default_factory=dict)


@dataclass
class Plan(Generic[T]):
    """What one file would do."""

    sheet: Sheet
    new: list[T] = field(default_factory=list)
    changed: list[tuple[T, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[T] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)
    noted: list[Noted] = field(default_factory=list)

    @property
    def refused(self) -> list[RefusedRow]:
        return self.sheet.refused

    def accepts(self, row: Row, key: Any, column: str) -> bool:
        """Whether a row can be planned: read without a fault, and the first with its key."""
        if not row.ok:
            return False
        first = self.seen.setdefault(key, row.number)
        if first != row.number:
            row.refuse(column, f"This repeats row {first}. Take one of them away.")
        return first == row.number

    def adds(self, row: Row, item: T) -> None:
        """The row brings something new."""
        self.new.append(item)
        self.noted.append(Noted(row.number, NEW, item))

    def changes(self, row: Row, item: T, differences: dict[str, list]) -> None:
        """The row differs from what is there, field by field [before, after]."""
        self.changed.append((item, {name: after for name, (_, after) in differences.items()}))
        self.noted.append(Noted(row.number, CHANGED, item, differences))

    def keeps(self, row: Row, item: T) -> None:
        """The row says what is there already."""
        self.unchanged.append(item)
        self.noted.append(Noted(row.number, UNCHANGED, item))

    def counts(self) -> str:
        return f"{len(self.new)} new, {len(self.changed)} changed, {len(self.unchanged)} unchanged"


@dataclass
class Known(Generic[T]):
    """The rows that other rows name, by key; and the keys in doubt because their row was refused.

    A row that names a key in doubt is left out without a word: the fault is reported once, where
    it is.
    """

    what: str
    rows: dict[str, T]
    doubtful: frozenset[str] = frozenset()
    all_doubtful: bool = False
    mend: str = MEND
    listed: tuple[str, ...] = ()

    @classmethod
    def of(cls, what: str, rows: dict[str, T], sheet: Sheet, column: str) -> Known[T]:
        refused = [row for row in sheet.rows if not row.ok]
        # Where a key itself is misspelt, nobody can tell which rows meant it.
        unsure = any(
            fault.column in (column, "") and row.raw(column) not in rows
            for row in refused
            for fault in row.refused
        )
        doubtful = frozenset(row.raw(column) for row in refused)
        return cls(what, rows, doubtful, unsure or bool(sheet.faults))

    def named(self, row: Row, column: str, optional: bool = False) -> T | None:
        """The row that a cell names."""
        key = row.filled(column, optional)
        found = self.rows.get(key) if key else None
        if not key or found is not None:
            return found
        if self.all_doubtful or key in self.doubtful:
            row.doubtful = True
        else:
            row.refuse(column, f"The {self.what} {shown(key)} is not known here. {self.mend}")
        return None


class Loose(Known[T]):
    """Rows that people name in more than one way: by code or by name, in capitals or not."""

    @property
    def those_known(self) -> str:
        """The first names of a short list, for the sentence that refuses another."""
        return f" Known are: {', '.join(self.listed)}." if 0 < len(self.listed) <= SHORT else ""

    @classmethod
    def under(
        cls, what: str, names: Iterable[tuple[str, T]], listed: Iterable[str] = ()
    ) -> Loose[T]:
        """Rows under their names. What two rows are called alike names neither.

        ``listed`` are those names that anybody may be told.
        """
        found: dict[str, T | None] = {}
        for name, row in names:
            key = plain(name)
            found[key] = row if found.get(key, row) == row else None
        rows = {key: row for key, row in found.items() if row is not None}
        return cls(what, rows, mend=CHECK, listed=tuple(listed))

    def named(self, row: Row, column: str, optional: bool = False) -> T | None:
        key = row.filled(column, optional)
        found = self.rows.get(plain(key)) if key else None
        if key and found is None:
            row.refuse(column, f"The {self.what} {shown(key)} is not known here. {self.mend}{self.those_known}")
        return found
