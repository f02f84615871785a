"""The catalogue: reading, adding, changing with what changes, and stale pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import HistoryEntry
from tests.reading import text
from training.models import Course, TrainingRecord

LIST, ADD = "/courses/", "/courses/add/"
TYPED = {
    "code": "REP", "title": "Writing reports", "hours": "3.5", "delivery": "taught", "valid_months": "36",
    "counts_from": "", "counts_until": "",
}


def change(course) -> str:
    return f"/courses/{course.pk}/change/"


def as_it_is(course, **new) -> dict:
    there = {
        "code": course.code, "title": course.title, "hours": f"{course.hours:f}", "delivery": course.delivery,
        "valid_months": course.valid_months or "", "counts_from": "", "counts_until": "",
        "conference_duty": "on" if course.conference_duty else "",
    }
    return {**there, **new}


def seen(answer) -> str:
    return answer.context["seen"]


@pytest.mark.parametrize("name", ["alice", "bob", "tara", "mo", "sam", "audrey"])
def test_catalogue_is_read_by_all_who_book_or_count(client, town, people, name):
    client.force_login(getattr(people, name))
    words = text(client.get(LIST))
    assert "Conferences and core groups" in words
    assert ("Add a course" in words) is (name in ("tara", "mo"))


def test_course_is_added_once_by_a_double_click(client, town, tara):
    client.force_login(tara)
    for words in ("is in the catalogue. Next", "Nothing was added twice"):
        answer = client.post(ADD, TYPED | {"covers": [town.course.pk]})
        assert answer.status_code == 302 and words in text(client.get(answer.url))
    course = Course.objects.get(code="REP")
    assert list(course.covers.all()) == [town.course]
    assert "Stands for Conferences and core groups" in text(client.get(f"/courses/{course.pk}/"))


@pytest.mark.parametrize(("new", "field"), [
    ({"code": ""}, "code"), ({"code": "not a code"}, "code"), ({"code": "CPC"}, "code"), ({"title": ""}, "title"),
    ({"title": "x" * 161}, "title"), ({"title": "A\x07b"}, "title"), ({"hours": "-1"}, "hours"),
    ({"hours": "many"}, "hours"), ({"hours": "1.234"}, "hours"), ({"valid_months": "0"}, "valid_months"),
    ({"valid_months": "601"}, "valid_months"), ({"valid_months": "3.5"}, "valid_months"),
    ({"delivery": "post"}, "delivery"), ({"counts_from": "31/02/2015"}, "counts_from"),
    ({"counts_from": "01/04/2015", "counts_until": "01/04/2015"}, "counts_until"),
    ({"covers": ["999999"]}, "covers"), ({"covers": ["x"]}, "covers"),
])
def test_bad_course_comes_back_with_everything_typed(client, town, tara, new, field):
    client.force_login(tara)
    answer = client.post(ADD, TYPED | new)
    body = answer.content.decode()
    assert answer.status_code == 422 and Course.objects.count() == 1
    assert f'href="#id_{field}' in body and "There is a problem" in body
    assert 'value="Writing reports"' in body or "title" in new


def test_code_that_is_taken_is_said_plainly(client, town, tara):
    client.force_login(tara)
    words = text(client.post(ADD, TYPED | {"code": "CPC"}))
    assert "This “Code” is taken already" in words and "with this" not in words


def test_code_is_written_in_capitals(client, town, tara):
    client.force_login(tara)
    client.post(ADD, TYPED | {"code": "rep-2"})
    assert Course.objects.filter(code="REP-2").exists()


# --- Changing -----------------------------------------------------------------------------------------


def test_change_of_validity_is_checked_first_and_old_expiries_stay(client, town, tara):
    client.force_login(tara)
    page = client.get(change(town.course))
    typed = as_it_is(town.course, valid_months="12", seen=seen(page))
    checked = client.post(change(town.course), typed)
    words = text(checked)
    assert checked.status_code == 200 and "Nothing is saved yet" in words
    assert "1 record of 1 person keep the expiry" in words and "What is logged from now on: 1 year" in words
    town.course.refresh_from_db()
    assert town.course.valid_months == 36
    answer = client.post(change(town.course), typed | {"sure": "1"})
    assert answer.status_code == 302
    town.course.refresh_from_db()
    assert town.course.valid_months == 12
    assert TrainingRecord.objects.get().expires_on == date(2015, 4, 1)
    assert HistoryEntry.objects.get(verb="changed").changes == {"valid_months": [36, 12]}


def test_change_that_touches_standings_says_how_many(client, town, tara):
    """The course counted until before Siân did it: whoever was expired then never did it."""
    client.force_login(tara)
    typed = as_it_is(town.course, counts_from="01/04/2013", seen=seen(client.get(change(town.course))))
    answer = client.post(change(town.course), typed)
    assert [(m[0], m[1], m[2]) for m in answer.context["foreseen"].moves] == [("expired", "never", 1)]
    assert "Expired Never done 1" in text(answer)
    town.course.refresh_from_db()
    assert town.course.counts_from is None and not HistoryEntry.objects.exists()


def test_going_back_from_the_check_keeps_what_was_typed(client, town, tara):
    client.force_login(tara)
    typed = as_it_is(town.course, title="Another title", seen=seen(client.get(change(town.course))))
    answer = client.post(change(town.course), typed | {"back": "1"})
    assert answer.status_code == 200 and 'value="Another title"' in answer.content.decode()


def test_courses_covered_are_changed_and_no_course_covers_itself(client, town, tara):
    other = make.CourseFactory(code="L2")
    client.force_login(tara)
    page = client.get(change(town.course))
    assert f'value="{town.course.pk}"' not in page.content.decode().split("covers", 1)[1]
    client.post(change(town.course), as_it_is(town.course, covers=[other.pk], seen=seen(page), sure="1"))
    assert list(town.course.covers.all()) == [other]
    assert HistoryEntry.objects.get(verb="changed").changes == {"covers": ["", "L2"]}
    wrong = client.post(change(town.course), as_it_is(town.course, covers=[town.course.pk], seen="x", sure="1"))
    assert wrong.status_code == 422


@pytest.mark.parametrize("theirs", [{"title": "Their title"}, {"covers": True}])
def test_stale_change_shows_both_versions(client, town, tara, mo, theirs):
    other = make.CourseFactory(code="L2", title="Level 2")
    client.force_login(tara)
    old = seen(client.get(change(town.course)))
    client.force_login(mo)
    new = {"covers": [other.pk]} if "covers" in theirs else theirs
    client.post(change(town.course), as_it_is(town.course, seen=old, sure="1", **new))
    client.force_login(tara)
    for more in ({}, {"sure": "1"}):
        answer = client.post(change(town.course), as_it_is(town.course, title="My title", seen=old, **more))
        words = text(answer)
        assert answer.status_code == 409 and "My title" in words
        assert ("Level 2" if "covers" in theirs else "Their title") in words
    town.course.refresh_from_db()
    assert town.course.title != "My title"
    again = client.post(change(town.course), as_it_is(town.course, title="My title", seen=answer.context["seen"], sure="1"))
    assert again.status_code == 302


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "dana", "sam", "audrey", "dee"])
def test_only_those_who_keep_courses_change_them(client, town, people, name):
    client.force_login(getattr(people, name))
    assert client.get(ADD).status_code == client.get(change(town.course)).status_code == 404
    assert client.post(ADD, TYPED).status_code == 404
    assert client.post(change(town.course), as_it_is(town.course, title="X", sure="1")).status_code == 404
    assert Course.objects.get().title == "Conferences and core groups"


# --- The list -----------------------------------------------------------------------------------------


def test_list_is_filtered_sorted_and_paged(client, town, alice, yesterday):
    make.CourseFactory(code="OLD", title="Old course", counts_until=yesterday)
    for n in range(30):
        make.CourseFactory(code=f"Z{n}", title=f"Zeta {n:02}", hours=n)
    client.force_login(alice)
    answer = client.get(LIST)
    assert len(answer.context["rows"]) == 25 and "Showing 1 to 25 of 31" in text(answer)
    assert "Old course" not in text(answer)
    assert "Old course" in text(client.get(LIST + "?counting=all"))
    rows = client.get(LIST + "?q=zeta&sort=-hours").context["rows"]
    assert rows[0][0]["text"] == "Zeta 29"
    assert "No course fits these filters" in text(client.get(LIST + "?q=nothing+like+it"))
    assert [r[0]["text"] for r in client.get(LIST + "?duty=yes").context["rows"]] == ["Conferences and core groups"]


@pytest.mark.parametrize("odd", ["?sort=password", "?page=999", "?duty=x", "?q=" + "x" * 101, "?counting=1"])
def test_odd_addresses_are_answered(client, town, alice, odd):
    client.force_login(alice)
    assert client.get(LIST + odd).status_code == 200


def test_list_and_page_ask_as_often_for_many(client, town, tara):
    client.force_login(tara)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
            client.get(f"/courses/{town.course.pk}/")
        counts.append(len(asked))
        make.CourseFactory.create_batch(20)
        make.SessionFactory.create_batch(5, partnership=town.partnership, course=town.course)
    assert counts[0] == counts[1]


def test_empty_catalogue_says_what_to_do(client, partnership, tara, sam):
    client.force_login(tara)
    assert "Add the first one" in text(client.get(LIST))
    client.force_login(sam)
    assert "The training administrator of your partnership adds courses" in text(client.get(LIST))


def test_index_on_top_leads_to_what_is_for_the_reader(client, town, people):
    names = {
        "tara": 5, "mo": 5, "sam": 5, "audrey": 5, "alice": 5, "bob": 2,
    }
    for name, number in names.items():
        client.force_login(getattr(people, name))
        index = client.get(LIST).context["index"]
        assert len(index) == number, name
        assert {client.get(item["href"]).status_code for item in index} == {200}, name
