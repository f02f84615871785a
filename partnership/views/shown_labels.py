"""What a form's own page calls its fields and its choices, read from the page as its reader sees it."""

from __future__ import annotations

import logging
import re
from copy import copy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve

OPTIONAL = re.compile(r"\s*\(optional\)$")
READ = ("h1", "label", "legend", "option")
UNSHOWN = frozenset({"hidden", "submit", "button", "password", "file"})
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Control:
    """The controls of one name: how they are asked, and the words of each choice."""

    kind: str  # of its input; else "select" or "textarea"
    id: str = ""
    legends: tuple[str, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)  # by value: words, or the box's own number


class PageLabels(HTMLParser):
    """Every control of a page with its label, its legends and its choices; and the page's heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.controls: dict[str, Control] = {}
        self.labels: dict[str, str] = {}  # by the number of the control
        self.legends: list[str] = []
        self.heading = ""
        self.open: list[str] | None = None  # the words that are being read
        self.at = ""  # what those words belong to
        self.listed: tuple[str, str] = ("", "")  # the select, and its option
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "fieldset":
            self.legends.append("")
        elif tag in READ:
            self.open, self.at = [], given.get("for", "")
            self.listed = (self.listed[0], given.get("value", ""))
        elif tag in ("input", "select", "textarea") and given.get("name"):
            self.take(tag, given)

    def take(self, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text") if tag == "input" else tag
        legends = tuple(legend for legend in self.legends if legend)
        found = self.controls.setdefault(name, Control(kind, given.get("id", ""), legends))
        if kind in ("radio", "checkbox"):
            found.choices[given.get("value", "on")] = given.get("id", "")
        self.listed = (name if tag == "select" else "", "")

    def handle_data(self, data: str) -> None:
        if self.open is not None:
            self.open.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset" and self.legends:
            self.legends.pop()
        if tag not in READ or self.open is None:
            return
        read, self.open = self.open, None
        words = OPTIONAL.sub("", " ".join("".join(read).split()))
        if tag == "h1":
            self.heading = " ".join("".join(read[:1]).split())  # without its caption
        elif tag == "label":
            self.labels[self.at] = words
        elif tag == "legend" and self.legends:
            self.legends[-1] = words
        elif tag == "option" and self.listed[0]:
            self.controls[self.listed[0]].choices[self.listed[1]] = words

    def row(self, name: str, values: list[str]) -> tuple[str, list[str]] | None:
        """The question of a name and what was answered, in words; None where a page shows none."""
        found = self.controls[name]
        if found.kind in UNSHOWN:
            return None
        one = self.labels.get(found.id, "")
        if found.kind == "checkbox" and len(found.choices) == 1 and not found.legends:
            return one, ["Yes"]
        if found.kind in ("radio", "checkbox"):
            chosen = [self.labels.get(found.choices.get(value, ""), "") for value in values]
            return ": ".join(found.legends) or one, chosen
        if found.kind == "select":
            values = [found.choices.get(value, "") for value in values if value]
        return ": ".join((*found.legends, one)), values


def labels_at(request: HttpRequest, address: str) -> PageLabels:
    """The labels of the page at an address, as this very reader is shown it; of no page there are none."""
    try:
        return PageLabels(page_at(request, address))
    except (Http404, PermissionDenied):
        return PageLabels("")
    except Exception:
        # Whatever is wrong with that page, what was typed must be shown.
        log.exception("The page of a kept form could not be read: %s", urlsplit(address).path)
        return PageLabels("")


def page_at(request: HttpRequest, address: str) -> str:
    parts = urlsplit(address)
    found = resolve(parts.path)
    asked = copy(request)
    asked.method, asked.path, asked.path_info = "GET", parts.path, parts.path
    asked.GET, asked.POST = QueryDict(parts.query), QueryDict()
    asked.META = request.META | {"REQUEST_METHOD": "GET", "QUERY_STRING": parts.query}
    asked.resolver_match = found
    asked._messages = []  # those of the reader wait for a page that they see
    answer = found.func(asked, *found.args, **found.kwargs)
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_page else ""
