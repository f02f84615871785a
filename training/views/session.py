"""A whole session at once: choose the course and the day, tick who was there, done."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from partnership.forms import posted, put_errors
from partnership.models import StaffMember, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training import actions
from training.due import PersonDue, who_is_due, worst_first
from training.forms import PeopleForm, SessionForm
from training.standing import open_book
from training.views.reaching import crumbs, must_reach_others

MOST_SHOWN = 300  # ticks on one page
KEPT = "logged"  # in the session: what became of the last one


def log_many(request: HttpRequest) -> HttpResponse:
    """First the course and the day, which stay in the address; then the people."""
    must_reach_others(request, Permission.MANAGE_STAFF)
    form = SessionForm(request.GET if "completed_on" in request.GET else None, user=request.user)
    if not form.is_valid():
        return render(request, "training/session.html", {
            "form": form, "crumbs": crumbs(request, None, "Log a session"),
        }, status=422 if form.errors else 200)
    ticked = PeopleForm(posted(request), people=people_of(request))
    if request.method == "POST" and ticked.is_valid() and put(request, form, ticked):
        return redirect("training:session-done")
    return choosing(request, form, ticked)


def people_of(request: HttpRequest) -> QuerySet[StaffMember]:
    """Those in post whose training the person may log and confirm."""
    return StaffMember.objects.within_reach(request.user, Permission.MANAGE_STAFF).in_post(today())


def put(request: HttpRequest, form: SessionForm, ticked: PeopleForm) -> bool:
    people = ticked.cleaned_data["people"].select_related("agency", "role_group")
    try:
        done = actions.log_session(by=request.user, people=people, **form.completion())
    except ValidationError as error:
        put_errors(ticked, error)
        return False
    request.session[KEPT] = kept(form, done)
    return True


def kept(form: SessionForm, done: actions.Session) -> dict[str, Any]:
    """What the next page says."""
    return {
        "course": form.cleaned_data["course"].title,
        "completed_on": longdate(form.cleaned_data["completed_on"]),
        "expires_on": longdate(done.logged[0].expires_on) if done.logged else "",
        "logged": [row.staff_member.name for row in done.logged],
        "unconfirmed": [row.staff_member.name for row in done.logged if not row.confirmed_at],
        "had": [person.name for person in done.had],
    }


def choosing(request: HttpRequest, form: SessionForm, ticked: PeopleForm) -> HttpResponse:
    """The people to tick: who is due for the course first, nobody ticked beforehand."""
    asked = form.cleaned_data
    rows = shown_people(request, form)
    shown = rows[:MOST_SHOWN]
    there = actions.having([row.person for row in shown], asked["course"], asked["completed_on"])
    had = [row for row in shown if row.person.pk in there]
    shown = [row for row in shown if row.person.pk not in there]
    chosen = set(request.POST.getlist("people")) or ticked_by_link(request, shown)
    several = len({row.person.agency_id for row in rows}) > 1
    groups = {
        "Due for it": [row for row in shown if row.due],
        "Asked of them, not due": [row for row in shown if row.standing and not row.due],
        "Not asked of them": [row for row in shown if not row.standing],
    }
    return render(request, "training/session_people.html", {
        "form": ticked, "course": asked["course"], "completed_on": asked["completed_on"],
        "groups": [
            {"title": title, "rows": [tick(row, chosen, several) for row in group]}
            for title, group in groups.items() if group
        ],
        "had": [row.person.name for row in had], "cut": len(rows) > MOST_SHOWN,
        "links": tick_links(request), "back": reverse("training:session"),
        "crumbs": crumbs(request, None, "Log a session"),
    }, status=422 if ticked.errors else 200)


def shown_people(request: HttpRequest, form: SessionForm) -> list[PersonDue]:
    """The people to choose from, in the order in which they need the course."""
    people = people_of(request)
    for name in ("agency", "role_group"):
        if form.cleaned_data.get(name):
            people = people.filter(**{name: form.cleaned_data[name]})
    return worst_first(who_is_due(open_book(people), today(), form.cleaned_data["course"].pk))


def ticked_by_link(request: HttpRequest, rows: list[PersonDue]) -> set[str]:
    """The links that tick all, or all who are due, for those without script."""
    asked = request.GET.get("tick")
    return {str(row.person.pk) for row in rows if asked == "all" or (asked == "due" and row.due)}


def tick_links(request: HttpRequest) -> list[dict]:
    now = request.GET.get("tick", "")
    kept = {name: value for name, value in request.GET.items() if name != "tick"}
    words = {"": "Nobody", "due": "All who are due", "all": "Everybody shown"}
    return [
        {"text": text, "href": "?" + urlencode(kept | ({"tick": key} if key else {})), "current": key == now}
        for key, text in words.items()
    ]


def tick(row: PersonDue, chosen: set[str], several: bool) -> dict:
    """One person to tick, with what helps to know them and whether they need it."""
    person = row.person
    words = [person.job_title, person.reference, *([person.agency.name] if several else [])]
    return {
        "value": person.pk, "name": f"{person.last_name}, {person.first_name}",
        "ticked": str(person.pk) in chosen, "hint": ", ".join(words),
        "standing": row.standing.label if row.standing else "",
        "expires_on": longdate(row.expires_on),
    }


def done(request: HttpRequest) -> HttpResponse:
    """What became of the session that was logged last."""
    must_reach_others(request, Permission.MANAGE_STAFF)
    return render(request, "training/session_done.html", {
        "done": request.session.get(KEPT), "crumbs": crumbs(request, None, "Log a session"),
    })
