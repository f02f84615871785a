"""Every change on the conferences floor: each one transaction, checked, with its history."""

from conferences.actions.answers import dispute, excuse, settle
from conferences.actions.bulk import import_lines, import_meetings
from conferences.actions.meetings import add_line, change_meeting, convene
from conferences.actions.registers import (
    close_register,
    close_registers,
    correct_line,
    record_attendance,
)
from conferences.actions.rules import expect, set_default_rules

__all__ = [
    "add_line",
    "change_meeting",
    "close_register",
    "close_registers",
    "convene",
    "correct_line",
    "dispute",
    "excuse",
    "expect",
    "import_lines",
    "import_meetings",
    "record_attendance",
    "set_default_rules",
    "settle",
]
