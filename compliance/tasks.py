"""Work that the worker does for this floor."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from django_tasks import task

from compliance import actions, publishing
from compliance.models import Pack, PublishedFamily, Upload, UploadState
from compliance.packs import working as packing
from compliance.uploads import working
from compliance.uploads.undoing import undo_or_say
from partnership.jobs import SILENT


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Tens of thousands of rows are alive at once: looking through them for rubbish again and again
    would take a quarter of the time. Only in the worker, which does one thing at a time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@task()
def work_on(number: int) -> None:
    """Check or write a spreadsheet, or take it back."""
    with collecting_rarely():
        upload = Upload.objects.select_related("sent_by").filter(pk=number).first()
        if upload and upload.state == UploadState.UNDOING:
            undo_or_say(upload)
        else:
            working.work(number)


@task()
def look_after(number: int) -> None:
    """Take up again what was interrupted, and come back as long as it is at work."""
    again = working.revive(number, timezone.now())
    if again:
        work_on.enqueue(number)
    if again is not None:
        look_after.using(run_after=timezone.now() + SILENT).enqueue(number)


@task()
def forget_uploads() -> None:
    """What was sent and is over is not kept."""
    working.forget_uploads(timezone.now())


@task()
def make_pack(number: int) -> None:
    """Make a pack of reports."""
    packing.work(number)


@task()
def look_after_pack(number: int) -> None:
    """Take up again what was interrupted, and come back as long as it is being made."""
    again = packing.revive(number, timezone.now())
    if again:
        make_pack.enqueue(number)
    if again is not None:
        look_after_pack.using(run_after=timezone.now() + SILENT).enqueue(number)


@task()
def forget_packs() -> None:
    """Packs are kept for some days."""
    packing.forget_packs()


def have_made(pack: Pack) -> None:
    """By the worker, and looked after."""
    look_after_pack.using(run_after=timezone.now() + SILENT).enqueue(pack.pk)
    make_pack.enqueue(pack.pk)


@task()
def make_published(number: int) -> None:
    """Make the published editions of a partnership's year."""
    with collecting_rarely():
        publishing.work(number)


@task()
def look_after_published(number: int) -> None:
    """Take up again what was interrupted, and come back as long as they are being made."""
    again = publishing.revive(number, timezone.now())
    if again:
        make_published.enqueue(number)
    if again is not None:
        look_after_published.using(run_after=timezone.now() + SILENT).enqueue(number)


@task()
def forget_published() -> None:
    """Published editions of the figures of a day are kept for that day."""
    publishing.forget_published()


def have_published(family: PublishedFamily) -> None:
    """By the worker, and looked after."""
    look_after_published.using(run_after=timezone.now() + SILENT).enqueue(family.pk)
    make_published.enqueue(family.pk)


@task()
def chase_returns() -> int:
    """Remind whoever still owes a return."""
    return actions.chase_returns()


@task()
def chase_actions() -> int:
    """Remind the owners of the board's actions."""
    return actions.chase_actions()


def set_to_work(upload: Upload) -> None:
    """Small files at once, large ones by the worker; both are looked after."""
    look_after.using(run_after=timezone.now() + SILENT).enqueue(upload.pk)
    if upload.rows > working.AT_ONCE:
        work_on.enqueue(upload.pk)
    else:
        working.work(upload.pk)
