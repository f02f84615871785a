"""The board's actions: those of the year that the published story tells of, and some of these weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from compliance.actions import (
    close_action,
    log_action,
    move_due,
    note_progress,
    report_done,
)
from compliance.demo.cases import moment, working_moment
from compliance.models import Action, ActionSource
from escalation.stages import CaseState
from partnership.models import Agency, Partnership, User

MET_2014, MET_2015 = date(2014, 9, 16), date(2015, 3, 24)


def make_actions(partnership: Partnership, on: date) -> None:
    """Log them, let time pass, close some; nothing when there are some already."""
    if not partnership.actions.exists():
        Log(partnership, on).fill()


class Log:
    """The people of the board's log, and what they wrote in it."""

    def __init__(self, partnership: Partnership, on: date) -> None:
        self.partnership, self.on = partnership, on
        people = {user.email.split("@")[0]: user for user in User.objects.all()}
        self.board, self.manager = people["subgroup"], people["manager.bf"]
        self.leads: dict[str, User] = {code: people[f"lead.{code.lower()}"] for code in ("CMHT", "TVP", "HV")}

    def fill(self) -> None:
        for tell in (
            self.invitations, self.general_practice, self.deputies, self.police_reports, self.rota,
            self.course, self.core_groups, self.next_door,
        ):
            tell()

    def agency(self, code: str, place: Partnership | None = None) -> Agency:
        return Agency.objects.get(
            memberships__partnership=place or self.partnership, memberships__code=code
        )

    def log(self, code: str, start: datetime, due_on: date, asked: str, **source: object) -> Action:
        place = source.pop("partnership", self.partnership)
        return log_action(
            by=source.pop("by", self.board), partnership=place, owner=self.agency(code, place), asked=asked,
            due_on=due_on, now=start, **source,
        )

    def met(self, day: date) -> dict:
        return {"source": ActionSource.MEETING, "met_on": day}

    # Of the year

    def invitations(self) -> None:
        """Rolled forward twice while nobody of the service was at the board; then done."""
        row = self.log(
            "CMHT", moment(date(2014, 6, 17)), date(2014, 9, 16),
            "Agree with the conference service to which address invitations go, and read it every working day.",
            owner_title="Service manager", **self.met(date(2014, 6, 17)),
        )
        self.roll(row, MET_2014, date(2014, 12, 9), "Nobody of the service was at the board to report.")
        self.roll(row, date(2014, 12, 9), date(2015, 3, 24), "The address is agreed; it is not read every day yet.")
        lead = self.leads["CMHT"]
        note_progress(
            by=lead, action=row, by_owner=True, now=moment(date(2015, 2, 3)),
            text="One shared address since January. Duty reads it each morning.",
        )
        report_done(
            by=lead, action=row, now=moment(date(2015, 3, 17)),
            text="Every invitation since 2 February was answered within two working days.",
        )
        self.close(row, MET_2015, "Invitations arrive and are answered. Attendance is looked at again in a year.")

    def general_practice(self) -> None:
        """Carried over from one pack into the next, until an audit of the reports."""
        row = self.log(
            "GP", moment(MET_2014), date(2014, 12, 9),
            "Agree a short report for practices, and send one to every conference at which no doctor can be.",
            owner_title="Named GP", source=ActionSource.MEASURE, measure="reports_in_time", by=self.manager,
        )
        self.roll(row, date(2014, 12, 9), date(2015, 3, 24), "The form is written and waits for the practices.")
        self.roll(row, MET_2015, date(2015, 9, 30), "A third of the practices use it.")
        note_progress(
            by=self.manager, action=row, now=moment(date(2015, 3, 24)),
            text="The form is one page. Practices are asked ten working days before a conference.",
        )
        self.roll(row, date(2015, 9, 29), date(2016, 6, 30), "Engagement is still to be followed up.")
        self.roll(row, date(2016, 6, 28), date(2018, 6, 29), "An audit of the reports is to show whether they come.")
        self.close(row, date(2018, 7, 3), "The audit found reports from most practices, and of use to conferences.")

    def deputies(self) -> None:
        """From the case that the partnership decided."""
        case = self.partnership.escalations.filter(state=CaseState.DECIDED).order_by("pk").first()
        row = self.log(
            "CMHT", moment(date(2015, 3, 3)), date(2015, 4, 30),
            "Name a deputy for every conference at which the service is involved.",
            owner_title="Team manager", source=ActionSource.ESCALATION, escalation=case, by=self.manager,
        )
        self.close(row, date(2015, 6, 16), "A deputy is named on the duty rota for each week.")

    def police_reports(self) -> None:
        row = self.log(
            "TVP", moment(date(2014, 11, 4)), date(2015, 5, 29),
            "Send a report to every conference to which nobody comes.",
            owner_title="Protecting vulnerable people unit", source=ActionSource.REPORT,
            about=self.agency("TVP"), period="2014-15-H1",
        )
        note_progress(
            by=self.leads["TVP"], action=row, by_owner=True, now=moment(date(2015, 1, 20)),
            text="Reports go out for review conferences; initial ones follow in spring.",
        )
        self.close(row, date(2015, 6, 16), "Reports come to nine in ten conferences.")

    # Of these weeks

    def rota(self) -> None:
        """Overdue, and moved once before."""
        row = self.log(
            "CMHT", working_moment(40), self.day(-16),
            "Put conference and core group dates on the duty rota when the invitation arrives.",
            owner_title="Team manager", **self.met(working_moment(41).date()),
        )
        self.move(row, working_moment(14), self.day(-3), "Half term: the new rota begins after it.")

    def course(self) -> None:
        """Reported done: the board is next."""
        row = self.log(
            "TVP", working_moment(30), self.day(10),
            "Book the two new conference officers on a course for conferences and core groups.",
            owner_title="Conference officers’ sergeant", **self.met(working_moment(41).date()),
        )
        report_done(
            by=self.leads["TVP"], action=row, now=working_moment(2),
            text="Both have been on the course; their records are in Quorate.",
        )

    def core_groups(self) -> None:
        row = self.log(
            "HV", working_moment(18), self.day(4),
            "Say which core groups have no health visitor named, and name one for each.",
            owner_title="Team leader", source=ActionSource.MEASURE, measure="core_group_attendance",
        )
        note_progress(
            by=self.leads["HV"], action=row, by_owner=True, now=working_moment(3),
            text="Two of the three teams have answered; the last one meets this week.",
        )

    def next_door(self) -> None:
        """Of a neighbour, of an agency that serves both."""
        place = Partnership.objects.get(code="RG")
        self.log(
            "TVP", working_moment(12), self.day(20),
            "Agree one address for invitations with the three boroughs.", partnership=place,
            **self.met(working_moment(13).date()),
        )

    # How they go on

    def day(self, days: int) -> date:
        return self.on + timedelta(days=days)

    def roll(self, row: Action, on: date, due_on: date, reason: str) -> None:
        self.move(row, moment(on), due_on, reason)

    def move(self, row: Action, now: datetime, due_on: date, reason: str) -> None:
        move_due(by=self.board, action=row, due_on=due_on, reason=reason, now=now)

    def close(self, row: Action, on: date, outcome: str) -> None:
        close_action(by=self.manager, action=row, outcome=outcome, now=moment(on))

