"""The interface called at random from its description, in one process: no server, no network.

The description is the checked-in one, with the numbers of rows that are there wherever one is asked
for: a call that is made up of whole sentences comes further than to "there is none such".
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.transport.wsgi import WSGITransport

# What the description cannot say of a call that keeps to it: that a place of a list is none that was given,
# that a row is not there or not the client's, that its version is another, that a rule speaks against it.
GOOD = ["2xx", "400", "401", "403", "404", "409", "412", "422", "428"]
# Who may, which row and which version are looked at before what is sent: each of these refuses what is wrong.
BAD = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
WITHOUT_HEADER = ["400", "401", "403", "404", "422", "428"]  # 428 is what RFC 6585 has for an If-Match that is missing
ENDS = (request_started, request_finished)  # when a server gives up connections
SOCKETS = ("max_redirects", "verify", "cert", "proxies")


@dataclass
class Called:
    """What came of a run: how many calls, what was answered, and what was found."""

    calls: int = 0
    answers: Counter = field(default_factory=Counter)
    found: dict[tuple, str] = field(default_factory=dict)


def configuration(secret: str, seed: int, each: int, borders: str) -> SchemathesisConfig:
    """All checks, in all phases: examples, what borders on the allowed, at random, and one call after another.

    What borders on the allowed is many calls, so each address is tried so by one client: ``borders`` is the
    pattern of those of this one.
    """
    return SchemathesisConfig.from_dict({
        "seed": seed, "workers": 1, "continue-on-failure": True, "warnings": False,
        "headers": {"Authorization": f"Bearer {secret}"} if secret else {},
        "generation": {"max-examples": each, "no-shrink": True, "database": "none"},
        "operations": [{"exclude-path-regex": borders, "phases": {"coverage": {"enabled": False}}}],
        "checks": {
            "enabled": True, "positive_data_acceptance": {"expected-statuses": GOOD},
            "negative_data_rejection": {"expected-statuses": BAD},
            "missing_required_header": {"expected-statuses": WITHOUT_HEADER},
        },
    })


def call_all(document: dict[str, Any], monkeypatch: Any, secret: str, **options: Any) -> Called:
    """Each operation called in every way that the library knows, with a key or without one."""
    monkeypatch.setattr(WSGITransport, "send", without_sockets(WSGITransport.send))
    done = Called()
    schema = schemathesis.openapi.from_dict(document, config=configuration(secret, **options))
    with shared_connections() as use:
        schema.app = counting(WSGIHandler(), done, use)
        for event in from_schema(schema).execute():
            done.found |= dict(found_in(event))
    return done


def without_sockets(send: Callable) -> Callable:
    """The library hands some checks' settings of sockets to a transport that has no socket."""
    def sent(self: Any, case: Any, **options: Any) -> Any:
        return send(self, case, **{name: one for name, one in options.items() if name not in SOCKETS})

    return sent


class shared_connections:
    """The library calls from a thread of its own, which is to use the test's connection and not to close it."""

    def __enter__(self) -> Callable[[], None]:
        for moment in ENDS:
            moment.disconnect(close_old_connections)
        self.kept = {one.alias: one for one in connections.all()}
        for one in self.kept.values():
            one.inc_thread_sharing()
        return self.use

    def use(self) -> None:
        for alias, one in self.kept.items():
            connections[alias] = one

    def __exit__(self, *_: Any) -> None:
        for moment in ENDS:
            moment.connect(close_old_connections)
        for one in self.kept.values():
            one.dec_thread_sharing()


def counting(inner: Callable, done: Called, use: Callable[[], None]) -> Callable:
    def app(environ: dict, start: Callable) -> Any:
        use()
        answer = inner(environ, start)
        done.calls += 1
        done.answers[answer.status_code] += 1
        return answer

    return app


def found_in(event: Any) -> Iterator[tuple[tuple, str]]:
    """What an event of the run says against the interface; also where the library itself came to grief."""
    if type(event).__name__ in ("NonFatalError", "FatalError"):
        value = getattr(event, "value", None) or getattr(event, "exception", event)
        yield (getattr(event, "label", ""), "error", str(value)[:300]), ""
    recorder = getattr(event, "recorder", None)
    for checks in recorder.checks.values() if recorder else ():
        for one in checks:
            if one.failure_info:
                failure = one.failure_info.failure
                yield (recorder.label, failure.title, str(failure)[:300]), one.failure_info.code_sample


# --- The description with rows ----------------------------------------------------------------------


def with_rows(document: dict[str, Any], rows: dict[str, list], paths: dict[str, list]) -> dict[str, Any]:
    """The description in which relations by name, and the rows of addresses, are those that are there."""
    found = copy.deepcopy(document)
    for name, schema in found["components"]["schemas"].items():
        if name.endswith("Request"):
            for key, one in schema.get("properties", {}).items():
                choose(one.get("items", one) if one.get("type") == "array" else one, rows.get(key))
    for path, methods in found["paths"].items():
        subject = path.removeprefix("/api/v1/").split("/")[0]
        for operation in methods.values():
            for one in operation["parameters"]:
                here = paths.get(subject if one["name"] == "id" else one["name"])
                if one["in"] == "path":
                    choose(one["schema"], list(map(str, here or ())))
                elif one["name"] == "If-Match":
                    one["schema"] = {"enum": ["*"]}
    return found


def choose(schema: dict[str, Any], among: list | None) -> None:
    if among and "$ref" not in schema:
        schema["enum"] = [*among, *([None] if "null" in schema.get("type", ()) else [])]
