"""Files as people and programs make them, good and bad, made here so that nothing hides in a binary."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_csv(rows: Iterable[Iterable], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Iterable], *, more: dict | None = None, hidden: bool = False) -> bytes:
    """A workbook as a spreadsheet program saves it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for name, extra in (more or {}).items():
        other = book.create_sheet(name)
        other.sheet_state = "hidden" if hidden else "visible"
        for row in extra:
            other.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def parts_of_xlsx(sheet: str, *, before: str = "", shared: str = "") -> dict[str, str]:
    """The parts of the smallest workbook, its sheet's XML given."""
    strings = f'<sst xmlns="{MAIN}">{shared}</sst>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
        '<sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
        '</Relationships>',
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{sheet}</sheetData></worksheet>",
    }


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def as_ods(rows: Iterable[Iterable], *, encrypted: bool = False, table: str | None = None) -> bytes:
    """The smallest OpenDocument spreadsheet."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    lines = table if table is not None else "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        ) + "</table:table-row>"
        for row in rows
    )
    secret = '<manifest:encryption-data manifest:checksum="x"/>' if encrypted else ""
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
        'xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" '
        f'manifest:media-type="text/xml">{secret}</manifest:file-entry></manifest:manifest>',
        "content.xml": f'<office:document-content {names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="List">{lines}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>",
    })


# --- XLS ------------------------------------------------------------------------------------------


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def biff(cells: Iterable[tuple[int, int, str]], *, locked: bool = False) -> bytes:
    """A workbook's stream in the format of 1997."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, begin.replace(b"\x05\x00", b"\x10\x00", 1))
    sheet += b"".join(label(*cell) for cell in cells) + record(0x000A, b"")
    head = record(0x0809, begin)
    if locked:
        head += record(0x002F, struct.pack("<HHH", 1, 1, 1) + b"\x01" * 48)
    about = lambda place: record(0x0085, struct.pack("<IBBBB", place, 0, 0, 4, 0) + b"List")  # noqa: E731
    place = len(head) + len(about(0)) + 4
    return head + about(place) + record(0x000A, b"") + sheet


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (the container of XLS, and of locked XLSX) with some streams."""
    sectors: list[bytes] = []
    chains: list[int] = []

    def put(data: bytes) -> int:
        start, count = len(sectors), -(-len(data) // 512)
        for number in range(count):
            sectors.append(data[number * 512 : number * 512 + 512].ljust(512, b"\0"))
            chains.append(start + number + 1 if number < count - 1 else 0xFFFFFFFE)
        return start

    starts = {name: put(data.ljust(4096, b"\0")) for name, data in streams.items()}
    entries = [entry("Root Entry", 5, 0xFFFFFFFE, 0, 1)]
    for place, (name, data) in enumerate(streams.items(), start=1):
        after = place + 1 if place < len(streams) else 0xFFFFFFFF
        entries.append(entry(name, 2, starts[name], max(len(data), 4096), 0xFFFFFFFF, after))
    directory = put(b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0"))
    count = 1
    while -(-(len(chains) + count) * 4 // 512) > count:
        count += 1
    table = list(range(len(sectors), len(sectors) + count))
    chains += [0xFFFFFFFD] * count
    allocation = b"".join(struct.pack("<I", one) for one in chains)
    sectors.append(allocation.ljust(count * 512, b"\xff"))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
        + struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, count, directory, 0, 4096,
                      0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    header += b"".join(struct.pack("<I", one) for one in table)
    return header.ljust(512, b"\xff") + b"".join(sectors)


def entry(name: str, kind: int, start: int, size: int, child: int, right: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, right, child) + b"\0" * 16 + b"\0" * 4 + b"\0" * 16
        + struct.pack("<IQ", start, size)
    )


def as_xls(rows: Iterable[Iterable[str]]) -> bytes:
    cells = [(r, c, str(cell)) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell != ""]
    return compound({"Workbook": biff(cells)})
