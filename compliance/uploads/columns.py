"""What training records, meetings and attendance are asked for, column by column."""

from __future__ import annotations

from compliance.models import UploadKind
from conferences.choices import Category, MeetingKind, Mode, Outcome, ReportState
from partnership.models import RoleGroup
from partnership.staff_lists import (
    AGENCY,
    FIRST_NAME,
    LAST_NAME,
    STAFF_REF,
    WORK_EMAIL,
    staff_columns,
)
from partnership.uploads.columns import Column
from training.choices import Provider
from training.models import Course

YES_NO = {"yes": "Yes", "no": "No"}
MEETING_REF = Column(
    "meeting_ref", "Meeting reference", "The reference of the case system.", "ICPC-2015-014",
    aliases=("reference", "meeting", "conference reference", "meeting id", "ref"),
)


def not_needed(column: Column, says: str = "") -> Column:
    """The same column where it may be missing."""
    return Column(
        column.name, column.title, says or column.says, column.example, needed=False,
        values=column.values, aliases=column.aliases,
    )


def training_columns() -> tuple[Column, ...]:
    courses = dict(Course.objects.order_by("code").values_list("code", "title"))
    return (
        not_needed(STAFF_REF, "The number or code by which your own system knows the person. This "
                   "or the work e-mail is needed in every row."),
        WORK_EMAIL,
        not_needed(FIRST_NAME, "Helps to find the person when reference and e-mail are not known."),
        not_needed(LAST_NAME, "The last name."), AGENCY,
        Column("course", "Course", "Its code or its title.", next(iter(courses), "CPC"),
               values=courses, aliases=("course code", "course title", "competence", "training")),
        Column("completed_on", "Completed on", "The day on which it was completed.", "2015-02-28",
               aliases=("completion date", "date completed", "completed", "date", "date achieved")),
        Column("provider", "Provider", "Who gave the course.", "partnership", needed=False,
               values=dict(Provider.choices), aliases=("provided by",)),
    )


def meeting_columns() -> tuple[Column, ...]:
    return (
        MEETING_REF,
        Column("kind", "Kind", "What kind of meeting.", "initial_conference",
               values=dict(MeetingKind.choices), aliases=("meeting type", "conference type", "type")),
        Column("held_on", "Held on", "The day it was, or is to be, held.", "2015-02-28",
               aliases=("date", "meeting date", "conference date", "date held")),
        Column("strategy_discussion_on", "Strategy discussion on", "For initial conferences.",
               "2015-02-10", needed=False, aliases=("strategy discussion", "strategy date")),
        Column("family_ref", "Family reference", "Opaque: never a name.", "F-0231", needed=False,
               aliases=("family", "family id")),
        Column("children", "Children considered", "How many.", "2",
               aliases=("number of children", "children considered")),
        Column("children_on_plan_after", "Children on a plan afterwards", "How many.", "2",
               needed=False, aliases=("on plan", "children on plan")),
        Column("category", "Category", "Of the plan.", "NEG", needed=False,
               values=dict(Category.choices), aliases=("plan category", "category of abuse")),
        Column("cse_concern", "Exploitation concern", "Whether there is one.", "no", values=YES_NO,
               aliases=("exploitation", "cse", "exploitation concern")),
    )


def attendance_columns() -> tuple[Column, ...]:
    return (
        MEETING_REF,
        Column("agency", "Agency", "Its code or its name.", "HV", aliases=AGENCY.aliases),
        Column("invited_on", "Invited on", "The day of the invitation.", "2015-02-12", needed=False,
               aliases=("invitation date", "invited", "date invited")),
        Column("involved", "Involved", "An active interest in the family; no: asked for the quorum "
               "only.", "yes", values=YES_NO),
        Column("outcome", "Outcome", "What became of the invitation.", "attended", needed=False,
               values=dict(Outcome.choices), aliases=("attendance", "attended")),
        Column("mode", "Mode", "How somebody was there.", "in_person", needed=False,
               values=dict(Mode.choices), aliases=("how",)),
        Column("report", "Report", "What became of the report.", "on_time", needed=False,
               values=dict(ReportState.choices), aliases=("report status",)),
        not_needed(STAFF_REF, "Who was invited or came; empty for the agency as a whole."),
        WORK_EMAIL, not_needed(FIRST_NAME, "Helps to find the person."),
        not_needed(LAST_NAME, "Helps to find the person."),
    )


def columns_of(kind: str) -> tuple[Column, ...]:
    """What a kind of list is asked for, with the values that are allowed here today."""
    if kind == UploadKind.STAFF:
        return staff_columns(RoleGroup.objects.all())
    if kind == UploadKind.TRAINING:
        return training_columns()
    return meeting_columns() if kind == UploadKind.MEETINGS else attendance_columns()
