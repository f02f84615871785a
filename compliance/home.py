"""What each role's home shows: read once, within the person's reach."""

from __future__ import annotations

from django.urls import reverse

from compliance.measures.quality import long
from conferences.models import Attendance, Meeting
from partnership.models import Membership, Partnership, StaffMember, User, today
from partnership.roles import Permission, Role
from training.choices import Standing
from training.standing import open_book

LATEST = 10
COLOURS = {
    Standing.CURRENT: "green", Standing.EXPIRING: "yellow", Standing.EXPIRED: "red",
    Standing.NEVER: "red", Standing.NOT_YET_DUE: "blue", Standing.EXEMPT: "grey",
}


def for_user(user: User) -> dict:
    """The parts of the home page that the person's grants give."""
    return {
        "agencies": agencies(user),
        "partnerships": partnerships(user),
        "standings": my_standings(user),
        "standing_columns": [{"text": text} for text in ("Course", "Standing", "Expires on")],
        "my_meetings": my_meetings(user),
        "registers": registers(user),
        "disputes": disputes(user),
        "grants": user.grants_in_force(),
    }


def agencies(user: User) -> list[dict]:
    """The person's own agencies, in each partnership they belong to."""
    own = {g.agency_id for g in user.grants_in_force() if g.role == Role.AGENCY_LEAD}
    reach = Membership.objects.within_reach(user, Permission.VIEW_MEASURES)
    rows = reach.filter(agency__in=own) | reach.filter(agency__parent__in=own)
    return [
        {
            "text": f"{m.agency} in {m.partnership}",
            "href": reverse("compliance:agency", args=[m.partnership.code, m.code]),
        }
        for m in rows.select_related("agency", "partnership").order_by("agency__name", "partnership__name")
    ] if own else []


def partnerships(user: User) -> list[dict]:
    reach = Partnership.objects.within_reach_as_a_whole(user, Permission.VIEW_MEASURES)
    return [
        {"text": f"{p.name} {p.label}", "href": reverse("compliance:dashboard", args=[p.code])}
        for p in reach
    ]


def my_standings(user: User) -> list[list[dict]]:
    """The person's own training: each requirement, where they are with it, until when."""
    if not user.staff_member_id:
        return []
    own = StaffMember.objects.within_reach(user, Permission.VIEW_STAFF).filter(pk=user.staff_member_id)
    rows = []
    for row in open_book(own).standings(today()):
        titles = " or ".join(course.title for course in row.requirement.courses.all())
        rows.append([
            {"text": titles, "header": True},
            {"text": row.standing.label, "tag_colour": COLOURS[row.standing]},
            {"text": long(row.expires_on) if row.expires_on else "–"},
        ])
    return rows


def my_meetings(user: User) -> list[Attendance]:
    """The meetings that the person was last invited to."""
    if not user.staff_member_id:
        return []
    # The person's own invitations, which every role may see.
    rows = Attendance.objects.within_reach(user, Permission.DISPUTE_LINES).filter(
        staff_member=user.staff_member_id
    )
    return list(rows.select_related("meeting__partnership").order_by("-meeting__held_on")[:LATEST])


def registers(user: User) -> list[Meeting]:
    """Registers still open after their day, oldest first, for those who close them."""
    conferences = Meeting.objects.within_reach(user, Permission.RECORD_CONFERENCES)
    groups = Meeting.objects.within_reach(user, Permission.RECORD_CORE_GROUPS)
    rows = (conferences | groups).open_registers(today()).select_related("partnership")
    return list(rows.order_by("held_on", "reference")[:LATEST])


def disputes(user: User) -> list[Attendance]:
    """Disputed lines that wait for an answer, oldest first, for those who answer them."""
    rows = Attendance.objects.within_reach(user, Permission.SETTLE_LINES).disputed()
    return list(rows.select_related("meeting__partnership", "agency").order_by("disputed_at")[:LATEST])
