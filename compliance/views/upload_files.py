"""What was sent before, and the rows that were refused, as files."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from compliance.forms.uploads import kinds_of
from compliance.uploads.files import refused_file
from compliance.views.uploads import own, sent_before
from partnership.exporting import ListFile, as_file, dated

SENT = {
    "File": "name", "List": "get_kind_display", "Sent at": "sent_at", "Rows": "rows",
    "State": "get_state_display",
}


def sent_list(request: HttpRequest, area: str, form: str) -> HttpResponseBase:
    kinds = kinds_of(request.user, area)
    if not kinds:
        raise PermissionDenied
    return as_file(form, ListFile(dated("uploads"), SENT, sent_before(request, kinds)))


def refused(request: HttpRequest, area: str, number: int, form: str) -> HttpResponseBase:
    """The rows that are not written, with the reasons, to mend and send again."""
    upload = own(request, area, number)
    if not (upload.cells and upload.preview):
        raise Http404
    return as_file(form, refused_file(upload))
