"""Lists under the very headings that an upload reads: sent back as they are, they change nothing.

Whatever has a name that two rows share is named by its code, as the planning would ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from compliance.models import UploadKind
from compliance.uploads.columns import columns_of
from conferences.choices import Category
from conferences.imports import PLAN_FIELDS
from conferences.models import Attendance, Meeting
from partnership.exporting import ListFile, dated, in_chunks
from partnership.folding import plain
from partnership.models import Agency, Membership, Partnership, RoleGroup, StaffMember
from partnership.plans import Loose
from partnership.staff_lists import agencies_named, groups_named
from training.models import Course, TrainingRecord


def under_headings(kind: str, rows: Iterable[Any], found: Mapping[str, str | Callable]) -> ListFile:
    """A file with those columns of an upload that are found in its rows, under their headings."""
    columns = {column.title: found[column.name] for column in columns_of(kind) if column.name in found}
    return ListFile(dated(f"{kind}-to-send-back"), columns, rows)


class Called:
    """By which of its names a row is surely found again; worked out once for each."""

    def __init__(self, known: Loose, names: Mapping[int, list[str]]) -> None:
        self.known, self.names = known, names

    def __call__(self, row: Model) -> str:
        names = self.names.get(row.pk) or [str(row)]
        return next((name for name in names if self.known.rows.get(plain(name)) == row), names[0])


def agencies_called(known: Loose, members: Iterable[Membership]) -> Called:
    """By name, else by a code."""
    names: dict[int, list[str]] = {}
    for member in members:
        names.setdefault(member.agency_id, [member.agency.name]).append(member.code)
    return Called(known, names)


def own_agencies(agencies: QuerySet[Agency]) -> Called:
    rows = Membership.objects.filter(agency__in=agencies).select_related("agency")
    return agencies_called(agencies_named(agencies), rows)


# --- People ---------------------------------------------------------------------------------------


def staff_file(keys: list[int], reach: QuerySet[StaffMember], agencies: QuerySet[Agency]) -> ListFile:
    """The staff list of some people, in their order."""
    agency_of = own_agencies(agencies)
    group_of = Called(groups_named(), {row.pk: [row.title, row.code] for row in RoleGroup.objects.all()})
    return under_headings(UploadKind.STAFF, in_order(keys, reach), {
        "staff_ref": "reference", "agency": lambda row: agency_of(row.agency),
        "first_name": "first_name", "last_name": "last_name", "work_email": "work_email",
        "job_title": "job_title", "role_group": lambda row: group_of(row.role_group),
        "started_on": "started_on", "left_on": "left_on",
    })


def in_order(keys: list[int], reach: QuerySet[StaffMember]) -> Iterator[StaffMember]:
    """The people of some numbers as far as they are within reach, by the chunk."""
    rows = reach.select_related("agency", "role_group")
    for chunk in in_chunks(keys):
        found = rows.in_bulk(chunk)
        yield from (found[key] for key in chunk if key in found)


def training_file(
    keys: list[int], reach: QuerySet[TrainingRecord], agencies: QuerySet[Agency]
) -> ListFile:
    """The records of some people that stand, also those that wait for confirmation."""
    agency_of, courses = own_agencies(agencies), Course.objects.all()
    pairs = [(name, row) for row in courses for name in (row.code, row.title)]
    course_of = Called(Loose.under("course", pairs), {row.pk: [row.code] for row in courses})
    return under_headings(UploadKind.TRAINING, records_of(keys, reach), {
        "staff_ref": "staff_member.reference", "agency": lambda row: agency_of(row.staff_member.agency),
        "first_name": "staff_member.first_name", "last_name": "staff_member.last_name",
        "work_email": "staff_member.work_email", "course": lambda row: course_of(row.course),
        "completed_on": "completed_on", "provider": "get_provider_display",
    })


def records_of(keys: list[int], reach: QuerySet[TrainingRecord]) -> Iterator[TrainingRecord]:
    rows = reach.filter(replaced_at=None).select_related("staff_member__agency", "course")
    for chunk in in_chunks(keys):
        place = {key: at for at, key in enumerate(chunk)}
        found = rows.filter(staff_member__in=chunk).order_by("completed_on", "pk")
        yield from sorted(found, key=lambda row: place[row.staff_member_id])


# --- Meetings -------------------------------------------------------------------------------------


def meetings_file(rows: QuerySet[Meeting]) -> ListFile:
    return under_headings(UploadKind.MEETINGS, rows, {
        "meeting_ref": "reference", "kind": "get_kind_display", "held_on": "held_on",
        "state": "get_state_display", "strategy_discussion_on": "strategy_discussion_on",
        "family_ref": "family_ref", "children": "children",
        "children_on_plan_after": "children_on_plan_after", "category": category,
        "cse_concern": "exploitation_concern",
    })


def category(row: Meeting) -> str:
    """The one category that all children on a plan are under; a file has no room for several."""
    after = row.children_on_plan_after
    found = [code for code, name in PLAN_FIELDS.items() if getattr(row, name)]
    alone = len(found) == 1 and getattr(row, PLAN_FIELDS[found[0]]) == after
    return Category(found[0]).label if alone else ""


def attendance_file(rows: QuerySet[Attendance], place: Partnership) -> ListFile:
    """The lines of registers, but for people who are on no staff list: an upload cannot name them."""
    members = list(place.memberships.select_related("agency"))
    pairs = [(name, row.agency) for row in members for name in (row.code, row.agency.name)]
    agency_of = agencies_called(Loose.under("agency", pairs), members)
    lines = rows.filter(job_title="").select_related("meeting", "agency", "staff_member")
    return under_headings(UploadKind.ATTENDANCE, lines, {
        "meeting_ref": "meeting.reference", "agency": lambda row: agency_of(row.agency),
        "invited_on": "invited_on", "involved": "involved", "outcome": "get_outcome_display",
        "mode": "get_mode_display", "report": "get_report_display",
        "staff_ref": "staff_member.reference", "first_name": "staff_member.first_name",
        "last_name": "staff_member.last_name",
    })
