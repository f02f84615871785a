"""Every action of every floor writes its history: one entry for each act, in the act's transaction.

``ACTS`` names each action with what it writes; an action that is not named fails.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

import compliance.actions as figures
import conferences.actions as conferences
import partnership.actions as ground
import training.actions as training
from compliance.demo import factories as make
from compliance.period import Period
from conferences.actions.filling import ENDING, Typed
from conferences.actions.registers import LINE
from conferences.choices import MeetingKind, MeetingState, Mode, Outcome
from conferences.models import Attendance, Meeting
from partnership.choices import Sector
from partnership.models import BankHoliday, HistoryEntry, StaffMember
from partnership.roles import Role
from partnership.stale import fingerprint, snapshot
from partnership.uploads.tables import Table, packed

TODAY = date(2015, 4, 1)
FLOORS = ("partnership", "training", "conferences", "compliance")


@dataclass
class World:
    """What the acts are done to."""

    by: object
    partnership: object
    agency: object
    staff: object
    meeting: object

    @property
    def line(self):
        return self.meeting.lines.get(agency=self.agency)

    def closed(self):
        conferences.close_registers(by=self.by, meetings=[self.meeting], tell=False)
        return self.meeting

    def ending(self, **new):
        there = {name: getattr(self.meeting, name) for name in ENDING}
        return Typed(snapshot(self.meeting, ENDING), there | new)

    def disputed(self):
        line = self.line
        conferences.dispute(by=self.by, line=line, text="We came.")
        return line


@pytest.fixture
def world(mo, partnership, agency_a, staff_a, meeting):
    return World(mo, partnership, agency_a, staff_a, meeting)


# Each act: make it ready outside the count, then do it; what it writes, verb by verb; and the
# changes that one of the entries must hold ([before, after] for a change).
ACTS = {}


def act(name, /, *verbs, **changes):
    def register(prepare):
        ACTS[name] = (prepare, list(verbs), changes)
        return prepare

    return register


@act("partnership.make_partnership", "made", code="EM", name="Eastmoor")
def _(w):
    return lambda: ground.make_partnership(by=w.by, code="EM", name="Eastmoor")


@act("partnership.add_agency", "made", "shared", code="HOU")
def _(w):
    return lambda: ground.add_agency(
        by=w.by, partnership=w.partnership, code="HOU", name="Housing", sector=Sector.HOUSING
    )


@act("partnership.share_agency", "shared", code="ONE")
def _(w):
    other = make.PartnershipFactory()
    return lambda: ground.share_agency(by=w.by, partnership=other, agency=w.agency, code="ONE")


@act("partnership.group_agencies", "made", "changed", parent=[None, "The trust"])
def _(w):
    return lambda: ground.group_agencies(
        by=w.by, name="The trust", sector=Sector.HEALTH_COMMUNITY, parts=[w.agency]
    )


@act("partnership.add_role_group", "made", code="night", title="Night staff")
def _(w):
    return lambda: ground.add_role_group(by=w.by, code="night", title="Night staff")


@act("partnership.note_staff_list", "changed", staff_list_on=[None, "2015-04-01"])
def _(w):
    return lambda: ground.note_staff_list(by=w.by, agency=w.agency, on=TODAY)


@act("partnership.take_back_staff", "taken back", reference="N-9")
def _(w):
    row = make.StaffMemberFactory(agency=w.agency, role_group=w.staff.role_group, reference="N-9")
    return lambda: ground.take_back_staff(by=w.by, staff=[row.pk], since=0)


@act("training.take_back_records", "taken back", completed_on="2015-04-01")
def _(w):
    row = make.TrainingRecordFactory(staff_member=w.staff, completed_on=TODAY)
    return lambda: training.take_back_records(by=w.by, records=[row.pk], since=0)


@act("partnership.take_back_agencies", "taken back", code="NEW")
def _(w):
    row = make.MembershipFactory(partnership=w.partnership, agency=make.AgencyFactory(), code="NEW")
    return lambda: ground.take_back_agencies(by=w.by, memberships=[row.pk], since=0)


@act("partnership.take_back_role_groups", "taken back", code="night")
def _(w):
    row = make.RoleGroupFactory(code="night")
    return lambda: ground.take_back_role_groups(by=w.by, role_groups=[row.pk], since=0)


@act("training.take_back_courses", "taken back", code="NEW")
def _(w):
    row = make.CourseFactory(code="NEW")
    return lambda: training.take_back_courses(by=w.by, courses=[row.pk], since=0)


@act("training.take_back_requirements", "taken back", courses=["NEW"])
def _(w):
    row = make.RequirementFactory(
        partnership=w.partnership, role_group=w.staff.role_group, courses=[make.CourseFactory(code="NEW")]
    )
    return lambda: training.take_back_requirements(by=w.by, requirements=[row.pk], since=0)


@act("conferences.take_back_expectations", "removed")
def _(w):
    row = make.ExpectationRuleFactory(
        partnership=w.partnership, agency=make.AgencyFactory(), effective_from=TODAY
    )
    return lambda: conferences.take_back_expectations(by=w.by, rules=[row.pk], since=0)


@act("conferences.take_back_meetings", "taken back", held_on="2015-04-01")
def _(w):
    row = make.MeetingFactory(partnership=w.partnership, held_on=TODAY)
    return lambda: conferences.take_back_meetings(by=w.by, meetings=[row.pk], since=0)


@act("conferences.take_back_lines", "taken back", outcome="attended")
def _(w):
    return lambda: conferences.take_back_lines(by=w.by, lines=[w.line.pk], since=0)


@act("conferences.import_extract", "imported", "changed", quorate=[True, False])
def _(w):
    new = make.ExtractLineFactory.build(partnership=w.partnership, sent_as="r 1")
    there = make.ExtractLineFactory(partnership=w.partnership, quorate=True)
    return lambda: conferences.import_extract(by=w.by, new=[new], changed=[(there, {"quorate": False})])


@act("conferences.take_back_extract", "taken back", quorate=True)
def _(w):
    row = make.ExtractLineFactory(partnership=w.partnership)
    return lambda: conferences.take_back_extract(by=w.by, lines=[row.pk], since=0)


@act("compliance.send_upload", "sent", rows=1)
def _(w):
    table = Table(["Meeting ref"], [(2, ["M-1"])])
    return lambda: figures.send_upload(
        by=w.by, kind="meetings", name="m.csv", table=table, partnership=w.partnership
    )


@act("compliance.cancel_upload", "cancelled")
def _(w):
    row = make.UploadFactory(sent_by=w.by, kind="meetings", partnership=w.partnership)
    return lambda: figures.cancel_upload(by=w.by, upload=row)


@act("compliance.undo_upload", "taken back", new=0)
def _(w):
    row = make.UploadFactory(
        sent_by=w.by, kind="agencies", partnership=w.partnership, state="done", counts={"new": 0},
        written=packed([[], [], [], 0]),
    )
    return lambda: figures.undo_upload(by=w.by, upload=row)


@act("partnership.add_staff", "added", reference="N-1", started_on="2015-04-01")
def _(w):
    group = w.staff.role_group
    return lambda: ground.add_staff(
        by=w.by, agency=w.agency, reference="N-1", first_name="Siân", last_name="Llwyd",
        job_title="Nurse", role_group=group, started_on=TODAY,
    )


@act("partnership.change_staff", "changed", left_on=[None, "2015-04-01"])
def _(w):
    return lambda: ground.change_staff(by=w.by, staff_member=w.staff, left_on=TODAY)


@act("partnership.import_staff", "added", "added", "changed", job_title=["Teacher", "Head"])
def _(w):
    StaffMember.objects.filter(pk=w.staff.pk).update(job_title="Teacher")
    group = w.staff.role_group
    new = [make.StaffMemberFactory.build(agency=w.agency, role_group=group) for _ in range(2)]
    return lambda: ground.import_staff(by=w.by, new=new, changed=[(w.staff, {"job_title": "Head"})])


@act("partnership.invite_user", "invited", email="owain@example.org")
def _(w):
    return lambda: ground.invite_user(by=w.by, email="owain@example.org", name="Owain")


@act("partnership.grant_role", "granted", role="auditor", from_on="2015-04-01", until_on=None)
def _(w):
    user = make.UserFactory()
    return lambda: ground.grant_role(
        by=w.by, user=user, role=Role.AUDITOR, partnership=w.partnership, from_on=TODAY
    )


@act("partnership.end_grant", "ended", until_on=[None, "2015-04-01"])
def _(w):
    grant = make.GrantFactory(agency=w.agency)
    return lambda: ground.end_grant(by=w.by, grant=grant, until_on=TODAY)


@act("partnership.take_back_grant", "took back", role="agency_lead")
def _(w):
    grant = make.GrantFactory(agency=w.agency, from_on=date(2015, 4, 2))
    return lambda: ground.take_back_grant(by=w.by, grant=grant, on=TODAY)


@act("partnership.give_access", "invited", "granted", "sent the invitation to", email="nia@example.org")
def _(w):
    return lambda: ground.give_access(
        by=w.by, email="nia@example.org", name="Nia", role=Role.AUDITOR, partnership=w.partnership,
        from_on=TODAY,
    )


@act("partnership.send_invitation", "sent the invitation to", email="owain@example.org")
def _(w):
    user = make.UserFactory(email="owain@example.org")
    return lambda: ground.send_invitation(by=w.by, user=user)


@act("partnership.link_staff", "linked")
def _(w):
    user = make.UserFactory()
    return lambda: ground.link_staff(by=w.by, user=user, staff_member=w.staff)


@act("partnership.follow_moves", "linked")
def _(w):
    make.UserFactory(staff_member=w.staff)
    make.StaffMemberFactory(moved_from=w.staff, started_on=TODAY)
    return lambda: ground.follow_moves(by=w.by, on=TODAY)


@act("partnership.confirm_users", "ended", "confirmed", users=1, ended=1)
def _(w):
    gone, stays = make.GrantFactory.create_batch(2, agency=w.agency)
    return lambda: ground.confirm_users(
        by=w.by, agency=w.agency, shown=[gone.pk, stays.pk], leavers=[gone.user_id], on=TODAY
    )


@act("partnership.sign_out_everywhere", "signed out everywhere")
def _(w):
    return lambda: ground.sign_out_everywhere(by=w.by)


@act("partnership.leave", "changed", "ended", left_on=[None, "2015-04-01"])
def _(w):
    grant = make.GrantFactory(agency=w.agency)
    return lambda: ground.leave(by=w.by, staff_member=w.staff, left_on=TODAY, grants=[grant])


@act("partnership.move_staff", "moved here", "moved away", left_on=[None, "2015-04-01"])
def _(w):
    agency = make.AgencyFactory()
    return lambda: ground.move_staff(by=w.by, staff_member=w.staff, agency=agency, on=TODAY)


@act("partnership.change_agency", "changed", "changed", code=["CSC", "CS"])
def _(w):
    row = w.agency.memberships.get()
    seen = ground.agency_seen(row)
    return lambda: ground.change_agency(by=w.by, membership=row, seen=seen, code="CS", name="Another name")


@act("partnership.change_group", "changed", "changed", parent=["The trust", None])
def _(w):
    group = ground.group_agencies(by=w.by, name="The trust", sector=Sector.OTHER, parts=[w.agency])
    seen, other = ground.group_seen(group), make.AgencyFactory()
    return lambda: ground.change_group(by=w.by, group=group, seen=seen, parts=[other])


@act("partnership.offer_agency", "offered", taker="Eastmoor")
def _(w):
    other = make.PartnershipFactory(name="Eastmoor")
    return lambda: ground.offer_agency(
        by=w.by, agency=w.agency, giver=w.partnership, taker=other
    )


@act("partnership.accept_offer", "answered", "shared", accepted=[None, True])
def _(w):
    offer = make.AgencyOfferFactory(taker=w.partnership)
    return lambda: ground.accept_offer(by=w.by, offer=offer, code="NEW")


@act("partnership.decline_offer", "answered", accepted=[None, False])
def _(w):
    offer = make.AgencyOfferFactory(taker=w.partnership)
    return lambda: ground.decline_offer(by=w.by, offer=offer)


@act("partnership.withdraw_offer", "withdrew", taker="Eastmoor")
def _(w):
    offer = make.AgencyOfferFactory(giver=w.partnership, taker=make.PartnershipFactory(name="Eastmoor"))
    return lambda: ground.withdraw_offer(by=w.by, offer=offer)


@act("partnership.rename_role_group", "renamed", title=["Front line", "At the front"])
def _(w):
    group = w.staff.role_group
    seen = fingerprint(group, ground.ROLE_GROUP_SEEN)
    return lambda: ground.rename_role_group(by=w.by, role_group=group, seen=seen, title="At the front")


@act("partnership.add_bank_holidays", "added", "added", on="1999-12-31", title="The millennium")
def _(w):
    days = {date(1999, 12, 31): "The millennium", date(1999, 12, 30): "The day before"}
    return lambda: ground.add_bank_holidays(by=w.by, country="ENG", days=days)


@act("partnership.remove_bank_holiday", "removed", on="2022-09-19")
def _(w):
    day = BankHoliday.objects.get(country="ENG", on=date(2022, 9, 19))
    return lambda: ground.remove_bank_holiday(by=w.by, holiday=day)


@act("partnership.change_labels", "changed", subgroup_label=["Training sub-group", "Learning group"])
def _(w):
    return lambda: ground.change_labels(
        by=w.by, partnership=w.partnership, subgroup_label="Learning group"
    )


def half(w):
    """What an issue is about: a half-year that is over."""
    member = w.partnership.memberships.get(agency=w.agency)
    return {"by": w.by, "partnership": w.partnership, "period": Period(2014, "H1")}, member


@act("compliance.issue_report", "issued", number="NW/2014-15-H1/CSC/1", version=1)
def _(w):
    about, member = half(w)
    return lambda: figures.issue_report(**about, membership=member)


@act("compliance.issue_reports", "issued", "issued", number="NW/2014-15-H1/1")
def _(w):
    about, member = half(w)
    return lambda: figures.issue_reports(**about, chosen=[(member, ""), (None, "")])


@act("compliance.ask_pack", "asked", period="2014-15 H1")
def _(w):
    about, _ = half(w)
    about["partnerships"] = [about.pop("partnership")]
    return lambda: figures.ask_pack(**about)


@act("compliance.cancel_pack", "cancelled")
def _(w):
    row = make.PackFactory(asked_by=w.by, places_of=[w.partnership])
    return lambda: figures.cancel_pack(by=w.by, pack=row)


@act("compliance.delete_pack", "deleted", period="2014-15")
def _(w):
    row = make.PackFactory(asked_by=w.by, places_of=[w.partnership], state="failed")
    return lambda: figures.delete_pack(by=w.by, pack=row)


@act("compliance.sign_off_report", "signed off", role="Named nurse")
def _(w):
    row = make.IssuedReportFactory(partnership=w.partnership, agency=w.agency)
    return lambda: figures.sign_off_report(by=w.by, report=row, role="Named nurse")


@act("compliance.note_disagreement", "disagreed", note="We came in June.")
def _(w):
    row = make.IssuedReportFactory(partnership=w.partnership, agency=w.agency)
    return lambda: figures.note_disagreement(
        by=w.by, report=row, role="Named nurse", note="We came in June."
    )


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def led(w):
    make.GrantFactory(role=Role.AGENCY_LEAD, agency=w.agency)


def asked_return(w, **signed):
    """A return of the agency for a term that is over, due today; signed where that is asked."""
    asked = make.ReturnRoundFactory(partnership=w.partnership, due_on=timezone.localdate())
    row = make.AgencyReturnFactory(round=asked, membership=w.agency.memberships.get())
    if signed:
        make.ReturnSignOffFactory(agency_return=row, **signed)
    return row


@act("compliance.open_round", "opened", "reminded", agencies=2, period="2014-15-H2")
def _(w):
    led(w)
    return lambda: figures.open_round(
        by=w.by, partnership=w.partnership, period=Period.parse("2014-15-H2"), due_on=timezone.localdate()
    )


@act("compliance.change_due", "changed", due_on=[str(timezone.localdate()), str(tomorrow())])
def _(w):
    row = asked_return(w)
    return lambda: figures.change_due(by=w.by, asked=row.round, due_on=tomorrow())


@act("compliance.close_round", "closed", late=1)
def _(w):
    row = asked_return(w)
    return lambda: figures.close_round(by=w.by, asked=row.round)


@act("compliance.withdraw_round", "withdrew", reason="Asked for the wrong term.", period="2014-15-H2")
def _(w):
    row = asked_return(w)
    return lambda: figures.withdraw_round(by=w.by, asked=row.round, reason="Asked for the wrong term.")


@act("compliance.remind_now", "reminded", step="now")
def _(w):
    led(w)
    row = asked_return(w)
    return lambda: figures.remind_now(by=w.by, asked=row.round)


@act("compliance.sign_return", "signed", name="Jane Doe", nil_reason="", staff_complete_on="2015-04-01")
def _(w):
    row = asked_return(w)
    return lambda: figures.sign_return(
        by=w.by, row=row, name="Jane Doe", role="Head", staff_complete_on=TODAY,
        training_logged=True, attendance_checked=True,
    )


@act("compliance.send_back_return", "sent back", reason="Leavers are on it.")
def _(w):
    row = asked_return(w, name="Jane Doe")
    return lambda: figures.send_back_return(by=w.by, row=row, reason="Leavers are on it.")


@act("compliance.take_back_return", "taken back")
def _(w):
    row = asked_return(w, name="Jane Doe")
    return lambda: figures.take_back_return(by=w.by, row=row)


@act("compliance.set_target", "ended", "set", measure="quoracy", good_from="95")
def _(w):
    make.TargetFactory(partnership=w.partnership, measure="quoracy")
    return lambda: figures.set_target(
        by=w.by, partnership=w.partnership, measure="quoracy", good_from=Decimal("95"),
        watch_from=Decimal("80"), effective_from=TODAY,
    )


@act("compliance.end_target", "ended", effective_until=[None, "2015-04-01"])
def _(w):
    row = make.TargetFactory(partnership=w.partnership)
    return lambda: figures.end_target(by=w.by, target=row, effective_until=TODAY)


@act("compliance.correct_target", "corrected", good_from=["90.0", "95"])
def _(w):
    row = make.TargetFactory(partnership=w.partnership, good_from=Decimal("90.0"), watch_from=Decimal("75.0"))
    row.refresh_from_db()
    return lambda: figures.correct_target(
        by=w.by, target=row, good_from=Decimal("95"), watch_from=Decimal("75")
    )


@act("compliance.remove_target", "removed")
def _(w):
    soon = timezone.localdate() + timedelta(days=9)
    row = make.TargetFactory(partnership=w.partnership, effective_from=soon)
    return lambda: figures.remove_target(by=w.by, target=row)


def board_action(w, **fields):
    return make.ActionFactory(partnership=w.partnership, owner=w.agency, **fields)


@act("compliance.type_count", "typed", counted_on="2015-03-31", children=125)
def _(w):
    return lambda: figures.type_count(
        by=w.by, partnership=w.partnership, counted_on=date(2015, 3, 31), children=125, source="Return."
    )


@act("compliance.correct_count", "corrected", children=[125, 124], reason="Read again.")
def _(w):
    row = make.TypedCountFactory(partnership=w.partnership)
    what = {"counted_on": row.counted_on, "families": row.families, "source": row.source}
    return lambda: figures.correct_count(by=w.by, count=row, children=124, reason="Read again.", **what)


@act("compliance.log_action", "logged", source="measure", due_on=str(timezone.localdate()))
def _(w):
    return lambda: figures.log_action(
        by=w.by, partnership=w.partnership, asked="Name a deputy.", owner=w.agency,
        due_on=timezone.localdate(), source="measure", measure="contribution",
    )


@act("compliance.change_action", "changed", owner_title=["", "Team manager"])
def _(w):
    row = board_action(w)
    return lambda: figures.change_action(
        by=w.by, action=row, asked=row.asked, owner=row.owner, owner_title="Team manager"
    )


@act("compliance.note_progress", "noted progress")
def _(w):
    row = board_action(w)
    return lambda: figures.note_progress(by=w.by, action=row, text="Half is done.")


@act("compliance.report_done", "reported done")
def _(w):
    row = board_action(w)
    return lambda: figures.report_done(by=w.by, action=row, text="All is done.")


@act("compliance.move_due", "moved date", reason="Holidays.",
     due_on=["2015-06-30", str(timezone.localdate())])
def _(w):
    row = board_action(w)
    return lambda: figures.move_due(
        by=w.by, action=row, due_on=timezone.localdate(), reason="Holidays."
    )


@act("compliance.close_action", "closed", outcome="Deputies come.")
def _(w):
    row = board_action(w)
    return lambda: figures.close_action(by=w.by, action=row, outcome="Deputies come.")


@act("compliance.reopen_action", "opened again", state=["Closed", "Open"], reason="Too soon.")
def _(w):
    row = board_action(w, closed_at=timezone.now(), outcome="Deputies come.")
    return lambda: figures.reopen_action(by=w.by, action=row, reason="Too soon.")


@act("training.add_course", "made", code="CPC", hours="3.5")
def _(w):
    return lambda: training.add_course(
        by=w.by, code="CPC", title="Conferences", hours=Decimal("3.5"), delivery="taught"
    )


@act("training.add_requirement", "made", courses=["CPC"], within_days=30)
def _(w):
    group, course = w.staff.role_group, make.CourseFactory(code="CPC")
    return lambda: training.add_requirement(
        by=w.by, role_group=group, courses=[course], partnership=w.partnership,
        effective_from=TODAY, within_days=30,
    )


@act("training.log_training", "logged", course="CPC", completed_on="2015-04-01")
def _(w):
    course = make.CourseFactory(code="CPC")
    return lambda: training.log_training(
        by=w.by, staff_member=w.staff, course=course, completed_on=TODAY
    )


@act("training.import_records", "logged", "logged", course="CPC")
def _(w):
    course = make.CourseFactory(code="CPC")
    new = [training.new_record(w.by, w.staff, course, TODAY - timedelta(n)) for n in range(2)]
    return lambda: training.import_records(by=w.by, new=new)


@act("training.confirm_training", "confirmed")
def _(w):
    row = make.TrainingRecordFactory(staff_member=w.staff, confirmed_at=None)
    return lambda: training.confirm_training(by=w.by, training_record=row)


@act("training.correct_record", "corrected", completed_on=["2014-04-01", "2014-04-02"],
     reason="A slip.")
def _(w):
    row = make.TrainingRecordFactory(staff_member=w.staff)
    return lambda: training.correct_record(
        by=w.by, training_record=row, reason="A slip.", completed_on=date(2014, 4, 2)
    )


@act("training.exempt", "exempted", from_on="2015-04-01", reason="unavailable")
def _(w):
    return lambda: training.exempt(
        by=w.by, staff_member=w.staff, reason="unavailable", from_on=TODAY,
        until_on=date(2016, 4, 1),
    )


@act("training.end_exemption", "ended", until_on=["2015-04-01", "2015-03-01"])
def _(w):
    row = make.ExemptionFactory(staff_member=w.staff)
    return lambda: training.end_exemption(by=w.by, exemption=row, until_on=date(2015, 3, 1))


@act("training.log_session", "logged", "logged", course="CPC", completed_on="2015-04-01")
def _(w):
    course, had = make.CourseFactory(code="CPC"), make.StaffMemberFactory(agency=w.agency)
    make.TrainingRecordFactory(staff_member=had, course=course, completed_on=TODAY)
    people = [w.staff, make.StaffMemberFactory(agency=w.agency), had]
    return lambda: training.log_session(
        by=w.by, people=people, course=course, completed_on=TODAY
    )


@act("training.withdraw_record", "withdrawn", reason="Never held.", completed_on="2014-04-01")
def _(w):
    row = make.TrainingRecordFactory(staff_member=w.staff)
    return lambda: training.withdraw_record(by=w.by, training_record=row, reason="Never held.")


@act("training.change_course", "changed", "changed", covers=["", "L2"])
def _(w):
    row, other = make.CourseFactory(title="Course"), make.CourseFactory(code="L2")
    return lambda: training.change_course(by=w.by, course=row, title="Another", covers=[other])


@act("training.end_requirement", "ended", effective_until=[None, "2015-04-01"])
def _(w):
    row = make.RequirementFactory(partnership=w.partnership)
    return lambda: training.end_requirement(by=w.by, requirement=row, until=TODAY)


@act("training.change_requirement", "ended", "made", "carried over", valid_months=12)
def _(w):
    row = make.RequirementFactory(partnership=w.partnership)
    make.ExemptionFactory(staff_member=w.staff, requirement=row, until_on=date(2016, 4, 1))
    courses = list(row.courses.all())
    return lambda: training.change_requirement(
        by=w.by, requirement=row, effective_from=TODAY, courses=courses, valid_months=12
    )


@act("training.add_session", "made", course="CPC", places=9)
def _(w):
    course = make.CourseFactory(code="CPC")
    return lambda: training.add_session(
        by=w.by, partnership=w.partnership, course=course, held_on=TODAY, places=9,
        booking_closes_on=TODAY,
    )


@act("training.change_session", "changed", "moved up", places=[1, 2])
def _(w):
    row = make.SessionFactory(partnership=w.partnership, places=1)
    training.book(by=None, session=row, people=[w.staff, make.StaffMemberFactory(agency=w.agency)])
    return lambda: training.change_session(by=w.by, session=row, places=2)


@act("training.cancel_session", "cancelled", cancelled_reason=["", "No trainer"])
def _(w):
    row = make.SessionFactory(partnership=w.partnership)
    return lambda: training.cancel_session(by=w.by, session=row, reason="No trainer")


@act("training.book", "booked", "booked", state="waiting")
def _(w):
    row = make.SessionFactory(partnership=w.partnership, places=1)
    people = [w.staff, make.StaffMemberFactory(agency=w.agency)]
    return lambda: training.book(by=w.by, session=row, people=people)


@act("training.cancel_booking", "cancelled", state=["booked", "cancelled"])
def _(w):
    row = make.BookingFactory(session__partnership=w.partnership, staff_member=w.staff)
    return lambda: training.cancel_booking(by=w.by, booking=row)


def of_last_week(w, state):
    """A booking of a session whose register can be taken."""
    held_on = timezone.localdate() - timedelta(days=7)
    return make.BookingFactory(
        session__partnership=w.partnership, session__held_on=held_on, staff_member=w.staff, state=state
    )


@act("training.mark_register", "marked", state=["booked", "attended"])
def _(w):
    row = of_last_week(w, "booked")
    marks = {row.pk: ("booked", "attended")}
    return lambda: training.mark_register(by=w.by, session=row.session, marks=marks)


@act("training.close_session", "closed", "logged", attended=1)
def _(w):
    row = of_last_week(w, "attended")
    return lambda: training.close_session(by=w.by, session=row.session)


@act("training.add_walk_in", "walked in", state="walk_in")
def _(w):
    session = of_last_week(w, "cancelled").session
    return lambda: training.add_walk_in(by=w.by, session=session, staff_member=w.staff)


@act("training.correct_booking", "corrected", "withdrawn", state=["attended", "no_show"], reason="Misread.")
def _(w):
    row = of_last_week(w, "attended")
    training.close_session(by=None, session=row.session)
    return lambda: training.correct_booking(
        by=w.by, booking=row, state="no_show", reason="Misread."
    )


@act("conferences.set_default_rules", *["set"] * 8, what="notice", amount=5)
def _(w):
    other = make.PartnershipFactory()
    return lambda: conferences.set_default_rules(by=w.by, partnership=other)


@act("conferences.expect", "ended", "set", expectation="report")
def _(w):
    return lambda: conferences.expect(
        by=w.by, partnership=w.partnership, expectation="report", effective_from=TODAY
    )


@act("conferences.set_quorum", "ended", "set", others=3, effective_from="2015-04-01")
def _(w):
    terms = {"required_sectors": ["police"], "others": 3}
    return lambda: conferences.set_quorum(
        by=w.by, partnership=w.partnership, effective_from=TODAY, **terms
    )


@act("conferences.set_timescale", "ended", "set", what="notice", amount=3)
def _(w):
    return lambda: conferences.set_timescale(
        by=w.by, partnership=w.partnership, what="notice", amount=3, unit="working_days",
        effective_from=TODAY,
    )


@act("conferences.end_expectation", "ended", effective_until=[None, "2015-04-01"])
def _(w):
    rule = make.ExpectationRuleFactory(partnership=w.partnership, agency=w.agency)
    return lambda: conferences.end_expectation(by=w.by, rule=rule, effective_until=TODAY)


@act("conferences.correct_timescale", "corrected", amount=[15, 14])
def _(w):
    rule = w.partnership.timescales.get(what="initial")
    return lambda: conferences.correct_timescale(by=w.by, rule=rule, amount=14, unit=rule.unit)


@act("conferences.correct_expectation", "corrected", expectation=["attend_and_report", "attend"])
def _(w):
    rule = make.ExpectationRuleFactory(
        partnership=w.partnership, agency=w.agency, expectation="attend_and_report",
        effective_from=timezone.localdate() + timedelta(days=9),
    )
    return lambda: conferences.correct_expectation(by=w.by, rule=rule, expectation="attend")


@act("conferences.correct_quorum", "corrected", others=[2, 3])
def _(w):
    rule = w.partnership.quorum_rules.get()
    return lambda: conferences.correct_quorum(
        by=w.by, rule=rule, required_sectors=rule.required_sectors, others=3
    )


@act("conferences.remove_rule", "removed", "goes on")
def _(w):
    soon = timezone.localdate() + timedelta(days=9)
    rule = conferences.set_timescale(
        by=None, partnership=w.partnership, what="notice", amount=3, unit="weeks",
        effective_from=soon,
    )
    return lambda: conferences.remove_rule(by=w.by, rule=rule)


@act("conferences.convene", "convened", "invited", kind="core_group", held_on="2015-04-01")
def _(w):
    return lambda: conferences.convene(
        by=w.by, partnership=w.partnership, reference="NW-77", kind=MeetingKind.CORE_GROUP,
        held_on=TODAY, invite=[{"agency": w.agency, "staff_member": w.staff}],
    )


@act("conferences.add_line", "invited", involved=False)
def _(w):
    agency = make.AgencyFactory()
    return lambda: conferences.add_line(by=w.by, meeting=w.meeting, agency=agency, involved=False)


@act("conferences.invite_many", "invited", "invited", invited_on="2015-04-01")
def _(w):
    two = [make.AgencyFactory(), make.AgencyFactory()]
    asked = [{"agency": agency, "invited_on": TODAY} for agency in two]
    return lambda: conferences.invite_many(by=w.by, meeting=w.meeting, invitations=asked)


@act("conferences.change_invitation", "changed the invitation", job_title=["", "Locum nurse"],
     involved=[True, False], reason="No contact.")
def _(w):
    w.meeting.lines.filter(agency=w.agency).update(outcome=Outcome.UNKNOWN)
    line = w.line
    return lambda: conferences.change_invitation(
        by=w.by, line=line, job_title="Locum nurse", involved=False, reason="No contact."
    )


@act("conferences.withdraw_invitation", "took the invitation away", reason="A mistake.")
def _(w):
    w.meeting.lines.filter(agency=w.agency).update(outcome=Outcome.UNKNOWN)
    line = w.line
    return lambda: conferences.withdraw_invitation(by=w.by, line=line, reason="A mistake.")


@act("conferences.note_held", "held", state=["planned", "held"])
def _(w):
    Meeting.objects.filter(pk=w.meeting.pk).update(state=MeetingState.PLANNED)
    return lambda: conferences.note_held(by=w.by, meeting=w.meeting)


@act("conferences.cancel", "cancelled", state=["held", "cancelled"], reason="No longer needed")
def _(w):
    return lambda: conferences.cancel(by=w.by, meeting=w.meeting, reason="No longer needed")


@act("conferences.stand_down", "stood down", "convened", "invited", "invited",
     state=["held", "stood_down"], new_date_on=[None, "2015-04-01"])
def _(w):
    return lambda: conferences.stand_down(
        by=w.by, meeting=w.meeting, reason="Nobody came.", new_date_on=TODAY, reference="NW-78",
        invited_on=TODAY,
    )


@act("conferences.follow", "convened", "invited", "invited", held_on="2015-04-01")
def _(w):
    w.meeting.new_date_on = TODAY
    return lambda: conferences.follow(
        by=w.by, meeting=w.meeting, reference="NW-79", invited_on=TODAY
    )


@act("conferences.change_meeting", "changed", children=[2, 3], state=["held", "cancelled"])
def _(w):
    return lambda: conferences.change_meeting(
        by=w.by, meeting=w.meeting, children=3, state=MeetingState.CANCELLED
    )


@act("conferences.record_attendance", "recorded", outcome=["attended", "absent"])
def _(w):
    line = w.line
    return lambda: conferences.record_attendance(by=w.by, line=line, outcome="absent")


@act("conferences.import_meetings", "imported", "imported", kind="initial_conference")
def _(w):
    row = make.MeetingFactory.build(partnership=w.partnership)
    line = make.AttendanceFactory.build(meeting=row, agency=w.agency, staff_member=w.staff)
    return lambda: conferences.import_meetings(by=w.by, meetings=[row], lines=[line])


@act("conferences.import_lines", "imported", outcome="apologies")
def _(w):
    line = make.AttendanceFactory.build(
        meeting=w.meeting, agency=w.agency, staff_member=None, outcome=Outcome.APOLOGIES
    )
    return lambda: conferences.import_lines(by=w.by, lines=[line])


@act("conferences.close_register", "closed", quorate=False)
def _(w):
    w.meeting.lines.filter(agency=w.agency).update(outcome=Outcome.ABSENT)
    return lambda: conferences.close_registers(by=w.by, meetings=[w.meeting], tell=False)


@act("conferences.close_registers", "closed", "closed", quorate=None)
def _(w):
    other = make.MeetingFactory(partnership=w.partnership, kind=MeetingKind.CORE_GROUP)
    both = [w.meeting, other]
    return lambda: conferences.close_registers(by=w.by, meetings=both, tell=False)


@act("conferences.correct_line", "corrected", "judged anew", reason="Misread.",
     mode=["", "video"])
def _(w):
    w.closed()
    line = w.line
    return lambda: conferences.correct_line(
        by=w.by, line=line, reason="Misread.", mode=Mode.VIDEO
    )


@act("conferences.fill_register", "recorded", "recorded", "came", outcome=["attended", "absent"])
def _(w):
    line, ending = w.line, w.ending(children=3)
    new = {"outcome": "absent", "mode": "", "part": False, "report": "not_required", "involved": True}
    came = {"agency": w.agency, "staff_member": None, "job_title": "Locum", "outcome": "attended"}
    lines = {line.pk: Typed(snapshot(line, LINE), new)}
    return lambda: conferences.fill_register(
        by=w.by, meeting=w.meeting, lines=lines, ending=ending, came=came
    )


@act("conferences.correct_ending", "corrected", "judged anew", children=[2, 3], reason="Misread.")
def _(w):
    w.closed()
    new = w.ending(children=3).new
    return lambda: conferences.correct_ending(
        by=w.by, meeting=w.meeting, reason="Misread.", **new
    )


@act("conferences.name_deputy", "named a deputy")
def _(w):
    Meeting.objects.filter(pk=w.meeting.pk).update(held_on=timezone.localdate())
    Attendance.objects.filter(pk=w.line.pk).update(outcome=Outcome.UNKNOWN)
    line, deputy = w.line, make.StaffMemberFactory(agency=w.agency)
    return lambda: conferences.name_deputy(by=w.by, line=line, staff_member=deputy)


@act("conferences.take_back_excuse", "excuse taken back")
def _(w):
    missed = make.MissedDutyFactory(meeting=w.meeting, agency=w.agency)
    conferences.excuse(by=w.by, missed=missed, reason="diary_clash")
    return lambda: conferences.take_back_excuse(by=w.by, missed=missed)


@act("conferences.excuse", "excused", reason="diary_clash")
def _(w):
    missed = make.MissedDutyFactory(meeting=w.meeting, agency=w.agency)
    return lambda: conferences.excuse(by=w.by, missed=missed, reason="diary_clash")


@act("conferences.dispute", "disputed", dispute="We came.")
def _(w):
    line = w.line
    return lambda: conferences.dispute(by=w.by, line=line, text="We came.")


@act("conferences.settle", "settled", answer="So you did.")
def _(w):
    line = w.disputed()
    return lambda: conferences.settle(by=w.by, line=line, answer="So you did.")


def actions_of(floor: str) -> set[str]:
    """The functions of a floor's actions that are done by somebody."""
    module = import_module(f"{floor}.actions")
    return {
        f"{floor}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__.startswith(module.__name__)
        and "by" in inspect.getfullargspec(inspect.unwrap(function)).kwonlyargs
    }


def test_every_action_is_named_here():
    assert set(ACTS) == set().union(*(actions_of(floor) for floor in FLOORS))


def entries_after(pk: int) -> list[HistoryEntry]:
    return list(HistoryEntry.objects.filter(pk__gt=pk).order_by("pk"))


def newest() -> int:
    return HistoryEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0


@pytest.mark.parametrize("name", ACTS)
def test_an_act_writes_one_entry_for_each_thing_done_with_before_and_after(world, name):
    prepare, verbs, changes = ACTS[name]
    work, before = prepare(world), newest()
    work()
    entries = entries_after(before)
    assert [entry.verb for entry in entries] == verbs
    assert {entry.user for entry in entries} == {world.by}
    assert any(changes.items() <= entry.changes.items() for entry in entries), [
        entry.changes for entry in entries
    ]


class Undone(Exception):
    pass


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_is_rolled_back_writes_nothing(world, name):
    work, before = ACTS[name][0](world), newest()
    with pytest.raises(Undone), transaction.atomic():
        work()
        assert entries_after(before)
        raise Undone
    assert entries_after(before) == []


@pytest.mark.parametrize("name", ["partnership.change_staff", "conferences.record_attendance"])
def test_doing_the_same_again_changes_nothing_and_writes_nothing(world, name):
    work = ACTS[name][0](world)
    work()
    before = newest()
    work()
    assert entries_after(before) == []


def test_an_entry_says_where_and_whom_it_concerns(world):
    before = newest()
    ACTS["conferences.record_attendance"][0](world)()
    [entry] = entries_after(before)
    assert entry.partnership == world.partnership
    assert entry.agency == world.agency
    assert entry.staff_member == world.staff
    assert entry.subject_type == "conferences.attendance"
    assert Attendance.objects.get(pk=entry.subject_id).outcome == Outcome.ABSENT
    assert abs(timezone.now() - entry.at) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("conferences.dispute", {"text": "  "}),
        ("compliance.open_round", {"due_on": date(2015, 3, 31)}),
        ("compliance.sign_return", {"training_logged": False}),
        ("compliance.send_back_return", {"reason": " "}),
        ("compliance.withdraw_round", {"reason": " "}),
        ("conferences.settle", {"answer": ""}),
        ("conferences.excuse", {"reason": ""}),
        ("conferences.excuse", {"reason": "was ill"}),
        ("conferences.correct_line", {"reason": " "}),
        ("conferences.correct_ending", {"reason": " "}),
        ("conferences.fill_register", {"came": {"agency": None, "staff_member": None, "job_title": ""}}),
        ("training.correct_record", {"reason": " "}),
        ("training.log_training", {"completed_on": date(2199, 1, 1)}),
        ("training.log_session", {"completed_on": date(2199, 1, 1)}),
        ("training.withdraw_record", {"reason": " "}),
        ("training.exempt", {"until_on": TODAY}),
        ("training.end_exemption", {"until_on": date(2016, 4, 1)}),
        ("training.add_requirement", {"courses": []}),
        ("training.end_requirement", {"until": date(1999, 1, 1)}),
        ("training.change_requirement", {"courses": []}),
        ("training.add_session", {"places": 0}),
        ("training.change_session", {"places": 0}),
        ("training.cancel_session", {"reason": " "}),
        ("training.correct_booking", {"reason": " "}),
        ("conferences.convene", {"reference": "a ref with spaces"}),
        ("partnership.grant_role", {"role": Role.AGENCY_LEAD}),
        ("partnership.share_agency", {"code": "lower"}),
    ],
)
def test_a_refused_act_writes_nothing(world, name, spoil, monkeypatch):
    """The twin that succeeds is the same act in the table above, one value different."""
    floor, action = name.split(".")
    module, real = import_module(f"{floor}.actions"), None
    real = getattr(module, action)
    work, before = ACTS[name][0](world), newest()
    monkeypatch.setattr(module, action, lambda **given: real(**{**given, **spoil}))
    with pytest.raises(ValidationError):
        work()
    assert entries_after(before) == []


def test_nobody_grants_to_themselves(mo, partnership, agency_a):
    what = {"role": Role.AUDITOR, "partnership": partnership, "from_on": TODAY}
    with pytest.raises(ValidationError, match="yourself"):
        ground.grant_role(by=mo, user=mo, **what)
    assert ground.grant_role(by=mo, user=make.UserFactory(), **what).role == Role.AUDITOR
    assert ground.grant_role(by=None, user=mo, **what).user == mo  # the operator's command


def test_a_change_writes_only_the_fields_that_differ(world):
    before = newest()
    StaffMember.objects.filter(pk=world.staff.pk).update(job_title="Teacher")
    ground.change_staff(
        by=world.by, staff_member=world.staff, job_title="Head", left_on=None,
        started_on=world.staff.started_on,
    )
    [entry] = entries_after(before)
    assert entry.changes == {"job_title": ["Teacher", "Head"]}


def test_bank_holidays_that_are_there_stay_as_they_are(world):
    before = newest()
    days = {date(2022, 9, 19): "Again", date(1999, 12, 31): "New"}
    assert ground.add_bank_holidays(by=None, country="ENG", days=days) == 1
    assert [entry.changes["on"] for entry in entries_after(before)] == ["1999-12-31"]
    assert BankHoliday.objects.get(country="ENG", on=date(2022, 9, 19)).title != "Again"


def test_a_stood_down_meeting_is_closed_with_its_history(world):
    Meeting.objects.filter(pk=world.meeting.pk).update(state=MeetingState.STOOD_DOWN)
    before = newest()
    world.closed()
    [entry] = entries_after(before)
    assert entry.changes["quorate"] is False
    assert "stood down" in entry.changes["sentence"]
