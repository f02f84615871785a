"""Training in date, and whether those who attended were trained for the duty."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from compliance.measures.counting import reading, readings_by
from compliance.measures.definitions import DUTY_TRAINED, TRAINING_CURRENT
from compliance.measures.duty import DutyRow
from compliance.measures.ledger import Ledger
from compliance.scorecard import Basis, Count, PersonDue, Reading
from conferences.choices import REPRESENTED
from partnership.models import StaffMember
from training.choices import Standing
from training.standing import Row

NOT_IN_DATE_FIRST = (Standing.EXPIRED, Standing.NEVER, Standing.EXPIRING)


def due_rows(ledger: Ledger) -> list[Row]:
    """People and requirements that are due: the total."""
    return [row for row in ledger.standings if row.due]


def by_person(rows: Iterable[Row]) -> list[list[Row]]:
    """Each person with something due, with all that is due from them."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.person.pk].append(row)
    return list(groups.values())


def readings(ledger: Ledger) -> list[Reading]:
    rows, codes = due_rows(ledger), ledger.scope.codes
    found = [reading(TRAINING_CURRENT, Basis.DUE, rows, lambda r: r.met)]
    found.append(
        reading(
            TRAINING_CURRENT, Basis.DUE, by_person(rows), lambda of: all(r.met for r in of),
            (("unit", "people"),),
        )
    )
    dimensions = {
        "course": lambda r: ledger.asked[r.requirement.pk],
        "role_group": lambda r: r.person.role_group.code,
    }
    if ledger.scope.membership is None:
        dimensions["agency"] = lambda r: codes[r.person.agency_id]
    for dimension, value in dimensions.items():
        found += readings_by(TRAINING_CURRENT, Basis.DUE, rows, lambda r: r.met, dimension, value)
    return found


def counts(ledger: Ledger) -> list[Count]:
    """How many stand where, for the whole and by course; not yet due and exempt stand beside."""
    whole = Counter(row.standing for row in ledger.standings)
    asked = ledger.asked
    by_course = Counter((asked[row.requirement.pk], row.standing) for row in ledger.standings)
    found = [Count("staff_asked", "People with a requirement", len({r.person.pk for r in ledger.standings}))]
    found += [Count(f"training_{s}", s.label, whole[s]) for s in Standing]
    found += [
        Count(f"training_{standing}", standing.label, number, (("course", course),))
        for (course, standing), number in sorted(by_course.items())
    ]
    return found


def people_due(ledger: Ledger) -> tuple[PersonDue, ...]:
    """Who is expired, has never done it, or is expiring: for the agency's own eyes."""
    rows = [row for row in ledger.standings if row.standing in NOT_IN_DATE_FIRST]
    rows.sort(
        key=lambda r: (
            NOT_IN_DATE_FIRST.index(r.standing), r.person.last_name, r.person.first_name,
            r.person.pk, ledger.asked[r.requirement.pk],
        )
    )
    return tuple(
        PersonDue(
            row.person.name, row.person.job_title, row.person.role_group.title,
            ledger.asked[row.requirement.pk], row.standing.label, row.expires_on, row.person.pk,
        )
        for row in rows
    )


def duty_rows(ledger: Ledger) -> list[DutyRow]:
    """The attendances by people to whom a requirement for the duty applied."""
    return [row for row in ledger.attended if row.trained is not None]


def duty_readings(ledger: Ledger) -> list[Reading]:
    rows, codes = duty_rows(ledger), ledger.scope.codes
    found = [reading(DUTY_TRAINED, Basis.ALL, rows, lambda r: r.trained)]
    found += readings_by(
        DUTY_TRAINED, Basis.ALL, rows, lambda r: r.trained, "kind", lambda r: r.meeting.kind
    )
    if ledger.scope.membership is None:
        found += readings_by(
            DUTY_TRAINED, Basis.ALL, rows, lambda r: r.trained, "agency",
            lambda r: codes[r.person.agency_id],
        )
    return found


def duty_counts(ledger: Ledger) -> list[Count]:
    """What stands beside: attendances without a duty requirement, by nobody named; people never sent."""
    rows = ledger.attended
    there = [line for line in ledger.lines if line.outcome in REPRESENTED]
    return [
        Count("attendances_without_requirement", "Attendances by people to whom no duty requirement "
              "applied", sum(row.trained is None for row in rows)),
        Count("attendances_unnamed", "Attendances by people who are not named", len(there) - len(rows)),
        Count("trained_never_sent", "People trained for the duty who attended nothing", len(never_sent(ledger))),
    ]


def never_sent(ledger: Ledger) -> list[StaffMember]:
    """People trained for the duty, in post on the day, who attended nothing in the period."""
    sent = {row.person.pk for row in ledger.attended}
    return [
        person for person in ledger.people.values()
        if person.pk not in sent and in_post(person, ledger)
        and ledger.book.trained_for_duty(person, ledger.as_at)
    ]


def in_post(person: StaffMember, ledger: Ledger) -> bool:
    on = ledger.as_at
    still = person.left_on is None or person.left_on > on
    return person.started_on <= on and still and person.works_for_id in ledger.here
