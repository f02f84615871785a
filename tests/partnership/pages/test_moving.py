"""Moving a person, and leaving: history keeps its place, training goes along, roles follow or end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from conferences.choices import Outcome
from partnership.actions import LEAVING_SEEN, follow_moves, move_staff
from partnership.models import HistoryEntry, StaffMember, User, today
from partnership.roles import Role
from partnership.stale import fingerprint
from tests.partnership.pages.conftest import fresh, same, text, typed
from training.choices import Standing
from training.standing import open_book

MOVED = date(2015, 4, 1)


def page(person, what="move") -> str:
    return f"/people/{person.pk}/{what}/"


def move(agency, **more) -> dict:
    return {
        "agency": agency.pk, "on": typed(MOVED), "job_title": "Team manager", "reference": "A-1",
        "work_email": "bob@b.example.org", "roles_too": "on", **more,
    }


@pytest.fixture
def asked(partnership, role_group):
    """A course that is asked of the front line everywhere in Northwold."""
    course = make.CourseFactory(code="CPC", valid_months=36)
    make.RequirementFactory(partnership=partnership, role_group=role_group, courses=[course])
    return course


@pytest.fixture
def moved(client, trust, bob, staff_a, agency_b, role_group):
    """Bob has moved from A to B, with his role."""
    client.force_login(trust.lead)
    answer = client.post(page(staff_a), move(agency_b, role_group=role_group.pk))
    assert answer.status_code == 302, text(answer)
    line = StaffMember.objects.get(moved_from=staff_a)
    assert answer["Location"] == f"/people/{line.pk}/"
    return line


def standing(line, on) -> Standing | None:
    rows = list(open_book(StaffMember.objects.filter(pk=line.pk)).standings(on))
    return rows[0].standing if rows else None


# --- Moving ---------------------------------------------------------------------------------------


def test_a_move_ends_one_line_and_begins_another_on_the_same_day(moved, staff_a, agency_a, agency_b):
    staff_a.refresh_from_db()
    assert (staff_a.agency, staff_a.left_on) == (agency_a, MOVED)
    assert (moved.agency, moved.started_on, moved.left_on) == (agency_b, MOVED, None)
    assert (moved.job_title, moved.name, moved.work_email) == ("Team manager", staff_a.name, "bob@b.example.org")
    for day, line in ((MOVED - timedelta(days=1), staff_a), (MOVED, moved)):
        assert list(StaffMember.objects.in_post(day)) == [line]  # never twice, never nowhere


def test_both_histories_show_it(moved, staff_a, agency_a, agency_b):
    verbs = set(HistoryEntry.objects.values_list("verb", "agency", "staff_member"))
    assert ("moved away", agency_a.pk, staff_a.pk) in verbs and ("moved here", agency_b.pk, moved.pk) in verbs


def test_training_goes_along_and_is_counted_once(asked, trust, staff_a, agency_b, role_group):
    make.TrainingRecordFactory(
        staff_member=staff_a, course=asked, completed_on=date(2014, 1, 1), expires_on=date(2017, 1, 1)
    )
    line = move_staff(by=trust.lead, staff_member=staff_a, agency=agency_b, on=MOVED)
    assert standing(line, MOVED) == Standing.CURRENT
    assert standing(staff_a, MOVED) is None  # out of post there
    assert standing(staff_a, MOVED - timedelta(days=1)) == Standing.CURRENT  # past figures stay
    rows = list(open_book(StaffMember.objects.all()).standings(MOVED))
    assert [row.person.pk for row in rows] == [line.pk]
    assert standing(line, date(2017, 1, 1)) == Standing.EXPIRED


def test_training_goes_along_over_two_moves_and_never_backwards(asked, trust, partnership, staff_a, agency_a, agency_b):
    make.TrainingRecordFactory(staff_member=staff_a, course=asked, completed_on=date(2014, 1, 1), expires_on=None)
    second = move_staff(by=None, staff_member=staff_a, agency=agency_b, on=MOVED)
    third = move_staff(by=None, staff_member=second, agency=agency_a, on=date(2016, 4, 1), reference="A-9", work_email="")
    assert standing(third, date(2016, 4, 1)) == Standing.CURRENT
    later = make.CourseFactory(code="NEW")
    make.TrainingRecordFactory(staff_member=third, course=later, completed_on=date(2014, 2, 1))
    book = open_book(StaffMember.objects.filter(pk__in=[staff_a.pk, third.pk]))
    assert len(book.done[staff_a.pk]) == 1 and len(book.done[third.pk]) == 2


def test_the_same_course_logged_at_both_agencies_counts_its_hours_once(asked, staff_a, agency_b):
    line = move_staff(by=None, staff_member=staff_a, agency=agency_b, on=MOVED)
    for who in (staff_a, line):
        make.TrainingRecordFactory(staff_member=who, course=asked, completed_on=date(2014, 1, 1))
    assert len(open_book(StaffMember.objects.filter(pk=line.pk)).done[line.pk]) == 1


def test_records_and_attendance_keep_their_line(asked, meeting, moved, staff_a, agency_a):
    line = meeting.lines.get(staff_member=staff_a)
    line.outcome = Outcome.DEPUTY
    line.full_clean()  # the past can still be corrected
    assert (line.agency, staff_a.records.count(), moved.records.count()) == (agency_a, 0, 0)


def test_the_persons_pages_lead_to_each_other(client, asked, moved, staff_a, trust, charlie, alice):
    make.TrainingRecordFactory(staff_member=staff_a, course=asked, completed_on=date(2014, 1, 1))
    client.force_login(trust.lead)
    assert "Moved on to" in text(client.get(f"/people/{staff_a.pk}/"))
    words = text(client.get(f"/people/{moved.pk}/"))
    assert "Moved here from" in words and "Logged at Northwold Social Care" in words
    client.force_login(charlie)  # leads B only: sees the training, and no link to A's page
    answer = client.get(f"/people/{moved.pk}/")
    assert "Logged at Northwold Social Care" in text(answer)
    assert f'href="/people/{staff_a.pk}/"' not in answer.content.decode()
    assert client.get(f"/people/{staff_a.pk}/").status_code == 404


def test_the_account_and_its_role_move_along(moved, bob, agency_a, agency_b):
    bob.refresh_from_db()
    assert bob.staff_member == moved
    grants = {grant.agency: (grant.from_on, grant.until_on) for grant in bob.grants.all()}
    assert grants == {agency_a: (date(2000, 1, 1), MOVED), agency_b: (MOVED, None)}
    assert [grant.agency for grant in fresh(bob).grants_in_force()] == [agency_b]


def test_roles_stay_where_that_is_wished(client, trust, bob, staff_a, agency_a, agency_b, role_group):
    client.force_login(trust.lead)
    form = move(agency_b, role_group=role_group.pk)
    del form["roles_too"]
    client.post(page(staff_a), form)
    assert [grant.agency for grant in fresh(bob).grants_in_force()] == [agency_a]


def test_an_account_follows_a_move_to_come_on_its_day(client, trust, bob, staff_a, agency_b, role_group):
    soon = today() + timedelta(days=3)
    client.force_login(trust.lead)
    client.post(page(staff_a), move(agency_b, role_group=role_group.pk, on=typed(soon)))
    line = StaffMember.objects.get(moved_from=staff_a)
    assert "nothing is asked before that day" in text(client.get(f"/people/{line.pk}/"))
    assert "nothing is asked before that day" not in text(client.get(f"/people/{staff_a.pk}/"))
    assert fresh(bob).staff_member == staff_a
    assert follow_moves(by=None, on=soon - timedelta(days=1)) == 0
    assert follow_moves(by=None, on=soon) == 1 and fresh(bob).staff_member == line
    assert follow_moves(by=None, on=soon) == 0


def test_an_account_stays_where_the_line_to_follow_has_one_already(
    trust, bob, charlie, staff_a, staff_b, agency_a, agency_b, role_group
):
    """It is no fault that stops the hour's work: whoever else has moved is followed."""
    taken = make.StaffMemberFactory(agency=agency_b, moved_from=staff_a, role_group=role_group)
    other = make.StaffMemberFactory(agency=agency_a, moved_from=staff_b, role_group=role_group)
    make.UserFactory(staff_member=taken)
    User.objects.filter(pk=charlie.pk).update(staff_member=staff_b)
    assert follow_moves(by=None, on=today()) == 1
    assert fresh(bob).staff_member == staff_a and fresh(charlie).staff_member == other


def test_whoever_moves_one_person_moves_no_other_account(
    client, trust, bob, charlie, staff_a, staff_b, agency_b, agency_a, role_group
):
    """An account that waits for the clock is not followed in the name of a lead of somewhere else."""
    other = make.StaffMemberFactory(agency=agency_a, moved_from=staff_b, role_group=role_group)
    User.objects.filter(pk=charlie.pk).update(staff_member=staff_b)
    client.force_login(trust.lead)
    assert client.post(page(staff_a), move(agency_b, role_group=role_group.pk)).status_code == 302
    assert fresh(bob).staff_member.agency == agency_b
    assert fresh(charlie).staff_member == staff_b
    assert follow_moves(by=None, on=today()) == 1 and fresh(charlie).staff_member == other


def test_moving_twice_is_once(client, trust, bob, staff_a, agency_b, role_group):
    client.force_login(trust.lead)
    for _ in range(2):
        assert client.post(page(staff_a), move(agency_b, role_group=role_group.pk)).status_code == 302
    assert StaffMember.objects.filter(moved_from=staff_a).count() == 1 and bob.grants.count() == 2
    other = client.post(page(staff_a), move(agency_b, role_group=role_group.pk, on="01/05/2015"))
    assert other.status_code == 422
    assert "has moved to Northwold Police" in text(client.get(page(staff_a)))


@pytest.mark.parametrize(("spoil", "words"), [
    ({"on": ""}, "Fill in"), ({"on": "01/04/2010"}, "after the day of starting"), ({"on": "01/01/1930"}, "Check the year"),
    ({"on": "01/01/2999"}, "two years ahead"), ({"agency": ""}, "Moves to"), ({"agency": "999999"}, "Moves to"),
    ({"reference": "B-1"}, "has that reference"), ({"reference": ""}, "Fill in"), ({"job_title": "a\u202eb"}, "cannot be seen"),
    ({"work_email": "nonsense"}, "mail"), ({"role_group": ""}, "Role group"),
])
def test_a_bad_move_is_refused_whole(client, trust, bob, staff_a, staff_b, agency_b, role_group, spoil, words):
    client.force_login(trust.lead)
    answer = client.post(page(staff_a), move(agency_b, role_group=role_group.pk) | spoil)
    assert answer.status_code == 422 and words in text(answer) and "There is a problem" in text(answer)
    staff_a.refresh_from_db()
    assert staff_a.left_on is None and StaffMember.objects.count() == 2 and bob.grants.count() == 1


def test_moves_stay_within_the_leads_reach(client, trust, alice, staff_a, agency_b, agency_c, role_group, bob):
    client.force_login(trust.lead)
    assert client.post(page(staff_a), move(agency_c, role_group=role_group.pk)).status_code == 422
    client.force_login(alice)
    assert "You lead one agency only" in text(client.get(page(staff_a)))
    assert client.post(page(staff_a), move(agency_b, role_group=role_group.pk)).status_code == 422
    assert not StaffMember.objects.exclude(moved_from=None).exists()


def test_whom_one_does_not_lead_answers_like_nobody(client, people, staff_a, staff_b, staff_c):
    for user, line in ((people.alice, staff_b), (people.alice, staff_c), (people.bob, staff_a), (people.mo, staff_a)):
        client.force_login(user)
        answers = [client.get(f"/people/{pk}/move/") for pk in (line.pk, 999_999)]
        assert same(answers[0]) == same(answers[1]) and answers[0].status_code == 404
    client.force_login(people.alice)
    assert client.get(page(staff_a)).status_code == 200


def test_who_left_before_does_not_move(staff_a, agency_b):
    staff_a.left_on = date(2015, 1, 1)
    staff_a.save()
    with pytest.raises(ValidationError):
        move_staff(by=None, staff_member=staff_a, agency=agency_b, on=MOVED)
    line = move_staff(by=None, staff_member=staff_a, agency=agency_b, on=date(2014, 12, 1))
    assert line.left_on == date(2015, 1, 1)


def test_the_one_partnership_goes_along_only_where_the_agency_is_in_it(partnership, elsewhere, staff_a, agency_a, agency_b):
    make.MembershipFactory(agency=agency_a, partnership=elsewhere, code="SC")
    StaffMember.objects.filter(pk=staff_a.pk).update(works_for=elsewhere)
    assert move_staff(by=None, staff_member=staff_a, agency=agency_b, on=MOVED).works_for is None


# --- Leaving --------------------------------------------------------------------------------------


def leaving(person, day, **more):
    return {"left_on": typed(day), "seen": fingerprint(person, LEAVING_SEEN), **more}


def test_leaving_offers_to_end_the_roles_and_does(client, alice, bob, staff_a):
    client.force_login(alice)
    words = text(client.get(page(staff_a, "leave")))
    assert "end these roles on that day" in words and "Practitioner, Northwold Social Care" in words
    day = today() + timedelta(days=5)
    answer = client.post(page(staff_a, "leave"), leaving(staff_a, day, roles_too="on"), follow=True)
    assert "Their roles in Quorate end on that day." in text(answer)
    assert bob.grants.get().until_on == day


def test_leaving_without_the_tick_leaves_the_roles(client, alice, bob, staff_a):
    client.force_login(alice)
    client.post(page(staff_a, "leave"), leaving(staff_a, today()))
    assert bob.grants.get().until_on is None and StaffMember.objects.get(pk=staff_a.pk).left_on == today()


def test_leaving_takes_back_what_would_begin_later(client, alice, bob, staff_a, agency_a, tomorrow):
    bob.grants.update(until_on=today())
    make.GrantFactory(user=bob, agency=agency_a, from_on=tomorrow)
    client.force_login(alice)
    client.post(page(staff_a, "leave"), leaving(staff_a, today(), roles_too="on"))
    assert bob.grants.count() == 1 and not fresh(bob).grants_in_force()


def test_roles_that_are_not_the_leads_to_end_are_not_shown(client, alice, bob, staff_a, agency_b, partnership):
    make.GrantFactory(user=bob, role=Role.AUDITOR, partnership=partnership)
    make.GrantFactory(user=bob, role=Role.PRACTITIONER, agency=agency_b)
    client.force_login(alice)
    words = text(client.get(page(staff_a, "leave")))
    assert "Auditor" not in words and "Police" not in words
    client.post(page(staff_a, "leave"), leaving(staff_a, today(), roles_too="on"))
    assert {grant.role for grant in fresh(bob).grants_in_force()} == {"auditor", "practitioner"}


def test_nobody_ends_their_own_roles_by_leaving(client, alice, staff_a2):
    User.objects.filter(pk=alice.pk).update(staff_member=staff_a2)
    client.force_login(fresh(alice))
    assert "end these roles" not in text(client.get(page(staff_a2, "leave")))
    client.post(page(staff_a2, "leave"), leaving(staff_a2, today(), roles_too="on"))
    assert fresh(alice).grants_in_force()


def test_somebody_without_an_account_is_not_asked_about_roles(client, alice, staff_a2):
    client.force_login(alice)
    assert "roles" not in text(client.get(page(staff_a2, "leave"))).split("From that day")[1].split("Save")[0]
