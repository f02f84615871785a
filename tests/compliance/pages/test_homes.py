"""Each role's home: what waits first, each number opening the list that it counts; figures second."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.demo import factories as make
from compliance.home.waiting import BEGIN, LOOK_UP, TASKS, waiting
from conferences.actions import dispute, settle
from conferences.choices import Outcome
from escalation.stages import CaseState
from partnership.models import today
from partnership.roles import Role
from tests.reading import text
from training.choices import BookingState


def test_every_address_of_the_homes_leads_somewhere():
    for one in TASKS:
        assert reverse(one.route), one.many
    for one in (*BEGIN, *LOOK_UP):
        assert reverse(one.route), one.text


@pytest.fixture
def busy(people, partnership, agency_a, agency_b, staff_a, staff_a2, role_group, meeting, core_group):
    """Something waits for everybody."""
    course = make.CourseFactory(code="CPC", title="Conferences and core groups")
    make.RequirementFactory(partnership=partnership, role_group=role_group, courses=[course])
    make.TrainingRecordFactory(staff_member=staff_a, course=course, confirmed_at=None, confirmed_by=None)
    case = make.EscalationFactory(
        partnership=partnership, reference="NW-2026-0009", raised_by=people.charlie, raised_for=agency_b,
        about=agency_a, decider=people.dee,
    )
    now = timezone.now()
    make.StageFactory(
        escalation=case, responder=people.alice, entered_at=now - timedelta(days=9),
        due_at=now - timedelta(days=2),
    )
    line = meeting.lines.get(agency=agency_b)
    line.disputed_at, line.dispute = timezone.now(), "She came."
    line.save()
    return case


def task_numbers(user) -> dict[str, int]:
    return {task["text"]: task["number"] for task in waiting(user)["tasks"]}


def test_lead_sees_what_waits_with_its_numbers(client, busy, alice):
    client.force_login(alice)
    words = text(client.get("/"))
    assert "1 escalation waits for you To do" in words
    assert "2 people are expired, untrained or about to expire To do" in words
    assert "1 record that people logged for themselves waits for you" in words
    assert words.index("What waits for you") < words.index("Look up")


def test_number_of_people_due_is_that_of_the_list_it_opens(client, busy, alice):
    client.force_login(alice)
    number = task_numbers(alice)["people are expired, untrained or about to expire"]
    listed = text(client.get("/people/?standing=due"))
    assert number == 2
    assert all(name in listed for name in ("A-1",) if name in listed) and "2 in all" in listed


def test_conference_administrator_sees_registers_and_disputes(client, busy, dana):
    client.force_login(dana)
    words = text(client.get("/"))
    assert "2 registers are still open after their day To do" in words
    assert "1 dispute waits for your answer To do" in words
    assert "NW-1" in words and "Disputed lines to answer" in words


@pytest.mark.parametrize("name", ["alice", "dana"])
def test_each_number_is_that_of_the_list_it_opens(client, busy, people, name, meeting, agency_a, partnership):
    """Where the list says how many it has."""
    ahead = make.MeetingFactory(partnership=partnership, held_on=today() + timedelta(days=3), state="planned")
    make.AttendanceFactory(meeting=ahead, agency=agency_a, outcome=Outcome.UNKNOWN)
    meeting.lines.filter(agency=agency_a).update(outcome=Outcome.UNKNOWN)
    user = getattr(people, name)
    client.force_login(user)
    compared = 0
    for task in waiting(user)["tasks"]:
        page = client.get(task["href"]).context.get("page")
        if page is not None and "?" in task["href"]:
            assert page.paginator.count == task["number"], task
            compared += 1
    assert compared >= 1


def test_lead_reads_of_disputes_that_were_answered(client, alice, dana, meeting, agency_a):
    line = meeting.lines.get(agency=agency_a)
    dispute(by=alice, line=line, text="We came.")
    assert "dispute of yours was answered in the last two weeks" not in task_numbers(alice)
    settle(by=dana, line=line, answer="So you did.")
    assert task_numbers(alice)["dispute of yours was answered in the last two weeks"] == 1
    client.force_login(alice)
    found = [task for task in waiting(alice)["tasks"] if "answered" in task["text"]]
    listed = text(client.get(found[0]["href"]))
    assert "We came. So you did. Answered" in listed and "1 in all" in listed
    line.refresh_from_db()
    line.settled_at -= timedelta(days=15)
    line.disputed_at = line.settled_at
    line.save()
    assert "dispute of yours was answered in the last two weeks" not in task_numbers(alice)
    assert "No dispute fits" in text(client.get(found[0]["href"]))


def test_conference_administrator_reads_how_many_meetings_come(dana, partnership, meeting):
    assert "meeting in the next seven days" not in task_numbers(dana)
    make.MeetingFactory(partnership=partnership, held_on=today() + timedelta(days=3), state="planned")
    assert task_numbers(dana)["meeting in the next seven days"] == 1


def test_training_administrator_sees_sessions_and_waiting_lists(client, tara, partnership, staff_a):
    soon = make.SessionFactory(partnership=partnership, held_on=today() + timedelta(days=2))
    make.SessionFactory(partnership=partnership, held_on=today() - timedelta(days=2))
    make.BookingFactory(session=soon, staff_member=staff_a, state=BookingState.WAITING)
    client.force_login(tara)
    words = text(client.get("/"))
    assert "1 session in the next seven days" in words
    assert "1 session’s register is still open after its day To do" in words
    assert "1 person is on a waiting list" in words


def test_manager_sees_overdue_escalations(client, busy, mo):
    client.force_login(mo)
    assert "1 escalation is overdue To do" in text(client.get("/"))


def test_decision_maker_sees_the_cases_given_with_their_due_moment_and_those_closed(client, busy, dee):
    client.force_login(dee)
    words = text(client.get("/"))
    assert "Cases for you to decide" in words and "NW-2026-0009" in words and "Overdue" in words
    stage = busy.stages.get()
    now = timezone.now()
    stage.closed_at, stage.closed_by, stage.ended = now, dee, "decided"
    stage.save()
    busy.state, busy.closed_at, busy.closed_by, busy.resolution = CaseState.DECIDED, now, dee, "Come."
    busy.save()
    words = text(client.get("/"))
    assert "No case is given to you at present." in words
    assert "Closed cases that were given to you" in words and "choose “Reopen”" in words


def test_decision_maker_sees_no_case_of_another(client, busy, dee, partnership):
    busy.decider = make.UserFactory()
    busy.save()
    client.force_login(dee)
    assert "NW-2026-0009" not in text(client.get("/"))


def test_practitioner_sees_own_training_and_the_next_meeting_first(client, bob, partnership, agency_a, staff_a, core_group):
    for days in (9, 2):
        ahead = make.MeetingFactory(
            partnership=partnership, reference=f"NEXT-{days}", held_on=today() + timedelta(days=days),
            state="planned",
        )
        make.AttendanceFactory(meeting=ahead, agency=agency_a, staff_member=staff_a, outcome=Outcome.UNKNOWN)
    client.force_login(bob)
    words = text(client.get("/"))
    assert words.index("NEXT-2") < words.index("NEXT-9") < words.index("NW-2", words.index("My meetings"))
    assert "To come" in words and "Raise an escalation" in words


def test_auditor_reads_what_they_may_read(client, audrey):
    client.force_login(audrey)
    words = text(client.get("/"))
    assert "Nothing waits for you today." in words
    for place in ("Figures of the partnership", "print as PDF", "History of every change", "Escalations that you may see"):
        assert place in words
    assert "Issued reports" in words and "Agency returns" in words


def test_sub_group_sees_figures_take_up_and_themes(client, sam):
    client.force_login(sam)
    words = text(client.get("/"))
    assert "print as PDF" in words and "Themes of escalations" in words and "History" not in words


@pytest.mark.parametrize("role", Role)
def test_every_link_of_a_home_opens(client, busy, by_role, role):
    client.force_login(by_role[role])
    body = client.get("/").content.decode()
    links = {link for link in re.findall(r'href="(/[^"]*)"', body) if not link.startswith("/static/")}
    assert len(links) > 2
    for link in links - {"/accounts/password/change/"}:
        assert client.get(link.replace("&amp;", "&")).status_code in (200, 302), link


@pytest.mark.parametrize("role", Role)
def test_number_of_queries_says_nothing_about_the_number_of_rows(
    client, busy, by_role, role, partnership, agency_a, staff_a, role_group
):
    user = by_role[role]
    client.force_login(user)
    client.get("/")  # what is kept of standings is brought up to date
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(8):
        held = make.MeetingFactory(partnership=partnership)
        make.AttendanceFactory(meeting=held, agency=agency_a, staff_member=staff_a, outcome=Outcome.UNKNOWN)
        make.StaffMemberFactory(agency=agency_a, role_group=role_group)
    client.get("/")
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) <= len(few) + 1, [query["sql"][:90] for query in many][-5:]


def test_home_without_a_role_asks_for_nothing(client, partnership):
    client.force_login(make.UserFactory())
    words = text(client.get("/"))
    assert "You have no role yet" in words and "What waits" not in words


# --- A partnership that has just been made --------------------------------------------------------


def test_manager_of_a_new_partnership_is_told_where_to_begin(client, mo, partnership):
    client.force_login(mo)
    page = client.get("/")
    words = text(page)
    assert f"Begin in {partnership.name}" in words
    for step in ("Add the agencies", "Invite the users", "Put in the bank holidays", "Set the quorum",
                 "Adopt an escalation policy", "Add the courses"):
        assert step in words
    for place in page.context["beginning"]:
        for step in place["steps"]:
            assert client.get(step["href"]).status_code == 200, step


def test_partnership_with_an_agency_has_begun(client, mo, audrey, agency_a):
    for user in (mo, audrey):
        client.force_login(user)
        assert "Begin in" not in text(client.get("/"))


def test_beginning_is_for_the_manager_of_that_partnership_alone(client, audrey, elsewhere, mo):
    for user, begun in ((audrey, 0), (mo, 1)):
        client.force_login(user)
        words = text(client.get("/"))
        assert words.count("Begin in") == begun and elsewhere.name not in words
