"""Invitations that are there: whom and why changed, or taken away again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from conferences.actions.meetings import still_open
from conferences.actions.registers import write_line
from conferences.choices import Outcome
from conferences.models import Attendance
from partnership.history import record
from partnership.models import User
from partnership.stale import refuse_when_changed

INVITATION_SEEN = ("staff_member_id", "job_title", "involved")


@transaction.atomic
def change_invitation(
    *, by: User | None, line: Attendance, reason: str = "", seen: str = "", **new
) -> bool:
    """Change who is asked for an agency, or why; another involvement needs a reason and is counted."""
    row = invited(line)
    refuse_when_changed(row, seen, INVITATION_SEEN)
    if "staff_member" in new and new["staff_member"] != row.staff_member:
        new["deputy_for"] = None
    why = {"reason": reason.strip()} if reason.strip() else {}
    return write_line(by, row, "changed the invitation", new, **why)


@transaction.atomic
def withdraw_invitation(*, by: User | None, line: Attendance, reason: str) -> None:
    """Take an invitation away again."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why the invitation is taken away."})
    row = invited(line)
    record(
        by, "took the invitation away", row, partnership=row.meeting.partnership, agency=row.agency,
        staff_member=row.staff_member, reason=reason.strip(),
    )
    row.delete()


def invited(line: Attendance) -> Attendance:
    """The invitation, locked after its meeting; refused once it is known what became of it."""
    meeting = still_open(line.meeting)
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("agency", "staff_member")
    row = rows.filter(pk=line.pk).first()
    if row is None:
        raise ValidationError("This invitation was already taken away.")
    if row.outcome != Outcome.UNKNOWN or row.disputed_at:
        raise ValidationError(
            f"What {row.agency} did is on the register already, so the invitation stays as it is."
        )
    row.meeting = meeting
    return row
