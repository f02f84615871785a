"""What the pages of an upload show: its progress, its preview, what became of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from compliance.models import Upload, UploadKind, UploadState
from compliance.uploads.working import UNDOABLE
from partnership.exporting import download
from partnership.templatetags.quorate import longmoment
from partnership.uploads.tables import unpacked

PAGE = 25
TITLES = {"new": "New", "changed": "Changed", "unchanged": "Unchanged", "asked": "To be asked",
          "refused": "Refused"}
STATE_COLOURS = {UploadState.DONE: "green", UploadState.FAILED: "red", UploadState.PLANNED: "yellow",
                 UploadState.READ: "yellow", UploadState.PLANNING: "blue", UploadState.WRITING: "blue",
                 UploadState.UNDOING: "blue"}
COLUMNS = {
    "refused": [{"text": "Row", "numeric": True}, {"text": "Column and value"}, {"text": "Why"}],
    "changed": [{"text": "Row", "numeric": True}, {"text": "Who or what", "header": True},
                {"text": "Detail"}, {"text": "Before"}, {"text": "After"}],
    "": [{"text": "Row", "numeric": True}, {"text": "Who or what", "header": True}],
}
SENT = [{"text": "File", "header": True}, {"text": "Sent"}, {"text": "Rows", "numeric": True},
        {"text": "State"}]
MANY = {UploadKind.STAFF: ("person", "people"), UploadKind.TRAINING: ("record", "records"),
        UploadKind.MEETINGS: ("meeting", "meetings"), UploadKind.ATTENDANCE: ("line", "lines"),
        UploadKind.EXTRACT: ("conference", "conferences"), UploadKind.AGENCIES: ("agency", "agencies"),
        UploadKind.COURSES: ("course", "courses"), UploadKind.REQUIREMENTS: ("requirement", "requirements")}
NEARLY_ALL = 97  # percent: what is left is to write them


def refused_files(request: HttpRequest, upload: Upload) -> list[dict[str, str]]:
    """The rows that were not written, as long as they are kept."""
    if not (upload.cells and upload.preview):
        return []
    text = "The refused rows with the reasons"
    return [download(request, "compliance:upload-refused", upload.area, upload.pk, text=text)]


def address(upload: Upload, page: str = "detail") -> str:
    return reverse(f"compliance:upload-{page}", args=[upload.area, upload.pk])


def counted(upload: Upload, number: int) -> str:
    """"1 person", "20,000 records"."""
    one, many = MANY[upload.kind]
    return f"{number:,} {one if number == 1 else many}"


def sent_rows(page: Page) -> list[list[Any]]:
    """What was sent before, newest first."""
    return [
        [
            {"text": upload.name, "href": address(upload), "hint": upload.get_kind_display()},
            longmoment(upload.sent_at),
            {"text": f"{upload.rows:,}", "numeric": True},
            {"text": upload.get_state_display(),
             "tag_colour": STATE_COLOURS.get(upload.state, "grey")},
        ]
        for upload in page
    ]


def under_way(upload: Upload) -> dict[str, Any]:
    undoing, looked_at = upload.state == UploadState.UNDOING, min(upload.looked_at, upload.rows)
    percent = None if undoing else round(100 * looked_at / max(upload.rows, 1))
    return {
        "upload": upload, "writing": upload.state == UploadState.WRITING, "undoing": undoing,
        "refresh": address(upload), "percent": percent, "doing": doing(upload, looked_at, percent),
    }


def doing(upload: Upload, looked_at: int, percent: int | None) -> str:
    """What the worker is at."""
    if percent is None:
        return "All rows are being taken back together."
    if not looked_at:
        return "Waiting for its turn."
    if upload.state == UploadState.WRITING and percent >= NEARLY_ALL:
        return "All rows looked at. They are being written together."
    return f"{looked_at:,} of {upload.rows:,} rows looked at."


def preview(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """The counts, and one of the lists, a page at a time."""
    found, questions, missing = unpacked(bytes(upload.preview))
    counts = upload.counts
    some = [verdict for verdict in TITLES if counts.get(verdict)]
    first = next((verdict for verdict in ("refused", "asked", *some) if verdict in some), "new")
    show = request.GET.get("show") if request.GET.get("show") in some else first
    lines = [line for one in found if one[1] == show for line in as_lines(one)]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    good = counts.get("new", 0) + counts.get("changed", 0)
    return {
        "upload": upload, "page": page, "rows": list(page), "show": show, "title": TITLES[show],
        "columns": COLUMNS.get(show, COLUMNS[""]), "questions": len(questions), "missing": len(missing),
        "lists": [
            {"text": f"{TITLES[verdict]} ({counts[verdict]:,})", "current": verdict == show,
             "href": f"?show={verdict}"}
            for verdict in some
        ],
        "good": counted(upload, good), "closing": counts.get("closing", 0),
        "nothing": not good and not upload.leavers and not counts.get("closing"),
        "only_closing": bool(counts.get("closing")) and not good,
        "refused": counts.get("refused", 0), "held_back": counts.get("refused", 0) + counts.get("asked", 0),
    }


def as_lines(found: list) -> list[list[Any]]:
    """A row of the file as lines of the table: one for each detail of a change or a refusal."""
    number, verdict, what, details = found
    row = f"{number:,}"
    if verdict == "refused":
        # Two in one cell: why it is refused must fit beside them on a phone.
        return [[row, {"text": column or "The row", "hint": value}, reason] for column, value, reason in details]
    if verdict == "changed":
        return [[row, what, *detail] for detail in details]
    return [[row, what]]


def result(upload: Upload) -> dict[str, Any]:
    """What became of it, which stays."""
    counts = upload.counts
    lines = [
        {"key": "File", "value": upload.name}, {"key": "List", "value": upload.get_kind_display()},
        {"key": "Sent", "value": longmoment(upload.sent_at)},
        {"key": "Rows", "value": f"{upload.rows:,}"},
    ]
    if upload.state in (UploadState.DONE, UploadState.UNDONE):
        lines += [
            {"key": "Written", "value": longmoment(upload.finished_at)} if not upload.undone_at else
            {"key": "Taken back", "value": longmoment(upload.undone_at)},
            *({"key": TITLES[name], "value": f"{counts.get(name, 0):,}"} for name in
              ("new", "changed", "unchanged", "refused")),
        ]
        if counts.get("closing"):
            lines.append({"key": "Registers closed", "value": f"{counts['closing']:,}"})
        if counts.get("left"):
            lines.append({"key": "Noted as left", "value": f"{counts['left']:,}"})
    return {
        "upload": upload, "lines": lines, "counts": counts,
        "held_back": counts.get("refused", 0) + counts.get("asked", 0),
        "may_undo": upload.state == UploadState.DONE and bool(upload.written)
        and timezone.now() - upload.sent_at <= UNDOABLE,
        "done": upload.state == UploadState.DONE,
        "written": counted(upload, counts.get("new", 0) + counts.get("changed", 0)),
        "again": reverse("compliance:upload-new", args=[upload.area]),
        "compared": upload.kind == UploadKind.EXTRACT,
    }
