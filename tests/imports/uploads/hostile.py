"""Files that are broken, or made to do harm: each with what the sentence must say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

from tests.imports.uploads.files import (
    MAIN,
    as_csv,
    as_ods,
    as_xls,
    as_xlsx,
    biff,
    compound,
    inline,
    parts_of_xlsx,
    zipped,
)

GOOD = [["Staff ref", "Course", "Completed on"], ["A-1", "CPC", "2015-02-28"]]
ROW = f'<row r="1">{inline("A1", "Staff ref")}</row><row r="2">{inline("A2", "A-1")}</row>'
ENTITIES = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
MILLION = "<c><v>1</v></c>" * 1_000_000


def cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def lying() -> bytes:
    """A package whose directory gives a small size for a part that unpacks to 50 MB."""
    content = bytearray(zipped(parts_of_xlsx("x" * 50_000_000)))
    small = (1000).to_bytes(4, "little")
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = 0
        while (at := content.find(mark, at)) >= 0:
            if content[at + place : at + place + 4] > b"" and int.from_bytes(
                content[at + place : at + place + 4], "little"
            ) > 10_000_000:
                content[at + place : at + place + 4] = small
            at += 4
    return bytes(content)


def twice_named() -> bytes:
    parts = parts_of_xlsx(ROW)
    content = zipped(parts | {"xl/worksheets/sheet2.xml": parts["xl/worksheets/sheet1.xml"]})
    return content.replace(b"sheet2.xml", b"sheet1.xml")


def shared_by_many() -> bytes:
    """One long text that a million cells name."""
    cells = "".join(
        f'<row r="{row}">' + '<c t="s"><v>0</v></c>' * 50 + "</row>" for row in range(1, 18_000)
    )
    return zipped(parts_of_xlsx(cells, shared=f"<si><t>{'x' * 32_000}</t></si>"))


def flagged(content: bytes) -> bytes:
    """Every part says that it is encrypted."""
    data = bytearray(content)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := data.find(mark, at)) >= 0:
            data[at + place] |= 1
            at += 4
    return bytes(data)


REPEATED = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
    'table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>"
)
DAMAGED, PASSWORD, UNPACKED = "damaged or was cut short", "protected by a password", "more than 20 MB"
# Its name, how it is made, and what the sentence must hold.
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing at all": ("a.csv", lambda: b"", "The file is empty"),
    "only spaces": ("a.csv", lambda: b" \r\n \r\n", "The file is empty"),
    "an empty workbook": ("a.xlsx", lambda: as_xlsx([]), "The file is empty"),
    "headings alone": ("a.csv", lambda: as_csv(GOOD[:1]), "no rows under them"),
    "bigger than 5 MB": ("a.csv", lambda: as_csv(GOOD) + b"x" * 5_300_000, "bigger than 5 MB"),
    "a CSV named xlsx": ("a.xlsx", lambda: as_csv(GOOD), "no workbook inside"),
    "a workbook named csv": ("a.csv", lambda: as_xlsx(GOOD), "The file is a workbook"),
    "UTF-16": ("a.csv", lambda: as_csv(GOOD, "utf-16"), "UTF-16"),
    "UTF-16 without a mark": ("a.csv", lambda: as_csv(GOOD, "utf-16-le"), "UTF-16"),
    "Windows letters": ("a.csv", lambda: as_csv([["Name", "b"], ["Siân", ""]], "cp1252"), "not in UTF-8 (line 2)"),
    "semicolons": ("a.csv", lambda: b"Staff ref;Course\r\nA-1;CPC\r\n", "semicolons"),
    "an open quotation mark": ("a.csv", lambda: b'a,b\r\n"x,1\r\n2,3\r\n', "no proper CSV"),
    "headings twice": ("a.csv", lambda: b"Course,course\r\n1,2\r\n", "two columns with the heading"),
    "headings twice in a workbook": ("a.xlsx", lambda: as_xlsx([["A", "A"], [1, 2]]), "two columns with the heading"),
    "61 columns": ("a.csv", lambda: as_csv([[f"c{n}" for n in range(61)], ["x"] * 61]), "61 columns. At most 60"),
    "61 columns in a workbook": ("a.xlsx", lambda: as_xlsx([[f"c{n}" for n in range(61)], ["x"] * 61]), "At most 60 columns"),
    "50,001 rows": ("a.csv", lambda: b"a\r\n" + b"x\r\n" * 50_001, "more than 50,000 rows"),
    "50,001 rows in a workbook": (
        "a.xlsx", lambda: zipped(parts_of_xlsx("".join(
            f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 50_003)
        ))), "At most 50,000 rows",
    ),
    "two sheets": ("a.xlsx", lambda: as_xlsx(GOOD, more={"Other": GOOD}), "2 sheets with something in them"),
    "a hidden sheet": ("a.xlsx", lambda: as_xlsx(GOOD, more={"Pay": GOOD}, hidden=True), "“Pay” (hidden)"),
    "a cell in the last corner": ("a.xlsx", lambda: zipped(parts_of_xlsx(
        ROW + f'<row r="1048576">{inline("XFD1048576", "x")}</row>')), "row 1,048,576"),
    "a cell far to the right": ("a.xlsx", lambda: zipped(parts_of_xlsx(
        f'<row r="1">{inline("A1", "a")}{inline("XFD1", "x")}</row>')), "column 16,384"),
    "a cell that is nowhere": ("a.xlsx", lambda: zipped(parts_of_xlsx(
        '<row r="1"><c r="ZZZZ99999999"><v>1</v></c></row>')), DAMAGED),
    "a million cells in a row": ("a.xlsx", lambda: zipped(parts_of_xlsx(f"<row>{MILLION}</row>")), "At most 60 columns"),
    "a bomb": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW + " " * 60_000_000)), UNPACKED),
    "a bomb in the texts": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW, shared=" " * 30_000_000)), UNPACKED),
    "a bomb in many parts": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW) | {
        f"xl/worksheets/more{n}.xml": " " * 5_000_000 for n in range(8)}), UNPACKED),
    "a bomb that lies": ("a.xlsx", lying, DAMAGED),
    "one text for a million cells": ("a.xlsx", shared_by_many, "memory or time"),
    "entities": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW, before=ENTITIES)), "document type"),
    "an entity outside": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW, before=OUTSIDE)), "document type"),
    "201 parts": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW) | {f"p{n}": "" for n in range(200)}), "more than 200 parts"),
    "a part twice": ("a.xlsx", twice_named, DAMAGED),
    "XML that does not end": ("a.xlsx", lambda: zipped(parts_of_xlsx("<row>")), DAMAGED),
    "XML of another kind": ("a.xlsx", lambda: zipped(parts_of_xlsx(ROW) | {
        "xl/workbook.xml": f'<other xmlns="{MAIN}"/>'}), DAMAGED),
    "no sheet inside": ("a.xlsx", lambda: zipped({
        name: data for name, data in parts_of_xlsx(ROW).items() if "sheet1" not in name}), DAMAGED),
    "a document": ("a.xlsx", lambda: zipped({"word/document.xml": "<w/>"}), "no spreadsheet"),
    "a picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "no workbook inside"),
    "an archive": ("a.xlsx", lambda: zipped({"a.csv": "a,b"}), "no spreadsheet"),
    "a binary workbook": ("a.xlsx", lambda: zipped({"xl/workbook.bin": b"\0" * 50}), ".xlsb"),
    "cut in half": ("a.xlsx", lambda: cut(as_xlsx(GOOD), 0.5), DAMAGED),
    "without its end": ("a.xlsx", lambda: as_xlsx(GOOD)[:-10], DAMAGED),
    "stored, one byte turned": ("a.xlsx", lambda: zipped(
        parts_of_xlsx(ROW), zipfile.ZIP_STORED).replace(b"Staff ref", b"Stoff ref"), DAMAGED),
    "a locked package": ("a.xlsx", lambda: flagged(as_xlsx(GOOD)), PASSWORD),
    "a locked workbook": ("a.xlsx", lambda: compound({
        "EncryptionInfo": b"x" * 100, "EncryptedPackage": b"x" * 5000}), PASSWORD),
    "a locked old workbook": ("a.xls", lambda: compound({"Workbook": biff([(0, 0, "a")], locked=True)}), PASSWORD),
    "a cut old workbook": ("a.xls", lambda: cut(as_xls(GOOD), 0.4), DAMAGED),
    "an old workbook with a far cell": ("a.xls", lambda: compound({"Workbook": biff(
        [(0, 0, "a"), (65_535, 255, "x")])}), ""),
    "a locked OpenDocument": ("a.ods", lambda: as_ods(GOOD, encrypted=True), PASSWORD),
    "an OpenDocument that repeats itself": ("a.ods", lambda: as_ods([], table=REPEATED), "row 1,048,576"),
    "a cut OpenDocument": ("a.ods", lambda: cut(as_ods(GOOD), 0.6), DAMAGED),
}
