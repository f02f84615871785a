"""The pages of training."""

from django.urls import path

from training.views import (
    bookings,
    confirming,
    courses,
    exemptions,
    files,
    offering,
    people,
    records,
    registers,
    requirements,
    session,
    sessions,
    take_up,
    take_up_rows,
)

app_name = "training"
person = "people/<int:number>/"
record = "people/records/<int:number>/"
course = "courses/<int:number>/"
asked = "courses/requirements/"
offered = "courses/sessions/"
one = f"{offered}<int:number>/"
urlpatterns = [
    path("people/", people.person_list, name="person-list"),
    path("people/list.<export:form>", people.person_list_file, name="person-list-file"),
    path("people/log/", session.log_many, name="session"),
    path("people/log/done/", session.done, name="session-done"),
    path("people/to-confirm/", confirming.to_confirm, name="record-confirm"),
    path("people/to-confirm/list.<export:form>", files.to_confirm, name="record-confirm-file"),
    path(f"{person}log/", records.log, name="record-log"),
    path(f"{person}exempt/", exemptions.exempt, name="exempt"),
    path(f"{record}correct/", records.correct, name="record-correct"),
    path(f"{record}withdraw/", records.withdraw, name="record-withdraw"),
    path("people/exemptions/<int:number>/end/", exemptions.end, name="exemption-end"),
    path("courses/", courses.course_list, name="course-list"),
    path("courses/list.<export:form>", files.course_list, name="course-list-file"),
    path("courses/add/", courses.add, name="course-add"),
    path(course, courses.course_detail, name="course-detail"),
    path(f"{course}change/", courses.change, name="course-change"),
    path(asked, requirements.requirement_list, name="requirement-list"),
    path(f"{asked}list.<export:form>", files.requirement_list, name="requirement-list-file"),
    path(f"{asked}add/", requirements.add, name="requirement-add"),
    path(f"{asked}<int:number>/change/", requirements.change, name="requirement-change"),
    path(f"{asked}<int:number>/end/", requirements.end, name="requirement-end"),
    path(offered, sessions.session_list, name="session-list"),
    path(f"{offered}list.<export:form>", files.session_list, name="session-list-file"),
    path(f"{offered}add/", offering.add, name="session-add"),
    path(one, sessions.session_detail, name="session-detail"),
    path(f"{one}bookings.<export:form>", files.session_bookings, name="session-bookings-file"),
    path(f"{one}change/", offering.change, name="session-change"),
    path(f"{one}cancel/", offering.call_off, name="session-cancel"),
    path(f"{one}book/", bookings.book, name="session-book"),
    path(f"{one}register/", registers.register, name="register"),
    path(f"{one}register/close/", registers.close, name="register-close"),
    path(f"{one}walk-in/", registers.walk_in, name="walk-in"),
    path("courses/bookings/<int:number>/cancel/", bookings.cancel, name="booking-cancel"),
    path("courses/bookings/<int:number>/correct/", registers.correct, name="booking-correct"),
    path("courses/take-up/", take_up.show, name="take-up"),
    path("courses/take-up/rows/", take_up_rows.rows, name="take-up-rows"),
    path("courses/take-up/list.<export:form>", take_up.show_file, name="take-up-file"),
    path("courses/take-up/rows/list.<export:form>", take_up_rows.rows_file, name="take-up-rows-file"),
]
