"""Policies: every edit makes a new version, and open cases keep theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from escalation.models import AgencyContact, Policy, PolicyStage, Trigger
from escalation.presets import (
    ON_ENTERING,
    ON_OVERDUE,
    ON_RESOLVED,
    ON_TIME,
    PRESETS,
    StagePreset,
)
from partnership.history import record, save_new
from partnership.models import Agency, Partnership, User

FEWEST_STAGES, MOST_STAGES = 1, 9


@transaction.atomic
def adopt_policy(
    *, by: User | None, partnership: Partnership, name: str, effective_from: date,
    stages: Iterable[Mapping[str, Any]], themes_allowed: bool = True, nearly_days: int = 1,
) -> Policy:
    """Adopt a new version of a partnership's policy; stages are numbered in the order given."""
    locked = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    stages = list(stages)
    if not FEWEST_STAGES <= len(stages) <= MOST_STAGES:
        raise ValidationError(f"A policy has {FEWEST_STAGES} to {MOST_STAGES} stages.")
    latest = locked.policies.aggregate(version=Max("version"))["version"] or 0
    policy = Policy(
        partnership=locked, version=latest + 1, name=name, effective_from=effective_from,
        themes_allowed=themes_allowed, nearly_days=nearly_days, created_by=by,
    )
    policy.full_clean()
    policy.save()
    for position, fields in enumerate(stages, start=1):
        step = PolicyStage(policy=policy, position=position, **fields)
        step.full_clean()
        step.save()
    titles = [fields["title"] for fields in stages]
    record(by, "adopted", policy, partnership=locked, stages=titles, effective_from=effective_from)
    return policy


def adopt_preset(
    *, by: User | None, partnership: Partnership, preset: str, effective_from: date
) -> Policy:
    """Adopt one of the ready-made policies."""
    found = PRESETS[preset]
    return adopt_policy(
        by=by, partnership=partnership, name=found.name, effective_from=effective_from,
        stages=[stage_fields(stage) for stage in found.stages],
        themes_allowed=found.themes_allowed, nearly_days=found.nearly_days,
    )


def stage_fields(stage: StagePreset) -> dict[str, Any]:
    return {
        "title": stage.title,
        "formal": stage.formal,
        "raised_by": stage.raised_by,
        "answered_by": stage.answered_by,
        "limit_amount": stage.limit[0],
        "limit_unit": stage.limit[1],
        "urgent_amount": stage.urgent[0],
        "urgent_unit": stage.urgent[1],
        "tell_entering": list(ON_ENTERING),
        "tell_nearly_due": list(ON_TIME),
        "tell_overdue": list(ON_OVERDUE),
        "tell_resolved": list(ON_RESOLVED),
        "partnership_part": stage.partnership,
    }


@transaction.atomic
def name_contact(
    *, by: User | None, agency: Agency, role: str, user: User, alternate: User | None = None
) -> AgencyContact:
    """Name the agency's person for one of the policy's roles."""
    row = AgencyContact.objects.select_for_update().filter(agency=agency, role=role).first()
    row = row or AgencyContact(agency=agency, role=role)
    row.user, row.alternate = user, alternate
    return save_new(row, by, "named contact", agency=agency, role=role)


@transaction.atomic
def set_trigger(
    *, by: User | None, partnership: Partnership, kind: str, on: bool, effective_from: date,
    number: int = 0, threshold: int = 0,
) -> Trigger:
    """Set one trigger of suggestions from a day on."""
    row = Trigger(
        partnership=partnership, kind=kind, on=on, number=number, threshold=threshold,
        effective_from=effective_from,
    )
    return save_new(
        row, by, "set", partnership=partnership, kind=kind, on=on, number=number, threshold=threshold
    )


