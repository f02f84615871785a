"""Meetings, attendance and expectations from spreadsheets: worked out first, then carried out.

The ``notes`` of a meeting are not kept: free text about a conference may name a child.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from conferences import actions
from conferences.choices import (
    REPRESENTED,
    Category,
    MeetingKind,
    MeetingState,
    Mode,
    Outcome,
    ReportState,
)
from conferences.models import REFERENCE, Attendance, Meeting
from conferences.rules import LocalRules
from partnership.csv_files import Headings
from partnership.history import changed
from partnership.imports import People
from partnership.models import Agency, Partnership, User
from partnership.plans import Known, Plan
from partnership.spreadsheets import Row, Sheet, shown, spoken

MEETINGS = Headings(
    ("meeting_ref", "kind", "held_on", "strategy_discussion_on", "family_ref", "children",
     "children_on_plan_after", "category", "cse_concern"),
    allowed=("notes", "state"),
)
ATTENDANCE = Headings(
    ("meeting_ref", "agency", "invited_on", "involved", "outcome", "mode", "report", "staff_ref")
)
MOST_CHILDREN = 99
NO_HOLIDAYS = "No bank holidays are known for"
PLAN_FIELDS = {code: f"plan_{code.lower()}" for code in Category.values}
MIXED = frozenset(PLAN_FIELDS.values())  # without a category they stay as they are
MEETING_COLUMNS = dict.fromkeys(PLAN_FIELDS.values(), "category")
MEETING_COLUMNS |= {"exploitation_concern": "cse_concern", "state": "held_on"}
INVOLVED = (
    "The register says otherwise. Whether an agency is involved changes on the register, with a reason."
)
ENDED = (
    "How a meeting ended is said on its own page. Empty this cell, or write as it stands there: planned "
    "or held."
)
CANNOT_HAVE_BEEN = REPRESENTED | {Outcome.ABSENT}  # before the day; apologies may come earlier


# --- Meetings -------------------------------------------------------------------------------------


def plan_meetings(
    sheet: Sheet, partnership: Partnership, years: frozenset[int], on: date
) -> Plan[Meeting]:
    """New meetings: held, or planned when their day is still to come."""
    plan: Plan[Meeting] = Plan(sheet)
    there = meetings_of(partnership)
    for row in sheet.sound():
        reference = row.matching("meeting_ref", REFERENCE.regex, REFERENCE.message)
        fields = read_meeting(row, years)
        if not plan.accepts(row, reference, "meeting_ref"):
            continue
        meeting = there.get(reference)
        fields["state"] = read_state(row, meeting, held=fields["held_on"] <= on)
        if not row.ok:
            continue
        if meeting is None:
            plan.adds(row, Meeting(partnership=partnership, reference=reference, **fields))
            continue
        if not row.raw("category") and fields["children_on_plan_after"] == meeting.children_on_plan_after:
            fields = {name: value for name, value in fields.items() if name not in MIXED}
        compare_meeting(plan, row, meeting, fields)
    return plan


def read_state(row: Row, there: Meeting | None, held: bool) -> str | None:
    """What state a row puts its meeting in: as its day says, unless the file says that it is planned."""
    by_day = MeetingState.HELD if held else MeetingState.PLANNED
    now = there.state if there else MeetingState.PLANNED
    usual = by_day if now == MeetingState.PLANNED else now
    asked = row.choice("state", dict(MeetingState.choices), default=usual)
    if asked and asked not in (usual, now):
        row.refuse("state", ENDED)
    return asked


def meetings_of(partnership: Partnership) -> dict[str, Meeting]:
    return {row.reference: row for row in partnership.meetings.select_related("partnership")}


def read_meeting(row: Row, years: frozenset[int]) -> dict[str, Any]:
    """A meeting's fields; the children on a plan are counted under its one category."""
    fields: dict[str, Any] = {
        "kind": row.choice("kind", dict(MeetingKind.choices)),
        "held_on": day_of_calendar(row, "held_on", years),
        "strategy_discussion_on": day_of_calendar(row, "strategy_discussion_on", years, True),
        "family_ref": row.matching("family_ref", REFERENCE.regex, REFERENCE.message, optional=True),
        "children": row.whole("children", 0, MOST_CHILDREN),
        "exploitation_concern": row.yes_no("cse_concern"),
    }
    after = row.whole("children_on_plan_after", 0, MOST_CHILDREN, optional=True) or 0
    category = row.choice("category", dict(Category.choices), default="")
    fields["children_on_plan_after"] = after
    fields |= dict.fromkeys(PLAN_FIELDS.values(), 0)
    if category:
        fields[PLAN_FIELDS[category]] = after
    check_meeting(row, fields, category)
    return fields


def check_meeting(row: Row, fields: dict[str, Any], category: str | None) -> None:
    """What the cells of a row must be to each other."""
    held_on, discussed_on = fields["held_on"], fields["strategy_discussion_on"]
    children, after = fields["children"], fields["children_on_plan_after"]
    if held_on and discussed_on and discussed_on > held_on:
        row.refuse("strategy_discussion_on", "The strategy discussion is after the conference.")
    if children is not None and after > children:
        row.refuse(
            "children_on_plan_after",
            f"{after} children are on a plan, but only {children} were considered.",
        )
    if category and not after:
        row.refuse("category", "A category is given, but no child is on a plan afterwards.")


def day_of_calendar(
    row: Row, column: str, years: frozenset[int], optional: bool = False
) -> date | None:
    """A day from which working days will be reckoned, so its year's bank holidays must be known."""
    day = row.day(column, optional=optional)
    if day and day.year not in years:
        row.refuse(column, f"{NO_HOLIDAYS} {day.year}. Check the year.")
        return None
    return day


def compare_meeting(plan: Plan[Meeting], row: Row, there: Meeting, fields: dict[str, Any]) -> None:
    """Unchanged, changed while the register is open, or refused."""
    differences = changed(there, **fields)
    for name in {MEETING_COLUMNS.get(name, name): None for name in differences}:
        if there.closed_at:
            row.refuse(name, closed(there, "The meeting is there with other details."))
        elif name == "kind":
            row.refuse(name, f"{there} was convened as: {there.get_kind_display().lower()}.")
    if differences and row.ok:
        plan.changes(row, there, differences)
    elif not differences:
        plan.keeps(row, there)


def closed(meeting: Meeting, what: str) -> str:
    return (
        f"{what} The register of {meeting.reference} is closed, so correct it on the meeting's "
        "page, with the reason; or mend the file."
    )


def carry_out_meetings(
    plan: Plan[Meeting], partnership: Partnership, by: User | None
) -> Known[Meeting]:
    """Write new and changed meetings; gives all that the attendance may name, by reference."""
    actions.import_meetings(by=by, meetings=plan.new, lines=())
    for meeting, fields in plan.changed:
        actions.change_meeting(by=by, meeting=meeting, **fields)
    return Known.of("meeting", meetings_of(partnership), plan.sheet, "meeting_ref")


# --- Attendance -----------------------------------------------------------------------------------


def plan_attendance(
    sheet: Sheet, partnership: Partnership, meetings: Known[Meeting], agencies: Known[Agency],
    people: People, on: date,
) -> Plan[Attendance]:
    """New lines of open registers, with what the local rules expect; and lines that differ."""
    plan: Plan[Attendance] = Plan(sheet)
    rules = LocalRules.of(partnership)
    there = lines_of(partnership, [meetings.rows.get(row.raw("meeting_ref")) for row in sheet.rows])
    for row in sheet.sound():
        meeting = meetings.named(row, "meeting_ref")
        agency = agencies.named(row, "agency")
        person = people.person(row, agency, optional=True) if agency else None
        fields = read_line(row, meeting, rules.calendar.years, on)
        key = (meeting, agency, person)
        if not plan.accepts(row, key, "meeting_ref"):
            continue
        keys = (meeting.pk, agency.pk, person and person.pk), (meeting.pk, agency.pk, None)
        line = there.pop(keys[0], None) or there.pop(keys[1], None)
        fields["staff_member"] = person
        if line:
            line.meeting, line.agency = meeting, agency
            compare_line(plan, row, line, fields)
        elif meeting.closed_at:
            row.refuse("", closed(meeting, "This line is not on the register."))
        else:
            expected = rules.expectation(agency.pk, meeting.kind, meeting.held_on)
            plan.adds(
                row, Attendance(meeting=meeting, agency=agency, expectation=expected, **fields)
            )
    return plan


def lines_of(
    partnership: Partnership, meetings: Iterable[Meeting | None]
) -> dict[tuple[int, int, int | None], Attendance]:
    """The lines on the days of some meetings, by meeting, agency and person (or agency alone)."""
    days = {meeting.held_on for meeting in meetings if meeting}
    if not days:
        return {}
    rows = Attendance.objects.filter(
        meeting__partnership=partnership, job_title="",
        meeting__held_on__range=(min(days), max(days)),
    )
    return {
        (row.meeting_id, row.agency_id, row.staff_member_id): row
        for row in rows.select_related("staff_member")
    }


def read_line(
    row: Row, meeting: Meeting | None, years: frozenset[int], on: date
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "invited_on": row.day("invited_on", latest=on, optional=True),
        "involved": row.yes_no("involved"),
        "outcome": row.choice("outcome", dict(Outcome.choices), default=Outcome.UNKNOWN),
        "mode": row.choice("mode", dict(Mode.choices), default=""),
        "report": row.choice(
            "report", dict(ReportState.choices), default=ReportState.NOT_REQUIRED
        ),
    }
    invited_on, outcome = fields["invited_on"], fields["outcome"]
    if fields["mode"] and outcome and outcome not in REPRESENTED:
        row.refuse("mode", f"Nobody was there ({outcome}), so there is no way of being there.")
    if invited_on and invited_on.year not in years:
        row.refuse("invited_on", f"{NO_HOLIDAYS} {invited_on.year}. Check the year.")
    if meeting and invited_on and invited_on > meeting.held_on:
        row.refuse("invited_on", f"{meeting} was before that, on {spoken(meeting.held_on)}.")
    if meeting and outcome in CANNOT_HAVE_BEEN and meeting.held_on > on:
        row.refuse(
            "outcome", f"{meeting} is still to come, on {spoken(meeting.held_on)}: "
            f"{shown(outcome)} cannot be known yet.",
        )
    return fields


def compare_line(
    plan: Plan[Attendance], row: Row, there: Attendance, fields: dict[str, Any]
) -> None:
    differences = changed(there, **fields)
    if not differences:
        plan.keeps(row, there)
    elif "involved" in differences:
        row.refuse("involved", INVOLVED)
    elif not there.meeting.closed_at:
        plan.changes(row, there, differences)
    else:
        for name in differences:
            column = "staff_ref" if name == "staff_member" else name
            row.refuse(column, closed(there.meeting, "The register says otherwise."))


def carry_out_attendance(plan: Plan[Attendance], by: User | None) -> None:
    """Lines that get their person first, so that a new line may take the place they leave."""
    for line, fields in plan.changed:
        actions.record_attendance(by=by, line=line, names_deputies=True, **fields)
    actions.import_lines(by=by, lines=plan.new)


def to_close(plan: Plan[Meeting], meetings: Known[Meeting], on: date) -> list[Meeting]:
    """The meetings of a file that were held and whose registers are still open."""
    rows = (meetings.rows.get(reference) for reference in plan.seen)
    return [
        row for row in rows
        if row and row.state == MeetingState.HELD and row.register_open and row.held_on <= on
    ]
