"""Spreadsheets that were sent: taken in, given up, taken back. Each row's own history is its action's."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import WAITING, Upload, UploadKind, UploadState
from compliance.uploads import extract
from compliance.uploads.columns import columns_of
from compliance.uploads.undoing import undo
from compliance.uploads.working import finish, locked
from partnership.history import record
from partnership.models import Partnership, User
from partnership.uploads.columns import matched
from partnership.uploads.tables import Table, heading

TOO_LATE = "It is written already. Take it back instead, if that is what you want."


@transaction.atomic
def send_upload(
    *, by: User, kind: str, name: str, table: Table, partnership: Partnership | None = None,
    full_list: bool = False, closes: bool = False,
) -> Upload:
    """Take in what somebody sent: its cells, and which heading seems to stand for what."""
    columns = columns_of(kind)
    places = matched(table.headings, columns)
    if kind == UploadKind.EXTRACT:
        extract.refuse_unfit(table)
        table, places = extract.kept_only(table, places, columns)
    row = Upload(
        sent_by=by, kind=kind, partnership=partnership, name=heading(name)[:80] or "file",
        full_list=full_list and kind == UploadKind.STAFF, closes=closes and kind == UploadKind.ATTENDANCE,
        rows=len(table.rows), cells=table.packed(), columns=places,
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
    return undo(upload, by)
