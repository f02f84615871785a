"""A small folder that loads, and the means to spoil it in one place."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

FILES = {
    "agencies.csv": """code,name,sector,conference_expectation
CSC,Upton Social Care,social_care_children,attend_and_report
POL,Upton Police,police,attend_and_report
HV,Upton Health Visiting,health_community,attend_or_report
""",
    "staff.csv": """staff_ref,agency,first_name,last_name,work_email,job_title,role_group,\
started_on,left_on
CSC-1,CSC,Siân,Llŷr-Pŵel,sian@csc.example.org,Social worker,front_line,2010-01-04,
POL-1,POL,Łukasz,Żak,lukasz@pol.example.org,Constable,front_line,04/01/2010,
HV-1,HV,Ann,O'Neill,,Health visitor,front_line,2011-05-03,2015-01-31
""",
    "courses.csv": """code,title,valid_months,hours,delivery,conference_duty
CPC,Child protection conferences,36,3.5,taught,yes
UNI,Universal,,2,e_learning,
""",
    "requirements.csv": """role_group,course,within_days_of_start,effective_from
front_line,CPC,180,2012-04-01
""",
    "training_records.csv": """staff_ref,course,completed_on,provider
CSC-1,CPC,2013-02-28,partnership
POL-1,UNI,2014-06-01,agency
""",
    "meetings.csv": """meeting_ref,kind,held_on,strategy_discussion_on,family_ref,children,\
children_on_plan_after,category,cse_concern,notes
M-1,initial_conference,2014-05-12,2014-04-24,F-1,3,2,NEG,no,
M-2,core_group,2014-05-20,,F-1,3,,,yes,
""",
    "attendance.csv": """meeting_ref,agency,invited_on,involved,outcome,mode,report,staff_ref
M-1,CSC,2014-04-25,yes,attended,in_person,on_time,CSC-1
M-1,POL,2014-04-25,yes,deputy,phone,none,POL-1
M-1,HV,2014-05-09,yes,apologies,,on_time,
M-2,CSC,,yes,attended,,,CSC-1
""",
}


@dataclass
class Folder:
    """The files on disk; each change is written at once."""

    path: Path

    def text(self, file: str) -> str:
        return (self.path / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        (self.path / file).write_bytes(content)

    def cells(self, file: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text(file), newline="")))

    def write_cells(self, file: str, rows: list[list[str]]) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        self.write(file, out.getvalue())

    def set(self, file: str, row: int, column: str, value: str) -> None:
        """Write one cell; the headings are row 1, as everywhere."""
        rows = self.cells(file)
        rows[row - 1][rows[0].index(column)] = value
        self.write_cells(file, rows)

    def add(self, file: str, line: str) -> None:
        self.write(file, f"{self.text(file)}{line}\n")

    def load(self, code: str = "UP", name: str = "Upton") -> list[str]:
        """Load it; gives what was printed."""
        out = io.StringIO()
        call_command("load_folder", self.path, partnership=code, name=name, stdout=out)
        return out.getvalue().splitlines()

    def refused(self, **options) -> list[str]:
        """Load it in vain; gives the lines that say why, and proves that nothing was written."""
        before, errors = all_counts(), io.StringIO()
        with pytest.raises(CommandError) as stopped:
            call_command(
                "load_folder", self.path, partnership=options.get("code", "UP"),
                name=options.get("name", "Upton"), stderr=errors,
            )
        assert stopped.value.returncode == 1
        assert all_counts() == before
        return errors.getvalue().splitlines()


def all_counts() -> dict[str, int]:
    """How many rows each table holds, the history's among them."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.fixture
def folder(tmp_path, db):
    made = Folder(tmp_path)
    for file, text in FILES.items():
        made.write(file, text)
    return made


@pytest.fixture
def today():
    return date(2026, 1, 31)
