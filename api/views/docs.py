"""What can be asked and sent, described for whoever builds another system; and the document itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.base import PlainView
from api.describing import groups, text
from api.scopes import Scope

PARAMETERS = [{"text": name} for name in ("Name", "Where", "Value", "What it is")]
FIELDS = [{"text": name} for name in ("Field", "Value", "What it is")]


def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, fields and an example."""
    return render(request, "api/docs.html", {
        "groups": groups(), "parameters": PARAMETERS, "fields": FIELDS,
        "scopes": [scope.label for scope in Scope],
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Interface for other systems", "href": ""}],
    })


class Document(PlainView):
    """The description as OpenAPI 3.1."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(text(), content_type="application/vnd.oai.openapi+json;version=3.1")
