"""Judging closed registers: quoracy and missed duties, written down with their rule and sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from conferences.choices import (
    REPORTING,
    ExcuseReason,
    Expectation,
    MeetingKind,
    MeetingState,
    MissedKind,
    Outcome,
    ReportState,
)
from conferences.missed import Duty, Missed, find_missed
from conferences.models import Attendance, Meeting, MissedDuty
from conferences.quorum import Presence, Quoracy, judge, run_around
from conferences.rules import LocalRules
from partnership.history import BATCH, entry, record_all
from partnership.leading import leads_of
from partnership.models import User
from partnership.post import notify_each

JUDGED = ("closed_at", "closed_by", "quorate", "quorum_sentence", "quorum_rule")
STOOD_DOWN = "Not quorate: stood down for want of a quorum."
NO_RULE = "Not quorate: no quorum rule was in force on that day."


def judge_registers(
    *, by: User | None, meetings: list[Meeting], verb: str, tell: bool
) -> None:
    """Judge meetings of one partnership and write it all; the caller holds locks and transaction."""
    partnership = meetings[0].partnership
    for meeting in meetings:
        meeting.partnership = partnership  # the history asks each of them: read once
    rules = LocalRules.of(partnership)
    lines = lines_of(meetings)
    mark_late(lines, rules)
    missed = []
    for meeting in meetings:
        judge_one(meeting, lines[meeting.pk], rules)
        missed += [as_row(meeting, found) for found in missed_at(meeting, lines[meeting.pk])]
    Meeting.objects.bulk_update(meetings, JUDGED, batch_size=BATCH)
    new = write_missed(meetings, missed)
    record_all(judgement(by, verb, meeting) for meeting in meetings)
    if tell:
        tell_leads(new)


def lines_of(meetings: Iterable[Meeting]) -> dict[int, list[Attendance]]:
    found: dict[int, list[Attendance]] = defaultdict(list)
    by_key = {meeting.pk: meeting for meeting in meetings}
    for line in Attendance.objects.filter(meeting__in=list(by_key)).select_related("agency").order_by("pk"):
        line.meeting = by_key[line.meeting_id]
        found[line.meeting_id].append(line)
    return found


def mark_late(lines: dict[int, list[Attendance]], rules: LocalRules) -> None:
    """Note late invitations; being in the room when the date was set makes none late."""
    changed: dict[bool, list[int]] = {True: [], False: []}
    for line in (line for group in lines.values() for line in group):
        late = is_late(line, rules)
        if late != line.late_invitation:
            changed[late].append(line.pk)
            line.late_invitation = late
    for late, keys in changed.items():
        if keys:
            Attendance.objects.filter(pk__in=keys).update(late_invitation=late)


def is_late(line: Attendance, rules: LocalRules) -> bool:
    return not line.in_room_when_dated and rules.invited_late(line.invited_on, line.meeting.held_on)


def judge_one(meeting: Meeting, lines: list[Attendance], rules: LocalRules) -> None:
    """Set the verdict of a conference; other meetings and cancelled ones have none."""
    verdict = verdict_of(meeting, lines, rules)
    if verdict:
        meeting.quorum_rule = rules.quorum(meeting.held_on)
        meeting.quorate, meeting.quorum_sentence = verdict.quorate, verdict.sentence


def verdict_of(meeting: Meeting, lines: list[Attendance], rules: LocalRules) -> Quoracy | None:
    """The judgement of a conference by the rule of its day; None for what is not judged."""
    if not meeting.is_conference or meeting.state == MeetingState.CANCELLED:
        return None
    rule = rules.quorum(meeting.held_on)
    if meeting.state == MeetingState.STOOD_DOWN:
        return Quoracy(False, STOOD_DOWN, ())
    if rule is None:
        return Quoracy(False, NO_RULE, ())
    return judge(rule.terms(), [presence(line) for line in lines])


def missed_at(meeting: Meeting, lines: Iterable[Attendance]) -> list[Missed]:
    """What was missed; cancelled meetings and those outside the process ask nothing of anybody."""
    asks = meeting.state != MeetingState.CANCELLED and meeting.kind != MeetingKind.OUTSIDE
    return find_missed(duties_of(lines)) if asks else []


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What closing a register would find, before anything of it is written."""

    quoracy: Quoracy | None
    missed: list[Missed]
    late: list[Attendance]
    unknown: list[Attendance]
    unsaid: dict[int, str]  # agencies of which nobody said what became of their report
    there: list[Attendance]
    in_a_row: int  # conferences of the family that were not quorate, this one counted


def foresee(meeting: Meeting, lines: list[Attendance], rules: LocalRules) -> Foreseen:
    """The closing of a register as it stands in memory: on the page, perhaps not saved yet."""
    for line in lines:
        line.late_invitation = is_late(line, rules)
    quoracy = verdict_of(meeting, lines, rules)
    meeting.quorate = quoracy.quorate if quoracy else None
    before, _ = runs_of([meeting]).get(meeting.pk, (0, 0))
    return Foreseen(
        quoracy, missed_at(meeting, lines), [line for line in lines if line.late_invitation],
        [line for line in lines if line.outcome == Outcome.UNKNOWN], reports_unsaid(meeting, lines),
        [line for line in lines if line.represented], before,
    )


def report_awaited(line: Attendance) -> bool:
    """A report is expected, and nothing is written down of it yet: nobody said that none was required."""
    asked = line.involved and line.expectation in REPORTING
    return asked and line.report == ReportState.NOT_REQUIRED


def reports_unsaid(meeting: Meeting, lines: Iterable[Attendance]) -> dict[int, str]:
    """The agencies whose expected report no line says anything of, with their names.

    With *attend or report* only where nobody of the agency was there.
    """
    if meeting.state == MeetingState.CANCELLED or not meeting.is_conference:
        return {}
    lines = list(lines)
    said = {line.agency_id for line in lines if line.report != ReportState.NOT_REQUIRED}
    there = {line.agency_id for line in lines if line.represented}
    return {
        line.agency_id: line.agency.name
        for line in sorted(lines, key=lambda one: one.agency.name)
        if report_awaited(line) and line.agency_id not in said
        and not (line.expectation == Expectation.EITHER and line.agency_id in there)
    }


def runs_of(meetings: Iterable[Meeting]) -> dict[int, tuple[int, int]]:
    """For some conferences, judged if only in memory: how many in a row were not quorate for their
    family, up to the conference and after it. One query at most."""
    judged = [m for m in meetings if m.is_conference and m.family_ref and m.quorate is not None]
    if not judged:
        return {}
    families: dict[tuple[int, str], list[tuple]] = defaultdict(list)
    others = Meeting.objects.filter(partnership__in={m.partnership_id for m in judged})
    rows = others.of_families({m.family_ref for m in judged}).exclude(pk__in=[m.pk for m in judged])
    for row in [*rows.only("partnership", "family_ref", "held_on", "quorate"), *judged]:
        families[row.partnership_id, row.family_ref].append((row.held_on, row.pk, row.quorate))
    found = {}
    for group in map(sorted, families.values()):
        for place, (_, key, _) in enumerate(group):
            found[key] = run_around([quorate for *_, quorate in group], place)
    return {m.pk: found[m.pk] for m in judged}


def alarm(in_a_row: int, *, judged: bool = True) -> str:
    """The sentence from the second conference in a row on; else nothing."""
    if in_a_row < 2:
        return ""
    number = {2: "second", 3: "third", 4: "fourth"}.get(in_a_row, f"{in_a_row}th")
    if not judged:
        return f"As it stands, this would be the {number} conference in a row for this family that is not quorate."
    return f"This is the {number} conference in a row for this family that was not quorate."


def presence(line: Attendance) -> Presence:
    return Presence(
        line.agency_id, line.agency.name, line.agency.sector, line.involved, line.outcome, line.mode,
        line.part, line.report,
    )


def duties_of(lines: Iterable[Attendance]) -> list[Duty]:
    """The lines of each agency as its one duty at the meeting."""
    groups: dict[int, list[Attendance]] = defaultdict(list)
    for line in lines:
        groups[line.agency_id].append(line)
    return [duty_of(group) for group in groups.values()]


def duty_of(group: list[Attendance]) -> Duty:
    reports = {line.report for line in group}
    asked = reports - {ReportState.NOT_REQUIRED}
    states = (ReportState.ON_THE_DAY, ReportState.LATE, ReportState.NONE)
    return Duty(
        agency_id=group[0].agency_id,
        agency=group[0].agency.name,
        involved=any(line.involved for line in group),
        expectation=group[0].expectation,
        represented=any(line.represented for line in group),
        report_required=bool(asked),
        report_in_time=ReportState.ON_TIME in reports,
        report_state=next((state for state in states if state in asked), ReportState.NONE),
        invited_late=all(line.late_invitation for line in group),
    )


def as_row(meeting: Meeting, found: Missed) -> MissedDuty:
    late = found.excused_by_late_invitation
    return MissedDuty(
        meeting=meeting, agency_id=found.agency_id, kind=found.kind, sentence=found.sentence,
        excused_reason=ExcuseReason.LATE_INVITATION if late else "",
        excused_at=timezone.now() if late else None,
    )


def write_missed(meetings: Iterable[Meeting], found: list[MissedDuty]) -> list[MissedDuty]:
    """Write what is newly found, drop what a correction undid, keep what was there and its excuse."""
    there = {
        (row.meeting_id, row.agency_id, row.kind): row
        for row in MissedDuty.objects.filter(meeting__in=[m.pk for m in meetings])
    }
    wanted = {(row.meeting_id, row.agency_id, str(row.kind)): row for row in found}
    gone = [row.pk for key, row in there.items() if key not in wanted]
    if gone:
        MissedDuty.objects.filter(pk__in=gone).delete()
    return MissedDuty.objects.bulk_create(
        (row for key, row in wanted.items() if key not in there), batch_size=BATCH
    )


def judgement(by: User | None, verb: str, meeting: Meeting):
    return entry(
        by, verb, meeting, partnership=meeting.partnership, quorate=meeting.quorate,
        sentence=meeting.quorum_sentence,
    )


def tell_leads(missed: Iterable[MissedDuty]) -> None:
    """Tell each agency's leads what was missed, each person once, in two queries."""
    unexcused = [row for row in missed if not row.excused_reason]
    leads = leads_of({row.agency_id for row in unexcused}, timezone.localdate())
    notify_each((user, *words_of(row)) for row in unexcused for user in leads[row.agency_id])


def words_of(row: MissedDuty) -> tuple[str, str]:
    """Subject and body of the mail: a reference and a link, never a name."""
    what = MissedKind(row.kind).label.lower()
    address = settings.SITE_URL + reverse(
        "conferences:meeting-detail", args=[row.meeting.partnership.code, row.meeting.reference]
    )
    return (
        f"{what.capitalize()} at {row.meeting.reference}",
        f"When the register of {row.meeting.reference} was closed, a {what} of your agency was "
        f"found.\n\nSee the meeting, or dispute the line: {address}\n",
    )
