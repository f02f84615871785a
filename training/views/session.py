"""A whole session at once: choose the course and the day, tick who was there, done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from partnership.forms import NUMBER, posted, put_errors
from partnership.models import StaffMember, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training import actions
from training.due import PersonDue, who_is_due, worst_first
from training.forms import PeopleForm, SessionForm
from training.forms.looking import LookForm
from training.shortlist import shortlist
from training.standing import open_book
from training.views.reaching import crumbs, must_reach_others

MOST_SHOWN = 300  # ticks on one page
MANY = 1_000  # people; of more only the first are read
KEPT = "logged"  # in the session: what became of the last one
LOOKS = frozenset({"look", "tick"})  # the buttons that change what is shown or ticked


def log_many(request: HttpRequest) -> HttpResponse:
    """First the course and the day, which stay in the address; then the people."""
    must_reach_others(request, Permission.MANAGE_STAFF)
    form = SessionForm(request.GET if "completed_on" in request.GET else None, user=request.user)
    if not form.is_valid():
        return render(request, "training/session.html", {
            "form": form, "crumbs": crumbs(request, None, "Log a session"),
        }, status=422 if form.errors else 200)
    if LOOKS & set(request.POST):  # another look at the people: nothing is logged
        return choosing(request, form, PeopleForm(people=people_of(request)))
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


def kept(form: SessionForm, done: actions.Logged) -> dict[str, Any]:
    """What the next page says; people by their numbers, so that it asks again who may be named."""
    return {
        "course": form.cleaned_data["course"].title,
        "completed_on": longdate(form.cleaned_data["completed_on"]),
        "expires_on": longdate(done.logged[0].expires_on) if done.logged else "",
        "logged": [row.staff_member_id for row in done.logged],
        "unconfirmed": [row.staff_member_id for row in done.logged if not row.confirmed_at],
        "had": [person.pk for person in done.had],
    }


def choosing(request: HttpRequest, form: SessionForm, ticked: PeopleForm) -> HttpResponse:
    """The people to tick: who is due for the course first, nobody ticked beforehand."""
    asked, look = form.cleaned_data, LookForm(request.POST or None)
    look.is_valid()
    everybody = shown_people(request, form, look)
    rows = look.narrowed(everybody, asked["course"])
    shown = rows[:MOST_SHOWN]
    there = actions.having([row.person for row in shown], asked["course"], asked["completed_on"])
    had = [row for row in shown if row.person.pk in there]
    shown = [row for row in shown if row.person.pk not in there]
    chosen = ticks(request, shown)
    seen = {str(row.person.pk) for row in shown}
    aside = [row.person for row in everybody if str(row.person.pk) in chosen - seen]
    several = len({row.person.agency_id for row in everybody}) > 1
    return render(request, "training/session_people.html", {
        "form": ticked, "course": asked["course"], "completed_on": asked["completed_on"],
        "groups": [
            {"title": title, "rows": [tick(row, chosen, several, look.done.get(row.person.pk)) for row in group]}
            for title, group in look.groups(shown).items() if group
        ],
        "look": look, "nobody": not everybody, "narrowed": look.narrows, "aside": aside,
        "ticked": len(chosen & seen) + len(aside), "counted": bool(request.POST),
        "had": [row.person.name for row in had], "cut": len(rows) > MOST_SHOWN,
        "back": reverse("training:session"), "crumbs": crumbs(request, None, "Log a session"),
    }, status=422 if ticked.errors else 200)


def ticks(request: HttpRequest, shown: list[PersonDue]) -> set[str]:
    """Who is ticked: as it was sent, with all shown, all shown who are due, or none of them."""
    sent = set(request.POST.getlist("people"))
    asked = request.POST.get("tick") if request.method == "POST" else request.GET.get("tick")
    if asked == "none":
        return sent - {str(row.person.pk) for row in shown}
    found = {str(row.person.pk) for row in shown if asked == "all" or (asked == "due" and row.due)}
    return sent | found


def shown_people(request: HttpRequest, form: SessionForm, look: LookForm) -> list[PersonDue]:
    """The people to choose from, in the order in which they need the course; of many the first alone."""
    people, course = people_of(request), form.cleaned_data["course"].pk
    for name in ("agency", "role_group"):
        if form.cleaned_data.get(name):
            people = people.filter(**{name: form.cleaned_data[name]})
    if people.count() > MANY:
        people = shortlist(
            people, course, today(), MOST_SHOWN + 1, words=look.asked("q"), order=look.asked("sort"),
            always=[int(one) for one in request.POST.getlist("people") if NUMBER.fullmatch(one)],
        )
    return worst_first(who_is_due(open_book(people), today(), course))


def tick(row: PersonDue, chosen: set[str], several: bool, done_on: date | None) -> dict:
    """One person to tick, with what helps to know them and whether they need it."""
    person = row.person
    words = [person.job_title, person.reference, *([person.agency.name] if several else [])]
    words += [f"last done {longdate(done_on)}"] if done_on else []
    return {
        "value": person.pk, "name": f"{person.last_name}, {person.first_name}",
        "ticked": str(person.pk) in chosen, "hint": ", ".join(words),
        "standing": row.standing.label if row.standing else "",
        "expires_on": longdate(row.expires_on),
    }


def done(request: HttpRequest) -> HttpResponse:
    """What became of the session that was logged last; only people within reach now are named."""
    must_reach_others(request, Permission.MANAGE_STAFF)
    kept = request.session.get(KEPT)
    return render(request, "training/session_done.html", {
        "done": kept and still_named(request, kept), "crumbs": crumbs(request, None, "Log a session"),
    })


def still_named(request: HttpRequest, kept: dict[str, Any]) -> dict[str, Any] | None:
    """What was kept, with the names of those whom the person still reaches; None when there are none."""
    reach = StaffMember.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    rows = {row.pk: row.name for row in reach.filter(pk__in=[*kept["logged"], *kept["had"]])}
    named = {
        name: [rows[key] for key in kept[name] if key in rows]
        for name in ("logged", "unconfirmed", "had")
    }
    return kept | named if rows else None
