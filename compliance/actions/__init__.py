"""Every change on the floor of figures: each one transaction, checked, with its history."""

from compliance.actions.targets import end_target, remove_target, set_target
from compliance.actions.uploads import cancel_upload, send_upload, undo_upload

__all__ = [
    "cancel_upload",
    "end_target",
    "remove_target",
    "send_upload",
    "set_target",
    "undo_upload",
]
