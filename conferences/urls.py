"""The pages of meetings."""

from django.urls import path

from conferences.views import (
    answers,
    attendance,
    calendar,
    closing,
    convening,
    due,
    ending,
    files,
    lines,
    listing,
    meeting,
    mine,
    planning,
    register,
    rule_changes,
    rule_quorum,
    rules,
)

app_name = "conferences"
meetings = "partnerships/<str:code>/meetings/"
one = f"{meetings}<str:reference>/"
rules_of = "set-up/rules/<str:code>/"
urlpatterns = [
    path("meetings/", listing.meeting_list, name="meeting-list"),
    path("meetings/list.<export:form>", listing.meeting_list_file, name="meeting-list-file"),
    path("meetings/calendar/", calendar.calendar, name="calendar"),
    path("meetings/due/", due.due_list, name="due-list"),
    path("meetings/due/list.<export:form>", files.due_list, name="due-list-file"),
    path("meetings/convene/", convening.convene, name="convene"),
    path(one, meeting.meeting, name="meeting-detail"),
    path(f"{one}change/", planning.change, name="meeting-change"),
    path(f"{one}invite/", planning.invite, name="meeting-invite"),
    path(f"{one}invite/<int:number>/", planning.invitation, name="meeting-invitation"),
    path(f"{one}end/", ending.end, name="meeting-end"),
    path(f"{one}stand-down/", ending.stand_down, name="meeting-stand-down"),
    path(f"{one}register/", register.register, name="register"),
    path(f"{one}register/quorum/", register.quorum, name="register-quorum"),
    path(f"{one}register/ending/", closing.correct_ending, name="register-ending"),
    path(f"{one}close/", closing.close, name="register-close"),
    path("meetings/attendance/", attendance.attendance, name="attendance-list"),
    path(
        "meetings/attendance.<export:form>", attendance.attendance_file, name="attendance-list-file"
    ),
    path("meetings/mine/", mine.my_meetings, name="my-meetings"),
    path("meetings/mine/list.<export:form>", files.my_meetings, name="my-meetings-file"),
    path("meetings/open/", mine.open_registers, name="open-registers"),
    path("meetings/open/list.<export:form>", files.open_registers, name="open-registers-file"),
    path("meetings/disputes/list.<export:form>", files.dispute_list, name="dispute-list-file"),
    path("meetings/disputes/", answers.dispute_list, name="dispute-list"),
    path("meetings/lines/<int:number>/correct/", lines.correct, name="line-correct"),
    path("meetings/lines/<int:number>/deputy/", lines.deputy, name="line-deputy"),
    path("meetings/lines/<int:number>/dispute/", answers.dispute, name="line-dispute"),
    path("meetings/lines/<int:number>/settle/", answers.settle, name="line-settle"),
    path("meetings/missed/<int:number>/excuse/", answers.excuse, name="missed-excuse"),
    path("set-up/rules/", rules.rules, name="rules"),
    path(f"{rules_of}quorum/", rules.quorum_rule, name="quorum-rule"),
    path(f"{rules_of}quorum/new/", rule_quorum.quorum_new, name="quorum-rule-new"),
    path(f"{rules_of}expectations/", rules.expectation_list, name="expectation-list"),
    path(
        f"{rules_of}expectations/list.<export:form>", files.expectation_list,
        name="expectation-list-file",
    ),
    path(f"{rules_of}expectations/new/", rule_changes.expectation_new, name="expectation-new"),
    path(
        f"{rules_of}expectations/<int:number>/end/", rule_changes.expectation_end,
        name="expectation-end",
    ),
    path(f"{rules_of}timescales/", rules.timescale_list, name="timescale-list"),
    path(
        f"{rules_of}timescales/list.<export:form>", files.timescale_list, name="timescale-list-file"
    ),
    path(f"{rules_of}timescales/new/", rule_changes.timescale_new, name="timescale-new"),
    path(
        f"{rules_of}<slug:kind>/<int:number>/correct/", rule_changes.rule_correct, name="rule-correct"
    ),
    path(
        f"{rules_of}<slug:kind>/<int:number>/remove/", rule_changes.rule_remove, name="rule-remove"
    ),
]
