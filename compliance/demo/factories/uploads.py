"""Spreadsheets that were sent."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import UserFactory
from compliance.models import Upload, UploadKind


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    sent_by = factory.SubFactory(UserFactory)
    kind = UploadKind.STAFF
    name = "staff.xlsx"
