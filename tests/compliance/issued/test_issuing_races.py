"""Two people at one report at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from compliance import actions
from compliance.demo import factories as make
from compliance.models import IssuedPrint, IssuedReport, SignOff
from compliance.prints import printed_once
from partnership.models import HistoryEntry, OutboxMessage

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def kinds(answers) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_two_who_press_at_once_make_one_version(race, issue, meeting, member_a, alice):
    answers = race(lambda: issue(member_a))
    assert kinds(answers) == ["IssuedReport", "ValidationError"]
    assert "Nothing has changed" in str(next(a for a in answers if isinstance(a, ValidationError)))
    assert IssuedReport.objects.count() == 1
    assert HistoryEntry.objects.filter(verb="issued").count() == OutboxMessage.objects.count() == 1


def test_two_corrections_at_once_make_one_next_version(race, issue, member_a, alice, correct_figures):
    issue(member_a)
    correct_figures()
    answers = race(lambda: issue(member_a, reason="A register was closed."))
    assert kinds(answers) == ["IssuedReport", "ValidationError"]
    assert sorted(IssuedReport.objects.values_list("version", flat=True)) == [1, 2]


def test_two_answers_at_once_are_one(race, issue, meeting, member_a, alice):
    row = issue(member_a)
    other = make.UserFactory()
    answers = race(
        lambda: actions.sign_off_report(by=alice, report=row, role="Lead"),
        lambda: actions.note_disagreement(by=other, report=row, role="Deputy", note="No."),
    )
    assert kinds(answers) == ["ChangedSince", "SignOff"]
    assert SignOff.objects.count() == 1


def test_two_who_print_at_once_get_the_same_bytes(race, issue, meeting, member_a):
    pk = issue(member_a).pk
    first, second = race(lambda: printed_once(IssuedReport.objects.get(pk=pk)))
    assert first == second and first.startswith(b"%PDF")
    assert IssuedPrint.objects.count() == 1
