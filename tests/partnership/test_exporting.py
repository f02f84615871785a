"""Text that goes into a spreadsheet is never taken for a formula, whatever stands before the sign."""

from __future__ import annotations

import pytest

from partnership.exporting import as_csv, formula_sign, safe_cell

BEFORE = [
    "", " ", "\u00a0", "\u2003", "\u2009", "\u3000", "\u1680", "\u202f", "\u200b", "\u200d", "\ufeff",
    "\u2060", "\u00ad", "\u180e", "\u0001", "\u000b", "\u0301", "\u3164", "\u2800", " \u200b\u2003 ",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝", "＠", "﹦", "﹢", "−"])
def test_a_sign_is_found_behind_what_shows_nothing(before, sign):
    assert formula_sign(f"{before}{sign}1+1") == sign
    assert safe_cell(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("text", ["", "Siân", "\u2003Łukasz", "1-2", "(=1)", "é=1", "ﬁrst", "e\u0301", "\u200b"])
def test_other_text_is_left_alone(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["\t1", "\n=1", "\rA"])
def test_a_tab_or_line_end_at_the_beginning_is_a_sign_too(text):
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers():
    assert as_csv([["A"], [-1]]) == "A\r\n-1\r\n"
