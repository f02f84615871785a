"""What the annual conference report is called and how it is laid out, for its page and its PDF. Pure."""

from __future__ import annotations

from compliance.scorecard import Count, Number, Reading, Scorecard, percent, percent_text

PERIOD = (
    "conferences", "initial", "review", "transfer_in", "stood_down", "children_considered",
    "exploitation_concerns", "core_groups",
)
PLANS = ("families_on_plan", "children_on_plan")
CATEGORY = "on_plan_"
TAKE_UP = (
    "sessions", "places", "registered", "cancelled", "cancelled_late", "no_show", "attended", "walk_in",
    "came", "waiting",
)
# In the sections of their own; all others stand among the numbers beside.
OWN_SECTION = ("take_up_", "practice_reports", "escalations_", CATEGORY, *PERIOD, *PLANS)

ON_A_DAY = (
    "From each family’s latest conference up to the day. A child has one category on the plan; MUL is "
    "more than one."
)
SUMMED = "Children are summed over conferences: a child of two conferences is counted twice."
BY_DECISION = "By the chair’s decision"
UNDECIDED = "For none of them is the chair’s decision written down."
INQUORATE = (
    "Each conference that was not quorate: what was lacking, and what the chair decided. What the chair "
    "wrote in words of their own stays with the conference service."
)
NONE_ON_PLAN = "No child was on a plan: no conference up to that day put one on it."
CASE_SYSTEM = "Beside the case system"
ON_PLAN = {"families_on_plan": "Families", "children_on_plan": "Children"}
TYPED_HEADS = ("On a plan", "Conferences", "Case system", "Difference")
SAME_DAY = "The case system’s count is of the same day; the difference is what it has more or fewer."
ANOTHER_DAY = (
    "The case system’s count is of {day}, the nearest before that was typed; the difference is what it has "
    "more or fewer, and part of it may be of the days between."
)
NONE_HELD = "There was nothing to count in this period: none."
ALL_QUORATE = "Every conference of the period was quorate."
NO_PRACTICE = "No agency of the partnership is a general practice."
NO_REPORTS = "No report was asked of a general practice in this period: none."
NO_SESSION = "No session with a closed register was held in this period: none."
SESSIONS = (
    "Sessions of the partnership whose register is closed. Walk-ins came without a booking: they are "
    "among those who came, and never in the share of those booked."
)
NO_CASE = "No escalation was raised, open or ended in this period: none."
ONE_PRACTICE = "Of the reports that were asked of the agency that is a general practice."
SEVERAL_PRACTICES = "Of the reports that were asked of the agencies that are general practices."
CASES = (
    "All agencies together: how far the cases came and what is to be learned. No agency is named with a "
    "theme."
)
FOUR_BASES = (
    "Each cell is met of total and its percentage. The same attendance reads differently on each basis: "
    "they stand side by side so that no one of them is taken for another."
)


def name_of(card: Scorecard) -> str:
    """What the report is called."""
    return "Half-year conference report" if card.period.part else "Annual conference report"


def there(card: Scorecard, keys: tuple[str, ...]) -> list[Count]:
    """The plain counts of some keys, in that order."""
    found = {count.key: count for count in card.counts if not count.by}
    return [found[key] for key in keys if key in found]


def categories(card: Scorecard) -> list[Count]:
    return [count for count in card.counts if count.key.startswith(CATEGORY) and not count.by]


def category_words(card: Scorecard, count: Count) -> str:
    """The category with its code: "NEG: Neglect"."""
    code, (_, _, words) = count.key.removeprefix(CATEGORY), count.label.partition(": ")
    return f"{code}: {words.capitalize()}"


def broken_down(card: Scorecard, key: str, *names: str) -> list[Count]:
    """The counts of a key that are broken down just so."""
    return [c for c in card.counts if c.key == key and tuple(name for name, _ in c.by) == names]


def values(card: Scorecard, key: str, name: str) -> list[str]:
    """The values of a breakdown, in the order of the counts."""
    return [count.by[0][1] for count in broken_down(card, key, name)]


def before(card: Scorecard, counts: list[Count]) -> list[Number]:
    """The same counts of the period before; none at all where nothing of the sort was counted then.

    What nobody entered must not stand there as 0.
    """
    if card.previous is None:
        return []
    found = [card.previous.count_by(count.key, **dict(count.by)) for count in counts]
    return found if any(found) else []


def courses(card: Scorecard) -> list[str]:
    """The courses of the sessions, by their titles."""
    found = values(card, "take_up_sessions", "course")
    return sorted(found, key=lambda code: card.label("course", code).casefold())


def of_booked(card: Scorecard, **by: str) -> str:
    """Who came with a booking, of all who ever held one."""
    came, booked = (card.count_by(f"take_up_{name}", **by) for name in ("attended", "registered"))
    text = percent_text(came, booked)
    return text if percent(came, booked) is None else f"{text}%"


def cases_there(card: Scorecard) -> bool:
    return any(c.value for c in card.counts if c.key.startswith("escalations_")) or bool(
        card.result("escalation_in_time").headline.total
    )


def case_counts(card: Scorecard) -> list[Count]:
    return [c for c in card.counts if c.key.startswith("escalations_") and not c.by]


def decided(card: Scorecard) -> bool:
    """Whether a chair's decision is written down for any of the conferences that were not quorate."""
    return any(line.decision for line in card.inquorate)


def no_inquorate(card: Scorecard) -> str:
    """The sentence where no conference was inquorate: all were quorate, or there was none."""
    return ALL_QUORATE if card.result("quoracy").headline.total else NONE_HELD


def anybody_on_plan(card: Scorecard) -> bool:
    return any(count.value for count in there(card, PLANS))


def of_practices(card: Scorecard) -> list[Reading]:
    """The reports of all general practices together, on each basis."""
    return [r for r in card.result("reports_in_time").readings if r.by and r.by[0][0] == "sector"]


def difference(more: int) -> str:
    """By how many the case system counts more: "3 more", "2 fewer", "none"."""
    if not more:
        return "none"
    return f"{abs(more)} {'more' if more > 0 else 'fewer'}"


def typed_rows(card: Scorecard) -> list[tuple[str, ...]]:
    """Each count from conferences, the case system's own, and the difference."""
    return [
        (ON_PLAN[count.key], str(count.value), str(typed), difference(more))
        for count, typed, more in card.beside_typed
    ]


def typed_sentence(card: Scorecard, day: str) -> str:
    """Of which day the case system's count is, ``day`` in words, and where it comes from."""
    when = SAME_DAY if card.typed.counted_on == card.as_at else ANOTHER_DAY.format(day=day)
    return f"{when} Where it comes from: {card.typed.source.rstrip('.')}."
