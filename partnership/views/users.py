"""Users and their roles, for a partnership's manager and for an agency's lead: the list and one user."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import give_access
from partnership.exporting import download
from partnership.filters import UserFilter
from partnership.forms import NUMBER, posted
from partnership.forms.users import InviteForm
from partnership.models import Agency, Grant, StaffMember, User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.agencies import SET_UP
from partnership.views.editing import tried
from partnership.views.listing import chosen_sort, headings, page_of

COLUMNS = {"name": "Name", "roles": "Roles", "state": "State", "signed_in": "Last signed in"}
SORTS = {"name": Lower("name"), "signed_in": F("last_login")}
MOST_ROLES = 2  # that a row names
TAKEN = "Somebody was given an account with that address in this moment. Try once more."


def may_keep_users(user: User) -> bool:
    return can(user, Permission.MANAGE_AGENCIES) or can(user, Permission.MANAGE_OWN_USERS)


def must_keep_users(request: HttpRequest) -> None:
    """These pages are for those who look after a partnership's users, or an agency's."""
    if not may_keep_users(request.user):
        raise PermissionDenied


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    users = {"text": "Users", "href": reverse("partnership:user-list")}
    return [{"text": "Home", "href": "/"}, SET_UP, users, *more]


def kept_grants(request: HttpRequest) -> QuerySet:
    return Grant.objects.kept_by(request.user)


def kept_users(request: HttpRequest) -> QuerySet:
    """Whoever has, had or will have a role that the reader looks after."""
    # unscoped: of grants within reach
    return User.objects.filter(pk__in=kept_grants(request).values("user"))


def listed(request: HttpRequest) -> tuple[UserFilter, tuple[str, bool], QuerySet]:
    """The users who were asked for, in the order that was asked for."""
    must_keep_users(request)
    narrowed = UserFilter(request.GET, queryset=kept_grants(request), user=request.user)
    now = chosen_sort(request.GET.get("sort", ""), SORTS, "name")
    order = SORTS[now[0]].desc(nulls_last=True) if now[1] else SORTS[now[0]].asc(nulls_first=True)
    # unscoped: of grants within reach
    return narrowed, now, User.objects.filter(pk__in=narrowed.qs.values("user")).order_by(order, "pk")


def user_list(request: HttpRequest) -> HttpResponse:
    """Everybody with a role here; by name, and narrowed by role, agency and dates."""
    narrowed, now, users = listed(request)
    page = page_of(request, users)
    grants = grants_of(request, [user.pk for user in page])
    return render(request, "partnership/user_list.html", {
        "filter": narrowed.form, "narrowed": narrowed.narrowed, "page": page,
        "columns": headings(request, COLUMNS, SORTS, now),
        "rows": [cells(user, grants[user.pk]) for user in page],
        "leads": can(request.user, Permission.MANAGE_OWN_USERS),
        "files": [download(request, "partnership:user-list-file")],
        "checks": last_checks(request), "crumbs": [*crumbs()[:-1], {"text": "Users", "href": ""}],
    })


def grants_of(request: HttpRequest, users: list[int]) -> dict[int, list[Grant]]:
    """The grants within reach of some users, the newest first."""
    rows = kept_grants(request).filter(user__in=users).select_related("agency", "partnership")
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in rows.order_by("-from_on", "-pk"):
        found[grant.user_id].append(grant)
    return found


def last_checks(request: HttpRequest) -> list[dict[str, Any]]:
    """When the users of each of a lead's agencies were last confirmed."""
    agencies = Agency.objects.within_reach(request.user, Permission.MANAGE_OWN_USERS)
    return [
        {"agency": agency, "check": next(iter(agency.user_checks.all()), None)}
        for agency in agencies.prefetch_related("user_checks__confirmed_by").order_by("name")
    ]


def cells(user: User, grants: list[Grant]) -> list[Any]:
    day = today()
    live = [grant for grant in grants if grant.until_on is None or grant.until_on > day]
    shown = live or grants
    more = len(shown) - MOST_ROLES
    return [
        {"text": user.name, "href": reverse("partnership:user-detail", args=[user.pk]), "hint": user.email},
        {"text": "; ".join(map(str, shown[:MOST_ROLES])), "hint": f"and {more} more" if more > 0 else ""},
        state_of_user(user, live),
        longdate(user.last_login) or "Never",
    ]


def state_of_user(user: User, live: list[Grant]) -> dict[str, str]:
    if not user.is_active:
        return {"text": "Switched off", "tag_colour": "grey"}
    if not live:
        return {"text": "Ended", "tag_colour": "grey"}
    return state(min(live, key=lambda grant: grant.from_on))


def state(grant: Grant) -> dict[str, str]:
    """Where a grant stands today, in a word."""
    if grant.from_on > today():
        return {"text": "Not yet begun", "tag_colour": "blue"}
    if grant.until_on and grant.until_on <= today():
        return {"text": "Ended", "tag_colour": "grey"}
    return {"text": "In force", "tag_colour": "green"}


# --- One user -------------------------------------------------------------------------------------

GRANT_COLUMNS = [
    {"text": "Role", "header": True}, {"text": "Where"}, {"text": "First day"},
    {"text": "First day without it"}, {"text": "State"}, {"text": "End", "hidden": True},
]


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """A user's roles here, as far as the reader looks after them, and what can be done."""
    user = get_object_or_404(kept_users(request).select_related("staff_member__agency"), pk=number)
    grants = grants_of(request, [user.pk])[user.pk]
    own = user.pk == request.user.pk
    live = any(grant.until_on is None or grant.until_on > today() for grant in grants)
    return render(request, "partnership/user_detail.html", {
        "person": user, "own": own, "facts": facts(request, user, own),
        "columns": GRANT_COLUMNS[:-1] if own else GRANT_COLUMNS,
        "rows": [grant_cells(grant, own) for grant in grants],
        "buttons": [] if own else buttons(user), "crumbs": crumbs({"text": user.name, "href": ""}),
        "can_send": live and not own and user.is_active and not user.last_login,
    })


def facts(request: HttpRequest, user: User, own: bool) -> list[dict[str, Any]]:
    found = [
        {"key": "E-mail address", "value": user.email},
        {"key": "Last signed in", "value": longmoment(user.last_login) or "Never"},
        link_row(request, user, own),
    ]
    if not user.is_active:
        found.append({
            "key": "Account", "value": "Switched off", "tag_colour": "grey",
            "hint": "Only the operator switches accounts off and on.",
        })
    return found


def link_row(request: HttpRequest, user: User, own: bool) -> dict[str, Any]:
    """Which line of a staff list the account belongs to, as far as the reader may see it."""
    reach = StaffMember.objects.visible_to(request.user)
    line = user.staff_member if reach.filter(pk=user.staff_member_id).exists() else None
    row: dict[str, Any] = {"key": "On the staff list", "value": "Not shown to you" if user.staff_member_id else "Not linked"}
    if line:
        row |= {"value": f"{line.name}, {line.agency}", "href": reverse("compliance:person", args=[line.pk])}
    may = not own and can(request.user, Permission.MANAGE_STAFF) and (line or not user.staff_member_id)
    if may:
        row |= {"action_href": reverse("partnership:user-link", args=[user.pk]),
                "action_text": "Change" if line else "Link"}
    return row


def buttons(user: User) -> list[dict[str, str]]:
    if not user.is_active:
        return []
    return [{"text": "Give another role", "href": reverse("partnership:user-grant", args=[user.pk])}]


def grant_cells(grant: Grant, own: bool) -> list[Any]:
    where = grant.agency or grant.partnership
    found = [
        grant.get_role_display(), str(where), longdate(grant.from_on),
        longdate(grant.until_on) or "No end", state(grant),
    ]
    if own:
        return found
    over = grant.until_on and grant.until_on <= today()
    word = "Take back" if grant.from_on > today() else "End"
    link = {"text": word, "href": reverse("partnership:grant-end", args=[grant.pk]), "hidden": str(grant)}
    return [*found, {"text": ""} if over else link]


# --- Inviting -------------------------------------------------------------------------------------


def invite(request: HttpRequest) -> HttpResponse:
    """A new user with a first role; or a role for whoever has that address already."""
    must_keep_users(request)
    line = line_asked(request)
    form = InviteForm(posted(request), by=request.user, initial=first_words(request, line))
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        known = User.objects.filter(email__iexact=email).exists()  # unscoped: only which mail they get
        made = tried(form, lambda: give_access(
            by=request.user, staff_member=line, **form.cleaned_data
        ), TAKEN)
        if made:
            messages.success(request, told(made, form.cleaned_data, known))
            return redirect("partnership:user-detail", made.pk)
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Invite a user", "submit": "Send the invitation",
        "caption": f"{line.name}, {line.agency}" if line else "",
        "lede": "They get a mail with a link to choose a password. Whoever has an account with that "
        "address already is given the role, and told.",
        "back": reverse("partnership:user-list"), "crumbs": crumbs({"text": "Invite a user", "href": ""}),
    }, status=422 if form.errors else 200)


def told(user: User, given: dict[str, Any], known: bool) -> str:
    """Who is what, where and from when; and which mail they get."""
    role = Grant(role=given["role"], agency=given["agency"], partnership=given["partnership"])
    mail = "tells them." if known else "with a link to choose a password is on its way."
    return f"{user.email}: {role}, from {longdate(given['from_on'])}. A mail {mail}"


def line_asked(request: HttpRequest) -> StaffMember | None:
    """The line of a staff list from which the invitation was begun, where it is within reach."""
    asked = request.GET.get("person", "")
    if not asked:
        return None
    number = int(asked) if NUMBER.fullmatch(asked) else 0
    rows = StaffMember.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    return get_object_or_404(rows.select_related("agency"), pk=number)


def first_words(request: HttpRequest, line: StaffMember | None) -> dict[str, Any]:
    """What is known already: from the staff list, or from the agency's page."""
    if line:
        return {
            "email": line.work_email, "name": line.name, "role": "practitioner",
            "where": f"agency-{line.agency_id}", "from_on": today(),
        }
    agency = request.GET.get("agency", "")
    known = {"from_on": today()}
    return known | ({"where": f"agency-{agency}", "role": "agency_lead"} if NUMBER.fullmatch(agency) else {})
