"""Correcting, withdrawing, confirming and exempting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.reading import same, text
from training.models import Exemption, TrainingRecord

CONFIRM = "/people/to-confirm/"


def correction(town, **new) -> dict:
    there = {"course": town.course.pk, "completed_on": "01/04/2012", "provider": town.record.provider,
             "evidence": town.record.evidence, "reason": "Wrong year"}
    return {**there, **new}


def address(row, what="correct") -> str:
    return f"/people/records/{row.pk}/{what}/"


# --- Correcting -----------------------------------------------------------------------------------


def test_correcting_keeps_the_old_record_with_the_reason(client, town, alice):
    client.force_login(alice)
    answer = client.post(address(town.record), correction(town, completed_on="01/04/2013", evidence="Register"))
    assert answer.status_code == 302
    town.record.refresh_from_db()
    assert (town.record.replaced_reason, town.record.replaced_by) == ("Wrong year", alice)
    new = town.record.correction
    assert (new.completed_on, new.expires_on, new.evidence) == (date(2013, 4, 1), date(2016, 4, 1), "Register")
    words = text(client.get(answer.url))
    assert "Corrected Wrong year" in words and "1 April 2013" in words and "1 April 2012" in words
    assert f"Corrected: it is now {new.course}, completed on 1 April 2013." in words


@pytest.mark.parametrize("new", [
    {"reason": ""}, {"reason": "x" * 201}, {}, {"completed_on": "01/04/2099"}, {"completed_on": "x"}, {"course": "0"},
])
def test_wrong_correction_writes_nothing(client, town, alice, new):
    client.force_login(alice)
    answer = client.post(address(town.record), correction(town, **new))
    assert answer.status_code == 422
    town.record.refresh_from_db()
    assert town.record.replaced_at is None and TrainingRecord.objects.count() == 1


def test_correction_to_what_is_there_already_is_refused(client, town, alice):
    make.TrainingRecordFactory(staff_member=town.sian, course=town.course, completed_on=date(2013, 4, 1))
    client.force_login(alice)
    answer = client.post(address(town.record), correction(town, completed_on="01/04/2013"))
    assert answer.status_code == 422 and "already has a record of that course" in text(answer)
    town.record.refresh_from_db()
    assert town.record.replaced_at is None


def test_record_changed_meanwhile_shows_both_versions_and_overwrites_nothing(client, town, alice, second_lead):
    client.force_login(second_lead)
    client.post(address(town.record), correction(town, completed_on="02/05/2013", reason="Register says so"))
    client.force_login(alice)
    answer = client.post(address(town.record), correction(town, completed_on="03/06/2013"))
    words = text(answer)
    assert answer.status_code == 409
    assert "2 May 2013" in words and "03/06/2013" in words and "by Anna" in words and "Register says so" in words
    assert TrainingRecord.objects.count() == 2
    now = TrainingRecord.objects.get(replaced_at=None)
    assert address(now) in answer.content.decode()
    assert client.post(address(now), correction(town, completed_on="03/06/2013")).status_code == 302


def test_withdrawn_record_counts_no_more_and_is_kept(client, town, alice):
    client.force_login(alice)
    assert client.post(address(town.record, "withdraw"), {"reason": ""}).status_code == 422
    answer = client.post(address(town.record, "withdraw"), {"reason": "Never went"})
    assert answer.status_code == 302
    town.record.refresh_from_db()
    assert town.record.replaced_reason == "Never went"
    assert HistoryEntry.objects.get(verb="withdrawn").changes["reason"] == "Never went"
    words = text(client.get(answer.url))
    assert "Withdrawn Never went" in words and f"Withdrawn: {town.course}, completed on" in words
    again = client.post(address(town.record, "withdraw"), {"reason": "Again"})
    assert again.status_code == 409 and "withdrawn by Alice" in text(again)
    assert client.get(address(town.record)).status_code == 409


@pytest.mark.parametrize("what", ["correct", "withdraw"])
@pytest.mark.parametrize("name", ["bob", "charlie", "dana", "sam", "mo", "outsider"])
def test_record_out_of_reach_is_missing(client, town, people, name, what):
    own = make.TrainingRecordFactory(staff_member=town.bob, course=town.course, completed_on=date(2014, 1, 1))
    client.force_login(getattr(people, name))
    for row in (town.record, own):
        far, none = client.get(address(row, what)), client.get(f"/people/records/999999/{what}/")
        assert far.status_code == 404 and same(far) == same(none)
        assert client.post(address(row, what), correction(town)).status_code == 404
    client.force_login(people.alice)
    assert client.get(address(town.record, what)).status_code == 200


def test_lead_does_not_confirm_their_own_by_correcting_it(client, town, alice, yesterday):
    alice.staff_member = make.StaffMemberFactory(agency=town.agency_a, role_group=town.role_group)
    alice.save()
    own = make.TrainingRecordFactory(staff_member=alice.staff_member, course=town.course, completed_on=yesterday, confirmed_at=None)
    client.force_login(alice)
    client.post(address(own), correction(town, completed_on="01/04/2014"))
    assert TrainingRecord.objects.get(corrects=own).confirmed_at is None


# --- Confirming -----------------------------------------------------------------------------------


@pytest.fixture
def waiting(town, bob, yesterday):
    """What Bob logged for himself."""
    return make.TrainingRecordFactory(
        staff_member=town.bob, course=town.course, completed_on=yesterday, logged_by=bob, confirmed_at=None
    )


def test_lead_confirms_what_people_logged(client, town, alice, waiting):
    client.force_login(alice)
    assert "1 record that people logged for themselves waits for you" in text(client.get("/"))
    assert "Bobina Alphason" in text(client.get(CONFIRM))
    assert client.post(CONFIRM, {"records": [waiting.pk]}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.confirmed_by == alice
    words = text(client.get(CONFIRM))
    assert "1 record confirmed." in words and "Nothing waits" in words


def test_confirming_twice_says_that_it_was_done(client, town, alice, second_lead, waiting):
    for user, words in ((alice, "1 record confirmed."), (second_lead, "Already confirmed at")):
        client.force_login(user)
        client.post(CONFIRM, {"records": [waiting.pk]})
        assert words in text(client.get(CONFIRM))
    waiting.refresh_from_db()
    assert waiting.confirmed_by == alice


def test_nobody_confirms_their_own(client, town, alice, bob, second_lead, waiting):
    bob.staff_member = None
    bob.save()
    alice.staff_member = town.bob
    alice.save()
    client.force_login(alice)
    page = client.get(CONFIRM)
    assert "your own. Another lead" in text(page) and b'name="records"' not in page.content
    client.post(CONFIRM, {"records": [waiting.pk]})
    assert "You cannot confirm your own training" in text(client.get(CONFIRM))
    waiting.refresh_from_db()
    assert waiting.confirmed_at is None
    client.force_login(second_lead)
    client.post(CONFIRM, {"records": [waiting.pk]})
    waiting.refresh_from_db()
    assert waiting.confirmed_by == second_lead


@pytest.mark.parametrize("chosen", [[], ["999999"], ["x"], ["9" * 30]])
def test_confirming_nothing_is_refused(client, town, alice, waiting, chosen):
    client.force_login(alice)
    answer = client.post(CONFIRM, {"records": chosen})
    assert answer.status_code == 422 and "Tick at least one record" in text(answer)


def test_lead_of_another_agency_sees_and_confirms_nothing_of_it(client, town, charlie, waiting):
    client.force_login(charlie)
    assert "Nothing waits" in text(client.get(CONFIRM))
    assert client.post(CONFIRM, {"records": [waiting.pk]}).status_code == 422
    waiting.refresh_from_db()
    assert waiting.confirmed_at is None


# --- Exempting ------------------------------------------------------------------------------------


def exempting(**new) -> dict:
    now = today()
    return {"requirement": "", "reason": "unavailable", "from_on": f"{now:%d/%m/%Y}",
            "until_on": f"{now + timedelta(days=90):%d/%m/%Y}", **new}


def test_lead_exempts_a_person_and_ends_it(client, town, alice):
    client.force_login(alice)
    assert client.post(f"/people/{town.bob.pk}/exempt/", exempting()).status_code == 302
    row = Exemption.objects.get()
    assert (row.staff_member, row.requirement, row.granted_by) == (town.bob, None, alice)
    words = text(client.get(f"/people/{town.bob.pk}/"))
    assert "Exempt" in words and "Away from work for a longer time" in words
    end = f"/people/exemptions/{row.pk}/end/"
    assert client.post(end, {"until_on": f"{today() + timedelta(days=200):%d/%m/%Y}"}).status_code == 422
    answer = client.post(end, {"until_on": f"{row.from_on:%d/%m/%Y}"})
    assert answer.status_code == 422 and "Choose a day after it." in answer.context["form"].errors["until_on"][0]
    offered = client.get(end).context["form"]["until_on"].value()
    assert offered == today() + timedelta(days=1)  # what stands in the box is good as it stands
    assert client.post(end, {"until_on": f"{today() + timedelta(days=1):%d/%m/%Y}"}).status_code == 302
    row.refresh_from_db()
    assert row.until_on == today() + timedelta(days=1)


@pytest.mark.parametrize("new", [
    {"reason": "ill"}, {"reason": ""}, {"until_on": ""}, {"until_on": "01/01/2000"}, {"requirement": "999999"},
])
def test_wrong_exemption_is_refused(client, town, alice, new):
    client.force_login(alice)
    answer = client.post(f"/people/{town.bob.pk}/exempt/", exempting(**new))
    assert answer.status_code == 422 and set(answer.context["form"].errors) == set(new)
    assert not Exemption.objects.exists()


def test_exemption_from_what_is_not_asked_of_the_person_is_no_choice(client, town, alice, elsewhere):
    asked = town.partnership.requirements.get()
    far = elsewhere.requirements.get()
    client.force_login(alice)
    assert client.post(f"/people/{town.bob.pk}/exempt/", exempting(requirement=far.pk)).status_code == 422
    assert client.post(f"/people/{town.bob.pk}/exempt/", exempting(requirement=asked.pk)).status_code == 302


@pytest.mark.parametrize("name", ["bob", "charlie", "mo", "outsider"])
def test_only_their_lead_exempts(client, town, people, name):
    client.force_login(getattr(people, name))
    assert client.post(f"/people/{town.sian.pk}/exempt/", exempting()).status_code == 404
    row = make.ExemptionFactory(staff_member=town.sian)
    assert client.get(f"/people/exemptions/{row.pk}/end/").status_code == 404
