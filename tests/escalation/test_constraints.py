"""What the database itself refuses on the escalation floor, whoever writes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.demo import factories as make
from compliance.demo.factories import cases
from escalation.models import Escalation, Stage
from tests.partnership.constraints import constraints_of, refused

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)
DAY = date(2026, 6, 1)


def user():
    return make.UserFactory()


def policy(**broken):
    old = cases.PolicyFactory()
    fixed = {"partnership": old.partnership, "version": old.version + 1}
    return cases.PolicyFactory, fixed, {"version": old.version} | broken


def step(**broken):
    old = cases.PolicyStageFactory(position=1)
    return cases.PolicyStageFactory, {"policy": old.policy, "position": 2}, broken


def contact(**broken):
    old = cases.AgencyContactFactory()
    fixed = {"agency": old.agency, "role": "line_manager", "user": old.user, "alternate": user()}
    return cases.AgencyContactFactory, fixed, {k: v(old) for k, v in broken.items()}


def trigger(**broken):
    old = cases.TriggerFactory()
    fixed = {"partnership": old.partnership, "effective_from": DAY}
    return cases.TriggerFactory, fixed, broken or {"effective_from": old.effective_from}


def case(**broken):
    place = make.PartnershipFactory()
    fixed = {
        "partnership": place, "policy": cases.PolicyFactory(partnership=place), "raised_by": user(),
        "raised_for": make.AgencyFactory(), "about": make.AgencyFactory(),
    }
    return cases.EscalationFactory, fixed, broken


def closed(**without):
    """A closed case in which something of outcome, moment and person is lacking."""
    whole = {"state": "resolved", "closed_at": NOW, "closed_by": user(), "resolution": "Agreed."}
    made_by, fixed, _ = case()
    return made_by, fixed | whole, without


def about_itself():
    made_by, fixed, _ = case()
    return made_by, fixed, {"about": fixed["raised_for"]}


def participant():
    old = cases.ParticipantFactory()
    fixed = {"escalation": old.escalation, "user": user()}
    return cases.ParticipantFactory, fixed, {"user": old.user}


def stage(**broken):
    """A closed second stage beside a closed first."""
    old = cases.StageFactory(closed_at=NOW, closed_by=user(), ended="moved_up")
    fixed = {
        "escalation": old.escalation, "policy_stage": old.policy_stage, "number": 2,
        "entered_at": NOW, "entered_by": old.entered_by, "closed_at": NOW,
        "closed_by": old.closed_by, "ended": "accepted",
    }
    return cases.StageFactory, fixed, broken


def second_open_stage():
    made_by, fixed, _ = stage()
    still_open = {"closed_at": None, "closed_by": None, "ended": ""}
    Stage.objects.filter(escalation=fixed["escalation"]).update(**still_open)
    return made_by, fixed, still_open


def pause(of_another_stage=False, **broken):
    old = cases.StagePauseFactory()  # which is open
    fixed = {
        "stage": cases.StageFactory() if of_another_stage else old.stage, "from_by": old.from_by,
        "from_at": NOW, "until_at": NOW + HOUR, "until_by": old.from_by,
    }
    return cases.StagePauseFactory, fixed, broken


def reminder():
    old = cases.ReminderFactory(kind="overdue")
    return cases.ReminderFactory, {"stage": old.stage, "kind": "due"}, {"kind": old.kind}


def same_suggestion():
    old = cases.SuggestionFactory()
    fixed = {"partnership": old.partnership, "about": old.about}
    return cases.SuggestionFactory, fixed, {"key": old.key}


def suggestion(**broken):
    fixed = {"partnership": make.PartnershipFactory(), "about": make.AgencyFactory()}
    return cases.SuggestionFactory, fixed, broken


IN_DAYS = {"limit_amount": 5, "limit_unit": "working_days"}
CASES = {
    "policy_version_once": policy,
    "policystage_position_once": lambda: step(position=1),
    "policystage_position_from_one": lambda: step(position=0),
    "policystage_limit_has_amount": lambda: step(limit_amount=0, limit_unit="working_days"),
    "policystage_urgent_has_amount": lambda: step(urgent_amount=3, urgent_unit="none"),
    "agencycontact_once": lambda: contact(role=lambda old: old.role),
    "agencycontact_alternate_is_another": lambda: contact(alternate=lambda old: old.user),
    "trigger_once_a_day": trigger,
    "trigger_dates_in_order": lambda: trigger(effective_until=DAY),
    "escalation_two_sides": about_itself,
    "escalation_closed_whole": lambda: closed(resolution=""),
    "escalation_identity_whole": lambda: case(identity_passed_on=DAY),
    "participant_once": participant,
    "stage_number_once": lambda: stage(number=1),
    "stage_one_open": second_open_stage,
    "stage_number_from_one": lambda: stage(number=0),
    "stage_due_after_entered": lambda: stage(due_at=NOW),
    "stage_acknowledged_pair": lambda: stage(acknowledged_by=user()),
    "stage_answered_pair": lambda: stage(answered_by=user()),
    "stage_answered_text": lambda: stage(answered_at=NOW, answered_by=user()),
    "stage_skip_asked_pair": lambda: stage(skip_asked_by=user()),
    "stage_skip_asked_reason": lambda: stage(skip_asked_at=NOW, skip_asked_by=user()),
    "stage_closed_pair": lambda: stage(closed_at=None, ended=""),
    "stage_closed_how": lambda: stage(ended=""),
    "stagepause_one_open": lambda: pause(until_at=None, until_by=None),
    "stagepause_in_order": lambda: pause(until_at=NOW - HOUR),
    "stagepause_until_pair": lambda: pause(of_another_stage=True, until_at=None),
    "reminder_once": reminder,
    "suggestion_once": same_suggestion,
    "suggestion_handled_pair": lambda: suggestion(handled_by=user()),
    "suggestion_handled_whole": lambda: suggestion(state="dismissed", handled_at=NOW),
}


def test_every_constraint_is_tried():
    assert set(CASES) == constraints_of("escalation")


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name):
    made_by, fixed, broken = CASES[name]()
    assert broken
    assert refused(name, made_by, fixed | broken)
    assert not refused(name, made_by, fixed)


# --- The same by an update, which no form or action sees ------------------------------------------


def let_in(rows, **fields) -> bool:
    try:
        with transaction.atomic():
            rows.update(**fields)
    except IntegrityError:
        return False
    return True


WHOLE = {"state": "decided", "closed_at": NOW, "resolution": "Agreed."}


@pytest.mark.parametrize("lacking", ["state", "closed_at", "closed_by", "resolution", None])
def test_an_update_closes_with_outcome_moment_and_person_or_not_at_all(lacking):
    row = cases.EscalationFactory()
    fields = {**WHOLE, "closed_by": user()}
    fields.pop(lacking, None)
    assert let_in(Escalation.objects.filter(pk=row.pk), **fields) == (lacking is None)


@pytest.mark.parametrize("extra", ["closed_at", "resolution"])
def test_an_open_case_has_nothing_of_an_end(extra):
    row = cases.EscalationFactory()
    assert not let_in(Escalation.objects.filter(pk=row.pk), **{extra: WHOLE[extra]})
    assert let_in(Escalation.objects.filter(pk=row.pk), **WHOLE, closed_by=user())


@pytest.mark.parametrize(
    ("broken", "lacking"),
    [
        ({"identity_passed_to": "Manager"}, {"identity_passed_on": DAY}),
        ({"identity_passed_on": DAY}, {"identity_passed_to": "Manager"}),
    ],
)
def test_an_update_keeps_identity_whole(broken, lacking):
    row = cases.EscalationFactory()
    assert not let_in(Escalation.objects.filter(pk=row.pk), **broken)
    assert let_in(Escalation.objects.filter(pk=row.pk), **broken, **lacking)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ({"answer": "Yes."}, {"answer": "Yes.", "answered_at": NOW}),
        ({"skip_reason": "Same person"}, {"skip_reason": "Same person", "skip_asked_at": NOW}),
        ({"ended": "accepted"}, {"ended": "accepted", "closed_at": NOW}),
        ({"closed_at": NOW}, {"ended": "accepted", "closed_at": NOW}),
    ],
)
def test_an_update_keeps_paired_fields_together(broken, whole):
    row = cases.StageFactory()
    assert not let_in(Stage.objects.filter(pk=row.pk), **broken)
    assert let_in(Stage.objects.filter(pk=row.pk), **whole)


def test_a_case_that_is_open_cannot_be_given_a_second_open_stage_by_an_update():
    made_by, fixed, _ = second_open_stage()
    second = made_by(**fixed)
    opened = {"closed_at": None, "closed_by": None, "ended": ""}
    assert not let_in(Stage.objects.filter(pk=second.pk), **opened)
    first = Stage.objects.get(escalation=second.escalation, number=1)
    assert let_in(Stage.objects.filter(pk=first.pk), closed_at=NOW, ended="moved_up")
    assert let_in(Stage.objects.filter(pk=second.pk), **opened)
