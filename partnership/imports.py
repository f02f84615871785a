"""Agencies, role groups and staff from spreadsheets: worked out first, then carried out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from partnership.actions import STAFF_FIELDS, add_agency, add_role_group, import_staff
from partnership.choices import Sector
from partnership.csv_files import Headings
from partnership.folding import plain
from partnership.history import changed
from partnership.models import CODE, Agency, Membership, Partnership, RoleGroup, StaffMember, User
from partnership.plans import Known, Plan
from partnership.spreadsheets import Row, Sheet, shown

AGENCIES = Headings(("code", "name", "sector", "conference_expectation"))
STAFF = Headings(
    ("staff_ref", "agency", "first_name", "last_name", "work_email", "job_title", "role_group",
     "started_on", "left_on")
)
FIRST_START = date(1950, 1, 1)  # of a person who may still be in post
FURTHEST_AHEAD = timedelta(days=2 * 366)  # somebody who is to start or to leave
ROLE_GROUP = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def width(model: type[models.Model], name: str) -> int:
    """How many characters a field keeps."""
    return model._meta.get_field(name).max_length


def code(row: Row, column: str) -> str:
    return row.matching(column, CODE.regex, CODE.message)


# --- Agencies -------------------------------------------------------------------------------------


def plan_agencies(sheet: Sheet, partnership: Partnership) -> Plan[Membership]:
    """New agencies of a partnership, found by their code there. Sharing one is another act."""
    plan: Plan[Membership] = Plan(sheet)
    there = agencies_of(partnership)
    names = {name.casefold(): pk for name, pk in Agency.objects.values_list("name", "pk")}
    for row in sheet.sound():
        key = code(row, "code")
        name = row.text("name", width(Agency, "name"))
        sector = row.choice("sector", dict(Sector.choices))
        if not plan.accepts(row, key, "code"):
            continue
        if key in there:
            compare_agency(plan, row, there[key], name=name, sector=sector)
        elif name.casefold() in names:
            taken_by = names[name.casefold()]
            here = [member for member in there.values() if member.agency_id == taken_by]
            row.refuse("name", taken(name, here))
        else:
            names[name.casefold()] = 0
            agency = Agency(name=name, sector=sector)
            plan.adds(row, Membership(partnership=partnership, agency=agency, code=key))
    return plan


def agencies_of(partnership: Partnership) -> dict[str, Membership]:
    """The agencies of a partnership by their code in it."""
    return {row.code: row for row in partnership.memberships.select_related("agency")}


def taken(name: str, here: list[Membership]) -> str:
    """Why an agency cannot be made under a name that another has."""
    if here:
        return f"{shown(name)} is already in this partnership, under the code {here[0].code}."
    return (
        f"There is an agency {shown(name)} already, in this file or in another partnership. To "
        "have the same agency here, share it with this partnership first; sharing is an act of its "
        "own."
    )


def compare_agency(plan: Plan, row: Row, there: Membership, **wanted: str) -> None:
    differences = changed(there.agency, **wanted)
    for name, (before, _) in differences.items():
        row.refuse(
            name,
            f"{there.code} is here already and has {shown(before)}. Change it on the agency's page, "
            "or mend the file.",
        )
    if not differences:
        plan.keeps(row, there)


def carry_out_agencies(
    plan: Plan[Membership], partnership: Partnership, by: User | None
) -> Known[Agency]:
    """Make the new agencies; gives all that other files may name, by code."""
    for row in plan.new:
        add_agency(
            by=by, partnership=partnership, code=row.code, name=row.agency.name,
            sector=row.agency.sector,
        )
    rows = {row.code: row.agency for row in agencies_of(partnership).values()}
    return Known.of("agency", rows, plan.sheet, "code")


# --- Role groups ----------------------------------------------------------------------------------


def plan_role_groups(sheet: Sheet, known: Iterable[RoleGroup] | None = None) -> Plan[RoleGroup]:
    """Role groups that the requirements name: new ones take their title from their code.

    ``known`` are those that are here, where a row may name one by its title too.
    """
    plan: Plan[RoleGroup] = Plan(sheet)
    there = {row.code: row for row in RoleGroup.objects.all()}
    plan.unchanged = list(there.values())
    titles = {plain(name) for row in known or () for name in (row.code, row.title)}
    for row in sheet.sound():
        if plain(row.raw("role_group")) in titles:
            continue
        key = row.matching(
            "role_group", ROLE_GROUP, "Write small letters, figures and underlines, up to 40."
        )
        if row.ok and key not in there:
            there[key] = RoleGroup(code=key, title=key.replace("_", " ").strip().capitalize())
            plan.new.append(there[key])
    return plan


def carry_out_role_groups(plan: Plan[RoleGroup], by: User | None) -> Known[RoleGroup]:
    made = [add_role_group(by=by, code=row.code, title=row.title) for row in plan.new]
    rows = {row.code: row for row in [*plan.unchanged, *made]}
    return Known.of("role group", rows, plan.sheet, "role_group")


# --- Staff ----------------------------------------------------------------------------------------


class People(Known[list[StaffMember]]):
    """Staff by reference. Two agencies may have used one; then the agency must be told."""

    def person(
        self, row: Row, agency: Agency | None = None, optional: bool = False
    ) -> StaffMember | None:
        """The person whom a row names in ``staff_ref``, of its agency where it names one."""
        found = self.named(row, "staff_ref", optional) or []
        fitting = [person for person in found if agency is None or person.agency_id == agency.pk]
        if found and not fitting:
            row.refuse(
                "staff_ref",
                f"{shown(found[0].reference)} is a person of {found[0].agency}, not of {agency}.",
            )
        elif len(fitting) > 1:
            row.refuse("staff_ref", f"{len(fitting)} agencies have a person with that reference.")
        return fitting[0] if len(fitting) == 1 else None


def plan_staff(
    sheet: Sheet, partnership: Partnership, agencies: Known[Agency], role_groups: Known[RoleGroup],
    on: date,
) -> Plan[StaffMember]:
    """New people, and those whose details differ. A reference is one person in a partnership."""
    plan: Plan[StaffMember] = Plan(sheet)
    there = staff_of(partnership)
    emails = emails_of(person for group in there.values() for person in group)
    for row in sheet.sound():
        reference = row.text("staff_ref", width(StaffMember, "reference"))
        agency = agencies.named(row, "agency")
        fields = read_staff(row, role_groups, on)
        if not plan.accepts(row, reference, "staff_ref"):
            continue
        namesakes = there.get(reference, [])
        person = next((p for p in namesakes if p.agency_id == agency.pk), None)
        if namesakes and not person:
            row.refuse(
                "agency", f"{shown(reference)} is a person of {namesakes[0].agency}. Give whoever "
                "is new a reference of their own.",
            )
        elif email_free(row, agency, fields["work_email"], person, emails):
            place_staff(
                plan, row, person, StaffMember(agency=agency, reference=reference, **fields)
            )
    return plan


def staff_of(partnership: Partnership) -> dict[str, list[StaffMember]]:
    """Everybody of the partnership's agencies, by reference."""
    rows = StaffMember.objects.filter(agency__memberships__partnership=partnership)
    found: dict[str, list[StaffMember]] = defaultdict(list)
    for row in rows.select_related("agency", "role_group"):
        found[row.reference].append(row)
    return dict(found)


def emails_of(rows: Iterable[StaffMember]) -> dict[tuple[int, str], str]:
    """Who has which work e-mail in an agency."""
    return {(r.agency_id, r.work_email.lower()): r.reference for r in rows if r.work_email}


def read_staff(row: Row, role_groups: Known[RoleGroup], on: date) -> dict[str, Any]:
    fields = {
        name: row.text(name, width(StaffMember, name), optional=name == "work_email")
        for name in ("first_name", "last_name", "work_email", "job_title")
    }
    fields["role_group"] = role_groups.named(row, "role_group")
    ahead = on + FURTHEST_AHEAD
    started = fields["started_on"] = row.day("started_on", latest=ahead, earliest=FIRST_START)
    left = fields["left_on"] = row.day("left_on", latest=ahead, earliest=FIRST_START, optional=True)
    if started and left and left <= started:
        row.refuse("left_on", "The first day out of post must be after the day of starting.")
    try:
        if fields["work_email"]:
            validate_email(fields["work_email"])
    except ValidationError:
        row.refuse("work_email", f"{shown(fields['work_email'])} is not an e-mail address.")
    return fields


def email_free(
    row: Row, agency: Agency, email: str, person: StaffMember | None,
    emails: dict[tuple[int, str], str],
) -> bool:
    """Whether nobody else of the agency has that work e-mail, now or further up in the file."""
    own = person.reference if person else row.raw("staff_ref")
    holder = emails.setdefault((agency.pk, email.lower()), own) if email else own
    if holder != own:
        row.refuse("work_email", f"{shown(holder)} of {agency} has that work e-mail.")
    return holder == own


def place_staff(
    plan: Plan[StaffMember], row: Row, person: StaffMember | None, wanted: StaffMember
) -> None:
    if person is None:
        plan.adds(row, wanted)
        return
    differences = changed(person, **{name: getattr(wanted, name) for name in STAFF_FIELDS})
    if differences:
        plan.changes(row, person, differences)
    else:
        plan.keeps(row, person)


def carry_out_staff(plan: Plan[StaffMember], partnership: Partnership, by: User | None) -> People:
    """Write new and changed people; gives all whom other files may name."""
    import_staff(by=by, new=plan.new, changed=plan.changed)
    return People.of("person", staff_of(partnership), plan.sheet, "staff_ref")
