"""Every component is on the components page, with what the design system says that it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compliance.views.components import NEVER_HERE, samples
from tests.reading import text

ROOT = Path(__file__).resolve().parents[3]
NAMES = {path.stem for path in (ROOT / "templates/components").glob("*.html")} - NEVER_HERE


def test_every_component_is_shown():
    assert {one.component for one in samples()} == NAMES


def test_what_a_sample_gives_is_what_the_design_system_lists():
    said = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", (ROOT / "docs/design-system.md").read_text("utf-8"), re.M))
    for one in samples():
        for name in one.takes:
            assert re.search(rf"\b{name}\b", said[one.component]), (one.component, name)


@pytest.mark.django_db
def test_page_shows_each_in_its_states_to_everybody_who_is_signed_in(client, sam):
    assert client.get("/components/").status_code == 302
    client.force_login(sam)
    answer = client.get("/components/")
    assert answer.status_code == 200
    words = text(answer)
    for one in samples():
        assert one.state in words, one
    assert "There is a problem" in words and "must be a real date" in words
    body = answer.content.decode()
    ids = re.findall(r' id="([^"]+)"', body)
    assert len(ids) == len(set(ids)), {name for name in ids if ids.count(name) > 1}
