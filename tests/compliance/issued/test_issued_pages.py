"""The pages of issued reports: what is there, what waits, issuing with a check, the agency's answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from compliance import actions
from compliance.demo import factories as make
from compliance.forms.issued import CorrectionForm, SignOffForm
from compliance.models import IssuedReport, SignOff
from compliance.period import Period
from partnership.models import Agency, HistoryEntry, today
from partnership.roles import Role
from tests.compliance.issued.conftest import HALF
from tests.reading import same, text

pytestmark = pytest.mark.django_db
LIST, ISSUE = "/reports/", "/reports/issue/"
H2 = f"{ISSUE}?partnership=NW&period={HALF.slug}"


def page_of(row) -> str:
    return f"/reports/{row.pk}/"


def sign_page(row) -> str:
    return f"/reports/{row.pk}/sign-off/"


def numbers(page) -> list[str]:
    return [row[0]["text"] for row in page.context["rows"]]


# --- The list -------------------------------------------------------------------------------------


def test_each_sees_the_reports_within_their_reach(client, people, issue, meeting, member_a, member_b):
    rows = [issue(member_a), issue(member_b), issue()]
    far = make.IssuedReportFactory(
        partnership=people.outsider.grants.get().agency.partnerships.get(),
        agency=people.outsider.grants.get().agency,
    )
    own = {"alice": rows[:1], "charlie": rows[1:2], "outsider": [far]} | dict.fromkeys(
        ("sam", "mo", "audrey"), rows
    )
    for name, seen in own.items():
        client.force_login(getattr(people, name))
        assert sorted(numbers(client.get(LIST))) == sorted(row.number for row in seen), name
        file = b"".join(client.get("/reports/list.csv").streaming_content).decode("utf-8-sig")
        assert {row.number for row in [*rows, far] if row.number in file} == {row.number for row in seen}
    for name in ("bob", "dana", "tara", "dee"):
        client.force_login(getattr(people, name))
        assert client.get(LIST).status_code == 403
        assert "/reports/" not in text(client.get("/"))


def test_an_empty_list_says_what_comes_next(client, alice, sam, partnership):
    client.force_login(alice)
    page = text(client.get(LIST))
    assert "No report has been issued yet. When the training sub-group issues one" in page
    assert "Nothing waits for your sign-off." in page and "Issue reports" not in page
    client.force_login(sam)
    page = text(client.get(LIST))
    assert "Nothing has been issued yet. Choose Issue reports when a period is over" in page
    assert "Issue reports" in page


def test_what_waits_and_what_is_not_issued_yet(client, alice, sam, issue, meeting, member_a, member_b):
    row = issue(member_a)
    client.force_login(alice)
    page = client.get(LIST)
    (task,) = page.context["waiting"]["tasks"]
    assert (task["text"], task["href"]) == ("Northwold Social Care, 2014-15 H2", sign_page(row))
    home = client.get("/")
    assert "1 report waits for your sign-off" in text(home)
    assert "/reports/?state=waiting" in home.content.decode()
    actions.sign_off_report(by=alice, report=row, role="Lead")
    assert not client.get(LIST).context["waiting"]["tasks"]
    assert "waits for your sign-off" not in text(client.get("/"))
    client.force_login(sam)
    missing = client.get(LIST).context["missing"]
    assert (missing["names"], missing["whole"], missing["agencies"]) == ("Northwold Police", True, 2)
    assert missing["period"] == HALF and missing["href"] == H2
    issue(member_b)
    issue()
    assert "Every report of the period is issued" in text(client.get(LIST))


def test_filters_by_state_period_and_agency(client, issue, member_a, member_b, alice, charlie, sam, correct_figures):
    a, b = issue(member_a), issue(member_b)
    earlier = issue(period=HALF.previous)
    correct_figures()
    second = issue(member_a, reason="Closed.")
    actions.note_disagreement(by=charlie, report=b, role="Lead", note="We were not asked.")
    client.force_login(sam)
    for query, rows in {
        "": [second, earlier, b, a], "state=waiting": [second], "state=disagreed": [b], "state=signed": [],
        "state=replaced": [a], "period=2014-15-H1": [earlier], f"agency={member_a.agency_id}": [second, a],
        "sort=number": sorted([a, b, second, earlier], key=lambda r: r.number), "sort=-number&state=replaced": [a],
    }.items():
        page = client.get(f"{LIST}?{query}")
        assert numbers(page) == [row.number for row in rows], query
    assert "No report fits these filters" in text(client.get(f"{LIST}?state=signed"))
    for query in ("state=lost", "period=2010-11", "agency=999999999", "agency=x"):
        page = client.get(f"{LIST}?{query}")
        assert page.status_code == 422 and numbers(page) == [], query
        assert "There is a problem" in text(page)


def test_the_number_of_queries_does_not_grow_with_the_rows(client, sam, partnership, member_a, member_b):
    def made(number: int) -> None:
        for _ in range(number):
            agency = make.AgencyFactory()
            make.MembershipFactory(partnership=partnership, agency=agency)
            make.SignOffFactory(report=make.IssuedReportFactory(partnership=partnership, agency=agency))

    client.force_login(sam)
    counted = []
    for more in (3, 27):
        made(more)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST)
        assert len(page.context["rows"]) == min(25, IssuedReport.objects.count())
        assert not [q for q in queries if '"figures"' in q["sql"]]  # lists do not carry the figures
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 25, counted


# --- One of them ----------------------------------------------------------------------------------


def test_a_version_shows_its_figures_its_correction_and_its_versions(
    client, sam, alice, issue, member_a, correct_figures
):
    first = issue(member_a)
    correct_figures()
    second = issue(member_a, reason="The register of 2 March was closed & judged.")
    client.force_login(sam)
    page = client.get(page_of(second))
    words = text(page)
    assert "Reason: The register of 2 March was closed & judged." in words
    assert "2, which corrects and replaces version 1" in words
    assert ["none", "1 of 1 (100.0%)"] in [
        [cell["text"] for cell in row[3:]] for row in page.context["changes"]
    ]
    assert [row[0]["text"] for row in page.context["versions"]] == [second.number, first.number]
    assert [d["href"].rsplit(".")[-1] for d in page.context["downloads"]] == ["pdf", "xlsx", "csv", "json"]
    assert "waits for your agency" not in words and "/rows/" not in page.content.decode()
    old = text(client.get(page_of(first)))
    assert f"This version was replaced. What counts now is {second.number}" in old
    assert "Replaced" in old and "What this version corrects" not in old
    client.force_login(alice)
    assert "It waits for your agency’s sign-off." in text(client.get(page_of(second)))
    assert "It waits for your agency’s sign-off." not in text(client.get(page_of(first)))


def test_files_are_named_after_the_report_and_noted_in_the_history(client, alice, issue, meeting, member_a):
    row = issue(member_a)
    client.force_login(alice)
    for form in ("pdf", "xlsx", "csv", "json"):
        answer = client.get(f"{page_of(row)}report.{form}")
        assert answer.status_code == 200 and answer.content
        assert answer["Content-Disposition"] == (
            f'attachment; filename="quorate-NW-2014-15-H2-CSC-v1.{form}"'
        )
    entries = HistoryEntry.objects.filter(verb="printed", subject_type="compliance.issuedreport")
    assert [e.changes["format"] for e in entries.order_by("pk")] == ["pdf", "xlsx", "csv", "json"]


def test_anothers_report_answers_like_a_missing_one(client, alice, charlie, issue, meeting, member_a, member_b):
    row, whole = issue(member_b), issue()
    client.force_login(alice)
    for below in ("", "report.pdf", "report.csv", "sign-off/"):
        missing = same(client.get(f"/reports/999999999/{below}"))
        assert missing[0] == 404
        for other in (row, whole):
            assert same(client.get(f"{page_of(other)}{below}")) == missing
    client.force_login(charlie)  # the twin
    assert client.get(sign_page(row)).status_code == 200


def test_an_agencys_page_leads_to_its_reports(client, people, issue, meeting, member_a):
    row = issue(member_a)
    for name, leads in (("alice", True), ("sam", True), ("audrey", True), ("dee", False), ("tara", False)):
        client.force_login(getattr(people, name))
        page = client.get("/partnerships/NW/agencies/CSC/")
        href = f"/reports/?partnership=NW&agency={member_a.agency_id}"
        assert (escape(href) in page.content.decode()) is leads, name
        if leads:
            assert numbers(client.get(href)) == [row.number]


# --- Issuing --------------------------------------------------------------------------------------


def issue_all(client, **more):
    """The first step, then the second as its page asks for it."""
    page = client.post(H2, {"which": "all"})
    return client.post(H2, {"save": "1", "seen": page.context["seen"], **more})


def test_issuing_shows_first_what_it_would_issue(client, sam, meeting, member_a, member_b, alice):
    client.force_login(sam)
    assert [code for code, _ in client.get(H2).context["form"].fields["some"].choices] == ["whole", "annual", "POL", "CSC"]
    page = client.post(H2, {"which": "some", "some": ["CSC", "whole"]})
    words = text(page)
    assert "Northwold Social Care, as NW/2014-15-H2/CSC/1" in words and "NW/2014-15-H2/POL/1" not in words
    assert f"Issue {len(('CSC', 'whole'))} reports" in words and "Nothing is issued yet." in words
    assert not IssuedReport.objects.exists()
    done = client.post(H2, {"save": "1", "seen": page.context["seen"]}, follow=True)
    assert "2 reports are issued, none of them as a correction. The agencies’ leads were told" in text(done)
    assert sorted(IssuedReport.objects.values_list("number", flat=True)) == ["NW/2014-15-H2/1", "NW/2014-15-H2/CSC/1"]
    assert set(IssuedReport.objects.values_list("issued_by", flat=True)) == {sam.pk}


def test_a_correction_is_shown_and_asks_for_its_reason(client, sam, issue, member_a, member_b, correct_figures):
    issue(member_a)
    correct_figures()
    issue(member_b)
    client.force_login(sam)
    page = client.post(H2, {"which": "all"})
    (correction,) = page.context["corrections"]
    assert correction["number"] == "NW/2014-15-H2/CSC/2" and correction["changes"] > 5
    assert [one["name"] for one in page.context["new"]] == ["The whole partnership", "Annual conference report"]
    assert [one["name"] for one in page.context["same"]] == ["Northwold Police"]
    for reason, sentence in (("", "Enter “Why are they corrected?”."), ("Child of RG12 1AB", "looks like a postcode"),
                             ("a\u202eb", "signs that cannot be seen"), ("x" * 401, "400")):
        refused = client.post(H2, {"save": "1", "seen": page.context["seen"], "reason": reason})
        assert refused.status_code == 422 and IssuedReport.objects.count() == 2, reason
        assert sentence in text(refused) or not reason, text(refused)
        assert "href=\"#id_reason\"" in refused.content.decode() and escape(reason) in refused.content.decode()
    done = client.post(H2, {"save": "1", "seen": page.context["seen"], "reason": "Closed late."}, follow=True)
    assert "3 reports are issued, 1 of them as a correction." in text(done)
    assert dict(IssuedReport.objects.values_list("number", "reason")) == {
        "NW/2014-15-H2/CSC/1": "", "NW/2014-15-H2/CSC/2": "Closed late.", "NW/2014-15-H2/1": "",
        "NW/2014-15-H2/POL/1": "", "NW/2014-15-H2/ANNUAL/1": "",
    }


def test_a_double_click_and_a_change_meanwhile_issue_nothing_twice(
    client, sam, meeting, member_a, member_b, correct_figures
):
    client.force_login(sam)
    seen = client.post(H2, {"which": "some", "some": "CSC"}).context["seen"]
    correct_figures()
    late = client.post(H2, {"save": "1", "seen": seen})
    assert late.status_code == 409 and "Nothing of yours was issued" in text(late)
    assert not IssuedReport.objects.exists()
    seen = late.context["seen"]
    assert client.post(H2, {"save": "1", "seen": seen}).status_code == 302
    again = client.post(H2, {"save": "1", "seen": seen})
    assert again.status_code == 409 and IssuedReport.objects.count() == 1
    assert again.context["same"] and not again.context["submit"]
    page = client.post(H2, {"which": "some", "some": "CSC"})
    assert "Nothing has changed since these reports were issued" in text(page)
    assert client.post(H2, {"save": "1", "seen": ["CSC 1-x"], "reason": "x"}).status_code == 409


def test_what_cannot_be_issued_is_said(client, sam, mo, meeting, member_a, elsewhere):
    client.force_login(sam)
    now = Period.half_of(today())
    page = client.get(f"{ISSUE}?partnership=NW&period={now.slug}")
    assert f"{now.name} ends on" in text(page) and "it can be issued when it is over" in text(page)
    assert 'name="which"' not in page.content.decode().partition("<main")[2]
    assert client.post(f"{ISSUE}?partnership=NW&period={now.slug}", {"save": "1", "seen": "CSC 0-x"}).status_code == 200
    for query in ("partnership=SM", "partnership=XX", "period=2014", "period=x"):
        assert client.get(f"{ISSUE}?{query}").status_code == 404
    for data, sentence in (({}, "Which reports?"), ({"which": "some"}, "Tick at least one report."),
                           ({"which": "some", "some": "XX"}, "Reports"), ({"which": "none"}, "Which reports?")):
        page = client.post(H2, data)
        assert page.status_code == 422 and sentence in text(page), data
    assert client.post(H2, {"save": "1"}).status_code == 302
    assert client.post(H2, {"save": "1", "seen": ["nonsense", "XX 0-1"]}).status_code == 302
    assert not IssuedReport.objects.exists()


def test_one_issued_leads_to_its_page(client, mo, meeting, member_a, alice):
    client.force_login(mo)
    seen = client.post(H2, {"which": "some", "some": "CSC"}).context["seen"]
    done = client.post(H2, {"save": "1", "seen": seen}, follow=True)
    assert done.redirect_chain[-1][0] == page_of(IssuedReport.objects.get())
    assert "NW/2014-15-H2/CSC/1 is issued. The agencies’ leads were told by mail" in text(done)


# --- The agency's answer --------------------------------------------------------------------------


def test_a_lead_signs_off_after_a_look_at_what_will_stand_there(client, alice, issue, meeting, member_a):
    row = issue(member_a)
    client.force_login(alice)
    assert client.get(sign_page(row)).status_code == 200
    typed = {"agreed": "yes", "role": "Named nurse", "note": ""}
    check = client.post(sign_page(row), typed)
    assert "Alice, Named nurse, on" in text(check) and "It cannot be changed" in text(check)
    assert not SignOff.objects.exists()
    back = client.post(sign_page(row), typed | {"back": "1"})
    assert back.status_code == 200 and 'value="Named nurse"' in back.content.decode()
    done = client.post(sign_page(row), typed | {"save": "1"}, follow=True)
    assert f"You signed off {row.number}. It stands on the report" in text(done)
    assert "Signed off by Alice, Named nurse, on" in text(done)
    assert client.get(sign_page(row)).url == page_of(row)  # once and for good
    again = client.post(sign_page(row), typed | {"save": "1"})
    assert again.status_code == 409 and "Alice has answered for Northwold Social Care already" in text(again)
    assert SignOff.objects.count() == 1


def test_a_lead_who_does_not_agree_says_why(client, alice, sam, issue, meeting, member_a):
    row = issue(member_a)
    client.force_login(alice)
    typed = {"agreed": "no", "role": "Named nurse", "note": "We came on 2 June.\nThe line is wrong.", "save": "1"}
    for change, sentence in (
        ({"agreed": ""}, "Say whether your agency signs the report off."),
        ({"agreed": "perhaps"}, "Choose"),
        ({"role": ""}, "Your role in the agency"),
        ({"role": "x" * 81}, "80"),
        ({"role": "Nurse\u202e"}, "signs that cannot be seen"),
        ({"role": "Nurse of RG12 1AB"}, "looks like a postcode"),
        ({"note": ""}, "Write what you do not agree with."),
        ({"note": "Born 4 May 2012."}, "looks like a date of birth"),
        ({"note": "a\u0007b"}, "signs that cannot be seen"),
        ({"note": "x" * 1001}, "1000"),
        ({"agreed": "yes"}, "A sign-off carries no words of its own"),
    ):
        page = client.post(sign_page(row), typed | change)
        assert page.status_code == 422 and sentence in text(page), (change, text(page)[:900])
        assert "There is a problem" in text(page) and not SignOff.objects.exists()
    client.post(sign_page(row), typed)
    client.force_login(sam)
    page = text(client.get(page_of(row)))
    assert "Not agreed: noted by Alice, Named nurse, on" in page
    assert "We came on 2 June." in page and "The line is wrong." in page
    assert numbers(client.get(f"{LIST}?state=disagreed")) == [row.number]


def test_a_version_that_was_replaced_meanwhile_is_not_answered(client, alice, issue, member_a, correct_figures):
    row = issue(member_a)
    correct_figures()
    client.force_login(alice)
    assert client.get(sign_page(row)).status_code == 200
    second = issue(member_a, reason="Closed.")
    typed = {"agreed": "no", "role": "Lead", "note": "Something to keep.", "save": "1"}
    late = client.post(sign_page(row), typed)
    assert late.status_code == 409
    assert f"{second.number} was issued meanwhile" in text(late) and "Something to keep." in text(late)
    assert client.get(sign_page(row)).status_code == 302 and not SignOff.objects.exists()


def test_a_lead_of_the_parent_signs_for_its_parts(client, issue, meeting, member_a):
    group = make.AgencyFactory()
    Agency.objects.filter(pk=member_a.agency_id).update(parent=group)
    chief = make.UserFactory()
    make.GrantFactory(user=chief, role="agency_lead", agency=group, partnership=None)
    row = issue(member_a)
    client.force_login(chief)
    client.post(sign_page(row), {"agreed": "yes", "role": "Chief", "save": "1"})
    assert SignOff.objects.get().answered_by == chief


def test_who_issues_elsewhere_is_offered_nothing_here(issue, meeting, member_a, alice, mo, elsewhere, client):
    row = issue(member_a)
    make.GrantFactory(user=alice, role=Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    for user, offered in ((alice, False), (mo, True)):
        client.force_login(user)
        page = client.get(f"/reports/{row.pk}/").content.decode()
        assert ("Issue a correction" in page, "Log an action" in page) == (offered, offered)


@pytest.mark.parametrize("unseen", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u202e"])
def test_words_that_are_printed_hold_nothing_unseen(unseen):
    for form, name in (
        (SignOffForm({"agreed": "no", "role": "Nurse", "note": f"We{unseen}came"}), "note"),
        (CorrectionForm({"reason": f"Two{unseen}registers"}, asked=True), "reason"),
    ):
        assert "cannot be seen" in " ".join(form.errors[name])
    assert CorrectionForm({"reason": "Two registers.\r\n\tOf June."}, asked=True).is_valid()
