"""Scorecards as JSON: the same figures as the pages, the PDF and the CSV."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.measures import Scope, score
from compliance.views.reaching import agency_scope, asked_period, partnership_scope
from partnership.roles import Permission


class PartnershipScorecard(APIView):
    """A partnership's figures for a period, each agency's among them."""

    def get(self, request: Request, code: str) -> Response:
        return answer(request, partnership_scope(request, code, Permission.VIEW_MEASURES))


class AgencyScorecard(APIView):
    """One agency's figures for a period."""

    def get(self, request: Request, code: str, agency: str) -> Response:
        return answer(request, agency_scope(request, code, agency, Permission.VIEW_MEASURES))


def answer(request: Request, scope: Scope) -> Response:
    return Response(score(scope, asked_period(request, scope)).as_json())
