"""Carrying out a plan, and taking back what it wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from compliance.models import Upload, UploadKind
from compliance.uploads.planning import Planned
from compliance.uploads.set_up import take_back_set_up, write_set_up
from conferences import actions as conferences
from conferences.imports import carry_out_attendance
from conferences.models import Attendance, ExtractLine, Meeting
from partnership import actions as partnerships
from partnership.built_on import BuiltOn, chunks
from partnership.history import plain
from partnership.models import Agency, HistoryEntry, Partnership, StaffMember, User
from partnership.plans import CHANGED
from partnership.roles import Permission
from training.actions import import_records, take_back_records

Changes = list[tuple[models.Model, dict[str, Any]]]


def lock_places(upload: Upload) -> None:
    """Two imports into one place come one after the other; single acts are not held up by it."""
    if upload.partnership_id:
        rows = Partnership.objects.filter(pk=upload.partnership_id)
    else:
        rows = Agency.objects.within_reach(upload.sent_by, Permission.MANAGE_STAFF)
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))


def write(upload: Upload, planned: Planned, on: date) -> list:
    """Write what a plan holds; gives what is needed to take it back."""
    by, plan, lists = upload.sent_by, planned.plan, []
    before = [
        [noted.item.pk, {name: stored(old) for name, (old, _) in noted.differences.items()}]
        for noted in plan.noted if noted.verdict == CHANGED
    ]
    if upload.kind == UploadKind.STAFF:
        leaving = [person for person in planned.missing if person.pk in set(upload.leavers)]
        before += [[person.pk, {"left_on": stored(person.left_on)}] for person in leaving]
        changed = [*plan.changed, *((person, {"left_on": upload.left_on}) for person in leaving)]
        partnerships.import_staff(by=by, new=plan.new, changed=changed)
        lists = note_full_list(by, plan, on) if upload.full_list else []
    elif upload.kind == UploadKind.TRAINING:
        import_records(by=by, new=plan.new)
    elif upload.kind == UploadKind.MEETINGS:
        conferences.import_meetings(by=by, meetings=plan.new, lines=())
        for meeting, fields in plan.changed:
            conferences.change_meeting(by=by, meeting=meeting, **fields)
    elif upload.kind == UploadKind.ATTENDANCE:
        carry_out_attendance(plan, by)
        conferences.close_registers(by=by, meetings=planned.closing, tell=False)
    elif upload.kind == UploadKind.EXTRACT:
        conferences.import_extract(by=by, new=plan.new, changed=plan.changed)
    else:
        made, with_them = write_set_up(upload, plan)
        return [made, [], with_them, last_entry()]
    return [[row.pk for row in plan.new], before, lists, last_entry()]


def note_full_list(by: User | None, plan: Any, on: date) -> list:
    """The date of the last full list is printed on the agency's report; gives what it was before."""
    agencies = Agency.objects.filter(pk__in={noted.item.agency_id for noted in plan.noted})
    before = [[agency.pk, stored(agency.staff_list_on)] for agency in agencies.order_by("pk")]
    for agency in agencies.order_by("pk"):
        partnerships.note_staff_list(by=by, agency=agency, on=on)
    return before


def last_entry() -> int:
    return HistoryEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def stored(value: Any) -> Any:
    """A value as it can be put back: rows by their numbers."""
    return value.pk if isinstance(value, models.Model) else plain(value)


# --- Taking back ----------------------------------------------------------------------------------


def take_back(
    upload: Upload, by: User, made: list[int], before: list, lists: list, since: int
) -> None:
    """Put back what was changed, and take away what was made, while nothing rests on it.

    ``lists`` are the dates of staff lists; or the keys of what came with the rows of the file.
    """
    if upload.kind == UploadKind.STAFF:
        partnerships.import_staff(by=by, new=(), changed=restored(StaffMember, before, since))
        partnerships.take_back_staff(by=by, staff=made, since=since)
        for agency, fields in restored(Agency, [[key, {"staff_list_on": on}] for key, on in lists]):
            partnerships.note_staff_list(by=by, agency=agency, on=fields["staff_list_on"])
    elif upload.kind == UploadKind.TRAINING:
        take_back_records(by=by, records=made, since=since)
    elif upload.kind == UploadKind.MEETINGS:
        for meeting, fields in restored(Meeting, before, since):
            conferences.change_meeting(by=by, meeting=meeting, **fields)
        conferences.take_back_meetings(by=by, meetings=made, since=since)
    elif upload.kind == UploadKind.EXTRACT:
        conferences.import_extract(by=by, new=(), changed=restored(ExtractLine, before, since))
        conferences.take_back_extract(by=by, lines=made, since=since)
    elif upload.kind == UploadKind.ATTENDANCE:
        for line, fields in restored(Attendance, before, since):
            conferences.record_attendance(by=by, line=line, **fields)
        conferences.take_back_lines(by=by, lines=made, since=since)
    else:
        take_back_set_up(upload, by, made, lists, since)


def restored(model: type[models.Model], before: list, since: int | None = None) -> Changes:
    """The rows that were changed, each with what stood there.

    Refused when one was changed after the entry ``since``; without it nothing is asked.
    """
    wanted: dict[int, dict[str, Any]] = {}
    for key, fields in before:
        wanted.setdefault(key, {}).update(fields)
    if since is not None:
        refuse_changed_since(model, wanted, since)
    rows = [row for some in chunks(wanted) for row in model._base_manager.filter(pk__in=some)]
    return [(row, {name: as_field(model, name, value) for name, value in wanted[row.pk].items()})
            for row in rows]


def refuse_changed_since(model: type[models.Model], keys: Iterable[int], since: int) -> None:
    for some in chunks(keys):
        last = HistoryEntry.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=some, pk__gt=since
        ).first()
        if last:
            raise BuiltOn(
                f"Somebody changed {last.subject} since, so the import can no longer be taken back as "
                "a whole."
            )


def as_field(model: type[models.Model], name: str, value: Any) -> Any:
    """A kept value as the field holds it."""
    field = model._meta.get_field(name)
    if field.is_relation:
        return field.related_model._base_manager.filter(pk=value).first() if value else None
    return field.to_python(value)
