"""JSON in and out: read within limits before anything looks at it, written without detours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

LONGEST = 1_000_000  # bytes of a body
DEEPEST = 8


class TooLong(APIException):
    status_code = 413
    default_code = "too_long"
    default_detail = f"The body is longer than {LONGEST:,} bytes. Send it in parts."


class JSONParser(BaseParser):
    """Refuses what is too long, nested too deep or not UTF-8: a lone surrogate is no character."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LONGEST + 1)
        if len(body) > LONGEST:
            raise TooLong
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError("The body is not JSON in UTF-8.", code="not_json") from error
        if depth(found) > DEEPEST:
            raise ParseError(f"The body is nested more than {DEEPEST} deep.", code="too_deep")
        return found


def depth(found: Any) -> int:
    """How deep lists and objects stand in each other; no deeper than it takes to refuse them."""
    level, layer = 0, inside([found])
    while layer and level <= DEEPEST:
        layer = inside(one for each in layer for one in (each.values() if isinstance(each, dict) else each))
        level += 1
    return level


def inside(found: Iterable[Any]) -> list[dict | list]:
    return [one for one in found if isinstance(one, (dict, list))]


class JSONRenderer(BaseRenderer):
    """Dates, moments and plain values; a decimal is written as text, so that nothing is rounded."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class Negotiation(BaseContentNegotiation):
    """There is one format for each address, so it is sent whatever is asked for."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:
        sent = (request.content_type or "").split(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
