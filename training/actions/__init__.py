"""Every change on the training floor: each one transaction, checked, with its history."""

from training.actions.bookings import (
    Booked,
    book,
    cancel_booking,
    free_places,
    who_may_come,
    why_closed,
)
from training.actions.bulk import Logged, having, import_records, log_missing, log_session
from training.actions.courses import COURSE_FIELDS, COURSE_SEEN, add_course, change_course
from training.actions.exemptions import end_exemption, exempt
from training.actions.records import (
    EARLIEST,
    ReplacedSince,
    check_completion,
    confirm_training,
    correct_record,
    is_own,
    log_training,
    new_record,
    withdraw_record,
)
from training.actions.registers import (
    CORRECTABLE,
    MarkedSince,
    add_walk_in,
    close_session,
    correct_booking,
    mark_register,
)
from training.actions.requirements import (
    REQUIREMENT_SEEN,
    AlreadyThere,
    add_requirement,
    change_requirement,
    end_requirement,
)
from training.actions.sessions import (
    SESSION_FIELDS,
    SESSION_SEEN,
    WHEN_AND_WHERE,
    add_session,
    cancel_session,
    change_session,
)
from training.actions.taking_back import (
    take_back_courses,
    take_back_records,
    take_back_requirements,
)

__all__ = [
    "CORRECTABLE",
    "COURSE_FIELDS",
    "COURSE_SEEN",
    "EARLIEST",
    "REQUIREMENT_SEEN",
    "SESSION_FIELDS",
    "SESSION_SEEN",
    "WHEN_AND_WHERE",
    "AlreadyThere",
    "Booked",
    "Logged",
    "MarkedSince",
    "ReplacedSince",
    "add_course",
    "add_requirement",
    "add_session",
    "add_walk_in",
    "book",
    "cancel_booking",
    "cancel_session",
    "change_course",
    "change_requirement",
    "change_session",
    "check_completion",
    "close_session",
    "confirm_training",
    "correct_booking",
    "correct_record",
    "end_exemption",
    "end_requirement",
    "exempt",
    "free_places",
    "having",
    "import_records",
    "is_own",
    "log_missing",
    "log_session",
    "log_training",
    "mark_register",
    "new_record",
    "take_back_courses",
    "take_back_records",
    "take_back_requirements",
    "who_may_come",
    "why_closed",
    "withdraw_record",
]
