"""Convening a meeting: its details, whom to invite, check your answers, done.

Nothing is written before the last step. What was typed travels in the page from step to step, so it
works without script, and going back keeps everything.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from conferences import actions
from conferences.choices import MeetingKind
from conferences.convening import kinds_for, nameable
from conferences.forms.lines import LineSet
from conferences.forms.people import shown
from conferences.forms.planning import TAKEN, ConveneForm
from conferences.models import Meeting
from conferences.planning import suggest
from conferences.views.checking import (
    LINE_COLUMNS,
    details_rows,
    errors_of,
    foreseen,
    grouped,
    later_than_asked,
    line_rows,
    notice,
    sources,
)
from conferences.views.planned import agencies_of, crumbs, page_of, plans, recordable
from partnership.forms import NUMBER
from partnership.models import HistoryEntry, Partnership
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

MORE = 3  # empty lines at a time
NEVER_CARRIED = ("csrfmiddlewaretoken", "opened_by", "step")
PREFILLED = ("chair", "format", "children")


def convene(request: HttpRequest) -> HttpResponse:
    """The three steps at one address; the button that was pressed says which comes next."""
    if not plans(request.user):
        raise Http404
    place = asked_place(request)
    if isinstance(place, HttpResponse):
        return place
    step = request.POST.get("step", "") if request.method == "POST" else ""
    form = ConveneForm(
        request.POST if step else None, user=request.user, partnership=place, last_step=step == "convene",
        kinds=kinds_for(request.user, place), initial=prefilled(request, place),
    )
    if not step or step == "back to details" or not form.is_valid():
        return details_page(request, form)
    lines = lines_sent(request, form)
    if step in ("invite", "more", "back to invitees"):
        return invitees_page(request, form, lines)
    if not lines.is_valid():
        return invitees_page(request, form, lines)
    return written(request, form, lines) if step == "convene" else check_page(request, form, lines)


# --- Where ----------------------------------------------------------------------------------------


def places_of(request: HttpRequest) -> list[Partnership]:
    """The partnerships in which the user convenes something."""
    service = Partnership.objects.within_reach(request.user, Permission.RECORD_CONFERENCES)
    teams = Partnership.objects.within_reach(request.user, Permission.RECORD_CORE_GROUPS)
    return [place for place in (service | teams).order_by("name") if kinds_for(request.user, place)]


def asked_place(request: HttpRequest) -> Partnership | HttpResponse:
    """The partnership that was asked for, the only one there is, or the page that asks."""
    places = places_of(request)
    code = request.GET.get("partnership", "")
    if code:
        place = next((place for place in places if place.code == code), None)
        if place is None:
            raise Http404
        return place
    if len(places) == 1:
        return places[0]
    return render(request, "conferences/convene_where.html", {
        "places": places, "crumbs": crumbs("Convene a meeting"),
    })


def prefilled(request: HttpRequest, place: Partnership) -> dict[str, Any]:
    """What a link from the next dates or from a meeting knows already."""
    found: dict[str, Any] = {"kind": request.GET.get("kind", "")}
    reference = request.GET.get("follows", "")
    rows = Meeting.objects.visible_to(request.user).filter(partnership=place, reference=reference)
    last = rows.select_related("lead").first() if reference else None
    if last:
        mine = recordable(request.user).filter(pk=last.pk).exists()
        found |= {"follows": last.reference, "children": last.children}
        if mine:
            found |= {name: getattr(last, name) for name in PREFILLED} | {"lead": shown(last.lead)}
    return found


# --- The steps ------------------------------------------------------------------------------------


def details_page(request: HttpRequest, form: ConveneForm) -> HttpResponse:
    return render(request, "conferences/convene.html", {
        "form": form, "partnership": form.partnership, "crumbs": crumbs("Convene a meeting"),
        "carried": carried(request.POST, away=form.fields),
    }, status=422 if form.errors else 200)


def invitees_page(request: HttpRequest, form: ConveneForm, lines: Any) -> HttpResponse:
    errors = errors_of(lines) if request.POST["step"] in ("check", "convene") else []
    return render(request, "conferences/convene_invitees.html", {
        "form": {"errors": errors}, "errors": errors, "groups": grouped(sources(form, lines)),
        "management": lines.management_form, "details": form, "notice": notice(form),
        "crumbs": crumbs("Whom to invite"), "carried": carried(request.POST, keep=form.fields),
    }, status=422 if errors else 200)


def check_page(request: HttpRequest, form: ConveneForm, lines: Any) -> HttpResponse:
    wanted = lines.wanted()
    return render(request, "conferences/convene_check.html", {
        "crumbs": crumbs("Check your answers"), "details": details_rows(form),
        "columns": [{"text": text} for text in LINE_COLUMNS], "rows": line_rows(form, wanted),
        "carried": carried(request.POST), "notice": notice(form), "foreseen": foreseen(form, wanted),
        "too_late": later_than_asked(form), "outside": form.cleaned_data["kind"] == MeetingKind.OUTSIDE,
    })


def carried(sent: QueryDict, *, away: Any = (), keep: Any = None) -> list[tuple[str, str]]:
    """What was typed on the other steps, to travel in hidden fields."""
    return [
        (name, value) for name, values in sent.lists() for value in values
        if name not in NEVER_CARRIED and name not in away and (keep is None or name in keep)
    ]


def lines_sent(request: HttpRequest, form: ConveneForm) -> Any:
    """The lines as typed; those that are suggested for these details and are not there yet follow."""
    data = request.POST.copy()
    step = data["step"]
    number = int(data["line-TOTAL_FORMS"]) if NUMBER.fullmatch(data.get("line-TOTAL_FORMS", "")) else 0
    number = min(number, LineSet.max_num)
    if step in ("invite", "more", "back to invitees"):
        number = add_lines(data, form, number, suggestions=step == "invite", empty=step == "more")
    data["line-TOTAL_FORMS"], data["line-INITIAL_FORMS"] = str(number), "0"
    people = nameable(request.user, form.partnership, form.before).select_related("agency")
    return LineSet(data, prefix="line", form_kwargs={
        "agencies": agencies_of(form.partnership), "people": people,
    })


def add_lines(
    data: QueryDict, form: ConveneForm, number: int, *, suggestions: bool, empty: bool
) -> int:
    """Put more lines under those that were sent; gives how many there are then."""
    there = {data.get(f"line-{place}-agency") for place in range(number)}
    new = [one for one in suggested(form) if str(one.agency.pk) not in there] if suggestions else []
    if number and not empty:
        rows = [as_typed(one) for one in new]
    else:
        rows = [*(as_typed(one) for one in new), *({"involved": "yes"} for _ in range(MORE))]
    for place, row in enumerate(rows, start=number):
        for name, value in row.items():
            data[f"line-{place}-{name}"] = value
    return min(number + len(rows), LineSet.max_num)


def suggested(form: ConveneForm) -> list:
    data, last = form.cleaned_data, form.before
    known = nameable(form.user, form.partnership, last).filter(
        Q(attendance__meeting=last) | Q(pk__in=last.lines.values("deputy_for"))
    ).values_list("pk", flat=True) if last else ()
    return suggest(
        form.partnership, data["kind"], data["held_on"], last=last, lead=data.get("lead"),
        nameable=set(known), rules=form.rules,
    )


def as_typed(one: Any) -> dict[str, str]:
    """A suggestion as the fields of a line."""
    found = {
        "agency": str(one.agency.pk), "source": one.source.value, "person": shown(one.staff_member),
        "job_title": one.job_title, "involved": "yes" if one.involved else "no",
    }
    return found | ({"invite": "on"} if one.ticked else {})


# --- Done -----------------------------------------------------------------------------------------


def written(request: HttpRequest, form: ConveneForm, lines: Any) -> HttpResponse:
    """Write it down, once: a second click finds what the first one made."""
    invitations = [line.invitation(form.cleaned_data["invited_on"]) for line in lines.wanted()]
    made = tried(form, lambda: actions.convene(
        by=request.user, partnership=form.partnership, invite=invitations, **form.details()
    ), TAKEN)
    if made:
        messages.success(request, f"{made.reference} is convened for {longdate(made.held_on)}, {invited(len(invitations))}.")
        return redirect(page_of(made))
    there = made_before(request, form)
    if there:
        messages.info(request, f"{there.reference} was convened already: nothing was written twice.")
        return redirect(page_of(there))
    return details_page(request, form)


def invited(number: int) -> str:
    return f"and {number} {'invitation is' if number == 1 else 'invitations are'} on its register"


def made_before(request: HttpRequest, form: ConveneForm) -> Meeting | None:
    """The same meeting, convened by the same person."""
    same = {name: form.cleaned_data[name] for name in ("reference", "kind", "held_on")}
    there = recordable(request.user).filter(partnership=form.partnership, **same).first()
    # unscoped: what the person did themselves
    mine = HistoryEntry.objects.filter(
        user=request.user, verb="convened", subject_type=Meeting._meta.label_lower,
    )
    return there if there and mine.filter(subject_id=there.pk).exists() else None
