"""The addresses of the interface for machines, version 1."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from api import bookings, compliance, conferences, escalation, history, partnership, staff, training
from api.nothing import Nothing
from api.views.docs import Document

router = SimpleRouter()
for name, views in (
    ("partnerships", partnership.PartnershipViewSet),
    ("agencies", partnership.AgencyViewSet),
    ("role-groups", partnership.RoleGroupViewSet),
    ("staff", staff.StaffViewSet),
    ("courses", training.CourseViewSet),
    ("requirements", training.RequirementViewSet),
    ("records", training.RecordViewSet),
    ("sessions", training.SessionViewSet),
    ("bookings", bookings.BookingViewSet),
    ("meetings", conferences.MeetingViewSet),
    ("attendance", conferences.LineViewSet),
    ("attendance-names", conferences.NamedLineViewSet),
    ("missed-duties", conferences.MissedViewSet),
    ("escalations", escalation.EscalationViewSet),
    ("history", history.HistoryViewSet),
):
    router.register(name, views, basename=name)

app_name = "api"
whole = "partnerships/<str:code>/"
agency = f"{whole}agencies/<str:agency>/"
urlpatterns = [
    path("who/", partnership.Who.as_view(), name="who"),
    path("openapi.json", Document.as_view(), name="document"),
    *router.urls,
    path(f"{whole}agencies/", compliance.MembershipViewSet.as_view({"get": "list"}), name="members"),
    path(f"{whole}scorecard/", compliance.PartnershipScorecard.as_view(), name="partnership-scorecard"),
    path(f"{whole}report.pdf", compliance.PartnershipPDF.as_view(), name="partnership-pdf"),
    path(f"{whole}report.csv", compliance.PartnershipCSV.as_view(), name="partnership-csv"),
    path(f"{agency}scorecard/", compliance.AgencyScorecard.as_view(), name="agency-scorecard"),
    path(f"{agency}report.pdf", compliance.AgencyPDF.as_view(), name="agency-pdf"),
    path(f"{agency}report.csv", compliance.AgencyCSV.as_view(), name="agency-csv"),
    re_path("", Nothing.as_view(), name="nothing"),
]
