"""Text that no spreadsheet program takes for a formula, and how it is read again."""

from __future__ import annotations

import unicodedata

# Signs with which a spreadsheet begins a formula, whatever their width; a tab or a line end before
# the text lets some programs begin anew.
SIGNS = frozenset("=+-@|%\u2212")
BREAKS = frozenset("\t\r\n")
# What shows nothing: spaces of every kind, controls, marks of no width, and letters drawn blank.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Mn", "Me"})
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
GUARD = "'"


def formula_sign(text: str) -> str:
    """The sign at which a spreadsheet program may take a text for a formula, or ""."""
    if text[:1].isascii() and text[:1].isalnum():
        return ""  # as nearly always
    for letter in text:
        if letter in BREAKS:
            return letter
        if letter in BLANK or unicodedata.category(letter) in UNSEEN:
            continue
        return letter if unicodedata.normalize("NFKC", letter)[:1] in SIGNS else ""
    return ""


def guarded(text: str) -> str:
    """The text behind a guard where it needs one; where it looks guarded already, behind one more."""
    return GUARD + text if formula_sign(text.lstrip(GUARD)) else text


def unguarded(text: str) -> str:
    """What stood there before it was guarded; other text is left alone."""
    return text[1:] if text.startswith(GUARD) and formula_sign(text.lstrip(GUARD)) else text


def safe_cell(value: object) -> object:
    """Text that no spreadsheet program takes for a formula; numbers are left alone."""
    return guarded(value) if isinstance(value, str) else value
