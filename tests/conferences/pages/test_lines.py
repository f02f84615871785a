"""One line: corrected after the closing; a deputy named before the meeting; what was missed excused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from conferences import actions
from conferences.actions.registers import LINE
from conferences.choices import MeetingState, Mode, Outcome
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.roles import Role
from partnership.stale import fingerprint
from tests.conftest import person
from tests.reading import same, text


@pytest.fixture
def closed(meeting):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def theirs(meeting, agency_b):
    return meeting.lines.get(agency=agency_b)


def address(line, what):
    return f"/meetings/lines/{line.pk}/{what}/"


def correction(line, **new):
    line.refresh_from_db()
    there = {"outcome": line.outcome, "mode": "in_person", "report": line.report, "involved": "on",
             "reason": "The minutes say so", "seen": fingerprint(line, LINE)}
    return {**there, **new}


# --- Corrected ------------------------------------------------------------------------------------


def test_line_is_corrected_with_a_reason_and_the_meeting_judged_anew(client, dana, closed, theirs):
    assert closed.missed.count() == 1
    client.force_login(dana)
    assert client.post(address(theirs, "correct"), correction(theirs, reason="")).status_code == 422
    answer = client.post(address(theirs, "correct"), correction(theirs, outcome="attended", mode="phone"))
    assert answer.status_code == 302 and "judged anew" in text(client.get(answer.url))
    theirs.refresh_from_db()
    assert (theirs.outcome, theirs.mode) == (Outcome.ATTENDED, Mode.PHONE)
    assert closed.missed.count() == 0
    assert HistoryEntry.objects.get(verb="corrected").changes["reason"] == "The minutes say so"


def test_line_corrected_meanwhile_shows_both_versions(client, dana, closed, theirs):
    client.force_login(dana)
    mine = correction(theirs, outcome="absent")
    client.post(address(theirs, "correct"), correction(theirs, outcome="deputy"))
    answer = client.post(address(theirs, "correct"), mine)
    words = text(answer)
    assert answer.status_code == 409 and "Deputy attended" in words and "by Dana" in words
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.DEPUTY
    assert client.post(address(theirs, "correct"), mine | {"seen": answer.context["seen"]}).status_code == 302


@pytest.mark.parametrize("new", [{"outcome": "x"}, {"report": ""}, {"mode": "x"}, {"reason": "x" * 201}])
def test_wrong_correction_writes_nothing(client, dana, closed, theirs, new):
    client.force_login(dana)
    assert client.post(address(theirs, "correct"), correction(theirs, **new)).status_code == 422
    assert not HistoryEntry.objects.filter(verb="corrected").exists()


def test_line_of_an_open_register_is_written_down_there(client, dana, theirs):
    client.force_login(dana)
    answer = client.get(address(theirs, "correct"))
    assert answer.status_code == 302 and answer.url.endswith("/NW-1/register/")


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_correcting_is_for_the_conference_service(client, people, closed, core_group, name):
    actions.close_registers(by=None, meetings=[core_group], tell=False)
    client.force_login(getattr(people, name))
    for line in (closed.lines.first(), core_group.lines.get()):
        far, none = client.get(address(line, "correct")), client.get("/meetings/lines/999999/correct/")
        assert far.status_code == 404 and same(far) == same(none)
        assert client.post(address(line, "correct"), correction(line)).status_code == 404
    client.force_login(people.dana)
    assert client.get(address(core_group.lines.get(), "correct")).status_code == 200


# --- A deputy -------------------------------------------------------------------------------------


@pytest.fixture
def to_come(partnership, agency_a, agency_b, staff_a, staff_b):
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-9", state=MeetingState.PLANNED,
        held_on=today() + timedelta(days=7),
    )
    for agency, who in ((agency_a, staff_a), (agency_b, staff_b)):
        make.AttendanceFactory(meeting=row, agency=agency, staff_member=who)
    return row


@pytest.fixture
def mine(to_come, agency_a):
    return to_come.lines.get(agency=agency_a)


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_lead_and_the_person_themselves_name_a_deputy(client, people, dana, mine, staff_a, staff_a2, name):
    client.force_login(getattr(people, name))
    answer = client.post(address(mine, "deputy"), {"person": "A-2"})
    assert answer.status_code == 302
    mine.refresh_from_db()
    assert (mine.staff_member, mine.deputy_for) == (staff_a2, staff_a)
    words = text(client.get(answer.url))
    assert f"{staff_a2.name} is expected at NW-9." in words
    mail = OutboxMessage.objects.get(to=dana.email)
    assert mail.subject == "NW-9: a deputy is named" and staff_a2.name not in mail.body


def test_wrong_deputy_is_told_what_the_box_takes(client, alice, mine, staff_a):
    client.force_login(alice)
    answer = client.post(address(mine, "deputy"), {"person": "Zzz"})
    assert answer.status_code == 422
    words = text(answer)
    assert "Check the spelling, or write the staff reference." in words and "job title" not in words
    mine.refresh_from_db()
    assert mine.deputy_for is None and mine.staff_member == staff_a


def test_naming_the_person_first_expected_takes_it_back(client, bob, mine, staff_a, staff_a2):
    actions.name_deputy(by=bob, line=mine, staff_member=staff_a2)
    client.force_login(bob)
    assert f"{staff_a2.name} comes in your place" in text(client.get("/meetings/mine/"))
    client.post(address(mine, "deputy"), {"person": staff_a.name})
    mine.refresh_from_db()
    assert (mine.staff_member, mine.deputy_for) == (staff_a, None)


def test_deputy_of_the_register_is_shown_with_whom_they_come_for(client, dana, bob, mine, staff_a, staff_a2):
    actions.name_deputy(by=bob, line=mine, staff_member=staff_a2)
    client.force_login(dana)
    words = text(client.get("/partnerships/NW/meetings/NW-9/register/"))
    assert staff_a2.name in words and f"deputy named for {staff_a.name}" in words


@pytest.mark.parametrize("words", ["", "B-1", "Nobody", "A-1", "x" * 101])
def test_who_is_no_deputy(client, alice, mine, words):
    client.force_login(alice)
    assert client.post(address(mine, "deputy"), {"person": words}).status_code == 422
    mine.refresh_from_db()
    assert mine.deputy_for is None


def test_practitioner_names_a_colleague_whole_and_learns_no_others(client, bob, agency_a, role_group, mine):
    make.StaffMemberFactory(agency=agency_a, role_group=role_group, first_name="Ann", last_name="Leeson", reference="Z9")
    client.force_login(bob)
    answer = client.post(address(mine, "deputy"), {"person": "ann"})
    assert answer.status_code == 422 and "Leeson" not in text(answer)
    assert client.post(address(mine, "deputy"), {"person": "ann leeson"}).status_code == 302


@pytest.mark.parametrize("change", [
    {"held_on": today() - timedelta(days=1)}, {"state": MeetingState.CANCELLED},
])
def test_after_the_meeting_the_register_says_who_came(client, alice, to_come, mine, change):
    type(to_come).objects.filter(pk=to_come.pk).update(**change)
    client.force_login(alice)
    page = client.get(address(mine, "deputy"))
    assert "A deputy is named before the meeting" in text(page) and b"<textarea" not in page.content
    assert client.post(address(mine, "deputy"), {"person": "A-2"}).status_code == 422


@pytest.mark.parametrize("name", ["charlie", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_deputy_of_another_agency_is_not_ours_to_name(client, people, mine, name):
    client.force_login(getattr(people, name))
    far, none = client.get(address(mine, "deputy")), client.get("/meetings/lines/999999/deputy/")
    assert far.status_code == 404 and same(far) == same(none)
    assert client.post(address(mine, "deputy"), {"person": "A-2"}).status_code == 404


def test_colleague_without_a_line_cannot_name_deputies(client, agency_a, staff_a2, mine):
    client.force_login(person("Bea", Role.PRACTITIONER, agency=agency_a, staff_member=staff_a2))
    assert client.get(address(mine, "deputy")).status_code == 404


# --- Excused --------------------------------------------------------------------------------------


def excuse(row):
    return f"/meetings/missed/{row.pk}/excuse/"


def test_service_excuses_with_a_code_once(client, dana, closed):
    row = closed.missed.get()
    client.force_login(dana)
    assert client.post(excuse(row), {"reason": ""}).status_code == 422
    assert client.post(excuse(row), {"reason": "ill"}).status_code == 422
    assert client.post(excuse(row), {"reason": "diary_clash"}).status_code == 302
    row.refresh_from_db()
    assert (row.excused_reason, row.excused_by) == ("diary_clash", dana)
    again = client.post(excuse(row), {"reason": "unavailable"})
    assert again.status_code == 409 and "Clash with another conference" in text(again)
    row.refresh_from_db()
    assert row.excused_reason == "diary_clash"


def test_excuse_is_taken_back_once(client, dana, closed):
    row = closed.missed.get()
    actions.excuse(by=dana, missed=row, reason="diary_clash")
    client.force_login(dana)
    assert excuse(row) in client.get("/partnerships/NW/meetings/NW-1/").content.decode()
    assert "Take the excuse back" in text(client.get(excuse(row)))
    answer = client.post(excuse(row), {"do": "take back"}, follow=True)
    assert "The excuse is taken back" in text(answer)
    row.refresh_from_db()
    assert (row.excused_reason, row.excused_at, row.excused_by) == ("", None, None)
    assert "This is not excused. Nothing was written." in text(
        client.post(excuse(row), {"do": "take back"}, follow=True)
    )
    assert HistoryEntry.objects.filter(verb="excuse taken back").count() == 1


def test_excuse_by_the_rule_of_late_invitations_stays(client, dana, closed):
    closed.missed.update(excused_reason="late_invitation", excused_at=timezone.now())
    row = closed.missed.get()
    client.force_login(dana)
    assert "Take the excuse back" not in text(client.get(excuse(row)))
    assert "rule about late invitations" in text(client.post(excuse(row), {"do": "take back"}, follow=True))
    row.refresh_from_db()
    assert row.excused_reason == "late_invitation"


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_nobody_else_excuses(client, people, closed, name):
    client.force_login(getattr(people, name))
    far, none = client.get(excuse(closed.missed.get())), client.get("/meetings/missed/999999/excuse/")
    assert far.status_code == 404 and same(far) == same(none)
    actions.excuse(by=people.dana, missed=closed.missed.get(), reason="diary_clash")
    assert client.post(excuse(closed.missed.get()), {"do": "take back"}).status_code == 404
    assert closed.missed.get().excused_at


def test_whom_an_unnamed_deputy_came_for_sees_no_names(client, people, meeting, staff_a, staff_b):
    """Names are for those who were there: the person on such a line was not."""
    staff_b.last_name = "Betason"
    staff_b.save()
    line = meeting.lines.get(staff_member=staff_a)
    client.force_login(people.bob)
    assert "Betason" in text(client.get("/partnerships/NW/meetings/NW-1/"))
    actions.record_attendance(by=people.dana, line=line, outcome=Outcome.DEPUTY)
    assert "Betason" not in text(client.get("/partnerships/NW/meetings/NW-1/"))
    client.force_login(people.dana)
    assert f"Not named, for {staff_a.name}" in text(client.get("/partnerships/NW/meetings/NW-1/"))


def test_code_of_an_excuse_is_for_the_service_and_the_agencys_own_lead(client, people, closed):
    actions.excuse(by=people.dana, missed=closed.missed.get(), reason="diary_clash")
    knows = set()
    for name in ("alice", "bob", "charlie", "dana", "sam", "mo", "dee", "audrey"):
        client.force_login(getattr(people, name))
        if "Clash with another conference" in text(client.get("/partnerships/NW/meetings/NW-1/")):
            knows.add(name)
    assert knows == {"charlie", "dana"}
    client.force_login(people.sam)
    assert "Excused" in text(client.get("/partnerships/NW/meetings/NW-1/"))
