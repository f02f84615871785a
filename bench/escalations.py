"""How long the queue of escalations takes: with ten cases and with 10,000, its first page and its last.

Run: python bench/escalations.py (SQLite in memory, or the database that DATABASE_URL names)
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection
from django.test import Client

from compliance.demo import factories as make
from escalation.actions import adopt_preset
from escalation.choices import Ended, Grounds
from escalation.models import Escalation, Participant, Stage
from escalation.stages import CaseState
from partnership.models import BankHoliday, Partnership, User
from partnership.roles import Role

ROUNDS, AGENCIES, STARTED = 9, 16, datetime(2026, 1, 5, 9, tzinfo=UTC)
PAGES = {"first": "", "last": "&before=end"}
LISTS = {
    "open": "?view=all",
    "all states": "?view=all&state=all",
    "overdue": "?view=all&state=overdue",
}


def place() -> Partnership:
    """A partnership with sixteen agencies, a policy, and one person of each kind who looks."""
    row = make.PartnershipFactory(code="BENCH")
    BankHoliday.objects.create(on=STARTED.date(), title="Start of the bench")
    for number in range(AGENCIES):
        make.MembershipFactory(
            partnership=row, agency=make.AgencyFactory(name=f"Agency {number:02}")
        )
    adopt_preset(by=None, partnership=row, preset="default", effective_from=STARTED.date())
    for name, where in (("manager", row), ("lead", None), ("practitioner", None)):
        role = {"manager": Role.PARTNERSHIP_MANAGER, "lead": Role.AGENCY_LEAD}.get(
            name, Role.PRACTITIONER
        )
        kwargs = {"partnership": row} if where else {"agency": row.agencies.first()}
        make.GrantFactory(
            user=make.UserFactory(email=f"{name}@bench.example.org"), role=role, **kwargs
        )
    return row


def fill(partnership: Partnership, start: int, stop: int) -> None:
    """Cases in all states, four stages between them, raised one minute after the other."""
    user = User.objects.get(email="practitioner@bench.example.org")
    other = User.objects.get(email="manager@bench.example.org")
    agencies, policy = list(partnership.agencies.all()), partnership.policies.get()
    steps, grounds = list(policy.stages.all()), list(Grounds)
    cases = Escalation.objects.bulk_create(
        (case(partnership, policy, n, agencies, grounds, user, other) for n in range(start, stop)),
        batch_size=500,
    )
    Stage.objects.bulk_create(
        (row for c in cases for row in stages(c, steps, other)), batch_size=500
    )
    Participant.objects.bulk_create(
        (Participant(escalation=c, user=c.raised_by, raising=True) for c in cases), batch_size=500
    )


def case(partnership, policy, n, agencies, grounds, user, other) -> Escalation:
    closed = n % 3 == 0
    at = STARTED + timedelta(minutes=n)
    ended = {
        "state": CaseState.RESOLVED,
        "closed_at": at + timedelta(days=9),
        "closed_by": other,
        "resolution": "Agreed.",
    }
    return Escalation(
        partnership=partnership,
        policy=policy,
        reference=f"BENCH-2026-{n:05}",
        raised_at=at,
        raised_by=user if n % 10 == 0 else other,
        raised_for=agencies[n % AGENCIES],
        theme_case=True,
        about=agencies[(n + 1 + n // AGENCIES % 3) % AGENCIES],
        grounds=grounds[n % len(grounds)],
        urgent=n % 7 == 0,
        concern="A concern.",
        outcome_wanted="An outcome.",
        **(ended if closed else {}),
    )


def stages(row: Escalation, steps, user) -> list[Stage]:
    """As many stages as the number of the case says; the last one open, if the case is."""
    n = int(row.reference[-5:])
    found = []
    for number in range(1, 2 + n % 4):
        at = row.raised_at + timedelta(days=number)
        end = number < 1 + n % 4 or row.state != CaseState.OPEN
        answered = {"answered_at": at, "answered_by": user, "answer": "Ours."} if n % 5 == 0 else {}
        closing = {"closed_at": at, "closed_by": user, "ended": Ended.MOVED_UP} if end else {}
        found.append(
            Stage(
                escalation=row,
                policy_stage=steps[number - 1],
                number=number,
                entered_at=at,
                entered_by=user,
                responder=user,
                due_at=at + timedelta(days=5 + n % 400),
                **answered,
                **closing,
            )
        )
    return found


def seconds(client: Client, address: str) -> tuple[float, int]:
    """The best of some rounds, and the number of queries."""
    seen: list[str] = []

    def count(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        assert client.get(address).status_code == 200
    best = float("inf")
    for _ in range(ROUNDS):
        started = perf_counter()
        client.get(address)
        best = min(best, perf_counter() - started)
    return best, len(seen)


def measure(number: int) -> None:
    print(f"\n{f'{number:,} cases':38}{'first':>9}{'last':>9}{'ratio':>8}{'queries':>10}")
    for name in ("manager", "lead", "practitioner"):
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(email=f"{name}@bench.example.org"))
        for title, query in LISTS.items():
            (first, few), (last, many) = (
                seconds(client, f"/escalations/{query}{page}") for page in PAGES.values()
            )
            print(
                f"{name + ', ' + title:38}{first * 1000:7.1f}ms{last * 1000:7.1f}ms{last / first:8.2f}{few:6}/{many}"
            )


def main() -> None:
    name = connection.creation.create_test_db(verbosity=0)
    try:
        partnership = place()
        fill(partnership, 0, 10)
        measure(10)
        fill(partnership, 10, 10_000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measure(10_000)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
