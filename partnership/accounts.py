"""How accounts come about: nobody signs up; a manager or an agency lead invites. And how one signs in."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

TOO_MANY = "too_many_login_attempts"


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail leads to this site, whatever the request called its host."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.SITE_URL}{path}"

    def is_safe_url(self, url: str | None) -> bool:
        """Where to go after signing in: a path on this very site, never another host or port."""
        try:
            return url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        except ValueError:  # such as http://[nowhere
            return False


class SignIn(LoginView):
    """The library's sign-in, which says in its status too that it refused."""

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        answer = super().form_invalid(form)
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        answer.status_code = 429 if TOO_MANY in codes else 422
        return answer
