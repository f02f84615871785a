"""Sending a spreadsheet: the file, its headings, the preview, and what became of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance.actions import cancel_upload, send_upload, undo_upload
from compliance.forms.uploads import AnswersForm, ColumnsForm, LeaversForm, UploadForm, kinds_of
from compliance.models import Upload, UploadKind, UploadState
from compliance.tasks import set_to_work
from compliance.uploads import working
from compliance.uploads.columns import columns_of
from compliance.uploads.extract import only
from compliance.uploads.files import template
from compliance.uploads.undoing import ask_undo
from compliance.views.upload_pages import (
    SENT,
    preview,
    refused_files,
    result,
    sent_rows,
    under_way,
)
from partnership.exporting import XLSX, download
from partnership.forms import posted, put_errors
from partnership.uploads.tables import Table, unpacked

PAGE = 25
TITLE = "Upload a spreadsheet"
PARTS = {"people": ("People and training", "training:person-list"),
         "meetings": ("Meetings", "conferences:meeting-list"),
         "courses": ("Courses", "training:course-list"), "set-up": ("Set-up", "compliance:set-up")}
MOST_ASKED = 25  # questions on a page
ASKING = {UploadKind.EXTRACT: "Which conference is meant?"}


def crumbs(area: str, *titles: str) -> list[dict[str, str]]:
    text, route = PARTS[area]
    found = [{"text": "Home", "href": "/"}, {"text": text, "href": reverse(route)}]
    if titles:
        found.append({"text": TITLE, "href": reverse("compliance:upload-new", args=[area])})
    found += [{"text": title, "href": ""} for title in titles or (TITLE,)]
    return found


def own(request: HttpRequest, area: str, number: int) -> Upload:
    """What the person sent themselves, or 404."""
    upload = get_object_or_404(Upload.objects.visible_to(request.user), pk=number)
    if upload.area != area:
        raise Http404
    return upload


def to(upload: Upload, page: str = "detail", query: str = "") -> HttpResponse:
    return redirect(reverse(f"compliance:upload-{page}", args=[upload.area, upload.pk]) + query)


def new(request: HttpRequest, area: str) -> HttpResponse:
    """Choose a file and say what it is; below it what was sent before."""
    kinds = kinds_of(request.user, area)
    if not kinds:
        raise PermissionDenied
    first = request.GET.get("kind") if request.GET.get("kind") in kinds else kinds[0]
    form = UploadForm(
        posted(request), request.FILES or None, user=request.user, area=area, initial={"kind": first}
    )
    if request.method == "POST" and form.is_valid():
        name, table = form.cleaned_data["file"]
        upload = send_upload(
            by=request.user, kind=form.cleaned_data["kind"], name=name, table=table,
            partnership=form.place, full_list=form.cleaned_data.get("full_list", False),
            closes=form.cleaned_data.get("closes", False),
        )
        return to(upload, "columns")
    page = Paginator(sent_before(request, kinds), PAGE).get_page(request.GET.get("page"))
    return render(request, "compliance/upload_new.html", {
        "form": form, "area": area, "crumbs": crumbs(area), "page": page, "sent": sent_rows(page),
        "sent_columns": SENT, "files": [download(request, "compliance:upload-list-file", area)],
        "templates": [{"kind": kind.value, "text": kind.label} for kind in kinds],
        "explained": [(kind.label, columns_of(kind)) for kind in kinds],
    }, status=422 if form.errors else 200)


def sent_before(request: HttpRequest, kinds: list[UploadKind]) -> QuerySet[Upload]:
    """What the person sent before, the newest first."""
    rows = Upload.objects.visible_to(request.user).filter(kind__in=kinds)
    return rows.defer("cells", "preview", "written")


def upload_template(request: HttpRequest, area: str, kind: str) -> HttpResponse:
    """A workbook to fill in."""
    if kind not in kinds_of(request.user, area):
        raise Http404
    name = f"{UploadKind(kind).label} template.xlsx"
    return HttpResponse(template(kind), content_type=XLSX, headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })


def columns(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Confirm which heading stands for what, beside the first values under it."""
    upload = own(request, area, number)
    if upload.state not in (UploadState.READ, UploadState.PLANNED):
        return to(upload)
    table, asked = Table.unpacked(bytes(upload.cells)), columns_of(upload.kind)
    there = {name: str(place) for name, place in upload.columns.items()}
    form = ColumnsForm(
        posted(request), table=table, columns=asked, initial=there,
        kind=upload.kind,
    )
    if request.method == "POST" and form.is_valid():
        return set_off(upload, answers={}, leavers=[], left_on=None, **kept_of(upload, table, form.places()))
    used = {field.value() for field in form}
    return render(request, "compliance/upload_columns.html", {
        "form": form, "upload": upload, "crumbs": crumbs(area, "Check the headings"),
        "unread": [name for place, name in enumerate(table.headings) if name and str(place) not in used],
        "sample": [
            [name, *(cells[place][:40] if place < len(cells) else "" for _, cells in table.rows[:3])]
            for place, name in enumerate(table.headings) if name
        ],
        "sample_columns": [{"text": "Heading in the file", "header": True}] + [
            {"text": f"Row {number:,}"} for number, _ in table.rows[:3]
        ],
    }, status=422 if form.errors else 200)


def kept_of(upload: Upload, table: Table, places: dict[str, int]) -> dict[str, Any]:
    """Where our columns stand; of the national extract nothing is kept beside them."""
    if upload.kind == UploadKind.EXTRACT:
        table, places = only(table, places)
        return {"columns": places, "cells": table.packed()}
    return {"columns": places}


def set_off(upload: Upload, **fields: Any) -> HttpResponse:
    """Have it worked out anew, and show what comes of it."""
    with transaction.atomic():
        begun = working.check_again(upload, **fields)
        if begun and upload.rows > working.AT_ONCE:
            set_to_work(upload)
    if begun and upload.rows <= working.AT_ONCE:
        set_to_work(upload)
    return to(upload)


def detail(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Where it stands: under way, the preview, or what became of it."""
    upload = own(request, area, number)
    if upload.state == UploadState.READ:
        return to(upload, "columns")
    if upload.working:
        return render(request, "compliance/upload_working.html", under_way(upload) | {
            "crumbs": crumbs(area, str(upload)),
        })
    if upload.state == UploadState.PLANNED:
        return preview_page(request, upload)
    return render(request, "compliance/upload_result.html", result(upload) | {
        "crumbs": crumbs(area, str(upload)), "files": refused_files(request, upload),
    })


def preview_page(
    request: HttpRequest, upload: Upload, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "compliance/upload_preview.html", preview(request, upload) | {
        "crumbs": crumbs(upload.area, "Check what it would do"), "form": form,
        "files": refused_files(request, upload),
    }, status=status)


def accept(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Write what the preview showed: all of it, or the good rows only."""
    upload = own(request, area, number)
    if request.method != "POST":
        return to(upload)
    form = forms.Form(request.POST)
    try:
        with transaction.atomic():
            begun = working.accept(
                upload, request.POST.get("seen", ""), good_only="good" in request.POST
            )
            if begun and upload.rows > working.AT_ONCE:
                set_to_work(upload)
    except ValidationError as error:
        form.is_valid()
        put_errors(form, error)
        return preview_page(request, upload, form, status=422)
    if begun and upload.rows <= working.AT_ONCE:
        set_to_work(upload)
    elif not begun and upload.state == UploadState.PLANNED:
        messages.info(request, working.NO_LONGER)
    return to(upload)


def cancel(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Give it up."""
    upload = own(request, area, number)
    if request.method != "POST":
        return to(upload)
    try:
        if cancel_upload(by=request.user, upload=upload):
            messages.success(request, "Cancelled. Nothing was written, and nothing of the file is kept.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return to(upload)


def questions(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Say who, or which conference, is meant by the near misses, some at a time."""
    upload = own(request, area, number)
    asked = unpacked(bytes(upload.preview))[1] if upload.state == UploadState.PLANNED else []
    if not asked:
        return to(upload)
    form = AnswersForm(posted(request), questions=asked[:MOST_ASKED], kind=upload.kind)
    if request.method == "POST" and form.is_valid():
        return set_off(upload, answers=upload.answers | form.cleaned_data)
    return render(request, "compliance/upload_questions.html", {
        "form": form, "upload": upload, "left": len(asked),
        "crumbs": crumbs(area, ASKING.get(upload.kind, "Who is meant?")),
    }, status=422 if form.errors else 200)


def leavers(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Say who of those missing from a full list has left; nobody leaves by itself."""
    upload = own(request, area, number)
    missing = unpacked(bytes(upload.preview))[2] if upload.state == UploadState.PLANNED else []
    if not missing:
        return to(upload)
    there = {"people": list(map(str, upload.leavers)), "left_on": upload.left_on}
    form = LeaversForm(posted(request), missing=missing, initial=there)
    if request.method == "POST" and form.is_valid():
        people = [int(number) for number in form.cleaned_data["people"]]
        try:
            working.choose_leavers(upload, people, form.cleaned_data["left_on"] if people else None)
            return to(upload)
        except ValidationError as error:
            put_errors(form, error)
    return render(request, "compliance/upload_leavers.html", {
        "form": form, "upload": upload, "crumbs": crumbs(area, "Who has left?"), "missing": len(missing),
    }, status=422 if form.errors else 200)


def taken_back(request: HttpRequest, upload: Upload) -> None:
    """At once where it is little; else the worker does it, and a page shows that it is under way."""
    if upload.rows > working.AT_ONCE:
        with transaction.atomic():
            if ask_undo(upload):
                set_to_work(upload)
    elif undo_upload(by=request.user, upload=upload):
        messages.success(request, "Taken back. Everything is as it was before the file was written.")


def undo(request: HttpRequest, area: str, number: int) -> HttpResponse:
    """Take back all that it wrote, after a question."""
    upload = own(request, area, number)
    if upload.state != UploadState.DONE or not upload.written:
        return to(upload)
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            taken_back(request, upload)
            return to(upload)
        except ValidationError as error:
            put_errors(form, error)
    return render(request, "compliance/upload_undo.html", {
        "form": form, "upload": upload, "crumbs": crumbs(area, "Take it back"),
        "back": reverse("compliance:upload-detail", args=[upload.area, upload.pk]),
    }, status=409 if form.errors else 200)
