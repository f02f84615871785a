"""Local targets, and counts typed from the case system."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import (
    SINCE,
    PartnershipFactory,
)
from compliance.models import Target, TypedCount


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    partnership = factory.SubFactory(PartnershipFactory)
    measure = "training_current"
    good_from = Decimal("90")
    watch_from = Decimal("75")
    effective_from = SINCE


class TypedCountFactory(DjangoModelFactory):
    class Meta:
        model = TypedCount

    partnership = factory.SubFactory(PartnershipFactory)
    counted_on = date(2015, 3, 31)
    children = 125
    families = 62
    source = "Case system, monthly return."
