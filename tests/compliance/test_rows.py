"""Every number opens its rows: as many as it counts, as many met as it says are met."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import faces
from compliance.demo import factories as make
from compliance.measures import MEASURES, Scope, open_ledger, score
from compliance.period import Period
from compliance.rows import OPENABLE_COUNTS, NoSuchRows, opened, opened_count
from conferences.choices import ExcuseReason, MeetingKind, Outcome, ReportState
from partnership.models import Membership, StaffMember
from partnership.roles import Role
from tests.compliance import test_published_figures as published
from training.models import Course

card_of = published.card_of
YEAR = Period(2014)
TODAY = date(2026, 1, 31)
# The partnership (of its agencies one), an agency that attends and reports, one that does either.
CODES = ("", "TVP", "HOU")


@pytest.fixture(scope="session")
def ledger_of(bf_year_key, django_db_blocker):
    """Ledgers of the year by agency code, "" for the partnership; each is read once."""
    ledgers = {}

    def ledger(code: str = ""):
        if code not in ledgers:
            with django_db_blocker.unblock():
                ledgers[code] = open_ledger(scope_of(bf_year_key, code), YEAR, TODAY)
        return ledgers[code]

    return ledger


def scope_of(partnership, code: str) -> Scope:
    rows = Membership.objects.select_related("agency", "partnership").filter(
        partnership=partnership
    )
    membership = rows.get(code=code) if code else rows.first()
    return Scope(membership.partnership, membership if code else None)


@pytest.fixture(scope="session")
def all_opened(ledger_of, card_of, django_db_blocker):
    """Every reading and every count of a scorecard with its rows, opened once."""
    found = {}

    def opened_of(code: str):
        if code not in found:
            ledger, card = ledger_of(code), card_of(code)
            with django_db_blocker.unblock():
                readings = [
                    (r, opened(ledger, r.measure, str(r.basis), dict(r.by), names=False))
                    for r in card.readings
                    if dict(r.by).get("agency", "TVP") == "TVP"
                ]
                counts = [
                    (c, opened_count(ledger, c.key, names=False))
                    for c in card.counts
                    if not c.by and c.key in OPENABLE_COUNTS
                ]
            found[code] = readings, counts
        return found[code]

    return opened_of


# --- The promise ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_reading_opens_as_many_rows_as_it_counts(bf_year, all_opened, code):
    readings, _ = all_opened(code)
    assert len(readings) > 50
    for reading, found in readings:
        assert (found.met, found.total) == (reading.met, reading.total), reading
        assert all(len(row.cells) == len(found.columns) for row in found.rows)


@pytest.mark.parametrize("code", CODES)
def test_every_count_that_can_be_opened_opens_as_many_rows(bf_year, all_opened, code):
    _, counts = all_opened(code)
    assert len(counts) > 15
    for count, found in counts:
        assert found.total == count.value, count
        assert all(len(row.cells) == len(found.columns) for row in found.rows)


def test_reading_by_child_counts_children_and_not_meetings(bf_year, ledger_of):
    ledger = ledger_of()
    whole = opened(ledger, "timeliness", "all", {}, names=False)
    by_child = opened(ledger, "timeliness", "all", {"unit": "child"}, names=False)
    assert len(whole.rows) == len(by_child.rows) == whole.total
    assert by_child.total == sum(row.cells[-1] for row in by_child.rows) > whole.total


def test_rows_of_every_count_name_only_meetings_of_the_period(bf_year, ledger_of):
    days = {
        row.cells[2] for key in ("conferences", "core_groups", "missed", "late_invitations")
        for row in opened_count(ledger_of("TVP"), key, names=False).rows
    }
    assert days and all(day in YEAR for day in days)


# --- What the year does not hold ------------------------------------------------------------------


@pytest.fixture
def odd(partnership):
    """An agency with two people at one conference, each line disputed and twice changed; a
    core group stood down with a concern; an initial held after its period."""
    membership = make.MembershipFactory(partnership=partnership, code="ODD")
    closed = {"closed_at": datetime(2016, 1, 4, tzinfo=UTC)}
    judged = closed | {"quorate": False, "quorum_sentence": "Not quorate."}
    meeting = make.MeetingFactory(partnership=partnership, exploitation_concern=True, **judged)
    for report in (ReportState.LATE, ReportState.ON_TIME):
        make.AttendanceFactory(
            meeting=meeting, agency=membership.agency, report=report, involved_changes=2,
            outcome=Outcome.UNKNOWN, late_invitation=True, disputed_at=closed["closed_at"],
            dispute="We came.",
        )
    group = {"kind": MeetingKind.CORE_GROUP, "state": "stood_down", "exploitation_concern": True}
    make.MeetingFactory(partnership=partnership, **closed, **group)
    make.MeetingFactory(
        partnership=partnership, held_on=date(2015, 4, 27), children=3,
        strategy_discussion_on=date(2015, 3, 2), **judged,
    )
    escalations(partnership, membership.agency)
    return membership


def escalations(partnership, agency) -> None:
    """Two stages due in the period, one of them answered in time, and one due after it."""
    step = make.PolicyStageFactory(policy__partnership=partnership, position=1)
    due, late = datetime(2014, 8, 1, 17, tzinfo=UTC), datetime(2014, 8, 2, 9, tzinfo=UTC)
    after = datetime(2015, 4, 1, 17, tzinfo=UTC)
    for due_at, answered_at in ((due, due), (due, late), (after, None)):
        case = make.EscalationFactory(
            partnership=partnership, policy=step.policy, about=agency,
            raised_at=datetime(2014, 7, 1, 9, tzinfo=UTC),
        )
        answered = {"answered_by": case.raised_by, "answer": "A deputy."} if answered_at else {}
        make.StageFactory(
            escalation=case, policy_stage=step, entered_at=case.raised_at, due_at=due_at,
            answered_at=answered_at, **answered,
        )


@pytest.mark.parametrize("whole", [True, False])
def test_odd_numbers_open_their_rows_too(partnership, odd, whole):
    scope = Scope(partnership, None if whole else odd)
    card, ledger = score(scope, YEAR, on=TODAY), open_ledger(scope, YEAR, TODAY)
    assert (card.count("disputed_lines"), card.count("involvement_changes")) == (2, 4)
    for reading in card.readings:
        found = opened(ledger, reading.measure, str(reading.basis), dict(reading.by), names=False)
        assert (found.met, found.total) == (reading.met, reading.total), reading
    for count in card.counts:
        if not count.by and count.key in OPENABLE_COUNTS:
            assert opened_count(ledger, count.key, names=False).total == count.value, count


def test_stages_of_escalations_open_with_their_reference_for_the_agency_only(partnership, odd):
    ledger = open_ledger(Scope(partnership, odd), YEAR, TODAY)
    for by in ({}, {"stage": "1"}, {"agency": "ODD"}):
        named = opened(ledger, "escalation_in_time", "all", by, names=True)
        assert (named.met, named.total) == (1, 2)
        assert "Reference" in named.columns and all("ES-" in row.cells[0] for row in named.rows)
        unnamed = opened(ledger, "escalation_in_time", "all", by, names=False)
        assert (unnamed.met, unnamed.total) == (1, 2) and "Reference" not in unnamed.columns
        assert not any("ES-" in str(cell) for row in unnamed.rows for cell in row.cells)


def test_row_shows_the_best_report_that_an_agency_sent(partnership, odd):
    ledger = open_ledger(Scope(partnership, odd), YEAR, TODAY)
    (row,) = opened(ledger, "contribution", "involved", {}, names=False).rows
    assert row.met and "On time" in row.cells and "Late" not in row.cells


# --- Names ----------------------------------------------------------------------------------------

PEOPLE = (
    ("training_current", "due", {}), ("training_current", "due", {"unit": "people"}),
    ("training_current", "due", {"course": "CPC"}), ("duty_trained", "all", {}),
)


@pytest.mark.parametrize(("measure", "basis", "by"), PEOPLE)
def test_rows_name_people_only_with_names(bf_year, ledger_of, measure, basis, by):
    people = StaffMember.objects.filter(agency=ledger_of("TVP").scope.agency)
    names = {person.name for person in people}
    named = opened(ledger_of("TVP"), measure, basis, by, names=True)
    assert named.rows and "Person" in named.columns
    assert all(names & set(row.cells) for row in named.rows)
    unnamed = opened(ledger_of("TVP"), measure, basis, by, names=False)
    assert "Person" not in unnamed.columns and len(unnamed.rows) == len(named.rows)


@pytest.mark.parametrize("code", ["", "TVP"])
def test_without_names_no_cell_of_any_row_names_anybody(bf_year, all_opened, code):
    people = StaffMember.objects.all()
    names = {person.name for person in people} | {person.reference for person in people}
    tables = [found for part in all_opened(code) for _, found in part]
    cells = {
        cell for one in tables for row in one.rows for cell in row.cells if isinstance(cell, str)
    }
    assert cells and not names & cells


@pytest.mark.parametrize("key", ["training_expired", "training_never", "training_not_yet_due"])
def test_rows_of_a_standing_name_people_only_with_names(bf_year, ledger_of, key):
    assert "Person" in opened_count(ledger_of("TVP"), key, names=True).columns
    assert "Person" not in opened_count(ledger_of("TVP"), key, names=False).columns


# --- What names no number -------------------------------------------------------------------------

NO_NUMBER = [
    ("nonsense", "all", {}),
    ("", "", {}),
    ("quoracy", "", {}),
    ("quoracy", "involved", {}),
    ("training_current", "all", {}),
    ("training_current", "nonsense", {}),
    ("conference_attendance", "due", {}),
    ("conference_attendance", "INVOLVED", {}),
    ("reports_in_time", "all", {}),
    ("reports_in_time", "known", {}),
    ("timeliness", "due", {}),
    ("duty_trained", "involved", {}),
    ("escalation_in_time", "due", {}),
    ("conference_attendance", "involved", {"agency": "NOBODY"}),
    ("conference_attendance", "involved", {"mode": "telepathy"}),
    ("conference_attendance", "involved", {"who": "nobody"}),
    ("conference_attendance", "involved", {"kind": "wedding"}),
    ("conference_attendance", "involved", {"kind": "outside"}),
    ("conference_attendance", "involved", {"course": "CPC"}),
    ("conference_attendance", "involved", {"mode": "phone", "who": "member"}),
    ("contribution", "involved", {"mode": "phone"}),
    ("core_group_attendance", "all", {"what": "initial"}),
    ("quoracy", "all", {"half": "2013-14 H1"}),
    ("quoracy", "all", {"half": "2014-15 Q1"}),
    ("quoracy", "all", {"quarter": "2014-15"}),
    ("quoracy", "all", {"quarter": "x"}),
    ("timeliness", "all", {"what": "wedding"}),
    ("timeliness", "all", {"unit": "people"}),
    ("training_current", "due", {"course": "XXX"}),
    ("training_current", "due", {"role_group": "x"}),
    ("training_current", "due", {"unit": "child"}),
    ("escalation_in_time", "all", {"stage": "99"}),
]


@pytest.mark.parametrize(("measure", "basis", "by"), NO_NUMBER)
def test_rows_of_no_number_are_refused(bf_year, ledger_of, measure, basis, by):
    with pytest.raises(NoSuchRows):
        opened(ledger_of(), measure, basis, by, names=False)


@pytest.mark.parametrize(
    "key", ["", "nonsense", "training_", "training_nonsense", "escalations_raised_by"]
)
def test_count_that_has_no_rows_is_refused(bf_year, ledger_of, key):
    with pytest.raises(NoSuchRows):
        opened_count(ledger_of(), key, names=False)


def test_value_without_a_row_in_the_period_opens_an_empty_table(bf_year, ledger_of):
    found = opened(ledger_of(), "quoracy", "all", {"kind": "transfer_in_conference"}, names=False)
    assert (found.met, found.total, found.rows) == (0, 0, [])


def test_agency_opens_its_own_rows_only(bf_year, ledger_of):
    found = opened(
        ledger_of("TVP"), "conference_attendance", "involved", {"agency": "TVP"}, names=False
    )
    assert found.total == 191
    with pytest.raises(NoSuchRows):
        opened(ledger_of("TVP"), "conference_attendance", "involved", {"agency": "GP"}, names=False)


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def reader(bf_year, client):
    """The client signed in as a member of the training sub-group."""
    client.force_login(make.GrantFactory(role=Role.TRAINING_SUBGROUP, partnership=bf_year).user)
    return client


PLACE = "/partnerships/BF/"


def test_page_of_rows_says_the_number_that_led_to_it(reader):
    address = f"{PLACE}rows/?period=2014-15&measure=quoracy&basis=all&half=2014-15 H1"
    answer = reader.get(address)
    assert answer.status_code == 200
    assert "114 of 124" in published.words(answer.content)
    heads = [column["text"] for column in answer.context["columns"]]
    assert heads == ["Meeting", "Quorate", "Kind", "Date", "Held"]  # whether it is met is said once
    assert all(len(row) == len(heads) for row in answer.context["rows"])


def test_page_of_rows_by_child_says_the_number_that_led_to_it(reader, card_of):
    reading = next(r for r in card_of().readings if r.by == (("unit", "child"),))
    answer = reader.get(f"{PLACE}rows/?period=2014-15&measure=timeliness&basis=all&unit=child")
    assert reading.working in published.words(answer.content)


def test_every_link_of_the_page_opens(reader, card_of):
    page = reader.get(f"{PLACE}agencies/YOS/?period=2014-15").content.decode()
    links = published.rows_links(page)
    assert len(links) > 30
    for link in links[::12]:
        assert reader.get(link).status_code == 200, link


@pytest.mark.parametrize(("measure", "basis", "by"), NO_NUMBER[::4])
def test_page_of_no_number_is_not_found(reader, measure, basis, by):
    asked = {"period": "2014-15", "measure": measure, "basis": basis} | by
    assert reader.get(f"{PLACE}rows/", asked).status_code == 404


@pytest.mark.parametrize("period", ["2014-16", "nonsense", "2014-15-Q5"])
def test_page_of_no_period_is_not_found(reader, period):
    asked = {"period": period, "measure": "quoracy", "basis": "all"}
    assert reader.get(f"{PLACE}rows/", asked).status_code == 404
    assert reader.get(f"{PLACE}rows/", asked | {"period": "2014-15"}).status_code == 200


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (PLACE, 52), (f"{PLACE}agencies/EDU/", 42),
        (f"{PLACE}agencies/EDU/report.pdf", 40),
        (f"{PLACE}rows/?measure=conference_attendance&basis=all", 12),
        (f"{PLACE}agencies/EDU/rows/?measure=training_current&basis=due", 18),
        (f"{PLACE}agencies/EDU/rows/?count=missed", 14),
    ],
)
def test_page_of_a_whole_year_asks_the_database_few_times(reader, address, most):
    reader.get("/")  # the session is made
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(address).status_code == 200
    assert len(asked) <= most


def test_every_measure_has_its_breakdowns_named():
    from compliance.rows.readings import DIMENSIONS

    assert set(DIMENSIONS) == set(MEASURES)


# --- Who may know what ----------------------------------------------------------------------------


@pytest.fixture
def excused(partnership, odd):
    """A missed attendance of the agency, excused by the conference service."""
    make.MissedDutyFactory(
        meeting=partnership.meetings.get(closed_at__year=2016, kind__endswith="conference",
                                         held_on__lt=date(2015, 4, 1)),
        agency=odd.agency, excused_reason=ExcuseReason.DIARY_CLASH,
        excused_at=datetime(2015, 1, 5, tzinfo=UTC),
    )
    return odd


def test_why_it_was_excused_is_for_the_agencys_own_eyes(partnership, excused):
    """Of its page, its files and its rows: to the sub-group only that it was excused."""
    scope, reason = Scope(partnership, excused), str(ExcuseReason.DIARY_CLASH.label)
    for names in (True, False):
        card = score(scope, YEAR, on=TODAY, with_names=names)
        ledger = open_ledger(scope, YEAR, TODAY)
        rows = opened_count(ledger, "missed_excused", names=names).rows
        assert [row.cells[-1] for row in rows] == [reason if names else "Excused"]
        assert [line.excused for line in card.missed if line.excused] == [reason if names else "Excused"]
        for form in ("csv", "json"):
            assert (reason in faces.render(card, form, datetime(2015, 5, 1, tzinfo=UTC)).decode()) <= names


def test_a_standing_of_one_course_opens_the_rows_of_that_course(bf_year, ledger_of, card_of):
    ledger = ledger_of("TVP")
    by_course = [c for c in card_of("TVP").counts if c.key == "training_expired" and c.by]
    assert by_course
    for count in by_course:
        found = opened_count(ledger, count.key, names=False, course=dict(count.by)["course"])
        assert found.total == count.value


def test_rows_name_courses_as_people_do(bf_year, ledger_of):
    found = opened(ledger_of("TVP"), "training_current", "due", {}, names=False)
    titles = {course.title for course in Course.objects.all()}
    asked = {row.cells[found.columns.index("Course")] for row in found.rows}
    assert asked and all(any(title in words for title in titles) for words in asked)


def test_a_review_that_met_with_its_register_open_is_beside_and_not_late(partnership):
    scope = Scope(partnership)
    on = {"family_ref": "F-1", "children": 2, "children_on_plan_after": 2}
    closed = {"closed_at": datetime(2014, 5, 2, tzinfo=UTC), "quorate": True, "quorum_sentence": "Yes."}
    first = make.MeetingFactory(partnership=partnership, held_on=date(2014, 5, 1), **on, **closed)
    review = make.MeetingFactory(
        partnership=partnership, held_on=date(2014, 7, 1), kind=MeetingKind.REVIEW, family_ref="F-1"
    )

    def reviews():
        card = score(scope, YEAR, on=TODAY)
        return card.result("timeliness").reading("all", what="review"), card.count("timing_register_open")

    reading, beside = reviews()
    assert (reading.total, beside) == (0, 1)
    [row] = opened_count(open_ledger(scope, YEAR, TODAY), "timing_register_open", names=False).rows
    assert (row.reference, row.cells[-1]) == (review.reference, "Held, register open")
    assert first.reference in row.cells[-2]
    type(review).objects.filter(pk=review.pk).update(**closed)
    reading, beside = reviews()
    assert (reading.met, reading.total, beside) == (1, 1, 0)


def test_a_meeting_to_which_the_reader_was_not_invited_stays_unnamed(client, partnership, odd, agency_a):
    """It counts in the lead's figures on the basis of all meetings, without reference or day."""
    lead = make.GrantFactory(role=Role.AGENCY_LEAD, agency=odd.agency).user
    other = make.MeetingFactory(
        partnership=partnership, reference="NW-SECRET", held_on=date(2014, 9, 9),
        closed_at=datetime(2014, 9, 10, tzinfo=UTC), quorate=True, quorum_sentence="Yes.",
    )
    make.AttendanceFactory(meeting=other, agency=agency_a, staff_member=None, job_title="SW")
    client.force_login(lead)
    asked = {"period": "2014-15", "measure": "conference_attendance", "basis": "all"}
    address = "/partnerships/NW/agencies/ODD/rows/"
    words = published.words(client.get(address, asked).content)
    assert "Another meeting" in words
    assert "NW-SECRET" not in words and "9 September 2014" not in words
    sam = make.GrantFactory(role=Role.TRAINING_SUBGROUP, partnership=partnership).user
    client.force_login(sam)
    words = published.words(client.get(address, asked).content)
    assert "NW-SECRET" in words and "Another meeting" not in words
