"""A case on paper: the very facts of its page, as far as the reader may see them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance.case_summary import CaseSummary, render
from compliance.report.grid import Row
from escalation.casebook import Casebook, Reader, StepFacts
from escalation.timeline import timeline
from escalation.views.case import DANGER, agreed, facts, meetings, outcome
from escalation.views.reaching import visible_case
from partnership.history import record
from partnership.templatetags.quorate import longdate, longmoment

NARRATIVE_FACTS = ("What happened", "Outcome wanted")


def case_summary(request: HttpRequest, reference: str) -> HttpResponse:
    """The summary of a case as PDF; that it was printed is in the history."""
    case = visible_case(request, reference)
    book = Casebook(case, Reader.of(request.user, case))
    content = render(summary_of(request, book), made_at=timezone.localtime(book.now))
    record(
        request.user,
        "printed",
        case,
        partnership=case.partnership,
        agency=case.about,
        narrative=book.reader.narrative,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="quorate-{case.reference}.pdf"'
    return response


def summary_of(request: HttpRequest, book: Casebook) -> CaseSummary:
    case, reader = book.case, book.reader
    found = book.clock(book.open_stage) if book.open_stage else None
    return CaseSummary(
        reference=case.reference,
        partnership=str(case.partnership),
        danger=DANGER,
        state=case.get_state_display() + (", urgent" if case.urgent else ""),
        copy="Copy with the narrative: for those who take part"
        if reader.narrative
        else "Copy without the narrative",
        facts=fact_rows(request, book),
        stages=[stage_row(step) for step in book.progress],
        clock=[(longdate(day.day), day.words.capitalize()) for day in book.clock_days(found)],
        clock_sentence=found.sentence if found else "",
        outcome=[joined(row) for row in outcome(book) if row["key"] != "Outcome in words"],
        narrative=narrative(book) if reader.narrative else None,
        actions=[tuple(str(cell["text"]) for cell in row) for row in agreed(book)]
        if reader.actions
        else None,
        timeline=[(longmoment(event.at), event.words, event.who or "–") for event in timeline(book)],
    )


def joined(row: dict) -> Row:
    hint = row.get("hint")
    return row["key"], f"{row['value']}\n{hint}" if hint else str(row["value"])


def fact_rows(request: HttpRequest, book: Casebook) -> list[Row]:
    """The head of the page; the narrative stands in a part of its own."""
    rows = [joined(row) for row in facts(book) if row["key"] not in NARRATIVE_FACTS]
    names = [item["text"] for item in meetings(request, book)]
    if names:
        rows.append(("Meetings", ", ".join(names)))
    return rows


def stage_row(step: StepFacts) -> Row:
    began = longdate(step.stage.entered_at) if step.stage else "–"
    kind = "" if step.formal else " (informal)"
    came = f"{step.words}\n{step.taken}" if step.taken else step.words
    return (
        f"{step.position}. {step.title}{kind}",
        step.answered_by,
        step.limit,
        began,
        step.due or "–",
        came,
    )


def narrative(book: Casebook) -> list[tuple[str, str]]:
    """What was written, in the order in which it was."""
    case = book.case
    parts = [("What happened", case.concern), ("Outcome wanted", case.outcome_wanted)]
    for step in book.progress:
        at = f"at stage {step.stage.number}, {step.title}" if step.stage else ""
        parts += [(f"Answer {at}", step.answer)] if step.answer else []
        parts += [(f"{step.words} {at}", step.last_words)] if step.last_words else []
    return [*parts, ("Outcome", case.resolution)] if case.resolution else parts
