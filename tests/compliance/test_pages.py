"""The pages of figures and of meetings: who may open them, whose names stand on them, what an empty
period says, and how often they ask the database.
"""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from compliance.demo import factories as make
from conferences.actions import dispute
from conferences.choices import Outcome
from partnership.models import HistoryEntry
from tests import filled as world

filled = world.filled

PERIOD = f"period={world.YEAR}"
TRAINING = f"rows/?{PERIOD}&measure=training_current&basis=due"
DASHBOARD = "/partnerships/NW/"
A = "/partnerships/NW/agencies/CSC/"
B = "/partnerships/NW/agencies/POL/"
CONFERENCE = "/partnerships/NW/meetings/NW-1/"
CORE_GROUP = "/partnerships/NW/meetings/NW-2/"

# Who may open what, by house.md section 4; everybody else is answered as if it did not exist.
FIGURES = {"tara", "sam", "mo", "dee", "audrey"}
PRINTERS = {"sam", "mo", "audrey"}
ALLOWED = {
    "/": {"alice", "bob", "charlie", "dana", "outsider", *FIGURES},
    DASHBOARD: FIGURES,
    f"{DASHBOARD}{TRAINING}": FIGURES,
    f"{DASHBOARD}report.pdf": PRINTERS,
    f"{DASHBOARD}report.csv": PRINTERS,
    f"{DASHBOARD}report.json": PRINTERS,
    f"{DASHBOARD}report.xlsx": PRINTERS,
    A: {"alice", *FIGURES},
    f"{A}{TRAINING}": {"alice", *FIGURES},
    f"{A}rows/?{PERIOD}&count=training_expired": {"alice", *FIGURES},
    f"{A}report.pdf": {"alice", *PRINTERS},
    f"{A}report.csv": {"alice", *PRINTERS},
    B: {"charlie", *FIGURES},
    f"{B}{TRAINING}": {"charlie", *FIGURES},
    f"{B}report.csv": {"charlie", *PRINTERS},
    f"{B}report.xlsx": {"charlie", *PRINTERS},
    CONFERENCE: {"alice", "bob", "charlie", "dana", "sam", "mo", "dee", "audrey"},
    CORE_GROUP: {"alice", "bob", "dana", "sam", "mo", "dee", "audrey"},
    "/partnerships/SM/agencies/CSC/": {"outsider"},
    "/partnerships/SM/agencies/CSC/report.pdf": {"outsider"},
    "/partnerships/SM/meetings/NW-1/": {"outsider"},
    "/partnerships/SM/": set(),
}
MISSING = {
    "agencies/CSC/": "agencies/NOBODY/",
    "agencies/POL/": "agencies/NOBODY/",
    "meetings/NW-1/": "meetings/NEVER-1/",
    "meetings/NW-2/": "meetings/NEVER-1/",
}
PEOPLE = sorted(ALLOWED["/"])


def same(response) -> tuple[int, str]:
    """The answer without what differs each time: the form's token."""
    return response.status_code, re.sub(r'value="\w{64}"', "", response.content.decode())


def text(response) -> str:
    """The words of a page."""
    return " ".join(unescape(strip_tags(response.content.decode())).split())


def pdf_text(response) -> str:
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


# --- Access ---------------------------------------------------------------------------------------


def test_page_opens_for_whom_the_access_table_names_and_else_is_as_if_missing(
    client, filled, people
):
    opened = {address: set() for address in ALLOWED}
    for name in PEOPLE:
        client.force_login(getattr(people, name))
        for address in ALLOWED:
            answer = client.get(address)
            if answer.status_code == 200:
                opened[address].add(name)
                if name != "dana":  # a family's reference is for the conference service only
                    assert b"FAM-" not in answer.content, (name, address)
            else:
                assert same(answer) == same(client.get(missing(address))), (name, address)
                assert answer.status_code == 404
    assert opened == ALLOWED


def missing(address: str) -> str:
    """The address of something that does not exist, in place of what the address names."""
    for part, instead in MISSING.items():
        if part in address:
            return address.replace(part, instead)
    return "/partnerships/NOWHERE/"


def test_page_of_a_lost_grant_is_gone_on_the_next_request(client, filled, alice):
    client.force_login(alice)
    assert client.get(A).status_code == 200
    alice.grants.update(until_on=date(2026, 1, 1))
    assert client.get(A).status_code == 404


def test_lead_of_a_parent_agency_opens_the_pages_of_its_parts(client, filled, alice):
    filled.agency_b.parent = filled.agency_a
    filled.agency_b.save()
    client.force_login(alice)
    assert client.get(B).status_code == 200
    filled.agency_b.parent = None
    filled.agency_b.save()
    assert client.get(B).status_code == 404


# --- Names and references -------------------------------------------------------------------------


@pytest.mark.parametrize("address", [f"{A}?{PERIOD}", f"{A}{TRAINING}"])
def test_names_stand_on_the_own_leads_pages_only(client, filled, people, address):
    client.force_login(people.alice)
    assert "Alphatwo" in text(client.get(address))
    for name in sorted(FIGURES):
        client.force_login(getattr(people, name))
        words = text(client.get(address))
        assert "Alphatwo" not in words and "Alphason" not in words, name
        assert filled.staff_a2.job_title in words or "rows" not in address


def test_names_of_the_report_are_in_the_agencys_own_copy_only(client, filled, people):
    client.force_login(people.alice)
    assert "Alphatwo" in pdf_text(client.get(f"{A}report.pdf?{PERIOD}"))
    for name in sorted(PRINTERS):
        client.force_login(getattr(people, name))
        printed = pdf_text(client.get(f"{A}report.pdf?{PERIOD}"))
        assert "Northwold Social Care" in printed and "Alphatwo" not in printed


def test_duty_rows_name_the_people_who_went_for_the_own_lead_only(client, filled, alice, sam):
    address = f"{A}rows/?{PERIOD}&measure=duty_trained&basis=all"
    client.force_login(alice)
    assert "Bobina Alphason" in text(client.get(address))
    client.force_login(sam)
    words = text(client.get(address))
    assert "NW-1" in words and "Alphason" not in words


def test_reading_names_leaves_a_line_in_the_history(client, filled, alice, sam):
    read = HistoryEntry.objects.filter(verb="read names")
    client.force_login(sam)
    client.get(A)
    assert not read.exists()
    client.force_login(alice)
    client.get(A)
    assert read.get().user == alice


def test_family_reference_is_for_the_conference_service_only(client, filled, people):
    client.force_login(people.dana)
    assert "FAM-NORTH-ONE" in text(client.get(CONFERENCE))
    assert "FAM-NORTH-TWO" in text(client.get(CORE_GROUP))
    counts = ("conferences", "core_groups", "missed", "late_invitations")
    more = [f"{place}rows/?{PERIOD}&count={key}" for place in (A, DASHBOARD) for key in counts]
    more.append(f"{DASHBOARD}rows/?{PERIOD}&measure=timeliness&basis=all")
    for name in sorted(FIGURES):  # what everybody may open is looked at above
        client.force_login(getattr(people, name))
        for address in more:
            answer = client.get(address)
            assert answer.status_code == 200 and b"FAM-" not in answer.content, (name, address)


# --- A meeting ------------------------------------------------------------------------------------


def test_meeting_shows_attendance_by_agency_to_everyone_invited(client, filled, people):
    for name in ("alice", "bob", "charlie", "sam"):
        client.force_login(getattr(people, name))
        words = text(client.get(CONFERENCE))
        assert "Northwold Social Care" in words and "Northwold Police" in words
        assert "Attended" in words and "Apologies" in words


@pytest.mark.parametrize(
    ("name", "seen", "unseen"),
    [
        ("alice", ["Alphason"], ["Betason"]),
        ("charlie", ["Betason"], ["Alphason"]),
        ("bob", ["Alphason", "Betason"], []),
        ("dana", ["Alphason", "Betason"], []),
        ("sam", [], ["Alphason", "Betason"]),
        ("mo", [], ["Alphason", "Betason"]),
        ("audrey", [], ["Alphason", "Betason"]),
    ],
)
def test_meeting_names_people_by_its_rules(client, filled, people, name, seen, unseen):
    client.force_login(getattr(people, name))
    words = text(client.get(CONFERENCE))
    assert all(person in words for person in seen)
    assert not any(person in words for person in unseen)


def test_meeting_names_nobody_to_an_invited_person_who_was_not_there(client, filled, bob):
    line = filled.meeting.lines.filter(staff_member=filled.staff_a)
    client.force_login(bob)
    assert "Betason" in text(client.get(CONFERENCE))
    line.update(outcome=Outcome.APOLOGIES, mode="")
    words = text(client.get(CONFERENCE))
    assert "Apologies" in words and "Betason" not in words and "Alphason" not in words


def test_meeting_says_why_it_was_quorate_or_not(client, filled, alice):
    client.force_login(alice)
    words = text(client.get(CONFERENCE))
    assert "Not quorate" in words and filled.meeting.quorum_sentence in words


def test_meeting_shows_what_was_missed_to_the_agency_and_the_conference_service(
    client, filled, people
):
    sentence = filled.meeting.missed.filter(agency=filled.agency_b).first().sentence
    for name in ("charlie", "dana", "sam"):
        client.force_login(getattr(people, name))
        assert sentence in text(client.get(CONFERENCE)), name
    for name in ("alice", "bob"):
        client.force_login(getattr(people, name))
        assert sentence not in text(client.get(CONFERENCE)), name


def test_meeting_marks_a_disputed_line_and_keeps_what_was_said(client, filled, charlie, sam):
    line = filled.meeting.lines.get(agency=filled.agency_b)
    client.force_login(sam)
    assert "Disputed" not in text(client.get(CONFERENCE))
    dispute(by=charlie, line=line, text="She was on the phone throughout.")
    words = text(client.get(CONFERENCE))
    assert "Disputed" in words and "on the phone throughout" not in words


# --- Periods --------------------------------------------------------------------------------------

BAD_PERIODS = ["2014-16", "2014", "x", "2014-15-Q5", "2014-15-H0", "1066-67", "%00", "2014-15'--"]


PAGES_OF_A_PERIOD = (DASHBOARD, A, f"{A}report.csv", f"{DASHBOARD}report.csv")


def test_period_that_is_none_is_not_found(client, filled, sam):
    client.force_login(sam)
    for period in BAD_PERIODS:
        for address in PAGES_OF_A_PERIOD:
            assert client.get(f"{address}?period={period}").status_code == 404, (address, period)


def test_period_in_any_of_its_spellings_is_found(client, filled, sam):
    client.force_login(sam)
    for period in ("2014-15", "2014-15-H2", "2014-15-q4", "2014-15 Q4", ""):
        for address in PAGES_OF_A_PERIOD:
            answer = client.get(address, {"period": period})
            assert answer.status_code == 200, (address, period)


def test_page_without_a_period_shows_the_last_year_with_meetings(client, filled, sam):
    client.force_login(sam)
    assert "2014-15: 1 April 2014 to 31 March 2015" in text(client.get(A))


@pytest.mark.parametrize("address", [DASHBOARD, A])
def test_period_without_data_says_none_and_never_a_percentage(client, filled, sam, address):
    client.force_login(sam)
    words = text(client.get(f"{address}?period=2003-04"))
    assert "none" in words and "Nothing to count in this period" in words
    assert not re.search(r"\d%", words)
    assert re.search(r"\d%", text(client.get(f"{address}?{PERIOD}")))


def test_rows_of_no_number_are_not_found(client, filled, sam):
    client.force_login(sam)
    for query in (
        "", "measure=nonsense&basis=due", "measure=training_current&basis=all", "count=nonsense",
        "measure=conference_attendance&basis=%00", "measure=quoracy&basis=all&half=x",
    ):
        assert client.get(f"{DASHBOARD}rows/?{PERIOD}&{query}").status_code == 404, query
    assert client.get(f"{DASHBOARD}{TRAINING}").status_code == 200


def test_rows_say_which_breakdown_they_are_of(client, filled, sam):
    client.force_login(sam)
    assert "Role group: Front line" in text(client.get(f"{A}{TRAINING}&role_group=front_line"))
    assert "Role group: Front line" not in text(client.get(f"{A}{TRAINING}"))


# --- Queries --------------------------------------------------------------------------------------


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


ASKED = [
    ("alice", "/"), ("bob", "/"), ("dana", "/"), ("sam", "/"),
    ("sam", DASHBOARD), ("alice", A), ("sam", A), ("alice", f"{A}{TRAINING}"),
    ("sam", f"{DASHBOARD}rows/?{PERIOD}&measure=conference_attendance&basis=involved"),
    ("sam", f"{A}rows/?{PERIOD}&count=missed"),
    ("dana", CONFERENCE), ("bob", CONFERENCE), ("alice", CONFERENCE),
]


def test_page_asks_the_database_as_often_for_many_rows(client, filled, people):
    for reference in ("NW-O1", "NW-O2"):  # a register open and a line disputed from the start
        row = make.MeetingFactory(partnership=filled.partnership, reference=reference)
        world.attend(row, filled, filled.staff_a2, 1)
    world.close_registers(by=None, meetings=[row], tell=False)
    dispute(by=people.charlie, line=row.lines.get(agency=filled.agency_b), text="She was there.")

    def asked() -> dict[tuple[str, str], int]:
        found = {}
        for name, address in ASKED:
            client.force_login(getattr(people, name))
            client.get("/accounts/password/change/")  # the session is made
            found[name, address] = queries(client, address)
        return found

    few = asked()
    grow(filled, people)
    assert asked() == few


def grow(filled, people):
    """More agencies, people, records, meetings, lines, missed duties, open registers and disputes."""
    for row in world.more(filled):
        if row.closed_at:
            line = row.lines.get(agency=filled.agency_b)
            dispute(by=people.charlie, line=line, text="She was there.")
    for n in range(4):
        agency = make.AgencyFactory()
        make.MembershipFactory(partnership=filled.partnership, agency=agency, code=f"X{n}")
        person = make.StaffMemberFactory(agency=agency, role_group=filled.role_group)
        make.AttendanceFactory(meeting=filled.meeting, agency=agency, staff_member=person)


# --- Ratings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("good_from", "watch_from", "word", "colour"),
    [("40", "20", "Good", "green"), ("90", "40", "Watch", "yellow"), ("90", "80", "Act", "red")],
)
def test_headline_is_rated_by_a_word_and_its_colour(
    client, filled, sam, good_from, watch_from, word, colour
):
    for person in make.StaffMemberFactory.create_batch(  # half of ten are in date
        8, agency=filled.agency_a, role_group=filled.role_group
    )[::2]:
        make.TrainingRecordFactory(staff_member=person, course=filled.course)
    make.TargetFactory(
        partnership=filled.partnership, good_from=Decimal(good_from), watch_from=Decimal(watch_from)
    )
    client.force_login(sam)
    page = client.get(f"{A}?{PERIOD}").content.decode()
    assert f'<strong class="govuk-tag govuk-tag--{colour}">{word}</strong>' in page
    assert f"app-figure--{colour}" in page


def test_headline_of_fewer_than_five_is_not_rated(client, filled, sam):
    make.TargetFactory(partnership=filled.partnership)
    client.force_login(sam)
    page = client.get(f"{A}?{PERIOD}").content.decode()
    assert "good from 90%" in page and "govuk-tag--red" not in page
