"""Two people sending overlapping files at the same moment, on PostgreSQL: SQLite would hide it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from compliance.actions import cancel_upload, send_upload, undo_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from compliance.uploads import working, writing
from compliance.uploads.columns import columns_of
from partnership.actions import add_staff
from partnership.models import Agency, HistoryEntry, StaffMember
from partnership.roles import Role
from partnership.uploads.columns import matched
from partnership.uploads.tables import Table
from training.actions import log_training
from training.models import Course, Requirement, TrainingRecord

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
HEADINGS = ["Staff ref", "First name", "Last name", "Job title", "Role group", "Started on"]


def accepted(user, rows, kind="staff", headings=HEADINGS, partnership=None) -> Upload:
    """An upload whose plan was seen and accepted, and is still to be written."""
    table = Table(headings, [(number, row) for number, row in enumerate(rows, start=2)])
    upload = send_upload(by=user, kind=kind, name="list.csv", table=table, partnership=partnership)
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


SET_UP = {
    "agencies": (["Code", "Name", "Sector", "Expected"], ["HOU", "Northwold Housing", "housing", "attend"], Agency),
    "courses": (["Code", "Title", "Hours", "Delivery"], ["NEW", "New to conferences", "2", "Taught"], Course),
    "requirements": (["Role group", "Course", "Within days", "From"], ["night", "CPC", "90", "2012-04-01"], Requirement),
}


def set_up(user, partnership, kind) -> Upload:
    headings, row, _ = SET_UP[kind]
    upload = accepted(user, [row], kind, headings, partnership)
    working.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.DONE
    return upload


@pytest.mark.parametrize("kind", SET_UP)
def test_a_list_to_begin_with_is_taken_back_once(race, mo, partnership, kind):
    make.CourseFactory(code="CPC")
    model = SET_UP[kind][2]
    before = model.objects.count()
    upload = set_up(mo, partnership, kind)
    assert model.objects.count() == before + 1
    answers = race(lambda: undo_upload(by=mo, upload=upload))
    assert sorted(map(str, answers)) == ["False", "True"]
    assert model.objects.count() == before
    assert HistoryEntry.objects.filter(verb="taken back", subject_type=model._meta.label_lower).count() == 1


def one_of_them(answers: list, built: bool) -> None:
    """Either it is built on and stays, or it is gone and nothing is built."""
    why = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(why) == 1, answers
    assert isinstance(why[0], ValidationError if built else (IntegrityError, ValidationError)), why


def test_a_course_is_taken_back_or_somebody_has_done_it(race, mo, partnership, staff_a):
    upload = set_up(mo, partnership, "courses")
    course = Course.objects.get(code="NEW")
    answers = race(
        lambda: undo_upload(by=mo, upload=upload),
        lambda: log_training(by=None, staff_member=staff_a, course=course, completed_on=staff_a.started_on),
    )
    built = TrainingRecord.objects.exists()
    one_of_them(answers, built)
    assert Course.objects.filter(code="NEW").exists() is built


def test_an_agency_is_taken_back_or_somebody_works_there(race, mo, partnership, role_group):
    upload = set_up(mo, partnership, "agencies")
    agency = Agency.objects.get(name="Northwold Housing")
    answers = race(
        lambda: undo_upload(by=mo, upload=upload),
        lambda: add_staff(
            by=None, agency=agency, reference="N-1", first_name="Ann", last_name="New", job_title="Nurse",
            role_group=role_group, started_on="2014-01-06",
        ),
    )
    built = StaffMember.objects.exists()
    one_of_them(answers, built)
    assert Agency.objects.filter(pk=agency.pk).exists() is built
