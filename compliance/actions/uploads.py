"""Spreadsheets that were sent: taken in, given up, taken back. Each row's own history is its action's."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from compliance.models import WAITING, Upload, UploadKind, UploadState
from compliance.uploads.columns import columns_of
from compliance.uploads.working import UNDOABLE, finish, locked
from compliance.uploads.writing import lock_places, take_back
from partnership.built_on import BuiltOn
from partnership.history import record
from partnership.models import Partnership, User
from partnership.uploads.columns import matched
from partnership.uploads.tables import Table, heading, unpacked

TOO_LATE = "It is written already. Take it back instead, if that is what you want."


@transaction.atomic
def send_upload(
    *, by: User, kind: str, name: str, table: Table, partnership: Partnership | None = None,
    full_list: bool = False,
) -> Upload:
    """Take in what somebody sent: its cells, and which heading seems to stand for what."""
    row = Upload(
        sent_by=by, kind=kind, partnership=partnership, name=heading(name)[:80] or "file",
        full_list=full_list and kind == UploadKind.STAFF, rows=len(table.rows), cells=table.packed(),
        columns=matched(table.headings, columns_of(kind)),
    )
    row.full_clean(exclude=["columns", "answers", "leavers", "counts"])
    row.save()
    record(by, "sent", row, partnership=partnership, rows=row.rows)
    return row


@transaction.atomic
def cancel_upload(*, by: User, upload: Upload) -> bool:
    """Give it up: nothing is written, and nothing of it is kept. False when it was over already."""
    row = locked(upload)
    if row.state == UploadState.DONE:
        raise ValidationError(TOO_LATE)
    if row.state not in (*WAITING, UploadState.WRITING):
        return False
    finish(row, UploadState.CANCELLED, cells=b"", preview=b"", answers={})
    record(by, "cancelled", row, partnership=row.partnership)
    return True


def undo_upload(*, by: User, upload: Upload) -> bool:
    """Take back all that an upload wrote, as one act, while nothing rests on it."""
    try:
        return take_all_back(by, upload)
    except (IntegrityError, ProtectedError):
        raise BuiltOn(
            "Something rests on what was imported by now, so it can no longer be taken back as a whole."
        ) from None


@transaction.atomic
def take_all_back(by: User, upload: Upload) -> bool:
    row = locked(upload)
    if row.state == UploadState.UNDONE:
        return False
    if row.state != UploadState.DONE or not row.written or timezone.now() - row.sent_at > UNDOABLE:
        raise ValidationError("This can no longer be taken back.")
    lock_places(row)
    take_back(row, by, *unpacked(bytes(row.written)))
    now = timezone.now()
    finish(
        row, UploadState.UNDONE, written=b"", cells=b"", preview=b"", finished_at=now, undone_at=now,
        undone_by=by,
    )
    record(by, "taken back", row, partnership=row.partnership, **row.counts)
    return True
