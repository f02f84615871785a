"""Every other page and state in a real Chromium: nothing for axe to say, no console complaint, no
sideways scrolling at 320 pixels; a focus that can be seen; and paper without buttons.
"""

from __future__ import annotations

import pytest

from compliance.demo import factories as make
from conferences.actions import dispute

A = "/partnerships/NW/agencies/CSC/"


def test_sign_in_with_an_error(reader, alice):
    reader.open("/accounts/login/")
    reader.check()
    reader.sign_in(alice, "not the password")
    assert "The e-mail address or the password is not right." in reader.words
    assert reader.page.title().startswith("Error:")
    reader.check()


@pytest.mark.parametrize(
    "path", ["/accounts/password/reset/", "/accounts/signup/"], ids=["new password", "sign-up"]
)
def test_page_for_visitors(reader, path):
    reader.open(path)
    reader.check()


def test_pages_of_an_agency_lead(reader, alice):
    reader.sign_in(alice)
    for path in (f"{A}rows/?count=training_expired", f"{A}rows/?count=missed_excused"):
        reader.open(path)
        reader.check()
    reader.open(f"{A}?period=2003-04")
    assert "Nothing to count in this period: none." in reader.words
    reader.check()
    reader.open("/partnerships/NW/", status=404)
    assert "Page not found" in reader.words
    reader.check()


def test_rows_on_several_pages(reader, filled, sam):
    make.StaffMemberFactory.create_batch(
        101, agency=filled.agency_a, role_group=filled.role_group
    )
    reader.sign_in(sam)
    reader.open(f"{A}rows/?measure=training_current&basis=due&met=no")
    assert "Showing 1 to 100 of 102" in reader.words
    reader.check()


def test_practitioners_home(reader, bob):
    reader.sign_in(bob)
    assert "My training" in reader.words and "NW-1" in reader.words
    reader.check()


def test_home_without_a_role(reader):
    reader.sign_in(make.UserFactory(name="Newcomer"))
    assert "You have no role yet" in reader.words
    reader.check()


def test_conference_administrators_home_and_meeting(reader, filled, dana, charlie):
    make.MeetingFactory.create_batch(12, partnership=filled.partnership)
    line = filled.meeting.lines.get(agency=filled.agency_b)
    dispute(by=charlie, line=line, text="She was there.")
    reader.sign_in(dana)
    assert "12 registers are still open" in reader.words and "Disputed lines to answer" in reader.words
    reader.check()
    reader.open("/partnerships/NW/meetings/NW-1/")
    assert "FAM-NORTH-ONE" in reader.words and "Disputed" in reader.words
    reader.check()


def test_long_names_break_and_do_not_widen_the_page(reader, filled, alice, sam):
    filled.agency_a.name = "The Royal Borough's Integrated Safeguarding, Assessment and Family Support Hub"
    filled.agency_a.save()
    filled.staff_a2.last_name = "Wojciechowska-Featherstonehaugh-Llanfairpwllgwyngyllgogerychwyrn"
    filled.staff_a2.save()
    reader.sign_in(alice)
    reader.check()
    reader.open(A)
    reader.check()


def test_focus_can_be_seen_on_everything_that_takes_it(reader, alice):
    reader.sign_in(alice)
    reader.open(A)
    unseen = reader.page.evaluate("""() => {
        const look = (element) => {
            const s = getComputedStyle(element);
            const outline = s.outlineStyle === "none" ? "" : s.outlineColor + s.outlineWidth;
            return [outline, s.boxShadow, s.backgroundColor].join();
        };
        const all = [...document.querySelectorAll("a[href], button, input, [tabindex='0']")];
        const seen = all.filter((element) => element.checkVisibility());
        const same = seen.filter((element) => {
            element.blur();
            const before = look(element);
            element.focus();
            return before === look(element);
        });
        return {unseen: same.map((element) => element.outerHTML.slice(0, 100)), of: seen.length};
    }""")
    assert unseen["of"] > 30
    assert not unseen["unseen"]


def test_paper_holds_figures_and_tables_but_nothing_to_press(reader, alice):
    reader.sign_in(alice)
    reader.open(A)
    pressed = ".govuk-button, .app-periods, .app-contents, .app-back, nav, footer, button"
    assert reader.page.locator(pressed).locator("visible=true").count() > 5
    reader.page.emulate_media(media="print")
    assert reader.page.locator(pressed).locator("visible=true").count() == 0
    assert "Adela Alphatwo" in reader.words and "50.0%" in reader.words
    assert reader.page.locator(".app-chart__drawing").first.is_visible()


def test_contents_lead_to_every_section(reader, sam):
    reader.sign_in(sam)
    reader.open(A)
    titles = reader.page.locator("section > h2").all_inner_texts()
    links = reader.page.get_by_role("navigation", name="On this page").get_by_role("link")
    assert len(titles) > 5 and links.all_inner_texts() == titles
    links.nth(3).click()
    target = reader.page.locator("section:target > h2")
    assert target.inner_text() == titles[3]
