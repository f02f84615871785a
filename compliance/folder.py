"""One folder of spreadsheets into one partnership: all of it, or nothing with every reason why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences import expecting
from conferences import imports as conferences
from conferences.actions import close_registers, set_default_rules
from conferences.models import Meeting
from partnership import imports as partnerships
from partnership.actions import add_bank_holidays, make_partnership, published_holidays
from partnership.csv_files import read_file
from partnership.imports import People
from partnership.models import Agency, BankHoliday, Partnership, RoleGroup, User
from partnership.plans import Known, Plan
from partnership.spreadsheets import RefusedRow, Sheet
from training import imports as training
from training.models import Course

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
        "The folder", None, "",
        "Somebody wrote one of these rows at the same moment. Load it again.",
    )


def carry_out(
    sheets: dict[str, Sheet], partnership: Partnership, on: date, by: User | None
) -> Loaded:
    """Every file in the order in which they name each other; refused rows stay in their sheets."""
    load = Load(sheets, partnership, on, by)
    agencies = load.agencies()
    role_groups, courses = load.courses_and_requirements()
    people = load.staff(agencies, role_groups)
    load.records(people, courses)
    over = load.meetings(agencies, people)
    if any(sheet.refused for sheet in sheets.values()):
        over = []  # it will all be given up: no need to judge registers first
    closed = close_registers(by=by, meetings=over, tell=False)
    return Loaded({file: load.plans[file] for file in FILES}, len(closed))


@dataclass
class Load:
    """One loading under way: each step works out its files' plans, carries them out, keeps them."""

    sheets: dict[str, Sheet]
    partnership: Partnership
    on: date
    by: User | None
    plans: dict[str, Plan] = field(default_factory=dict)

    def keep(self, plan: Plan) -> Plan:
        self.plans[plan.sheet.name] = plan
        return plan

    def agencies(self) -> Known[Agency]:
        sheet, where = self.sheets["agencies.csv"], self.partnership
        plan = self.keep(partnerships.plan_agencies(sheet, where))
        agencies = partnerships.carry_out_agencies(plan, where, self.by)
        expected = expecting.plan_expectations(sheet, where, agencies, self.on)
        expecting.carry_out_expectations(expected, self.by)
        note_expectations(plan, expected)
        return agencies

    def courses_and_requirements(self) -> tuple[Known[RoleGroup], Known[Course]]:
        asked = self.sheets["requirements.csv"]
        groups = partnerships.carry_out_role_groups(partnerships.plan_role_groups(asked), self.by)
        plan = self.keep(training.plan_courses(self.sheets["courses.csv"]))
        courses = training.carry_out_courses(plan, self.by)
        plan = self.keep(training.plan_requirements(asked, self.partnership, groups, courses))
        training.carry_out_requirements(plan, self.partnership, self.by)
        return groups, courses

    def staff(self, agencies: Known[Agency], groups: Known[RoleGroup]) -> People:
        sheet, where = self.sheets["staff.csv"], self.partnership
        plan = self.keep(partnerships.plan_staff(sheet, where, agencies, groups, self.on))
        return partnerships.carry_out_staff(plan, where, self.by)

    def records(self, people: People, courses: Known[Course]) -> None:
        sheet, where = self.sheets["training_records.csv"], self.partnership.agencies.all()
        plan = self.keep(training.plan_records(sheet, where, people, courses, self.on, self.by))
        training.carry_out_records(plan, self.by)

    def meetings(self, agencies: Known[Agency], people: People) -> list[Meeting]:
        """Meetings and their attendance; gives the meetings whose registers can be closed."""
        sheet, where = self.sheets["meetings.csv"], self.partnership
        years = BankHoliday.objects.calendar(where.country).years
        held = self.keep(conferences.plan_meetings(sheet, where, years, self.on))
        meetings = conferences.carry_out_meetings(held, where, self.by)
        sheet = self.sheets["attendance.csv"]
        plan = conferences.plan_attendance(sheet, where, meetings, agencies, people, self.on)
        conferences.carry_out_attendance(self.keep(plan), self.by)
        return conferences.to_close(held, meetings, self.on)


def note_expectations(plan: Plan, expected: Plan) -> None:
    """An agency that was here and gets its expectation from the file counts as changed."""
    told = {rule.agency_id for rule in expected.new}
    for member in [member for member in plan.unchanged if member.agency_id in told]:
        plan.unchanged.remove(member)
        plan.changed.append((member, {}))
