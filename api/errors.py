"""Every refusal is a problem document (RFC 9457): a code, a sentence, and the fields it is about."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from partnership.stale import ChangedSince

PROBLEM = "application/problem+json"
NOT_ALLOWED = "Your role or key does not allow this."
GENERAL = "non_field_errors"  # what is wrong with a row as a whole


class Problem(exceptions.APIException):
    """A refusal with a status, a code, a sentence and perhaps fields."""

    def __init__(
        self, status: int, code: str, sentence: str, fields: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.status_code, self.code, self.fields, self.more = status, code, fields or {}, more
        super().__init__(sentence, code)


class ProblemSerializer(serializers.Serializer):
    """Why nothing was done."""

    type = serializers.CharField(help_text="The kind of problem, as a name of its own.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs: it never changes.")
    detail = serializers.CharField(help_text="For people: one or two sentences.")
    fields = serializers.DictField(
        child=serializers.JSONField(), help_text="What is wrong with which field, in sentences."
    )


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error; None for a fault of ours, which is a plain 500."""
    found = known(error)
    if found is None:
        return None
    set_rollback()
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    response = Response(document(found), status=found.status_code, headers=headers)
    response.content_type = PROBLEM
    return response


def document(found: Problem) -> dict[str, Any]:
    return {
        "type": f"urn:quorate:problem:{found.code}",
        "title": HTTPStatus(found.status_code).phrase, "status": found.status_code,
        "code": found.code, "detail": str(found.detail), "fields": found.fields, **found.more,
    }


def known(error: Exception) -> Problem | None:
    """An error of Django, of the framework or of an action as a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, (Http404, exceptions.NotFound)):
        return Problem(404, "not_found", "There is nothing at this address that you may see.")
    if isinstance(error, exceptions.ValidationError):
        return Problem(400, "refused", "Some of what was sent cannot be taken.", plain(error.detail))
    if isinstance(error, (PermissionDenied, exceptions.PermissionDenied)):
        said = str(error)
        return Problem(403, "not_allowed", said if said.startswith("CSRF") else NOT_ALLOWED)
    if isinstance(error, exceptions.APIException):
        code = error.get_codes()
        return Problem(error.status_code, code if isinstance(code, str) else "refused", str(error.detail))
    if isinstance(error, ChangedSince):
        return Problem(412, "changed_since", "Somebody changed it since you read it. Read it again.")
    if isinstance(error, ValidationError):
        return refused_by_action(error)
    if isinstance(error, IntegrityError):
        return Problem(409, "at_the_same_time", "Somebody wrote the same in this moment. Read it again.")
    return None


def refused_by_action(error: ValidationError) -> Problem:
    """What a rule says against it: the sentence, at its fields where it has some."""
    if not hasattr(error, "error_dict"):
        return Problem(422, "rule", " ".join(error.messages))
    fields = {
        GENERAL if name == "__all__" else name: messages
        for name, messages in error.message_dict.items()
    }
    return Problem(422, "rule", "A rule speaks against it.", fields)


def plain(detail: Any) -> dict[str, Any]:
    """The framework's errors by field; those about the whole under one name."""
    found = detail if isinstance(detail, dict) else {api_settings.NON_FIELD_ERRORS_KEY: detail}
    return {str(name): sentences(value) for name, value in found.items()}


def sentences(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): sentences(one) for name, one in value.items()}
    if isinstance(value, list):
        return [sentences(one) for one in value]
    return str(value)
