"""The pages of the local rules: read in words, changed in three steps, nothing overwritten."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import MeetingKind, Outcome, Timed, Unit
from conferences.models import ExpectationRule, Meeting, QuorumRule, Timescale
from conferences.wording import limit_words
from partnership.models import HistoryEntry, today
from tests.reading import same, text

pytestmark = pytest.mark.django_db
BASE = "/set-up/rules/NW/"
SOON = today() + timedelta(days=10)
READ = ["/set-up/rules/", f"{BASE}quorum/", f"{BASE}expectations/", f"{BASE}timescales/"]
CHANGE = [f"{BASE}quorum/new/", f"{BASE}expectations/new/", f"{BASE}timescales/new/"]


def typed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def quorum_data(**changes) -> dict:
    """What a browser sends of the quorum's form."""
    return {
        "required_sectors": ["social_care_children"], "others": "2", "others_involved": "on",
        "counts": ["video", "phone", "deputy"], "effective_from": typed(SOON),
        "unit-TOTAL_FORMS": "1", "unit-INITIAL_FORMS": "0", "unit-0-title": "", "check": "1",
    } | changes


def expectation_data(**changes) -> dict:
    return {"agency": "", "kind": "", "expectation": "report", "effective_from": typed(SOON)} | changes


def timescale_data(**changes) -> dict:
    return {
        "what": "initial", "amount": "10", "unit": "working_days", "effective_from": typed(SOON),
    } | changes


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)


def saved(client, address: str, data: dict):
    """The check page and the answer to saving from it."""
    check = client.post(address, data)
    assert check.status_code == 200, text(check)
    data = {name: value for name, value in data.items() if name != "check"}
    return check, client.post(address, data | {"seen": seen_on(check), "save": "1"}, follow=True)


# --- Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["alice", "bob", "charlie", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"]
)
def test_the_rules_are_read_by_all_of_the_partnership_and_changed_by_its_manager(client, people, name):
    client.force_login(getattr(people, name))
    here = name != "outsider"
    assert client.get("/set-up/rules/").status_code == 200  # each reads those of their own
    for address in READ[1:]:
        answer = client.get(address)
        assert answer.status_code == (200 if here else 404), address
        assert ("/new/" in answer.content.decode()) is (name == "mo")
    for address in CHANGE:
        assert client.get(address).status_code == (200 if name == "mo" else 404)
        assert client.post(address, {}).status_code == (422 if name == "mo" else 404)
    assert QuorumRule.objects.filter(partnership__code="NW").count() == 1


def test_another_partnerships_rule_answers_as_one_that_is_missing(client, mo, elsewhere, partnership):
    client.force_login(mo)
    for place, kind in ((elsewhere, "quorum"), (partnership, "nonsense")):
        pk = place.quorum_rules.get().pk
        far = client.get(f"{BASE}{kind}/{pk}/remove/")
        none = client.get(f"{BASE}{kind}/999999/remove/")
        assert same(far) == same(none)
        assert far.status_code == 404
    assert client.get(f"/set-up/rules/{elsewhere.code}/quorum/").status_code == 404


# --- Quorum ---------------------------------------------------------------------------------------


@pytest.fixture
def year(partnership, agency_a, agency_b, calendar):
    """Three conferences: two others came; one other came; stood down. All closed."""
    third = make.AgencyFactory(name="Northwold Health", sector="health_community")
    make.MembershipFactory(partnership=partnership, agency=third, code="HEA")
    came = {"FULL": (agency_a, agency_b, third), "THIN": (agency_a, agency_b), "DOWN": (agency_a,)}
    rows = {}
    for number, (reference, agencies) in enumerate(came.items(), start=2):
        row = rows[reference] = make.MeetingFactory(
            partnership=partnership, reference=reference, held_on=date(2015, 3, number),
            state="stood_down" if reference == "DOWN" else "held",
            strategy_discussion_on=date(2015, 2, 12),
        )
        for agency in agencies:
            make.AttendanceFactory(
                meeting=row, agency=agency, outcome=Outcome.ATTENDED, mode="in_person"
            )
    actions.close_registers(by=None, meetings=rows.values(), tell=False)
    return rows


def test_the_quorum_stands_in_sentences(client, bob, partnership):
    client.force_login(bob)
    words = text(client.get(f"{BASE}quorum/"))
    assert "Children's social care must be there, and at least 2 other agencies that have direct" in words
    assert "Video, phone and a deputy count as being there." in words
    assert "In force since 1 January 2000" in words


def test_a_new_quorum_is_tried_on_the_last_year_then_saved(client, mo, partnership, year):
    client.force_login(mo)
    data = quorum_data(others="1")
    check, done = saved(client, f"{BASE}quorum/new/", data)
    words = text(check)
    assert "1 of 3 conferences were quorate as they were judged; 2 of 3 would be" in words
    assert "1 would be judged otherwise" in words
    assert "THIN" in words
    assert "FULL" not in words
    assert "DOWN" not in words
    assert "stays as it is" in words
    assert f"in force from {SOON.day}" in text(done)
    new = partnership.quorum_rules.latest("effective_from")
    assert (new.effective_from, new.others) == (SOON, 1)
    assert {m.reference: m.quorate for m in Meeting.objects.all()} == {
        "FULL": True, "THIN": False, "DOWN": False,
    }


def test_the_check_page_writes_nothing(client, mo, partnership, year):
    client.force_login(mo)
    before = HistoryEntry.objects.count()
    assert client.post(f"{BASE}quorum/new/", quorum_data(others="1")).status_code == 200
    assert client.post(f"{BASE}expectations/new/", expectation_data()).status_code == 200
    assert client.post(f"{BASE}timescales/new/", timescale_data()).status_code == 200
    assert HistoryEntry.objects.count() == before
    assert (QuorumRule.objects.filter(partnership=partnership).count(), ExpectationRule.objects.filter(
        partnership=partnership).count()) == (1, 1)


def test_agencies_that_count_as_one(client, mo, partnership, year, agency_b):
    client.force_login(mo)
    third = partnership.agencies.get(name="Northwold Health")
    both = {"unit-0-title": "Both", "unit-0-agencies": [agency_b.pk, third.pk]}
    check, _ = saved(client, f"{BASE}quorum/new/", quorum_data(**both))
    assert "1 of 3 conferences were quorate as they were judged; 0 of 3" in text(check)
    unit = partnership.quorum_rules.latest("effective_from").units.get()
    assert (unit.title, set(unit.agencies.all())) == ("Both", {agency_b, third})
    assert "Both" in text(client.get(f"{BASE}quorum/"))


@pytest.mark.parametrize(
    ("changes", "expected", "field"),
    [
        ({"others": ""}, "Fill in “How many other agencies at least”", "id_others"),
        ({"others": "21"}, "Write a number from 0 to 20.", "id_others"),
        ({"others": "0", "required_sectors": []}, "every conference is quorate", "id_others"),
        ({"required_sectors": ["nonsense"]}, "Choose one of the answers on the list", "id_required_sectors_0"),
        ({"effective_from": "32/01/2015"}, "must be a real date", "id_effective_from"),
        ({"effective_from": "01/01/2000"}, "already begins on 1 January 2000", "id_effective_from"),
        ({"unit-0-title": "Health"}, "Tick at least two agencies", "id_unit-0-agencies_0"),
        ({"unit-0-title": "He\nalth"}, "cannot be seen", "id_unit-0-title"),
    ],
)
def test_a_wrong_quorum_comes_back_with_what_was_typed(client, mo, partnership, changes, expected, field):
    client.force_login(mo)
    seen = seen_on(client.post(f"{BASE}quorum/new/", quorum_data()))
    for step in ({"check": "1"}, {"save": "1", "seen": seen}):
        answer = client.post(f"{BASE}quorum/new/", quorum_data(**changes) | step)
        assert answer.status_code == 422
        assert expected in text(answer)
        assert f'href="#{field}"' in answer.content.decode()
    assert partnership.quorum_rules.count() == 1


def test_a_version_that_changes_nothing_is_not_offered(client, mo, partnership):
    client.force_login(mo)
    same_rule = client.post(f"{BASE}quorum/new/", quorum_data())
    assert "there is nothing to save" in text(same_rule) and 'name="save"' not in same_rule.content.decode()
    another = client.post(f"{BASE}quorum/new/", quorum_data(others="3"))
    assert "Nothing is saved yet" in text(another) and 'name="save"' in another.content.decode()


@pytest.mark.parametrize("days", [0, 9])
def test_of_two_versions_on_one_day_the_way_out_is_told(client, mo, partnership, days):
    on = typed(today() + timedelta(days=days))
    client.force_login(mo)
    saved(client, f"{BASE}quorum/new/", quorum_data(others="3", effective_from=on))
    again = client.post(f"{BASE}quorum/new/", quorum_data(others="4", effective_from=on))
    assert again.status_code == 422 and "Choose another day, or correct that version." in text(again)


def test_nobody_reaches_back_over_what_was_judged(client, mo, partnership, year):
    client.force_login(mo)
    answer = client.post(f"{BASE}quorum/new/", quorum_data(effective_from="04/03/2015"))
    assert answer.status_code == 422
    assert "judged up to 4 March 2015, and stay as they are. Choose 5 March 2015 or a later day." in text(answer)
    assert client.post(f"{BASE}quorum/new/", quorum_data(effective_from="05/03/2015")).status_code == 200


def test_a_version_that_came_meanwhile_is_shown_beside_and_not_overwritten(client, mo, partnership):
    client.force_login(mo)
    data = quorum_data(others="3")
    check = client.post(f"{BASE}quorum/new/", data)
    terms = {"required_sectors": ["social_care_children"], "others": 4}
    actions.set_quorum(by=mo, partnership=partnership, effective_from=today(), **terms)
    del data["check"]
    late = client.post(f"{BASE}quorum/new/", data | {"seen": seen_on(check), "save": "1"})
    assert late.status_code == 409
    assert "Somebody else changed this meanwhile" in text(late)
    rows = {row[0]["text"]: (row[1], row[2]["text"]) for row in late.context["proposal"].rows}
    assert rows["Others at least"] == ("4", "3")
    assert partnership.quorum_rules.count() == 2
    done = client.post(f"{BASE}quorum/new/", data | {"seen": seen_on(late), "save": "1"})
    assert done.status_code == 302
    assert partnership.quorum_rules.count() == 3


def test_a_double_press_makes_one_version(client, mo, partnership):
    client.force_login(mo)
    check = client.post(f"{BASE}timescales/new/", timescale_data())
    data = timescale_data(seen=seen_on(check), save="1")
    answers = [client.post(f"{BASE}timescales/new/", data).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert Timescale.objects.filter(partnership=partnership, what="initial").count() == 2


def test_going_back_keeps_what_was_typed_and_more_adds_a_group(client, mo, partnership):
    client.force_login(mo)
    back = client.post(f"{BASE}quorum/new/", quorum_data(others="7") | {"back": "1"})
    assert back.status_code == 200
    assert 'value="7"' in back.content.decode()
    more = client.post(f"{BASE}quorum/new/", quorum_data() | {"more": "1"})
    assert "unit-1-title" in more.content.decode()


def test_a_version_to_come_is_listed_and_can_be_removed(client, mo, partnership):
    client.force_login(mo)
    saved(client, f"{BASE}quorum/new/", quorum_data(others="5"))
    row = partnership.quorum_rules.latest("effective_from")
    remove = reverse("conferences:rule-remove", args=["NW", "quorum", row.pk])
    assert remove in client.get(f"{BASE}quorum/").content.decode()
    ask = client.get(remove)
    assert "goes on in its place" in text(ask)
    assert partnership.quorum_rules.count() == 2
    done = client.post(remove, {"seen": seen_on(ask), "save": "1"}, follow=True)
    assert "is removed" in text(done)
    assert partnership.quorum_rules.get().effective_until is None
    first = reverse("conferences:rule-remove", args=["NW", "quorum", partnership.quorum_rules.get().pk])
    refused = client.get(first)
    assert refused.status_code == 422
    assert "Correct this version instead." in text(refused)
    assert client.post(first, {"save": "1"}).status_code in (409, 422)


# --- Saved by mistake -----------------------------------------------------------------------------


def correcting(kind, row, what="correct"):
    return reverse(f"conferences:rule-{what}", args=["NW", kind, row.pk])


def test_quorum_saved_by_mistake_today_is_corrected_today(client, mo, partnership, agency_a, agency_b):
    client.force_login(mo)
    saved(client, f"{BASE}quorum/new/", quorum_data(others="5", effective_from=typed(today())))
    row = partnership.quorum_rules.latest("effective_from")
    address = correcting("quorum", row)
    assert address in client.get(f"{BASE}quorum/").content.decode()
    page = client.get(address)
    assert "effective_from" not in page.content.decode() and correcting("quorum", row, "remove") in page.content.decode()
    groups = {"unit-0-title": "Both", "unit-0-agencies": [agency_a.pk, agency_b.pk]}
    check, done = saved(client, address, quorum_data(others="3", **groups))
    rows = {one[0]["text"]: (one[1], one[2]["text"]) for one in check.context["proposal"].rows}
    assert rows["Others at least"] == ("5", "3") and "Nothing is saved yet" in text(check)
    assert f"The version is corrected. It is in force from {today().day} " in text(done)
    row.refresh_from_db()
    assert (row.others, row.effective_from, row.units.get().title) == (3, today(), "Both")
    entry = HistoryEntry.objects.filter(verb="corrected").get()
    assert entry.changes["others"] == [5, 3] and entry.user == mo
    assert partnership.quorum_rules.count() == 2


def test_groups_alone_are_corrected_too_and_are_part_of_what_was_seen(client, mo, partnership, agency_a, agency_b):
    client.force_login(mo)
    address = correcting("quorum", partnership.quorum_rules.get())
    groups = {"unit-0-title": "Both", "unit-0-agencies": [agency_a.pk, agency_b.pk]}
    late = client.post(address, quorum_data(others="4"))
    saved(client, address, quorum_data(**groups))
    assert HistoryEntry.objects.get(verb="corrected").changes == {"counts as Both": [str(agency_b), str(agency_a)]}
    clash = client.post(address, quorum_data(others="4", seen=seen_on(late), save="1"))
    assert clash.status_code == 409 and partnership.quorum_rules.get().others == 2


@pytest.mark.parametrize("kind", ["quorum", "expectation", "timescale"])
def test_version_that_was_judged_by_stays_and_says_why(client, mo, partnership, year, kind):
    rows = {"quorum": partnership.quorum_rules, "expectation": partnership.expectations, "timescale": partnership.timescales}
    row = rows[kind].first()
    why = "It has been in force since 1 January 2000, and what was judged up to 4 March 2015 rests on it"
    client.force_login(mo)
    data = {"quorum": quorum_data(others="4"), "expectation": expectation_data(), "timescale": timescale_data()}[kind]
    assert why in text(client.get(correcting(kind, row), follow=True))
    sent = client.post(correcting(kind, row), data)
    assert sent.status_code == 422 and why in text(sent)
    refused = client.get(correcting(kind, row, "remove"))
    assert refused.status_code == 422 and not HistoryEntry.objects.filter(verb__in=("corrected", "removed")).exists()
    listed = {"quorum": "quorum", "expectation": "expectations", "timescale": "timescales"}[kind]
    assert "/correct/" not in client.get(f"{BASE}{listed}/").content.decode()


def test_expectation_in_force_is_corrected_and_open_registers_follow(client, mo, partnership, agency_a, meeting):
    rule = actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="report",
                          effective_from=date(2015, 1, 1))
    client.force_login(mo)
    assert correcting("expectation", rule) in client.get(f"{BASE}expectations/").content.decode()
    check, done = saved(client, correcting("expectation", rule), {"expectation": "attend"})
    assert "1 invitation to 1 meeting with an open register changes with it" in text(check)
    assert "Corrected. From 1 January 2015: Northwold Social Care is expected to attend" in text(done)
    assert meeting.lines.get(agency=agency_a).expectation == "attend"
    ask = client.get(correcting("expectation", rule, "remove"))
    assert "What is expected more generally holds in its place.1 invitation to 1 meeting" in text(ask)
    client.post(correcting("expectation", rule, "remove"), {"seen": seen_on(ask), "save": "1"})
    assert meeting.lines.get(agency=agency_a).expectation == "attend_and_report"
    assert partnership.expectations.count() == 1


def test_expectation_of_an_agency_rests_on_its_own_registers_alone(client, mo, partnership, agency_a, year):
    apart = make.AgencyFactory(name="Apart")
    make.MembershipFactory(partnership=partnership, agency=apart)
    mine = make.ExpectationRuleFactory(partnership=partnership, agency=apart, effective_from=date(2014, 1, 1))
    judged = make.ExpectationRuleFactory(partnership=partnership, agency=agency_a, effective_from=date(2014, 1, 1))
    client.force_login(mo)
    page = client.get(f"{BASE}expectations/").content.decode()
    assert correcting("expectation", mine) in page and correcting("expectation", judged) not in page
    assert client.get(correcting("expectation", mine)).status_code == 200


def test_timescale_in_force_is_corrected_or_gives_way_to_the_one_before(client, mo, partnership):
    client.force_login(mo)
    saved(client, f"{BASE}timescales/new/", timescale_data(effective_from=typed(today())))
    row = partnership.timescales.get(what="initial", effective_from=today())
    _, done = saved(client, correcting("timescale", row), {"amount": "12", "unit": "working_days"})
    assert "12 working days" in text(done)
    row.refresh_from_db()
    assert (row.amount, row.what) == (12, "initial")
    same_again = client.post(correcting("timescale", row), {"amount": "12", "unit": "working_days"})
    assert "there is nothing to save" in text(same_again)
    wrong = client.post(correcting("timescale", row), {"amount": "0", "unit": "working_days"})
    assert wrong.status_code == 422 and "Write a number from 1 to 366" in text(wrong)
    ask = client.get(correcting("timescale", row, "remove"))
    assert "The version before it goes on in its place." in text(ask)
    client.post(correcting("timescale", row, "remove"), {"seen": seen_on(ask), "save": "1"})
    assert partnership.timescales.get(what="initial").effective_until is None


# --- Expectations ---------------------------------------------------------------------------------


def test_expectation_says_which_open_invitations_change(client, mo, partnership, agency_a, agency_b):
    ahead = make.MeetingFactory(partnership=partnership, kind=MeetingKind.REVIEW, state="planned",
                                held_on=SOON + timedelta(days=3))
    for agency in (agency_a, agency_b):
        make.AttendanceFactory(meeting=ahead, agency=agency)
    client.force_login(mo)
    check, done = saved(client, f"{BASE}expectations/new/", expectation_data(agency=agency_a.pk))
    assert "1 invitation to 1 meeting with an open register changes with it" in text(check)
    assert "Northwold Social Care is expected to send a report, at every kind" in text(done)
    assert set(ahead.lines.values_list("agency__name", "expectation")) == {
        ("Northwold Social Care", "report"), ("Northwold Police", "attend_and_report"),
    }


def test_expectation_counts_the_year_for_information(client, mo, year):
    client.force_login(mo)
    words = text(client.post(f"{BASE}expectations/new/", expectation_data()))
    assert "6 of 6 invitations that it would have been about expected something else" in words
    words = text(client.post(f"{BASE}expectations/new/", expectation_data(expectation="attend_and_report")))
    assert "0 of 6" in words


def test_a_rule_of_one_agency_is_ended_and_the_general_one_holds(client, mo, partnership, agency_a):
    rule = actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="report",
                          effective_from=today() - timedelta(days=5))
    client.force_login(mo)
    address = reverse("conferences:expectation-end", args=["NW", rule.pk])
    check, done = saved(client, address, {"effective_until": typed(SOON)})
    assert "attend and send a report" in text(check)
    assert "no longer holds from" in text(done)
    rule.refresh_from_db()
    assert rule.effective_until == SOON
    general = reverse("conferences:expectation-end", args=["NW", partnership.expectations.get(agency=None).pk])
    refused = client.post(general, {"effective_until": typed(SOON)})
    assert refused.status_code == 422
    assert "has no end" in text(refused)


def test_the_list_is_filtered_sorted_and_paged_at_a_fixed_number_of_queries(
    client, bob, partnership, agency_a
):
    client.force_login(bob)
    numbers = []
    for wanted in (3, 60):
        for number in range(partnership.expectations.count(), wanted):
            agency = make.AgencyFactory(name=f"Agency {number:03}")
            make.MembershipFactory(partnership=partnership, agency=agency)
            make.ExpectationRuleFactory(partnership=partnership, agency=agency, expectation="report")
        with CaptureQueriesContext(connection) as caught:
            page = client.get(f"{BASE}expectations/")
        numbers.append(len(caught))
        assert len(page.context["rows"]) == min(wanted, 25)
    assert numbers[0] == numbers[1]
    last = client.get(f"{BASE}expectations/?sort=-agency").context["rows"]
    assert last[0][0]["text"] == "Agency 059"
    only = client.get(f"{BASE}expectations/?agency={agency.pk}&state=now").context["rows"]
    assert [row[0]["text"] for row in only] == [agency.name]
    assert "No rule fits" in text(client.get(f"{BASE}expectations/?state=over"))
    assert client.get(f"{BASE}expectations/?agency=nonsense").status_code == 200


# --- Timescales -----------------------------------------------------------------------------------


def test_a_timescale_is_tried_on_what_fell_due(client, mo, partnership, year):
    # Discussed on 12 February 2015: ten working days end on the 26th, fifteen on 5 March.
    later = make.MeetingFactory(partnership=partnership, held_on=date(2015, 3, 31), kind="core_group")
    actions.close_registers(by=None, meetings=[later], tell=False)
    client.force_login(mo)
    check, done = saved(client, f"{BASE}timescales/new/?what=initial", timescale_data())
    words = text(check)
    assert "2 of 3 that fell due were in time; 0 of 3 would be by the new limit" in words
    assert "due on 26 February 2015" in words
    assert "within 10 working days of the strategy discussion" in text(done)


def test_a_notice_is_tried_on_the_invitations(client, mo, partnership, year):
    client.force_login(mo)
    # Invited on 2 February 2015 to 2, 3 and 4 March: 20, 21 and 22 working days.
    words = text(client.post(f"{BASE}timescales/new/", timescale_data(what="notice", amount="21")))
    assert "6 of 6 invitations with a date were in time; 3 of 6 would be" in words


def test_later_core_groups_are_tried_by_what_came_after(client, mo, partnership):
    for number, day in enumerate((2, 20), start=1):
        row = make.MeetingFactory(partnership=partnership, kind=MeetingKind.CORE_GROUP, family_ref="F-9",
                                  held_on=date(2015, 2, day), reference=f"CG-{number}")
        make.AttendanceFactory(meeting=row)
        actions.close_registers(by=None, meetings=[row], tell=False)
    client.force_login(mo)
    # The second came 18 days after the first: within six weeks, not within two.
    row = make.MeetingFactory(partnership=partnership, held_on=date(2015, 6, 1), reference="LAST")
    actions.close_registers(by=None, meetings=[row], tell=False)
    words = text(client.post(
        f"{BASE}timescales/new/", timescale_data(what="next_core_group", amount="2", unit="weeks")
    ))
    assert "1 of 1 that fell due were in time; 0 of 1 would be by the new limit" in words


def test_without_a_closed_register_there_is_nothing_to_try_it_on(client, mo, partnership):
    client.force_login(mo)
    assert "No register is closed yet" in text(client.post(f"{BASE}quorum/new/", quorum_data()))
    assert "Nothing of the kind fell due" in text(client.post(f"{BASE}timescales/new/", timescale_data()))


def test_every_timescale_stands_in_words_and_can_be_changed(client, mo, partnership):
    client.force_login(mo)
    words = text(client.get(f"{BASE}timescales/"))
    for what in Timed:
        assert what.label in words
        assert client.get(f"{BASE}timescales/new/?what={what}").status_code == 200
    assert client.get(f"{BASE}timescales/new/?what=nonsense").status_code == 404
    assert "with less than 5 working days of notice is late" in words
    for changes in ({"amount": "0"}, {"unit": "years"}, {"what": "x"}, {"amount": "ten"}):
        answer = client.post(f"{BASE}timescales/new/", timescale_data(**changes))
        assert answer.status_code == 422
    assert Timescale.objects.filter(partnership=partnership).count() == 6


@pytest.mark.parametrize("unit", Unit)
def test_a_limit_reads_in_the_singular_too(unit, partnership):
    assert limit_words(1, unit) in ("1 working day", "1 week", "1 month")
    assert limit_words(2, unit) == f"2 {unit.label}"
