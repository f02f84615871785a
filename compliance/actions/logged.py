"""The board's actions: logged, changed, carried over, reported done, signed off, opened again.

The board logs, changes and closes; the owner's lead says how it goes and that it is done. Each act
leaves a step, so that the page of an action tells what happened in order.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from compliance.actions.telling import tell_owner
from compliance.models import Action, ActionSource, ActionStep, IssuedReport, StepKind
from compliance.period import Period
from partnership.history import changed, record, save_new
from partnership.models import Agency, Partnership, User
from partnership.spreadsheets import spoken
from partnership.stale import ChangedSince, refuse_when_changed

SENT_TWICE = timedelta(minutes=30)
FURTHEST = timedelta(days=2 * 366)
ASKED_SEEN = ("asked", "owner_id", "owner_title")
DATE_SEEN = ("due_on",)


@transaction.atomic
def log_action(
    *, by: User | None, partnership: Partnership, asked: str, owner: Agency, due_on: date, source: str,
    owner_title: str = "", now: datetime | None = None, **beside: Any,
) -> Action:
    """Give an agency something to do, under the partnership's next number.

    ``beside`` is what belongs to the source: the agency and period of a report, the day of a
    meeting, a measure or an escalation. A form that was sent twice makes one action.
    """
    now = now or timezone.now()
    # The lock under which numbers are given: no two alike, and none left out.
    place = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    check_agency(place, owner, "owner")
    check_agency(place, beside.get("about"), "about")
    check_due(due_on, now)
    case = beside.get("escalation")
    if case and case.partnership_id != place.pk:
        raise ValidationError({"escalation": f"Choose an escalation of {place}."})
    row = Action(
        partnership=place, asked=asked.strip(), owner=owner, owner_title=owner_title, due_on=due_on,
        source=source, logged_at=now, logged_by=by, **beside,
    )
    row.clean()
    if there := logged_just_now(row, **beside):
        return there
    row.number, row.report = next_number(place), issued_report(row)
    # Which escalation is for those who may see it: the history says only that it is from one.
    save_new(
        row, by, "logged", **where(row), owner=owner, owner_title=owner_title, due_on=due_on,
        source=source,
    )
    tell_owner(row, "an action is yours")
    return row


def logged_just_now(row: Action, **beside: Any) -> Action | None:
    """The same words for the same agency by the same person, minutes ago."""
    if row.logged_by is None:
        return None
    return Action.objects.filter(
        partnership=row.partnership, owner=row.owner, asked=row.asked, due_on=row.due_on,
        source=row.source, logged_by=row.logged_by, logged_at__gte=row.logged_at - SENT_TWICE,
        **{name: getattr(row, name) for name in beside},
    ).first()


def issued_report(row: Action) -> IssuedReport | None:
    """The version of the report that an action comes from, where one was issued."""
    if row.source != ActionSource.REPORT:
        return None
    # unscoped: the caller decided on the partnership and the agency
    versions = IssuedReport.objects.of(row.partnership, row.about, Period.parse(row.period))
    return versions.light().order_by("-version").first()


def next_number(place: Partnership) -> str:
    """BF-A-001: the partnership's next; the caller holds its lock."""
    start = f"{place.code}-A-"
    rows = place.actions.order_by(Length("number").desc(), "-number")  # 1000 comes after 999
    last = rows.values_list("number", flat=True).first()
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03}"


def check_agency(place: Partnership, agency: Agency | None, field: str) -> None:
    if agency and not place.agencies.filter(pk=agency.pk).exists():
        raise ValidationError({field: f"{agency} is not an agency of {place}."})


def check_due(due_on: date, now: datetime) -> None:
    day = timezone.localdate(now)
    if due_on < day:
        raise ValidationError({"due_on": "This day is past. Give one that is still to come."})
    if due_on > day + FURTHEST:
        raise ValidationError({"due_on": "This is more than two years ahead. Check the year."})


def where(row: Action) -> dict[str, Any]:
    return {"partnership": row.partnership, "agency": row.owner}


def locked(action: Action) -> Action:
    """The action, its row locked: of two people who press at once, one waits here."""
    Action.objects.select_for_update().only("pk").get(pk=action.pk)
    rows = Action.objects.select_related("partnership", "owner", "done_by", "closed_by")
    return rows.get(pk=action.pk)


def refuse_when_closed(row: Action) -> None:
    if row.closed_at:
        raise ChangedSince(f"{row} was closed on {spoken(timezone.localdate(row.closed_at))}. Open it again first.")


def refuse_when_done(row: Action) -> None:
    refuse_when_closed(row)
    if row.done_at:
        raise ChangedSince(f"{row} was reported done on {spoken(timezone.localdate(row.done_at))}: close it or open it again.")


def step(
    row: Action, by: User | None, kind: StepKind, text: str, now: datetime, **more: Any
) -> ActionStep:
    """Write what happened; the caller writes the history."""
    found = ActionStep(action=row, kind=kind, taken_at=now, taken_by=by, text=text.strip(), **more)
    found.full_clean()
    found.save()
    return found


def said_just_now(row: Action, by: User | None, kind: StepKind, text: str, now: datetime) -> ActionStep | None:
    """The same step by the same person, minutes ago: a form that was sent twice."""
    if by is None:
        return None
    since = now - SENT_TWICE
    last = row.steps.filter(taken_at__gte=since).order_by("taken_at", "pk").last()
    same = last and (last.taken_by_id, last.kind, last.text) == (by.pk, kind, text.strip())
    return last if same else None


def save(row: Action, **new: Any) -> None:
    for name, value in new.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=list(new))


@transaction.atomic
def change_action(
    *, by: User | None, action: Action, asked: str, owner: Agency, owner_title: str, seen: str = ""
) -> bool:
    """Put right what is asked and whose it is; False when nothing differs. A new owner is told."""
    row = locked(action)
    refuse_when_closed(row)
    check_agency(row.partnership, owner, "owner")
    new = {"asked": asked.strip(), "owner": owner, "owner_title": owner_title}
    differs = changed(row, **new)
    if not differs:
        return False
    refuse_when_changed(row, seen, ASKED_SEEN)
    before = row.owner
    save(row, **{name: new[name] for name in differs})
    record(by, "changed", row, **where(row), **differs)
    if row.owner != before:
        tell_owner(row, "an action is yours")
    return True


@transaction.atomic
def note_progress(
    *, by: User | None, action: Action, text: str, by_owner: bool = False, now: datetime | None = None
) -> ActionStep:
    """Write how it goes, for the owner or for the board."""
    now = now or timezone.now()
    row = locked(action)
    if there := said_just_now(row, by, StepKind.PROGRESS, text, now):
        return there
    refuse_when_closed(row)
    found = step(row, by, StepKind.PROGRESS, text, now, by_owner=by_owner)
    record(by, "noted progress", row, **where(row))
    return found


@transaction.atomic
def report_done(
    *, by: User | None, action: Action, text: str, now: datetime | None = None
) -> ActionStep:
    """Say for the owner that it is done; the board closes it, or opens it again."""
    now = now or timezone.now()
    row = locked(action)
    if there := said_just_now(row, by, StepKind.DONE, text, now):
        return there
    refuse_when_done(row)
    found = step(row, by, StepKind.DONE, text, now, by_owner=True)
    save(row, done_at=now, done_by=by)
    record(by, "reported done", row, **where(row))
    return found


@transaction.atomic
def move_due(
    *, by: User | None, action: Action, due_on: date, reason: str, seen: str = "",
    now: datetime | None = None,
) -> ActionStep:
    """Move the due day, with the reason; to a later one it is carried over, which is counted."""
    now = now or timezone.now()
    row = locked(action)
    if row.due_on == due_on and (there := said_just_now(row, by, StepKind.MOVED, reason, now)):
        return there
    refuse_when_done(row)
    refuse_when_changed(row, seen, DATE_SEEN)
    if row.due_on == due_on:
        raise ValidationError({"due_on": f"It is due on {spoken(due_on)} already. Give another day."})
    check_due(due_on, now)
    before = row.due_on
    found = step(row, by, StepKind.MOVED, reason, now, from_on=before, to_on=due_on)
    save(row, due_on=due_on)
    record(by, "moved date", row, **where(row), due_on=[before, due_on], reason=reason)
    tell_owner(row, "its date was moved")
    return found


@transaction.atomic
def close_action(
    *, by: User | None, action: Action, outcome: str, now: datetime | None = None
) -> ActionStep:
    """Sign it off for the board: the outcome, by whom and when."""
    now = now or timezone.now()
    row = locked(action)
    if there := said_just_now(row, by, StepKind.CLOSED, outcome, now):
        return there
    refuse_when_closed(row)
    found = step(row, by, StepKind.CLOSED, outcome, now)
    save(row, closed_at=now, closed_by=by, outcome=outcome.strip())
    record(by, "closed", row, **where(row), outcome=row.outcome)
    tell_owner(row, "it is closed")
    return found


@transaction.atomic
def reopen_action(
    *, by: User | None, action: Action, reason: str, now: datetime | None = None
) -> ActionStep:
    """Open again what was closed or reported done too soon; its outcome stays among the steps."""
    now = now or timezone.now()
    row = locked(action)
    if there := said_just_now(row, by, StepKind.REOPENED, reason, now):
        return there
    if not (row.closed_at or row.done_at):
        raise ChangedSince(f"{row} is open already.")
    found = step(row, by, StepKind.REOPENED, reason, now)
    before = row.state(timezone.localdate(now))
    save(row, done_at=None, done_by=None, closed_at=None, closed_by=None, outcome="")
    record(by, "opened again", row, **where(row), state=[before.label, "Open"], reason=reason)
    tell_owner(row, "it is open again")
    return found
