"""Taking back all that an upload wrote, as one act: at once, or by the worker where it is much."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from compliance.models import Upload, UploadKind, UploadState
from compliance.uploads.working import UNDOABLE, begin, finish, locked
from compliance.uploads.writing import lock_places, take_back
from partnership.built_on import BuiltOn, chunks
from partnership.history import record
from partnership.models import Partnership, StaffMember, User
from partnership.reach import can
from partnership.roles import Permission
from partnership.uploads.tables import unpacked
from training.models import TrainingRecord

TOO_LATE = "This can no longer be taken back."
BEYOND_REACH = "You no longer keep the staff list of every agency that it wrote to, so you cannot take it back."
OF_PEOPLE = {UploadKind.STAFF: StaffMember, UploadKind.TRAINING: TrainingRecord}
NOT_HERE = "You may no longer bring in lists of this kind here, so you cannot take this one back."
NOT_THE_GROUPS = (
    "Role groups came with this list. You may no longer make them or take them away, so you cannot take "
    "the list back."
)
RESTED_ON = "Something rests on what was imported by now, so it can no longer be taken back as a whole."


def ask_undo(upload: Upload) -> bool:
    """Give it to the worker; False when somebody did, or it is taken back already."""
    refuse_too_late(upload)
    return begin(upload, UploadState.UNDOING, (UploadState.DONE,))


def undo(upload: Upload, by: User) -> bool:
    """Take it back; False when it is taken back already. Refused as a whole where something rests on it."""
    try:
        return take_all_back(upload, by)
    except (IntegrityError, ProtectedError):
        raise BuiltOn(RESTED_ON) from None


def undo_or_say(upload: Upload) -> None:
    """What the worker does: it is taken back, or stays as it was and says why."""
    try:
        undo(upload, upload.sent_by)
    except ValidationError as error:
        begin(upload, UploadState.DONE, (UploadState.UNDOING,), problem=" ".join(error.messages)[:400])


@transaction.atomic
def take_all_back(upload: Upload, by: User) -> bool:
    row = locked(upload)
    if row.state == UploadState.UNDONE:
        return False
    refuse_too_late(row)
    lock_places(row)
    made, before, *rest = unpacked(bytes(row.written))
    refuse_beyond_reach(row, by, [*made, *(key for key, _ in before)], rest[0])
    take_back(row, by, made, before, *rest)
    now = timezone.now()
    finish(
        row, UploadState.UNDONE, written=b"", cells=b"", preview=b"", finished_at=now, undone_at=now,
        undone_by=by, problem="",
    )
    record(by, "taken back", row, partnership=row.partnership, **row.counts)
    return True


def refuse_beyond_reach(upload: Upload, by: User, keys: list[int], with_them: list) -> None:
    """Refuse where somebody no longer keeps all that it wrote to: the staff list of an agency of each of
    the people; or the lists of its kind in a partnership, and the role groups that came along."""
    model = OF_PEOPLE.get(upload.kind)
    if model is None:
        refuse_lost(upload, by, with_them)
        return
    reach = model.objects.within_reach(by, Permission.MANAGE_STAFF).values("pk")
    for some in chunks(keys):
        if model.objects.filter(pk__in=some).exclude(pk__in=reach).exists():  # unscoped: what is beyond reach
            raise ValidationError(BEYOND_REACH)


def refuse_lost(upload: Upload, by: User, with_them: list) -> None:
    there = Partnership.objects.within_reach_as_a_whole(by, UploadKind(upload.kind).permission)
    if not there.filter(pk=upload.partnership_id).exists():
        raise ValidationError(NOT_HERE)
    groups = with_them if upload.kind == UploadKind.REQUIREMENTS else ()
    if groups and not can(by, Permission.MANAGE_AGENCIES):
        raise ValidationError(NOT_THE_GROUPS)


def refuse_too_late(upload: Upload) -> None:
    written = upload.state in (UploadState.DONE, UploadState.UNDOING) and upload.written
    if not written or timezone.now() - upload.sent_at > UNDOABLE:
        raise ValidationError(TOO_LATE)
