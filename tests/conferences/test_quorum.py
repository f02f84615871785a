"""Judging a register against a rule: a table, each refusal beside its twin."""

from __future__ import annotations

import pytest

from conferences.quorum import Presence, Terms, judge

SOCIAL_CARE = Presence(1, "Social care", "social_care_children", True, "attended")
POLICE = Presence(2, "Police", "police", True, "attended")
HEALTH = Presence(3, "Health visiting", "health_community", True, "attended")
NURSES = Presence(4, "School nursing", "health_community", True, "attended")
SCHOOL = Presence(5, "Schools", "education", True, "attended")
REQUIRED = {"social_care_children": "Children's social care"}


def terms(**fields) -> Terms:
    return Terms(**{"required_sectors": REQUIRED, **fields})


def changed(line: Presence, **fields) -> Presence:
    values = {name: getattr(line, name) for name in Presence.__slots__}
    return Presence(**{**values, **fields})


# What the second of two other agencies did, the rule's terms, and whether it counts.
WAYS = [
    ("in person", {"mode": "in_person"}, {}, True),
    ("no mode written", {}, {}, True),
    ("video", {"mode": "video"}, {}, True),
    ("video not counted", {"mode": "video"}, {"video": False}, False),
    ("phone where video is not counted", {"mode": "phone"}, {"video": False}, True),
    ("phone", {"mode": "phone"}, {}, True),
    ("phone not counted", {"mode": "phone"}, {"phone": False}, False),
    ("deputy", {"outcome": "deputy"}, {}, True),
    ("deputy not counted", {"outcome": "deputy"}, {"deputy": False}, False),
    ("member where deputies are not counted", {}, {"deputy": False}, True),
    ("part", {"part": True}, {}, False),
    ("part counted", {"part": True}, {"part": True}, True),
    ("apologies", {"outcome": "apologies"}, {}, False),
    ("absent", {"outcome": "absent"}, {}, False),
    ("unknown", {"outcome": "unknown"}, {}, False),
    ("report in time", {"outcome": "apologies", "report": "on_time"}, {}, False),
    ("report counted", {"outcome": "apologies", "report": "on_time"}, {"report": True}, True),
    ("report on the day", {"outcome": "apologies", "report": "on_the_day"}, {"report": True}, False),
    ("late report", {"outcome": "absent", "report": "late"}, {"report": True}, False),
    ("not involved", {"involved": False}, {}, False),
    ("not involved, anybody counts", {"involved": False}, {"others_involved": False}, True),
]


@pytest.mark.parametrize(("what", "line", "rule", "quorate"), WAYS, ids=[way[0] for way in WAYS])
def test_ways_of_being_there(what, line, rule, quorate):
    found = judge(terms(**rule), [SOCIAL_CARE, POLICE, changed(HEALTH, **line)])
    assert found.quorate is quorate
    assert found.sentence.startswith("Quorate: " if quorate else "Not quorate: ")
    assert bool(found.lacking) is not quorate


def test_enough_of_the_right_agencies_are_quorate_and_the_sentence_says_why():
    found = judge(terms(), [SOCIAL_CARE, POLICE, HEALTH])
    assert found.quorate
    assert found.lacking == ()
    assert found.sentence == (
        "Quorate: Children's social care was there; 2 other involved agencies came "
        "(Police, Health visiting); 2 are needed."
    )


def test_a_missing_required_sector_is_not_quorate_however_many_came():
    absent = changed(SOCIAL_CARE, outcome="apologies")
    found = judge(terms(), [absent, POLICE, HEALTH, SCHOOL])
    assert not found.quorate
    assert found.lacking == ("Children's social care",)
    assert found.sentence.startswith("Not quorate: Children's social care was not there; 3 other")


def test_too_few_others_are_not_quorate_and_it_says_how_many_are_lacking():
    found = judge(terms(), [SOCIAL_CARE, POLICE])
    assert not found.quorate
    assert found.lacking == ("1 other involved agency",)
    assert found.sentence == (
        "Not quorate: Children's social care was there; 1 other involved agency came (Police); "
        "2 are needed."
    )


def test_nobody_came():
    found = judge(terms(), [])
    assert found.lacking == ("Children's social care", "2 other involved agencies")
    assert found.sentence == (
        "Not quorate: Children's social care was not there; 0 other involved agencies came; "
        "2 are needed."
    )


def test_one_needed_is_said_in_the_singular():
    found = judge(terms(others=1, others_involved=False), [SOCIAL_CARE, POLICE])
    assert found.sentence == (
        "Quorate: Children's social care was there; 1 other agency came (Police); 1 is needed."
    )


def test_agencies_that_count_as_one_are_counted_once():
    health = {3: "Health services", 4: "Health services"}
    found = judge(terms(counted_as=health), [SOCIAL_CARE, HEALTH, NURSES])
    assert not found.quorate
    assert "1 other involved agency came (Health services)" in found.sentence
    assert judge(terms(), [SOCIAL_CARE, HEALTH, NURSES]).quorate
    assert judge(terms(counted_as=health), [SOCIAL_CARE, HEALTH, NURSES, POLICE]).quorate


def test_two_people_of_one_agency_are_one():
    assert not judge(terms(), [SOCIAL_CARE, POLICE, POLICE]).quorate


def test_one_of_two_lines_is_enough_for_an_agency():
    lines = [SOCIAL_CARE, changed(POLICE, outcome="absent"), POLICE, HEALTH]
    assert judge(terms(), lines).quorate


def test_a_second_agency_of_a_required_sector_is_no_other():
    another = changed(SOCIAL_CARE, agency_id=9, agency="Fostering")
    assert not judge(terms(), [SOCIAL_CARE, another, POLICE]).quorate


def test_a_rule_may_require_several_sectors_or_none():
    both = {**REQUIRED, "police": "Police"}
    assert not judge(terms(required_sectors=both, others=1), [SOCIAL_CARE, HEALTH]).quorate
    assert judge(terms(required_sectors=both, others=1), [SOCIAL_CARE, POLICE, HEALTH]).quorate
    assert judge(terms(required_sectors={}), [POLICE, HEALTH]).quorate
    assert judge(terms(required_sectors={}, others=0), []).quorate
