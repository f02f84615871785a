"""The pages of packs: who, choosing and checking, progress, downloads, deleting; all without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.actions import ask_pack, cancel_pack
from compliance.demo import factories as make
from compliance.models import Pack, PackState
from compliance.packs import working
from compliance.period import Period
from partnership.models import Grant, HistoryEntry, today
from partnership.roles import Role
from partnership.templatetags.quorate import longdate
from tests.compliance.packs.conftest import HALF
from tests.imports.uploads.test_working import waiting

pytestmark = pytest.mark.django_db
NEW, LIST = "/reports/packs/new/", "/reports/packs/"
CHOSEN = {"partnerships": ["NW", "SM"], "period": HALF.slug}


def address(pack: Pack, page: str = "detail", *more: str) -> str:
    return reverse(f"compliance:pack-{page}", args=[pack.pk, *more])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def as_sam(client, sam, meeting):
    client.force_login(sam)
    return client


def test_choose_check_and_have_it_made_in_three_steps(as_sam, both_places, sam, agency_a, agency_b):
    page = text(as_sam.get(NEW))
    assert page.count('type="checkbox"') == 2
    check = as_sam.post(NEW, CHOSEN)
    assert check.status_code == 200
    assert not Pack.objects.exists()
    assert "What the pack would hold" in text(check)
    assert "Make the pack" in text(check)
    answer = as_sam.post(NEW, CHOSEN | {"save": "1"})
    pack = Pack.objects.get()
    assert (answer.status_code, answer.url) == (302, address(pack))
    assert (pack.asked_by, pack.places, pack.period) == (sam, "NW+SM", HALF.slug)
    assert waiting() == ["make_pack"]
    as_sam.post(NEW, CHOSEN | {"save": "1"})  # a second press
    assert Pack.objects.count() == 1
    assert waiting() == ["make_pack"]


def test_the_check_says_how_many_are_issued_and_who_returned_nothing(as_sam, partnership, agency_a, agency_b, sam):
    make.IssuedReportFactory(partnership=partnership, agency=agency_a, period=HALF.slug)
    row = make.ReturnRoundFactory(partnership=partnership, period=HALF.slug)
    for member in partnership.memberships.all():
        make.AgencyReturnFactory(round=row, membership=member)
    check = as_sam.post(NEW, {"period": HALF.slug})
    assert [cell["text"] for cell in check.context["rows"][0]] == ["Northwold", 2, 1, 1, 2]


def test_going_back_keeps_what_was_chosen(as_sam, both_places, agency_a):
    answer = as_sam.post(NEW, {"partnerships": ["SM"], "period": HALF.slug, "back": "1"})
    form = answer.context["form"]
    assert answer.status_code == 200
    assert (form["partnerships"].value(), form["period"].value()) == (["SM"], HALF.slug)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"partnerships": []}, "Tick at least one partnership."),
    ({"partnerships": ["XX"]}, "Tick partnerships of the list only."),
    ({"period": ""}, "Choose a period."),
    ({"period": "1066-67"}, "Choose a period of the list."),
    ({"partnerships": ["NW"], "save": "1", "period": "9999"}, "Choose a period of the list."),
])
def test_bad_input_gets_the_form_back_with_a_sentence(as_sam, both_places, agency_a, wrong, said):
    answer = as_sam.post(NEW, CHOSEN | wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "govuk-error-summary" in text(answer)
    assert not Pack.objects.exists()


def test_a_partnership_out_of_reach_answers_like_one_that_is_not_there(as_sam, partnership, elsewhere, agency_c, agency_a):
    make.PartnershipFactory(code="ZZ")
    for code in ("SM", "ZZ", "XX"):
        answer = as_sam.post(NEW, {"partnerships": [code], "period": HALF.slug, "save": "1"})
        assert answer.status_code == 302  # with one partnership there is nothing to choose: it is their own
    assert set(Pack.objects.values_list("places", flat=True)) == {"NW"}


def test_a_partnership_without_agencies_is_refused_in_words(client, partnership, sam):
    client.force_login(sam)
    answer = client.post(NEW, {"period": Period.year_of(today()).slug, "save": "1"})
    assert answer.status_code == 422
    assert "No agency is a member of these partnerships yet" in text(answer)


def test_progress_is_told_without_script_and_it_can_be_stopped(as_sam, asked):
    assert "Waiting for its turn." in text(as_sam.get(address(asked)))
    Pack.objects.update(steps=6, done=1)
    assert "Figures of 1 of 2 agencies read." in text(as_sam.get(address(asked)))
    Pack.objects.update(done=3)
    page = text(as_sam.get(address(asked)))
    assert "1 of 2 reports put into the PDF." in page
    assert 'max="100" value="50"' in page
    assert f'<noscript><meta http-equiv="refresh" content="5;url={address(asked)}"></noscript>' in page
    assert "Look again" in page and "http-equiv" not in text(as_sam.get(f"{address(asked)}?still=yes"))
    Pack.objects.update(done=5)
    assert "1 of 2 reports put into the ZIP." in text(as_sam.get(address(asked)))
    assert "Stopped. Nothing of the pack is kept." in text(as_sam.post(address(asked, "cancel"), follow=True))
    assert "It was stopped" in text(as_sam.get(address(asked)))
    assert as_sam.get(address(asked, "cancel")).status_code == 302  # an address for changes only


def test_a_pack_that_is_ready_says_until_when_and_its_files_come_whole(as_sam, asked, made, sam):
    ready = made(asked)
    page = text(as_sam.get(address(ready.pack)))
    assert longdate(ready.pack.expires_on) in page
    for form, kind in (("pdf", "application/pdf"), ("zip", "application/zip")):
        answer = as_sam.get(address(ready.pack, "file", form))
        content = b"".join(answer.streaming_content)
        assert (answer["Content-Type"], int(answer["Content-Length"])) == (kind, len(content))
        assert content == ready.file(form)
        assert answer["Content-Disposition"] == f'attachment; filename="quorate-pack-NW-2014-15-H2.{form}"'
    printed = HistoryEntry.objects.filter(verb="printed", user=sam)
    assert sorted(entry.changes["format"] for entry in printed) == ["pdf", "zip"]
    assert {entry.partnership.code for entry in printed} == {"NW"}


def test_what_failed_says_why_and_offers_to_try_again(as_sam, asked):
    Pack.objects.update(state=PackState.FAILED, problem=working.DIED, finished_at=timezone.now())
    page = text(as_sam.get(address(asked)))
    assert working.DIED in page
    assert "/reports/packs/new/?partnership=NW&amp;period=2014-15-H2" in page
    assert as_sam.get(address(asked, "file", "pdf")).status_code == 302
    again = as_sam.get("/reports/packs/new/?partnership=NW&period=2014-15-H2")
    assert again.context["form"]["period"].value() == "2014-15-H2"


def test_it_is_deleted_after_a_question(as_sam, asked, made):
    assert as_sam.get(address(asked, "delete")).status_code == 302  # it is being made
    pack = made(asked).pack
    assert "Delete it" in text(as_sam.get(address(pack, "delete")))
    assert Pack.objects.exists()
    page = text(as_sam.post(address(pack, "delete"), follow=True))
    assert "is deleted." in page
    assert not Pack.objects.exists()


def test_a_pack_is_its_askers_alone_and_only_while_they_may(client, asked, made, sam, mo, alice, both_places):
    pack = made(asked).pack
    for user in (mo, alice):
        client.force_login(user)
        for page in ("detail", "delete"):
            assert client.get(address(pack, page)).status_code == 404
        assert client.get(address(pack, "file", "pdf")).status_code == 404
        assert client.post(address(pack, "cancel")).status_code == 404
    assert client.get(LIST).status_code == 403  # a lead issues nothing
    wide = ask_pack(by=sam, partnerships=both_places, period=HALF)
    client.force_login(sam)
    assert client.get(address(wide)).status_code == 200
    Grant.objects.filter(user=sam, partnership=both_places[1]).delete()
    assert client.get(address(wide)).status_code == 404  # one of its partnerships is out of reach now
    assert client.get(address(pack)).status_code == 200


def test_the_list_shows_ones_own_narrowed_and_in_order(as_sam, sam, mo, partnership, both_places, agency_a):
    packs = [
        make.PackFactory(asked_by=sam, places="NW", period="2014-15", places_of=[partnership], state="failed",
                         asked_at=timezone.now() - timedelta(days=1)),
        make.PackFactory(asked_by=sam, places="NW+SM", period="2013-14", places_of=both_places),
    ]
    make.PackFactory(asked_by=mo, places_of=[partnership])

    def listed(query: str = "") -> list[str]:
        return [row[0]["href"] for row in as_sam.get(LIST + query).context["rows"]]

    newest, oldest = address(packs[1]), address(packs[0])
    assert listed() == [newest, oldest]
    assert listed("?sort=asked") == [oldest, newest]
    assert listed("?sort=-about") == [newest, oldest]
    assert listed("?state=failed") == [oldest]
    assert listed("?period=2013-14") == [newest]
    assert as_sam.get(LIST + "?state=odd").status_code == 422
    assert "Packs" in text(as_sam.get("/reports/"))


def test_the_list_asks_the_same_for_few_and_for_many(as_sam, sam, partnership):
    counts = []
    for number in (3, 20):
        for year in range(number):
            make.PackFactory(asked_by=sam, period=f"{1990 + year}-{(91 + year) % 100:02}", state="cancelled", places_of=[partnership])
        with CaptureQueriesContext(connection) as queries:
            as_sam.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_dashboard_leads_to_it_for_those_who_issue(client, sam, tara, partnership, agency_a):
    for user, there in ((sam, True), (tara, False)):
        client.force_login(user)
        page = text(client.get("/partnerships/NW/?period=2014-15-H2"))
        assert ("/reports/packs/new/?partnership=NW&amp;period=2014-15-H2" in page) is there


def test_a_shared_agency_is_printed_over_the_partnerships_that_the_reader_sees(client, sam, alice, partnership, elsewhere, agency_a):
    make.MembershipFactory(partnership=elsewhere, agency=agency_a, code="SC")
    words = "over 2 partnerships together"
    client.force_login(alice)
    assert words in text(client.get("/partnerships/NW/agencies/CSC/"))
    answer = client.get("/partnerships/NW/agencies/CSC/report.csv?across=yes&names=no&period=2014-15")
    assert "Northwold and Southmere" in answer.content.decode()
    assert 'filename="quorate-NW-SM-CSC-2014-15.csv"' in answer["Content-Disposition"]
    assert HistoryEntry.objects.filter(verb="printed", user=alice).count() == 2
    client.force_login(sam)  # in Northwold's sub-group alone
    assert words not in text(client.get("/partnerships/NW/agencies/CSC/"))
    answer = client.get("/partnerships/NW/agencies/CSC/report.csv?across=yes&period=2014-15")
    assert "Southmere" not in answer.content.decode()
    make.GrantFactory(user=sam, role=Role.TRAINING_SUBGROUP, partnership=elsewhere)
    assert "Southmere" in client.get("/partnerships/NW/agencies/CSC/report.csv?across=yes").content.decode()


def test_a_cancelled_pack_can_be_asked_for_again(as_sam, asked, sam):
    cancel_pack(by=sam, pack=asked)
    assert not cancel_pack(by=sam, pack=asked)
    as_sam.post(NEW, {"period": HALF.slug, "save": "1"})
    assert Pack.objects.filter(state=PackState.MAKING).count() == 1
    assert today() > HALF.last
