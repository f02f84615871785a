"""Columns that are about a person, by their heading or by what stands under them.

For lists in which nobody may stand at all: better one column too many is refused than one child kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from partnership.folding import folded, plain
from partnership.uploads.tables import Table

# Anywhere in a heading, without spaces: "LA Child ID", "cppr_person_id", "NHS no."
PARTS = (
    "person", "childid", "childref", "childno", "childname", "childcode", "childunique", "pupil",
    "forename", "surname", "firstname", "lastname", "middlename", "givenname", "familyname", "fullname",
    "birth", "dateofdeath", "nhsno", "nhsnumber", "nhsid", "postcode", "postalcode", "address", "gender", "ethnic",
    "religio", "nationalit", "disabilit", "parent", "mother", "father", "carer", "sibling", "guardian",
    "email", "telephone", "phone", "mobile", "passport", "homeoffice", "worker", "allocated", "comment",
    "outcomejson", "participation", "patient", "serviceuser", "initials", "insurance", "adoption",
)
# As a word of its own, or as the whole heading: shorter ones stand inside harmless words too.
WORDS = frozenset({
    "name", "names", "dob", "nhs", "upn", "uln", "sex", "age", "uprn", "nino", "child", "pid", "street", "town",
    "born", "json", "note", "notes", "remark", "remarks", "uasc", "faith", "language", "kin", "family",
    "immigration", "usrn", "client", "chair",
})
# Misspelt ones are found by their likeness to these.
LONG = ("person", "forename", "surname", "firstname", "lastname", "postcode", "address", "gender", "ethnicity",
        "pupil", "parent", "religion", "birthdate", "telephone", "nationality")
LIKE = 0.83
ALLOWED = re.compile(r"child(ren)? ?protection|family (conference|meeting)")  # no person stands in these
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Z]+")


def words_of(heading: str) -> list[str]:
    """A heading in single words: "icpc_person_id" and "LAChildID" alike."""
    return re.findall(r"[^\W_]+", folded(CAMEL.sub(" ", heading)))


def about_a_person(heading: str) -> bool:
    """Whether a heading names, or resembles, something by which a person is known or described."""
    words = words_of(ALLOWED.sub(" ", " ".join(words_of(heading))))
    whole = plain(heading) if words == words_of(heading) else "".join(words)
    if any(part in whole for part in PARTS) or WORDS & {*words, whole}:
        return True
    return any(get_close_matches(word, LONG, n=1, cutoff=LIKE) for word in {*words, whole} if len(word) > 4)


def nhs_number(text: str) -> bool:
    """Ten figures of which the last is the check on the others."""
    figures = text.replace(" ", "").replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", figures):
        return False
    total = sum(int(figure) * weight for figure, weight in zip(figures, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(figures[9])


VALUES: tuple[Callable[[str], object], ...] = (nhs_number, UPN.fullmatch, POSTCODE.fullmatch, EMAIL.fullmatch)


def holds_people(values: Iterable[str]) -> bool:
    """Whether every cell under a heading looks like a number or an address of a person."""
    found = [value.strip().upper() for value in values if value.strip()]
    return bool(found) and any(all(looks(value) for value in found) for looks in VALUES)


def personal_columns(table: Table) -> list[str]:
    """The headings of a table that are about a person, in the order of the file."""
    return [
        heading or f"(column {place + 1}, without a heading)"
        for place, heading in enumerate(table.headings)
        if (heading and about_a_person(heading))
        or holds_people(cells[place] for _, cells in table.rows if place < len(cells))
    ]


def personal_sentence(headings: list[str]) -> str:
    """Which columns are to be taken away, and what to do then."""
    named = [f"“{heading}”" for heading in headings]
    if len(named) == 1:
        return f"The column {named[0]} is about a person. Take it away and send the file again."
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    return f"The columns {listed} are about people. Take them away and send the file again."
