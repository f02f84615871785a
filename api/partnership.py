"""Partnerships and their agencies, as far as the reader's measures reach."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from partnership.models import Membership, Partnership


class PartnershipSerializer(serializers.ModelSerializer):
    class Meta:
        model = Partnership
        fields = ["code", "name", "label"]


class AgencySerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="agency.name")
    sector = serializers.CharField(source="agency.sector")

    class Meta:
        model = Membership
        fields = ["code", "name", "sector"]


class Partnerships(ListAPIView):
    """The partnerships that the reader's agencies or roles belong to."""

    serializer_class = PartnershipSerializer

    def get_queryset(self) -> QuerySet[Partnership]:
        return Partnership.objects.visible_to(self.request.user)


class Agencies(ListAPIView):
    """The agencies of a partnership that the reader may see figures of."""

    serializer_class = AgencySerializer

    def get_queryset(self) -> QuerySet[Membership]:
        partnerships = Partnership.objects.visible_to(self.request.user)
        if not partnerships.filter(code=self.kwargs["code"]).exists():
            raise Http404
        rows = Membership.objects.visible_to(self.request.user).select_related("agency")
        return rows.filter(partnership__code=self.kwargs["code"])
