"""One pack of reports: its progress, its files, what became of it; stopping and deleting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import urlencode

from compliance.actions import cancel_pack, delete_pack
from compliance.models import Pack, PackState
from compliance.packs.files import plain
from compliance.views.packs import COLOURS, LIST, NEW, crumbs
from partnership.forms import posted, put_errors
from partnership.history import record
from partnership.templatetags.quorate import longdate, longmoment

TYPES = {"pdf": "application/pdf", "zip": "application/zip"}
TEXTS = {"pdf": "Download the pack as one PDF", "zip": "Download as a ZIP, a file for each agency"}


def own(request: HttpRequest, number: int) -> Pack:
    """What the person asked for themselves, or 404."""
    return get_object_or_404(Pack.objects.visible_to(request.user), pk=number)


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """Where it stands: being made, ready to be taken, or what became of it."""
    pack = own(request, number)
    places = list(pack.partnerships.order_by("name"))
    query = urlencode([*(("partnership", place.code) for place in places), ("period", pack.period)])
    context = {
        "pack": pack, "crumbs": crumbs((pack.about.name, "")), "colour": COLOURS[pack.state],
        "names": ", ".join(place.name for place in places), "again": f"{reverse(NEW)}?{query}",
        "refresh": reverse("compliance:pack-detail", args=[pack.pk]),
    }
    if pack.working:
        return render(request, "compliance/pack_making.html", context | {
            "percent": round(100 * min(pack.done, pack.steps) / max(pack.steps, 1)),
            "doing": doing(pack),
        })
    return render(request, "compliance/pack_detail.html", context | {
        "facts": facts(pack, context["names"]), "files": files(pack),
    })


def doing(pack: Pack) -> str:
    """What the worker is at."""
    third = pack.steps // 3
    if not pack.done:
        return "Waiting for its turn." if not pack.tries else "It was interrupted, and begins anew."
    if pack.done < third:
        return f"Figures of {pack.done} of {third} agencies read."
    if pack.done < 2 * third:
        return f"{pack.done - third} of {third} reports put into the PDF."
    return f"{pack.done - 2 * third} of {third} reports put into the ZIP."


def facts(pack: Pack, names: str) -> list[dict[str, Any]]:
    rows = [
        {"key": "Partnerships", "value": names},
        {"key": "Period", "value": pack.about.name},
        {"key": "State", "value": pack.get_state_display(), "tag_colour": COLOURS[pack.state]},
        {"key": "Asked for", "value": longmoment(pack.asked_at)},
    ]
    if pack.state == PackState.READY:
        rows += [
            {"key": "Agencies", "value": pack.agencies},
            {"key": "Kept until", "value": longdate(pack.expires_on),
             "hint": "On this day its files are deleted. Download what you need before."},
        ]
    return rows


def files(pack: Pack) -> list[dict[str, str]]:
    if pack.state != PackState.READY:
        return []
    return [
        {"text": f"{text} ({filesizeformat(pack.sizes.get(form, 0))})", "kind": "" if form == "pdf" else "secondary",
         "href": reverse("compliance:pack-file", args=[pack.pk, form])}
        for form, text in TEXTS.items()
    ]


def pack_file(request: HttpRequest, number: int, file: str) -> HttpResponseBase:
    """One of its files, a piece at a time; that it was printed is in the history of each partnership."""
    pack = own(request, number)
    if pack.state != PackState.READY:
        return redirect("compliance:pack-detail", pack.pk)
    name = f"quorate-pack-{plain(pack.places)}-{pack.period}.{file}"
    for place in pack.partnerships.all():
        record(request.user, "printed", pack, partnership=place, period=pack.about.name, format=file)
    return StreamingHttpResponse(pieces(pack, file), content_type=TYPES[file], headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(pack.sizes[file]),
    })


def pieces(pack: Pack, form: str) -> Iterator[bytes]:
    for number in pack.pieces.filter(form=form).order_by("number").values_list("pk", flat=True):
        yield bytes(pack.pieces.values_list("content", flat=True).get(pk=number))


def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the making."""
    pack = own(request, number)
    if request.method == "POST" and cancel_pack(by=request.user, pack=pack):
        messages.success(request, "Stopped. Nothing of the pack is kept.")
    return redirect("compliance:pack-detail", pack.pk)


def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Take it away before its day, after a question."""
    pack = own(request, number)
    back = reverse("compliance:pack-detail", args=[pack.pk])
    if pack.working:
        return redirect(back)
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            if delete_pack(by=request.user, pack=pack):
                messages.success(request, f"{pack} is deleted.")
            return redirect(LIST)
        except ValidationError as error:
            put_errors(form, error)
    return render(request, "compliance/pack_delete.html", {
        "form": form, "pack": pack, "back": back, "crumbs": crumbs(("Delete the pack", "")),
    }, status=409 if form.errors else 200)
