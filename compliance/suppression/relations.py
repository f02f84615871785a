"""How the counts of a partnership's reports hang together: what a reader could add and subtract. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from compliance.period import Period
from compliance.scorecard import Basis, By, Scorecard
from compliance.suppression.balancing import ENDLESS
from compliance.suppression.hiding import Relation, adds_up, within
from compliance.suppression.sums import (
    ATTENDANCE,
    OF_THE_DAY,
    SHARES,
    WHOLE,
    Counted,
    Place,
    subject,
)

NESTED = (Basis.KNOWN, Basis.INVOLVED, Basis.INVITED, Basis.ALL)
NOT_PARTS = ("unit",)  # counts something else, no part of the whole
NOT_ADDED = (*OF_THE_DAY, "trained_never_sent")  # not over the parts of a year
ENDED = ("resolved", "withdrawn", "decided")
SESSION_COUNTS = ("registered", "cancelled", "cancelled_late", "no_show", "attended", "walk_in", "came")


def relations(counted: Counted) -> Iterator[Relation]:
    """All of them; one that the counts do not keep tells a reader nothing and is left out later."""
    yield from met_of_total(counted)
    yield from breakdowns(counted)
    yield from agencies(counted)
    yield from periods(counted)
    yield from bases(counted)
    for code, period in counted.cards:
        yield from Beside(counted, code, period).all()
    for period, card in counted.annual.items():
        yield from Beside(counted, WHOLE, period).annual(card)


def of(counted: Counted, places: Iterable[Place]) -> list[Place]:
    """Where those of the places are kept that are printed, and are not nothing."""
    found = [counted.get(place) for place in places]
    return [place for place in found if place is not None and counted.values[place]]


def parts_of(counted: Counted, whole: Place, parts: Iterable[Place]) -> Iterator[Relation]:
    """Parts that make a whole, or leave a rest, which is a count too."""
    kept, found = counted.get(whole), of(counted, parts)
    if kept is None or not found:
        return
    rest = counted.values[kept] - sum(counted.values[part] for part in found)
    if rest == 0:
        yield adds_up(kept, found)
    elif rest > 0:
        yield Relation(((kept, 1), *((part, -1) for part in found)), 0, ENDLESS, counts=True)


def never_more(counted: Counted, part: Place, whole: Place, *, counts: bool = False) -> Iterator[Relation]:
    less, more = counted.get(part), counted.get(whole)
    if less and more and less != more and counted.values[less]:
        yield within(less, more, counts=counts)


def same(counted: Counted, whole: Place, *parts: Place) -> Iterator[Relation]:
    kept, found = counted.get(whole), of(counted, parts)
    if kept is not None and found:
        yield adds_up(kept, found)


def met_of_total(counted: Counted) -> Iterator[Relation]:
    for place in counted.at:
        if place.part == "met":
            shared = place.by and place.by[0][0] in SHARES
            whole = place.at(by=()) if shared else place.at(part="total")
            yield from never_more(counted, place, whole, counts=True)


def breakdowns(counted: Counted) -> Iterator[Relation]:
    """The values of a dimension make the whole."""
    groups: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    for place in counted.at:
        for pair in place.by:
            if pair[0] not in NOT_PARTS and not (place.part == "total" and pair[0] in SHARES):
                rest = tuple(other for other in place.by if other != pair)
                groups[place.at(by=rest), pair[0]].append(place)
    for (whole, _), parts in groups.items():
        yield from parts_of(counted, whole, parts)


def agencies(counted: Counted) -> Iterator[Relation]:
    """The agencies make the partnership, and its parts an agency."""
    below = {part for parts in counted.parts.values() for part in parts}
    tops = sorted({code for code, _ in counted.cards} - below - {WHOLE})
    for place in counted.at:
        if any(name == "agency" for name, _ in place.by):
            continue
        if place.scope == WHOLE:
            parts = [place.at(scope=code) for code in tops]
            yield from parts_of(counted, place, parts)
            yield from shared_out(counted, place, parts)
        elif place.scope in counted.parts:
            own = place.at(scope=WHOLE, by=(("agency", place.scope),)) if not place.by else place
            parts = [place.at(scope=code) for code in counted.parts[place.scope]]
            yield from parts_of(counted, place, [*parts, own] if own != place else parts)


def shared_out(counted: Counted, whole: Place, parts: list[Place]) -> Iterator[Relation]:
    """What two agencies may share, as a case has two sides: each no more than all, all no more than the sum."""
    kept, found = counted.get(whole), of(counted, parts)
    if kept is None or sum(counted.values[part] for part in found) <= counted.values[kept]:
        return
    if any(counted.values[part] > counted.values[kept] for part in found):
        return
    for part in found:
        yield within(part, kept)
    yield Relation(((kept, -1), *((part, 1) for part in found)), 0, ENDLESS)


def periods(counted: Counted) -> Iterator[Relation]:
    """Quarters make halves, halves and quarters the year."""
    for place in counted.at:
        if isinstance(place.period, Period) and not place.subject.startswith(NOT_ADDED):
            halves = all((place.scope, part) in counted.cards for part in place.period.halves)
            parts = (halves and place.period.halves) or place.period.quarters
            yield from same(counted, place, *(place.at(period=part) for part in parts))


def bases(counted: Counted) -> Iterator[Relation]:
    """Known lies within involved, involved within invited, invited within all."""
    for place in counted.at:
        measure, _, basis = place.subject.partition(" ")
        if basis in NESTED[:-1]:
            for wider in NESTED[NESTED.index(Basis(basis)) + 1 :]:
                whole = place.at(subject=subject(measure, wider))
                if counted.get(whole):
                    yield from never_more(counted, place, whole)
                    break


class Beside:
    """What holds between the measures and the plain numbers of one report."""

    def __init__(self, counted: Counted, code: str, period: Period) -> None:
        self.counted, self.code, self.period = counted, code, period

    def count(self, key: str, by: By = ()) -> Place:
        return Place(self.code, self.period, key, by)

    def reading(self, measure: str, basis: Basis, part: str, by: By = ()) -> Place:
        return Place(self.code, self.period, subject(measure, basis), by, part)

    def same(self, whole: Place, *parts: Place) -> Iterator[Relation]:
        return same(self.counted, whole, *parts)

    def within(self, part: Place, whole: Place, *, counts: bool = False) -> Iterator[Relation]:
        return never_more(self.counted, part, whole, counts=counts)

    def all(self) -> Iterator[Relation]:
        yield from self.training()
        yield from self.meetings()
        yield from self.unknown()
        yield from self.contribution()
        yield from self.escalations()
        yield from self.children()

    def training(self) -> Iterator[Relation]:
        """In date are those current or expiring; due are these and the expired and never done."""
        met, total = (self.reading("training_current", Basis.DUE, part) for part in ("met", "total"))
        card = self.counted.cards[self.code, self.period]
        for by in sorted({c.by for c in card.counts if c.key.startswith("training_")}):
            current, expiring, expired, never = (
                self.count(f"training_{name}", by) for name in ("current", "expiring", "expired", "never")
            )
            yield from self.same(met.at(by=by), current, expiring)
            yield from self.same(total.at(by=by), current, expiring, expired, never)
        people = (("unit", "people"),)
        yield from self.within(met.at(by=people), met)
        yield from self.within(total.at(by=people), total)
        yield from self.within(total.at(by=people), self.count("staff_asked"))

    def meetings(self) -> Iterator[Relation]:
        """The meetings of the partnership, as they are counted in several ways."""
        quoracy = self.reading("quoracy", Basis.ALL, "total")
        held, stood_down = self.count("conferences"), self.count("stood_down")
        yield from self.same(held, *(self.count(key) for key in ("initial", "review", "transfer_in")))
        for whole in (quoracy, self.reading("conference_attendance", Basis.ALL, "total")):
            yield from self.same(whole, held, stood_down)
        yield from self.same(self.reading("core_group_attendance", Basis.ALL, "total"), self.count("core_groups"))
        yield from self.same(quoracy, quoracy.at(part="met"), self.count("inquorate"))
        yield from self.within(self.count("exploitation_concerns"), held)
        for by in self.kinds(Basis.ALL):
            everywhere = self.reading("conference_attendance", Basis.ALL, "total", by)
            yield from self.same(everywhere, quoracy.at(scope=WHOLE, by=by))

    def unknown(self) -> Iterator[Relation]:
        """Involved, less those whose outcome is known, are the unknown ones."""
        terms, found = [], self.counted.get(self.count("unknown_outcomes"))
        for measure in ATTENDANCE:
            for basis, factor in ((Basis.INVOLVED, 1), (Basis.KNOWN, -1)):
                if place := self.counted.get(self.reading(measure, basis, "total")):
                    terms.append((place, factor))
        if found is not None and terms:
            yield Relation((*terms, (found, -1)))

    def contribution(self) -> Iterator[Relation]:
        """Who was there contributed, and so did who sent a report in time; nothing else counts."""
        for basis in NESTED:
            for by in self.kinds(basis):
                there = self.reading("conference_attendance", basis, "met", by)
                gave = self.reading("contribution", basis, "met", by)
                sent = self.reading("reports_in_time", basis, "met", by)
                yield from self.within(there, gave)
                yield from self.within(sent, gave)
                yield from self.within(sent.at(part="total"), gave.at(part="total"))
                places = [self.counted.get(place) for place in (there, sent, gave)]
                if all(places):
                    yield Relation(tuple(zip(places, (1, 1, -1), strict=True)), 0, ENDLESS)

    def kinds(self, basis: Basis) -> list[By]:
        card = self.counted.cards[self.code, self.period]
        if "contribution" not in card:
            return []
        found = card.result("contribution").readings
        return [r.by for r in found if r.basis == basis and all(name == "kind" for name, _ in r.by)]

    def escalations(self) -> Iterator[Relation]:
        """Ended is resolved, withdrawn or decided, at some stage; an agency's cases are of all cases."""
        card = self.counted.cards[self.code, self.period]
        stages = [c.by for c in card.counts if c.key == "escalations_ended"]
        ended = [self.count(f"escalations_{state}") for state in ENDED]
        at_stages = [self.count("escalations_ended", by) for by in stages]
        terms = [(place, 1) for place in of(self.counted, ended)]
        yield Relation((*terms, *((place, -1) for place in of(self.counted, at_stages))))
        yield from self.within(self.count("escalations_overdue"), self.count("escalations_open"))
        codes = sorted({code for code, _ in self.counted.cards} - {WHOLE})
        if self.code == WHOLE:
            for side in ("raised_by", "raised_about"):
                parts = [self.count(f"escalations_{side}").at(scope=code) for code in codes]
                yield from parts_of(self.counted, self.count("escalations_raised"), parts)

    def children(self) -> Iterator[Relation]:
        """The categories make the children on a plan; a family has one child or more."""
        card = self.counted.cards[self.code, self.period]
        keys = [c.key for c in card.counts if c.key.startswith("on_plan_")]
        yield from self.same(self.count("children_on_plan"), *(self.count(key) for key in keys))
        yield from self.within(self.count("families_on_plan"), self.count("children_on_plan"))

    def annual(self, card: Scorecard) -> Iterator[Relation]:
        """What the annual report adds: conferences by kind, reports of general practices, sessions."""
        yield from self.kinds_of_conferences(card)
        yield from self.practices(card)
        for by in sorted({c.by for c in card.counts if c.key == "take_up_registered"}):
            booked, cancelled, late, away, came, walked, all_came = (
                self.count(f"take_up_{name}", by) for name in SESSION_COUNTS
            )
            yield from self.same(booked, cancelled, late, away, came)
            yield from self.same(all_came, came, walked)

    def kinds_of_conferences(self, card: Scorecard) -> Iterator[Relation]:
        """Initial and pre-birth are the initial ones; held are those that quoracy counts, less stood down."""
        def held(*kinds: str) -> list[Place]:
            return [self.count("conferences", (("kind", kind),)) for kind in kinds]

        yield from self.same(self.count("initial"), *held("initial_conference", "pre_birth_conference"))
        yield from self.same(self.count("review"), *held("review_conference"))
        yield from self.same(self.count("transfer_in"), *held("transfer_in_conference"))
        for by in sorted({c.by for c in card.counts if c.key == "conferences" and c.by}):
            if [name for name, _ in by] == ["kind"]:
                whole = self.reading("quoracy", Basis.ALL, "total", by)
                yield from parts_of(self.counted, whole, [self.count("conferences", by)])

    def practices(self, card: Scorecard) -> Iterator[Relation]:
        """The general practices make their sum; what became of their reports makes what was expected."""
        whole = [r for r in card.result("reports_in_time").readings if r.by and r.by[0][0] == "sector"]
        for one in whole:
            for part in ("met", "total"):
                place = self.reading(one.measure, one.basis, part, one.by)
                each = (place.at(by=(("agency", code),)) for code in card.practices)
                yield from self.same(place, *each)
        states = sorted({c.by for c in card.counts if c.key == "practice_reports"})
        if whole and states:
            total = self.reading("reports_in_time", Basis.INVOLVED, "total", whole[0].by)
            yield from self.same(total, *(self.count("practice_reports", by) for by in states))
            on_time = self.count("practice_reports", (("report", "on_time"),))
            yield from self.same(total.at(part="met"), on_time)
