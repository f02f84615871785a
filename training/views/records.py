"""One record: logged, corrected, withdrawn."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnership.forms import NUMBER, posted, put_errors
from partnership.models import StaffMember
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from training import actions
from training.forms import CompletionForm, CorrectForm, ReasonForm
from training.models import TrainingRecord
from training.views.reaching import crumbs, person_page, person_within

RELATED = ("staff_member__agency", "course", "replaced_by", "correction__course", "correction__logged_by")


def log(request: HttpRequest, number: int) -> HttpResponse:
    """Log training for one person; what people log for themselves waits for their lead."""
    person = person_within(request, number, Permission.LOG_TRAINING)
    form = CompletionForm(posted(request), initial={"course": asked_course(request)})
    if request.method == "POST" and form.is_valid() and put(request, person, form):
        return redirect(person_page(person))
    own = actions.is_own(request.user, person)
    return render(request, "training/record_log.html", {
        "form": form, "person": person, "own": own, "crumbs": crumbs(request, person, "Log training"),
    }, status=422 if form.errors else 200)


def asked_course(request: HttpRequest) -> str:
    """The course that a link has chosen beforehand."""
    asked = request.GET.get("course", "")
    return asked if NUMBER.fullmatch(asked) else ""


def put(request: HttpRequest, person: StaffMember, form: CompletionForm) -> bool:
    """Write it. What is there already, by a double click say, is no fault: it is said, not repeated."""
    course, day = form.cleaned_data["course"], form.cleaned_data["completed_on"]
    there = f"{person.name} has that already: {course}, {longdate(day)}. Nothing was logged twice."
    try:
        if actions.having([person], course, day):
            messages.info(request, there)
            return True
        row = actions.log_training(by=request.user, staff_member=person, **form.cleaned_data)
    except IntegrityError:
        messages.info(request, there)
        return True
    except ValidationError as error:
        put_errors(form, error)
        return False
    messages.success(request, said(row))
    return True


def said(row: TrainingRecord) -> str:
    """What was logged, and what follows from it."""
    what = f"Logged for {row.staff_member.name}: {row.course}, completed on {longdate(row.completed_on)}."
    if not row.confirmed_at:
        return f"{what} It counts once your agency lead has confirmed it."
    return f"{what} It expires on {longdate(row.expires_on)}." if row.expires_on else f"{what} It does not expire."


def record_within(request: HttpRequest, number: int) -> TrainingRecord:
    """A record that the person may correct, or 404; replaced ones too, so that a late click is told why."""
    reach = TrainingRecord.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    return get_object_or_404(reach.select_related(*RELATED), pk=number)


def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Replace a record that is wrong; the old one is kept, with the reason."""
    row = record_within(request, number)
    form = CorrectForm(posted(request), training_record=row)
    return replacing(request, row, form, "training/record_correct.html", actions.correct_record, "Correct a record")


def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a record out of the count, without another in its place."""
    row = record_within(request, number)
    form = ReasonForm(posted(request))
    return replacing(request, row, form, "training/record_withdraw.html", actions.withdraw_record, "Withdraw a record")


def replacing(
    request: HttpRequest, row: TrainingRecord, form: forms.Form, template: str, act, title: str
) -> HttpResponse:
    """The page of a change to a record: 422 for what is filled in wrong, 409 when it came too late."""
    person = row.staff_member
    if row.replaced_at:
        return too_late(request, row, form)
    if request.method == "POST" and form.is_valid():
        try:
            new = act(by=request.user, training_record=row, **form.cleaned_data)
        except (actions.ReplacedSince, IntegrityError):
            return too_late(request, record_within(request, row.pk), form)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, replaced(row, new))
            return redirect(person_page(person))
    return render(request, template, {
        "form": form, "row": row, "person": person, "facts": facts(row),
        "crumbs": crumbs(request, person, title),
    }, status=422 if form.errors else 200)


def replaced(row: TrainingRecord, new: TrainingRecord | None) -> str:
    """What became of a record: another counts in its place, or none does."""
    was = f"{row.course}, completed on {longdate(row.completed_on)}"
    kept = "The record as it was is kept, with your reason."
    if not new:
        return f"Withdrawn: {was}. It counts no more. {kept}"
    return f"Corrected: it is now {new.course}, completed on {longdate(new.completed_on)}. {kept}"


def too_late(request: HttpRequest, row: TrainingRecord, form: forms.Form) -> HttpResponse:
    """409: what stands now beside what was typed, and where to go on."""
    now = getattr(row, "correction", None)
    return render(request, "training/record_changed.html", {
        "row": row, "now": now, "person": row.staff_member,
        "when": longmoment(row.replaced_at),
        "theirs": facts(now) if now else [],
        "yours": typed(form) if form.is_bound else [],
        "crumbs": crumbs(request, row.staff_member, "Changed since"),
    }, status=409)


def facts(row: TrainingRecord) -> list[dict]:
    """A record in words."""
    return [
        {"key": "Course", "value": row.course.title},
        {"key": "Completed on", "value": longdate(row.completed_on)},
        {"key": "Who gave it", "value": row.get_provider_display() or "Not known"},
        {"key": "Evidence", "value": row.evidence or "None noted"},
    ]


def typed(form: forms.Form) -> list[dict]:
    """What was filled in, to copy from."""
    found = []
    for field in form.visible_fields():
        value = field.value() or ""
        choices = dict(getattr(field.field, "choices", ()) or ())
        words = next((str(text) for key, text in choices.items() if str(key) == str(value)), value)
        found.append({"key": field.label, "value": words or "–"})
    return found
