"""The part of Quorate that holds the reports: the short index on top of its pages, and the way to them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from partnership.models import User
from partnership.reach import can
from partnership.roles import Permission

P = Permission
READERS = (P.ISSUE_REPORT, P.PRINT_REPORT, P.SIGN_OFF_REPORT)
REPORTS = {"text": "Reports", "href": "/reports/"}
INDEX = (  # text, route, for whom one of these reaches anything
    ("Issued reports", "compliance:report-list", READERS),
    ("Packs", "compliance:pack-list", (P.ISSUE_REPORT,)),
    ("Agency returns", "compliance:return-list", (P.PRINT_REPORT,)),
    ("Actions of the board", "compliance:action-list", (P.VIEW_MEASURES,)),
)


def index(user: User, current: str) -> list[dict[str, Any]]:
    """The pages about reports that are for this person; one page alone needs no index."""
    found = [
        {"text": text, "href": reverse(route), "current": route == current}
        for text, route, permissions in INDEX
        if any(can(user, one) for one in permissions)
    ]
    return found if len(found) > 1 else []


def report_crumbs(*below: tuple[str, str]) -> list[dict[str, str]]:
    """Home, the reports, and what is below; the last leads nowhere."""
    found = [{"text": "Home", "href": "/"}, REPORTS]
    found += [{"text": text, "href": href} for text, href in below]
    return [*found[:-1], found[-1] | {"href": ""}]
