"""Published editions as they were made."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import PartnershipFactory
from compliance.models import PublishedCard, PublishedFamily


class PublishedFamilyFactory(DjangoModelFactory):
    """Of a year of a new partnership, being made."""

    class Meta:
        model = PublishedFamily

    partnership = factory.SubFactory(PartnershipFactory)
    year = 2014
    made_on = date(2015, 4, 1)


class PublishedCardFactory(DjangoModelFactory):
    class Meta:
        model = PublishedCard

    family = factory.SubFactory(PublishedFamilyFactory)
    period = "2014-15"
    figures = factory.LazyFunction(lambda: {"format": 1})
