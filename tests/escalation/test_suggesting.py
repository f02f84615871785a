"""Suggestions from closed registers: found once, within their window, and handled by a person."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from compliance.demo import factories as make
from compliance.demo.factories import SuggestionFactory
from conferences import actions as registers
from conferences.choices import ExcuseReason, MeetingKind, MeetingState, Outcome
from conferences.models import Meeting
from escalation import actions
from escalation.actions import suggesting
from escalation.actions.suggesting import quarter, quarter_start
from escalation.choices import SuggestionState, TriggerKind
from escalation.models import Escalation, Suggestion
from partnership.choices import Sector
from partnership.models import HistoryEntry
from partnership.roles import Role
from tests.conftest import member, person
from tests.escalation.acting import START, open_stage

pytestmark = pytest.mark.django_db

ON = date(2015, 5, 20)
SINCE = date(2000, 1, 1)
CAME, ABSENT = Outcome.ATTENDED, Outcome.ABSENT
EARLY = date(2014, 12, 1)  # invited in good time


@pytest.fixture
def others(partnership):
    """Two more agencies, so that a conference is quorate without B."""
    return [
        member(partnership, code, name, sector)
        for code, name, sector in (
            ("HV", "Health Visiting", Sector.HEALTH_COMMUNITY),
            ("SCH", "The School", Sector.EDUCATION),
        )
    ]


@pytest.fixture
def held(partnership, agency_a, agency_b, others):
    """A closed conference; B's outcome is given, all others came."""

    def hold(number: int, outcome, *, on=date(2015, 5, 1), family=None, kind=MeetingKind.REVIEW,
             invited_on=EARLY, there=None, close=True, **fields):
        meeting = make.MeetingFactory(
            partnership=partnership, reference=f"NW-{number}", kind=kind, held_on=on,
            family_ref=f"F{number}" if family is None else family, **fields,
        )
        common = {"meeting": meeting, "staff_member": None, "job_title": "Someone"}
        make.AttendanceFactory(**common, agency=agency_b, outcome=outcome, invited_on=invited_on)
        for agency in [agency_a, *(others if there is None else there)]:
            make.AttendanceFactory(**common, agency=agency, outcome=CAME, invited_on=EARLY)
        if close:
            registers.close_registers(by=None, meetings=[meeting], tell=False)
        return meeting

    return hold


def find(partnership, on=ON) -> list[tuple[str, str]]:
    """The suggestions, after looking once more: trigger and agency."""
    actions.suggest(partnership=partnership, on=on)
    return sorted(Suggestion.objects.values_list("trigger", "about__name"))


def off(partnership, *kinds) -> None:
    for kind in kinds:
        actions.set_trigger(
            by=None, partnership=partnership, kind=kind, on=False, effective_from=SINCE
        )


POLICE = "Northwold Police"


# --- What is found --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "outcome", "found"),
    [
        (MeetingKind.INITIAL, ABSENT, True), (MeetingKind.INITIAL, Outcome.APOLOGIES, True),
        (MeetingKind.PRE_BIRTH, ABSENT, True), (MeetingKind.TRANSFER_IN, ABSENT, True),
        (MeetingKind.INITIAL, CAME, False), (MeetingKind.INITIAL, Outcome.DEPUTY, False),
        (MeetingKind.REVIEW, ABSENT, False), (MeetingKind.CORE_GROUP, ABSENT, False),
        (MeetingKind.OUTSIDE, ABSENT, False),
    ],
)
def test_a_missed_first_conference_is_suggested(held, partnership, agency_b, kind, outcome, found):
    meeting = held(1, outcome, kind=kind)
    assert find(partnership) == ([("initial", POLICE)] if found else [])
    if found:
        row = Suggestion.objects.get()
        assert (row.about, row.state, list(row.meetings.all())) == (agency_b, "open", [meeting])


def test_two_missed_in_a_row_for_one_family_are_suggested(held, partnership):
    rows = [held(n, ABSENT, on=date(2015, 4, n), family="F") for n in (1, 2, 3)]
    assert find(partnership) == [("two_running", POLICE)]
    assert set(Suggestion.objects.get().meetings.all()) == set(rows[:2])


@pytest.mark.parametrize("between", ["came", "other family", "nothing"])
def test_a_row_is_broken_by_coming_and_not_by_another_family(held, partnership, between):
    held(1, ABSENT, on=date(2015, 4, 1), family="F")
    if between != "nothing":
        family, outcome = ("F", CAME) if between == "came" else ("G", CAME)
        held(2, outcome, on=date(2015, 4, 2), family=family)
    held(3, ABSENT, on=date(2015, 4, 3), family="F")
    assert find(partnership) == ([] if between == "came" else [("two_running", POLICE)])


@pytest.mark.parametrize(("came", "missed", "found"), [(0, 4, False), (2, 3, True), (3, 2, False)])
def test_a_rate_under_sixty_of_at_least_five_is_suggested(held, partnership, came, missed, found):
    for n in range(1, came + missed + 1):
        held(n, CAME if n <= came else ABSENT, on=date(2015, 4, n))
    assert find(partnership) == ([("rate", POLICE)] if found else [])


def test_a_rate_is_of_the_whole_quarter_though_the_window_begins_within_it(held, partnership):
    """Good until May, bad in June; in August April is older than ninety days."""
    for n in range(1, 13):
        held(n, CAME, on=date(2015, 4, n))
    for n in range(21, 26):
        held(n, ABSENT, on=date(2015, 6, n))
    assert find(partnership, date(2015, 8, 20)) == []  # 12 of 17
    for n in range(26, 30):
        held(n, ABSENT, on=date(2015, 6, n))
    assert find(partnership, date(2015, 8, 20)) == [("rate", POLICE)]
    assert "came to 12 of 21 conferences" in Suggestion.objects.get().sentence


def test_an_absence_that_made_it_inquorate_is_suggested(held, partnership, others):
    """Social care and one other came: with the police there would have been two others."""
    held(1, ABSENT, there=others[:1])
    assert find(partnership) == [("inquorate", POLICE)]
    assert Suggestion.objects.get().grounds == "inquorate"


@pytest.mark.parametrize("there", [0, 2])
def test_an_absence_that_changed_nothing_is_not_suggested(held, partnership, others, there):
    """Quorate anyway; or inquorate whoever of the police had come."""
    held(1, ABSENT, there=others[:there])
    assert find(partnership) == []


def test_a_conference_stood_down_for_want_of_a_quorum_is_suggested(held, partnership, others):
    held(1, ABSENT, there=others[:1], state=MeetingState.STOOD_DOWN)
    assert find(partnership) == [("inquorate", POLICE)]


@pytest.mark.parametrize("how", ["late invitation", "excused", "not involved", "report only",
                                 "either, with a report", "cancelled", "open", "nothing"])
def test_what_excuses_an_absence_suggests_nothing(
    held, partnership, agency_b, dana, how
):
    late = date(2015, 4, 30) if how == "late invitation" else EARLY
    state = MeetingState.CANCELLED if how == "cancelled" else MeetingState.HELD
    meeting = held(1, ABSENT, kind=MeetingKind.INITIAL, invited_on=late, state=state, close=False)
    fields = {
        "not involved": {"involved": False}, "report only": {"expectation": "report"},
        "either, with a report": {"expectation": "either", "report": "on_time"},
    }.get(how, {})
    meeting.lines.filter(agency=agency_b).update(**fields or {"part": False})
    if how != "open":
        registers.close_registers(by=None, meetings=[meeting], tell=False)
    if how == "excused":
        missed = meeting.missed.get(agency=agency_b, kind="attendance")
        registers.excuse(by=dana, missed=missed, reason=ExcuseReason.values[1])
    assert find(partnership) == ([("initial", POLICE)] if how == "nothing" else [])


@pytest.mark.parametrize(
    ("held_on", "found"),
    [(ON - timedelta(days=90), False), (ON - timedelta(days=89), True), (ON, True),
     (ON + timedelta(days=1), False)],
)
def test_only_the_last_ninety_days_suggest(held, partnership, held_on, found):
    held(1, ABSENT, kind=MeetingKind.INITIAL, on=held_on)
    assert bool(find(partnership)) is found


def test_a_row_that_goes_on_while_the_window_moves_is_said_once(held, partnership):
    """In May the first of the three is too old: the last two are still the row of before."""
    held(1, ABSENT, on=date(2014, 12, 15), family="F")
    held(2, ABSENT, on=date(2015, 3, 2), family="F")
    assert find(partnership, date(2015, 3, 10)) == [("two_running", POLICE)]
    held(3, ABSENT, on=date(2015, 4, 20), family="F")
    assert find(partnership, date(2015, 5, 10)) == [("two_running", POLICE)]


def test_other_partnerships_are_left_out(held, partnership, elsewhere):
    held(1, ABSENT, kind=MeetingKind.INITIAL)
    assert find(elsewhere) == []
    assert find(partnership) == [("initial", POLICE)]


# --- Local settings -------------------------------------------------------------------------------


def test_triggers_that_are_switched_off_suggest_nothing(held, partnership, others):
    for n in range(1, 6):
        held(n, ABSENT, kind=MeetingKind.INITIAL, on=date(2015, 4, n), family="F", there=others[:1])
    off(partnership, *TriggerKind)
    assert find(partnership) == []
    partnership.triggers.all().delete()
    assert {trigger for trigger, _ in find(partnership)} == set(TriggerKind)


def test_settings_count_from_their_day(held, partnership):
    held(1, ABSENT, kind=MeetingKind.INITIAL)
    actions.set_trigger(
        by=None, partnership=partnership, kind="initial", on=False, effective_from=ON
    )
    assert find(partnership, ON) == []
    assert find(partnership, ON - timedelta(days=1)) == [("initial", POLICE)]


def test_number_and_threshold_are_local(held, partnership):
    for n in range(1, 4):
        held(n, ABSENT, on=date(2015, 4, n), family="F")
    for kind, number in (("two_running", 3), ("rate", 3)):
        actions.set_trigger(
            by=None, partnership=partnership, kind=kind, on=True, number=number, threshold=1,
            effective_from=SINCE,
        )
    assert find(partnership) == [("rate", POLICE), ("two_running", POLICE)]
    assert Suggestion.objects.get(trigger="two_running").meetings.count() == 3


# --- Twice ----------------------------------------------------------------------------------------


def test_looking_twice_changes_nothing(held, partnership):
    for n in range(1, 7):
        held(n, ABSENT, kind=MeetingKind.INITIAL, on=date(2015, 4, n), family="F")
    first = find(partnership)
    assert len(first) == 8  # six first conferences, one row, one rate
    before = (list(Suggestion.objects.values()), HistoryEntry.objects.count())
    assert actions.suggest(partnership=partnership, on=ON) == 0
    assert actions.suggest(partnership=partnership, on=ON + timedelta(days=3)) == 0
    assert (list(Suggestion.objects.values()), HistoryEntry.objects.count()) == before
    assert HistoryEntry.objects.filter(verb="suggested").count() == 8


def test_a_dismissed_suggestion_does_not_come_again(held, partnership, dana):
    held(1, ABSENT, kind=MeetingKind.INITIAL)
    find(partnership)
    actions.dismiss_suggestion(by=dana, suggestion=Suggestion.objects.get(), reason="Known")
    assert actions.suggest(partnership=partnership, on=ON) == 0
    assert Suggestion.objects.get().state == SuggestionState.DISMISSED


# --- Closing a register ---------------------------------------------------------------------------


def test_closing_a_register_suggests_in_the_same_transaction(held, partnership, dana):
    meeting = held(1, ABSENT, kind=MeetingKind.INITIAL, on=timezone.localdate(), close=False)
    before = HistoryEntry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        registers.close_register(by=dana, meeting=meeting)
        assert Suggestion.objects.count() == 1
        raise RuntimeError
    assert (Suggestion.objects.count(), HistoryEntry.objects.count()) == (0, before)
    assert Meeting.objects.get(pk=meeting.pk).register_open
    registers.close_register(by=dana, meeting=meeting)
    assert Suggestion.objects.get().meetings.get() == meeting


def test_a_closing_whose_suggesting_fails_is_not_made(held, partnership, dana, monkeypatch):
    meeting = held(1, ABSENT, kind=MeetingKind.INITIAL, on=timezone.localdate(), close=False)
    monkeypatch.setattr("escalation.actions.suggesting.suggested", broken)
    with pytest.raises(OSError):
        registers.close_register(by=dana, meeting=meeting)
    assert Meeting.objects.get(pk=meeting.pk).register_open


def broken(*args):
    raise OSError


def test_a_correction_looks_again(held, partnership, agency_b, dana):
    meeting = held(1, CAME, kind=MeetingKind.INITIAL, on=timezone.localdate())
    assert Suggestion.objects.count() == 0
    registers.correct_line(
        by=dana, line=meeting.lines.get(agency=agency_b), reason="Signed in for another",
        outcome=ABSENT,
    )
    assert Suggestion.objects.get().about == agency_b


def test_closing_an_old_register_suggests_nothing(held):
    held(1, ABSENT, kind=MeetingKind.INITIAL, on=date(2015, 5, 1))
    assert Suggestion.objects.count() == 0


# --- Handling -------------------------------------------------------------------------------------


@pytest.fixture
def open_one(held, partnership, policy, rita):
    held(1, ABSENT, kind=MeetingKind.INITIAL)
    find(partnership)
    return Suggestion.objects.get()


def accept(row, by, agency, **fields):
    return actions.accept_suggestion(
        by=by, suggestion=row, raised_for=agency,
        **{"concern": "Nobody came.", "outcome_wanted": "A deputy.", "now": START} | fields,
    )


def test_accepting_opens_a_case_with_all_filled_in(
    open_one, alice, agency_a, agency_b, partnership
):
    case = accept(open_one, alice, agency_a, urgent=True)
    open_one.refresh_from_db()
    assert (case.about, case.raised_for, case.raised_by) == (agency_b, agency_a, alice)
    assert (case.partnership, case.grounds, case.urgent) == (partnership, "not_attended", True)
    assert list(case.meetings.all()) == list(open_one.meetings.all()) != []
    assert (open_one.state, open_one.handled_by, open_one.escalation) == ("accepted", alice, case)
    assert open_stage(case).number == 1


def test_accepting_for_the_partnership(open_one, dana):
    assert accept(open_one, dana, None).raised_for is None


@pytest.mark.parametrize("concern", ["", "NHS 943 476 5919"])
def test_an_acceptance_that_is_refused_leaves_it_open(open_one, alice, agency_a, concern):
    with pytest.raises(ValidationError):
        accept(open_one, alice, agency_a, concern=concern)
    open_one.refresh_from_db()
    assert (open_one.state, Escalation.objects.count()) == ("open", 0)
    accept(open_one, alice, agency_a)


@pytest.mark.parametrize("reason", ["", "   ", "born on 3 May 2014"])
def test_dismissing_needs_a_reason_that_names_no_child(open_one, dana, reason):
    with pytest.raises(ValidationError):
        actions.dismiss_suggestion(by=dana, suggestion=open_one, reason=reason)
    open_one.refresh_from_db()
    assert open_one.state == "open"
    actions.dismiss_suggestion(by=dana, suggestion=open_one, reason=" The deputy came. ")
    open_one.refresh_from_db()
    assert (open_one.state, open_one.dismiss_reason, open_one.handled_by) == (
        "dismissed", "The deputy came.", dana,
    )


@pytest.mark.parametrize("second", ["accept", "dismiss"])
@pytest.mark.parametrize("first", ["accept", "dismiss"])
def test_the_second_who_handles_it_is_told_who_was_quicker(
    open_one, alice, dana, agency_a, first, second
):
    def handle(how, by):
        if how == "accept":
            return accept(open_one, by, agency_a)
        return actions.dismiss_suggestion(by=by, suggestion=open_one, reason="Known")

    handle(first, dana)
    word = {"accept": "accepted", "dismiss": "dismissed"}[first]
    handled_at = timezone.localtime(Suggestion.objects.get().handled_at)
    with pytest.raises(ValidationError) as error:
        handle(second, alice)
    when = f"{handled_at:%H:%M} on {handled_at.day} {handled_at:%B %Y}"
    assert error.value.messages == [f"Already {word} by the conference service at {when}."]
    assert Escalation.objects.count() == (first == "accept")


def test_who_was_quicker_is_named_within_their_own_agency_or_service(
    open_one, alice, bob, charlie, dana, partnership, agency_a
):
    delia = person("Delia", Role.CONFERENCE_ADMIN, partnership=partnership)
    actions.dismiss_suggestion(by=alice, suggestion=open_one, reason="Known")
    open_one.refresh_from_db()
    said = {user.name: suggesting.handled_words(open_one, user) for user in (alice, bob, charlie, dana)}
    assert {name: words.split(" at ")[0] for name, words in said.items()} == {
        "Alice": "Already dismissed by you", "Bob": "Already dismissed by Alice",
        "Charlie": "Already dismissed by another agency", "Dana": "Already dismissed by an agency",
    }
    Suggestion.objects.update(handled_by=dana)
    open_one.refresh_from_db()
    assert "by Dana at" in suggesting.handled_words(open_one, delia)
    assert "by the conference service at" in suggesting.handled_words(open_one, alice)


def test_many_are_dismissed_with_one_reason_each_in_the_history(held, partnership, policy, dana, alice):
    for number in (1, 2, 3):
        held(number, ABSENT, kind=MeetingKind.INITIAL)
    find(partnership)
    rows = list(Suggestion.objects.order_by("pk"))
    assert len(rows) == 3
    actions.dismiss_suggestion(by=alice, suggestion=rows[0], reason="Ours")
    done, late = actions.dismiss_suggestions(by=dana, suggestions=rows, reason=" They moved. ")
    assert (done, late) == (rows[1:], rows[:1])
    assert list(Suggestion.objects.order_by("pk").values_list("dismiss_reason", flat=True)) == [
        "Ours", "They moved.", "They moved.",
    ]
    again = actions.dismiss_suggestions(by=dana, suggestions=rows, reason="Again")
    assert again == ([], rows)
    assert HistoryEntry.objects.filter(verb="dismissed", user=dana).count() == 2
    with pytest.raises(ValidationError, match="Say why"):
        actions.dismiss_suggestions(by=dana, suggestions=rows, reason=" ")


# --- The command ----------------------------------------------------------------------------------


def test_the_command_looks_in_one_partnership_or_all_and_says_how_many(
    held, partnership, elsewhere
):
    held(1, ABSENT, kind=MeetingKind.INITIAL)

    def run(*args) -> str:
        out = StringIO()
        call_command("find_suggestions", *args, stdout=out)
        return out.getvalue()

    assert run("--on", "2015-05-20", "--partnership", "sm") == "0 new suggestions.\n"
    assert run("--on", "2015-05-20") == "1 new suggestion.\n"
    assert run("--on", "2015-05-20") == "0 new suggestions.\n"
    with pytest.raises(CommandError, match="There is no partnership XX"):
        run("--partnership", "XX")


# --- Quarters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name", "start"),
    [
        (date(2015, 3, 31), "January to March 2015", date(2015, 1, 1)),
        (date(2015, 4, 1), "April to June 2015", date(2015, 4, 1)),
        (date(2015, 9, 30), "July to September 2015", date(2015, 7, 1)),
        (date(2015, 12, 31), "October to December 2015", date(2015, 10, 1)),
    ],
)
def test_quarters_are_those_of_the_financial_year(day, name, start):
    assert (quarter(day), quarter_start(day)) == (name, start)


def test_a_suggestion_row_needs_no_meetings_to_be_shown():
    assert str(SuggestionFactory()).startswith("A missed attendance at an initial conference")
