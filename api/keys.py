"""A machine signs in with its key: ``Authorization: Bearer qk_…``, never in the address."""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.models import MachineKey
from api.secrets import hashed, prefix_of
from partnership.models import User

REFUSED = "The key is not known, has expired or was revoked. Ask whoever gave it to you for another."
EVERY = timedelta(minutes=1)  # after which it is written again when a key was used


class KeyAuthentication(BaseAuthentication):
    """The technical account of a key that is in force; a person's session is looked at without one."""

    def authenticate(self, request: Request) -> tuple[User, MachineKey] | None:
        sent = request.META.get("HTTP_AUTHORIZATION")
        if sent is None:
            return None
        kind, _, secret = sent.partition(" ")
        key = found(secret.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(REFUSED)
        note_use(key)
        return account_of(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Quorate"'


def found(secret: str) -> MachineKey | None:
    """The key of that secret, when it opens anything today."""
    prefix = prefix_of(secret)
    # unscoped: whoever has the secret
    key = prefix and MachineKey.objects.select_related("user", "agency", "partnership", "made_by").filter(
        prefix=prefix
    ).first()
    if not key or not hmac.compare_digest(key.hashed, hashed(secret)):
        return None
    return key if key.opens(timezone.localdate()) else None


def account_of(key: MachineKey) -> User:
    """The account that acts; it holds what the key says, and takes part in nothing as a person does."""
    user = key.user
    user.came_with, user._grants_in_force = key, []
    return user


def note_use(key: MachineKey) -> None:
    now = timezone.now()
    if key.used_at is None or now - key.used_at >= EVERY:
        # unscoped: the key that is being used
        MachineKey.objects.filter(pk=key.pk).update(used_at=now)
