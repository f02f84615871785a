"""Issued reports of the first half of the year: one signed off, one not agreed and then corrected."""

from __future__ import annotations

from compliance.actions import issue_report, note_disagreement, sign_off_report
from compliance.models import IssuedReport
from compliance.period import Period
from partnership.models import Partnership, User

HALF = Period(2014, "H1")
NOTE = "The escalations of May and September about our teams are missing from it."
REASON = "The escalations of the half-year were entered after the first version was issued."


def issue_first(partnership: Partnership) -> bool:
    """The first versions and what the agencies said to them, before there are cases.

    False when any are there already: a trial of before keeps what it has.
    """
    if partnership.issued_reports.exists() or partnership.escalations.exists():
        return False
    police, cmht = (issue(partnership, code) for code in ("TVP", "CMHT"))
    sign_off_report(by=user("lead.tvp"), report=police, role="Detective Inspector, child abuse investigation")
    note_disagreement(by=user("lead.cmht"), report=cmht, role="Service manager", note=NOTE)
    return True


def issue_correction(partnership: Partnership) -> None:
    """The second version of one of them: it waits for its sign-off."""
    issue(partnership, "CMHT", REASON)


def issue(partnership: Partnership, code: str, reason: str = "") -> IssuedReport:
    membership = partnership.memberships.select_related("agency").get(code=code)
    return issue_report(
        by=user("subgroup"), partnership=partnership, membership=membership, period=HALF, reason=reason
    )


def user(name: str) -> User:
    return User.objects.get(email=f"{name}@example.org")
