"""Meetings before and around their register: convened, invited to, changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from partnership.history import save_changed, save_new
from partnership.models import Agency, Partnership, StaffMember, User


@transaction.atomic
def convene(
    *, by: User | None, partnership: Partnership, reference: str, kind: str, held_on: date,
    invite: Iterable[Mapping[str, Any]] = (), **fields,
) -> Meeting:
    """Plan a meeting and invite agencies; each invitation names an agency and perhaps a person."""
    meeting = Meeting(
        partnership=partnership, reference=reference, kind=kind, held_on=held_on, **fields
    )
    save_new(meeting, by, "convened", partnership=partnership, kind=kind, held_on=held_on)
    rules = LocalRules.of(partnership)
    for invitation in invite:
        add_line(by=by, meeting=meeting, rules=rules, **invitation)
    return meeting


@transaction.atomic
def add_line(
    *, by: User | None, meeting: Meeting, agency: Agency, rules: LocalRules | None = None,
    staff_member: StaffMember | None = None, **fields,
) -> Attendance:
    """Invite an agency, or add someone who came; what is expected is read from the local rules."""
    meeting = still_open(meeting)
    rules = rules or LocalRules.of(meeting.partnership)
    line = Attendance(
        meeting=meeting, agency=agency, staff_member=staff_member,
        expectation=rules.expectation(agency.pk, meeting.kind, meeting.held_on), **fields,
    )
    where = {"partnership": meeting.partnership, "agency": agency, "staff_member": staff_member}
    return save_new(line, by, "invited", **where, **fields)


@transaction.atomic
def change_meeting(*, by: User | None, meeting: Meeting, **new) -> bool:
    """Change a meeting's details while its register is open; False when nothing differs."""
    row = still_open(meeting)
    return save_changed(row, by, "changed", new, partnership=row.partnership)


def still_open(meeting: Meeting) -> Meeting:
    """The meeting, locked; refused when its register is closed."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("partnership")
    row = rows.get(pk=meeting.pk)
    if row.closed_at:
        raise ValidationError(
            f"The register of {row.reference} is closed. Correct the line and give the reason."
        )
    return row
