"""Local rules in plain sentences: what a page says of them, and what helps whoever fills in a form."""

from __future__ import annotations

from conferences.choices import Expectation, MeetingKind, Timed, Unit
from conferences.models import ExpectationRule, QuorumRule, Timescale
from conferences.quorum import Terms

COUNTS = {"video": "video", "phone": "phone", "deputy": "a deputy",
          "part": "being there for a part", "report": "a report in time without being there"}
ASKS = {
    Expectation.ATTEND: "attend",
    Expectation.REPORT: "send a report",
    Expectation.BOTH: "attend and send a report",
    Expectation.EITHER: "attend or send a report",
}
MANY_KINDS = {
    MeetingKind.INITIAL: "initial conferences",
    MeetingKind.REVIEW: "review conferences",
    MeetingKind.PRE_BIRTH: "pre-birth conferences",
    MeetingKind.TRANSFER_IN: "transfer-in conferences",
}
ONE = {Unit.WORKING_DAYS: "working day", Unit.WEEKS: "week", Unit.MONTHS: "month"}
# Each timescale as a sentence that takes its limit.
TIMED = {
    Timed.INITIAL: "An initial conference is held within {} of the strategy discussion.",
    Timed.FIRST_REVIEW: "The first review is held within {} of the initial conference.",
    Timed.LATER_REVIEW: "Each later review is held within {} of the one before.",
    Timed.FIRST_CORE_GROUP: "The first core group meets within {} of the conference that made the plan.",
    Timed.NEXT_CORE_GROUP: "Each later core group meets within {} of the one before.",
    Timed.NOTICE: "An invitation with less than {} of notice is late, and excuses what was missed.",
}


def listed(words: list[str], last: str = "and") -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def quorum_words(rule: QuorumRule) -> list[str]:
    """A quorum in sentences."""
    return terms_words(rule.terms(), {
        unit.title: [agency.name for agency in unit.agencies.all()] for unit in rule.units.all()
    })


def terms_words(terms: Terms, units: dict[str, list[str]]) -> list[str]:
    ways = {name: getattr(terms, name) for name in COUNTS}
    yes = [words for name, words in COUNTS.items() if ways[name]]
    no = [words for name, words in COUNTS.items() if not ways[name]]
    found = [asked(terms)]
    if yes:
        counted = listed(yes)
        found.append(f"{counted[0].upper()}{counted[1:]} count{'s' if len(yes) == 1 else ''} as being there.")
    if no:
        found.append(f"Not counted: {listed(no, 'or')}.")
    found += [f"Counted as one: {title} ({', '.join(names)})." for title, names in units.items()]
    return found


def asked(terms: Terms) -> str:
    """Who must be there: the first sentence of a quorum."""
    sectors = list(terms.required_sectors.values())
    parts = [f"{listed(sectors)} must be there"] if sectors else []
    if terms.others:
        what = "agency" if terms.others == 1 else "agencies"
        contact = f" that {'has' if terms.others == 1 else 'have'} direct contact with the family"
        other = "other " if sectors else ""
        parts.append(
            f"at least {terms.others} {other}{what}{contact if terms.others_involved else ''}"
            + ("" if sectors else " must be there")
        )
    sentence = ", and ".join(parts) or "Nobody in particular must be there"
    return f"{sentence[0].upper()}{sentence[1:]}."


def expectation_words(row: ExpectationRule) -> str:
    """"Thames Valley Police is expected to attend and send a report, at every kind of conference."."""
    who = row.agency.name if row.agency_id else "Every agency"
    kind = MANY_KINDS[MeetingKind(row.kind)] if row.kind else "every kind of conference"
    return f"{who} is expected to {ASKS[Expectation(row.expectation)]}, at {kind}."


def limit_words(amount: int, unit: str) -> str:
    return f"{amount} {ONE[Unit(unit)] if amount == 1 else Unit(unit).label}"


def timescale_words(row: Timescale) -> str:
    return TIMED[Timed(row.what)].format(limit_words(row.amount, row.unit))
