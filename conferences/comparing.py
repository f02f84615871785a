"""The authority's quorate flag set against our own judgement, conference by conference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from conferences.choices import MeetingKind, MeetingState
from conferences.meant import FITS, same
from conferences.models import ExtractLine, Meeting
from partnership.models import Partnership
from partnership.spreadsheets import spoken

AGREE, DIFFER, UNKNOWN, NOT_HERE, NOT_THERE = "agree", "differ", "unknown", "not-here", "not-there"
TITLES = {
    DIFFER: "The flag differs", AGREE: "Both say the same", NOT_HERE: "Not in Quorate",
    NOT_THERE: "Not in the extract", UNKNOWN: "Cannot be compared",
}
NO_FLAG = "The extract has no flag for it."
OPEN = "The register is still open here."
FIELDS = ("reference", "kind", "state", "held_on", "closed_at", "quorate", "quorum_sentence")


@dataclass(frozen=True, slots=True)
class Compared:
    """One conference, as the extract and as Quorate have it; one of them may be missing."""

    line: ExtractLine | None
    meeting: Meeting | None
    verdict: str
    why: str = ""

    @property
    def known(self) -> ExtractLine | Meeting:
        """Whichever there is: ours before theirs."""
        return self.meeting or self.line

    @property
    def theirs(self) -> bool | None:
        return self.line.quorate if self.line else None

    @property
    def ours(self) -> bool | None:
        return self.meeting.quorate if self.meeting else None


def compare(partnership: Partnership, first: date, last: date) -> list[Compared]:
    """All conferences of a period that either has, the oldest first. Two queries at most.

    A conference counts as not in the extract only within the days that its kind of extract spans:
    nobody can say of a later one whether it is missing.
    """
    lines, meetings = both(partnership, first, last)
    found = [compared(line, meetings.pop(line.reference, None)) for line in lines]
    spans = spans_of(lines)
    found += [
        Compared(None, meeting, NOT_THERE) for meeting in meetings.values()
        if meeting.state != MeetingState.CANCELLED and first <= meeting.held_on <= last
        and any(begin <= meeting.held_on <= end and meeting.kind in kinds for kinds, begin, end in spans)
    ]
    return sorted(found, key=lambda one: (one.known.held_on, one.known.reference))


def contradicted(partnership: Partnership, first: date, last: date) -> list[Compared]:
    """Of these the ones whose flag differs, read without all the others. Two queries."""
    # unscoped: the caller decided on the partnership
    ours = Meeting.objects.filter(partnership=partnership)
    same_one = ours.filter(reference=OuterRef("reference"))
    # unscoped: as above
    lines = ExtractLine.objects.filter(partnership=partnership, held_on__range=(first, last)).filter(
        Q(Exists(same_one.filter(quorate=False)), quorate=True)
        | Q(Exists(same_one.filter(quorate=True)), quorate=False)
    )
    there = list(lines)
    named = ours.filter(reference__in=[line.reference for line in there])
    meetings = {row.reference: row for row in named.only(*FIELDS)}
    found = [compared(line, meetings.get(line.reference)) for line in there]
    differing = [one for one in found if one.verdict == DIFFER]
    return sorted(differing, key=lambda one: (one.known.held_on, one.known.reference))


def both(
    partnership: Partnership, first: date, last: date
) -> tuple[list[ExtractLine], dict[str, Meeting]]:
    """Lines and meetings of a period; and where their days differ, whichever has the same reference."""
    days = Q(held_on__range=(first, last))
    # unscoped: the caller decided on the partnership
    lines = ExtractLine.objects.filter(partnership=partnership)
    meetings = Meeting.objects.filter(partnership=partnership)
    inside, ours = lines.filter(days).values("reference"), meetings.conferences().filter(days)
    there = list(lines.filter(days | Q(reference__in=ours.values("reference"))).order_by("held_on", "reference"))
    if not there:
        return [], {}  # nothing to set the meetings against
    return there, {
        row.reference: row
        for row in meetings.filter(Q(pk__in=ours.values("pk")) | Q(reference__in=inside)).only(*FIELDS)
    }


def spans_of(lines: list[ExtractLine]) -> list[tuple[frozenset[str], date, date]]:
    """From which day until which the extract speaks of a kind of conference."""
    reviews = [line.held_on for line in lines if line.kind == MeetingKind.REVIEW]
    others = [line.held_on for line in lines if line.kind != MeetingKind.REVIEW]
    return [
        (FITS[kind], min(days), max(days))
        for kind, days in ((MeetingKind.REVIEW, reviews), (MeetingKind.INITIAL, others)) if days
    ]


def compared(line: ExtractLine, meeting: Meeting | None) -> Compared:
    if meeting is None:
        return Compared(line, None, NOT_HERE)
    why = why_not(line, meeting)
    if why:
        return Compared(line, meeting, UNKNOWN, why)
    return Compared(line, meeting, AGREE if line.quorate == meeting.quorate else DIFFER)


def why_not(line: ExtractLine, meeting: Meeting) -> str:
    """Why the two cannot be set against each other; "" when they can."""
    if not same(line, meeting):
        return (
            f"The extract has it as {line.get_kind_display().lower()} of {spoken(line.held_on)}, Quorate as "
            f"{meeting.get_kind_display().lower()} of {spoken(meeting.held_on)}."
        )
    if line.quorate is None:
        return NO_FLAG
    if meeting.state == MeetingState.CANCELLED:
        return "It is cancelled here."
    return OPEN if meeting.quorate is None else ""
