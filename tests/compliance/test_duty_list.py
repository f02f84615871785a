"""Who was sent, and whether trained for it: without names, by the one measure."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from compliance.measures import Scope, open_ledger, results
from compliance.period import Period
from conferences.actions import correct_line
from tests import filled as world
from tests.lists import lines_of
from tests.reading import text

filled = world.filled
PAGE = "/courses/duty/?period=2014-15"


def shown(answer) -> dict[tuple[str, str], list]:
    return {
        (row[0]["text"], row[1]["text"]): [cell.get("hint") or cell["text"] for cell in row[2:]]
        for row in answer.context["rows"]
    }


def test_list_is_the_measure_broken_down(client, filled, sam):
    world.more(filled)
    client.force_login(sam)
    answer = client.get(PAGE)
    ledger = open_ledger(Scope(filled.partnership), Period.parse("2014-15"))
    duty = next(r for r in results(ledger) if r.measure.key == "duty_trained")
    assert (answer.context["met"], answer.context["total"]) == (duty.headline.met, duty.headline.total)
    assert duty.headline.total > duty.headline.met > 0
    by_agency = {dict(r.by)["agency"]: (r.met, r.total) for r in duty.broken_down("agency")}
    lines = answer.context["rows"]
    assert sum(1 for row in lines if row[0]["text"] == "Northwold Social Care") == 1
    assert shown(answer)["Northwold Social Care", "Front line"][0] == "{} of {}".format(*by_agency["CSC"])


def duty(filled) -> tuple[int, int]:
    ledger = open_ledger(Scope(filled.partnership), Period.parse("2014-15"))
    [found] = [r.headline for r in results(ledger) if r.measure.key == "duty_trained"]
    return found.met, found.total


def test_whom_an_unnamed_deputy_came_for_was_not_there(filled, dana):
    """Of a register, where the person expected stands on the line; not of a file, which names who came."""
    line = filled.meeting.lines.get(staff_member=filled.staff_a)
    before = duty(filled)
    assert line.outcome == "attended"
    correct_line(by=dana, line=line, reason="The minutes say so.", outcome="deputy")
    assert duty(filled) == (before[0] - 1, before[1] - 1)
    line.refresh_from_db()
    correct_line(by=dana, line=line, reason="After all.", outcome="attended")
    assert duty(filled) == before
    line.refresh_from_db()
    assert not line.deputy_unnamed
    filled.meeting.lines.filter(pk=line.pk).update(outcome="deputy")
    assert duty(filled) == before


def test_no_name_stands_on_it(client, filled, people):
    for name in ("alice", "tara", "sam", "mo", "dee", "audrey"):
        client.force_login(getattr(people, name))
        words = text(client.get(PAGE))
        assert "Alphason" not in words and "Betason" not in words, name


def test_lead_sees_their_agency_alone(client, filled, alice, charlie):
    filled.meeting.lines.filter(staff_member=filled.staff_b).update(outcome="attended")
    for user, agency in ((alice, "Northwold Social Care"), (charlie, "Northwold Police")):
        client.force_login(user)
        assert {found for found, _ in shown(client.get(PAGE))} == {agency}


def test_list_can_be_taken_as_a_file(client, filled, sam):
    world.more(filled)
    client.force_login(sam)
    answer = client.get(PAGE.replace("?", "list.csv?"))
    assert 'filename="quorate-duty-NW-2014-15.csv"' in answer["Content-Disposition"]
    lines = lines_of(answer)
    page = client.get(PAGE).context
    assert len(lines) == page["page"].paginator.count > 0
    assert sum(int(line["Attendances by people trained"]) for line in lines) == page["met"]
    assert sum(int(line["Attendances counted"]) for line in lines) == page["total"]


@pytest.mark.parametrize("name", ["bob", "dana"])
def test_list_is_not_for_everybody(client, filled, people, name):
    client.force_login(getattr(people, name))
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("odd", ["?period=2014", "?partnership=SM", "?partnership=XX"])
def test_odd_addresses_are_not_found(client, filled, sam, odd):
    client.force_login(sam)
    assert client.get("/courses/duty/" + odd).status_code == 404
    assert client.get("/courses/duty/?partnership=NW&sort=password&page=99&agency=XX").status_code == 200


def test_every_number_opens_as_many_rows(client, filled, sam, alice):
    make.TrainingRecordFactory(  # trained, and never sent
        staff_member=make.StaffMemberFactory(agency=filled.agency_a, role_group=filled.role_group),
        course=filled.course,
    )
    world.more(filled)
    for user in (sam, alice):
        client.force_login(user)
        opened = 0
        for row in client.get(PAGE).context["rows"]:
            for cell in row:
                if cell.get("href"):
                    count = client.get(cell["href"]).context["page"].paginator.count
                    total = int(cell["hint"].split()[-1]) if cell.get("hint") else cell["text"]
                    assert count == total, cell
                    opened += 1
        assert opened >= 3


def test_people_never_sent_are_named_to_their_own_lead_only(client, filled, sam, alice):
    idle = make.StaffMemberFactory(agency=filled.agency_a, role_group=filled.role_group)
    make.TrainingRecordFactory(staff_member=idle, course=filled.course)
    rows = "/partnerships/NW/agencies/CSC/rows/?period=2014-15&count=trained_never_sent"
    for user, named in ((sam, False), (alice, True)):
        client.force_login(user)
        assert (idle.name in text(client.get(rows))) is named
        assert client.get(rows + "&role_group=nobody").context["page"].paginator.count == 0


def test_nothing_to_count_says_what_to_do(client, filled, sam):
    client.force_login(sam)
    words = text(client.get("/courses/duty/?period=2003-04"))
    assert "No attendance to count: none." in words and "Choose another period" in words


def test_list_asks_as_often_for_many(client, filled, sam):
    client.force_login(sam)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
        if len(counts) == 1:
            world.more(filled)
    assert counts[0] == counts[1]
