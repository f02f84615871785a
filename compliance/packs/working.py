"""A pack's way: made by the worker, taken up again when that was killed, forgotten after its days.

Its files are written beside the database, and kept in it in one transaction with the word that it is
ready: a worker that dies leaves nothing half there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from compliance.actions.packs import locked
from compliance.kept_figures import KeptError
from compliance.models import Pack, PackForm, PackPiece, PackState
from compliance.packs.files import write_pdf, write_zip
from compliance.packs.gathering import gather, steps_of
from compliance.prints import moment
from partnership.jobs import MOST_TRIES, taken_up
from partnership.models import Partnership, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.snapshot import one_moment

PIECE = 1 << 20
NOT_ANY_MORE = "You may no longer issue reports in all of its partnerships. Nothing was made."
DIED = "Something went wrong while it was made, and nothing of it is kept. Try again; if it happens again, tell whoever runs Quorate."
GIVEN_UP = f"The work was interrupted {MOST_TRIES} times, and nothing of it is kept. Try again; if it happens again, tell whoever runs Quorate."
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody cancelled it meanwhile."""


def work(number: int) -> None:
    """Make a pack; what was cancelled or made meanwhile is left as it is."""
    pack = Pack.objects.select_related("asked_by").filter(pk=number, state=PackState.MAKING).first()
    if pack is None:
        return
    try:
        make(pack)
    except Stopped:
        return
    except KeptError as error:
        fail(pack, str(error))
    except Exception:
        log.exception("A pack could not be made: %s", pack.pk)
        fail(pack, DIED)


def make(pack: Pack) -> None:
    places = list(pack.partnerships.order_by("name", "pk"))
    if not may_have(pack, places):
        fail(pack, NOT_ANY_MORE)
        return
    tick = ticker(pack, steps_of(places))
    made_at = moment(timezone.now().replace(microsecond=0))
    with one_moment() as aside:
        sheet = gather(pack, places, made_at, lambda: aside(tick))
    with TemporaryFile() as pdf, TemporaryFile() as packed:
        write_pdf(sheet, pdf, tick)
        write_zip(sheet, packed, tick)
        keep(pack, {PackForm.PDF: pdf, PackForm.ZIP: packed}, len(sheet.chapters))


def may_have(pack: Pack, places: list[Partnership]) -> bool:
    here = held(pack.asked_by, Permission.ISSUE_REPORT).partnerships
    return bool(places) and all(place.pk in here for place in places)


def ticker(pack: Pack, steps: int) -> Callable[[], None]:
    """Moves the bar by one, and stops the work when somebody cancelled it."""
    rows = Pack.objects.filter(pk=pack.pk, state=PackState.MAKING)
    done = 0
    rows.update(steps=steps, done=0)

    def told() -> None:
        nonlocal done
        done += 1
        if not rows.update(done=done, heard_at=timezone.now()):
            raise Stopped

    return told


@transaction.atomic
def keep(pack: Pack, files: dict[PackForm, IO[bytes]], agencies: int) -> None:
    """Keep the files, and say that it is ready; unless it was cancelled, or another worker was first."""
    row = locked(pack)
    if row.state != PackState.MAKING:
        return
    for form, file in files.items():
        row.sizes[form.value] = file.tell()
        file.seek(0)
        number = 0
        while content := file.read(PIECE):
            PackPiece(pack=row, form=form, number=number, content=content).save(force_insert=True)
            number += 1
    new = {
        "state": PackState.READY, "finished_at": timezone.now(), "agencies": agencies, "sizes": row.sizes,
        "expires_on": today() + timedelta(days=settings.PACK_DAYS), "problem": "",
    }
    change(row, **new)


def change(row: Pack, **new) -> None:
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))


@transaction.atomic
def fail(pack: Pack, why: str) -> None:
    """Nothing of it was kept, and here is why."""
    row = locked(pack)
    if row.state == PackState.MAKING:
        change(row, state=PackState.FAILED, problem=why[:400], finished_at=timezone.now())


# --- Looking after --------------------------------------------------------------------------------


def revive(number: int, now: datetime) -> bool | None:
    """Whether silent work is to be taken up again; None when there is nothing left to look after."""
    return taken_up(Pack.objects.filter(state=PackState.MAKING), number, now, give_up)


def give_up(row: Pack) -> None:
    change(row, state=PackState.FAILED, problem=GIVEN_UP, finished_at=row.heard_at, tries=row.tries)


def forget_packs() -> None:
    """Files are kept until their day; that there was a pack stays in its list."""
    for pack in Pack.objects.filter(state=PackState.READY, expires_on__lte=today()):
        lapse(pack)


@transaction.atomic
def lapse(pack: Pack) -> None:
    row = Pack.objects.select_for_update(of=("self",)).filter(pk=pack.pk, state=PackState.READY).first()
    if row is not None:
        row.pieces.all().delete()
        change(row, state=PackState.LAPSED)
