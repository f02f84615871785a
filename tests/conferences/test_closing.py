"""Closing a register: judged once with the rule of the day, told, kept; and what may follow."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import (
    Expectation,
    MeetingKind,
    MeetingState,
    MissedKind,
    Outcome,
    ReportState,
)
from conferences.models import Attendance, Meeting, MissedDuty, QuorumRule
from conferences.signals import register_closed
from partnership.choices import Sector
from partnership.models import HistoryEntry, OutboxMessage
from partnership.post import send_outbox
from partnership.roles import Role


def close(*meetings, by=None, tell=True):
    return actions.close_registers(by=by, meetings=meetings, tell=tell)


def missed(meeting) -> set[tuple[str, str]]:
    return {(row.agency.name, row.kind) for row in meeting.missed.all()}


@contextmanager
def listening(receiver):
    register_closed.connect(receiver)
    try:
        yield
    finally:
        register_closed.disconnect(receiver)


@pytest.fixture
def full(partnership, agency_a, agency_b, meeting):
    """The conference with two more agencies that came: quorate without agency B."""
    for sector in (Sector.HEALTH_COMMUNITY, Sector.EDUCATION):
        make.AttendanceFactory(
            meeting=meeting, agency=make.AgencyFactory(sector=sector), staff_member=None,
            job_title="Someone", outcome=Outcome.ATTENDED,
        )
    return meeting


# --- The judgement --------------------------------------------------------------------------------


def test_closing_judges_and_writes_down_rule_and_sentence(full, dana, agency_b):
    [closed] = close(full, by=dana)
    full.refresh_from_db()
    assert closed == full
    assert full.quorate is True
    assert full.quorum_sentence.startswith("Quorate: Children's social care was there; 2 other")
    assert full.quorum_rule == QuorumRule.objects.get(partnership=full.partnership)
    assert (full.closed_by, full.register_open) == (dana, False)
    assert missed(full) == {(agency_b.name, MissedKind.ATTENDANCE)}


def test_without_enough_agencies_it_is_not_quorate(meeting, dana):
    close(meeting, by=dana)
    meeting.refresh_from_db()
    assert meeting.quorate is False
    assert "0 other involved agencies came" in meeting.quorum_sentence


def test_closing_is_judged_with_the_rule_of_the_day(full, partnership):
    strict = make.QuorumRuleFactory(
        partnership=partnership, effective_from=full.held_on + timedelta(days=1), others=3
    )
    same_day = make.MeetingFactory(partnership=partnership, held_on=strict.effective_from)
    for line in full.lines.all():
        make.AttendanceFactory(
            meeting=same_day, agency=line.agency, staff_member=None, outcome=line.outcome
        )
    close(full, same_day)
    full.refresh_from_db(), same_day.refresh_from_db()
    assert (full.quorate, same_day.quorate) == (True, False)
    assert same_day.quorum_rule == strict
    assert "3 are needed" in same_day.quorum_sentence


def test_without_a_rule_in_force_it_is_not_quorate_and_says_so(full, partnership):
    QuorumRule.objects.filter(partnership=partnership).update(effective_from=date(2099, 1, 1))
    close(full)
    full.refresh_from_db()
    assert full.quorate is False
    assert "no quorum rule was in force" in full.quorum_sentence


@pytest.mark.parametrize("kind", [MeetingKind.CORE_GROUP, MeetingKind.OUTSIDE])
def test_other_meetings_have_no_verdict(full, kind):
    Meeting.objects.filter(pk=full.pk).update(kind=kind)
    close(full)
    full.refresh_from_db()
    assert full.closed_at is not None
    assert (full.quorate, full.quorum_sentence) == (None, "")


def test_stood_down_counts_as_inquorate_and_is_counted(full):
    Meeting.objects.filter(pk=full.pk).update(state=MeetingState.STOOD_DOWN)
    close(full)
    full.refresh_from_db()
    assert full.quorate is False
    assert full.quorum_sentence == "Not quorate: stood down for want of a quorum."
    assert full in Meeting.objects.counted()


def test_cancelled_counts_for_nobody(full):
    Meeting.objects.filter(pk=full.pk).update(state=MeetingState.CANCELLED)
    close(full)
    full.refresh_from_db()
    assert full.quorate is None
    assert missed(full) == set()
    assert full not in Meeting.objects.counted()


def test_meetings_outside_the_process_miss_nothing(full):
    Meeting.objects.filter(pk=full.pk).update(kind=MeetingKind.OUTSIDE)
    close(full)
    assert missed(full) == set()
    assert full not in Meeting.objects.counted()


# --- When it may be closed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": MeetingState.PLANNED}, "still planned"),
        ({"held_on": date(2099, 1, 1)}, "in the future"),
        ({"state": MeetingState.PLANNED, "held_on": date(2099, 1, 1)}, "still planned"),
    ],
)
def test_a_meeting_that_is_not_over_cannot_be_closed(full, fields, sentence):
    Meeting.objects.filter(pk=full.pk).update(**fields)
    with pytest.raises(ValidationError, match=sentence):
        close(full)
    full.refresh_from_db()
    assert full.register_open
    Meeting.objects.filter(pk=full.pk).update(state=MeetingState.HELD, held_on=timezone.localdate())
    assert close(full) == [full]


def test_one_meeting_that_cannot_be_closed_keeps_all_open(full, core_group):
    Meeting.objects.filter(pk=core_group.pk).update(state=MeetingState.PLANNED)
    with pytest.raises(ValidationError):
        close(full, core_group)
    full.refresh_from_db()
    assert full.register_open


def test_closing_twice_is_harmless(full, dana):
    close(full, by=dana)
    before = (HistoryEntry.objects.count(), OutboxMessage.objects.count(), MissedDuty.objects.count())
    full.refresh_from_db()
    closed_at = full.closed_at
    assert close(full) == []
    full.refresh_from_db()
    assert (full.closed_at, full.closed_by) == (closed_at, dana)
    assert before == (
        HistoryEntry.objects.count(), OutboxMessage.objects.count(), MissedDuty.objects.count()
    )


def test_closing_one_register_again_is_refused_with_a_sentence(full, dana):
    assert actions.close_register(by=dana, meeting=full).closed_by == dana
    with pytest.raises(ValidationError, match="is closed"):
        actions.close_register(by=dana, meeting=full)


def test_nothing_is_recorded_or_added_once_it_is_closed(full, dana, agency_b):
    line = full.lines.get(agency=agency_b)
    newcomer = make.AgencyFactory()
    actions.record_attendance(by=dana, line=line, outcome=Outcome.ABSENT)
    close(full, by=dana)
    with pytest.raises(ValidationError, match="is closed"):
        actions.record_attendance(by=dana, line=line, outcome=Outcome.ATTENDED)
    with pytest.raises(ValidationError, match="is closed"):
        actions.add_line(by=dana, meeting=full, agency=newcomer)
    with pytest.raises(ValidationError, match="is closed"):
        actions.change_meeting(by=dana, meeting=full, children=5)
    line.refresh_from_db()
    assert line.outcome == Outcome.ABSENT


# --- What floors above and leads are told ---------------------------------------------------------


def test_the_signal_goes_out_inside_the_transaction(full, core_group):
    heard = []

    def hear(sender, meetings, **_):
        heard.append((sender, [m.pk for m in meetings], connection.in_atomic_block,
                      MissedDuty.objects.filter(meeting__in=meetings).exists()))

    with listening(hear):
        close(full, core_group)
        close(full, core_group)  # nothing new: nobody is told
    assert heard == [(Meeting, [full.pk, core_group.pk], True, True)]


def test_a_listener_that_fails_undoes_the_closing(full, charlie):
    def fail(**_):
        raise RuntimeError("the floor above says no")

    with listening(fail), pytest.raises(RuntimeError), transaction.atomic():
        close(full)
    full.refresh_from_db()
    assert full.register_open
    assert missed(full) == set()
    assert not OutboxMessage.objects.filter(to=charlie.email).exists()
    close(full)
    assert OutboxMessage.objects.filter(to=charlie.email).exists()


def test_leads_of_the_agency_are_mailed_reference_and_link_and_no_name(
    full, charlie, alice, outsider, people, agency_b, staff_b, settings
):
    second = make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_b).user
    make.GrantFactory(role=Role.PRACTITIONER, agency=agency_b)
    make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_b, until_on=timezone.localdate())
    make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_b, user__is_active=False)
    close(full)
    messages = list(OutboxMessage.objects.all())
    assert {message.to for message in messages} == {charlie.email, second.email}
    assert mail.outbox == []
    assert send_outbox() == (2, 0)
    for message in mail.outbox:
        text = message.subject + message.body
        assert "NW-1" in text
        assert f"{settings.SITE_URL}/partnerships/NW/meetings/NW-1/" in message.body
        for word in (agency_b.name, staff_b.first_name, staff_b.last_name, charlie.name,
                     full.family_ref):
            assert word not in text


def test_where_nobody_leads_an_agency_the_leads_above_it_are_mailed(full, charlie, agency_b):
    agency_b.parent = make.AgencyFactory(name="The force")
    agency_b.save()
    above = make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_b.parent).user
    charlie.is_active = False
    charlie.save()
    close(full)
    assert [message.to for message in OutboxMessage.objects.all()] == [above.email]


def test_no_mail_when_not_told_and_when_nothing_was_missed(full, core_group, charlie, alice):
    close(full, tell=False)
    assert full.missed.exists()
    close(core_group)
    assert not core_group.missed.exists()
    assert not OutboxMessage.objects.exists()


def test_a_lead_with_two_grants_in_the_agency_is_mailed_once(full, charlie, agency_b):
    make.GrantFactory(user=charlie, role=Role.AGENCY_LEAD, agency=agency_b)
    close(full)
    assert OutboxMessage.objects.filter(to=charlie.email).count() == 1


def test_excused_misses_are_not_mailed(full, charlie, agency_b):
    full.lines.filter(agency=agency_b).update(invited_on=full.held_on)
    close(full)
    assert missed(full) == {(agency_b.name, MissedKind.ATTENDANCE)}
    assert not OutboxMessage.objects.exists()


# --- Queries --------------------------------------------------------------------------------------


def register_of(partnership, agencies):
    row = make.MeetingFactory(partnership=partnership)
    for agency in agencies:
        make.AttendanceFactory(
            meeting=row, agency=agency, staff_member=None, outcome=Outcome.APOLOGIES,
            report=ReportState.LATE, invited_on=row.held_on,
        )
    return row


def queries_of_closing(partnership, agencies, number, tell) -> int:
    rows = [register_of(partnership, agencies) for _ in range(number)]
    with CaptureQueriesContext(connection) as found:
        assert len(close(*rows, tell=tell)) == number
    assert MissedDuty.objects.filter(meeting__in=rows).count() == 2 * len(agencies) * number
    return len(found)


def test_closing_takes_a_fixed_number_of_queries(partnership, agency_a, agency_b):
    counts = [
        queries_of_closing(partnership, [agency_a, agency_b], number, tell=False)
        for number in (1, 20)
    ]
    assert counts[0] == counts[1] <= 30


def test_telling_takes_a_fixed_number_of_queries(partnership, agency_a, agency_b, alice, charlie):
    def number_of(number):
        rows = [register_of(partnership, [agency_a, agency_b]) for _ in range(number)]
        Attendance.objects.filter(meeting__in=rows).update(invited_on=date(2015, 1, 1))
        with CaptureQueriesContext(connection) as found:
            close(*rows, tell=True)
        return len(found)

    assert number_of(1) == number_of(20) <= 30
    assert OutboxMessage.objects.filter(to=alice.email).count() == 42


def test_meetings_of_two_partnerships_are_never_judged_together(full, meeting_elsewhere):
    """Each by its own rules: together they would all be judged by the first one's."""
    with pytest.raises(ValidationError, match="one partnership"):
        close(full, meeting_elsewhere)
    assert close(full) == [full]
    assert close(meeting_elsewhere) == [meeting_elsewhere]


# --- Late invitations, excuses --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("invited_on", "in_room", "excused"),
    [
        (date(2015, 2, 23), False, False),  # five working days before 2 March 2015
        (date(2015, 2, 24), False, True),
        (date(2015, 2, 24), True, False),  # was there when the date was set
        (None, False, False),
    ],
)
def test_a_late_invitation_excuses_unless_the_agency_was_in_the_room(
    full, agency_b, invited_on, in_room, excused
):
    full.lines.filter(agency=agency_b).update(invited_on=invited_on, in_room_when_dated=in_room)
    close(full)
    [row] = full.missed.all()
    assert (row.excused_at is not None) is excused
    assert row.excused_reason == ("late_invitation" if excused else "")
    assert row.excused_by is None
    assert full.lines.get(agency=agency_b).late_invitation is excused


@pytest.mark.parametrize(
    ("report", "lacking"), [(ReportState.ON_TIME, False), (ReportState.LATE, True)]
)
def test_either_is_missed_only_when_both_are_lacking(full, agency_b, report, lacking):
    full.lines.filter(agency=agency_b).update(expectation=Expectation.EITHER, report=report)
    close(full)
    assert missed(full) == ({(agency_b.name, MissedKind.ATTENDANCE)} if lacking else set())


def test_an_excuse_has_a_coded_reason_and_a_person_and_is_given_once(full, dana, agency_b):
    close(full)
    row = full.missed.get()
    actions.excuse(by=dana, missed=row, reason="diary_clash")
    row.refresh_from_db()
    assert (row.excused_reason, row.excused_by) == ("diary_clash", dana)
    with pytest.raises(ValidationError, match="already excused"):
        actions.excuse(by=dana, missed=row, reason="unavailable")


# --- Corrections ----------------------------------------------------------------------------------


def test_a_correction_judges_anew_and_drops_what_it_undid(meeting, dana, agency_b):
    third = make.AttendanceFactory(
        meeting=meeting, agency=make.AgencyFactory(), outcome=Outcome.ATTENDED
    )
    line = meeting.lines.get(agency=agency_b)
    close(meeting)
    meeting.refresh_from_db()
    assert meeting.quorate is False
    assert missed(meeting) == {(agency_b.name, MissedKind.ATTENDANCE)}
    actions.correct_line(by=dana, line=line, reason="She was on the phone.",
                         outcome=Outcome.ATTENDED, mode="phone")
    meeting.refresh_from_db()
    assert meeting.quorate is True
    assert third.agency.name in meeting.quorum_sentence
    assert missed(meeting) == set()
    actions.correct_line(by=dana, line=line, reason="She was not.", outcome=Outcome.ABSENT, mode="")
    meeting.refresh_from_db()
    assert meeting.quorate is False
    assert missed(meeting) == {(agency_b.name, MissedKind.ATTENDANCE)}


def test_a_correction_tells_the_floor_above_and_mails_nobody(full, dana, agency_b, charlie):
    close(full, tell=False)
    heard = []

    def hear(meetings, **_):
        heard.extend(meetings)

    line = full.lines.get(agency=agency_b)
    with listening(hear):
        actions.correct_line(by=dana, line=line, reason="Misread.", report=ReportState.LATE)
        actions.correct_line(by=dana, line=line, reason="Misread.", report=ReportState.LATE)
    assert heard == [full]  # the second changed nothing
    assert missed(full) == {
        (agency_b.name, MissedKind.ATTENDANCE), (agency_b.name, MissedKind.REPORT)
    }
    assert not OutboxMessage.objects.exists()


def test_a_correction_of_another_line_keeps_an_excuse(full, dana, agency_a, agency_b):
    close(full)
    row = full.missed.get()
    actions.excuse(by=dana, missed=row, reason="diary_clash")
    actions.correct_line(
        by=dana, line=full.lines.get(agency=agency_a), reason="Misread.", mode="video"
    )
    kept = full.missed.get()
    assert (kept.pk, kept.excused_reason, kept.excused_by) == (row.pk, "diary_clash", dana)


def test_a_correction_keeps_who_closed_the_register_and_when(full, dana, mo, agency_b):
    close(full, by=dana)
    full.refresh_from_db()
    before = (full.closed_at, full.closed_by)
    actions.correct_line(
        by=mo, line=full.lines.get(agency=agency_b), reason="Misread.", outcome=Outcome.ABSENT
    )
    full.refresh_from_db()
    assert (full.closed_at, full.closed_by) == before


def test_a_correction_needs_a_closed_register_and_a_reason(full, dana, agency_b):
    line = full.lines.get(agency=agency_b)
    what = {"by": dana, "line": line, "outcome": Outcome.ABSENT}
    with pytest.raises(ValidationError, match="still open"):
        actions.correct_line(reason="Misread.", **what)
    close(full)
    with pytest.raises(ValidationError, match="Say why"):
        actions.correct_line(reason="  ", **what)
    actions.correct_line(reason="Misread.", **what)
    line.refresh_from_db()
    assert line.outcome == Outcome.ABSENT


def test_a_change_of_involvement_is_counted(full, dana, agency_b):
    line = full.lines.get(agency=agency_b)
    actions.record_attendance(by=dana, line=line, outcome=Outcome.ABSENT)
    line.refresh_from_db()
    assert line.involved_changes == 0
    with pytest.raises(ValidationError, match="Say why the agency's involvement changes"):
        actions.record_attendance(by=dana, line=line, involved=False)
    actions.record_attendance(by=dana, line=line, involved=False, reason="Never knew the family.")
    line.refresh_from_db()
    assert line.involved_changes == 1
    close(full)
    assert missed(full) == set()
    actions.correct_line(by=dana, line=line, reason="They knew the family.", involved=True)
    line.refresh_from_db()
    assert line.involved_changes == 2
    assert missed(full) == {(agency_b.name, MissedKind.ATTENDANCE)}


def test_a_refused_recording_leaves_the_line_as_it_was(full, dana, agency_b, staff_a):
    line = full.lines.get(agency=agency_b)
    with pytest.raises(ValidationError, match="in some way"):
        actions.record_attendance(by=dana, line=line, mode="video")
    with pytest.raises(ValidationError, match="another agency"):
        actions.record_attendance(by=dana, line=line, staff_member=staff_a)
    line.refresh_from_db()
    assert line.mode == ""
    actions.record_attendance(by=dana, line=line, outcome=Outcome.DEPUTY, mode="video")
    line.refresh_from_db()
    assert line.represented


# --- Disputes -------------------------------------------------------------------------------------


def test_a_dispute_is_settled_with_an_answer_and_both_sides_are_kept(full, charlie, dana, agency_b):
    close(full)
    line = full.lines.get(agency=agency_b)
    with pytest.raises(ValidationError, match="not disputed"):
        actions.settle(by=dana, line=line, answer="No.")
    actions.dispute(by=charlie, line=line, text=" We were there. ")
    assert list(full.lines.all().disputed()) == [line]
    with pytest.raises(ValidationError, match="already disputed"):
        actions.dispute(by=charlie, line=line, text="Again.")
    actions.settle(by=dana, line=line, answer="So you were.")
    line.refresh_from_db()
    assert (line.dispute, line.disputed_by) == ("We were there.", charlie)
    assert (line.settlement, line.settled_by) == ("So you were.", dana)
    assert not full.lines.all().disputed()
    with pytest.raises(ValidationError, match="not disputed"):
        actions.settle(by=dana, line=line, answer="Twice.")


def test_a_settled_line_may_be_disputed_anew(full, charlie, dana, agency_b):
    close(full)
    line = full.lines.get(agency=agency_b)
    actions.dispute(by=charlie, line=line, text="We were there.")
    actions.settle(by=dana, line=line, answer="No.")
    actions.dispute(by=charlie, line=line, text="Here is the proof.")
    line.refresh_from_db()
    assert (line.dispute, line.settled_at, line.settled_by) == ("Here is the proof.", None, None)


# --- Convening ------------------------------------------------------------------------------------


def test_convening_reads_what_is_expected_from_the_rules(partnership, dana, agency_a, agency_b):
    actions.expect(by=None, partnership=partnership, agency=agency_b,
                   expectation=Expectation.EITHER, effective_from=date(2014, 1, 1))
    meeting = actions.convene(
        by=dana, partnership=partnership, reference="NW-9", kind=MeetingKind.REVIEW,
        held_on=date(2015, 4, 1), invite=[{"agency": agency_a}, {"agency": agency_b}],
    )
    assert meeting.state == MeetingState.PLANNED
    assert {line.agency: line.expectation for line in meeting.lines.all()} == {
        agency_a: Expectation.BOTH, agency_b: Expectation.EITHER
    }


def test_a_reference_is_used_once_in_a_partnership(meeting, elsewhere, partnership, dana):
    what = {"by": dana, "reference": "NW-1", "kind": MeetingKind.REVIEW,
            "held_on": date(2015, 4, 1)}
    with pytest.raises(ValidationError, match="has that reference"):
        actions.convene(partnership=partnership, **what)
    assert actions.convene(partnership=elsewhere, **what).pk


def test_open_registers_are_those_whose_day_has_come(full, core_group, partnership):
    mine = Meeting.objects.filter(partnership=partnership)
    held_on = full.held_on
    assert set(mine.open_registers(held_on)) == {full, core_group}
    assert set(mine.open_registers(held_on - timedelta(days=1))) == set()
    close(full)
    Meeting.objects.filter(pk=core_group.pk).update(state=MeetingState.CANCELLED)
    assert set(mine.open_registers(held_on)) == set()
