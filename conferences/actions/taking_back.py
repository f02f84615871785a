"""Meetings, lines and expectations that an import brought, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from conferences.actions.rule_mistakes import remove_rule
from conferences.actions.rules import judged_up_to
from conferences.models import Attendance, ExpectationRule, Meeting
from partnership.built_on import AS_A_WHOLE, BuiltOn, chunks, held_for_taking, refuse_built_on
from partnership.dated import locked_place
from partnership.history import entry, record_all
from partnership.models import User
from partnership.spreadsheets import spoken

CLOSED = "The register of {} is closed, so the import can no longer be taken back as a whole."


@transaction.atomic
def take_back_meetings(*, by: User | None, meetings: Iterable[int], since: int) -> int:
    """Take away meetings that an import brought, while nothing rests on them; gives how many."""
    keys = sorted(meetings)
    rows = locked_meetings(keys)
    if len(rows) < len(keys):
        raise BuiltOn("Some of these meetings are no longer there.")
    for some in chunks(keys):
        line = Attendance.objects.filter(meeting__in=some).select_related("meeting").first()
        if line:
            raise BuiltOn(
                f"{line.meeting} has lines on its register, so the import can no longer be taken back "
                "as a whole."
            )
    refuse_built_on(Meeting, keys, since)
    record_all(
        entry(by, "taken back", row, partnership=row.partnership, kind=row.kind, held_on=row.held_on)
        for row in rows
    )
    for some in chunks(keys):
        Meeting.objects.filter(pk__in=some).delete()
    return len(rows)


def locked_meetings(keys: Iterable[int]) -> list[Meeting]:
    """Meetings under their lock, in one order; refused when a register among them is closed."""
    rows = [
        row for some in chunks(keys)
        for row in Meeting.objects.select_for_update(of=("self",)).filter(pk__in=some)
        .select_related("partnership").order_by("pk")
    ]
    for row in rows:
        if row.closed_at:
            raise BuiltOn(CLOSED.format(row.reference))
    return rows


@transaction.atomic
def take_back_lines(*, by: User | None, lines: Iterable[int], since: int) -> int:
    """Take away lines that an import brought, of registers that are still open; gives how many."""
    keys = sorted(lines)
    where = [
        row for some in chunks(keys)
        for row in Attendance.objects.filter(pk__in=some).values_list("meeting", flat=True)
    ]
    locked_meetings(set(where))
    there = Attendance.objects.select_related("meeting__partnership", "agency", "staff_member")
    rows = held_for_taking(there, keys, "lines")
    refuse_built_on(Attendance, keys, since)
    record_all(
        entry(
            by, "taken back", row, partnership=row.meeting.partnership, agency=row.agency,
            staff_member=row.staff_member, outcome=row.outcome,
        )
        for row in rows
    )
    for some in chunks(keys):
        Attendance.objects.filter(pk__in=some).delete()
    return len(rows)


@transaction.atomic
def take_back_expectations(*, by: User | None, rules: Iterable[int], since: int) -> int:
    """Take away what an import expects of agencies, while no register was judged by it; gives how many.

    Lines of open registers carry again what is expected without it.
    """
    keys = sorted(rules)
    there = ExpectationRule.objects.select_related("partnership", "agency")
    places = {row.partnership for some in chunks(keys) for row in there.filter(pk__in=some)}
    for place in sorted(places, key=lambda one: one.pk):
        locked_place(place)  # before its rules: whoever changes one goes the same way
    rows = held_for_taking(there, keys, "expectations")
    refuse_built_on(ExpectationRule, keys, since)
    for row in rows:
        refuse_judged(row)
        remove_rule(by=by, rule=row)
    return len(rows)


def refuse_judged(rule: ExpectationRule) -> None:
    last = judged_up_to(rule.partnership, rule.agency)
    if last and last >= rule.effective_from:
        raise BuiltOn(
            f"A register of {spoken(last)} is closed and judged by what is expected of "
            f"{rule.agency or 'every agency'}, {AS_A_WHOLE}"
        )
