"""What a row of a list is about, in the words that people know it by."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from conferences.models import Attendance, ExtractLine, Meeting
from partnership.models import Membership, StaffMember
from partnership.templatetags.quorate import longdate
from training.models import Course, TrainingRecord

FLAG = {True: "quorate", False: "not quorate", None: "no flag"}


@lru_cache(maxsize=5_000)
def spelt(day: date) -> str:
    """31 March 2015; lists name few days many times."""
    return longdate(day)


def words(item: Any) -> str:
    """What a row is about, as people know it."""
    if isinstance(item, StaffMember):
        return f"{item.name}, {item.reference}, {item.job_title}, {item.agency}"
    if isinstance(item, TrainingRecord):
        return f"{item.staff_member.name}, {item.staff_member.reference}: {item.course}, {spelt(item.completed_on)}"
    if isinstance(item, Meeting):
        return f"{item.reference}: {item.get_kind_display().lower()}, {spelt(item.held_on)}"
    if isinstance(item, ExtractLine):
        sent_as = f" (“{item.sent_as}” in the extract)" if item.sent_as else ""
        return f"{item.reference}{sent_as}: {item.get_kind_display().lower()}, {spelt(item.held_on)}, {FLAG[item.quorate]}"
    if isinstance(item, Attendance):
        return words_of_line(item)
    return words_of_set_up(item)


def words_of_line(line: Attendance) -> str:
    person = f", {line.staff_member.name}" if line.staff_member else ""
    return f"{line.meeting.reference}: {line.agency}{person}, {line.get_outcome_display().lower()}"


def words_of_set_up(item: Any) -> str:
    """An agency, a course, or a requirement with its course."""
    if isinstance(item, Membership):
        return f"{item.code}: {item.agency.name}, {item.agency.get_sector_display().lower()}"
    if isinstance(item, Course):
        return f"{item.code}: {item.title}"
    asked, course = item
    return f"{asked.role_group}: {course}, from {spelt(asked.effective_from)}"
