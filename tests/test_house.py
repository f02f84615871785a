"""The house rules that a machine can check: floors, migrations, factories, sizes, words."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from importlinter.cli import lint_imports

from compliance.demo import factories as make

ROOT = Path(__file__).resolve().parents[1]
OURS = ("partnership", "training", "conferences", "escalation", "compliance", "api")
MODELS = [
    model for label in OURS if apps.is_installed(label)
    for model in apps.get_app_config(label).get_models()
]
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40


def tracked(*suffixes: str) -> list[Path]:
    """The files that git keeps, or would at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()
    paths = [ROOT / name for name in listed]
    return [p for p in paths if p.is_file() and (not suffixes or p.suffix in suffixes)]


def code() -> list[Path]:
    """Our Python outside tests and migrations."""
    away = {"tests", "migrations", "node_modules"}
    return [p for p in tracked(".py") if not away & set(p.relative_to(ROOT).parts)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- Imports and migrations -----------------------------------------------------------------------


def test_imports_only_go_down(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out
    assert re.search(r"Contracts: [4-9] kept, 0 broken", capsys.readouterr().out)


@pytest.mark.django_db
def test_no_migration_is_missing():
    for label in {model._meta.app_label for model in MODELS}:  # else Django would not look at all
        assert (ROOT / label / "migrations" / "0001_initial.py").is_file(), label
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_has_a_name_of_its_own():
    for path in tracked(".py"):
        if path.parent.name == "migrations" and path.stem != "__init__":
            assert re.fullmatch(r"\d{4}_[a-z0-9_]+", path.stem), path
            assert "_auto_" not in path.stem, path


# --- Models ---------------------------------------------------------------------------------------


def test_every_model_has_a_factory():
    assert {factory._meta.get_model_class() for factory in make.factories()} == set(MODELS)


@pytest.mark.django_db
@pytest.mark.parametrize("factory", make.factories(), ids=lambda factory: factory.__name__)
def test_every_factory_makes_a_row_that_its_own_model_accepts(factory):
    row = factory()
    assert type(row)._base_manager.filter(pk=row.pk).exists()
    # Empty and allowed to be: written by code alone, never through a form.
    exclude = [f.name for f in row._meta.fields if f.null and getattr(row, f.attname) is None]
    if row._meta.label == "partnership.HistoryEntry":
        exclude.append("changes")
    row.full_clean(exclude=exclude)
    assert factory().pk != row.pk


@pytest.mark.django_db
def test_factories_make_the_same_again_after_starting_afresh():
    made = []
    for _ in range(2):
        make.start_afresh(7)
        made.append([make.StaffMemberFactory.build() for _ in range(5)])
        make.start_afresh(7)
    first, second = ([(p.name, p.job_title, p.reference) for p in rows] for rows in made)
    assert first == second
    assert len({name for name, _, _ in first}) > 1


def pairs() -> list[tuple[type[models.Model], str, str]]:
    """Each x_at with the x_by beside it."""
    return [
        (model, field.name, field.name.removesuffix("_at") + "_by")
        for model in MODELS
        for field in model._meta.fields
        if field.name.endswith("_at")
        and field.name.removesuffix("_at") + "_by" in {f.name for f in model._meta.fields}
    ]


def test_some_pairs_are_found():
    assert len(pairs()) >= 8


@pytest.mark.parametrize(("model", "at", "by"), pairs(), ids=lambda value: str(value))
def test_every_moment_with_a_person_has_a_constraint_on_both(model, at, by):
    if not model._meta.get_field(at).null:
        return  # the moment is always there, so a person never stands without one
    named = [
        {name.split("__")[0] for name in re.findall(r"'(\w+?)'", str(constraint.condition))}
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    assert any({at, by} <= fields for fields in named), (model.__name__, at, by)


def test_dates_moments_and_people_are_named_after_the_house():
    for model in MODELS:
        for field in model._meta.fields:
            if (model.__name__, field.name) in (("User", "last_login"), ("ScheduledRun", "slot")):
                continue  # Django's own; the hour that a row stands for, not when something was
            if isinstance(field, models.DateTimeField):
                assert field.name == "at" or field.name.endswith("_at"), field
            elif isinstance(field, models.DateField):
                ends = ("_on", "_from", "_until")
                assert field.name == "on" or field.name.endswith(ends), field


# --- Reach ----------------------------------------------------------------------------------------

SCOPED = {
    "visible_to", "within_reach", "within_reach_as_a_whole", "managed_by", "staffed_by", "kept_by", "recordable_by",
}


def faces() -> list[Path]:
    """The code that answers people: views, forms, filters, the interface for machines."""
    return [
        p for p in code()
        if p.relative_to(ROOT).parts[0] == "api"
        or {"views", "forms", "filters"} & {p.stem, p.parent.name}
        or p.parent.name == "home" or name_of(p) == "compliance/asking.py"
    ]


def test_what_answers_people_reads_within_reach_only():
    """`.objects` is followed by visible_to or within_reach, or by the reason why not."""
    bad, found = [], 0
    for path in faces():
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
                continue
            managers = {"objects", "_default_manager", "_base_manager"}
            if node.value.attr not in managers:
                continue
            found += 1
            near = lines[max(0, node.value.lineno - 2) : node.value.end_lineno]
            reason = any(re.search(r"# unscoped: \w+", line) for line in near)
            if node.attr not in SCOPED and not reason:
                bad.append(f"{name_of(path)}:{node.lineno} .{node.value.attr}.{node.attr}")
    assert found > 5
    assert bad == []


def test_rules_ask_nobody_for_the_day():
    """Pure rules and the standing get their day from outside."""
    pure = {"workdays", "quorum", "missed", "timescales", "stages", "triggers", "standing", "reach",
            "period", "scorecard", "rules"}
    for path in code():
        if path.stem in pure and path.parent.parent == ROOT:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(localdate|today|now)\(", text), name_of(path)


# --- Sizes ----------------------------------------------------------------------------------------


def reasoned(lines: list[str]) -> bool:
    return any(re.search(r"# long: \w+", line) for line in lines)


def test_no_file_is_long_without_a_reason():
    long = [
        f"{name_of(path)}: {len(lines)}"
        for path in code()
        if len(lines := path.read_text(encoding="utf-8").splitlines()) > MOST_LINES
        and not reasoned(lines[:12])
    ]
    assert long == [], "Divide it, or say why in its first lines: # long: why"


def test_no_function_is_long_without_a_reason():
    long = []
    for path in code():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                size = node.end_lineno - node.lineno + 1
                above = lines[max(0, node.lineno - 3) : node.body[0].end_lineno + 2]
                if size > MOST_LINES_OF_A_FUNCTION and not reasoned(above):
                    long.append(f"{name_of(path)}:{node.lineno} {node.name}: {size}")
    assert long == [], "Divide it, or say why above it: # long: why"


# --- Words ----------------------------------------------------------------------------------------

# Written in pieces, so that this file does not hold them.
FORBIDDEN = [
    "/wo" + "rk/", "/tm" + "p/", "/ho" + "me/", "/ro" + "ot/", "pypi" + ".org",
    "files.python" + "hosted", "npm" + "js", "index-" + "url", "extra-" + "index",
]
TEXT = {".py", ".md", ".toml", ".html", ".css", ".js", ".txt", ".in", ".csv", ".yml", ".yaml", ".json",
        ".sh", ""}
VENDORED = ("static/vendor/", "static/govuk", "static/moj", "tests/browser/axe", "node_modules/")


def test_no_machines_paths_nor_registries_are_in_the_files():
    found = []
    for path in tracked():
        if path.suffix not in TEXT or name_of(path).startswith(VENDORED):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name_of(path)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_no_package_is_called_after_nothing():
    empty = {"utils", "helpers", "common", "core", "manager", "service", "misc"}
    assert [name_of(p) for p in code() if p.stem in empty or p.parent.name in empty] == []
