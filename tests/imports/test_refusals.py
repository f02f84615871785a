"""What load_folder refuses: one sentence each, nothing written, and it loads once that is mended."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from compliance import folder as folders
from compliance.folder import open_partnership
from partnership import csv_files
from tests.imports.conftest import FILES, all_counts

NOT_DATE = "is not a date. Write it as 2015-02-28 or 28/02/2015."
FORMULA = "which a spreadsheet takes for a formula. Take the sign away."
LOAD_IT = "is not known here. Check the spelling, or load it first."

BAD_CELLS = [
    # unknown names
    ("staff.csv", 3, "agency", "POLL", f"The agency “POLL” {LOAD_IT}"),
    ("attendance.csv", 3, "agency", "POLL", f"The agency “POLL” {LOAD_IT}"),
    ("training_records.csv", 2, "course", "CPD", f"The course “CPD” {LOAD_IT}"),
    ("requirements.csv", 2, "course", "CPD", f"The course “CPD” {LOAD_IT}"),
    ("staff.csv", 3, "role_group", "frontline", f"The role group “frontline” {LOAD_IT}"),
    ("training_records.csv", 2, "staff_ref", "CSC-9", f"The person “CSC-9” {LOAD_IT}"),
    ("attendance.csv", 2, "meeting_ref", "M-9", f"The meeting “M-9” {LOAD_IT}"),
    ("attendance.csv", 2, "staff_ref", "POL-1",
     "“POL-1” is a person of Upton Police, not of Upton Social Care."),
    # dates
    ("training_records.csv", 2, "completed_on", "31/02/2015", f"“31/02/2015” {NOT_DATE}"),
    ("training_records.csv", 2, "completed_on", "02/28/2015", f"“02/28/2015” {NOT_DATE}"),
    ("training_records.csv", 2, "completed_on", "20150228", f"“20150228” {NOT_DATE}"),
    ("training_records.csv", 2, "completed_on", "soon", f"“soon” {NOT_DATE}"),
    ("training_records.csv", 2, "completed_on", "٢٠١٥-٠٢-٢٨", f"“٢٠١٥-٠٢-٢٨” {NOT_DATE}"),
    ("training_records.csv", 2, "completed_on", "", "This cell is empty. Fill it in."),
    ("training_records.csv", 2, "completed_on", "1013-02-28",
     "28 February 1013 is before 1 January 1950. Check the year."),
    ("staff.csv", 2, "started_on", "1910-01-04",
     "4 January 1910 is before 1 January 1950. Check the year."),
    ("staff.csv", 4, "left_on", "2011-05-03",
     "The first day out of post must be after the day of starting."),
    ("meetings.csv", 2, "strategy_discussion_on", "2014-05-13",
     "The strategy discussion is after the conference."),
    ("meetings.csv", 3, "held_on", "2003-05-20",
     "No bank holidays are known for 2003. Check the year."),
    ("attendance.csv", 2, "invited_on", "2014-05-13", "M-1 was before that, on 12 May 2014."),
    # numbers
    ("meetings.csv", 2, "children", "-3", "“-3” is not a whole number from 0 to 99."),
    ("meetings.csv", 2, "children", "3.5", "“3.5” is not a whole number from 0 to 99."),
    ("meetings.csv", 2, "children", "٣", "“٣” is not a whole number from 0 to 99."),
    ("meetings.csv", 2, "children", "1_0", "“1_0” is not a whole number from 0 to 99."),
    ("meetings.csv", 2, "children_on_plan_after", "4",
     "4 children are on a plan, but only 3 were considered."),
    ("courses.csv", 2, "valid_months", "0", "“0” is not a whole number from 1 to 600."),
    ("courses.csv", 2, "hours", "-1",
     "“-1” is not a number from 0 to 999 with at most two decimals."),
    ("requirements.csv", 2, "within_days_of_start", "-1",
     "“-1” is not a whole number from 0 to 3660."),
    # codes
    ("attendance.csv", 4, "outcome", "ill",
     "“ill” is not one of: Attended, Deputy attended, Apologies, Absent, Not known."),
    ("attendance.csv", 4, "mode", "phone",
     "Nobody was there (apologies), so there is no way of being there."),
    ("attendance.csv", 2, "involved", "1", "“1” is not understood. Write yes or no."),
    ("meetings.csv", 2, "category", "XXX", "“XXX” is not one of: Neglect, Physical abuse, Sexual abuse, Emotional abuse, Multiple."),
    ("meetings.csv", 3, "category", "NEG",
     "A category is given, but no child is on a plan afterwards."),
    ("meetings.csv", 2, "family_ref", "The Smiths",
     "“The Smiths” cannot be used. Write a reference of letters, figures, hyphens, full stops or "
     "underlines, up to 40 long."),
    ("agencies.csv", 4, "code", "hv",
     "“hv” cannot be used. Write a code of up to 12 capital letters, figures or hyphens that begins "
     "with a letter."),
    # text
    ("staff.csv", 2, "first_name", "=1+1", f"This begins with “=”, {FORMULA}"),
    ("staff.csv", 2, "first_name", " @SUM(A1)", f"This begins with “@”, {FORMULA}"),
    ("staff.csv", 2, "job_title", "＝1", f"This begins with “＝”, {FORMULA}"),
    ("staff.csv", 2, "job_title", "\u2003=1", f"This begins with “=”, {FORMULA}"),
    ("staff.csv", 2, "job_title", "\u200b\ufeff =1", f"This begins with “=”, {FORMULA}"),
    ("staff.csv", 2, "job_title", "\u3164@SUM", f"This begins with “@”, {FORMULA}"),
    ("staff.csv", 2, "job_title", "﹦1", f"This begins with “﹦”, {FORMULA}"),
    ("staff.csv", 2, "last_name", "\t=1", f"This begins with “?”, {FORMULA}"),
    ("staff.csv", 2, "last_name", "-1", f"This begins with “-”, {FORMULA}"),
    ("agencies.csv", 2, "name", "+44", f"This begins with “+”, {FORMULA}"),
    ("courses.csv", 3, "title", "－1", f"This begins with “－”, {FORMULA}"),
    ("staff.csv", 2, "first_name", "A\nB",
     "This holds a line break or a control character. Take it away."),
    ("staff.csv", 2, "first_name", "A\0B", "This holds a NUL character. Take it away."),
    ("staff.csv", 2, "first_name", "x" * 1001,
     "This has 1,001 characters. At most 1,000 are read."),
    ("staff.csv", 2, "first_name", "x" * 81, "This has 81 characters. At most 80 can be kept."),
    ("staff.csv", 2, "work_email", "sian at csc", "“sian at csc” is not an e-mail address."),
    ("agencies.csv", 3, "name", "Upton Social Care",
     "There is an agency “Upton Social Care” already, in this file or in another partnership. To have "
     "the same agency here, share it with this partnership first; sharing is an act of its own."),
]


@pytest.mark.parametrize("file", sorted({file for file, *_ in BAD_CELLS}))
def test_bad_cell_is_one_sentence_and_its_mending_loads(folder, file):
    """One after the other: had one of them written anything, the last loading would say so."""
    if file != "agencies.csv":
        open_partnership(None, "UP", "Upton")  # once for all; agencies.csv finds it not there yet
    for name, row, column, value, reason in BAD_CELLS:
        if name == file:
            folder.set(file, row, column, value)
            assert folder.refused() == [f"{file}, row {row}, column {column}: {reason}"], value
            folder.write(file, FILES[file])
    loaded = folder.load()
    assert len(loaded) == 8
    rows = len(FILES[file].splitlines()) - 1
    assert f"{file}: {rows} new, 0 changed, 0 unchanged" in loaded


def test_dates_still_to_come_are_refused(folder):
    folder.set("training_records.csv", 2, "completed_on", "2035-01-01")
    folder.set("meetings.csv", 3, "held_on", "2035-05-20")
    folder.set("attendance.csv", 2, "invited_on", "2035-01-01")
    lines = folder.refused()
    assert "column completed_on: 1 January 2035 is after" in lines[0]
    assert "column invited_on: 1 January 2035 is after" in lines[1]
    assert lines[2] == (
        "attendance.csv, row 5, column outcome: M-2 is still to come, on 20 May 2035: “attended” "
        "cannot be known yet."
    )
    assert len(lines) == 3


def test_two_people_of_an_agency_cannot_have_one_email(folder):
    folder.add("staff.csv", "POL-2,POL,Bo,Ek,LUKASZ@pol.example.org,Sergeant,front_line,2012-01-09,")
    assert folder.refused() == [
        "staff.csv, row 5, column work_email: “POL-1” of Upton Police has that work e-mail."
    ]
    folder.write("staff.csv", folder.text("staff.csv").replace("LUKASZ@pol", "bo@pol"))
    folder.load()


def test_an_email_that_moves_on_is_refused_not_broken(folder):
    folder.load()
    folder.set("staff.csv", 3, "work_email", "new@pol.example.org")
    folder.add("staff.csv", "POL-2,POL,Bo,Ek,lukasz@pol.example.org,Sergeant,front_line,2012-01-09,")
    assert folder.refused() == [
        "staff.csv, row 5, column work_email: “POL-1” of Upton Police has that work e-mail."
    ]


def test_a_reference_names_one_person_of_the_partnership(folder):
    folder.load()
    folder.set("staff.csv", 3, "agency", "HV")
    lines = folder.refused()
    assert lines[0] == (
        "staff.csv, row 3, column agency: “POL-1” is a person of Upton Police. Give whoever is new a "
        "reference of their own."
    )
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("agencies.csv", "code"), ("staff.csv", "staff_ref"), ("courses.csv", "code"),
        ("requirements.csv", "course"), ("training_records.csv", "completed_on"),
        ("meetings.csv", "meeting_ref"), ("attendance.csv", "meeting_ref"),
    ],
)
def test_repeated_line_names_the_row_it_repeats(folder, file, column):
    rows = folder.cells(file)
    folder.write_cells(file, [*rows, rows[1]])
    assert folder.refused() == [
        f"{file}, row {len(rows) + 1}, column {column}: This repeats row 2. Take one of them away."
    ]
    folder.write_cells(file, rows)
    folder.load()


# --- Whole files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_one_line_without_the_rows_that_name_it(folder, file):
    (folder.path / file).unlink()
    assert folder.refused() == [f"{file}: The file is missing."]
    folder.write(file, FILES[file])
    folder.load()


@pytest.mark.parametrize("file", FILES)
def test_empty_file_is_one_line(folder, file):
    folder.write(file, " \n")
    assert folder.refused() == [
        f"{file}: The file is empty. Its first row must hold the headings."
    ]


@pytest.mark.parametrize(
    ("headings", "lines"),
    [
        ("code,name,sector", ["column conference_expectation: This column is missing."]),
        ("code,name,sector,expected",
         ["column expected: This column is not expected. Take it away, or mend its heading.",
          "column conference_expectation: This column is missing."]),
        ("code,name,name,sector,conference_expectation",
         ["column name: There are two columns with this heading. Take one away."]),
        ("code;name;sector;conference_expectation",
         ["column code;name;sector;conference_expectation: This column is not expected. Take it away, "
          "or mend its heading.", "column code: This column is missing.",
          "column name: This column is missing.", "column sector: This column is missing.",
          "column conference_expectation: This column is missing."]),
    ],
)
def test_headings_are_refused_by_name(folder, headings, lines):
    folder.write("agencies.csv", FILES["agencies.csv"].replace(
        "code,name,sector,conference_expectation", headings
    ))
    assert folder.refused() == [f"agencies.csv, {line}" for line in lines]


def test_headings_may_stand_in_any_order_and_case(folder):
    rows = [list(reversed(row)) for row in folder.cells("staff.csv")]
    rows[0] = [name.upper() for name in rows[0]]
    folder.write_cells("staff.csv", rows)
    assert "staff.csv: 3 new, 0 changed, 0 unchanged" in folder.load()


def test_latin_1_is_refused_with_its_line_and_utf_8_loads(folder):
    text = FILES["staff.csv"].replace("Łukasz,Żak", "Lukas,Zak").replace("Llŷr-Pŵel", "Llyr")
    folder.write("staff.csv", text.encode("latin-1"))
    assert folder.refused() == [
        "staff.csv: The file is not in UTF-8 (line 2). Save it as “CSV UTF-8” and try again."
    ]
    folder.write("staff.csv", text.encode("utf-8-sig"))
    folder.load()


@pytest.mark.parametrize(
    ("line", "cells"), [("M-2,POL,,yes,absent,,,,", 9), ("M-2,POL,,yes,absent", 5)]
)
def test_ragged_row_is_refused(folder, line, cells):
    folder.add("attendance.csv", line)
    assert folder.refused() == [
        f"attendance.csv, row 6: This row has {cells} cells. The headings have 8."
    ]
    folder.write("attendance.csv", f"{FILES['attendance.csv']}M-2,POL,,yes,absent,,,\n")
    folder.load()


def test_blank_rows_are_passed_over_and_counted(folder):
    folder.write("attendance.csv", f"{FILES['attendance.csv']}\n,,,,,,,\nM-2,POL,,yes,ill,,,\n")
    assert [line.split(":")[0] for line in folder.refused()] == [
        "attendance.csv, row 8, column outcome"
    ]


def test_unclosed_quotation_is_one_sentence(folder):
    folder.add("staff.csv", 'POL-2,POL,"Bo,Ek,,Sergeant,front_line,2012-01-09,')
    assert len(folder.refused()) == 1
    assert folder.refused()[0].startswith("staff.csv: The file is no proper CSV from line ")


def test_file_over_the_limit_is_not_opened(folder, monkeypatch):
    monkeypatch.setattr(csv_files, "MOST_BYTES", 2**20)
    folder.add("staff.csv", "x" * 2**20)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: refuse_big(path))
    assert folder.refused() == ["staff.csv: The file is bigger than 1 MB. Divide it."]


def refuse_big(path):
    with path.open("rb") as file:
        content = file.read()
    assert len(content) < 2**20, "A file over the limit was read."
    return content


def test_more_rows_than_the_limit_are_refused_and_the_limit_loads(folder, monkeypatch):
    monkeypatch.setattr(csv_files, "MOST_ROWS", 4)
    folder.add("attendance.csv", "M-2,POL,,yes,absent,,,")
    assert folder.refused() == ["attendance.csv: The file has more than 4 rows. Divide it."]
    folder.write("attendance.csv", FILES["attendance.csv"])
    folder.load()


# --- All or nothing -------------------------------------------------------------------------------


def test_all_faults_of_all_files_come_at_once_in_order(folder):
    folder.set("attendance.csv", 2, "outcome", "ill")
    folder.set("staff.csv", 4, "left_on", "never")
    folder.set("staff.csv", 4, "started_on", "never")
    folder.set("meetings.csv", 3, "children", "many")
    assert [line.split(":")[0] for line in folder.refused()] == [
        "staff.csv, row 4, column started_on", "staff.csv, row 4, column left_on",
        "meetings.csv, row 3, column children", "attendance.csv, row 2, column outcome",
    ]


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [("agencies.csv", 2, "sector"), ("staff.csv", 2, "started_on"), ("courses.csv", 2, "hours"),
     ("meetings.csv", 2, "kind")],
)
def test_a_refused_row_does_not_make_those_that_name_it_complain(folder, file, row, column):
    folder.set(file, row, column, "?")
    assert [line.split(":")[0] for line in folder.refused()] == [f"{file}, row {row}, column {column}"]


def test_nothing_of_a_refused_folder_stays_in_a_partnership_that_was_there(folder):
    folder.load()
    before = all_counts()
    folder.add("staff.csv", "POL-2,POL,Bo,Ek,bo@pol.example.org,Sergeant,front_line,2012-01-09,")
    folder.add("attendance.csv", "M-9,POL,,yes,absent,,,")
    folder.refused()
    assert all_counts() == before


def test_a_race_lost_is_one_sentence(folder, monkeypatch):
    def lose(*args, **options):
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(folders.training, "import_records", lose)
    assert folder.refused() == [
        "The folder: Somebody wrote one of these rows at the same moment. Load it again."
    ]
