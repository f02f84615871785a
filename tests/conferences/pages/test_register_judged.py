"""A register's ending, its judgement as one types, and two people at one register."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import ChairDecision, MeetingState, Outcome, ReportState
from conferences.models import Meeting
from partnership.models import HistoryEntry, today
from tests.conferences.pages.registers import (
    REGISTER,
    came,
    invite,
    opened,
    page_of,
    quorate,
    send,
    typed,
)
from tests.reading import text

# --- How it ended ---------------------------------------------------------------------------------


def test_counts_and_decision_are_written(client, dana, meeting):
    client.force_login(dana)
    send(
        client, meeting, end_children="3", end_children_on_plan_after="2", end_plan_neg="1",
        end_plan_mul="1", end_exploitation_concern=True, end_chair_decision="discretion",
        end_chair_reason="Delay would harm",
    )
    meeting.refresh_from_db()
    assert (meeting.children, meeting.children_on_plan_after, meeting.plan_neg, meeting.plan_mul) == (3, 2, 1, 1)
    assert meeting.exploitation_concern
    assert (meeting.chair_decision, meeting.chair_reason) == (ChairDecision.DISCRETION, "Delay would harm")
    assert HistoryEntry.objects.get(verb="recorded").subject_id == meeting.pk


def test_standing_down_needs_a_new_date_and_changes_the_state(client, dana, meeting):
    client.force_login(dana)
    for day, words in (("", "Give the new date"), ("01/03/2015", "must be after the day"), ("x", "real date")):
        answer = send(client, meeting, end_chair_decision="stood_down", end_new_date_on=day)
        assert answer.status_code == 422 and words in text(answer)
        assert 'href="#id_end-new_date_on"' in answer.content.decode()
    send(client, meeting, end_chair_decision="stood_down", end_new_date_on="12/03/2015")
    meeting.refresh_from_db()
    assert (meeting.state, str(meeting.new_date_on)) == (MeetingState.STOOD_DOWN, "2015-03-12")
    send(client, meeting, end_chair_decision="quorate")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.new_date_on) == (MeetingState.HELD, None)


@pytest.mark.parametrize(("new", "words", "field"), [
    ({"end_chair_decision": "discretion"}, "Say why the chair proceeded", "chair_reason"),
    ({"end_children": "1", "end_children_on_plan_after": "2"}, "More children are on a plan than were considered",
     "children_on_plan_after"),
    ({"end_children_on_plan_after": "1", "end_plan_neg": "1", "end_plan_phy": "1"},
     "More children are counted by category than are on a plan", "plan_neg"),
    ({"end_children": "-1"}, "must be 0 or more", "children"),
    ({"end_children": "x"}, "must be a whole number", "children"),
])
def test_wrong_ending_says_so_at_the_field_and_writes_nothing(client, dana, meeting, theirs, new, words, field):
    client.force_login(dana)
    answer = send(client, meeting, **new, **typed(theirs, outcome="absent"))
    assert answer.status_code == 422 and words in text(answer)
    assert f'href="#id_end-{field}' in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.APOLOGIES


def test_core_group_asks_for_no_decision(client, bob, core_group):
    client.force_login(bob)
    page = opened(client, core_group)
    assert "chair" not in text(page) and "Only conferences are judged" in text(page)
    assert send(client, core_group, **typed(core_group.lines.get(), outcome="absent")).status_code == 302


# --- The judgement as one types -------------------------------------------------------------------


QUORUM = REGISTER.format("NW-1") + "quorum/"


def test_judgement_is_of_what_is_typed_and_writes_nothing(client, dana, meeting, theirs):
    [other] = invite(meeting, 1)
    client.force_login(dana)
    assert "Not quorate" in text(client.get(QUORUM))
    sent = page_of(meeting, **typed(theirs, outcome="attended"), **typed(other, outcome="attended"))
    words = text(client.post(QUORUM, sent))
    assert words.startswith("Quorate Quorate: Children's social care was there; 2 other")
    part = page_of(meeting, **typed(theirs, outcome="attended", part=True), **typed(other, outcome="attended"))
    assert "Not quorate" in text(client.post(QUORUM, part))
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.APOLOGIES
    assert not HistoryEntry.objects.exists()


def test_judgement_is_what_closing_gives(client, dana, meeting, theirs, agency_b):
    quorate(meeting)
    client.force_login(dana)
    before = text(client.get(QUORUM))
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    meeting.refresh_from_db()
    assert meeting.quorum_sentence in before and meeting.quorate


def test_who_came_besides_and_the_decision_are_part_of_the_judgement(client, dana, meeting, agency_b):
    invite(meeting, 1, outcome=Outcome.ATTENDED)
    client.force_login(dana)
    assert "Quorate: " in text(client.post(QUORUM, page_of(meeting, **came(agency_b, job_title="Locum"))))
    sent = page_of(meeting, end_chair_decision="stood_down", end_new_date_on="12/03/2015")
    assert "stood down for want of a quorum" in text(client.post(QUORUM, sent))


def test_without_script_the_page_itself_is_checked(client, dana, meeting, theirs):
    client.force_login(dana)
    sent = page_of(meeting, **typed(theirs, outcome="attended")) | {"do": "check"}
    answer = client.post(REGISTER.format("NW-1"), sent)
    words = text(answer)
    assert answer.status_code == 200 and "Nothing is saved yet" in words
    assert "1 other involved agency came (Northwold Police)" in words
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.APOLOGIES


# --- Somebody else at the same register -----------------------------------------------------------


def test_line_that_somebody_changed_meanwhile_shows_both_versions(
    client, dana, second_admin, meeting, ours, theirs
):
    mine = page_of(meeting, **typed(theirs, outcome="absent"), **typed(ours, report="late"))
    client.force_login(second_admin)
    send(client, meeting, **typed(theirs, outcome="attended", mode="video"))
    client.force_login(dana)
    answer = client.post(REGISTER.format("NW-1"), mine)
    words = text(answer)
    assert answer.status_code == 409
    assert "In Quorate now: Attended (video)" in words and "by Dilys" in words
    page = answer.context["page"]
    typed_here = {form.line.pk: form for form in page.lines}
    assert typed_here[theirs.pk]["outcome"].value() == "absent"
    assert typed_here[ours.pk]["report"].value() == "late"
    ours.refresh_from_db(), theirs.refresh_from_db()
    assert (ours.report, theirs.outcome) == (ReportState.NOT_REQUIRED, Outcome.ATTENDED)
    again = mine | {f"line-{theirs.pk}-seen": typed_here[theirs.pk]["seen"].value()}
    assert client.post(REGISTER.format("NW-1"), again).status_code == 302
    ours.refresh_from_db(), theirs.refresh_from_db()
    assert (ours.report, theirs.outcome, theirs.mode) == (ReportState.LATE, Outcome.ABSENT, "")


def test_what_somebody_else_wrote_stays_where_it_was_not_touched_here(
    client, dana, second_admin, meeting, ours, theirs
):
    mine = page_of(meeting, **typed(ours, report="late"))
    client.force_login(second_admin)
    send(client, meeting, **typed(theirs, outcome="attended"), end_children="4")
    client.force_login(dana)
    assert client.post(REGISTER.format("NW-1"), mine).status_code == 302
    ours.refresh_from_db(), theirs.refresh_from_db(), meeting.refresh_from_db()
    assert (ours.report, theirs.outcome, meeting.children) == (ReportState.LATE, Outcome.ATTENDED, 4)


def test_ending_that_somebody_changed_meanwhile_shows_both_versions(client, dana, second_admin, meeting):
    mine = page_of(meeting, end_children="5")
    client.force_login(second_admin)
    send(client, meeting, end_children="4")
    client.force_login(dana)
    answer = client.post(REGISTER.format("NW-1"), mine)
    assert answer.status_code == 409 and "4 considered" in text(answer)
    meeting.refresh_from_db()
    assert meeting.children == 4


@pytest.mark.parametrize("seen", ["", "nonsense", "[]"])
def test_page_that_does_not_say_what_it_saw_overwrites_nothing(client, dana, meeting, theirs, seen):
    client.force_login(dana)
    sent = page_of(meeting, **typed(theirs, outcome="absent")) | {f"line-{theirs.pk}-seen": seen}
    assert client.post(REGISTER.format("NW-1"), sent).status_code == 409
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.APOLOGIES


def test_register_closed_meanwhile_keeps_what_was_typed_on_the_page(client, dana, second_admin, meeting, theirs):
    mine = page_of(meeting, **typed(theirs, outcome="attended"))
    actions.close_registers(by=second_admin, meetings=[meeting], tell=False)
    client.force_login(dana)
    answer = client.post(REGISTER.format("NW-1"), mine)
    words = text(answer)
    assert answer.status_code == 409
    assert "Dilys closed this register" in words and b'value="stay"' not in answer.content
    theirs.refresh_from_db()
    assert theirs.outcome == Outcome.APOLOGIES


# --- Queries --------------------------------------------------------------------------------------


def queries(client, work) -> int:
    with CaptureQueriesContext(connection) as found:
        assert work().status_code in (200, 302)
    return len(found)


def test_register_takes_the_same_number_of_queries_for_3_lines_and_for_30(client, dana, partnership):
    client.force_login(dana)
    counts = []
    for number in (3, 30):
        meeting = make.MeetingFactory(partnership=partnership, reference=f"NW-Q{number}")
        lines = invite(meeting, number)
        sent = page_of(meeting, **{
            name: value for line in lines for name, value in typed(line, outcome="attended", report="late").items()
        })
        address = REGISTER.format(meeting.reference)
        counts.append([
            queries(client, lambda address=address: client.get(address)),
            queries(client, lambda address=address, sent=sent: client.post(address + "quorum/", sent)),
            queries(client, lambda address=address, sent=sent: client.post(address, sent)),
            queries(client, lambda address=address: client.get(address.replace("register", "close"))),
        ])
        assert Meeting.objects.get(pk=meeting.pk).lines.filter(report="late").count() == number
    assert counts[0] == counts[1]


def test_register_of_a_meeting_to_come_can_be_prepared(client, dana, partnership, agency_a):
    row = make.MeetingFactory(partnership=partnership, held_on=today(), state=MeetingState.PLANNED)
    make.AttendanceFactory(meeting=row, agency=agency_a)
    client.force_login(dana)
    assert opened(client, row).status_code == 200


def test_line_taken_off_meanwhile_is_said(client, dana, meeting, theirs):
    mine = page_of(meeting, **typed(theirs, outcome="absent"))
    theirs.delete()
    client.force_login(dana)
    answer = client.post(REGISTER.format("NW-1"), mine)
    assert "Somebody took a line off this register meanwhile" in text(client.get(answer.url))
