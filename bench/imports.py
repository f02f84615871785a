"""How long 20,000 training records take from a workbook: read, previewed, written with their history.

Run: python bench/imports.py (SQLite in memory, or the database that DATABASE_URL names)
On PostgreSQL 15 20,000 rows are read and previewed with 29 queries (22 for 1,000 rows), and written with
60 (24 for 1,000): at most one more for each 500 rows. It took 1.0 s of the processor to preview, 3.3 s to write
and 5.6 s to take back, in 211 MB; on SQLite 1.2 s, 3.9 s and 4.6 s. Taking back is therefore the worker's.
Beside it: the same file through django-import-export as it comes, where that package is installed
for the bench (python bench/imports.py --beside); it writes no history.
"""

from __future__ import annotations

import io
import os
import resource
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

import openpyxl
from django.db import connection

from compliance.actions import send_upload, undo_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadKind
from compliance.tasks import work_on
from compliance.uploads import working
from compliance.uploads.columns import columns_of
from partnership.models import HistoryEntry, StaffMember
from partnership.roles import Role
from partnership.uploads.columns import matched
from partnership.uploads.tables import read_table
from training.models import TrainingRecord

ROWS, PEOPLE = 20_000, 4_000


class Counter:
    """Counts the statements that pass."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        return execute(sql, params, many, context)


def place() -> Any:
    """An agency with its people and five courses; gives its lead."""
    agency = make.AgencyFactory()
    make.MembershipFactory(agency=agency, code="AG")
    group = make.RoleGroupFactory()
    StaffMember.objects.bulk_create(
        make.StaffMemberFactory.build(agency=agency, role_group=group, reference=f"S-{n}", work_email="")
        for n in range(PEOPLE)
    )
    for n in range(5):
        make.CourseFactory(code=f"C{n}", title=f"Course {n}")
    lead = make.UserFactory()
    make.GrantFactory(user=lead, role=Role.AGENCY_LEAD, agency=agency)
    return lead


def workbook(rows: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Training")
    sheet.append(["Staff ref", "Course", "Completed on", "Provider"])
    first = date(2015, 1, 1)
    for n in range(rows):
        day = first + timedelta(days=n // (PEOPLE * 5))
        sheet.append([f"S-{n % PEOPLE}", f"C{n // PEOPLE % 5}", day, "agency"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def timed(what: str, act: Callable[[], Any]) -> Any:
    """Do it once, and say how long it took, with how many queries, and the most memory so far."""
    counter, wall, processor = Counter(), perf_counter(), process_time()
    with connection.execute_wrapper(counter):
        found = act()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:42}{perf_counter() - wall:8.2f} s{process_time() - processor:8.2f} s processor"
        f"{counter.seen:8,} queries{memory:8.0f} MB"
    )
    return found


def ours(lead: Any, rows: int) -> None:
    content = workbook(rows)
    before = HistoryEntry.objects.count()

    def preview() -> Upload:
        table = read_table("training.xlsx", content)
        upload = send_upload(by=lead, kind=UploadKind.TRAINING, name="training.xlsx", table=table)
        working.check_again(upload, columns=matched(table.headings, columns_of(upload.kind)))
        work_on.call(upload.pk)
        return Upload.objects.get(pk=upload.pk)

    def write() -> None:
        working.accept(upload, upload.fingerprint, good_only=False)
        work_on.call(upload.pk)

    upload = timed(f"{rows:,} rows: read and previewed", preview)
    assert upload.counts["new"] == rows, upload.counts
    timed(f"{rows:,} rows: written with history", write)
    assert TrainingRecord.objects.count() == rows
    assert HistoryEntry.objects.count() >= before + rows
    timed(f"{rows:,} rows: taken back", lambda: undo_upload(by=lead, upload=upload))
    assert TrainingRecord.objects.count() == 0


def beside(rows: int) -> None:
    """django-import-export with its defaults, on the same file."""
    import tablib
    from import_export import fields, resources, widgets

    from training.models import Course

    class Records(resources.ModelResource):
        staff_member = fields.Field(
            "staff_member", "Staff ref", widgets.ForeignKeyWidget(StaffMember, "reference")
        )
        course = fields.Field("course", "Course", widgets.ForeignKeyWidget(Course, "code"))
        completed_on = fields.Field("completed_on", "Completed on", widgets.DateWidget("%Y-%m-%d"))
        provider = fields.Field("provider", "Provider")

        class Meta:
            model = TrainingRecord
            import_id_fields = ("staff_member", "course", "completed_on")
            fields = ("staff_member", "course", "completed_on", "provider")

    content = workbook(rows)

    def load(dry_run: bool) -> Any:
        data = tablib.Dataset().load(content, "xlsx")
        result = Records().import_data(data, dry_run=dry_run)
        assert not result.has_errors(), result.row_errors()[:1]
        return result

    timed(f"{rows:,} rows: import-export, dry run", lambda: load(True))
    timed(f"{rows:,} rows: import-export, written", lambda: load(False))
    TrainingRecord.objects.all().delete()


def main() -> None:
    name = connection.creation.create_test_db(verbosity=0)
    try:
        lead = place()
        for rows in (1_000, ROWS):
            ours(lead, rows)
            if "--beside" in sys.argv:
                beside(rows)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
