"""The lists of the set-up as files: agencies, users, role groups, bank holidays."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partnership.exporting import ListFile, as_file, dated, in_chunks
from partnership.models import User, today
from partnership.views.agencies import led_by
from partnership.views.agencies import listed as agencies_listed
from partnership.views.holidays import asked_days, readable_countries
from partnership.views.role_groups import listed as role_groups_listed
from partnership.views.users import grants_of, state_of_user
from partnership.views.users import listed as users_listed

AGENCIES = {
    "Agency": "agency.name", "Part of": "agency.parent", "Code": "code",
    "Sector": "agency.get_sector_display", "People in post": "people", "Users": "users",
    "Led by": lambda row: led_by(row)["text"], "Users confirmed at": "checked_at",
    "Partnership": "partnership.name",
}
USERS = {
    "Name": "name", "E-mail": "email", "Roles": "shown_roles", "State": "shown_state",
    "Last signed in": "last_login",
}
ROLE_GROUPS = {"Role group": "title", "Code": "code", "People in post": "people"}
HOLIDAYS = {"Date": "on", "Day": lambda row: f"{row.on:%A}", "What it is called": "title"}


def agency_list(request: HttpRequest, form: str) -> HttpResponseBase:
    narrowed, _, rows = agencies_listed(request)
    several = len(narrowed.places) > 1
    columns = {name: of for name, of in AGENCIES.items() if several or name != "Partnership"}
    return as_file(form, ListFile(dated("agencies"), columns, rows))


def user_list(request: HttpRequest, form: str) -> HttpResponseBase:
    """With the roles that the reader looks after, as on the page."""
    rows = with_roles(request, users_listed(request)[2])
    return as_file(form, ListFile(dated("users"), USERS, rows))


def with_roles(request: HttpRequest, users: QuerySet[User]) -> Iterator[User]:
    for chunk in in_chunks(users):
        grants = grants_of(request, [user.pk for user in chunk])
        for user in chunk:
            live = [one for one in grants[user.pk] if one.until_on is None or one.until_on > today()]
            user.shown_roles = "; ".join(map(str, live or grants[user.pk]))
            user.shown_state = state_of_user(user, live)["text"]
            yield user


def role_group_list(request: HttpRequest, form: str) -> HttpResponseBase:
    return as_file(form, ListFile(dated("role-groups"), ROLE_GROUPS, role_groups_listed(request)[1]))


def holiday_list(request: HttpRequest, form: str) -> HttpResponseBase:
    country, year, _, days = asked_days(request, readable_countries(request))
    return as_file(form, ListFile(f"bank-holidays-{country}-{year}", HOLIDAYS, days))
