"""The manager's agencies: the list, one agency, adding, changing, and which stand under which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import Agency, HistoryEntry, Membership, today
from partnership.roles import Role
from tests.conftest import person
from tests.partnership.pages.conftest import membership, names, same, text

LIST, ADD, GROUP = "/set-up/agencies/", "/set-up/agencies/add/", "/set-up/agencies/group/"


def page(agency, rest="") -> str:
    return f"{LIST}{membership(agency).pk}/{rest}"


@pytest.fixture
def new() -> dict:
    return {"name": "Northwold Housing", "code": "HOU", "sector": "housing", "parent": ""}


def seen(client, address) -> str:
    return client.get(address).context["seen"]


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [LIST, ADD, GROUP, "/set-up/role-groups/", "/set-up/role-groups/add/"])
def test_pages_are_for_managers(client, people, address):
    opened = set()
    for name, user in vars(people).items():
        client.force_login(user)
        if client.get(address).status_code == 200:
            opened.add(name)
    assert opened == {"mo"}


def test_list_holds_the_own_partnership_only(client, mo, max_, agency_a, agency_b, agency_c):
    client.force_login(mo)
    assert names(client.get(LIST)) == ["Northwold Police", "Northwold Social Care"]
    client.force_login(max_)
    assert names(client.get(LIST)) == ["Southmere Social Care"]


def test_an_agency_without_a_lead_says_so(client, mo, alice, agency_a, agency_b):
    client.force_login(mo)
    answer = client.get(LIST)
    assert [row[5]["text"] for row in answer.context["rows"]] == ["No lead", "1 lead"]
    assert "1 agency has no lead" in text(answer)
    assert "Nobody leads this agency" in text(client.get(page(agency_b)))
    led = text(client.get(page(agency_a)))
    assert "Nobody leads this agency" not in led and "Led by Alice People in post" in led
    person("Charlie", Role.AGENCY_LEAD, agency=agency_b)
    assert "has no lead" not in text(client.get(LIST))


def test_a_lead_whose_role_ended_or_whose_account_is_off_leads_nothing(client, mo, alice, agency_a):
    client.force_login(mo)
    alice.is_active = False
    alice.save()
    assert "No lead" in text(client.get(LIST))
    alice.is_active = True
    alice.save()
    assert "No lead" not in text(client.get(LIST))
    alice.grants.update(until_on=today())
    assert "No lead" in text(client.get(LIST))


def test_a_lead_of_the_agency_above_leads_its_parts(client, mo, trust, agency_a):
    client.force_login(mo)
    row = next(row for row in client.get(LIST).context["rows"] if row[0]["text"] == agency_a.name)
    assert row[5]["text"] == "Northwold Trust"


def test_list_counts_people_in_post_and_users(client, mo, alice, bob, agency_a, role_group, staff_a2):
    day = today()
    make.StaffMemberFactory(agency=agency_a, role_group=role_group, left_on=day)
    make.StaffMemberFactory(agency=agency_a, role_group=role_group, started_on=day + timedelta(days=1))
    make.GrantFactory(user=alice, role=Role.PRACTITIONER, agency=agency_a)
    make.GrantFactory(agency=agency_a, until_on=day)
    client.force_login(mo)
    [row] = client.get(LIST).context["rows"]
    assert (row[3], row[4]["text"]) == (2, 2)


@pytest.mark.parametrize(("query", "found"), [
    ("q=police", ["Northwold Police"]), ("q=POL", ["Northwold Police"]), ("q=csc", ["Northwold Social Care"]),
    ("q=nobody", []), ("sector=police", ["Northwold Police"]), ("sector=housing", []),
    ("sort=-name", ["Northwold Social Care", "Northwold Police"]),
    ("sort=code", ["Northwold Social Care", "Northwold Police"]),
    ("sort=-people", ["Northwold Social Care", "Northwold Police"]),
    ("sort=nonsense", ["Northwold Police", "Northwold Social Care"]),
    ("page=99", ["Northwold Police", "Northwold Social Care"]),
])
def test_list_is_narrowed_and_sorted(client, mo, agency_a, agency_b, staff_a, query, found):
    client.force_login(mo)
    assert names(client.get(f"{LIST}?{query}")) == found


@pytest.mark.parametrize("sort", ["name", "code", "sector", "people", "users", "lead", "checked", "partnership"])
def test_every_heading_sorts_both_ways(client, mo, agency_a, agency_b, sort):
    client.force_login(mo)
    for order in (sort, f"-{sort}"):
        assert len(names(client.get(f"{LIST}?sort={order}"))) == 2


def test_an_odd_filter_says_so_and_shows_the_page(client, mo, agency_a):
    client.force_login(mo)
    answer = client.get(f"{LIST}?sector=nonsense")
    assert answer.status_code == 200 and "There is a problem" in text(answer)


def test_an_empty_list_says_what_to_do_next(client, mo):
    client.force_login(mo)
    words = text(client.get(LIST))
    assert "No agency yet" in words and "Add an agency" in words


def test_partnership_is_a_column_and_a_filter_where_there_are_several(
    client, mo, agency_a, agency_c, elsewhere
):
    client.force_login(mo)
    assert "partnership" not in client.get(LIST).context["filter"].fields
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    assert names(client.get(LIST)) == ["Northwold Social Care", "Southmere Social Care"]
    assert names(client.get(f"{LIST}?partnership={elsewhere.pk}")) == ["Southmere Social Care"]
    assert [column["text"] for column in client.get(LIST).context["columns"]][-1] == "Partnership"


def test_list_is_paged_with_the_same_queries_for_many(client, mo, agency_a, partnership):
    client.force_login(mo)
    with CaptureQueriesContext(connection, ) as few:
        client.get(LIST)
    for _ in range(40):
        made = make.MembershipFactory(partnership=partnership)
        make.GrantFactory(agency=made.agency)
        make.UserCheckFactory(agency=made.agency)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(LIST)
    assert len(answer.context["rows"]) == 25 and len(few) == len(many)
    assert len(names(client.get(f"{LIST}?page=2"))) == 16


# --- Adding and changing --------------------------------------------------------------------------


def test_adding_an_agency(client, mo, partnership, new):
    client.force_login(mo)
    answer = client.post(ADD, new | {"code": "hou"})
    row = Membership.objects.get(agency__name="Northwold Housing")
    assert (row.code, row.partnership, row.agency.sector) == ("HOU", partnership, "housing")
    assert answer["Location"] == f"{LIST}{row.pk}/"
    assert HistoryEntry.objects.filter(user=mo, verb="made", subject="Northwold Housing").exists()


def test_pressing_twice_makes_one_agency(client, mo, partnership, new):
    client.force_login(mo)
    answers = [client.post(ADD, new).status_code for _ in range(2)]
    assert answers == [302, 422]
    assert Agency.objects.filter(name="Northwold Housing").count() == 1


@pytest.mark.parametrize(("spoil", "words"), [
    ({"name": ""}, "Fill in “Name”"), ({"code": "H O"}, "capital letters"), ({"code": ""}, "Fill in “Code"),
    ({"sector": "x"}, "“Sector”"), ({"name": "northwold social CARE"}, "Ask its manager to offer it to you"),
    ({"code": "CSC"}, "Another agency of this partnership has that code."),
    ({"name": "House\u202egnisuoh"}, "cannot be seen"), ({"name": "A\u0007"}, "cannot be seen"),
    ({"parent": "999999"}, "“Part of”"), ({"name": "x" * 121}, "“Name” may have at most 120 characters, and has 121."),
    ({"name": "Northwold Social Care"}, "already. Is it the same one, of another partnership?"),
])
def test_a_bad_agency_is_refused_whole_with_what_was_typed(client, mo, agency_a, new, spoil, words):
    client.force_login(mo)
    before = Agency.objects.count()
    answer = client.post(ADD, new | spoil)
    assert answer.status_code == 422 and words in text(answer)
    assert "There is a problem" in text(answer)
    if "name" not in spoil:
        assert 'value="Northwold Housing"' in answer.content.decode()
    assert Agency.objects.count() == before


def test_a_name_is_written_otherwise_but_never_as_another_agencys(client, mo, agency_a, agency_b):
    client.force_login(mo)
    address = page(agency_a, "change/")
    data = {"code": "CSC", "sector": agency_a.sector, "seen": seen(client, address)}
    taken = client.post(address, data | {"name": agency_b.name.upper()})
    assert taken.status_code == 422 and f"called {agency_b.name.upper()} already" in text(taken)
    assert client.post(address, data | {"name": agency_a.name.upper()}).status_code == 302
    group = client.post(GROUP, {"name": agency_b.name.lower(), "sector": "police", "parts": [agency_a.pk]})
    assert group.status_code == 422 and "add the place to the name" in text(group)


def test_changing_an_agency(client, mo, agency_a, alice):
    client.force_login(mo)
    address = page(agency_a, "change/")
    answer = client.post(address, {
        "name": "Children’s services", "code": "CS", "sector": "social_care_children", "seen": seen(client, address),
    })
    assert answer.status_code == 302
    agency_a.refresh_from_db()
    assert (agency_a.name, membership(agency_a).code) == ("Children’s services", "CS")
    entry = HistoryEntry.objects.filter(user=mo, subject_type="partnership.agency").first()
    assert entry.changes["name"] == ["Northwold Social Care", "Children’s services"]


def test_a_stale_change_shows_both_versions_and_writes_nothing(client, mo, second_manager, agency_a):
    client.force_login(mo)
    address = page(agency_a, "change/")
    stale = seen(client, address)
    Agency.objects.filter(pk=agency_a.pk).update(name="Their words")
    mine = {"name": "My words", "code": "CSC", "sector": agency_a.sector, "seen": stale}
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "Their words" in text(answer) and "My words" in text(answer)
    agency_a.refresh_from_db()
    assert agency_a.name == "Their words"
    again = client.post(address, mine | {"seen": answer.context["seen"]})
    assert again.status_code == 302 and Agency.objects.get(pk=agency_a.pk).name == "My words"


def test_an_agency_elsewhere_answers_like_none(client, mo, max_, agency_a, agency_c):
    client.force_login(mo)
    far, nowhere = membership(agency_c).pk, 999_999
    for rest in ("", "change/", "offer/"):
        answers = [client.get(f"{LIST}{pk}/{rest}") for pk in (far, nowhere)]
        assert same(answers[0]) == same(answers[1]) and answers[0].status_code == 404
        assert client.get(page(agency_a, rest)).status_code == 200
    before = client.post(f"{LIST}{far}/change/", {"name": "Taken over", "code": "X", "sector": "other", "seen": "x"})
    assert before.status_code == 404
    client.force_login(max_)
    assert client.get(f"{LIST}{far}/").status_code == 200


# --- Which stand under which ----------------------------------------------------------------------


def test_grouping_agencies_and_giving_the_group_a_lead(client, mo, agency_a, agency_b):
    client.force_login(mo)
    answer = client.post(GROUP, {"name": "The trust", "sector": "other", "parts": [agency_a.pk, agency_b.pk]})
    assert answer.status_code == 302
    trust = Agency.objects.get(name="The trust")
    assert set(trust.parts.all()) == {agency_a, agency_b} and not trust.memberships.exists()
    assert "The trust" in text(client.get(LIST))
    choices = dict(client.get("/set-up/users/invite/").context["form"].fields["where"].choices[2][1])
    assert choices[f"agency-{trust.pk}"] == "The trust"


def test_a_group_is_changed_and_a_stale_change_is_refused(client, mo, agency_a, agency_b):
    client.force_login(mo)
    client.post(GROUP, {"name": "The trust", "sector": "other", "parts": [agency_a.pk]})
    trust = Agency.objects.get(name="The trust")
    address = f"{LIST}groups/{trust.pk}/"
    stale = seen(client, address)
    done = client.post(address, {"name": "Our trust", "sector": "other", "parts": [agency_b.pk], "seen": stale})
    assert done.status_code == 302
    assert set(trust.parts.all()) == {agency_b}
    late = client.post(address, {"name": "Late", "sector": "other", "parts": [agency_a.pk], "seen": stale})
    assert late.status_code == 409 and "Our trust" in text(late)
    assert set(trust.parts.all()) == {agency_b}


def test_a_group_with_a_part_elsewhere_is_nobodys_to_give_or_to_change(
    client, mo, max_, agency_a, agency_b, agency_c
):
    """A role there would reach the part of the other partnership."""
    above = make.AgencyFactory(name="The police of two")
    Agency.objects.filter(pk__in=[agency_b.pk, agency_c.pk]).update(parent=above)
    for user in (mo, max_):
        client.force_login(user)
        assert client.get(f"{LIST}groups/{above.pk}/").status_code == 404
        where = str(client.get("/set-up/users/invite/").context["form"].fields["where"].choices)
        assert "The police of two" not in where
    Agency.objects.filter(pk=agency_c.pk).update(parent=None)
    client.force_login(mo)
    assert client.get(f"{LIST}groups/{above.pk}/").status_code == 200


def test_a_member_with_a_part_elsewhere_gets_no_roles_either(client, mo, agency_a, agency_b, agency_c):
    Agency.objects.filter(pk=agency_c.pk).update(parent=agency_b)
    client.force_login(mo)
    where = str(client.get("/set-up/users/invite/").context["form"].fields["where"].choices)
    assert "Northwold Social Care" in where and "Northwold Police" not in where
    assert client.post("/set-up/users/invite/", {
        "email": "x@example.org", "name": "X", "role": "agency_lead", "where": f"agency-{agency_b.pk}",
        "from_on": "01/04/2015",
    }).status_code == 422


def test_a_part_of_another_is_no_choice_and_keeps_its_parent(client, mo, agency_a, agency_b, trust):
    client.force_login(mo)
    assert agency_a not in client.get(GROUP).context["form"].fields["parts"].queryset
    address = page(agency_a, "change/")
    assert set(client.get(address).context["form"].fields["parent"].queryset) == {trust}
    client.post(address, {
        "name": agency_a.name, "code": "CSC", "sector": agency_a.sector, "parent": "", "seen": seen(client, address),
    })
    agency_a.refresh_from_db()
    assert agency_a.parent is None


# --- Role groups ----------------------------------------------------------------------------------


def test_role_groups_are_added_listed_and_renamed(client, mo, staff_a, role_group):
    client.force_login(mo)
    assert client.post("/set-up/role-groups/add/", {"title": "Night staff", "code": "Night_Staff"}).status_code == 302
    words = text(client.get("/set-up/role-groups/"))
    assert "Night staff night_staff 0" in words and "Front line front_line 1" in words
    address = f"/set-up/role-groups/{role_group.pk}/"
    stale = seen(client, address)
    assert client.post(address, {"title": "At the front", "seen": stale}).status_code == 302
    role_group.refresh_from_db()
    assert (role_group.title, role_group.code) == ("At the front", "front_line")
    late = client.post(address, {"title": "Late", "seen": stale})
    assert late.status_code == 409 and "At the front" in text(late)


@pytest.mark.parametrize("spoil", [{"title": ""}, {"code": "two words"}, {"code": "front_line"}, {"title": "\u2066x"}])
def test_a_bad_role_group_is_refused(client, mo, role_group, spoil):
    client.force_login(mo)
    answer = client.post("/set-up/role-groups/add/", {"title": "Night", "code": "night"} | spoil)
    assert answer.status_code == 422 and "There is a problem" in text(answer)


def test_a_missing_role_group_is_not_there(client, mo, role_group):
    client.force_login(mo)
    assert client.get("/set-up/role-groups/999999/").status_code == 404
    assert client.get(f"/set-up/role-groups/{role_group.pk}/").status_code == 200
