"""One's calendar: its secret address is made, shown once and revoked on a page; programs read it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from api.actions import make_calendar, revoke_calendar
from api.calendar import calendar_of
from api.models import CalendarFeed
from api.secrets import hashed
from partnership.links import site

ADDRESS = "calendar_address"  # in the session: from the making until the page shows it, once
EVERY = timedelta(hours=1)  # after which it is written again that the address was used


@require_GET
@login_not_required
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whose address it is, as far as they may see today; any other address is nowhere."""
    # unscoped: whoever has the secret
    rows = CalendarFeed.objects.filter(hashed=hashed(secret), revoked_at=None, user__is_active=True)
    row = rows.select_related("user__staff_member").first()
    if row is None:
        raise Http404
    now = timezone.now()
    if row.used_at is None or now - row.used_at >= EVERY:
        CalendarFeed.objects.filter(pk=row.pk).update(used_at=now)  # unscoped: the one being used
    response = HttpResponse(calendar_of(row.user, now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="quorate.ics"'
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def calendar(request: HttpRequest) -> HttpResponse:
    """Whether one has an address, when it was last read, and what can be done."""
    row = CalendarFeed.objects.filter(user=request.user, revoked_at=None).first()  # unscoped: one's own
    return render(request, "api/calendar.html", {
        "feed": row, "address": request.session.pop(ADDRESS, ""),
        "crumbs": [
            {"text": "Home", "href": "/"}, {"text": "Your account", "href": reverse("partnership:account")},
            {"text": "Your calendar", "href": ""},
        ],
    })


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A new address. The second click of two finds the first one's still waiting to be shown."""
    if not request.session.get(ADDRESS):
        secret = make_calendar(by=request.user)
        request.session[ADDRESS] = site("machines:calendar-feed", secret)
    return redirect("machines:calendar")


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if revoke_calendar(by=request.user):
        messages.success(request, "The address opens nothing any more. Take it out of your calendar program.")
    return redirect("machines:calendar")
