"""The pages of the returns: for whom, what they show, bad input, double presses, stale pages."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions
from compliance.demo import factories as make
from compliance.forms.returns import terms
from compliance.measures.returned import CHECKS
from compliance.models import AgencyReturn, ReturnReminder, ReturnRound, ReturnSignOff
from compliance.period import Period
from partnership.models import Agency, OutboxMessage, today
from partnership.roles import Role
from tests.compliance.returns.conftest import TERM, in_days, make_late, sign
from tests.lists import lines_of
from tests.reading import same, text

pytestmark = pytest.mark.django_db
LIST, NEW = "/reports/returns/", "/reports/returns/new/"
GOOD = {
    "staff_complete_on": "31/03/2015", "training_logged": "on", "attendance_checked": "on",
    "name": "Jane Doe", "role": "Head of service",
}
NIL = {"nil_reason": "no_staff", "name": "Jane Doe", "role": "Head of service"}


def page_of(row) -> str:
    return f"{LIST}{row.round_id}/{row.membership.code}/"


def seen_on(answer) -> str:
    return unescape(re.search(r'name="seen" value="([^"]+)"', answer.content.decode()).group(1))


# --- For whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "list_", "round_", "own", "other"),
    [("alice", 200, 404, 200, 404), ("bob", 403, 404, 404, 404), ("dana", 403, 404, 404, 404),
     ("tara", 403, 404, 404, 404), ("sam", 200, 200, 200, 200), ("mo", 200, 200, 200, 200),
     ("dee", 403, 404, 404, 404), ("audrey", 200, 200, 200, 200), ("outsider", 200, 404, 404, 404)],
)
def test_who_opens_what(client, people, asked, of_a, of_b, name, list_, round_, own, other):
    client.force_login(getattr(people, name))
    got = [client.get(address).status_code for address in (
        LIST, f"{LIST}{asked.pk}/", page_of(of_a), page_of(of_b)
    )]
    assert got == [list_, round_, own, other]


def test_out_of_reach_and_missing_answer_alike(client, alice, mo, of_b, far, asked):
    client.force_login(alice)
    for tail in ("", "nil/", "take-back/", "send-back/"):
        there, none = f"{page_of(of_b)}{tail}", f"{LIST}{asked.pk}/XX/{tail}"
        assert same(client.get(there)) == same(client.get(none))
        assert same(client.post(there, GOOD)) == same(client.post(none, GOOD))
        assert client.get(there).status_code == 404
    client.force_login(mo)
    for tail in ("", "due/", "close/", "remind/", "list.csv"):
        there, none = f"{LIST}{far.round_id}/{tail}", f"{LIST}999999/{tail}"
        assert same(client.get(there)) == same(client.get(none))
        assert client.post(there, {"due_on": "01/01/2099"}).status_code == 404
    assert client.get(f"{LIST}99999999999999999999/").status_code == 404
    assert not ReturnSignOff.objects.exists() and ReturnRound.objects.filter(closed_at=None).count() == 2


def test_names_stand_where_they_may(client, people, of_a):
    sign(of_a)
    for name, sees in (("alice", True), ("mo", True), ("sam", False), ("audrey", False)):
        client.force_login(getattr(people, name))
        assert ("Jane Doe" in text(client.get(page_of(of_a)))) is sees, name
    for name, sees in (("mo", True), ("sam", False)):
        client.force_login(getattr(people, name))
        for tail in ("", "list.csv"):
            answer = client.get(f"{LIST}{of_a.round_id}/{tail}")
            words = str(lines_of(answer)) if tail else text(answer)
            assert ("Jane Doe" in words) is sees, (name, tail)


# --- Signing --------------------------------------------------------------------------------------


def test_a_lead_signs(client, alice, of_a, staff_a):
    client.force_login(alice)
    answer = client.get(page_of(of_a))
    assert "What is confirmed, as at 31 March 2015" in text(answer) and 'value="Alice"' in answer.content.decode()
    done = client.post(page_of(of_a), GOOD | {"seen": seen_on(answer)}, follow=True)
    assert "The return of Northwold Social Care for October 2014 to March 2015 is signed." in text(done)
    assert "Take it back" in text(done) and "As signed" in text(done)
    signed = of_a.sign_offs.get()
    assert (signed.name, signed.signed_by, signed.signed_on) == ("Jane Doe", alice, today())
    assert signed.numbers["people_in_post"] == 1


def test_each_number_leads_to_its_rows(client, alice, of_a, staff_a):
    client.force_login(alice)
    page = client.get(page_of(of_a)).content.decode()
    link = re.search(r'href="([^"]+count=people_in_post)"', page).group(1).replace("&amp;", "&")
    rows = client.get(link)
    assert rows.status_code == 200 and staff_a.name in text(rows)


def test_others_open_the_rows_without_names(client, sam, of_a, staff_a):
    client.force_login(sam)
    page = client.get(page_of(of_a)).content.decode()
    link = re.search(r'href="([^"]+count=people_in_post)"', page).group(1).replace("&amp;", "&")
    assert staff_a.name not in text(client.get(link)) and staff_a.job_title in text(client.get(link))
    assert "Sign off" not in text(client.get(page_of(of_a)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"staff_complete_on": ""}, "Fill in “Our staff list is complete as at”."),
        ({"staff_complete_on": "31/02/2015"}, "must be a real date"),
        ({"staff_complete_on": "01/01/2010"}, "which began on 1 October 2014"),
        ({"staff_complete_on": "01/01/2199"}, "cannot be ahead"),
        ({"training_logged": ""}, "Tick “All training that we know of is logged” to go on."),
        ({"name": ""}, "Fill in “Your name”."), ({"role": "a\x00b"}, ""), ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_bad_input_gets_the_form_back_with_all_that_was_typed(client, alice, of_a, changes, sentence):
    client.force_login(alice)
    seen = seen_on(client.get(page_of(of_a)))
    answer = client.post(page_of(of_a), GOOD | {"seen": seen} | changes)
    assert answer.status_code == 422 and sentence in text(answer)
    assert "There is a problem" in text(answer) and not ReturnSignOff.objects.exists()
    kept = (GOOD | changes)["role"]
    assert kept == "a\x00b" or f'value="{kept}"' in answer.content.decode()
    assert client.post(page_of(of_a), GOOD | {"seen": seen}).status_code == 302  # the twin


def test_a_stale_page_shows_both_numbers_and_signs_nothing(client, alice, of_a, agency_a):
    client.force_login(alice)
    seen = seen_on(client.get(page_of(of_a)))
    make.StaffMemberFactory(agency=agency_a, started_on=date(2010, 1, 1))
    answer = client.post(page_of(of_a), GOOD | {"seen": seen})
    assert answer.status_code == 409 and not ReturnSignOff.objects.exists()
    assert "The numbers changed since you opened this page" in text(answer)
    assert "When you opened the page" in text(answer) and "People in post 1" in text(answer)
    assert 'value="Head of service"' in answer.content.decode()
    assert client.post(page_of(of_a), GOOD | {"seen": seen_on(answer)}).status_code == 302


@pytest.mark.parametrize("seen", ["", "none", "[]", "{}", '{"people_in_post": "x"}', "😀", "{" * 5000, "[" * 50_000])
def test_a_page_that_never_was_signs_nothing(client, alice, of_a, seen):
    client.force_login(alice)
    answer = client.post(page_of(of_a), GOOD | {"seen": seen})
    assert answer.status_code == 409 and not ReturnSignOff.objects.exists()


@pytest.mark.parametrize("value", [[], [1], [1, "x"], [[1], 2], {}, "x", True])
def test_numbers_that_no_page_had_are_shown_to_nobody(client, alice, of_a, value):
    """A hidden field that somebody wrote into: the page again, never a fault."""
    client.force_login(alice)
    for odd in (dict.fromkeys((check.key for check in CHECKS), value), {"staff_list_on": value}):
        seen = json.dumps(json.loads(seen_on(client.get(page_of(of_a)))) | odd)
        answer = client.post(page_of(of_a), GOOD | {"seen": seen})
        assert answer.status_code == 409 and not ReturnSignOff.objects.exists()


def test_neither_role_nor_reason_holds_what_may_not_be_kept(client, alice, mo, of_a):
    client.force_login(alice)
    seen = seen_on(client.get(page_of(of_a)))
    answer = client.post(page_of(of_a), GOOD | {"seen": seen, "role": "DOB 03/04/2014"})
    assert answer.status_code == 422 and "looks like a date of birth" in text(answer)
    assert client.post(page_of(of_a), GOOD | {"seen": seen}).status_code == 302  # the twin
    client.force_login(mo)
    address = f"{page_of(of_a)}send-back/"
    for reason in ("a\x07b", "turned \u202e round"):
        assert client.post(address, {"reason": reason}).status_code == 422
    assert of_a.sign_offs.standing().exists()
    assert client.post(address, {"reason": "Look again.\r\nTwice."}).status_code == 302  # the twin


def test_a_second_press_signs_nothing_more_and_says_who_signed(client, alice, of_a):
    client.force_login(alice)
    sent = GOOD | {"seen": seen_on(client.get(page_of(of_a)))}
    client.post(page_of(of_a), sent)
    again = client.post(page_of(of_a), sent, follow=True)
    assert "Jane Doe signed this return on" in text(again) and of_a.sign_offs.count() == 1
    client.post(f"{page_of(of_a)}nil/", NIL | {"seen": sent["seen"]})
    assert of_a.sign_offs.count() == 1


def test_a_nil_return(client, alice, of_a):
    client.force_login(alice)
    address = f"{page_of(of_a)}nil/"
    seen = seen_on(client.get(address))
    assert client.post(address, NIL | {"seen": seen, "nil_reason": ""}).status_code == 422
    assert client.post(address, NIL | {"seen": seen, "nil_reason": "other"}).status_code == 422
    assert not ReturnSignOff.objects.exists()
    done = client.post(address, NIL | {"seen": seen}, follow=True)
    assert "The nil return of Northwold Social Care" in text(done)
    assert "We have no staff who go to conferences" in text(done)


def test_the_manager_does_not_sign(client, mo, of_a):
    client.force_login(mo)
    assert client.get(page_of(of_a)).status_code == 200
    client.post(page_of(of_a), GOOD | {"seen": "x"})
    assert client.post(f"{page_of(of_a)}nil/", NIL).status_code == 404
    assert not ReturnSignOff.objects.exists()


def test_a_term_that_runs_waits(client, alice, partnership, agency_a):
    term = Period.year_of(today())
    asked = actions.open_round(by=None, partnership=partnership, period=term, due_on=in_days(400))
    client.force_login(alice)
    row = asked.returns.get()
    assert "Sign when it is over." in text(client.get(page_of(row)))
    assert client.get(f"{page_of(row)}nil/").status_code == 302
    answer = client.post(page_of(row), GOOD | {"seen": seen_on_or(client.get(page_of(row)))})
    assert answer.status_code in (409, 422) and not ReturnSignOff.objects.exists()


def seen_on_or(answer) -> str:
    return seen_on(answer) if 'name="seen"' in answer.content.decode() else "none"


# --- Back -----------------------------------------------------------------------------------------


def test_back_by_the_manager_with_a_reason_that_the_lead_reads(client, alice, mo, sam, of_a):
    sign(of_a)
    OutboxMessage.objects.all().delete()
    client.force_login(mo)
    address = f"{page_of(of_a)}send-back/"
    for reason in ("", "He was born 3 May 2011."):
        assert client.post(address, {"reason": reason}).status_code == 422
    done = client.post(address, {"reason": "Leavers are on it."}, follow=True)
    assert "is sent back. Its leads get a mail." in text(done)
    assert OutboxMessage.objects.get().to == alice.email
    again = client.post(address, {"reason": "Leavers are on it."}, follow=True)
    assert "No sign-off stands here" in text(again) and of_a.sign_offs.count() == 1
    for person, reads in ((alice, True), (sam, False)):
        client.force_login(person)
        assert ("Leavers are on it." in text(client.get(page_of(of_a)))) is reads


def test_back_by_the_agency_until_the_due_day(client, alice, of_a, asked):
    client.force_login(alice)
    address = f"{page_of(of_a)}take-back/"
    sign(of_a)
    assert client.get(address).status_code == 302 and of_a.sign_offs.standing().exists()
    assert "Taken back." in text(client.post(address, follow=True))
    assert "No sign-off stands here" in text(client.post(address, follow=True))
    sign(of_a)
    make_late(asked)
    assert "Take it back" not in text(client.get(page_of(of_a)))
    assert "only the partnership manager" in text(client.post(address, follow=True))
    assert of_a.sign_offs.standing().exists()


# --- Rounds ---------------------------------------------------------------------------------------


def test_the_manager_asks(client, mo, alice, agency_a, partnership):
    client.force_login(mo)
    term = terms(today())[0].slug
    for sent in ({"period": term, "due_on": ""}, {"period": "2014-15-H9", "due_on": "01/01/2099"},
                 {"period": term, "due_on": f"{in_days(-1):%d/%m/%Y}"}):
        assert client.post(NEW, sent).status_code == 422
    assert not ReturnRound.objects.exists()
    good = {"period": term, "due_on": f"{in_days(200):%d/%m/%Y}"}
    done = client.post(NEW, good, follow=True)
    assert "1 agencies are asked" not in text(done) and "1 agency is asked for its return" in text(done)
    assert OutboxMessage.objects.get().to == alice.email
    assert client.post(NEW, good).status_code == 422 and ReturnRound.objects.count() == 1




def test_a_manager_of_two_partnerships_says_for_which(client, mo, agency_a, agency_c, elsewhere):
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    client.force_login(mo)
    good = {"period": terms(today())[0].slug, "due_on": f"{in_days(200):%d/%m/%Y}"}
    assert client.post(NEW, good).status_code == 422
    assert client.post(NEW, good | {"partnership": elsewhere.pk}).status_code == 302
    assert ReturnRound.objects.get().partnership == elsewhere


def test_who_is_late_stands_in_the_table_on_the_home_and_in_the_file(
    client, mo, asked, of_a, of_b, alice, charlie
):
    sign(of_a, on=today() - timedelta(days=11))
    make_late(asked)
    client.force_login(mo)
    table = text(client.get(f"{LIST}{asked.pk}/"))
    assert "1 of 2 agencies" in table and re.search(r"Late by \d working days", table)
    assert "1 agency is late with its return" in text(client.get("/"))
    assert "1 late" in text(client.get(LIST))
    narrowed = client.get(f"{LIST}{asked.pk}/?state=late")
    assert "Northwold Police" in text(narrowed) and "Northwold Social Care" not in text(narrowed)
    assert [row["Code"] for row in lines_of(client.get(f"{LIST}{asked.pk}/list.csv?state=late"))] == ["POL"]
    assert [row["Returned"] for row in lines_of(client.get(f"{LIST}list.csv"))] == ["1"]
    [row] = lines_of(client.get(f"{LIST}{asked.pk}/list.xlsx?state=late"))
    assert (row["Agency"], row["Signed on"]) == ("Northwold Police", "") and row["Late by working days"] > 4
    for query in ("?sort=-state", "?sort=signed", "?sort=reminded", "?sort=rubbish", "?q=zzz&state=nil"):
        assert client.get(f"{LIST}{asked.pk}/{query}").status_code == 200
    assert client.get(f"{LIST}{asked.pk}/?state=rubbish").status_code == 422
    assert client.get(f"{LIST}?state=rubbish").status_code == 422
    client.force_login(charlie)
    assert re.search(r"Your return for October 2014 to March 2015 was due on", text(client.get("/")))
    assert "Waiting" in text(client.get(LIST)) and "Late" in text(client.get(LIST))
    client.force_login(alice)
    assert "Your return" not in text(client.get("/"))


def test_a_lead_of_many_agencies_has_one_line_on_the_home(client, partnership, mo):
    trust = make.AgencyFactory(name="Northwold Trust")
    for _ in range(4):
        make.MembershipFactory(partnership=partnership, agency=make.AgencyFactory(parent=trust))
    lead = make.GrantFactory(role=Role.AGENCY_LEAD, agency=trust).user
    actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(9))
    client.force_login(lead)
    assert "4 returns of your agencies are to be signed, the first by" in text(client.get("/"))
    Agency.objects.filter(parent=trust, pk__gt=trust.pk + 1).update(parent=None)
    assert re.search(r"Your return for .* is due on", text(client.get("/")))


def test_remind_now_says_how_many_and_who_has_no_lead(client, mo, asked, alice, agency_b):
    ReturnReminder.objects.all().delete()
    client.force_login(mo)
    address = f"{LIST}{asked.pk}/remind/"
    assert client.get(address).status_code == 302 and not OutboxMessage.objects.exists()
    done = text(client.post(address, follow=True))
    assert "The leads of 1 agency are reminded. 1 agency has no lead" in done
    assert "reminded today already" in text(client.post(address, follow=True))
    assert OutboxMessage.objects.count() == 1


def test_another_due_date_and_the_stale_page(client, mo, asked):
    client.force_login(mo)
    address = f"{LIST}{asked.pk}/due/"
    seen = seen_on(client.get(address))
    assert client.post(address, {"due_on": "31/12/2014", "seen": seen}).status_code == 422
    assert client.post(address, {"due_on": f"{in_days(40):%d/%m/%Y}", "seen": seen}).status_code == 302
    stale = client.post(address, {"due_on": f"{in_days(50):%d/%m/%Y}", "seen": seen})
    assert stale.status_code == 409 and "Somebody changed this meanwhile" in text(stale)
    asked.refresh_from_db()
    assert asked.due_on == in_days(40)
    assert client.post(address, {"due_on": f"{in_days(50):%d/%m/%Y}", "seen": seen_on(stale)}).status_code == 302


def test_closing_says_what_it_means_and_is_once(client, mo, alice, asked, of_a):
    client.force_login(mo)
    address = f"{LIST}{asked.pk}/close/"
    assert "2 agencies have made no return" in text(client.get(address))
    assert "closed. Nobody is reminded" in text(client.post(address, follow=True))
    assert "are closed already" in text(client.post(address, follow=True))
    table = text(client.get(f"{LIST}{asked.pk}/"))
    assert "No return" in table and "Remind now" not in table and "Close the returns" not in table
    client.force_login(alice)
    assert "These returns are closed" in text(client.get(page_of(of_a)))


# --- Lists ----------------------------------------------------------------------------------------


def test_empty_states_say_what_to_do(client, mo, alice, sam, agency_a):
    for person, sentence in (
        (mo, "Ask every agency to confirm its data"), (alice, "you get a mail"),
        (sam, "The partnership manager asks"),
    ):
        client.force_login(person)
        assert sentence in text(client.get(LIST))


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_lists_ask_the_same_number_of_queries_and_show_25_a_page(client, mo, alice, asked, partnership, agency_a):
    addresses = {mo: (LIST, f"{LIST}{asked.pk}/", "/"), alice: (LIST, "/")}
    before = {}
    for person, found in addresses.items():
        client.force_login(person)
        before[person] = [queries(client, address) for address in found]
    for _ in range(28):
        row = make.AgencyReturnFactory(round=asked)
        make.ReturnSignOffFactory(agency_return=row)
        make.ReturnReminderFactory(agency_return=row)
    for year in range(1990, 2018):
        more = make.ReturnRoundFactory(
            partnership=partnership, period=f"{year}-{(year + 1) % 100:02}", closed_at=asked.opened_at
        )
        make.AgencyReturnFactory(round=more, membership=agency_a.memberships.get())
    for person, found in addresses.items():
        client.force_login(person)
        assert [queries(client, address) for address in found] == before[person]
    assert "Showing 1 to 25 of 29" in text(client.get(LIST))
    client.force_login(mo)
    assert "Showing 26 to 30 of 30" in text(client.get(f"{LIST}{asked.pk}/?page=2"))
    assert AgencyReturn.objects.filter(round=asked).count() == 30


@pytest.mark.parametrize("below", ["", "nil/", "take-back/", "send-back/"])
def test_a_number_that_no_database_holds_is_not_there(client, alice, mo, below):
    for user in (alice, mo):
        client.force_login(user)
        assert client.get(f"{LIST}99999999999999999999999/CSC/{below}").status_code == 404
