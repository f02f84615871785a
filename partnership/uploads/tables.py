"""A file as it was sent: its headings and its rows, or one sentence why it cannot be read."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from partnership.spreadsheets import MOST_BYTES, MOST_ROWS, UNPRINTABLE, shown
from partnership.uploads.child import OLE, ZIP

MOST_COLUMNS = 60
MOST_SECONDS = 9  # by the clock; by its own work the child has a second less
CHILD = Path(__file__).with_name("child.py")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TOO_MUCH = (
    "The file asks for more memory or time than any list of up to "
    f"{MOST_ROWS:,} rows needs. Copy the list into a new file and send that."
)


class Unreadable(Exception):
    """Why a file cannot be read, as a sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and the rows under them with their numbers in the file."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]

    def packed(self) -> bytes:
        return packed([self.headings, self.rows])

    @classmethod
    def unpacked(cls, content: bytes) -> Table:
        headings, rows = unpacked(content)
        return cls(headings, [(number, cells) for number, cells in rows])


def packed(value: object) -> bytes:
    """Anything that JSON holds, small."""
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)


def unpacked(content: bytes) -> list:
    return json.loads(zlib.decompress(content)) if content else []


def read_table(name: str, content: bytes) -> Table:
    """Read what somebody sent, by what it is and not by what it is called."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is bigger than {MOST_BYTES // 2**20} MB. Divide it.")
    if not content.strip():
        raise Unreadable("The file is empty. Its first row must hold the headings.")
    called_workbook = name.lower().endswith(WORKBOOKS)
    if content.startswith((ZIP, OLE)):
        if not called_workbook:
            raise Unreadable(
                "The file is a workbook, and its name does not say so. Give it its own ending: "
                ".xlsx, .xls or .ods."
            )
        return as_table(rows_of_workbook(content))
    if called_workbook:
        raise Unreadable(
            f"The file is called {shown(name)}, but it is no workbook inside. If it is a CSV, give "
            "it the ending .csv; else save it anew."
        )
    return as_table(rows_of_csv(content))


def rows_of_workbook(content: bytes) -> list[list[str]]:
    """The cells, read by another process that may be ended without harm."""
    command = [sys.executable, "-I", str(CHILD), str(MOST_ROWS + 1), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=MOST_SECONDS, check=False
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {"refused": TOO_MUCH}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {"refused": TOO_MUCH}
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return answer["rows"]


def rows_of_csv(content: bytes) -> list[list[str]]:
    """The cells of a CSV in UTF-8, row by row of the file as a spreadsheet program counts them."""
    reader = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    found: list[list[str]] = []
    try:
        for cells in reader:
            found.append(cells)
            if len(found) > MOST_ROWS + 1:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Divide it.")
    except csv.Error as error:
        raise Unreadable(
            f"The file is no proper CSV from line {reader.line_num} on ({error})."
        ) from None
    return found


def decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:200]:
        raise Unreadable(
            "The file is in UTF-16 (“Unicode text”). Save it as “CSV UTF-8” and send it again."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"The file is not in UTF-8 (line {line}). Save it as “CSV UTF-8” and send it again."
        ) from None


def as_table(rows: list[list[str]]) -> Table:
    """The first row with something in it holds the headings; blank rows are passed over."""
    filled = [(number, cells) for number, cells in enumerate(rows, start=1) if any(map(str.strip, cells))]
    if not filled:
        raise Unreadable("The file is empty. Its first row must hold the headings.")
    (_, first), *rest = filled
    headings = [heading(cell) for cell in first]
    while headings and not headings[-1]:
        headings.pop()
    check(headings, first)
    if not rest:
        raise Unreadable("The file holds headings and no rows under them.")
    return Table(headings, rest)


def heading(cell: str) -> str:
    """A heading on one line, as the page shows it."""
    return " ".join(UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", cell)).split())[:80]


def check(headings: list[str], first: list[str]) -> None:
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(
            f"The file has {len(headings):,} columns. At most {MOST_COLUMNS} can be read: take away "
            "those that are not needed."
        )
    twice = twice_in(name.casefold() for name in headings if name)
    if twice:
        raise Unreadable(
            f"There are two columns with the heading {shown(twice)}. Take one away, or give it "
            "another heading."
        )
    if len(headings) == 1 and any(sign in first[0] for sign in ";\t"):
        raise Unreadable(
            "The cells are divided by semicolons or tabs. Save the file as “CSV UTF-8 (comma "
            "delimited)” or as .xlsx."
        )


def twice_in(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""
