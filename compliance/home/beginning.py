"""What comes first in a partnership that has just been made: its set-up, in the order of the work."""

from __future__ import annotations

from django.urls import reverse

from partnership.models import Partnership, User
from partnership.reach import held
from partnership.roles import Permission

# What is done first, why, and where; the address of a partnership's own rules ends in its code.
STEPS = (
    ("Add the agencies", "Each one that is invited to your meetings.", "partnership:agency-list", False),
    ("Invite the users", "A lead for each agency, and the conference administrator.",
     "partnership:user-list", False),
    ("Put in the bank holidays", "Deadlines in working days leave them out.",
     "partnership:holiday-list", False),
    ("Set the quorum", "Until then every conference counts as not quorate.",
     "conferences:quorum-rule", True),
    ("Adopt an escalation policy", "Until then nothing can be raised.", "escalation:policy", True),
    ("Add the courses", "Then say which role group must hold which.", "training:course-list", False),
)


def to_begin(user: User) -> list[dict]:
    """The partnerships that a manager looks after and that have no agency yet, each with its steps."""
    if not held(user, Permission.MANAGE_AGENCIES).partnerships:
        return []
    rows = Partnership.objects.within_reach(user, Permission.MANAGE_AGENCIES)
    return [
        {"name": row.name, "steps": [step(row, *one) for one in STEPS]}
        for row in rows.filter(memberships=None).order_by("name")
    ]


def step(row: Partnership, text: str, hint: str, route: str, of_its_own: bool) -> dict:
    return {"text": text, "hint": hint, "href": reverse(route, args=[row.code] if of_its_own else [])}
