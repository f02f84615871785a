"""Suggestions from missed duties: found again and again without harm, and handled by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.choices import CONFERENCES, Expectation, MissedKind
from conferences.judging import lines_of, presence
from conferences.models import Attendance, Meeting, MissedDuty
from conferences.quorum import Presence, judge
from conferences.rules import LocalRules, latest
from escalation.actions.raising import raise_escalation
from escalation.choices import SuggestionState, TriggerKind
from escalation.models import Escalation, Suggestion
from escalation.presets import SUGGEST_WITHIN_DAYS, TRIGGERS
from escalation.sides import named_to
from escalation.triggers import Expected, Settings, Suggested, suggested
from partnership.history import record
from partnership.models import Agency, Partnership, User

ATTENDING = frozenset({Expectation.ATTEND, Expectation.BOTH, Expectation.EITHER})


@transaction.atomic
def suggest(*, partnership: Partnership, on: date) -> int:
    """Find what the local triggers suggest from the registers of the last months; gives how many are new.

    Each suggestion has a key made of its facts, so finding it twice changes nothing. Whole quarters
    are read, so that no rate is of a part of one; what is older than the window suggests nothing.
    """
    first = on - timedelta(days=SUGGEST_WITHIN_DAYS)
    meetings = list(
        Meeting.objects.counted().filter(
            partnership=partnership, held_on__lte=on, held_on__gte=quarter_start(first)
        )
    )
    recent = {meeting.pk for meeting in meetings if meeting.held_on > first}
    found = suggested(facts_of(partnership, meetings), settings_of(partnership, on))
    new = [one for one in found if recent & set(one.meetings)]
    new = not_there(partnership, new)
    # In one order, so that two closings at once wait for each other one way only.
    return sum(write(partnership, one) for one in sorted(new, key=lambda o: (o.agency_id, o.key)))


def not_there(partnership: Partnership, found: list[Suggested]) -> list[Suggested]:
    """Those not suggested yet; a row of missed meetings that goes on is the same row."""
    rows = Suggestion.objects.filter(partnership=partnership)
    there = set(rows.values_list("about_id", "key"))
    in_a_row = set(
        rows.filter(trigger=TriggerKind.TWO_RUNNING).values_list("about_id", "meetings")
    )
    return [
        one for one in found
        if (one.agency_id, one.key) not in there
        and not (
            one.trigger == TriggerKind.TWO_RUNNING
            and any((one.agency_id, meeting) in in_a_row for meeting in one.meetings)
        )
    ]


def write(partnership: Partnership, one: Suggested) -> bool:
    """Write a suggestion; False when another closing wrote it in the meantime."""
    row, made = Suggestion.objects.get_or_create(
        partnership=partnership, about_id=one.agency_id, key=one.key,
        defaults={
            "trigger": one.trigger, "sentence": one.sentence[:1000], "grounds": one.grounds,
        },
    )
    if made:
        row.meetings.set(one.meetings)
        record(None, "suggested", row, partnership=partnership, trigger=one.trigger, key=one.key)
    return made


def settings_of(partnership: Partnership, on: date) -> Settings:
    """The local triggers in force on a day; the presets where the partnership set none."""
    rows = list(partnership.triggers.all())
    found = {kind: latest((r for r in rows if r.kind == kind), on) for kind in TriggerKind}

    def of(kind: TriggerKind) -> tuple[bool, int, int]:
        row = found[kind]
        return (row.on, row.number, row.threshold) if row else (True, *TRIGGERS[kind])

    two_on, running, _ = of(TriggerKind.TWO_RUNNING)
    rate_on, least, threshold = of(TriggerKind.RATE)
    return Settings(
        initial=of(TriggerKind.INITIAL)[0],
        running=running if two_on else None,
        least_expected=least if rate_on else None,
        threshold=threshold,
        inquorate=of(TriggerKind.INQUORATE)[0],
    )


def facts_of(partnership: Partnership, meetings: list[Meeting]) -> list[Expected]:
    """Each agency that was expected to attend each meeting, and whether it missed it unexcused."""
    rules = LocalRules.of(partnership)
    lines = lines_of(meetings)
    missed = {
        (row.meeting_id, row.agency_id): bool(row.excused_reason)
        for row in MissedDuty.objects.filter(
            meeting__in=[m.pk for m in meetings], kind=MissedKind.ATTENDANCE
        )
    }
    return [
        expected(meeting, group, missed, rules, lines[meeting.pk])
        for meeting in meetings
        for group in by_agency(lines[meeting.pk])
        if any(line.involved and line.expectation in ATTENDING for line in group)
    ]


def by_agency(lines: list[Attendance]) -> list[list[Attendance]]:
    groups: dict[int, list[Attendance]] = defaultdict(list)
    for line in lines:
        groups[line.agency_id].append(line)
    return list(groups.values())


def expected(
    meeting: Meeting, group: list[Attendance], missed: dict, rules: LocalRules,
    lines: list[Attendance],
) -> Expected:
    agency = group[0].agency
    excused = missed.get((meeting.pk, agency.pk))  # None: not missed
    absent = excused is False
    return Expected(
        meeting.pk, meeting.reference, meeting.kind, meeting.kind in CONFERENCES, meeting.held_on,
        meeting.family_ref, quarter(meeting.held_on), agency.pk, agency.name, absent,
        bool(excused), absent and meeting.quorate is False and would_be_quorate(meeting, agency, rules, lines),
    )


def would_be_quorate(
    meeting: Meeting, agency: Agency, rules: LocalRules, lines: list[Attendance]
) -> bool:
    """Whether the conference would have been quorate had the agency come."""
    rule = rules.quorum(meeting.held_on)
    if rule is None:
        return False
    others = [presence(line) for line in lines if line.agency_id != agency.pk]
    came = Presence(agency.pk, agency.name, agency.sector, True, "attended", "in_person")
    return judge(rule.terms(), [*others, came]).quorate


def quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter(day: date) -> str:
    """The quarter of the financial year in words that read in a sentence: "July to September 2014"."""
    names = {4: "April to June", 7: "July to September", 10: "October to December", 1: "January to March"}
    return f"{names[(day.month - 1) // 3 * 3 + 1]} {day.year}"


def locked(suggestion: Suggestion, by: User) -> Suggestion:
    """The suggestion, locked and still open; who handled it is read only when it is locked."""
    row = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.state != SuggestionState.OPEN:
        raise ValidationError(handled_words(row, by))
    return row


def handled_words(row: Suggestion, reader: User) -> str:
    """Who handled a suggestion and when; by name to their own agency or service only."""
    at = timezone.localtime(row.handled_at)
    who = named_to(reader, row.handled_by, row.partnership_id) if row.handled_by else "the operator"
    return f"Already {row.get_state_display().lower()} by {who} at {at:%H:%M} on {at.day} {at:%B %Y}."


@transaction.atomic
def accept_suggestion(
    *, by: User, suggestion: Suggestion, raised_for: Agency | None, concern: str,
    outcome_wanted: str, urgent: bool = False, now: datetime | None = None,
) -> Escalation:
    """Open the case that is suggested, with agency, grounds and meetings filled in."""
    row = locked(suggestion, by)
    case = raise_escalation(
        by=by, partnership=row.partnership, about=row.about, grounds=row.grounds, concern=concern,
        outcome_wanted=outcome_wanted, raised_for=raised_for, meetings=row.meetings.all(),
        urgent=urgent, now=now,
    )
    handle(row, by, SuggestionState.ACCEPTED, escalation=case)
    return case


@transaction.atomic
def dismiss_suggestion(*, by: User, suggestion: Suggestion, reason: str) -> None:
    """Put a suggestion aside, with the reason."""
    reason = reason_given(reason)
    handle(locked(suggestion, by), by, SuggestionState.DISMISSED, dismiss_reason=reason)


@transaction.atomic
def dismiss_suggestions(
    *, by: User, suggestions: Iterable[Suggestion], reason: str
) -> tuple[list[Suggestion], list[Suggestion]]:
    """Put many aside with one reason; gives those dismissed, and those that were handled meanwhile."""
    reason = reason_given(reason)
    keys = [row.pk for row in suggestions]
    rows = list(Suggestion.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    waiting = [row for row in rows if row.state == SuggestionState.OPEN]
    for row in waiting:
        handle(row, by, SuggestionState.DISMISSED, dismiss_reason=reason)
    return waiting, [row for row in rows if row not in waiting]


def reason_given(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is dismissed."})
    return reason.strip()


def handle(row: Suggestion, by: User, state: str, **fields) -> None:
    row.state, row.handled_at, row.handled_by = state, timezone.now(), by
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    record(by, str(state), row, partnership=row.partnership, key=row.key)
