"""What a proposed rule would change, in sentences and rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from conferences.actions.rules import series_of
from conferences.choices import Expectation, MeetingKind, Timed
from conferences.models import ExpectationRule, Meeting, QuorumRule, Timescale
from conferences.rules import LocalRules
from conferences.weighing import (
    ExpectedChange,
    Timing,
    Verdict,
    Weighed,
    ending,
    expected_anew,
    lines_expecting_otherwise,
    window,
    without,
)
from conferences.wording import ASKS
from partnership.dated import next_start
from partnership.models import Partnership, today
from partnership.templatetags.quorate import longdate

STAYS = "What was judged stays as it is, with the rule of its day. Nothing below is written."
NO_YEAR = "No register is closed yet, so there is nothing to try it on."
MEETING_COLUMNS = [
    {"text": text} for text in ("Conference", "Date", "As judged", "By the new rule", "Why")
]
TIMING_COLUMNS = [
    {"text": text} for text in ("Meeting", "Date", "By the limit of its day", "By the new limit")
]
QUORATE = {True: ("Quorate", "green"), False: ("Not quorate", "red")}
IN_TIME = {True: ("In time", "green"), False: ("Late", "red")}


def of(number: int, total: int) -> str:
    return f"{number} of {total}"


def year_words(place: Partnership) -> str:
    """The twelve months that are weighed."""
    days = window(place)
    return f"Of the twelve months up to {longdate(days.last)}, the last closed register" if days else ""


def until_words(versions: list[Any], on: date) -> list[str]:
    """That a later version is there already and will take over."""
    then = next_start(versions, on)
    return [f"It holds until {longdate(then)}, when a version begins that is there already."] if then else []


# --- Quorum ---------------------------------------------------------------------------------------


def verdicts_said(place: Partnership, found: Weighed, on: date) -> list[str]:
    first = f"Conferences from {longdate(on)} on are judged by it."
    later = until_words(list(place.quorum_rules.all()), on)
    if not found.total:
        return [first, *later, NO_YEAR]
    return [
        first, *later,
        f"{year_words(place)}: {of(found.before, found.total)} conferences were quorate as they were "
        f"judged; {of(found.after, found.total)} would be by the new rule.",
        f"{len(found.differ)} would be judged otherwise." if found.differ
        else "None would be judged otherwise.",
        STAYS,
    ]


def verdict_cells(place: Partnership, found: Verdict) -> list[dict]:
    was, is_now = QUORATE[found.before], QUORATE[found.after]
    return [
        meeting_cell(place, found.meeting.reference),
        {"text": longdate(found.meeting.held_on), "nowrap": True},
        {"text": was[0], "tag_colour": was[1]},
        {"text": is_now[0], "tag_colour": is_now[1]},
        {"text": found.sentence},
    ]


def meeting_cell(place: Partnership, reference: str) -> dict:
    href = reverse("conferences:meeting-detail", args=[place.code, reference])
    return {"text": reference, "href": href, "header": True, "nowrap": True}


# --- Expectations ---------------------------------------------------------------------------------


def expectation_said(
    place: Partnership, after: LocalRules, row: ExpectationRule, changes: list[ExpectedChange]
) -> list[str]:
    found = [f"Invitations to conferences from {longdate(row.effective_from)} on carry it."]
    found += [*until_words(series_of(row), row.effective_from), lines_said(changes)]
    total, otherwise = lines_expecting_otherwise(place, after, row)
    if total:
        found.append(
            f"{year_words(place)}: {of(otherwise, total)} invitations that it would have been about "
            "expected something else. For information: they stay as they are."
        )
    return found


def lines_said(changes: list[ExpectedChange]) -> str:
    """How many invitations to meetings that are still open change with it."""
    if not changes:
        return "No invitation to a meeting with an open register changes."
    meetings = len({change.line.meeting_id for change in changes})
    return (
        f"{len(changes)} invitation{'' if len(changes) == 1 else 's'} to {meetings} "
        f"meeting{'' if meetings == 1 else 's'} with an open register change{'s' if len(changes) == 1 else ''} "
        "with it. What a person set otherwise on a line stays."
    )


def ending_said(place: Partnership, rule: ExpectationRule, on: date) -> tuple[list[str], str]:
    """What ending a rule does, and what holds in its place."""
    rules = LocalRules.of(place)
    after = ending(rules, rule.pk, on)
    kind = rule.kind or MeetingKind.REVIEW
    general = after.expectation(rule.agency_id or 0, kind, on)
    instead = f"What is expected more generally: {ASKS[Expectation(general)]}"
    return [
        f"From {longdate(on)} on this rule no longer holds.",
        lines_said(expected_anew(place, rules, after, on)),
    ], instead


# --- Timescales -----------------------------------------------------------------------------------


def timescale_said(place: Partnership, row: Timescale, found: Weighed) -> list[str]:
    notice = row.what == Timed.NOTICE
    start = longdate(row.effective_from)
    first = (
        f"Invitations to meetings from {start} on are measured by it when their register is closed."
        if notice else f"It holds for what begins on {start} or later."
    )
    later = until_words(series_of(row), row.effective_from)
    if not found.total:
        return [first, *later, "Nothing of the kind fell due in the twelve months before."]
    what = "invitations with a date" if notice else "that fell due"
    return [
        first, *later,
        f"{year_words(place)}: {of(found.before, found.total)} {what} were in time; "
        f"{of(found.after, found.total)} would be by the new limit.",
        f"{len(found.differ)} would be otherwise." if found.differ else "None would be otherwise.",
        STAYS,
    ]


def timing_cells(
    request: HttpRequest, place: Partnership, found: Weighed
) -> Callable[[Timing], list[dict]]:
    """Cells for the meetings that differ, their references read once."""
    keys = {timing.meeting_id for timing in found.differ}
    reach = Meeting.objects.visible_to(request.user).filter(pk__in=keys)
    names = dict(reach.values_list("pk", "reference"))

    def cells(one: Timing) -> list[dict]:
        name = names.get(one.meeting_id)
        return [
            (meeting_cell(place, name) if name else {"text": "A meeting", "header": True})
            | {"hint": one.agency},
            {"text": longdate(one.held_on) if one.held_on else "Never held", "nowrap": True},
            timed_cell(one.before, one.due_before),
            timed_cell(one.after, one.due_after),
        ]

    return cells


def timed_cell(in_time: bool, due_on: date | None) -> dict:
    text, colour = IN_TIME[in_time]
    return {"text": text, "tag_colour": colour, "hint": f"due on {longdate(due_on)}" if due_on else ""}


def removing_said(rule: Any, versions: list[Any]) -> list[str]:
    """What holds after a version is taken away that nothing was judged by."""
    if any(version.effective_until == rule.effective_from for version in versions):
        then = "The version before it goes on in its place."
    elif rule.effective_from > today() or isinstance(rule, QuorumRule):
        then = "What holds now goes on."
    elif isinstance(rule, ExpectationRule):
        then = "What is expected more generally holds in its place."
    else:
        then = "The limit that every partnership starts with holds in its place."
    return [then, *lines_without(rule), "Nothing that was judged changes."]


def lines_without(rule: Any) -> list[str]:
    if not isinstance(rule, ExpectationRule):
        return []
    rules, on = LocalRules.of(rule.partnership), rule.effective_from
    return [lines_said(expected_anew(rule.partnership, rules, without(rules, rule), on))]
