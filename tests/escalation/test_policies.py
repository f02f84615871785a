"""Policies: the published shapes, versions by date, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from escalation import actions
from escalation.actions.raising import policy_in_force
from escalation.choices import Contact, PartnershipPart
from escalation.models import Policy, PolicyStage
from escalation.presets import PRESETS
from escalation.stages import LimitUnit
from partnership.models import HistoryEntry
from tests.escalation.acting import START, open_stage

pytestmark = pytest.mark.django_db

SINCE = date(2000, 1, 1)
NONE, TOLD, DECIDES = PartnershipPart.NONE, PartnershipPart.TOLD, PartnershipPart.DECIDES
# As published: how many stages, which are informal, and where the partnership decides.
SHAPES = {
    "default": (4, 1, [NONE, TOLD, TOLD, DECIDES]),
    "pan_berkshire": (4, 2, [NONE, NONE, NONE, DECIDES]),
    "wirral": (4, 1, [NONE, TOLD, TOLD, DECIDES]),
    "croydon": (5, 2, [NONE, NONE, TOLD, TOLD, DECIDES]),
    "pan_lancashire": (6, 3, [NONE, NONE, NONE, TOLD, TOLD, DECIDES]),
}


def adopt(partnership, preset="default", since=SINCE) -> Policy:
    return actions.adopt_preset(
        by=None, partnership=partnership, preset=preset, effective_from=since
    )


def steps(number: int, **fields) -> list[dict]:
    one = {"raised_by": Contact.PRACTITIONER, "answered_by": Contact.LINE_MANAGER, **fields}
    return [{"title": f"Step {n + 1}", **one} for n in range(number)]


def adopt_own(partnership, stages, **fields) -> Policy:
    return actions.adopt_policy(
        by=None, partnership=partnership, name="Our own",
        **{"effective_from": SINCE, **fields}, stages=stages,
    )


def test_every_preset_has_its_shape_here():
    assert set(SHAPES) == set(PRESETS)


@pytest.mark.parametrize("preset", SHAPES)
def test_presets_have_the_published_shapes(partnership, preset):
    number, informal, parts = SHAPES[preset]
    stages = list(adopt(partnership, preset).stages.all())
    assert [stage.position for stage in stages] == list(range(1, number + 1))
    assert [stage.formal for stage in stages] == [n >= informal for n in range(number)]
    assert [stage.partnership_part for stage in stages] == parts
    assert len({stage.title for stage in stages}) == number


def test_the_default_gives_five_five_five_and_ten_working_days_and_urgent_one(partnership):
    stages = list(adopt(partnership).stages.all())
    assert [str(stage.limit(urgent=False)) for stage in stages] == [
        "5 working days", "5 working days", "5 working days", "10 working days",
    ]
    assert {str(stage.limit(urgent=True)) for stage in stages} == {"1 working day"}


@pytest.mark.parametrize("preset", sorted(set(SHAPES) - {"default"}))
def test_presets_of_areas_that_publish_no_limit_have_none(partnership, preset):
    for stage in adopt(partnership, preset).stages.all():
        assert {str(stage.limit(urgent)) for urgent in (False, True)} == {"no limit"}


def test_an_urgent_case_falls_back_on_the_ordinary_limit(partnership):
    [stage] = adopt_own(
        partnership, steps(1, limit_amount=3, limit_unit=LimitUnit.WORKING_DAYS)
    ).stages.all()
    assert str(stage.limit(urgent=True)) == "3 working days"
    stage.urgent_amount, stage.urgent_unit = 24, LimitUnit.CLOCK_HOURS
    assert str(stage.limit(urgent=True)) == "24 hours"


# --- Versions -------------------------------------------------------------------------------------


def test_adopting_makes_a_new_version_each_time(partnership, elsewhere, mo):
    versions = [adopt(partnership, preset).version for preset in ("default", "croydon", "default")]
    assert versions == [1, 2, 3]
    assert adopt(elsewhere).version == 1
    assert HistoryEntry.objects.filter(verb="adopted").count() == 4
    by_mo = actions.adopt_preset(
        by=mo, partnership=partnership, preset="wirral", effective_from=SINCE
    )
    entry = HistoryEntry.objects.get(subject_id=by_mo.pk, verb="adopted")
    assert (by_mo.created_by, entry.user) == (mo, mo)


def test_open_cases_keep_their_version(case, raised, partnership):
    adopt(partnership, "croydon", date(2026, 6, 1))
    case.refresh_from_db()
    assert (case.policy.version, open_stage(case).policy_stage.policy) == (1, case.policy)
    assert raised().policy.version == 2


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2014, 3, 31), None), (date(2014, 4, 1), 1), (date(2019, 3, 31), 1),
        (date(2019, 4, 1), 2), (date(2026, 1, 1), 2),
    ],
)
def test_the_version_in_force_is_the_newest_that_has_begun(partnership, on, version):
    adopt(partnership, since=date(2014, 4, 1))
    adopt(partnership, since=date(2019, 4, 1))
    if version is None:
        with pytest.raises(ValidationError, match="Northwold has no escalation policy yet"):
            policy_in_force(partnership, on)
    else:
        assert policy_in_force(partnership, on).version == version


def test_a_case_without_a_policy_is_refused_with_a_sentence(raised, policy, partnership):
    Policy.objects.filter(pk=policy.pk).update(effective_from=date(2026, 6, 2))
    with pytest.raises(ValidationError, match="Ask the partnership manager to adopt one"):
        raised(now=START)
    Policy.objects.filter(pk=policy.pk).update(effective_from=date(2026, 6, 1))
    assert raised(now=START).policy == policy


def test_a_version_begins_neither_before_the_last_nor_before_a_case(partnership, raised, rita):
    """One could no longer say under which version a case had to be opened."""
    adopt(partnership, since=date(2015, 4, 1))
    with pytest.raises(ValidationError, match=r"Version \d is in force from 1 April 2015"):
        adopt(partnership, since=date(2015, 3, 31))
    before = Policy.objects.count()
    assert adopt(partnership, since=date(2015, 4, 1)).version == before + 1
    raised()
    with pytest.raises(ValidationError, match="A case was opened on 1 June 2026"):
        adopt(partnership, since=date(2026, 5, 31))
    assert adopt(partnership, since=date(2026, 6, 1)).version == Policy.objects.count()


# --- Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 9, 10])
def test_a_policy_has_one_to_nine_stages(partnership, number):
    if number in (1, 9):
        assert adopt_own(partnership, steps(number)).stages.count() == number
    else:
        with pytest.raises(ValidationError, match="A policy has 1 to 9 stages"):
            adopt_own(partnership, steps(number))
        assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"limit_unit": LimitUnit.WORKING_DAYS}, "Give a number with the limit"),
        ({"limit_amount": 3}, "Give a number with the limit"),
        ({"urgent_unit": LimitUnit.CLOCK_HOURS}, "Give a number with the limit"),
        ({"limit_amount": 1000, "limit_unit": LimitUnit.CLOCK_HOURS}, "less than or equal to 999"),
        ({"answered_by": "somebody"}, "not a valid choice"),
        ({"tell_overdue": ["everybody"]}, "Choose whom to tell from the list"),
        ({"tell_entering": "raiser"}, "Choose whom to tell from the list"),
        ({"title": ""}, "cannot be blank"),
    ],
)
def test_a_stage_that_says_nonsense_is_refused_with_the_whole_policy(partnership, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        adopt_own(partnership, [*steps(1), *steps(1, **fields)])
    assert not Policy.objects.exists() and not PolicyStage.objects.exists()
    assert not HistoryEntry.objects.filter(verb="adopted").exists()
    good = {"limit_amount": 3, "limit_unit": LimitUnit.CLOCK_HOURS, "tell_overdue": ["raiser"]}
    assert adopt_own(partnership, [*steps(1), *steps(1, **good)]).stages.count() == 2


def test_a_case_about_a_theme_is_refused_where_the_policy_forbids_it(
    raised, partnership, meeting, rita
):
    adopt_own(partnership, steps(2), themes_allowed=False)
    with pytest.raises(ValidationError, match="allows no cases about a theme: choose a meeting"):
        raised()
    case = raised(meetings=[meeting])
    assert (case.theme_case, list(case.meetings.all())) == (False, [meeting])
    adopt_own(partnership, steps(2), themes_allowed=True, effective_from=date(2026, 6, 1))
    assert raised().theme_case is True


def switch_on(partnership, **fields):
    return actions.set_trigger(
        by=None, partnership=partnership, on=True, effective_from=SINCE, **fields
    )


# --- Contacts and triggers ------------------------------------------------------------------------


def test_naming_a_contact_again_replaces_the_person(agency_b, rita, ben, charlie):
    actions.name_contact(
        by=charlie, agency=agency_b, role=Contact.LINE_MANAGER, user=ben, alternate=rita
    )
    row = agency_b.contacts.get()
    assert (row.user, row.alternate) == (ben, rita)
    with pytest.raises(ValidationError):
        actions.name_contact(
            by=charlie, agency=agency_b, role=Contact.LINE_MANAGER, user=ben, alternate=ben
        )
    row.refresh_from_db()
    assert row.alternate == rita


def test_naming_the_same_again_writes_nothing_and_another_says_before_and_after(
    agency_b, rita, ben, charlie
):
    def named(user):
        actions.name_contact(
            by=charlie, agency=agency_b, role=Contact.LINE_MANAGER, user=user
        )
        return list(HistoryEntry.objects.filter(verb="named contact", user=charlie))

    assert named(rita) == []
    [entry] = named(ben)
    assert entry.changes["user"] == ["Rita", "Ben"]


def test_a_contact_is_removed_once(agency_b, rita, charlie):
    def remove():
        return actions.remove_contact(by=charlie, agency=agency_b, role=Contact.LINE_MANAGER)

    assert (remove(), remove()) == (True, False)
    assert not agency_b.contacts.exists()
    [entry] = HistoryEntry.objects.filter(verb="removed contact")
    assert (entry.agency, entry.changes["user"]) == (agency_b, ["Rita", None])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "two_running", "number": 0}, "How many in a row"),
        ({"kind": "rate", "number": 0, "threshold": 60}, "Of how many at least"),
        ({"kind": "rate", "number": 5, "threshold": 101}, "less than or equal to 100"),
        ({"kind": "whim"}, "not a valid choice"),
    ],
)
def test_a_trigger_that_could_never_fire_is_refused(partnership, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        switch_on(partnership, **fields)
    good = {"kind": "rate", "number": 5, "threshold": 60}
    assert switch_on(partnership, **good).number == 5


def test_a_trigger_that_is_off_needs_no_number(partnership):
    row = actions.set_trigger(
        by=None, partnership=partnership, kind="rate", on=False, effective_from=SINCE
    )
    assert not row.on
