"""Courses, requirements and training records from spreadsheets: worked out, then carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from partnership.csv_files import Headings
from partnership.history import changed
from partnership.imports import People, code, width
from partnership.models import Agency, Partnership, RoleGroup, User
from partnership.plans import Known, Plan
from partnership.spreadsheets import Row, Sheet, shown
from training.actions import (
    EARLIEST,
    add_course,
    add_requirement,
    check_completion,
    import_records,
    is_own,
    new_record,
)
from training.choices import Delivery, Provider
from training.models import Course, Requirement, TrainingRecord

COURSES = Headings(("code", "title", "valid_months", "hours", "delivery", "conference_duty"))
REQUIREMENTS = Headings(("role_group", "course", "within_days_of_start", "effective_from"))
RECORDS = Headings(("staff_ref", "course", "completed_on", "provider"))
COURSE_FIELDS = COURSES.needed[1:]
CATALOGUE = "Change it in the catalogue, or mend the file."
MOST_MONTHS, MOST_HOURS, MOST_DAYS = 600, 999, 3660


def refuse_differences(
    row: Row, there: models.Model, wanted: Mapping[str, Any], where: str
) -> bool:
    """Whether nothing differs; else each field that does is named, with what is there."""
    differences = changed(there, **wanted)
    for name, (before, after) in differences.items():
        row.refuse(
            name, f"{there} is here already with {words(before)}, not {words(after)}. {where}"
        )
    return not differences


def words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else shown(str(value))


# --- Courses --------------------------------------------------------------------------------------


def plan_courses(sheet: Sheet) -> Plan[Course]:
    """New courses. The catalogue is one for all partnerships, so a course that is there stays."""
    plan: Plan[Course] = Plan(sheet)
    there = {row.code: row for row in Course.objects.all()}
    for row in sheet.sound():
        key = code(row, "code")
        fields = read_course(row)
        if not plan.accepts(row, key, "code"):
            continue
        if key not in there:
            plan.adds(row, Course(code=key, **fields))
        elif refuse_differences(row, there[key], fields, CATALOGUE):
            plan.keeps(row, there[key])
    return plan


def read_course(row: Row) -> dict[str, Any]:
    return {
        "title": row.text("title", width(Course, "title")),
        "valid_months": row.whole("valid_months", 1, MOST_MONTHS, optional=True),
        "hours": row.decimal("hours", MOST_HOURS),
        "delivery": row.choice("delivery", dict(Delivery.choices)),
        "conference_duty": row.yes_no("conference_duty", default=False),
    }


def carry_out_courses(plan: Plan[Course], by: User | None) -> Known[Course]:
    """Make the new courses; gives the whole catalogue, by code."""
    for row in plan.new:
        fields = {name: getattr(row, name) for name in COURSE_FIELDS}
        add_course(by=by, code=row.code, **fields)
    rows = {row.code: row for row in Course.objects.all()}
    return Known.of("course", rows, plan.sheet, "code")


# --- Requirements ---------------------------------------------------------------------------------


def plan_requirements(
    sheet: Sheet, partnership: Partnership, role_groups: Known[RoleGroup], courses: Known[Course]
) -> Plan[tuple[Requirement, Course]]:
    """New requirements of one course each; a role group and its course are asked for once."""
    plan: Plan[tuple[Requirement, Course]] = Plan(sheet)
    there = asked_already(partnership)
    for row in sheet.sound():
        role_group = role_groups.named(row, "role_group")
        course = courses.named(row, "course")
        fields = {
            "within_days": row.whole("within_days_of_start", 0, MOST_DAYS),
            "effective_from": row.day("effective_from"),
        }
        if not plan.accepts(row, row.ok and (role_group.code, course.pk), "course"):
            continue
        rows = there.get((role_group.pk, course.pk), [])
        wanted = Requirement(partnership=partnership, role_group=role_group, **fields)
        place_requirement(plan, row, rows, wanted, course)
    return plan


def asked_already(partnership: Partnership) -> dict[tuple[int, int], list[Requirement]]:
    """The partnership's requirements of exactly one course, by role group and course."""
    found: dict[tuple[int, int], list[Requirement]] = {}
    rows = partnership.requirements.filter(hours=None).select_related("role_group")
    for row in rows.prefetch_related("courses"):
        courses = row.courses.all()
        if len(courses) == 1:
            found.setdefault((row.role_group_id, courses[0].pk), []).append(row)
    return found


def place_requirement(
    plan: Plan[tuple[Requirement, Course]], row: Row, there: list[Requirement],
    wanted: Requirement, course: Course,
) -> None:
    asked = (wanted.within_days, wanted.effective_from)
    same = next((r for r in there if (r.within_days, r.effective_from) == asked), None)
    if same:
        plan.keeps(row, (same, course))
    elif not there:
        plan.adds(row, (wanted, course))
    else:
        columns = {"within_days": "within_days_of_start", "effective_from": "effective_from"}
        for name in changed(there[-1], within_days=asked[0], effective_from=asked[1]):
            row.refuse(
                columns[name],
                f"{there[-1]} is asked for already with {words(getattr(there[-1], name))}. Change "
                "it on the page of requirements, or mend the file.",
            )


def carry_out_requirements(
    plan: Plan[tuple[Requirement, Course]], partnership: Partnership, by: User | None
) -> list[Requirement]:
    """Ask for them; gives the requirements that were made."""
    return [
        add_requirement(
            by=by, partnership=partnership, role_group=row.role_group, courses=[course],
            effective_from=row.effective_from, within_days=row.within_days,
        )
        for row, course in plan.new
    ]


# --- Records --------------------------------------------------------------------------------------


def plan_records(
    sheet: Sheet, agencies: QuerySet[Agency], people: People, courses: Known[Course], on: date,
    by: User | None = None,
) -> Plan[TrainingRecord]:
    """New records; what people import for themselves waits for confirmation.

    One that was corrected since does not come back.
    """
    plan: Plan[TrainingRecord] = Plan(sheet)
    there = completions(agencies)
    for row in sheet.sound():
        person = people.person(row)
        course = courses.named(row, "course")
        completed_on = row.day("completed_on", latest=on, earliest=EARLIEST)
        provider = row.choice("provider", dict(Provider.choices), default="")
        is_there = row.ok and (person.pk, course.pk, completed_on) in there
        if row.ok and not is_there:
            refuse_outside(row, course, completed_on)
        if not plan.accepts(row, (person, course, completed_on), "completed_on"):
            continue
        own = is_own(by, person)
        record = new_record(by, person, course, completed_on, provider, confirmed=not own)
        if is_there:
            plan.keeps(row, record)
        else:
            plan.adds(row, record)
    return plan


def refuse_outside(row: Row, course: Course, completed_on: date) -> None:
    """A completion on a day on which the course counts for nothing."""
    if course.counts_on(completed_on):
        return
    try:
        check_completion(course, completed_on)
    except ValidationError as error:
        row.refuse("completed_on", " ".join(error.messages))


def completions(agencies: QuerySet[Agency]) -> set[tuple[int, int, date]]:
    """Who completed what when, corrected records included."""
    rows: Iterable = TrainingRecord.objects.filter(
        staff_member__agency__in=agencies.values("pk")
    ).values_list("staff_member_id", "course_id", "completed_on")
    return set(rows)


def carry_out_records(plan: Plan[TrainingRecord], by: User | None) -> None:
    import_records(by=by, new=plan.new)
