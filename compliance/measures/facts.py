"""The rows that are counted: a meeting, an attendance line, an agency at a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from compliance.scorecard import Basis
from conferences.choices import CONFERENCES, REPRESENTED, Expectation, Mode, Outcome, ReportState

MODES = (Mode.IN_PERSON, Mode.VIDEO, Mode.PHONE)  # of several people, the nearest way counts
REPORTS = (ReportState.ON_TIME, ReportState.ON_THE_DAY, ReportState.LATE, ReportState.NONE)  # so, too


class MeetingRow(NamedTuple):
    """A meeting whose closed register is counted."""

    pk: int
    reference: str
    kind: str
    state: str
    held_on: date
    strategy_discussion_on: date | None
    family: str
    children: int
    on_plan: int
    plan_neg: int
    plan_phy: int
    plan_sab: int
    plan_emo: int
    plan_mul: int
    exploitation: bool
    quorate: bool | None
    sentence: str
    decision: str  # the chair's
    new_date_on: date | None

    @property
    def is_conference(self) -> bool:
        return self.kind in CONFERENCES


MEETING_FIELDS = (
    "pk", "reference", "kind", "state", "held_on", "strategy_discussion_on", "family_ref", "children",
    "children_on_plan_after", "plan_neg", "plan_phy", "plan_sab", "plan_emo", "plan_mul",
    "exploitation_concern", "quorate", "quorum_sentence", "chair_decision", "new_date_on",
)


class Line(NamedTuple):
    """An attendance line, as it is read."""

    meeting: int
    agency: int
    person: int | None
    invited: bool
    involved: bool
    expectation: str
    outcome: str
    mode: str
    report: str
    late: bool
    changes: int
    disputed: bool


class Presence(NamedTuple):
    """One agency at one meeting: attendance counts agencies at meetings, not people."""

    meeting: MeetingRow
    agency: int
    invited: bool
    involved: bool
    known: bool
    represented: bool
    who: str  # "member", "deputy" or ""
    mode: str
    report_expected: bool
    report_in_time: bool
    report: str
    late: bool
    changes: int
    disputed: int  # lines in dispute

    def on(self, basis: Basis) -> bool:
        """Whether this meeting is in the agency's total on a basis."""
        if basis is Basis.ALL:
            return True
        if basis is Basis.INVITED:
            return self.invited
        return self.involved and (basis is Basis.INVOLVED or self.known)

    @property
    def contributed(self) -> bool:
        return self.represented or self.report_in_time


NOT_INVITED = (False, False, False, False, "", "", False, False, "", False, 0, 0)


def presence(meeting: MeetingRow, agency: int, lines: Iterable[Line]) -> Presence:
    """Fold the lines of one agency at one meeting into one."""
    lines = list(lines)
    if not lines:  # not invited: most agencies at most meetings
        return Presence(meeting, agency, *NOT_INVITED)
    represented = any(line.outcome in REPRESENTED for line in lines)
    member = any(line.outcome == Outcome.ATTENDED for line in lines)
    modes = {line.mode for line in lines if line.outcome in REPRESENTED}
    reports = {line.report for line in lines}
    return Presence(
        meeting=meeting,
        agency=agency,
        invited=any(line.invited for line in lines),
        involved=any(line.involved for line in lines),
        known=any(line.outcome != Outcome.UNKNOWN for line in lines),
        represented=represented,
        who="member" if member else ("deputy" if represented else ""),
        mode=next((str(mode) for mode in MODES if mode in modes), ""),
        report_expected=any(report_expected(line, represented) for line in lines),
        report_in_time=any(line.report == ReportState.ON_TIME for line in lines),
        report=next((state for state in REPORTS if state in reports), ""),
        late=bool(lines) and all(line.late for line in lines),
        changes=sum(line.changes for line in lines),
        disputed=sum(line.disputed for line in lines),
    )


def report_expected(line: Line, represented: bool) -> bool:
    """A report was asked for; with *attend or report* only when nobody of the agency was there."""
    if line.report == ReportState.NOT_REQUIRED:
        return False
    if line.expectation == Expectation.EITHER:
        return not represented
    return line.expectation in (Expectation.REPORT, Expectation.BOTH)
