"""One folder of spreadsheets into one partnership: all of it, or nothing with every reason why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences import imports as conferences
from conferences.actions import close_registers, set_default_rules
from conferences.rules import LocalRules
from partnership import imports as partnerships
from partnership.actions import add_bank_holidays, make_partnership, published_holidays
from partnership.models import BankHoliday, Partnership, User
from partnership.plans import Plan
from partnership.spreadsheets import RefusedRow, Sheet, read_file
from training import imports as training

FILES = {
    "agencies.csv": partnerships.AGENCIES,
    "staff.csv": partnerships.STAFF,
    "courses.csv": training.COURSES,
    "requirements.csv": training.REQUIREMENTS,
    "training_records.csv": training.RECORDS,
    "meetings.csv": conferences.MEETINGS,
    "attendance.csv": conferences.ATTENDANCE,
}


class FolderRefused(Exception):
    """Nothing was written: every row that cannot be loaded, in the order of the files."""

    def __init__(self, refused: list[RefusedRow]) -> None:
        super().__init__(f"{len(refused)} refused")
        self.refused = refused


class PartnershipRefused(Exception):
    """The partnership itself cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder did: its plan for each file, and how many registers were closed."""

    plans: dict[str, Plan]
    closed: int

    def lines(self) -> list[str]:
        """A line for each file, and one for the registers."""
        return [
            *(f"{name}: {plan.counts()}" for name, plan in self.plans.items()),
            f"{self.closed} registers closed",
        ]


def open_partnership(by: User | None, code: str, name: str = "", **labels: str) -> Partnership:
    """The partnership of that code; a new one starts with the default rules and its holidays."""
    found = Partnership.objects.filter(code=code).first()
    if found is None:
        try:
            found = make_partnership(by=by, code=code, name=name or code, **labels)
        except ValidationError as error:
            raise PartnershipRefused(" ".join(error.messages)) from error
        set_default_rules(by=by, partnership=found)
    if not BankHoliday.objects.filter(country=found.country).exists():
        days = published_holidays(found.country, *settings.BANK_HOLIDAY_YEARS)
        add_bank_holidays(by=by, country=found.country, days=days)
    return found


def load_folder(
    folder: Path, *, code: str, on: date, name: str = "", by: User | None = None
) -> Loaded:
    """Load a folder into a partnership in one transaction; the second time changes nothing.

    Each file is worked out against what the files before it have written, and all refused rows of
    all files are found before anything is given up, so that one reading shows everything to mend.
    """
    sheets = {file: read_file(folder / file, headings) for file, headings in FILES.items()}
    try:
        with transaction.atomic():
            partnership = open_partnership(by, code, name)
            loaded = carry_out(sheets, partnership, on, by)
            refuse_any(sheets.values())
    except IntegrityError as error:
        refuse_any(sheets.values())
        raise FolderRefused([overtaken()]) from error
    return loaded


def refuse_any(sheets: Iterable[Sheet]) -> None:
    refused = [
        fault
        for sheet in sheets
        for fault in sorted(sheet.refused, key=lambda fault: fault.row or 0)
    ]
    if refused:
        raise FolderRefused(refused)


def overtaken() -> RefusedRow:
    return RefusedRow(
        "The folder", None, "", "Somebody wrote one of these rows at the same moment. Load it again."
    )


def carry_out(
    sheets: dict[str, Sheet], partnership: Partnership, on: date, by: User | None
) -> Loaded:
    """Every file in the order in which they name each other; refused rows stay in their sheets."""
    # long: seven files in one order, read from top to bottom
    plans: dict[str, Plan] = dict.fromkeys(FILES)

    plan = plans["agencies.csv"] = partnerships.plan_agencies(sheets["agencies.csv"], partnership)
    agencies = partnerships.carry_out_agencies(plan, partnership, by)
    expected = conferences.plan_expectations(sheets["agencies.csv"], partnership, agencies, on)
    conferences.carry_out_expectations(expected, by)
    note_expectations(plan, expected)

    role_plan = partnerships.plan_role_groups(sheets["requirements.csv"])
    role_groups = partnerships.carry_out_role_groups(role_plan, by)
    plan = plans["courses.csv"] = training.plan_courses(sheets["courses.csv"])
    courses = training.carry_out_courses(plan, by)
    plan = plans["requirements.csv"] = training.plan_requirements(
        sheets["requirements.csv"], partnership, role_groups, courses
    )
    training.carry_out_requirements(plan, partnership, by)

    plan = plans["staff.csv"] = partnerships.plan_staff(
        sheets["staff.csv"], partnership, agencies, role_groups, on
    )
    people = partnerships.carry_out_staff(plan, partnership, by)
    plan = plans["training_records.csv"] = training.plan_records(
        sheets["training_records.csv"], partnership, people, courses, on, by
    )
    training.carry_out_records(plan, by)

    years = LocalRules.of(partnership).calendar.years
    held = plans["meetings.csv"] = conferences.plan_meetings(
        sheets["meetings.csv"], partnership, years, on
    )
    meetings = conferences.carry_out_meetings(held, partnership, by)
    plan = plans["attendance.csv"] = conferences.plan_attendance(
        sheets["attendance.csv"], partnership, meetings, agencies, people, on
    )
    conferences.carry_out_attendance(plan, by)
    if any(sheet.refused for sheet in sheets.values()):
        return Loaded(plans, 0)  # it will all be given up: no need to judge registers first
    closed = close_registers(
        by=by, meetings=conferences.to_close(held, meetings, on), tell=False
    )
    return Loaded(plans, len(closed))


def note_expectations(plan: Plan, expected: Plan) -> None:
    """An agency that was here and gets its expectation from the file counts as changed."""
    told = {rule.agency_id for rule in expected.new}
    for member in [member for member in plan.unchanged if member.agency_id in told]:
        plan.unchanged.remove(member)
        plan.changed.append((member, {}))
