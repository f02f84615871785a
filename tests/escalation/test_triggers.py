"""What missed duties suggest: the pure rules, each beside the case that suggests nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from escalation.triggers import Expected, Settings, suggested

NONE = Settings(initial=False, running=None, least_expected=None, inquorate=False)
FIRST = date(2026, 4, 1)


def fact(number: int, *, missed=True, **fields) -> Expected:
    """Agency 1 at meeting `number`, a review conference of family F, on that day of the quarter."""
    given = {
        "meeting_id": number, "reference": f"M-{number}", "kind": "review_conference",
        "conference": True, "held_on": FIRST + timedelta(days=number), "family": "F",
        "quarter": "April to June 2026", "agency_id": 1, "agency": "Police", "missed": missed,
        "excused": False, "inquorate_by_absence": False,
    }
    return Expected(**given | fields)


def keys(facts, settings) -> list[str]:
    return [one.key for one in suggested(facts, settings)]


# --- An initial conference ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"kind": "initial_conference"}, True),
        ({"kind": "pre_birth_conference"}, True),
        ({"kind": "transfer_in_conference"}, True),
        ({"kind": "review_conference"}, False),
        ({"kind": "core_group", "conference": False}, False),
        ({"kind": "initial_conference", "missed": False}, False),
        ({"kind": "initial_conference", "missed": False, "excused": True}, False),
    ],
)
def test_a_missed_first_conference_suggests(fields, found):
    got = suggested([fact(1, **fields)], Settings(True, None, None, 60, False))
    assert [one.key for one in got] == (["initial:1"] if found else [])
    if found:
        assert got[0].sentence == (
            "Police was expected at M-1, a family's first conference, and nobody came."
        )
        assert (got[0].agency_id, got[0].meetings, got[0].grounds) == (1, (1,), "not_attended")
    assert suggested([fact(1, **fields)], NONE) == []


# --- Two in a row ---------------------------------------------------------------------------------

TWO = Settings(False, 2, None, 60, False)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ([fact(1), fact(2)], ["running:1"]),
        ([fact(1)], []),
        ([fact(1), fact(2, missed=False), fact(3)], []),  # not in a row
        ([fact(1), fact(2, missed=False, excused=True), fact(3)], []),
        ([fact(1), fact(2, family="G")], []),  # another family
        ([fact(1), fact(2, family="G"), fact(3)], ["running:1"]),  # another family's between
        ([fact(1), fact(2, agency_id=2, agency="Housing")], []),  # another agency
        ([fact(1, family=""), fact(2, family="")], []),  # a family that is not known
        ([fact(1), fact(2), fact(3)], ["running:1"]),  # the row goes on: said once
        ([fact(1), fact(2), fact(3, missed=False), fact(4), fact(5)], ["running:1", "running:4"]),
        ([fact(2), fact(1)], ["running:1"]),  # by date, however they come
        ([fact(1, kind="core_group", conference=False), fact(2)], ["running:1"]),
        ([fact(1, held_on=FIRST), fact(2, held_on=FIRST)], ["running:1"]),  # on one day
    ],
)
def test_two_missed_in_a_row_for_one_family_suggest(facts, found):
    assert keys(facts, TWO) == found
    assert keys(facts, NONE) == []


def test_as_many_in_a_row_as_the_local_setting_says():
    facts = [fact(n) for n in range(1, 4)]
    three = Settings(False, 3, None, 60, False)
    assert (keys(facts[:2], three), keys(facts, three)) == ([], ["running:1"])
    [one] = suggested(facts, three)
    assert one.meetings == (1, 2, 3)
    assert one.sentence == "Police missed 3 meetings in a row for one family: M-1, M-2, M-3."


# --- A rate ---------------------------------------------------------------------------------------


def quarter(came: int, missed: int, **fields) -> list[Expected]:
    """So many conferences of different families."""
    return [
        fact(n, missed=n > came, family=f"F{n}", **fields) for n in range(1, came + missed + 1)
    ]


@pytest.mark.parametrize(
    ("came", "missed", "threshold", "found"),
    [
        (0, 4, 60, False),  # four expected: too few to say
        (0, 5, 60, True),
        (2, 3, 60, True),  # 40%
        (3, 2, 60, False),  # 60% is not under 60%
        (3, 2, 61, True),
        (5, 0, 100, False),
        (4, 1, 100, True),
        (0, 5, 0, False),  # nothing is under nought
        (7, 5, 60, True),  # 58.3%
        (2, 1, 70, False),
    ],
)
def test_a_rate_under_the_threshold_suggests(came, missed, threshold, found):
    setting = Settings(False, None, 5, threshold, False)
    got = suggested(quarter(came, missed), setting)
    assert [one.key for one in got] == (["rate:April to June 2026"] if found else [])
    if found:
        assert got[0].sentence == (
            f"Police came to {came} of {came + missed} conferences expected in April to June 2026, "
            f"under the local threshold of {threshold}%."
        )
        assert len(got[0].meetings) == missed


RATE = Settings(False, None, 5, 60, False)


def test_the_least_number_of_a_rate_is_a_local_setting():
    assert keys(quarter(0, 3), Settings(False, None, 3, 60, False)) == ["rate:April to June 2026"]
    assert keys(quarter(0, 3), Settings(False, None, 4, 60, False)) == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (quarter(0, 5, conference=False), False),  # core groups are in no rate
        ([*quarter(0, 4), fact(9, quarter="July to September 2026")], False),
        ([*quarter(0, 4), fact(9, agency_id=2)], False),
        ([*quarter(0, 4), fact(9, missed=False, excused=True)], False),  # the excused count nowhere
        ([*quarter(0, 4), fact(9, missed=False)], True),
        ([*quarter(2, 3), fact(9, missed=False, excused=True)], True),
    ],
)
def test_a_rate_is_of_one_agencys_conferences_in_one_quarter_unless_excused(facts, found):
    assert bool(keys(facts, RATE)) is found
    if found:
        assert "of 5 conferences" in suggested(facts, RATE)[0].sentence


# --- Not quorate ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missed", "by_absence", "found"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_an_absence_that_made_it_inquorate_suggests(missed, by_absence, found):
    facts = [fact(1, missed=missed, inquorate_by_absence=by_absence)]
    only = Settings(False, None, None, 60, True)
    assert keys(facts, only) == (["inquorate:1"] if found else [])
    assert keys(facts, NONE) == []
    if found:
        [one] = suggested(facts, only)
        assert one.grounds == "inquorate"
        assert one.sentence == "M-1 was not quorate; had Police come, it would have been."


def test_one_absence_may_suggest_by_several_triggers():
    facts = [fact(n, kind="initial_conference", inquorate_by_absence=True) for n in range(1, 6)]
    found = {one.key.split(":")[0] for one in suggested(facts, Settings())}
    assert found == {"initial", "running", "rate", "inquorate"}


def test_nothing_suggests_nothing():
    assert suggested([], Settings()) == []
