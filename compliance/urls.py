"""The pages of figures and reports."""

from django.urls import path, register_converter

from compliance.views import (
    agency_returns,
    annual,
    cases,
    components,
    duty,
    extract,
    issued,
    issuing,
    logged,
    logged_changes,
    pack_detail,
    packs,
    pages,
    people,
    person_files,
    published,
    published_issued,
    quality,
    reports,
    return_round,
    return_withdrawing,
    returns,
    rows,
    section_eleven,
    sending_back,
    set_up,
    signing,
    target_changes,
    target_files,
    targets,
    typed,
    upload_files,
    uploads,
)


class FormConverter:
    """The file forms in which a report can be had."""

    regex = "pdf|csv|xlsx|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class AreaConverter(FormConverter):
    """The parts of the menu under which spreadsheets are sent."""

    regex = "people|meetings|courses|set-up"


class BoundConverter(FormConverter):
    """The files of a pack."""

    regex = "pdf|zip"


register_converter(FormConverter, "form")
register_converter(BoundConverter, "bound")
register_converter(AreaConverter, "area")

app_name = "compliance"
partnership = "partnerships/<str:code>/"
agency = f"{partnership}agencies/<str:agency>/"
upload = "<area:area>/upload/<int:number>/"
asked = "reports/returns/<int:number>/"
agency_return = f"{asked}<str:agency>/"
action = "reports/actions/<str:number>/"
pack = "reports/packs/<int:number>/"
urlpatterns = [
    path("", pages.home, name="home"),
    path("components/", components.components, name="components"),
    path("escalations/<str:reference>/summary.pdf", cases.case_summary, name="case-summary"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/records.<export:form>", person_files.records, name="person-records-file"),
    path(
        "people/to-send-back/<slug:kind>.<export:form>", sending_back.people,
        name="sending-back-people",
    ),
    path(
        f"{partnership}meetings/to-send-back/<slug:kind>.<export:form>", sending_back.meetings,
        name="sending-back-meetings",
    ),
    path("<area:area>/upload/", uploads.new, name="upload-new"),
    path("<area:area>/upload/list.<export:form>", upload_files.sent_list, name="upload-list-file"),
    path("<area:area>/upload/<slug:kind>.xlsx", uploads.upload_template, name="upload-template"),
    path(upload, uploads.detail, name="upload-detail"),
    path(f"{upload}columns/", uploads.columns, name="upload-columns"),
    path(f"{upload}questions/", uploads.questions, name="upload-questions"),
    path(f"{upload}leavers/", uploads.leavers, name="upload-leavers"),
    path(f"{upload}accept/", uploads.accept, name="upload-accept"),
    path(f"{upload}cancel/", uploads.cancel, name="upload-cancel"),
    path(f"{upload}undo/", uploads.undo, name="upload-undo"),
    path(f"{upload}refused.<export:form>", upload_files.refused, name="upload-refused"),
    path("meetings/extract/", extract.extract_list, name="extract-list"),
    path("meetings/extract/list.<export:form>", extract.extract_list_file, name="extract-list-file"),
    path("meetings/on-plan/", typed.typed_list, name="typed-list"),
    path("meetings/on-plan/list.<export:form>", typed.typed_list_file, name="typed-list-file"),
    path("meetings/on-plan/new/", typed.new, name="typed-new"),
    path("meetings/on-plan/<int:number>/correct/", typed.correct, name="typed-correct"),
    path("courses/duty/list.<export:form>", duty.duty_list_file, name="duty-list-file"),
    path("courses/duty/", duty.duty_list, name="duty-list"),
    path(partnership, pages.dashboard, name="dashboard"),
    path(f"{partnership}rows/", rows.partnership_rows, name="partnership-rows"),
    path(
        f"{partnership}rows/list.<export:form>", rows.partnership_rows_file,
        name="partnership-rows-file",
    ),
    path(f"{partnership}report.<form:form>", reports.partnership_report, name="partnership-report"),
    path(f"{partnership}published/", published.published_partnership, name="partnership-published"),
    path(
        f"{partnership}section-11.<export:form>", section_eleven.partnership_extract,
        name="section-11",
    ),
    path(
        f"{agency}section-11.<export:form>", section_eleven.agency_extract,
        name="agency-section-11",
    ),
    path(f"{partnership}annual/", annual.annual, name="annual"),
    path(f"{partnership}annual/published/", annual.annual_published, name="annual-published"),
    path(f"{partnership}annual/report.<form:form>", annual.annual_report, name="annual-report"),
    path(agency, pages.agency, name="agency"),
    path(f"{agency}published/", published.published_agency, name="agency-published"),
    path(f"{agency}rows/", rows.agency_rows, name="agency-rows"),
    path(f"{agency}rows/list.<export:form>", rows.agency_rows_file, name="agency-rows-file"),
    path(f"{agency}report.<form:form>", reports.agency_report, name="agency-report"),
    path("reports/", issued.report_list, name="report-list"),
    path("reports/list.<export:form>", issued.report_list_file, name="report-list-file"),
    path("reports/issue/", issuing.issue, name="report-issue"),
    path("reports/<int:number>/", issued.issued_report, name="issued-report"),
    path("reports/<int:number>/report.<form:form>", issued.issued_report_file, name="issued-file"),
    path(
        "reports/<int:number>/published/", published_issued.issued_published, name="issued-published",
    ),
    path(
        "reports/<int:number>/published.<form:form>", published_issued.issued_published_file,
        name="issued-published-file",
    ),
    path("reports/<int:number>/sign-off/", signing.sign_off, name="issued-sign-off"),
    path("reports/actions/", logged.action_list, name="action-list"),
    path(
        "reports/actions/list.<export:form>", logged.action_list_file, name="action-list-file"
    ),
    path("reports/actions/new/", logged_changes.new, name="action-new"),
    path(action, logged.detail, name="action-detail"),
    path(f"{action}change/", logged_changes.change, name="action-change"),
    path(f"{action}date/", logged_changes.date, name="action-date"),
    *(
        path(f"{action}{kind}/", logged_changes.step, {"kind": kind}, name=f"action-{kind}")
        for kind in logged_changes.PAGES
    ),
    path("reports/packs/", packs.pack_list, name="pack-list"),
    path("reports/packs/list.<export:form>", packs.pack_list_file, name="pack-list-file"),
    path("reports/packs/new/", packs.new, name="pack-new"),
    path(pack, pack_detail.detail, name="pack-detail"),
    path(f"{pack}cancel/", pack_detail.cancel, name="pack-cancel"),
    path(f"{pack}delete/", pack_detail.delete, name="pack-delete"),
    path(f"{pack}pack.<bound:file>", pack_detail.pack_file, name="pack-file"),
    path("reports/returns/", returns.return_list, name="return-list"),
    path("reports/returns/list.<export:form>", returns.return_list_file, name="return-list-file"),
    path("reports/returns/new/", returns.return_new, name="return-new"),
    path(asked, return_round.return_detail, name="return-detail"),
    path(f"{asked}list.<export:form>", return_round.return_file, name="return-detail-file"),
    path(f"{asked}due/", return_round.return_due, name="return-due"),
    path(f"{asked}close/", return_round.return_close, name="return-close"),
    path(f"{asked}withdraw/", return_withdrawing.return_withdraw, name="return-withdraw"),
    path(f"{asked}remind/", return_round.return_remind, name="return-remind"),
    path(agency_return, agency_returns.return_agency, name="return-agency"),
    path(f"{agency_return}nil/", agency_returns.return_nil, name="return-nil"),
    path(f"{agency_return}take-back/", agency_returns.return_take_back, name="return-take-back"),
    path(f"{agency_return}send-back/", agency_returns.return_send_back, name="return-send-back"),
    path("set-up/", set_up.set_up, name="set-up"),
    path("set-up/targets/", targets.target_list, name="target-list"),
    path("set-up/targets/list.<export:form>", target_files.target_list, name="target-list-file"),
    path("set-up/targets/<str:code>/new/", targets.target_new, name="target-new"),
    path("set-up/targets/<int:number>/correct/", target_changes.target_correct, name="target-correct"),
    path("set-up/targets/<int:number>/end/", target_changes.target_end, name="target-end"),
    path("set-up/targets/<int:number>/remove/", target_changes.target_remove, name="target-remove"),
    path("set-up/quality/", quality.data_quality, name="data-quality"),
    path(
        "set-up/quality/<str:code>.<export:form>", quality.data_quality_file,
        name="data-quality-file",
    ),
    path("set-up/quality/<str:code>/<slug:what>/", quality.quality_rows, name="quality-rows"),
    path(
        "set-up/quality/<str:code>/<slug:what>/rows.<export:form>", quality.quality_rows_file,
        name="quality-rows-file",
    ),
]
