"""A staff list from the file to the taking back, in a real Chromium: with script and without, axe on each step."""

from __future__ import annotations

import pytest

from compliance import tasks
from compliance.models import Upload
from compliance.uploads import working
from partnership.models import StaffMember
from tests.imports.uploads.files import as_csv, as_xlsx

HEADINGS = ["Employee number", "Forename", "Surname", "E-mail", "Post", "Group", "Start date", "Remark"]
NEW = ["A-90", "Łukasz", "Żak", "lukasz.zak@a.example.org", "Nurse", "Front line", "06/01/2014", ""]
NEAR = ["a90x", "Adéla", "Alphatwo", "", "Social worker", "Front line", "09/01/2012", ""]
BAD = ["A-91", "=SUM(1)", "Bell", "no address", "Nurse", "Nobody", "31/02/2014", "x" * 40]


def send(reader, content: bytes, name: str) -> None:
    reader.page.get_by_role("radio", name="Staff list").check()
    reader.page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    press(reader, "Send the file")


def press(reader, words: str) -> None:
    reader.page.get_by_role("button", name=words).first.click()
    reader.page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_staff_list_goes_from_the_file_to_the_taking_back(readers, alice, script):
    reader = readers(script=script)
    check = reader.check if script else (lambda: None)
    before = StaffMember.objects.count()
    reader.sign_in(alice)
    reader.open("/people/")
    reader.follow("Upload a spreadsheet")
    check()
    send(reader, b"PK\x03\x04 broken", "list.xlsx")  # the form again, with a sentence
    assert "The file is damaged or was cut short." in reader.words
    check()
    send(reader, as_xlsx([HEADINGS, NEW, NEAR, BAD]), "list.xlsx")
    assert "Not read, as nothing below asks for it: “Remark”." in reader.words
    assert reader.page.get_by_label("Job title").input_value() == "4"
    check()
    press(reader, "Check the rows")
    assert "Nothing is written yet." in reader.words and "“Nobody” is not known here." in reader.words
    assert "1 person is named in a way that is not quite sure." in reader.words
    check()
    reader.follow("Say who is meant")
    check()
    press(reader, "Save the answers")  # nothing chosen: an error summary
    assert "There is a problem" in reader.words
    check()
    reader.page.get_by_label("Adela Alphatwo").check()
    press(reader, "Save the answers")
    reader.follow("Changed (1)")
    assert "First name Adela Adéla" in reader.words
    check()
    press(reader, "Write 2 people and leave the other rows out")
    assert "2 people written." in reader.words and "1 row was left out." in reader.words
    assert StaffMember.objects.count() == before + 1
    assert b"Reason" in reader.download("CSV")
    check()
    reader.follow("Take back what it wrote")
    check()
    press(reader, "Take it back")
    assert "What the file brought is taken back." in reader.words
    assert StaffMember.objects.count() == before
    check()
    assert not reader.complaints


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_bar_of_a_large_file_moves_and_the_page_changes_when_it_is_over(readers, alice, script, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 3)
    reader = readers(script=script)
    reader.sign_in(alice)
    reader.open("/people/upload/")
    rows = [[f"A-{n}", "Ann", f"Number{n}", "", "Nurse", "Front line", "06/01/2014", ""] for n in range(100, 108)]
    send(reader, as_csv([HEADINGS, *rows]), "list.csv")
    press(reader, "Check the rows")
    assert "Checking 8 rows" in reader.words and "Waiting for its turn." in reader.words
    if script:
        reader.check()
    Upload.objects.update(looked_at=4)
    if not script:
        reader.follow("Look again")
    reader.page.get_by_text("4 of 8 rows looked at.").wait_for()
    tasks.work_on.call(Upload.objects.get().pk)
    if not script:
        reader.page.reload()  # sooner than it would by itself
    reader.page.get_by_text("Nothing is written yet.").first.wait_for()
    reader.page.get_by_text("New (8)").wait_for()
    press(reader, "Write 8 people")
    tasks.work_on.call(Upload.objects.get().pk)
    if not script:
        reader.page.reload()  # sooner than it would by itself
    reader.page.get_by_text("8 people written.").wait_for()
    reader.follow("Take back what it wrote")
    press(reader, "Take it back")
    assert "Taking back 8 rows" in reader.words
    if script:
        reader.check()
    tasks.work_on.call(Upload.objects.get().pk)
    if not script:
        reader.page.reload()  # sooner than it would by itself
    reader.page.get_by_text("What the file brought is taken back.").wait_for()
    assert not reader.complaints
