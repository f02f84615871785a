"""Suggestions: narrowed, and many dismissed at once with one reason."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import MeetingKind
from escalation.models import Suggestion
from partnership.models import HistoryEntry
from tests.escalation.pages.conftest import words

pytestmark = pytest.mark.django_db
LIST, DISMISS = "/escalations/suggestions/", "/escalations/suggestions/dismiss/"


@pytest.fixture
def several(partnership, agency_a, agency_b):
    """Two about B (a conference in 2014, a core group in 2015) and one that was dismissed."""
    found = []
    for number, (kind, on) in enumerate([
        (MeetingKind.INITIAL, date(2014, 5, 1)), (MeetingKind.CORE_GROUP, date(2015, 2, 1)),
        (MeetingKind.REVIEW, date(2015, 3, 1)),
    ]):
        meeting = make.MeetingFactory(partnership=partnership, kind=kind, held_on=on)
        for agency in (agency_a, agency_b):
            make.AttendanceFactory(meeting=meeting, agency=agency, staff_member=None, job_title="X")
        found.append(make.SuggestionFactory(
            partnership=partnership, about=agency_b, meetings=[meeting], sentence=f"Sentence {number}.",
            trigger="initial" if number == 0 else "two_running",
        ))
    return found


def numbers(response) -> list[int]:
    return [item["row"].pk for item in response.context["suggestions"]]


def test_the_list_is_narrowed(several, signed_in, dana, alice, agency_a, agency_b):
    first, second, third = (row.pk for row in several)
    client = signed_in(dana)
    client.post(DISMISS, {"suggestion": [third], "reason": "Known"})

    def shown(query: str) -> list[int]:
        return numbers(client.get(f"{LIST}?{query}"))

    assert shown("") == [second, first]
    assert shown("sort=oldest") == [first, second]
    assert shown("trigger=initial") == shown("kind=conference") == shown("until=31/12/2014") == [first]
    assert shown("kind=core_group") == shown("since=01/01/2015") == [second]
    assert shown(f"agency={agency_b.pk}&state=all") == [third, second, first]
    assert shown("state=dismissed") == [third]
    page = words(client.get(f"{LIST}?state=dismissed"))
    assert "Already dismissed by you" in page and "Reason: Known" in page
    assert "by the conference service" in words(signed_in(alice).get(f"{LIST}?state=dismissed"))
    assert "No suggestion fits" in words(client.get(f"{LIST}?kind=core_group&trigger=initial"))
    for nonsense in ("agency=x", "state=x", "since=x", "page=x", f"agency={agency_a.pk}"):
        assert client.get(f"{LIST}?{nonsense}").status_code == 200


def test_many_are_dismissed_with_one_reason_and_late_ones_are_told(several, signed_in, dana, alice):
    keys = [row.pk for row in several]
    client = signed_in(dana)
    look = client.get(DISMISS, {"suggestion": keys})
    assert "Dismiss 3 suggestions" in words(look) and Suggestion.objects.filter(state="open").count() == 3
    assert client.post(DISMISS, {"suggestion": keys, "reason": ""}).status_code == 422
    signed_in(alice).post(DISMISS, {"suggestion": keys[:1], "reason": "Ours"})
    done = client.post(DISMISS, {"suggestion": keys, "reason": "They moved."}, follow=True)
    assert "2 suggestions dismissed." in words(done)
    assert "1 suggestion had been handled meanwhile and was left as it was." in words(done)
    twice = client.post(DISMISS, {"suggestion": keys, "reason": "They moved."}, follow=True)
    assert "3 suggestions had been handled meanwhile and were left as they were." in words(twice)
    assert HistoryEntry.objects.filter(verb="dismissed").count() == 3


@pytest.mark.parametrize("sent", [[], ["x"], ["999999"], ["9" * 30]])
def test_nothing_ticked_is_told(several, signed_in, dana, sent):
    answer = signed_in(dana).get(DISMISS, {"suggestion": sent}, follow=True)
    assert "Tick the suggestions that you want to dismiss." in words(answer)


def test_what_is_out_of_reach_is_left_alone(several, signed_in, charlie, mo, outsider):
    """Charlie's agency is the one it is about; the manager only sees; another partnership nothing."""
    keys = [row.pk for row in several]
    for user in (charlie, outsider):
        signed_in(user).post(DISMISS, {"suggestion": keys, "reason": "Mine"})
    assert signed_in(mo).post(DISMISS, {"suggestion": keys, "reason": "Mine"}).status_code == 403
    assert Suggestion.objects.filter(state="open").count() == 3
    assert "Dismiss those that are ticked" not in words(signed_in(mo).get(LIST))


def test_as_many_queries_for_many(several, signed_in, dana, partnership, agency_b):
    client = signed_in(dana)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{LIST}?state=all").status_code == 200
        return len(asked)

    queries()
    few = queries()
    for row in several:
        for _ in range(6):
            make.SuggestionFactory(
                partnership=partnership, about=agency_b, meetings=list(row.meetings.all())
            )
    assert queries() == few
