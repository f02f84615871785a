"""A whole session at once: choosing, ticking, and what became of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from compliance.demo import factories as make
from partnership.models import HistoryEntry
from tests.reading import text
from tests.training.pages.conftest import trained
from training import actions
from training.actions import bulk
from training.models import TrainingRecord

LOG, DONE = "/people/log/", "/people/log/done/"


def chosen(town, on, **more) -> str:
    day = on if isinstance(on, str) else f"{on:%d/%m/%Y}"
    return f"{LOG}?" + urlencode({"course": town.course.pk, "completed_on": day, "provider": "agency", **more})


@pytest.fixture
def thirty(town):
    return make.StaffMemberFactory.create_batch(30, agency=town.agency_a, role_group=town.role_group)


def test_thirty_people_are_logged_at_once(client, town, alice, thirty, yesterday):
    for person in thirty[:2]:
        make.TrainingRecordFactory(staff_member=person, course=town.course, completed_on=yesterday)
    client.force_login(alice)
    answer = client.post(chosen(town, yesterday, evidence="List 4"), {"people": [p.pk for p in thirty]})
    assert (answer.status_code, answer.url) == (302, DONE)
    words = text(client.get(DONE))
    assert "28 logged, 2 had it already" in words and thirty[0].name in words
    rows = TrainingRecord.objects.filter(evidence="List 4")
    assert rows.count() == 28 == HistoryEntry.objects.filter(verb="logged").count()
    assert {(r.provider, r.logged_by, r.confirmed_by, r.expires_on is None) for r in rows} == {("agency", alice, alice, False)}


def test_session_twice_logs_nobody_twice(client, town, alice, thirty, yesterday):
    client.force_login(alice)
    for words in ("30 logged", "0 logged, 30 had it already"):
        client.post(chosen(town, yesterday), {"people": [p.pk for p in thirty]})
        assert words in text(client.get(DONE))
    assert TrainingRecord.objects.filter(staff_member__in=thirty).count() == 30


def test_somebody_logged_at_the_same_moment_is_not_logged_twice(town, alice, yesterday, monkeypatch):
    """The second of two equal sessions meets the first one's rows only when it writes."""
    people, first = [town.bob, town.sian], []

    def blind(*args):
        if not first:
            first.append(True)
            make.TrainingRecordFactory(staff_member=town.bob, course=town.course, completed_on=yesterday)
            return set()
        return real(*args)

    real = actions.having
    monkeypatch.setattr(bulk, "having", blind)
    with pytest.raises(IntegrityError):
        actions.log_missing(alice, people, town.course, yesterday, "", "")
    first.clear()
    TrainingRecord.objects.filter(staff_member=town.bob).delete()
    done = actions.log_session(by=alice, people=people, course=town.course, completed_on=yesterday)
    assert [p.pk for p in done.had] + [r.staff_member_id for r in done.logged] == [town.bob.pk, town.sian.pk]


def test_who_is_due_is_shown_first_and_nobody_is_ticked(client, town, alice, yesterday):
    other = make.StaffMemberFactory(agency=town.agency_a, role_group=make.RoleGroupFactory(title="Office"))
    ready = make.StaffMemberFactory(agency=town.agency_a, role_group=town.role_group)
    trained(town, ready, 900)
    client.force_login(alice)
    answer = client.get(chosen(town, yesterday))
    groups = [(g["title"], [row["value"] for row in g["rows"]]) for g in answer.context["groups"]]
    assert groups == [
        ("Due for it", [town.sian.pk, town.bob.pk]), ("Asked of them, not due", [ready.pk]),
        ("Not asked of them", [other.pk]),
    ]
    assert b" checked" not in answer.content


@pytest.mark.parametrize(("tick", "number"), [("due", 2), ("all", 3), ("x", 0)])
def test_links_tick_those_who_are_due_or_all(client, town, alice, yesterday, tick, number):
    trained(town, make.StaffMemberFactory(agency=town.agency_a, role_group=town.role_group), 900)
    client.force_login(alice)
    assert client.get(chosen(town, yesterday, tick=tick)).content.count(b" checked") == number


def test_people_are_narrowed_by_role_group(client, town, alice, yesterday):
    other = make.RoleGroupFactory(title="Office")
    clerk = make.StaffMemberFactory(agency=town.agency_a, role_group=other)
    client.force_login(alice)
    answer = client.get(chosen(town, yesterday, role_group=other.pk))
    assert [row["value"] for group in answer.context["groups"] for row in group["rows"]] == [clerk.pk]


def test_who_has_it_already_cannot_be_ticked(client, town, alice, yesterday):
    make.TrainingRecordFactory(staff_member=town.bob, course=town.course, completed_on=yesterday)
    client.force_login(alice)
    answer = client.get(chosen(town, yesterday, tick="all"))
    assert answer.content.count(b'name="people"') == 1 == answer.content.count(b" checked")
    assert "Have it already (1) Bobina Alphason" in text(answer)


def test_nobody_ticked_is_refused(client, town, alice, yesterday):
    client.force_login(alice)
    answer = client.post(chosen(town, yesterday))
    assert answer.status_code == 422 and "Tick at least one person." in text(answer)
    assert 'href="#people"' in answer.content.decode()


@pytest.mark.parametrize("who", ["bertha", "cecil"])
def test_person_of_another_agency_is_answered_like_one_who_does_not_exist(client, town, alice, yesterday, who):
    client.force_login(alice)
    answers = [
        client.post(chosen(town, yesterday), {"people": [town.bob.pk, pk]}) for pk in (getattr(town, who).pk, 999_999)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert text(answers[0]) == text(answers[1])
    assert b" checked" in answers[0].content  # what was ticked is kept
    assert TrainingRecord.objects.count() == 1
    assert client.post(chosen(town, yesterday), {"people": [town.bob.pk]}).status_code == 302


@pytest.mark.parametrize("number", ["x", "", "9" * 30, "1 or 1", "-1"])
def test_what_is_no_number_of_a_person_is_refused(client, town, alice, yesterday, number):
    client.force_login(alice)
    assert client.post(chosen(town, yesterday), {"people": [number]}).status_code == 422


@pytest.mark.parametrize("on", ["31/02/2015", "", "01/01/2099", "01/01/1949"])
def test_wrong_day_is_refused_before_anybody_is_ticked(client, town, alice, on):
    client.force_login(alice)
    for answer in (client.get(chosen(town, on)), client.post(chosen(town, on), {"people": [town.bob.pk]})):
        assert answer.status_code == 422 and 'href="#id_completed_on"' in answer.content.decode()
    assert TrainingRecord.objects.count() == 1


def test_own_record_in_a_session_is_not_confirmed(client, town, alice, yesterday):
    alice.staff_member = make.StaffMemberFactory(agency=town.agency_a, role_group=town.role_group)
    alice.save()
    client.force_login(alice)
    client.post(chosen(town, yesterday), {"people": [town.bob.pk, alice.staff_member_id]})
    assert "Nobody confirms their own" in text(client.get(DONE))
    waiting = TrainingRecord.objects.to_confirm()
    assert [row.staff_member for row in waiting] == [alice.staff_member]


@pytest.mark.parametrize("name", ["bob", "dana", "tara", "sam", "mo", "audrey"])
def test_session_is_for_leads(client, town, people, name, yesterday):
    client.force_login(getattr(people, name))
    assert client.get(LOG).status_code == 404
    assert client.post(chosen(town, yesterday), {"people": [town.bob.pk]}).status_code == 404
    assert client.get(DONE).status_code == 404


def test_done_without_a_session_says_so(client, town, alice):
    client.force_login(alice)
    assert "Nothing was logged just now" in text(client.get(DONE))


def test_page_and_logging_ask_the_database_as_often_for_many(client, town, alice, thirty, yesterday):
    client.force_login(alice)
    client.post(chosen(town, yesterday), {"people": [town.bob.pk]})
    counts = []
    for people in (thirty[:2], thirty[2:]):
        with CaptureQueriesContext(connection) as asked:
            client.post(chosen(town, yesterday), {"people": [p.pk for p in people]})
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as shown:
        client.get(chosen(town, yesterday))
    make.StaffMemberFactory.create_batch(20, agency=town.agency_a, role_group=town.role_group)
    with CaptureQueriesContext(connection) as more:
        client.get(chosen(town, yesterday))
    assert len(more) == len(shown)


# --- Finding people -------------------------------------------------------------------------------


def shown(answer) -> list[tuple[str, list[int]]]:
    return [(g["title"], [row["value"] for row in g["rows"]]) for g in answer.context["groups"]]


def test_people_are_found_by_name_and_who_is_ticked_stays_ticked(client, town, alice, yesterday):
    client.force_login(alice)
    address = chosen(town, yesterday)
    answer = client.post(address, {"look": "1", "q": "sian", "people": [town.bob.pk]})
    assert answer.status_code == 200 and TrainingRecord.objects.count() == 1
    assert [row for _, rows in shown(answer) for row in rows] == [town.sian.pk]
    page = answer.content.decode()
    assert f'<input type="hidden" name="people" value="{town.bob.pk}">' in page
    assert "1 person is ticked, of whom 1 not shown below: Bobina Alphason." in text(answer)
    assert client.post(address, {"people": [town.bob.pk, town.sian.pk]}).status_code == 302
    nobody = client.post(address, {"look": "1", "q": "zzz", "people": [town.bob.pk]})
    assert "Nobody fits what you look for" in text(nobody)


def test_all_shown_are_ticked_and_unticked_by_a_button(client, town, alice, yesterday):
    client.force_login(alice)
    address = chosen(town, yesterday)
    all_of_them = client.post(address, {"tick": "all", "q": "sian", "people": [town.bob.pk]})
    assert all_of_them.content.count(b" checked") == 1
    assert "2 people are ticked" in text(all_of_them)
    none = client.post(address, {"tick": "none", "people": [town.bob.pk, town.sian.pk]})
    assert b" checked" not in none.content and "0 people are ticked" in text(none)
    assert TrainingRecord.objects.count() == 1


def test_people_stand_in_the_order_asked_for(client, town, alice, yesterday):
    clerk = make.StaffMemberFactory(
        agency=town.agency_a, role_group=make.RoleGroupFactory(title="Aardvarks"),
        last_name="Zuckerman",
    )
    trained(town, town.sian, 400)
    client.force_login(alice)

    def order(sort: str) -> list[tuple[str, list[int]]]:
        return shown(client.post(chosen(town, yesterday), {"look": "1", "sort": sort}))

    assert order("name") == [("People", [town.bob.pk, town.sian.pk, clerk.pk])]
    assert order("role_group")[0] == ("Aardvarks", [clerk.pk])
    by_day = order("last_done")[0][1]
    assert by_day == [town.bob.pk, clerk.pk, town.sian.pk]
    assert order("nonsense")[0][0] == "Due for it"


def test_names_are_not_kept_once_the_grant_is_lost(client, town, alice, thirty, yesterday):
    client.force_login(alice)
    client.post(chosen(town, yesterday), {"people": [p.pk for p in thirty]})
    assert thirty[0].name in text(client.get(DONE))
    kept = str(dict(client.session))
    assert not any(person.last_name in kept for person in thirty)
    grant = alice.grants.get()
    elsewhere = make.AgencyFactory()
    make.GrantFactory(user=alice, role=grant.role, agency=elsewhere)
    grant.delete()
    words = text(client.get(DONE))
    assert "Nothing was logged just now" in words and thirty[0].name not in words


def test_of_very_many_the_first_are_read_and_those_ticked(client, town, alice, yesterday, monkeypatch):
    """More people than are read at once: who needs it most, whom the words find, and the ticked ones."""
    from training.views import session

    monkeypatch.setattr(session, "MANY", 3)
    monkeypatch.setattr(session, "MOST_SHOWN", 1)
    crowd = make.StaffMemberFactory.create_batch(4, agency=town.agency_a, role_group=town.role_group)
    for person in crowd:
        trained(town, person, 400)
    client.force_login(alice)
    first = text(client.get(chosen(town, yesterday)))
    assert "Łukaszek, Siân" in first and crowd[0].last_name not in first
    asked = {"look": "1", "q": crowd[2].reference, "people": [crowd[3].pk]}
    found = text(client.post(chosen(town, yesterday), asked))
    assert crowd[2].last_name in found and crowd[3].last_name in found
    assert "Łukaszek, Siân" not in found
