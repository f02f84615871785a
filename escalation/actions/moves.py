"""The moves of a case: each locks it, asks the table, writes, and tells whom the policy names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from escalation.actions.raising import begin, due_moment, enter, take_part
from escalation.choices import Ended, Tell
from escalation.guard import refusal
from escalation.models import AgreedAction, Escalation, PolicyStage, Stage, StagePause
from escalation.stages import CaseState, Move
from escalation.telling import tell
from partnership.history import record
from partnership.models import User


def needed(text: str, field: str, sentence: str) -> str:
    """The text, which is there and points to no child."""
    if not text.strip():
        raise ValidationError({field: sentence})
    if refused := refusal(text):
        raise ValidationError({field: refused})
    return text.strip()


def write(case: Escalation, stage: Stage, by: User, verb: str, *fields: str, **changes: Any) -> None:
    """Check and save some fields of the stage, with their entry in the history."""
    stage.full_clean(exclude=["escalation"])
    stage.save(update_fields=fields)
    record(by, verb, stage, partnership=case.partnership, agency=case.about, **changes)


@transaction.atomic
def acknowledge(
    *, by: User, case: Escalation, stage_number: int, now: datetime | None = None
) -> Stage:
    """Say that it has been received and is being looked at."""
    now = now or timezone.now()
    case, stage = begin(case, Move.ACKNOWLEDGE, by, stage_number, now)
    stage.acknowledged_at, stage.acknowledged_by = now, by
    write(case, stage, by, "acknowledged", "acknowledged_at", "acknowledged_by")
    take_part(case, by, raising=False)
    tell(case, stage, [Tell.RAISER], "it has been acknowledged")
    return stage


@transaction.atomic
def answer(
    *, by: User, case: Escalation, stage_number: int, text: str, now: datetime | None = None
) -> Stage:
    """Answer for the agency that the case is about."""
    now = now or timezone.now()
    text = needed(text, "text", "Write your answer.")
    case, stage = begin(case, Move.ANSWER, by, stage_number, now)
    stage.answered_at, stage.answered_by, stage.answer = now, by, text
    write(
        case, stage, by, "answered", "answered_at", "answered_by", "answer",
        in_time=stage.due_at is None or now <= stage.due_at,
    )
    take_part(case, by, raising=False)
    tell(case, stage, [Tell.RAISER, Tell.RAISING_LEAD], "it has been answered")
    return stage


@transaction.atomic
def accept(
    *, by: User, case: Escalation, stage_number: int, resolution: str, learning_theme: str = "",
    training_need: str = "", actions: Iterable[Mapping[str, Any]] = (), now: datetime | None = None,
) -> Escalation:
    """Accept the answer: the case is resolved, with what was agreed, by whom and until when."""
    now = now or timezone.now()
    case, stage = begin(case, Move.ACCEPT, by, stage_number, now)
    agree(case, actions)
    return close(
        case, stage, by, now, Ended.ACCEPTED, CaseState.RESOLVED, resolution,
        learning_theme=learning_theme, training_need=training_need,
    )


@transaction.atomic
def withdraw(
    *, by: User, case: Escalation, stage_number: int, reason: str, now: datetime | None = None
) -> Escalation:
    """Take the case back, with the reason."""
    now = now or timezone.now()
    case, stage = begin(case, Move.WITHDRAW, by, stage_number, now)
    return close(case, stage, by, now, Ended.WITHDRAWN, CaseState.WITHDRAWN, reason)


@transaction.atomic
def decide(
    *, by: User, case: Escalation, stage_number: int, decision: str, learning_theme: str = "",
    training_need: str = "", actions: Iterable[Mapping[str, Any]] = (), now: datetime | None = None,
) -> Escalation:
    """Decide a case at the stage at which the partnership decides; never one's own."""
    now = now or timezone.now()
    case, stage = begin(case, Move.DECIDE, by, stage_number, now)
    agree(case, actions)
    return close(
        case, stage, by, now, Ended.DECIDED, CaseState.DECIDED, decision,
        learning_theme=learning_theme, training_need=training_need,
    )


def agree(case: Escalation, actions: Iterable[Mapping[str, Any]]) -> None:
    """Write down the actions agreed, each with owner and day."""
    for fields in actions:
        row = AgreedAction(escalation=case, **fields)
        row.full_clean()
        row.save()


def close(
    case: Escalation, stage: Stage, by: User, now: datetime, ended: Ended, state: CaseState,
    resolution: str, **learned: str,
) -> Escalation:
    """End the stage and the case with it, one act: outcome, moment and person together."""
    case.resolution = needed(resolution, "resolution", "Write down the outcome.")
    case.state, case.closed_at, case.closed_by = state, now, by
    for name, value in learned.items():
        setattr(case, name, value)
    case.full_clean()
    end_stage(case, stage, by, now, ended, case.resolution)
    case.save(
        update_fields=["state", "closed_at", "closed_by", "resolution", *learned]
    )
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, str(state), case, **where, stage=stage.policy_stage.position, **learned)
    # The raiser always gets an answer.
    tell(case, stage, [Tell.RAISER, *stage.policy_stage.tell_resolved], f"it is {state.value}")
    return case


def end_stage(
    case: Escalation, stage: Stage, by: User, now: datetime, ended: Ended, words: str = ""
) -> None:
    """Close the stage, and the pause in which it may stand; the caller writes the history."""
    stage.pauses.filter(until_at=None).update(until_at=now, until_by=by)
    stage.closed_at, stage.closed_by, stage.ended, stage.last_words = now, by, ended, words.strip()
    stage.full_clean(exclude=["escalation"])
    stage.save(update_fields=["closed_at", "closed_by", "ended", "last_words"])


def leave(
    case: Escalation, stage: Stage, by: User, now: datetime, ended: Ended, words: str = ""
) -> None:
    """End a stage of a case that goes on at another."""
    end_stage(case, stage, by, now, ended, words)
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, str(ended).replace("_", " "), stage, **where)


def step_above(case: Escalation, stage: Stage, position: int | None = None) -> PolicyStage:
    """The next step of the case's own version of the policy, or a named one above."""
    above = case.policy.stages.filter(position__gt=stage.policy_stage.position).order_by("position")
    found = above.filter(position=position).first() if position else above.first()
    if found is None:
        raise ValidationError({"position": "Choose a stage above the present one."})
    return found


@transaction.atomic
def move_up(
    *, by: User, case: Escalation, stage_number: int, reason: str = "", now: datetime | None = None
) -> Stage:
    """Take the case to the next stage: not satisfied with the answer, or no answer in time."""
    now = now or timezone.now()
    case, stage = begin(case, Move.MOVE_UP, by, stage_number, now)
    step = step_above(case, stage)
    leave(case, stage, by, now, Ended.MOVED_UP, reason)
    return enter(case, step, by, now)


@transaction.atomic
def ask_skip(
    *, by: User, case: Escalation, stage_number: int, reason: str, now: datetime | None = None
) -> Stage:
    """Ask to skip the next stage; somebody else must approve it."""
    now = now or timezone.now()
    reason = needed(reason, "reason", "Say why a stage should be skipped.")
    case, stage = begin(case, Move.ASK_SKIP, by, stage_number, now)
    stage.skip_asked_at, stage.skip_asked_by, stage.skip_reason = now, by, reason
    write(case, stage, by, "asked to skip", "skip_asked_at", "skip_asked_by", "skip_reason")
    tell(case, stage, [Tell.RAISING_LEAD, Tell.MANAGER], "skipping a stage has been asked for")
    return stage


@transaction.atomic
def approve_skip(
    *, by: User, case: Escalation, stage_number: int, position: int | None = None,
    now: datetime | None = None,
) -> Stage:
    """Approve the skip: the case goes to the step after the next, or to a named one above."""
    now = now or timezone.now()
    case, stage = begin(case, Move.APPROVE_SKIP, by, stage_number, now)
    following = step_above(case, stage)
    after = case.policy.stages.filter(position__gt=following.position).order_by("position").first()
    step = step_above(case, stage, position) if position else (after or following)
    leave(case, stage, by, now, Ended.SKIPPED)
    return enter(case, step, by, now)


@transaction.atomic
def pause(
    *, by: User, case: Escalation, stage_number: int, reason: str, now: datetime | None = None
) -> Stage:
    """Stop the clock, with a reason that is reported."""
    now = now or timezone.now()
    reason = needed(reason, "reason", "Say why the case is paused.")
    case, stage = begin(case, Move.PAUSE, by, stage_number, now)
    row = StagePause(stage=stage, from_at=now, from_by=by, reason=reason)
    row.full_clean()
    row.save()
    before, stage.due_at = stage.due_at, None
    write(case, stage, by, "paused", "due_at", due_at=[before, None])
    tell(case, stage, [Tell.RESPONDER, Tell.RESPONDING_LEAD], "it has been paused")
    return stage


@transaction.atomic
def resume(
    *, by: User, case: Escalation, stage_number: int, now: datetime | None = None
) -> Stage:
    """Let the clock run on; the days of the pause are not counted."""
    now = now or timezone.now()
    case, stage = begin(case, Move.RESUME, by, stage_number, now)
    stage.pauses.filter(until_at=None).update(until_at=now, until_by=by)
    stage.due_at = due_moment(case, stage)
    write(case, stage, by, "resumed", "due_at", due_at=[None, stage.due_at])
    tell(case, stage, [Tell.RESPONDER, Tell.RESPONDING_LEAD], "it runs again")
    return stage


@transaction.atomic
def reopen(
    *, by: User, case: Escalation, stage_number: int = 0, reason: str, now: datetime | None = None
) -> Stage:
    """Open a closed case again, at the step at which it ended, with a new clock."""
    now = now or timezone.now()
    reason = needed(reason, "reason", "Say why the case is opened again.")
    case, stage = begin(case, Move.REOPEN, by, stage_number, now)
    before = case.state
    case.state, case.closed_at, case.closed_by, case.resolution = CaseState.OPEN, None, None, ""
    case.full_clean()
    case.save(update_fields=["state", "closed_at", "closed_by", "resolution"])
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, "reopened", case, **where, state=[before, str(case.state)], reason=reason)
    return enter(case, stage.policy_stage, by, now)
