"""The pages of figures and reports."""

from django.urls import path, register_converter

from compliance.views import cases, pages, people, reports, rows


class FormConverter:
    """The file forms in which a report can be had."""

    regex = "pdf|csv|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "form")

app_name = "compliance"
partnership = "partnerships/<str:code>/"
agency = f"{partnership}agencies/<str:agency>/"
urlpatterns = [
    path("", pages.home, name="home"),
    path("escalations/<str:reference>/summary.pdf", cases.case_summary, name="case-summary"),
    path("people/<int:number>/", people.person, name="person"),
    path(partnership, pages.dashboard, name="dashboard"),
    path(f"{partnership}rows/", rows.partnership_rows, name="partnership-rows"),
    path(f"{partnership}report.<form:form>", reports.partnership_report, name="partnership-report"),
    path(agency, pages.agency, name="agency"),
    path(f"{agency}rows/", rows.agency_rows, name="agency-rows"),
    path(f"{agency}report.<form:form>", reports.agency_report, name="agency-report"),
]
