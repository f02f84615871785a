"""The next dates due: by the local timescales, booked or late, for the service and for the teams."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import MeetingKind, MeetingState, Timed
from conferences.models import Meeting
from conferences.nextdates import Booking, Fact, due_to, facts_of, next_dates, rules_of
from conferences.rules import LocalRules
from partnership.models import today
from tests.conferences.pages.planned import in_days, text

pytestmark = pytest.mark.django_db
DUE = "/meetings/due/"
ON = date(2015, 6, 1)


# --- The reckoning --------------------------------------------------------------------------------


def fact(pk: int, kind: str, day: date, *, plan: int = 0, state: str = MeetingState.HELD, discussed=None) -> Fact:
    return Fact(pk, 1, f"M-{pk}", "F", kind, state, day, discussed, plan)


def reckoned(partnership, *family: Fact, on: date = ON) -> list[tuple]:
    return [
        (row.what, row.due_on, row.state, row.after.pk)
        for row in due_to(list(family), LocalRules.of(partnership), on)
    ]


def test_after_an_initial_with_a_plan_a_review_and_a_first_core_group_are_due(partnership):
    first = fact(1, MeetingKind.INITIAL, date(2015, 3, 2), plan=2)
    assert reckoned(partnership, first) == [
        (Timed.FIRST_REVIEW, date(2015, 6, 2), Booking.OPEN, 1),
        (Timed.FIRST_CORE_GROUP, date(2015, 3, 16), Booking.LATE, 1),
    ]


def test_without_a_plan_nothing_is_due(partnership):
    assert reckoned(partnership, fact(1, MeetingKind.INITIAL, date(2015, 3, 2))) == []


def test_later_reviews_and_core_groups_follow_the_one_before(partnership):
    family = (
        fact(1, MeetingKind.INITIAL, date(2015, 1, 5), plan=2), fact(2, MeetingKind.CORE_GROUP, date(2015, 1, 15)),
        fact(3, MeetingKind.REVIEW, date(2015, 4, 1), plan=1), fact(4, MeetingKind.CORE_GROUP, date(2015, 4, 27)),
    )
    assert reckoned(partnership, *family) == [
        (Timed.LATER_REVIEW, date(2015, 10, 1), Booking.OPEN, 3),
        (Timed.NEXT_CORE_GROUP, date(2015, 6, 8), Booking.OPEN, 4),
    ]


@pytest.mark.parametrize(("day", "state"), [
    (date(2015, 6, 2), Booking.BOOKED), (date(2015, 6, 3), Booking.TOO_LATE),
])
def test_booked_in_time_is_until_the_very_day(partnership, day, state):
    family = (
        fact(1, MeetingKind.INITIAL, date(2015, 3, 2), plan=2),
        fact(2, MeetingKind.REVIEW, day, state=MeetingState.PLANNED),
    )
    assert reckoned(partnership, *family)[0][2] == state


@pytest.mark.parametrize(("on", "state"), [(date(2015, 6, 2), Booking.OPEN), (date(2015, 6, 3), Booking.LATE)])
def test_late_begins_the_day_after_the_last_day(partnership, on, state):
    assert reckoned(partnership, fact(1, MeetingKind.INITIAL, date(2015, 3, 2), plan=2), on=on)[0][2] == state


def test_initial_is_due_after_the_strategy_discussion_until_it_is_held(partnership):
    planned = fact(
        1, MeetingKind.INITIAL, date(2015, 6, 30), state=MeetingState.PLANNED, discussed=date(2015, 6, 1)
    )
    assert reckoned(partnership, planned) == [(Timed.INITIAL, date(2015, 6, 22), Booking.TOO_LATE, 1)]
    stood_down = fact(
        1, MeetingKind.INITIAL, date(2015, 5, 20), state=MeetingState.STOOD_DOWN, discussed=date(2015, 5, 1)
    )
    assert reckoned(partnership, stood_down) == [(Timed.INITIAL, date(2015, 5, 26), Booking.LATE, 1)]


def test_transfer_in_starts_the_count_of_core_groups_anew(partnership):
    family = (
        fact(1, MeetingKind.CORE_GROUP, date(2015, 1, 5)),
        fact(2, MeetingKind.TRANSFER_IN, date(2015, 5, 1), plan=1),
    )
    assert reckoned(partnership, *family)[1][0] == Timed.FIRST_CORE_GROUP


def test_year_without_known_holidays_is_not_known(partnership):
    far = date(2036, 12, 28)
    rows = reckoned(partnership, fact(1, MeetingKind.INITIAL, far, plan=1), on=far)
    assert (Timed.FIRST_CORE_GROUP, None, Booking.UNKNOWN, 1) in rows


def test_cancelled_meetings_and_those_without_a_family_tell_nothing(partnership):
    for more in ({"state": MeetingState.CANCELLED, "family_ref": "F"}, {"family_ref": ""}):
        make.MeetingFactory(partnership=partnership, children_on_plan_after=1, **more)
    facts = facts_of(Meeting.objects.all())
    assert next_dates(facts, rules_of(facts), ON) == []


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def family(partnership, agency_a, agency_b, staff_a, staff_b, meeting, meeting_elsewhere):
    """NW-1 made a plan eight weeks ago: the first core group is late, the review still to come. And the
    same far away."""
    for row in (meeting, meeting_elsewhere):
        row.held_on, row.family_ref, row.children_on_plan_after = in_days(-56), f"FAM-{row.partnership.code}", 2
        row.save()
    return meeting


def shown(answer) -> list[tuple]:
    return [(row[0]["text"], row[2]["text"], row[3]["text"]) for row in answer.context["rows"]]


def test_service_sees_what_is_due_soonest_first(client, dana, family):
    client.force_login(dana)
    answer = client.get(DUE)
    assert shown(answer) == [
        ("First core group", "Late, not booked", "NW-1"), ("First review", "Not booked yet", "NW-1"),
    ]
    assert "2 due, 1 late." in text(answer) and "FAM-NW" in text(answer)
    assert "Each later review is held within 6 months of the one before." in text(answer)
    body = answer.content.decode()
    assert "/meetings/convene/?partnership=NW&amp;kind=core_group&amp;follows=NW-1" in body


@pytest.mark.parametrize(("query", "number"), [
    ("what=first_review", 1), ("state=late", 1), ("state=open", 1), ("state=booked", 0),
    ("what=first_review&state=late", 0), ("sort=-due_on", 2), ("sort=nonsense", 2),
])
def test_dates_are_narrowed_and_sorted(client, dana, family, query, number):
    client.force_login(dana)
    answer = client.get(f"{DUE}?{query}")
    assert len(answer.context["rows"]) == number
    if query == "sort=-due_on":
        assert shown(answer)[0][0] == "First review"


def test_odd_filter_is_an_error(client, dana, family):
    client.force_login(dana)
    assert client.get(f"{DUE}?what=nonsense").status_code == 422


def test_booked_meetings_are_named_and_offer_no_second_one(client, dana, partnership, family):
    make.MeetingFactory(
        partnership=partnership, reference="NW-R", kind=MeetingKind.REVIEW, state=MeetingState.PLANNED,
        held_on=family.held_on + relativedelta(months=3), family_ref="FAM-NW",
    )
    client.force_login(dana)
    row = client.get(f"{DUE}?what=first_review").context["rows"][0]
    assert row[2]["text"] == "Booked in time" and row[2]["hint"].startswith("NW-R, ")
    assert row[-1] == {"text": ""}


def test_team_sees_the_core_groups_that_it_leads_and_no_family_reference(
    client, bob, alice, charlie, family, partnership, staff_a, staff_b
):
    Meeting.objects.filter(pk=family.pk).update(lead=staff_a)
    for user, number in ((bob, 1), (alice, 1), (charlie, 0)):
        client.force_login(user)
        answer = client.get(DUE)
        assert len(answer.context["rows"]) == number
        assert "FAM-" not in answer.content.decode() and "review" not in text(answer).lower()
    Meeting.objects.filter(pk=family.pk).update(lead=staff_b)
    client.force_login(bob)
    assert shown(client.get(DUE)) == []
    client.force_login(charlie)
    assert len(client.get(DUE).context["rows"]) == 1


def test_core_group_that_is_led_makes_the_next_one_due(client, bob, family, core_group, staff_a):
    core_group.family_ref, core_group.held_on = "FAM-NW", family.held_on + timedelta(days=7)
    core_group.save()
    client.force_login(bob)
    assert shown(client.get(DUE)) == [("Core group", "Late, not booked", "NW-2")]


def test_meeting_that_one_may_not_see_is_not_named(client, bob, partnership, family, core_group, agency_b, staff_b):
    """A colleague led the last core group: its date is reckoned with, its reference is not shown."""
    Meeting.objects.filter(pk=core_group.pk).update(family_ref="FAM-NW", held_on=in_days(-40))
    secret = make.MeetingFactory(
        partnership=partnership, reference="NW-SECRET", kind=MeetingKind.CORE_GROUP, held_on=in_days(-10),
        family_ref="FAM-NW",
    )
    make.AttendanceFactory(meeting=secret, agency=agency_b, staff_member=staff_b)
    client.force_login(bob)
    answer = client.get(DUE)
    assert shown(answer) == [("Core group", "Not booked yet", "A meeting that you were not at")]
    assert "NW-SECRET" not in answer.content.decode()


@pytest.mark.parametrize("name", ["sam", "mo", "tara", "dee", "audrey"])
def test_others_find_no_such_page(client, people, family, name):
    client.force_login(getattr(people, name))
    assert client.get(DUE).status_code == 404


def test_empty_page_says_when_dates_appear(client, dana, partnership):
    client.force_login(dana)
    assert "Nothing is due." in text(client.get(DUE))


def test_families_without_a_meeting_for_over_a_year_are_left_out_until_asked_for(client, dana, partnership, family):
    make.MeetingFactory(
        partnership=partnership, reference="NW-OLD", family_ref="OLD", held_on=in_days(-400), children_on_plan_after=1,
    )
    make.MeetingFactory(
        partnership=partnership, reference="NW-YEAR", family_ref="YEAR", held_on=in_days(-360), children_on_plan_after=1,
    )
    client.force_login(dana)
    answer = client.get(DUE + "?state=late")
    assert {row[2] for row in shown(answer)} == {"NW-1", "NW-YEAR"}
    assert "4 due, 3 late." in text(answer) and "2 more are left out" in text(answer)
    assert "?state=late&amp;families=all" in answer.content.decode()
    everything = client.get(DUE + "?families=all")
    assert "6 due, 5 late." in text(everything) and "left out" not in text(everything)
    assert "NW-OLD" in text(everything)
    assert "3 next dates are late" in text(client.get("/"))


def test_when_only_families_of_long_ago_are_due_the_page_says_so(client, dana, partnership):
    make.MeetingFactory(partnership=partnership, family_ref="OLD", held_on=in_days(-400), children_on_plan_after=1)
    client.force_login(dana)
    answer = text(client.get(DUE))
    assert "Nothing is due to families that met in the last year." in answer and "2 more are left out" in answer


def test_family_with_a_meeting_ahead_is_not_left_out(client, dana, partnership):
    make.MeetingFactory(
        partnership=partnership, reference="NW-OLD", family_ref="OLD", held_on=in_days(-400), children_on_plan_after=1,
    )
    make.MeetingFactory(
        partnership=partnership, reference="NW-AHEAD", family_ref="OLD", held_on=in_days(10),
        kind=MeetingKind.REVIEW, state=MeetingState.PLANNED,
    )
    client.force_login(dana)
    assert "left out" not in text(client.get(DUE))


def test_meetings_without_a_family_stand_beside(client, dana, partnership, family):
    make.MeetingFactory(partnership=partnership, family_ref="")
    client.force_login(dana)
    assert "1 meeting has no family reference" in text(client.get(DUE))


def test_dates_come_in_pages_and_ask_the_database_as_often_for_many(client, people, partnership, staff_a, family):
    Meeting.objects.filter(pk=family.pk).update(lead=staff_a)
    for name, number in (("dana", 25), ("bob", 25)):
        client.force_login(getattr(people, name))
        counted = []
        for batch in (0, 30):
            make.MeetingFactory.create_batch(
                batch, partnership=partnership, held_on=today() - timedelta(days=80), children_on_plan_after=1,
                lead=staff_a,
            )
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(DUE)
            counted.append(len(asked))
        assert counted[0] == counted[1], name
        assert len(answer.context["rows"]) == number
