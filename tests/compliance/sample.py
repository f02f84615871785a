"""Sample scorecards: invented figures in the shape that the measures give, for tests and speed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from compliance.period import Period
from compliance.scorecard import (
    MEETING_BASES,
    Basis,
    Count,
    InquorateLine,
    Measure,
    MeasureResult,
    MissedLine,
    Over,
    PersonDue,
    Reading,
    Scorecard,
    TargetLine,
    TypedLine,
)

MADE_AT = datetime(2015, 5, 11, 14, 5, tzinfo=UTC)
YEAR = Period(2014)

MEASURES = {
    measure.key: measure
    for measure in (
        Measure(
            "training_current", "Training in date",
            "Requirements in date on the day, of the requirements due.",
            Basis.DUE, "In date", "Requirements due",
            (Over("Requirements due", "Requirements that were due on the day."),
             Over("People with something due", "People of whom something was due.", "people")),
        ),
        Measure(
            "conference_attendance", "Conference attendance",
            "Conferences at which the agency was represented, by its member or a deputy.",
            Basis.INVOLVED, "Represented", "Conferences",
        ),
        Measure(
            "core_group_attendance", "Core group attendance",
            "Core groups at which the agency was represented, by its member or a deputy.",
            Basis.INVOLVED, "Represented", "Core groups",
        ),
        Measure(
            "contribution", "Contribution",
            "Conferences to which the agency came or sent its report in time.",
            Basis.INVOLVED, "Contributed", "Conferences",
        ),
        Measure(
            "reports_in_time", "Reports in time",
            "Reports received in time, of the reports expected.",
            Basis.INVOLVED, "In time", "Reports expected",
        ),
        Measure(
            "duty_trained", "Trained for duty",
            "Attendances by people who were current that day, of those to whom a duty applied.",
            Basis.ALL, "Trained", "Attendances",
            (Over("Attendances by named people with a duty requirement", "Attendances to which a duty applied."),),
        ),
        Measure(
            "quoracy", "Quoracy",
            "Conferences that were quorate, of those held or stood down for want of a quorum.",
            Basis.ALL, "Quorate", "Conferences",
        ),
        Measure(
            "timeliness", "Timeliness",
            "Conferences, reviews and first core groups in time, of those due in the period.",
            Basis.DUE, "In time", "Due",
            (Over("Due in the period", "What fell due in it."),
             Over("Children of what was due", "The children of these meetings.", "child")),
        ),
        Measure(
            "escalation_in_time", "Escalations answered in time",
            "Stages answered by their due moment, of the stages due.",
            Basis.DUE, "Answered in time", "Stages due",
            (Over("Stages due", "Stages that were due in the period."),),
        ),
    )
}  # fmt: skip

LABELS = {
    ("course", "CPC"): "Child protection conferences and core groups: roles and responsibilities",
    ("course", "SOS"): "Signs of Safety enhanced conference format: multi-agency workshop",
    ("course", "UNI"): "Universal safeguarding awareness",
    ("role_group", "conference_practitioner"): "Conference practitioner",
    ("role_group", "manager"): "Manager",
    ("role_group", "regular_contact"): "Regular contact",
    ("unit", "people"): "People",
    ("unit", "child"): "By child",
    ("kind", "initial_conference"): "Initial conference",
    ("kind", "review_conference"): "Review conference",
    ("mode", "in_person"): "In person",
    ("mode", "video"): "Video",
    ("mode", "phone"): "Phone",
    ("who", "member"): "Member",
    ("who", "deputy"): "Deputy",
    ("what", "initial"): "Initial conferences",
    ("what", "review"): "Review conferences",
    ("what", "first_core_group"): "First core groups",
    ("missed", "attendance"): "Attendance",
    ("missed", "report"): "Report",
    ("half", "2014-15 H1"): "April to September 2014",
    ("half", "2014-15 H2"): "October 2014 to March 2015",
}
AGENCIES = (
    "Children’s Social Care", "Thames Valley Police", "Adult Social Care", "CMHT",
    "General Practice", "Health Visiting", "School Nursing", "Midwifery", "Schools: primary",
    "Schools: secondary", "Early Years", "Youth Offending Service", "Probation",
    "Housing", "Drug and Alcohol Action Team", "Ysgol Siân Llŷr-Pŵel & Partners",
)  # fmt: skip
QUALITY = (
    Count("open_registers", "Registers still open", 3),
    Count("unknown_outcomes", "Attendance with an unknown outcome", 7),
    Count("disputed_lines", "Disputed lines", 1),
    Count("late_invitations", "Late invitations", 12),
    Count("involvement_changes", "Changes of involvement after invitation", 2),
)


def result(key: str, *readings: tuple) -> MeasureResult:
    """A result from (basis, met, total, {by}) tuples."""
    return MeasureResult(
        MEASURES[key],
        tuple(
            Reading(key, b, m, t, tuple(by[0].items()) if by else ()) for b, m, t, *by in readings
        ),
    )


def attendance(key: str, kinds: tuple[str, ...]) -> MeasureResult:
    """Attendance on the four bases, by member or deputy, kind and way of taking part."""
    bases = ((Basis.ALL, 264), (Basis.INVITED, 203), (Basis.INVOLVED, 191), (Basis.KNOWN, 184))
    readings: list[tuple] = []
    for basis, total in bases:
        readings += [
            (basis, 119, total),
            (basis, 104, total, {"who": "member"}), (basis, 15, total, {"who": "deputy"}),
            (basis, 97, total, {"mode": "in_person"}), (basis, 4, total, {"mode": "video"}),
            (basis, 18, total, {"mode": "phone"}),
            *((basis, 60 - 7 * n, total // 2 + n, {"kind": kind}) for n, kind in enumerate(kinds)),
        ]  # fmt: skip
    return result(key, *readings)


def training() -> MeasureResult:
    due = Basis.DUE
    return result(
        "training_current",
        (due, 61, 84), (due, 21, 27, {"unit": "people"}),
        (due, 21, 27, {"course": "CPC"}), (due, 8, 16, {"course": "SOS"}),
        (due, 32, 41, {"course": "UNI"}),
        (due, 30, 40, {"role_group": "conference_practitioner"}),
        (due, 10, 14, {"role_group": "manager"}), (due, 21, 30, {"role_group": "regular_contact"}),
    )  # fmt: skip


def agency_results() -> tuple[MeasureResult, ...]:
    involved = Basis.INVOLVED
    return (
        training(),
        attendance("conference_attendance", ("initial_conference", "review_conference")),
        attendance("core_group_attendance", ()),
        result("reports_in_time", (involved, 88, 190), (involved, 31, 71, {"kind": "initial_conference"}),
               (involved, 57, 119, {"kind": "review_conference"})),
        result("contribution", (involved, 141, 191), (Basis.INVITED, 141, 203)),
        result("duty_trained", (Basis.ALL, 66, 113)),
        result("escalation_in_time", (Basis.DUE, 3, 4)),
    )  # fmt: skip


def fewer(results: tuple[MeasureResult, ...], part: int) -> tuple[MeasureResult, ...]:
    """The same results with a part of what was met, for other periods."""
    return tuple(
        replace(one, readings=tuple(replace(r, met=r.met * part // 6) for r in one.readings))
        for one in results
    )


def people(number: int) -> tuple[PersonDue, ...]:
    names = ("Siân Llŷr-Pŵel", "Łukasz Żak", "Anne Cooper", "Tony Young", "Oluwaseun Adébáyọ̀")
    standing = ("Expired", "Never", "Expiring")
    return tuple(
        PersonDue(
            f"{names[n % 5]}" if n < 5 else f"{names[n % 5]} {n}",
            ("Police constable", "Detective sergeant, public protection unit")[n % 2],
            ("conference_practitioner", "manager", "regular_contact")[n % 3],
            ("CPC", "SOS", "UNI")[n % 3],
            standing[n % 3],
            None if n % 3 == 1 else date(2015, 3, 31) - timedelta(days=n),
        )
        for n in range(number)
    )


def missed(number: int) -> tuple[MissedLine, ...]:
    return tuple(
        MissedLine(
            f"BF14-{n + 1:04}",
            ("initial_conference", "review_conference")[n % 2],
            date(2014, 4, 1) + timedelta(days=n % 365),
            ("attendance", "report")[n % 2],
            "" if n % 4 else "late invitation",
        )
        for n in range(number)
    )


def agency(staff: int = 12, absences: int = 24, **changes: object) -> Scorecard:
    """An agency's scorecard with names, a trend and the year before."""
    card = Scorecard(
        title="Thames Valley Police",
        code="TVP",
        partnership="Bracknell Forest",
        partnership_code="bracknell-forest",
        partnership_label="Local Safeguarding Children Board",
        subgroup_label="Training sub-group",
        period=YEAR,
        as_at=YEAR.last,
        results=agency_results(),
        counts=(
            Count("training_expired", "Expired", 14), Count("training_expiring", "Expiring", 5),
            Count("training_never", "Never", 4), Count("training_not_yet_due", "Not yet due", 1),
            Count("training_exempt", "Exempt", 0),
            Count("training_expired", "Expired", 9, (("course", "CPC"),)),
            Count("training_expired", "Expired", 5, (("course", "SOS"),)),
            Count("training_never", "Never", 4, (("course", "SOS"),)),
            Count("trained_never_sent", "People trained who attended nothing", 6),
            Count("core_groups", "Core groups held", 536), *QUALITY,
        ),
        labels=dict(LABELS),
        targets=(
            TargetLine("conference_attendance", Decimal(80), Decimal(60)),
            TargetLine("training_current", Decimal(90), Decimal("72.5")),
            TargetLine("escalation_in_time", Decimal(90), Decimal(70)),
        ),
        missed=missed(absences),
        people_due=people(staff),
        notes=("The last full staff list is of 2 March 2015.",),
    )  # fmt: skip
    quarters = tuple(
        replace(card, period=part, people_due=None, results=fewer(card.results, 2 + n))
        for n, part in enumerate(YEAR.quarters)
    )
    before = replace(card, period=YEAR.previous, people_due=None, results=fewer(card.results, 2))
    return replace(replace(card, trend=quarters, previous=before), **changes)


def partnership(agencies: tuple[str, ...] = AGENCIES, **changes: object) -> Scorecard:
    """A partnership's scorecard, a reading for each agency."""
    codes = {f"A{n:02}": name for n, name in enumerate(agencies)}
    involved, every, due = Basis.INVOLVED, Basis.ALL, Basis.DUE

    def each(key: str, bases: tuple[Basis, ...], met: int, total: int) -> MeasureResult:
        readings: list[tuple] = []
        for more, basis in enumerate(bases):
            rows = [
                (basis, max(met - 9 * n, 0), max(total + 7 * more - 5 * n, 0), {"agency": code})
                for n, code in enumerate(codes)
            ]
            readings += [(basis, sum(r[1] for r in rows), sum(r[2] for r in rows)), *rows]
        return result(key, *readings)

    return replace(Scorecard(
        title="Bracknell Forest", code="bracknell-forest", partnership="Bracknell Forest",
        partnership_code="bracknell-forest",
        partnership_label="Local Safeguarding Children Board",
        subgroup_label="Training sub-group", period=YEAR, as_at=YEAR.last,
        results=(
            result("quoracy", (every, 234, 264), (every, 114, 124, {"half": "2014-15 H1"}),
                   (every, 120, 140, {"half": "2014-15 H2"})),
            result("timeliness", (due, 300, 361), (due, 61, 81, {"what": "initial"}),
                   (due, 170, 183, {"what": "review"}), (due, 69, 97, {"what": "first_core_group"}),
                   (due, 121, 160, {"what": "initial", "unit": "child"})),
            each("conference_attendance", MEETING_BASES, 191, 200),
            each("contribution", (involved,), 195, 200),
            each("reports_in_time", (involved,), 120, 180),
            each("core_group_attendance", (involved,), 300, 310),
            each("training_current", (due,), 140, 160),
        ),
        counts=(
            Count("conferences", "Conferences", 264), Count("initial", "Initial conferences", 81),
            Count("review", "Review conferences", 183),
            Count("children_considered", "Children considered, summed over conferences", 540),
            Count("children_on_plan", "Children on a plan on the last day", 122),
            Count("families_on_plan", "Families with a plan on the last day", 61), *QUALITY,
        ),
        labels=LABELS | {("agency", code): name for code, name in codes.items()},
        targets=(TargetLine("quoracy", Decimal(90), Decimal(80)),),
        for_agency=False,
    ), **changes)  # fmt: skip


def annual(**changes: object) -> Scorecard:
    """A partnership's annual conference report with something in every section."""
    card = partnership()
    on_time = Reading("reports_in_time", Basis.INVOLVED, 101, 180, (("sector", "health_primary"),))
    results = tuple(
        replace(r, readings=(*r.readings, on_time)) if r.measure.key == "reports_in_time" else r
        for r in card.results
    )
    more = (
        result("duty_trained", (Basis.ALL, 30, 60)),
        result("escalation_in_time", (Basis.DUE, 3, 7), (Basis.DUE, 3, 7, {"stage": "1"})),
    )
    kind, half = (("kind", "initial_conference"),), (("half", "2014-15 H1"),)
    took = ("sessions", "places", "registered", "cancelled", "cancelled_late", "no_show", "attended",
            "walk_in", "came", "waiting")  # fmt: skip
    counts = (
        *card.counts, Count("inquorate", "Conferences that were not quorate", 30),
        *(Count("conferences", "Conferences", 81, by) for by in (kind, half, kind + half)),
        *(Count("children_considered", "Children considered", 160, by) for by in (kind, half)),
        Count("on_plan_NEG", "On a plan: neglect", 55),
        *(Count("inquorate", "Not quorate", n, (("decision", d),)) for d, n in (("discretion", 28), ("stood_down", 2))),
        *(Count("practice_reports", "Reports", n, (("report", r),)) for r, n in (("on_time", 101), ("none", 79))),
        *(Count(f"take_up_{name}", name.title(), 20 + n, by) for by in ((), (("course", "CPC"),)) for n, name in enumerate(took)),
        Count("escalations_raised", "Escalations raised", 5),
        Count("escalations_ended", "Ended at this stage", 4, (("stage", "1"),)),
        Count("escalations_theme", "Cases with this theme", 3, (("theme", "capacity"),)),
    )
    lines = (
        InquorateLine("BF14-0016", "Initial conference", date(2014, 4, 28), "Not quorate: 1 came; 2 are needed.", "Stood down", date(2014, 5, 8)),
        InquorateLine("BF14-0038", "Review conference", date(2014, 6, 5), "Not quorate: nobody came.", ""),
    )
    card = replace(
        card, annual=True, results=(*results, *more), counts=counts, inquorate=lines, practices=("A04",),
        typed=TypedLine(date(2015, 3, 27), 125, 60, "Case system, monthly return."),
        labels=card.labels | {("sector", "health_primary"): "General practice", ("theme", "capacity"): "Capacity"},
    )
    return replace(replace(card, previous=replace(card, period=YEAR.previous)), **changes)


def empty(for_agency: bool = True, **changes: object) -> Scorecard:
    """A scorecard of a period in which nothing happened."""
    results = tuple(result(key, (measure.basis, 0, 0)) for key, measure in MEASURES.items())
    return agency(
        for_agency=for_agency, results=results, counts=(), missed=(), people_due=(), notes=(),
        trend=(), previous=None, **changes,
    )  # fmt: skip
