"""Another agency's id and a missing one are answered alike: in each relation that can be written, in
each filter and in each address. Worked out from the serializers, filters and routes themselves, so
that a new one is tried too, or fails here until it is.
"""

from __future__ import annotations

import copy
from datetime import date
from itertools import product
from types import SimpleNamespace

import pytest

from api import bookings as b
from api import meetings as m
from api import staff as p
from api import training as t
from api.bulk import BulkRecords
from api.fields import ByCode, Chosen, Strict
from api.filtering import Number, Text
from api.urls import router
from compliance.demo import factories as make
from conferences.models import Attendance, Meeting, MissedDuty
from escalation.models import Escalation
from partnership.models import Agency, HistoryEntry, Partnership, RoleGroup, StaffMember
from tests.api.machines import problem
from training.models import Booking, Course, Requirement, Session, TrainingRecord

pytestmark = pytest.mark.django_db
VIEWS = {prefix: view for prefix, view, _ in router.registry}
FOR_ALL = (Course, RoleGroup)  # one catalogue: nobody else's
MISSING = {Partnership: "NOWHERE"}  # of all others a number


def every(kind):
    """All serializers that take something."""
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


def relations(serializer):
    """The relations of a serializer, also of the rows in it: the way to each, and its field."""
    for name, field in serializer().fields.items():
        if isinstance(field, Chosen):
            yield (name,), field
        child = getattr(field, "child", None)
        if isinstance(child, Chosen):
            yield (name, 0), child
        if isinstance(child, Strict):
            for way, inner in relations(type(child)):
                yield (name, 0, *way), inner


@pytest.fixture
def world(
    filled, agency_a, agency_c, staff_a, staff_c, meeting_elsewhere, elsewhere, of_a, of_northwold
):
    """Rows of Northwold to write to, and rows of Southmere that must not show."""
    planned = make.MeetingFactory(partnership=filled.partnership, reference="NW-9", held_on=date(2015, 3, 9))
    session = make.SessionFactory(partnership=filled.partnership, course=filled.course)
    return SimpleNamespace(
        agency_a=agency_a, staff_a=staff_a, record=staff_a.records.first(), planned=planned,
        agency_key=of_a, partnership_key=of_northwold, code=filled.course.code, session=session,
        part=make.AgencyFactory(parent=agency_a, name="A part of it"),
        line=make.AttendanceFactory(meeting=planned, agency=agency_a, outcome="unknown"),
        foreign={
            Agency: agency_c.pk, StaffMember: staff_c.pk, Partnership: "SM", Meeting: meeting_elsewhere.pk,
            Attendance: meeting_elsewhere.lines.first().pk,
            Session: make.SessionFactory(partnership=elsewhere, course=filled.course).pk,
        },
    )


def person(world, **more):
    return {
        "first_name": "Ann", "last_name": "Lee", "job_title": "Nurse", "role_group": "front_line",
        "started_on": "2014-01-01", **more,
    }


# Each serializer that is sent: with which key, how, where, and a body that is taken.
SENT = {
    p.StaffNew: lambda w: (w.agency_key, "post", "staff/", person(w, agency=w.agency_a.pk, reference="P-1", works_for="NW")),
    p.StaffDetails: lambda w: (w.agency_key, "put", f"staff/by-reference/{w.agency_a.pk}/P-2/", person(w, works_for="NW")),
    p.StaffChange: lambda w: (w.agency_key, "patch", f"staff/{w.staff_a.pk}/", {"works_for": "NW", "role_group": "front_line"}),
    t.RecordNew: lambda w: (w.agency_key, "post", "records/", {
        "staff_member": w.staff_a.pk, "course": w.code, "completed_on": "2015-02-02"}),
    t.RecordCorrection: lambda w: (w.agency_key, "post", f"records/{w.record.pk}/correction/", {
        "reason": "Wrong day", "completed_on": "2014-02-02", "course": w.code}),
    BulkRecords: lambda w: (w.agency_key, "post", "records/bulk/", {"agency": w.agency_a.pk, "records": [
        {"staff_reference": w.staff_a.reference, "course": w.code, "completed_on": "2015-02-03"}]}),
    p.StaffMove: lambda w: (w.agency_key, "post", f"staff/{w.staff_a.pk}/move/", {
        "agency": w.part.pk, "on": "2015-06-01", "role_group": "front_line"}),
    b.BookingNew: lambda w: (w.agency_key, "post", "bookings/", {
        "session": w.session.pk, "staff_member": w.staff_a.pk}),
    m.StandingDown: lambda w: (w.partnership_key, "post", f"meetings/{w.planned.pk}/stand-down/", {
        "reference": "C-2", "new_date_on": "2015-03-20", "reason": "Too few", "there": [w.line.pk]}),
    m.MeetingNew: lambda w: (w.partnership_key, "post", "meetings/", {
        "partnership": "NW", "reference": "C-1", "kind": "review_conference", "held_on": "2015-03-02",
        "follows": w.planned.pk,
        "lead": w.staff_a.pk, "invitations": [{"agency": w.agency_a.pk, "staff_member": w.staff_a.pk}]}),
    m.MeetingChange: lambda w: (w.partnership_key, "patch", f"meetings/{w.planned.pk}/", {"lead": w.staff_a.pk}),
    m.Invitation: lambda w: (w.partnership_key, "post", f"meetings/{w.planned.pk}/lines/", {
        "agency": w.agency_a.pk, "staff_member": w.staff_a.pk}),
}
WITH_RELATIONS = [one for one in every(Strict) if list(relations(one))]
NOT_SENT = {m.MeetingDetails}  # only what others are built from


def test_every_serializer_with_a_relation_is_tried():
    assert set(WITH_RELATIONS) - NOT_SENT == set(SENT)
    assert sum(len(list(relations(one))) for one in SENT) >= 22


def send(world, serializer, way=None, value=None):
    key, method, address, body = SENT[serializer](world)
    body = copy.deepcopy(body)
    if way:
        inner = body
        for step in way[:-1]:
            inner = inner[step]
        tried = way[-1] == 0 or way[-1] in inner
        assert tried, f"The body of {serializer.__name__} does not try {way}"
        inner[way[-1]] = value
    return key.ask(method, address, body, headers=heads(method, address))


def heads(method, address):
    """With a version, where there is one to change."""
    return {"If-Match": "*"} if method == "patch" or (address.strip("/").count("/") == 2 and method != "put") else {}


@pytest.mark.parametrize("serializer", list(SENT), ids=lambda one: one.__name__)
def test_a_relation_to_another_agency_is_refused_like_a_missing_one(world, serializer):
    tried = 0
    for way, field in relations(serializer):
        model = field.rows(world.agency_key.key.user).model
        if model in FOR_ALL:
            continue
        foreign = problem(send(world, serializer, way, world.foreign[model]), 400, "refused")
        missing = problem(send(world, serializer, way, MISSING.get(model, 999_999)), 400, "refused")
        assert foreign == missing, (serializer, way)
        assert way[0] in foreign["fields"] or way[-1] in foreign["fields"]
        tried += 1
    assert tried or serializer is t.RecordCorrection
    answer = send(world, serializer)  # the twin: the client's own
    assert answer.status_code in (200, 201), answer.content


UNDECLARED = ("id", "agency_id", "version", "logged_by", "is_active", "closed_at", "user")


def test_a_field_that_is_not_declared_is_refused(world):
    for serializer, field in product(SENT, UNDECLARED):
        key, method, address, body = SENT[serializer](world)
        sent = key.ask(method, address, {**body, field: 1}, headers=heads(method, address))
        found = problem(sent, 400)["fields"]
        assert found[field] == ["There is no such field here."], (serializer, field)


# --- Addresses ------------------------------------------------------------------------------------

ROWS = {
    "staff": StaffMember, "records": TrainingRecord, "meetings": Meeting, "attendance": Attendance,
    "attendance-names": Attendance, "missed-duties": MissedDuty, "escalations": Escalation,
    "agencies": Agency, "requirements": Requirement, "sessions": Session, "history": HistoryEntry,
    "bookings": Booking,
    "partnerships": Partnership,
}


@pytest.fixture
def abroad(world, elsewhere, agency_c, meeting_elsewhere, filled, outsider):
    """One row of each kind in Southmere."""
    policy = make.PolicyFactory(partnership=elsewhere)
    return {
        "staff": StaffMember.objects.get(agency=agency_c).pk,
        "records": make.TrainingRecordFactory(staff_member=StaffMember.objects.get(agency=agency_c)).pk,
        "meetings": meeting_elsewhere.pk, "attendance": meeting_elsewhere.lines.first().pk,
        "attendance-names": meeting_elsewhere.lines.first().pk,
        "missed-duties": make.MissedDutyFactory(meeting=meeting_elsewhere, agency=agency_c).pk,
        "escalations": make.EscalationFactory(partnership=elsewhere, policy=policy, about=agency_c, raised_for=None).pk,
        "agencies": agency_c.pk,
        "requirements": make.RequirementFactory(partnership=elsewhere).pk,
        "sessions": make.SessionFactory(partnership=elsewhere).pk,
        "bookings": make.BookingFactory(
            session=make.SessionFactory(partnership=elsewhere), staff_member=StaffMember.objects.get(agency=agency_c)
        ).pk,
        "history": make.HistoryEntryFactory(partnership=elsewhere, agency=agency_c).pk,
        "partnerships": "SM",
    }


def test_every_address_of_a_row_is_tried():
    assert set(ROWS) == set(VIEWS) - {"courses", "role-groups"}  # those are the same for everybody


def addresses(prefix):
    """Each method and address of one row."""
    view = VIEWS[prefix]
    yield "get", ""
    if hasattr(view, "partial_update") and "patch" in view.http_method_names:
        yield "patch", ""
    for act in view.get_extra_actions():
        if act.detail:
            for method in act.mapping:
                yield method, f"{act.url_path}/"


def test_a_row_elsewhere_is_answered_like_a_missing_one(world, abroad):
    for prefix in sorted(ROWS):
        elsewhere_like_missing(world, abroad, prefix)


def elsewhere_like_missing(world, abroad, prefix):
    missing = "XX" if prefix == "partnerships" else 999_999_999
    for key in (world.agency_key, world.partnership_key):
        for method, rest in addresses(prefix):
            far = key.ask(method, f"{prefix}/{abroad[prefix]}/{rest}", {}, headers={"If-Match": "*"})
            none = key.ask(method, f"{prefix}/{missing}/{rest}", {}, headers={"If-Match": "*"})
            assert far.status_code == none.status_code in (403, 404), (prefix, method, rest)
            assert far.content == none.content, (prefix, method, rest)
        listed = key.get(f"{prefix}/")
        if listed.status_code == 200:
            keys = [row["id"] for row in listed.json()["results"]]
            assert abroad[prefix] not in keys, prefix
            assert keys or prefix in ("missed-duties", "escalations", "sessions", "bookings"), prefix


# --- Filters --------------------------------------------------------------------------------------


def test_a_filter_by_what_is_elsewhere_finds_what_a_missing_one_finds(world, abroad):
    for prefix in sorted(VIEWS):
        found_like_missing(world, abroad, prefix)


def found_like_missing(world, abroad, prefix):
    filters = VIEWS[prefix].filterset_class.base_filters if VIEWS[prefix].filterset_class else {}
    far = {
        "agency": abroad["agencies"], "staff_member": abroad["staff"], "meeting": abroad["meetings"],
        "about": abroad["agencies"], "raised_for": abroad["agencies"], "partnership": "SM",
        "reference": StaffMember.objects.get(pk=abroad["staff"]).reference, "role_group": "front_line",
        "staff_reference": StaffMember.objects.get(pk=abroad["staff"]).reference, "session": abroad["sessions"],
    }
    if prefix in ("meetings", "escalations"):
        far["reference"] = ROWS[prefix].objects.get(pk=abroad[prefix]).reference
    for name, one in filters.items():
        if name == "role_group" or not isinstance(one, (Number, Text)) or name in ("course", "code"):
            continue  # of the catalogues that everybody reads
        for key in (world.agency_key, world.partnership_key):
            there = key.get(f"{prefix}/?{name}={far[name]}")
            none = key.get(f"{prefix}/?{name}={'NOBODY' if isinstance(one, Text) else 999_999}")
            if prefix == "meetings" and name == "reference":
                continue  # Southmere's reference is also one of Northwold's: both are found or not by reach
            assert (there.status_code, there.content) == (none.status_code, none.content), (prefix, name)


def test_codes_are_words_and_numbers_are_numbers():
    kinds = {type(field) for one in SENT for _, field in relations(one)}
    assert ByCode in kinds and all(issubclass(kind, Chosen) for kind in kinds)
