"""Packs of reports."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import UserFactory
from compliance.models import Pack, PackForm, PackPiece


class PackFactory(DjangoModelFactory):
    """A pack that is being made; ``places_of`` are its partnerships."""

    class Meta:
        model = Pack
        skip_postgeneration_save = True

    asked_by = factory.SubFactory(UserFactory)
    places = "NW"
    period = "2014-15"

    @factory.post_generation
    def places_of(self, create, found, **_):
        if create and found:
            self.partnerships.set(found)


class PackPieceFactory(DjangoModelFactory):
    class Meta:
        model = PackPiece

    pack = factory.SubFactory(PackFactory)
    form = PackForm.PDF
    number = 0
    content = b"%PDF-"
