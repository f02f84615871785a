"""The people who sign in to the trial: one for each role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.demo.factories import hashed
from partnership.actions import grant_role, invite_user
from partnership.models import Agency, Partnership, StaffMember, User
from partnership.roles import Role

PASSWORD = "attend-and-report-2015"  # of everybody in the trial, and of nobody anywhere else
SINCE = date(2014, 4, 1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who signs in: an agency's code in Bracknell Forest, or the codes of partnerships."""

    email: str
    name: str
    role: Role
    agency: str = ""
    partnerships: tuple[str, ...] = ()


BF = ("BF",)
SIGN_INS = (
    SignIn("lead.tvp@example.org", "Bronwen Adeyemi", Role.AGENCY_LEAD, agency="TVP"),
    SignIn("lead.cmht@example.org", "Kwame Griffiths", Role.AGENCY_LEAD, agency="CMHT"),
    SignIn("lead.hv@example.org", "Elin Okafor", Role.AGENCY_LEAD, agency="HV"),
    SignIn("practitioner.hv@example.org", "", Role.PRACTITIONER, agency="HV"),
    SignIn("conferences.bf@example.org", "Priya Vaughan", Role.CONFERENCE_ADMIN, partnerships=BF),
    SignIn("training.bf@example.org", "Tomos Kaur", Role.TRAINING_ADMIN, partnerships=BF),
    SignIn(
        "subgroup@example.org", "Zofia Llewellyn", Role.TRAINING_SUBGROUP,
        partnerships=("BF", "RG", "WO"),
    ),
    SignIn("manager.bf@example.org", "Amara Hughes", Role.PARTNERSHIP_MANAGER, partnerships=BF),
    SignIn("decisions.bf@example.org", "Owain Mensah", Role.DECISION_MAKER, partnerships=BF),
    SignIn("auditor.bf@example.org", "Nerys Shah", Role.AUDITOR, partnerships=BF),
)


def make_people() -> None:
    """Everybody who is not there yet. The password is hashed once: that is slow on purpose."""
    there = set(User.objects.values_list("email", flat=True))
    for person in SIGN_INS:
        if person.email not in there:
            make_person(person)


def make_person(person: SignIn) -> None:
    agency = person.agency and Agency.objects.get(
        memberships__partnership__code="BF", memberships__code=person.agency
    )
    line = somebody_of(agency) if person.role is Role.PRACTITIONER else None
    user = invite_user(
        by=None, email=person.email, name=person.name or str(line), staff_member=line
    )
    user.password = hashed(PASSWORD)
    user.save(update_fields=["password"])
    if agency:
        grant_role(by=None, user=user, role=person.role, from_on=SINCE, agency=agency)
    for partnership in Partnership.objects.filter(code__in=person.partnerships):
        grant_role(by=None, user=user, role=person.role, from_on=SINCE, partnership=partnership)


def somebody_of(agency: Agency) -> StaffMember:
    """A practitioner of the agency in Bracknell Forest who goes to conferences."""
    return agency.staff.filter(
        works_for=None, left_on=None, role_group__code="conference_practitioner"
    ).order_by("reference")[0]


def sign_ins() -> list[str]:
    """Role, e-mail and password in plain columns."""
    rows = [(person.role.label, person.email, PASSWORD) for person in SIGN_INS]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(2)]
    head = ("Role", "E-mail", "Password")
    return [f"{role:{widths[0]}}{email:{widths[1]}}{word}" for role, email, word in [head, *rows]]
