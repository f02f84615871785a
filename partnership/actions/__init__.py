"""Every change on the ground floor: each one transaction, checked, with its history."""

from partnership.actions.calendar import add_bank_holidays, published_holidays, remove_bank_holiday
from partnership.actions.places import (
    add_agency,
    add_role_group,
    group_agencies,
    make_partnership,
    share_agency,
)
from partnership.actions.staff import (
    STAFF_FIELDS,
    STAFF_SEEN,
    add_staff,
    change_staff,
    import_staff,
)
from partnership.actions.users import end_grant, grant_role, invite_user

__all__ = [
    "STAFF_FIELDS",
    "STAFF_SEEN",
    "add_agency",
    "add_bank_holidays",
    "add_role_group",
    "add_staff",
    "change_staff",
    "end_grant",
    "grant_role",
    "group_agencies",
    "import_staff",
    "invite_user",
    "make_partnership",
    "published_holidays",
    "remove_bank_holiday",
    "share_agency",
]
