"""Words as people type them when they look for a name."""

from __future__ import annotations

import unicodedata

LETTERS = str.maketrans("łŁøØđĐ", "lLoOdD")  # that no decomposition takes apart


def folded(text: str) -> str:
    """Small letters without accents: "sian" finds Siân, "lukasz" finds Łukasz."""
    parts = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()


def plain(text: str) -> str:
    """A heading or a code without what people vary: "Staff Ref." and "staff_ref" are one."""
    return "".join(letter for letter in folded(text) if letter.isalnum())
