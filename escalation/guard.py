"""What free text of an escalation must not hold: signs that a child is named. Pure.

Refused are a valid NHS number, a postcode, and a date marked as a birth. A meeting's date is fine.
"""

from __future__ import annotations

import re

NHS = re.compile(r"(?<!\d)\d{3}[\s.-]{0,2}\d{3}[\s.-]{0,2}\d{4}(?!\d)")
POSTCODE = re.compile(
    r"\b(?:GIR\s{0,2}0AA|[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2})\b", re.I
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = (
    r"(?:\d{1,2}\s?[./ -]\s?\d{1,2}\s?[./ -]\s?\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{MONTH}\b(?:[ -]\d{{2,4}}\b)?|\b{MONTH} \d{{1,4}}\b)"
)
DOB = r"\bd\.?\s?o\.?\s?b(?![a-z])\.?"
MARK = rf"(?:{DOB}|\b(?:date of birth|birth ?date|born|birthday)\b)"
# A little may stand between, also a new line; but not the word for what the date is really of.
BETWEEN = r"(?:(?!conference|meeting|review|core group)[^;]){0,20}?"
BIRTH = re.compile(rf"{MARK}{BETWEEN}{DATE}|{DATE}\s?\(?{DOB}", re.I)
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
