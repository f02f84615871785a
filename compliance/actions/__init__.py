"""Every change on the floor of figures: each one transaction, checked, with its history."""

from compliance.actions.issuing import issue_report, issue_reports
from compliance.actions.logged import (
    change_action,
    close_action,
    log_action,
    move_due,
    note_progress,
    reopen_action,
    report_done,
)
from compliance.actions.packs import ask_pack, cancel_pack, delete_pack
from compliance.actions.reminding import chase_actions
from compliance.actions.return_chasing import chase_returns, remind_now
from compliance.actions.returns import (
    change_due,
    close_round,
    open_round,
    send_back_return,
    sign_return,
    take_back_return,
    withdraw_round,
)
from compliance.actions.signing import note_disagreement, sign_off_report
from compliance.actions.targets import correct_target, end_target, remove_target, set_target
from compliance.actions.typed import correct_count, type_count
from compliance.actions.uploads import cancel_upload, send_upload, undo_upload

__all__ = [
    "ask_pack",
    "cancel_pack",
    "cancel_upload",
    "change_action",
    "change_due",
    "chase_actions",
    "chase_returns",
    "close_action",
    "close_round",
    "correct_count",
    "correct_target",
    "delete_pack",
    "end_target",
    "issue_report",
    "issue_reports",
    "log_action",
    "move_due",
    "note_disagreement",
    "note_progress",
    "open_round",
    "remind_now",
    "remove_target",
    "reopen_action",
    "report_done",
    "send_back_return",
    "send_upload",
    "set_target",
    "sign_off_report",
    "sign_return",
    "take_back_return",
    "type_count",
    "undo_upload",
    "withdraw_round",
]
