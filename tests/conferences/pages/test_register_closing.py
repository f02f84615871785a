"""Closing: what is shown before, what is said after, and the alarm; the ending corrected afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from conferences import actions
from conferences.actions.filling import ENDING as FIELDS
from conferences.choices import (
    ChairDecision,
    Expectation,
    MeetingKind,
    MeetingState,
    MissedKind,
    Outcome,
    ReportState,
)
from conferences.models import Meeting
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.stale import fingerprint
from tests.conferences.pages.registers import CLOSE, opened, quorate, send, typed
from tests.reading import text

ENDING = "/partnerships/NW/meetings/NW-1/register/ending/"


def check(client, meeting):
    return client.get(CLOSE.format(meeting.reference))


def close(client, meeting, seen=None, not_required=None):
    """Close as the page stands; what it asks of reports is ticked, unless it is said otherwise."""
    context = check(client, meeting).context
    sent = {"seen": context["seen"] if seen is None else seen, "not_required": not_required}
    if not_required is None:
        sent["not_required"] = [key for key, _ in context["form"].fields["not_required"].choices] if context else []
    return client.post(CLOSE.format(meeting.reference), sent)


# --- Before ---------------------------------------------------------------------------------------


def test_check_says_what_closing_will_find_and_closing_finds_it(client, dana, meeting, agency_b):
    late = make.AttendanceFactory(
        meeting=meeting, agency=make.AgencyFactory(name="Late Agency"), invited_on=meeting.held_on,
        outcome=Outcome.UNKNOWN,
    )
    client.force_login(dana)
    words = text(check(client, meeting))
    assert "1 of 3 agencies were there" in words and "Not quorate" in words
    assert "Invited late Late Agency" in words and "What these missed is excused." in words
    assert "Nobody knows yet whether these came: Late Agency." in words
    assert "No report was required of A report was expected of these agencies" in words
    assert "Late Agency Northwold Police Northwold Social Care Close the register" in words
    assert "The chair’s decision is not written down." in words
    answer = close(client, meeting)
    assert answer.status_code == 302
    assert "The register of NW-1 is closed. It was not quorate. 2 missed duties were found, 1 excused by a late" in text(client.get(answer.url))
    assert {(row.agency, bool(row.excused_at)) for row in meeting.missed.all()} == {
        (agency_b, False), (late.agency, True)
    }


def test_looking_writes_nothing(client, dana, meeting):
    client.force_login(dana)
    check(client, meeting)
    meeting.refresh_from_db()
    assert (meeting.closed_at, meeting.quorate, meeting.missed.count()) == (None, None, 0)
    assert not meeting.lines.filter(late_invitation=True).exists()


@pytest.fixture
def ours_reported(meeting, ours):
    meeting.lines.filter(pk=ours.pk).update(report=ReportState.ON_TIME)


def test_nothing_is_called_done_while_an_expected_report_is_unanswered(client, dana, meeting, ours_reported):
    meeting.lines.update(outcome=Outcome.ATTENDED)
    client.force_login(dana)
    words = text(check(client, meeting))
    assert "Nothing so far. What became of an expected report is still to be said." in words
    assert "everybody did what was expected" not in words
    meeting.lines.update(report=ReportState.ON_TIME)
    assert "Nothing: everybody did what was expected of them." in text(check(client, meeting))


def test_expected_report_is_passed_over_only_by_hand(client, dana, meeting, ours_reported, theirs, agency_b):
    client.force_login(dana)
    assert "1 expected report is not known yet." in text(opened(client, meeting))
    answer = close(client, meeting, not_required=[])
    assert answer.status_code == 422 and 'href="#id_not_required_0"' in answer.content.decode()
    assert "Say on the register what became of the report of Northwold Police, or tick that none was required." in text(answer)
    meeting.refresh_from_db()
    assert meeting.register_open
    assert close(client, meeting, not_required=[agency_b.pk]).status_code == 302
    theirs.refresh_from_db()
    assert theirs.report == ReportState.NOT_REQUIRED and not meeting.missed.filter(kind=MissedKind.REPORT).exists()
    assert HistoryEntry.objects.get(verb="recorded", subject_id=theirs.pk).changes == {"report": "not_required"}


def test_report_that_was_written_down_is_not_asked_about(client, dana, meeting, ours_reported, theirs, agency_b):
    client.force_login(dana)
    send(client, meeting, **typed(theirs, report="none"))
    assert "No report was required of" not in text(check(client, meeting))
    assert close(client, meeting, not_required=[agency_b.pk]).status_code == 302
    assert meeting.missed.filter(kind=MissedKind.REPORT, agency=agency_b).exists()
    assert not HistoryEntry.objects.filter(verb="recorded", changes={"report": "not_required"}).exists()


@pytest.mark.parametrize(("fields", "asked"), [
    ({"expectation": Expectation.REPORT}, True), ({"expectation": Expectation.ATTEND}, False),
    ({"expectation": Expectation.EITHER}, True),
    ({"expectation": Expectation.EITHER, "outcome": Outcome.ATTENDED}, False), ({"involved": False}, False),
])
def test_only_reports_that_could_be_missed_are_asked_about(client, dana, meeting, ours_reported, theirs, fields, asked):
    meeting.lines.filter(pk=theirs.pk).update(**fields)
    client.force_login(dana)
    assert ("No report was required of" in text(check(client, meeting))) is asked


def test_report_of_one_of_two_people_is_the_report_of_their_agency(client, dana, meeting, ours_reported, theirs, agency_b):
    make.AttendanceFactory(meeting=meeting, agency=agency_b, expectation=theirs.expectation, report=ReportState.LATE)
    client.force_login(dana)
    assert "No report was required of" not in text(check(client, meeting))


@pytest.mark.parametrize(("decision", "enough", "words"), [
    (ChairDecision.QUORATE, False, "says that it was quorate; by the rule it was not"),
    (ChairDecision.DISCRETION, True, "by discretion; by the rule it was quorate"),
    (ChairDecision.QUORATE, True, ""), (ChairDecision.DISCRETION, False, ""),
])
def test_check_says_where_decision_and_judgement_differ(client, dana, meeting, decision, enough, words):
    Meeting.objects.filter(pk=meeting.pk).update(chair_decision=decision, chair_reason="Why")
    if enough:
        quorate(meeting)
    client.force_login(dana)
    page = text(check(client, meeting))
    assert (words in page) if words else "by the rule it was" not in page


def test_meeting_to_come_is_not_closed(client, dana, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(held_on=today() + timedelta(days=1))
    client.force_login(dana)
    assert "its register cannot be closed before" in text(check(client, meeting))
    assert close(client, meeting).status_code == 422
    Meeting.objects.filter(pk=meeting.pk).update(held_on=today())
    assert close(client, meeting).status_code == 302


def test_planned_meeting_at_which_somebody_was_there_was_held(client, bob, core_group):
    Meeting.objects.filter(pk=core_group.pk).update(state=MeetingState.PLANNED)
    client.force_login(bob)
    assert close(client, core_group).status_code == 302
    core_group.refresh_from_db()
    assert core_group.state == MeetingState.HELD and core_group.closed_by == bob


def test_planned_meeting_at_which_nobody_was_there_asks_what_became_of_it(client, bob, core_group):
    Meeting.objects.filter(pk=core_group.pk).update(state=MeetingState.PLANNED)
    core_group.lines.update(outcome=Outcome.UNKNOWN)
    client.force_login(bob)
    assert "Nobody is down as having been there" in text(check(client, core_group))
    assert close(client, core_group).status_code == 422
    core_group.refresh_from_db()
    assert core_group.register_open


# --- Twice, and at the same time ------------------------------------------------------------------


def test_double_click_closes_once(client, dana, meeting):
    client.force_login(dana)
    seen = check(client, meeting).context["seen"]
    for _ in range(2):
        assert close(client, meeting, seen).status_code == 302
    assert HistoryEntry.objects.filter(verb="closed", subject_id=meeting.pk).count() == 1


@pytest.mark.parametrize("seen", ["", "other"])
def test_what_was_not_looked_at_is_not_closed(client, dana, meeting, agency_b, seen):
    client.force_login(dana)
    answer = close(client, meeting, seen)
    assert answer.status_code == 409 and "Somebody changed this register" in text(answer)
    meeting.refresh_from_db()
    assert meeting.register_open


def test_line_changed_after_the_check_stops_the_closing(client, dana, meeting, agency_b):
    client.force_login(dana)
    seen = check(client, meeting).context["seen"]
    send(client, meeting, **typed(meeting.lines.get(agency=agency_b), outcome="attended"))
    answer = close(client, meeting, seen)
    assert answer.status_code == 409
    assert close(client, meeting, answer.context["seen"]).status_code == 302


# --- The alarm ------------------------------------------------------------------------------------


@pytest.fixture
def before(partnership, meeting):
    """The family's conference before this one: closed, and not quorate."""
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-0", family_ref=meeting.family_ref, held_on=date(2015, 1, 5)
    )
    actions.close_registers(by=None, meetings=[row], tell=False)
    return row


ALARM = "This is the second conference in a row for this family that was not quorate."
FORESEEN = "As it stands, this would be the second conference in a row for this family that is not quorate."


def test_second_conference_in_a_row_without_a_quorum_raises_an_alarm(
    client, dana, mo, sam, alice, charlie, meeting, before
):
    client.force_login(dana)
    assert FORESEEN in text(client.get("/partnerships/NW/meetings/NW-1/register/"))
    assert FORESEEN in text(client.get("/partnerships/NW/meetings/NW-1/register/quorum/"))
    assert FORESEEN in text(check(client, meeting))
    close(client, meeting)
    for user in (dana, mo, sam, alice):
        client.force_login(user)
        assert ALARM in text(client.get("/partnerships/NW/meetings/NW-1/"))
    mails = OutboxMessage.objects.filter(subject="NW-1: again not quorate")
    assert {mail.to for mail in mails} == {dana.email, mo.email}
    assert all(meeting.family_ref not in mail.body and "NW-0" not in mail.body for mail in mails)


@pytest.mark.parametrize("changed", [
    {"family_ref": "another"}, {"family_ref": ""}, {"kind": MeetingKind.CORE_GROUP}, {"quorate": True},
    {"held_on": date(2015, 6, 1), "quorate": True},
])
def test_no_alarm_where_it_is_not_the_second_in_a_row(client, dana, meeting, before, changed):
    Meeting.objects.filter(pk=before.pk).update(**changed)
    client.force_login(dana)
    assert FORESEEN not in text(check(client, meeting))
    close(client, meeting)
    assert not OutboxMessage.objects.filter(subject__contains="again").exists()


def test_no_alarm_when_this_one_is_quorate(client, dana, meeting, before):
    quorate(meeting)
    client.force_login(dana)
    close(client, meeting)
    assert ALARM not in text(client.get("/partnerships/NW/meetings/NW-1/"))
    assert not OutboxMessage.objects.filter(subject__contains="again").exists()


def test_cancelled_conference_between_does_not_break_the_row(client, dana, meeting, before, partnership):
    between = make.MeetingFactory(
        partnership=partnership, family_ref=meeting.family_ref, held_on=date(2015, 2, 1),
        state=MeetingState.CANCELLED,
    )
    actions.close_registers(by=None, meetings=[between], tell=False)
    client.force_login(dana)
    assert FORESEEN in text(check(client, meeting))


def test_earlier_register_closed_last_raises_the_alarm_too(client, dana, mo, meeting, partnership):
    earlier = make.MeetingFactory(
        partnership=partnership, reference="NW-0", family_ref=meeting.family_ref, held_on=date(2015, 1, 5)
    )
    client.force_login(dana)
    close(client, meeting)
    assert not OutboxMessage.objects.filter(subject__contains="again").exists()
    actions.close_register(by=dana, meeting=earlier)
    assert OutboxMessage.objects.filter(subject="NW-0: again not quorate", to=mo.email).count() == 1


# --- The ending, corrected ------------------------------------------------------------------------


def correction(meeting, **new):
    meeting.refresh_from_db()
    there = {f"end-{name}": getattr(meeting, name) for name in FIELDS}
    there = {name: value for name, value in there.items() if value is not None and value is not False}
    return there | {"end-seen": "x", "end-reason": "The minutes say so", "seen": fingerprint(meeting, FIELDS),
                    **{f"end-{name}": value for name, value in new.items()}}


@pytest.fixture
def closed(meeting):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    meeting.refresh_from_db()
    return meeting


def test_ending_of_a_closed_register_is_corrected_with_a_reason(client, dana, closed):
    client.force_login(dana)
    assert client.post(ENDING, correction(closed, children="4", reason="")).status_code == 422
    answer = client.post(ENDING, correction(closed, children="4"))
    assert answer.status_code == 302
    closed.refresh_from_db()
    assert closed.children == 4
    entry = HistoryEntry.objects.get(verb="corrected", subject_id=closed.pk)
    assert entry.changes["children"] == [2, 4] and entry.changes["reason"] == "The minutes say so"


def test_standing_down_afterwards_is_judged_anew(client, dana, closed):
    quorate(closed)
    actions.correct_line(by=dana, line=closed.lines.first(), reason="More came", report="late")
    closed.refresh_from_db()
    assert closed.quorate
    client.force_login(dana)
    client.post(ENDING, correction(closed, chair_decision="stood_down", new_date_on="20/03/2015"))
    closed.refresh_from_db()
    assert (closed.state, closed.quorate) == (MeetingState.STOOD_DOWN, False)
    assert "stood down for want of a quorum" in closed.quorum_sentence


def test_ending_changed_meanwhile_shows_both_versions(client, dana, closed):
    client.force_login(dana)
    mine = correction(closed, children="5")
    client.post(ENDING, correction(closed, children="4"))
    answer = client.post(ENDING, mine)
    assert answer.status_code == 409 and "Differs" in text(answer)
    closed.refresh_from_db()
    assert closed.children == 4
    assert client.post(ENDING, mine | {"seen": answer.context["seen"]}).status_code == 302


def test_wrong_correction_says_so_at_the_field(client, dana, closed):
    client.force_login(dana)
    answer = client.post(ENDING, correction(closed, children_on_plan_after="9"))
    assert answer.status_code == 422 and 'href="#id_end-children_on_plan_after"' in answer.content.decode()


def test_ending_is_corrected_by_the_conference_service_only(client, people, closed, core_group):
    for name, user in vars(people).items():
        client.force_login(user)
        assert client.get(ENDING).status_code == (200 if name == "dana" else 404), name
    client.force_login(people.dana)
    assert client.get("/partnerships/NW/meetings/NW-2/register/ending/").status_code == 404
