"""Which missed duties suggest an escalation: four local settings, dated."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conferences.rules import latest
from escalation import actions
from escalation.choices import TriggerKind
from escalation.forms.policy import FromForm, TriggerForm
from escalation.presets import TRIGGERS
from escalation.views.policy import crumbs
from escalation.views.reaching import managed_partnership
from partnership.forms import put_errors
from partnership.models import Partnership, today
from partnership.templatetags.quorate import sentences


def triggers(request: HttpRequest, code: str) -> HttpResponse:
    """Set the triggers from a day on; only what differs is written."""
    partnership = managed_partnership(request, code)
    now = in_force(partnership)
    data = request.POST or None
    form = FromForm(data, initial={"effective_from": today()})
    rows = [
        TriggerForm(data, kind=kind, initial={"on": on, "number": number, "threshold": threshold})
        for kind, (on, number, threshold) in now.items()
    ]
    if (
        data
        and all([form.is_valid(), *(row.is_valid() for row in rows)])
        and save(request, partnership, form, rows, now)
    ):
        return redirect("escalation:triggers", partnership.code)
    wrong = bool(form.errors or any(row.errors for row in rows))
    page = {
        "partnership": partnership,
        "form": form,
        "rows": rows,
        "errors": summary(rows) if wrong else [],
        "crumbs": crumbs(partnership, "Suggestions"),
    }
    return render(request, "escalation/triggers.html", page, status=422 if wrong else 200)


def in_force(partnership: Partnership) -> dict[TriggerKind, tuple[bool, int, int]]:
    """The setting of each trigger today; the preset where the partnership set none."""
    rows = list(partnership.triggers.all())
    found = {}
    for kind in TriggerKind:
        row = latest((r for r in rows if r.kind == kind), today())
        found[kind] = (row.on, row.number, row.threshold) if row else (True, *TRIGGERS[kind])
    return found


def save(
    request: HttpRequest,
    partnership: Partnership,
    form: FromForm,
    rows: list[TriggerForm],
    now: dict,
) -> bool:
    """Write what differs, all or nothing."""
    changed = [row for row in rows if row.values() != now[row.kind]]
    try:
        with transaction.atomic():
            for row in changed:
                on, number, threshold = row.values()
                actions.set_trigger(
                    by=request.user,
                    partnership=partnership,
                    kind=row.kind,
                    on=on,
                    number=number,
                    threshold=threshold,
                    **form.cleaned_data,
                )
    except ValidationError as error:
        refuse(form, error)
        return False
    messages.success(
        request, "The settings are saved." if changed else "Nothing differs: nothing was written."
    )
    return True


def refuse(form: FromForm, error: ValidationError) -> None:
    twice = any(
        e.code == "unique_together" for e in getattr(error, "error_dict", {}).get("__all__", [])
    )
    if twice:
        form.add_error(
            "effective_from", "A setting already begins on that day: choose a later day."
        )
    else:
        put_errors(form, error)


def summary(rows: list[TriggerForm]) -> list[dict]:
    return [
        {
            "text": f"{row.kind.label}: {sentences(row[name])[0]}",
            "href": f"#{row[name].auto_id}",
        }
        for row in rows
        for name in row.errors
    ]
