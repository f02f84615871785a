"""Addresses of this site that mails lead to, whatever a request calls its host."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from partnership.models import User


def site(route: str, *args: object) -> str:
    """The whole address of a page."""
    return f"{settings.SITE_URL}{reverse(route, args=args)}"


def password_link(user: User) -> str:
    """Where somebody chooses a password; it works once, and for a few days."""
    return site(
        "account_reset_password_from_key", user_pk_to_url_str(user),
        default_token_generator.make_token(user),
    )
