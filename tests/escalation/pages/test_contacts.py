"""Who answers for an agency: named, replaced and taken away by its lead, from the people of the agency."""

from __future__ import annotations

import pytest

from compliance.demo import factories as make
from escalation import actions
from escalation.choices import Contact
from partnership.models import HistoryEntry
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.pages.conftest import words

pytestmark = pytest.mark.django_db
PAGE = "/escalations/contacts/"


@pytest.fixture
def key(agency_b):
    return f"{agency_b.pk}-line_manager"


@pytest.fixture
def trust(agency_b):
    """The parent of B, with a lead and a practitioner of its own."""
    row = make.AgencyFactory(name="The trust")
    agency_b.parent = row
    agency_b.save()
    person("Tess", Role.AGENCY_LEAD, agency=row)
    person("Theo", Role.PRACTITIONER, agency=row)
    return row


def seen(client, key: str, address: str = PAGE) -> dict[str, str]:
    form = next(row for row in client.get(address).context["rows"] if row.prefix == key)
    return {f"{key}-seen": form["seen"].value()}


def choices(client, key: str, address: str = PAGE) -> set[str]:
    form = next(row for row in client.get(address).context["rows"] if row.prefix == key)
    return {user.name for user in form.fields["user"].queryset}


def test_the_lead_of_a_part_is_not_shown_the_parents_people(
    trust, agency_b, charlie, rita, signed_in, key
):
    assert choices(signed_in(charlie), key) == {"Charlie", "Rita"}
    tess = trust.grants.get(role=Role.AGENCY_LEAD).user
    own = f"{PAGE}?agency={agency_b.pk}"
    assert choices(signed_in(tess), key, own) == {"Charlie", "Rita", "Tess", "Theo"}


def test_whom_the_parent_named_stays_named_when_the_part_saves(
    trust, agency_b, charlie, rita, signed_in, key
):
    theo = trust.grants.get(role=Role.PRACTITIONER).user
    actions.name_contact(by=None, agency=agency_b, role=Contact.LINE_MANAGER, user=theo)
    client = signed_in(charlie)
    client.post(PAGE, {f"{key}-user": theo.pk, **seen(client, key)})
    assert agency_b.contacts.get().user == theo


def test_a_name_is_taken_away_by_choosing_nobody(agency_b, charlie, rita, signed_in, key):
    client = signed_in(charlie)
    data = {f"{key}-user": "", **seen(client, key)}
    assert client.post(PAGE, data).status_code == 302
    assert not agency_b.contacts.exists()
    assert client.post(PAGE, {f"{key}-user": ""}).status_code == 302  # nothing to take away
    assert HistoryEntry.objects.filter(verb="removed contact", user=charlie).count() == 1


def test_who_was_named_meanwhile_is_not_overwritten_unseen(
    agency_b, charlie, rita, ben, signed_in, key
):
    client = signed_in(charlie)
    data = {f"{key}-user": charlie.pk, **seen(client, key)}
    actions.name_contact(by=None, agency=agency_b, role=Contact.LINE_MANAGER, user=ben)
    late = client.post(PAGE, data)
    assert late.status_code == 409
    assert "Somebody changed this meanwhile: Ben is named now" in words(late)
    assert agency_b.contacts.get().user == ben
    form = next(row for row in late.context["rows"] if row.prefix == key)
    again = client.post(PAGE, {f"{key}-user": charlie.pk, f"{key}-seen": form["seen"].value()})
    assert again.status_code == 302 and agency_b.contacts.get().user == charlie
