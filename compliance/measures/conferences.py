"""Quoracy, timeliness and the plain counts of a partnership's conferences."""

from __future__ import annotations

from collections import defaultdict

from compliance.measures.counting import reading, readings_by
from compliance.measures.definitions import QUORACY, TIMELINESS
from compliance.measures.facts import MeetingRow
from compliance.measures.ledger import Ledger
from compliance.scorecard import Basis, Count, Reading
from conferences.choices import CONFERENCES, FIRST, INITIALS, Category, MeetingKind, MeetingState
from conferences.rules import LocalRules
from conferences.timescales import Due, Event, first_core_groups_due, initials_due, reviews_due

WHATS = ("initial", "review", "first_core_group")


def quoracy_readings(ledger: Ledger) -> list[Reading]:
    """Quorate conferences: whole, by half and quarter, by kind."""
    rows = ledger.conferences
    found = [reading(QUORACY, Basis.ALL, rows, lambda m: m.quorate)]
    for dimension, parts in (("half", ledger.period.halves), ("quarter", ledger.period.quarters)):
        for part in parts:
            within = [m for m in rows if m.held_on in part]
            found.append(
                reading(QUORACY, Basis.ALL, within, lambda m: m.quorate, ((dimension, part.name),))
            )
    kinds = [str(kind) for kind in MeetingKind]
    return found + readings_by(
        QUORACY, Basis.ALL, rows, lambda m: m.quorate, "kind", lambda m: m.kind, kinds
    )


def dues(ledger: Ledger) -> list[Due]:
    """What fell due in the period, up to the day."""
    families: dict[str, list[Event]] = defaultdict(list)
    events = [event(meeting) for meeting in ledger.history]
    for one in events:
        if one.family:
            families[one.family].append(one)
    rules = LocalRules.of(ledger.scope.partnership)
    ahead = [event(meeting) for meeting in ledger.initials_ahead]
    found = initials_due([*events, *ahead], rules.limit, rules.calendar)
    for family in families.values():
        found += reviews_due(family, rules.limit, rules.calendar)
        found += first_core_groups_due(family, rules.limit, rules.calendar)
    return [
        due for due in found if due.due_on in ledger.period and due.due_on <= ledger.as_at
    ]


def event(meeting: MeetingRow) -> Event:
    return Event(
        meeting.pk, meeting.family, meeting.kind, meeting.held_on,
        meeting.state == MeetingState.HELD, meeting.children, meeting.on_plan,
        meeting.strategy_discussion_on,
    )


def timeliness_readings(found: list[Due]) -> list[Reading]:
    """In time of due, by meeting and by child."""
    readings = [
        reading(TIMELINESS, Basis.ALL, found, lambda d: d.in_time),
        by_child(found, ()),
    ]
    for what in WHATS:
        rows = [due for due in found if due.what == what]
        readings.append(reading(TIMELINESS, Basis.ALL, rows, lambda d: d.in_time, (("what", what),)))
        readings.append(by_child(rows, (("what", what),)))
    return readings


def by_child(rows: list[Due], by: tuple) -> Reading:
    in_time = sum(due.children for due in rows if due.in_time)
    total = sum(due.children for due in rows)
    return Reading(TIMELINESS.key, Basis.ALL, in_time, total, (*by, ("unit", "child")))


def counts(ledger: Ledger) -> list[Count]:
    """Meetings of the period, and children and families on a plan on the day."""
    held = [m for m in ledger.conferences if m.state == MeetingState.HELD]
    found = [
        Count("conferences", "Conferences held", len(held)),
        Count("initial", "Initial conferences (pre-birth included)", of_kind(held, INITIALS)),
        Count("review", "Review conferences", of_kind(held, {MeetingKind.REVIEW})),
        Count("transfer_in", "Transfer-in conferences", of_kind(held, {MeetingKind.TRANSFER_IN})),
        Count("stood_down", "Conferences stood down for want of a quorum", len(ledger.conferences) - len(held)),
        Count("core_groups", "Core groups held", len(ledger.core_groups)),
    ]
    if ledger.scope.membership is None:
        found += [
            Count("children_considered", "Children considered, summed over conferences",
                  sum(m.children for m in held)),
            Count("exploitation_concerns", "Conferences with an exploitation concern",
                  sum(m.exploitation for m in held)),
            Count("inquorate", "Conferences that were not quorate",
                  sum(not m.quorate for m in ledger.conferences)),
            *on_plan(ledger.history),
            *unknown_timing(ledger),
        ]
    return found


def of_kind(rows: list[MeetingRow], kinds) -> int:
    return sum(m.kind in kinds for m in rows)


def on_plan(history: list[MeetingRow]) -> list[Count]:
    """Children and families on a plan: from each family's latest conference up to the day."""
    latest: dict[str, MeetingRow] = {}
    for meeting in history:
        if meeting.family and meeting.kind in CONFERENCES and meeting.state == MeetingState.HELD:
            latest[meeting.family] = meeting
    last = list(latest.values())
    found = [
        Count("children_on_plan", "Children on a plan at the end", sum(m.on_plan for m in last)),
        Count("families_on_plan", "Families with a child on a plan at the end",
              sum(m.on_plan > 0 for m in last)),
    ]
    for category in Category:
        children = sum(getattr(m, f"plan_{category.value.lower()}") for m in last)
        found.append(
            Count(f"on_plan_{category.value}", f"On a plan: {category.label.lower()}", children)
        )
    return found


def unknown_timing(ledger: Ledger) -> list[Count]:
    """What timeliness cannot judge: no strategy discussion, no conference before."""
    initials = [m for m in ledger.conferences if m.kind in INITIALS]
    seen, orphans = set(), 0
    for meeting in ledger.history:
        if meeting.is_conference and meeting.state == MeetingState.HELD:
            new = meeting.family not in seen or not meeting.family
            if new and meeting.kind not in FIRST and meeting.held_on in ledger.period:
                orphans += 1
            seen.add(meeting.family)
    return [
        Count("initials_without_strategy_discussion", "Initial conferences without a strategy "
              "discussion date", sum(m.strategy_discussion_on is None for m in initials)),
        Count("reviews_without_predecessor", "Reviews whose conference before is not known", orphans),
    ]
