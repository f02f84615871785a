"""What is sent about meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import ByCode, ByNumber, Day, OneOf, Strict, Whole, Words, YesNo
from conferences.choices import ChairDecision, MeetingKind, Mode, Outcome, ReportState
from conferences.convening import FIRST_MEETING, FURTHEST_AHEAD, MOST_CHILDREN
from conferences.forms.endings import CANCELLED
from conferences.forms.register import MOST_CHILDREN as MOST_ON_REGISTER
from conferences.models import REFERENCE, Attendance, Meeting
from partnership.models import Agency, Partnership, StaffMember, today
from partnership.roles import Permission

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


def visible(user: Any) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(user)


def recordable_lines(user: Any) -> QuerySet[Attendance]:
    meetings = Meeting.objects.recordable_by(user)  # unscoped: to record
    return Attendance.objects.filter(meeting__in=meetings.values("pk"))  # unscoped: of these


class Invitation(Strict):
    """An agency that is invited, or somebody of it who came."""

    agency = ByNumber(rows=invitable, help_text="By number.")
    staff_member = ByNumber(rows=people, required=False, help_text="By number.")
    job_title = Words(max_length=80, required=False, help_text="Of a person who is on no staff list.")
    invited_on = Day(earliest=FIRST_MEETING, latest=today, required=False)
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
    follows = ByNumber(
        rows=visible, required=False,
        help_text="The meeting it follows, by number: of the same family. An agency's core group needs one.",
    )
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

    children = Whole(max_value=MOST_ON_REGISTER, required=False)
    children_on_plan_after = Whole(max_value=MOST_ON_REGISTER, required=False)
    plan_neg = Whole(max_value=MOST_ON_REGISTER, required=False, help_text="Neglect.")
    plan_phy = Whole(max_value=MOST_ON_REGISTER, required=False, help_text="Physical abuse.")
    plan_sab = Whole(max_value=MOST_ON_REGISTER, required=False, help_text="Sexual abuse.")
    plan_emo = Whole(max_value=MOST_ON_REGISTER, required=False, help_text="Emotional abuse.")
    plan_mul = Whole(max_value=MOST_ON_REGISTER, required=False, help_text="Multiple.")
    exploitation_concern = YesNo(required=False)
    chair_decision = OneOf(choices=ChairDecision.choices, allow_blank=True, required=False)
    chair_reason = Words(max_length=400, allow_blank=True, required=False, help_text="Never a child's name.")
    new_date_on = Day(earliest=FIRST_MEETING, latest=furthest, allow_null=True, required=False)
    reason = Words(max_length=200, required=False, help_text="Why a closed register is corrected.")


class Cancelling(Strict):
    """Why a meeting does not take place, other than for want of a quorum."""

    why = OneOf(choices=list(CANCELLED.items()))


class StandingDown(Strict):
    """That a conference was given up for want of a quorum, and when it is held instead."""

    reference = Words(
        max_length=40, validators=[REFERENCE], help_text="Of the meeting on the new date. Never a name."
    )
    new_date_on = Day(
        earliest=FIRST_MEETING, latest=furthest, required=False,
        help_text="Needed, unless it is written down already.",
    )
    reason = Words(max_length=400, required=False, help_text="Needed with a new date. Never a child's name.")
    there = serializers.ListField(
        child=ByNumber(rows=recordable_lines), required=False, max_length=100,
        help_text="The lines of those who were in the room when the date was set, by number: none of them is "
        "invited late.",
    )
    invited_on = Day(
        earliest=FIRST_MEETING, latest=today, required=False, help_text="Today, when it is left out."
    )


class LineChange(Strict):
    """What became of an invitation; what is not sent stays."""

    outcome = OneOf(choices=Outcome.choices, required=False)
    mode = OneOf(choices=Mode.choices, allow_blank=True, required=False)
    part = YesNo(required=False, help_text="There for a part only.")
    report = OneOf(choices=ReportState.choices, required=False)
    involved = YesNo(required=False, help_text="Changing it needs the reason.")
    reason = Words(max_length=200, required=False, help_text="Why a closed register is corrected.")
