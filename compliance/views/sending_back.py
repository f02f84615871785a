"""The lists of people and of meetings, as filtered, in the form in which they may be sent back.

For those alone who may upload them.
"""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from compliance.models import UploadKind
from compliance.uploads import sending_back
from conferences.models import Attendance
from conferences.views.listing import seen
from partnership.exporting import as_file
from partnership.history import entry, record, record_all
from partnership.models import Agency, Partnership, StaffMember, today
from partnership.roles import Permission
from training.models import TrainingRecord
from training.views.people import Listing
from training.views.reaching import must_reach_others

P = Permission


def people(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """The people of the list, or their training records, of the agencies that the person keeps."""
    must_reach_others(request, P.MANAGE_STAFF)
    if kind not in (UploadKind.STAFF, UploadKind.TRAINING):
        raise Http404
    keys = [row.pk for row in Listing(request, today()).ranked]
    agencies = Agency.objects.within_reach(request.user, P.MANAGE_STAFF)
    staff = StaffMember.objects.within_reach(request.user, P.MANAGE_STAFF)
    note_taken(request, keys, agencies)
    if kind == UploadKind.STAFF:
        return as_file(form, sending_back.staff_file(keys, staff, agencies))
    records = TrainingRecord.objects.within_reach(request.user, P.MANAGE_STAFF)
    return as_file(form, sending_back.training_file(keys, records, agencies))


def meetings(request: HttpRequest, code: str, kind: str, form: str) -> HttpResponseBase:
    """The meetings of the list that are one partnership's, or the lines of their registers."""
    places = Partnership.objects.within_reach_as_a_whole(request.user, P.RECORD_CONFERENCES)
    place = get_object_or_404(places, code=code)
    if kind not in (UploadKind.MEETINGS, UploadKind.ATTENDANCE):
        raise Http404
    rows = seen(request).rows.filter(partnership=place)
    if kind == UploadKind.MEETINGS:
        return as_file(form, sending_back.meetings_file(rows))
    lines = Attendance.objects.visible_to(request.user).filter(meeting__in=rows.order_by().values("pk"))
    record(request.user, "took as a file", place, partnership=place, lines=lines.count())
    ordered = lines.order_by("-meeting__held_on", "meeting__reference", "agency__name", "pk")
    return as_file(form, sending_back.attendance_file(ordered, place))


def note_taken(request: HttpRequest, keys: list[int], agencies: QuerySet[Agency]) -> None:
    """An entry for each agency whose people are in the file."""
    wanted = set(keys)
    rows = StaffMember.objects.within_reach(request.user, P.MANAGE_STAFF).values_list("pk", "agency")
    numbers = Counter(agency for pk, agency in rows if pk in wanted)
    record_all(
        entry(request.user, "took as a file", agency, agency=agency, people=numbers[agency.pk])
        for agency in agencies if agency.pk in numbers
    )
