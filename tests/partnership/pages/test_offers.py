"""Sharing an agency with another partnership: one offers, the other accepts, and nobody else decides."""

from __future__ import annotations

import pytest

from partnership.models import Agency, AgencyOffer, Membership, OutboxMessage, StaffMember
from partnership.roles import Permission
from tests.partnership.pages.conftest import fresh, membership, names, same, text

LIST = "/set-up/agencies/"


@pytest.fixture
def offered(client, mo, max_, agency_b, elsewhere) -> AgencyOffer:
    """Northwold's police, offered to Southmere."""
    client.force_login(mo)
    answer = client.post(f"{LIST}{membership(agency_b).pk}/offer/", {"taker": elsewhere.pk})
    assert answer["Location"] == LIST
    client.get(LIST)  # reads what was said
    return AgencyOffer.objects.get()


def test_an_offer_shows_nothing_until_it_is_accepted(client, offered, mo, max_, agency_b):
    client.force_login(max_)
    answer = client.get(LIST)
    assert "Northwold offers to share Northwold Police with Southmere." in text(answer)
    assert "Northwold Police" not in names(answer)
    assert not Agency.objects.within_reach(fresh(max_), Permission.MANAGE_AGENCIES).filter(pk=agency_b.pk)
    assert OutboxMessage.objects.get().to == max_.email


def test_accepting_takes_the_agency_in_under_a_code_of_ones_own(client, offered, max_, agency_b, agency_c, elsewhere):
    client.force_login(max_)
    address = f"{LIST}offers/{offered.pk}/accept/"
    assert client.post(address, {"code": "CSC"}).status_code == 422  # agency C has it
    assert not Membership.objects.filter(agency=agency_b, partnership=elsewhere).exists()
    offered.refresh_from_db()
    assert offered.accepted is None
    for _ in range(2):  # pressed twice
        assert client.post(address, {"code": "police"}).status_code == 302
    assert membership(agency_b, elsewhere).code == "POLICE"
    offered.refresh_from_db()
    assert (offered.accepted, offered.answered_by) == (True, max_)
    assert "This offer was accepted already" in text(client.get(address))


def test_declining_leaves_things_as_they_are_and_it_can_be_offered_again(client, offered, mo, max_, agency_b, elsewhere):
    client.force_login(max_)
    assert client.post(f"{LIST}offers/{offered.pk}/decline/")["Location"] == LIST
    assert "offers to share" not in text(client.get(LIST))
    answer = client.post(f"{LIST}offers/{offered.pk}/accept/", {"code": "POL"})
    assert answer.status_code == 422 and "declined already" in text(answer)
    assert not Membership.objects.filter(agency=agency_b, partnership=elsewhere).exists()
    client.force_login(mo)
    assert client.post(f"{LIST}{membership(agency_b).pk}/offer/", {"taker": elsewhere.pk}).status_code == 302
    assert AgencyOffer.objects.filter(answered_at=None).count() == 1


def test_who_offered_can_take_it_back_and_cannot_accept_it_for_the_other(client, offered, mo, max_):
    accept, withdraw = (f"{LIST}offers/{offered.pk}/{what}/" for what in ("accept", "withdraw"))
    client.force_login(max_)
    assert client.post(withdraw).status_code == 404
    client.force_login(mo)
    assert client.get(accept).status_code == client.post(accept, {"code": "POL"}).status_code == 404
    assert client.post(f"{LIST}offers/{offered.pk}/decline/").status_code == 404
    assert client.post(withdraw)["Location"] == LIST
    assert not AgencyOffer.objects.exists()
    client.force_login(max_)
    assert client.get(accept).status_code == 404


def test_offers_of_others_answer_like_none(client, offered, people):
    for name, user in vars(people).items():
        if name == "mo":
            continue
        client.force_login(user)
        for what in ("accept", "decline", "withdraw"):
            answers = [client.post(f"{LIST}offers/{pk}/{what}/", {"code": "X"}) for pk in (offered.pk, 999_999)]
            assert same(answers[0]) == same(answers[1]) and answers[0].status_code == 404, (name, what)
    offered.refresh_from_db()
    assert offered.answered_at is None


def test_offering_twice_is_one_offer(client, offered, mo, agency_b, elsewhere):
    client.force_login(mo)
    answer = client.post(f"{LIST}{membership(agency_b).pk}/offer/", {"taker": elsewhere.pk})
    assert answer.status_code == 422  # no longer a choice
    assert AgencyOffer.objects.count() == 1


def test_an_agency_that_is_there_is_not_offered_there(client, mo, agency_b, partnership, elsewhere):
    client.force_login(mo)
    address = f"{LIST}{membership(agency_b).pk}/offer/"
    assert client.post(address, {"taker": partnership.pk}).status_code == 422
    assert client.post(address, {"taker": 999_999}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert not AgencyOffer.objects.exists()


def test_an_accepted_agency_is_looked_after_by_both(client, offered, max_, mo, agency_b, staff_b):
    client.force_login(max_)
    client.post(f"{LIST}offers/{offered.pk}/accept/", {"code": "POL"})
    for user in (mo, max_):
        assert agency_b in Agency.objects.within_reach(fresh(user), Permission.MANAGE_AGENCIES)
        assert not StaffMember.objects.visible_to(fresh(user)).exists()  # no names for managers
