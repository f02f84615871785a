"""An issued report as it is read and printed: from its kept figures alone, whatever stands there today.

The PDF is kept when it is first printed, and given out again byte for byte, also by a later Quorate
that would set its pages otherwise. The page, the CSV and the JSON are made anew from the same figures.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from compliance import faces
from compliance.kept_figures import in_short
from compliance.models import IssuedPrint, IssuedReport, ReportState
from compliance.scorecard import Change, IssueStamp, Scorecard
from partnership.dated import spoken

# Printed moments are told by the clocks of the partnerships, wherever the machine stands.
CLOCK = ZoneInfo("Europe/London")


def issued_card(report: IssuedReport) -> Scorecard:
    """The scorecard as it was issued, with its stamp; a KeptError where it cannot be relied on."""
    return replace(report.kept, stamp=stamp_of(report))


def stamp_of(report: IssuedReport) -> IssueStamp:
    return IssueStamp(
        number=report.number, version=report.version, issued_at=moment(report.issued_at),
        issued_by=report.issued_name, checksum=in_short(report.checksum), reason=report.reason,
        changes=tuple(Change(**change_of(one)) for one in report.changes),
        answer=answer_words(report), note=report.answer.note if report.answer else "",
    )


def change_of(kept: dict) -> dict[str, str]:
    return {name: kept[name] for name in ("what", "detail", "basis", "before", "after")}


def moment(at: datetime) -> datetime:
    return at.astimezone(CLOCK)


def answer_words(report: IssuedReport) -> str:
    """The agency's answer in a sentence; "" where nobody is asked."""
    state, answer = report.answered, report.answer
    if state == ReportState.ISSUED:
        return ""
    if answer is None:
        return "The agency has not signed it off yet."
    words = "Signed off" if answer.agreed else "Not agreed: noted"
    return f"{words} by {answer.name}, {answer.role}, on {spoken(moment(answer.answered_at).date())}."


def issued_file(report: IssuedReport, form: str) -> bytes:
    """An issued report in one of the forms; the PDF as it was first printed."""
    if form == "pdf":
        return printed_once(report)
    return faces.render(issued_card(report), form, moment(report.issued_at))


def printed_once(report: IssuedReport) -> bytes:
    """The PDF of a version, as it stands with the agency's answer: made once, and kept."""
    kept = kept_print(report)
    if kept is None:
        content = faces.render(issued_card(report), "pdf", moment(report.issued_at))
        try:
            with transaction.atomic():
                IssuedPrint(report=report, state=report.answered, content=content).save()
        except IntegrityError:  # somebody printed it in the same moment: theirs is the one that is kept
            return kept_print(report) or content
        return content
    return kept


def kept_print(report: IssuedReport) -> bytes | None:
    rows = report.prints.filter(state=report.answered)
    content = rows.values_list("content", flat=True).first()
    return None if content is None else bytes(content)
