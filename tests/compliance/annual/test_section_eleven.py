"""The Section 11 extract: the figures of the measures, agency by agency, for whom they are."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.measures.section_eleven import COLUMNS, extract
from compliance.period import Period
from compliance.scorecard import Basis
from partnership.models import Agency, HistoryEntry, Membership
from partnership.roles import Role
from tests.compliance.annual.conftest import YEAR

PLACE = "/partnerships/NW/"
WHOLE = f"{PLACE}section-11.csv?period=2014-15"


def read(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def trained(year, partnership, agency_a, staff_a):
    """Bob's role group must hold two courses, of which he holds one."""
    for code in ("CPC2", "UNI"):
        course = make.CourseFactory(code=code, title=f"Course {code}", valid_months=36)
        make.RequirementFactory(partnership=partnership, role_group=staff_a.role_group, courses=[course])
    make.TrainingRecordFactory(staff_member=staff_a, course=course)


@pytest.mark.django_db
def test_lines_of_each_agency_with_counts_basis_day_and_sentence(client, sam, trained):
    client.force_login(sam)
    rows = read(client.get(WHOLE))
    assert tuple(rows[0]) == COLUMNS
    assert [row["Agency"] for row in rows] == sorted(row["Agency"] for row in rows)
    own = [row for row in rows if row["Agency code"] == "CSC"]
    assert {(row["Period"], row["As at"]) for row in own} == {("2014-15", "2015-03-31")}
    assert all(row["What is counted"].startswith("Of the ") for row in rows)
    levels = {
        (row["Role group"], row["Course"]): (row["Met"], row["Total"], row["Percentage"])
        for row in own if row["Measure"] == "Training in date"
    }
    assert levels["", "Course UNI"] == levels["Front line", "Course UNI"] == ("1", "1", "100")
    assert levels["", "Course CPC2"] == ("0", "1", "0") and levels["Front line", ""] == ("1", "2", "50")
    bases = [row["Basis"] for row in own if row["Measure"] == "Attendance at conferences"]
    assert bases == ["Involved", "Involved, outcome known", "Invited", "All held"]
    police = [row for row in rows if row["Agency code"] == "POL" and row["Measure"] == "Reports in time"]
    assert {(row["Total"], row["Percentage"]) for row in police} == {("0", "none")}  # never 0%
    people = next(row for row in own if row["Counted"] == "People with all that is due in date")
    assert (people["Met"], people["Total"], people["Basis"]) == ("0", "1", "People with something due")
    duty = {row["Basis"] for row in own if row["Measure"] == "Trained for the duty"}
    assert duty == {"Attendances by named people with a duty requirement"}
    assert not [row for row in rows if "Bob" in " ".join(row.values())]


@pytest.mark.django_db
def test_a_lead_has_their_own_agency_and_nobody_elses(client, people, trained):
    client.force_login(people.alice)
    rows = read(client.get(f"{PLACE}agencies/CSC/section-11.csv?period=2014-15"))
    assert {row["Agency code"] for row in rows} == {"CSC"}
    client.force_login(people.sam)
    whole = read(client.get(WHOLE))
    assert rows == [row for row in whole if row["Agency code"] == "CSC"]
    refused = {"alice": [WHOLE, f"{PLACE}agencies/POL/section-11.csv"]} | {
        name: [WHOLE, f"{PLACE}agencies/CSC/section-11.xlsx"]
        for name in ("bob", "dana", "tara", "dee", "outsider")
    }
    for name, addresses in refused.items():
        client.force_login(getattr(people, name))
        for address in addresses:
            assert client.get(address).status_code == 404, (name, address)


@pytest.mark.django_db
def test_a_parents_lead_has_its_parts(client, partnership, agency_b, trained):
    trust = make.AgencyFactory(name="The trust")
    make.MembershipFactory(partnership=partnership, agency=trust, code="TRUST")
    Agency.objects.filter(pk=agency_b.pk).update(parent=trust)
    grant = make.GrantFactory(role=Role.AGENCY_LEAD, agency=trust)
    client.force_login(grant.user)
    rows = read(client.get(f"{PLACE}agencies/TRUST/section-11.csv?period=2014-15"))
    assert {row["Agency code"] for row in rows} == {"TRUST", "POL"}


@pytest.mark.django_db
def test_workbook_holds_numbers_and_no_formula_and_is_the_same_again(client, sam, trained, agency_a):
    Agency.objects.filter(pk=agency_a.pk).update(name='=HYPERLINK("http://127.0.0.1:9/")')
    client.force_login(sam)
    address = WHOLE.replace(".csv", ".xlsx")
    answers = [client.get(address) for _ in range(2)]
    assert answers[0]["Content-Disposition"] == 'attachment; filename="quorate-section-11-NW-2014-15.xlsx"'
    first, second = (b"".join(answer.streaming_content) for answer in answers)
    assert first == second
    sheet = openpyxl.load_workbook(io.BytesIO(first)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert "f" not in {cell.data_type for row in rows for cell in row}
    met, total = COLUMNS.index("Met"), COLUMNS.index("Total")
    assert {type(row[place].value) for row in rows for place in (met, total)} == {int}
    assert all(row["Agency"].startswith("'=") for row in read(client.get(WHOLE)) if row["Agency code"] == "CSC")
    entry = HistoryEntry.objects.filter(verb="printed").latest("pk")
    assert entry.changes["report"] == "Section 11 extract" and entry.partnership.code == "NW"


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(year, partnership):
    asked = []
    for more in (1, 9):
        for n in range(more):
            member = make.MembershipFactory(partnership=partnership, code=f"X{more}{n}")
            make.AttendanceFactory(meeting=year.first, agency=member.agency)
        with CaptureQueriesContext(connection) as queries:
            lines = list(extract(Scope(partnership), YEAR).rows)
        asked.append((len(queries), len(lines)))
    assert asked[0][0] == asked[1][0] <= 20 and asked[0][1] < asked[1][1]


def test_figures_are_those_of_the_reports_of_the_demo_year(bf_year):
    scope = Scope(bf_year)
    rows = list(extract(scope, Period(2014)).rows)
    assert len({row[:9] for row in rows}) == len(rows) > 400
    found = {(row[1], row[4], row[5], *row[6:9]): row[9:11] for row in rows}
    seat, met = ("Attendance at conferences", "Involved", "", ""), "Represented, of conferences"
    assert found["TVP", *seat, met] == (119, 191) and found["GP", *seat, met] == (7, 247)
    for member in Membership.objects.filter(partnership=bf_year, code__in=("TVP", "ASC")).select_related("agency", "partnership"):
        card = score(Scope(bf_year, member), Period(2014), before=False)
        own = extract(Scope(bf_year, member), Period(2014))
        assert [row for row in rows if row[1] == member.code] == list(own.rows)
        for result in card.results:
            if result.measure.key != "escalation_in_time":
                for basis in {reading.basis for reading in result.readings}:
                    whole = result.whole(basis)
                    counted = f"{result.measure.met_label}, of {result.measure.total_label.lower()}"
                    key = member.code, result.measure.title, result.measure.basis_label(basis), "", "", counted
                    assert found[key] == (whole.met, whole.total), key
        training = card.result("training_current")
        course = training.reading(Basis.DUE, course="CPC")
        key = member.code, "Training in date", "Requirements due", "", card.label("course", "CPC"), "In date, of requirements due"
        assert found[key] == (course.met, course.total)
