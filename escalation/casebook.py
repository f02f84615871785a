"""A case as its reader may see it: the one source of the case's page and of its printed summary.

Who takes part reads the narrative and the names. The partnership manager reads what was agreed, but
no narrative; auditors and decision-makers without the case read neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from escalation.choices import Contact, Ended
from escalation.models import Escalation, PolicyStage, Stage
from escalation.sides import manages
from escalation.stages import (
    CaseState,
    Deadline,
    LimitUnit,
    Pause,
    StageState,
    deadline,
    local_day,
)
from partnership.models import BankHoliday, User
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.workdays import Calendar, NoCalendar, working_days_between

PEOPLE = ("responder", "entered_by", "acknowledged_by", "answered_by", "skip_asked_by", "closed_by")
REASON_KEPT = "the reason is for the parties"
STATE_WORDS = {
    StageState.WAITING: "To be answered",
    StageState.ACKNOWLEDGED: "Acknowledged",
    StageState.ANSWERED: "Answered",
    StageState.PAUSED: "Paused",
}
CASE_COLOURS = {
    CaseState.OPEN: "blue",
    CaseState.RESOLVED: "green",
    CaseState.WITHDRAWN: "grey",
    CaseState.DECIDED: "purple",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reader may see of a case beyond its facts."""

    narrative: bool
    actions: bool

    @classmethod
    def of(cls, user: User, case: Escalation) -> Reader:
        may_read = Escalation.objects.within_reach(user, Permission.READ_NARRATIVE)
        narrative = may_read.filter(pk=case.pk).exists()
        return cls(narrative, narrative or manages(user, case))


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step of the case's own policy, with how it went if the case has reached it."""

    position: int
    title: str
    formal: bool
    answered_by: str
    limit: str
    stage: Stage | None = None
    words: str = "Not reached"
    colour: str = "grey"
    due: str = ""
    taken: str = ""
    answer: str = ""
    last_words: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class ClockDay:
    day: date
    words: str
    counted: bool


def due_words(stage: Stage) -> str:
    """31 March 2015, end of the day; with the hour where a limit runs by the clock."""
    if stage.due_at is None:
        return ""
    if stage.limit.unit == LimitUnit.CLOCK_HOURS:
        return longmoment(stage.due_at)
    return f"{longdate(stage.due_at)}, end of the day"


class Casebook:
    """A case with its stages, read once, as far as its reader may see them."""

    def __init__(self, case: Escalation, reader: Reader, now: datetime | None = None) -> None:
        self.case, self.reader = case, reader
        self.now = now or timezone.now()

    # what is read

    @cached_property
    def stages(self) -> list[Stage]:
        rows = self.case.stages.select_related("policy_stage", *PEOPLE).order_by("number")
        found = list(rows.prefetch_related("pauses__from_by", "pauses__until_by", "reminders"))
        for stage in found:
            stage.escalation = self.case
        return found

    @property
    def latest(self) -> Stage:
        return self.stages[-1]

    @property
    def open_stage(self) -> Stage | None:
        return self.latest if self.case.state == CaseState.OPEN else None

    @cached_property
    def steps(self) -> list[PolicyStage]:
        return list(self.case.policy.stages.all())

    @cached_property
    def calendar(self) -> Calendar:
        return BankHoliday.objects.calendar(self.case.partnership.country)

    # words

    def name(self, user: User | None) -> str:
        """A person's name, for those who take part in the case."""
        return user.name if user and self.reader.narrative else ""

    def answering(self, stage: Stage) -> str:
        """Who is to answer: by name for the parties, by role for others."""
        role, about = Contact(stage.policy_stage.answered_by).label, self.case.about
        if stage.responder is None:
            return f"{role} of {about}: nobody is named yet"
        name = self.name(stage.responder)
        return (
            f"{name}, for {about} (asked of the {role.lower()})" if name else f"{role} of {about}"
        )

    def raising_side(self) -> str:
        return str(self.case.raised_for or f"{self.case.partnership}, by the conference service")

    # steps

    @cached_property
    def progress(self) -> list[StepFacts]:
        """Each step of the policy in order, once for every time the case stood there."""
        found = []
        for step in self.steps:
            reached = [stage for stage in self.stages if stage.policy_stage_id == step.pk]
            found += [self._reached(step, stage) for stage in reached] or [self._ahead(step)]
        return found

    def _ahead(self, step: PolicyStage) -> StepFacts:
        passed = step.position < self.latest.policy_stage.position
        never = passed or self.case.state != CaseState.OPEN
        return StepFacts(
            **self._of_step(step),
            words="Skipped over" if passed else "Not needed" if never else "Not reached",
        )

    def _reached(self, step: PolicyStage, stage: Stage) -> StepFacts:
        words, colour = self.stage_words(stage)
        return StepFacts(
            **self._of_step(step),
            stage=stage,
            words=words,
            colour=colour,
            due=due_words(stage) or self._no_due(stage),
            taken=self.taken(stage),
            answer=stage.answer if self.reader.narrative else "",
            last_words=self.last_words(stage),
            is_open=stage.closed_at is None,
        )

    def last_words(self, stage: Stage) -> str:
        """Why it moved up, or how the case had ended before it was opened again."""
        ends_the_case = stage is self.latest and self.case.state != CaseState.OPEN
        return stage.last_words if self.reader.narrative and not ends_the_case else ""

    def _no_due(self, stage: Stage) -> str:
        return "No limit" if stage.limit.unit == LimitUnit.NONE else "The clock stands"

    def _of_step(self, step: PolicyStage) -> dict:
        return {
            "position": step.position,
            "title": step.title,
            "formal": step.formal,
            "answered_by": step.get_answered_by_display(),
            "limit": str(step.limit(self.case.urgent)),
        }

    def stage_words(self, stage: Stage) -> tuple[str, str]:
        """Where a stage stands or how it ended, with the colour beside the words."""
        if stage.closed_at:
            colour = "green" if stage.ended == Ended.ACCEPTED else "grey"
            return stage.get_ended_display(), colour
        if stage.overdue(self.now):
            return "Overdue", "red"
        state = stage.state()
        return STATE_WORDS[state], "yellow" if state is StageState.PAUSED else "blue"

    def taken(self, stage: Stage) -> str:
        """The working days from entering to the answer, else to the end, else until now."""
        end = stage.answered_at or stage.closed_at or self.now
        try:
            days = working_days_between(local_day(stage.entered_at), local_day(end), self.calendar)
        except NoCalendar:
            return ""
        words = f"{days} working day{'' if days == 1 else 's'}"
        if stage.answered_at:
            late = bool(stage.due_at and stage.answered_at > stage.due_at)
            return f"Answered after {words}{', late' if late else ''}"
        return f"Ended after {words}, without an answer" if stage.closed_at else f"{words} so far"

    # the clock

    def clock(self, stage: Stage) -> Deadline | None:
        """Why a stage is due when it is; none where the calendar no longer reaches."""
        try:
            return deadline(stage.limit, stage.entered_at, self.calendar, self._pauses(stage))
        except NoCalendar:
            return None

    def _pauses(self, stage: Stage) -> list[Pause]:
        """Pauses as the reader may see them: their reasons are narrative."""
        return [
            Pause(row.from_at, row.until_at, row.reason if self.reader.narrative else REASON_KEPT)
            for row in stage.pauses.all()
        ]

    def clock_days(self, found: Deadline | None) -> list[ClockDay]:
        """The days in order: each counted with its number, each skipped with its reason."""
        if found is None:
            return []
        counted = [
            ClockDay(day, f"day {number}", True)
            for number, day in enumerate(found.counted, start=1)
        ]
        skipped = [ClockDay(day, f"not counted: {why}", False) for day, why in found.skipped]
        return sorted([*counted, *skipped], key=lambda one: one.day)
