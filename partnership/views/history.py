"""The history: who did what, when, to what, before and after, as far as the reader may read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode

from partnership.exporting import ListFile, as_file, dated, download, in_chunks, in_places
from partnership.history import record
from partnership.history_filters import HistoryFilter, reads_no_agency, row_named
from partnership.models import HistoryEntry, StaffMember, User
from partnership.reach import can, held
from partnership.reading import Reading, kind_of, readable
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.keyset import END, KeyPage, Segment, page

PAGE = 25
HIDDEN = "Changed, not shown to your role"
SOMETHING = "Something more"
OPERATOR = "The operator"
SOMEBODY = "Somebody not named to your role"
LONG = 10_000  # entries; each has a line in the file for each field that changed
MANY = (
    f"More than {LONG:,} entries: as XLSX they may take half a minute or longer before they come. CSV is "
    "quicker. Filters make both shorter."
)
COLUMNS = ("When and who", "What was done, to what", "Before and after")
FILE_COLUMNS = ("When", "Who", "What was done", "Kind", "To what", "Detail", "Before", "After")
# Values that are lists themselves, so that two of them are no before and after.
LISTS = frozenset({"courses", "stages", "meetings", "required_sectors", "covers", "parts", "users"})
LABELS = {
    "held_on": "Date", "left_on": "Out of post from", "user_name": "Whose", "sentence": "Quoracy",
    "on_plan": "On a plan afterwards", "within_days": "Within days", "names": "With names",
}


def may_open(request: HttpRequest) -> None:
    if not can(request.user, Permission.VIEW_HISTORY):
        raise PermissionDenied


def narrowed(request: HttpRequest) -> HistoryFilter:
    return HistoryFilter(request.GET, queryset=readable(request.user), user=request.user)


def history(request: HttpRequest) -> HttpResponse:
    """The newest first, 25 a page; no page costs more than another."""
    may_open(request)
    asked = narrowed(request)
    good = asked.form.is_valid()
    rows = asked.qs if good else HistoryEntry.objects.none()  # unscoped: empty
    found = page(
        [Segment("h", rows, "at", newest=True)], PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )
    entries = entries_at(request, found)
    reading = Reading(request.user, entries)
    return render(request, "partnership/history.html", {
        "filter": asked.form,
        "form": asked.form,
        "narrowed": any(request.GET.get(name) for name in asked.filters),
        "of_one": one_row(request, entries, reading),
        "columns": [{"text": text} for text in COLUMNS],
        "lines": [line(entry, reading) for entry in entries],
        "pages": neighbours(request, found),
        "files": [download(request, "partnership:history-file", hint=MANY if many(rows) else "")],
        "own": not (held(request.user, Permission.VIEW_HISTORY).agencies
                    or held(request.user, Permission.VIEW_HISTORY).partnerships),
        "no_agency": reads_no_agency(request.user),
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "History", "href": ""}],
    }, status=200 if good else 422)


def many(rows: QuerySet[HistoryEntry]) -> bool:
    """Whether a workbook of them takes long. They are not counted: there may be millions."""
    return rows.order_by()[LONG:LONG + 1].exists()


def entries_at(request: HttpRequest, found: KeyPage) -> list[HistoryEntry]:
    """The entries of a page in their order."""
    rows = HistoryEntry.objects.visible_to(request.user).select_related("user", "agency")
    entries = rows.in_bulk([place.pk for place in found.rows])
    return [entries[place.pk] for place in found.rows if place.pk in entries]


def one_row(request: HttpRequest, entries: list[HistoryEntry], reading: Reading) -> str:
    """The name of the one row that is asked about, where its reader may read it."""
    asked = row_named(request.GET.get("subject", ""))
    if asked is None:
        return ""
    own = [entry for entry in entries if (entry.subject_type, entry.subject_id) == asked]
    if asked[0] == "partnership.staffmember":
        reach = StaffMember.objects.within_reach(request.user, Permission.VIEW_STAFF)
        person = reach.filter(pk=asked[1]).first()
        return person.name if person else "one row"
    return own[0].subject if own and reading.reads_words(own[0]) else "one row"


def neighbours(request: HttpRequest, found: KeyPage) -> list[dict]:
    """Links to newer and older entries."""
    kept = [(name, value) for name, values in request.GET.lists() for value in values
            if name not in ("after", "before") and value]

    def link(text: str, rel: str, **place: object) -> dict:
        return {"text": text, "rel": rel, "href": "?" + urlencode([*kept, *place.items()])}

    newer = [link("Newest", ""), link("Newer", "prev", before=found.before)] if found.before else []
    older = [link("Older", "next", after=found.after), link("Oldest", "", before=END)] if found.after else []
    return newer + older


# --- In words -------------------------------------------------------------------------------------


def line(entry: HistoryEntry, reading: Reading) -> dict[str, Any]:
    """An entry as a row of the page."""
    return {
        "when": longmoment(entry.at),
        "who": who(entry, reading),
        "verb": entry.verb.capitalize(),
        "kind": kind_of(entry).title,
        "words": words(entry, reading),
        "href": address(entry, reading),
        "agency": entry.agency.name if entry.agency else "",
        "changes": changes(entry, reading),
    }


def who(entry: HistoryEntry, reading: Reading) -> str:
    if entry.user is None:
        return OPERATOR
    return entry.user.name if reading.knows_doer(entry) else SOMEBODY


def words(entry: HistoryEntry, reading: Reading) -> str:
    """What the entry is about, in its own words only for those who may read them elsewhere."""
    return entry.subject if reading.reads_words(entry) else ""


def address(entry: HistoryEntry, reading: Reading) -> str:
    """Where the row has a page that its reader may open."""
    if entry.subject_type == "partnership.staffmember" and reading.reads_words(entry):
        return reverse("compliance:person", args=[entry.subject_id])
    if entry.subject_type == "escalation.escalation" and reading.reads_words(entry):
        return reverse("escalation:detail", args=[entry.subject])
    return ""


def changes(entry: HistoryEntry, reading: Reading) -> list[dict[str, str]]:
    """Each field that the reader may read, before and after; of the others only that there are some."""
    found = [
        {"label": label(name), **before_and_after(entry, name, value)}
        for name, value in entry.changes.items() if reading.reads(entry, name)
    ]
    if len(found) < len(entry.changes):
        found.append({"label": SOMETHING, "hidden": HIDDEN, "before": "", "after": ""})
    return found


def label(name: str) -> str:
    return LABELS.get(name) or name.removesuffix("_on").replace("_", " ").capitalize()


def before_and_after(entry: HistoryEntry, name: str, value: Any) -> dict[str, str]:
    """What it was and what it is; what is new has no before."""
    pair = isinstance(value, list) and len(value) == 2 and (
        name not in LISTS or all(isinstance(one, list) for one in value)
    )
    before, after = value if pair else (None, value)
    return {
        "before": in_words(entry, name, before) if pair else "",
        "after": in_words(entry, name, after),
        "changed": pair,
    }


def in_words(entry: HistoryEntry, name: str, value: Any) -> str:
    """A stored value as people read it: dates, choices, yes and no."""
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(in_words(entry, name, one) for one in value)
    text = str(value)
    return choice_words(entry.subject_type, name, text) or moment_words(text) or text


def choice_words(subject_type: str, name: str, text: str) -> str:
    """The words of a stored code, from the field that holds it."""
    try:
        field = apps.get_model(subject_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return ""
    return str(dict(field.flatchoices).get(text, "")) if getattr(field, "choices", None) else ""


def moment_words(text: str) -> str:
    try:
        if len(text) == 10:
            return longdate(parse_date(text))
        moment = parse_datetime(text) if len(text) > 18 else None
    except ValueError:
        return ""
    return longmoment(moment) if moment else ""


# --- As a file ------------------------------------------------------------------------------------


def history_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The entries of the narrowed list, the newest first, a line for each field."""
    may_open(request)
    asked = narrowed(request)
    if not asked.form.is_valid():
        return history(request)
    there = asked.qs.aggregate(number=Count("pk"), last=Max("pk"))
    note_taken(request.user, there["number"])
    rows = lines_of(request.user, asked.qs.filter(pk__lte=there["last"] or 0))  # without that note
    return as_file(form, ListFile(dated("history"), in_places(FILE_COLUMNS), rows))


def lines_of(user: User, rows: QuerySet) -> Iterator[list[object]]:
    """Each entry as lines, read as far as the person may read it."""
    for entries in in_chunks(newest(rows)):
        reading = Reading(user, entries)
        for entry in entries:
            yield from file_rows(entry, reading)


def newest(rows: QuerySet) -> QuerySet:
    return rows.select_related("user", "agency").order_by("-at", "-pk")


def file_rows(entry: HistoryEntry, reading: Reading) -> list[list[object]]:
    kind, verb = kind_of(entry).title, entry.verb.capitalize()
    head = [entry.at, who(entry, reading), verb, kind, words(entry, reading)]
    details = [[c["label"], c["before"], c.get("hidden") or c["after"]] for c in changes(entry, reading)]
    return [[*head, *detail] for detail in details or [["", "", ""]]]


def note_taken(user: User, number: int) -> None:
    """That a file was taken is in the history itself, in each place that it may have come from."""
    may = held(user, Permission.VIEW_HISTORY)
    for grant in user.grants_in_force():
        if grant.agency_id in may.agencies or grant.partnership_id in may.partnerships:
            record(
                user, "took the history", grant.agency or grant.partnership, agency=grant.agency,
                partnership=grant.partnership, entries=number,
            )
