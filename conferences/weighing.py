"""What a proposed rule would change: judged again in memory, and nothing of it written.

The last twelve months up to the last closed register are weighed; what was judged stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Max

from conferences.choices import COUNTED, FIRST, MeetingKind, MeetingState, Timed
from conferences.judging import lines_of, presence
from conferences.models import Attendance, ExpectationRule, Meeting
from conferences.quorum import Terms, judge
from conferences.rules import LocalRules
from conferences.timescales import (
    Due,
    Event,
    Limit,
    first_core_groups_due,
    initials_due,
    reviews_due,
)
from partnership.models import Partnership


@dataclass(frozen=True, slots=True)
class Window:
    """The year up to the last closed register."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def window(partnership: Partnership) -> Window | None:
    """None where no register was closed yet."""
    rows = Meeting.objects.counted().filter(partnership=partnership)
    last = rows.aggregate(on=Max("held_on"))["on"]
    return Window(last - relativedelta(years=1) + relativedelta(days=1), last) if last else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One meeting as it was judged and as the proposed rule would have it."""

    meeting: Meeting
    before: bool
    after: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """How many there are, how many are met under the old and the new rule, and which differ."""

    total: int
    before: int
    after: int
    differ: list[Any]


NOTHING = Weighed(0, 0, 0, [])


def weigh(verdicts: Iterable[Any]) -> Weighed:
    found = list(verdicts)
    return Weighed(
        len(found), sum(v.before for v in found), sum(v.after for v in found),
        [v for v in found if v.before != v.after],
    )


# --- Quorum ---------------------------------------------------------------------------------------


def weigh_quorum(partnership: Partnership, terms: Terms) -> Weighed:
    """The closed conferences of the last twelve months under other terms.

    One that was stood down stays so: nobody can say who would have come.
    """
    days = window(partnership)
    if days is None:
        return NOTHING
    rows = Meeting.objects.counted().conferences().filter(
        partnership=partnership, held_on__gte=days.first, held_on__lte=days.last,
        quorate__isnull=False,
    )
    meetings = list(rows.order_by("-held_on", "reference"))
    lines = lines_of(meetings)
    return weigh(verdict(meeting, lines[meeting.pk], terms) for meeting in meetings)


def verdict(meeting: Meeting, lines: list[Attendance], terms: Terms) -> Verdict:
    if meeting.state == MeetingState.STOOD_DOWN:
        return Verdict(meeting, False, False, meeting.quorum_sentence)
    found = judge(terms, [presence(line) for line in lines])
    return Verdict(meeting, bool(meeting.quorate), found.quorate, found.sentence)


# --- Expectations ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """A line of an open register and what it is to expect instead."""

    line: Attendance
    before: str
    after: str


def expected_anew(
    partnership: Partnership, before: LocalRules, after: LocalRules, since: date
) -> list[ExpectedChange]:
    """The lines of open registers from a day on that the rules expect something else of.

    A line that already differed from the rules was set so by a person, and stays.
    """
    rows = Attendance.objects.filter(
        meeting__partnership=partnership, meeting__closed_at=None, meeting__held_on__gte=since
    ).exclude(meeting__state=MeetingState.CANCELLED)
    found = []
    for line in rows.select_related("meeting", "agency").order_by("meeting__held_on", "pk"):
        asked = (line.agency_id, line.meeting.kind, line.meeting.held_on)
        old, new = before.expectation(*asked), after.expectation(*asked)
        if old != new and line.expectation == old:
            found.append(ExpectedChange(line, old, new))
    return found


def with_expectation(rules: LocalRules, row: ExpectationRule) -> LocalRules:
    """The rules with one expectation more, in place of the version that begins on the same day."""
    asked = (row.agency_id, row.kind, row.effective_from)
    others = [r for r in rules.expectations if (r.agency_id, r.kind, r.effective_from) != asked]
    return replace(rules, expectations=[*others, row])


def without(rules: LocalRules, row: ExpectationRule) -> LocalRules:
    """The rules once a version is taken away: the one that ended for it goes on."""
    left = [copy(r) for r in rules.expectations if r.pk != row.pk]
    for r in left:
        same = (r.agency_id, r.kind) == (row.agency_id, row.kind)
        if same and r.effective_until == row.effective_from:
            r.effective_until = row.effective_until
    return replace(rules, expectations=left)


def ending(rules: LocalRules, pk: int, on: date) -> LocalRules:
    """The rules with one expectation ended, and none before it coming back."""
    ended = next(row for row in rules.expectations if row.pk == pk)
    gone = [
        row for row in rules.expectations
        if (row.agency_id, row.kind) == (ended.agency_id, ended.kind) and row.effective_from < on
    ]
    return replace(rules, expectations=[row for row in rules.expectations if row not in gone])


def lines_expecting_otherwise(
    partnership: Partnership, rules: LocalRules, row: ExpectationRule
) -> tuple[int, int]:
    """Of the lines of the last twelve months that a proposed rule would be about: how many there
    were, and how many expected something else. For information: they stay."""
    days = window(partnership)
    if days is None:
        return 0, 0
    meetings = Meeting.objects.counted().conferences().filter(
        partnership=partnership, held_on__gte=days.first, held_on__lte=days.last
    )
    # The same agency and kind come again and again: the rules are asked once for each.
    asked = Attendance.objects.filter(meeting__in=meetings).values_list(
        "agency_id", "meeting__kind", "expectation"
    ).annotate(number=Count("pk")).order_by()
    about = [
        (expectation, number) for agency, kind, expectation, number in asked
        if rules.expectation_rule(agency, kind, row.effective_from) is row
    ]
    otherwise = sum(number for expectation, number in about if expectation != row.expectation)
    return sum(number for _, number in about), otherwise


# --- Timescales -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timing:
    """One meeting (or invitation) by the old limit and by the new."""

    meeting_id: int
    before: bool
    after: bool
    due_before: date | None = None
    due_after: date | None = None
    held_on: date | None = None
    agency: str = ""


def weigh_timescale(partnership: Partnership, what: str, limit: Limit) -> Weighed:
    """What fell due in the last twelve months by the limits of its day, and by another limit."""
    days = window(partnership)
    if days is None:
        return NOTHING
    rules = LocalRules.of(partnership)
    if what == Timed.NOTICE:
        return weigh(notices(partnership, rules, limit, days))
    families = events_of(partnership, days.last)
    before = dues(families, what, rules.limit, rules)
    after = dues(families, what, lambda *_: limit, rules)
    return weigh(
        Timing(due.after, due.in_time, after[key].in_time, due.due_on, after[key].due_on, due.held_on)
        for key, due in before.items()
        if due.due_on in days and not due.register_open
    )


def events_of(partnership: Partnership, last: date) -> list[list[Event]]:
    """The meetings of each family in their order; each without a family by itself.

    A meeting whose register is still open took place, and cannot be judged.
    """
    families: dict[Any, list[Event]] = defaultdict(list)
    meetings = Meeting.objects.filter(partnership=partnership, held_on__lte=last)
    waiting = meetings.open_registers(last).exclude(state=MeetingState.STOOD_DOWN)
    rows = (meetings.counted() | waiting.filter(kind__in=sorted(COUNTED))).distinct()
    for m in rows.order_by("held_on", "reference"):
        families[m.family_ref or m.pk].append(Event(
            m.pk, m.family_ref, m.kind, m.held_on,
            m.state == MeetingState.HELD and not m.register_open, m.children,
            m.children_on_plan_after, m.strategy_discussion_on, register_open=m.register_open,
        ))
    return list(families.values())


def dues(
    families: list[list[Event]], what: str, limits: Callable[..., Limit], rules: LocalRules
) -> dict[int, Due]:
    """What fell due by one timescale, by the meeting that it followed."""
    kinds = {event.meeting_id: event.kind for family in families for event in family}
    found: list[Due] = []
    for family in families:
        if what == Timed.INITIAL:
            judged = [event for event in family if not event.register_open]
            found += initials_due(judged, limits, rules.calendar)
        elif what == Timed.FIRST_CORE_GROUP and family[0].family:
            found += first_core_groups_due(family, limits, rules.calendar)
        elif what == Timed.NEXT_CORE_GROUP and family[0].family:
            found += next_core_groups(family, limits, rules)
        elif what in (Timed.FIRST_REVIEW, Timed.LATER_REVIEW) and family[0].family:
            first = what == Timed.FIRST_REVIEW
            reviews = reviews_due(family, limits, rules.calendar)
            found += [due for due in reviews if (kinds[due.after] in FIRST) is first]
    return {due.after: due for due in found}


def next_core_groups(
    family: list[Event], limits: Callable[..., Limit], rules: LocalRules
) -> list[Due]:
    """Each core group that was followed by another: whether it was within the weeks."""
    held = [event for event in family if event.kind == MeetingKind.CORE_GROUP and event.held]
    return [
        Due(
            "next_core_group", one.meeting_id,
            limits(Timed.NEXT_CORE_GROUP, one.held_on).due(one.held_on, rules.calendar),
            after.held_on, one.children, after.meeting_id,
        )
        for one, after in pairwise(held)
    ]


def notices(
    partnership: Partnership, rules: LocalRules, limit: Limit, days: Window
) -> list[Timing]:
    """The dated invitations: in time as they were judged, and by another notice."""
    rows = Attendance.objects.filter(
        meeting__in=Meeting.objects.counted().filter(
            partnership=partnership, held_on__gte=days.first, held_on__lte=days.last
        ),
        invited_on__isnull=False,
    )
    found = []
    for line in rows.select_related("meeting", "agency").order_by("-meeting__held_on", "pk"):
        late = not line.in_room_when_dated and rules.later_than(
            limit, line.invited_on, line.meeting.held_on
        )
        found.append(Timing(
            line.meeting_id, not line.late_invitation, not late, held_on=line.meeting.held_on,
            agency=line.agency.name,
        ))
    return found
