"""Who may convene which meeting, led by whom, inviting whom: asked by the pages and the interface alike."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from conferences.choices import CONFERENCES, INITIALS, MeetingKind
from conferences.models import Attendance, Meeting
from partnership.choices import Sector
from partnership.models import Partnership, StaffMember, User, today
from partnership.reach import held
from partnership.roles import Permission

FIRST_MEETING = date(2000, 1, 1)
FURTHEST_AHEAD = timedelta(days=2 * 366)
MOST_CHILDREN = 30
NOT_SENT_YET = "The day on which invitations were sent cannot be in the future."


# --- Which -----------------------------------------------------------------------------------------


def runs_conferences(user: User, partnership: Partnership) -> bool:
    return partnership.pk in held(user, Permission.RECORD_CONFERENCES).partnerships


def kinds_for(user: User, partnership: Partnership) -> list[str]:
    """The kinds that the user convenes here. Core groups are led from children's social care."""
    if runs_conferences(user, partnership):
        return list(MeetingKind.values)
    leads = led_from(user, partnership)
    found = []
    if leads.filter(agency__sector=Sector.SOCIAL_CARE_CHILDREN).exists():
        found.append(MeetingKind.CORE_GROUP)
    return [*found, MeetingKind.OUTSIDE] if leads.exists() else found


def kinds_of(meeting: Meeting) -> list[str]:
    """The kinds that a meeting which is there can be changed to: a conference becomes no core group."""
    return sorted(CONFERENCES) if meeting.is_conference else [meeting.kind]


def needs_one_before(user: User, partnership: Partnership, kind: str) -> bool:
    """A core group is named by a conference; the service knows which without being asked."""
    return kind == MeetingKind.CORE_GROUP and not runs_conferences(user, partnership)


def what_is_wrong(
    kind: str | None, *, held_on: date | None, strategy_discussion_on: date | None,
    lead: StaffMember | None,
) -> dict[str, str]:
    """What speaks against a meeting's details, by field."""
    found = {}
    if strategy_discussion_on and kind and kind not in INITIALS:
        found["strategy_discussion_on"] = (
            "Only an initial or a pre-birth conference follows a strategy discussion. Leave it empty."
        )
    elif strategy_discussion_on and held_on and strategy_discussion_on > held_on:
        found["strategy_discussion_on"] = (
            "The strategy discussion is after the conference. Check both dates."
        )
    if kind == MeetingKind.CORE_GROUP and not lead:
        found["lead"] = "Say which social worker leads the core group."
    elif kind == MeetingKind.CORE_GROUP and lead.agency.sector != Sector.SOCIAL_CARE_CHILDREN:
        found["lead"] = "A core group is led by a social worker of children’s social care."
    return found


def other_family(last: Meeting | None, family_ref: str) -> str:
    """Why a meeting of that family cannot follow another; "" when it can."""
    if last and last.family_ref and family_ref and last.family_ref != family_ref:
        return f"{last} belongs to another family. Take one of the two away."
    return ""


# --- Whom ------------------------------------------------------------------------------------------


def led_from(user: User, partnership: Partnership) -> QuerySet[StaffMember]:
    """The people who may lead a meeting that the user convenes: themselves, or those of their agency."""
    people = StaffMember.objects.within_reach(user, Permission.RECORD_CORE_GROUPS)
    return people.filter(agency__memberships__partnership=partnership).in_post(today())


def leads_for(user: User, partnership: Partnership) -> QuerySet[StaffMember]:
    """Whom the user may put down as the lead."""
    if runs_conferences(user, partnership):
        return nameable(user, partnership)
    return led_from(user, partnership)


def nameable(user: User, partnership: Partnership, last: Meeting | None = None) -> QuerySet[StaffMember]:
    """Whom the user may invite by name: the people in reach, and those on the registers of the same
    family whose names they see anyhow. It is no window on the staff lists of others."""
    picked = StaffMember.objects.within_reach(user, Permission.PICK_INVITEES)
    if partnership.pk in held(user, Permission.PICK_INVITEES).partnerships:
        # unscoped: everybody of the partnership may be picked by the conference service
        return here(StaffMember.objects.all(), partnership)
    seen = Attendance.objects.within_reach(user, Permission.VIEW_MEETING_NAMES)
    same = Q(meeting=last) if last else Q(pk__in=())
    if last and last.family_ref:
        same |= Q(meeting__partnership=partnership, meeting__family_ref=last.family_ref)
    # unscoped: joined with what is in reach
    people = StaffMember.objects.filter(
        Q(pk__in=picked.values("pk")) | Q(pk__in=seen.filter(same).values("staff_member"))
    )
    return here(people, partnership)


def here(people: QuerySet[StaffMember], partnership: Partnership) -> QuerySet[StaffMember]:
    """Those of a partnership's agencies who have not left."""
    return people.filter(agency__in=partnership.agencies.values("pk")).exclude(left_on__lte=today())
