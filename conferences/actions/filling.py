"""A whole register at once, as its page sends it: lines, who came besides, how the conference ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from conferences.actions.meetings import still_open
from conferences.actions.registers import FOLLOWS, LINE, as_there, judge_anew, put, told
from conferences.choices import ChairDecision, MeetingState
from conferences.judging import STOOD_DOWN
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from partnership.history import BATCH, entry, record_all, save_changed, save_new
from partnership.models import User
from partnership.stale import ChangedSince, refuse_when_changed, touched

COUNTS = (
    "children", "children_on_plan_after", "plan_neg", "plan_phy", "plan_sab", "plan_emo",
    "plan_mul", "exploitation_concern",
)
DECISION = ("chair_decision", "chair_reason", "new_date_on")
ENDING = COUNTS + DECISION
ON_REGISTER = "This person is already on the register."


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for one line, or for the ending, beside what the page had seen of it."""

    seen: str
    new: Mapping[str, Any]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a page changed of a register."""

    lines: int
    ending: bool
    added: Attendance | None

    def __bool__(self) -> bool:
        return bool(self.lines or self.ending or self.added)


class RegisterChangedSince(ChangedSince):
    """Lines (by their keys) or the ending were changed here and by somebody else; nothing is written."""

    def __init__(self, lines: set[int], ending: bool) -> None:
        super().__init__("Somebody changed the register since you opened this page.")
        self.lines, self.ending = lines, ending


class LinesRefused(ValidationError):
    """What is wrong with some lines, by their keys."""

    def __init__(self, lines: Mapping[int, ValidationError]) -> None:
        super().__init__("Some lines of the register cannot be saved so.")
        self.lines = lines


@transaction.atomic
def fill_register(
    *, by: User, meeting: Meeting, lines: Mapping[int, Typed], ending: Typed | None = None,
    came: Mapping[str, Any] | None = None,
) -> Filled:
    """Write what was changed on a register's page: all of it, or nothing with both versions.

    What somebody else changed meanwhile stays, where it was not touched on this page.
    """
    row = still_open(meeting)
    there = row.lines.select_for_update(of=("self",)).select_related("agency", "staff_member")
    found = {line.pk: line for line in there.order_by("pk")}
    changes, how_ended = compared(row, found, lines, ending)
    number = write_lines(by, row, found, changes, {key: typed.reason for key, typed in lines.items()})
    ended = bool(how_ended) and write_ending(by, row, "recorded", how_ended)
    added = add_who_came(by, row, found, set(lines), came) if came else None
    return Filled(number, ended, added)


def compared(
    meeting: Meeting, found: Mapping[int, Attendance], lines: Mapping[int, Typed],
    ending: Typed | None,
) -> tuple[dict[int, dict], dict[str, Any]]:
    """What is to be written of each line and of the ending; refused when others were quicker."""
    changes, clashes, how_ended = {}, set(), {}
    for key, typed in lines.items():
        try:
            if key in found:
                changes[key] = touched(found[key], typed.seen, as_there(typed.new))
        except ChangedSince:
            clashes.add(key)
    try:
        how_ended = touched(meeting, ending.seen, as_decided(ending.new)) if ending else {}
    except ChangedSince:
        raise RegisterChangedSince(clashes, ending=True) from None
    if clashes:
        raise RegisterChangedSince(clashes, ending=False)
    return changes, how_ended


def write_lines(
    by: User, meeting: Meeting, found: Mapping[int, Attendance], changes: Mapping[int, dict],
    reasons: Mapping[int, str],
) -> int:
    """Write the lines that differ, each with its entry, at a fixed number of queries."""
    written, entries, refused = [], [], {}
    for key, new in changes.items():
        line, reason = found[key], reasons[key].strip()
        line.meeting = meeting
        try:
            differences = put(line, new, reason)
            line.clean_fields(exclude={f.name for f in line._meta.fields} - set(LINE))
        except ValidationError as error:
            refused[key] = error
            continue
        if differences:
            why = {"reason": reason} if "involved" in differences else {}
            written.append(line)
            entries.append(entry(by, "recorded", line, **told(line, differences, **why)))
    if refused:
        raise LinesRefused(refused)
    Attendance.objects.bulk_update(written, [*LINE, *FOLLOWS], batch_size=BATCH)
    record_all(entries)
    return len(written)


def add_who_came(
    by: User, meeting: Meeting, found: Mapping[int, Attendance], shown: set[int],
    came: Mapping[str, Any],
) -> Attendance | None:
    """Add somebody who came and is on no list. Sent twice, they are added once: None."""
    if not came["staff_member"] and not came["job_title"]:
        raise ValidationError({"job_title": "Say who came: a person on the staff list, or a job title."})
    who = (came["agency"].pk, came["staff_member"] and came["staff_member"].pk)
    for line in found.values():
        titles = came["staff_member"] or line.job_title.casefold() == came["job_title"].casefold()
        if (line.agency_id, line.staff_member_id) == who and titles:
            if line.pk in shown:
                raise ValidationError({"person" if came["staff_member"] else "job_title": ON_REGISTER})
            return None
    rules = LocalRules.of(meeting.partnership)
    expectation = rules.expectation(came["agency"].pk, meeting.kind, meeting.held_on)
    line = Attendance(meeting=meeting, expectation=expectation, **as_there(came))
    return save_new(line, by, "came", partnership=meeting.partnership, **came)


def as_decided(new: Mapping[str, Any]) -> dict[str, Any]:
    """The ending with only what belongs to the decision: a new date where it was stood down, say."""
    decision = new.get("chair_decision")
    dated = decision == ChairDecision.STOOD_DOWN
    with_reason = decision in (ChairDecision.DISCRETION, ChairDecision.STOOD_DOWN)
    return {
        **new,
        "chair_reason": new.get("chair_reason", "").strip() if with_reason else "",
        "new_date_on": new.get("new_date_on") if dated else None,
    }


def write_ending(by: User | None, meeting: Meeting, verb: str, new: Mapping[str, Any], **why: str) -> bool:
    """Save counts and decision, with the state that follows from the decision."""
    check_decision(meeting, new)
    state = state_after(meeting, new["chair_decision"])
    judged = {}
    if meeting.closed_at and state == MeetingState.STOOD_DOWN:
        judged = {"quorate": False, "quorum_sentence": STOOD_DOWN}
    return save_changed(
        meeting, by, verb, {**new, "state": state, **judged}, partnership=meeting.partnership, **why
    )


def state_after(meeting: Meeting, decision: str) -> str:
    """Proceeding is holding it; standing down is not. Without a decision the state stays."""
    if decision == ChairDecision.STOOD_DOWN:
        return MeetingState.STOOD_DOWN
    if decision:
        return MeetingState.HELD
    taken_back = meeting.state == MeetingState.STOOD_DOWN and not meeting.closed_at
    return MeetingState.PLANNED if taken_back else meeting.state


def check_decision(meeting: Meeting, new: Mapping[str, Any]) -> None:
    decision, day = new["chair_decision"], new["new_date_on"]
    if decision == ChairDecision.DISCRETION and not new["chair_reason"]:
        raise ValidationError({"chair_reason": "Say why the chair proceeded without a quorum."})
    if decision == ChairDecision.STOOD_DOWN and not day:
        raise ValidationError({"new_date_on": "Give the new date of the conference."})
    if day and day <= meeting.held_on:
        raise ValidationError({"new_date_on": "The new date must be after the day of this conference."})


@transaction.atomic
def correct_ending(
    *, by: User | None, meeting: Meeting, reason: str, seen: str = "", **new
) -> bool:
    """Correct counts or decision of a closed register, with a reason; it is judged anew."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is corrected."})
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not row.closed_at:
        raise ValidationError("The register is still open: write it down there.")
    refuse_when_changed(row, seen, ENDING)
    done = write_ending(by, row, "corrected", as_decided(new), reason=reason.strip())
    if done:
        judge_anew(by, row)
    return done
