"""Who may do what when: the moves against a table of our own, for every stage, side and flag."""

from __future__ import annotations

import re
from itertools import chain, combinations, product

import pytest

from escalation.stages import Move, Side, StageState, Standing, allowed_moves, why_not

# Written from the words of the product, not from the code; "?" and "!" mark what asks for more.
TABLE = """
side            | waiting, acknowledged    | answered                  | paused     | closed
raiser          | up?late skip? pause end  | accept up? skip? pause end | resume end |
raising_lead    | up?late allow? pause end | accept up? allow? pause end | resume end |
responder       | ack! answer              |                           |            |
responding_lead | ack! answer              |                           |            |
decider         | decide?                  | decide?                   |            | reopen
manager         | allow?                   | allow?                    |            |
"""
MOVES = {
    "ack": Move.ACKNOWLEDGE, "answer": Move.ANSWER, "accept": Move.ACCEPT, "up": Move.MOVE_UP,
    "skip": Move.ASK_SKIP, "allow": Move.APPROVE_SKIP, "pause": Move.PAUSE, "resume": Move.RESUME,
    "end": Move.WITHDRAW, "decide": Move.DECIDE, "reopen": Move.REOPEN,
}
ASKED = {
    "up?late": lambda s: s.overdue and s.has_next,
    "up?": lambda s: s.has_next,
    "ack!": lambda s: s.stage is StageState.WAITING,
    "skip?": lambda s: s.has_next and not s.skip_asked,
    "allow?": lambda s: s.has_next and s.skip_asked and not s.asked_by_self,
    "decide?": lambda s: s.partnership_decides,
}
PARTIES = {Side.RAISER, Side.RAISING_LEAD, Side.RESPONDER, Side.RESPONDING_LEAD}


def read(table: str) -> dict[tuple[Side, StageState], list[str]]:
    head, *rows = [[cell.strip() for cell in row.split("|")] for row in table.strip().split("\n")]
    return {
        (Side(side), StageState(state)): cell.split()
        for side, *cells in rows
        for states, cell in zip(head[1:], cells, strict=True)
        for state in states.split(", ")
    }


RULES = read(TABLE)
STANDINGS = [
    Standing(state, *flags) for state in StageState for flags in product([False, True], repeat=5)
]


def expected(standing: Standing, sides: frozenset[Side]) -> set[Move]:
    """What the table above gives to somebody who is all of these sides."""
    if sides & PARTIES:
        sides = sides - {Side.DECIDER}  # nobody decides their own
    words = chain.from_iterable(RULES[side, standing.stage] for side in sides)
    return {
        MOVES[re.split("[?!]", word)[0]]
        for word in words
        if word not in ASKED or ASKED[word](standing)
    }


def test_the_table_names_every_side_stage_and_move():
    assert set(RULES) == set(product(Side, StageState))
    words = set(chain.from_iterable(RULES.values()))
    assert {MOVES[re.split("[?!]", word)[0]] for word in words} == set(Move)
    assert {word for word in words if not word.isalpha()} == set(ASKED)


@pytest.mark.parametrize("size", range(len(Side) + 1))
def test_moves_equal_the_table_for_every_standing_and_all_sides_at_once(size):
    for sides in map(frozenset, combinations(Side, size)):
        for standing in STANDINGS:
            found = allowed_moves(standing, sides)
            assert set(found) == expected(standing, sides), (standing, sides)
            assert found == [move for move in Move if move in found]


def test_moves_refused_have_a_sentence_each():
    for standing in STANDINGS:
        for side in Side:
            for move in set(Move) - set(allowed_moves(standing, {side})):
                sentence = why_not(move, standing, {side})
                assert sentence.endswith(".") and len(sentence) > 20, (standing, side, move)


def test_moves_of_nobody_are_none():
    assert {tuple(allowed_moves(standing, ())) for standing in STANDINGS} == {()}


def test_the_agency_complained_about_never_moves_ends_or_stops_a_case():
    theirs = {Side.RESPONDER, Side.RESPONDING_LEAD}
    found = {move for standing in STANDINGS for move in allowed_moves(standing, theirs)}
    assert found == {Move.ACKNOWLEDGE, Move.ANSWER}


@pytest.mark.parametrize("own", sorted(PARTIES))
def test_nobody_decides_or_reopens_their_own(own):
    deciding = {Move.DECIDE, Move.REOPEN}
    for standing in STANDINGS:
        assert not deciding & set(allowed_moves(standing, {own, Side.DECIDER})), standing
    free = {move for standing in STANDINGS for move in allowed_moves(standing, {Side.DECIDER})}
    assert free == deciding
