"""Lists as files for spreadsheet programs: one door, two forms, no cell that is a formula.

``as_file(form, ListFile(dated("courses"), COLUMNS, rows))`` answers with the file,
``download(request, "training:course-list-file")`` gives the links that a page shows.
"""

from partnership.exporting.answering import XLSX, ExportConverter, as_file, dated, download
from partnership.exporting.csv_text import as_csv
from partnership.exporting.guarding import formula_sign, safe_cell, unguarded
from partnership.exporting.lists import CHUNK, ListFile, in_chunks, in_places
from partnership.exporting.workbooks import write_sheets, write_workbook

__all__ = [
    "CHUNK", "XLSX", "ExportConverter", "ListFile", "as_csv", "as_file", "dated", "download",
    "formula_sign", "in_chunks", "in_places", "safe_cell", "unguarded", "write_sheets", "write_workbook",
]
