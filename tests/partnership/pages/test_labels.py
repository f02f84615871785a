"""The names used on screen: previewed, saved, and not overwritten."""

from __future__ import annotations

import re

import pytest

from partnership.models import Partnership
from tests.partnership.pages.conftest import text

pytestmark = pytest.mark.django_db
PAGE = "/set-up/labels/NW/"
NEW = {"name": "Northwold", "label": "Local Safeguarding Children Board", "subgroup_label": "Learning group"}


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)


@pytest.mark.parametrize("name", ["alice", "bob", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_names_are_changed_by_the_manager_alone(client, people, name):
    client.force_login(getattr(people, name))
    assert client.get(PAGE).status_code == (200 if name == "mo" else 404)
    assert client.post(PAGE, NEW | {"save": "1"}).status_code == (409 if name == "mo" else 404)


def test_the_preview_shows_where_the_names_stand_and_writes_nothing(client, mo, partnership):
    client.force_login(mo)
    seen = seen_on(client.get(PAGE))
    check = client.post(PAGE, NEW | {"seen": seen})
    assert "Northwold Local Safeguarding Children Board" in text(check)
    assert Partnership.objects.get(pk=partnership.pk).label == partnership.label
    done = client.post(PAGE, NEW | {"seen": seen, "save": "1"}, follow=True)
    assert "The names are changed" in text(done)
    row = Partnership.objects.get(pk=partnership.pk)
    assert {name: getattr(row, name) for name in NEW} == NEW
    again = client.post(PAGE, NEW | {"seen": seen_on(done), "save": "1"}, follow=True)
    assert "Nothing differs" in text(again)


def test_what_somebody_changed_meanwhile_is_not_overwritten(client, mo, partnership):
    client.force_login(mo)
    seen = seen_on(client.get(PAGE))
    Partnership.objects.filter(pk=partnership.pk).update(subgroup_label="Theirs")
    check = client.post(PAGE, NEW | {"seen": seen})  # the preview keeps what the page saw
    late = client.post(PAGE, NEW | {"seen": seen_on(check), "save": "1"})
    assert late.status_code == 409
    assert "Theirs" in text(late)
    assert "Learning group" in text(late)
    assert Partnership.objects.get(pk=partnership.pk).subgroup_label == "Theirs"
    client.post(PAGE, NEW | {"seen": seen_on(late), "save": "1"})
    assert Partnership.objects.get(pk=partnership.pk).subgroup_label == "Learning group"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, "Fill in “Name of the partnership”"),
        ({"name": "Southmere"}, "is taken already"),
        ({"label": "x" * 81}, "80"),
        ({"subgroup_label": "Two\nlines"}, "cannot be seen"),
    ],
)
def test_wrong_names_come_back(client, mo, partnership, elsewhere, changes, expected):
    client.force_login(mo)
    answer = client.post(PAGE, NEW | changes)
    assert answer.status_code == 422
    assert expected in text(answer)
    assert Partnership.objects.get(pk=partnership.pk).subgroup_label != "Learning group"
