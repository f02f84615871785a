"""Large files by the worker; who may; what is kept, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from compliance import tasks
from compliance.models import Upload, UploadState
from compliance.uploads import working, writing
from partnership import jobs
from partnership.models import Grant, HistoryEntry, StaffMember
from tests.imports.uploads.conftest import HEADINGS
from tests.imports.uploads.files import as_csv
from training.models import TrainingRecord

pytestmark = pytest.mark.django_db
ROWS = [["A-7", "", "", "", "CPC", f"2015-02-{day:02}", ""] for day in range(1, 9)]


def run_worker():
    """Everything that waits for the worker, as the worker does it; later tasks are left alone."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)


def waiting() -> list[str]:
    return [task.task_path.rpartition(".")[2] for task in DBTaskResult.objects.ready()]


@pytest.fixture
def under_way(lead, few):
    """A large file whose rows are to be checked."""
    lead.preview("training", *ROWS)
    return lead


def test_a_large_file_is_checked_by_the_worker_and_the_page_says_how_far_it_is(under_way):
    assert under_way.upload.state == UploadState.PLANNING
    assert waiting() == ["work_on"]
    page = under_way.get()
    assert "Checking 8 rows" in page
    assert "Waiting for its turn." in page
    assert "Look again" in page and "looks again by itself every 5 seconds" in page
    Upload.objects.update(looked_at=4)
    page = under_way.get()
    assert "4 of 8 rows looked at." in page
    assert 'max="100" value="50"' in under_way.answer.content.decode()
    tasks.work_on.call(under_way.upload.pk)
    assert "New (8)" in under_way.get()
    assert not TrainingRecord.objects.exists()


def test_it_is_written_by_the_worker_and_the_result_stays(under_way):
    tasks.work_on.call(under_way.upload.pk)
    page = under_way.accept()
    assert "Writing 8 rows" in page
    assert not TrainingRecord.objects.exists()
    tasks.work_on.call(under_way.upload.pk)
    assert "8 records written." in under_way.get()
    assert TrainingRecord.objects.count() == 8
    tasks.work_on.call(under_way.upload.pk)  # a second time does nothing
    assert TrainingRecord.objects.count() == 8


def test_the_bar_moves_while_rows_are_looked_at(under_way, monkeypatch):
    monkeypatch.setattr("partnership.spreadsheets.TOLD_EVERY", 2)
    seen = []
    update = Upload.objects.filter(pk=under_way.upload.pk).values_list("looked_at", flat=True)
    ticker = working.ticker

    def watched(upload):
        told = ticker(upload)

        def both(looked_at):
            told(looked_at)
            seen.append(update.get())

        return both

    monkeypatch.setattr(working, "ticker", watched)
    tasks.work_on.call(under_way.upload.pk)
    assert seen == [0, 2, 4, 6]


@pytest.mark.parametrize("moment", ["checking", "writing"])
def test_it_can_be_cancelled_while_it_waits_or_works(under_way, moment):
    if moment == "writing":
        tasks.work_on.call(under_way.upload.pk)
        under_way.accept()
    assert "Cancelled. Nothing was written" in under_way.post("cancel")
    tasks.work_on.call(under_way.upload.pk)
    assert under_way.upload.state == UploadState.CANCELLED
    assert not TrainingRecord.objects.exists()


def test_it_stops_when_it_is_cancelled_in_the_middle(under_way, monkeypatch):
    """The row that the worker read says one thing, the database another by now."""
    stale = Upload.objects.select_related("sent_by").get()
    under_way.post("cancel")
    with pytest.raises(working.Stopped):
        working.work_out(stale)


def test_a_worker_that_dies_leaves_nothing_half_written_and_the_work_is_taken_up_again(under_way, monkeypatch):
    tasks.work_on.call(under_way.upload.pk)
    under_way.accept()
    carry_out = writing.import_records

    def die(**rows):
        carry_out(**rows)
        raise SystemExit("killed")

    monkeypatch.setattr(writing, "import_records", die)
    with pytest.raises(SystemExit):
        tasks.work_on.call(under_way.upload.pk)
    assert not TrainingRecord.objects.exists()
    assert under_way.upload.state == UploadState.WRITING
    monkeypatch.setattr(writing, "import_records", carry_out)
    tasks.look_after.call(under_way.upload.pk)
    assert TrainingRecord.objects.count() == 0  # heard of a moment ago
    Upload.objects.update(heard_at=timezone.now() - jobs.SILENT)
    DBTaskResult.objects.all().delete()
    tasks.look_after.call(under_way.upload.pk)
    assert waiting() == ["work_on"]
    tasks.work_on.call(under_way.upload.pk)
    assert TrainingRecord.objects.count() == 8


def test_it_gives_up_after_three_interruptions_and_says_so(under_way):
    for _ in range(jobs.MOST_TRIES + 1):
        Upload.objects.update(heard_at=timezone.now() - jobs.SILENT)
        tasks.look_after.call(under_way.upload.pk)
    page = under_way.get()
    assert "The work was interrupted 3 times. Nothing was written." in page
    assert working.revive(under_way.upload.pk, timezone.now()) is None


def test_a_clash_with_somebody_else_is_tried_once_more(lead, monkeypatch):
    lead.preview("training", ROWS[0])
    tries, write = [], working.write

    def clash(*args):
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError("duplicate key")
        return write(*args)

    monkeypatch.setattr(working, "write", clash)
    assert "1 record written" in lead.accept()
    assert len(tries) == 2


def test_the_worker_itself_does_it(transactional_db, lead, few):
    lead.preview("training", *ROWS)
    run_worker()
    lead.accept()
    run_worker()
    assert TrainingRecord.objects.count() == 8


# --- Who may --------------------------------------------------------------------------------------


def test_what_somebody_sent_is_theirs_alone(lead, charlie, client):
    lead.preview("training", ROWS[0])
    for user in (charlie,):
        client.force_login(user)
        for page in ("detail", "columns", "questions", "leavers", "undo", "refused"):
            assert client.get(lead.address(page)).status_code == 404
        for page in ("accept", "cancel"):
            assert client.post(lead.address(page)).status_code == 404
    assert lead.upload.state == UploadState.PLANNED
    assert "Nothing is written yet." in lead.get()


def test_a_lost_role_counts_before_it_is_written(under_way):
    tasks.work_on.call(under_way.upload.pk)
    under_way.accept()
    Grant.objects.filter(user=under_way.user).delete()
    tasks.work_on.call(under_way.upload.pk)
    assert not TrainingRecord.objects.exists()
    assert (under_way.upload.state, under_way.upload.problem) == (UploadState.FAILED, working.NOT_ANY_MORE)


def test_another_agency_meanwhile_shows_the_plan_anew(lead, siobhan, agency_b):
    lead.preview("training", ROWS[0])
    StaffMember.objects.filter(pk=siobhan.pk).update(agency=agency_b)
    page = lead.accept()
    assert "Something has changed here" in page
    assert "“A-7” is not known here." in page
    assert not TrainingRecord.objects.exists()


def test_a_list_of_the_other_part_cannot_be_sent(lead, service):
    lead.send("meetings", as_csv([["a"], ["b"]]))
    assert lead.answer.status_code == 422
    service.send("staff", as_csv([["a"], ["b"]]))
    assert service.answer.status_code == 422
    assert not Upload.objects.exists()


# --- How long -------------------------------------------------------------------------------------


def test_what_nobody_decided_on_lapses_after_a_day(lead):
    lead.preview("training", ROWS[0])
    working.forget_uploads(timezone.now() + timedelta(hours=23))
    assert lead.upload.state == UploadState.PLANNED
    working.forget_uploads(timezone.now() + timedelta(hours=25))
    assert lead.upload.state == UploadState.LAPSED
    assert bytes(lead.upload.cells) == bytes(lead.upload.preview) == b""
    assert "Nobody decided within a day" in lead.get()


def test_the_refused_rows_are_forgotten_after_a_day_and_the_taking_back_after_thirty(lead):
    lead.preview("training", ROWS[0], ["A-77", *ROWS[0][1:]])
    lead.accept(good="1")
    assert lead.upload.cells
    tasks.forget_uploads.call()
    assert lead.upload.cells
    working.forget_uploads(timezone.now() + timedelta(days=2))
    upload = lead.upload
    assert (bytes(upload.cells), upload.state, bool(upload.written)) == (b"", UploadState.DONE, True)
    working.forget_uploads(timezone.now() + timedelta(days=31))
    assert not lead.upload.written
    assert "Take back" not in lead.get()


def test_the_hour_forgets(lead):
    from partnership.signals import hour_struck

    hour_struck.send(sender=None, now=timezone.now())
    assert "forget_uploads" in waiting()


def test_the_history_says_who_sent_and_what_came_of_it(lead):
    lead.bring("training", ROWS[0])
    lead.post("undo")
    rows = HistoryEntry.objects.filter(subject_type="compliance.upload").order_by("pk")
    assert list(rows.values_list("verb", flat=True)) == ["sent", "imported", "taken back"]
    assert {row.user for row in rows} == {lead.user}
    assert HEADINGS["training"]


# --- Taking back ----------------------------------------------------------------------------------


@pytest.fixture
def written(under_way):
    """A large file that the worker has written."""
    tasks.work_on.call(under_way.upload.pk)
    under_way.accept()
    tasks.work_on.call(under_way.upload.pk)
    assert TrainingRecord.objects.count() == 8
    DBTaskResult.objects.all().delete()
    return under_way


def test_a_large_file_is_taken_back_by_the_worker(written):
    page = written.post("undo")
    assert "Taking back 8 rows" in page and "Stop it" not in page
    assert waiting() == ["work_on"]
    assert TrainingRecord.objects.count() == 8
    written.post("undo")  # a double click
    assert waiting() == ["work_on"]
    tasks.work_on.call(written.upload.pk)
    assert "What the file brought is taken back." in written.get()
    assert not TrainingRecord.objects.exists()
    assert (written.upload.undone_by, written.upload.state) == (written.user, UploadState.UNDONE)
    tasks.work_on.call(written.upload.pk)  # a second time does nothing
    assert HistoryEntry.objects.filter(subject_type="compliance.upload", verb="taken back").count() == 1


def test_what_rests_on_a_large_file_is_told_when_the_worker_gets_to_it(written):
    written.post("undo")
    record = TrainingRecord.objects.first()
    HistoryEntry.objects.create(
        verb="corrected", subject_type="training.trainingrecord", subject_id=record.pk, subject="The record"
    )
    tasks.work_on.call(written.upload.pk)
    page = written.get()
    assert "Somebody has worked with The record since (corrected)" in page and "Take back what it wrote" in page
    assert TrainingRecord.objects.count() == 8


def test_taking_back_that_dies_is_taken_up_again_and_in_the_end_given_up(written, monkeypatch):
    written.post("undo")
    DBTaskResult.objects.all().delete()
    for _ in range(jobs.MOST_TRIES):
        Upload.objects.update(heard_at=timezone.now() - jobs.SILENT)
        tasks.look_after.call(written.upload.pk)
    assert waiting() == ["work_on"] * jobs.MOST_TRIES
    Upload.objects.update(heard_at=timezone.now() - jobs.SILENT)
    tasks.look_after.call(written.upload.pk)
    page = written.get()
    assert "The taking back was interrupted 3 times, and all that was written is still there." in page
    assert written.upload.state == UploadState.DONE
    assert "Taken back" in written.post("undo") or waiting()  # it can be asked for again
    tasks.work_on.call(written.upload.pk)
    assert not TrainingRecord.objects.exists()


def test_what_an_action_will_not_write_is_told_and_nothing_is_written(lead, monkeypatch):
    def refuse(*args):
        raise ValidationError("There is one called that already.")

    lead.preview("training", ROWS[0])
    monkeypatch.setattr(working, "write", refuse)
    page = lead.accept()
    assert "There is one called that already. Nothing was written." in page
    assert lead.upload.state == UploadState.FAILED
