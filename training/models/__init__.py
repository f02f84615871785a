"""Courses, requirements, records and exemptions; sessions with their bookings."""

from training.models.courses import Course, Requirement, last_day_to_start
from training.models.kept import KeptStanding
from training.models.records import Exemption, TrainingRecord
from training.models.sessions import Booking, Session

__all__ = [
    "Booking",
    "Course",
    "Exemption",
    "KeptStanding",
    "Requirement",
    "Session",
    "TrainingRecord",
    "last_day_to_start",
]
