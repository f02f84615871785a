"""Local targets."""

from __future__ import annotations

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import (
    SINCE,
    PartnershipFactory,
)
from compliance.models import Target


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    partnership = factory.SubFactory(PartnershipFactory)
    measure = "training_current"
    good_from = Decimal("90")
    watch_from = Decimal("75")
    effective_from = SINCE
