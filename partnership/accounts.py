"""How accounts come about: nobody signs up; a manager or an agency lead invites."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False
