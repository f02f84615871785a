"""Work that the worker does for this floor."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from partnership.post import FIRST_WAIT, send_outbox

MOMENT = timedelta(seconds=5)


@task()
def deliver_mail() -> None:
    """Send the outbox; when something failed, come back after the shortest wait."""
    _, failed = send_outbox()
    if failed:
        deliver_mail.using(run_after=timezone.now() + FIRST_WAIT + MOMENT).enqueue()
