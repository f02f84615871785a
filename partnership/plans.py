"""What a file would do, worked out before anything is written: for a preview and for loading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from partnership.spreadsheets import RefusedRow, Row, Sheet, shown

MEND = "Check the spelling, or load it first."
T = TypeVar("T")


@dataclass
class Plan(Generic[T]):
    """What one file would do."""

    sheet: Sheet
    new: list[T] = field(default_factory=list)
    changed: list[tuple[T, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[T] = field(default_factory=list)
    seen: dict[Any, int] = field(default_factory=dict)

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
        if not key or key in self.rows:
            return self.rows.get(key)
        if self.all_doubtful or key in self.doubtful:
            row.doubtful = True
        else:
            row.refuse(column, f"The {self.what} {shown(key)} is not known here. {MEND}")
        return None
