"""What all pages of a change share: trying the action, and both versions when it came too late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnership.forms import put_errors
from partnership.models import HistoryEntry
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate, longmoment

COLUMNS = [{"text": text} for text in ("Detail", "In Quorate now", "What you typed", "Differs")]


def tried(form: forms.Form, act: Callable[[], Any], taken: str = "") -> Any:
    """What the action gives; None with the errors in the form when it refused.

    ``taken`` is the sentence for what somebody else wrote in the same moment; without it such a
    clash is a fault.
    """
    try:
        return act()
    except ChangedSince:
        raise
    except ValidationError as error:
        put_errors(form, error)
    except IntegrityError:
        if not taken:
            raise
        form.add_error(None, taken)
    return None


def changed_since(
    request: HttpRequest, form: forms.Form, row: models.Model, *, name: str, seen: str,
    crumbs: list[dict[str, str]], back: str, values: dict[str, Any] | None = None,
) -> HttpResponse:
    """409: what stands now beside what was typed; saving again is then a choice with open eyes.

    ``row`` is read anew and ``seen`` is its fingerprint now; ``values`` are those of the form's
    fields that are no attributes of the row. What the row does not have, such as a reason, is no version.
    """
    names = [field.name for field in form.visible_fields()]
    now = {name: getattr(row, name) for name in names if hasattr(row, name)}
    return render(request, "partnership/changed_since.html", {
        "form": form, "name": name, "seen": seen, "crumbs": crumbs, "back": back,
        "rows": both_versions(form, now | (values or {})), "columns": COLUMNS,
        "who": last_change(request, row),
    }, status=409)


def both_versions(form: forms.Form, now: dict[str, Any]) -> list[list[Any]]:
    """A line for each field: what stands now, what was typed, and whether they differ."""
    rows = []
    for field in form.visible_fields():
        there, ours = field.name in now, in_words(field, form.cleaned_data.get(field.name))
        theirs = in_words(field, now[field.name]) if there else ""
        differs = {"text": "Differs", "tag_colour": "yellow"} if there and ours != theirs else {"text": ""}
        rows.append([{"text": field.label, "header": True}, theirs, ours, differs])
    return rows


def in_words(field: forms.BoundField, value: Any) -> str:
    """A field's value as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if hasattr(value, "year"):
        return longdate(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return ", ".join(in_words(field, one) for one in value) or "–"
    choices = getattr(field.field, "choices", ()) if isinstance(value, str) else ()
    return dict(flat(choices)).get(value) or ("–" if value in (None, "") else str(value))


def flat(choices: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(key), str(text)) for key, text in choices if not isinstance(text, (list, tuple))]


def last_change(request: HttpRequest, row: models.Model) -> str:
    """By whom and when, as far as the reader may know."""
    reach = HistoryEntry.objects.visible_to(request.user).filter(
        subject_type=row._meta.label_lower, subject_id=row.pk
    )
    found = reach.select_related("user").first()
    return f"by {found.user or 'the operator'} on {longmoment(found.at)}" if found else ""
