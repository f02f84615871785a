"""An issued report prints to the same bytes on any day, from its kept figures alone."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from compliance import actions, editions, faces, prints, report
from compliance.kept_figures import KeptError
from compliance.models import IssuedPrint, IssuedReport
from compliance.prints import issued_card, issued_file, moment, printed_once

pytestmark = pytest.mark.django_db


def words(content: bytes) -> str:
    """The words of a PDF, line ends taken out."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(" ".join(pages).split())


ELSEWHERE = """
import hashlib, json, pickle, sys, threading
from dataclasses import replace
from compliance import report
from compliance.kept_figures import from_kept
figures, stamp = sys.stdin.buffer.readline(), sys.stdin.buffer.read()
stamp = pickle.loads(stamp)
card = replace(from_kept(json.loads(figures)), stamp=stamp)
def work():
    print(hashlib.sha256(report.render(card, made_at=stamp.issued_at)).hexdigest() + "\\n", end="")
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def afresh(pk: int, form: str = "pdf") -> bytes:
    """Printed anew, as if nobody had printed it before."""
    row = IssuedReport.objects.get(pk=pk)
    if form == "pdf":
        return report.render(issued_card(row), made_at=moment(row.issued_at))
    return issued_file(row, form)


def test_the_same_bytes_on_any_day_whatever_stands_there_by_now(
    issue, member_a, correct_figures, settings, monkeypatch, agency_a, partnership
):
    row = issue(member_a)
    first = {form: afresh(row.pk, form) for form in faces.FORMATS if form != "html"}
    correct_figures()
    agency_a.name, partnership.label = "Renamed", "Another label"
    agency_a.save()
    partnership.save()
    settings.TIME_ZONE = "America/New_York"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 7, 1, 23, 30, tzinfo=UTC))
    with timezone.override("Asia/Tokyo"):
        assert {form: afresh(row.pk, form) for form in first} == first


def test_the_same_bytes_in_another_process_also_for_two_who_are_first_at_once(issue, meeting, member_a):
    row = IssuedReport.objects.get(pk=issue(member_a).pk)
    given = json.dumps(row.figures).encode() + b"\n" + pickle.dumps(issued_card(row).stamp)
    made = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input=given, capture_output=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "TZ": "America/New_York", "LC_ALL": "C"},
    ).stdout.decode().split()
    assert made == [hashlib.sha256(afresh(row.pk)).hexdigest()] * 2


def test_a_later_quorate_gives_out_the_bytes_that_were_printed_first(issue, meeting, member_a, monkeypatch):
    row = issue(member_a)
    first = printed_once(row)
    monkeypatch.setattr(prints.faces, "render", lambda *_: b"set otherwise")
    assert printed_once(IssuedReport.objects.get(pk=row.pk)) == first
    assert afresh(row.pk) == first


def test_the_answer_is_printed_and_the_print_of_before_stays(issue, meeting, member_a, alice):
    row = issue(member_a)
    waiting = printed_once(row)
    actions.note_disagreement(by=alice, report=row, role="Named nurse", note="We came on 2 June & said so.")
    row = IssuedReport.objects.get(pk=row.pk)
    answered = printed_once(row)
    assert answered != waiting
    assert dict(IssuedPrint.objects.values_list("state", "content")) == {
        "waiting": waiting, "disagreed": answered,
    }
    text = words(answered)
    assert "Not agreed: noted by Alice, Named nurse, on" in text
    assert "We came on 2 June & said so." in text and "not signed it off yet" not in text
    assert "The agency has not signed it off yet." in words(waiting)


def test_a_correction_prints_its_number_reason_and_what_it_corrects(issue, member_a, correct_figures):
    issue(member_a)
    correct_figures()
    row = issue(member_a, reason="The register of 2 March was closed.")
    text = words(printed_once(row))
    short = " ".join(row.checksum[n:n + 4] for n in range(0, 16, 4))
    assert "NW/2014-15-H2/CSC/2" in text and "2, which corrects and replaces version 1" in text
    assert "What this version corrects" in text and row.reason in text and "1 of 1 (100.0%)" in text
    assert text.count(short) >= 2  # on the cover and at the foot of each page
    document = json.loads(issued_file(row, "json"))["issued"]
    assert (document["number"], document["version"], document["checksum"]) == (row.number, 2, short)
    assert document["changes"] == row.changes
    sheet = issued_file(row, "csv").decode()
    assert row.number in sheet and row.reason in sheet and short in sheet


def test_figures_that_do_not_fit_their_checksum_are_not_printed(issue, meeting, member_a, client, sam):
    row = issue(member_a)
    assert issued_card(row)
    row.figures["scorecard"]["results"][0]["readings"][0]["met"] = 999
    with pytest.raises(KeptError, match="do not fit their checksum"):
        issued_card(row)
    row.pk, row.version, row.number, row.reason = None, 2, "NW/2014-15-H2/CSC/2", "x"
    row._state.adding = True
    row.save()
    client.force_login(sam)
    page = client.get(f"/reports/{row.pk}/")
    assert page.status_code == 409 and "do not fit their checksum" in page.content.decode()
    for form in ("pdf", "csv", "json"):
        answer = client.get(f"/reports/{row.pk}/report.{form}")
        assert answer.status_code == 409 and b"do not fit their checksum" in answer.content


def test_nor_are_they_published(issue, meeting, member_a, member_b, partnership, monkeypatch):
    changed = issue(member_a)
    issue(member_b)
    issue()
    rows = editions.issued_of(partnership, 2014)
    assert editions.family_of_issued(partnership, 2014)
    forged = next(row for row in rows if row.pk == changed.pk)
    forged.figures["scorecard"]["title"] = "Another agency"
    monkeypatch.setattr(editions, "issued_of", lambda *_: rows)
    with pytest.raises(KeptError, match="do not fit their checksum"):
        editions.family_of_issued(partnership, 2014)
