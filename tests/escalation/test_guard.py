"""What points to a child is refused, showing where; what people write about meetings is not."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import ValidationError

from escalation.guard import finds, is_nhs_number, refusal
from escalation.models.fields import no_child
from escalation.stages import Move
from tests.escalation.acting import AT_LAST, SOON, act, open_stage

NHS = "an NHS number"
POSTCODE = "a postcode"
BIRTH = "a date of birth"

REFUSED = {
    "His number is 943 476 5919.": ("943 476 5919", NHS),
    "NHS No. 9434765919": ("9434765919", NHS),
    "NHS9434765919": ("9434765919", NHS),
    "NHS no-943-476-5919, see file": ("943-476-5919", NHS),
    "(943.476.5919)": ("943.476.5919", NHS),
    "943\u00a0476\u00a05919": ("943\u00a0476\u00a05919", NHS),  # pasted from a web page
    "The family lives at RG12 1JD now": ("RG12 1JD", POSTCODE),
    "rg12 1jd": ("rg12 1jd", POSTCODE),
    "moved to RG121JD": ("RG121JD", POSTCODE),
    "SW1A 2AA": ("SW1A 2AA", POSTCODE),
    "M1 1AE": ("M1 1AE", POSTCODE),
    "GIR 0AA": ("GIR 0AA", POSTCODE),
    "RG12\u00a01JD": ("RG12\u00a01JD", POSTCODE),
    "DOB 01/02/2015": ("DOB 01/02/2015", BIRTH),
    "dob: 1.2.15": ("dob: 1.2.15", BIRTH),
    "D.O.B. 01-02-2015": ("D.O.B. 01-02-2015", BIRTH),
    "DOB:\n01/02/2015": ("DOB:\n01/02/2015", BIRTH),
    "DOB01/02/2015": ("DOB01/02/2015", BIRTH),
    "date of birth is 2015-02-01": ("date of birth is 2015-02-01", BIRTH),
    "born on 3 May 2014": ("born on 3 May 2014", BIRTH),
    "born on the 3rd of May 2014": ("born on the 3rd of May 2014", BIRTH),
    "born 3 May": ("born 3 May", BIRTH),
    "Born in May 2014 at": ("Born in May 2014", BIRTH),
    "her birthday is 12th June 2013": ("birthday is 12th June 2013", BIRTH),
    "01/02/2015 (DOB)": ("01/02/2015 (DOB", BIRTH),
}
FINE = [
    "The conference on 3 May 2014 was inquorate.",
    "BF14-0001 and BF-2026-0042 were not attended.",
    "See NW-2026-0001, stage 2.",
    "Ring 01344 352000 or 07700 900123.",
    "Ring 020 7946 0123, extension 4567.",
    "+44 1344 352000",
    "943 476 5918",  # a wrong check digit
    "Order 1234567890 of the case system.",
    "The baby is not born yet; the conference on 3 May 2014 was a pre-birth one.",
    "The unborn child: core group on 3 May 2014.",
    "First due on 8 June 2026, then on 2026-06-09.",
    "WT2023 page 12, CP1 and CP2 forms",
    "",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_points_to_a_child_is_refused_showing_where(text):
    part, words = REFUSED[text]
    assert (part, words) in finds(text)
    with pytest.raises(ValidationError) as error:
        no_child(text)
    assert f"“{part}” looks like {words}." in error.value.message
    assert "outside Quorate" in error.value.message


@pytest.mark.parametrize("text", FINE)
def test_what_points_to_a_meeting_may_stand(text):
    assert finds(text) == []
    assert no_child(text) is None


def test_all_that_is_found_is_shown():
    sentence = refusal("9434765919 at RG12 1JD, DOB 01/02/2015")
    assert all(word in sentence for word in (NHS, POSTCODE, BIRTH))


def test_two_numbers_beside_each_other_are_both_found():
    assert len(finds("943 476 5919 401 023 2137")) == 2


# --- The check digit ------------------------------------------------------------------------------


def valid(nine: str) -> str | None:
    """The tenth digit by the published rule, written apart from the code: weights 10 to 2."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return None if check == 10 else f"{nine}{check}"


def test_every_valid_number_is_found_and_every_wrong_check_digit_is_not():
    dice = random.Random(11)
    tried = 0
    for _ in range(2000):
        nine = f"{dice.randrange(10**9):09}"
        right = valid(nine)
        tens = [f"{nine}{digit}" for digit in range(10)]
        assert [ten for ten in tens if is_nhs_number(ten)] == ([right] if right else [])
        for ten in tens[:3]:
            spaced = f"{ten[:3]} {ten[3:6]} {ten[6:]}"
            assert bool(finds(f"see {spaced} today")) == (ten == right)
        tried += right is not None
    assert tried > 1700


@pytest.mark.parametrize("digits", ["94347659190", "943476591", "19434765919"])
def test_more_or_fewer_than_ten_digits_are_no_number(digits):
    assert finds(digits) == []


# --- A hundred sentences as people write them -----------------------------------------------------

WHO = (
    "The police", "Health visiting", "The school", "Adult social care", "The GP practice",
    "Probation", "The drug and alcohol service", "Housing", "CAMHS", "The school nurse",
)
WHAT = (
    "did not attend the initial conference on 3 May 2014 and sent no report.",
    "sent its report on 12/06/2014, two days after the review of BF14-0123.",
    "was invited on 2014-05-01 for 9.30 to 11.00 at Time Square, room 4B.",
    "came to 2 of 5 conferences in Q1 and 1 of 4 in Q2 2014/15, under 60%.",
    "rang 01344 352000 at 10am on 1 July and left no name; nobody rang back.",
    "missed core groups 3, 4 and 5 in a row; see WT2023, chapter 3, page 79.",
    "says that stage 1 was answered by e-mail on Monday 2 June 2014 at 16:45.",
    "has 3 children considered in 2 families, categories NEG and EMO, since April.",
    "wants the date set 20 working days ahead, and rooms in SL4 or RG42 by turns.",
    "was told that the mother is due in August, and that a pre-birth conference comes first.",
)


def test_false_alarms_on_a_hundred_sentences_are_at_most_two():
    sentences = [f"{who} {what}" for who in WHO for what in WHAT]
    assert len(set(sentences)) == 100
    alarms = [(text, finds(text)) for text in sentences if finds(text)]
    assert len(alarms) <= 2, alarms


# --- Every door -----------------------------------------------------------------------------------

MARKED = "born on 3 May 2014"
DOORS = [
    (Move.MOVE_UP, {"reason": MARKED}),
    (Move.ANSWER, {"text": MARKED}), (Move.ACCEPT, {"resolution": MARKED}),
    (Move.ACCEPT, {"training_need": MARKED}),
    (Move.ACCEPT, {"actions": [{"text": MARKED, "owner": "Manager", "due_on": "2026-07-01"}]}),
    (Move.ACCEPT, {"actions": [{"text": "Write", "owner": MARKED, "due_on": "2026-07-01"}]}),
    (Move.ASK_SKIP, {"reason": MARKED}), (Move.PAUSE, {"reason": MARKED}),
    (Move.WITHDRAW, {"reason": MARKED}), (Move.DECIDE, {"decision": MARKED}),
    (Move.REOPEN, {"reason": MARKED}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("move", "words"), DOORS)
def test_every_free_text_of_a_move_is_guarded(move, words, request, case, bob, charlie, dee):
    now = SOON
    by = {Move.ANSWER: charlie, Move.DECIDE: dee, Move.REOPEN: dee}.get(move, bob)
    if by is dee:
        case, now = request.getfixturevalue("at_last_stage"), AT_LAST
    if move is Move.REOPEN:
        act(Move.DECIDE, dee, case, now)
    if move in (Move.ACCEPT, Move.MOVE_UP):
        act(Move.ANSWER, charlie, case, now)
    before = case.stages.order_by("-number").values().first()
    with pytest.raises(ValidationError, match="looks like a date of birth"):
        act(move, by, case, now, **words)
    assert case.stages.order_by("-number").values().first() == before
    act(move, by, case, now)


@pytest.mark.django_db
@pytest.mark.parametrize("move", [Move.ANSWER, Move.ASK_SKIP, Move.PAUSE, Move.WITHDRAW])
def test_words_that_are_needed_are_not_left_blank(move, case, bob, charlie):
    by = charlie if move is Move.ANSWER else bob
    field = "text" if move is Move.ANSWER else "reason"
    with pytest.raises(ValidationError):
        act(move, by, case, SOON, **{field: "  \n"})
    assert open_stage(case).number == 1
    act(move, by, case, SOON, **{field: "  A deputy comes. "})
