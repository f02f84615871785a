"""The printed summary of a case: tagged, and with no more in it than its reader may see."""

from __future__ import annotations

import re
from io import BytesIO

import pdfua
import pikepdf
import pypdf
import pytest
from django.urls import reverse

from escalation import actions
from partnership.models import HistoryEntry
from tests.escalation.conftest import CONCERN, WANTED

pytestmark = pytest.mark.django_db
SECRET = (
    "A deputy is named from Monday.",
    "Half term in every school",
    "It moves because nobody came.",
)


@pytest.fixture
def told(running, bob, rita):
    """A case with an answer, a pause, and words on moving up."""
    actions.pause(by=bob, case=running, stage_number=1, reason=SECRET[1])
    actions.resume(by=bob, case=running, stage_number=1)
    actions.answer(by=rita, case=running, stage_number=1, text=SECRET[0])
    actions.move_up(by=bob, case=running, stage_number=1, reason=SECRET[2])
    return running


def printed(client, case) -> bytes:
    response = client.get(reverse("compliance:case-summary", args=[case.reference]))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return response.content


def text(content: bytes) -> str:
    pages = (page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    return re.sub(r"\s+", " ", " ".join(pages))


@pytest.mark.parametrize("name", ["bob", "mo"])
def test_summary_is_accessible_by_the_checker(name, told, people, signed_in, tmp_path):
    content = printed(signed_in(getattr(people, name)), told)
    path = tmp_path / "summary.pdf"
    path.write_bytes(content)
    report = pdfua.validate(str(path))
    assert report.findings == ()
    assert [outcome for outcome in report.outcomes if outcome.skipped_reason] == []
    assert pikepdf.open(BytesIO(content)).Root.Lang == "en-GB"


def test_summary_holds_the_facts_for_all_and_the_narrative_for_the_parties(
    told, signed_in, bob, rita, charlie, mo, audrey, dee
):
    for user, reads in (
        (bob, True),
        (rita, True),
        (charlie, True),
        (mo, False),
        (audrey, False),
        (dee, False),
    ):
        found = text(printed(signed_in(user), told))
        for fact in (
            told.reference,
            "Northwold Police",
            "Moved up",
            "Why this date",
            "999 today",
            "not attended",
        ):
            assert fact in found, (user, fact)
        for words in (CONCERN, WANTED, *SECRET, "Rita"):
            assert (words in found) is reads, (user, words)


def test_printing_is_in_the_history(told, signed_in, mo):
    printed(signed_in(mo), told)
    entry = HistoryEntry.objects.filter(verb="printed").get()
    assert (entry.user, entry.changes) == (mo, {"narrative": False})
