"""A world as rows; its registers are closed and judged by the product's own rules."""

from __future__ import annotations

from datetime import UTC, datetime

from compliance.models import Action, ActionStep
from conferences.judging import judge_registers
from conferences.models import Attendance, Meeting
from escalation.models import Escalation, Policy, PolicyStage, Stage, StagePause
from escalation.stages import Pause, deadline
from partnership.models import Agency, Membership, RoleGroup, StaffMember
from partnership.workdays import Calendar
from tests.compliance.reckoning.dice import START
from tests.compliance.reckoning.plain import months_on
from training.models import Course, Exemption, Requirement, TrainingRecord

NOW = datetime(2016, 1, 4, 12, tzinfo=UTC)


class Writing:
    """Writes a world into two partnerships; ``who`` did everything that somebody must have done."""

    def __init__(self, made: dict, places: list, who, calendar: Calendar):
        self.made, self.places, self.who, self.calendar = made, places, who, calendar
        self.agencies()
        self.training()
        self.meetings()
        self.lines()
        self.close()
        self.cases()
        self.actions()

    def by_id(self, model, key: str, row_of) -> list:
        """The rows of a list, in its order: an id is a place in it."""
        return model.objects.bulk_create(row_of(row) for row in self.made[key])

    def agencies(self) -> None:
        made = self.made
        self.agency = self.by_id(
            Agency, "agencies", lambda row: Agency(name=f"Agency {row['id']}", sector=row["sector"])
        )
        for row in made["agencies"]:
            if row["parent"] is not None:
                self.agency[row["id"]].parent = self.agency[row["parent"]]
                self.agency[row["id"]].save()
        Membership.objects.bulk_create(
            Membership(partnership=self.places[place], agency=self.agency[row["id"]], code=code)
            for row in made["agencies"] for place, code in row["codes"].items()
        )
        self.group = self.by_id(
            RoleGroup, "groups",
            lambda row: RoleGroup(code=f"group_{row['id']}", title=f"Group {row['id']}"),
        )
        self.person = self.by_id(StaffMember, "people", self.staff_member)

    def staff_member(self, row: dict) -> StaffMember:
        return StaffMember(
            agency=self.agency[row["agency"]], reference=f"S-{row['id']}", first_name="Siân",
            last_name=f"Llwyd {row['id']}", job_title="Nurse", role_group=self.group[row["group"]],
            started_on=row["from"], left_on=row["until"], works_for=self.place(row["works_for"]),
        )

    def place(self, number: int | None):
        return None if number is None else self.places[number]

    def training(self) -> None:
        made = self.made
        course = self.by_id(Course, "courses", self.course)
        Course.covers.through.objects.bulk_create(
            Course.covers.through(from_course=course[row["id"]], to_course=course[n])
            for row in made["courses"] for n in row["covers"]
        )
        requirement = self.by_id(Requirement, "requirements", self.requirement)
        Requirement.courses.through.objects.bulk_create(
            Requirement.courses.through(requirement=requirement[row["id"]], course=course[n])
            for row in made["requirements"] for n in row["courses"]
        )
        TrainingRecord.objects.bulk_create(
            TrainingRecord(
                staff_member=self.person[row["person"]], course=course[row["course"]],
                completed_on=row["on"],
                expires_on=months_on(row["on"], made["courses"][row["course"]]["months"]),
                confirmed_at=NOW if row["confirmed"] else None,
                replaced_at=NOW if row["replaced"] else None,
                replaced_reason="Wrong day." if row["replaced"] else "",
            )
            for row in made["records"]
        )
        Exemption.objects.bulk_create(
            Exemption(
                staff_member=self.person[row["person"]], from_on=row["from"], until_on=row["until"],
                requirement=None if row["requirement"] is None else requirement[row["requirement"]],
                reason="unavailable",
            )
            for row in made["exemptions"]
        )

    def course(self, row: dict) -> Course:
        return Course(
            code=f"C{row['id']}", title=f"Course {row['id']}", hours=3, valid_months=row["months"],
            conference_duty=row["duty"], counts_from=row["from"], counts_until=row["until"],
        )

    def requirement(self, row: dict) -> Requirement:
        return Requirement(
            partnership=self.place(row["partnership"]),
            agency=None if row["agency"] is None else self.agency[row["agency"]],
            role_group=self.group[row["group"]], within_days=row["within"],
            valid_months=row["months"], effective_from=row["from"], effective_until=row["until"],
        )

    def meetings(self) -> None:
        self.meeting = self.by_id(Meeting, "meetings", lambda row: Meeting(
            partnership=self.places[row["partnership"]], reference=f"M-{row['id']:03}",
            kind=row["kind"], state=row["state"], held_on=row["on"],
            strategy_discussion_on=row["discussed"], family_ref=row["family"],
            children=row["children"], children_on_plan_after=row["on_plan"],
            exploitation_concern=row["exploitation"], **{f"plan_{row['category']}": row["on_plan"]},
        ))

    def lines(self) -> None:
        self.by_id(Attendance, "lines", lambda row: Attendance(
            meeting=self.meeting[row["meeting"]], agency=self.agency[row["agency"]],
            staff_member=None if row["person"] is None else self.person[row["person"]],
            job_title=row["job"], invited_on=row["invited_on"], in_room_when_dated=row["in_room"],
            involved=row["involved"], involved_changes=row["changes"], expectation=row["expected"],
            outcome=row["outcome"], mode=row["mode"], part=row["part"], report=row["report"],
            deputy_unnamed=row["nobody_knows_who"],
            disputed_at=NOW if row["disputed"] else None,
            dispute="We came." if row["disputed"] else "",
            settled_at=NOW if row["disputed"] and row["settled"] else None,
            settlement="Put right." if row["disputed"] and row["settled"] else "",
        ))

    def close(self) -> None:
        for number, place in enumerate(self.places):
            to_close = [
                self.meeting[row["id"]] for row in self.made["meetings"]
                if row["closed"] and row["partnership"] == number
            ]
            for meeting in to_close:
                meeting.partnership, meeting.closed_at = place, NOW
            if to_close:
                judge_registers(by=None, meetings=to_close, verb="closed", tell=False)

    # Cases and actions

    def cases(self) -> None:
        policies = Policy.objects.bulk_create(
            Policy(partnership=place, version=1, name="Policy", effective_from=START)
            for place in self.places
        )
        steps = {
            (number, position): PolicyStage(
                policy=policies[number], position=position, title=f"Step {position}",
                limit_amount=ordinary[0], limit_unit=ordinary[1],
                urgent_amount=urgent[0], urgent_unit=urgent[1],
            )
            for number in self.made["limits"]
            for position, (ordinary, urgent) in enumerate(self.made["limits"][number], 1)
        }
        PolicyStage.objects.bulk_create(steps.values())
        cases = self.by_id(Escalation, "cases", lambda row: self.case(row, policies))
        stages = {
            (row["id"], number): self.stage(
                cases[row["id"]], number, stage, steps[row["partnership"], stage["position"]]
            )
            for row in self.made["cases"] for number, stage in enumerate(row["stages"], 1)
        }
        Stage.objects.bulk_create(stages.values())
        StagePause.objects.bulk_create(
            StagePause(
                stage=stages[row["id"], number], from_at=start, from_by=self.who, reason="Leave.",
                until_at=until, until_by=until and self.who,
            )
            for row in self.made["cases"] for number, stage in enumerate(row["stages"], 1)
            for start, until in stage["pauses"]
        )

    def case(self, row: dict, policies: list[Policy]) -> Escalation:
        return Escalation(
            partnership=self.places[row["partnership"]], policy=policies[row["partnership"]],
            reference=f"E-{row['id']}", raised_by=self.who, raised_at=row["raised"],
            raised_for=None if row["for"] is None else self.agency[row["for"]],
            about=self.agency[row["about"]], grounds="not_attended", urgent=row["urgent"],
            concern="Nobody came.", outcome_wanted="A deputy.", state=row["state"],
            closed_at=row["closed"], closed_by=row["closed"] and self.who,
            resolution="A deputy comes." if row["closed"] else "", learning_theme=row["theme"],
        )

    def stage(self, case: Escalation, number: int, made: dict, step: PolicyStage) -> Stage:
        """Due when the product says so."""
        answered, closed = made["answered"], made["closed"]
        row = Stage(
            escalation=case, policy_stage=step, number=number, entered_at=made["entered"],
            entered_by=self.who, answered_at=answered, answered_by=answered and self.who,
            answer="We come." if answered else "", closed_at=closed, closed_by=closed and self.who,
            ended="moved_up" if closed else "",
        )
        pauses = [Pause(start, until, "Leave.") for start, until in made["pauses"]]
        row.due_at = deadline(row.limit, row.entered_at, self.calendar, pauses).due_at
        return row

    def actions(self) -> None:
        actions = self.by_id(Action, "actions", lambda row: Action(
            partnership=self.places[row["partnership"]], number=f"X-{row['id']}",
            asked="Name a deputy.", owner=self.agency[row["owner"]], due_on=row["due"],
            source="meeting", met_on=START, logged_at=row["logged"], logged_by=self.who,
            done_at=row["done"], done_by=row["done"] and self.who, closed_at=row["closed"],
            closed_by=row["closed"] and self.who, outcome="Done." if row["closed"] else "",
        ))
        ActionStep.objects.bulk_create(
            ActionStep(
                action=actions[row["id"]], kind=step["kind"], taken_at=step["at"], taken_by=self.who,
                text=step["text"], from_on=step["from"], to_on=step["to"],
            )
            for row in self.made["actions"] for step in row["steps"]
        )
