"""Asking, signing, sending back, taking back, closing: what each leaves behind, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import actions
from compliance.actions.returns import numbers_of, numbers_seen
from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.measures.returned import CHECKS, numbers, without_return
from compliance.models import AgencyReturn, NilReason, ReturnRound, ReturnSignOff, ReturnState
from compliance.period import Period
from compliance.rows import opened, opened_count
from conferences.choices import Outcome
from partnership.models import Membership, today
from partnership.stale import ChangedSince, fingerprint
from tests.compliance.returns.conftest import CONFIRMED, TERM, in_days, make_late, sign
from tests.compliance.test_measures import queries

pytestmark = pytest.mark.django_db


def state_of(row) -> str:
    return AgencyReturn.objects.with_state().get(pk=row.pk).state


# --- Asking ---------------------------------------------------------------------------------------


def test_every_agency_of_the_partnership_is_asked_once_parents_and_parts_alike(
    partnership, elsewhere, agency_a, agency_b, agency_c
):
    type(agency_b).objects.filter(pk=agency_b.pk).update(parent=agency_a)
    row = actions.open_round(by=None, partnership=partnership, period=TERM, due_on=in_days(5))
    assert {r.membership.agency for r in row.returns.all()} == {agency_a, agency_b}
    assert {state_of(r) for r in row.returns.all()} == {ReturnState.WAITING}
    make.MembershipFactory(partnership=partnership)  # who joins later is asked in the next round
    assert row.returns.count() == 2


@pytest.mark.parametrize(
    ("period", "days", "sentence"),
    [
        ("2014-15-H2", -1, "today or a later day"), ("2014-15-H2", 0, ""),
        ("running", 1, "The term ends on"), ("running", 400, ""),
    ],
)
def test_a_due_date_is_ahead_and_after_the_term(partnership, agency_a, period, days, sentence):
    term = Period.year_of(today()) if period == "running" else Period.parse(period)
    ask = {"by": None, "partnership": partnership, "period": term, "due_on": in_days(days)}
    if sentence:
        with pytest.raises(ValidationError, match=sentence):
            actions.open_round(**ask)
        assert not ReturnRound.objects.exists()
    else:
        assert actions.open_round(**ask).due_on == in_days(days)


def test_a_term_is_asked_for_once(asked, partnership):
    with pytest.raises(ValidationError, match="asked for already"):
        actions.open_round(by=None, partnership=partnership, period=TERM, due_on=in_days(9))
    assert actions.open_round(
        by=None, partnership=partnership, period=TERM.previous, due_on=in_days(9)
    ).returns.count() == 2


def test_a_partnership_without_agencies_has_nobody_to_ask(elsewhere):
    with pytest.raises(ValidationError, match="no agency"):
        actions.open_round(by=None, partnership=elsewhere, period=TERM, due_on=in_days(9))


# --- Signing --------------------------------------------------------------------------------------


def test_a_sign_off_keeps_the_numbers_as_they_were(of_a, alice, staff_a, agency_a):
    before = numbers_of(of_a)
    signed = sign(of_a, by=alice)
    assert signed.numbers == before and set(before) == {"staff_list_on", *(c.key for c in CHECKS)}
    assert (signed.signed_on, signed.signed_by, signed.nil_reason) == (today(), alice, "")
    make.StaffMemberFactory(agency=agency_a, started_on=date(2010, 1, 1))
    assert numbers_of(of_a)["people_in_post"] == before["people_in_post"] + 1
    signed.refresh_from_db()
    assert signed.numbers == before and state_of(of_a) == ReturnState.RETURNED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"staff_complete_on": None}, "staff_complete_on"), ({"training_logged": False}, "training_logged"),
        ({"attendance_checked": False}, "attendance_checked"),
        ({"staff_complete_on": date(2014, 9, 30)}, "staff_complete_on"),  # before the term
        ({"staff_complete_on": in_days(1)}, "staff_complete_on"),
        ({"name": ""}, "name"), ({"role": ""}, "role"), ({"name": "x" * 121}, "name"),
        ({"nil_reason": NilReason.NO_STAFF}, "nil_reason"),  # and the data confirmed: one or the other
    ],
)
def test_all_is_confirmed_or_nothing(of_a, changes, field):
    with pytest.raises(ValidationError) as refused:
        sign(of_a, **changes)
    assert field in refused.value.error_dict
    assert not ReturnSignOff.objects.exists()
    assert sign(of_a, staff_complete_on=date(2014, 10, 1))  # the first day of the term


def test_a_nil_return_has_its_coded_reason(of_a):
    nothing = {"staff_complete_on": None, "training_logged": False, "attendance_checked": False}
    with pytest.raises(ValidationError):
        sign(of_a, **nothing, nil_reason="holidays")
    signed = sign(of_a, **nothing, nil_reason=NilReason.NOT_INVITED)
    assert signed.staff_complete_on is None and state_of(of_a) == ReturnState.NIL


def test_a_return_is_signed_once_and_by_its_own_agency(of_a, of_b, alice):
    sign(of_a, by=alice)
    with pytest.raises(ValidationError, match="Jane Doe signed this return on"):
        sign(of_a, name="Another")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.ReturnSignOffFactory(agency_return=of_a)
    assert sign(of_b).agency_return == of_b


def test_a_term_that_runs_is_not_signed(partnership, agency_a):
    term = Period.year_of(today())
    row = actions.open_round(by=None, partnership=partnership, period=term, due_on=in_days(400)).returns.get()
    with pytest.raises(ValidationError, match="Sign when it is over"):
        sign(row, on=term.last, staff_complete_on=term.last)
    after = term.last + timedelta(days=1)
    assert sign(row, on=after, staff_complete_on=term.last).signed_on == after


def test_what_is_signed_is_what_was_looked_at(of_a, agency_a, staff_a):
    seen = numbers_seen(numbers_of(of_a))
    make.StaffMemberFactory(agency=agency_a, started_on=date(2010, 1, 1))
    with pytest.raises(ChangedSince):
        sign(of_a, seen=seen)
    assert not ReturnSignOff.objects.exists()
    assert sign(of_a, seen=numbers_seen(numbers_of(of_a)))


def test_each_number_opens_as_many_rows_as_it_counts(of_a, agency_a, staff_a, staff_a2, meeting, role_group):
    make.RequirementFactory(partnership=of_a.round.partnership, role_group=role_group)
    make.TrainingRecordFactory(staff_member=staff_a, confirmed_at=None, confirmed_by=None)
    make.AttendanceFactory(
        meeting=make.MeetingFactory(partnership=meeting.partnership, held_on=date(2015, 3, 2)),
        agency=agency_a, outcome=Outcome.UNKNOWN,
    )
    ledger = actions.returns.ledger_of(of_a)
    found = numbers(ledger)
    assert found["people_in_post"] == 3 and found["records_to_confirm"] == 1
    assert found["training_never"] + found["training_expired"] and found["open_registers"]
    for check in CHECKS:
        if isinstance(found[check.key], list):
            reading = opened(ledger, check.key, "involved", {}, names=True)
            assert [reading.met, reading.total] == found[check.key], check
        else:
            rows = opened_count(ledger, check.key, names=True)
            assert rows.total == found[check.key], check
            assert all(len(row.cells) == len(rows.columns) for row in rows.rows)


# --- Back -----------------------------------------------------------------------------------------


def test_what_is_sent_back_or_taken_back_is_kept_and_signed_anew(of_a, mo, alice):
    sign(of_a)
    actions.send_back_return(by=mo, row=of_a, reason="Leavers are on it.")
    assert state_of(of_a) == ReturnState.SENT_BACK
    sign(of_a, name="Second")
    actions.take_back_return(by=alice, row=of_a)
    assert state_of(of_a) == ReturnState.WAITING
    sign(of_a, name="Third")
    assert state_of(of_a) == ReturnState.RETURNED
    rows = of_a.sign_offs.order_by("pk").values_list("name", "ended_how", "ended_by", "ended_reason")
    assert list(rows) == [
        ("Jane Doe", "sent_back", mo.pk, "Leavers are on it."), ("Second", "taken_back", alice.pk, ""),
        ("Third", "", None, ""),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "It is about a child born 3 May 2011.", "x" * 401])
def test_a_reason_is_there_and_points_to_no_child(of_a, reason):
    sign(of_a)
    with pytest.raises(ValidationError):
        actions.send_back_return(by=None, row=of_a, reason=reason)
    assert state_of(of_a) == ReturnState.RETURNED
    actions.send_back_return(by=None, row=of_a, reason="The meeting of 3 May 2015 lacks.")


def test_an_agency_takes_it_back_until_the_due_day_only(of_a, asked):
    sign(of_a)
    with pytest.raises(ValidationError, match="only the partnership manager"):
        actions.take_back_return(by=None, row=of_a, on=asked.due_on + timedelta(days=1))
    actions.take_back_return(by=None, row=of_a, on=asked.due_on)
    for act in (actions.take_back_return, lambda **of: actions.send_back_return(reason="Why", **of)):
        with pytest.raises(ValidationError, match="No sign-off stands here"):
            act(by=None, row=of_a)


# --- The round ------------------------------------------------------------------------------------


def test_a_closed_round_stays_as_it_is(asked, of_a, of_b, mo):
    sign(of_a)
    assert actions.close_round(by=mo, asked=asked) is True
    assert actions.close_round(by=mo, asked=asked) is False
    for act in (
        lambda: sign(of_b), lambda: actions.take_back_return(by=None, row=of_a),
        lambda: actions.send_back_return(by=mo, row=of_a, reason="Why"),
        lambda: actions.change_due(by=mo, asked=asked, due_on=in_days(60)),
        lambda: actions.remind_now(by=mo, asked=asked),
    ):
        with pytest.raises(ValidationError, match="closed"):
            act()


def test_a_due_date_that_somebody_changed_is_not_overwritten(asked, mo):
    seen = fingerprint(asked, actions.returns.ROUND_SEEN)
    assert actions.change_due(by=mo, asked=asked, due_on=in_days(40), seen=seen) is True
    with pytest.raises(ChangedSince):
        actions.change_due(by=mo, asked=asked, due_on=in_days(50), seen=seen)
    assert actions.change_due(by=mo, asked=asked, due_on=in_days(40)) is False
    asked.refresh_from_db()
    assert asked.due_on == in_days(40)


# --- In the figures -------------------------------------------------------------------------------


def notes(partnership, agency=None, *, names=False, period=TERM) -> str:
    member = Membership.objects.get(partnership=partnership, agency=agency) if agency else None
    return " ".join(score(Scope(partnership, member), period, with_names=names).notes)


def test_the_figures_say_who_confirmed_their_data(asked, of_a, of_b, partnership, agency_a, agency_b):
    due, day = actions.returns.spoken(asked.due_on), actions.returns.spoken(today())
    missing = f"The agency has made no return for this period; it was asked for one by {due}."
    assert missing in notes(partnership, agency_a)
    assert "0 of 2 agencies confirmed their data for this period." in notes(partnership)
    sign(of_a)
    assert f"The agency confirmed its data on {day}." in notes(partnership, agency_a)
    assert f"on {day} (Jane Doe, Head of service)." in notes(partnership, agency_a, names=True)
    nothing = {"staff_complete_on": None, "training_logged": False, "attendance_checked": False}
    sign(of_b, **nothing, nil_reason=NilReason.NO_STAFF)
    nil = f"Nil return: the agency signed that it has nothing to report on {day}."
    assert nil in notes(partnership, agency_b)
    whole = "2 of 2 agencies confirmed their data for this period, 1 of them by a nil return."
    assert whole in notes(partnership) and "Jane Doe" not in notes(partnership)
    actions.send_back_return(by=None, row=of_a, reason="Leavers are on it.")
    assert missing in notes(partnership, agency_a)


def test_the_figures_are_silent_where_nobody_was_asked(asked, partnership, elsewhere, agency_a, agency_c):
    assert "return" not in notes(partnership, agency_a, period=TERM.previous)
    assert "return" not in notes(partnership, agency_a, period=Period(2014))  # exactly the term
    assert "return" not in notes(elsewhere, agency_c) + notes(elsewhere)
    assert "confirmed" not in notes(elsewhere)


def test_the_sentence_takes_as_many_queries_whether_it_was_returned_or_not(asked, of_a, partnership):
    def asked_of_all() -> int:
        member = Membership.objects.select_related("agency", "partnership").get(pk=of_a.membership_id)
        return queries(Scope(partnership, member), TERM, with_names=True)

    before = asked_of_all()
    sign(of_a)
    assert asked_of_all() == before


def test_without_return_are_those_whose_sign_off_does_not_stand(asked, of_a, of_b, partnership, elsewhere):
    assert without_return(partnership, TERM) == {of_a.membership, of_b.membership}
    sign(of_a)
    assert without_return(partnership, TERM) == {of_b.membership}
    actions.take_back_return(by=None, row=of_a)
    assert len(without_return(partnership, TERM)) == 2
    assert without_return(elsewhere, TERM) == without_return(partnership, TERM.previous) == set()


def test_late_is_a_question_about_the_day(asked, of_a, of_b):
    sign(of_a)
    assert not AgencyReturn.objects.late(asked.due_on).exists()
    assert set(AgencyReturn.objects.late(asked.due_on + timedelta(days=1))) == {of_b}
    make_late(asked)
    actions.close_round(by=None, asked=asked)
    assert not AgencyReturn.objects.late(today()).exists()
    assert CONFIRMED["name"] == of_a.sign_offs.get().name
