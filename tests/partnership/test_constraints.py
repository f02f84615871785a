"""What the database itself refuses on the ground floor, whoever writes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.demo import factories as make
from partnership.models import Agency, Partnership
from partnership.roles import Role
from tests.partnership.constraints import constraints_of, refused

pytestmark = pytest.mark.django_db
DAY = date(2014, 4, 1)


def membership(**same):
    old = make.MembershipFactory()
    fixed = {"partnership": make.PartnershipFactory(), "agency": make.AgencyFactory()}
    return make.MembershipFactory, fixed, {name: getattr(old, name) for name in same}


def staff(**broken):
    fixed = {"agency": make.AgencyFactory(), "role_group": make.RoleGroupFactory()}
    return make.StaffMemberFactory, fixed, broken


def same_staff(**broken):
    old = make.StaffMemberFactory(reference="S1", work_email="Sian@agency.example.org")
    fixed = {"agency": old.agency, "role_group": old.role_group}
    return make.StaffMemberFactory, fixed, broken


def grant(**broken):
    return make.GrantFactory, {
        "user": make.UserFactory(), "agency": make.AgencyFactory(), "partnership": None
    }, broken


def same_day():
    make.BankHolidayFactory(on=DAY)
    return make.BankHolidayFactory, {"on": date(2014, 4, 2)}, {"on": DAY}


def same_user():
    make.UserFactory(email="sian@example.org")
    return make.UserFactory, {}, {"email": "SIAN@example.org"}


def offer(same_place=False, **broken):
    fixed = {
        "agency": make.AgencyFactory(), "giver": make.PartnershipFactory(),
        "taker": make.PartnershipFactory(), "offered_by": make.UserFactory(),
    }
    return make.AgencyOfferFactory, fixed, broken | ({"giver": fixed["taker"]} if same_place else {})


def same_offer():
    old = make.AgencyOfferFactory()
    made_by, fixed, _ = offer()
    return made_by, fixed, {"agency": old.agency, "taker": old.taker}


CASES = {
    "membership_code_once": lambda: membership(partnership=1, code=1),
    "membership_agency_once": lambda: membership(partnership=1, agency=1),
    "staffmember_reference_once": lambda: same_staff(reference="S1", work_email=""),
    "staffmember_email_once": lambda: same_staff(work_email="sian@AGENCY.example.org"),
    "staffmember_left_after_start": lambda: staff(started_on=DAY, left_on=DAY),
    "user_email_once": same_user,
    "grant_where_role_sits": lambda: grant(role=Role.AUDITOR),
    "grant_dates_in_order": lambda: grant(from_on=DAY, until_on=DAY - timedelta(days=1)),
    "agencyoffer_open_once": same_offer,
    "agencyoffer_to_another": lambda: offer(same_place=True),
    "agencyoffer_answered_whole": lambda: offer(accepted=True),
    "agencyoffer_answered_pair": lambda: offer(answered_by=make.UserFactory()),
    "bankholiday_once": same_day,
    "outboxmessage_sent_or_given_up": lambda: (
        make.OutboxMessageFactory, {"sent_at": timezone.now()}, {"gave_up_at": timezone.now()}
    ),
}


def test_every_constraint_is_tried():
    apart = {"agency_not_its_own_parent"}
    assert set(CASES) | apart == constraints_of("partnership")


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name):
    made_by, fixed, broken = CASES[name]()
    assert refused(name, made_by, fixed | broken)
    assert not refused(name, made_by, fixed)


def test_an_agency_is_not_its_own_parent():
    agency, other = make.AgencyFactory(), make.AgencyFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(pk=agency.pk).update(parent=agency)
    Agency.objects.filter(pk=agency.pk).update(parent=other)


def test_a_part_of_a_part_is_refused_and_a_part_is_not():
    trust = make.AgencyFactory()
    service = make.AgencyFactory(parent=trust)
    with pytest.raises(ValidationError, match="cannot be a part"):
        make.AgencyFactory.build(parent=service).full_clean()
    make.AgencyFactory.build(parent=trust).full_clean()
    trust.parent = make.AgencyFactory()
    with pytest.raises(ValidationError, match="cannot be a part"):
        trust.full_clean()


def test_staff_of_two_agencies_may_share_a_reference_and_an_e_mail():
    old = make.StaffMemberFactory(reference="S1", work_email="sian@agency.example.org")
    make.StaffMemberFactory(reference=old.reference, work_email=old.work_email)
    make.StaffMemberFactory(agency=old.agency, work_email="")
    make.StaffMemberFactory(agency=old.agency, work_email="")


@pytest.mark.parametrize(
    ("code", "good"),
    [("CSC", True), ("A", True), ("A-1", True), ("A23456789012", True), ("", False),
     ("csc", False), ("1A", False), ("A B", False), ("A\n", False), ("A234567890123", False)],
)
def test_codes_are_short_and_plain(code, good):
    row = Partnership(code=code, name="Some place")
    if good:
        row.full_clean()
    else:
        with pytest.raises(ValidationError):
            row.full_clean()


def test_a_user_is_made_with_a_lower_case_address_and_signs_in_with_any_case():
    from partnership.models import User

    user = User.objects.create_user("Sian@Example.org", "a long enough word", name="Siân")
    assert user.email == "sian@example.org"
    assert User.objects.get_by_natural_key("SIAN@example.ORG") == user
    with pytest.raises(ValidationError, match="already signs in"):
        User.objects.create_user("SIAN@EXAMPLE.ORG", None, name="Another")
