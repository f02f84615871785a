"""How the places of sessions were used: counts, and the rows behind each of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from partnership.exporting import ListFile, as_file, download, in_places
from partnership.models import Agency, Partnership, today
from partnership.reach import held
from partnership.roles import Permission
from training.models import Booking, Session
from training.take_up import LABELS, Span, TakeUp, Tally, take_up
from training.views.areas import crumbs, index, must

P = Permission
ROUTE = "training:take-up"
HERE = {"text": "Take-up", "href": "/courses/take-up/"}
OF_SESSIONS = ("sessions", "places")  # all other numbers count bookings
DEFINITIONS = (
    ("Places used", "All who came, walk-ins too, of the places offered."),
    ("Of those booked", "Who came with a booking, of all who ever held one, cancelled or not. Walk-ins are left out."),
    ("Of those expected", "Who came with a booking, of those who held one and did not cancel."),
)


@dataclass
class Asked:
    """What the reader asks about, as far as they reach: whole partnerships, or their own agencies."""

    request: HttpRequest

    @cached_property
    def whole(self) -> bool:
        """Whether everybody's bookings are counted, or those of the reader's own agencies alone."""
        return bool(held(self.request.user, P.VIEW_SESSION_TAKE_UP).partnerships)

    @cached_property
    def partnerships(self) -> list[Partnership]:
        reach = Partnership.objects.within_reach_as_a_whole if self.whole else Partnership.objects.within_reach
        return list(reach(self.request.user, P.VIEW_SESSION_TAKE_UP).order_by("name"))

    @cached_property
    def chosen(self) -> list[Partnership]:
        """The one asked for, else all; 404 for one out of reach."""
        asked = self.request.GET.get("partnership")
        found = [one for one in self.partnerships if one.code == asked]
        if asked and not found:
            raise Http404
        return found or self.partnerships

    @cached_property
    def span(self) -> Span:
        asked = self.request.GET.get("period")
        found = Span.parse(asked) if asked else Span.year_of(today())
        if found is None:
            raise Http404
        return found

    @cached_property
    def sessions(self) -> Any:
        reach = Session.objects.within_reach(self.request.user, P.VIEW_SESSION_TAKE_UP)
        return reach.filter(partnership__in=self.chosen)

    @cached_property
    def bookings(self) -> Any:
        """As they were booked: a person who moved since counts where they were."""
        user = self.request.user
        reach = Booking.objects.within_reach(user, P.VIEW_SESSION_TAKE_UP)
        rows = reach.filter(session__partnership__in=self.chosen)
        own = Agency.objects.within_reach(user, P.VIEW_SESSION_TAKE_UP)
        return rows if self.whole else rows.filter(agency__in=own)

    @cached_property
    def found(self) -> TakeUp:
        return take_up(self.sessions, self.bookings, self.span, today())

    @property
    def columns(self) -> list[str]:
        """The numbers shown: places belong to sessions, so an agency's lead has none."""
        return [name for name in LABELS if self.whole or name != "places"]

    def link(self, **more: object) -> str:
        kept = {name: self.request.GET[name] for name in ("partnership",) if name in self.request.GET}
        return "?" + urlencode(kept | {"period": self.span.slug} | more)

    def rows_link(self, **more: object) -> str:
        return reverse("training:take-up-rows") + self.link(**more)


def show(request: HttpRequest) -> HttpResponse:
    must(request, P.VIEW_SESSION_TAKE_UP)
    asked = Asked(request)
    found = asked.found
    return render(request, "training/take_up.html", {
        "index": index(request.user, ROUTE), "span": asked.span, "whole": asked.whole,
        "figures": figures(asked, found.whole), "tables": tables(asked), "beside": found.beside,
        "empty": not found.sessions, "periods": periods(asked), "places": places(asked),
        "definitions": DEFINITIONS, 
        "files": [download(request, "training:take-up-file", text="Download these tables")],
        "crumbs": crumbs(HERE["text"]),
    })


def periods(asked: Asked) -> list[dict[str, Any]]:
    """The years around, and the halves and quarters of the one shown."""
    year = Span(asked.span.year)
    after = [Span(year.year + 1)] if year.year < 2199 else []
    spans = [Span(year.year - 1), year, *after, *year.halves, *year.quarters]
    return [
        {"text": s.name, "href": asked.link(period=s.slug), "current": s == asked.span} for s in spans
    ]


def places(asked: Asked) -> list[dict[str, Any]]:
    """Which partnership, where there are several."""
    if len(asked.partnerships) < 2:
        return []
    period = {"period": asked.span.slug}
    links = [{"text": "All", "href": "?" + urlencode(period), "current": len(asked.chosen) > 1}]
    return links + [
        {"text": one.name, "href": "?" + urlencode(period | {"partnership": one.code}),
         "current": asked.chosen == [one]}
        for one in asked.partnerships
    ]


def figures(asked: Asked, tally: Tally) -> list[dict[str, Any]]:
    """The three shares, each met of total on its named basis."""
    shares = [tally.of_places, tally.of_booked, tally.of_expected]
    names = ["came", "attended", "attended"]
    found = [
        {"title": title, "percent": share.printed, "working": share.working, "definition": sentence,
         "href": asked.rows_link(count=name) if share.met else ""}
        for (title, sentence), share, name in zip(DEFINITIONS, shares, names, strict=True)
    ]
    return found if asked.whole else found[1:]


# --- Tables -------------------------------------------------------------------------------------------


def tables(asked: Asked) -> list[dict[str, Any]]:
    """By course, by agency, and by quarter of a year."""
    found = asked.found
    courses = {s.course_id: s.course.title for s in found.sessions}
    by = [("course", "By course", found.by(lambda s: s.course_id), courses)]
    agencies = dict(Agency.objects.within_reach(asked.request.user, P.VIEW_SESSION_TAKE_UP).values_list("pk", "name"))
    by.append(("agency", "By agency", found.by_agency(), agencies))
    if not asked.span.quarter:
        quarters = {q.quarter: q.name for q in asked.span.quarters}
        by.append(("quarter", "By quarter", found.by(lambda s: quarter_of(asked.span, s)), quarters))
    return [table(asked, *one) for one in by]


def quarter_of(span: Span, session: Session) -> int:
    return next(part.quarter for part in span.quarters if session.held_on in part)


def shown_columns(asked: Asked, dimension: str) -> list[str]:
    """An agency has no sessions and no places of its own."""
    return [name for name in asked.columns if dimension != "agency" or name not in OF_SESSIONS]


def table(
    asked: Asked, dimension: str, caption: str, tallies: dict[Hashable, Tally], names: dict[Any, str]
) -> dict[str, Any]:
    columns = shown_columns(asked, dimension)
    keys = sorted(tallies) if dimension == "quarter" else sorted(tallies, key=lambda key: str(names.get(key)))
    rows = [
        [{"text": names.get(key, "Another agency"), "header": True},
         *(number(asked, tallies[key], name, **{dimension: key}) | share(asked, dimension, tallies[key], name)
           for name in columns)]
        for key in keys
    ]
    whole = asked.found.whole
    footer = [{"text": "Total", "header": True}, *({"text": whole[name] or "none"} for name in columns)]
    return {
        "caption": caption, "rows": rows, "footer": footer if rows else [],
        "columns": [{"text": caption.removeprefix("By ").capitalize(), "header": True},
                    *({"text": LABELS[name], "numeric": True} for name in columns)],
    }


def share(asked: Asked, dimension: str, tally: Tally, name: str) -> dict[str, str]:
    """Under who came: of which total it is which share."""
    if name == "came" and asked.whole and dimension != "agency" and tally.places:
        return {"hint": f"{tally.of_places.printed} of places"}
    if name == "attended" and tally["registered"]:
        return {"hint": f"{tally.of_booked.printed} of booked"}
    return {}


def number(asked: Asked, tally: Tally, name: str, **by: Any) -> dict[str, Any]:
    """A count that leads to its rows; nothing is "none", and leads nowhere."""
    value = tally[name]
    if not value:
        return {"text": "none"}
    return {"text": value, "href": asked.rows_link(count=name, **by), "hidden": LABELS[name].lower()}


def show_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """All three tables in one file: what it is by, its name, and the counts."""
    must(request, P.VIEW_SESSION_TAKE_UP)
    asked = Asked(request)
    columns = in_places(["By", "Name", *LABELS.values()])
    return as_file(form, ListFile(f"take-up-{asked.span.slug}", columns, file_rows(asked)))


def file_rows(asked: Asked) -> Iterable[list[object]]:
    for one in tables(asked):
        kind = one["caption"].removeprefix("By ").capitalize()
        shown = shown_columns(asked, kind.lower())
        for cells in [*one["rows"], *([one["footer"]] if one["footer"] else [])]:
            values = dict(zip(shown, cells[1:], strict=False))
            yield [kind, cells[0]["text"], *(file_value(values.get(name)) for name in LABELS)]


def file_value(cell: dict[str, Any] | None) -> object:
    """A count as a number; nothing is 0 in a file, and empty where it does not apply."""
    if cell is None:
        return ""
    return 0 if cell["text"] == "none" else cell["text"]
