"""What is sent about meetings, and what the actions make of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import NONE_SUCH, ByCode, ByNumber, Day, OneOf, Strict, Whole, Words, YesNo
from conferences.actions import correct_ending, correct_line, fill_register, record_attendance
from conferences.actions.filling import ENDING, Typed
from conferences.actions.registers import as_there
from conferences.choices import (
    INITIALS,
    ChairDecision,
    MeetingKind,
    Mode,
    Outcome,
    ReportState,
)
from conferences.forms.people import FIRST_MEETING, FURTHEST_AHEAD, nameable
from conferences.forms.planning import MOST_CHILDREN, kinds_for, led_from, runs_conferences
from conferences.models import REFERENCE, Attendance, Meeting
from partnership.choices import Sector
from partnership.models import Agency, Partnership, StaffMember, User, today
from partnership.roles import Permission
from partnership.stale import snapshot

P = Permission


def furthest() -> date:
    return today() + FURTHEST_AHEAD


def planned_in(user: Any) -> QuerySet[Partnership]:
    """The partnerships in which the client convenes something."""
    service = Partnership.objects.within_reach(user, P.RECORD_CONFERENCES)
    return service | Partnership.objects.within_reach(user, P.RECORD_CORE_GROUPS)


def invitable(user: Any) -> QuerySet[Agency]:
    # unscoped: the agencies of a partnership in which the client plans are no secret to it
    return Agency.objects.filter(memberships__partnership__in=planned_in(user).values("pk")).distinct()


def people(user: Any) -> QuerySet[StaffMember]:
    """Whom the client may name: to lead a meeting, or to be invited."""
    picked = StaffMember.objects.within_reach(user, P.PICK_INVITEES)
    return picked | StaffMember.objects.within_reach(user, P.RECORD_CORE_GROUPS)


class Invitation(Strict):
    """An agency that is invited, or somebody of it who came."""

    agency = ByNumber(rows=invitable, help_text="By number.")
    staff_member = ByNumber(rows=people, required=False, help_text="By number.")
    job_title = Words(max_length=80, required=False, help_text="Of a person who is on no staff list.")
    invited_on = Day(earliest=FIRST_MEETING, latest=furthest, required=False)
    involved = YesNo(required=False, help_text="An active interest; else asked for the quorum only.")
    in_room_when_dated = YesNo(
        required=False, help_text="The agency was there when the date was set: no invitation is late."
    )


class MeetingDetails(Strict):
    """The details of a meeting."""

    reference = Words(max_length=40, validators=[REFERENCE], help_text="Never a name.")
    kind = OneOf(choices=MeetingKind.choices)
    held_on = Day(earliest=FIRST_MEETING, latest=furthest)
    strategy_discussion_on = Day(
        earliest=FIRST_MEETING, latest=furthest, allow_null=True, required=False,
        help_text="For an initial or a pre-birth conference.",
    )
    chair = Words(max_length=120, allow_blank=True, required=False)
    lead = ByNumber(rows=people, allow_null=True, required=False, help_text="By number.")
    format = Words(max_length=60, allow_blank=True, required=False)
    family_ref = Words(
        max_length=40, allow_blank=True, required=False,
        help_text="Opaque, from the conference service only; it is never given back. Never a name.",
    )
    children = Whole(max_value=MOST_CHILDREN, required=False, help_text="How many; never who.")


class MeetingNew(MeetingDetails):
    """A meeting to convene, and whom to invite."""

    partnership = ByCode(rows=planned_in, by="code", help_text="By code.")
    invitations = Invitation(many=True, required=False, max_length=100)


class MeetingChange(MeetingDetails):
    """What is to change of a meeting; what is not sent stays."""

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        for field in found.values():
            field.required = False
        return found


class Closing(Strict):
    """That a register is complete."""

    held = YesNo(default=False, help_text="Say of a meeting that was only planned that it was held.")


class Ending(Strict):
    """How a conference ended; what is not sent stays."""

    children = Whole(max_value=MOST_CHILDREN, required=False)
    children_on_plan_after = Whole(max_value=MOST_CHILDREN, required=False)
    plan_neg = Whole(max_value=MOST_CHILDREN, required=False, help_text="Neglect.")
    plan_phy = Whole(max_value=MOST_CHILDREN, required=False, help_text="Physical abuse.")
    plan_sab = Whole(max_value=MOST_CHILDREN, required=False, help_text="Sexual abuse.")
    plan_emo = Whole(max_value=MOST_CHILDREN, required=False, help_text="Emotional abuse.")
    plan_mul = Whole(max_value=MOST_CHILDREN, required=False, help_text="Multiple.")
    exploitation_concern = YesNo(required=False)
    chair_decision = OneOf(choices=ChairDecision.choices, allow_blank=True, required=False)
    chair_reason = Words(max_length=400, allow_blank=True, required=False, help_text="Never a child's name.")
    new_date_on = Day(earliest=FIRST_MEETING, latest=furthest, allow_null=True, required=False)
    reason = Words(max_length=200, required=False, help_text="Why a closed register is corrected.")


class LineChange(Strict):
    """What became of an invitation; what is not sent stays."""

    outcome = OneOf(choices=Outcome.choices, required=False)
    mode = OneOf(choices=Mode.choices, allow_blank=True, required=False)
    part = YesNo(required=False, help_text="There for a part only.")
    report = OneOf(choices=ReportState.choices, required=False)
    involved = YesNo(required=False, help_text="Changing it needs the reason.")
    reason = Words(max_length=200, required=False, help_text="Why a closed register is corrected.")


# --- What is made of it ---------------------------------------------------------------------------


def refuse(**errors: str) -> None:
    raise serializers.ValidationError({name: [text] for name, text in errors.items()})


def details(user: User, sent: dict[str, Any], meeting: Meeting | None = None) -> dict[str, Any]:
    """A meeting's details as the actions take them, for a client that may plan such a one there."""
    partnership = meeting.partnership if meeting else sent["partnership"]
    kind = sent.get("kind", meeting and meeting.kind)
    if kind not in kinds_for(user, partnership):
        refuse(kind="You cannot convene a meeting of that kind there.")
    if "family_ref" in sent and not runs_conferences(user, partnership):
        refuse(family_ref="Only the conference service gives a family reference.")
    if sent.get("strategy_discussion_on") and kind not in INITIALS:
        refuse(strategy_discussion_on="Only an initial or a pre-birth conference follows one.")
    refuse_lead(user, sent, partnership, kind, meeting)
    if "invitations" in sent:
        sent["invite"] = checked_lines(user, partnership, sent.pop("invitations"))
    return sent


def refuse_lead(
    user: User, sent: dict[str, Any], partnership: Partnership, kind: str, meeting: Meeting | None
) -> None:
    """The lead is somebody whom the client may name there; a core group's is a social worker."""
    lead = sent.get("lead", meeting and meeting.lead)
    service = runs_conferences(user, partnership)
    if "lead" in sent and lead:
        leads = nameable(user, partnership) if service else led_from(user, partnership)
        if not leads.filter(pk=lead.pk).exists():
            refuse(lead=NONE_SUCH)
    if lead is None and (kind == MeetingKind.CORE_GROUP or not service):
        refuse(lead="Say who leads it.")
    if lead and kind == MeetingKind.CORE_GROUP and lead.agency.sector != Sector.SOCIAL_CARE_CHILDREN:
        refuse(lead="A core group is led by a social worker of children's social care.")


def checked_lines(
    user: User, partnership: Partnership, invitations: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Invitations of agencies of that partnership, and of people whom the client may name there."""
    found = list(invitations)
    seats = set(partnership.memberships.values_list("agency", flat=True))
    keys = [one["staff_member"].pk for one in found if one.get("staff_member")]
    named = set(nameable(user, partnership).filter(pk__in=keys).values_list("pk", flat=True))
    for one in found:
        if one["agency"].pk not in seats:
            refuse(agency=NONE_SUCH)
        if one.get("staff_member") and one["staff_member"].pk not in named:
            refuse(staff_member=NONE_SUCH)
    return found


def carry_out_ending(user: User, meeting: Meeting, sent: dict[str, Any]) -> None:
    """Written down in an open register, corrected with the reason in a closed one."""
    reason = sent.pop("reason", "")
    new = {name: getattr(meeting, name) for name in ENDING} | sent
    if meeting.closed_at:
        correct_ending(by=user, meeting=meeting, reason=reason, **new)
    else:
        typed = Typed(snapshot(meeting, new), new)
        fill_register(by=user, meeting=meeting, lines={}, ending=typed)


def carry_out_line(user: User, line: Attendance, sent: dict[str, Any]) -> None:
    """The same for a line."""
    reason = sent.pop("reason", "")
    act = correct_line if line.meeting.closed_at else record_attendance
    act(by=user, line=line, reason=reason, **as_there(sent))


