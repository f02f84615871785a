"""Keys of machines: what they open, what they never open, and what the history says of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from api.actions import end_with_makers, make_key, revoke_key
from api.models import MachineKey
from api.scopes import PERMISSIONS, SENTENCES, Scope, scopes_for
from compliance.demo import factories as make
from partnership.models import HistoryEntry, OutboxMessage, User
from partnership.reach import REACH, Reach
from partnership.roles import Permission, Role
from tests.api.machines import Machine, machine, problem

pytestmark = pytest.mark.django_db
STAFF = "staff/"


def test_a_key_reads_its_own_agency_and_nothing_else(of_a, staff_a, staff_b, staff_c):
    rows = of_a.get(STAFF).json()["results"]
    assert [row["id"] for row in rows] == [staff_a.pk]
    assert of_a.get(f"{STAFF}{staff_a.pk}/").status_code == 200
    missing = problem(of_a.get(f"{STAFF}999999/"), 404, "not_found")
    for other in (staff_b, staff_c):
        assert problem(of_a.get(f"{STAFF}{other.pk}/"), 404) == missing


def test_a_key_of_a_parent_reaches_its_parts(agency_a, staff_a):
    parent = make.AgencyFactory(name="The trust")
    key = machine(agency=parent, scopes=[Scope.READ_STAFF])
    assert key.get(STAFF).json()["results"] == []
    agency_a.parent = parent
    agency_a.save()
    assert [row["id"] for row in key.get(STAFF).json()["results"]] == [staff_a.pk]


def test_a_partnerships_key_never_sees_a_staff_list(of_northwold, staff_a):
    problem(of_northwold.get(STAFF), 403, "not_allowed")
    problem(of_northwold.get("records/"), 403)
    assert of_northwold.get("agencies/").status_code == 200


@pytest.mark.parametrize("sent", [
    "", "Bearer", "Bearer x", "Bearer qk_abcdefgh_" + "x" * 43, "Basic cXFxOnFxcQ==", "Token x",
    "Bearer qk_abcdefgh_é" + "x" * 42,
])
def test_what_is_no_key_is_a_401_that_says_how(client, alice, sent):
    client.force_login(alice)  # who sends a key is asked by the key, session or not
    answer = client.get("/api/v1/who/", headers={"Authorization": sent})
    problem(answer, 401, "authentication_failed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Quorate"'
    assert client.get("/api/v1/who/").status_code == 200


def test_without_anything_it_is_a_401(client, db):
    answer = client.get("/api/v1/who/")
    problem(answer, 401, "not_authenticated")
    assert "WWW-Authenticate" in answer


def test_a_key_in_the_address_is_refused(client, of_a):
    assert client.get(f"/api/v1/who/?key={of_a.secret}").status_code == 401
    problem(of_a.get(f"who/?key={of_a.secret}"), 400, "unknown_parameter")


def test_only_the_hash_is_kept(of_a):
    row = MachineKey.objects.get()
    assert of_a.secret not in [str(value) for value in vars(row).values()]
    assert of_a.secret.removeprefix(f"qk_{row.prefix}_") not in str(vars(row))
    other = Machine(None, f"qk_{row.prefix}_{'x' * 43}")
    assert other.get("who/").status_code == 401


def test_revoking_and_expiring_act_on_the_next_request(of_a, alice):
    assert of_a.get("who/").status_code == 200
    MachineKey.objects.update(expires_on=timezone.localdate())
    assert of_a.get("who/").status_code == 401
    MachineKey.objects.update(expires_on=timezone.localdate() + timedelta(days=1))
    assert of_a.get("who/").status_code == 200
    revoke_key(by=alice, key=of_a.key)
    assert of_a.get("who/").status_code == 401
    with pytest.raises(ValidationError, match="already"):
        revoke_key(by=alice, key=of_a.key)


def test_when_a_key_was_last_used_is_written_once_a_minute(of_a, django_assert_num_queries):
    of_a.get("who/")
    first = MachineKey.objects.get().used_at
    assert first is not None
    of_a.get("who/")
    assert MachineKey.objects.get().used_at == first


def test_a_keys_account_can_never_sign_in(client, of_a):
    user = of_a.key.user
    assert not user.is_active and not user.has_usable_password() and user.is_machine
    client.force_login(user)
    assert client.get("/").status_code == 302
    client.logout()
    assert client.get("/api/v1/who/").status_code == 401


def test_who_says_what_the_key_may_in_plain_words(of_a, agency_a):
    found = of_a.get("who/").json()
    assert found["machine"] and found["agencies"] == [agency_a.pk]
    assert SENTENCES[Scope.READ_STAFF] in found["may"]


# --- Scopes ---------------------------------------------------------------------------------------


def test_every_scope_has_its_words_and_gives_something_somewhere():
    assert set(SENTENCES) == set(PERMISSIONS) == set(Scope)
    assert set(scopes_for(Reach.AGENCY)) | set(scopes_for(Reach.PARTNERSHIP)) == set(Scope)
    assert Scope.READ_STAFF not in scopes_for(Reach.PARTNERSHIP)


def test_no_scope_gives_what_is_for_people_alone():
    given = frozenset().union(*PERMISSIONS.values())
    never = {
        Permission.READ_NARRATIVE, Permission.PRINT_NAMES, Permission.DECIDE_ESCALATION,
        Permission.MANAGE_AGENCIES, Permission.MANAGE_OWN_USERS, Permission.MANAGE_RULES,
        Permission.SIGN_OFF_REPORT, Permission.VIEW_MEASURE_NAMES,
    }
    assert not given & never


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("far", [Reach.AGENCY, Reach.PARTNERSHIP])
def test_a_key_holds_exactly_its_scopes_as_far_as_the_table_goes(partnership, agency_a, scope, far):
    if scope not in scopes_for(far):
        return
    where = {"agency": agency_a} if far is Reach.AGENCY else {"partnership": partnership}
    key = machine(scopes=[scope], **where).key
    for permission in Permission:
        held = key.held(permission)
        expected = permission in PERMISSIONS[scope] and far in REACH[permission].values()
        assert bool(held) is expected, permission
        assert not (held.own or held.party or held.assigned)
        if expected:
            assert held.agencies == ({agency_a.pk} if far is Reach.AGENCY else frozenset())
            assert held.partnerships == ({partnership.pk} if far is not Reach.AGENCY else frozenset())


def test_each_list_needs_its_scope(agency_a, staff_a):
    nothing = machine(agency=agency_a, scopes=[Scope.READ_SESSIONS])
    for name in ("staff", "records", "meetings", "attendance", "attendance-names", "escalations", "history"):
        problem(nothing.get(f"{name}/"), 403, "not_allowed")
    assert nothing.get("sessions/").status_code == 200


# --- Making ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "scopes"), [
    (0, ["read_staff"]), (367, ["read_staff"]), (90, []), (90, ["read_everything"]),
])
def test_a_key_lasts_a_year_at_most_and_may_something(agency_a, alice, days, scopes):
    until = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError):
        make_key(by=alice, name="Push", scopes=scopes, expires_on=until, agency=agency_a)
    assert not MachineKey.objects.exists() and not User.objects.filter(email__endswith="invalid").exists()
    good = timezone.localdate() + timedelta(days=365)
    make_key(by=alice, name="Push", scopes=["read_staff"], expires_on=good, agency=agency_a)


def test_a_partnerships_key_cannot_be_given_names(partnership, mo):
    until = timezone.localdate() + timedelta(days=9)
    with pytest.raises(ValidationError):
        make_key(by=mo, name="Push", scopes=["read_staff"], expires_on=until, partnership=partnership)


def test_making_and_revoking_are_in_the_history_without_the_secret(agency_a, alice):
    key = machine(alice, agency=agency_a, scopes=["read_staff"])
    revoke_key(by=alice, key=key.key)
    entries = list(HistoryEntry.objects.order_by("pk"))
    assert [entry.verb for entry in entries] == ["made the key", "revoked the key"]
    assert {entry.agency for entry in entries} == {agency_a}
    assert key.secret not in str([entry.changes for entry in entries])


def test_the_history_says_which_key_did_it(client, of_a, alice, agency_a, staff_a, course):
    body = {"staff_member": staff_a.pk, "course": "CPC", "completed_on": "2015-03-31"}
    assert of_a.post("records/", body).status_code == 201
    entry = HistoryEntry.objects.get(verb="logged")
    assert entry.user == of_a.key.user and str(entry.user) == "Nightly push"
    client.force_login(alice)
    assert "Nightly push" in client.get("/history/").content.decode()


# --- With its maker -------------------------------------------------------------------------------


def without_roles(user):
    user.grants.update(from_on=timezone.localdate() - timedelta(days=9), until_on=timezone.localdate())


@pytest.mark.parametrize("lost", ["role", "account"])
def test_a_key_opens_nothing_once_its_maker_has_lost_their_role(agency_a, alice, staff_a, lost):
    """Whoever made it has seen the secret: else they would go on reading the staff list with it."""
    key = machine(alice, agency=agency_a)
    assert key.get(STAFF).status_code == 200
    if lost == "role":
        without_roles(alice)
    else:
        User.objects.filter(pk=alice.pk).update(is_active=False)
    problem(key.get(STAFF), 401, "authentication_failed")


def test_a_key_of_the_operator_goes_on(of_a, alice, staff_a):
    without_roles(alice)
    assert of_a.get(STAFF).status_code == 200


def test_a_key_keeps_what_its_maker_keeps(partnership, mo):
    make.GrantFactory(user=mo, role=Role.CONFERENCE_ADMIN, partnership=partnership)
    key = machine(mo, partnership=partnership)
    assert Scope.WRITE_MEETINGS in key.key.scopes
    assert key.get("attendance-names/").status_code == 200
    mo.grants.filter(role=Role.CONFERENCE_ADMIN).delete()
    problem(key.get("attendance-names/"), 403, "not_allowed")
    assert key.get("agencies/").status_code == 200
    assert SENTENCES[Scope.WRITE_MEETINGS] not in key.get("who/").json()["may"]


def test_who_looks_after_keys_is_told_once_that_one_ended_with_its_maker(agency_a, partnership, people):
    second = make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_a).user
    gone, stays = machine(people.alice, agency=agency_a), machine(second, agency=agency_a, name="Dashboard")
    assert end_with_makers() == 0
    without_roles(people.alice)
    assert end_with_makers() == 1 and end_with_makers() == 0
    row = MachineKey.objects.get(pk=gone.key.pk)
    assert row.revoked_at and not row.revoked_by and stays.get("who/").status_code == 200
    message = OutboxMessage.objects.get()
    assert message.to == second.email and "Nightly push" in message.body
    assert people.alice.name not in message.body and gone.secret not in message.body
    assert HistoryEntry.objects.get(verb__startswith="ended with").agency == agency_a


@pytest.mark.parametrize(("place", "told"), [("agency", {"mo"}), ("partnership", {"mo", "dana"})])
def test_where_nobody_leads_the_manager_is_told(agency_a, partnership, people, place, told):
    where = {"agency": agency_a} if place == "agency" else {"partnership": partnership}
    maker = people.alice if place == "agency" else make.GrantFactory(
        role=Role.PARTNERSHIP_MANAGER, partnership=partnership
    ).user
    machine(maker, **where)
    without_roles(maker)
    assert end_with_makers() == 1
    assert {m.to for m in OutboxMessage.objects.all()} == {getattr(people, name).email for name in told}
