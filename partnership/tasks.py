"""Work that the worker does for this floor."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from partnership.actions import follow_moves
from partnership.jobs import next_slot, take_slot
from partnership.post import FIRST_WAIT, send_outbox
from partnership.signals import hour_struck

MOMENT = timedelta(seconds=5)


@task()
def deliver_mail() -> None:
    """Send the outbox; when something failed, come back after the shortest wait."""
    _, failed = send_outbox()
    if failed:
        deliver_mail.using(run_after=timezone.now() + FIRST_WAIT + MOMENT).enqueue()


@task()
def strike_hour() -> None:
    """Do this hour's work once, and come back in the next hour.

    The next hour is set before the work begins, so that a fault in it does not stop the clock; nor does
    one listener's fault keep the others from their work. It is in the log, and the task has failed.
    """
    if take_slot():
        strike_hour.using(run_after=next_slot()).enqueue()
        send_outbox()
        follow_moves(by=None, on=timezone.localdate())
        answers = hour_struck.send_robust(sender=None, now=timezone.now())
        if faults := [answer for _, answer in answers if isinstance(answer, Exception)]:
            raise ExceptionGroup("Some of the hour's work failed", faults)
