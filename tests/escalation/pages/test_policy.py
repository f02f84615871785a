"""The local policy: read by those who may see cases, changed by the manager in versions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escalation import actions
from escalation.choices import TriggerKind
from escalation.models import Policy
from tests.escalation.pages.conftest import words

pytestmark = pytest.mark.django_db
READ, EDIT = "/partnerships/NW/escalation-policy/", "/partnerships/NW/escalation-policy/edit/"


def posted(client, address: str = EDIT, **changes) -> dict:
    """What a browser would send of the form as it stands, with some changes."""
    page = client.get(address)
    data = {}
    forms = [
        page.context["form"],
        page.context["stages"].management_form,
        *page.context["stages"].forms,
    ]
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value not in (None, ""):
                data[field.html_name] = (
                    field.field.widget.format_value(value) if field.widget_type == "date" else value
                )
    return data | {"check": "1"} | changes


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 200),
        ("bob", 200),
        ("charlie", 200),
        ("dana", 200),
        ("mo", 200),
        ("dee", 200),
        ("audrey", 200),
        ("sam", 404),
        ("tara", 404),
        ("outsider", 404),
    ],
)
def test_policy_is_read_by_those_who_may_see_cases_and_changed_by_the_manager_alone(
    name, status, policy, people, signed_in
):
    client = signed_in(getattr(people, name))
    assert client.get(READ).status_code == status
    manages = name == "mo"
    for address in (EDIT, "/partnerships/NW/suggestion-triggers/"):
        assert client.get(address).status_code == (200 if manages else 404)
        assert client.post(address, {"x": "y"}).status_code == (422 if manages else 404)
    if status == 200:
        assert ("Change the policy" in words(client.get(READ))) is manages
    assert Policy.objects.count() == 1


def test_change_is_shown_first_then_makes_version_two_and_the_open_case_keeps_one(
    running, policy, signed_in, mo, bob, raised
):
    client = signed_in(mo)
    data = posted(
        client,
        **{
            "stage-1-remove": "on",
            "stage-0-limit_amount": "3",
            "stage-4-title": "Extra round",
            "stage-4-position": "1",
            "stage-0-position": "2",
        },
    )
    check = client.post(EDIT, data)
    page = words(check)
    assert check.status_code == 200
    assert Policy.objects.count() == 1
    for expected in (
        "Nothing is adopted yet",
        "1 open case keeps",
        "Changed",
        "New",
        "Gone",
        "3 working days",
    ):
        assert expected in page, expected
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', check.content.decode())
    )
    assert hidden["seen"] == "1"
    del data["check"]
    done = client.post(EDIT, data | {"seen": "1", "adopt": "1"}, follow=True)
    assert "Version 2 is adopted" in words(done)
    new = Policy.objects.get(version=2)
    assert [s.title for s in new.stages.all()] == [
        "Extra round",
        "Practitioner to line manager",
        "Head of service or board member",
        "Partnership chair or executive",
    ]
    assert new.stages.get(position=2).limit_amount == 3
    running.refresh_from_db()
    assert running.policy.version == 1
    assert "Safeguarding lead to safeguarding lead" in words(
        signed_in(bob).get(reverse("escalation:detail", args=[running.reference]))
    )
    assert raised(now=timezone.now()).policy.version == 2
    assert "Safeguarding lead to safeguarding lead" in words(client.get(f"{READ}?version=1"))
    assert client.get(f"{READ}?version=3").status_code == 404


def test_all_hidden_values_of_the_check_adopt_the_same(policy, signed_in, mo):
    client = signed_in(mo)
    check = client.post(EDIT, posted(client, name="Ours"))
    pairs = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', check.content.decode()
    )
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    client.post(EDIT, data | {"adopt": "1"})
    old, new = Policy.objects.order_by("version")
    assert new.name == "Ours"
    fields = (
        "title",
        "formal",
        "limit_amount",
        "urgent_amount",
        "tell_entering",
        "tell_overdue",
        "partnership_part",
    )
    assert list(old.stages.values_list(*fields)) == list(new.stages.values_list(*fields))


def test_version_adopted_meanwhile_is_never_overwritten_unseen(policy, partnership, signed_in, mo):
    client = signed_in(mo)
    data = posted(client)
    actions.adopt_preset(
        by=None, partnership=partnership, preset="wirral", effective_from=timezone.localdate()
    )
    late = client.post(EDIT, data | {"seen": "1", "adopt": "1"})
    assert late.status_code == 409
    assert "Somebody else adopted version 2 meanwhile" in words(late)
    assert Policy.objects.count() == 2
    assert client.post(EDIT, data | {"seen": "2", "adopt": "1"}).status_code == 302


def test_what_is_wrong_stands_at_its_row_and_everything_typed_is_kept(policy, signed_in, mo):
    client = signed_in(mo)
    data = posted(
        client,
        **{"stage-0-title": "", "stage-1-limit_amount": "", "stage-2-title": "Kept as typed"},
    )
    response = client.post(EDIT, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_stage-0-title"' in page
    assert 'href="#id_stage-1-limit_amount"' in page
    assert "Kept as typed" in page
    assert "Give a number with the limit" in words(response)


def test_numbers_out_of_bounds_are_told_in_sentences(policy, signed_in, mo):
    client = signed_in(mo)
    wrong = {"stage-0-limit_amount": "0", "stage-2-position": "third", "nearly_days": "99"}
    said = words(client.post(EDIT, posted(client, **wrong)))
    assert "Row 1: “Limit” must be 1 or more." in said
    assert "Row 3: “Place in the order” must be a whole number." in said
    assert "“Nearly due: so many working days before” must be 20 or less." in said


def test_policy_and_triggers_belong_to_escalations_in_the_menu(policy, signed_in, mo):
    for address in (EDIT, "/partnerships/NW/escalation-policy/", "/partnerships/NW/suggestion-triggers/"):
        nav = signed_in(mo).get(address).context["nav"]
        assert [item["text"] for item in nav if item["active"]] == ["Escalations"]


def test_no_stage_is_left_and_more_rows_can_be_asked_for(policy, signed_in, mo):
    client = signed_in(mo)
    gone = {f"stage-{n}-remove": "on" for n in range(4)}
    assert "A policy has 1 to 9 stages." in words(client.post(EDIT, posted(client, **gone)))
    more = client.post(EDIT, posted(client, more="1"))
    assert (more.status_code, len(more.context["stages"].forms)) == (200, 8)


def test_editor_starts_from_a_ready_made_policy(policy, signed_in, mo):
    client = signed_in(mo)
    page = client.get(f"{EDIT}?preset=pan_lancashire")
    assert "Starred recommendation" in page.content.decode()
    assert client.get(f"{EDIT}?preset=nowhere").status_code == 404
    assert client.post(EDIT, posted(client, f"{EDIT}?preset=pan_lancashire")).status_code == 200


def test_triggers_write_what_differs_and_refuse_the_same_day_twice(
    policy, partnership, signed_in, mo
):
    address = "/partnerships/NW/suggestion-triggers/"
    fields = {
        "effective_from": "01/04/2026",
        "initial-on": "on",
        "two_running-on": "on",
        "two_running-number": "3",
        "rate-number": "5",
        "rate-threshold": "60",
        "inquorate-on": "on",
    }
    client = signed_in(mo)
    assert client.post(address, fields).status_code == 302
    rows = {row.kind: (row.on, row.number) for row in partnership.triggers.all()}
    assert rows == {TriggerKind.TWO_RUNNING: (True, 3), TriggerKind.RATE: (False, 5)}
    wrong = client.post(address, fields | {"rate-threshold": "101", "two_running-number": ""})
    assert wrong.status_code == 422
    assert 'href="#id_rate-threshold"' in wrong.content.decode()
    assert "Attendance under a threshold over a quarter: “Below how many per cent” must be 100 or less." in words(wrong)
    assert "Two missed in a row for one family: Fill in “How many in a row”." in words(wrong)


def test_lead_names_who_answers_for_their_own_agency_only(
    policy, signed_in, charlie, ben, bob, agency_b, agency_a
):
    address = "/escalations/contacts/"
    client = signed_in(charlie)
    key = f"{agency_b.pk}-line_manager"
    done = client.post(address, {f"{key}-user": ben.pk, f"{key}-alternate": charlie.pk})
    assert done.status_code == 302
    contact = agency_b.contacts.get()
    assert (contact.role, contact.user, contact.alternate) == ("line_manager", ben, charlie)
    assert client.post(address, {f"{key}-user": bob.pk}).status_code == 422
    assert (
        client.post(address, {f"{key}-user": ben.pk, f"{key}-alternate": ben.pk}).status_code == 422
    )
    client.post(f"{address}?agency={agency_a.pk}", {f"{agency_a.pk}-line_manager-user": bob.pk})
    assert agency_a.contacts.count() == 0
    assert signed_in(bob).get(address).status_code == 403


def test_versions_say_who_adopted_them_and_when(partnership, signed_in, mo, audrey, bob):
    actions.adopt_preset(
        by=mo, partnership=partnership, preset="default", effective_from=timezone.localdate()
    )
    assert "by Mo" in words(signed_in(mo).get(READ))
    assert "by Mo" in words(signed_in(audrey).get(READ))
    page = words(signed_in(bob).get(READ))
    assert "by the partnership’s manager" in page and "by Mo" not in page


def test_backdated_version_is_refused_at_its_field(running, policy, signed_in, mo):
    client = signed_in(mo)
    yesterday = timezone.localdate() - timedelta(days=1)
    data = posted(client, effective_from=f"{yesterday:%d/%m/%Y}")
    del data["check"]
    refused = client.post(EDIT, data | {"seen": "1", "adopt": "1"})
    assert refused.status_code == 422 and "A case was opened on" in words(refused)
    assert refused.context["form"].errors.keys() == {"effective_from"}
    assert Policy.objects.count() == 1
