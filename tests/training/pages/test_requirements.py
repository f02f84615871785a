"""Who must hold what: asked, changed by a new dated row, ended; and what each would change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.reading import same, text
from tests.training.pages.conftest import trained
from training.models import Exemption, Requirement

LIST, ADD = "/courses/requirements/", "/courses/requirements/add/"


def written(day) -> str:
    return f"{day:%d/%m/%Y}"


def asking(town, **new) -> dict:
    there = {
        "owner": f"p{town.partnership.pk}", "role_group": town.role_group.pk, "courses": [town.other.pk],
        "within_days": "0", "effective_from": written(today()), "hours": "", "over_months": "",
        "valid_months": "", "effective_until": "",
    }
    return {**there, **new}


@pytest.fixture
def town(town):
    """With a second course that nobody has done, and the requirement in force."""
    town.other = make.CourseFactory(code="REP", title="Writing reports")
    town.asked = Requirement.objects.get(partnership=town.partnership)
    return town


def page(row, what="change") -> str:
    return f"/courses/requirements/{row.pk}/{what}/"


def seen(client, row, what="change") -> str:
    return client.get(page(row, what)).context["seen"]


# --- Adding -------------------------------------------------------------------------------------------


def test_what_changes_is_shown_before_anything_is_saved(client, town, tara):
    trained(town, town.bob, 900)
    trained(town, town.bertha, 900)
    client.force_login(tara)
    answer = client.post(ADD, asking(town))
    shown = answer.context["foreseen"]
    # Bob and Bertha were in date; Siân was expired already. Southmere's Cecil is nobody of theirs.
    assert (shown.people, shown.newly_due, shown.no_longer_due, shown.changed) == (3, 2, 0, 2)
    assert "2 people have something to do" in text(answer)
    assert Requirement.objects.count() == 2 and not HistoryEntry.objects.exists()
    answer = client.post(ADD, asking(town, sure="1"))
    assert answer.status_code == 302
    row = Requirement.objects.get(courses=town.other)
    assert (row.partnership, row.agency, row.within_days) == (town.partnership, None, 0)
    assert "Writing reports" in text(client.get(answer.url))


def test_asking_from_a_later_day_is_reckoned_for_that_day(client, town, tara):
    trained(town, town.bob, 10)
    client.force_login(tara)
    later = today() + timedelta(days=30)
    shown = client.post(ADD, asking(town, effective_from=written(later))).context["foreseen"]
    assert shown.on == later and shown.newly_due == 0  # Bob's own expiry is no change


def test_double_click_asks_once(client, town, tara):
    client.force_login(tara)
    for _ in range(2):
        answer = client.post(ADD, asking(town, sure="1"))
        assert answer.status_code == 302
    assert "asked already" in text(client.get(LIST))
    assert Requirement.objects.filter(courses=town.other).count() == 1


def test_hours_over_a_time_and_any_of_several(client, town, tara):
    client.force_login(tara)
    both = [town.course.pk, town.other.pk]
    client.post(ADD, asking(town, courses=both, hours="12", over_months="36", sure="1"))
    row = Requirement.objects.get(hours__isnull=False)
    assert (row.hours, row.over_months, row.courses.count()) == (12, 36, 2)
    words = text(client.get(LIST))
    assert "12 hours of Conferences and core groups or Writing reports" in words and "over 3 years" in words


@pytest.mark.parametrize(("new", "field"), [
    ({"courses": []}, "courses"), ({"courses": ["x"]}, "courses"), ({"role_group": ""}, "role_group"),
    ({"role_group": "999999"}, "role_group"), ({"within_days": ""}, "within_days"),
    ({"within_days": "-1"}, "within_days"), ({"within_days": "9999"}, "within_days"),
    ({"hours": "12"}, "over_months"), ({"over_months": "36"}, "hours"), ({"hours": "0", "over_months": "3"}, "hours"),
    ({"valid_months": "0"}, "valid_months"), ({"effective_from": "31/02/2015"}, "effective_from"),
    ({"effective_until": "01/04/2001", "effective_from": "01/04/2001"}, "effective_until"),
])
def test_bad_requirement_comes_back(client, town, tara, new, field):
    client.force_login(tara)
    answer = client.post(ADD, asking(town, sure="1", **new))
    assert answer.status_code == 422 and f'href="#id_{field}' in answer.content.decode()
    assert Requirement.objects.count() == 2


def test_lead_asks_of_their_own_agency_alone(client, town, alice):
    trained(town, town.bob, 900)
    client.force_login(alice)
    for owner in (f"p{town.partnership.pk}", f"a{town.agency_b.pk}", "a999999", "x"):
        answer = client.post(ADD, asking(town, owner=owner, sure="1"))
        assert answer.status_code == 422 and Requirement.objects.count() == 2
    answer = client.post(ADD, asking(town, owner=""))
    assert (answer.context["foreseen"].people, answer.context["foreseen"].newly_due) == (2, 1)
    client.post(ADD, asking(town, owner="", sure="1"))
    assert Requirement.objects.get(agency=town.agency_a).courses.get() == town.other


# --- Changing and ending ----------------------------------------------------------------------------------


def changing(town, **new) -> dict:
    there = {
        "courses": [town.course.pk], "within_days": "0", "effective_from": written(today()), "hours": "",
        "over_months": "", "valid_months": "12",
    }
    return {**there, **new}


def test_change_makes_a_new_dated_row_and_keeps_the_old(client, town, tara):
    trained(town, town.bob, 300)  # completed two years ago and more: too old for twelve months
    exemption = make.ExemptionFactory(
        staff_member=town.sian, requirement=town.asked, from_on=today(), until_on=today() + timedelta(days=90)
    )
    client.force_login(tara)
    typed = changing(town, seen=seen(client, town.asked))
    shown = client.post(page(town.asked), typed).context["foreseen"]
    assert (shown.newly_due, shown.changed) == (1, 1)
    assert Requirement.objects.count() == 2 and Exemption.objects.count() == 1
    assert client.post(page(town.asked), typed | {"sure": "1"}).status_code == 302
    town.asked.refresh_from_db()
    new = Requirement.objects.get(valid_months=12)
    assert town.asked.effective_until == new.effective_from == today()
    assert new.role_group == town.role_group and new.partnership == town.partnership
    carried = Exemption.objects.get(requirement=new)
    assert (carried.staff_member, carried.until_on) == (town.sian, exemption.until_on)


def test_nothing_else_of_a_row_and_no_earlier_day_is_changed(client, town, tara):
    client.force_login(tara)
    first = seen(client, town.asked)
    for new, words in (
        ({"valid_months": ""}, "Nothing differs"),
        ({"effective_from": written(town.asked.effective_from)}, "Choose a later day"),
    ):
        answer = client.post(page(town.asked), changing(town, seen=first, sure="1", **new))
        assert answer.status_code == 422 and words in text(answer)
    assert Requirement.objects.count() == 2


def test_ending_says_who_is_no_longer_due(client, town, tara):
    client.force_login(tara)
    typed = {"effective_until": written(today()), "seen": seen(client, town.asked, "end")}
    shown = client.post(page(town.asked, "end"), typed).context["foreseen"]
    assert (shown.people, shown.no_longer_due) == (3, 3)
    assert "Nothing asked" in text(client.post(page(town.asked, "end"), typed))
    client.post(page(town.asked, "end"), typed | {"sure": "1"})
    town.asked.refresh_from_db()
    assert town.asked.effective_until == today()
    assert "Nothing is asked of anybody yet" in text(client.get(LIST))
    assert "Conferences and core groups" in text(client.get(LIST + "?ended=all"))


def test_stale_change_and_end_overwrite_nothing(client, town, tara, mo):
    client.force_login(tara)
    old = seen(client, town.asked)
    client.force_login(mo)
    later = today() + timedelta(days=60)
    client.post(page(town.asked, "end"), {"effective_until": written(later), "seen": old, "sure": "1"})
    client.force_login(tara)
    for what, typed in (("change", changing(town)), ("end", {"effective_until": written(today())})):
        for more in ({}, {"sure": "1"}):
            answer = client.post(page(town.asked, what), typed | {"seen": old} | more)
            assert answer.status_code == 409 and "Nothing of yours was written" in text(answer)
    town.asked.refresh_from_db()
    assert town.asked.effective_until == later and Requirement.objects.count() == 2


@pytest.mark.parametrize("what", ["change", "end"])
def test_requirement_of_others_is_missing(client, town, people, what):
    own = make.RequirementFactory(
        partnership=None, agency=town.agency_a, role_group=town.role_group, courses=[town.other]
    )
    far = Requirement.objects.exclude(partnership=town.partnership).exclude(pk=own.pk).get()
    reached = {"tara": {town.asked}, "mo": {town.asked}, "alice": {own}}
    for name in ("alice", "bob", "charlie", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"):
        client.force_login(getattr(people, name))
        for row in (town.asked, own, far):
            answer = client.get(page(row, what))
            if row in reached.get(name, ()):
                assert answer.status_code == 200, name
            else:
                none = client.get(f"/courses/requirements/999999/{what}/")
                assert answer.status_code == 404 and same(answer) == same(none), (name, row)
                assert client.post(page(row, what), {"sure": "1"}).status_code == 404


def test_list_is_read_without_what_other_agencies_ask_of_themselves(client, town, alice, charlie, sam):
    make.RequirementFactory(
        partnership=None, agency=town.agency_a, role_group=town.role_group, courses=[town.other]
    )
    for user, sees in ((alice, True), (charlie, False), (sam, True)):
        client.force_login(user)
        words = text(client.get(LIST))
        assert "Front line" in words and ("Northwold Social Care" in words) is sees
        assert ("Change or end" in words) is (user == alice)


def test_list_is_sorted_within_each_role_group(client, town, tara):
    later = make.RequirementFactory(
        partnership=town.partnership, role_group=town.role_group, courses=[town.other],
        effective_from=today() + timedelta(days=9), effective_until=today() + timedelta(days=99),
    )
    client.force_login(tara)

    def shown(sort: str) -> list[str]:
        [group] = client.get(f"{LIST}?sort={sort}").context["groups"]
        return [row[0]["text"] for row in group["rows"]]

    first, second = "Conferences and core groups", "Writing reports"
    assert shown("what") == shown("from") == [first, second]
    assert shown("-what") == shown("-from") == shown("until") == [second, first]  # no end comes last
    assert sorted(shown("password")) == [first, second]
    page = client.get(f"{LIST}?sort=-what&course={later.courses.get().pk}")
    assert 'name="sort" value="-what"' in page.content.decode()  # filtering keeps the order


def test_list_and_check_ask_as_often_for_many(client, town, tara, alice):
    client.force_login(tara)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as listed:
            client.get(LIST)
        with CaptureQueriesContext(connection) as checked:
            client.post(ADD, asking(town))
        counts.append((len(listed), len(checked)))
        make.StaffMemberFactory.create_batch(20, agency=town.agency_a, role_group=town.role_group)
        for _ in range(10):
            make.RequirementFactory(partnership=town.partnership, courses=[town.course, town.other])
    assert counts[0] == counts[1]
