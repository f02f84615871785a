"""Breaking a database constraint past every form and action, with the twin that is let in."""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError, models, transaction


def constraints_of(label: str) -> set[str]:
    """The names of the checks and unique rules of a package's models."""
    return {
        constraint.name
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }


def refused(name: str, made_by, fields: dict) -> bool:
    """Whether the database itself refuses a row, and for the reason given."""
    row = made_by.build(**fields)
    try:
        with transaction.atomic():
            type(row)._base_manager.bulk_create([row])
    except IntegrityError as error:
        constraint = next(c for c in row._meta.constraints if c.name == name)
        unique = isinstance(constraint, models.UniqueConstraint)
        assert unique or name in str(error), error
        assert not unique or "unique" in str(error).lower(), error
        return True
    return False
