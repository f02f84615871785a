"""A person's page: where they stand, their records, and the meetings they were asked to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferences.choices import REPRESENTED
from conferences.models import Attendance, Meeting
from conferences.querysets import AttendanceQuerySet
from conferences.views.saying import outcome_cell
from partnership.exporting import download
from partnership.models import StaffMember, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training.due import COLOURS, RANK, in_words
from training.models import Exemption, TrainingRecord
from training.standing import TrainingBook, open_book
from training.views.reaching import crumbs, person_within

LATEST = 25
STANDING_COLUMNS = ("What is asked", "Standing", "Expires on", "Log")
RECORD_COLUMNS = ("Course", "Completed on", "Expires on", "Counts", "Provider and evidence", "Change")
EXEMPTION_COLUMNS = ("From what", "Reason", "From", "Asked again from", "Change")
MEETING_COLUMNS = ("Meeting", "Date", "Outcome", "Trained for the duty")
TRAINED = {
    True: {"text": "Yes", "tag_colour": "green"}, False: {"text": "No", "tag_colour": "red"},
    None: {"text": "Not asked"},
}


def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person: what is asked and where they stand, all records, exemptions, meetings."""
    found = person_within(request, number, Permission.VIEW_STAFF)
    one = StaffMember.objects.within_reach(request.user, Permission.VIEW_STAFF).filter(pk=found.pk)
    book = open_book(one)
    manages = within(request, found, Permission.MANAGE_STAFF)
    logs = within(request, found, Permission.LOG_TRAINING)
    meetings = lines(request, found)
    return render(request, "compliance/person.html", {
        "person": found, "own": request.user.staff_member_id == found.pk,
        "crumbs": crumbs(request, found), "details": details(found) + moves(request, found) + account(request, found, manages),
        "left": found.left_on and found.left_on <= today(),
        "begins": found.started_on if found.started_on > today() else None,
        "buttons": buttons(found, manages, logs),
        "standing_columns": columns(STANDING_COLUMNS if logs else STANDING_COLUMNS[:-1]),
        "standings": standings(book, found, logs),
        "record_columns": columns(RECORD_COLUMNS if manages else RECORD_COLUMNS[:-1]),
        "records": records(request, found, manages),
        "files": [download(request, "compliance:person-records-file", found.pk, text="Download these records")],
        "exemption_columns": columns(EXEMPTION_COLUMNS if manages else EXEMPTION_COLUMNS[:-1]),
        "exemptions": exemptions(request, found, manages),
        "meeting_columns": columns(MEETING_COLUMNS),
        "meetings": meeting_rows(request, list(meetings[:LATEST]), book),
        "number_of_meetings": meetings.count(), "most_meetings": LATEST,
    })


def columns(texts: tuple[str, ...]) -> list[dict]:
    return [{"text": text, "hidden": text in ("Log", "Change")} for text in texts]


def within(request: HttpRequest, person: StaffMember, permission: Permission) -> bool:
    reach = StaffMember.objects.within_reach(request.user, permission)
    return reach.filter(pk=person.pk).exists()


def details(person: StaffMember) -> list[dict]:
    rows = [
        {"key": "Job", "value": person.job_title},
        {"key": "Role group", "value": person.role_group.title},
        {"key": "Staff reference", "value": person.reference},
        {"key": "Work e-mail", "value": person.work_email or "Not known"},
        {"key": "Started on", "value": longdate(person.started_on)},
    ]
    if person.left_on:
        rows.append({"key": "Out of post from", "value": longdate(person.left_on)})
    return rows


def moves(request: HttpRequest, person: StaffMember) -> list[dict]:
    """From where the person came and where they went on to, each a link for who may open it."""
    there = getattr(person, "moved_to", None)
    found = [("Moved here from", person.moved_from), ("Moved on to", there)]
    rows = [{"key": key, "value": str(line.agency), "line": line} for key, line in found if line]
    for row in rows:
        if within(request, row["line"], Permission.VIEW_STAFF):
            row["href"] = reverse("compliance:person", args=[row["line"].pk])
    return rows


def account(request: HttpRequest, person: StaffMember, manages: bool) -> list[dict]:
    """Whether the person signs in, and the way to an account, for who looks after both."""
    if not (manages and can(request.user, Permission.MANAGE_OWN_USERS)):
        return []
    user, row = getattr(person, "user", None), {"key": "Signs in to Quorate"}
    if user:
        return [row | {"value": f"Yes, as {user.email}"}]
    gone = person.left_on and person.left_on <= today()
    invite = f"{reverse('partnership:user-invite')}?person={person.pk}"
    return [row | {"value": "No"} | ({} if gone else {"action_href": invite, "action_text": "Invite"})]


def buttons(person: StaffMember, manages: bool, logs: bool) -> list[dict]:
    """What the reader may do, the main thing first."""
    found = []
    if logs:
        found.append({"text": "Log training", "href": reverse("training:record-log", args=[person.pk])})
    gone = person.left_on and person.left_on <= today()
    if manages and not gone:  # else nothing is asked of them any more
        found.append({"text": "Exempt", "href": reverse("training:exempt", args=[person.pk]), "kind": "secondary"})
    if manages:
        for text, route in (
            ("Change details", "partnership:staff-change"), ("Move to another agency", "partnership:staff-move"),
            ("Leaving", "partnership:staff-leave"),
        ):
            found.append({"text": text, "href": reverse(route, args=[person.pk]), "kind": "secondary"})
    return found


def standings(book: TrainingBook, person: StaffMember, logs: bool) -> list[list[dict]]:
    """Each thing that is asked, what most needs something done on top."""
    log = reverse("training:record-log", args=[person.pk])
    rows = sorted(book.standings(today()), key=lambda row: RANK[row.standing])
    return [
        [
            {"text": in_words(row.requirement), "header": True},
            {"text": row.standing.label, "tag_colour": COLOURS[row.standing]},
            {"text": longdate(row.expires_on) or "–", "nowrap": True},
            *([link_to_log(log, row.requirement)] if logs else []),
        ]
        for row in rows
    ]


def link_to_log(log: str, requirement) -> dict:
    """To the form with the course chosen, where only one meets what is asked."""
    courses = list(requirement.courses.all())
    query = f"?course={courses[0].pk}" if len(courses) == 1 else ""
    return {"text": "Log", "href": f"{log}{query}", "hidden": in_words(requirement)}


# --- Records and exemptions -----------------------------------------------------------------------


def record_rows(request: HttpRequest, person: StaffMember) -> list[TrainingRecord]:
    """All that the page shows: the person's records here, then the earlier ones."""
    reach = TrainingRecord.objects.within_reach(request.user, Permission.VIEW_STAFF)
    rows = reach.filter(staff_member=person).select_related("course", "correction", "staff_member__agency")
    return [*rows, *earlier_records(person)]


def records(request: HttpRequest, person: StaffMember, manages: bool) -> list[list[dict]]:
    return [
        record_cells(row, manages) if row.staff_member_id == person.pk
        else [*record_cells(row, False, f"Logged at {row.staff_member.agency}"), *([""] if manages else [])]
        for row in record_rows(request, person)
    ]


def earlier_records(person: StaffMember) -> list[TrainingRecord]:
    """What was logged at the agencies from which the person came: it counts here too, and is mended there."""
    lines, line = [], person.moved_from
    while line and line not in lines:
        lines.append(line)
        line = line.moved_from
    # unscoped: of the same person, whose line here is within reach
    rows = TrainingRecord.objects.filter(staff_member__in=lines).select_related(
        "course", "correction", "staff_member__agency"
    )
    return list(rows) if lines else []


def record_cells(row: TrainingRecord, manages: bool, note: str = "") -> list[dict]:
    notes = filter(None, [row.get_provider_display(), row.evidence, note])
    found = [
        {"text": row.course.title, "header": True},
        {"text": longdate(row.completed_on), "nowrap": True},
        {"text": longdate(row.expires_on) if row.expires_on else "Never", "nowrap": True},
        counts(row),
        {"text": ", ".join(notes) or "–"},
    ]
    return [*found, change_cell(row)] if manages else found


def counts(row: TrainingRecord) -> dict:
    """Whether a record counts, and why not."""
    if row.replaced_at:
        word = "Corrected" if getattr(row, "correction", None) else "Withdrawn"
        return {"text": word, "tag_colour": "grey", "hint": row.replaced_reason}
    if not row.confirmed_at:
        return {"text": "To be confirmed", "tag_colour": "yellow"}
    if not row.course.counts_on(row.completed_on):
        return {"text": "No", "tag_colour": "grey", "hint": "The course did not count on that day"}
    return {"text": "Yes", "tag_colour": "green"}


def change_cell(row: TrainingRecord) -> dict:
    if row.replaced_at:
        return {"text": ""}
    if not row.confirmed_at:
        return {"text": "Confirm", "href": reverse("training:record-confirm"), "hidden": str(row.course)}
    hidden = f"{row.course}, {longdate(row.completed_on)}"
    return {"text": "Correct", "href": reverse("training:record-correct", args=[row.pk]), "hidden": hidden}


def exemptions(request: HttpRequest, person: StaffMember, manages: bool) -> list[list[dict]]:
    reach = Exemption.objects.within_reach(request.user, Permission.VIEW_STAFF)
    rows = reach.filter(staff_member=person).select_related("requirement")
    return [
        [
            {"text": in_words(row.requirement) if row.requirement else "Everything that is asked", "header": True},
            {"text": row.get_reason_display()},
            {"text": longdate(row.from_on), "nowrap": True},
            {"text": longdate(row.until_on), "nowrap": True},
            *([end_cell(row)] if manages else []),
        ]
        for row in rows.prefetch_related("requirement__courses")
    ]


def end_cell(row: Exemption) -> dict:
    if row.until_on <= today():
        return {"text": ""}
    hidden = f"the exemption from {longdate(row.from_on)}"
    return {"text": "End", "href": reverse("training:exemption-end", args=[row.pk]), "hidden": hidden}


# --- Meetings -------------------------------------------------------------------------------------


def lines(request: HttpRequest, person: StaffMember) -> AttendanceQuerySet:
    """The person's invitations: their own, or those of the lead's agency, which both may see."""
    reach = Attendance.objects.within_reach(request.user, Permission.DISPUTE_LINES)
    rows = reach.filter(staff_member=person).select_related("meeting__partnership")
    return rows.order_by("-meeting__held_on", "-meeting__pk")


def meeting_rows(
    request: HttpRequest, rows: list[Attendance], book: TrainingBook
) -> list[list[dict]]:
    reach = Meeting.objects.visible_to(request.user)
    seen = set(reach.filter(pk__in=[row.meeting_id for row in rows]).values_list("pk", flat=True))
    return [meeting_cells(row, row.meeting_id in seen, book) for row in rows]


def meeting_cells(line: Attendance, open_to_reader: bool, book: TrainingBook) -> list[dict]:
    meeting = line.meeting
    codes = [meeting.partnership.code, meeting.reference]
    there = line.outcome in REPRESENTED and not line.deputy_unnamed
    trained = {"text": "–"}
    if there and book.people:
        trained = TRAINED[book.trained_for_duty(book.people[0], meeting.held_on)]
    return [
        {
            "text": meeting.reference, "header": True, "hint": meeting.get_kind_display(),
            "href": reverse("conferences:meeting-detail", args=codes) if open_to_reader else "",
        },
        {"text": longdate(meeting.held_on)},
        outcome_cell(line),
        trained,
    ]
