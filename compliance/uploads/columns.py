"""What each kind of list is asked for, column by column."""

from __future__ import annotations

from collections.abc import Callable

from compliance.models import UploadKind
from conferences.choices import (
    Category,
    Expectation,
    MeetingKind,
    MeetingState,
    Mode,
    Outcome,
    ReportState,
)
from conferences.extract import OURS
from partnership.choices import Sector
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
from training.choices import Delivery, Provider
from training.models import Course

YES_NO = {"yes": "Yes", "no": "No"}
Y_N = {"Y": "Yes", "N": "No"}
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
        Column("state", "State", "Empty: held once its day has come, planned before.", "held", needed=False,
               values=dict(MeetingState.choices), aliases=("meeting state",)),
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


def extract_columns() -> tuple[Column, ...]:
    """The national dataset's own field names, and what people call them."""
    return (
        Column("meeting_id", "Meeting id", "The conference’s number in the case system.", "ICPC-2015-014",
               aliases=("cppr_cp_review_meeting_id", "icpc_icpc_meeting_id", "meeting reference",
                        "meeting ref", "conference id", "conference reference", "reference")),
        Column("held_on", "Date", "The day it was held.", "2015-02-28",
               aliases=("cppr_cp_review_date", "icpc_icpc_date", "meeting date", "conference date", "held on",
                        "date held")),
        Column("quorate", "Quorate", "The authority’s own flag. The dataset has it for reviews only.", "Y",
               needed=False, values=Y_N, aliases=("cppr_cp_review_quorate", "quorate flag", "quoracy")),
        Column("kind", "Kind", "Not needed under the dataset’s field names: they say which table it is.",
               "review_conference", needed=False, values={kind.value: kind.label for kind in OURS},
               aliases=("meeting type", "conference type", "type", "meeting kind")),
        Column("transfer_in", "Transfer-in", "Whether the initial conference was a transfer-in.", "N",
               needed=False, values=Y_N, aliases=("icpc_icpc_transfer_in", "transfer in")),
    )


def agency_columns() -> tuple[Column, ...]:
    return (
        Column("code", "Code", "Short, in capitals: files name the agency by it.", "HV",
               aliases=("agency code", "agency")),
        Column("name", "Name", "As it should read on screen.", "Health Visiting",
               aliases=("agency name", "agency", "organisation", "service")),
        Column("sector", "Sector", "To which services it belongs.", "health_community",
               values=dict(Sector.choices), aliases=("service type", "kind")),
        Column("conference_expectation", "Expected at conferences", "Empty: as the partnership expects of all.",
               "attend_and_report", needed=False, values=dict(Expectation.choices),
               aliases=("expectation", "expected")),
    )


def course_columns() -> tuple[Column, ...]:
    return (
        Column("code", "Code", "Short: files name the course by it.", "CPC", aliases=("course code", "course")),
        Column("title", "Title", "As it should read on screen.", "Conferences and core groups",
               aliases=("course title", "course name", "name", "course")),
        Column("valid_months", "Valid months", "How long it counts; empty: it does not expire.", "36",
               needed=False, aliases=("validity", "months", "valid for", "counts for (months)")),
        Column("hours", "Hours", "How many it takes.", "3.5", aliases=("length", "duration")),
        Column("delivery", "Delivery", "How it is given.", "taught", values=dict(Delivery.choices),
               aliases=("how", "taught")),
        Column("conference_duty", "Conference duty", "Whether it covers the duties at conferences and core "
               "groups.", "yes", needed=False, values=YES_NO, aliases=("duty",)),
    )


def requirement_columns() -> tuple[Column, ...]:
    groups = dict(RoleGroup.objects.values_list("code", "title"))
    courses = dict(Course.objects.order_by("code").values_list("code", "title"))
    return (
        Column("role_group", "Role group", "Who is asked. One that is not here yet is made by whoever may.",
               next(iter(groups), "front_line"), values=groups, aliases=("staff group", "group")),
        Column("course", "Course", "Its code or its title.", next(iter(courses), "CPC"), values=courses,
               aliases=("course code", "course title", "course name", "training", "what")),
        Column("within_days_of_start", "Within days of starting", "How long a starter has.", "180",
               aliases=("within days", "days", "due within days")),
        Column("effective_from", "From", "The first day on which it is asked.", "2014-04-01",
               aliases=("effective from", "valid from", "since", "start date")),
    )


COLUMNS: dict[str, Callable[[], tuple[Column, ...]]] = {
    UploadKind.STAFF: lambda: staff_columns(RoleGroup.objects.all()),
    UploadKind.TRAINING: training_columns, UploadKind.MEETINGS: meeting_columns,
    UploadKind.ATTENDANCE: attendance_columns, UploadKind.EXTRACT: extract_columns,
    UploadKind.AGENCIES: agency_columns, UploadKind.COURSES: course_columns,
    UploadKind.REQUIREMENTS: requirement_columns,
}


def columns_of(kind: str) -> tuple[Column, ...]:
    """What a kind of list is asked for, with the values that are allowed here today."""
    return COLUMNS[kind]()
