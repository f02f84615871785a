"""Meetings by the interface: convened by the rules of the pages, cancelled, stood down with a new date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from conferences.actions import close_register
from conferences.models import Meeting
from partnership.models import HistoryEntry
from tests.api.machines import machine, problem

pytestmark = pytest.mark.django_db
SEEN = {"headers": {"If-Match": "*"}}


@pytest.fixture
def planned(partnership, agency_a, agency_b, staff_a):
    """A review conference to which both agencies are invited."""
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-9", kind="review_conference", held_on=date(2015, 3, 9),
        family_ref="F-9", lead=staff_a,
    )
    for agency in (agency_a, agency_b):
        make.AttendanceFactory(meeting=row, agency=agency, outcome="unknown")
    return row


# --- Convening ------------------------------------------------------------------------------------


def test_an_agencys_key_convenes_the_core_groups_of_its_conferences(of_a, agency_a, staff_a, planned):
    body = {"partnership": "NW", "reference": "CG-1", "kind": "initial_conference", "held_on": "2015-03-20"}
    assert "kind" in problem(of_a.post("meetings/", body), 400)["fields"]
    body |= {"kind": "core_group"}
    assert "lead" in problem(of_a.post("meetings/", body), 422)["fields"]
    body |= {"lead": staff_a.pk, "invitations": [{"agency": agency_a.pk, "staff_member": staff_a.pk}]}
    assert "follows" in problem(of_a.post("meetings/", body), 422)["fields"]
    made = of_a.post("meetings/", {**body, "follows": planned.pk})
    assert made.status_code == 201, made.content
    assert Meeting.objects.get(pk=made.json()["id"]).family_ref == "F-9"  # as on the page: that of the one before
    problem(of_a.post("meetings/", {**body, "reference": "CG-2", "family_ref": "F-1"}), 400)


def test_the_rules_of_the_page_hold(of_northwold, agency_a, agency_b, staff_a, staff_b, planned):
    body = {"partnership": "NW", "reference": "C-1", "kind": "review_conference", "held_on": "2015-03-20"}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    rules = [
        ({"strategy_discussion_on": "2015-03-01"}, "strategy_discussion_on", 422),
        ({"kind": "initial_conference", "strategy_discussion_on": "2015-03-21"}, "strategy_discussion_on", 422),
        ({"kind": "core_group"}, "lead", 422), ({"kind": "core_group", "lead": staff_b.pk}, "lead", 422),
        ({"follows": planned.pk, "family_ref": "F-OTHER"}, "family_ref", 422),
        ({"invitations": [{"agency": agency_a.pk, "invited_on": tomorrow}]}, "invitations", 400),
        ({"invitations": [{"agency": agency_a.pk, "staff_member": staff_b.pk}]}, "staff_member", 400),
        ({"invitations": [{"agency": agency_a.pk, "staff_member": staff_a.pk, "job_title": "Nurse"}]}, "job_title", 400),
    ]
    for wrong, field, status in rules:
        assert field in problem(of_northwold.post("meetings/", body | wrong), status)["fields"], wrong
    assert not Meeting.objects.filter(reference="C-1").exists()
    assert of_northwold.post("meetings/", body | {"follows": planned.pk}).status_code == 201
    address = f"meetings/{planned.pk}/"
    assert "kind" in problem(of_northwold.patch(address, {"kind": "core_group"}, "*"), 400)["fields"]
    assert of_northwold.patch(address, {"kind": "transfer_in_conference", "lead": staff_a.pk}, "*").status_code == 200


@pytest.mark.parametrize("wrong", [
    {"strategy_discussion_on": "2001-05-01"}, {"held_on": "2001-05-01", "strategy_discussion_on": None},
])
def test_a_day_without_known_holidays_is_refused_and_no_figure_breaks(of_northwold, filled, wrong):
    """Limits are counted from it: one such meeting would have taken the whole scorecard away."""
    body = {"partnership": "NW", "reference": "C-1", "kind": "initial_conference", "held_on": "2015-03-20"}
    found = problem(of_northwold.post("meetings/", body | wrong), 422)
    assert "No bank holidays are known for 2001" in str(found["fields"])
    made = of_northwold.post("meetings/", body | {"strategy_discussion_on": "2015-03-02"})
    assert made.status_code == 201
    address = f"meetings/{made.json()['id']}/"
    if wrong["strategy_discussion_on"]:
        problem(of_northwold.patch(address, wrong, made["ETag"]), 422)
    assert of_northwold.get("partnerships/NW/scorecard/").status_code == 200


# --- Endings --------------------------------------------------------------------------------------


def test_a_meeting_is_cancelled_once_and_says_why(of_northwold, of_a, planned):
    address = f"meetings/{planned.pk}/cancel/"
    assert "why" in problem(of_northwold.post(address, {"why": "rain"}, **SEEN), 400)["fields"]
    done = of_northwold.post(address, {"why": "moved"}, **SEEN)
    assert done.status_code == 200 and done.json()["state"] == "cancelled" and done["ETag"]
    assert "Moved" in str(HistoryEntry.objects.get(verb="cancelled").changes)
    problem(of_northwold.post(address, {"why": "moved"}, **SEEN), 422, "rule")
    assert of_a.get(f"meetings/{planned.pk}/").status_code == 200
    problem(of_a.post(address, {"why": "moved"}, **SEEN), 404)  # it is invited, and does not plan it


def test_a_conference_is_stood_down_with_the_one_that_follows(of_northwold, planned, agency_a):
    address, line = f"meetings/{planned.pk}/stand-down/", planned.lines.get(agency=agency_a)
    body = {"reference": "NW-10", "new_date_on": "2015-03-23", "reason": "Too few had come", "there": [line.pk]}
    for name in ("new_date_on", "reason"):
        less = {key: value for key, value in body.items() if key != name}
        assert name in problem(of_northwold.post(address, less, **SEEN), 400)["fields"]
    sooner = body | {"new_date_on": "2015-03-09"}
    assert "new_date_on" in problem(of_northwold.post(address, sooner, **SEEN), 422)["fields"]
    other = make.AttendanceFactory(meeting__partnership=planned.partnership, agency=agency_a)
    assert "there" in problem(of_northwold.post(address, body | {"there": [other.pk]}, **SEEN), 400)["fields"]
    made = of_northwold.post(address, body, **SEEN)
    assert made.status_code == 201, made.content
    assert (made.json()["reference"], made.json()["held_on"]) == ("NW-10", "2015-03-23")
    after = Meeting.objects.get(reference="NW-10")
    assert made["Location"].endswith(f"/api/v1/meetings/{after.pk}/") and after.family_ref == "F-9"
    assert list(after.lines.filter(in_room_when_dated=True).values_list("agency", flat=True)) == [agency_a.pk]
    assert after.lines.count() == 2
    planned.refresh_from_db()
    assert (planned.state, planned.new_date_on) == ("stood_down", date(2015, 3, 23))
    again = of_northwold.post(address, body | {"reference": "NW-11"}, **SEEN)
    assert "NW-10 was convened" in str(problem(again, 422)["fields"])


def test_what_the_ending_says_already_is_not_asked_again(of_northwold, planned):
    ending = {"chair_decision": "stood_down", "chair_reason": "Too few", "new_date_on": "2015-03-23"}
    assert of_northwold.patch(f"meetings/{planned.pk}/ending/", ending, "*").status_code == 200
    made = of_northwold.post(f"meetings/{planned.pk}/stand-down/", {"reference": "NW-10"}, **SEEN)
    assert made.status_code == 201 and made.json()["held_on"] == "2015-03-23"


def test_an_agency_without_social_workers_convenes_nothing(agency_b, staff_b, planned):
    key = machine(agency=agency_b)
    body = {"partnership": "NW", "reference": "CG-1", "kind": "core_group", "held_on": "2015-03-20", "lead": staff_b.pk}
    assert "kind" in problem(key.post("meetings/", body), 400)["fields"]
    outside = key.post("meetings/", body | {"kind": "outside"})
    assert outside.status_code == 201, outside.content


# --- As far as the pages ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "known"), [
    ("alice", True), ("dana", True), ("sam", False), ("mo", False), ("audrey", False), ("dee", False),
])
def test_why_something_was_excused_is_for_the_service_and_the_agency(client, people, meeting, agency_a, name, known):
    excused = {"excused_reason": "unavailable", "excused_at": timezone.now()}
    row = make.MissedDutyFactory(meeting=meeting, agency=agency_a, **excused)
    client.force_login(getattr(people, name))
    for found in (client.get("/api/v1/missed-duties/").json()["results"][0],
                  client.get(f"/api/v1/missed-duties/{row.pk}/").json()):
        assert found["excused_at"] and found["excused_reason"] == ("unavailable" if known else "")


def test_a_key_without_names_learns_no_reasons(agency_a, meeting):
    excused = {"excused_reason": "unavailable", "excused_at": timezone.now()}
    make.MissedDutyFactory(meeting=meeting, agency=agency_a, **excused)
    for scope, reason in (("read_meetings", ""), ("read_meeting_names", "unavailable")):
        key = machine(agency=agency_a, scopes=[scope], name=scope)
        assert key.get("missed-duties/").json()["results"][0]["excused_reason"] == reason


def test_a_closed_core_group_is_corrected_by_the_conference_service_alone(client, alice, bob, dana, core_group):
    close_register(by=dana, meeting=core_group)
    line = core_group.lines.get()

    def correct():
        return client.patch(
            f"/api/v1/attendance/{line.pk}/", {"outcome": "absent", "reason": "The minutes say so"},
            content_type="application/json", **SEEN,
        )

    for user in (bob, alice):
        client.force_login(user)
        assert "conference service" in problem(correct(), 422, "rule")["detail"]
    line.refresh_from_db()
    assert line.outcome == "attended"
    client.force_login(dana)
    assert correct().status_code == 200


def test_only_a_conference_has_an_ending(of_northwold, core_group, meeting):
    for row, status in ((core_group, 404), (meeting, 200)):
        answer = of_northwold.patch(f"meetings/{row.pk}/ending/", {"children": 3}, "*")
        assert answer.status_code == status
