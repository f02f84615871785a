"""How accounts come about: nobody signs up; a manager or an agency lead invites."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail leads to this site, whatever the request called its host."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.SITE_URL}{path}"

    def is_safe_url(self, url: str | None) -> bool:
        """Where to go after signing in: on this site. What is no address at all is not safe either."""
        try:
            return super().is_safe_url(url)
        except ValueError:  # such as http://[nowhere
            return False
