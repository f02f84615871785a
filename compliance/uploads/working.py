"""An upload's way from state to state: checked, previewed, written; stopped, taken up again, forgotten.

What takes long is done by the worker. The bar moves while rows are looked at, before anything is
locked; the writing itself is one transaction, so a worker that is killed leaves nothing half written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import WAITING, WORKING, Upload, UploadState
from compliance.uploads.planning import ASKED, Planned, plan_upload
from compliance.uploads.writing import last_entry, lock_places, write
from partnership.history import record
from partnership.jobs import MOST_TRIES, taken_up
from partnership.models import StaffMember, today
from partnership.plans import REFUSED
from partnership.uploads.tables import Table, packed

AT_ONCE = 1_000  # rows that a page works on itself; more are the worker's
KEPT, UNDOABLE = timedelta(days=1), timedelta(days=30)
NO_LONGER = (
    "Something has changed here since this was worked out. Nothing was written: look at what the "
    "file would do now, and decide anew."
)
GIVEN_UP = (
    f"The work was interrupted {MOST_TRIES} times. Nothing was written. Send the file again; if it "
    "happens again, tell whoever runs Quorate."
)
NOT_TAKEN_BACK = (
    f"The taking back was interrupted {MOST_TRIES} times, and all that was written is still there. Try "
    "again; if it happens again, tell whoever runs Quorate."
)
NOT_ANY_MORE = "You may no longer bring in lists of this kind. Nothing was written."


class Stopped(Exception):
    """Somebody cancelled it meanwhile."""


def locked(upload: Upload) -> Upload:
    rows = Upload.objects.select_for_update(of=("self",)).select_related("sent_by", "partnership")
    return rows.get(pk=upload.pk)


@transaction.atomic
def begin(upload: Upload, state: UploadState, allowed: tuple[UploadState, ...], **fields) -> bool:
    """Set an upload to work from one of some states; False when it is past that."""
    row = locked(upload)
    if row.state not in allowed:
        return False
    now = timezone.now()
    new = {"state": state, "heard_at": now, "looked_at": 0, "tries": 0, "problem": "", **fields}
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))
    return True


def check_again(upload: Upload, **fields) -> bool:
    """Work out the plan: with the columns, or with the answers, that are known now."""
    return begin(upload, UploadState.PLANNING, (UploadState.READ, UploadState.PLANNED), **fields)


@transaction.atomic
def accept(upload: Upload, seen: str, *, good_only: bool) -> bool:
    """Say yes to the plan that was seen; False when it was said already, or is another by now."""
    row = locked(upload)
    if (row.counts.get(REFUSED) or row.counts.get(ASKED)) and not good_only:
        raise ValidationError("Some rows cannot be written. Write the good rows only, or mend the file.")
    if row.fingerprint != seen:
        return False
    return begin(row, UploadState.WRITING, (UploadState.PLANNED,), good_only=good_only)


def choose_leavers(upload: Upload, people: list[int], left_on) -> None:
    """Who of those missing from a full list has left, and since when: noted, not yet written."""
    rows = StaffMember.objects.filter(pk__in=people, started_on__gte=left_on) if left_on else ()
    for person in rows:
        raise ValidationError({"left_on": f"{person.name} started on that day or later. Choose a later day."})
    if not begin(upload, UploadState.PLANNED, (UploadState.PLANNED,), leavers=people, left_on=left_on):
        raise ValidationError("The list is no longer waiting for you.")


# --- Working --------------------------------------------------------------------------------------


def work(number: int) -> None:
    """Do what an upload is set to; what was cancelled or done meanwhile is left as it is."""
    upload = Upload.objects.select_related("sent_by", "partnership").filter(pk=number).first()
    if upload is None:
        return
    try:
        if upload.state == UploadState.PLANNING:
            work_out(upload)
        elif upload.state == UploadState.WRITING:
            carry_out(upload)
    except Stopped:
        return


def ticker(upload: Upload) -> Callable[[int], None]:
    """Moves the bar, and stops the work when somebody cancelled it."""
    def told(looked_at: int) -> None:
        rows = Upload.objects.filter(pk=upload.pk, state=upload.state)
        if not rows.update(looked_at=looked_at, heard_at=timezone.now()):
            raise Stopped
    return told


def work_out(upload: Upload) -> None:
    planned = plan_upload(upload, ticker(upload))
    with transaction.atomic():
        row = locked(upload)
        if row.state == UploadState.PLANNING:
            show(row, planned)


def show(upload: Upload, planned: Planned, problem: str = "") -> None:
    """Keep a plan for the preview; the caller holds the lock."""
    there = {person.pk for person in planned.missing}
    new = {
        "state": UploadState.PLANNED, "counts": planned.counts, "fingerprint": planned.fingerprint,
        "preview": packed(planned.packed()), "problem": problem, "looked_at": 0,
        "leavers": [number for number in upload.leavers if number in there],
    }
    for name, value in new.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(new))


def carry_out(upload: Upload) -> None:
    """Write it, once more after somebody else wrote one of the rows in the same moment.

    A large file is worked out before anything is locked: the bar moves, and a cancelling is heard.
    """
    since, planned = last_entry(), None
    if upload.rows > AT_ONCE:
        planned = plan_upload(upload, ticker(upload))
    try:
        try:
            write_all(upload, planned, since)
        except IntegrityError:
            write_all(upload)
    except ValidationError as error:
        refuse(upload, error)


@transaction.atomic
def refuse(upload: Upload, error: ValidationError) -> None:
    """What an action would not write although it was planned: nothing was written, and here is why."""
    row = locked(upload)
    if row.state == UploadState.WRITING:
        why = f"{' '.join(error.messages)} Nothing was written."
        finish(row, UploadState.FAILED, problem=why[:400])


@transaction.atomic
def write_all(upload: Upload, planned: Planned | None = None, since: int = 0) -> None:
    """All of it or nothing, and as it was previewed.

    What it does is worked out anew under the lock of the place; or was a moment ago, and nothing at
    all has been written in Quorate since that entry of the history.
    """
    row = locked(upload)
    if row.state != UploadState.WRITING:
        return
    if not Upload.objects.visible_to(row.sent_by).filter(pk=row.pk).exists():
        finish(row, UploadState.FAILED, problem=NOT_ANY_MORE)
        return
    lock_places(row)
    if planned is None or last_entry() != since:
        planned = plan_upload(row)
    if planned.fingerprint != row.fingerprint:
        show(row, planned, NO_LONGER)
        return
    written = write(row, planned, today())
    left = refused_rows(row, planned)
    finish(row, UploadState.DONE, written=packed(written), cells=left, counts=told(row, planned))
    record(row.sent_by, "imported", row, **where(row, planned), **row.counts)


def told(upload: Upload, planned: Planned) -> dict[str, int]:
    """What was done, in numbers."""
    return planned.counts | ({"left": len(upload.leavers)} if upload.leavers else {})


def where(upload: Upload, planned: Planned) -> dict:
    """Whose history has it: the partnership's, or the agency's where it is about one."""
    if upload.partnership_id:
        return {"partnership": upload.partnership}
    items = (getattr(noted.item, "staff_member", noted.item) for noted in planned.plan.noted)
    agencies = {item.agency for item in items}
    return {"agency": agencies.pop()} if len(agencies) == 1 else {}


def refused_rows(upload: Upload, planned: Planned) -> bytes:
    """Of the cells only those of rows that were not written: to be mended and sent again."""
    away = {number for number, verdict, _, _ in planned.findings if verdict in (REFUSED, ASKED)}
    table = Table.unpacked(bytes(upload.cells))
    return packed([table.headings, [one for one in table.rows if one[0] in away]]) if away else b""


def finish(upload: Upload, state: UploadState, **fields) -> None:
    new = {"state": state, "finished_at": timezone.now(), **fields}
    for name, value in new.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(new))


# --- Looking after --------------------------------------------------------------------------------


def revive(number: int, now: datetime) -> bool | None:
    """Whether silent work is to be taken up again; None when there is nothing left to look after."""
    return taken_up(Upload.objects.filter(state__in=WORKING), number, now, give_up)


def give_up(row: Upload) -> None:
    """What was interrupted too often: nothing of it is written, or all of it is still there."""
    if row.state == UploadState.UNDOING:
        row.state, row.problem = UploadState.DONE, NOT_TAKEN_BACK
        row.save(update_fields=["state", "problem"])
    else:
        finish(row, UploadState.FAILED, problem=GIVEN_UP, tries=row.tries, cells=b"", preview=b"")


def forget_uploads(now: datetime) -> None:
    """What was sent is kept for a day at most; what is needed to take it back, for thirty."""
    old = Upload.objects.filter(sent_at__lt=now - KEPT)
    old.filter(state__in=WAITING).update(state=UploadState.LAPSED, finished_at=now)
    old.exclude(state__in=WORKING).exclude(cells=b"", preview=b"").update(cells=b"", preview=b"", answers={})
    Upload.objects.filter(sent_at__lt=now - UNDOABLE).exclude(written=b"").update(written=b"")
