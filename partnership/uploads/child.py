"""Reads one workbook in a process of its own, with little memory and little time.

What is sent may be made to do harm: a few bytes that unpack to gigabytes, a cell in the last corner,
XML that refers to itself. Here the worst that it can do is end this process, and the page says so.
Standard library and the reader of workbooks only; the file comes in, JSON goes out.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from datetime import date, datetime, time
from xml.parsers import expat

MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 200
MOST_TEXT = 30_000_000  # characters of all cells together
MOST_MEMORY = 350 * 1024 * 1024
MOST_SECONDS = 8
CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The first records of an old workbook (BIFF8): begin, perhaps write protection, then the lock.
LOCKED = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
ALLOWED_VALUES = "allowed values"  # the second sheet of our own templates

PASSWORD = "The file is protected by a password. Save it without one and send it again."
DAMAGED = "The file is damaged or was cut short. Open it, save it anew and send it again."
DOCTYPE = (
    "The file holds instructions that no spreadsheet needs (a document type). Open it, save it anew "
    "and send it again."
)
UNPACKED = "The file unpacks to more than 20 MB. Take away what is not needed, or divide it."


class Refused(Exception):
    """Why the file is not read, as a sentence."""


def limit() -> None:
    """Little memory and little time, where the system can hold us to it."""
    try:
        import resource  # Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# --- Packages (XLSX, ODS) -------------------------------------------------------------------------


def repacked(content: bytes, rows: int, columns: int) -> bytes:
    """The parts that hold cells, checked one by one, in a package of our own making.

    So what the reader opens is what was checked here, whatever the sizes in the original pretend.
    """
    parts = unpacked(content)
    if "xl/workbook.bin" in parts:
        raise Refused("This is a binary workbook (.xlsb). Save it as .xlsx and send it again.")
    if "xl/workbook.xml" not in parts and "content.xml" not in parts:
        raise Refused("This is no spreadsheet. Send a CSV, XLSX, XLS or ODS file.")
    if "content.xml" in parts and b"opendocument.spreadsheet" not in parts.get("mimetype", b""):
        raise Refused("This is no spreadsheet. Send a CSV, XLSX, XLS or ODS file.")
    for name, data in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        kind = Worksheet if name.startswith("xl/worksheets/") else Part
        (Document if name == "content.xml" else kind)(rows, columns).read(data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def wanted(name: str) -> bool:
    """Pictures, macros and the like are never unpacked."""
    return name in ("mimetype", "xl/workbook.bin") or name.endswith((".xml", ".rels"))


def unpacked(content: bytes) -> dict[str, bytes]:
    """What the package holds, up to the limit."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if len(package.infolist()) > MOST_PARTS:
            raise Refused(f"The file has more than {MOST_PARTS} parts. Save it anew as .xlsx.")
        for part in package.infolist():
            if not wanted(part.filename):
                continue
            if part.flag_bits & 1:
                raise Refused(PASSWORD)
            if part.filename in parts:
                raise Refused(DAMAGED)
            if part.file_size > left:
                raise Refused(UNPACKED)
            with package.open(part) as data:
                parts[part.filename] = data.read(left + 1)
            left -= len(parts[part.filename])
            if left < 0:
                raise Refused(UNPACKED)
    return parts


class Part:
    """One XML part, read through: well formed, no document type, not encrypted."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.Parse(data, True)

    def doctype(self, *_: object) -> None:
        raise Refused(DOCTYPE)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith("encryption-data"):
            raise Refused(PASSWORD)


class Worksheet(Part):
    """A sheet of an XLSX: no cell with something in it stands outside the limits.

    Cells that are only coloured do not count: spreadsheets colour whole rows to their end.
    """

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.row = self.column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self.place(attributes.get("r"))
        elif name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
        elif name in ("v", "is") and (self.row > self.rows or self.column > self.columns):
            raise Refused(outside(self.row, self.column, self.rows, self.columns))

    def place(self, reference: str | None) -> None:
        self.column += 1
        if reference is None:
            return
        found = CELL.fullmatch(reference)
        if not found:
            raise Refused(DAMAGED)
        self.column = 0
        for letter in found[1].upper():
            self.column = self.column * 26 + ord(letter) - 64
        self.row = int(found[2])


class Document(Part):
    """The one sheet after another of an OpenDocument, where a row may say that it is there many times."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.row = self.column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.row = 0
        elif name == "table:table-row":
            self.row += int(attributes.get("table:number-rows-repeated") or 1)
            self.column = 0
        elif name == "table:table-cell":
            self.column += int(attributes.get("table:number-columns-repeated") or 1)
        elif name == "text:p" and (self.row > self.rows or self.column > self.columns):
            raise Refused(outside(self.row, self.column, self.rows, self.columns))


def outside(row: int, column: int, rows: int, columns: int) -> str:
    """Why a sheet is too big; its headings are not counted as a row."""
    if row > rows:
        return (
            f"The file has something in row {row:,}. At most {rows - 1:,} rows can be read: divide "
            "it, or clear what stands far below the list."
        )
    return (
        f"The file has something in column {column:,}. At most {columns} columns can be read: take "
        "away those that are not needed."
    )


# --- Cells ----------------------------------------------------------------------------------------


def text(value: object) -> str:
    """A cell as somebody would have typed it into a CSV."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def the_sheet(book: object) -> object:
    """The one sheet with something in it; an explanation of our own templates is passed over."""
    filled = []
    for about in book.sheets_metadata:
        if "WorkSheet" not in str(about.typ) or about.name.strip().lower() == ALLOWED_VALUES:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.end is not None:
            filled.append((about, sheet))
    if not filled:
        raise Refused("The file is empty. Its first row must hold the headings.")
    if len(filled) > 1:
        names = ", ".join(
            f"“{about.name[:40]}”{'' if str(about.visible).endswith('.Visible') else ' (hidden)'}"
            for about, _ in filled[:5]
        )
        raise Refused(
            f"The file has {len(filled)} sheets with something in them: {names}. Keep one, and take "
            "the others away."
        )
    return filled[0][1]


def cells(sheet: object, rows: int, columns: int) -> list[list[str]]:
    """Every row from the first on, so that rows keep their numbers."""
    last, right = sheet.end
    if last + 1 > rows or right + 1 > columns:
        raise Refused(outside(last + 1, right + 1, rows, columns))
    found: list[list[str]] = []
    total = 0
    for row in sheet.iter_rows():
        values = [text(value) for value in row]
        found.append([""] * (right + 1 - len(values)) + values)  # empty columns before the first
        total += sum(map(len, values))
        if total > MOST_TEXT:
            raise Refused("The file holds more text than any list of people or meetings. Divide it.")
    return found


def read(content: bytes, rows: int, columns: int) -> list[list[str]]:
    import python_calamine  # after the limits are set

    if content.startswith(OLE) and (ENCRYPTED in content or LOCKED.search(content)):
        raise Refused(PASSWORD)
    if content.startswith(ZIP):
        content = repacked(content, rows, columns)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        return cells(the_sheet(book), rows, columns)
    except python_calamine.PasswordError:
        raise Refused(PASSWORD) from None
    except python_calamine.CalamineError as error:
        raise Refused(PASSWORD if "assword" in str(error) else DAMAGED) from None


def main() -> None:
    limit()
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    try:
        answer: dict[str, object] = {"rows": read(sys.stdin.buffer.read(), rows, columns)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError,
            ValueError, OSError):
        answer = {"refused": DAMAGED}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
