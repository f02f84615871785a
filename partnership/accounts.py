"""How accounts come about: nobody signs up; a manager or an agency lead invites."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Where to go after signing in: on this site. What is no address at all is not safe either."""
        try:
            return super().is_safe_url(url)
        except ValueError:  # such as http://[nowhere
            return False
