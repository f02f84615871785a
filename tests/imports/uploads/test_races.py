"""Two people sending overlapping files at the same moment, on PostgreSQL: SQLite would hide it."""

from __future__ import annotations

import pytest

from compliance.actions import cancel_upload, send_upload, undo_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from compliance.uploads import working, writing
from compliance.uploads.columns import columns_of
from partnership.models import HistoryEntry, StaffMember
from partnership.roles import Role
from partnership.uploads.columns import matched
from partnership.uploads.tables import Table
from training.models import TrainingRecord

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
HEADINGS = ["Staff ref", "First name", "Last name", "Job title", "Role group", "Started on"]


def accepted(user, rows, kind="staff", headings=HEADINGS) -> Upload:
    """An upload whose plan was seen and accepted, and is still to be written."""
    table = Table(headings, [(number, row) for number, row in enumerate(rows, start=2)])
    upload = send_upload(by=user, kind=kind, name="list.csv", table=table)
    working.check_again(upload, columns=matched(headings, columns_of(kind)))
    working.work(upload.pk)
    upload.refresh_from_db()
    assert working.accept(upload, upload.fingerprint, good_only=False)
    return upload


def people(first: int, last: int) -> list[list[str]]:
    return [[f"N-{n}", "Ann", f"Number{n}", "Nurse", "front_line", "2014-01-06"] for n in range(first, last)]


@pytest.fixture
def second(agency_a):
    """Another lead of A."""
    user = make.UserFactory()
    make.GrantFactory(user=user, role=Role.AGENCY_LEAD, agency=agency_a)
    return user


@pytest.fixture
def slow(monkeypatch, abreast):
    """Both stand between working out and writing."""
    write, begun = writing.write, []

    def slowly(*args):
        begun.append(1)
        abreast.wait()
        return write(*args)

    monkeypatch.setattr(working, "write", slowly)
    return begun


def test_overlapping_lists_make_nobody_twice(race, alice, second, role_group, slow):
    one, two = accepted(alice, people(0, 6)), accepted(second, people(3, 9))
    race(lambda: working.work(one.pk), lambda: working.work(two.pk))
    states = sorted(Upload.objects.values_list("state", flat=True))
    assert states == [UploadState.DONE, UploadState.PLANNED]  # the second is shown what it would do now
    assert StaffMember.objects.filter(last_name__startswith="Number").count() == 6
    late = Upload.objects.get(state=UploadState.PLANNED)
    assert late.problem == working.NO_LONGER
    assert (late.counts["new"], late.counts["unchanged"]) == (3, 3)
    working.accept(late, late.fingerprint, good_only=False)
    working.work(late.pk)
    assert StaffMember.objects.filter(last_name__startswith="Number").count() == 9


def test_two_workers_on_one_upload_write_it_once(race, alice, staff_a, slow):
    make.CourseFactory(code="CPC")
    upload = accepted(alice, [["A-1", "CPC", "2015-02-28"]], "training", ["Staff ref", "Course", "Completed on"])
    race(lambda: working.work(upload.pk))
    assert TrainingRecord.objects.count() == 1
    assert HistoryEntry.objects.filter(verb="imported").count() == 1
    assert len(slow) == 1


def test_without_the_lock_two_workers_collide(race, alice, staff_a, slow, patient, monkeypatch):
    """The control: the test above can see the fault."""
    make.CourseFactory(code="CPC")
    upload = accepted(alice, [["A-1", "CPC", "2015-02-28"]], "training", ["Staff ref", "Course", "Completed on"])
    unlocked = Upload.objects.select_related("sent_by", "partnership")
    monkeypatch.setattr(working, "locked", lambda row: unlocked.get(pk=row.pk))
    monkeypatch.setattr(working, "lock_places", lambda row: None)
    race(lambda: working.work(upload.pk))
    assert len(slow) > 1  # the constraint alone held them apart


def test_writing_and_cancelling_at_once_do_one_of_them(race, alice, role_group, slow):
    upload = accepted(alice, people(0, 3))
    race(lambda: working.work(upload.pk), lambda: cancel_upload(by=alice, upload=upload))
    upload.refresh_from_db()
    written = StaffMember.objects.filter(last_name__startswith="Number").count()
    assert (upload.state, written) in {(UploadState.DONE, 3), (UploadState.CANCELLED, 0)}


def test_taking_back_twice_at_once_takes_back_once(race, alice, role_group):
    upload = accepted(alice, people(0, 3))
    working.work(upload.pk)
    answers = race(lambda: undo_upload(by=alice, upload=upload))
    assert sorted(map(str, answers)) == ["False", "True"]
    assert HistoryEntry.objects.filter(verb="taken back", subject_type="compliance.upload").count() == 1
