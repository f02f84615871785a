"""The published edition: nothing in it, nor in all of them together, gives a small count away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from compliance import faces
from compliance.demo import factories as make
from compliance.editions import family_of
from compliance.measures import Scope, score
from compliance.period import Period
from compliance.scorecard import PUBLISHED_WORDS, Basis, Count, Edition, Held, Reading, TargetLine
from compliance.suppression.family import Family, NotCovered, has_count, published
from compliance.suppression.sums import Place, subject
from tests.compliance import sample
from tests.compliance.attack import unproved
from training.models import Course

YEAR = Period(2014)
PRACTICE = (("sector", "health_primary"),)
TIMES = {YEAR: YEAR.halves, **{half: half.quarters for half in YEAR.halves}}


def printed(cards, annual) -> dict[tuple, object]:
    """Every number of the reports under what it is called in them; the annual reports' are the
    partnership's own, and say the same where both say it."""
    found = {}
    for (code, period), card in [*cards.items(), *((("", period), card) for period, card in annual.items())]:
        for reading in card.readings:
            for part in ("met", "total"):
                key, value = (code, period, reading.measure, reading.basis, reading.by, part), getattr(reading, part)
                assert found.setdefault(key, value) == value, key
        for count in card.counts:
            key = code, period, "count", count.key, count.by, ""
            assert found.setdefault(key, count.value) == count.value, key
        for part in card.trend:
            for reading in part.readings:
                for name in ("met", "total"):
                    key = code, part.period, reading.measure, reading.basis, reading.by, name
                    value = getattr(reading, name)
                    assert found.setdefault(key, value) == value or (code, part.period) in cards
    return found


def what_adds_up(exact: dict[tuple, int]) -> list[dict[tuple, int]]:
    """Sums that come to nothing, as a reader of the reports would set them up; written without the
    code that hides, and kept only where they are true."""
    sums: list[dict[tuple, int]] = []
    broken: dict[tuple, list[tuple]] = defaultdict(list)
    codes = {key[0] for key in exact} - {""}
    for key in exact:
        code, period, measure, basis, by, part = key
        if not (by and by[0][0] in ("mode", "who") and part == "total"):
            for pair in by:
                if pair[0] != "unit":
                    rest = tuple(other for other in by if other != pair)
                    broken[(code, period, measure, basis, rest, part), pair[0]].append(key)
        if period in TIMES and measure != "training_current":
            sums.append({key: -1} | {(code, t, *key[2:]): 1 for t in TIMES[period]})
        if (code == "" and not by) or (code == "" and by[0][0] != "agency"):
            sums.append({key: -1} | {(c, *key[1:]): 1 for c in codes})
        if code == "" and len(by) == 1 and by[0][0] == "agency":
            sums.append({key: -1, (by[0][1], period, measure, basis, (), part): 1})
        for pair in by:
            if pair[0] in ("half", "quarter"):
                rest = tuple(other for other in by if other != pair)
                sums.append({key: -1, (code, Period.parse(pair[1]), measure, basis, rest, part): 1})
        if code == "" and period in TIMES:
            sums += of_the_annual_report(period, measure, basis, by, part)
        if measure == "count" and basis == "training_never":
            course = [(code, period, "count", f"training_{name}", by, "") for name in ("current", "expiring", "expired", "never")]
            due = (code, period, "training_current", Basis.DUE, by)
            sums += [{(*due, "met"): -1} | dict.fromkeys(course[:2], 1), {(*due, "total"): -1} | dict.fromkeys(course, 1)]
    sums += [{whole: -1} | dict.fromkeys(parts, 1) for (whole, _), parts in broken.items()]
    there = [{key: factor for key, factor in terms.items() if key in exact} for terms in sums]
    return [terms for terms in there if sum(exact[key] * f for key, f in terms.items()) == 0]


def of_the_annual_report(period, measure, basis, by, part) -> list[dict[tuple, int]]:
    """Conferences by kind, general practice and sessions, as its reader would add them up."""
    def count(key, by=()):
        return "", period, "count", key, by, ""

    sums = []
    if measure == "count" and basis == "initial":
        kinds = [count("conferences", (("kind", f"{kind}_conference"),)) for kind in ("initial", "pre_birth")]
        sums.append({count("initial"): -1} | dict.fromkeys(kinds, 1))
    if measure == "count" and basis in ("review", "transfer_in"):
        sums.append({count(basis): -1, count("conferences", (("kind", f"{basis}_conference"),)): 1})
    if measure == "quoracy" and part == "total" and by and by[0][0] == "kind":
        sums.append({("", period, measure, basis, by, part): -1, count("conferences", by): 1})
    if measure == "count" and basis == "take_up_registered":
        states = [count(f"take_up_{name}", by) for name in ("cancelled", "cancelled_late", "no_show", "attended")]
        sums.append({count(basis, by): -1} | dict.fromkeys(states, 1))
        sums.append({count("take_up_came", by): -1, count("take_up_attended", by): 1, count("take_up_walk_in", by): 1})
    if measure == "reports_in_time" and by == PRACTICE:
        place = "", period, measure, basis
        sums.append({(*place, by, part): -1, (*place, (("agency", "GP"),), part): 1})
        states = [count("practice_reports", (("report", state),)) for state in ("on_time", "on_the_day", "late", "none")]
        if basis == Basis.INVOLVED:
            met = part == "met"
            sums.append({(*place, by, part): -1} | dict.fromkeys(states[:1] if met else states, 1))
    return sums


class Reader:
    """Of all reports, who sets up every sum and looks for what can have one value only."""

    def __init__(self, exact: dict[tuple, int], shown: dict[tuple, object], sums: list[dict[tuple, int]]) -> None:
        self.exact, self.sums = exact, sums
        self.held = {key: shown[key] for key in exact if isinstance(shown.get(key), Held)}
        self.keys = list(self.held)
        self.places = {key: number for number, key in enumerate(self.keys)}
        self.truth = np.array([exact[key] for key in self.keys], dtype=float)
        self.bounds = [(1, 4) if why is Held.SMALL else (0, 9_999) for why in self.held.values()]
        rows, columns, factors, self.rests = [], [], [], []
        for terms in self.sums:
            if any(key in self.places for key in terms):
                for key in terms.keys() & self.places.keys():
                    rows.append(len(self.rests))
                    columns.append(self.places[key])
                    factors.append(terms[key])
                self.rests.append(-sum(exact[key] * f for key, f in terms.items() if key not in self.places))
        self.kept = coo_array((factors, (rows, columns)), shape=(len(self.rests), len(self.keys))).tocsr()

    def unlike(self, left: list[int], aims) -> list[int]:
        """Those that are the same in other numbers, made as different as can be."""
        aim = np.zeros(len(self.keys))
        aim[left] = aims
        other = linprog(aim, A_eq=self.kept, b_eq=self.rests, bounds=self.bounds).x
        return [place for place in left if abs(other[place] - self.truth[place]) < 1e-6]

    def suspects(self, rounds: int) -> list[int]:
        """The small counts that no programme for many at once found another number for."""
        left = [self.places[key] for key in self.keys if 1 <= self.exact[key] <= 4]
        random = np.random.default_rng(2015)
        for _ in range(rounds):
            left = self.unlike(left, random.choice((-1, 1), len(left)))
        return left

    def solved(self, suspects: list[int]) -> list[tuple]:
        """Those of them that are the same at their least and at their most."""
        return [self.keys[one] for one in suspects if self.unlike([one], [1]) and self.unlike([one], [-1])]

    def unproved(self, suspects: list[int], others: list[dict[tuple, int]]) -> list[int]:
        """Those that the publisher's proofs, reckoned through by this reader's own sums, say nothing of."""
        sums = [(terms, 0, 0) for terms in self.sums]
        secrets = [{self.keys[place]: 1} for place in suspects]
        return [self.places[key] for [key] in unproved(self.exact, sums, self.held, secrets, others)]


def proofs(family: Family, exact: dict[tuple, int]) -> list[dict[tuple, int]]:
    """The other numbers that the family was hidden by, under what they are called in the reports."""
    called = defaultdict(list)
    for key in exact:
        code, period, measure, basis, by, part = key
        place = Place(code, period, *((basis, by) if measure == "count" else (subject(measure, basis), by, part)))
        called[family.counted.get(place)].append(key)
    return [
        {key: by for place, by in other.items() for key in called[place]} for other in family.hiding.other_numbers()
    ]


def sessions(partnership) -> None:
    """Two closed sessions in the year, with small and large numbers of every kind."""
    agency = partnership.agencies.order_by("name").first()
    for day, code, states in (
        (date(2014, 6, 11), "CPC", {"attended": 13, "no_show": 2, "cancelled": 3, "walk_in": 1}),
        (date(2014, 11, 5), "TGT", {"attended": 7, "no_show": 6, "cancelled_late": 1, "walk_in": 8}),
    ):
        session = make.SessionFactory(
            partnership=partnership, course=Course.objects.get(code=code), held_on=day, places=20,
            closed_at=datetime(2015, 1, 9, tzinfo=UTC),
        )
        people = iter(agency.staff.order_by("pk"))
        for state, number in states.items():
            for _ in range(number):
                make.BookingFactory(session=session, staff_member=next(people), agency=agency, state=state)


def test_demo_year_cannot_be_solved(bf_year):
    sessions(bf_year)
    family = family_of(bf_year, 2014)
    editions = {key: published(card, family) for key, card in family.cards.items()}
    annual = {period: published(card, family) for period, card in family.annual.items()}
    assert set(annual) == {YEAR, *YEAR.halves} and all(card.annual and not card.inquorate for card in annual.values())
    exact, shown = printed(family.cards, family.annual), printed(editions, annual)
    for key in (("conferences", (("kind", "initial_conference"), ("half", "2014-15 H1"))), ("practice_reports", (("report", "late"),))):
        assert ("", YEAR, "count", *key, "") in shown
    assert len(family.cards) == 17 * 7
    members = {member.code: member for member in bf_year.memberships.select_related("agency", "partnership")}
    for code, period in (("", YEAR.halves[1]), ("", YEAR.quarters[0]), ("HV", YEAR.quarters[3]), ("CAMHS", YEAR.halves[0])):
        alone = score(Scope(bf_year, members.get(code)), period, before=False)  # and not within the year
        assert replace(family.cards[code, period], previous=None) == alone
    left_out = {key for key in exact if key not in shown}
    assert {key[3] for key in left_out} <= {"escalations_days"}
    assert not [key for key, value in shown.items() if value in (1, 2, 3, 4)]
    for key, value in shown.items():
        if not isinstance(value, Held):
            assert value == exact[key]
        elif value is Held.SMALL:
            assert 1 <= exact[key] <= 4
        if key[5] == "met" and not isinstance(value, Held):  # nor is what was not met
            total = shown[*key[:5], "total"]
            assert isinstance(total, Held) or not 1 <= total - value <= 4

    sums = what_adds_up(exact)
    reader = Reader(exact, shown, sums)
    assert reader.solved(reader.unproved(reader.suspects(3), proofs(family, exact))) == []
    naive = {k: Held.SMALL if 1 <= v <= 4 else v for k, v in exact.items()}
    naive = Reader(exact, naive, sums)
    suspects = naive.suspects(2)
    assert len(suspects) > 200  # hiding the small ones alone is no use
    assert len(naive.solved(suspects[:6])) == 6

    # and it still says something
    whole = editions["", YEAR]
    assert not whole.result("quoracy").headline.is_held
    assert not whole.result("conference_attendance").headline.is_held
    assert sum(not isinstance(v, Held) for v in shown.values()) > len(shown) / 3


@pytest.fixture(scope="module")
def family() -> Family:
    """A small partnership of three agencies, each with few meetings: reports of the year only."""
    cards = {}
    for code, met in (("A", 3), ("B", 40), ("C", 9)):
        cards[code, YEAR] = sample.agency(code=code, period=YEAR, trend=(), previous=None, **figures(met))
    cards["", YEAR] = sample.partnership(period=YEAR, trend=(), previous=None, **figures(52))
    return Family(cards)


def figures(met: int) -> dict:
    """One measure and one count that add up over the agencies."""
    measure = sample.agency().result("conference_attendance").measure
    return {
        "results": (type(sample.agency().results[0])(measure, (Reading(measure.key, measure.basis, met, 60 if met < 50 else 180),)),),
        "counts": (Count("disputed_lines", "Disputed lines", met),),
        "targets": (TargetLine(measure.key, Decimal(90), Decimal(70)),),
        "notes": ("The agency’s last full staff list is dated 31 March 2015.", "3 of 16 agencies confirmed."),
    }


def test_published_holds_back_small_counts_and_what_gives_them_away(family):
    small = published(family.cards["A", YEAR], family)
    reading = small.result("conference_attendance").headline
    assert (reading.met, reading.total) == (Held.SMALL, 60)
    assert (reading.working, reading.printed, reading.percent) == ("fewer than 5 of 60", "held back", None)
    assert small.rating(reading) is None
    assert small.count("disputed_lines") is Held.SMALL
    others = [published(family.cards[code, YEAR], family).result("conference_attendance").headline for code in "BC"]
    assert sum(one.met is Held.BACK for one in others) == 1  # one more, and no more than one
    whole = published(family.cards["", YEAR], family)
    assert not whole.result("conference_attendance").headline.is_held


def test_published_holds_counts_only(family):
    card = published(family.cards["A", YEAR], family)
    assert card.edition is Edition.PUBLISHED
    assert (card.missed, card.people_due, card.cases, card.actions, card.previous) == ((), None, None, (), None)
    assert card.notes == ("The agency’s last full staff list is dated 31 March 2015.",)
    assert has_count("15 of 16 agencies") and not has_count("on 1 April 2014.")


def test_published_leaves_large_counts_alone(family):
    cards = {key: family.cards[key] for key in family.cards if key[0] == "B"}
    card = published(cards["B", YEAR], Family(cards))
    assert card.result("conference_attendance").headline == cards["B", YEAR].result("conference_attendance").headline


@pytest.mark.parametrize("form", ["pdf", "csv", "json", "html", "xlsx"])
def test_published_faces_say_so_and_hold_nothing_back_badly(family, form):
    card = published(family.cards["A", YEAR], family)
    content = faces.render(card, form, sample.MADE_AT)
    assert content
    if form in ("csv", "json", "html"):
        text = content.decode()
        assert PUBLISHED_WORDS in text
        assert "fewer than 5" in text
        assert "5.0" not in text  # the percentage


def test_published_report_of_another_family_is_refused(family):
    card = sample.agency(code="Z", period=YEAR)
    with pytest.raises(NotCovered):
        published(card, family)
