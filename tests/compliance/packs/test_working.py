"""A pack's way: made by the worker, cancelled, dying, taken up again, forgotten on its day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from compliance import tasks
from compliance.actions import ask_pack, cancel_pack, delete_pack
from compliance.demo import factories as make
from compliance.models import Pack, PackPiece, PackState
from compliance.packs import working
from compliance.period import Period
from partnership import jobs
from partnership.models import Grant, HistoryEntry, today
from tests.compliance.packs.conftest import HALF
from tests.imports.uploads.test_working import waiting

pytestmark = pytest.mark.django_db


def test_the_worker_makes_it_and_it_is_kept_for_its_days(asked, settings):
    settings.PACK_DAYS = 3
    tasks.have_made(asked)
    assert sorted(waiting()) == ["make_pack"]
    tasks.make_pack.call(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.agencies, asked.done) == (PackState.READY, 2, asked.steps)
    assert asked.expires_on == today() + timedelta(days=3)
    assert asked.sizes == {
        form: sum(len(bytes(p.content)) for p in asked.pieces.filter(form=form)) for form in ("pdf", "zip")
    }
    tasks.make_pack.call(asked.pk)  # a second time does nothing
    assert PackPiece.objects.count() == 2
    assert tasks.packing.revive(asked.pk, timezone.now()) is None


def test_the_bar_moves_and_a_cancelling_is_heard(asked, sam, monkeypatch):
    seen, real = [], working.ticker

    def watched(pack, steps):
        told = real(pack, steps)

        def tick():
            told()
            seen.append(Pack.objects.get(pk=pack.pk).done)
            if len(seen) == 3:
                cancel_pack(by=sam, pack=pack)
        return tick

    monkeypatch.setattr(working, "ticker", watched)
    working.work(asked.pk)
    asked.refresh_from_db()
    assert (seen, asked.steps, asked.state) == ([1, 2, 3], 6, PackState.CANCELLED)
    assert not PackPiece.objects.exists()


def test_what_was_cancelled_while_its_files_were_written_is_not_kept(asked, sam, monkeypatch):
    real = working.keep
    monkeypatch.setattr(working, "keep", lambda pack, *more: (cancel_pack(by=sam, pack=pack), real(pack, *more)))
    working.work(asked.pk)
    asked.refresh_from_db()
    assert asked.state == PackState.CANCELLED
    assert not PackPiece.objects.exists()


@pytest.mark.parametrize("where", ["gather", "write_pdf", "write_zip", "change"])
def test_a_job_that_dies_says_so_and_leaves_nothing_half_there(asked, made, monkeypatch, where, sam, partnership):
    def dies(*_, **__):
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patch:
        real, fails = getattr(working, where), []
        # ``change`` writes the last word, too: only its first call dies, after the pieces were written
        patch.setattr(working, where, lambda *a, **k: real(*a, **k) if where == "change" and fails else (fails.append(1), dies()))
        working.work(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (PackState.FAILED, working.DIED)
    assert "Try again" in asked.problem
    assert not PackPiece.objects.exists()
    made(ask_pack(by=sam, partnerships=[partnership], period=HALF))  # the twin: again, and it is there


def test_figures_that_do_not_fit_their_checksum_make_no_pack(asked, partnership, agency_a):
    make.IssuedReportFactory(partnership=partnership, agency=agency_a, period=HALF.slug, checksum="0" * 64)
    working.work(asked.pk)
    asked.refresh_from_db()
    assert asked.state == PackState.FAILED
    assert "do not fit their checksum" in asked.problem


def test_what_was_interrupted_is_taken_up_again_and_given_up_in_the_end(asked, silent):
    now = timezone.now()
    assert working.revive(asked.pk, now) is False  # it was heard of a moment ago
    for number in range(1, jobs.MOST_TRIES + 1):
        silent(asked)
        tasks.look_after_pack.call(asked.pk)
        asked.refresh_from_db()
        assert (asked.tries, asked.state) == (number, PackState.MAKING)
    assert waiting() == ["make_pack"] * jobs.MOST_TRIES
    assert DBTaskResult.objects.filter(task_path__endswith="look_after_pack").count() == jobs.MOST_TRIES
    silent(asked)
    tasks.look_after_pack.call(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (PackState.FAILED, working.GIVEN_UP)
    tasks.make_pack.call(asked.pk)
    assert not PackPiece.objects.exists()


def test_two_workers_at_one_pack_keep_it_once(asked, made, monkeypatch):
    real = working.write_zip
    monkeypatch.setattr(working, "write_zip", lambda *a: (monkeypatch.setattr(working, "write_zip", real), working.work(asked.pk), real(*a)))
    made(asked)
    assert sorted(PackPiece.objects.values_list("form", "number")) == [("pdf", 0), ("zip", 0)]


def test_who_may_no_longer_issue_reports_gets_no_pack(asked, sam):
    Grant.objects.filter(user=sam).delete()
    working.work(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.problem) == (PackState.FAILED, working.NOT_ANY_MORE)


def test_files_larger_than_a_piece_come_together_again(asked, made, monkeypatch):
    monkeypatch.setattr(working, "PIECE", 4_000)
    ready = made(asked)
    assert ready.pack.pieces.filter(form="pdf").count() > 5
    assert len(ready.file("pdf")) == ready.pack.sizes["pdf"]
    assert ready.zip.testzip() is None


def test_it_is_forgotten_on_its_day_and_not_before(asked, made):
    pack = made(asked).pack
    tasks.forget_packs.call()
    assert pack.pieces.exists()
    Pack.objects.update(expires_on=today())
    tasks.forget_packs.call()
    pack.refresh_from_db()
    assert pack.state == PackState.LAPSED
    assert not PackPiece.objects.exists()


def test_once_an_hour_old_packs_are_looked_for(db):
    from partnership.signals import hour_struck

    hour_struck.send(sender=None)
    assert "forget_packs" in waiting()


def test_the_same_pack_asked_for_twice_is_made_once_until_it_is_there(asked, made, sam, mo, partnership):
    assert ask_pack(by=sam, partnerships=[partnership], period=HALF) == asked
    assert ask_pack(by=mo, partnerships=[partnership], period=HALF) != asked  # somebody else's is their own
    assert ask_pack(by=sam, partnerships=[partnership], period=Period(2014)) != asked
    made(asked)
    assert ask_pack(by=sam, partnerships=[partnership], period=HALF) != asked


def test_a_period_to_come_and_a_partnership_without_agencies_are_refused(sam, partnership, elsewhere, agency_a):
    with pytest.raises(ValidationError, match="has not begun"):
        ask_pack(by=sam, partnerships=[partnership], period=Period(today().year + 2))
    with pytest.raises(ValidationError, match="No agency"):
        ask_pack(by=sam, partnerships=[elsewhere], period=HALF)
    assert not Pack.objects.exists()


def test_deleting_takes_its_files_along_and_the_history_keeps_that_it_was(asked, made, sam):
    with pytest.raises(ValidationError, match="Stop it first"):
        delete_pack(by=sam, pack=asked)
    pack = made(asked).pack
    assert delete_pack(by=sam, pack=pack)
    assert not delete_pack(by=sam, pack=pack)
    assert not Pack.objects.exists()
    assert not PackPiece.objects.exists()
    assert HistoryEntry.objects.filter(verb="deleted", user=sam).count() == 1
