"""A register in a real Chromium: by keyboard, with the judgement as one types, without script, refused."""

from __future__ import annotations

import pytest

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import Outcome
from partnership.models import HistoryEntry
from tests.conferences.pages.registers import CLOSE, REGISTER, invite

PAGE, CHECK = REGISTER.format("NW-1"), CLOSE.format("NW-1")


@pytest.fixture
def register(meeting):
    """NW-1, with two more agencies of which nobody knows whether they came."""
    return invite(meeting, 2)


def choose(reader, line, outcome: str) -> None:
    reader.page.locator(f"#line-{line.pk}").get_by_label(outcome, exact=True).check()


def test_judgement_follows_what_is_typed_and_nothing_is_written(readers_of_nothing, dana, register):
    reader = readers_of_nothing()
    reader.sign_in(dana)
    reader.open(PAGE)
    reader.check()
    panel = reader.page.locator("#quorum")
    assert "Not quorate" in panel.inner_text()
    for line in register:
        choose(reader, line, "Attended")
    panel.get_by_text("2 other involved agencies came").wait_for()
    assert panel.inner_text().startswith("Quorate")
    reader.check()
    assert not HistoryEntry.objects.filter(verb="recorded").exists()


OBSCURED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector(".app-register__bar").getBoundingClientRect();
  return document.activeElement.closest(".app-register__lines") ? box.bottom > bar.top + 1 : null;
}"""


def test_phone_shows_the_verdict_while_one_fills_in_and_covers_no_field(readers_of_nothing, dana, register):
    reader = readers_of_nothing()
    reader.sign_in(dana)
    reader.page.set_viewport_size({"width": 360, "height": 400})
    reader.open(PAGE)
    bar, answers = reader.page.locator(".app-register__bar"), []
    for _ in range(30):
        reader.page.keyboard.press("Tab")
        answers.append(reader.page.evaluate(OBSCURED))
    assert True not in answers and answers.count(False) > 5
    assert bar.inner_text().startswith("Not quorate")
    for line in register:
        choose(reader, line, "Attended")
    bar.get_by_text("Quorate", exact=True).wait_for()
    bar.get_by_role("link").click()
    assert reader.page.url.endswith("#judged")
    reader.widen(1280)
    assert not bar.is_visible()


def test_register_is_filled_by_keyboard(readers_of_nothing, dana, register, meeting, agency_b):
    reader = readers_of_nothing()
    reader.sign_in(dana)
    reader.open(PAGE)
    line = meeting.lines.get(agency=agency_b)
    reader.page.locator(f"#line-{line.pk} input[value=apologies]").focus()
    for key in ("ArrowLeft", "ArrowLeft", "Tab", "v"):  # attended, then how: by video
        reader.page.keyboard.press(key)
    reader.page.get_by_role("button", name="Save and close").focus()
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/close/")
    reader.check()
    line.refresh_from_db()
    assert (line.outcome, line.mode) == (Outcome.ATTENDED, "video")


def test_without_script_a_button_checks_the_quorum(readers_of_nothing, dana, register):
    reader = readers_of_nothing(script=False)
    reader.sign_in(dana)
    reader.open(PAGE)
    for line in register:
        choose(reader, line, "Attended")
    reader.page.get_by_role("button", name="Check the quorum").click()
    assert "Nothing is saved yet" in reader.words and "2 other involved agencies came" in reader.words
    reader.page.set_viewport_size({"width": 360, "height": 740})
    assert reader.page.locator(".app-register__bar").inner_text().startswith("Quorate")
    reader.page.get_by_role("button", name="Save and go on").click()
    assert "Saved: 2 lines written down." in reader.words


def test_refused_and_stale_registers(readers_of_nothing, dana, register, meeting):
    reader = readers_of_nothing()
    reader.sign_in(dana)
    reader.open(PAGE)
    reader.page.get_by_label("Proceeded by the chair’s discretion").check()
    choose(reader, register[0], "Absent")
    reader.page.get_by_role("button", name="Save and go on").click()
    assert reader.page.title().startswith("Error:")
    reader.check()
    actions.record_attendance(by=dana, line=register[0], outcome="apologies")
    reader.page.get_by_label("Why", exact=True).fill("Delay would harm")
    reader.page.get_by_role("button", name="Save and go on").click()
    assert "In Quorate now: Apologies" in reader.words
    reader.check()


def test_pages_about_lines(readers_of_nothing, dana, charlie, bob, meeting, agency_b):
    make.AttendanceFactory(meeting=meeting, agency=agency_b, outcome=Outcome.UNKNOWN)
    line = meeting.lines.filter(agency=agency_b).first()
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    actions.dispute(by=charlie, line=line, text="She was there.")
    missed = meeting.missed.first()
    for user, paths in (
        (dana, ("disputes/", f"lines/{line.pk}/settle/", f"lines/{line.pk}/correct/", f"missed/{missed.pk}/excuse/", "open/")),
        (charlie, ("attendance/", f"lines/{line.pk}/dispute/", "disputes/")), (bob, ("mine/",)),
    ):
        reader = readers_of_nothing()
        reader.sign_in(user)
        for path in paths:
            reader.open(f"/meetings/{path}")
            reader.check()
