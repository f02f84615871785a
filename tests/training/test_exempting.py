"""Exemptions: by a lead for somebody else, never for oneself."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from partnership.models import HistoryEntry
from training import actions
from training.models import Exemption

pytestmark = pytest.mark.django_db
FIELDS = {"reason": "equivalent", "from_on": date(2015, 1, 1), "until_on": date(2015, 4, 1)}


def test_nobody_exempts_themselves(alice, staff_a2, staff_a):
    alice.staff_member = staff_a2
    alice.save()
    with pytest.raises(ValidationError, match="You cannot exempt yourself"):
        actions.exempt(by=alice, staff_member=staff_a2, **FIELDS)
    assert not Exemption.objects.exists()
    assert not HistoryEntry.objects.filter(verb="exempted").exists()
    assert actions.exempt(by=alice, staff_member=staff_a, **FIELDS).granted_by == alice


def test_the_same_exemption_twice_is_one(alice, staff_a):
    first, second = (actions.exempt(by=alice, staff_member=staff_a, **FIELDS) for _ in range(2))
    assert first == second == Exemption.objects.get()
    assert HistoryEntry.objects.filter(verb="exempted").count() == 1
    actions.exempt(by=alice, staff_member=staff_a, **FIELDS | {"until_on": date(2015, 5, 1)})
    assert Exemption.objects.count() == 2
