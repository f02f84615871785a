"""The whole year of Bracknell Forest, loaded once for all tests that ask for it.

Such tests are moved to the end of the run, so that the year stands in nobody else's way, and what
they write themselves is rolled back as ever. They must not be transactional.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

YEAR_FOLDER = (
    Path(__file__).resolve().parent.parent / "compliance/demo/data/bracknell-forest-2014-15"
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=needs_year)
    for item in items:
        if needs_year(item):  # with several workers, one of them does all of these, last
            item.add_marker(pytest.mark.xdist_group("year"))


def needs_year(item) -> bool:
    return "bf_year_key" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def bf_year_key(django_db_setup, django_db_blocker):
    """The key of the partnership with its year; everything is taken out again at the end."""
    from compliance.folder import load_folder

    with django_db_blocker.unblock():
        loaded = load_folder(
            YEAR_FOLDER, code="BF", name="Bracknell Forest", on=date(2026, 1, 31)
        )
        key = loaded.plans["agencies.csv"].new[0].partnership_id
    yield key
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def bf_year(bf_year_key, db):
    """The partnership BF with the year 2014-15 in it."""
    from partnership.models import Partnership

    return Partnership.objects.get(pk=bf_year_key)
