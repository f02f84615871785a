"""A world that is built once for all tests of a module: each of them sees it as it was built.

A test's own writes are rolled back to it as ever; the world itself goes when its module is through.
Rows that a test takes out of it are copies (``own``): what it sets on them is not seen by the next.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from django.db import transaction

from compliance.demo import factories as make

T = TypeVar("T")


def standing(blocker, build: Callable[[], T]) -> Iterator[T]:
    """What a module-scoped fixture yields from: built in a transaction that is taken back at the end."""
    whole = transaction.atomic()
    with blocker.unblock():
        whole.__enter__()
        try:
            made = build()
        except BaseException:
            whole.__exit__(*sys.exc_info())
            raise
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


def own(made: T) -> T:
    """A copy of a world's rows, which keep to each other as they did."""
    return copy.deepcopy(made)


# --- Fixtures of a module, made once --------------------------------------------------------------

WORLD, MINE = pytest.StashKey[dict](), pytest.StashKey[dict]()


@pytest.fixture(scope="module", autouse=True)
def shared_world(request):
    """The fixtures that a module names in ``SHARED``, and all that they stand on, made once for it.

    For a module whose tests all ask for them: a test that does not would find rows there all the same.
    """
    names = getattr(request.module, "SHARED", ())
    if not names:
        yield
        return
    request.getfixturevalue("django_db_setup")
    found: dict[str, Any] = {}

    def build() -> None:
        make.reseed_random(1989)
        for name in names:
            made_of(name, request, found)

    taken_back = standing(request.getfixturevalue("django_db_blocker"), build)
    next(taken_back)
    module = request.node
    # what holds on to rows in its own way is made for each test anew, from copies
    module.stash[WORLD] = {name: row for name, row in found.items() if not callable(row)}
    yield
    del module.stash[WORLD]
    next(taken_back, None)


def made_of(name: str, request: pytest.FixtureRequest, found: dict[str, Any]) -> Any:
    """A fixture of a test's scope, called by hand with those that it asks for."""
    if name not in found:
        defined = request._fixturemanager.getfixturedefs(name, request.node)[-1]
        if name == "db":
            return None
        if defined.scope != "function":
            return request.getfixturevalue(name)
        asked = {other: made_of(other, request, found) for other in defined.argnames}
        found[name] = defined.func(**asked)
        assert not isinstance(found[name], Iterator), f"“{name}” takes something back: it cannot be shared."
    return found[name]


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """A shared fixture is a copy of what stands already; the copies of a test belong together."""
    if fixturedef.scope != "function" or not isinstance(request.node, pytest.Item):
        return None
    module = request.node.getparent(pytest.Module)
    world = module.stash.get(WORLD, {}) if module else {}
    if fixturedef.argname not in world:
        return None
    request.getfixturevalue("db")
    stash = request.node.stash
    if MINE not in stash:
        stash[MINE] = own(world)
    value = stash[MINE][fixturedef.argname]
    fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
    return value
