"""The Section 11 extract: what an agency's audit asks of training and attendance, a line for each figure.

The very rows and rules of the measures, agency by agency, each line with its basis and its sentence. It
counts people and meetings, and names nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from compliance.measures import ATTENDANCE, Scope, attendance, open_ledger, training
from compliance.measures.counting import reading, readings_by
from compliance.measures.definitions import DUTY_TRAINED, TRAINING_CURRENT, bases
from compliance.measures.facts import Presence
from compliance.measures.labels import FIXED, labels
from compliance.measures.ledger import Ledger
from compliance.period import Period
from compliance.scorecard import Basis, By, Measure, Reading

PEOPLE: By = (("unit", "people"),)
CUTS = (("role_group",), ("course",), ("role_group", "course"))
COLUMNS = (
    "Partnership", "Agency code", "Agency", "Part of the audit", "Measure", "Basis", "Role group", "Course",
    "Counted", "Met", "Total", "Percentage", "Period", "As at", "What is counted",
)


@dataclass(frozen=True)
class Extract:
    """The lines of the agencies of a scope."""

    ledger: Ledger
    labels: dict[tuple[str, str], str]

    @property
    def rows(self) -> Iterator[tuple[object, ...]]:
        """The cells of every line, agencies by name and then by code."""
        scope = self.ledger.scope
        seats = seated(self.ledger)
        people = by_agency(training.due_rows(self.ledger), lambda r: r.person.agency_id)
        sent = by_agency(training.duty_rows(self.ledger), lambda r: r.person.agency_id)
        members = scope.members.items()
        for agency, member in sorted(members, key=lambda item: (item[1].agency.name, item[1].code)):
            own = (scope.codes[agency], member.agency.name)
            for part, measure, found in (
                *(("Training", TRAINING_CURRENT, one) for one in trained(self.ledger, people[agency])),
                *(("Training", DUTY_TRAINED, one) for one in on_duty(sent[agency])),
                *(("Attendance", m, one) for m, one in attended(seats, agency)),
            ):
                yield self.cells(own, part, measure, found)

    def cells(
        self, own: tuple[str, str], part: str, measure: Measure, found: Reading
    ) -> tuple[object, ...]:
        by, ledger = dict(found.by), self.ledger
        group, course = (self.labels.get((name, by.get(name, "")), by.get(name, "")) for name in ("role_group", "course"))
        counted = FIXED["unit", "people"] if found.by == PEOPLE else f"{measure.met_label}, of {measure.total_label.lower()}"
        return (
            ledger.scope.partnership.name, *own, part, measure.title, measure.basis_label(found.basis, found.by), group, course,
            counted, found.met, found.total, found.percent_text if found.percent is None else found.percent,
            ledger.period.name, ledger.as_at, measure.sentence,
        )


def extract(scope: Scope, period: Period, on: date | None = None) -> Extract:
    """The extract of a partnership, or of one agency with its parts."""
    ledger = open_ledger(scope, period, on)
    return Extract(ledger, labels(ledger))


def by_agency(rows: Iterable, agency: Callable[..., int]) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[agency(row)].append(row)
    return found


def seated(ledger: Ledger) -> dict[tuple[Measure, Basis], dict[int, list[Presence]]]:
    """The rows of each measure of attendance on each of its bases, by agency."""
    return {
        (measure, basis): by_agency(attendance.rows(ledger, measure, basis), lambda p: p.agency)
        for measure in ATTENDANCE for basis in bases(measure)
    }


def attended(
    seats: dict[tuple[Measure, Basis], dict[int, list[Presence]]], agency: int
) -> Iterator[tuple[Measure, Reading]]:
    """Attendance on every basis, also where there was nothing to count."""
    for (measure, basis), rows in seats.items():
        yield measure, reading(measure, basis, rows[agency], attendance.met(measure))


def trained(ledger: Ledger, rows: list) -> Iterator[Reading]:
    """What is in date: whole, people with all that is due, and the levels of staff by course."""
    yield reading(TRAINING_CURRENT, Basis.DUE, rows, lambda r: r.met)
    people = training.by_person(rows)
    yield reading(TRAINING_CURRENT, Basis.DUE, people, lambda of: all(r.met for r in of), PEOPLE)
    values = {"role_group": lambda r: r.person.role_group.code, "course": lambda r: ledger.asked[r.requirement.pk]}
    for names in CUTS:
        groups: dict[By, list] = defaultdict(list)
        for row in rows:
            groups[tuple((name, values[name](row)) for name in names)].append(row)
        for by in sorted(groups):
            yield reading(TRAINING_CURRENT, Basis.DUE, groups[by], lambda r: r.met, by)


def on_duty(rows: list) -> Iterator[Reading]:
    """Attendances by people trained for the duty: whole, and by role group."""
    yield reading(DUTY_TRAINED, Basis.ALL, rows, lambda r: r.trained)
    yield from readings_by(
        DUTY_TRAINED, Basis.ALL, rows, lambda r: r.trained, "role_group", lambda r: r.person.role_group.code
    )
