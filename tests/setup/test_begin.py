"""The first partnership and its manager in an empty installation."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from conferences.models import QuorumRule
from partnership.models import BankHoliday, Grant, OutboxMessage, Partnership, User
from partnership.roles import Role

pytestmark = pytest.mark.django_db
GIVEN = {
    "partnership": "BF", "name": "Bracknell Forest", "manager": "mo@example.org", "manager_name": "Mo Adeyemi",
}


def begun(**changed) -> str:
    out = io.StringIO()
    call_command("begin", stdout=out, **GIVEN | changed)
    return out.getvalue()


def test_begin_makes_a_partnership_with_its_rules_and_a_manager_who_is_invited():
    said = begun()
    where = Partnership.objects.get(code="BF")
    grant = Grant.objects.get()
    assert (grant.role, grant.partnership, grant.user.name) == (Role.PARTNERSHIP_MANAGER, where, "Mo Adeyemi")
    assert QuorumRule.objects.filter(partnership=where).exists()
    assert BankHoliday.objects.filter(country=where.country).exists()
    assert OutboxMessage.objects.get().to == "mo@example.org"
    assert "Bracknell Forest (BF)" in said and "mo@example.org" in said


def test_begin_twice_changes_nothing():
    begun()
    assert "nothing was changed" in begun()
    assert (Partnership.objects.count(), User.objects.count(), Grant.objects.count()) == (1, 1, 1)
    assert OutboxMessage.objects.count() == 1


def test_begin_gives_a_second_partnership_the_manager_of_the_first():
    begun()
    begun(partnership="NW", name="Northwold")
    assert Grant.objects.filter(user__email="mo@example.org").count() == 2


@pytest.mark.parametrize("changed", [{"manager": "mo"}, {"partnership": "B F"}])
def test_begin_refuses_in_a_sentence_and_writes_nothing(changed):
    with pytest.raises(CommandError, match=r"^[A-Z].*\.$") as refused:
        begun(**changed)
    assert refused.value.returncode == 2
    assert not Partnership.objects.exists() and not User.objects.exists()
