"""Scorecards and reports: the same figures as the pages, the PDF and the CSV."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PlainView, ReachViewSet
from api.fields import Read
from compliance.measures import Scope, score
from compliance.views.reaching import agency_scope, asked_period, may, partnership_scope
from compliance.views.reports import as_file
from partnership.models import Membership, Partnership
from partnership.roles import Permission

P = Permission
PERIOD = OpenApiParameter(
    "period", str, description="Such as 2014-15, 2014-15-h1 or 2014-15-q3; without one the last year with meetings.",
)


class MembershipSerializer(Read):
    """An agency of a partnership, under its code there."""

    agency = serializers.IntegerField(source="agency_id")
    name = serializers.CharField(source="agency.name")
    sector = serializers.CharField(source="agency.sector")

    class Meta:
        model = Membership
        fields = ("id", "agency", "code", "name", "sector")


class MembershipViewSet(ReachViewSet):
    """The agencies of a partnership of which the client sees figures."""

    serializer_class = MembershipSerializer
    sorts = {"name": "agency__name", "code": "code"}

    def rows(self) -> QuerySet[Membership]:
        partnerships = Partnership.objects.visible_to(self.request.user)
        code = self.kwargs.get("code", "")
        if self.request.user.is_authenticated and not partnerships.filter(code=code).exists():
            raise Http404
        return Membership.objects.visible_to(self.request.user).filter(partnership__code=code)


class TitledSerializer(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()


class SpanSerializer(serializers.Serializer):
    name = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()


class ReadingSerializer(serializers.Serializer):
    """Met of total on a named basis; nothing to count reads "none", never 0% and never 100%."""

    measure = serializers.CharField()
    basis = serializers.CharField()
    by = serializers.DictField(child=serializers.CharField(), help_text="Which breakdown; empty: the whole.")
    met = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.CharField()


class CountSerializer(serializers.Serializer):
    count = serializers.CharField()
    by = serializers.DictField(child=serializers.CharField())
    value = serializers.IntegerField()


class CountedOverSerializer(serializers.Serializer):
    """What the totals of a measure count on a basis, as every report prints it."""

    basis = serializers.CharField()
    unit = serializers.CharField(help_text="The unit of the breakdown, such as people; empty: any other reading.")
    label = serializers.CharField()


class DefinitionSerializer(serializers.Serializer):
    title = serializers.CharField()
    sentence = serializers.CharField()
    counted_over = CountedOverSerializer(many=True)


class ActionSerializer(serializers.Serializer):
    """An action of the board as it stood at the end of the period: open then, or closed within it."""

    number = serializers.CharField()
    what = serializers.CharField()
    owner = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.CharField()
    carried = serializers.IntegerField(help_text="How often its date was moved to a later one.")
    from_before = serializers.BooleanField(help_text="Logged before the period began.")
    progress = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()


class ScorecardSerializer(serializers.Serializer):
    """All figures of a period, each defined by its sentence."""

    subject = TitledSerializer()
    partnership = TitledSerializer()
    period = SpanSerializer()
    as_at = serializers.DateField()
    readings = ReadingSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    counts_by = CountSerializer(many=True)
    measures = serializers.DictField(child=DefinitionSerializer())
    actions = ActionSerializer(many=True)


class PeriodView(PlainView):
    parameters = ("period",)


class PartnershipScorecard(PeriodView):
    """A partnership's figures for a period, each agency's among them."""

    serializer_class = ScorecardSerializer

    @extend_schema(operation_id="partnership_scorecard", parameters=[PERIOD], tags=["scorecards"])
    def get(self, request: Request, code: str) -> Response:
        return answer(request, partnership_scope(request, code, P.VIEW_MEASURES))


class AgencyScorecard(PeriodView):
    """One agency's figures for a period."""

    serializer_class = ScorecardSerializer

    @extend_schema(operation_id="agency_scorecard", parameters=[PERIOD], tags=["scorecards"])
    def get(self, request: Request, code: str, agency: str) -> Response:
        return answer(request, agency_scope(request, code, agency, P.VIEW_MEASURES))


def answer(request: Request, scope: Scope) -> Response:
    return Response(score(scope, asked_period(request, scope)).as_json())


def described(kind: str, form: str) -> Any:
    """How a report as a file stands in the description."""
    media = {"pdf": "application/pdf", "csv": "text/csv"}[form]
    binary = OpenApiTypes.BINARY if form == "pdf" else OpenApiTypes.STR
    return extend_schema(
        operation_id=f"{kind}_report_{form}", parameters=[PERIOD], tags=["reports"],
        responses={(200, media): binary},
    )


def partnership_file(request: Request, code: str, form: str) -> HttpResponse:
    scope = partnership_scope(request, code, P.PRINT_REPORT)
    return as_file(request, scope, form, names=False)


def agency_file(request: Request, code: str, agency: str, form: str) -> HttpResponse:
    """With names only for the agency's own lead, and never for a machine."""
    scope = agency_scope(request, code, agency, P.PRINT_REPORT)
    return as_file(request, scope, form, names=may(request, scope, P.PRINT_NAMES))


class PartnershipPDF(PeriodView):
    """A partnership's report, a row for each agency, as PDF."""

    @described("partnership", "pdf")
    def get(self, request: Request, code: str) -> HttpResponse:
        return partnership_file(request, code, "pdf")


class PartnershipCSV(PeriodView):
    """A partnership's figures as CSV."""

    @described("partnership", "csv")
    def get(self, request: Request, code: str) -> HttpResponse:
        return partnership_file(request, code, "csv")


class AgencyPDF(PeriodView):
    """One agency's report as PDF."""

    @described("agency", "pdf")
    def get(self, request: Request, code: str, agency: str) -> HttpResponse:
        return agency_file(request, code, agency, "pdf")


class AgencyCSV(PeriodView):
    """One agency's figures as CSV."""

    @described("agency", "csv")
    def get(self, request: Request, code: str, agency: str) -> HttpResponse:
        return agency_file(request, code, agency, "csv")
