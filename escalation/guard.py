"""What free text of an escalation must not hold: signs that a child is named. Pure.

Refused are a valid NHS number, a postcode, and a date marked as a birth. A meeting's date is fine.
"""

from __future__ import annotations

import re

NHS = re.compile(r"(?<![\w-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.I)
DATE = r"(?:\d{1,2}[./ -]\d{1,2}[./ -]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)? \w{3,9} \d{2,4})"
BIRTH = re.compile(
    rf"(?:\bd\.?\s?o\.?\s?b\b\.?|\bdate of birth\b|\bborn\b|\bbirthday\b)[^\n]{{0,20}}?{DATE}", re.I
)
WEIGHTS = range(10, 1, -1)


def is_nhs_number(text: str) -> bool:
    """Ten digits whose last is the check digit (modulus 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(w * d for w, d in zip(WEIGHTS, digits, strict=False)) % 11
    return len(digits) == 10 and check % 11 == digits[-1] and check != 10


def finds(text: str) -> list[tuple[str, str]]:
    """What was found that has no place here, each with the words for it."""
    found = [(m.group(), "an NHS number") for m in NHS.finditer(text) if is_nhs_number(m.group())]
    found += [(m.group(), "a postcode") for m in POSTCODE.finditer(text)]
    found += [(m.group(), "a date of birth") for m in BIRTH.finditer(text)]
    return found


def refusal(text: str) -> str:
    """The sentence that shows where, or "" when the text may stand."""
    found = finds(text)
    if not found:
        return ""
    what = "; ".join(f"“{part}” looks like {words}" for part, words in found)
    return (
        f"{what}. Nothing that points to a child may stand here: pass it on outside Quorate and "
        "write the meeting's reference instead."
    )
