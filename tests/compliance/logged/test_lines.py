"""The actions in a report: as they stood at the end of its period, alike on every face."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from compliance import actions
from compliance.demo import factories as make
from compliance.faces import render
from compliance.kept_figures import as_kept, from_kept
from compliance.measures import Scope, open_ledger, score
from compliance.measures.logged import lines
from compliance.models import Action
from compliance.period import Period
from compliance.scorecard import ActionLine, actions_in_words
from partnership.models import Membership, today

pytestmark = pytest.mark.django_db
TODAY = today()
YEAR, NEXT = Period(2014), Period(2015)
MADE_AT = datetime(2015, 5, 11, 14, 5, tzinfo=UTC)


def on(month: int, day: int, year: int = 2014) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


@pytest.fixture
def scope(partnership, agency_a) -> Scope:
    return Scope(partnership, Membership.objects.select_related("agency", "partnership").get(agency=agency_a))


def seen(scope: Scope, period: Period) -> list[ActionLine]:
    return list(lines(open_ledger(scope, period, TODAY)))


@pytest.fixture
def rolled(log, mo) -> Action:
    """Logged in June 2014, due in September; moved twice in that year and once in the next."""
    row = log(now=on(6, 2), due_on=date(2014, 9, 30), by=None)
    for moment, due_on in (
        (on(9, 1), date(2014, 12, 31)), (on(12, 1), date(2015, 3, 20)), (on(5, 1, 2015), date(2015, 9, 30)),
    ):
        actions.move_due(by=mo, action=row, due_on=due_on, reason="Nobody came.", now=moment)
    actions.note_progress(by=mo, action=row, text="A rota is drawn up.", now=on(10, 1))
    actions.note_progress(by=mo, action=row, text="The rota is in use.", now=on(6, 1, 2015))
    actions.close_action(by=mo, action=row, outcome="Deputies come.", now=on(9, 1, 2015))
    return row


def test_it_stands_as_it_did_at_the_end_of_the_period(scope, rolled):
    [then] = seen(scope, YEAR)
    assert then == ActionLine(
        "NW-A-001", rolled.asked, "Northwold Social Care", date(2015, 3, 20), "Overdue", carried=2,
        from_before=False, progress="A rota is drawn up.",
    )
    [later] = seen(scope, NEXT)
    assert (later.state, later.closed_on, later.outcome) == ("Closed", date(2015, 9, 1), "Deputies come.")
    assert (later.carried, later.carried_words, later.from_before) == (3, "Carried over 3 times", True)
    assert later.due_on == date(2015, 9, 30) and later.progress == "The rota is in use."
    assert not seen(scope, Period(2013)) and not seen(scope, Period(2016))
    assert seen(scope, Period(2014, "Q1"))[0].due_on == date(2014, 9, 30)
    assert seen(scope, Period(2014, "Q1"))[0].carried_words == ""


def test_what_is_open_goes_on_into_the_next_pack(scope, log, alice):
    row = log(now=on(6, 2), due_on=date(2015, 6, 30), by=None)
    assert [line.from_before for p in (YEAR, NEXT, Period(2016)) for line in seen(scope, p)] == [
        False, True, True,
    ]
    actions.report_done(by=alice, action=row, text="Done.", now=on(5, 2, 2015))
    assert [line.state for p in (YEAR, NEXT) for line in seen(scope, p)] == ["Open", "Reported done"]


def test_an_agency_has_its_own_and_the_partnership_all(scope, log, agency_b, agency_c, elsewhere):
    log()
    log(owner=agency_b)
    log(owner=agency_c, partnership=elsewhere)
    part = make.AgencyFactory(parent=scope.agency)
    make.MembershipFactory(partnership=scope.partnership, agency=part)
    log(owner=part)
    now = Period.year_of(TODAY)
    assert [line.number for line in seen(scope, now)] == ["NW-A-001", "NW-A-003"], "a part is the parent's"
    assert [line.number for line in seen(Scope(scope.partnership), now)] == [
        "NW-A-001", "NW-A-002", "NW-A-003",
    ]


def test_one_query_however_many(scope, log, mo, django_assert_num_queries):
    ledger = open_ledger(scope, Period.year_of(TODAY), TODAY)
    assert ledger.scope.members
    with django_assert_num_queries(1):
        assert lines(ledger) == ()
    for n in range(5):
        row = log(asked=f"{n}.")
        actions.note_progress(by=mo, action=row, text="So far.")
    with django_assert_num_queries(1):
        assert len(lines(ledger)) == 5


def test_every_face_has_it_and_what_is_kept_comes_back(scope, rolled, log):
    log(asked="=2+2", now=on(3, 1, 2015), due_on=date(2015, 4, 30), owner_title="Team <manager>", by=None)
    card = score(scope, YEAR, on=TODAY)
    assert len(card.actions) == 2 and card.previous.actions == ()
    assert from_kept(json.loads(json.dumps(as_kept(card)))).actions == card.actions
    page = render(card, "html", MADE_AT).decode()
    for words in ("NW-A-001", "Carried over twice", "A rota is drawn up.", "20 March 2015", "Team &lt;manager&gt;"):
        assert words in page, words
    assert actions_in_words(card.actions) in page
    assert "Open at the end of the period: 2, of these 1 overdue, 1 carried over to a later date. Closed in it: 0." in page
    found = json.loads(render(card, "json", MADE_AT))["actions"]
    assert [one["number"] for one in found] == ["NW-A-001", "NW-A-002"]
    assert found[0]["carried"] == 2 and found[0]["due_on"] == "2015-03-20"
    rows = list(csv.reader(io.StringIO(render(card, "csv", MADE_AT).decode())))
    told = {(row[4], row[6]): row[7] for row in rows if row[4].startswith("Action ")}
    assert told["Action NW-A-001", "state"] == "Overdue" and told["Action NW-A-001", "carried"] == "2"
    assert told["Action NW-A-002", "what"] == "'=2+2"
    assert render(card, "pdf", MADE_AT).startswith(b"%PDF")


def test_nothing_to_say_is_said(scope):
    card = score(scope, YEAR, on=TODAY)
    assert card.actions == () and card.as_json()["actions"] == []
    assert "No action was open at the end of this period" in render(card, "html", MADE_AT).decode()


def test_a_period_that_is_not_over_is_told_as_it_stands(scope, log):
    row = log()
    Action.objects.filter(pk=row.pk).update(due_on=TODAY - timedelta(days=1))
    assert [line.state for line in seen(scope, Period.year_of(TODAY))] == ["Overdue"]
