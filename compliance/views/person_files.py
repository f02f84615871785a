"""A person's records as a file: all that their page shows, under the headings that an upload reads.

Sent back as it is, it changes nothing: what was withdrawn or corrected does not come back by a file.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from compliance.models import UploadKind
from compliance.uploads.columns import columns_of
from compliance.views.people import counts, record_rows
from partnership.exporting import ListFile, as_file, dated
from partnership.history import record
from partnership.roles import Permission
from training.views.reaching import person_within

OF_UPLOAD = {  # a column of the upload, and where a record has it
    "staff_ref": "staff_member.reference", "agency": "staff_member.agency.name",
    "first_name": "staff_member.first_name", "last_name": "staff_member.last_name",
    "course": "course.code", "completed_on": "completed_on", "provider": "get_provider_display",
}
BESIDE = {
    "Course title": "course.title", "Expires on": "expires_on", "Counts": lambda row: counts(row)["text"],
    "Why": lambda row: counts(row).get("hint", ""), "Evidence": "evidence",
}


def records(request: HttpRequest, number: int, form: str) -> HttpResponseBase:
    """Also those of the agencies from which the person came; that it was taken is in the history."""
    person = person_within(request, number, Permission.VIEW_STAFF)
    rows = record_rows(request, person)
    titles = {column.name: column.title for column in columns_of(UploadKind.TRAINING)}
    columns = {titles[name]: of for name, of in OF_UPLOAD.items()} | BESIDE
    record(request.user, "took as a file", person, agency=person.agency, records=len(rows))
    return as_file(form, ListFile(dated("records"), columns, rows))
