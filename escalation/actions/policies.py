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
from escalation.stages import local_day
from partnership.history import record, save_changed, save_new
from partnership.models import Agency, Partnership, User
from partnership.spreadsheets import spoken
from partnership.stale import ChangedSince

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
    latest = locked.policies.order_by("-version").first()
    check_start(locked, latest, effective_from)
    policy = Policy(
        partnership=locked, version=latest.version + 1 if latest else 1, name=name, effective_from=effective_from,
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


def check_start(partnership: Partnership, latest: Policy | None, start: date) -> None:
    """A version begins not before the one that it follows, nor before a case that was opened.

    Else one could no longer say under which version a case had to be opened.
    """
    if latest and start < latest.effective_from:
        raise ValidationError({"effective_from": (
            f"Version {latest.version} is in force from {spoken(latest.effective_from)}. "
            "A later version cannot begin before it."
        )})
    opened = partnership.escalations.aggregate(last=Max("raised_at"))["last"]
    if opened and start < local_day(opened):
        raise ValidationError({"effective_from": (
            f"A case was opened on {spoken(local_day(opened))} under the version of that day. "
            "Choose that day or a later one."
        )})


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
    *, by: User | None, agency: Agency, role: str, user: User, alternate: User | None = None,
    seen: str = "",
) -> AgencyContact:
    """Name the agency's person for one of the policy's roles; ``seen`` is who a page showed there."""
    new = {"user": user, "alternate": alternate}
    row = locked_contact(agency, role, seen)
    if row is None:
        row = AgencyContact(agency=agency, role=role, **new)
        return save_new(row, by, "named contact", agency=agency, role=role, **new)
    save_changed(row, by, "named contact", new, agency=agency, role=role)
    return row


@transaction.atomic
def remove_contact(*, by: User | None, agency: Agency, role: str, seen: str = "") -> bool:
    """Name nobody for a role any more: it comes to the agency's lead. False when nobody was named."""
    row = locked_contact(agency, role, seen)
    if row is None:
        return False
    record(
        by, "removed contact", row, agency=agency, role=role, user=[row.user, None],
        alternate=[row.alternate, None],
    )
    row.delete()
    return True


def locked_contact(agency: Agency, role: str, seen: str) -> AgencyContact | None:
    """Who is named now; refused when a page saw somebody else there."""
    lock(agency)
    rows = AgencyContact.objects.filter(agency=agency, role=role).select_related("user", "alternate")
    row = rows.first()
    if seen and seen != contact_seen(row):
        raise ChangedSince("Somebody changed who is named for this role since you opened the page.")
    return row


def contact_seen(row: AgencyContact | None) -> str:
    """Who is named, as a page sends it back: "3-5", "3-" without one who stands in, "-" for nobody."""
    return f"{row.user_id}-{row.alternate_id or ''}" if row else "-"


def lock(row: Agency | Partnership) -> None:
    """Who writes rows under the same parent waits here: of two who add the same, one finds it there."""
    type(row).objects.select_for_update(no_key=True).get(pk=row.pk)


@transaction.atomic
def set_trigger(
    *, by: User | None, partnership: Partnership, kind: str, on: bool, effective_from: date,
    number: int = 0, threshold: int = 0,
) -> Trigger:
    """Set one trigger of suggestions from a day on."""
    lock(partnership)
    row = Trigger(
        partnership=partnership, kind=kind, on=on, number=number, threshold=threshold,
        effective_from=effective_from,
    )
    return save_new(
        row, by, "set", partnership=partnership, kind=kind, on=on, number=number, threshold=threshold
    )


