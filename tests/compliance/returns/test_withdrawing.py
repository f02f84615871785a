"""A round that was asked for by mistake is withdrawn while nobody has signed: why, who is told, what is left."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import actions
from compliance.measures import Scope, score
from compliance.measures.returned import without_return
from compliance.models import ReturnRound, ReturnSignOff
from partnership.models import HistoryEntry, OutboxMessage
from tests.compliance.returns.conftest import TERM, in_days, make_late, sign
from tests.reading import text

pytestmark = pytest.mark.django_db
LIST, WHY = "/reports/returns/", "Asked for the wrong term."


def withdraw(asked, by=None, **told):
    return actions.withdraw_round(**{"by": by, "asked": asked, "reason": WHY, **told})


def test_nobody_is_waited_for_any_more_and_the_leads_are_told_why(asked, of_a, alice, charlie, mo, partnership, client):
    assert withdraw(asked, by=mo) is True
    assert {mail.to for mail in OutboxMessage.objects.all()} == {alice.email, charlie.email}
    mail = OutboxMessage.objects.filter(to=alice.email).get()
    assert "has withdrawn its request" in mail.body and "There is nothing for you to sign" in mail.body
    assert "/CSC/" in mail.body and WHY not in mail.body  # why stands on the page
    entry = HistoryEntry.objects.get(verb="withdrew")
    assert (entry.user, entry.changes["reason"], entry.changes["period"]) == (mo, WHY, TERM.slug)
    assert withdraw(asked, by=mo) is False
    assert OutboxMessage.objects.count() == 2
    with pytest.raises(ValidationError, match=f"were withdrawn on .*{WHY}"):
        sign(of_a)
    client.force_login(alice)
    page = text(client.get(f"{LIST}{asked.pk}/CSC/"))
    assert "Withdrawn" in page and WHY in page and "Sign off</button>" not in page
    assert "is due on" not in text(client.get("/")) and "Withdrawn" in text(client.get(LIST))
    assert f"{LIST}{asked.pk}/CSC/" not in client.get(LIST, {"state": "waiting"}).content.decode()
    assert f"{LIST}{asked.pk}/CSC/" in client.get(LIST, {"state": "withdrawn"}).content.decode()
    with pytest.raises(ValidationError, match="are withdrawn: nobody is reminded"):
        actions.remind_now(by=mo, asked=asked)
    client.force_login(mo)
    assert "are withdrawn already" in text(client.get(f"{LIST}{asked.pk}/close/", follow=True))


def test_the_figures_are_silent_and_the_term_can_be_asked_for_again(asked, of_a, mo, partnership, agency_a):
    make_late(asked)
    assert without_return(partnership, TERM)
    withdraw(asked)
    assert without_return(partnership, TERM) == set()
    assert "return" not in " ".join(score(Scope(partnership, of_a.membership), TERM).notes)
    assert actions.chase_returns() == 0
    again = actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(9))
    assert again.pk != asked.pk
    with pytest.raises(ValidationError, match="asked for already"):
        actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(9))
    withdraw(again)
    assert ReturnRound.objects.filter(period=TERM.slug).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnRound.objects.filter(pk=again.pk).update(closed_at=None, closed_by=None)


@pytest.mark.parametrize("taken_back", [False, True], ids=["stands", "taken back"])
def test_what_somebody_signed_is_not_withdrawn(client, asked, of_a, mo, taken_back):
    sign(of_a)
    if taken_back:
        actions.take_back_return(by=None, row=of_a)
    client.force_login(mo)
    page = text(client.get(f"{LIST}{asked.pk}/withdraw/", follow=True))
    assert "signed on" in page and "cannot be withdrawn. Close them" in page
    assert "Withdraw the returns" not in page and "Close the returns" in page
    with pytest.raises(ValidationError, match="Northwold Social Care signed on"):
        withdraw(asked)
    assert ReturnRound.objects.get().closed_at is None


def test_a_closed_round_is_not_withdrawn(asked):
    actions.close_round(by=None, asked=asked)
    with pytest.raises(ValidationError, match="These returns are closed"):
        withdraw(asked)
    assert not ReturnRound.objects.get().withdrawn_reason


def test_the_page_asks_why_and_a_second_press_is_told(client, asked, mo, people):
    address = f"{LIST}{asked.pk}/withdraw/"
    client.force_login(mo)
    assert address in client.get(f"{LIST}{asked.pk}/").content.decode()
    for reason, why in (("", "Why do you withdraw them?"), ("It is about a child born 3 May 2011.", "child")):
        bad = client.post(address, {"reason": reason})
        assert bad.status_code == 422 and why.casefold() in text(bad).casefold()
    assert ReturnRound.objects.get().closed_at is None
    assert "are withdrawn. The leads" in text(client.post(address, {"reason": WHY}, follow=True))
    again = text(client.post(address, {"reason": "Another"}, follow=True))
    assert "were withdrawn on" in again and WHY in again and "Another" not in again
    detail = text(client.get(f"{LIST}{asked.pk}/"))
    assert "Withdrawn on" in detail and "Close the returns" not in detail
    assert "Withdrawn" in text(client.get(f"{LIST}?state=withdrawn"))
    assert "No agency" not in detail and TERM.name not in text(client.get(f"{LIST}?state=closed")).split("Filter")[-1]
    client.force_login(people.sam)
    assert client.post(address, {"reason": WHY}).status_code == 404


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_signing_and_withdrawing_at_once_leave_one_of_both(race, asked, of_a, alice):
    answers = race(lambda: sign(of_a, by=alice), lambda: withdraw(asked))
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert ReturnSignOff.objects.exists() is not bool(ReturnRound.objects.get().withdrawn_reason)
