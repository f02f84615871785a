"""What was missed: every expectation × outcome × report, against an oracle of its own."""

from __future__ import annotations

import re
from itertools import product

import pytest

from conferences.choices import Expectation, MissedKind, Outcome, ReportState
from conferences.judging import duties_of
from conferences.missed import find_missed
from conferences.models import Attendance
from partnership.models import Agency

POLICE = Agency(pk=7, name="Police")

# The oracle, in letters: what is missed (A attendance, R report) when the agency was
# there | not there, for reports: not required, on time, on the day, late, none.
ORACLE = {
    # there              not there
    "attend": ("- - - - -", "A A A A A"),
    "report": ("- - R R R", "- - R R R"),
    "attend_and_report": ("- - R R R", "A A AR AR AR"),
    "attend_or_report": ("- - - - -", "A - A A A"),
}
STATES = ["not_required", "on_time", "on_the_day", "late", "none"]
THERE = {"attended": 0, "deputy": 0, "apologies": 1, "absent": 1, "unknown": 1}


def line(**fields) -> Attendance:
    return Attendance(agency=POLICE, **{"expectation": "attend_and_report", **fields})


def kinds(*lines: Attendance) -> set[str]:
    return {str(missed.kind) for missed in find_missed(duties_of(lines))}


def test_the_oracle_knows_every_value():
    assert set(ORACLE) == set(Expectation.values)
    assert set(THERE) == set(Outcome.values)
    assert ReportState.values == STATES


@pytest.mark.parametrize(("expectation", "outcome"), [*product(ORACLE, THERE)])
def test_missed_is_what_the_table_says(expectation, outcome):
    cells = ORACLE[expectation][THERE[outcome]].split()
    letters = {"A": MissedKind.ATTENDANCE, "R": MissedKind.REPORT}
    for state, cell in zip(STATES, cells, strict=True):
        one = line(expectation=expectation, outcome=outcome, report=state)
        assert kinds(one) == {letters[x] for x in cell if x in letters}, state
        one.involved = False
        assert kinds(one) == set(), state


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": "absent", "expectation": "attend"},
         "Police was expected to attend and nobody was there."),
        ({"outcome": "attended", "report": "late"},
         "Police was expected to report, and its report was late."),
        ({"outcome": "attended", "report": "on_the_day"},
         "Police was expected to report, and its report came only on the day."),
        ({"outcome": "attended", "report": "none"},
         "Police was expected to report, and its report was not sent."),
        ({"outcome": "absent", "expectation": "attend_or_report", "report": "late"},
         "Police was expected to attend or report; nobody was there and no report came in time."),
        ({"outcome": "absent", "expectation": "attend", "late_invitation": True},
         "Police was expected to attend and nobody was there. The invitation came too late, which "
         "excuses it."),
    ],
)
def test_each_missed_duty_has_a_sentence_that_explains_it(fields, sentence):
    [missed] = find_missed(duties_of([line(**fields)]))
    assert missed.sentence == sentence
    assert missed.excused_by_late_invitation is fields.get("late_invitation", False)


def test_sentences_name_the_agency_and_nobody():
    for expectation, outcome, report in product(ORACLE, THERE, STATES):
        one = line(expectation=expectation, outcome=outcome, report=report)
        for missed in find_missed(duties_of([one])):
            assert re.fullmatch(r"Police was expected to [a-z ,;]+\.", missed.sentence)


def test_one_of_several_people_is_enough_for_their_agency():
    there, away = line(outcome="attended", report="on_time"), line(outcome="apologies")
    assert kinds(there, away) == kinds(away, there) == set()
    assert kinds(away, line(outcome="absent")) == {"attendance"}


def test_an_agency_of_which_one_line_is_involved_is_involved():
    assert kinds(line(outcome="absent", involved=False), line(outcome="absent")) == {"attendance"}


def test_only_when_every_line_came_late_is_the_agency_excused():
    late, good = line(outcome="absent", late_invitation=True), line(outcome="absent")
    [missed] = find_missed(duties_of([late, good]))
    assert not missed.excused_by_late_invitation
    [missed] = find_missed(duties_of([late, late]))
    assert missed.excused_by_late_invitation


def test_each_agency_has_its_own_duty():
    nurse = Attendance(
        agency=Agency(pk=8, name="Health"), expectation="attend", outcome="attended"
    )
    found = find_missed(duties_of([line(expectation="attend", outcome="absent"), nurse]))
    assert [missed.agency_id for missed in found] == [7]
