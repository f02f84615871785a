"""Agency A with people and a course; and the means to send a file as somebody does in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance.demo import factories as make
from compliance.models import Upload
from compliance.uploads import working
from tests.imports.uploads.files import as_csv
from tests.reading import text

STAFF = ["Staff ref", "First name", "Last name", "Work e-mail", "Job title", "Role group", "Started on", "Left on"]
TRAINING = ["Staff ref", "Work e-mail", "First name", "Last name", "Course", "Completed on", "Provider"]
MEETINGS = ["Meeting ref", "Kind", "Held on", "Strategy discussion on", "Family ref", "Children",
            "Children on plan", "Category", "CSE"]
ATTENDANCE = ["Meeting ref", "Agency", "Invited on", "Involved", "Outcome", "Mode", "Report", "Staff ref"]
HEADINGS = {"staff": STAFF, "training": TRAINING, "meetings": MEETINGS, "attendance": ATTENDANCE}


@dataclass
class Sender:
    """Somebody at the page, and the last answer they got."""

    client: Any
    user: Any
    area: str
    answer: Any = None

    def __post_init__(self):
        self.client.force_login(self.user)

    @property
    def upload(self) -> Upload:
        return Upload.objects.filter(sent_by=self.user).latest("pk")

    def address(self, page: str = "detail") -> str:
        form = ["csv"] if page == "refused" else []
        return reverse(f"compliance:upload-{page}", args=[self.area, self.upload.pk, *form])

    def get(self, page: str = "detail", query: str = "") -> str:
        self.client.force_login(self.user)
        self.answer = self.client.get(self.address(page) + query)
        return text(self.answer)

    def post(self, page: str, **data) -> str:
        self.client.force_login(self.user)
        self.answer = self.client.post(self.address(page), data, follow=True)
        return text(self.answer)

    def send(self, kind: str, content: bytes, name: str = "list.csv", **more) -> str:
        self.client.force_login(self.user)
        file = SimpleUploadedFile(name, content)
        self.answer = self.client.post(
            reverse("compliance:upload-new", args=[self.area]), {"kind": kind, "file": file, **more},
            follow=True,
        )
        return text(self.answer)

    def confirm(self, **places) -> str:
        there = {name: str(place) for name, place in self.upload.columns.items()}
        return self.post("columns", **(there | places))

    def preview(self, kind: str, *rows, **more) -> str:
        """Send rows under the usual headings, and confirm them."""
        self.send(kind, as_csv([HEADINGS[kind], *rows]), **more)
        assert self.answer.status_code == 200, text(self.answer)
        return self.confirm()

    def accept(self, **more) -> str:
        return self.post("accept", seen=self.upload.fingerprint, **(more or {"all": "1"}))

    def bring(self, kind: str, *rows, **more) -> Upload:
        """All the way."""
        self.preview(kind, *rows, **more)
        self.accept()
        return self.upload


@pytest.fixture
def course(db):
    return make.CourseFactory(code="CPC", title="Conferences and core groups", valid_months=36)


@pytest.fixture
def siobhan(agency_a, role_group):
    return make.StaffMemberFactory(
        agency=agency_a, role_group=role_group, reference="A-7", first_name="Siobhán", last_name="Kelly",
        work_email="siobhan.kelly@a.example.org", job_title="Social worker", started_on=date(2012, 1, 9),
    )


@pytest.fixture
def lead(client, alice, siobhan, course):
    """Alice, who leads A."""
    return Sender(client, alice, "people")


@pytest.fixture
def service(client, dana, agency_a, agency_b):
    """Dana of the conference service."""
    return Sender(client, dana, "meetings")


@pytest.fixture
def few(monkeypatch):
    """Three rows are many."""
    monkeypatch.setattr(working, "AT_ONCE", 3)
