"""Two people, or two presses, in the same moment: one act, and a sentence for the other."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from partnership.actions import accept_offer, give_access, grant_role, move_staff
from partnership.models import AgencyOffer, Grant, Membership, StaffMember, User
from partnership.roles import Role

pytestmark = pytest.mark.postgresql
DAY = date(2015, 4, 1)


def test_equal_roles_given_at_once_are_one(race, alice, bob, agency_a):
    def one(until):
        return lambda: grant_role(
            by=alice, user=bob, role=Role.AGENCY_LEAD, agency=agency_a, from_on=DAY, until_on=until
        )

    answers = race(one(None), one(date(2016, 1, 1)))
    assert sum(isinstance(answer, Grant) for answer in answers) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert bob.grants.filter(role=Role.AGENCY_LEAD).count() == 1


def test_invited_twice_at_once_is_one_account_with_one_role(race, alice, agency_a):
    race(lambda: give_access(
        by=alice, email="nia@example.org", name="Nia", role=Role.PRACTITIONER, agency=agency_a, from_on=DAY
    ))
    assert User.objects.filter(email="nia@example.org").count() == 1
    assert Grant.objects.filter(user__email="nia@example.org").count() == 1


def test_moved_twice_at_once_is_one_line(race, staff_a, agency_b):
    answers = race(lambda: move_staff(by=None, staff_member=staff_a, agency=agency_b, on=DAY))
    assert len({answer.pk for answer in answers}) == 1
    assert StaffMember.objects.filter(moved_from=staff_a).count() == 1


def test_moved_to_two_places_at_once_goes_to_one(race, staff_a, agency_b, agency_c):
    race(*(
        lambda agency=agency: move_staff(by=None, staff_member=staff_a, agency=agency, on=DAY)
        for agency in (agency_b, agency_c)
    ))
    assert StaffMember.objects.filter(moved_from=staff_a).count() == 1


def test_accepted_twice_at_once_is_one_membership(race, agency_b, partnership, elsewhere, mo):
    offer = make.AgencyOfferFactory(agency=agency_b, giver=partnership, taker=elsewhere)
    answers = race(lambda: accept_offer(by=mo, offer=offer, code="POL"))
    assert all(isinstance(answer, Membership) for answer in answers)
    assert Membership.objects.filter(agency=agency_b, partnership=elsewhere).count() == 1
    assert AgencyOffer.objects.get().accepted is True
