"""What a file may do to us: nothing but be refused, in a sentence, soon and within little memory."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

import pytest

from partnership.uploads import tables
from partnership.uploads.child import MOST_MEMORY, MOST_SECONDS
from partnership.uploads.tables import Unreadable, read_table
from tests.imports.uploads.files import (
    as_csv,
    as_ods,
    as_xls,
    as_xlsx,
    inline,
    parts_of_xlsx,
    zipped,
)
from tests.imports.uploads.hostile import FILES, GOOD

MEGABYTE = 1024 * 1024


def test_there_are_enough_of_them():
    assert len(FILES) >= 40


@pytest.mark.parametrize("what", FILES)
def test_it_is_refused_with_a_sentence_soon(what):
    name, make, says = FILES[what]
    content, begun = make(), perf_counter()
    with pytest.raises(Unreadable, match=r"^[A-Z].*\.$") as refused:
        read_table(name, content)
    assert says in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert perf_counter() - begun < 10


READ = """
import resource, sys
from partnership.uploads.tables import Unreadable, read_table
try:
    read_table(sys.argv[1], sys.stdin.buffer.read())
except Unreadable:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_no_reader_is_given_more_memory_than_the_limit():
    """Of the file that asks for most: measured from a process that has no other children."""
    name, make, _ = FILES["an old workbook with a far cell"]
    command = [sys.executable, "-c", READ, name]
    done = subprocess.run(command, input=make(), capture_output=True, check=True, timeout=30)
    assert 0 < int(done.stdout) / 1024 < 512
    assert MOST_MEMORY <= 400 * MEGABYTE
    assert MOST_SECONDS < tables.MOST_SECONDS < 10


@pytest.mark.parametrize(("name", "make"), [
    ("a.csv", as_csv), ("a.CSV", as_csv), ("a.xlsx", as_xlsx), ("a.ods", as_ods), ("a.xls", as_xls),
])
def test_the_same_list_is_read_alike_from_every_kind_of_file(name, make):
    table = read_table(name, make(GOOD))
    assert table.headings == GOOD[0]
    assert table.rows == [(2, GOOD[1])]


def test_what_is_at_the_limits_is_read():
    wide = [[f"c{n}" for n in range(60)], ["x"] * 60]
    assert len(read_table("a.xlsx", as_xlsx(wide)).headings) == 60
    assert len(read_table("a.csv", as_csv(wide)).headings) == 60
    assert len(read_table("a.csv", b"a\r\n" + b"x\r\n" * 50_000).rows) == 50_000
    full = read_table("a.xlsx", zipped(parts_of_xlsx("".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 50_002)
    ))))
    assert len(full.rows) == 50_000


def test_rows_keep_their_numbers_over_blank_ones_and_a_list_may_begin_further_in():
    sheet = f'<row r="3">{inline("B3", "Name")}</row><row r="6">{inline("B6", "Siân")}</row>'
    table = read_table("a.xlsx", zipped(parts_of_xlsx(sheet)))
    assert table.headings == ["", "Name"]
    assert table.rows == [(6, ["", "Siân"])]


def test_a_row_coloured_to_its_end_is_no_far_cell():
    sheet = f'<row r="1">{inline("A1", "a")}<c r="XFD1" s="1"/></row><row r="2">{inline("A2", "b")}</row>'
    assert read_table("a.xlsx", zipped(parts_of_xlsx(sheet))).rows == [(2, ["b"])]


def test_the_reader_runs_without_our_settings_and_without_the_environment():
    """It knows nothing that a file could make it tell."""
    done = subprocess.run(
        [sys.executable, "-I", str(tables.CHILD), "11", "5"], input=as_xlsx(GOOD), capture_output=True,
        env={}, check=True,
    )
    assert done.stdout.startswith(b'{"rows": [[')
