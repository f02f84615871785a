"""What was typed and not saved because the sign-in had ended; and staying signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure

from partnership import kept
from partnership.middleware import sign_in_again
from partnership.views.shown_labels import PageLabels, labels_at

TECHNICAL = frozenset({"seen", "next", "page", "step", "sent"})
LONGEST = 300  # characters shown of one value; all of it is sent


def unsaved(request: HttpRequest) -> HttpResponse:
    """The forms that came after the session had ended: to send them again, or to throw them away."""
    if request.method == "POST":
        kept.forget(request, which=request.POST.get("away") or "none")
        return redirect("partnership:unsaved")
    forms = [laid_out(form, labels_at(request, form["to"])) for form in kept.kept_for(request)]
    return render(request, "partnership/unsaved.html", {
        "kept": forms,
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Not saved yet"}],
    })


def laid_out(form: dict[str, Any], labels: PageLabels) -> dict[str, Any]:
    """A kept form: where it goes, what is sent, and what its page calls what was typed and chosen."""
    found = [row(name, values, labels) for name, values in form["lines"] if name not in TECHNICAL]
    return {
        "id": form["id"], "to": form["to"], "files": form["files"], "title": labels.heading,
        "fields": list(kept.fields_of(form)),
        "rows": [one for one in found if one and one["value"]],
    }


def row(name: str, values: list[str], labels: PageLabels) -> dict[str, str] | None:
    """A field in the words of its page; one that the page does not have, by its name."""
    if name in labels.controls:
        shown = labels.row(name, values)
    else:
        shown = in_words(name), [value for value in values if was_typed(value)]
    if shown is None:
        return None
    key, answers = shown
    return {
        "key": key or in_words(name),
        "value": "\n".join(shortened(answer) for answer in answers if answer.strip()),
    }


def in_words(name: str) -> str:
    """ "outcome_wanted" is "Outcome wanted"; "line-3-reason" is "Line 3 reason"."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def was_typed(value: str) -> bool:
    """Text, and dates; the number of a choice would tell nobody anything."""
    return bool(value.strip()) and not value.strip().isdigit()


def shortened(value: str) -> str:
    return value if len(value) <= LONGEST else value[:LONGEST].rstrip() + " … (all of it is kept)"


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the right token: one that was open before somebody signed in anew.

    Nothing is done with it. Who had it open gets it back; nobody else does.
    """
    if not kept.can_keep(request):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return sign_in_again(request)
    if kept.opened_by(request) != request.user.pk or not kept.keep(request):
        return csrf_failure(request, reason)
    return redirect("partnership:unsaved")


def stay(request: HttpRequest) -> JsonResponse:
    """Asked for by the page's script when somebody chooses to stay signed in."""
    return JsonResponse({"minutes": request.signed_in_minutes, "more": request.signed_in_can_stay})
