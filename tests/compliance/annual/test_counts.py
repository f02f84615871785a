"""What only the annual conference report counts, and the rows behind each of its numbers."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import faces
from compliance.demo import factories as make
from compliance.differing import what_changed
from compliance.kept_figures import as_kept, from_kept
from compliance.measures import Scope, open_ledger, score
from compliance.measures.annual import score_annual
from compliance.period import Period
from compliance.rows import OPENABLE_COUNTS, NoSuchRows, opened, opened_count
from compliance.scorecard import Basis
from conferences.choices import ChairDecision
from conferences.models import Meeting
from tests.compliance import sample
from tests.compliance.annual.conftest import REASON, YEAR, conference

pytestmark = pytest.mark.django_db
GP = {"sector": "health_primary"}


@pytest.fixture
def card(year, scope):
    return score_annual(scope, YEAR)


def test_conferences_by_kind_and_half_and_the_children_considered(card):
    assert (card.count("conferences"), card.count("stood_down"), card.count("inquorate")) == (4, 1, 3)
    kinds = {kind: card.count_by("conferences", kind=f"{kind}_conference") for kind in ("initial", "review", "pre_birth")}
    assert kinds == {"initial": 2, "review": 1, "pre_birth": 1}
    assert [card.count_by("conferences", half=f"2014-15 {half}") for half in ("H1", "H2")] == [2, 2]
    assert card.count_by("conferences", kind="initial_conference", half="2014-15 H1") == 2
    assert card.count_by("conferences", kind="initial_conference", half="2014-15 H2") == 0
    assert card.count_by("children_considered", half="2014-15 H1") == 4
    assert card.count_by("children_considered", kind="review_conference") == 2


def test_conferences_that_were_not_quorate_with_what_the_chair_decided(card):
    decided = {d: card.count_by("inquorate", decision=d) for d in ("discretion", "stood_down", "none", "quorate")}
    assert decided == {"discretion": 1, "stood_down": 1, "none": 1, "quorate": 0}
    lines = [(one.reference, one.kind, one.decided, one.new_date_on) for one in card.inquorate]
    assert lines == [
        ("NW-13", "Initial conference", "Proceeded by the chair's discretion", None),
        ("NW-14", "Initial conference", "Stood down", date(2014, 12, 11)),
        ("NW-15", "Pre-birth conference", "Not written down", None),
    ]


@pytest.mark.parametrize("form", faces.FORMATS)
def test_no_family_no_chair_and_no_words_of_the_chair_are_in_any_face(card, form):
    assert Meeting.objects.filter(chair_reason=REASON, chair="Dr Foster").exists()
    content = faces.render(card, form, sample.MADE_AT)
    for word in ("Smith", "Foster", "FAM-77"):
        assert word.encode() not in content
        assert word not in json.dumps(as_kept(card))


def test_reports_of_general_practices_together_and_each(card):
    result = card.result("reports_in_time")
    assert card.practices == ("GPA", "GPB")
    for basis in (Basis.INVOLVED, Basis.INVITED):
        assert result.reading(basis, **GP).working == "1 of 2"
        each = [result.reading(basis, agency=code) for code in card.practices]
        assert [(r.met, r.total) for r in each] == [(1, 1), (0, 1)]
    states = {s: card.count_by("practice_reports", report=s) for s in ("on_time", "on_the_day", "late", "none")}
    assert states == {"on_time": 1, "on_the_day": 0, "late": 1, "none": 0}


def test_take_up_of_sessions_counts_closed_registers_of_the_year(card):
    took = {key: card.count_by(f"take_up_{key}", course="CPC") for key in (
        "sessions", "places", "registered", "cancelled", "cancelled_late", "no_show", "attended", "walk_in", "came",
    )}
    assert took == {
        "sessions": 1, "places": 12, "registered": 7, "cancelled": 1, "cancelled_late": 1, "no_show": 2,
        "attended": 3, "walk_in": 2, "came": 5,
    }
    assert card.count("take_up_registered") == 7 and card.count("take_up_open") == 1
    assert card.label("course", "CPC") == "Conferences and core groups"
    assert card.previous.count("take_up_sessions") == 1
    page = faces.render(card, "html", sample.MADE_AT).decode()
    assert "42.9%" in page  # booked and came, of booked: a walk-in is in neither


def test_no_agency_is_named_with_an_escalation(card, scope):
    assert not [c for c in card.counts if c.key.startswith("escalations_") and dict(c.by).get("agency")]
    assert not card.result("escalation_in_time").broken_down("agency")
    assert not card.annual or score(scope, YEAR).annual is False


def test_every_number_opens_its_rows(card, scope, year):
    ledger = open_ledger(scope, YEAR)
    tried = 0
    for count in card.counts:
        if count.key in OPENABLE_COUNTS and dict(count.by).keys() <= {"kind", "half", "decision", "report", "course"}:
            found = opened_count(ledger, count.key, names=False, **dict(count.by))
            assert found.total == count.value, count
            assert all(len(row.cells) == len(found.columns) for row in found.rows)
            tried += bool(count.by)
    assert tried > 25
    for reading in card.result("reports_in_time").readings:
        found = opened(ledger, reading.measure, str(reading.basis), dict(reading.by), names=False)
        assert (found.met, found.total) == (reading.met, reading.total)


@pytest.mark.parametrize("asked", [
    ("conferences", {"kind": "nothing"}), ("conferences", {"half": "2013-14 H1"}), ("core_groups", {"kind": "core_group"}),
    ("inquorate", {"decision": "x"}), ("practice_reports", {"report": "x"}), ("practice_reports", {"kind": "core_group"}),
], ids=str)
def test_a_breakdown_that_is_none_opens_nothing(scope, year, asked):
    key, by = asked
    with pytest.raises(NoSuchRows):
        opened_count(open_ledger(scope, YEAR), key, names=False, **by)


def test_a_half_has_no_halves_and_the_one_before_beside(year, scope):
    card = score_annual(scope, Period(2014, "H2"))
    assert not [c for c in card.counts if any(name == "half" for name, _ in c.by)]
    assert card.count_by("conferences", kind="review_conference") == 1
    assert card.previous.period == Period(2014, "H1") and card.previous.annual
    assert card.previous.count("conferences") == 2


def test_kept_figures_and_what_changed_know_the_annual_report(year, scope, card):
    assert from_kept(json.loads(json.dumps(as_kept(card)))) == card
    Meeting.objects.filter(reference="NW-15").update(chair_decision=ChairDecision.DISCRETION)
    told = {(c.what, c.detail): (c.before, c.after) for c in what_changed(card, score_annual(scope, YEAR))}
    assert told["Not quorate", "NW-15"] == ("Not written down", "Proceeded by the chair's discretion")
    assert told["Conferences that were not quorate", "Proceeded by the chair's discretion"] == ("1", "2")


def test_a_year_without_anything_says_so_and_has_no_empty_table(partnership, scope):
    card = score_annual(scope, Period(2009))
    page = faces.context(card, faces.Links())
    for section in page["sections"]:
        if section.id != "counts":
            assert section.empty or not section.tables or section.id in ("actions",), section.title
            assert not section.tables and not section.charts, section.title
    for form in faces.FORMATS:
        assert faces.render(card, form, sample.MADE_AT)


def test_the_number_of_queries_does_not_grow(year, partnership):
    asked = []
    for more in (1, 12):
        for n in range(more):
            conference(partnership, f"NW-{more}-{n}", date(2014, 7, 7), quorate=False, children=1)
            make.SessionFactory(partnership=partnership, held_on=date(2014, 8, 8), closed_at="2015-01-01T00:00Z")
        with CaptureQueriesContext(connection) as queries:
            score_annual(Scope(partnership), YEAR)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 50, asked
