"""Convening: three steps, nothing written before the last, each permission's own reach."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import MeetingKind, MeetingState, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import Agency, HistoryEntry, OutboxMessage, today
from tests.conferences.pages.planned import (
    CONVENE,
    convened,
    details,
    in_days,
    lines_of,
    named,
    press,
    school,
    sent_on,
    text,
    typed,
)

__all__ = ["named", "school"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def conference(meeting, named):
    """The conference of a family, Bob there, B's person not, and a plan made."""
    Meeting.objects.filter(pk=meeting.pk).update(family_ref="FAM-1", children_on_plan_after=2)
    meeting.refresh_from_db()
    return meeting


# --- The service ----------------------------------------------------------------------------------


def test_conference_is_convened_in_three_steps(client, dana, agency_a, agency_b, staff_b, conference):
    client.force_login(dana)
    answer = convened(
        client, reference="NW-NEW", follows="nw-1", chair="Grace Okafor", kind=MeetingKind.REVIEW
    )
    made = Meeting.objects.get(reference="NW-NEW")
    assert answer.url == "/partnerships/NW/meetings/NW-NEW/"
    assert (made.state, made.held_on, made.children, made.chair) == ("planned", in_days(42), 2, "Grace Okafor")
    assert made.family_ref == "FAM-1"
    assert [(name, person and person.last_name) for name, person, _ in lines_of(made)] == [
        ("Northwold Police", "Betason"), ("Northwold Social Care", "Alphason"),
    ]
    assert {line.invited_on for line in made.lines.all()} == {today()}
    assert "NW-NEW is convened" in text(client.get(answer.url))
    verbs = HistoryEntry.objects.filter(user=dana).values_list("verb", flat=True)
    assert sorted(verbs) == ["convened", "invited", "invited"]


def test_nothing_is_written_before_the_last_step(client, dana, conference):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
    press(client, first, "check")
    assert Meeting.objects.count() == 1 and not HistoryEntry.objects.exists()


def test_second_click_finds_what_the_first_one_made(client, dana, conference):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
    check = press(client, first, "check")
    once, twice = press(client, check, "convene"), press(client, check, "convene")
    assert once.url == twice.url
    assert Meeting.objects.filter(reference="NW-NEW").count() == 1
    assert "convened already: nothing was written twice" in text(client.get(twice.url))


def test_reference_of_somebody_else_s_meeting_is_an_error_not_a_second_click(client, dana, conference):
    client.force_login(dana)
    answer = client.post(CONVENE, details(reference="NW-1") | {"step": "invite"})
    assert answer.status_code == 422
    assert "Another meeting of this partnership has that reference." in text(answer)


def test_going_back_keeps_everything_that_was_typed(client, dana, conference, agency_a):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1", chair="Grace") | {"step": "invite"})
    kept = sent_on(first) | {"line-0-job_title": "Locum nurse", "line-0-person": ""}
    check = client.post(CONVENE, kept | {"step": "check"})
    again = press(client, check, "back to details")
    assert again.status_code == 200 and 'value="Grace"' in again.content.decode()
    lines = press(client, press(client, again, "invite"), "check")
    assert "Locum nurse" in text(lines) and "Grace" in text(lines)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"reference": ""}, "Fill in “Reference”."),
    ({"reference": "a b"}, "Write a reference of letters"),
    ({"held_on": "31/02/2026"}, "must be a real date"),
    ({"held_on": "01/01/1990"}, "is before 2000"),
    ({"held_on": "01/01/2099"}, "more than two years ahead"),
    ({"kind": "party"}, "Choose one of the kinds on the list."),
    ({"children": "-1"}, "cannot be below 0"),
    ({"children": "many"}, "must be a whole number"),
    ({"follows": "NOWHERE"}, "No meeting that you may see has the reference “NOWHERE”."),
    ({"lead": "Nobody Atall"}, "Nobody whom you may name fits “Nobody Atall”."),
    ({"chair": "a\tb"}, "control character"),
    ({"follows": "NW-1", "family_ref": "OTHER"}, "belongs to another family"),
    ({"kind": "review_conference", "strategy_discussion_on": "01/01/2026"}, "Only an initial or a pre-birth"),
    ({"kind": "core_group"}, "Say which social worker leads"),
])
def test_bad_details_come_back_with_everything_typed(client, dana, conference, change, sentence):
    client.force_login(dana)
    answer = client.post(CONVENE, details(format="Signs of Safety") | change | {"step": "invite"})
    assert answer.status_code == 422
    assert sentence in text(answer) and "There is a problem" in text(answer)
    assert 'value="Signs of Safety"' in answer.content.decode()
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(("change", "sentence"), [
    ({"line-0-invite": "", "line-1-invite": ""}, "Tick or choose at least one agency"),
    ({"line-0-person": "Zzz"}, "Nobody whom you may name fits “Zzz”."),
    ({"line-0-job_title": "Locum"}, "Give the person or a job title, not both."),
    ({"line-2-person": "Bertha Betason"}, "Choose the agency that is invited."),
    ({"line-2-agency": "999999"}, "Choose the agency that is invited."),
])
def test_bad_invitees_come_back_with_everything_typed(client, dana, conference, change, sentence):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1", chair="Grace") | {"step": "invite"})
    sent = {name: value for name, value in (sent_on(first) | change).items() if value or "invite" not in name}
    answer = client.post(CONVENE, sent | {"step": "check"})
    assert answer.status_code == 422 and sentence in text(answer)
    assert 'name="chair" value="Grace"' in answer.content.decode()
    assert Meeting.objects.count() == 1


def test_same_person_twice_is_one_line_too_many(client, dana, conference, agency_b):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
    more = {"line-2-agency": str(agency_b.pk), "line-2-person": "betason"}
    answer = client.post(CONVENE, sent_on(first) | more | {"step": "check"})
    assert answer.status_code == 422 and "on the list twice" in text(answer)


def test_suggestions_come_from_the_last_meeting_and_from_the_local_rules(
    client, dana, partnership, conference, agency_a, agency_b, school
):
    make.ExpectationRuleFactory(partnership=partnership, agency=school, kind=MeetingKind.REVIEW)
    conference.lines.filter(agency=agency_a).delete()
    client.force_login(dana)
    answer = client.post(CONVENE, details(follows="NW-1", kind=MeetingKind.REVIEW) | {"step": "invite"})
    shown = {
        row["agency"].name: (row["why"], bool(row["form"]["invite"].value()))
        for part in ("first", "expected") for row in answer.context["groups"][part]
    }
    assert shown == {
        "Northwold Police": ("On the register of NW-1", True),
        "Northwold Social Care": ("The quorum asks for this sector", True),
        "Northwold School": ("The local rules say what is expected of this agency", False),
    }


def test_family_reference_alone_finds_the_last_conference(client, dana, conference):
    client.force_login(dana)
    answer = client.post(CONVENE, details(family_ref="FAM-1", kind=MeetingKind.REVIEW) | {"step": "invite"})
    assert "On the register of NW-1" in text(answer)


def test_short_notice_is_shown_as_late_with_the_rule(client, dana, conference):
    client.force_login(dana)
    soon = details(follows="NW-1", held_on=typed(in_days(2)))
    first = client.post(CONVENE, soon | {"step": "invite"})
    assert "An invitation with less than 5 working days of notice is late" in text(first)
    here = press(client, first, "check", **{"line-0-in_room": "on"})
    assert [cell[3]["text"] for cell in here.context["rows"]] == [
        "Not late: in the room when the date was set", "Late",
    ]
    press(client, here, "convene")
    made = Meeting.objects.get(reference="NW-NEW")
    assert [line.late_invitation for line in made.lines.order_by("pk")] == [False, True]


def test_check_page_says_what_a_quorum_would_lack(client, dana, conference, school):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
    lacks = press(client, first, "check")
    assert "Still missing: one more agency with direct contact." in text(lacks)
    enough = press(client, first, "check", **{"line-2-agency": str(school.pk)})
    assert "there are enough for a quorum" in text(enough)


@pytest.mark.parametrize(("day", "late"), [(in_days(20), False), (in_days(300), True)])
def test_check_page_says_when_the_date_is_later_than_the_local_rule_asks(client, dana, conference, day, late):
    Meeting.objects.filter(pk=conference.pk).update(held_on=in_days(-30))
    client.force_login(dana)
    step = client.post(CONVENE, details(kind=MeetingKind.REVIEW, follows="NW-1", held_on=typed(day)) | {"step": "invite"})
    check = text(press(client, step, "check"))
    assert ("The first review is held within 3 months of the initial conference." in check) is late


def test_days_without_known_holidays_are_refused_in_words(client, dana, conference):
    from partnership.models import BankHoliday

    BankHoliday.objects.filter(on__year__gte=today().year).delete()
    client.force_login(dana)
    answer = client.post(CONVENE, details() | {"step": "invite"})
    assert answer.status_code == 422 and "No bank holidays are known" in text(answer)


def test_people_are_found_by_name_reference_and_mail_accents_aside(client, dana, conference, staff_a2):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1", lead="sian lukaszek") | {"step": "invite"})
    assert first.status_code == 200 and first.context["details"].cleaned_data["lead"] == staff_a2
    for words in ("A-2", staff_a2.work_email.upper(), "Siân Łukaszek (A-2)"):
        answer = client.post(CONVENE, details(lead=words) | {"step": "invite"})
        assert answer.context["details"].cleaned_data["lead"] == staff_a2


def test_several_of_one_name_are_listed_to_choose_from(client, dana, conference, agency_a, role_group):
    for reference in ("X-1", "X-2"):
        make.StaffMemberFactory(
            agency=agency_a, role_group=role_group, reference=reference, first_name="Ann", last_name="Lee"
        )
    client.force_login(dana)
    answer = client.post(CONVENE, details(lead="ann lee") | {"step": "invite"})
    assert "More than one person fits “ann lee”: Ann Lee (X-1)" in text(answer)


def test_ten_or_many_staff_cost_the_same_queries(client, dana, conference, agency_b, role_group):
    client.force_login(dana)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
            assert press(client, first, "check").status_code == 200
        counted.append(len(asked))
        make.StaffMemberFactory.create_batch(40, agency=agency_b, role_group=role_group)
    assert counted[0] == counted[1]


# --- The teams ------------------------------------------------------------------------------------


def test_social_worker_convenes_the_core_group_that_the_conference_named(
    client, bob, staff_a, staff_b, conference, agency_b, school
):
    make.AttendanceFactory(meeting=conference, agency=school, staff_member=None, job_title="", involved=False)
    client.force_login(bob)
    assert "Family reference" not in text(client.get(CONVENE))
    answer = convened(client, reference="NW-CG", follows="NW-1", kind=MeetingKind.CORE_GROUP)
    made = Meeting.objects.get(reference="NW-CG")
    assert (made.lead, made.family_ref) == (staff_a, "FAM-1")
    # The school was asked for the quorum only: it is no member.
    assert lines_of(made) == [("Northwold Police", staff_b, True), ("Northwold Social Care", staff_a, True)]
    page = client.get(answer.url)
    assert "FAM-1" not in page.content.decode() and "Betason" in text(page)


def test_core_group_of_the_team_needs_the_conference_that_named_it(client, bob, conference):
    client.force_login(bob)
    answer = client.post(CONVENE, details(kind=MeetingKind.CORE_GROUP) | {"step": "invite"})
    assert answer.status_code == 422
    assert "Give the reference of the conference that named this core group." in text(answer)


def test_meeting_that_one_was_not_at_is_followed_by_nobody(client, bob, partnership, agency_b, staff_b, named):
    other = make.MeetingFactory(partnership=partnership, reference="NW-SECRET", family_ref="FAM-2")
    make.AttendanceFactory(meeting=other, agency=agency_b, staff_member=staff_b, outcome=Outcome.ATTENDED)
    client.force_login(bob)
    sent = details(kind=MeetingKind.CORE_GROUP) | {"step": "invite"}
    there = client.post(CONVENE, sent | {"follows": "NW-SECRET"})
    nowhere = client.post(CONVENE, sent | {"follows": "NW-NOWHERE"})
    assert there.status_code == nowhere.status_code == 422
    assert text(there).replace("SECRET", "NOWHERE") == text(nowhere)


def test_practitioner_names_only_people_of_the_family_s_registers(
    client, bob, conference, agency_b, role_group
):
    """It is no window on the staff list of another agency."""
    make.StaffMemberFactory(
        agency=agency_b, role_group=role_group, reference="B-9", first_name="Hilda", last_name="Hidden"
    )
    client.force_login(bob)
    first = client.post(CONVENE, details(follows="NW-1", kind=MeetingKind.CORE_GROUP) | {"step": "invite"})
    place = next(
        number for number, row in enumerate(first.context["groups"]["first"]) if row["agency"] == agency_b
    )
    answers = [
        press(client, first, "check", **{f"line-{place}-person": words})
        for words in ("Hilda Hidden", "Nobody Atall", "B-9")
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "Nobody whom you may name fits “Hilda Hidden”" in text(answers[0])
    assert "Hidden (" not in text(answers[0]) and "Hilda" not in text(answers[2])
    twin = press(client, first, "check", **{f"line-{place}-person": "Bertha Betason"})
    assert twin.status_code == 200


def test_who_was_not_there_takes_over_agencies_without_names(client, bob, conference, staff_a, agency_b):
    conference.lines.filter(staff_member=staff_a).update(outcome=Outcome.APOLOGIES)
    client.force_login(bob)
    first = client.post(CONVENE, details(follows="NW-1", kind=MeetingKind.CORE_GROUP) | {"step": "invite"})
    assert "Northwold Police" in text(first) and "Betason" not in text(first)


def test_lead_of_the_agency_convenes_for_a_social_worker_without_the_names_of_others(
    client, alice, staff_a, conference
):
    client.force_login(alice)
    convened(
        client, reference="NW-CG", follows="NW-1", kind=MeetingKind.CORE_GROUP, lead="Bobina Alphason"
    )
    made = Meeting.objects.get(reference="NW-CG")
    assert made.lead == staff_a
    assert lines_of(made) == [("Northwold Police", None, True), ("Northwold Social Care", staff_a, True)]


@pytest.mark.parametrize("lead", ["Bertha Betason", "Cecil Gammason"])
def test_lead_names_nobody_of_another_agency_to_lead(client, alice, conference, lead, staff_c):
    client.force_login(alice)
    sent = details(follows="NW-1", kind=MeetingKind.CORE_GROUP, lead=lead)
    answer = client.post(CONVENE, sent | {"step": "invite"})
    assert answer.status_code == 422 and f"Nobody whom you may name fits “{lead}”" in text(answer)


def test_core_group_is_not_convened_by_the_police(client, charlie, staff_b, conference):
    client.force_login(charlie)
    page = client.get(CONVENE)
    assert "Record a meeting outside the process" in text(page)
    assert list(dict(page.context["form"].fields["kind"].choices)) == [MeetingKind.OUTSIDE]
    sent = details(follows="NW-1", kind=MeetingKind.CORE_GROUP, lead="Bertha Betason")
    assert client.post(CONVENE, sent | {"step": "invite"}).status_code == 422


def test_meeting_outside_the_process_is_recorded_and_the_service_told(
    client, charlie, dana, conference, staff_b
):
    client.force_login(charlie)
    answer = convened(
        client, reference="NW-OUT", kind=MeetingKind.OUTSIDE, lead="Bertha Betason",
        held_on=typed(in_days(-1)), invited_on=typed(in_days(-3)),
    )
    made = Meeting.objects.get(reference="NW-OUT")
    assert made.lead == staff_b and client.get(answer.url).status_code == 200
    mail = OutboxMessage.objects.get()
    assert mail.to == dana.email and "outside the process" in mail.subject
    assert "Betason" not in mail.body and "Charlie" not in mail.body
    assert not Meeting.objects.counted().filter(pk=made.pk).exists()


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sam", "mo", "tara", "dee", "audrey"])
def test_others_find_no_such_page(client, people, conference, name):
    client.force_login(getattr(people, name))
    assert client.get(CONVENE).status_code == 404
    assert client.post(CONVENE, details() | {"step": "convene"}).status_code == 404


def test_another_partnership_answers_like_one_that_is_missing(client, dana, elsewhere):
    client.force_login(dana)
    assert client.get(f"{CONVENE}?partnership=NW").status_code == 200
    assert client.get(f"{CONVENE}?partnership=SM").status_code == 404
    assert client.get(f"{CONVENE}?partnership=XX").status_code == 404


def test_service_of_two_partnerships_is_asked_where(client, dana, elsewhere):
    make.GrantFactory(user=dana, role="conference_admin", partnership=elsewhere)
    client.force_login(dana)
    page = client.get(f"{CONVENE}?kind=review_conference")
    assert "Where do you convene a meeting?" in text(page)
    assert "?kind=review_conference&amp;partnership=SM" in page.content.decode()


def test_agency_of_another_partnership_is_invited_by_nobody(client, dana, conference, agency_c, agency_b):
    client.force_login(dana)
    first = client.post(CONVENE, details() | {"step": "invite"})
    far = press(client, first, "check", **{"line-1-agency": str(agency_c.pk)})
    none = press(client, first, "check", **{"line-1-agency": "999999"})
    assert far.status_code == none.status_code == 422
    assert "Southmere" not in text(far)


def test_link_from_the_next_dates_fills_in_what_is_known(client, dana, conference):
    Meeting.objects.filter(pk=conference.pk).update(chair="Grace", state=MeetingState.HELD)
    client.force_login(dana)
    page = client.get(f"{CONVENE}?partnership=NW&kind=review_conference&follows=NW-1")
    body = page.content.decode()
    assert 'value="NW-1"' in body and 'value="Grace"' in body
    assert page.context["form"]["kind"].value() == "review_conference"


def test_nothing_of_a_meeting_is_left_when_one_invitation_is_refused(client, dana, conference, monkeypatch):
    client.force_login(dana)
    first = client.post(CONVENE, details(follows="NW-1") | {"step": "invite"})
    check = press(client, first, "check")
    Agency.objects.filter(name="Northwold Police").update(name="Changed meanwhile")
    gone = sent_on(check) | {"line-0-agency": "999999", "step": "convene"}
    assert client.post(CONVENE, gone).status_code == 422
    assert not Meeting.objects.filter(reference="NW-NEW").exists()
    assert Attendance.objects.filter(meeting__reference="NW-NEW").count() == 0


@pytest.mark.parametrize("odd", ["\u00b2", "9" * 5000, "9" * 19, "\u0663", "-1", "x"])
@pytest.mark.parametrize("field", ["line-TOTAL_FORMS", "line-0-agency"])
def test_odd_number_in_a_hidden_field_is_no_fault(client, dana, conference, field, odd):
    client.force_login(dana)
    for step in ("invite", "more", "check", "convene"):
        sent = {"line-TOTAL_FORMS": "1", "line-0-source": "last", "line-0-invite": "on", "line-0-agency": "1"}
        answer = client.post(CONVENE, details() | sent | {"step": step, field: odd})
        assert answer.status_code in (200, 422), step
    assert Meeting.objects.count() == 1
