"""The description of the interface, made from its serializers: refusals, headers and examples too."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from api.errors import PROBLEM, ProblemSerializer
from api.examples import example_of

METHODS = ("get", "post", "put", "patch", "delete")
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The ETag of what you have read; `*` changes whatever is there.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
    "description": "Yours, new for each request: sending the same again gives the same answer.",
}
# Each stands in every answer that names it: the calls at random hold us to it.
TEXT = {"required": True, "schema": {"type": "string"}}
NUMBER = {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
ALWAYS = {
    "X-Request-ID": {"description": "To name when something went wrong.", **TEXT},
}
RATE = {
    "RateLimit-Limit": {"description": "Calls a minute.", **NUMBER},
    "RateLimit-Remaining": {"description": "Calls left.", **NUMBER},
    "RateLimit-Reset": {"description": "Seconds until the next minute begins.", **NUMBER},
}
ETAG = {"ETag": {"description": "Its version, for If-Match.", **TEXT}}
CHANGING = ("put", "patch")


class KeyScheme(OpenApiAuthenticationExtension):
    """How a machine signs in."""

    target_class = "api.keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return {
            "type": "http", "scheme": "bearer", "bearerFormat": "qk_…",
            "description": "A machine's key, made under Set-up, Machine keys.",
        }


class Described(AutoSchema):
    """Each operation with every refusal that it can give."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        return super().get_operation_id().replace("-", "_")

    def is_changing(self) -> bool:
        """Whether a row that is there is changed, and its version asked for."""
        post = self.method == "POST" and "{id}" in self.path
        return self.method.lower() in CHANGING or post

    def statuses(self) -> list[int]:
        found = [400, 401, 403, 404, 429]
        if self.method != "GET":
            found += [409, 413, 415, 422]
        if self.is_changing():
            found += [412, 428]
        return sorted(found)

    def _get_response_bodies(self, direction: str = "response") -> dict:
        found = super()._get_response_bodies(direction)
        for status in self.statuses():
            found[str(status)] = self._get_response_for_code(
                ProblemSerializer, str(status), [PROBLEM], direction
            )
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> dict | None:
        found = super().get_operation(*args, **kwargs)
        if found:
            found["x-changes"] = self.is_changing()
        return found


def with_headers(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """Put in the headers that are asked for and answered; they belong to no serializer. A refusal
    with a status is described once and named wherever it can be answered."""
    shared: dict[str, dict] = {}
    for path in result["paths"].values():
        for method in METHODS:
            if method in path:
                describe(method, path[method], shared)
    result["components"]["responses"] = dict(sorted(shared.items()))
    for name, schema in result["components"]["schemas"].items():
        if not name.endswith("Request"):
            unbound(schema)
    return result


def unbound(schema: dict) -> None:
    """What is answered has no bounds of its own: the framework takes them from the database in use."""
    for one in schema.get("properties", {}).values():
        for bound in ("minimum", "maximum", *(["format"] if one.get("format") == "int64" else [])):
            one.pop(bound, None)


def describe(method: str, operation: dict, shared: dict[str, dict]) -> None:
    changes = operation.pop("x-changes", False)
    parameters = operation.setdefault("parameters", [])
    if method == "post":
        parameters.append(IDEMPOTENCY_KEY)
    if changes:
        parameters.append(IF_MATCH if method != "put" else {**IF_MATCH, "required": False})
    parameters.sort(key=lambda one: (one["in"], one["name"]))
    exemplify(operation.get("requestBody", {}))
    for status, response in operation["responses"].items():
        exemplify(response)
        response["headers"] = headers_of(status, changes)
        if status >= "400":
            shared[f"Problem{status}"] = {**response, "description": HTTPStatus(int(status)).phrase}
            operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}


def headers_of(status: str, versioned: bool) -> dict[str, dict]:
    found = {**ALWAYS, **({} if status in ("401", "403") else RATE)}
    if versioned and status < "300":
        found |= ETAG
    if status == "401":
        found["WWW-Authenticate"] = {"description": "How to sign in.", **TEXT}
    if status == "429":
        found["Retry-After"] = {"description": "Seconds.", **NUMBER}
    return found


def exemplify(body: dict) -> None:
    """Put an example beside the schema of what is sent or answered."""
    for content in body.get("content", {}).values():
        found = example_of(content.get("schema", {}))
        if found is not None:
            content["examples"] = {"example": {"value": found}}
