"""Every change on the conferences floor: each one transaction, checked, with its history."""

from conferences.actions.answers import dispute, excuse, name_deputy, settle, take_back_excuse
from conferences.actions.bulk import import_lines, import_meetings
from conferences.actions.endings import cancel, follow, note_held, stand_down
from conferences.actions.extract import import_extract, take_back_extract
from conferences.actions.filling import correct_ending, fill_register
from conferences.actions.invitations import (
    INVITATION_SEEN,
    change_invitation,
    withdraw_invitation,
)
from conferences.actions.meetings import (
    MEETING_SEEN,
    add_line,
    change_meeting,
    convene,
    invite_many,
)
from conferences.actions.registers import (
    close_register,
    close_registers,
    correct_line,
    record_attendance,
)
from conferences.actions.rule_mistakes import (
    correct_expectation,
    correct_quorum,
    correct_timescale,
    remove_rule,
)
from conferences.actions.rules import (
    end_expectation,
    expect,
    set_default_rules,
    set_quorum,
    set_timescale,
)
from conferences.actions.taking_back import (
    take_back_expectations,
    take_back_lines,
    take_back_meetings,
)

__all__ = [
    "INVITATION_SEEN",
    "MEETING_SEEN",
    "add_line",
    "cancel",
    "change_invitation",
    "change_meeting",
    "close_register",
    "close_registers",
    "convene",
    "correct_ending",
    "correct_expectation",
    "correct_line",
    "correct_quorum",
    "correct_timescale",
    "dispute",
    "end_expectation",
    "excuse",
    "expect",
    "fill_register",
    "follow",
    "import_extract",
    "import_lines",
    "import_meetings",
    "invite_many",
    "name_deputy",
    "note_held",
    "record_attendance",
    "remove_rule",
    "set_default_rules",
    "set_quorum",
    "set_timescale",
    "settle",
    "stand_down",
    "take_back_excuse",
    "take_back_expectations",
    "take_back_extract",
    "take_back_lines",
    "take_back_meetings",
    "withdraw_invitation",
]
