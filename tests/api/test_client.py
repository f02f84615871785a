"""A client made by openapi-python-client from the checked-in description does the four commonest jobs
of docs/api.md against a live server; and what that page asks is in the description.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from api.describing import DOCUMENT
from conferences.models import Meeting
from partnership.models import StaffMember
from tests.api.machines import machine
from training.models import TrainingRecord

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The client's package, on the way of imports while the tests of this file run."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "settings.yaml").write_text("post_hooks: []\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate",
         "--path", str(DOCUMENT), "--output-path", str(folder / "quorate_client"), "--meta", "none",
         "--config", str(folder / "settings.yaml")],
        capture_output=True, text=True, timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    skipped = re.findall(r"WARNING parsing (\S+ \S+)", run.stdout)
    assert all("report.pdf" in one for one in skipped), run.stdout  # a PDF is no JSON: it has no class
    sys.path.insert(0, str(folder))
    yield "quorate_client"
    sys.path.remove(str(folder))


@pytest.fixture
def use(made):
    """A function of the client, or a class of what it sends."""
    def find(name):
        return importlib.import_module(f"{made}.api.{name}") if "." in name else getattr(
            importlib.import_module(f"{made}.models"), name
        )

    return find


@pytest.fixture
def signed_in(made, live_server):
    client, clients = importlib.import_module(made).AuthenticatedClient, []

    def begin(key):
        clients.append(client(base_url=live_server.url, token=key.secret, raise_on_unexpected_status=True))
        return clients[-1]

    yield begin
    for one in clients:
        one.get_httpx_client().close()


@pytest.mark.django_db(transaction=True)
def test_the_four_jobs_are_done_by_a_client_made_from_the_description(use, signed_in, filled, partnership, agency_a, agency_b):
    agency = signed_in(machine(agency=agency_a))
    whole = signed_in(machine(partnership=partnership, name="Case system"))

    # 1. The staff list: put under one's own reference, changed with the version that was answered.
    details = use("StaffDetailsRequest")(
        first_name="Siân", last_name="Okafor", job_title="Health visitor", role_group="front_line",
        started_on=date(2012, 9, 3),
    )
    where = {"agency_number": agency_a.pk, "reference": "HV-0107", "client": agency}
    put = use("staff.staff_put")
    first = put.sync_detailed(**where, body=details)
    details.job_title = "Team leader"
    second = put.sync_detailed(**where, body=details, if_match=first.headers["ETag"])
    assert (first.status_code, second.status_code) == (201, 200)
    assert put.sync_detailed(**where, body=details, if_match=first.headers["ETag"]).status_code == 412
    assert StaffMember.objects.get(reference="HV-0107").job_title == "Team leader"

    # 2. Completions, twice.
    body = use("BulkRecordsRequest")(records=[
        use("BulkRowRequest")(staff_reference="HV-0107", course="CPC", completed_on=date(2015, 3, 31))
    ])
    bulk = use("records.records_bulk")
    for key, result in (("night-1", "created"), ("night-1", "created"), ("night-2", "unchanged")):
        answer = bulk.sync(client=agency, body=body, idempotency_key=key)
        assert [one.result.value for one in answer.results] == [result]
    assert TrainingRecord.objects.filter(staff_member__reference="HV-0107").count() == 1

    # 3. A meeting, who came, closed.
    convened = use("meetings.meetings_create").sync_detailed(
        client=whole, idempotency_key="case-42", body=use("MeetingNewRequest")(
            partnership="NW", reference="CASE-42", kind=use("MeetingKindEnum").REVIEW_CONFERENCE,
            held_on=date(2015, 3, 12), children=2, invitations=[
                use("InvitationRequest")(agency=one.pk, invited_on=date(2015, 2, 1)) for one in (agency_a, agency_b)
            ],
        ),
    )
    number = convened.parsed.id
    for line in use("attendance.attendance_list").sync(client=whole, meeting=number).results:
        seen = use("attendance.attendance_retrieve").sync_detailed(line.id, client=whole)
        done = use("attendance.attendance_partial_update").sync_detailed(
            line.id, client=whole, if_match=seen.headers["ETag"],
            body=use("PatchedLineChangeRequest")(outcome=use("OutcomeEnum").ATTENDED, mode=use("ModeEnum").VIDEO),
        )
        assert done.status_code == 200
    closed = use("meetings.meetings_close").sync_detailed(
        number, client=whole, idempotency_key="close-42", if_match=convened.headers["ETag"],
        body=use("ClosingRequest")(held=True),
    )
    assert closed.status_code == 200 and closed.parsed.closed_at
    assert Meeting.objects.get(reference="CASE-42").closed_at

    # 4. The figures.
    card = use("scorecards.agency_scorecard").sync("NW", "CSC", client=whole, period="2014-15")
    assert any(reading.total for reading in card.readings)


def test_the_guide_asks_what_is_described():
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    known = {(re.sub(r"\{\w+\}", "[^/]+", path), method.upper()) for path, methods in paths.items() for method in methods}
    calls = re.findall(r"curl [^\n]*(?:\\\n[^\n]*)*", GUIDE.read_text(encoding="utf-8"))
    assert len(calls) >= 8
    for call in calls:
        path = re.search(r'\$QUORATE(/api/v1/[^"?\s]*)', call).group(1)
        method = (re.search(r"-X ([A-Z]+)", call) or re.search(r"()", call)).group(1) or "GET"
        path = re.sub(r"\$\w+", "1", path)
        assert any(re.fullmatch(one, path) and verb == method for one, verb in known), (method, path)
