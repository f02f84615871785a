"""Every reading and count of 200 worlds, held against the second reckoning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction

from compliance.demo import factories as make
from compliance.measures import Scope, open_ledger, returned, score
from compliance.measures import escalation as escalations
from compliance.measures.facts import Presence
from compliance.measures.ledger import Ledger
from compliance.period import Period
from compliance.scorecard import Scorecard
from conferences.models import QuorumRule
from partnership.models import Membership
from tests.compliance.reckoning.disputed import Disputed
from tests.compliance.reckoning.disputes import add_disputes
from tests.compliance.reckoning.meetings import Meetings
from tests.compliance.reckoning.training import Training
from tests.compliance.reckoning.whole import Whole
from tests.compliance.reckoning.world import world
from tests.compliance.reckoning.written import Writing
from training.standing import Row

WORLDS, BATCH = 200, 10
BATCHES = [range(first, first + BATCH) for first in range(0, WORLDS, BATCH)]
PERIODS = tuple(
    Period(year, part)
    for year, part in [
        (2014, ""), (2014, "H1"), (2014, "H2"), (2014, "Q1"), (2014, "Q2"), (2014, "Q3"),
        (2014, "Q4"), (2014, ""), (2015, "H1"), (2015, ""), (2015, "Q1"),
    ]
)
NOTHING = (None, 0, (0, 0))
DAYS = (date(2016, 1, 31), date(2016, 1, 31), date(2015, 1, 20))  # today: after, and amid the year


class Reckoning(Training, Meetings, Whole, Disputed):
    """Everything of one scope and period, counted plainly."""

    def __init__(self, *of):
        super().__init__(*of)
        self.training()
        self.attendance()
        self.duty()
        self.quality()
        self.held()
        self.disputes()
        if self.agency is None:
            self.quoracy()
            self.timeliness()
            self.plans()


class Made:
    """The world of a seed, with the period that is asked about and the day on which it is asked."""

    def __init__(self, seed: int, holidays):
        self.seed, self.holidays = seed, holidays
        self.period, self.today = PERIODS[seed % len(PERIODS)], DAYS[seed % len(DAYS)]
        on = self.period.as_at(self.today)
        self.rows = add_disputes(world(seed, on), seed, on, holidays)

    def again(self, place: int, agency: int | None, period: Period) -> Reckoning:
        days = period.first, period.last, self.today
        return Reckoning(self.rows, self.holidays, place, agency, *days)

    @property
    def asked(self) -> list[tuple[int, int | None]]:
        """A partnership and an agency in it: the one with a part, or another."""
        place = int(self.seed % 5 == 4)
        members = [a["id"] for a in self.rows["agencies"] if place in a["codes"]]
        agency = 2 if 2 in members and self.seed % 2 else members[self.seed % len(members)]
        return [(place, None), (place, agency)]


@pytest.fixture
def places(partnership, elsewhere):
    """Two partnerships with the default rules; other quorum rules may come later."""
    assert QuorumRule.objects.count() == 2
    return [partnership, elsewhere]


@pytest.fixture
def made(places, calendar):
    """A world in the database, for as long as it is asked about."""
    who = make.UserFactory()

    @contextmanager
    def making(seed: int) -> Iterator[Made]:
        with transaction.atomic():
            found = Made(seed, calendar.holidays)
            Writing(found.rows, places, who, calendar)
            yield found
            transaction.set_rollback(True)

    return making


def scope_of(places: list, rows: dict, place: int, agency: int | None) -> Scope:
    if agency is None:
        return Scope(places[place])
    memberships = Membership.objects.select_related("agency")
    code = rows["agencies"][agency]["codes"][place]
    return Scope(places[place], memberships.get(partnership=places[place], code=code))


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_every_reading_and_count_is_reckoned_alike_a_second_time(places, made, seeds):
    for seed in seeds:
        with made(seed) as one:
            assert found_otherwise(one, places) == {}


def found_otherwise(made: Made, places: list) -> dict:
    """Everything of a world that the product counts otherwise, under where it was found."""
    found = {}
    for place, agency in made.asked:
        scope = scope_of(places, made.rows, place, agency)
        last = (made.seed % 2 == 0) == (agency is None)  # the period before, by turns: it costs as much
        card = score(scope, made.period, on=made.today, before=last)
        again = made.again(place, agency, made.period)
        where = made.seed, str(made.period), made.today, place, agency
        sides = {
            "readings": (readings(card), again.readings),
            "counts": (counts(card), again.counts),
            "trend": (trend(card), again.trend),
            "actions": (actions(card), again.actions()),
        }
        if last:
            before = made.again(place, agency, made.period.previous)
            sides["before"] = readings(card.previous), before.readings
            sides["counts before"] = counts(card.previous), before.counts
        if agency is not None and made.seed % 4 == 0:
            checks = returned.numbers(open_ledger(scope, made.period, made.today))
            sides["return"] = checks, returned_plainly(again)
        found |= {
            (*where, name, key): pair
            for name, (counted, plain) in sides.items()
            for key, pair in differences(counted, plain).items()
        }
    return found


def readings(card: Scorecard) -> dict:
    return {(r.measure, str(r.basis), r.by): (r.met, r.total) for r in card.readings}


def counts(card: Scorecard) -> dict:
    assert len({(count.key, count.by) for count in card.counts}) == len(card.counts)
    return {(count.key, count.by): count.value for count in card.counts}


def trend(card: Scorecard) -> dict:
    return {
        (str(part.period), r.measure): (r.met, r.total)
        for part in card.trend for r in part.readings
    }


def actions(card: Scorecard) -> dict:
    return {
        line.number: (
            line.due_on, line.state, line.carried, line.from_before, line.progress, line.closed_on
        )
        for line in card.actions
    }


def returned_plainly(again: Reckoning) -> dict:
    """What an agency looks at before it confirms its data."""
    found = {
        key: again.counts[key, ()]
        for key in (
            "training_expired", "training_never", "unknown_outcomes", "open_registers",
            "disputed_lines",
        )
    }
    for measure in ("conference_attendance", "core_group_attendance", "reports_in_time"):
        found[measure] = list(again.readings[measure, "involved", ()])
    people = {"people_in_post": again.in_post_here(), "records_to_confirm": again.to_confirm()}
    return found | people


def differences(counted: dict, again: dict) -> dict:
    """What the two do not count alike; a breakdown of nothing may be left out."""
    pairs = {key: (counted.get(key), again.get(key)) for key in counted.keys() | again.keys()}
    return {
        key: pair for key, pair in pairs.items()
        if pair[0] != pair[1] and any(value not in NOTHING for value in pair)
    }


# --- That it could fail ---------------------------------------------------------------------------


def test_the_worlds_hold_enough_of_everything(calendar):
    """The test above would prove little if its worlds were empty."""
    seen: Counter[tuple] = Counter()
    periods, agencies, states = set(), Counter(), set()
    for seed in range(WORLDS):
        made = Made(seed, calendar.holidays)
        (place, _), (_, agency) = made.asked
        again = made.again(place, None, made.period)
        periods.add(made.period)
        agencies[agency] += 1
        states |= {action[1] for action in again.actions().values()}
        for (measure, basis, by), (met, total) in again.readings.items():
            seen[measure, basis, tuple(name for name, _ in by)] += 0 < met < total
        for (key, by), value in again.counts.items():
            seen[key, tuple(name for name, _ in by)] += value > 0
    rare = {key for key, number in seen.items() if number < 5}
    assert rare == set()
    assert periods == set(PERIODS) and agencies[2] >= 20 and len(agencies) == 6
    assert states == {"Open", "Overdue", "Reported done", "Closed"}


def mutated(monkeypatch) -> dict:
    """Rules that are a little wrong: each with how it is put in the place of the right one."""
    put = monkeypatch and monkeypatch.setattr
    return {
        "an answer at the last moment is late": lambda: put(
            escalations, "in_time", lambda s: bool(s.answered_at and s.answered_at < s.due_at)
        ),
        "an unknown outcome is not in the total": lambda: put(
            Presence, "on", lambda self, basis: self.involved and self.known
        ),
        "the day itself is not in the period": lambda: put(
            Period, "__contains__", lambda self, day: self.first <= day < self.last
        ),
        "what expires soon is not met": lambda: put(
            Row, "met", property(lambda row: row.standing == "current")
        ),
        "a parent sits everywhere": lambda: put(Ledger, "seated", lambda self, lines: list(self.scope.members)),
    }


@pytest.mark.parametrize("rule", mutated(None))
def test_a_rule_that_is_a_little_wrong_is_found_out(places, made, monkeypatch, rule):
    mutated(monkeypatch)[rule]()
    for seed in range(WORLDS):
        with made(seed) as one:
            if found_otherwise(one, places):
                return
    pytest.fail(f"Nothing speaks against it: {rule}.")
