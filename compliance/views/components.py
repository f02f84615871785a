"""Every component in its states, with what it takes: for those who build pages, and for a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from partnership.forms import Day

NEVER_HERE = frozenset({"plain_page"})  # a whole page of its own, for when nothing else works


class SampleForm(forms.Form):
    """A field of each usual sort."""

    name = forms.CharField(label="Name", help_text="As it stands on the staff list.")
    began_on = Day("Started on")
    kind = forms.ChoiceField(label="Kind of meeting", choices=[("", "Choose"), ("c", "Conference")])
    involved = forms.ChoiceField(
        label="Involved with the family", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("mon", "Monday"), ("tue", "Tuesday")],
        widget=forms.CheckboxSelectMultiple, required=False,
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    told = forms.BooleanField(label="Everybody was told")


class PasswordForm(forms.Form):
    password1 = forms.CharField(label="New password", widget=forms.PasswordInput)
    password2 = forms.CharField(label="New password again", widget=forms.PasswordInput)


@dataclass(frozen=True, slots=True)
class Sample:
    """A component in one state."""

    component: str
    state: str
    takes: dict[str, Any]


def form(name: str, data: dict | None = None) -> SampleForm:
    """A form whose controls share no number with another's on the page."""
    found = SampleForm(data, auto_id=f"id_{name}_%s")
    found.is_valid()
    return found


ITEMS = [
    {"text": "First", "href": "?part=1", "current": True}, {"text": "Second", "href": "?part=2"},
]
COLUMNS = [
    {"text": "Agency", "header": True, "sort_href": "?sort=agency", "sort_dir": "asc"},
    {"text": "State"}, {"text": "Met", "numeric": True},
]
ROWS = [
    [{"text": "Health visiting", "href": "?agency=hv", "hint": "In Northwold"},
     {"text": "Good", "tag_colour": "green"}, "97.2%"],
    ["Police", {"text": "Act", "tag_colour": "red"}, "62.3%"],
]
FIGURE = {
    "title": "Quoracy", "percent": "88.6%", "working": "234 of 264", "basis": "basis: all held",
    "rating": "Watch", "target": "good from 90%", "last": "2013-14: 86.0% (221 of 257)",
    "href": "?measure=quoracy",
}
NOTHING = {
    "title": "Escalations answered in time", "percent": "none", "working": "0 of 0", "rating": "",
}


def samples() -> list[Sample]:
    """All of them, in the order of their names."""
    return sorted([*words(), *numbers(), *choices(), *forms_shown()], key=lambda one: one.component)


def words() -> list[Sample]:
    return [
        Sample("banner", "Success", {"text": "Saved.", "kind": "success", "number": 1}),
        Sample("banner", "Error", {"text": "Nothing was saved.", "kind": "error", "number": 2}),
        Sample("banner", "To know, with a link", {
            "text": "The register is open.", "number": 3, "href": "?open", "link_text": "Open it",
        }),
        Sample("breadcrumbs", "Three steps", {
            "label": "Breadcrumb, a sample",
            "items": [{"text": "Home", "href": "/"}, {"text": "Meetings", "href": "/meetings/"}, {"text": "NW-1"}],
        }),
        Sample("details", "Closed", {"summary": "How this is counted", "text": "Met of total."}),
        Sample("details", "Open", {"summary": "Which days", "text": "Working days only.", "open": True}),
        Sample("empty_state", "With what to do next", {
            "title": "No sessions yet", "text": "Add the first one.", "action_text": "Add a session",
            "action_href": "?add",
        }),
        Sample("inset", "Plain", {"text": "Nothing is required of your role group."}),
        Sample("summary_list", "With an action, a tag and a hint", {"rows": [
            {"key": "Date", "value": "31 March 2015", "action_href": "?change"},
            {"key": "Quoracy", "value": "Quorate", "tag_colour": "green", "hint": "All were there."},
            {"key": "Agency", "value": "Police", "href": "?agency"},
        ]}),
        *(Sample("tag", colour or "Without a colour", {"text": text, "colour": colour})
          for text, colour in (("Good", "green"), ("Watch", "yellow"), ("Act", "red"),
                               ("Planned", "blue"), ("Decided", "purple"), ("Left", "grey"))),
        Sample("task_list", "One to do, one to know", {"tasks": [
            {"number": 2, "text": "registers are still open", "href": "?registers", "urgent": True},
            {"number": 1, "text": "meeting this week", "href": "?meetings", "hint": "On Tuesday"},
        ]}),
        Sample("warning_text", "Plain", {"text": "Immediate danger goes by referral or 999 today."}),
    ]


def numbers() -> list[Sample]:
    return [
        Sample("chart", "With its table beside", {
            "caption": "Contribution to conferences", "beside": True, "width": 60, "height": 60,
            "src": static("favicon.svg"), "alt": "Where a drawing stands. Health visiting 83.7%.", "table_caption": "Contribution, in figures",
            "columns": [{"text": "Agency", "header": True}, {"text": "Met", "numeric": True}],
            "rows": [["Health visiting", "83.7%"]],
        }),
        Sample("downloads", "One list; and the same for another purpose", {"files": [
            {"text": "Download this list", "csv": "?form=csv", "xlsx": "?form=xlsx"},
            {"text": "For sending back", "csv": "?back=csv", "xlsx": "?back=xlsx",
             "hint": "Under the headings that an upload reads."},
        ]}),
        Sample("figure", "Rated, leading to its rows", {**FIGURE, "level": 4}),
        Sample("figure", "Nothing to count", {**NOTHING, "level": 4}),
        Sample("figures", "Two", {"figures": [FIGURE, NOTHING], "level": 4}),
        Sample("table", "Full, sorted", {"caption": "Agencies", "columns": COLUMNS, "rows": ROWS}),
        Sample("table", "Full, with a last row", {
            "caption": "Agencies, with all", "columns": COLUMNS, "rows": ROWS, "footer": ["All", "", "79.1%"],
        }),
        Sample("table", "Empty", {
            "caption": "Agencies, none", "columns": COLUMNS, "rows": [], "empty": "No agency yet.",
        }),
    ]


def choices() -> list[Sample]:
    return [
        Sample("button", "Link", {"text": "Open", "href": "?open"}),
        Sample("button", "Secondary", {"text": "Print", "href": "?print", "kind": "secondary"}),
        Sample("button", "Warning, for what cannot be undone", {"text": "Withdraw", "kind": "warning"}),
        Sample("button", "Sends a form of its own", {"text": "Look again", "post": "?again"}),
        Sample("button_group", "A main thing, another, and a way out", {"items": [
            {"text": "Log training", "href": "?log"},
            {"text": "See who is due", "href": "?due", "kind": "secondary"},
            {"text": "Cancel", "href": "?cancel", "kind": "link"},
        ]}),
        Sample("key_pages", "In the middle of a list", {"pages": [
            {"text": "Newest", "href": "?"}, {"text": "Older", "href": "?after=x", "rel": "next"},
        ]}),
        Sample("pagination", "The third of ten pages", {
            "label": "Pages, a sample", "page": Paginator(range(250), 25).page(3),
        }),
        Sample("pagination", "All on one page", {"page": Paginator(range(3), 25).page(1)}),
        Sample("period_picker", "Two to choose from", {"items": ITEMS}),
    ]


def forms_shown() -> list[Sample]:
    wrong = form("wrong", {"name": "", "began_on": "soon", "kind": "x"})
    return [
        Sample("error_summary", "Of one's own errors", {
            "errors": [{"text": "Fill in “Name”.", "href": "#id_wrong_name"}],
        }),
        Sample("field_errors", "One field", {"field": form("alone", {"name": ""})["name"]}),
        Sample("fields", "Without a form around them", {"form": form("bare")}),
        Sample("filters", "Nothing chosen", {"form": form("filter"), "clear_href": "?", "title": "Sample filter"}),
        Sample("form", "Empty", {"form": form("empty"), "cancel_href": "?"}),
        Sample("form", "With errors, all that was typed kept", {"form": wrong}),
        Sample("progress", "Half-way", {"text": "4 of 8 rows looked at.", "percent": 50, "refresh": "?"}),
        Sample("new_password", "Empty", {"form": PasswordForm(auto_id="id_new_%s")}),
    ]


def components(request: HttpRequest) -> HttpResponse:
    """The samples, each made by the component itself."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in samples():
        shown = {"state": one.state, "html": drawn(request, one), "takes": ", ".join(one.takes)}
        groups.setdefault(one.component, []).append(shown)
    return render(request, "compliance/components.html", {
        "groups": groups,
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Components", "href": ""}],
    })


def drawn(request: HttpRequest, one: Sample) -> SafeString:
    # Made by a template that escapes what it is given; nothing here comes from anybody.
    return mark_safe(render_to_string(f"components/{one.component}.html", one.takes, request))
