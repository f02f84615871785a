"""Whether enough of the right agencies were there. Pure: the local rule comes in as an argument.

The default is the rule that most English procedures share: children's social care and at least two
other agencies that have direct contact with the family (Pan Sussex, September 2022; Swindon, 2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from conferences.choices import REPRESENTED, Mode, ReportState


@dataclass(frozen=True, slots=True)
class Terms:
    """A quorum rule: who must be there, how many others, and what counts as being there."""

    required_sectors: Mapping[str, str]  # sector: its words
    others: int = 2
    others_involved: bool = True
    video: bool = True
    phone: bool = True
    deputy: bool = True
    part: bool = False
    report: bool = False
    counted_as: Mapping[int, str] = field(default_factory=dict)  # agency: the unit it counts in


@dataclass(frozen=True, slots=True)
class Presence:
    """One line of a register, as far as a quorum asks."""

    agency_id: int
    agency: str
    sector: str
    involved: bool
    outcome: str
    mode: str = ""
    part: bool = False
    report: str = ""


@dataclass(frozen=True, slots=True)
class Quoracy:
    """The judgement, with the sentence that explains it and what was lacking."""

    quorate: bool
    sentence: str
    lacking: tuple[str, ...]


def counts(terms: Terms, line: Presence) -> bool:
    """Whether a line counts as being there under the rule."""
    if line.outcome not in REPRESENTED:
        return terms.report and line.report == ReportState.ON_TIME
    by_allowed_way = (
        (line.mode != Mode.VIDEO or terms.video)
        and (line.mode != Mode.PHONE or terms.phone)
        and (line.outcome != "deputy" or terms.deputy)
    )
    return by_allowed_way and (terms.part or not line.part)


def judge(terms: Terms, lines: Iterable[Presence]) -> Quoracy:
    """Judge a register: the required sectors, then so many other agencies."""
    there = [line for line in lines if counts(terms, line)]
    sectors = {line.sector for line in there}
    lacking = [words for sector, words in terms.required_sectors.items() if sector not in sectors]
    others = other_units(terms, there)
    short = max(0, terms.others - len(others))
    return Quoracy(
        quorate=not lacking and not short,
        sentence=explain(terms, lacking, others),
        lacking=(*lacking, *([others_words(terms, short)] if short else [])),
    )


def run_around(verdicts: list[bool | None], place: int) -> tuple[int, int]:
    """How many conferences in a row were not quorate: up to the one at a place, and after it.

    The verdicts are those of one family's conferences, oldest first. Nothing where that one was quorate.
    """
    if verdicts[place] is not False:
        return 0, 0
    before = takewhile(lambda verdict: verdict is False, reversed(verdicts[: place + 1]))
    after = takewhile(lambda verdict: verdict is False, verdicts[place + 1 :])
    return sum(1 for _ in before), sum(1 for _ in after)


def other_units(terms: Terms, there: Iterable[Presence]) -> list[str]:
    """The other agencies there, each unit once, in the order of the register."""
    units = {
        terms.counted_as.get(line.agency_id, line.agency): None
        for line in there
        if line.sector not in terms.required_sectors
        and (line.involved or not terms.others_involved)
    }
    return list(units)


def others_words(terms: Terms, number: int) -> str:
    """"2 other involved agencies"."""
    involved = "involved " if terms.others_involved else ""
    return f"{number} other {involved}{'agency' if number == 1 else 'agencies'}"


def explain(terms: Terms, lacking: list[str], others: list[str]) -> str:
    """The sentence that is stored with the judgement."""
    required = [words for words in terms.required_sectors.values() if words not in lacking]
    verdict = "Not quorate" if lacking or len(others) < terms.others else "Quorate"
    parts = [
        *(f"{words} was there" for words in required),
        *(f"{words} was not there" for words in lacking),
        f"{others_words(terms, len(others))} came"
        + (f" ({', '.join(others)})" if others else "")
        + f"; {terms.others} {'is' if terms.others == 1 else 'are'} needed",
    ]
    return f"{verdict}: {'; '.join(parts)}."
