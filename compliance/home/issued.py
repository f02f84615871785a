"""How many issued reports wait for a person's sign-off."""

from __future__ import annotations

from compliance.models import IssuedReport
from partnership.models import User
from partnership.roles import Permission as P


def to_sign_off(user: User) -> int:
    return IssuedReport.objects.within_reach(user, P.SIGN_OFF_REPORT).waiting().count()
