"""The pages of the board's actions: who sees and does what, in which words, and bad input."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import actions
from compliance.demo import factories as make
from compliance.models import Action, ActionSource
from partnership.models import HistoryEntry, today
from tests.compliance.logged.conftest import ASKED, soon
from tests.filled import filled
from tests.reading import text

__all__ = ["filled"]
pytestmark = pytest.mark.django_db
LIST, NEW = "/reports/actions/", "/reports/actions/new/"
ONE = "/reports/actions/NW-A-001/"
DUE = f"{soon():%d/%m/%Y}"


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)


def numbers(page) -> list[str]:
    return [row[0]["text"] for row in page.context["rows"]]


def query(**asked) -> str:
    return f"{NEW}?" + "&".join(f"{name}={value}" for name, value in asked.items())


# --- Reading ----------------------------------------------------------------------------------------


def test_each_role_reads_the_actions_of_the_figures_that_it_sees(client, people, everywhere):
    for name, status, found in (
        ("alice", 200, ["NW-A-001"]), ("charlie", 200, ["NW-A-002"]), ("outsider", 200, ["SM-A-001"]),
        ("bob", 403, None), ("dana", 403, None),
        *((name, 200, ["NW-A-001", "NW-A-002"]) for name in ("tara", "sam", "mo", "dee", "audrey")),
    ):
        client.force_login(getattr(people, name))
        page = client.get(LIST)
        assert page.status_code == status, name
        if found is not None:
            assert sorted(numbers(page)) == found, name
            for row in Action.objects.all():
                inside = row.number in found
                assert client.get(f"{LIST}{row.number}/").status_code == (200 if inside else 404), name


def test_the_page_says_where_it_stands_and_who_did_what(client, alice, mo, sam, action):
    actions.move_due(by=mo, action=action, due_on=soon(60), reason="The rota changes in spring.")
    actions.note_progress(by=alice, action=action, text="Half is done.", by_owner=True)
    client.force_login(alice)
    page = text(client.get(ONE))
    assert "carried over once" in page and "Half is done." in page
    assert "Alice, for Northwold Social Care" in page and "Mo, for the board" in page
    client.force_login(sam)
    page = text(client.get(ONE))
    assert "Alice" not in page and "Northwold Social Care" in page, "the board knows no names there"
    assert "Mo, for the board" in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("alice", ["Note progress", "Report it done"]), ("audrey", []),
        ("sam", ["Note progress", "Move the date", "Close it"]),
        ("mo", ["Note progress", "Move the date", "Close it"]),
    ],
)
def test_each_is_offered_what_they_may_do(client, people, action, name, shown):
    client.force_login(getattr(people, name))
    page = client.get(ONE)
    assert [one["text"] for one in page.context["buttons"]] == shown
    assert bool(page.context["change"]) == (name in ("sam", "mo"))
    for one in page.context["buttons"]:
        assert client.get(one["href"]).status_code == 200


def test_which_escalation_is_for_those_who_see_the_case(client, people, log, partnership, agency_b):
    case = make.EscalationFactory(partnership=partnership, about=agency_b, reference="ES-7")
    log(source=ActionSource.ESCALATION, escalation=case)
    for name, seen in (("mo", True), ("audrey", True), ("sam", False), ("alice", False)):
        client.force_login(getattr(people, name))
        page = client.get(ONE)
        assert ("ES-7" in page.content.decode()) == seen, name
        assert "escalation" in text(page).lower()
        assert "ES-7" not in client.get(LIST).content.decode() + body(client.get(f"{LIST}list.csv"))
    assert "ES-7" not in str(list(HistoryEntry.objects.filter(verb="logged").values()))


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_is_narrowed_searched_and_sorted(client, sam, alice, log, action, agency_b, partnership):
    late = log(owner=agency_b, asked="Send a deputy.", source=ActionSource.MEASURE, measure="contribution")
    Action.objects.filter(pk=late.pk).update(due_on=today() - timedelta(days=1))
    done, closed = log(asked="Third."), log(asked="Fourth.")
    actions.report_done(by=alice, action=done, text="Done.")
    actions.close_action(by=sam, action=closed, outcome="Good.")
    client.force_login(sam)
    for asked, found in {
        "": [late, action, done], "?state=overdue": [late], "?state=open": [late, action],
        "?state=done": [done], "?state=closed": [closed], "?state=all": [late, action, done, closed],
        "?q=DEPUTY": [late], "?q=a-002": [late], "?q=nothing": [], "?source=measure": [late],
        f"?owner={agency_b.pk}": [late], "?sort=-due&state=open": [action, late],
        "?sort=number&state=all": [action, late, done, closed], "?sort=sideways&state=overdue": [late],
    }.items():
        assert numbers(client.get(LIST + asked)) == [row.number for row in found], asked
    bad = client.get(LIST + "?owner=999999999999999999999&state=sideways")
    assert bad.status_code == 422 and "Choose one of the answers" in text(bad)
    assert "NW-A-002" in body(client.get(f"{LIST}list.csv?state=overdue"))
    with closing(client.get(f"{LIST}list.xlsx")) as book:
        assert book.status_code == 200


def test_the_file_has_what_the_list_has_and_no_formulas(client, sam, log, agency_b):
    log(asked="=HYPERLINK(1)", owner=agency_b, owner_title="Duty team")
    client.force_login(sam)
    head, row, *_ = body(client.get(f"{LIST}list.csv")).split("\r\n")
    assert head.startswith("\ufeffPartnership,Number,What is asked") and "'=HYPERLINK(1)" in row
    assert "Northwold Police,Duty team" in row


def test_as_many_queries_for_many_as_for_few(client, sam, log, partnership, agency_b):
    def queries(address) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    client.force_login(sam)
    row = log()
    actions.note_progress(by=sam, action=row, text="One.")
    few = [queries(address) for address in (LIST, f"{LIST}?q=rota", ONE)]
    make.ActionFactory.create_batch(30, partnership=partnership, owner=agency_b)
    for n in range(9):
        actions.note_progress(by=sam, action=row, text=f"{n}.")
    assert [queries(address) for address in (LIST, f"{LIST}?q=rota", ONE)] == few
    page = client.get(f"{LIST}?page=2")
    assert len(page.context["rows"]) == 6 and "26 to 31 of 31" in text(page)


def test_empty_lists_say_what_to_do_next(client, alice, sam):
    client.force_login(sam)
    assert "log it here" in text(client.get(LIST))
    client.force_login(alice)
    assert "nothing that is not done" in text(client.get(LIST))
    assert "Take away one of the filters" in text(client.get(f"{LIST}?state=closed"))


# --- Logging ----------------------------------------------------------------------------------------


def test_the_source_is_asked_first_and_only_what_belongs_to_it(client, mo, sam, agency_a):
    client.force_login(sam)
    page = client.get(NEW)
    assert page.status_code == 200 and "An escalation" not in text(page)
    assert client.get(f"{NEW}?go=on").status_code == 422
    client.force_login(mo)
    assert "An escalation" in text(client.get(NEW))
    for source, fields in {
        "report": ["about", "period"], "meeting": ["met_on"], "measure": ["measure"],
        "escalation": ["escalation"],
    }.items():
        page = client.get(query(source=source))
        assert list(page.context["form"].fields) == [*fields, "asked", "owner", "owner_title", "due_on"]
    assert client.get(query(partnership="SM", source="meeting")).status_code == 404
    assert client.get(query(partnership="XX", source="meeting")).status_code == 404


@pytest.mark.parametrize(
    ("source", "beside", "words"),
    [
        ("meeting", {"met_on": "1 May 2026"}, "The board’s meeting of 1 May 2026"),
        ("report", {"about": "A", "period": "2014-15 Q3"}, "The report of Northwold Social Care for 2014-15 Q3"),
        ("measure", {"measure": "contribution"}, "The measure"),
        ("escalation", {"escalation": "es-7 "}, "The escalation ES-7"),
    ],
)
def test_an_action_is_logged_once_from_each_source(
    client, mo, partnership, agency_a, agency_b, source, beside, words
):
    make.EscalationFactory(partnership=partnership, about=agency_b, reference="ES-7")
    client.force_login(mo)
    beside = {name: agency_a.pk if value == "A" else value for name, value in beside.items()}
    typed = {"asked": ASKED, "owner": agency_b.pk, "owner_title": "Inspector", "due_on": DUE} | beside
    for _ in range(2):
        answer = client.post(query(source=source), typed, follow=True)
    assert answer.redirect_chain == [(ONE, 302)] and Action.objects.count() == 1
    assert "NW-A-001 is logged: Northwold Police" in text(answer) and words in text(answer)


def test_bad_input_gives_the_same_form_back_and_writes_nothing(client, mo, agency_b, agency_c, elsewhere):
    make.EscalationFactory(partnership=elsewhere, about=agency_c, reference="ES-FAR")
    client.force_login(mo)
    good = {"asked": ASKED, "owner": agency_b.pk, "due_on": DUE}
    for source, typed, name, words in (
        ("meeting", {"met_on": DUE}, "met_on", "still to come"),
        ("meeting", {"met_on": "yesterday"}, "met_on", "must be a real date"),
        ("measure", {"measure": "luck"}, "measure", "Choose one of the answers"),
        ("report", {"about": agency_c.pk, "period": "2014-15"}, "about", "Choose one of the answers"),
        ("report", {"about": agency_b.pk, "period": "soon"}, "period", "is not a period"),
        ("escalation", {"escalation": "ES-FAR"}, "escalation", "no escalation with that reference"),
        ("escalation", {"escalation": "ES-NONE"}, "escalation", "no escalation with that reference"),
        ("measure", {"measure": "contribution", "asked": "Ring 943 476 5919"}, "asked", "NHS number"),
        ("measure", {"measure": "contribution", "asked": "a\u202eb"}, "asked", "cannot be seen"),
        ("measure", {"measure": "contribution", "asked": "x" * 601}, "asked", "600"),
        ("measure", {"measure": "contribution", "owner_title": "a\tb"}, "owner_title", "cannot be seen"),
        ("measure", {"measure": "contribution", "owner": "9" * 30}, "owner", "Choose one of the answers"),
        ("measure", {"measure": "contribution", "due_on": "01/01/2020"}, "due_on", "is past"),
    ):
        page = client.post(query(source=source), good | typed)
        assert page.status_code == 422, typed
        assert name in page.context["form"].errors and words in text(page), typed
        assert f'href="#id_{name}"' in page.content.decode()
    assert not Action.objects.exists()
    assert client.post(query(source="measure"), good | {"measure": "contribution", "asked": "a\r\nb"}).status_code == 302


def test_it_is_begun_from_an_agencys_page_with_the_source_filled_in(client, people, filled):
    client.force_login(people.sam)
    page = client.get("/partnerships/NW/agencies/CSC/?period=2014-15-H1")
    href = page.context["log_action"]
    form = client.get(href).context["form"]
    assert (form["about"].value(), form["period"].value()) == (filled.agency_a.pk, "2014-15 H1")
    for name in ("alice", "audrey", "tara"):
        client.force_login(getattr(people, name))
        page = client.get("/partnerships/NW/agencies/CSC/?period=2014-15-H1")
        assert page.status_code == 200 and not page.context["log_action"]


def test_it_is_begun_from_an_issued_report_and_keeps_its_version(
    client, mo, tara, partnership, agency_a, agency_b
):
    first, second = (
        make.IssuedReportFactory(
            partnership=partnership, agency=agency_a, period="2014-15-H1", version=number,
            reason="A slip." if number == 2 else "",
        ) for number in (1, 2)
    )
    client.force_login(mo)
    shown = client.get(reverse("compliance:issued-report", args=[second.pk])).content.decode()
    [href] = re.findall(r'href="(/reports/actions/new/[^"]+)"', shown)
    form = client.get(href.replace("&amp;", "&")).context["form"]
    known = {name: form[name].value() for name in ("about", "owner", "period")}
    assert known == {"about": agency_a.pk, "owner": agency_a.pk, "period": "2014-15 H1"}
    page = client.post(href.replace("&amp;", "&"), known | {"asked": ASKED, "due_on": DUE}, follow=True)
    assert Action.objects.get().report == second and f"issued as {second.number}" in text(page)
    assert reverse("compliance:issued-report", args=[second.pk]) in page.content.decode()
    client.force_login(tara)
    page = client.get(ONE)
    assert second.number not in text(page) and "The report of Northwold Social Care" in text(page)
    assert first.number != second.number


def test_it_is_begun_from_a_case(client, people, partnership, agency_a, agency_b):
    case = make.EscalationFactory(partnership=partnership, about=agency_b, raised_for=agency_a)
    make.StageFactory(escalation=case)
    address = reverse("escalation:detail", args=[case.reference])
    client.force_login(people.mo)
    [href] = re.findall(r'href="(/reports/actions/new/[^"]+)"', client.get(address).content.decode())
    assert client.get(href.replace("&amp;", "&")).context["form"]["escalation"].value() == case.reference
    client.force_login(people.alice)
    assert "/reports/actions/new/" not in client.get(address).content.decode()


# --- Changing ---------------------------------------------------------------------------------------


def test_a_change_that_came_too_late_shows_both_versions(client, sam, mo, action, agency_b):
    client.force_login(sam)
    seen = seen_on(client.get(f"{ONE}change/"))
    actions.change_action(by=mo, action=action, asked="Mo's words.", owner=action.owner, owner_title="")
    typed = {"asked": "Sam's words.", "owner": agency_b.pk, "owner_title": "", "seen": seen}
    wrong = client.post(f"{ONE}change/", typed | {"asked": ""})
    assert wrong.status_code == 422 and seen_on(wrong) == seen  # an error on the way is no fresh look
    page = client.post(f"{ONE}change/", typed)
    assert page.status_code == 409 and "Mo's words." in text(page) and "Sam's words." in text(page)
    assert Action.objects.get().asked == "Mo's words."
    page = client.post(f"{ONE}change/", typed | {"seen": seen_on(page)}, follow=True)
    assert "NW-A-001 is changed." in text(page) and Action.objects.get().owner == agency_b


def test_a_date_is_moved_and_not_over_another_move(client, sam, mo, action):
    client.force_login(sam)
    seen = seen_on(client.get(f"{ONE}date/"))
    actions.move_due(by=mo, action=action, due_on=soon(40), reason="Half term.")
    typed = {"due_on": f"{soon(50):%d/%m/%Y}", "reason": "The rota.", "seen": seen}
    page = client.post(f"{ONE}date/", typed)
    assert page.status_code == 409 and Action.objects.get().due_on == soon(40)
    page = client.post(f"{ONE}date/", typed | {"seen": seen_on(page)}, follow=True)
    assert "carried over twice" in text(page) and Action.objects.get().due_on == soon(50)
    assert client.post(f"{ONE}date/", {"due_on": "", "reason": ""}).status_code == 422


def test_the_lead_reports_and_the_board_closes(client, alice, sam, action):
    client.force_login(alice)
    client.post(f"{ONE}progress/", {"text": "Half is done."})
    for _ in range(2):
        page = client.post(f"{ONE}done/", {"text": "All is done."}, follow=True)
    assert "reported done. The board closes it" in text(page)
    assert action.steps.filter(by_owner=True).count() == 2
    assert client.get(f"{ONE}done/").status_code == 302, "not to be done twice"
    for path in ("close", "reopen", "date", "change"):
        assert client.get(f"{ONE}{path}/").status_code == 404, path
        assert client.post(f"{ONE}{path}/", {"reason": "x", "outcome": "x"}).status_code == 404
    client.force_login(sam)
    assert client.post(f"{ONE}close/", {"outcome": " "}).status_code == 422
    page = client.post(f"{ONE}close/", {"outcome": "Deputies come."}, follow=True)
    assert "NW-A-001 is closed." in text(page) and "signed off by Sam" in text(page)
    page = client.post(f"{ONE}reopen/", {"reason": "They stopped."}, follow=True)
    assert "is open again" in text(page)
    assert action.steps.filter(by_owner=False).count() == 2


def test_a_step_that_came_too_late_keeps_what_was_typed(client, sam, mo, action):
    actions.close_action(by=mo, action=action, outcome="Mo was quicker.")
    client.force_login(sam)
    page = client.post(f"{ONE}close/", {"outcome": "Sam's outcome."})
    assert page.status_code == 409 and "was closed on" in text(page) and "Sam's outcome." in text(page)
    page = client.post(f"{ONE}date/", {"due_on": f"{soon(50):%d/%m/%Y}", "reason": "Typed."})
    assert page.status_code == 302, "its date stays"
    assert Action.objects.get().outcome == "Mo was quicker."


# --- Home -------------------------------------------------------------------------------------------


def test_homes_say_how_many_wait(client, alice, sam, action, log):
    late = log(asked="Second.")
    Action.objects.filter(pk=late.pk).update(due_on=today() - timedelta(days=1))
    done = log(asked="Third.")
    actions.report_done(by=alice, action=done, text="Done.")
    for user, tasks in (
        (alice, {"actions of the board are yours, 1 overdue": 2}),
        (sam, {"action of the board is overdue": 1, "action is reported done: close it, or open it again": 1}),
    ):
        client.force_login(user)
        shown = client.get("/").context["waiting"]["tasks"]
        found = {task["text"]: task for task in shown if "/reports/actions/" in task["href"]}
        assert {words: task["number"] for words, task in found.items()} == tasks
        for task in found.values():
            assert len(client.get(task["href"]).context["rows"]) == task["number"]
