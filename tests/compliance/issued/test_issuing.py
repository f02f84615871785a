"""Issuing: kept once under a number, corrected by the next version, answered by the agency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from compliance import actions
from compliance.actions.issuing import draft
from compliance.demo import factories as make
from compliance.kept_figures import checksum, from_kept
from compliance.measures import Scope, score
from compliance.models import IssuedPrint, IssuedReport, ReportKind, ReportState, SignOff
from compliance.period import Period
from partnership.models import CODE, HistoryEntry, OutboxMessage, today
from partnership.roles import Role
from partnership.stale import ChangedSince
from tests.compliance.issued.conftest import HALF

pytestmark = pytest.mark.django_db


# --- Issuing --------------------------------------------------------------------------------------


def test_what_is_issued_is_the_scorecard_without_names(issue, meeting, member_a, partnership, sam):
    row = IssuedReport.objects.get(pk=issue(member_a).pk)
    assert (row.number, row.version, row.kind) == ("NW/2014-15-H2/CSC/1", 1, "agency")
    assert (row.issued_by, row.issued_name, row.reason, row.changes) == (sam, "Sam", "", [])
    assert from_kept(row.figures) == score(Scope(partnership, member_a), HALF)
    assert row.checksum == checksum(row.figures)  # as it comes back from this very database
    whole = issue()
    assert (whole.number, whole.kind, whole.agency) == ("NW/2014-15-H2/1", "partnership", None)
    assert whole.state == ReportState.ISSUED


def test_the_same_figures_are_not_issued_twice(issue, meeting, member_a, agency_a):
    first = issue(member_a)
    with pytest.raises(ValidationError, match=r"Nothing has changed since version 1 was issued\."):
        issue(member_a, reason="Because.")
    agency_a.staff_list_on = today()  # a note says otherwise, and no figure does
    agency_a.save()
    with pytest.raises(ValidationError, match="Nothing has changed"):
        issue(member_a, reason="Because.")
    assert list(IssuedReport.objects.all()) == [first]


def test_a_correction_asks_why_and_keeps_what_it_changed(issue, member_a, correct_figures):
    first = issue(member_a)
    kept = IssuedReport.objects.values().get(pk=first.pk)
    correct_figures()
    with pytest.raises(ValidationError, match="Say why the report is corrected"):
        issue(member_a)
    second = issue(member_a, reason="  The register of 2 March was closed. ")
    assert (second.number, second.version) == ("NW/2014-15-H2/CSC/2", 2)
    assert second.reason == "The register of 2 March was closed."
    told = {(c["what"], c["detail"], c["basis"]): (c["before"], c["after"]) for c in second.changes}
    assert told["Attendance at conferences", "", "Involved"] == ("none", "1 of 1 (100.0%)")
    assert told["Meetings whose register is still open", "", ""] == ("1", "0")
    assert IssuedReport.objects.values().get(pk=first.pk) == kept
    state = dict(IssuedReport.objects.with_replaced().values_list("version", "replaced"))
    assert state == {1: True, 2: False}
    assert list(IssuedReport.objects.waiting()) == [second]


def test_a_first_version_and_the_whole_keep_versions_of_their_own(issue, member_a, member_b, correct_figures):
    issue(member_a)
    issue()
    correct_figures()
    rows = [issue(member_a, reason="x"), issue(reason="x"), issue(member_b), issue(period=HALF.previous)]
    assert [row.version for row in rows] == [2, 2, 1, 1]
    assert len(IssuedReport.objects.newest()) == 4


def test_a_period_is_issued_when_it_is_over(issue, meeting, member_a, monkeypatch):
    now = Period.half_of(today())
    with pytest.raises(ValidationError, match=r"it can be issued when it is over"):
        issue(member_a, period=now)
    monkeypatch.setattr("compliance.actions.issuing.today", lambda: HALF.last)
    with pytest.raises(ValidationError, match="ends on 31 March 2015"):
        issue(member_a)
    monkeypatch.setattr("compliance.actions.issuing.today", lambda: HALF.last + timedelta(days=1))
    assert issue(member_a).version == 1


def test_what_was_seen_is_what_is_issued(issue, meeting, member_a, partnership, correct_figures):
    seen = draft(Scope(partnership, member_a), HALF).seen
    correct_figures()
    with pytest.raises(ChangedSince):
        issue(member_a, seen=seen)
    assert issue(member_a, seen=draft(Scope(partnership, member_a), HALF).seen).version == 1
    with pytest.raises(ChangedSince):  # somebody issued it meanwhile
        issue(member_a, seen=seen)


def test_of_several_all_are_issued_or_none(sam, meeting, partnership, member_a, member_b):
    about = {"by": sam, "partnership": partnership, "period": HALF}
    before = HistoryEntry.objects.count(), OutboxMessage.objects.count()
    with pytest.raises(ChangedSince):
        actions.issue_reports(**about, chosen=[(member_a, ""), (member_b, "0-other")])
    assert not IssuedReport.objects.exists()
    assert (HistoryEntry.objects.count(), OutboxMessage.objects.count()) == before
    assert len(actions.issue_reports(**about, chosen=[(member_a, ""), (member_b, ""), (None, "")])) == 3


def test_the_leads_are_told_by_mail_without_a_name(issue, meeting, member_a, alice, charlie, bob):
    group = make.AgencyFactory()
    chief = make.UserFactory(email="chief@example.org")
    make.GrantFactory(user=chief, role=Role.AGENCY_LEAD, agency=group, partnership=None)
    member_a.agency.parent = group
    member_a.agency.save()
    row = issue(member_a)
    mails = OutboxMessage.objects.all()
    assert sorted(mail.to for mail in mails) == ["alice@example.org", "chief@example.org"]
    assert {mail.subject for mail in mails} == {"NW/2014-15-H2/CSC/1: a report waits for your sign-off"}
    assert f"/reports/{row.pk}/sign-off/" in mails[0].body and "Sam" not in mails[0].body
    issue()  # of the whole: nobody is asked
    assert mails.count() == 2


# --- The agency's answer --------------------------------------------------------------------------


def test_an_agency_signs_off_once_with_name_role_and_day(issue, meeting, member_a, alice, sam):
    row = issue(member_a)
    OutboxMessage.objects.all().delete()
    answer = actions.sign_off_report(by=alice, report=row, role=" Named nurse ")
    assert (answer.agreed, answer.name, answer.role, answer.note) == (True, "Alice", "Named nurse", "")
    assert [(m.to, m.subject) for m in OutboxMessage.objects.all()] == [
        ("sam@example.org", "NW/2014-15-H2/CSC/1: signed off")
    ]
    with pytest.raises(ChangedSince, match="Alice has answered for Northwold Social Care already"):
        actions.note_disagreement(by=alice, report=row, role="Named nurse", note="No.")
    assert SignOff.objects.count() == 1 and not IssuedReport.objects.waiting().exists()


def test_a_disagreement_says_why_and_names_no_child(issue, meeting, member_a, alice):
    row = issue(member_a)
    say = {"by": alice, "report": row, "role": "Named nurse"}
    with pytest.raises(ValidationError, match="Write what you do not agree with"):
        actions.note_disagreement(**say, note="  ")
    for note in ("The child of RG12 1AB was there.", "NHS number 943 476 5919", "born 4 May 2012"):
        with pytest.raises(ValidationError, match="Nothing that points to a child"):
            actions.note_disagreement(**say, note=note)
    with pytest.raises(ValidationError, match="Nothing that points to a child"):
        actions.sign_off_report(by=alice, report=row, role="Nurse of RG12 1AB")
    assert not SignOff.objects.exists()
    assert actions.note_disagreement(**say, note="We came on 2 June 2014.").agreed is False
    assert IssuedReport.objects.get().state == ReportState.DISAGREED


def test_a_later_version_asks_anew_and_the_older_can_no_longer_be_answered(
    issue, member_a, alice, correct_figures
):
    first = issue(member_a)
    correct_figures()
    second = issue(member_a, reason="A register was closed.")
    with pytest.raises(ChangedSince, match=r"NW/2014-15-H2/CSC/2 was issued meanwhile"):
        actions.sign_off_report(by=alice, report=first, role="Lead")
    assert actions.sign_off_report(by=alice, report=second, role="Lead").report == second


def test_a_partnerships_own_report_is_not_signed_off(issue, meeting, mo):
    with pytest.raises(ValidationError, match="not signed off by an agency"):
        actions.sign_off_report(by=mo, report=issue(), role="Manager")


def test_who_issued_and_has_gone_is_not_told_but_those_who_may_issue_are(
    issue, meeting, member_a, alice, sam, mo
):
    row = issue(member_a)
    OutboxMessage.objects.all().delete()
    sam.grants.update(until_on=today())
    actions.sign_off_report(by=alice, report=row, role="Lead")
    assert [mail.to for mail in OutboxMessage.objects.all()] == ["mo@example.org"]


# --- Never changed --------------------------------------------------------------------------------


def test_what_was_issued_has_no_way_to_be_changed(issue, meeting, member_a, alice):
    row = issue(member_a)
    answer = actions.sign_off_report(by=alice, report=row, role="Lead")
    kept = make.IssuedPrintFactory(report=row)
    for one, name, value in ((row, "reason", "x"), (answer, "name", "Bob"), (kept, "content", b"other")):
        setattr(one, name, value)
        with pytest.raises(TypeError, match="never changed"):
            one.save()
        with pytest.raises(TypeError, match="never changed"):
            type(one).objects.update(**{name: value})
        with pytest.raises(TypeError, match="never changed"):
            type(one).objects.bulk_update([one], [name])


@pytest.mark.parametrize(("model", "column", "value"), [
    (IssuedReport, "checksum", "'0'"), (SignOff, "name", "'Bob'"), (IssuedPrint, "state", "'signed'"),
])
def test_the_database_refuses_a_change_by_whatever_way(issue, meeting, member_a, alice, model, column, value):
    row = issue(member_a)
    actions.sign_off_report(by=alice, report=row, role="Lead")
    make.IssuedPrintFactory(report=row)
    before = list(model.objects.values())
    sql = f"UPDATE {model._meta.db_table} SET {column} = {value}"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(model.objects.values()) == before


def test_history_tells_each_act_with_its_place(issue, meeting, member_a, alice, sam):
    row = issue(member_a)
    actions.note_disagreement(by=alice, report=row, role="Lead", note="We came.")
    entries = HistoryEntry.objects.filter(subject_type="compliance.issuedreport").order_by("pk")
    assert [(e.verb, e.user, e.agency, e.partnership) for e in entries] == [
        ("issued", sam, member_a.agency, row.partnership),
        ("disagreed", alice, member_a.agency, row.partnership),
    ]
    assert entries[1].changes == {"number": row.number, "role": "Lead", "note": "We came."}
    assert entries[0].at <= timezone.now()


# --- Numbers --------------------------------------------------------------------------------------


def test_a_code_that_another_agency_had_gives_a_number_of_its_own(issue, meeting, member_a, member_b, correct_figures):
    first = issue(member_a)
    for member, code in ((member_a, "OLD"), (member_b, "CSC")):
        type(member).objects.filter(pk=member.pk).update(code=code)
        member.refresh_from_db()
    second = issue(member_b)
    assert (first.number, second.number) == ("NW/2014-15-H2/CSC/1", f"NW/2014-15-H2/CSC.{member_b.agency_id}/1")
    correct_figures()
    again = issue(member_b, reason="Corrected."), issue(member_a, reason="Corrected.")
    assert [row.number for row in again] == [f"NW/2014-15-H2/CSC.{member_b.agency_id}/2", "NW/2014-15-H2/OLD/2"]


def test_an_agency_is_never_taken_for_the_annual_report(issue, meeting, member_a):
    type(member_a).objects.filter(pk=member_a.pk).update(code="ANNUAL")
    member_a.refresh_from_db()
    assert issue(member_a).number == f"NW/2014-15-H2/ANNUAL.{member_a.agency_id}/1"
    assert issue(kind=ReportKind.ANNUAL).number == "NW/2014-15-H2/ANNUAL/1"
    with pytest.raises(ValidationError):  # so nobody else's code can be what stands there
        CODE(f"ANNUAL.{member_a.agency_id}")


def test_the_earliest_year_can_be_read_again_with_the_one_before_it(issue, member_a):
    row = issue(member_a, period=Period(1990))
    assert from_kept(row.figures).previous.period == Period(1989)
