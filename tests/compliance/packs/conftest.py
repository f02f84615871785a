"""Northwold with its two agencies, Southmere beside it, and packs that the worker makes at once."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from zipfile import ZipFile

import pikepdf
import pytest
from django.utils import timezone

from compliance.actions import ask_pack
from compliance.demo import factories as make
from compliance.models import Pack, PackState
from compliance.packs import working
from compliance.period import Period
from partnership import jobs
from partnership.roles import Role

HALF = Period(2014, "H2")


@dataclass
class Made:
    """A pack that is ready, and its files."""

    pack: Pack

    def file(self, form: str) -> bytes:
        rows = self.pack.pieces.filter(form=form).order_by("number")
        return b"".join(bytes(piece.content) for piece in rows)

    @property
    def pdf(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.file("pdf")))

    @property
    def zip(self) -> ZipFile:
        return ZipFile(io.BytesIO(self.file("zip")))


@pytest.fixture
def both_places(partnership, elsewhere, sam, agency_c):
    """Northwold and Southmere, in both of which Sam sits in the sub-group."""
    make.GrantFactory(user=sam, role=Role.TRAINING_SUBGROUP, partnership=elsewhere)
    return [partnership, elsewhere]


@pytest.fixture
def asked(partnership, sam, agency_a, agency_b):
    """Sam's pack of Northwold, asked for and waiting for the worker."""
    return ask_pack(by=sam, partnerships=[partnership], period=HALF)


@pytest.fixture
def made():
    """A pack, made now."""

    def run(pack: Pack) -> Made:
        working.work(pack.pk)
        pack.refresh_from_db()
        assert pack.state == PackState.READY, pack.problem
        return Made(pack)

    return run


@pytest.fixture
def silent():
    """Has a pack be silent for so long that it is looked after."""

    def run(pack: Pack) -> None:
        long_ago = timezone.now() - jobs.SILENT - timedelta(minutes=1)
        Pack.objects.filter(pk=pack.pk).update(heard_at=long_ago)

    return run
