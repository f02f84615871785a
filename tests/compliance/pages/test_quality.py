"""Data quality: the numbers are those of the report, each opens its rows, and no person is named."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from compliance.measures import Scope, open_ledger, score
from compliance.measures.conferences import without_discussion, without_predecessor
from compliance.period import Period
from compliance.rows.quality import KINDS, totals
from compliance.rows.tables import presence_row
from compliance.views.quality import key_of
from conferences.actions import close_registers
from conferences.models import Attendance
from partnership.models import today
from tests.filled import NAMES, filled
from tests.lists import body, rows_of
from tests.reading import same, text

__all__ = ["filled"]
pytestmark = pytest.mark.django_db
INDEX = "/set-up/quality/"
YEAR = Period.parse("2014-15")
# What the card of the report calls the same.
SAME = {
    "open-registers": "open_registers", "unknown-outcomes": "unknown_outcomes",
    "disputed-lines": "disputed_lines", "late-invitations": "late_invitations",
    "involvement-changes": "involvement_changes",
    "reviews-without-predecessor": "reviews_without_predecessor",
    "no-strategy-discussion": "initials_without_strategy_discussion",
}


@pytest.fixture
def messy(filled, bob):
    """One defect of each kind and more, of both agencies."""
    place, a, b = filled.partnership, filled.agency_a, filled.agency_b
    row = make.MeetingFactory(partnership=place, kind="review_conference", reference="MESS",
                              held_on=date(2015, 3, 10), family_ref="F-NEW")
    make.AttendanceFactory(meeting=row, agency=a, invited_on=date(2015, 3, 9), involved_changes=2)
    make.AttendanceFactory(meeting=row, agency=b, invited_on=date(2015, 3, 9))
    close_registers(by=None, meetings=[row], tell=False)
    make.ExtractLineFactory(partnership=place, reference="MESS", held_on=date(2015, 3, 10))
    row.lines.filter(agency=b).update(
        disputed_at=timezone.now() - timedelta(days=90), disputed_by=bob, dispute="We came."
    )
    still = make.MeetingFactory(partnership=place, reference="STILL", held_on=date(2015, 3, 11))
    make.AttendanceFactory(meeting=still, agency=b)
    make.TrainingRecordFactory(staff_member=filled.staff_a, confirmed_at=None,
                               course=make.CourseFactory(title="Neglect"))
    odd = make.StaffMemberFactory(agency=a, role_group=make.RoleGroupFactory(title="Drivers"),
                                  first_name="Nobodyina", last_name="Figure", job_title="Driver",
                                  started_on=date(2010, 1, 1))
    return filled, odd


def numbers(page) -> dict[str, object]:
    return {row[0]["text"]: row[1]["text"] for row in page.context["rows"]}


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("bob", 403), ("charlie", 403), ("dana", 403), ("tara", 200), ("sam", 200),
     ("mo", 200), ("dee", 200), ("audrey", 200)],
)
def test_quality_is_for_those_who_see_the_figures_of_all(client, people, messy, name, status):
    client.force_login(getattr(people, name))
    assert client.get(INDEX).status_code == status
    for address in ("NW.csv", "NW/late-invitations/", "NW/late-invitations/rows.csv"):
        assert client.get(INDEX + address).status_code == (200 if status == 200 else 404)
        far, none = (client.get(INDEX + address.replace("NW", code)) for code in ("SM", "XX"))
        assert far.status_code == 404
        assert same(far)[1] == same(none)[1]


def test_the_numbers_are_those_of_the_report(messy, partnership):
    card = score(Scope(partnership), YEAR)
    ledger = open_ledger(Scope(partnership), YEAR)
    for key, count in SAME.items():
        assert KINDS[key].total(ledger) == card.count(count), key
        assert card.count(count) > 0, key


def test_every_number_is_the_sum_of_its_agencies_and_opens_its_rows(client, mo, messy, partnership):
    client.force_login(mo)
    ledger = open_ledger(Scope(partnership), YEAR)
    page = client.get(f"{INDEX}?period=2014-15")
    shown = numbers(page)
    for key, kind in KINDS.items():
        rows = client.get(f"{INDEX}NW/{key}/?period=2014-15")
        assert rows.status_code == 200
        assert shown[kind.title] == kind.total(ledger) > 0, key
        if key != "involvement-changes":  # one row may hold several changes
            assert rows.context["page"].paginator.count == kind.total(ledger), key
        if kind.by_agency and key != "open-registers":  # several agencies at one meeting
            assert sum(kind.by_agency(ledger).values()) == kind.total(ledger), key
    assert "Nothing is to be mended here" in text(client.get(f"{INDEX}NW/late-invitations/?period=2012-13"))


def test_each_agency_opens_its_own_rows(client, mo, messy):
    client.force_login(mo)
    one = client.get(f"{INDEX}NW/late-invitations/?period=2014-15&agency=POL")
    assert {row[3]["text"] for row in one.context["rows"]} == {"Northwold Police"}
    both = client.get(f"{INDEX}NW/late-invitations/?period=2014-15")
    assert {row[0]["text"]: row[1]["text"] for row in both.context["agencies"]} == {
        "Northwold Police": 1, "Northwold Social Care": 1,
    }
    still = client.get(f"{INDEX}NW/open-registers/?period=2014-15&agency=CSC")
    assert still.context["page"].paginator.count == 0
    assert client.get(f"{INDEX}NW/late-invitations/?agency=XXX").status_code == 404
    assert client.get(f"{INDEX}NW/nonsense/").status_code == 404
    assert client.get(f"{INDEX}?period=soon").status_code == 404


def test_a_dispute_is_late_after_ten_working_days(client, mo, messy, bob):
    client.force_login(mo)
    address = f"{INDEX}NW/disputed-lines/?period=2014-15"
    # "Late" is asked of today, as on the page where disputes are answered: the line is still waiting.
    assert [row[-1]["text"] for row in client.get(address).context["rows"]] == ["Late"]
    now = timezone.now().replace(microsecond=0)
    Attendance.objects.filter(disputed_at__isnull=False).update(disputed_at=now)
    assert [row[-1]["text"] for row in client.get(address).context["rows"]] == ["In time"]


def test_a_dispute_of_a_summer_night_is_of_the_day_that_the_clocks_show(client, mo, messy):
    client.force_login(mo)
    night = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight there
    Attendance.objects.filter(disputed_at__isnull=False).update(disputed_at=night)
    (row,) = client.get(f"{INDEX}NW/disputed-lines/?period=2014-15").context["rows"]
    assert [cell["text"] for cell in row[-3:-1]] == ["1 July 2026", "15 July 2026"]


def test_no_person_is_named_anywhere(client, people, messy):
    _, odd = messy
    wrong = [part for name in NAMES.values() for part in name] + [odd.first_name, odd.last_name]
    for user in (people.mo, people.tara, people.audrey):
        client.force_login(user)
        for key in KINDS:
            for end in ("", "rows.csv"):
                words = body(client.get(f"{INDEX}NW/{key}/{end}?period=2014-15")).decode()
                assert not [name for name in wrong if name in words], (key, end)
                assert "FAM-" not in words


def test_agencies_without_a_lead_or_a_list(client, mo, messy, alice):
    client.force_login(mo)

    def agencies(key):
        rows = client.get(f"{INDEX}NW/{key}/?period=2014-15").context["rows"]
        return {row[0]["text"] for row in rows}

    assert agencies("no-lead") == {"Northwold Police"}
    assert agencies("no-staff-list") == {"Northwold Social Care", "Northwold Police"}
    filled, _ = messy
    lead = make.GrantFactory(role="agency_lead", agency=filled.agency_b, from_on=today())
    assert agencies("no-lead") == set()  # mended today, also for a period that is over
    lead.delete()
    assert agencies("no-lead") == {"Northwold Police"}
    filled.agency_a.staff_list_on = date(2014, 6, 1)
    filled.agency_a.save()
    assert agencies("no-staff-list") == {"Northwold Police"}


def rows_of_file(answer) -> list[list[str]]:
    assert answer["Content-Type"].startswith("text/csv")
    return rows_of(answer)


def test_the_files_hold_every_number_and_every_row(client, mo, messy):
    client.force_login(mo)
    found = rows_of_file(client.get(f"{INDEX}NW.csv?period=2014-15"))
    assert found[0] == ["What", "Agency", "How many"]
    assert ["Late invitations", "Northwold Police", "1"] in found
    assert ["Initial conferences without a strategy discussion", "", "1"] in found
    rows = rows_of_file(client.get(f"{INDEX}NW/late-invitations/rows.csv?period=2014-15"))
    assert len(rows) == 3
    assert rows[0][:4] == ["Meeting", "Kind", "Date", "Agency"]
    assert rows[1][2] == "2015-03-10"


def test_rows_are_sorted_and_paged_at_a_fixed_number_of_queries(client, mo, filled):
    client.force_login(mo)
    counts: dict[str, list[int]] = {}
    for many in (3, 60):
        for _ in range(many):
            row = make.MeetingFactory(partnership=filled.partnership, held_on=date(2015, 3, 3))
            make.AttendanceFactory(meeting=row, agency=filled.agency_a, invited_on=date(2015, 3, 2))
            make.AttendanceFactory(meeting=row, agency=filled.agency_b, invited_on=date(2015, 3, 2))
            close_registers(by=None, meetings=[row], tell=False)
            make.TrainingRecordFactory(staff_member=filled.staff_a, confirmed_at=None,
                                       course=make.CourseFactory())
            make.StaffMemberFactory(agency=filled.agency_a, role_group=make.RoleGroupFactory())
        for address in (INDEX, *(f"{INDEX}NW/{key}/" for key in KINDS)):
            with CaptureQueriesContext(connection) as caught:
                client.get(address)
            counts.setdefault(address, []).append(len(caught))
    assert {a: few for a, (few, many) in counts.items() if few < many} == {}
    page = client.get(f"{INDEX}NW/late-invitations/?sort=-3")
    assert len(page.context["rows"]) == 25
    assert page.context["rows"][0][3]["text"] == "Northwold Social Care"
    assert client.get(f"{INDEX}NW/late-invitations/?sort=99&page=nonsense").status_code == 200


# --- Counted in the database as the measures count among their rows ---------------------------------


OUTCOMES = ("unknown", "unknown", "attended", "absent")


@pytest.fixture
def jumble(filled):
    """Meetings of the year and around it, with one line or several of an agency, of every sort."""
    chance = Random(41)
    reviews = ("review_conference", "initial_conference", "core_group")
    for number in range(60):
        day = date(2014, 3, 1) + timedelta(days=chance.randrange(420))
        row = make.MeetingFactory(
            partnership=filled.partnership, kind=chance.choice(reviews), held_on=day, reference=f"J-{number}",
            family_ref=chance.choice(("", "F1", "F2", f"F{number}")),
        )
        for agency in (filled.agency_a, filled.agency_b):
            for place in range(chance.randrange(3)):
                row.lines.add(make.AttendanceFactory(
                    meeting=row, agency=agency, job_title=f"Job {place}", staff_member=None, invited_on=None,
                    outcome=chance.choice(OUTCOMES), involved=chance.random() < 0.7,
                    late_invitation=chance.random() < 0.6, involved_changes=chance.choice((0, 0, 1, 2)),
                ))
        ended = {"state": chance.choice(("held", "held", "stood_down")), "closed_at": timezone.now()}
        if number % 5:
            type(row).objects.filter(pk=row.pk).update(**ended)
    return open_ledger(Scope(filled.partnership), YEAR)


def test_signs_are_those_of_the_presences_that_the_measures_fold(jumble):
    signs = {
        "unknown-outcomes": lambda p: p.involved and not p.known, "late-invitations": lambda p: p.late,
        "involvement-changes": lambda p: p.changes,
    }
    together = totals(jumble)
    for key, number in signs.items():
        seen = [p for p in jumble.presences if number(p)]
        wanted = [presence_row(p, jumble, None, agency=True) for p in seen]
        rows = KINDS[key].rows(jumble, None)
        assert list(rows) == wanted and len(wanted) > 3, key
        assert rows[2:4] == wanted[2:4]
        numbers = Counter()
        for p in seen:
            numbers[p.agency] += int(number(p))
        assert KINDS[key].by_agency(jumble) == rows.numbers == numbers
        assert together[key] == KINDS[key].total(jumble) == sum(numbers.values())
        for place, _ in enumerate(KINDS[key].columns):
            for down in (False, True):
                ordered = sorted(wanted, key=lambda row: key_of(row.cells[place]), reverse=down)
                assert list(rows.by(place, down)) == ordered, (key, place, down)


def test_what_timeliness_lacks_is_what_the_measures_miss(jumble):
    found = {
        "no-strategy-discussion": without_discussion(jumble),
        "reviews-without-predecessor": without_predecessor(jumble),
    }
    for key, meetings in found.items():
        rows = KINDS[key].rows(jumble, None)
        assert [row.reference for row in rows] == [m.reference for m in meetings], key
        assert len(rows) > 3
        assert KINDS[key].total(jumble) == totals(jumble)[key] == len(rows)
