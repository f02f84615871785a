"""Quoracy, timeliness and the plain counts of a partnership's conferences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

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
    """What fell due in the period, up to the day, and can be judged: held, or not there at all."""
    return [due for due in all_dues(ledger) if not due.register_open]


def dues_waiting(ledger: Ledger) -> list[Due]:
    """What fell due in the period and met on a day, but whose register is still open: stands beside."""
    if not ledger.registers_waiting:
        return []
    return [due for due in all_dues(ledger) if due.register_open]


def all_dues(ledger: Ledger) -> list[Due]:
    """Each partnership by its own rules and its own families."""
    return [due for part in ledger.parts for due in dues_of(part)]


def dues_of(ledger: Ledger) -> list[Due]:
    families: dict[str, list[Event]] = defaultdict(list)
    waiting = [m for m in ledger.registers_waiting if m.state != MeetingState.STOOD_DOWN]
    events = [event(meeting) for meeting in ledger.history]
    events += [replace(event(meeting), held=False, register_open=True) for meeting in waiting]
    events.sort(key=lambda one: one.held_on)
    for one in events:
        if one.family:
            families[one.family].append(one)
    rules = LocalRules.of(ledger.scope.partnership)
    ahead = [event(meeting) for meeting in ledger.initials_ahead]
    judged = [one for one in events if not one.register_open]
    found = initials_due([*judged, *ahead], rules.limit, rules.calendar)
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
            *on_plan(ledger),
            *unknown_timing(ledger),
        ]
    return found


def of_kind(rows: list[MeetingRow], kinds) -> int:
    return sum(m.kind in kinds for m in rows)


def latest_of_families(history: list[MeetingRow]) -> list[MeetingRow]:
    """Each family's latest conference up to the day."""
    latest: dict[str, MeetingRow] = {}
    for meeting in history:
        if meeting.family and meeting.kind in CONFERENCES and meeting.state == MeetingState.HELD:
            latest[meeting.family] = meeting
    return list(latest.values())


def in_category(meeting: MeetingRow, category: Category) -> int:
    """How many children of a conference are on a plan under a category."""
    return getattr(meeting, f"plan_{category.value.lower()}")


def on_plan(ledger: Ledger) -> list[Count]:
    """Children and families on a plan: from each family's latest conference up to the day."""
    last = [meeting for part in ledger.parts for meeting in latest_of_families(part.history)]
    found = [
        Count("children_on_plan", "Children on a plan at the end", sum(m.on_plan for m in last)),
        Count("families_on_plan", "Families with a child on a plan at the end",
              sum(m.on_plan > 0 for m in last)),
    ]
    for category in Category:
        children = sum(in_category(m, category) for m in last)
        found.append(
            Count(f"on_plan_{category.value}", f"On a plan: {category.label.lower()}", children)
        )
    return found


def unknown_timing(ledger: Ledger) -> list[Count]:
    """What timeliness cannot judge: no strategy discussion, no conference before, an open register."""
    return [
        Count("timing_register_open", "Reviews and first core groups that were due and met, with their "
              "register open", len(dues_waiting(ledger))),
        Count("initials_without_strategy_discussion", "Initial conferences without a strategy "
              "discussion date", len(without_discussion(ledger))),
        Count("reviews_without_predecessor", "Reviews whose conference before is not known",
              len(without_predecessor(ledger))),
    ]


def without_discussion(ledger: Ledger) -> list[MeetingRow]:
    """Initial conferences of the period without the date of their strategy discussion."""
    initials = [m for m in ledger.conferences if m.kind in INITIALS]
    return [m for m in initials if m.strategy_discussion_on is None]


def without_predecessor(ledger: Ledger) -> list[MeetingRow]:
    """Reviews of the period of whose family no conference before is known."""
    return [meeting for part in ledger.parts for meeting in first_reviews(part)]


def first_reviews(ledger: Ledger) -> list[MeetingRow]:
    seen, found = set(), []
    for meeting in ledger.history:
        if meeting.is_conference and meeting.state == MeetingState.HELD:
            new = meeting.family not in seen or not meeting.family
            if new and meeting.kind not in FIRST and meeting.held_on in ledger.period:
                found.append(meeting)
            seen.add(meeting.family)
    return found
