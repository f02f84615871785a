"""Staff lists as agencies send them: new people, changes, and who is no longer on a full list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from partnership.history import changed
from partnership.imports import email_free, emails_of, read_staff, width
from partnership.matching import Matched
from partnership.models import Agency, Membership, RoleGroup, StaffMember
from partnership.plans import Loose, Plan
from partnership.spreadsheets import Row, Sheet, shown
from partnership.uploads.columns import Column

STAFF_REF = Column(
    "staff_ref", "Staff reference", "The number or code by which your own system knows the person.",
    "HV-0412", aliases=("reference", "employee number", "employee no", "assignment number", "staff id",
                        "payroll number", "staff number", "employee id", "ref"),
)
WORK_EMAIL = Column(
    "work_email", "Work e-mail", "Used to find the person when the reference is not known.",
    "sian.llwyd@health.example.org", needed=False,
    aliases=("email", "e-mail", "email address", "work email address", "mail"),
)
FIRST_NAME = Column(
    "first_name", "First name", "The first name as it should read on screen.", "Siân",
    aliases=("forename", "given name", "firstname", "forenames"),
)
LAST_NAME = Column(
    "last_name", "Last name", "The last name.", "Llwyd", aliases=("surname", "family name", "lastname"),
)
AGENCY = Column(
    "agency", "Agency", "Its code or its name. Not needed when you lead one agency only.", "HV",
    needed=False, aliases=("agency code", "service", "organisation", "agency name"),
)


def staff_columns(role_groups: Iterable[RoleGroup]) -> tuple[Column, ...]:
    """What a staff list is asked for; the role groups are the local ones."""
    groups = {row.code: row.title for row in role_groups}
    return (
        STAFF_REF, AGENCY, FIRST_NAME, LAST_NAME, WORK_EMAIL,
        Column("job_title", "Job title", "What the person does.", "Health visitor",
               aliases=("job", "role", "position", "post", "position title")),
        Column("role_group", "Role group", "Which training is asked of them.",
               next(iter(groups), "front_line"), values=groups, aliases=("staff group", "group")),
        Column("started_on", "Started on", "The first day in post.", "2015-02-28",
               aliases=("start date", "started", "date started", "latest start date")),
        Column("left_on", "Left on", "The first day out of post; empty for who is in post.", "",
               needed=False, aliases=("leaving date", "end date", "left", "termination date")),
    )


@dataclass
class StaffPlan(Plan[StaffMember]):
    """With it: who is in post at the agencies of a full list, and is not on it."""

    missing: list[StaffMember] = field(default_factory=list)


def agencies_named(agencies: QuerySet[Agency]) -> Loose[Agency]:
    """The agencies by their codes and their names."""
    rows = list(agencies)
    codes = Membership.objects.filter(agency__in=rows).select_related("agency")
    pairs = [(row.code, row.agency) for row in codes] + [(row.name, row) for row in rows]
    return Loose.under("agency", pairs)


def groups_named() -> Loose[RoleGroup]:
    rows = RoleGroup.objects.all()
    pairs = [(name, row) for row in rows for name in (row.code, row.title)]
    return Loose.under("role group", pairs, [row.title for row in rows])


def staff_in(agencies: QuerySet[Agency]) -> list[StaffMember]:
    rows = StaffMember.objects.filter(agency__in=agencies.values("pk"))
    return list(rows.select_related("agency", "role_group").order_by("pk"))


def plan_staff_list(
    sheet: Sheet, agencies: QuerySet[Agency], people: Matched, on: date, full: bool = False
) -> StaffPlan:
    """What a list would do to the staff of some agencies.

    An empty cell of a column that is not needed leaves what is there.
    """
    plan, known, groups = StaffPlan(sheet), agencies_named(agencies), groups_named()
    only = next(iter(set(known.rows.values())), None) if len(set(known.rows.values())) == 1 else None
    emails = emails_of(people.people)
    for row in sheet.sound():
        agency = only if only and not row.raw("agency") else known.named(row, "agency")
        reference = row.text("staff_ref", width(StaffMember, "reference"), optional=True)
        fields = read_staff(row, groups, on)
        person = people.person(row, agency) if agency and row.ok else None
        if row.ok and not person and not reference:
            row.filled("staff_ref", optional=False)
        key = (person.pk,) if person else (agency and agency.pk, reference)
        if not plan.accepts(row, key, "staff_ref"):
            continue
        if stays(row, person, agency, people) and email_free(row, agency, fields["work_email"], person, emails):
            place(plan, row, person, agency, reference, fields)
    if full and not sheet.faults:
        plan.missing = missing_from(plan, people.people, on)
    return plan


def stays(row: Row, person: StaffMember | None, agency: Agency, people: Matched) -> bool:
    """Whether nobody moved: a reference or an e-mail of another agency of the same lead."""
    if person:
        return True
    elsewhere = [
        *people.by_reference.get(row.raw("staff_ref"), ()),
        *people.by_email.get(row.raw("work_email").lower(), ()),
    ]
    if elsewhere:
        row.refuse(
            "agency", f"{elsewhere[0].name} is at {elsewhere[0].agency}, not at {agency}. If they "
            "moved, say so on their own page.",
        )
    return not elsewhere


def place(
    plan: StaffPlan, row: Row, person: StaffMember | None, agency: Agency, reference: str,
    fields: dict[str, Any],
) -> None:
    """New, changed or unchanged."""
    if person is None:
        plan.adds(row, StaffMember(agency=agency, reference=reference, **fields))
        return
    given = {name: value for name, value in fields.items() if value not in ("", None)}
    if reference:
        given["reference"] = reference
    left_on = given.get("left_on", person.left_on)
    if left_on and left_on <= given["started_on"]:
        row.refuse("started_on", f"{person.name} left on {shown(str(left_on))}, before that day.")
        return
    differences = changed(person, **given)
    if differences:
        plan.changes(row, person, differences)
    else:
        plan.keeps(row, person)


def missing_from(plan: StaffPlan, people: list[StaffMember], on: date) -> list[StaffMember]:
    """Who is in post at the agencies that the list names, and is not named by any row.

    Rows that were refused may have meant anybody: whoever they name by reference counts as named.
    """
    there = {noted.item.pk for noted in plan.noted if noted.item.pk}
    there_by_reference = {row.raw("staff_ref") for row in plan.sheet.rows}
    agencies = {noted.item.agency_id for noted in plan.noted}
    return [
        person for person in people
        if person.agency_id in agencies and person.pk not in there
        and person.reference not in there_by_reference
        and person.started_on <= on and (person.left_on is None or person.left_on > on)
    ]

