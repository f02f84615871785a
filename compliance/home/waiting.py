"""What waits for a person today: one table of tasks, each with its count and the list that it opens.

Every count is one question to the database, asked only where the person may act on the answer, so
that the number of queries goes by their roles alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from compliance.home import issued, logged, returns
from conferences.choices import MeetingState, Outcome
from conferences.models import Attendance, Meeting
from conferences.views.due import Dates
from escalation.choices import SuggestionState
from escalation.models import Stage, Suggestion
from escalation.querysets import waits_for
from partnership.history_filters import begins
from partnership.models import Agency, StaffMember, User, UserCheck, today
from partnership.reach import can, held
from partnership.roles import Permission
from training.choices import BookingState
from training.due import DAYS, DUE, RANK
from training.keeping import bring_up_to_date
from training.models import Booking, Session, TrainingRecord

P = Permission
A_WEEK, CHECK_EVERY, LATELY = timedelta(days=7), timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that may wait: in words for one and for several, and where its list is.

    The address may hold the days {today} and {soon}. ``of_others``: for those whom the
    permission reaches beyond themselves.
    """

    one: str
    many: str
    none: str
    permission: P
    count: Callable[[User], int]
    route: str
    query: str = ""
    urgent: bool = False
    of_others: bool = False
    late: Callable[[User], int] | None = None  # how many of them are overdue: then they are urgent

    @property
    def href(self) -> str:
        days = {"today": today(), "soon": today() + A_WEEK}
        written = {name: quote(f"{day:%d/%m/%Y}") for name, day in days.items()}
        return reverse(self.route) + self.query.format(**written)

    def is_for(self, user: User) -> bool:
        reach = held(user, self.permission)
        return bool(reach.agencies or reach.partnerships) if self.of_others else bool(reach)


# --- Training -------------------------------------------------------------------------------------


def people_within(user: User):
    """Those in post on a lead's lists, their standings brought up to date."""
    on = today()
    rows = StaffMember.objects.within_reach(user, P.VIEW_STAFF).in_post(on)
    bring_up_to_date(rows, on)
    return rows


def standing_below(rank: int) -> Q:
    return Q(kept__urgency__lt=rank * DAYS)


def due(user: User) -> int:
    """People expired, never trained or about to expire: the list's own number."""
    return people_within(user).filter(standing_below(1 + max(RANK[one] for one in DUE))).count()


def to_confirm(user: User) -> int:
    return TrainingRecord.objects.within_reach(user, P.MANAGE_STAFF).to_confirm().count()


def sessions(user: User):
    return Session.objects.within_reach(user, P.MANAGE_COURSES).filter(cancelled_at=None, closed_at=None)


def sessions_this_week(user: User) -> int:
    return sessions(user).filter(held_on__range=(today(), today() + A_WEEK)).count()


def session_registers(user: User) -> int:
    return sessions(user).filter(held_on__lt=today()).count()


def on_waiting_lists(user: User) -> int:
    ahead = sessions(user).filter(held_on__gte=today())
    # unscoped: a number, of the sessions within reach
    return Booking.objects.filter(session__in=ahead, state=BookingState.WAITING).count()


# --- Meetings -------------------------------------------------------------------------------------


def recordable(user: User):
    return Meeting.objects.recordable_by(user)


def open_registers(user: User) -> int:
    return recordable(user).open_registers(today()).distinct().count()


def meetings_this_week(user: User) -> int:
    days = (today(), today() + A_WEEK)
    rows = Meeting.objects.visible_to(user).filter(held_on__range=days, state=MeetingState.PLANNED)
    return rows.count()


def late_dates(user: User) -> int:
    """Conferences and core groups that are late: the list's own rows."""
    return sum(row.late for row in Dates(SimpleNamespace(user=user, GET={})).rows)


def my_meetings_ahead(user: User) -> int:
    rows = Attendance.objects.within_reach(user, P.DISPUTE_LINES).filter(
        staff_member=user.staff_member_id, meeting__held_on__gte=today()
    )
    return rows.exclude(meeting__state=MeetingState.CANCELLED).count() if user.staff_member_id else 0


def disputes(user: User) -> int:
    return Attendance.objects.within_reach(user, P.SETTLE_LINES).disputed().count()


def disputes_answered(user: User) -> int:
    rows = Attendance.objects.within_reach(user, P.DISPUTE_LINES)
    return rows.filter(settled_at__gte=begins(today() - LATELY)).count()


def lines_unknown(user: User) -> int:
    rows = Attendance.objects.within_reach(user, P.DISPUTE_LINES)
    return rows.filter(outcome=Outcome.UNKNOWN, meeting__held_on__lte=today()).count()


# --- Escalations ----------------------------------------------------------------------------------


def cases_waiting(user: User) -> int:
    return Stage.objects.visible_to(user).open().filter(waits_for(user)).count()


def cases_overdue(user: User) -> int:
    return Stage.objects.within_reach(user, P.VIEW_ESCALATIONS).overdue(timezone.now()).count()


def suggested(user: User) -> int:
    rows = Suggestion.objects.within_reach(user, P.ACT_ON_SUGGESTIONS)
    return rows.filter(state=SuggestionState.OPEN).aggregate(n=Count("pk", distinct=True))["n"]


# --- Users ----------------------------------------------------------------------------------------


def users_to_confirm(user: User) -> int:
    """A lead's agencies whose users nobody has looked through for a month."""
    since = timezone.now() - CHECK_EVERY
    checked = UserCheck.objects.within_reach(user, P.MANAGE_OWN_USERS).filter(
        agency=OuterRef("pk"), confirmed_at__gte=since
    )
    agencies = Agency.objects.within_reach(user, P.MANAGE_OWN_USERS)
    return agencies.filter(~Exists(checked), grants__isnull=False).distinct().count()


TASKS = [
    Task("escalation waits for you", "escalations wait for you", "escalations", P.VIEW_ESCALATIONS,
         cases_waiting, "escalation:queue", "?view=mine", urgent=True),
    Task("escalation is overdue", "escalations are overdue", "overdue escalations",
         P.MANAGE_RULES, cases_overdue, "escalation:queue", "?view=all&state=overdue", urgent=True),
    Task("register is still open after its day", "registers are still open after their day",
         "open registers", P.RECORD_CORE_GROUPS, open_registers, "conferences:open-registers", urgent=True),
    Task("action of the board is yours", "actions of the board are yours", "actions of yours",
         P.SIGN_OFF_REPORT, logged.to_do, "compliance:action-list", "?state=open", late=logged.to_do_late),
    Task("action of the board is overdue", "actions of the board are overdue", "overdue actions",
         P.ISSUE_REPORT, logged.board_late, "compliance:action-list", "?state=overdue", urgent=True),
    Task("report waits for your sign-off", "reports wait for your sign-off", "reports to sign off",
         P.SIGN_OFF_REPORT, issued.to_sign_off, "compliance:report-list", "?state=waiting", urgent=True),
    Task("agency is late with its return", "agencies are late with their return", "late returns",
         P.MANAGE_AGENCIES, returns.late, "compliance:return-list", urgent=True),
    Task("dispute waits for your answer", "disputes wait for your answer", "disputes",
         P.SETTLE_LINES, disputes, "conferences:dispute-list", urgent=True),
    Task("person is expired, untrained or about to expire",
         "people are expired, untrained or about to expire", "people due for training",
         P.VIEW_STAFF, due, "training:person-list", "?standing=due", urgent=True, of_others=True),
    Task("record that people logged for themselves waits for you",
         "records that people logged for themselves wait for you", "records to confirm",
         P.MANAGE_STAFF, to_confirm, "training:record-confirm"),
    Task("suggested escalation to look at", "suggested escalations to look at",
         "suggested escalations", P.ACT_ON_SUGGESTIONS, suggested, "escalation:suggestion-list"),
    Task("meeting at which it is not known whether your agency came",
         "meetings at which it is not known whether your agency came",
         "unknown outcomes", P.MANAGE_STAFF, lines_unknown, "conferences:attendance-list",
         "?outcome=unknown&held_to={today}"),
    Task("dispute of yours was answered in the last two weeks",
         "disputes of yours were answered in the last two weeks", "answered disputes",
         P.MANAGE_STAFF, disputes_answered, "conferences:dispute-list", "?state=lately"),
    Task("action is reported done: close it, or open it again",
         "actions are reported done: close them, or open them again", "actions to close",
         P.ISSUE_REPORT, logged.board_to_close, "compliance:action-list", "?state=done"),
    Task("agency’s users are to be confirmed", "agencies’ users are to be confirmed",
         "users to confirm", P.MANAGE_OWN_USERS, users_to_confirm, "partnership:user-list"),
    Task("meeting in the next seven days", "meetings in the next seven days", "meetings this week",
         P.RECORD_CONFERENCES, meetings_this_week, "conferences:meeting-list",
         "?state=planned&since={today}&until={soon}"),
    Task("next date is late", "next dates are late", "late dates", P.RECORD_CONFERENCES, late_dates,
         "conferences:due-list", "?state=late"),
    Task("meeting ahead of you", "meetings ahead of you", "your meetings to come",
         P.DISPUTE_LINES, my_meetings_ahead, "conferences:my-meetings"),
    Task("session’s register is still open after its day",
         "sessions’ registers are still open after their day", "session registers to close",
         P.MANAGE_COURSES, session_registers, "training:session-list", "?when=past", urgent=True),
    Task("session in the next seven days", "sessions in the next seven days", "sessions this week",
         P.MANAGE_COURSES, sessions_this_week, "training:session-list"),
    Task("person is on a waiting list", "people are on waiting lists", "waiting lists",
         P.MANAGE_COURSES, on_waiting_lists, "training:session-list"),
]


def waiting(user: User) -> dict:
    """The tasks that wait, the urgent ones on top; and the names of those that do not."""
    found = [(task, task.count(user)) for task in TASKS if task.is_for(user)]
    return {
        "tasks": [*returns.due(user), *(shown(task, number, user) for task, number in found if number)],
        "done": [{"text": task.none, "href": task.href} for task, number in found if not number],
    }


def shown(task: Task, number: int, user: User) -> dict:
    late = task.late(user) if task.late else 0
    return {
        "number": number, "href": task.href, "urgent": task.urgent or bool(late),
        "text": (task.one if number == 1 else task.many) + (f", {late} overdue" if late else ""),
    }


@dataclass(frozen=True, slots=True)
class Way:
    """A page that a role uses often: to begin something, or to look something up."""

    text: str
    route: str
    permission: P
    of_others: bool = False

    def is_for(self, user: User) -> bool:
        reach = held(user, self.permission)
        return bool(reach.agencies or reach.partnerships) if self.of_others else can(user, self.permission)


BEGIN = [
    Way("Log training", "training:session", P.MANAGE_STAFF),
    Way("Convene a meeting", "conferences:convene", P.RECORD_CONFERENCES),
    Way("Offer a session", "training:session-add", P.MANAGE_COURSES),
    Way("Raise an escalation", "escalation:raise", P.RAISE_ESCALATION),
]
LOOK_UP = [
    Way("See who is due", "training:person-list", P.VIEW_STAFF, of_others=True),
    Way("Next dates and what is late", "conferences:due-list", P.RECORD_CONFERENCES),
    Way("Calendar of meetings", "conferences:calendar", P.RECORD_CONFERENCES),
    Way("Your agency’s attendance", "conferences:attendance-list", P.MANAGE_STAFF),
    Way("What training is asked of whom", "training:requirement-list", P.MANAGE_COURSES),
    Way("Take-up of sessions, by agency", "training:take-up", P.VIEW_SESSION_TAKE_UP),
    Way("Issued reports", "compliance:report-list", P.PRINT_REPORT),
    Way("Agency returns", "compliance:return-list", P.PRINT_REPORT),
    Way("Actions of the board", "compliance:action-list", P.VIEW_MEASURES),
    Way("Trained for duty, without names", "compliance:duty-list", P.VIEW_SESSION_TAKE_UP),
    Way("Themes of escalations", "escalation:themes", P.VIEW_ESCALATION_THEMES),
    Way("Escalations that you may see", "escalation:queue", P.VIEW_ESCALATIONS, of_others=True),
    Way("Set-up", "compliance:set-up", P.MANAGE_RULES),
    Way("Data quality", "compliance:data-quality", P.MANAGE_RULES),
    Way("History of every change", "partnership:history", P.VIEW_HISTORY, of_others=True),
]


def ways(table: list[Way], user: User) -> list[dict]:
    return [{"text": way.text, "href": reverse(way.route)} for way in table if way.is_for(user)]
