"""What each role's home shows: read once, within the person's reach."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from compliance.asking import default_period
from compliance.measures import Scope, score
from compliance.measures.quality import long
from compliance.presenting import Links, figures
from compliance.scorecard import Count, Scorecard
from conferences.models import Attendance, Meeting
from conferences.querysets import AttendanceQuerySet, MeetingQuerySet
from escalation.models import Stage
from escalation.querysets import waits_for
from partnership.models import Membership, Partnership, StaffMember, User, today
from partnership.reach import can
from partnership.roles import Permission, Role
from training.due import COLOURS, in_words
from training.models import TrainingRecord
from training.standing import open_book

LATEST = 10
WITH_FIGURES = 3  # of how many agencies the home shows figures; more are links only
TO_ACT_ON = {
    "training_expired": "Requirements expired",
    "training_never": "Requirements never done",
    "training_expiring": "Requirements expiring within 90 days",
    "missed_attendances": "Attendances missed, not excused",
    "missed_reports": "Reports missed, not excused",
}


def for_user(user: User) -> dict:
    """The parts of the home page that the person's grants give."""
    prefetch_related_objects(user.grants_in_force(), "agency", "partnership")
    return {
        "agencies": agencies(user),
        "act_columns": [{"text": "What"}, {"text": "Number", "numeric": True}],
        "to_confirm": to_confirm(user),
        "partnerships": partnerships(user),
        "standings": my_standings(user),
        "standing_columns": columns("Course", "Standing and expiry"),
        "my_meetings": my_meetings(user),
        "my_meeting_columns": columns("Meeting", "Outcome"),
        "registers": registers(user),
        "disputes": disputes(user),
        "escalations": escalations(user),
        "grants": user.grants_in_force(),
    }


def escalations(user: User) -> int:
    """How many escalations wait for the person."""
    if not can(user, Permission.VIEW_ESCALATIONS):
        return 0
    return Stage.objects.visible_to(user).open().filter(waits_for(user)).count()


def columns(*texts: str) -> list[dict]:
    return [{"text": text} for text in texts]


def agencies(user: User) -> list[dict]:
    """The person's own agencies in each of their partnerships, with their figures while they are few."""
    own = {g.agency_id for g in user.grants_in_force() if g.role == Role.AGENCY_LEAD}
    if not own:
        return []
    reach = Membership.objects.within_reach(user, Permission.VIEW_MEASURES)
    rows = reach.filter(agency__in=own) | reach.filter(agency__parent__in=own)
    rows = rows.select_related("agency", "partnership").order_by("agency__name", "partnership__name")
    found = list(rows)
    return [place(m, shows_figures=len(found) <= WITH_FIGURES) for m in found]


def place(membership: Membership, *, shows_figures: bool) -> dict:
    """An agency in a partnership: where its page is, and its headlines."""
    codes = [membership.partnership.code, membership.code]
    href = reverse("compliance:agency", args=codes)
    found = {"text": str(membership), "href": href}
    if not shows_figures:
        return found
    period = default_period(membership.partnership)
    card = score(Scope(membership.partnership, membership), period)
    query = f"?period={period.slug}"
    links = Links(reverse("compliance:agency-rows", args=codes), {"period": period.slug})
    return found | {
        "card": card,
        "figures": figures(card, links),
        "to_act_on": to_act_on(card, links),
        "buttons": [
            {"text": "Open the whole page", "href": href + query, "hidden": f"of {membership}"},
            {
                "text": "Print as PDF", "kind": "secondary", "hidden": f"the report of {membership}",
                "href": reverse("compliance:agency-report", args=[*codes, "pdf"]) + query,
            },
        ],
    }


def to_act_on(card: Scorecard, links: Links) -> list[list[dict]]:
    """What a lead can do something about, each number leading to its rows."""
    return [
        [
            {"text": text, "header": True},
            {"text": card.count(key), "numeric": True, "href": links.count(Count(key, text, card.count(key)))},
        ]
        for key, text in TO_ACT_ON.items()
    ]


def partnerships(user: User) -> list[dict]:
    reach = Partnership.objects.within_reach_as_a_whole(user, Permission.VIEW_MEASURES)
    return [
        {"text": f"{p.name} {p.label}", "href": reverse("compliance:dashboard", args=[p.code])}
        for p in reach
    ]


def to_confirm(user: User) -> int:
    """How many records wait that people logged for themselves, for those who confirm them."""
    return TrainingRecord.objects.within_reach(user, Permission.MANAGE_STAFF).to_confirm().count()


def my_standings(user: User) -> list[list[dict]]:
    """The person's own training: each requirement, where they are with it, until when."""
    if not user.staff_member_id:
        return []
    own = StaffMember.objects.within_reach(user, Permission.VIEW_STAFF).filter(pk=user.staff_member_id)
    rows = []
    for row in open_book(own).standings(today()):
        rows.append([
            {"text": in_words(row.requirement), "header": True},
            {
                "text": row.standing.label, "tag_colour": COLOURS[row.standing],
                "hint": long(row.expires_on) if row.expires_on else "",
            },
        ])
    return rows


def my_meetings(user: User) -> list[list[dict]]:
    """The meetings that the person was last invited to, the newest first."""
    if not user.staff_member_id:
        return []
    # The person's own invitations, which every role may see.
    rows = Attendance.objects.within_reach(user, Permission.DISPUTE_LINES).filter(
        staff_member=user.staff_member_id
    )
    rows = rows.select_related("meeting__partnership").order_by("-meeting__held_on", "-meeting__pk")
    return [[meeting_cell(line.meeting), {"text": line.get_outcome_display()}] for line in rows[:LATEST]]


def meeting_cell(meeting: Meeting) -> dict:
    """A meeting in one cell, as narrow tables need it."""
    name, kind, held = meeting_cells(meeting)
    return name | {"hint": f"{kind['text']}, {held['text']}"}


def meeting_cells(meeting: Meeting) -> list[dict]:
    codes = [meeting.partnership.code, meeting.reference]
    return [
        {
            "text": meeting.reference, "header": True,
            "href": reverse("conferences:meeting-detail", args=codes),
        },
        {"text": meeting.get_kind_display()},
        {"text": long(meeting.held_on)},
    ]


def registers(user: User) -> dict:
    """Registers still open after their day, oldest first, for those who close them."""
    conferences = Meeting.objects.within_reach(user, Permission.RECORD_CONFERENCES)
    groups = Meeting.objects.within_reach(user, Permission.RECORD_CORE_GROUPS)
    rows = (conferences | groups).open_registers(today()).select_related("partnership")
    return oldest(
        rows.order_by("held_on", "reference"), meeting_cells, columns("Meeting", "Kind", "Date")
    )


def disputes(user: User) -> dict:
    """Disputed lines that wait for an answer, oldest first, for those who answer them."""
    rows = Attendance.objects.within_reach(user, Permission.SETTLE_LINES).disputed()
    rows = rows.select_related("meeting__partnership", "agency").order_by("disputed_at", "pk")
    return oldest(rows, dispute_cells, columns("Meeting", "Agency", "Disputed on"))


def dispute_cells(line: Attendance) -> list[dict]:
    return [
        meeting_cell(line.meeting),
        {"text": line.agency.name},
        {"text": long(timezone.localdate(line.disputed_at))},
    ]


def oldest(
    rows: MeetingQuerySet | AttendanceQuerySet, cells: Callable[..., list[dict]], columns: list[dict]
) -> dict:
    """The first rows as a table, and how many there are in all."""
    shown, number = [cells(row) for row in rows[:LATEST]], rows.count()
    return {"rows": shown, "columns": columns, "number": number, "cut": number > len(shown)}
