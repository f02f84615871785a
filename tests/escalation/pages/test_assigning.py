"""The manager gives a case to another decision-maker; nobody else sees that page."""

from compliance.demo import factories as make
from escalation.stages import Move
from partnership.roles import Role
from tests.escalation.acting import act


def test_the_manager_gives_the_case_to_another(client, mo, case, partnership):
    second = make.UserFactory(name="Dora Second")
    make.GrantFactory(user=second, role=Role.DECISION_MAKER, agency=None, partnership=partnership)
    client.force_login(mo)
    address = f"/escalations/{case.reference}/decider/"
    assert "Dora Second" in client.get(address).content.decode()
    assert client.post(address, {"decider": second.pk}).status_code == 302
    case.refresh_from_db()
    assert case.decider == second


def test_somebody_with_an_interest_cannot_be_chosen(client, mo, case, alice, dee):
    before = case.decider
    client.force_login(mo)
    answer = client.post(f"/escalations/{case.reference}/decider/", {"decider": alice.pk})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.decider == before


def test_the_page_is_missing_for_everybody_else(client, case, alice, bob, charlie, dee):
    for user in (alice, bob, charlie, dee):
        client.force_login(user)
        assert client.get(f"/escalations/{case.reference}/decider/").status_code == 404


def test_the_manager_says_who_may_open_a_closed_case_again(client, mo, case, bob, dee):
    act(Move.WITHDRAW, bob, case)
    client.force_login(mo)
    assert "Say who may open this case again" in client.get(f"/escalations/{case.reference}/").content.decode()
    address = f"/escalations/{case.reference}/decider/"
    assert "Say who may open it again" in client.get(address).content.decode()
    done = client.post(address, {"decider": dee.pk}, follow=True)
    assert f"Dee may open again {case.reference}." in done.content.decode()
