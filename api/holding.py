"""Who may ask an address at all: apart from the views, since the framework loads it before them."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from partnership.reach import can


class Holds(BasePermission):
    """Signed in, and holding one of the permissions that the act needs; none needed: anybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = view.needed()
        return not needed or any(can(request.user, permission) for permission in needed)
