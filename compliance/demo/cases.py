"""Believable escalations of Bracknell Forest: resolved ones of the year, and some that run today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from conferences.models import MissedDuty
from escalation.actions import (
    accept,
    acknowledge,
    adopt_preset,
    answer,
    decide,
    move_up,
    name_contact,
    note_identity_passed,
    pause,
    raise_escalation,
    suggest,
    withdraw,
)
from escalation.choices import Contact, Grounds, Theme
from escalation.models import Escalation
from partnership.models import Agency, Partnership, User

PRESETS = {"BF": "default", "RG": "pan_berkshire", "WO": "croydon"}
ADOPTED_ON = date(2014, 4, 1)
YEAR_ENDS = date(2015, 3, 31)
CONCERN = (
    "Nobody came and no word was sent, so the conference had to plan without knowing what the "
    "service is doing with the adults."
)
WANTED = "A named person who comes to the next conference, or a well-briefed deputy."
ANSWER = "The duty rota did not show conferences. It does now, and a deputy is named for each week."
AGREED = {
    "text": "Conference dates go on the duty rota when the invitation arrives",
    "owner": "Team manager",
}


def make_cases(partnership: Partnership) -> None:
    """Policies, the people they name, suggestions and cases; nothing when there are some already."""
    for code, preset in PRESETS.items():
        place = Partnership.objects.get(code=code)
        if not place.policies.exists():
            adopt_preset(by=None, partnership=place, preset=preset, effective_from=ADOPTED_ON)
    if partnership.escalations.exists():
        return
    suggest(partnership=partnership, on=YEAR_ENDS)
    Cast(partnership).play()


class Cast:
    """The people of the demo, and what happened between them."""

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership
        people = {user.email.split("@")[0]: user for user in User.objects.all()}
        self.practitioner = people["practitioner.hv"]
        self.hv_lead = people["lead.hv"]
        self.police = people["lead.tvp"]
        self.cmht = people["lead.cmht"]
        self.service = people["conferences.bf"]
        self.decider = people["decisions.bf"]

    def agency(self, code: str) -> Agency:
        return Agency.objects.get(
            memberships__partnership=self.partnership, memberships__code=code
        )

    def play(self) -> None:
        for code, lead in (("CMHT", self.cmht), ("TVP", self.police)):
            name_contact(
                by=None, agency=self.agency(code), role=Contact.SAFEGUARDING_LEAD, user=lead
            )
        for day, about, ending in self.of_the_year():
            ending(self.raise_from_miss(about, day), moment(day))
        for days, about, ending in self.of_these_weeks():
            start = working_moment(days)
            ending(self.raise_theme(about, start), start)

    def of_the_year(self) -> list[tuple[date, str, Callable[[Escalation, datetime], None]]]:
        return [
            (date(2014, 5, 20), "CMHT", self.resolved_at_once),
            (date(2014, 7, 15), "TVP", self.resolved_at_once),
            (date(2014, 9, 16), "CMHT", self.resolved_after_moving_up),
            (date(2014, 11, 18), "TVP", self.withdrawn),
            (date(2015, 1, 13), "CMHT", self.decided),
        ]

    def of_these_weeks(self) -> list[tuple[int, str, Callable[[Escalation, datetime], None]]]:
        return [
            (1, "TVP", self.left_waiting),
            (3, "CMHT", self.acknowledged),
            (9, "CMHT", self.left_waiting),  # five working days are long past
            (4, "TVP", self.answered),
            (12, "TVP", self.paused),
        ]

    # How cases begin

    def raise_from_miss(self, code: str, day: date) -> Escalation:
        """Raised for health visiting about the last conference that the agency missed before a day."""
        about = self.agency(code)
        missed = MissedDuty.objects.filter(
            meeting__partnership=self.partnership, agency=about, kind="attendance",
            excused_reason="", meeting__held_on__lt=day, meeting__kind__endswith="conference",
        ).order_by("-meeting__held_on", "-pk")[0]
        case = raise_escalation(
            by=self.practitioner, partnership=self.partnership, raised_for=self.agency("HV"),
            about=about, grounds=Grounds.NOT_ATTENDED, meetings=[missed.meeting], concern=CONCERN,
            outcome_wanted=WANTED, now=moment(day),
        )
        note_identity_passed(
            by=self.practitioner, case=case, on=day, to="Duty manager of the service",
            file_noted=True,
        )
        return case

    def raise_theme(self, code: str, now: datetime) -> Escalation:
        return raise_escalation(
            by=self.practitioner, partnership=self.partnership, raised_for=self.agency("HV"),
            about=self.agency(code), grounds=Grounds.INFORMATION, now=now,
            concern="Replies to requests for information before conferences take more than a week.",
            outcome_wanted="An agreed time for replies and one address to write to.",
        )

    # How they go on

    def person(self, case: Escalation) -> User:
        return self.cmht if case.about == self.agency("CMHT") else self.police

    def left_waiting(self, case: Escalation, start: datetime) -> None:
        """Nobody has answered yet."""

    def acknowledged(self, case: Escalation, start: datetime) -> None:
        acknowledge(
            by=self.person(case), case=case, stage_number=1, now=start + timedelta(hours=3)
        )

    def answered(self, case: Escalation, start: datetime) -> None:
        answer(
            by=self.person(case), case=case, stage_number=1, text=ANSWER,
            now=start + timedelta(days=1),
        )

    def paused(self, case: Escalation, start: datetime) -> None:
        pause(
            by=self.hv_lead, case=case, stage_number=1, now=start + timedelta(days=1),
            reason="School holidays: the other side's lead is away until term",
        )

    def resolved_at_once(self, case: Escalation, start: datetime) -> None:
        self.answered(case, start + timedelta(days=2))
        self.accept(case, 1, start + timedelta(days=6))

    def accept(self, case: Escalation, stage_number: int, now: datetime) -> None:
        accept(
            by=self.practitioner, case=case, stage_number=stage_number, now=now,
            resolution="The answer is accepted; the next conference was attended.",
            learning_theme=Theme.INVITATIONS,
            actions=[{**AGREED, "due_on": now.date() + timedelta(days=30)}],
        )

    def resolved_after_moving_up(self, case: Escalation, start: datetime) -> None:
        move_up(by=self.practitioner, case=case, stage_number=1, now=start + timedelta(days=9))
        answer(
            by=self.person(case), case=case, stage_number=2, text=ANSWER,
            now=start + timedelta(days=12),
        )
        self.accept(case, 2, start + timedelta(days=13))

    def withdrawn(self, case: Escalation, start: datetime) -> None:
        withdraw(
            by=self.practitioner, case=case, stage_number=1, now=start + timedelta(days=1),
            reason="The deputy had come; the register was corrected.",
        )

    def decided(self, case: Escalation, start: datetime) -> None:
        for number, days in ((1, 9), (2, 20), (3, 31)):
            move_up(
                by=self.practitioner, case=case, stage_number=number,
                now=start + timedelta(days=days),
            )
        decide(
            by=self.decider, case=case, stage_number=4, now=start + timedelta(days=38),
            decision="The service sends a deputy to every conference at which it is involved.",
            learning_theme=Theme.CAPACITY, training_need="What a deputy needs to know",
            actions=[{**AGREED, "due_on": date(2015, 4, 30)}],
        )


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 10, 30))


def working_moment(days_ago: int) -> datetime:
    """Half past ten on a weekday some weekdays ago."""
    day = timezone.localdate()
    while days_ago:
        day -= timedelta(days=1)
        days_ago -= day.weekday() < 5
    return moment(day)
