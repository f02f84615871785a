"""Two people at one register's page, or at one dispute, in the same moment, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from conferences import actions
from conferences.actions import filling, registers
from conferences.actions.filling import RegisterChangedSince, Typed
from conferences.actions.registers import LINE
from conferences.choices import MeetingState, Outcome
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.stale import snapshot

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def theirs(meeting, agency_b):
    return meeting.lines.get(agency=agency_b)


@pytest.fixture
def slowly(monkeypatch, abreast):
    """Everybody stands between reading and writing for a moment."""

    def wait_before(module, name):
        real = getattr(module, name)

        def waiting(*args, **given):
            abreast.wait()
            return real(*args, **given)

        monkeypatch.setattr(module, name, waiting)

    return wait_before


def saving(meeting, line, outcome):
    """A page that was opened before either of them saved."""
    seen = snapshot(line, LINE)
    new = {name: getattr(line, name) for name in LINE} | {"outcome": outcome}
    return lambda: actions.fill_register(by=None, meeting=meeting, lines={line.pk: Typed(seen, new)}).lines


def test_of_two_savings_of_one_line_the_second_is_refused(race, meeting, theirs, slowly):
    slowly(filling, "write_lines")
    answers = race(saving(meeting, theirs, "absent"), saving(meeting, theirs, "deputy"))
    assert sorted(type(answer).__name__ for answer in answers) == ["RegisterChangedSince", "int"]
    assert HistoryEntry.objects.filter(verb="recorded", subject_id=theirs.pk).count() == 1


def test_without_the_lock_the_second_saving_overwrites_the_first(race, meeting, theirs, slowly, unlocked):
    """The control: the test above can see the fault."""
    slowly(filling, "write_lines")
    answers = race(saving(meeting, theirs, "absent"), saving(meeting, theirs, "deputy"))
    assert not any(isinstance(answer, RegisterChangedSince) for answer in answers)


def test_two_savings_of_two_lines_both_count(race, meeting, theirs, agency_a, slowly):
    slowly(filling, "write_lines")
    ours = meeting.lines.get(agency=agency_a)
    assert race(saving(meeting, theirs, "absent"), saving(meeting, ours, "deputy")) == [1, 1]
    assert set(meeting.lines.values_list("outcome", flat=True)) == {"absent", "deputy"}


def test_the_same_sent_twice_at_once_is_written_once(race, meeting, theirs, agency_b, slowly):
    slowly(filling, "write_lines")
    came = {"agency": agency_b, "staff_member": None, "job_title": "Locum", "outcome": "attended"}
    new = {name: getattr(theirs, name) for name in LINE} | {"outcome": "absent"}
    typed = {theirs.pk: Typed(snapshot(theirs, LINE), new)}
    answers = race(lambda: bool(actions.fill_register(by=None, meeting=meeting, lines=typed, came=came)))
    assert sorted(answers) == [False, True]
    assert meeting.lines.filter(job_title="Locum").count() == 1


def test_saving_and_closing_at_once_never_leave_an_unjudged_line(race, meeting, theirs, slowly):
    """Either the saving came first and was judged, or it was refused."""
    slowly(registers, "check_closable")
    answers = race(
        saving(meeting, theirs, Outcome.ATTENDED),
        lambda: actions.close_register(by=None, meeting=meeting).pk,
    )
    theirs.refresh_from_db()
    refused = any(isinstance(answer, ValidationError) for answer in answers)
    assert (theirs.outcome == Outcome.ATTENDED) is not refused
    assert meeting.missed.exists() is refused


def test_two_disputes_at_once_are_one_and_tell_once(race, meeting, theirs, dana):
    answers = race(lambda: actions.dispute(by=None, line=theirs, text="We came."))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "ValidationError"]
    assert OutboxMessage.objects.filter(to=dana.email).count() == 1


def test_two_answers_at_once_are_one(race, meeting, theirs, slowly):
    actions.dispute(by=None, line=theirs, text="We came.")
    answers = race(
        lambda: actions.settle(by=None, line=theirs, answer="No."),
        lambda: actions.settle(by=None, line=theirs, answer="Yes.", outcome="attended", mode="phone"),
    )
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert HistoryEntry.objects.filter(verb="settled", subject_id=theirs.pk).count() == 1
    theirs.refresh_from_db()
    assert (theirs.settlement == "Yes.") is (theirs.outcome == Outcome.ATTENDED)


def test_two_deputies_at_once_stand_one_after_the_other(race, partnership, agency_a, staff_a, staff_a2, role_group):
    meeting = make.MeetingFactory(
        partnership=partnership, state=MeetingState.PLANNED, held_on=today() + timedelta(days=7)
    )
    line = make.AttendanceFactory(meeting=meeting, agency=agency_a, staff_member=staff_a)
    third = make.StaffMemberFactory(agency=agency_a, role_group=role_group)
    answers = race(
        lambda: actions.name_deputy(by=None, line=line, staff_member=staff_a2),
        lambda: actions.name_deputy(by=None, line=line, staff_member=third),
    )
    assert answers == [True, True]
    line.refresh_from_db()
    assert line.deputy_for == staff_a and line.staff_member in (staff_a2, third)
    before = [e.changes["person"][0] for e in HistoryEntry.objects.filter(verb="named a deputy").order_by("pk")]
    assert before[0] == staff_a.name and before[1] != staff_a.name
