"""ETag and If-Match: no change without the version it is for, and none to another one."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from api.urls import router
from compliance.demo import factories as make
from conferences.choices import Outcome
from conferences.models import Attendance, Meeting
from partnership.models import StaffMember
from tests.api.machines import Machine, problem

pytestmark = pytest.mark.django_db


def test_a_change_needs_the_version_it_is_for(of_a, staff_a):
    address = f"staff/{staff_a.pk}/"
    problem(of_a.patch(address, {"job_title": "Teacher"}), 428, "no_version")
    problem(of_a.patch(address, {"job_title": "Teacher"}, '"nonsense"'), 412, "changed_since")
    problem(of_a.patch(address, {"job_title": "Teacher"}, "nonsense"), 412)
    seen = of_a.etag(address)
    changed = of_a.patch(address, {"job_title": "Teacher"}, seen)
    assert changed.status_code == 200 and changed.json()["job_title"] == "Teacher"
    assert changed["ETag"] != seen
    problem(of_a.patch(address, {"job_title": "Head"}, seen), 412)
    assert of_a.patch(address, {"job_title": "Head"}, changed["ETag"]).status_code == 200
    assert of_a.patch(address, {"job_title": "Clerk"}, f'"old", W/{seen}, *').status_code == 200


def test_a_row_out_of_reach_says_nothing_about_versions(of_a, staff_b):
    found = problem(of_a.patch(f"staff/{staff_b.pk}/", {"job_title": "x"}), 404)
    assert found == problem(of_a.patch("staff/999999/", {"job_title": "x"}), 404)


def test_a_person_is_put_under_their_reference(of_a, agency_a, staff_b, role_group):
    address = f"staff/by-reference/{agency_a.pk}/PAY-7/"
    body = {
        "first_name": "Ann", "last_name": "Lee", "job_title": "Nurse", "role_group": role_group.code,
        "started_on": "2014-01-01", "work_email": "ann@example.org",
    }
    problem(of_a.ask("put", address, body, headers={"If-Match": "*"}), 412)
    made = of_a.ask("put", address, body)
    assert made.status_code == 201 and made.json()["reference"] == "PAY-7"
    problem(of_a.ask("put", address, body), 428)
    again = of_a.ask("put", address, {**body, "left_on": "2020-01-01"}, headers={"If-Match": made["ETag"]})
    assert again.status_code == 200 and again.json()["left_on"] == "2020-01-01"
    assert StaffMember.objects.get(reference="PAY-7").left_on == date(2020, 1, 1)
    problem(of_a.ask("put", address, body, headers={"If-Match": made["ETag"]}), 412)
    assert of_a.ask("put", address, body, headers={"If-Match": "*"}).status_code == 200
    there = of_a.ask("put", f"staff/by-reference/{staff_b.agency_id}/PAY-7/", body)
    assert problem(there, 404) == problem(of_a.ask("put", "staff/by-reference/999999/PAY-7/", body), 404)


def test_a_version_tells_nothing_of_what_its_reader_may_not_see(client, bob, meeting):
    """Of all columns but the family's reference known, that one cannot be tried out."""
    meeting.family_ref = "F-7"
    meeting.save()
    client.force_login(bob)
    tag = client.get(f"/api/v1/meetings/{meeting.pk}/")["ETag"].strip('"')
    meeting.refresh_from_db()
    values = "\x1f".join(str(getattr(meeting, field.attname)) for field in meeting._meta.concrete_fields)
    assert "F-7" in values and tag != hashlib.sha256(values.encode()).hexdigest()[: len(tag)]


def test_attendance_is_written_down_by_version(of_northwold, meeting, agency_b):
    line = meeting.lines.get(agency=agency_b)
    address = f"attendance/{line.pk}/"
    body = {"outcome": "attended", "mode": "video", "report": "on_time"}
    problem(of_northwold.patch(address, body), 428)
    seen = of_northwold.etag(address)
    done = of_northwold.patch(address, body, seen)
    assert done.status_code == 200 and done.json()["mode"] == "video"
    problem(of_northwold.patch(address, {"outcome": "absent"}, seen), 412)
    gone = of_northwold.patch(address, {"outcome": "absent"}, done["ETag"])
    assert gone.status_code == 200 and gone.json()["mode"] == ""
    problem(of_northwold.patch(address, {"involved": False}, gone["ETag"]), 422, "rule")


def test_every_change_of_a_row_asks_for_its_version(of_a, of_northwold, meeting, staff_a, filled):
    """Each handler that changes a row that is there answers 428 without If-Match."""
    tried = 0
    booking = make.BookingFactory(staff_member=staff_a, session=make.SessionFactory(partnership=filled.partnership))
    rows = {"staff": staff_a.pk, "records": staff_a.records.first().pk, "meetings": meeting.pk,
            "attendance": meeting.lines.first().pk, "bookings": booking.pk}
    for prefix, view, _ in router.registry:
        client: Machine = of_northwold if prefix in ("meetings", "attendance") else of_a
        if hasattr(view, "partial_update") and "patch" in view.http_method_names:
            problem(client.patch(f"{prefix}/{rows[prefix]}/", {}), 428, "no_version")
            tried += 1
        for act in view.get_extra_actions():
            for method in act.mapping:
                if act.detail:
                    answer = client.ask(method, f"{prefix}/{rows[prefix]}/{act.url_path}/", {})
                    problem(answer, 428, "no_version")
                    tried += 1
    assert tried >= 11


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_changes_to_the_same_version_one_is_made(race, partnership, meeting, agency_b):
    from tests.api.machines import machine

    key = machine(partnership=partnership)
    line = meeting.lines.get(agency=agency_b)
    address, seen = f"attendance/{line.pk}/", key.etag(f"attendance/{line.pk}/")

    def say(outcome):
        return lambda: Machine(key.key, key.secret).patch(address, {"outcome": outcome}, seen).status_code

    codes = race(*[say(outcome) for outcome in (Outcome.ABSENT, Outcome.ATTENDED, Outcome.DEPUTY)])
    assert sorted(codes) == [200, 412, 412]


def test_a_meeting_is_convened_filled_in_ended_and_closed(of_northwold, partnership, agency_a, agency_b, staff_a):
    body = {
        "partnership": "NW", "reference": "CASE-1", "kind": "initial_conference", "held_on": "2015-03-02",
        "children": 2, "family_ref": "F-77", "invitations": [
            {"agency": agency_a.pk, "invited_on": "2015-02-01"},
            {"agency": agency_b.pk, "invited_on": "2015-02-01", "job_title": "Duty officer"},
        ],
    }
    made = of_northwold.post("meetings/", body)
    assert made.status_code == 201, made.content
    assert "family_ref" not in made.json() and b"F-77" not in made.content
    number = made.json()["id"]
    assert made["Location"].endswith(f"/api/v1/meetings/{number}/")
    address = f"meetings/{number}/"
    lines = of_northwold.get(f"attendance/?meeting={number}").json()["results"]
    assert len(lines) == 2
    for line in lines:
        one = f"attendance/{line['id']}/"
        done = of_northwold.patch(one, {"outcome": "attended", "mode": "in_person"}, of_northwold.etag(one))
        assert done.status_code == 200, done.content
    ended = of_northwold.patch(
        f"{address}ending/", {"children_on_plan_after": 1, "plan_neg": 1, "chair_decision": "quorate"},
        of_northwold.etag(address),
    )
    assert ended.status_code == 200, ended.content
    closed = of_northwold.post(f"{address}close/", {"held": True}, headers={"If-Match": ended["ETag"]})
    assert closed.status_code == 200, closed.content
    assert closed.json()["closed_at"] and closed.json()["quorum_sentence"]
    row = Meeting.objects.get(pk=number)
    assert (row.family_ref, row.children_on_plan_after, row.closed_by) == ("F-77", 1, of_northwold.key.user)
    again = of_northwold.post(f"{address}close/", {}, headers={"If-Match": of_northwold.etag(address)})
    problem(again, 422, "rule")
    line = Attendance.objects.get(meeting=row, agency=agency_b)
    one = f"attendance/{line.pk}/"
    problem(of_northwold.patch(one, {"outcome": "absent"}, of_northwold.etag(one)), 422)
    fixed = of_northwold.patch(one, {"outcome": "absent", "reason": "Typed wrongly"}, of_northwold.etag(one))
    assert fixed.status_code == 200
    problem(of_northwold.patch(address, {"chair": "x"}, of_northwold.etag(address)), 422, "rule")


def test_a_meeting_changes_while_it_is_open(of_northwold, meeting, staff_a, agency_b):
    address = f"meetings/{meeting.pk}/"
    done = of_northwold.patch(address, {"chair": "The chair", "lead": staff_a.pk}, of_northwold.etag(address))
    assert done.status_code == 200, done.content
    meeting.refresh_from_db()
    assert (meeting.chair, meeting.lead) == ("The chair", staff_a)
    line = {"agency": agency_b.pk, "job_title": "Stand-in"}
    added = of_northwold.post(f"{address}lines/", line, headers={"If-Match": done["ETag"]})
    assert added.status_code == 201 and added.json()["agency"] == agency_b.pk
    assert added["Location"].endswith(f"/api/v1/attendance/{added.json()['id']}/")
