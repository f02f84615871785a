"""Who has left an agency has no part in its cases any more: they read nothing and answer nothing."""

import pytest

from compliance.demo import factories as make
from escalation.models import AgencyContact, Escalation
from escalation.sides import responder_for
from partnership.models import Grant, User
from partnership.roles import Permission, Role


@pytest.fixture
def moved(case, bob, agency_b):
    """Bob, who raised the case for A, works for B now."""
    Grant.objects.filter(user=bob).delete()
    make.GrantFactory(user=bob, role=Role.PRACTITIONER, agency=agency_b)
    return User.objects.get(pk=bob.pk)


def reads(user, case) -> bool:
    return Escalation.objects.within_reach(user, Permission.READ_NARRATIVE).filter(pk=case.pk).exists()


def test_a_raiser_reads_their_case(case, bob):
    assert reads(User.objects.get(pk=bob.pk), case)


def test_a_raiser_who_went_to_the_other_side_reads_it_no_more(case, moved):
    assert not reads(moved, case)


def test_a_named_contact_who_left_is_not_asked(case, rita, charlie):
    step = case.policy.stages.first()
    assert AgencyContact.objects.filter(user=rita).exists()
    assert responder_for(case, step) == rita
    Grant.objects.filter(user=rita).delete()
    assert responder_for(Escalation.objects.get(pk=case.pk), step) == charlie
