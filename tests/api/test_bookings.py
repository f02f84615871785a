"""Places at sessions booked by an agency's key, and given back; a person moved to another agency of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from api.scopes import Scope
from compliance.demo import factories as make
from partnership.models import HistoryEntry, StaffMember
from tests.api.machines import machine, problem
from training.choices import BookingState
from training.models import Booking

pytestmark = pytest.mark.django_db
SEEN = {"headers": {"If-Match": "*"}}


@pytest.fixture
def session(partnership, course):
    """To come, with one place."""
    day = timezone.localdate() + timedelta(days=30)
    return make.SessionFactory(
        partnership=partnership, course=course, held_on=day, places=1, booking_closes_on=day - timedelta(days=7)
    )


def test_a_place_is_booked_the_next_one_waits_and_moves_up(of_a, session, staff_a, staff_a2):
    first = of_a.post("bookings/", {"session": session.pk, "staff_member": staff_a.pk})
    second = of_a.post("bookings/", {"session": session.pk, "staff_member": staff_a2.pk})
    assert (first.status_code, second.status_code) == (201, 201), first.content
    assert [one.json()["state"] for one in (first, second)] == ["booked", "waiting"]
    assert first["Location"].endswith(f"/bookings/{first.json()['id']}/") and first.json()["staff_reference"] == "A-1"
    again = of_a.post("bookings/", {"session": session.pk, "staff_member": staff_a.pk})
    assert again.status_code == 200 and again.json() == first.json()
    address = f"bookings/{first.json()['id']}/"
    problem(of_a.patch(address, {"state": "cancelled"}), 428)
    problem(of_a.patch(address, {"state": "attended"}, first["ETag"]), 400)
    back = of_a.patch(address, {"state": "cancelled"}, first["ETag"])
    assert back.status_code == 200 and back.json()["state"] == "cancelled" and back.json()["cancelled_at"]
    assert Booking.objects.get(staff_member=staff_a2).state == BookingState.BOOKED
    assert of_a.patch(address, {"state": "cancelled"}, "*").json() == back.json()
    who = list(HistoryEntry.objects.filter(verb__in=["booked", "cancelled"]).values_list("user", flat=True))
    assert who == [of_a.key.user.pk] * 3


def test_what_speaks_against_a_booking_is_said(of_a, session, staff_a):
    body = {"session": session.pk, "staff_member": staff_a.pk}
    session.booking_closes_on = timezone.localdate() - timedelta(days=1)
    session.save()
    assert "Booking closed" in problem(of_a.post("bookings/", body), 422, "rule")["detail"]
    session.booking_closes_on = session.held_on
    session.save()
    StaffMember.objects.update(left_on=timezone.localdate())
    assert "not in post" in problem(of_a.post("bookings/", body), 422)["detail"]
    assert not Booking.objects.exists()


def test_bookings_are_for_the_agencys_own_people_and_keys(of_a, of_northwold, agency_a, session, staff_a, staff_b):
    theirs = make.BookingFactory(session=session, staff_member=staff_b, agency=staff_b.agency)
    assert of_a.get("bookings/").json()["results"] == []
    problem(of_a.patch(f"bookings/{theirs.pk}/", {"state": "cancelled"}, "*"), 404)
    problem(of_a.post("bookings/", {"session": session.pk, "staff_member": staff_b.pk}), 400)
    problem(of_northwold.get("bookings/"), 403)  # a partnership's key reads no training by name
    reads = machine(agency=agency_a, scopes=[Scope.READ_STAFF, Scope.READ_SESSIONS], name="Reads")
    problem(reads.post("bookings/", {"session": session.pk, "staff_member": staff_a.pk}), 403)


# --- Moving ---------------------------------------------------------------------------------------


def test_a_person_moves_to_another_agency_of_the_parent(agency_a, agency_b, staff_a, role_group):
    trust = make.AgencyFactory(name="The trust")
    for agency in (agency_a, agency_b):
        agency.parent = trust
        agency.save()
    key, address = machine(agency=trust), f"staff/{staff_a.pk}/move/"
    seen = key.etag(f"staff/{staff_a.pk}/")
    body = {"agency": agency_b.pk, "on": "2015-06-01", "job_title": "Team leader", "reference": "T-9"}
    assert "on" in problem(key.post(address, body | {"on": "1960-01-01"}, headers={"If-Match": seen}), 422)["fields"]
    assert "agency" in problem(key.post(address, body | {"agency": agency_a.pk}, **SEEN), 422)["fields"]
    moved = key.post(address, body, headers={"If-Match": seen})
    assert moved.status_code == 201, moved.content
    line = moved.json()
    assert (line["agency"], line["reference"], line["started_on"]) == (agency_b.pk, "T-9", "2015-06-01")
    assert (line["first_name"], line["job_title"]) == (staff_a.first_name, "Team leader")
    assert key.get(f"staff/{staff_a.pk}/").json()["left_on"] == "2015-06-01"
    problem(key.post(address, body, headers={"If-Match": seen}), 412)
    other = problem(key.post(address, body | {"on": "2015-07-01"}, **SEEN), 422)
    assert "has already moved" in other["detail"]


def test_an_agency_of_its_own_moves_nobody_away(of_a, agency_b, staff_a):
    body = {"agency": agency_b.pk, "on": "2015-06-01"}
    assert "agency" in problem(of_a.post(f"staff/{staff_a.pk}/move/", body, **SEEN), 400)["fields"]
