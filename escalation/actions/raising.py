"""Raising a case, entering its stages, and the door that every move goes through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from conferences.models import Attendance, Meeting
from escalation.choices import Grounds, PartnershipPart, Tell
from escalation.models import Escalation, Participant, Policy, PolicyStage, Stage
from escalation.sides import (
    decider_for,
    named_to,
    responder_for,
    sides_of,
    standing_of,
    why_not_raise,
)
from escalation.stages import MOVES, Move, Side, allowed_moves, deadline, local_day, why_not
from escalation.telling import tell
from partnership.history import record, save_new
from partnership.models import Agency, BankHoliday, Partnership, User
from partnership.workdays import NoCalendar

REGISTERED = frozenset({Grounds.NOT_ATTENDED, Grounds.NO_REPORT})  # are about a line of a register
SENT_TWICE = timedelta(minutes=30)
PASSED_BEFORE = timedelta(days=366)  # said which child it concerns so long before raising, at most


class MoveRefused(Exception):
    """A move that the table does not allow, or that came too late; the message says so in a sentence."""


def policy_in_force(partnership: Partnership, on: date) -> Policy:
    """The newest version in force on a day."""
    found = Policy.objects.in_force(on).filter(partnership=partnership).first()
    if found is None:
        raise ValidationError(
            f"{partnership} has no escalation policy yet. Ask the partnership manager to adopt one."
        )
    return found


@transaction.atomic
def raise_escalation(
    *, by: User, partnership: Partnership, about: Agency, grounds: str, concern: str,
    outcome_wanted: str, raised_for: Agency | None = None, meetings: Iterable[Meeting] = (),
    urgent: bool = False, identity_passed_on: date | None = None, identity_passed_to: str = "",
    file_noted: bool = False, now: datetime | None = None,
) -> Escalation:
    """Raise a case at the first stage of the policy in force, whose version it keeps."""
    now = now or timezone.now()
    meetings = list(meetings)
    # No key of it changes: who closes a register of the same meeting need not wait for this.
    locked = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    check_place(locked, about, raised_for, meetings)
    policy = policy_in_force(locked, timezone.localdate(now))
    if not meetings and not policy.themes_allowed:
        raise ValidationError(
            {"meetings": "The local policy allows no cases about a theme: choose a meeting."}
        )
    first = policy.stages.order_by("position").first()
    check_raiser(by, raised_for, first)
    if grounds in REGISTERED:
        check_registers(about, meetings)
    check_passed(identity_passed_on, now, now)
    case = Escalation(
        partnership=locked, reference=next_reference(locked, now), policy=policy, raised_by=by,
        raised_at=now, raised_for=raised_for, about=about, grounds=grounds, urgent=urgent,
        theme_case=not meetings, concern=concern, outcome_wanted=outcome_wanted,
        identity_passed_on=identity_passed_on, identity_passed_to=identity_passed_to,
        file_noted=file_noted,
    )
    save_new(
        case, by, "raised", partnership=locked, agency=about, grounds=grounds, urgent=urgent,
        meetings=[meeting.reference for meeting in meetings],
    )
    case.meetings.set(meetings)
    take_part(case, by, raising=True)
    enter(case, first, by, now)
    return case


def raised_just_now(
    *, by: User, partnership: Partnership, about: Agency, raised_for: Agency | None, concern: str,
    now: datetime | None = None, **_: object,
) -> Escalation | None:
    """The same words about the same agency by the same person, minutes ago: a form that was sent twice.

    Takes the lock under which cases are raised; the caller holds the transaction.
    """
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    since = (now or timezone.now()) - SENT_TWICE
    rows = by.escalations_raised.filter(
        partnership=partnership, about=about, raised_for=raised_for, concern=concern.strip(),
        raised_at__gte=since,
    )
    return rows.first()


def check_place(
    partnership: Partnership, about: Agency, raised_for: Agency | None, meetings: list[Meeting]
) -> None:
    """Both agencies and all meetings are the partnership's; a parent raises for its parts."""
    there = partnership.agencies
    if not there.filter(pk=about.pk).exists():
        raise ValidationError({"about": f"{about} is not an agency of {partnership}."})
    if raised_for and not there.filter(Q(pk=raised_for.pk) | Q(parent=raised_for.pk)).exists():
        raise ValidationError({"raised_for": f"{raised_for} is not an agency of {partnership}."})
    if raised_for and about.pk != raised_for.pk:
        check_two_agencies(about, raised_for)
    if any(meeting.partnership_id != partnership.pk for meeting in meetings):
        raise ValidationError({"meetings": f"Choose meetings of {partnership}."})


def check_two_agencies(about: Agency, raised_for: Agency) -> None:
    """A parent and its part are one agency: what they disagree about is settled inside it."""
    if about.pk == raised_for.parent_id or raised_for.pk == about.parent_id:
        part, parent = (raised_for, about) if about.pk == raised_for.parent_id else (about, raised_for)
        raise ValidationError(
            {"about": f"{part} is a part of {parent}: a dispute inside one agency goes to line management."}
        )


def check_raiser(by: User, raised_for: Agency | None, first: PolicyStage) -> None:
    if refused := why_not_raise(by, raised_for, first):
        raise ValidationError({"raised_for": refused})


def check_registers(about: Agency, meetings: list[Meeting]) -> None:
    """Who did not attend or report was asked to: by its own line, or that of its parent or a part."""
    family = Q(agency=about.pk) | Q(agency__parent=about.pk) | Q(agency=about.parent_id or about.pk)
    # unscoped: the meetings were chosen within reach
    rows = Attendance.objects.filter(family, meeting__in=[meeting.pk for meeting in meetings])
    there = set(rows.values_list("meeting_id", flat=True))
    lacking = [meeting.reference for meeting in meetings if meeting.pk not in there]
    if lacking:
        raise ValidationError({"grounds": (
            f"{about} is not on the register of {', '.join(lacking)}. Take the meeting away, choose "
            "other grounds, or ask the conference service to mend the register."
        )})


def check_passed(on: date | None, raised_at: datetime, now: datetime) -> None:
    """The identity was passed on by today, and not long before the case."""
    if on and on > local_day(now):
        raise ValidationError({"identity_passed_on": "This day is still to come. Note it when it is done."})
    if on and on < local_day(raised_at) - PASSED_BEFORE:
        raise ValidationError(
            {"identity_passed_on": "This is more than a year before the case was raised. Check the year."}
        )


def next_reference(partnership: Partnership, now: datetime) -> str:
    """BF-2026-0042: the next number of the partnership in the year; the caller holds its lock."""
    start = f"{partnership.code}-{timezone.localdate(now).year}-"
    rows = partnership.escalations.filter(reference__startswith=start)
    in_order = rows.order_by(Length("reference").desc(), "-reference")  # 10000 comes after 9999
    last = in_order.values_list("reference", flat=True).first()
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04}"


def take_part(case: Escalation, user: User, *, raising: bool) -> None:
    """Note that a person takes part in a case, on the side on which they first did."""
    Participant.objects.get_or_create(escalation=case, user=user, defaults={"raising": raising})


def enter(case: Escalation, step: PolicyStage, by: User, now: datetime) -> Stage:
    """Open a stage: its responder, its due moment, its mail. The caller holds the lock."""
    if step.partnership_part == PartnershipPart.DECIDES and case.decider is None:
        case.decider = decider_for(case)
        case.save(update_fields=["decider"])
    stage = Stage(
        escalation=case, policy_stage=step, number=case.stages.count() + 1, entered_at=now,
        entered_by=by, responder=responder_for(case, step),
    )
    stage.due_at = due_moment(case, stage)
    stage.full_clean()
    stage.save()
    if stage.responder:
        take_part(case, stage.responder, raising=False)
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, "entered", stage, **where, stage=step.title, due_at=stage.due_at)
    tell(case, stage, told_on_entering(stage), f"stage {step.position} has begun")
    return stage


def told_on_entering(stage: Stage) -> list[str]:
    step = stage.policy_stage
    extra = {PartnershipPart.TOLD: [Tell.MANAGER], PartnershipPart.DECIDES: [Tell.MANAGER, Tell.DECIDER]}
    nobody = [] if stage.responder else [Tell.MANAGER]  # else it would reach nobody
    return [*step.tell_entering, *extra.get(step.partnership_part, []), *nobody]


def due_moment(case: Escalation, stage: Stage) -> datetime | None:
    """When a stage is due, by its limit, the holidays and its pauses."""
    calendar = BankHoliday.objects.calendar(case.partnership.country)
    pauses = [row.pause for row in stage.pauses.all()] if stage.pk else []
    try:
        return deadline(stage.limit, stage.entered_at, calendar, pauses).due_at
    except NoCalendar as error:
        raise ValidationError(str(error)) from error


def locked_case(case: Escalation) -> Escalation:
    """The case with its row locked: of two people who press at once, one waits here.

    Read only then: a row that was waited for would come joined with what stood there before.
    """
    Escalation.objects.select_for_update().only("pk").get(pk=case.pk)
    rows = Escalation.objects.select_related(
        "partnership", "policy", "about", "raised_for", "raised_by", "decider"
    )
    return rows.get(pk=case.pk)


def begin(
    case: Escalation, move: Move, by: User, stage_number: int, now: datetime
) -> tuple[Escalation, Stage]:
    """Lock the case and check the move; refused with a sentence when it came too late."""
    case = locked_case(case)
    stage = case.stages.select_related("policy_stage", "responder", "closed_by").order_by("number").last()
    stage.escalation = case
    standing, sides = standing_of(case, stage, by, now), sides_of(by, case, stage)
    if move is not Move.REOPEN and sides & MOVES[move].sides:  # the sentence says who was quicker
        refuse_if_past(case, stage_number, by, sides)
    if move not in allowed_moves(standing, sides):
        raise MoveRefused(why_not(move, standing, sides))
    return case, stage


def refuse_if_past(case: Escalation, stage_number: int, by: User, sides: frozenset[Side]) -> None:
    """Somebody was quicker: the stage that the person saw is no longer the open one.

    Who takes part is told by name; the manager, who reads no names in a case, is not.
    """
    seen = case.stages.select_related("closed_by").filter(number=stage_number).first()
    if seen is None:
        raise MoveRefused(f"{case.reference} has no stage {stage_number}.")
    if seen.closed_at:
        at = timezone.localtime(seen.closed_at)
        outside = sides <= {Side.MANAGER}
        who = named_to(by, seen.closed_by, case.partnership_id) if outside else seen.closed_by
        raise MoveRefused(
            f"Already {seen.get_ended_display().lower()} by {who} at {at:%H:%M} on "
            f"{at.day} {at:%B %Y}."
        )
