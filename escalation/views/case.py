"""A case's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferences.models import Meeting
from escalation.casebook import CASE_COLOURS, Casebook, Reader, due_words
from escalation.choices import Contact
from escalation.models import AgreedAction, Escalation
from escalation.sides import manages, moves_of, takes_part
from escalation.stages import CaseState, Move, local_day
from escalation.timeline import timeline
from escalation.views.reaching import visible_case
from partnership.models import User
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment

DANGER = "Immediate danger goes by referral or 999 today; no stage clock holds that up."
SLUGS = {move: move.value.replace("_", "-") for move in Move}
FIRST_KINDS = {Move.WITHDRAW: "secondary", Move.PAUSE: "secondary", Move.ASK_SKIP: "secondary"}
ACTION_COLUMNS = ("What was agreed", "Owner", "Until", "Done")
DOCUMENT_COLUMNS = ("Reference", "What it is", "Added")


def book_of(request: HttpRequest, case: Escalation) -> Casebook:
    return Casebook(case, Reader.of(request.user, case))


def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """A case: its facts, its stages, the clock's working, and what the person may do now."""
    case = visible_case(request, reference)
    book = book_of(request, case)
    part = takes_part(request.user, case)
    return render(
        request,
        "escalation/detail.html",
        {
            "danger": DANGER,
            "case": case,
            "book": book,
            "crumbs": crumbs(case),
            "state_colour": CASE_COLOURS[CaseState(case.state)],
            "facts": facts(book),
            "timeline": timeline(book),
            "meetings": meetings(request, book),
            "now": standing(book),
            "moves": move_links(book, request.user),
            "outcome": outcome(book),
            "action_columns": columns(ACTION_COLUMNS),
            "agreed": agreed(book, ticks=part),
            "document_columns": columns(DOCUMENT_COLUMNS),
            "documents": documents(book),
            "adds": part,
            "assigns": manages(request.user, case),
            "logs": case.partnership_id in held(request.user, Permission.ISSUE_REPORT).partnerships,
            "contacts": names_missing_contact(request.user, book),
        },
    )


def columns(texts: tuple[str, ...]) -> list[dict]:
    return [{"text": text} for text in texts]


def crumbs(case: Escalation, *below: str) -> list[dict]:
    found = [
        {"text": "Home", "href": "/"},
        {"text": "Escalations", "href": reverse("escalation:queue")},
    ]
    found.append(
        {"text": case.reference, "href": reverse("escalation:detail", args=[case.reference])}
    )
    found += [{"text": text, "href": ""} for text in below]
    found[-1]["href"] = ""
    return found


# --- Facts ----------------------------------------------------------------------------------------


def facts(book: Casebook) -> list[dict]:
    """The head of the page."""
    case = book.case
    raised = " by ".join(filter(None, [longdate(case.raised_at), book.name(case.raised_by)]))
    rows = [
        {"key": "About", "value": case.about.name},
        {"key": "Raised for", "value": book.raising_side(), "hint": raised},
        {"key": "Grounds", "value": case.get_grounds_display()},
    ]
    if case.urgent:
        rows.append(
            {"key": "Urgent", "value": "Urgent: the shorter limits apply", "tag_colour": "red"}
        )
    if book.reader.narrative:
        rows += [
            {"key": "What happened", "value": case.concern},
            {"key": "Outcome wanted", "value": case.outcome_wanted},
        ]
    policy = (
        reverse("escalation:policy", args=[case.partnership.code])
        + f"?version={case.policy.version}"
    )
    rows.append({"key": "Policy", "value": str(case.policy), "href": policy})
    rows.append({"key": "Identity of the child", "value": identity(book)})
    return rows


def identity(book: Casebook) -> str:
    """That it was passed outside Quorate; to whom is for the parties."""
    case = book.case
    if not case.identity_passed_on:
        return "Not yet noted as passed on outside Quorate"
    to = f" to {case.identity_passed_to}" if book.reader.narrative else ""
    noted = "; the child’s file notes it" if case.file_noted else ""
    return f"Passed on outside Quorate on {longdate(case.identity_passed_on)}{to}{noted}"


def meetings(request: HttpRequest, book: Casebook) -> list[dict]:
    """The meetings that the reader may open as links; the parties know the others by reference."""
    visible = set(
        Meeting.objects.visible_to(request.user)
        .filter(escalations=book.case)
        .values_list("pk", flat=True)
    )
    rows = book.case.meetings.select_related("partnership").order_by("held_on", "reference")
    return [
        {
            "text": row.reference,
            "words": f"{row.get_kind_display()}, {longdate(row.held_on)}"
            if row.pk in visible
            else "",
            "href": reverse(
                "conferences:meeting-detail", args=[row.partnership.code, row.reference]
            )
            if row.pk in visible
            else "",
        }
        for row in rows
        if row.pk in visible or book.reader.narrative
    ]


def standing(book: Casebook) -> dict | None:
    """The open stage: who is to answer, until when, and why then."""
    stage = book.open_stage
    if stage is None:
        return None
    words, colour = book.stage_words(stage)
    found = book.clock(stage)
    return {
        "stage": stage,
        "words": words,
        "colour": colour,
        "answering": book.answering(stage),
        "due": due_words(stage),
        "sentence": found.sentence if found else "",
        "days": book.clock_days(found),
        "entered": stage.entered_at,
        "moved": bool(found and found.due_at != stage.due_at),
    }


def outcome(book: Casebook) -> list[dict]:
    """How the case ended, as far as the reader may see."""
    case = book.case
    if case.state == CaseState.OPEN:
        return []
    rows = [
        {
            "key": case.get_state_display(),
            "value": longmoment(case.closed_at),
            "hint": book.name(case.closed_by),
        }
    ]
    if book.reader.narrative:
        rows.append({"key": "Outcome in words", "value": case.resolution})
    if case.learning_theme:
        rows.append({"key": "Learning theme", "value": case.get_learning_theme_display()})
    if case.training_need and book.reader.actions:
        rows.append({"key": "Training need", "value": case.training_need})
    return rows


def agreed(book: Casebook, *, ticks: bool = False) -> list[list[dict]]:
    """The agreed actions; who takes part ticks them off."""
    if not book.reader.actions:
        return []
    today = local_day(book.now)
    return [
        [
            {"text": row.text, "header": True},
            {"text": row.owner},
            {"text": longdate(row.due_on)},
            done_cell(book.case, row, row.overdue(today), ticks),
        ]
        for row in book.case.actions.all()
    ]


def done_cell(case: Escalation, row: AgreedAction, overdue: bool, ticks: bool) -> dict:
    """When it was done; else that it is open or overdue, with the way to tick it off."""
    words = longdate(row.done_on) or ("Overdue" if overdue else "Not yet")
    if not ticks:
        return {"text": words, **({"tag_colour": "red"} if overdue else {})}
    return {
        "text": "Change" if row.done_on else "Tick off",
        "href": reverse("escalation:action", args=[case.reference, row.pk]),
        "hidden": f"“{row.text}”",
        "hint": words,
    }


def documents(book: Casebook) -> list[list[dict]]:
    if not book.reader.narrative:
        return []
    return [
        [
            {"text": row.reference, "header": True},
            {"text": row.title},
            {"text": longdate(row.added_at), "hint": book.name(row.added_by)},
        ]
        for row in book.case.documents.select_related("added_by")
    ]


def move_links(book: Casebook, user: User) -> list[dict]:
    """The moves open to the person, the first of them as the button that stands out."""
    found = moves_of(book.case, book.latest, user, book.now)
    return [
        {
            "text": move.label,
            "href": reverse("escalation:move", args=[book.case.reference, SLUGS[move]]),
            "kind": "" if number == 0 and move not in FIRST_KINDS else "secondary",
        }
        for number, move in enumerate(found)
    ]


def names_missing_contact(user: User, book: Casebook) -> str:
    """Where a lead names who answers, while nobody is named."""
    stage = book.open_stage
    if stage is None or stage.responder_id or not can(user, Permission.MANAGE_OWN_USERS):
        return ""
    return Contact(stage.policy_stage.answered_by).label
