"""Keys of other systems: the list, a new one, one of them with its secret shown once, and revoking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from api.actions import make_key, revoke_key
from api.forms import KeyFilter, KeyForm
from api.models import NAME_TAKEN, MachineKey
from api.scopes import KEEPERS
from partnership.exporting import ListFile, as_file, dated, download, in_chunks
from partnership.forms import posted
from partnership.models import Grant, today
from partnership.reach import can
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.editing import tried
from partnership.views.listing import chosen_sort, headings, page_of

SECRETS = "secrets_to_show"  # in the session: from the making until the page shows them, once
COLUMNS = {"name": "Name", "where": "For", "expires": "First day without it", "used": "Last used", "state": "State"}
SORTS = {
    "name": Lower("name"), "where": Coalesce("agency__name", "partnership__name"),
    "expires": F("expires_on"), "used": F("used_at"),
}


def must_keep_keys(request: HttpRequest) -> None:
    if not any(can(request.user, one) for one in KEEPERS):
        raise PermissionDenied


def kept_keys(request: HttpRequest) -> QuerySet[MachineKey]:
    rows = MachineKey.objects.kept_by(request.user)  # unscoped: by who looks after them
    return rows.select_related("agency", "partnership", "made_by", "revoked_by")


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"text": "Home", "href": "/"}, {"text": "Set-up", "href": reverse("compliance:set-up")},
        {"text": "Machine keys", "href": reverse("machines:key-list") if more else ""}, *more,
    ]


# --- The list -------------------------------------------------------------------------------------


FILE = {
    "Name": "name", "For": "place", "May do": lambda key: len(key.scopes),
    "First day without it": "expires_on", "Last used": "used_at", "State": lambda key: state(key)["text"],
}


def listed(request: HttpRequest) -> tuple[KeyFilter, tuple[str, bool], QuerySet[MachineKey]]:
    """The keys that were asked for, in the order that was asked for."""
    must_keep_keys(request)
    narrowed = KeyFilter(request.GET, queryset=kept_keys(request))
    now = chosen_sort(request.GET.get("sort", ""), SORTS, "name")
    order = SORTS[now[0]].desc(nulls_last=True) if now[1] else SORTS[now[0]].asc(nulls_first=True)
    return narrowed, now, narrowed.qs.order_by(order, "pk")


def key_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The keys without their secrets, which nobody knows."""
    return as_file(form, ListFile(dated("machine-keys"), FILE, with_makers(listed(request)[2])))


def with_makers(rows: QuerySet[MachineKey]) -> Iterator[MachineKey]:
    for chunk in in_chunks(rows):
        know_makers(chunk)
        yield from chunk


def know_makers(keys: Iterable[MachineKey]) -> None:
    """Read what the makers of some keys may do today, at once: a key does no more."""
    makers = [key.made_by for key in keys if key.made_by]
    found: dict[int, list[Grant]] = defaultdict(list)
    # unscoped: whether the reader's own keys still open anything
    for grant in Grant.objects.in_force(today()).filter(user__in=makers):
        found[grant.user_id].append(grant)
    for maker in makers:
        maker._grants_in_force = found[maker.pk]


def key_list(request: HttpRequest) -> HttpResponse:
    """The keys that the reader looks after."""
    narrowed, now, rows = listed(request)
    page = page_of(request, rows)
    know_makers(page)
    return render(request, "api/key_list.html", {
        "filter": narrowed.form, "narrowed": narrowed.narrowed, "page": page,
        "columns": headings(request, COLUMNS, SORTS, now),
        "rows": [cells(key) for key in page], "crumbs": crumbs(),
        "files": [download(request, "machines:key-list-file")],
    })


def cells(key: MachineKey) -> list[Any]:
    count = len(key.scopes)
    return [
        {
            "text": key.name, "href": reverse("machines:key-detail", args=[key.pk]),
            "hint": f"May do {count} {'thing' if count == 1 else 'things'}",
        },
        str(key.place), longdate(key.expires_on), longmoment(key.used_at) or "Never", state(key),
    ]


def state(key: MachineKey) -> dict[str, str]:
    """How a key stands, in a word."""
    if key.revoked_at:
        return {"text": "Revoked", "tag_colour": "grey"}
    if not key.in_force(today()):
        return {"text": "Expired", "tag_colour": "grey"}
    if not key.scopes_now:
        return {"text": "Ended", "tag_colour": "grey"}
    return {"text": "In force", "tag_colour": "green"}


# --- A new one ------------------------------------------------------------------------------------


def make(request: HttpRequest) -> HttpResponse:
    """A new key; its secret waits in the session until the next page shows it."""
    must_keep_keys(request)
    form = KeyForm(posted(request), by=request.user)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: make_key(by=request.user, **form.cleaned_data), NAME_TAKEN)
        key = keep_secret(request, *made) if made else just_made(request, form)
        if key:
            return redirect("machines:key-detail", key.pk)
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Make a machine key", "submit": "Make the key",
        "lede": "Another system signs in with it: a learning system, a case system, a dashboard. It sees "
        "one agency or one partnership, and never what somebody wrote in an escalation. The key is shown once. "
        "It does no more than you may do yourself, and ends when your own role there ends.",
        "back": reverse("machines:key-list"), "crumbs": crumbs({"text": "Make a key", "href": ""}),
    }, status=422 if form.errors else 200)


def keep_secret(request: HttpRequest, key: MachineKey, secret: str) -> MachineKey:
    request.session[SECRETS] = {**request.session.get(SECRETS, {}), str(key.pk): secret}
    return key


def just_made(request: HttpRequest, form: KeyForm) -> MachineKey | None:
    """The key of the first click, when the second finds its name taken and nobody saw the secret yet."""
    data = form.cleaned_data
    there = kept_keys(request).filter(
        name=data.get("name"), agency=data.get("agency"), partnership=data.get("partnership"),
        revoked_at=None, made_by=request.user,
    ).first()
    return there if there and str(there.pk) in request.session.get(SECRETS, {}) else None


# --- One key --------------------------------------------------------------------------------------


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """What a key may do and whether it is used; directly after it was made, the key itself."""
    key = get_object_or_404(kept_keys(request), pk=number)
    waiting = request.session.get(SECRETS, {})
    secret = waiting.pop(str(key.pk), "")
    if secret:
        request.session[SECRETS] = waiting
    return render(request, "api/key_detail.html", {
        "key": key, "secret": secret, "facts": facts(key), "sentences": key.sentences,
        "less": len(key.sentences) < len(key.scopes), "can_revoke": key.in_force(today()),
        "crumbs": crumbs({"text": key.name, "href": ""}),
    })


def facts(key: MachineKey) -> list[dict[str, Any]]:
    standing = state(key)
    found = [
        {"key": "State", "value": standing["text"], "tag_colour": standing["tag_colour"]},
        {"key": "For", "value": str(key.place)},
        {"key": "Begins with", "value": f"qk_{key.prefix}_", "hint": "The rest is known to nobody here."},
        {"key": "Made", "value": f"{longmoment(key.made_at)} by {key.made_by or 'the operator'}"},
        {"key": "First day without it", "value": longdate(key.expires_on)},
        {"key": "Last used", "value": longmoment(key.used_at) or "Never"},
    ]
    if key.revoked_at:
        why = f"by {key.revoked_by}" if key.revoked_by else "when its maker’s role here had ended"
        found.append({"key": "Revoked", "value": f"{longmoment(key.revoked_at)} {why}"})
    return found


def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Ask first; from the moment of revoking the key opens nothing."""
    key = get_object_or_404(kept_keys(request), pk=number)
    if request.method == "POST":
        try:
            revoke_key(by=request.user, key=key)
            messages.success(request, f"{key.name} is revoked. Whatever still sends it is refused.")
        except ValidationError as error:
            messages.info(request, " ".join(error.messages))
        return redirect("machines:key-list")
    return render(request, "api/key_revoke.html", {
        "key": key, "crumbs": crumbs(
            {"text": key.name, "href": reverse("machines:key-detail", args=[key.pk])},
            {"text": "Revoke", "href": ""},
        ),
    })
