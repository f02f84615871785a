"""The queue, the suggestions and the themes as files: what their pages show, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from escalation.actions.suggesting import handled_words
from escalation.choices import Grounds, SuggestionState, Theme
from escalation.models import Escalation, Stage, Suggestion
from escalation.views.queue import SHORT_GROUNDS, next_of
from escalation.views.queued import Listing, rows_of, with_late_action
from escalation.views.reaching import may_open_queue
from escalation.views.suggestions import listed, visible_meetings
from escalation.views.themes import cases_within, counts
from partnership.exporting import ListFile, as_file, dated, in_chunks, in_places

QUEUE = (
    "Reference", "Urgent", "State", "Due at", "Closed at", "About", "Raised for", "Grounds", "Stage",
    "Stage title", "Agreed action overdue",
)
THEMES = ("By", "Theme", "Open", "Closed")


def queue(request: HttpRequest, form: str) -> HttpResponseBase:
    if not may_open_queue(request.user):
        raise PermissionDenied
    return as_file(form, ListFile(dated("escalations"), in_places(QUEUE), queued(Listing(request))))


def queued(listing: Listing) -> Iterator[tuple[object, ...]]:
    """The cases of all pages, in the order of the pages."""
    user = listing.request.user
    places = [
        place for segment in listing.segments
        for place in segment.places(segment.ordered(backwards=False), None)
    ]
    for chunk in in_chunks(places):
        rows = rows_of(chunk)
        keys = [row.escalation_id if isinstance(row, Stage) else row.pk for row in rows]
        late = set(with_late_action(user).filter(pk__in=keys).values_list("pk", flat=True))
        yield from (
            values(row, key in late, listing) for key, row in zip(keys, rows, strict=True)
        )


def values(row: Stage | Escalation, late: bool, listing: Listing) -> tuple[object, ...]:
    if isinstance(row, Stage):
        case, closed_at = row.escalation, None
        state, due_at = next_of(row, listing.now)["text"], None if row.answered_at else row.due_at
        state = "Answer due" if state.startswith("Answer by") else state
        stage = row.policy_stage.position, row.policy_stage.title
    else:
        case, closed_at, state, due_at = row, row.closed_at, row.get_state_display(), None
        stage = row.last_position, row.last_title
    return (
        case.reference, case.urgent, state, due_at, closed_at, case.about.name,
        case.raised_for.name if case.raised_for else "Conference service",
        SHORT_GROUNDS[Grounds(case.grounds)], *stage, late,
    )


def suggestion_list(request: HttpRequest, form: str) -> HttpResponseBase:
    _, rows = listed(request)
    columns = {
        "Partnership": "partnership.name", "About": "about.name", "Trigger": "get_trigger_display",
        "Why": "sentence", "Meetings": "shown_meetings", "Found at": "found_at",
        "State": "get_state_display",
        "Handled": lambda row: "" if row.state == SuggestionState.OPEN else handled_words(row, request.user),
        "Reason for dismissing": "dismiss_reason",
    }
    return as_file(form, ListFile(dated("suggestions"), columns, with_meetings(request, rows)))


def with_meetings(request: HttpRequest, rows: Any) -> Iterator[Suggestion]:
    """Each with the meetings that the reader may see."""
    for chunk in in_chunks(rows):
        seen = visible_meetings(request, chunk)
        for row in chunk:
            row.shown_meetings = ", ".join(m.reference for m in row.meetings.all() if m.pk in seen)
            yield row


def themes(request: HttpRequest, form: str) -> HttpResponseBase:
    """Both tables in one file."""
    cases = cases_within(request)
    rows = [
        (title, *row)
        for title, name, choices in (
            ("Grounds", "grounds", Grounds), ("To be learned", "learning_theme", Theme)
        )
        for row in counts(cases, name, choices)
    ]
    return as_file(form, ListFile(dated("themes"), in_places(THEMES), rows))
