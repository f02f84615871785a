"""Lists of what a partnership begins with: its agencies, the courses, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from compliance.models import Upload, UploadKind
from conferences.actions import take_back_expectations
from conferences.choices import Expectation
from conferences.expecting import carry_out_expectations, plan_expectations
from conferences.models import ExpectationRule
from partnership.actions import take_back_agencies, take_back_role_groups
from partnership.imports import (
    carry_out_agencies,
    carry_out_role_groups,
    plan_agencies,
    plan_role_groups,
)
from partnership.models import Membership, RoleGroup, User, today
from partnership.plans import CHANGED, UNCHANGED, Known, Loose, Noted, Plan
from partnership.reach import can
from partnership.roles import Permission
from partnership.spreadsheets import Sheet
from training.actions import take_back_courses, take_back_requirements
from training.imports import (
    carry_out_courses,
    carry_out_requirements,
    plan_courses,
    plan_requirements,
)
from training.models import Course, Requirement

Keys = list[int]


@dataclass
class AgencyPlan(Plan[Membership]):
    """With it: what is expected of them at conferences."""

    expected: list[ExpectationRule] = field(default_factory=list)


@dataclass
class RequirementPlan(Plan[tuple[Requirement, Course]]):
    """With it: the role groups that it names for the first time."""

    groups: Plan[RoleGroup] | None = None


def plan_set_up(upload: Upload, sheet: Sheet) -> Plan:
    return PLANS[upload.kind](upload, sheet)


def agencies(upload: Upload, sheet: Sheet) -> AgencyPlan:
    """New agencies; and of those that are here, what is expected of them where nothing was said yet."""
    for row in sheet.sound():
        row.choice("conference_expectation", dict(Expectation.choices), default="")
    found = plan_agencies(sheet, upload.partnership)
    known = {member.code: member.agency for member in [*found.unchanged, *found.new]}
    expected = plan_expectations(sheet, upload.partnership, Known("agency", known), today()).new
    told = {rule.agency_id: rule for rule in expected if rule.agency_id}
    noted = [with_expectation(noted, told) for noted in found.noted]
    changed = [(one.item, {}) for one in noted if one.verdict == CHANGED]
    return AgencyPlan(sheet, new=found.new, changed=changed, noted=noted, expected=expected)


def with_expectation(noted: Noted, told: dict[int, ExpectationRule]) -> Noted:
    """An agency that is here and gets its expectation from the file is changed by it."""
    rule = told.get(noted.item.agency_id) if noted.verdict == UNCHANGED else None
    if rule is None:
        return noted
    return Noted(noted.row, CHANGED, noted.item, {
        "conference_expectation": ["", rule.get_expectation_display()],
    })


def courses(upload: Upload, sheet: Sheet) -> Plan[Course]:
    return plan_courses(sheet)


def requirements(upload: Upload, sheet: Sheet) -> RequirementPlan:
    """New requirements. A role group that is not here yet is made by whoever may make one."""
    rows = list(RoleGroup.objects.all())
    groups = None
    if can(upload.sent_by, Permission.MANAGE_AGENCIES):
        groups = plan_role_groups(sheet, rows)
        rows += groups.new
    names = [(name, row) for row in rows for name in (row.code, row.title)]
    known = Loose.under("role group", names, [row.code for row in rows])
    catalogue = Course.objects.all()
    pairs = [(name, row) for row in catalogue for name in (row.code, row.title)]
    asked = Loose.under("course", pairs, [row.code for row in catalogue])
    plan = plan_requirements(sheet, upload.partnership, known, asked)
    return RequirementPlan(sheet, new=plan.new, noted=plan.noted, unchanged=plan.unchanged, groups=groups)


PLANS: dict[str, Callable[[Upload, Sheet], Plan]] = {
    UploadKind.AGENCIES: agencies, UploadKind.COURSES: courses, UploadKind.REQUIREMENTS: requirements,
}


# --- Writing, and taking back ---------------------------------------------------------------------


def write_set_up(upload: Upload, plan: Plan) -> tuple[Keys, Keys]:
    """Each agency, course and requirement by its own action; gives what was made, and what with it."""
    return WRITERS[upload.kind](upload, plan)


def write_agencies(upload: Upload, plan: AgencyPlan) -> tuple[Keys, Keys]:
    """Their places in the partnership; and what is expected of them, or of those that were here."""
    by, place = upload.sent_by, upload.partnership
    known = carry_out_agencies(plan, place, by)
    rules = carry_out_expectations(plan_expectations(plan.sheet, place, known, today()), by)
    places = dict(place.memberships.values_list("code", "pk"))
    return [places[row.code] for row in plan.new], [rule.pk for rule in rules]


def write_courses(upload: Upload, plan: Plan[Course]) -> tuple[Keys, Keys]:
    known = carry_out_courses(plan, upload.sent_by)
    return [known.rows[row.code].pk for row in plan.new], []


def write_requirements(upload: Upload, plan: RequirementPlan) -> tuple[Keys, Keys]:
    """The requirements; and the role groups that they name for the first time."""
    by, made = upload.sent_by, []
    if plan.groups:
        groups = carry_out_role_groups(plan.groups, by)
        made = [groups.rows[row.code].pk for row in plan.groups.new]
        for row, _ in plan.new:
            row.role_group = groups.rows[row.role_group.code]
    rows = carry_out_requirements(plan, upload.partnership, by)
    return [row.pk for row in rows], made


WRITERS: dict[str, Callable[[Upload, Any], tuple[Keys, Keys]]] = {
    UploadKind.AGENCIES: write_agencies, UploadKind.COURSES: write_courses,
    UploadKind.REQUIREMENTS: write_requirements,
}


def take_back_set_up(upload: Upload, by: User, made: Keys, with_them: Keys, since: int) -> None:
    """What came last goes first: an expectation before its agency, a requirement before its group."""
    if upload.kind == UploadKind.AGENCIES:
        take_back_expectations(by=by, rules=with_them, since=since)
        take_back_agencies(by=by, memberships=made, since=since)
    elif upload.kind == UploadKind.COURSES:
        take_back_courses(by=by, courses=made, since=since)
    else:
        take_back_requirements(by=by, requirements=made, since=since)
        take_back_role_groups(by=by, role_groups=with_them, since=since)
