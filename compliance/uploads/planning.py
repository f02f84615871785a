"""What a spreadsheet would do, worked out anew each time: for the preview, and for the writing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance.models import Upload, UploadKind
from compliance.uploads import extract
from compliance.uploads.columns import columns_of
from compliance.uploads.set_up import plan_set_up
from compliance.uploads.worded import spelt, words
from conferences.choices import MeetingKind, MeetingState
from conferences.imports import meetings_of, plan_attendance, plan_meetings
from conferences.meant import Meant
from conferences.models import Attendance, Meeting
from partnership.history import plain
from partnership.matching import Matched, Question
from partnership.models import Agency, BankHoliday, StaffMember, today
from partnership.plans import CHANGED, CHECK, REFUSED, Known, Loose, Noted, Plan
from partnership.roles import Permission
from partnership.staff_lists import agencies_named, plan_staff_list, staff_in
from partnership.uploads.columns import as_sheet
from partnership.uploads.tables import Table
from training.imports import plan_records
from training.models import Course

ASKED = "asked"
VERDICTS = ("new", "changed", "unchanged", ASKED, REFUSED)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the questions that it asks, and what it would do row by row as the preview shows it."""

    plan: Plan
    asked: dict[str, Question]
    findings: list[list]  # row, verdict, what, details

    closing: list[Meeting] = field(default_factory=list)  # whose registers are closed with it

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(verdict for _, verdict, _, _ in self.findings)
        counts = {verdict: found[verdict] for verdict in VERDICTS}
        return counts | ({"closing": len(self.closing)} if self.closing else {})

    @property
    def missing(self) -> list[StaffMember]:
        return getattr(self.plan, "missing", [])

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything would be done that was not shown."""
        beside = [[person.pk for person in self.missing], [meeting.pk for meeting in self.closing]]
        words = json.dumps([self.findings, *beside])
        return hashlib.sha256(words.encode()).hexdigest()

    def packed(self) -> list:
        """What the preview needs, for keeping."""
        questions = [
            [one.key, one.says, one.rows, one.may_be_new, [option(each) for each in one.near]]
            for one in self.asked.values()
        ]
        return [self.findings, questions, [option(person) for person in self.missing]]


def option(row: StaffMember | Meeting) -> list:
    """A person or a conference to choose, by number and in words."""
    if isinstance(row, Meeting):
        return [row.pk, row.reference, f"{row.get_kind_display().lower()} of {spelt(row.held_on)}"]
    return [row.pk, f"{row.name}, {row.reference}", f"{row.job_title}, {row.agency}"]


def plan_upload(upload: Upload, told: Callable[[int], None] | None = None) -> Planned:
    """Work out what an upload would do, within what its sender may change today."""
    table = Table.unpacked(bytes(upload.cells))
    sheet = as_sheet(upload.name, table, upload.columns)
    sheet.told = told
    plan, meant = PLANS[upload.kind](upload, sheet, today())
    asked = meant.asked if meant else {}
    found = sorted(findings(upload, plan, asked), key=lambda one: one[0])
    return Planned(plan, asked, found, to_close(plan) if upload.closes else [])


def to_close(plan: Plan[Attendance]) -> list[Meeting]:
    """The meetings that were held and of which every line of the file is written or there already."""
    unsure = {row.raw("meeting_ref") for row in plan.sheet.rows if not row.ok}
    there = {noted.item.meeting.pk: noted.item.meeting for noted in plan.noted}
    return [
        meeting for _, meeting in sorted(there.items())
        if meeting.state == MeetingState.HELD and meeting.register_open and meeting.held_on <= today()
        and meeting.reference not in unsure
    ]


# --- The kinds -------------------------------------------------------------------------------


def plan_staff(upload: Upload, sheet: Any, on: date) -> tuple[Plan, Matched]:
    agencies = Agency.objects.within_reach(upload.sent_by, Permission.MANAGE_STAFF)
    people = Matched(staff_in(agencies), upload.answers, may_be_new=True)
    return plan_staff_list(sheet, agencies, people, on, full=upload.full_list), people


def plan_training(upload: Upload, sheet: Any, on: date) -> tuple[Plan, Matched]:
    agencies = Agency.objects.within_reach(upload.sent_by, Permission.MANAGE_STAFF)
    people = Matched(staff_in(agencies), upload.answers, agencies=agencies_named(agencies))
    rows = Course.objects.all()
    pairs = [(name, row) for row in rows for name in (row.code, row.title)]
    courses = Loose.under("course", pairs, [row.code for row in rows])
    return plan_records(sheet, agencies, people, courses, on, upload.sent_by), people


def plan_held(upload: Upload, sheet: Any, on: date) -> tuple[Plan, None]:
    place = upload.partnership
    years = BankHoliday.objects.calendar(place.country).years
    return plan_meetings(sheet, place, years, on), None


def plan_lines(upload: Upload, sheet: Any, on: date) -> tuple[Plan, Matched]:
    place = upload.partnership
    agencies = place.agencies.all()
    people = Matched(staff_in(agencies), upload.answers)
    meetings = Known("meeting", meetings_of(place), mend=CHECK)
    codes = [(row.code, row.agency) for row in place.memberships.select_related("agency")]
    known = Loose.under("agency", codes + [(agency.name, agency) for _, agency in codes])
    return plan_attendance(sheet, place, meetings, known, people, on), people


def plan_said(upload: Upload, sheet: Any, on: date) -> tuple[Plan, Meant]:
    return extract.plan(upload, sheet)


def plan_begun(upload: Upload, sheet: Any, on: date) -> tuple[Plan, None]:
    return plan_set_up(upload, sheet), None


PLANS = {
    UploadKind.STAFF: plan_staff, UploadKind.TRAINING: plan_training,
    UploadKind.MEETINGS: plan_held, UploadKind.ATTENDANCE: plan_lines, UploadKind.EXTRACT: plan_said,
    UploadKind.AGENCIES: plan_begun, UploadKind.COURSES: plan_begun, UploadKind.REQUIREMENTS: plan_begun,
}

# --- In words -------------------------------------------------------------------------------------


def findings(upload: Upload, plan: Plan, asked: dict[str, Question]) -> Iterator[list]:
    """What becomes of each row, in words."""
    titles = {column.name: column.title for column in columns_of(upload.kind)} | {"sent_as": "In the extract as"}
    refused = {row.number for row in plan.sheet.rows if row.refused}
    for noted in plan.noted:
        if noted.row not in refused:
            yield [noted.row, noted.verdict, words(noted.item), details(noted, titles)]
    for question in asked.values():
        yield from ([number, ASKED, question.says, []] for number in question.rows)
    for row in plan.sheet.rows:
        if row.refused:
            yield [row.number, REFUSED, "", [
                [titles.get(fault.column, fault.column), row.raw(fault.column)[:60], fault.reason]
                for fault in row.refused
            ]]


def details(noted: Noted, titles: dict[str, str]) -> list[list[str]]:
    """Before and after of what changes."""
    if noted.verdict != CHANGED:
        return []
    names = {"exploitation_concern": "cse_concern", "staff_member": "staff_ref",
             "reference": "staff_ref" if "staff_ref" in titles else "meeting_id"}
    return [
        [titles.get(names.get(name, name), name.replace("_", " ").capitalize()), said(before), said(after)]
        for name, (before, after) in noted.differences.items()
    ]


def said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return spelt(value)
    if value in MeetingKind.values:
        return MeetingKind(value).label
    return str(plain(value)) if value not in (None, "") else "–"
