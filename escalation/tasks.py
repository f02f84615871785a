"""Work that the worker does for this floor."""

from __future__ import annotations

from django_tasks import task

from escalation.actions import chase


@task()
def chase_deadlines() -> int:
    """Write the reminders that are called for now."""
    return chase()
