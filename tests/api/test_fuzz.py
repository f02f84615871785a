"""The interface called at random from its own description: with the key of a partnership, with the
key of an agency, and with none. No fault, no answer that is not described, no way in without a key.
"""

from __future__ import annotations

import json
import logging

import pytest

from api.describing import DOCUMENT
from compliance.demo import factories as make
from conferences.models import Attendance, Meeting
from tests.api.at_random import call_all, with_rows
from tests.api.machines import machine
from training.models import Booking, Session, TrainingRecord

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("fuzz")]
EACH = 4  # calls at random of each operation, besides its examples and all that borders on the allowed
WHOLE = "/(partnerships|meetings|attendance|missed-duties|escalations|requirements|courses|who)"
BORDERS = {"partnership": WHOLE, "agency": f"^(?!.*{WHOLE})", "nobody": "^none$"}
LEAST = {"partnership": 1000, "agency": 1000, "nobody": 200}  # calls


@pytest.fixture
def document(filled, staff_a, staff_b, agency_a, agency_b):
    """With rows of Northwold to read and to change."""
    planned = make.MeetingFactory(partnership=filled.partnership, reference="NW-9", family_ref="F-9")
    make.AttendanceFactory(meeting=planned, agency=agency_a, outcome="unknown")
    session = make.SessionFactory(partnership=filled.partnership, course=filled.course)
    make.BookingFactory(session=session, staff_member=staff_a, agency=agency_a)
    meetings = list(Meeting.objects.filter(partnership=filled.partnership).values_list("pk", flat=True))
    lines = list(Attendance.objects.filter(meeting__in=meetings).values_list("pk", flat=True))
    agencies, staff, code = [agency_a.pk, agency_b.pk], [staff_a.pk, staff_b.pk], [filled.course.code]
    sessions = list(Session.objects.values_list("pk", flat=True))
    return with_rows(json.loads(DOCUMENT.read_text(encoding="utf-8")), {
        "agency": agencies, "staff_member": staff, "lead": staff, "partnership": ["NW"], "works_for": ["NW"],
        "course": code, "role_group": ["front_line"], "follows": meetings, "there": lines, "session": sessions,
        "staff_reference": [staff_a.reference],
    }, {
        "staff": staff, "records": list(TrainingRecord.objects.values_list("pk", flat=True)),
        "meetings": meetings, "attendance": lines, "attendance-names": lines, "agencies": agencies,
        "bookings": list(Booking.objects.values_list("pk", flat=True)), "sessions": sessions,
        "code": ["NW"], "agency": ["CSC", "POL"], "agency_number": agencies,
    })


@pytest.fixture
def secrets(partnership, agency_a):
    return {
        "partnership": machine(partnership=partnership).secret,
        "agency": machine(agency=agency_a).secret, "nobody": "",
    }


@pytest.mark.parametrize("who", ["partnership", "agency", "nobody"])
def test_calls_at_random_find_nothing(document, secrets, settings, monkeypatch, caplog, who):
    for name in ("django.request", "api.base"):
        caplog.set_level(logging.CRITICAL, name)
    settings.API_CALLS_A_MINUTE = 10**6
    settings.ALLOWED_HOSTS = ["*"]
    done = call_all(document, monkeypatch, secrets[who], seed=41, each=EACH, borders=BORDERS[who])
    assert not done.found, "\n\n".join(f"{key}\n{how}" for key, how in done.found.items())[:6000]
    assert done.calls >= LEAST[who], done.calls
    assert set(done.answers) == {401} if who == "nobody" else {200, 412, 422} <= set(done.answers)
