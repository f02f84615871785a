"""What all addresses share: who may, which rows, pages of them, one of them, and its version."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.signals import got_request_exception
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from api.errors import PROBLEM, Problem, document
from api.fields import columns
from api.filtering import allowed_in_lists, refuse_undeclared
from partnership.roles import Permission
from partnership.stale import fingerprint

log = logging.getLogger(__name__)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
NUMBER = "[0-9]{1,15}"
FAULT = Problem(500, "fault", "Quorate could not do this. The request's id is in the log with the reason.")


class Answers:
    """Headers of every answer, and questions that are refused before anything is looked at."""

    parameters: tuple[str, ...] = ()  # of the query
    http_method_names = ("get", "head", "post", "put", "patch", "delete")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "\0" in request.path:
            raise Http404
        if request.method.lower() in self.http_method_names and hasattr(self, request.method.lower()):
            refuse_undeclared(request, self.allowed_parameters())

    def allowed_parameters(self) -> list[str]:
        return list(self.parameters)

    def handle_exception(self, error: Exception) -> Response:
        try:
            return super().handle_exception(error)
        except Exception:
            log.exception("A fault in the request %s", request_id(self.request))
            got_request_exception.send(sender=type(self), request=self.request)
            return Response(document(FAULT), status=500, content_type=PROBLEM)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["X-Request-ID"] = request_id(request)
        for name, value in getattr(request, "rate", {}).items():
            response[name] = str(value)
        return response


def request_id(request: Any) -> str:
    """The client's own, where it has the shape of one; else a new one."""
    if not hasattr(request, "own_id"):
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request.own_id = sent if REQUEST_ID.fullmatch(sent) else str(uuid.uuid4())
    return request.own_id


class PlainView(Answers, APIView):
    """An address that is no list of rows."""

    needs: tuple[Permission, ...] = ()

    def needed(self) -> tuple[Permission, ...]:
        return self.needs


class ReachViewSet(Answers, GenericViewSet):
    """Rows within reach: a list that is paged, filtered, searched and sorted, and one row of it.

    ``needs`` names for each act the permissions of which one must be held; ``sorts`` the columns by
    which the list can be sorted (never empty ones), the first one first.
    """

    needs: dict[str, tuple[Permission, ...]] = {}
    sorts: dict[str, str] = {"id": "pk"}
    searches: tuple[str, ...] = ()
    filterset_class: Any = None
    lookup_value_regex = NUMBER
    versioned = False

    def rows(self) -> QuerySet:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        return self.rows()

    def needed(self) -> tuple[Permission, ...]:
        if self.action is None:  # a method that the address does not know
            return ()
        return self.needs.get(self.action, self.needs.get("list", ()))

    def allowed_parameters(self) -> list[str]:
        return allowed_in_lists(self) if self.action == "list" else list(self.parameters)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        page = self.paginator.paginate(rows, columns(self.serializer_class), request, self.sort)
        self.finish(page["results"])
        return Response(page)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.shown(int(pk))

    def shown(self, pk: int, status: int = 200) -> Response:
        """One row, with its version where it can be changed."""
        rows, names = self.get_queryset().filter(pk=pk), columns(self.serializer_class)
        values = rows.values_list(*names.values()).first()
        if values is None:
            raise Http404
        found = dict(zip(names, values, strict=True))
        self.finish([found])
        headers = {}
        if self.versioned:
            headers["ETag"] = version(rows.model._base_manager.get(pk=pk))  # unscoped: found above
        if status == 201:
            headers["Location"] = self.reverse_action("detail", args=[pk])
        return Response(found, status=status, headers=headers)

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        """Put in what is not a column, for all rows of a page at once."""

    def sent(self, serializer: type, extra: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """What was sent, checked; ``extra`` is what the serializer must know besides."""
        context = {"request": self.request, **(extra or {})}
        found = serializer(data=self.request.data, context=context, **options)
        found.is_valid(raise_exception=True)
        return found.validated_data


def version(row: Model) -> str:
    """A row's version as its ETag: it differs when any of its columns does."""
    names = [field.attname for field in row._meta.concrete_fields]
    return f'"{fingerprint(row, names)}"'
