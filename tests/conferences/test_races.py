"""Two people at one register at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction

from compliance.demo import factories as make
from conferences import actions
from conferences.actions import registers
from conferences.choices import Outcome
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry, OutboxMessage

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_closing(monkeypatch, abreast):
    """Both closings stand between reading the register and writing the judgement."""
    check = registers.check_closable

    def slowly(meeting):
        check(meeting)
        abreast.wait()

    monkeypatch.setattr(registers, "check_closable", slowly)


def judgements(meeting) -> int:
    return HistoryEntry.objects.filter(
        subject_type="conferences.meeting", subject_id=meeting.pk, verb="closed"
    ).count()


def closings(race, meeting):
    return race(lambda: len(actions.close_registers(by=None, meetings=[meeting])))


def test_two_closings_at_once_make_one_judgement(race, meeting, charlie, slow_closing):
    assert sorted(closings(race, meeting)) == [0, 1]
    assert judgements(meeting) == 1
    assert meeting.missed.count() == 1
    assert OutboxMessage.objects.filter(to=charlie.email).count() == 1


def test_without_the_lock_two_closings_collide(race, meeting, charlie, slow_closing, unlocked):
    """The control: the test above can see the fault."""
    answers = closings(race, meeting)
    assert sorted(map(str, answers)) != ["0", "1"] or judgements(meeting) != 1


def test_a_closing_and_a_recording_at_once_never_leave_an_unjudged_line(
    race, meeting, agency_b, charlie, slow_closing
):
    """Either the recording came first and was judged, or it was refused."""
    line = meeting.lines.get(agency=agency_b)

    def record():
        actions.record_attendance(by=None, line=line, outcome=Outcome.ATTENDED)
        return "recorded"

    answers = race(record, lambda: len(actions.close_registers(by=None, meetings=[meeting])))
    assert 1 in answers
    line.refresh_from_db()
    if "recorded" in answers:
        assert (line.outcome, meeting.missed.count()) == (Outcome.ATTENDED, 0)
    else:
        assert any(isinstance(answer, ValidationError) for answer in answers)
        assert (line.outcome, meeting.missed.count()) == (Outcome.APOLOGIES, 1)


def test_two_disputes_at_once_are_one(race, meeting, agency_b):
    line = meeting.lines.get(agency=agency_b)
    answers = race(lambda: actions.dispute(by=None, line=line, text="We came."))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "ValidationError"]
    assert HistoryEntry.objects.filter(verb="disputed", subject_id=line.pk).count() == 1


def impatient(work):
    """The same work, by someone who waits for half a second only."""

    def run():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
            return work()

    return run


@pytest.mark.parametrize("same_meeting", [False, True])
def test_recording_one_meeting_does_not_hold_up_another(race, meeting, core_group, same_meeting):
    """A register's lock is its own: the rest of the partnership goes on working."""
    first = meeting.lines.first()
    second = meeting.lines.last() if same_meeting else core_group.lines.get()
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            actions.record_attendance(by=None, line=first, report="late")
            held.set()
            done.wait(5)

    def other():
        held.wait(5)
        try:
            impatient(
                lambda: actions.record_attendance(by=None, line=second, report="late")
            )()
            return "recorded"
        finally:
            done.set()

    answers = race(hold, other)
    if same_meeting:  # the control: the lock of one register is felt
        assert any(isinstance(answer, OperationalError) for answer in answers)
    else:
        assert "recorded" in answers


def test_closing_and_recording_in_opposite_order_do_not_lock_each_other_out(
    race, partnership, agency_a, agency_b
):
    """A late invitation makes the closing write to lines: both must lock the meeting first."""
    for _ in range(15):
        meeting = make.MeetingFactory(partnership=partnership)
        line = make.AttendanceFactory(
            meeting=meeting, agency=agency_a, invited_on=meeting.held_on
        )
        make.AttendanceFactory(meeting=meeting, agency=agency_b, invited_on=meeting.held_on)

        def record(line=line):
            actions.record_attendance(by=None, line=line, outcome=Outcome.ABSENT)

        def close(meeting=meeting):
            actions.close_registers(by=None, meetings=[meeting], tell=False)

        answers = race(record, close)
        assert not any(isinstance(answer, OperationalError) for answer in answers), answers
        assert not Meeting.objects.get(pk=meeting.pk).register_open
        assert Attendance.objects.filter(meeting=meeting, late_invitation=True).count() == 2


def test_two_presses_of_convene_make_one_meeting(race, partnership, agency_a, agency_b, dana):
    """The unique reference is the last line: the other press is refused, and leaves no invitation."""
    def press():
        return actions.convene(
            by=dana, partnership=partnership, reference="NW-R", kind="initial_conference",
            held_on=date(2015, 5, 1), invite=[{"agency": agency_a}, {"agency": agency_b}],
        ).pk

    answers = race(press)
    assert Meeting.objects.filter(reference="NW-R").count() == 1
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert all(isinstance(answer, (int, ValidationError, IntegrityError)) for answer in answers)
    assert Attendance.objects.filter(meeting__reference="NW-R").count() == 2


def test_two_presses_of_stood_down_make_one_meeting_that_follows(race, meeting, dana):
    def press(number):
        return lambda: actions.stand_down(
            by=dana, meeting=meeting, reason="Nobody came.", new_date_on=date(2015, 5, 1),
            reference=f"NW-N{number}", invited_on=date(2015, 3, 2),
        ).pk

    answers = race(press(1), press(2))
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert Meeting.objects.filter(held_on=date(2015, 5, 1)).count() == 1


def test_an_invitation_taken_away_twice_goes_once(race, meeting, dana, agency_b):
    line = meeting.lines.get(agency=agency_b)
    Attendance.objects.filter(pk=line.pk).update(outcome=Outcome.UNKNOWN)
    answers = race(lambda: actions.withdraw_invitation(by=dana, line=line, reason="A mistake."))
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert HistoryEntry.objects.filter(verb="took the invitation away").count() == 1
