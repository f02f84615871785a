"""Who no longer may, or saw something else: nothing is written and nothing taken back behind a back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from compliance.actions import send_upload, undo_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from compliance.uploads import working
from compliance.uploads.columns import columns_of
from conferences.models import Meeting
from partnership.models import Grant, StaffMember, User
from partnership.roles import Role
from partnership.uploads.columns import matched
from partnership.uploads.tables import Table

pytestmark = pytest.mark.django_db
MEETINGS = ["Meeting reference", "Kind", "Held on", "Children considered", "Exploitation concern"]
STAFF = ["Staff ref", "Agency", "First name", "Last name", "Job title", "Role group", "Started on"]


def planned(user, kind, headings, *rows, **more) -> Upload:
    """An upload whose preview stands."""
    table = Table(headings, list(enumerate(map(list, rows), start=2)))
    upload = send_upload(by=user, kind=kind, name="list.csv", table=table, **more)
    working.check_again(upload, columns=matched(headings, columns_of(kind)))
    working.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.PLANNED and upload.counts["new"] == len(rows)
    return upload


@pytest.fixture
def meetings(dana, partnership) -> Upload:
    row = ["M-9", "review_conference", "2015-02-28", "2", "no"]
    return planned(dana, "meetings", MEETINGS, row, partnership=partnership)


@pytest.fixture
def staff_of_b(alice, agency_b, role_group) -> Upload:
    """Alice leads B as well, and has written a line of its staff list."""
    make.GrantFactory(user=alice, role=Role.AGENCY_LEAD, agency=agency_b)
    upload = planned(alice, "staff", STAFF, ["N-1", "POL", "Ann", "New", "Nurse", "front_line", "2014-01-06"])
    working.accept(upload, upload.fingerprint, good_only=False)
    working.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.DONE
    return upload


def lose(user, **where) -> User:
    Grant.objects.filter(user=user, **where).delete()
    return User.objects.get(pk=user.pk)


# --- Another place ----------------------------------------------------------------------------------


def test_a_role_elsewhere_opens_no_list_of_a_partnership_that_is_lost(meetings, dana, partnership, elsewhere, client):
    make.GrantFactory(user=dana, role=Role.CONFERENCE_ADMIN, partnership=elsewhere)
    client.force_login(dana)
    address = f"/meetings/upload/{meetings.pk}/"
    assert client.get(address).status_code == 200
    lose(dana, partnership=partnership)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}accept/", {"seen": meetings.fingerprint}).status_code == 404


def test_nor_does_the_worker_write_it(meetings, dana, partnership, elsewhere):
    make.GrantFactory(user=dana, role=Role.CONFERENCE_ADMIN, partnership=elsewhere)
    assert working.accept(meetings, meetings.fingerprint, good_only=False)
    lose(dana, partnership=partnership)
    working.work(meetings.pk)
    meetings.refresh_from_db()
    assert (meetings.state, meetings.problem) == (UploadState.FAILED, working.NOT_ANY_MORE)
    assert not Meeting.objects.exists()


def test_nothing_is_taken_back_of_an_agency_that_is_lost(staff_of_b, alice, agency_b):
    by = lose(alice, agency=agency_b)
    with pytest.raises(ValidationError, match="You no longer keep the staff list of every agency"):
        undo_upload(by=by, upload=staff_of_b)
    assert StaffMember.objects.filter(reference="N-1").exists()


def test_who_still_keeps_it_takes_it_back(staff_of_b, alice):
    assert undo_upload(by=alice, upload=staff_of_b)
    assert not StaffMember.objects.filter(reference="N-1").exists()


# --- Another plan -----------------------------------------------------------------------------------


def test_a_yes_to_a_plan_that_was_worked_out_anew_meanwhile_is_none(meetings):
    before = Upload.objects.get(pk=meetings.pk)
    Upload.objects.filter(pk=meetings.pk).update(fingerprint="worked out anew in another window")
    assert not working.accept(before, before.fingerprint, good_only=False)
    meetings.refresh_from_db()
    assert meetings.state == UploadState.PLANNED
    assert working.accept(before, meetings.fingerprint, good_only=False)


def test_what_is_refused_at_the_second_try_says_so(meetings, monkeypatch):
    errors = [IntegrityError("somebody was quicker"), ValidationError("That day is past.")]

    def refuse(*args):
        raise errors.pop(0)

    assert working.accept(meetings, meetings.fingerprint, good_only=False)
    monkeypatch.setattr(working, "write", refuse)
    working.work(meetings.pk)
    meetings.refresh_from_db()
    assert (meetings.state, meetings.problem) == (UploadState.FAILED, "That day is past. Nothing was written.")
