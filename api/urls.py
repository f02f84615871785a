"""The addresses of the interface for machines, version 1."""

from django.urls import path

from api import compliance, partnership

app_name = "api"
agency = "partnerships/<str:code>/agencies/<str:agency>/"
urlpatterns = [
    path("partnerships/", partnership.Partnerships.as_view(), name="partnerships"),
    path("partnerships/<str:code>/agencies/", partnership.Agencies.as_view(), name="agencies"),
    path(
        "partnerships/<str:code>/scorecard/",
        compliance.PartnershipScorecard.as_view(),
        name="partnership-scorecard",
    ),
    path(f"{agency}scorecard/", compliance.AgencyScorecard.as_view(), name="agency-scorecard"),
]
