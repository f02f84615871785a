"""What people type on the ground floor; and the fields that forms on every floor share."""

from partnership.forms.fields import (
    DAY_FORMATS,
    FIRST_START,
    FURTHEST_AHEAD,
    NUMBER,
    Day,
    Email,
    OneLine,
    PostDay,
    Ticked,
    posted,
    printable,
    put_errors,
)
from partnership.forms.staff import LeaveForm, MoveForm, StaffForm

__all__ = [
    "DAY_FORMATS",
    "FIRST_START",
    "FURTHEST_AHEAD",
    "NUMBER",
    "Day",
    "Email",
    "LeaveForm",
    "MoveForm",
    "OneLine",
    "PostDay",
    "StaffForm",
    "Ticked",
    "posted",
    "printable",
    "put_errors",
]
