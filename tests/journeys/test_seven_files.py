"""The seven files of the demo year, saved by LibreOffice, through the pages into an empty installation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import tasks
from compliance.folder import open_partnership
from compliance.measures import Scope, score
from compliance.models import Upload
from compliance.period import Period
from compliance.scorecard import Basis
from conferences.models import Meeting
from partnership.models import Agency, Grant, Membership, User
from partnership.roles import Role
from tests.reading import text
from tests.year import YEAR_FOLDER

pytestmark = pytest.mark.django_db
SAVED = Path(__file__).resolve().parent.parent / "data" / "saved"
ON = date(2026, 1, 31)
FILES = {  # in the order in which they name each other: file, kind, part of the menu, what else is ticked, rows
    "agencies": ("agencies", "set-up", {}, 16), "courses": ("courses", "courses", {}, 5),
    "requirements": ("requirements", "courses", {}, 8), "staff": ("staff", "people", {"full_list": "on"}, 460),
    "training_records": ("training", "people", {}, 1304), "meetings": ("meetings", "meetings", {}, 800),
    "attendance": ("attendance", "meetings", {"closes": "on"}, 4818),
}


class Everybody:
    """Each at their page: the manager, the lead of all agencies, the conference administrator."""

    def __init__(self, client, manager: User) -> None:
        self.client, self.manager, self.lead, self.service = client, manager, None, None

    def whose(self, area: str) -> User:
        return {"people": self.lead, "meetings": self.service}.get(area, self.manager)

    def invited(self, email: str, role: str, where: str) -> User:
        """Somebody new, by the manager's page."""
        self.client.force_login(self.manager)
        given = {"email": email, "name": email, "role": role, "where": where, "from_on": "01/04/2014"}
        answer = self.client.post(reverse("partnership:user-invite"), given, follow=True)
        assert answer.status_code == 200, text(answer)
        return User.objects.get(email=email)

    def leads_all(self) -> None:
        first, *others = Agency.objects.order_by("pk")
        self.lead = self.invited("lead@example.org", Role.AGENCY_LEAD, f"agency-{first.pk}")
        for agency in others:
            self.client.post(reverse("partnership:user-grant", args=[self.lead.pk]), {
                "role": Role.AGENCY_LEAD, "where": f"agency-{agency.pk}", "from_on": "01/04/2014",
            })
        assert self.lead.grants.count() == 16

    def previewed(self, name: str, path: Path) -> tuple[str, Upload]:
        """Send a file and confirm its headings as they were matched."""
        kind, area, ticked, _ = FILES[name]
        self.client.force_login(self.whose(area))
        file = SimpleUploadedFile(path.name, path.read_bytes())
        sent = {"kind": kind, "file": file, **ticked}
        answer = self.client.post(reverse("compliance:upload-new", args=[area]), sent, follow=True)
        assert answer.status_code == 200, text(answer)
        upload = Upload.objects.latest("pk")
        there = {column: str(place) for column, place in upload.columns.items()}
        self.client.post(reverse("compliance:upload-columns", args=[area, upload.pk]), there)
        return self.page(upload), upload

    def page(self, upload: Upload) -> str:
        """What the page says once the worker has done what it was given."""
        upload.refresh_from_db()
        if upload.working:
            tasks.work_on.call(upload.pk)
        upload.refresh_from_db()
        return text(self.client.get(reverse("compliance:upload-detail", args=[upload.area, upload.pk])))

    def brought(self, name: str) -> Upload:
        page, upload = self.previewed(name, SAVED / f"{name}.xlsx")
        assert upload.counts["refused"] == upload.counts["asked"] == 0, page
        seen = {"seen": upload.fingerprint, "all": "1"}
        self.client.post(reverse("compliance:upload-accept", args=[upload.area, upload.pk]), seen)
        assert "No row was left out." in self.page(upload)
        return upload


@pytest.fixture
def everybody(client, db):
    """What the operator of an empty installation does: the partnership and its manager, no more."""
    place = open_partnership(None, "BF", "Bracknell Forest")
    manager = User.objects.create_user(email="manager@example.org", name="Manager")
    Grant.objects.create(user=manager, role=Role.PARTNERSHIP_MANAGER, partnership=place, from_on=date(2014, 4, 1))
    return Everybody(client, manager)


def test_seven_saved_files_go_through_the_pages_and_the_published_figures_come_out(everybody):
    for name, (*_, rows) in FILES.items():
        if name == "staff":
            everybody.leads_all()
        if name == "meetings":
            place = everybody.manager.grants.get().partnership
            everybody.service = everybody.invited(
                "service@example.org", Role.CONFERENCE_ADMIN, f"partnership-{place.pk}"
            )
        upload = everybody.brought(name)
        assert not rows or upload.counts["new"] == rows, name
    assert upload.counts["closing"] == 800
    assert Meeting.objects.filter(closed_at=None).count() == 0
    the_figures_are_the_published_ones(everybody)
    the_csv_files_change_nothing(everybody)


def the_figures_are_the_published_ones(everybody: Everybody) -> None:
    place = everybody.manager.grants.get().partnership
    whole = score(Scope(place), Period(2014), on=ON)
    halves = [score(Scope(place), Period(2014, half), on=ON).result("quoracy").headline for half in ("H1", "H2")]
    assert [half.working for half in halves] == ["114 of 124", "120 of 140"]
    quoracy = whole.result("quoracy").headline
    assert (quoracy.working, quoracy.printed) == ("234 of 264", "88.6%")
    counts = {
        "conferences": 264, "initial": 81, "review": 183, "core_groups": 536, "inquorate": 30,
        "children_considered": 540, "children_on_plan": 122, "families_on_plan": 61, "open_registers": 0,
    }
    assert {key: whole.count(key) for key in counts} == counts
    for code, measure, working in (
        ("TVP", "conference_attendance", "119 of 191"), ("CMHT", "conference_attendance", "10 of 65"),
        ("CMHT", "contribution", "19 of 65"), ("GP", "conference_attendance", "7 of 247"),
        ("GP", "contribution", "101 of 247"),
    ):
        assert whole.result(measure).reading(Basis.INVOLVED, agency=code).working == working
    for code, working in (("TVP", "21 of 27"), ("ASC", "8 of 16")):
        member = Membership.objects.get(code=code)
        card = score(Scope(place, member), Period(2014), on=ON)
        assert card.result("training_current").reading(Basis.DUE, course="CPC").working == working
    everybody.client.force_login(everybody.manager)
    assert "234 of 264" in text(everybody.client.get("/partnerships/BF/?period=2014-15"))


def the_csv_files_change_nothing(everybody: Everybody) -> None:
    """The same lists as they were before they were saved: every row is here already."""
    for name in FILES:
        page, upload = everybody.previewed(name, YEAR_FOLDER / f"{name}.csv")
        assert "Everything in the file is here already" in page, (name, page)
        assert upload.counts["unchanged"] == upload.rows
