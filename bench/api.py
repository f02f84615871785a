"""What a page of 100 training records costs over the interface: with a key, reach, filter and headers,
against the usual view of the same rows: a ModelSerializer that asks for nobody's key and reaches all.

Run: python bench/api.py (SQLite in memory, or the database that DATABASE_URL names)
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from datetime import timedelta
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from api.actions import make_key
from api.training import RecordSerializer, RecordViewSet
from compliance.demo import factories as make
from partnership.models import StaffMember, today
from training.models import TrainingRecord

PEOPLE, EACH, ROUNDS = 2_000, 5, 150
settings.API_CALLS_A_MINUTE = 10**9
settings.ALLOWED_HOSTS = ["testserver"]


class Hundred(LimitOffsetPagination):
    default_limit = 100


class Usual(ListAPIView):
    """The same serializer over objects, as the framework does it, with its count."""

    serializer_class = RecordSerializer
    queryset = TrainingRecord.objects.select_related("staff_member", "course").order_by("pk")
    pagination_class, renderer_classes = Hundred, [JSONRenderer]
    authentication_classes, permission_classes, filter_backends, throttle_classes = (), [AllowAny], (), ()


class UsualByDay(Usual):
    queryset = Usual.queryset.order_by("-completed_on", "-pk")


def records():
    """An agency with so many people and records; and as much again elsewhere."""
    group, courses = make.RoleGroupFactory(), make.CourseFactory.create_batch(EACH)
    agencies = make.AgencyFactory.create_batch(2)
    people = StaffMember.objects.bulk_create([
        make.StaffMemberFactory.build(agency=agency, role_group=group)
        for agency in agencies for _ in range(PEOPLE)
    ], batch_size=500)
    TrainingRecord.objects.bulk_create([
        make.TrainingRecordFactory.build(
            staff_member=person, course=course, completed_on=today() - timedelta(days=n % 900),
            expires_on=today() + timedelta(days=900 - n % 900),
        )
        for n, person in enumerate(people) for course in courses
    ], batch_size=500)
    return agencies[0]


def cost(view, request, rows: int) -> tuple[float, int]:
    """Milliseconds of the processor, the median; and the number of queries."""
    def once() -> bytes:
        answer = view(request())
        answer.render()
        return answer.content

    found = json.loads(once())["results"]
    assert len(found) == rows, len(found)
    with CaptureQueriesContext(connection) as asked:
        once()
    assert view is not OURS or not any("COUNT(" in query["sql"] for query in asked)
    times = []
    for _ in range(ROUNDS):
        begun = process_time()
        once()
        times.append((process_time() - begun) * 1000)
    return statistics.median(times), len(asked)


OURS = RecordViewSet.as_view({"get": "list"})


def main() -> None:
    name = connection.creation.create_test_db(verbosity=0)
    try:
        agency = records()
        _, secret = make_key(
            by=None, name="Bench", scopes=["read_staff"], agency=agency, expires_on=today() + timedelta(days=9)
        )
        heads = {"Authorization": f"Bearer {secret}"}
        ask = RequestFactory()
        since = (today() - timedelta(days=899)).isoformat()
        for view, words, query in (
            (Usual, "with key and reach", {}), (Usual, "and a filter", {"completed_from": since}),
            (UsualByDay, "and sorted by day", {"completed_from": since, "sort": "-completed_on"}),
        ):
            usual, queries = cost(view.as_view(), lambda: ask.get("/"), 100)
            print(f"the usual view, {'no key, no reach, no filter':29} {usual:6.2f} ms  {queries} queries")
            ours, queries = cost(OURS, lambda query=query: ask.get("/", query, headers=heads), 100)
            print(f"ours, {words:39} {ours:6.2f} ms  {queries} queries  {ours / usual:.2f} of the usual")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
