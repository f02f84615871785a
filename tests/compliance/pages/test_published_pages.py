"""The published edition as a page and as files: who may have it, and what the history says of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import connections
from django.utils import timezone

from compliance import editions, publishing
from compliance.actions import issue_report
from compliance.kept_figures import as_kept
from compliance.models import FamilyState, IssuedReport, PublishedCard, PublishedFamily
from compliance.period import Period
from conferences.models import Meeting
from partnership import jobs
from partnership.models import HistoryEntry

AGENCY = "/partnerships/NW/agencies/CSC/"
WHOLE = "/partnerships/NW/"


@pytest.fixture(autouse=True)
def worker_at_once(monkeypatch, request):
    """The worker is quick, but where a test asks for a slow one."""
    if "slow_worker" not in request.fixturenames:
        monkeypatch.setattr("compliance.views.waiting.have_published", lambda family: publishing.work(family.pk))


@pytest.fixture
def slow_worker(monkeypatch):
    """What the worker was told, and does only when a test says so."""
    told: list[int] = []
    monkeypatch.setattr("compliance.views.waiting.have_published", lambda family: told.append(family.pk))
    return told


@pytest.fixture
def closed(meeting, people):
    """The initial conference counts: one of one for A, nothing of one for B."""
    meeting.state, meeting.quorate, meeting.quorum_sentence = "held", True, "All were there."
    meeting.closed_at, meeting.closed_by = "2015-01-01T00:00Z", people.dana
    meeting.save()
    return meeting


def test_published_page_holds_back_and_leads_nowhere(client, closed, people):
    client.force_login(people.sam)
    asked = "?period=2014-15"
    page = client.get(f"{AGENCY}published/{asked}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Published edition: counts of 1 to 4 are held back" in text
    assert "see the rows" not in text
    assert f"{AGENCY}report.pdf{asked}&amp;edition=published" in text


def test_published_link_is_for_those_who_may_print(client, partnership, agency_a, people):
    client.force_login(people.sam)
    assert f"{AGENCY}published/?period=" in client.get(AGENCY).content.decode()
    assert f"{WHOLE}published/?period=" in client.get(WHOLE).content.decode()
    client.force_login(people.tara)  # sees measures, prints nothing
    assert "published/" not in client.get(AGENCY).content.decode()
    assert client.get(f"{AGENCY}published/").status_code == 404


def test_published_file_says_so_in_its_name_and_in_the_history(client, partnership, agency_a, people):
    client.force_login(people.alice)
    answer = client.get(f"{AGENCY}report.csv?period=2014-15&edition=published")
    assert answer["Content-Disposition"].endswith('-2014-15-published.csv"')
    assert "Published edition" in answer.content.decode()
    entry = HistoryEntry.objects.get(verb="printed")
    assert (entry.changes["edition"], entry.changes["names"]) == ("published", False)
    inside = client.get(f"{AGENCY}report.csv?period=2014-15")
    assert "Published edition" not in inside.content.decode()
    assert HistoryEntry.objects.filter(verb="printed", changes__edition="inside").count() == 1


def test_published_edition_stays_the_same_for_a_day(client, partnership, agency_a, agency_b, people):
    client.force_login(people.sam)
    asked = f"{AGENCY}report.json?period=2014-15&edition=published"
    before = client.get(asked).json()
    agency_a.name = "Renamed in the meantime"
    agency_a.save()
    assert client.get(asked).json() == before
    PublishedFamily.objects.update(made_on="2026-11-01")
    assert client.get(asked).json() != before
    publishing.forget_published()
    assert PublishedFamily.objects.count() == 1 and PublishedCard.objects.filter(family__made_on="2026-11-01").count() == 0


def test_agency_that_joined_since_is_told_to_ask_tomorrow(client, partnership, agency_a, agency_b, people):
    """The editions of a day are made together, and once: not anew for one that came later."""
    client.force_login(people.sam)
    page, file = f"{AGENCY}published/?period=2014-15", f"{AGENCY}report.csv?period=2014-15&edition=published"
    assert client.get(page).status_code == client.get(file).status_code == 200
    agency_a.memberships.update(code="ANEW")
    for path in (page, file):
        answer = client.get(path.replace("/CSC/", "/ANEW/"), follow=True)
        assert answer.redirect_chain[0][0] == "/partnerships/NW/agencies/ANEW/?period=2014-15"
        assert "Those of figures as they stand are made once a day" in answer.content.decode()


def test_a_year_to_come_sets_nobody_to_work(client, partnership, agency_a, people):
    client.force_login(people.sam)
    for path in (AGENCY, WHOLE, f"{WHOLE}annual/"):
        answer = client.get(f"{path}published/?period=2150-51", follow=True)
        assert answer.status_code == 200 and "2150-51 has not begun" in answer.content.decode()
    assert not PublishedFamily.objects.exists()


# --- While it is made -----------------------------------------------------------------------------

PAGE = f"{AGENCY}published/?period=2014-15"


def test_page_waits_for_the_worker_who_is_told_once(client, partnership, agency_a, people, slow_worker):
    client.force_login(people.sam)
    for _ in range(2):
        text = client.get(PAGE).content.decode()
        assert "The published edition is being made" in text and "Waiting for its turn." in text
        assert f'<noscript><meta http-equiv="refresh" content="5;url={PAGE}"></noscript>' in text
    still = client.get(f"{PAGE}&still=yes").content.decode()  # who needs longer may stop it
    assert "http-equiv" not in still and f'href="{PAGE}"' in still and "Look again" in still
    assert client.get(f"{WHOLE}published/?period=2014-15").status_code == 200  # of the same family
    assert client.get(f"{AGENCY}report.pdf?period=2014-15&edition=published")["Location"] == PAGE
    family = PublishedFamily.objects.get()
    assert slow_worker == [family.pk]
    publishing.ticker(family)(0.5)
    assert "The figures are being read." in client.get(PAGE).content.decode()
    publishing.work(family.pk)
    publishing.work(family.pk)  # again: nothing happens
    assert "counts of 1 to 4 are held back" in client.get(PAGE).content.decode()
    assert family.cards.count() == 3 * 7 + 3  # two agencies and the whole, and the annual reports


def test_worker_that_dies_is_followed_by_another_and_then_given_up(client, partnership, agency_a, people, slow_worker):
    client.force_login(people.sam)
    client.get(PAGE)
    family, now = PublishedFamily.objects.get(), timezone.now()
    assert publishing.revive(family.pk, now) is False
    for turn in range(1, jobs.MOST_TRIES + 1):
        assert publishing.revive(family.pk, now + turn * jobs.SILENT * 2) is True
    assert publishing.revive(family.pk, now + jobs.SILENT * 20) is None
    text = client.get(PAGE).content.decode()
    assert "could not be made" in text and "interrupted 3 times" in text
    assert f'<form method="post" action="{PAGE}"' in text and "Try again" in text
    assert "could not be made" in client.get(f"{PAGE}&again=yes").content.decode()  # a look changes nothing
    assert slow_worker == [family.pk]
    for _ in range(2):  # a double click
        assert client.post(PAGE)["Location"] == PAGE
    assert "is being made" in client.get(PAGE).content.decode()
    assert slow_worker == [family.pk] * 2
    publishing.work(family.pk)
    assert "counts of 1 to 4 are held back" in client.get(PAGE).content.decode()
    assert client.post(PAGE)["Location"] == PAGE  # it is there by now
    assert slow_worker == [family.pk] * 2
    assert publishing.revive(family.pk, now + jobs.SILENT * 40) is None


def test_try_again_is_for_those_who_may_print_and_for_nobody_else(client, partnership, agency_a, people, slow_worker):
    client.force_login(people.sam)
    client.get(PAGE)
    PublishedFamily.objects.update(state=FamilyState.FAILED, problem="Out of paper.")
    for who in (people.tara, people.charlie, people.outsider):
        client.force_login(who)
        assert client.post(PAGE).status_code == 404
        assert PublishedFamily.objects.get().state == FamilyState.FAILED
    client.force_login(people.alice)
    assert client.post(PAGE).status_code == 302
    assert PublishedFamily.objects.get().state == FamilyState.MAKING
    assert len(slow_worker) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_try_again_at_once_set_one_worker_to_it(race, partnership, agency_a):
    family = PublishedFamily.objects.create(
        partnership=partnership, year=2014, made_on="2026-11-01", state=FamilyState.FAILED
    )
    assert sorted(race(lambda: publishing.start_again(family))) == [False, True]


def test_what_goes_wrong_leaves_nothing_half_made(client, partnership, agency_a, people, slow_worker, monkeypatch):
    client.force_login(people.sam)
    client.get(PAGE)
    family = PublishedFamily.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "as_kept", lambda card: as_kept(card) if card.period.part else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publishing.work(family.pk)
    family.refresh_from_db()
    assert (family.state, family.cards.count()) == (FamilyState.FAILED, 0)
    assert "Something went wrong" in client.get(PAGE).content.decode()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("one_moment", "whole"), [(True, [1, 1, 1]), (False, [1, 0, 0])], ids=["", "control"])
def test_a_correction_between_two_agencies_is_in_none_of_the_editions(
    transactional_db, partnership, agency_a, agency_b, closed, monkeypatch, one_moment, whole
):
    read, seen, year = editions.cards_of, [], Period(2014)

    def then_corrected(*given):
        found = dict(read(*given))
        seen.append(found[year].count("conferences"))
        with ThreadPoolExecutor(1) as thread:  # somebody else, on a connection of their own
            thread.submit(Meeting.objects.update, held_on="2013-05-01").result()
            thread.submit(connections.close_all).result()
        return found.items()

    monkeypatch.setattr(editions, "cards_of", then_corrected)
    if not one_moment:
        monkeypatch.setattr(publishing, "one_moment", lambda: nullcontext(lambda do: do()))
    publishing.made(PublishedFamily.objects.create(partnership=partnership, year=2014, made_on="2026-11-01"))
    assert seen == whole


def test_of_two_workers_the_first_one_counts(partnership, agency_a):
    """Else the one could be subtracted from the other."""
    with pytest.raises(publishing.BeingMade) as waiting:
        publishing.asked_for(partnership, 2014)
    family = waiting.value.family
    second = publishing.made(family)
    publishing.work(family.pk)
    first = set(family.cards.values_list("pk", flat=True))
    publishing.keep(family, second)
    assert set(family.cards.values_list("pk", flat=True)) == first


# --- Of what was issued ---------------------------------------------------------------------------


@pytest.fixture
def issue(partnership, people):
    """Issue the reports of the second half-year: of agencies by their codes, "" for the whole."""
    def run(*codes: str, **more) -> list[IssuedReport]:
        members = {m.code: m for m in partnership.memberships.select_related("agency", "partnership")}
        told = {"by": people.sam, "partnership": partnership, "period": Period(2014, "H2")}
        return [issue_report(**told, membership=members.get(code), **more) for code in codes]

    return run


def test_issued_report_has_a_published_edition_when_all_are_issued(client, closed, people, issue):
    own, _ = issue("CSC", "POL")
    client.force_login(people.sam)
    path = f"/reports/{own.pk}/"
    why = "when the reports of the whole partnership and of every agency are issued"
    assert why in client.get(path).content.decode()
    answer = client.get(f"{path}published/", follow=True)
    assert answer.redirect_chain[0][0] == path and why in answer.content.decode()
    assert not PublishedFamily.objects.exists()
    assert client.get(f"{path}published.csv", follow=True).redirect_chain[0][0] == path

    [whole] = issue("")
    assert f'href="{path}published/"' in client.get(path).content.decode()
    text = client.get(f"{path}published/").content.decode()
    assert "counts of 1 to 4 are held back" in text and own.number in text
    answer = client.get(f"{path}published.json")
    assert answer["Content-Disposition"].endswith('-v1-published.json"')
    assert own.checksum[:4] not in str(answer.json()["issued"]["checksum"]) and people.sam.name not in answer.content.decode()
    entry = HistoryEntry.objects.get(verb="printed")
    assert (entry.changes["edition"], entry.changes["number"]) == ("published", own.number)
    assert client.get(f"/reports/{whole.pk}/published/").status_code == 200
    family = PublishedFamily.objects.get()
    PublishedFamily.objects.update(made_on="2020-01-01")
    publishing.forget_published()
    assert PublishedFamily.objects.get().pk == family.pk  # what was issued stays


def test_correction_has_an_edition_of_its_own_and_the_old_version_none(client, closed, people, issue):
    first, *_ = issue("CSC", "POL", "")
    client.force_login(people.sam)
    assert client.get(f"/reports/{first.pk}/published/").status_code == 200
    closed.quorate = False
    closed.save()
    closed.lines.update(outcome="absent")
    second, _ = issue("CSC", "", reason="The register was wrong.")
    assert "only the newest one" in client.get(f"/reports/{first.pk}/published/", follow=True).content.decode()
    assert client.get(f"/reports/{second.pk}/published/").status_code == 200
    assert PublishedFamily.objects.count() == 2


def test_published_edition_of_another_agencys_report_is_nowhere(client, closed, people, issue):
    [whole] = issue("")
    client.force_login(people.alice)
    assert client.get(f"/reports/{whole.pk}/published/").status_code == 404
    assert client.get(f"/reports/{whole.pk}/published.csv").status_code == 404
    assert client.get("/reports/999999/published/").status_code == 404
