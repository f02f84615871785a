"""What a list of agencies expects of each at conferences: worked out first, then carried out."""

from __future__ import annotations

from datetime import date

from conferences import actions
from conferences.choices import Expectation
from conferences.models import ExpectationRule
from conferences.presets import SINCE
from conferences.rules import latest
from partnership.models import Agency, Partnership, User
from partnership.plans import Known, Plan
from partnership.spreadsheets import Sheet, spoken


def plan_expectations(
    sheet: Sheet, partnership: Partnership, agencies: Known[Agency], on: date
) -> Plan[ExpectationRule]:
    """What the list of agencies expects of each at conferences; empty: the local default."""
    plan: Plan[ExpectationRule] = Plan(sheet)
    there = list(partnership.expectations.filter(kind=""))
    for row in sheet.sound():
        agency = agencies.named(row, "code")
        value = row.choice("conference_expectation", dict(Expectation.choices), default="")
        if not row.ok or not value:
            continue
        own = (r for r in there if r.agency_id == agency.pk)
        rule = latest(own, on) if agency.pk else None  # one that is only to be made has none
        wanted = ExpectationRule(
            partnership=partnership, agency=agency, expectation=value, effective_from=SINCE
        )
        if rule is None:
            plan.new.append(wanted)
        elif rule.expectation == value:
            plan.unchanged.append(rule)
        else:
            row.refuse(
                "conference_expectation", f"{agency} is expected to {rule.expectation} since "
                f"{spoken(rule.effective_from)}. Change it on the page of local rules, or mend the "
                "file.",
            )
    return plan


def carry_out_expectations(plan: Plan[ExpectationRule], by: User | None) -> list[ExpectationRule]:
    """Say what is expected; gives the rules that were made."""
    return [
        actions.expect(
            by=by, partnership=row.partnership, agency=row.agency, expectation=row.expectation,
            effective_from=row.effective_from,
        )
        for row in plan.new
    ]
