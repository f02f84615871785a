"""The whole trial: the published year, two neighbours, targets, disputes, reports, people to sign in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from compliance.demo.cases import make_cases
from compliance.demo.issued import issue_correction, issue_first
from compliance.demo.logged import make_actions
from compliance.demo.neighbours import make_neighbour, make_trust
from compliance.demo.people import make_people
from compliance.demo.places import FROM_ON, NEIGHBOURS
from compliance.demo.returns import make_returns
from compliance.demo.sessions import make_sessions
from compliance.demo.today import make_today
from compliance.folder import load_folder, open_partnership
from compliance.models import Target
from conferences.actions import dispute
from conferences.choices import Outcome
from conferences.models import Attendance
from partnership.history import save_new
from partnership.models import Partnership, User

YEAR = Path(__file__).resolve().parent / "data" / "bracknell-forest-2014-15"
TARGETS = {  # measure: good from, watch from
    "training_current": (90, 75),
    "conference_attendance": (80, 60),
    "core_group_attendance": (80, 60),
    "contribution": (90, 75),
    "reports_in_time": (80, 60),
    "quoracy": (95, 85),
    "timeliness": (90, 75),
    "duty_trained": (90, 75),
    "escalation_in_time": (90, 75),
}
DISPUTED = 2  # lines of each neighbour
DISPUTE = "Our conference officer was there by phone; the chair's list will show it."


@transaction.atomic
def build(on: date) -> None:
    """Make what is not there yet; the second time changes nothing."""
    partnership = open_partnership(
        None, "BF", "Bracknell Forest", label="Local Safeguarding Children Board",
        subgroup_label="East Berkshire training sub-group",
    )
    if not partnership.meetings.exists():
        load_folder(YEAR, code="BF", on=on)
    make_trust()
    set_targets(partnership)
    neighbours = [make_neighbour(place) for place in NEIGHBOURS]
    make_people()
    for neighbour in neighbours:
        dispute_some(neighbour)
    first = issue_first(partnership)
    make_cases(partnership)
    make_actions(partnership, on)
    if first:
        issue_correction(partnership)
    make_sessions(partnership, on)
    make_today(partnership, on)
    make_returns(partnership, on)


def set_targets(partnership: Partnership) -> None:
    if partnership.targets.exists():
        return
    for measure, (good, watch) in TARGETS.items():
        row = Target(
            partnership=partnership, measure=measure, good_from=Decimal(good),
            watch_from=Decimal(watch), effective_from=FROM_ON,
        )
        save_new(
            row, None, "set", partnership=partnership, measure=measure, good_from=good,
            watch_from=watch, effective_from=FROM_ON,
        )


def dispute_some(partnership: Partnership) -> None:
    """The police dispute some of their absences; nobody has answered yet."""
    lines = Attendance.objects.filter(
        meeting__partnership=partnership, meeting__closed_at__isnull=False,
        agency__name="Thames Valley Police",
    )
    if lines.disputed().exists():
        return
    lead = User.objects.get(email="lead.tvp@example.org")
    missed = lines.filter(outcome__in=[Outcome.ABSENT, Outcome.UNKNOWN, Outcome.APOLOGIES])
    for line in missed.order_by("meeting__held_on", "pk")[:DISPUTED]:
        dispute(by=lead, line=line, text=DISPUTE)
