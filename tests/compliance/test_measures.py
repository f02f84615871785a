"""Measures against grids that were counted by hand, and how they ask the database."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from compliance.management.commands.write_measures import PAGE, text
from compliance.measures import MEASURES, Scope, score
from compliance.measures.definitions import AGENCY_MEASURES, PARTNERSHIP_MEASURES
from compliance.period import Period
from compliance.scorecard import MEETING_BASES, Basis, Rating, percent
from conferences.choices import (
    COUNTED,
    Expectation,
    MeetingKind,
    MeetingState,
    Mode,
    Outcome,
    ReportState,
)
from conferences.models import Attendance, Meeting
from partnership.models import Membership

PUBLISHED = Path(__file__).resolve().parent.parent / "data/published"
CLOSED_AT = datetime(2016, 1, 4, 12, tzinfo=UTC)
TODAY = date(2026, 1, 31)


def published(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def closed_meeting(partnership, **fields) -> Meeting:
    """A meeting whose register is closed; conferences were quorate unless told."""
    fields = {"kind": MeetingKind.INITIAL, "closed_at": CLOSED_AT} | fields
    if fields["kind"] != MeetingKind.CORE_GROUP:
        fields = {"quorate": True, "quorum_sentence": "Quorate."} | fields
    return make.MeetingFactory(partnership=partnership, **fields)


def agency_of(partnership, code: str, **fields) -> Membership:
    agency = make.AgencyFactory(**fields)
    return make.MembershipFactory(partnership=partnership, agency=agency, code=code)


def figures(card, measure: str, **by: str) -> dict[str, tuple[int, int, str]]:
    """By basis: met, total and the percentage as printed."""
    wanted = tuple(by.items())
    return {
        str(r.basis): (r.met, r.total, r.percent_text)
        for r in card.result(measure).readings
        if r.by == wanted
    }


# --- The worked example of denominators -----------------------------------------------------------


@pytest.fixture
def example(partnership):
    """One agency's quarter of twenty conferences, as the file writes it."""
    membership = agency_of(partnership, "EX")
    rows = published("denominators-worked-example.csv")
    for day, row in enumerate(rows, 1):
        assert row["held"] == "yes"
        meeting = closed_meeting(partnership, reference=row["meeting"], held_on=date(2015, 1, day))
        if row["invited"] == "yes":
            make.AttendanceFactory(
                meeting=meeting, agency=membership.agency, staff_member=None,
                involved=row["involved"] == "yes", outcome=row["outcome"], mode=row["mode"],
                report=row["report"],
            )
    return score(Scope(partnership, membership), Period(2014, "Q4"), on=TODAY)


def test_worked_example_counts_the_member_over_the_involved(example):
    assert figures(example, "conference_attendance", who="member")["involved"] == (6, 9, "66.7")


def test_worked_example_counts_represented_on_four_bases(example):
    assert figures(example, "conference_attendance") == {
        "involved": (7, 9, "77.8"), "known": (7, 9, "77.8"), "invited": (8, 12, "66.7"),
        "all": (8, 20, "40.0"),
    }


def test_worked_example_counts_a_report_on_time_as_a_contribution(example):
    assert figures(example, "contribution")["involved"] == (8, 9, "88.9")
    assert figures(example, "contribution")["all"] == (9, 20, "45.0")


def test_worked_example_counts_modes_over_the_whole_total(example):
    shares = {
        mode: figures(example, "conference_attendance", mode=mode)["involved"][:2] for mode in Mode
    }
    assert shares == {Mode.IN_PERSON: (4, 9), Mode.VIDEO: (2, 9), Mode.PHONE: (1, 9)}


def test_worked_example_counts_reports_over_those_expected(example):
    assert figures(example, "reports_in_time") == {
        "involved": (6, 9, "66.7"), "invited": (6, 9, "66.7"),
    }


def test_a_quarter_without_meetings_reads_none(example, partnership):
    empty = example.previous
    assert empty.period == Period(2014, "Q3")
    for key in ("conference_attendance", "contribution", "core_group_attendance"):
        assert set(figures(empty, key).values()) == {(0, 0, "none")}


# --- The grid of Calderdale -----------------------------------------------------------------------

CODES = {
    "Y": Outcome.ATTENDED, "D": Outcome.DEPUTY, "A": Outcome.APOLOGIES, "N": Outcome.ABSENT,
}
KINDS = {  # the three meetings as three kinds, so that each has a reading of its own
    "2015-04-02": MeetingKind.INITIAL, "2015-06-04": MeetingKind.REVIEW,
    "2015-08-06": MeetingKind.PRE_BIRTH,
}


@pytest.fixture
def calderdale(partnership):
    """Seats as agencies, meetings as conferences; "-" is a seat that was not invited."""
    meetings = {
        on: closed_meeting(partnership, kind=kind, held_on=date.fromisoformat(on))
        for on, kind in KINDS.items()
    }
    rows = published("calderdale-board-2015.csv")
    seats = {
        seat: agency_of(partnership, f"S{number}", name=f"Seat: {seat}").agency
        for number, seat in enumerate(dict.fromkeys(row["seat"] for row in rows))
    }
    assert len(seats) == 34 and len(rows) == 102
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meetings[row["held_on"]], agency=seats[row["seat"]], outcome=CODES[row["code"]],
            invited_on=date(2015, 3, 2), expectation=Expectation.ATTEND,
        )
        for row in rows
        if row["code"] != "-"
    )
    return score(Scope(partnership), Period(2015, "H1"), on=TODAY)


def test_calderdale_members_came_to_56_of_96(calderdale):
    whole = figures(calderdale, "conference_attendance", who="member")
    assert whole["involved"] == whole["invited"] == whole["known"] == (56, 96, "58.3")


def test_calderdale_was_represented_at_65_of_96(calderdale):
    whole = figures(calderdale, "conference_attendance")
    assert whole["involved"] == whole["invited"] == whole["known"] == (65, 96, "67.7")


def test_calderdale_meetings_each_read_as_printed(calderdale):
    read = [
        figures(calderdale, "conference_attendance", kind=k)["involved"] for k in KINDS.values()
    ]
    assert [percent_text for *_, percent_text in read] == ["77.4", "71.9", "54.5"]
    assert [total for _, total, _ in read] == [31, 32, 33]


def test_calderdale_seats_that_were_not_there_count_under_the_basis_all_only(calderdale):
    whole = figures(calderdale, "conference_attendance")
    assert whole.pop("all") == (65, 102, "63.7")
    assert all(percent_text == "67.7" for *_, percent_text in whole.values())


# --- Figures that others printed ------------------------------------------------------------------


def test_reviews_in_time_recompute_as_the_department_printed_them():
    rows = published("dfe-reviews-in-time-2018.csv")
    assert len(rows) == 6
    for row in rows:
        again = percent(int(row["reviewed_in_time"]), int(row["on_plan_3_months"]))
        assert again == Decimal(row["printed_percent"]), row["authority"]


def test_initial_conferences_in_time_recompute():
    for row in published("dfe-icpc-timeliness-2018.csv"):
        in_time = int(row["days_0_10"]) + int(row["days_11_15"])
        assert percent(in_time, int(row["icpc"])) == Decimal(row["within_15_derived"])


def test_places_taken_recompute_half_up_to_no_decimals():
    rows = [row for row in published("llr-training-2016-q1.csv") if row["attendees"]]
    for row in rows:
        taken = percent(int(row["attendees"]), int(row["capacity"]))
        assert int(taken + Decimal("0.5")) == int(row["printed_rate"]), row["course"]


def test_walk_ins_are_in_no_rate_of_registrations():
    assert percent(269, 318) == Decimal("84.6")
    assert percent(304, 318) == Decimal("95.6")  # what was printed as 96, walk-ins among the met


# --- What a meeting counts for --------------------------------------------------------------------


def line(meeting, membership, **fields):
    fields = {"staff_member": None} | fields
    return make.AttendanceFactory(meeting=meeting, agency=membership.agency, **fields)


@pytest.fixture
def police(partnership):
    return agency_of(partnership, "TV")


def year_of(partnership, membership=None):
    return score(Scope(partnership, membership), Period(2014), on=TODAY)


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({}, True),
        ({"state": MeetingState.STOOD_DOWN, "quorate": False}, True),
        ({"closed_at": None, "quorate": None, "quorum_sentence": ""}, False),
        ({"state": MeetingState.CANCELLED, "quorate": None, "quorum_sentence": ""}, False),
        ({"kind": MeetingKind.OUTSIDE, "quorate": None, "quorum_sentence": ""}, False),
        ({"held_on": date(2015, 4, 1)}, False),
        ({"held_on": date(2014, 3, 31)}, False),
    ],
)
def test_meeting_counts_only_when_it_is_closed_and_of_the_period(
    partnership, police, fields, counted
):
    fields = {"held_on": date(2015, 3, 2)} | fields
    line(closed_meeting(partnership, **fields), police, outcome=Outcome.ATTENDED)
    card = year_of(partnership, police)
    assert figures(card, "conference_attendance")["involved"][:2] == (int(counted), int(counted))
    quoracy = year_of(partnership).result("quoracy").headline
    stood_down = fields.get("state") == MeetingState.STOOD_DOWN
    assert (quoracy.met, quoracy.total) == (int(counted and not stood_down), int(counted))


def test_open_register_stands_beside(partnership, police):
    open_one = closed_meeting(partnership, closed_at=None, quorate=None, quorum_sentence="")
    line(open_one, police, outcome=Outcome.ATTENDED)
    assert year_of(partnership, police).count("open_registers") == 1
    assert year_of(partnership, agency_of(partnership, "OTHER")).count("open_registers") == 0


def test_two_people_of_one_agency_count_once(partnership, police):
    meeting = closed_meeting(partnership)
    for outcome in (Outcome.DEPUTY, Outcome.ATTENDED, Outcome.APOLOGIES):
        person = make.StaffMemberFactory(agency=police.agency)
        mode = "" if outcome is Outcome.APOLOGIES else Mode.PHONE
        line(meeting, police, staff_member=person, outcome=outcome, mode=mode)
    card = year_of(partnership, police)
    assert figures(card, "conference_attendance")["involved"][:2] == (1, 1)
    assert figures(card, "conference_attendance", who="member")["involved"][:2] == (1, 1)
    assert figures(card, "conference_attendance", who="deputy")["involved"][:2] == (0, 1)


def test_unknown_outcome_is_not_met_and_on_known_not_counted(partnership, police):
    line(closed_meeting(partnership), police, outcome=Outcome.UNKNOWN)
    line(closed_meeting(partnership), police, outcome=Outcome.ATTENDED)
    card = year_of(partnership, police)
    whole = figures(card, "conference_attendance")
    assert whole["involved"][:2] == whole["invited"][:2] == (1, 2)
    assert whole["known"][:2] == (1, 1)
    assert card.count("unknown_outcomes") == 1


@pytest.mark.parametrize("report", ReportState)
def test_report_counts_as_a_contribution_only_on_time(partnership, police, report):
    line(closed_meeting(partnership), police, outcome=Outcome.APOLOGIES, report=report)
    card = year_of(partnership, police)
    in_time = int(report is ReportState.ON_TIME)
    assert figures(card, "contribution")["involved"][:2] == (in_time, 1)
    expected = int(report is not ReportState.NOT_REQUIRED)
    assert figures(card, "reports_in_time")["involved"][:2] == (in_time, expected)


@pytest.mark.parametrize(
    ("expectation", "outcome", "expected"),
    [
        (Expectation.BOTH, Outcome.ATTENDED, 1), (Expectation.REPORT, Outcome.ATTENDED, 1),
        (Expectation.ATTEND, Outcome.ABSENT, 0), (Expectation.EITHER, Outcome.ATTENDED, 0),
        (Expectation.EITHER, Outcome.DEPUTY, 0), (Expectation.EITHER, Outcome.ABSENT, 1),
    ],
)
def test_report_is_expected_as_the_local_rule_says(
    partnership, police, expectation, outcome, expected
):
    line(
        closed_meeting(partnership), police, expectation=expectation, outcome=outcome,
        report=ReportState.LATE,
    )
    card = year_of(partnership, police)
    assert figures(card, "reports_in_time")["involved"][:2] == (0, expected)


def test_every_disputed_line_is_counted_until_it_is_settled(partnership, police):
    meeting, said = closed_meeting(partnership), {"disputed_at": CLOSED_AT, "dispute": "We came."}
    for more in ({}, {}, {"settled_at": CLOSED_AT, "settlement": "Put right."}):
        person = make.StaffMemberFactory(agency=police.agency)
        line(meeting, police, staff_member=person, **said, **more)
    assert year_of(partnership, police).count("disputed_lines") == 2


def test_parts_of_an_agency_count_for_their_parent(partnership):
    schools = agency_of(partnership, "EDU", name="Schools")
    parts = [agency_of(partnership, f"E{n}", parent=schools.agency) for n in range(2)]
    meeting = closed_meeting(partnership)
    line(meeting, parts[0], outcome=Outcome.ATTENDED)
    line(meeting, parts[1], outcome=Outcome.ABSENT)
    assert figures(year_of(partnership, schools), "conference_attendance")["involved"][:2] == (1, 2)
    assert figures(year_of(partnership, parts[1]), "conference_attendance")["involved"][:2] == (
        0,
        1,
    )
    whole = figures(year_of(partnership), "conference_attendance")
    assert whole["all"][:2] == (1, 2)  # the parent was not invited itself: it has no seat


def test_initial_held_after_the_period_in_which_it_was_due_is_late_in_that_period(partnership):
    fields = {"held_on": date(2015, 4, 27), "strategy_discussion_on": date(2015, 3, 2)}
    closed_meeting(partnership, **fields)
    in_time = year_of(partnership).result("timeliness").reading(Basis.ALL, what="initial")
    assert (in_time.met, in_time.total) == (0, 1)
    next_year = score(Scope(partnership), Period(2015), on=TODAY).result("timeliness")
    assert next_year.reading(Basis.ALL, what="initial").total == 0


def test_initial_cancelled_is_due_for_nobody(partnership):
    fields = {"held_on": date(2015, 4, 27), "strategy_discussion_on": date(2015, 3, 2)}
    nobodys = {"state": MeetingState.CANCELLED, "quorate": None, "quorum_sentence": ""}
    closed_meeting(partnership, **fields, **nobodys)
    assert year_of(partnership).result("timeliness").headline.total == 0


def test_meetings_of_another_partnership_are_not_counted(partnership, elsewhere, police):
    there = make.MembershipFactory(partnership=elsewhere, agency=police.agency, code="POL")
    line(closed_meeting(elsewhere), there, outcome=Outcome.ATTENDED)
    assert figures(year_of(partnership, police), "conference_attendance")["all"][:2] == (0, 0)
    assert figures(year_of(elsewhere, there), "conference_attendance")["all"][:2] == (1, 1)


# --- Targets --------------------------------------------------------------------------------------


def test_target_in_force_on_the_day_rates_the_headline(partnership, police):
    for day in range(1, 6):
        line(
            closed_meeting(partnership, held_on=date(2015, 3, day)),
            police,
            outcome=Outcome.ATTENDED,
        )
    make.TargetFactory(
        partnership=partnership, measure="conference_attendance", good_from=Decimal(100),
        watch_from=Decimal(50), effective_until=date(2015, 3, 31),
    )
    before = score(Scope(partnership, police), Period(2014), on=date(2015, 3, 30))
    assert before.rating(before.result("conference_attendance").headline) is Rating.GOOD
    assert before.rating(before.result("contribution").headline) is None
    after = score(Scope(partnership, police), Period(2014), on=TODAY)
    assert after.targets == ()


def test_newest_target_wins_and_those_of_others_do_not_count(partnership, elsewhere, police):
    for since, good in ((date(2000, 1, 1), 50), (date(2014, 4, 1), 90)):
        make.TargetFactory(
            partnership=partnership, good_from=good, watch_from=10, effective_from=since
        )
    make.TargetFactory(partnership=elsewhere, measure="quoracy")
    (target,) = year_of(partnership, police).targets
    assert (target.measure, target.good_from) == ("training_current", 90)


# --- Trend and the period before ------------------------------------------------------------------


def test_trend_is_the_quarters_and_sums_to_the_year(bf_year):
    card = score(Scope(bf_year), Period(2014), on=TODAY)
    assert [part.period.part for part in card.trend] == ["Q1", "Q2", "Q3", "Q4"]
    for key in ("quoracy", "conference_attendance", "contribution", "core_group_attendance"):
        parts = [part.result(key).headline for part in card.trend]
        whole = card.result(key).headline
        assert (sum(p.met for p in parts), sum(p.total for p in parts)) == (whole.met, whole.total)


def test_quarter_of_the_trend_is_what_the_quarter_itself_reads(bf_year):
    year = score(Scope(bf_year), Period(2014), on=TODAY)
    quarter = score(Scope(bf_year), Period(2014, "Q3"), on=TODAY)
    for result in year.trend[2].results:
        assert result.headline == quarter.result(result.measure.key).headline


def test_period_before_stands_beside(bf_year):
    card = score(Scope(bf_year), Period(2014, "H2"), on=TODAY)
    assert card.previous.period == Period(2014, "H1")
    assert card.previous.result("quoracy").headline.working == "114 of 124"


# --- Definitions ----------------------------------------------------------------------------------


def test_every_measure_is_defined_once_in_a_sentence():
    assert len(MEASURES) == len(PARTNERSHIP_MEASURES) == 9
    assert set(AGENCY_MEASURES) < set(PARTNERSHIP_MEASURES)
    for measure in MEASURES.values():
        assert measure.sentence.endswith(".") and measure.title and measure.met_label


def test_page_of_measures_is_the_one_that_the_command_writes():
    written = (settings.BASE_DIR / PAGE).read_text(encoding="utf-8")
    assert written == text(), "Run: python manage.py write_measures"


# --- Queries --------------------------------------------------------------------------------------

# One period of an agency: training 7, meetings, lines, missed, open registers, and of escalations
# the stages due, the cases, their stages, the steps of these; twice, with the period before; and
# once the targets and the agencies in scope.
AGENCY_QUERIES = 2 * (12 + 4) + 2 + 2  # the last: the board's actions, and whether it made its return
# A partnership also reads its five local rules and the initials that are late, for timeliness.
PARTNERSHIP_QUERIES = 2 * (12 + 4 + 6) + 2 + 2


def few(partnership) -> Scope:
    """A partnership with one agency and, in each of two years, one of everything."""
    one = agency_of(partnership, "ONE")
    person = make.StaffMemberFactory(agency=one.agency)
    requirement = make.RequirementFactory(partnership=partnership, role_group=person.role_group)
    make.TrainingRecordFactory(staff_member=person, course=requirement.courses.get())
    for on in (date(2014, 5, 1), date(2014, 8, 1), date(2013, 5, 1)):
        line(closed_meeting(partnership, held_on=on), one, staff_member=person, outcome="attended")
    escalate(partnership, one, 1)
    return Scope(partnership, one)


def escalate(partnership, membership, number: int) -> None:
    """Cases about an agency, open since 2013, each with a stage due and answered in 2014."""
    policy = make.PolicyFactory(partnership=partnership)
    step = policy.stages.first() or make.PolicyStageFactory(policy=policy, position=1)
    for case in make.EscalationFactory.create_batch(
        number, partnership=partnership, policy=policy, about=membership.agency,
        raised_at=datetime(2013, 5, 1, 9, tzinfo=UTC),
    ):
        make.StageFactory(
            escalation=case,
            policy_stage=step,
            entered_at=case.raised_at,
            due_at=datetime(2014, 8, 1, 17, tzinfo=UTC),
            answered_at=datetime(2014, 7, 1, tzinfo=UTC),
            answered_by=case.raised_by,
            answer="A deputy is named.",
        )


def scope_of(partnership, code: str) -> Scope:
    rows = Membership.objects.select_related("agency", "partnership")
    membership = rows.get(partnership=partnership, code=code)
    return Scope(membership.partnership, membership)


def queries(scope: Scope, period: Period, **more) -> int:
    with CaptureQueriesContext(connection) as asked:
        score(scope, period, on=TODAY, **more)
    return len(asked)


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("period", [Period(2014), Period(2014, "Q2")], ids=str)
def test_agency_is_scored_in_as_many_queries_however_much_there_is(
    bf_year, partnership, period, names
):
    small, large = few(partnership), scope_of(bf_year, "EDU")
    escalate(bf_year, large.membership, 5)
    assert queries(small, period, with_names=names) == AGENCY_QUERIES
    assert queries(large, period, with_names=names) == AGENCY_QUERIES


def test_partnership_is_scored_in_as_many_queries_however_much_there_is(bf_year, partnership):
    small = Scope(few(partnership).partnership)
    escalate(bf_year, scope_of(bf_year, "EDU").membership, 5)
    assert queries(small, Period(2014)) == PARTNERSHIP_QUERIES
    assert queries(Scope(bf_year), Period(2014)) == PARTNERSHIP_QUERIES


def test_bases_of_meetings_are_the_four_and_kinds_are_the_counted():
    assert len(MEETING_BASES) == 4 and MeetingKind.OUTSIDE not in COUNTED
