"""A page for each move: GET shows its form, POST makes it.

A move that came too late answers 409 with the sentence why, what is possible now, and all that was
typed. What is not filled in well answers 422 with the errors at the fields. Neither writes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from escalation import actions
from escalation.actions import MoveRefused
from escalation.actions.raising import refuse_if_past
from escalation.casebook import Casebook
from escalation.forms import moves as forms
from escalation.sides import moves_of, sides_of, standing_of
from escalation.stages import MOVES, Move, why_not
from escalation.views.case import DANGER, SLUGS, book_of, crumbs, move_links
from escalation.views.reaching import visible_case
from partnership.forms import put_errors


@dataclass(frozen=True, slots=True)
class MovePage:
    """What a move's page shows and does."""

    act: Callable
    form: type[forms.MoveForm]
    lead: str
    done: str
    kind: str = ""


PAGES: dict[Move, MovePage] = {
    Move.ACKNOWLEDGE: MovePage(
        actions.acknowledge,
        forms.MoveForm,
        "Say that you have it and are looking at it. The clock runs on until you answer.",
        "Acknowledged. The raiser has been told.",
    ),
    Move.ANSWER: MovePage(
        actions.answer,
        forms.AnswerForm,
        "You answer for the agency that the case is about. "
        "The raising side then accepts it or moves the case up.",
        "Your answer is with the raising side.",
    ),
    Move.ACCEPT: MovePage(
        actions.accept,
        forms.OutcomeForm,
        "Accepting the answer closes the case as resolved.",
        "The case is resolved.",
    ),
    Move.MOVE_UP: MovePage(
        actions.move_up,
        forms.MoveUpForm,
        "The present stage ends and the next one begins, with its own people and its own limit.",
        "The case has moved up.",
    ),
    Move.ASK_SKIP: MovePage(
        actions.ask_skip,
        forms.SkipForm,
        "Somebody else must approve it. Until then the present clock runs on.",
        "The skip has been asked for.",
    ),
    Move.APPROVE_SKIP: MovePage(
        actions.approve_skip,
        forms.ApproveSkipForm,
        "The present stage ends, and the case goes to the stage that you choose.",
        "The skip is approved: the case has gone up.",
    ),
    Move.PAUSE: MovePage(
        actions.pause,
        forms.PauseForm,
        "The clock stands until somebody of the raising side resumes. "
        "The days of the pause are not counted, and are shown.",
        "The case is paused: its clock stands.",
    ),
    Move.RESUME: MovePage(
        actions.resume,
        forms.MoveForm,
        "The clock runs again from today. The days of the pause are not counted.",
        "The clock runs again.",
    ),
    Move.WITHDRAW: MovePage(
        actions.withdraw,
        forms.WithdrawForm,
        "Withdrawing closes the case. The other agency is told.",
        "The case is withdrawn.",
        "warning",
    ),
    Move.DECIDE: MovePage(
        actions.decide,
        forms.DecisionForm,
        "Your decision closes the case. Both agencies are told.",
        "The case is decided.",
    ),
    Move.REOPEN: MovePage(
        actions.reopen,
        forms.ReasonForm,
        "The case opens again at the stage at which it ended, with a new clock.",
        "The case is open again.",
    ),
}
BY_SLUG = {slug: move for move, slug in SLUGS.items()}


def move(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Show the form of a move, or make the move."""
    case = visible_case(request, reference)
    chosen = BY_SLUG.get(slug)
    if chosen is None:
        raise Http404
    book = book_of(request, case)
    if request.method == "POST":
        return make(request, book, chosen)
    if chosen not in moves_of(case, book.latest, request.user, book.now):
        return refused(request, book, chosen, sentence(request, book, chosen), None)
    return shown(request, book, chosen, empty(book, chosen))


def empty(book: Casebook, chosen: Move) -> forms.MoveForm:
    return PAGES[chosen].form(initial={"stage": book.latest.number}, book=book)


def sentence(request: HttpRequest, book: Casebook, chosen: Move) -> str:
    stage, user = book.latest, request.user
    standing = standing_of(book.case, stage, user, book.now)
    return why_not(chosen, standing, sides_of(user, book.case, stage))


def make(request: HttpRequest, book: Casebook, chosen: Move) -> HttpResponse:
    """Do it, or say why not; the action locks the case and asks the table of moves."""
    page, case = PAGES[chosen], book.case
    form = page.form(request.POST, book=book)
    if not form.is_valid():
        late = too_late(request, book, chosen, form)
        return (
            refused(request, book, chosen, late, form)
            if late
            else shown(request, book, chosen, form)
        )
    number = form.cleaned_data["stage"]
    try:
        page.act(by=request.user, case=case, stage_number=number, **form.told())
    except MoveRefused as refusal:
        now = book_of(request, visible_case(request, case.reference))
        return refused(request, now, chosen, str(refusal), form)
    except ValidationError as error:
        put_errors(form, error, form.renames)
        return shown(request, book, chosen, form)
    messages.success(request, page.done)
    return redirect("escalation:detail", case.reference)


def too_late(request: HttpRequest, book: Casebook, chosen: Move, form: forms.MoveForm) -> str:
    """What the action would say of a form that is not filled in well: that it came too late matters more."""
    number = form.cleaned_data.get("stage")
    try:
        sides = sides_of(request.user, book.case, book.latest)
        if number is not None and chosen is not Move.REOPEN and sides & MOVES[chosen].sides:
            refuse_if_past(book.case, number, request.user, sides)
    except MoveRefused as refusal:
        return str(refusal)
    if chosen in moves_of(book.case, book.latest, request.user, book.now):
        return ""
    return sentence(request, book, chosen)


def shown(request: HttpRequest, book: Casebook, chosen: Move, form: forms.MoveForm) -> HttpResponse:
    """The page of a move, with its form as it was filled in."""
    status = 422 if form.errors else 200
    return render(request, "escalation/move.html", around(book, chosen, form), status=status)


def around(book: Casebook, chosen: Move, form: forms.MoveForm | None) -> dict:
    return {
        "case": book.case,
        "book": book,
        "form": form,
        "move": chosen,
        "page": PAGES[chosen],
        "stage": book.latest,
        "crumbs": crumbs(book.case, chosen.label),
        "danger": DANGER,
        "answer": book.latest.answer if book.reader.narrative else "",
        "action": reverse("escalation:move", args=[book.case.reference, SLUGS[chosen]]),
    }


def refused(
    request: HttpRequest, book: Casebook, chosen: Move, why: str, form: forms.MoveForm | None
) -> HttpResponse:
    """409: why not, what is possible now, and the typed text to copy or to send again."""
    possible = moves_of(book.case, book.latest, request.user, book.now)
    again = None
    if form is not None and chosen in possible:
        data = request.POST.copy()
        data["stage"] = book.latest.number
        again = PAGES[chosen].form(data, book=book)
    page = around(book, chosen, again) | {
        "why": why,
        "moves": move_links(book, request.user),
        "typed": form.typed() if form else [],
    }
    return render(request, "escalation/refused.html", page, status=409)
