"""The published year of Bracknell Forest, loaded from its seven files."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.folder import FolderRefused, load_folder
from conferences.choices import MeetingKind
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry, StaffMember
from tests.imports.conftest import all_counts
from tests.year import YEAR_FOLDER
from training.models import TrainingRecord

ON = date(2026, 1, 31)


def test_year_has_its_published_counts(bf_year):
    meetings = Meeting.objects.filter(partnership=bf_year)
    kinds = [
        meetings.filter(kind=kind).count()
        for kind in (MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.CORE_GROUP)
    ]
    assert kinds == [81, 183, 536]
    assert meetings.conferences().count() == 264
    assert Attendance.objects.filter(meeting__partnership=bf_year).count() == 4818
    assert StaffMember.objects.filter(agency__memberships__partnership=bf_year).count() == 460
    assert TrainingRecord.objects.counting().count() == 1304
    assert meetings.filter(closed_at=None).count() == 0


@pytest.mark.parametrize(
    ("first", "last", "quorate", "held"),
    [
        (date(2014, 4, 1), date(2014, 9, 30), 114, 124),
        (date(2014, 10, 1), date(2015, 3, 31), 120, 140),
    ],
)
def test_year_is_judged_as_published(bf_year, first, last, quorate, held):
    rows = Meeting.objects.filter(partnership=bf_year, held_on__range=(first, last)).conferences()
    assert (rows.filter(quorate=True).count(), rows.count()) == (quorate, held)


def test_year_is_in_the_history_row_by_row(bf_year):
    imported = HistoryEntry.objects.filter(verb="imported")
    assert imported.filter(subject_type="conferences.attendance").count() == 4818
    assert imported.filter(subject_type="conferences.meeting").count() == 800
    assert HistoryEntry.objects.filter(subject_type="training.trainingrecord").count() == 1304


def test_year_loaded_again_writes_nothing_in_few_queries(bf_year):
    before = all_counts()
    with CaptureQueriesContext(connection) as queries:
        loaded = load_folder(YEAR_FOLDER, code="BF", on=ON)
    assert all_counts() == before
    assert loaded.closed == 0 and not any(p.new or p.changed for p in loaded.plans.values())
    assert len(queries) < 45
    assert not [q for q in queries.captured_queries if q["sql"].startswith(("INSERT", "UPDATE"))]


def test_one_bad_row_among_thousands_writes_nothing(bf_year, tmp_path):
    for file in YEAR_FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "attendance.csv").open("a") as file:
        file.write("BF14-0001,NOBODY,2014-03-05,yes,attended,in_person,on_time,\n")
    before = all_counts()
    with pytest.raises(FolderRefused) as refusal:
        load_folder(tmp_path, code="BF", on=ON)
    assert [str(row) for row in refusal.value.refused] == [
        "attendance.csv, row 4820, column agency: The agency “NOBODY” is not known here. Check the "
        "spelling, or load it first."
    ]
    assert all_counts() == before


def test_queries_grow_with_batches_not_with_rows(folder):
    folder.load()
    small = queries_of(folder, 10)
    large = queries_of(folder, 1010)
    # 2,000 rows, each with its history. Django gives SQLite at most 999 values in a statement, so its
    # batches are smaller than PostgreSQL's.
    assert large - small < 2000 / (20 if connection.vendor == "sqlite" else 100)


def queries_of(folder, meetings: int) -> int:
    """Queries of loading so many more meetings with a line each, and records as many."""
    numbers = range(meetings)
    for number in numbers:
        folder.add("meetings.csv", f"N{meetings}-{number},core_group,2014-06-02,,F-1,1,,,no,")
    folder.write("attendance.csv", folder.text("attendance.csv") + "".join(
        f"N{meetings}-{number},CSC,2014-05-01,yes,attended,in_person,,CSC-1\n" for number in numbers
    ))
    with CaptureQueriesContext(connection) as queries:
        load_folder(folder.path, code="UP", on=ON)
    return len(queries)
