"""The pages of figures and reports."""

from django.urls import path, register_converter

from compliance.views import (
    cases,
    components,
    duty,
    pages,
    people,
    quality,
    reports,
    rows,
    set_up,
    targets,
    uploads,
)


class FormConverter:
    """The file forms in which a report can be had."""

    regex = "pdf|csv|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class AreaConverter(FormConverter):
    """The parts of the menu under which spreadsheets are sent."""

    regex = "people|meetings"


register_converter(FormConverter, "form")
register_converter(AreaConverter, "area")

app_name = "compliance"
partnership = "partnerships/<str:code>/"
agency = f"{partnership}agencies/<str:agency>/"
upload = "<area:area>/upload/<int:number>/"
urlpatterns = [
    path("", pages.home, name="home"),
    path("components/", components.components, name="components"),
    path("escalations/<str:reference>/summary.pdf", cases.case_summary, name="case-summary"),
    path("people/<int:number>/", people.person, name="person"),
    path("<area:area>/upload/", uploads.new, name="upload-new"),
    path("<area:area>/upload/<slug:kind>.xlsx", uploads.upload_template, name="upload-template"),
    path(upload, uploads.detail, name="upload-detail"),
    path(f"{upload}columns/", uploads.columns, name="upload-columns"),
    path(f"{upload}questions/", uploads.questions, name="upload-questions"),
    path(f"{upload}leavers/", uploads.leavers, name="upload-leavers"),
    path(f"{upload}accept/", uploads.accept, name="upload-accept"),
    path(f"{upload}cancel/", uploads.cancel, name="upload-cancel"),
    path(f"{upload}undo/", uploads.undo, name="upload-undo"),
    path(f"{upload}refused.csv", uploads.refused, name="upload-refused"),
    path("courses/duty/", duty.duty_list, name="duty-list"),
    path(partnership, pages.dashboard, name="dashboard"),
    path(f"{partnership}rows/", rows.partnership_rows, name="partnership-rows"),
    path(f"{partnership}report.<form:form>", reports.partnership_report, name="partnership-report"),
    path(agency, pages.agency, name="agency"),
    path(f"{agency}rows/", rows.agency_rows, name="agency-rows"),
    path(f"{agency}report.<form:form>", reports.agency_report, name="agency-report"),
    path("set-up/", set_up.set_up, name="set-up"),
    path("set-up/targets/", targets.target_list, name="target-list"),
    path("set-up/targets/<str:code>/new/", targets.target_new, name="target-new"),
    path("set-up/targets/<int:number>/end/", targets.target_end, name="target-end"),
    path("set-up/targets/<int:number>/remove/", targets.target_remove, name="target-remove"),
    path("set-up/quality/", quality.data_quality, name="data-quality"),
    path("set-up/quality/<str:code>.csv", quality.data_quality_csv, name="data-quality-csv"),
    path("set-up/quality/<str:code>/<slug:what>/", quality.quality_rows, name="quality-rows"),
    path(
        "set-up/quality/<str:code>/<slug:what>/rows.csv", quality.quality_rows_csv,
        name="quality-rows-csv",
    ),
]
