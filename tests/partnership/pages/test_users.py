"""Users and their roles: who sees whom, inviting, granting, ending, linking, confirming."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from partnership.actions import end_grant, give_access, grant_role, link_staff
from partnership.models import Grant, HistoryEntry, OutboxMessage, User, UserCheck, today
from partnership.post import send_outbox
from partnership.roles import Role
from partnership.templatetags.quorate import longdate
from tests.conftest import person
from tests.partnership.pages.conftest import fresh, membership, names, same, text, typed

LIST, INVITE, CHECK = "/set-up/users/", "/set-up/users/invite/", "/set-up/users/confirm/"
DAY = timedelta(days=1)


@pytest.fixture
def invitation(agency_a) -> dict:
    return {
        "email": "nia@example.org", "name": "Nia Prosser", "role": "practitioner",
        "where": f"agency-{agency_a.pk}", "from_on": typed(today()), "until_on": "",
    }


@pytest.fixture
def anna(agency_a):
    """Another lead of A."""
    return person("Anna", Role.AGENCY_LEAD, agency=agency_a)


def user_page(user, rest="") -> str:
    return f"{LIST}{user.pk}/{rest}"


# --- Who sees whom --------------------------------------------------------------------------------


def test_pages_are_for_managers_and_leads(client, people):
    for address, allowed in ((LIST, {"mo", "alice", "charlie", "outsider"}), (INVITE, {"mo", "alice", "charlie", "outsider"}),
                             (CHECK, {"alice", "charlie", "outsider"})):
        opened = set()
        for name, user in vars(people).items():
            client.force_login(user)
            if client.get(address).status_code == 200:
                opened.add(name)
        assert opened == allowed, address


def test_each_sees_their_own_users_only(client, people):
    seen = {}
    for name in ("mo", "alice", "charlie", "outsider"):
        client.force_login(getattr(people, name))
        seen[name] = set(names(client.get(LIST)))
    northwold = {"Alice", "Bob", "Charlie", "Dana", "Tara", "Sam", "Mo", "Dee", "Audrey"}
    assert seen == {
        "mo": northwold, "alice": {"Alice", "Bob"}, "charlie": {"Charlie"}, "outsider": {"Zofia"},
    }


def test_roles_elsewhere_are_not_told(client, people, elsewhere, agency_c):
    """Bob is a practitioner in Southmere too: nobody in Northwold reads that."""
    make.GrantFactory(user=people.bob, role=Role.PRACTITIONER, agency=agency_c)
    make.GrantFactory(user=people.bob, role=Role.AUDITOR, partnership=elsewhere)
    for user in (people.mo, people.alice):
        client.force_login(user)
        words = text(client.get(LIST)) + text(client.get(user_page(people.bob)))
        assert "Practitioner, Northwold Social Care" in words and "Southmere" not in words
    client.force_login(people.outsider)
    words = text(client.get(user_page(people.bob)))
    assert "Southmere Social Care" in words and "Northwold" not in words


def test_users_and_grants_elsewhere_answer_like_none(client, people):
    far = people.outsider
    grant, own = far.grants.get().pk, people.bob.grants.get().pk
    for user in (people.mo, people.alice):
        client.force_login(user)
        for rest in ("", "role/", "link/", "invitation/"):
            ask = client.post if rest == "invitation/" else client.get
            answers = [ask(f"{LIST}{pk}/{rest}") for pk in (far.pk, 999_999)]
            assert same(answers[0]) == same(answers[1]) and answers[0].status_code == 404, rest
        answers = [client.get(f"{LIST}roles/{pk}/end/") for pk in (grant, 999_999)]
        assert same(answers[0]) == same(answers[1]) and answers[0].status_code == 404
        assert client.get(f"{LIST}roles/{own}/end/").status_code == 200
        assert client.get(user_page(people.bob, "role/")).status_code == 200


@pytest.mark.parametrize(("query", "found"), [
    ("q=bob", ["Bob"]), ("q=CHARLIE@", ["Charlie"]), ("q=nobody", []), ("role=auditor", ["Audrey"]),
    ("role=practitioner", ["Bob"]), ("state=ended", ["Gwen"]), ("state=to_come", ["Fay"]),
    ("state=in_force&role=agency_lead", ["Alice", "Charlie"]), ("q=sian", ["Siân"]),
    ("sort=-name&role=agency_lead", ["Charlie", "Alice"]), ("sort=signed_in&role=practitioner", ["Bob"]),
    ("sort=-signed_in&role=agency_lead", ["Charlie", "Alice"]),
])
def test_list_is_narrowed_and_sorted(client, people, partnership, query, found):
    soon = today() + DAY
    for name, dates in (("Gwen", {"until_on": today()}), ("Fay", {"from_on": soon}), ("Siân", {})):
        make.GrantFactory(user__name=name, role=Role.DECISION_MAKER, partnership=partnership, **dates)
    User.objects.filter(pk=people.charlie.pk).update(last_login=timezone.now())
    client.force_login(people.mo)
    assert names(client.get(f"{LIST}?{query}")) == found


def test_list_is_narrowed_by_agency_within_reach(client, people, agency_b, agency_c):
    client.force_login(people.mo)
    assert names(client.get(f"{LIST}?agency={agency_b.pk}")) == ["Charlie"]
    answer = client.get(f"{LIST}?agency={agency_c.pk}")
    assert "There is a problem" in text(answer) and "Southmere" not in text(answer)


def test_states_are_words(client, people, agency_a):
    client.force_login(people.mo)
    make.GrantFactory(user__name="Off", user__is_active=False, agency=agency_a)
    make.GrantFactory(user__name="Over", agency=agency_a, until_on=today())
    states = {row[0]["text"]: row[2]["text"] for row in client.get(LIST).context["rows"]}
    assert (states["Off"], states["Over"], states["Bob"]) == ("Switched off", "Ended", "In force")


def test_list_is_paged_with_the_same_queries_for_many(client, mo, alice, agency_a, partnership):
    client.force_login(mo)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(30):
        user = make.GrantFactory(agency=agency_a).user
        make.GrantFactory(user=user, role=Role.AUDITOR, partnership=partnership)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(LIST)
    assert len(answer.context["rows"]) == 25 and len(few) == len(many)


def test_nobody_has_a_role_yet(client, mo):
    mo.grants.all().delete()
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=make.PartnershipFactory())
    client.force_login(mo)
    assert names(client.get(LIST)) == ["Mo"]
    assert "Nobody fits" in text(client.get(f"{LIST}?q=zzz"))


# --- Inviting -------------------------------------------------------------------------------------


def test_inviting_makes_an_account_a_role_and_a_mail(client, alice, agency_a, invitation):
    client.force_login(alice)
    answer = client.post(INVITE, invitation)
    nia = User.objects.get(email="nia@example.org")
    assert answer["Location"] == user_page(nia)
    grant = nia.grants.get()
    assert (grant.role, grant.agency, grant.from_on, grant.until_on) == ("practitioner", agency_a, today(), None)
    assert not nia.has_usable_password()
    verbs = set(HistoryEntry.objects.filter(user=alice).values_list("verb", flat=True))
    assert {"invited", "granted", "sent the invitation to"} <= verbs


def test_what_was_done_is_told_as_it_is(client, alice, bob, agency_a, invitation):
    client.force_login(alice)
    begins = today() + DAY
    answer = client.post(INVITE, invitation | {"from_on": typed(begins)}, follow=True)
    assert (
        f"nia@example.org: Practitioner, {agency_a}, from {longdate(begins)}. "
        "A mail with a link to choose a password is on its way." in text(answer)
    )
    known = client.post(INVITE, invitation | {"email": bob.email, "role": "agency_lead"}, follow=True)
    assert f"{bob.email}: Agency lead, {agency_a}, from {longdate(today())}. A mail tells them." in text(known)


def test_the_mailed_link_sets_a_password_once_and_leads_to_this_site(client, alice, invitation, settings):
    settings.SITE_URL = "https://quorate.example.org"
    client.force_login(alice)
    client.post(INVITE, invitation, headers={"host": "127.0.0.1"})
    send_outbox()
    [letter] = mail.outbox
    assert letter.to == ["nia@example.org"] and "Nia" not in letter.body
    links = re.findall(r"https?://\S+", letter.body)
    assert len(links) == 2 and all(link.startswith("https://quorate.example.org/") for link in links)
    client.logout()
    path = links[0].removeprefix("https://quorate.example.org")
    form = client.get(path, follow=True)
    word = "a long and careful word"
    done = client.post(form.request["PATH_INFO"], {"password1": word, "password2": word})
    assert done.status_code == 302
    nia = User.objects.get(email="nia@example.org")
    assert nia.check_password(word)
    assert "password1" not in client.get(path, follow=True).content.decode()


def test_an_address_that_has_an_account_gets_the_role_and_nothing_else_changes(client, mo, outsider, agency_a, invitation):
    """Zofia leads an agency of Southmere: nothing of that shows, and her account stays as it is."""
    client.force_login(mo)
    answer = client.post(INVITE, invitation | {"email": "ZOFIA@example.org", "name": "Somebody Else"}, follow=True)
    outsider.refresh_from_db()
    assert outsider.name == "Zofia" and outsider.grants.count() == 2
    assert "Southmere" not in text(answer)
    message = OutboxMessage.objects.get()
    assert message.to == "zofia@example.org" and "password" not in message.body


def test_inviting_twice_is_one_account_and_one_role(client, alice, invitation):
    client.force_login(alice)
    answers = [client.post(INVITE, invitation) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert User.objects.filter(email="nia@example.org").count() == Grant.objects.filter(user__name="Nia Prosser").count() == 1


def test_a_machine_is_given_no_role(client, alice, invitation):
    """Neither an account that is a machine's, nor a new one that would pass for one in the history."""
    machine = User.objects.create_user("key-1@machines.invalid", None, name="A machine")
    client.force_login(alice)
    for address in (machine.email, "KEY-2@Machines.Invalid"):
        answer = client.post(INVITE, invitation | {"email": address})
        assert answer.status_code == 422 and "is a machine’s" in text(answer)
    assert not machine.grants.exists() and not User.objects.filter(email__istartswith="key-2").exists()


def test_a_person_whose_work_email_it_is_is_linked(client, mo, agency_a, staff_a2, invitation):
    client.force_login(mo)
    client.post(INVITE, invitation | {"email": staff_a2.work_email.upper()})
    assert User.objects.get(email=staff_a2.work_email).staff_member == staff_a2


def test_a_person_who_left_or_has_an_account_is_not_linked(client, mo, bob, agency_a, staff_a, staff_a2, invitation):
    client.force_login(mo)
    staff_a2.left_on = today()
    staff_a2.save()
    for number, line in enumerate((staff_a, staff_a2)):
        client.post(INVITE, invitation | {"email": line.work_email, "name": f"No {number}"})
        assert User.objects.get(email=line.work_email).staff_member is None


def test_inviting_from_a_persons_page_knows_them(client, alice, bob, agency_a, staff_a, staff_a2, staff_b, invitation):
    client.force_login(alice)
    address = f"{INVITE}?person={staff_a2.pk}"
    assert f'href="{address}"' in client.get(f"/people/{staff_a2.pk}/").content.decode()
    assert "Yes, as bob@example.org" in text(client.get(f"/people/{staff_a.pk}/"))
    initial = client.get(address).context["form"].initial
    assert (initial["email"], initial["name"]) == (staff_a2.work_email, staff_a2.name)
    client.post(address, invitation)
    assert User.objects.get(email="nia@example.org").staff_member == staff_a2
    for odd in (staff_b.pk, 999_999, "x", "9" * 30):
        assert client.get(f"{INVITE}?person={odd}").status_code == 404


@pytest.mark.parametrize(("spoil", "words"), [
    ({"email": "no address"}, "mail"), ({"email": "a@exa\u202emple.org"}, "cannot be seen"), ({"email": ""}, "Fill in"),
    ({"name": "Ni\u200fa"}, "cannot be seen"), ({"role": "operator"}, "“Role”"), ({"role": ""}, "“Role”"),
    ({"where": ""}, "“Where”"), ({"where": "agency-999999"}, "“Where”"), ({"where": "x"}, "“Where”"),
    ({"from_on": "31/02/2015"}, "real date"), ({"from_on": "01/01/1015"}, "Check the year"),
    ({"until_on": "01/01/2999"}, "Check the year"), ({"until_on": "01/01/2015"}, "after its first day"),
])
def test_a_bad_invitation_is_refused_whole_with_what_was_typed(client, alice, invitation, spoil, words):
    client.force_login(alice)
    before = User.objects.count(), Grant.objects.count(), OutboxMessage.objects.count()
    answer = client.post(INVITE, invitation | spoil)
    assert answer.status_code == 422 and words in text(answer) and "There is a problem" in text(answer)
    assert (User.objects.count(), Grant.objects.count(), OutboxMessage.objects.count()) == before
    if "name" not in spoil:
        assert 'value="Nia Prosser"' in answer.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if not role.in_agency])
def test_a_lead_gives_roles_in_their_agency_only(client, alice, partnership, invitation, role):
    client.force_login(alice)
    answer = client.post(INVITE, invitation | {"role": role.value, "where": f"partnership-{partnership.pk}"})
    assert answer.status_code == 422 and not User.objects.filter(email="nia@example.org").exists()


def test_a_lead_gives_no_role_in_another_agency(client, alice, agency_b, agency_c, invitation):
    client.force_login(alice)
    for agency in (agency_b, agency_c):
        assert client.post(INVITE, invitation | {"where": f"agency-{agency.pk}"}).status_code == 422
    assert client.post(INVITE, invitation).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_a_manager_gives_every_role_where_it_sits(client, mo, agency_a, partnership, elsewhere, agency_c, invitation, role):
    client.force_login(mo)
    here = f"agency-{agency_a.pk}" if role.in_agency else f"partnership-{partnership.pk}"
    wrong = f"partnership-{partnership.pk}" if role.in_agency else f"agency-{agency_a.pk}"
    far = f"agency-{agency_c.pk}" if role.in_agency else f"partnership-{elsewhere.pk}"
    for where, status in ((wrong, 422), (far, 422), (here, 302)):
        assert client.post(INVITE, invitation | {"role": role.value, "where": where}).status_code == status
    assert User.objects.get(email="nia@example.org").grants.get().role == role


# --- Nobody for themselves ------------------------------------------------------------------------


def test_nobody_gives_themselves_anything(client, mo, alice, partnership, invitation):
    for user in (mo, alice):
        client.force_login(user)
        for rest in ("role/", "link/"):
            assert client.get(user_page(user, rest)).status_code == 404
        assert client.get(f"{LIST}roles/{user.grants.get().pk}/end/").status_code == 404
        words = text(client.get(user_page(user)))
        assert "This is you" in words and "Give another role" not in words
        before = user.grants.count()
        answer = client.post(INVITE, invitation | {"email": user.email})
        assert answer.status_code == 422 and "cannot grant a role to yourself" in text(answer)
        assert user.grants.count() == before


def test_the_actions_refuse_oneself_too(alice, agency_a, staff_a2, mo):
    grant = alice.grants.get()
    for act in (
        lambda: grant_role(by=alice, user=alice, role=Role.PRACTITIONER, agency=agency_a, from_on=today()),
        lambda: give_access(by=alice, email="Alice@example.org", name="", role=Role.PRACTITIONER, agency=agency_a, from_on=today()),
        lambda: end_grant(by=alice, grant=grant, until_on=today()),
        lambda: link_staff(by=alice, user=alice, staff_member=staff_a2),
    ):
        with pytest.raises(ValidationError):
            act()
    end_grant(by=mo, grant=grant, until_on=today())  # the twin


# --- Giving and ending ----------------------------------------------------------------------------


def role(agency, **more) -> dict:
    return {"role": "practitioner", "where": f"agency-{agency.pk}", "from_on": typed(today()), "until_on": "", **more}


def test_giving_a_role_to_a_user_who_is_there(client, alice, bob, agency_a):
    client.force_login(alice)
    assert client.post(user_page(bob, "role/"), role(agency_a, role="agency_lead")).status_code == 302
    assert {grant.role for grant in bob.grants.all()} == {"practitioner", "agency_lead"}


def test_an_equal_role_that_overlaps_is_refused_with_a_sentence(client, alice, bob, agency_a):
    client.force_login(alice)
    answer = client.post(user_page(bob, "role/"), role(agency_a))
    assert answer.status_code == 422
    assert "Bob has that role there already, from 1 January 2000." in text(answer)
    bob.grants.update(until_on=today())
    assert client.post(user_page(bob, "role/"), role(agency_a)).status_code == 302


def test_a_role_may_follow_another_and_may_not_run_into_it(client, alice, bob, agency_a):
    client.force_login(alice)
    bob.grants.update(from_on=today() + 10 * DAY)
    into = role(agency_a, until_on=typed(today() + 11 * DAY))
    assert client.post(user_page(bob, "role/"), into).status_code == 422
    assert client.post(user_page(bob, "role/"), into | {"until_on": typed(today() + 10 * DAY)}).status_code == 302


def test_an_account_that_is_switched_off_gets_no_role(client, alice, bob, agency_a):
    client.force_login(alice)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answer = client.post(user_page(bob, "role/"), role(agency_a, role="agency_lead"))
    assert answer.status_code == 422 and "switched off" in text(answer)
    assert "Give another role" not in text(client.get(user_page(bob)))
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert client.post(user_page(bob, "role/"), role(agency_a, role="agency_lead")).status_code == 302


def test_ending_a_role_acts_on_the_next_request(client, alice, bob, agency_a):
    grant = bob.grants.get()
    client.force_login(alice)
    answer = client.post(f"{LIST}roles/{grant.pk}/end/", {"until_on": typed(today())})
    assert answer["Location"] == user_page(bob)
    assert not fresh(bob).grants_in_force()
    assert "Ended" in text(client.get(user_page(bob)))
    assert HistoryEntry.objects.filter(user=alice, verb="ended").count() == 1


def test_a_role_given_by_mistake_ends_on_the_same_day(client, alice, invitation):
    client.force_login(alice)
    client.post(INVITE, invitation)
    nia = User.objects.get(email="nia@example.org")
    answer = client.post(f"{LIST}roles/{nia.grants.get().pk}/end/", {"until_on": typed(today())}, follow=True)
    assert f"ended on {longdate(today())}" in text(answer) and not fresh(nia).grants_in_force()
    assert nia.grants.get().until_on == today()  # the row stays, so that it can be told
    assert "Send the invitation again" not in text(answer)  # it would lead to nothing
    assert client.post(INVITE, invitation).status_code == 302  # and can be given again
    assert len(fresh(nia).grants_in_force()) == 1
    assert "Send the invitation again" in text(client.get(user_page(nia)))


def test_nobody_is_given_a_role_for_no_day(client, alice, bob, agency_a):
    client.force_login(alice)
    answer = client.post(user_page(bob, "role/"), role(agency_a, role="agency_lead", until_on=typed(today())))
    assert answer.status_code == 422 and "must be after its first day" in text(answer)


def test_ending_the_role_of_the_only_lead_says_what_it_means(client, mo, alice, agency_a):
    client.force_login(mo)
    address = f"{LIST}roles/{alice.grants.get().pk}/end/"
    assert f"Nobody else leads {agency_a}" in text(client.get(address))
    person("Anna", Role.AGENCY_LEAD, agency=agency_a)
    assert "Nobody else leads" not in text(client.get(address))


@pytest.mark.parametrize("day", ["", "x", "01/01/1990", "01/01/2999"])
def test_a_bad_end_is_refused(client, alice, bob, day):
    client.force_login(alice)
    answer = client.post(f"{LIST}roles/{bob.grants.get().pk}/end/", {"until_on": day})
    assert answer.status_code == 422 and bob.grants.get().until_on is None


def test_an_end_never_comes_later(client, alice, bob):
    bob.grants.update(until_on=today() + DAY)
    client.force_login(alice)
    answer = client.post(f"{LIST}roles/{bob.grants.get().pk}/end/", {"until_on": typed(today() + 9 * DAY)})
    assert answer.status_code == 422 and "ends sooner already" in text(answer)


def test_a_role_that_has_not_begun_is_taken_back(client, alice, bob, agency_a, tomorrow):
    later = make.GrantFactory(user=bob, agency=agency_a, from_on=tomorrow)
    client.force_login(alice)
    address = f"{LIST}roles/{later.pk}/end/"
    assert "Take it back" in text(client.get(address))
    assert client.post(address).status_code == 302
    assert not Grant.objects.filter(pk=later.pk).exists()
    assert HistoryEntry.objects.get(user=alice, verb="took back").changes["user_name"] == "Bob"


def test_a_manager_ends_the_roles_of_their_agencies_and_partnership(client, mo, alice, dana):
    client.force_login(mo)
    for user in (alice, dana):
        client.post(f"{LIST}roles/{user.grants.get().pk}/end/", {"until_on": typed(today())})
        assert not fresh(user).grants_in_force()


def test_another_invitation_is_for_those_who_never_signed_in(client, alice, bob):
    client.force_login(alice)
    client.post(user_page(bob, "invitation/"))
    assert OutboxMessage.objects.count() == 1
    User.objects.filter(pk=bob.pk).update(last_login=timezone.now())
    assert "has signed in already" in text(client.post(user_page(bob, "invitation/"), follow=True))
    assert OutboxMessage.objects.count() == 1


# --- Linking --------------------------------------------------------------------------------------


def test_an_account_is_linked_to_a_line_by_reference(client, alice, anna, staff_a2):
    client.force_login(alice)
    address = user_page(anna, "link/")
    assert client.post(address, {"reference": "NOBODY"}).status_code == 422
    assert client.post(address, {"reference": "a-2"}).status_code == 302
    anna.refresh_from_db()
    assert anna.staff_member == staff_a2


def test_a_line_has_one_account_and_an_account_of_another_agency_keeps_its_own(client, alice, anna, bob, staff_b):
    client.force_login(alice)
    answer = client.post(user_page(anna, "link/"), {"reference": "A-1"})
    assert answer.status_code == 422 and "has an account already" in text(answer)
    User.objects.filter(pk=anna.pk).update(staff_member=staff_b)
    assert client.get(user_page(anna, "link/")).status_code == 404
    assert staff_b.name not in text(client.get(user_page(anna)))


# --- Confirming -----------------------------------------------------------------------------------


def test_confirming_ends_the_roles_of_leavers_and_is_dated_and_named(client, alice, bob, anna, mo, agency_a):
    client.force_login(alice)
    page = client.get(CHECK)
    assert "Bob, bob@example.org (Practitioner)" in text(page) and "Never confirmed yet" in text(page)
    answer = client.post(CHECK, {"leavers": [bob.pk], "sure": "on", "seen": page.context["seen"]})
    assert answer["Location"] == LIST
    assert not fresh(bob).grants_in_force() and fresh(anna).grants_in_force() and fresh(alice).grants_in_force()
    row = UserCheck.objects.get()
    assert (row.agency, row.confirmed_by, row.users) == (agency_a, alice, 2)
    client.force_login(mo)
    assert "by Alice" in text(client.get(f"/set-up/agencies/{membership(agency_a).pk}/"))


def test_a_leaver_whose_role_began_today_has_none_after_confirming(client, alice, agency_a):
    new = make.GrantFactory(role=Role.PRACTITIONER, agency=agency_a, from_on=today()).user
    client.force_login(alice)
    seen = client.get(CHECK).context["seen"]
    client.post(CHECK, {"leavers": [new.pk], "sure": "on", "seen": seen})
    assert UserCheck.objects.get().users == 1 and not fresh(new).grants_in_force()
    assert new.grants.get().until_on == today()


def test_confirming_unseen_users_is_refused(client, alice, bob, agency_a):
    client.force_login(alice)
    seen = client.get(CHECK).context["seen"]
    make.GrantFactory(user__name="New", role=Role.PRACTITIONER, agency=agency_a)
    answer = client.post(CHECK, {"sure": "on", "seen": seen})
    assert answer.status_code == 409 and "since you opened this page" in text(answer) and "New" in text(answer)
    assert not UserCheck.objects.exists()
    assert client.post(CHECK, {"sure": "on", "seen": answer.context["seen"]}).status_code == 302


def test_confirming_needs_the_tick_and_never_ends_oneself_or_strangers(client, alice, bob, charlie):
    client.force_login(alice)
    seen = client.get(CHECK).context["seen"]
    for bad in ({}, {"sure": "on", "leavers": [alice.pk]}, {"sure": "on", "leavers": [charlie.pk]}, {"sure": "on", "leavers": ["x"]}):
        assert client.post(CHECK, bad | {"seen": seen}).status_code == 422
    assert not UserCheck.objects.exists() and fresh(alice).grants_in_force() and fresh(charlie).grants_in_force()


def test_a_lead_of_several_agencies_confirms_each(client, trust, agency_a, agency_b, agency_c, alice, charlie):
    client.force_login(trust.lead)
    assert "never confirmed" in text(client.get(LIST))
    page = client.get(f"{CHECK}?agency={agency_b.pk}")
    assert "Charlie" in text(page) and "Alice" not in text(page)
    client.post(f"{CHECK}?agency={agency_b.pk}", {"sure": "on", "seen": page.context["seen"]})
    assert UserCheck.objects.get().agency == agency_b
    for odd in (agency_c.pk, 999_999, "x"):
        assert client.get(f"{CHECK}?agency={odd}").status_code == 404


# --- The reach itself -----------------------------------------------------------------------------


def test_nobody_keeps_the_grants_of_nobody(people):
    assert not Grant.objects.kept_by(AnonymousUser()).exists()
    for name in ("bob", "dana", "tara", "sam", "dee", "audrey"):
        assert not Grant.objects.kept_by(getattr(people, name)).exists(), name
    assert Grant.objects.kept_by(people.mo).count() == 9
