"""Before a meeting: whom to invite, what is still missing for a quorum, and what notice is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from conferences.choices import CONFERENCES, MeetingKind, Outcome, Timed
from conferences.judging import presence
from conferences.models import Attendance, ExpectationRule, Meeting, QuorumRule
from conferences.quorum import Terms, counts, other_units
from conferences.rules import LocalRules, latest
from conferences.wording import TIMED, asked, limit_words
from partnership.models import Agency, Partnership, StaffMember
from partnership.templatetags.quorate import longdate

# --- Whom to invite -------------------------------------------------------------------------------


class Source(StrEnum):
    """Where a suggestion comes from."""

    LEAD = "lead"
    LAST = "last"
    QUORUM = "quorum"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An agency that could be invited, with the person of last time where the reader may know them."""

    agency: Agency
    source: Source
    ticked: bool = True
    staff_member: StaffMember | None = None
    job_title: str = ""
    involved: bool = True


def suggest(
    partnership: Partnership, kind: str, on: date, *, last: Meeting | None, lead: StaffMember | None,
    nameable: Collection[int], rules: LocalRules,
) -> list[Suggestion]:
    """The lead, those of the last meeting, then what the local rules name and is not there yet.

    ``nameable`` are the people whom the reader may pick: of others only the agency is taken over. A
    core group's members are those whom its conference named: the agencies that are involved.
    """
    agencies = {agency.pk: agency for agency in partnership.agencies.order_by("name")}
    found = [Suggestion(lead.agency, Source.LEAD, staff_member=lead)] if lead else []
    found += from_last(last, kind, on, agencies, nameable) if last else []
    if kind in CONFERENCES:
        found += from_rules(rules, kind, on, agencies, {one.agency.pk for one in found})
    return once(found)


def once(found: list[Suggestion]) -> list[Suggestion]:
    """Each agency with each person once; an agency without a person only where nobody is named."""
    named = {one.agency.pk for one in found if one.staff_member or one.job_title}
    kept: dict[tuple, Suggestion] = {}
    for one in found:
        who = (one.staff_member and one.staff_member.pk, one.job_title)
        if who != (None, "") or one.agency.pk not in named:
            kept.setdefault((one.agency.pk, *who), one)
    return list(kept.values())


def from_last(
    last: Meeting, kind: str, on: date, agencies: dict[int, Agency], nameable: Collection[int]
) -> list[Suggestion]:
    lines = last.lines.select_related("staff_member", "deputy_for").order_by("agency__name", "pk")
    if kind == MeetingKind.CORE_GROUP and last.kind in CONFERENCES:
        lines = lines.filter(involved=True)
    found: dict[tuple, Suggestion] = {}
    for line in lines:
        person = line.deputy_for or line.staff_member
        if person and (person.pk not in nameable or not in_post(person, on)):
            person = None
        title = "" if line.staff_member_id else line.job_title
        if line.agency_id in agencies:
            found.setdefault((line.agency_id, person and person.pk, title), Suggestion(
                agencies[line.agency_id], Source.LAST, staff_member=person, job_title=title,
                involved=line.involved,
            ))
    return list(found.values())


def in_post(person: StaffMember, on: date) -> bool:
    return person.started_on <= on and (person.left_on is None or on < person.left_on)


def from_rules(
    rules: LocalRules, kind: str, on: date, agencies: dict[int, Agency], there: set[int]
) -> list[Suggestion]:
    """The sectors that a quorum asks for, and agencies of which the rules expect something."""
    rule = rules.quorum(on)
    required = rule.required_sectors if rule else []
    found = []
    for sector in required:
        of_sector = [agency for agency in agencies.values() if agency.sector == sector]
        lone = len(of_sector) == 1
        if not any(agency.pk in there for agency in of_sector):
            found += [Suggestion(agency, Source.QUORUM, ticked=lone) for agency in of_sector]
    named = {row.agency_id for row in expectations(rules, kind, on)}
    known = there | {one.agency.pk for one in found}
    return found + [
        Suggestion(agency, Source.EXPECTED, ticked=False)
        for key, agency in agencies.items() if key in named - known
    ]


def expectations(rules: LocalRules, kind: str, on: date) -> list[ExpectationRule]:
    """The rules in force that name an agency, for a kind of conference or for all of them."""
    keys = {(row.agency_id, row.kind) for row in rules.expectations if row.agency_id}
    rows = (
        latest((row for row in rules.expectations if (row.agency_id, row.kind) == key), on)
        for key in keys if key[1] in ("", kind)
    )
    return [row for row in rows if row]


# --- What is still missing ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a quorum lacks if everybody comes who has not said otherwise."""

    lacking: list[str]
    rule: str  # in words, with its date

    @property
    def sentence(self) -> str:
        if not self.lacking:
            return "If everybody comes who has not sent apologies, there are enough for a quorum."
        return f"Still missing: {'; '.join(self.lacking)}."


def foresee_quorum(
    meeting: Meeting, lines: Iterable[Attendance], rules: LocalRules
) -> Foresight | None:
    """What is still missing for a quorum; None where none is asked for."""
    rule = rules.quorum(meeting.held_on)
    if not meeting.is_conference or rule is None:
        return None
    terms = rule.terms()
    there = [one for one in map(if_they_come, lines) if counts(terms, one)]
    return Foresight(lacking(terms, there), rule_words(rule, terms))


def if_they_come(line: Attendance):
    one = presence(line)
    return replace(one, outcome=Outcome.ATTENDED) if one.outcome == Outcome.UNKNOWN else one


def lacking(terms: Terms, there: list) -> list[str]:
    sectors = {one.sector for one in there}
    found = [small(words) for sector, words in terms.required_sectors.items() if sector not in sectors]
    short = terms.others - len(other_units(terms, there))
    if short > 0:
        found.append(f"{NUMBERS.get(short, short)} more {others(terms, short)}")
    return found


NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def others(terms: Terms, number: int) -> str:
    words = "agency" if number == 1 else "agencies"
    return f"{words} with direct contact" if terms.others_involved else words


def small(words: str) -> str:
    return words[:1].lower() + words[1:]


def rule_words(rule: QuorumRule, terms: Terms) -> str:
    """The rule's own sentence, with the day from which it holds."""
    return f"{asked(terms)} Local rule since {longdate(rule.effective_from)}."


# --- Notice ---------------------------------------------------------------------------------------


def notice_words(rules: LocalRules, on: date) -> str:
    """The rule about late invitations, in words."""
    row = latest((row for row in rules.timescales if row.what == Timed.NOTICE), on)
    limit = rules.limit(Timed.NOTICE, on)
    since = f" Local rule since {longdate(row.effective_from)}." if row else ""
    sentence = TIMED[Timed.NOTICE].format(limit_words(limit.amount, limit.unit))
    return f"{sentence} Not so where the agency was in the room when the date was set.{since}"
