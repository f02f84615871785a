"""Every change on the floor of figures: each one transaction, checked, with its history."""

from compliance.actions.targets import end_target, remove_target, set_target

__all__ = ["end_target", "remove_target", "set_target"]
