"""The rows behind two numbers that an agency looks at before it signs its return."""

from __future__ import annotations

from compliance.measures import Ledger
from compliance.measures.returned import people_in_post, to_confirm
from compliance.rows.tables import Opened, OpenedRow


def opened_in_post(ledger: Ledger, names: bool) -> Opened:
    """The people in post on the day, by name for their own lead only."""
    rows = [
        OpenedRow((
            *([p.name] if names else []), p.job_title, p.role_group.title, p.agency.name, p.started_on
        ), None)
        for p in people_in_post(ledger)
    ]
    columns = (*(("Person",) if names else ()), "Job", "Role group", "Agency", "Started on")
    return Opened("People in post", "Who had started and not left on the day.", columns, rows)


def opened_to_confirm(ledger: Ledger, names: bool) -> Opened:
    """Records that people logged for themselves."""
    rows = [
        OpenedRow((
            *([r.staff_member.name] if names else []), r.course.title, r.completed_on,
            r.staff_member.job_title,
        ), None)
        for r in to_confirm(ledger).select_related("staff_member", "course")
    ]
    columns = (*(("Person",) if names else ()), "Course", "Completed on", "Job")
    sentence = "They count once the lead has confirmed them, under People and training."
    return Opened("Records to confirm", sentence, columns, rows)
