"""Which missed duties suggest an escalation, and why. Pure: a person decides, never this.

Local settings come in as an argument; the defaults are ours, since no published threshold was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from escalation.choices import Grounds, TriggerKind

CONFERENCE_STARTS = frozenset(
    {"initial_conference", "pre_birth_conference", "transfer_in_conference"}
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One agency that was expected at one closed meeting, and what came of it."""

    meeting_id: int
    reference: str
    kind: str
    conference: bool
    held_on: date
    family: str
    quarter: str  # the quarter's name, for the rate
    agency_id: int
    agency: str
    missed: bool  # attendance, not excused
    excused: bool  # missed, and excused: it counts in no rate
    inquorate_by_absence: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """The local settings of one trigger, or None where it is switched off."""

    initial: bool = True
    running: int | None = 2
    least_expected: int | None = 5
    threshold: int = 60
    inquorate: bool = True


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion: the trigger, the agency, the meetings, and the sentence that explains it."""

    trigger: str
    agency_id: int
    key: str  # the same facts give the same key, so twice changes nothing
    meetings: tuple[int, ...]
    grounds: str
    sentence: str


def suggested(facts: Iterable[Expected], settings: Settings) -> list[Suggested]:
    """All that the facts suggest under the settings."""
    ordered = sorted(facts, key=lambda f: (f.held_on, f.meeting_id))
    found: list[Suggested] = []
    if settings.initial:
        found += at_initials(ordered)
    if settings.running:
        found += running(ordered, settings.running)
    if settings.least_expected:
        found += by_rate(ordered, settings.least_expected, settings.threshold)
    if settings.inquorate:
        found += by_inquorate(ordered)
    return found


def at_initials(facts: list[Expected]) -> list[Suggested]:
    return [
        Suggested(
            TriggerKind.INITIAL, f.agency_id, f"initial:{f.meeting_id}", (f.meeting_id,),
            Grounds.NOT_ATTENDED,
            f"{f.agency} was expected at {f.reference}, a family's first conference, and nobody came.",
        )
        for f in facts
        if f.missed and f.kind in CONFERENCE_STARTS
    ]


def running(facts: list[Expected], number: int) -> list[Suggested]:
    """So many missed one after the other by one agency for one family."""
    rows: dict[tuple[int, str], list[Expected]] = defaultdict(list)
    found = []
    for f in facts:
        if not f.family:
            continue
        row = rows[f.agency_id, f.family]
        row[:] = [*row, f] if f.missed else []
        if len(row) == number:
            references = ", ".join(one.reference for one in row)
            found.append(Suggested(
                TriggerKind.TWO_RUNNING, f.agency_id, f"running:{row[0].meeting_id}",
                tuple(one.meeting_id for one in row), Grounds.NOT_ATTENDED,
                f"{f.agency} missed {number} meetings in a row for one family: {references}.",
            ))
    return found


def by_rate(facts: list[Expected], least: int, threshold: int) -> list[Suggested]:
    """An agency whose attendance over a quarter is under the threshold, of enough expected."""
    groups: dict[tuple[int, str], list[Expected]] = defaultdict(list)
    for f in facts:
        if f.conference and not f.excused:
            groups[f.agency_id, f.quarter].append(f)
    found = []
    for (agency, quarter), group in groups.items():
        came = sum(not f.missed for f in group)
        if len(group) >= least and came * 100 < threshold * len(group):
            found.append(Suggested(
                TriggerKind.RATE, agency, f"rate:{quarter}",
                tuple(f.meeting_id for f in group if f.missed), Grounds.NOT_ATTENDED,
                f"{group[0].agency} came to {came} of {len(group)} conferences expected in {quarter}, "
                f"under the local threshold of {threshold}%.",
            ))
    return found


def by_inquorate(facts: list[Expected]) -> list[Suggested]:
    return [
        Suggested(
            TriggerKind.INQUORATE, f.agency_id, f"inquorate:{f.meeting_id}", (f.meeting_id,),
            Grounds.INQUORATE,
            f"{f.reference} was not quorate; had {f.agency} come, it would have been.",
        )
        for f in facts
        if f.missed and f.inquorate_by_absence
    ]
