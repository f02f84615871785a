"""Machines' keys and what belongs to them: of the floor above, so their models are named in words."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import AgencyFactory, UserFactory
from partnership.models import MACHINES


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class MachineKeyFactory(DjangoModelFactory):
    """A key of an agency whose secret is ``qk_<prefix>_`` and 43 times the letter x."""

    class Meta:
        model = "api.MachineKey"

    prefix = factory.Sequence(lambda n: f"{n:08d}")
    hashed = factory.LazyAttribute(lambda key: digest(f"qk_{key.prefix}_{'x' * 43}"))
    user = factory.SubFactory(
        UserFactory, name="Nightly push", is_active=False,
        email=factory.LazyAttribute(lambda user: f"key-{user.factory_parent.prefix}{MACHINES}"),
    )
    name = "Nightly push"
    agency = factory.SubFactory(AgencyFactory)
    scopes = factory.LazyFunction(lambda: ["read_staff"])
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=90))


class IdempotentAnswerFactory(DjangoModelFactory):
    class Meta:
        model = "api.IdempotentAnswer"

    client = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"push-{n}")
    asked = factory.LazyAttribute(lambda row: digest(row.key))


class CallCountFactory(DjangoModelFactory):
    class Meta:
        model = "api.CallCount"

    client = factory.SubFactory(UserFactory)
    minute = 23_757_000
    used = 1


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = "api.CalendarFeed"

    user = factory.SubFactory(UserFactory)
    hashed = factory.Sequence(lambda n: digest(f"calendar {n}"))
