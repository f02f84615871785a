"""A kept form is shown in the words of its own page, and never with more than its reader may see."""

from __future__ import annotations

import logging
import time

import pytest
from django.test import Client

from compliance.demo import factories as make
from partnership import kept
from partnership.views import shown_labels
from partnership.views.shown_labels import PageLabels
from tests.reading import text

PAGE = """
<h1>Close the register<span class="caption">NW-1</span></h1>
<form><input type="hidden" name="seen" value="x"><input type="password" name="word">
<fieldset><legend> Line 1 </legend>
  <label for="a">What was &amp; is agreed? <span>(optional)</span></label><input id="a" name="action">
  <fieldset><legend>Did they come?</legend>
    <input type="radio" id="y" name="came" value="1"><label for="y">Yes, by video</label>
    <input type="radio" id="n" name="came" value="2"><label for="n">No</label></fieldset>
</fieldset>
<label for="k">Kind</label><select id="k" name="kind"><option value="">Choose</option>
  <optgroup label="All"><option value="7">Core  group</option></optgroup></select>
<input type="checkbox" id="u" name="urgent"><label for="u">It is urgent</label>
<label for="t">Note</label><textarea id="t" name="note">old</textarea></form>
"""


@pytest.mark.parametrize(("name", "values", "shown"), [
    ("action", ["Write"], ("Line 1: What was & is agreed?", ["Write"])),
    ("came", ["1"], ("Line 1: Did they come?", ["Yes, by video"])),
    ("came", ["9"], ("Line 1: Did they come?", [""])),
    ("kind", ["7"], ("Kind", ["Core group"])),
    ("kind", [""], ("Kind", [])),
    ("urgent", ["on"], ("It is urgent", ["Yes"])),
    ("note", ["12"], ("Note", ["12"])),
    ("seen", ["x"], None),
    ("word", ["x"], None),
])
def test_field_is_called_what_its_page_calls_it(name, values, shown):
    assert PageLabels(PAGE).row(name, values) == shown


def test_heading_is_the_page_s_own_without_its_caption():
    assert PageLabels(PAGE).heading == "Close the register"
    assert PageLabels("").heading == "" and PageLabels("").controls == {}


@pytest.fixture
def unsaved(alice):
    """The page of what was typed, of a form that Alice had sent to an address."""

    def opened(to: str, *lines: tuple[str, list[str]]) -> str:
        client = Client()
        client.force_login(alice)
        session = client.session
        session[kept.SHELF] = [{
            "id": "1", "of": alice.pk, "to": to, "lines": lines, "size": 9, "at": time.time(),
            "files": False,
        }]
        session.save()
        answer = client.get("/unsaved/")
        assert answer.status_code == 200
        return text(answer)

    return opened


def test_choices_stand_there_in_words(unsaved, agency_a):
    group = make.RoleGroupFactory(title="Health visitors of the north")
    words = unsaved("/people/add/", ("role_group", [str(group.pk)]), ("first_name", ["Siân"]))
    assert "Role group Health visitors of the north" in words
    assert "First name Siân" in words
    assert "What you had typed" not in words


def test_number_of_what_the_reader_may_not_choose_tells_nothing(unsaved, agency_b):
    theirs = make.StaffMemberFactory(agency=agency_b, first_name="Hidden", last_name="Person")
    words = unsaved("/people/add/", ("line_manager", [str(theirs.pk)]), ("first_name", ["Siân"]))
    assert "Hidden" not in words and "First name Siân" in words


@pytest.mark.parametrize("to", ["/people/99999/leave/", "/set-up/holidays/", "/accounts/logout/"])
def test_form_whose_page_is_gone_is_shown_by_its_names(unsaved, to):
    assert "Left on 31/03/2015" in unsaved(to, ("left_on", ["31/03/2015"]), ("agency", ["12"]))


def test_form_whose_page_fails_is_shown_all_the_same(unsaved, monkeypatch, caplog):
    def fails(request, address):
        raise RuntimeError("broken")

    monkeypatch.setattr(shown_labels, "page_at", fails)
    with caplog.at_level(logging.ERROR):
        assert "First name Siân" in unsaved("/people/add/", ("first_name", ["Siân"]))
    assert "could not be read: /people/add/" in caplog.text
