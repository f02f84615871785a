"""How many of the board's actions wait for a person: their own to do, or the board's to look at."""

from __future__ import annotations

from compliance.models import Action
from partnership.models import User, today
from partnership.roles import Permission as P


def to_do(user: User) -> int:
    return Action.objects.within_reach(user, P.SIGN_OFF_REPORT).to_do().count()


def to_do_late(user: User) -> int:
    return Action.objects.within_reach(user, P.SIGN_OFF_REPORT).overdue(today()).count()


def board_late(user: User) -> int:
    return Action.objects.within_reach(user, P.ISSUE_REPORT).overdue(today()).count()


def board_to_close(user: User) -> int:
    return Action.objects.within_reach(user, P.ISSUE_REPORT).in_state("done", today()).count()
