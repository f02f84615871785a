"""How the values of breakdowns are printed."""

from __future__ import annotations

from compliance.measures.facts import MODES
from compliance.measures.ledger import Ledger
from conferences.choices import MeetingKind
from escalation.choices import Theme
from training.models import Requirement

FIXED = {
    **{("kind", str(kind)): kind.label for kind in MeetingKind},
    **{("mode", str(mode)): mode.label for mode in MODES},
    **{("theme", str(theme)): theme.label for theme in Theme},
    ("who", "member"): "The member invited",
    ("who", "deputy"): "A deputy",
    ("unit", "people"): "People with all that is due in date",
    ("unit", "child"): "Children",
    ("what", "initial"): "Initial conferences",
    ("what", "review"): "Review conferences",
    ("what", "first_core_group"): "First core groups",
}


def stage_titles(ledger: Ledger) -> dict[tuple[str, str], str]:
    """The stages that cases have reached, by their place in the policy."""
    found = {}
    for case in ledger.cases:
        for stage in case.stages.all():
            step = stage.policy_stage
            found["stage", str(step.position)] = f"{step.position}: {step.title}"
    return found


def labels(ledger: Ledger) -> dict[tuple[str, str], str]:
    """The fixed words, and the names of the agencies, courses and role groups that are counted."""
    found = dict(FIXED) | stage_titles(ledger)
    for agency, code in ledger.scope.codes.items():
        found["agency", code] = ledger.scope.members[agency].agency.name
    for row in ledger.standings:
        found["role_group", row.person.role_group.code] = row.person.role_group.title
        requirement = row.requirement
        if ("course", ledger.asked[requirement.pk]) not in found:
            found["course", ledger.asked[requirement.pk]] = requirement_words(requirement)
    return found


def requirement_words(requirement: Requirement) -> str:
    """What a requirement asks, by the titles of its courses."""
    titles = " or ".join(sorted(course.title for course in requirement.courses.all()))
    hours = f"{requirement.hours.normalize():f} hours of " if requirement.hours else ""
    return hours + titles
