"""The history page: the newest first, narrowed, paged; and nothing in it that its reader may not see."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.html import escape

import conferences.actions as conferences
from compliance.demo import factories as make
from conferences.choices import MissedKind
from partnership.history import record
from partnership.models import HistoryEntry, User
from partnership.reading import KINDS, Kind, Reading
from partnership.roles import Permission
from partnership.views.history import HIDDEN, PAGE
from tests.lists import body, rows_of
from tests.partnership.test_history import ACTS, TODAY, entries_after, newest, world
from tests.reading import text

__all__ = ["world"]
PATH, FILE = "/history/", "/history/list.csv"
READERS = ("alice", "bob", "dana", "mo", "audrey")
# Fields of entries that no page shows to anybody here; each is a deliberate choice, with its reason.
SHOWN_TO_NOBODY = {
    "escalation.escalation.decider",  # numbers of accounts
    "escalation.suggestion.key",  # the machine's own
}


# --- The table ------------------------------------------------------------------------------------


def test_kinds_are_models_and_their_parents_exist():
    for name, kind in KINDS.items():
        model = apps.get_model(name)
        assert kind.title and kind.title[0].isupper()
        if kind.through:
            assert isinstance(model._meta.get_field(kind.through), ForeignKey)


def test_no_field_is_declared_twice_for_a_kind():
    for name, kind in KINDS.items():
        names = [field for fields in kind.fields.values() for field in fields]
        assert len(names) == len(set(names)), name


@pytest.mark.parametrize("name", ACTS)
def test_what_an_action_writes_is_declared_and_read_by_permission_only(world, request, name):
    """Each act, each reader: what the page shows is what the permission reaches, asked one by one.

    A new action's kinds and fields are put into partnership/reading.py, or are hidden from all.
    """
    work, before = ACTS[name][0](world), newest()
    work()
    undeclared = {
        f"{entry.subject_type}.{field}"
        for entry in entries_after(before) for field in entry.changes
        if KINDS.get(entry.subject_type, Kind("", ())).permissions_for(field) is None
    }
    assert undeclared <= SHOWN_TO_NOBODY
    entries = entries_after(before)
    for reader in readers(request, world):
        reading = Reading(reader, entries)
        for entry in entries:
            kind = KINDS.get(entry.subject_type)
            for field in entry.changes:
                needed = kind and kind.permissions_for(field)
                allowed = needed is not None and (
                    not needed or any(reaches(reader, p, entry, kind) for p in needed)
                )
                assert reading.reads(entry, field) is allowed, (reader.name, field)
            words = kind and (not kind.words or any(reaches(reader, p, entry, kind) for p in kind.words))
            assert reading.reads_words(entry) is bool(words), reader.name


def readers(request, world) -> list:
    """Everybody, coming only after the act: some acts count who is there. Bob where his line is free."""
    taken = User.objects.filter(staff_member=world.staff).exists()
    names = [name for name in (*READERS, "charlie") if not (name == "bob" and taken)]
    return [request.getfixturevalue(name) for name in names]


def reaches(reader, permission: Permission, entry: HistoryEntry, kind: Kind) -> bool:
    """The plain question about one row, as a page about it would ask it."""
    model = apps.get_model(entry.subject_type)
    row = model._base_manager.filter(pk=entry.subject_id).first()
    if kind.through and row:
        model, row = type(getattr(row, kind.through)), getattr(row, kind.through)
    if kind.at_place or not hasattr(model._default_manager, "within_reach"):
        return HistoryEntry.objects.within_reach(reader, permission).filter(pk=entry.pk).exists()
    return row is not None and model.objects.within_reach(reader, permission).filter(pk=row.pk).exists()


def test_what_is_not_declared_is_hidden_from_everybody(client, people, partnership, agency_a, meeting):
    where = {"partnership": partnership, "agency": agency_a}
    record(None, "changed", meeting, **where, something_new="Canary one")
    entry = HistoryEntry.objects.latest("pk")
    HistoryEntry.objects.create(
        verb="changed", subject_type="conferences.nosuch", subject_id=1, subject="Canary two",
        changes={"x": "Canary three"}, **where,
    )
    for name in ("alice", "dana", "mo", "audrey"):
        client.force_login(getattr(people, name))
        words = text(client.get(PATH))
        assert words.count(HIDDEN) == 2 and "Canary one" not in words and "Canary three" not in words
        assert ("Canary two" in words) is (name == "mo")
    assert entry.changes == {"something_new": "Canary one"}  # it is there all the same


def test_who_did_something_that_is_not_declared_is_hidden_too(client, people, partnership, agency_a):
    """From whom may not read what it is about; the list by a person does not tell either."""
    where = {"partnership": partnership, "agency": agency_a}
    HistoryEntry.objects.create(
        user=people.alice, verb="changed", subject_type="conferences.nosuch", subject_id=1, subject="x",
        changes={}, **where,
    )
    for name, named in (("alice", True), ("dana", False), ("mo", True), ("audrey", False)):
        client.force_login(getattr(people, name))
        (line,) = client.get(PATH).context["lines"]
        assert (line["who"] == str(people.alice)) is named, name
        if name == "dana":  # she knows Alice, whom she may invite
            assert not narrowed(client, who=people.alice.pk)


def test_returns_are_for_those_who_see_them_elsewhere(client, people, partnership, agency_a):
    """A conference administrator reads the history of the partnership, and opens no return."""
    asked = make.ReturnRoundFactory(partnership=partnership)
    row = make.AgencyReturnFactory(round=asked, membership=agency_a.memberships.get())
    where = {"partnership": partnership, "agency": agency_a}
    record(people.alice, "signed", row, **where, nil_reason="ended", name="Canaryname", role="Lead")
    record(people.mo, "opened", asked, partnership=partnership, period="Canaryperiod")
    read = {
        "alice": ("Agency return", "ended", "Canaryname", str(people.alice)),
        "mo": ("Agency return", "ended", "Canaryname", "Canaryperiod", str(people.alice)),
        "audrey": ("Agency return", "ended", "Canaryperiod"), "dana": ("Agency return",),
    }
    canaries = ("ended", "Canaryname", "Canaryperiod", str(people.alice))
    for name, expected in read.items():
        client.force_login(getattr(people, name))
        rows = [" ".join(one) for one in rows_of(client.get(FILE))]
        found = " ".join(one for one in rows if "eturn" in one)
        assert {word for word in canaries if word in found} == set(expected) - {"Agency return"}, name
        assert (str(asked) in found) is (name in ("mo", "audrey")), name
    client.force_login(people.dana)
    assert not narrowed(client, who=people.alice.pk, kind="compliance.agencyreturn")


# --- Who reads what -------------------------------------------------------------------------------


@pytest.fixture
def told(world, people, partnership, agency_a, agency_b, staff_a, staff_b, meeting):
    """What each role may and may not read, each with a canary in it."""
    staff_a.first_name, staff_a.last_name = "Bobina", "Alphason"
    staff_a.save()
    training = import_module("training.actions")
    course = make.CourseFactory(code="CPC")
    training.log_training(by=people.alice, staff_member=staff_a, course=course, completed_on=date(2015, 4, 1))
    training.exempt(
        by=people.alice, staff_member=staff_a, reason="long_absence"
        if "long_absence" in dict(apps.get_model("training.exemption")._meta.get_field("reason").flatchoices)
        else "unavailable", from_on=date(2015, 4, 1), until_on=date(2016, 4, 1),
    )
    line = meeting.lines.get(agency=agency_a)
    conferences.dispute(by=people.bob, line=line, text="Canarydispute.")
    conferences.change_meeting(by=people.dana, meeting=meeting, family_ref="FAM-CANARY")
    where = {"partnership": partnership, "agency": agency_a}
    record(people.dana, "recorded", line, **where, staff_member=staff_a, outcome="attended", job_title="Canaryjob")
    make.MissedDutyFactory(meeting=meeting, agency=agency_a, kind=MissedKind.REPORT)
    case = make.EscalationFactory(
        partnership=partnership, reference="NW-2026-0001", raised_by=people.charlie,
        raised_for=agency_b, about=agency_a, decider=people.dee,
    )
    stage = make.StageFactory(escalation=case)
    document = make.DocumentFactory(escalation=case, reference="Canarydocument")
    record(people.charlie, "reopened", case, **where, reason="Canaryreason")
    record(people.charlie, "paused", stage, **where, reason="Canarypause")
    record(people.charlie, "added document", document, **where, reference="Canarydocument")


# Words that stand on the page only for these readers, of those who may open it.
ONLY_FOR = {
    "Bobina Alphason": {"alice", "bob"},
    "Canarydispute.": {"alice", "dana"},
    "FAM-CANARY": {"dana"},
    "Canaryjob": {"alice", "bob", "dana"},
    "Canaryreason": {"alice"},
    "Canarypause": {"alice"},
    "Canarydocument": {"alice"},
    "Charlie": {"alice"},  # who did something in a case
    "NW-2026-0001": {"alice", "mo", "audrey"},
}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_reads_only_what_they_see_elsewhere(client, told, people, name):
    client.force_login(getattr(people, name))
    for path in (PATH, FILE):
        words = body(client.get(path)).decode()
        rows = words[words.index("<tbody"):] if path == PATH and "<tbody" in words else words
        shown = {canary for canary in ONLY_FOR if canary in rows or escape(canary) in rows}
        may = {canary for canary, readers in ONLY_FOR.items() if name in readers}
        assert shown == may, path


def test_lead_of_the_other_agency_and_outsiders_read_nothing(client, told, people):
    for name in ("charlie", "outsider"):
        client.force_login(getattr(people, name))
        words = text(client.get(PATH))
        assert "Nothing has happened yet" in words and "Canary" not in words


@pytest.mark.parametrize("name", ["tara", "sam", "dee"])
def test_history_is_not_for_the_other_roles(client, people, name):
    client.force_login(getattr(people, name))
    assert client.get(PATH).status_code == 403
    assert client.get(FILE).status_code == 403


def test_filter_by_a_person_whose_name_one_may_not_know_finds_nothing(client, told, people):
    """Nor does the list of people to choose from name them."""
    client.force_login(people.audrey)
    answer = client.get(f"{PATH}?who={people.bob.pk}")
    assert answer.status_code == 422
    assert "Bob" not in text(answer) and "Canary" not in text(answer)
    client.force_login(people.alice)
    answer = client.get(f"{PATH}?who={people.bob.pk}")
    assert answer.status_code == 200 and "Canarydispute." in text(answer)


@pytest.mark.parametrize(("name", "asked", "sees"), [
    ("mo", "charlie", False), ("mo", "bob", False), ("alice", "bob", True), ("bob", "bob", True),
])
def test_who_did_something_in_a_case_is_not_asked_by_the_filter_either(
    client, told, people, partnership, agency_a, staff_a, name, asked, sees
):
    """Whom a reader knows by name stands on the list of people, but not what they did in a case."""
    doer, where = getattr(people, asked), {"partnership": partnership, "agency": agency_a}
    case = apps.get_model("escalation.escalation").objects.get(reference="NW-2026-0001")
    for row in (case, case.stages.get(), case.documents.get()):
        record(doer, "changed", row, **where, staff_member=staff_a)
    action = make.AgreedActionFactory(escalation=case)
    record(doer, "ticked off action", action, **where, staff_member=staff_a, done_on=[None, TODAY])
    record(doer, "renamed", agency_a, **where, staff_member=staff_a)
    client.force_login(getattr(people, name))
    for kind in ("escalation", "stage", "document", "agreedaction"):
        query = {"who": doer.pk, "kind": f"escalation.{kind}"}
        assert bool(narrowed(client, **query)) is sees, kind
        assert (len(rows_of(client.get(FILE, query))) > 1) is sees, kind
    assert "Renamed" in narrowed(client, who=doer.pk)


def test_who_ticked_off_an_action_is_named_to_the_parties_alone(client, told, people, partnership, agency_a):
    case = apps.get_model("escalation.escalation").objects.get(reference="NW-2026-0001")
    action = make.AgreedActionFactory(escalation=case)
    record(people.bob, "ticked off action", action, partnership=partnership, agency=agency_a, due_on=TODAY)
    for name, named in (("alice", True), ("mo", False), ("audrey", False)):
        client.force_login(getattr(people, name))
        one = client.get(PATH, {"kind": "escalation.agreedaction"}).context["lines"][0]
        assert (one["who"] == str(people.bob)) is named, name
        assert bool([change for change in one["changes"] if not change.get("hidden")]) is named


# --- The list -------------------------------------------------------------------------------------


def many(agency, partnership, number: int, verb="changed", begin=0) -> None:
    now = timezone.now()
    HistoryEntry.objects.bulk_create([
        HistoryEntry(
            verb=verb, subject_type="partnership.agency", subject_id=agency.pk, subject=agency.name,
            changes={"name": [f"Name {n}", f"Name {n + 1}"]}, agency=agency, partnership=partnership,
            at=now - timedelta(minutes=n),
        )
        for n in range(begin, begin + number)
    ])


def test_newest_stand_first_and_each_page_goes_on_where_the_last_ended(client, alice, agency_a, partnership):
    many(agency_a, partnership, 2 * PAGE + 3)
    client.force_login(alice)
    seen, path = [], PATH
    for _ in range(3):
        answer = client.get(path)
        seen += [one["changes"][0]["before"] for one in answer.context["lines"]]
        on = [page["href"] for page in answer.context["pages"] if page["text"] == "Older"]
        path = PATH + on[0] if on else ""
    assert seen == [f"Name {n}" for n in range(2 * PAGE + 3)]
    assert path == ""
    newer = next(page["href"] for page in answer.context["pages"] if page["text"] == "Newer")
    assert client.get(PATH + newer).context["lines"][0]["changes"][0]["before"] == f"Name {PAGE}"


def test_number_of_queries_says_nothing_about_the_number_of_entries(
    client, alice, agency_a, partnership, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(alice)
    many(agency_a, partnership, 1)
    with CaptureQueriesContext(connection, ) as few:
        client.get(PATH)
    many(agency_a, partnership, 300, begin=1)
    with django_assert_num_queries(len(few)):
        client.get(PATH)
    assert len(few) <= 15


def narrowed(client, **query) -> list[str]:
    answer = client.get(PATH, query)
    assert answer.status_code == 200, text(answer)
    return [one["verb"] for one in answer.context["lines"]]


def test_list_is_narrowed_by_each_filter(client, mo, alice, agency_a, agency_b, partnership, meeting):
    many(agency_a, partnership, 1, "renamed", begin=1)
    many(agency_b, partnership, 1, "grouped", begin=60 * 24 * 10)
    record(mo, "changed", meeting, partnership=partnership, agency=None, state=["planned", "held"])
    client.force_login(mo)
    assert narrowed(client) == ["Changed", "Renamed", "Grouped"]
    assert narrowed(client, verb="NAME") == ["Renamed"]
    assert narrowed(client, kind="conferences.meeting") == ["Changed"]
    assert narrowed(client, who=mo.pk) == ["Changed"]
    assert narrowed(client, who="operator") == ["Renamed", "Grouped"]
    assert narrowed(client, agency=agency_b.pk) == ["Grouped"]
    day = timezone.localdate() - timedelta(days=5)
    assert narrowed(client, from_on=f"{day:%d/%m/%Y}") == ["Changed", "Renamed"]
    assert narrowed(client, until_on=f"{day:%d/%m/%Y}") == ["Grouped"]
    assert narrowed(client, subject=f"conferences.meeting:{meeting.pk}") == ["Changed"]


def test_history_of_a_meeting_is_that_of_its_lines_too(client, dana, partnership, meeting):
    other = make.MeetingFactory(partnership=partnership)
    for row in (meeting, other):
        record(dana, "changed", row, partnership=partnership, children=[1, 2])
    line = meeting.lines.first()
    record(dana, "recorded", line, partnership=partnership, agency=line.agency, mode=["", "video"])
    client.force_login(dana)
    assert narrowed(client, subject=f"conferences.meeting:{meeting.pk}") == ["Recorded", "Changed"]
    assert "of NW-1" in text(client.get(PATH, {"subject": f"conferences.meeting:{meeting.pk}"}))


def test_history_of_a_person_is_all_that_concerns_them(client, told, alice, staff_a):
    client.force_login(alice)
    page = text(client.get(PATH, {"subject": f"partnership.staffmember:{staff_a.pk}"}))
    assert "of Bobina Alphason" in page and "Logged" in page and "Exempted" in page


@pytest.mark.parametrize("query", [
    "from_on=never", "until_on=31/02/2015", "agency=x", "kind=nothing", "who=0", "from_on=01/01/0001",
    "from_on=31/12/9999", "until_on=31/12/9999", "until_on=01/01/0001",
])
def test_odd_filter_is_told_and_what_was_typed_is_kept(client, mo, query):
    client.force_login(mo)
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert "There is a problem" in text(answer)
        assert client.get(f"{FILE}?{query}").status_code == 422


@pytest.mark.parametrize("subject", [
    "x", "partnership.agency", "partnership.agency:", "partnership.agency:-1", "auth.user:1",
    "partnership.agency:999999999999999999999", "partnership.agency:1;drop", ":1",
])
def test_odd_row_has_no_history(client, mo, agency_a, partnership, subject):
    many(agency_a, partnership, 1)
    client.force_login(mo)
    assert narrowed(client, subject=subject) == []
    assert narrowed(client, subject=f"partnership.agency:{agency_a.pk}") == ["Changed"]


def test_values_are_said_in_words(client, mo, partnership, meeting):
    record(
        mo, "changed", meeting, partnership=partnership, state=["planned", "held"],
        held_on=[date(2015, 3, 30), date(2015, 3, 31)], quorate=[None, True],
    )
    client.force_login(mo)
    words = text(client.get(PATH))
    assert "from 30 March 2015 →to 31 March 2015" in words
    assert "from nothing →to Yes" in words and "to Held" in words


def test_file_has_a_line_for_each_field_and_is_safe_for_spreadsheets(client, mo, partnership, agency_a):
    record(mo, "changed", agency_a, partnership=partnership, name=["=1+1", "B"], code=["X", "Y"])
    client.force_login(mo)
    rows = rows_of(client.get(FILE))
    assert rows[0][:3] == ["When", "Who", "What was done"]
    # PostgreSQL keeps the fields of an entry in an order of its own.
    assert sorted(row[5:] for row in rows[1:]) == [["Code", "X", "Y"], ["Name", "'=1+1", "B"]]
    assert HistoryEntry.objects.latest("pk").verb == "took the history"


def test_practitioner_reads_what_concerns_them_alone(client, told, bob, agency_a, partnership):
    many(agency_a, partnership, 1, "renamed")
    client.force_login(bob)
    words = text(client.get(PATH))
    assert "Every change that concerns you" in words and "Renamed" not in words and "Logged" in words


# --- The history of a partnership -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["mo", "audrey", "dana"])
def test_history_of_a_person_tells_nobody_else_where_they_were(client, told, people, meeting, staff_a, name):
    """Which register names them is hidden; so is the list of the registers that do."""
    line = meeting.lines.first()
    record(
        people.dana, "recorded", line, partnership=meeting.partnership, agency=line.agency,
        staff_member=staff_a, outcome="attended",
    )
    subject = f"partnership.staffmember:{staff_a.pk}"
    client.force_login(getattr(people, name))
    assert narrowed(client, subject=subject) == []
    client.force_login(people.alice)
    assert "Recorded" in narrowed(client, subject=subject)


def test_reader_of_a_partnership_is_told_what_is_not_in_its_history(client, told, people):
    said = "The staff lists and training records of agencies are not in it."
    for name, not_in_it in (("audrey", True), ("mo", True), ("alice", False), ("bob", False)):
        client.force_login(getattr(people, name))
        answer = client.get(PATH)
        kinds = dict(answer.context["form"].fields["kind"].choices)
        assert (said in text(answer)) is not_in_it, name
        assert ("training.trainingrecord" not in kinds) is not_in_it, name
        assert "conferences.meeting" in kinds


def test_who_did_something_is_of_no_agency_where_it_is_not_named(client, told, people):
    client.force_login(people.audrey)
    words = text(client.get(PATH))
    assert "Somebody not named to your role" in words and "another agency" not in words


@pytest.mark.parametrize(("name", "sees"), [
    ("alice", True), ("mo", True), ("audrey", True), ("dana", False),
])
def test_that_there_is_a_case_is_known_to_who_may_see_it_alone(client, people, agency_a, agency_b, partnership, name, sees):
    """Else the history would tell the conference service about whom a case was raised, and each move."""
    case = make.EscalationFactory(partnership=partnership, about=agency_a, raised_for=agency_b)
    where = {"partnership": partnership, "agency": agency_a}
    for row in (case, make.StageFactory(escalation=case), make.AgreedActionFactory(escalation=case)):
        record(people.bob, "touched", row, **where)
    client.force_login(getattr(people, name))
    asked = {"verb": "touched"}
    assert len(client.get(PATH, asked).context["lines"]) == 3 * sees
    assert len(client.get(PATH, asked | {"subject": f"escalation.escalation:{case.pk}"}).context["lines"]) == 3 * sees
    assert len(client.get("/api/v1/history/").json()["results"]) == 3 * sees
    assert (len(rows_of(client.get(FILE, asked))) > 1) is sees


def test_who_takes_part_in_a_case_reads_its_history(client, dana, agency_a, partnership):
    case = make.EscalationFactory(partnership=partnership, about=agency_a, raised_for=None, raised_by=dana)
    record(dana, "touched", case, partnership=partnership, agency=agency_a)
    client.force_login(dana)
    assert len(client.get(PATH, {"verb": "touched"}).context["lines"]) == 1
