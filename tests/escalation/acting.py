"""Moves as people make them: each move with the words that it needs, tried and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from escalation import actions
from escalation.models import Escalation, Stage
from escalation.stages import LOCAL, Move
from partnership.models import User

START = datetime(2026, 6, 1, 10, 0, tzinfo=LOCAL)  # a Monday; no bank holiday until 31 August
SOON = START + timedelta(days=1)
LATE = START + timedelta(days=60)
AT_LAST = START + timedelta(days=180)  # the last stage was entered

WORDS: dict[Move, dict] = {
    Move.ACKNOWLEDGE: {},
    Move.ANSWER: {"text": "A deputy is named."},
    Move.ACCEPT: {"resolution": "A deputy will come."},
    Move.MOVE_UP: {},
    Move.ASK_SKIP: {"reason": "The next stage is the same person."},
    Move.APPROVE_SKIP: {},
    Move.PAUSE: {"reason": "School holidays"},
    Move.RESUME: {},
    Move.WITHDRAW: {"reason": "The deputy had come."},
    Move.DECIDE: {"decision": "A deputy comes to every conference."},
    Move.REOPEN: {"reason": "Nobody came again."},
}
ACTIONS: dict[Move, Callable] = {move: getattr(actions, move.value) for move in Move}


def anew(user: User) -> User:
    """The person as a new request reads them, with the grants of now."""
    return User.objects.get(pk=user.pk)


def latest(case: Escalation) -> int:
    return case.stages.order_by("number").last().number


def act(move: Move, by: User, case: Escalation, now: datetime = SOON, **more):
    """Make a move at the latest stage."""
    number = more.pop("stage_number", None) or latest(case)
    fields = {"case": case, "stage_number": number, "now": now, **WORDS[move], **more}
    return ACTIONS[move](by=anew(by), **fields)


class Undone(Exception):
    """The move was made; it is taken back."""


def may(move: Move, by: User, case: Escalation, now: datetime = SOON) -> bool:
    """Whether the action itself lets the person make the move; whatever it wrote is undone."""
    try:
        with transaction.atomic():
            refused = refuses(move, anew(by), case, now, latest(case))
            raise Undone
    except Undone:
        return not refused


def refuses(move: Move, by: User, case: Escalation, now: datetime, number: int) -> bool:
    """Whether the action refuses the person; else the move has been made."""
    try:
        ACTIONS[move](by=by, case=case, stage_number=number, now=now, **WORDS[move])
    except actions.MoveRefused as error:
        assert str(error).endswith("."), error
        return True
    return False


def open_stage(case: Escalation) -> Stage:
    return case.stages.get(closed_at=None)
