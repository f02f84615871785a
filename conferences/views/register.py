"""The register: one screen on which everything that a meeting leaves behind is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences import actions
from conferences.actions.filling import (
    ENDING,
    Filled,
    LinesRefused,
    RegisterChangedSince,
    state_after,
)
from conferences.actions.registers import LINE, as_there
from conferences.choices import REPORTING, Expectation, MeetingState, ReportState
from conferences.forms.register import CameForm, EndingForm, LineForm
from conferences.judging import Foreseen, alarm, foresee
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from conferences.views.meeting import crumbs, who
from conferences.views.saying import ending_in_words, line_in_words, notes
from partnership.forms import put_errors
from partnership.roles import Permission
from partnership.stale import snapshot
from partnership.templatetags.quorate import first_control, sentences
from partnership.views.editing import last_change


def recordable(request: HttpRequest, code: str, reference: str) -> Meeting:
    """A meeting whose register the person keeps, or 404."""
    reach = Meeting.objects.recordable_by(request.user).select_related("partnership", "closed_by")
    return get_object_or_404(reach, partnership__code=code, reference=reference)


def place(meeting: Meeting) -> list[str]:
    return [meeting.partnership.code, meeting.reference]


def below(request: HttpRequest, meeting: Meeting, *texts: str) -> list[dict]:
    """The way to a page below a meeting's."""
    *above, last = crumbs(request, meeting)
    last = last | {"href": reverse("conferences:meeting-detail", args=place(meeting))}
    return [*above, last, *({"text": text, "href": ""} for text in texts)]


class Page:
    """Everything on one register's page: saved, or as somebody is typing it."""

    def __init__(self, request: HttpRequest, meeting: Meeting, data: Any = None) -> None:
        self.request, self.meeting, self.data = request, meeting, data
        self.clashes: dict[int | str, dict[str, Any]] = {}
        self.faults: list[str] = []
        rows = meeting.lines.select_related("agency", "staff_member", "deputy_for")
        self.lines = [
            LineForm(data, line=line) for line in rows.order_by("agency__name", "pk")
        ]
        self.came = CameForm(data, meeting=meeting, user=request.user)
        self.ending = EndingForm(data, meeting=meeting) if meeting.is_conference else None

    @property
    def forms(self) -> Iterator[forms.Form]:
        yield from self.lines
        yield self.came
        if self.ending:
            yield self.ending

    @property
    def gone(self) -> bool:
        """Whether a line that was on the page is on the register no more."""
        there = {f"line-{form.line.pk}-seen" for form in self.lines}
        return any(name.startswith("line-") and name.endswith("-seen") and name not in there for name in self.data)

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms if form.is_bound)

    def save(self) -> Filled | None:
        """Write what was changed; None with the errors in the forms when it was refused."""
        ending = self.ending
        return actions.fill_register(
            by=self.request.user, meeting=self.meeting,
            lines={form.line.pk: form.typed() for form in self.lines if form.is_bound},
            ending=ending.typed() if ending and ending.is_bound else None, came=self.came.came(),
        )

    # --- As it would be judged ---

    @cached_property
    def foreseen(self) -> Foreseen:
        """What closing would find of what stands on the page, saved or not."""
        meeting, lines = copy(self.meeting), [self.as_typed(form) for form in self.lines]
        lines += self.who_came()
        if self.ending and self.ending.is_bound and self.ending.is_valid():
            meeting.state = state_after(meeting, self.ending.new()["chair_decision"])
        for line in lines:
            line.meeting = meeting
        return foresee(meeting, lines, LocalRules.of(meeting.partnership))

    def as_typed(self, form: LineForm) -> Attendance:
        line = copy(form.line)
        if form.is_bound and form.is_valid():
            for name, value in as_there(form.typed().new).items():
                setattr(line, name, value)
        return line

    def who_came(self) -> list[Attendance]:
        came = self.came.came() if self.came.is_bound and self.came.is_valid() else None
        return [Attendance(expectation=Expectation.ATTEND, **came)] if came else []

    # --- As it is shown ---

    @property
    def quorum(self) -> dict[str, Any]:
        """The judgement in words."""
        found = self.foreseen
        there = {line.agency_id for line in found.there}
        known = {"unknown": len(found.unknown), "there": len(there), "reports": len(found.unsaid), "alarm": alarm(found.in_a_row, judged=False)}
        if found.quoracy is None:
            return known
        word, colour = ("Quorate", "green") if found.quoracy.quorate else ("Not quorate", "red")
        return known | {"word": word, "colour": colour, "sentence": found.quoracy.sentence}

    @cached_property
    def named(self) -> set[int]:
        """The lines whose people are named to the reader: to a lead who records for their team, their own."""
        reach = Attendance.objects.within_reach(self.request.user, Permission.VIEW_MEETING_NAMES)
        return set(reach.filter(meeting=self.meeting).values_list("pk", flat=True))

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [self.card(form) for form in self.lines]

    def card(self, form: LineForm) -> dict[str, Any]:
        line = form.line
        named = line.pk in self.named
        return {
            "form": form, "line": line, "who": who(line, named), "notes": notes(line, named),
            "report": line.expectation in REPORTING or line.report != ReportState.NOT_REQUIRED,
            "clash": self.clashes.get(line.pk),
        }

    @property
    def errors(self) -> list[dict[str, str]]:
        """Every error of every part, each leading to its field."""
        found = [{"text": text} for text in self.faults]
        found += [
            {"text": clash["text"], "href": clash["href"]} for clash in self.clashes.values()
        ]
        for form in self.forms:
            whose = f"{form.line.agency}: " if isinstance(form, LineForm) else ""
            found += [{"text": whose + text} for text in form.non_field_errors()]
            for field in form.visible_fields():
                href = f"#{first_control(field)}"
                found += [{"text": whose + text, "href": href} for text in sentences(field)]
        return found

    def answer(self, status: int = 200) -> HttpResponse:
        meeting, wrong = self.meeting, next((form for form in self.forms if form.errors), None)
        return render(self.request, "conferences/register.html", {
            "page": self, "meeting": meeting, "errors": self.errors, "form": wrong,
            "quorum": self.quorum, "came": self.came, "ending": self.ending,
            "crumbs": below(self.request, meeting, "Register"),
            "checked": self.data is not None and status == 200,
        }, status=status)


def register(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Fill in the register; a closed one is read and corrected on the meeting's page."""
    meeting = recordable(request, code, reference)
    if request.method != "POST":
        if meeting.closed_at:
            messages.info(request, f"The register of {meeting} is closed. Correct a line on this page.")
            return redirect("conferences:meeting-detail", *place(meeting))
        if meeting.state == MeetingState.CANCELLED:
            messages.info(request, f"{meeting} is cancelled: its register asks nothing of anybody.")
            return redirect("conferences:meeting-detail", *place(meeting))
        return Page(request, meeting).answer()
    page = Page(request, meeting, request.POST)
    if not page.is_valid():
        return page.answer(422)
    if request.POST.get("do") == "check":
        return page.answer()
    return saved(request, page)


def saved(request: HttpRequest, page: Page) -> HttpResponse:
    """Save, and say what happened; both versions where somebody else was quicker."""
    try:
        done = page.save()
    except RegisterChangedSince as clash:
        return with_both_versions(request, page, clash)
    except LinesRefused as refused:
        for form in page.lines:
            if form.line.pk in refused.lines:
                put_errors(form, refused.lines[form.line.pk])
        return page.answer(422)
    except ValidationError as error:
        return not_saved(request, page, error)
    messages.success(request, in_words(done))
    if page.gone:
        messages.info(
            request, "Somebody took a line off this register meanwhile: what you typed there is not saved."
        )
    if request.POST.get("do") == "close":
        return redirect("conferences:register-close", *place(page.meeting))
    return redirect("conferences:register", *place(page.meeting))


def not_saved(request: HttpRequest, page: Page, error: ValidationError) -> HttpResponse:
    """What was refused, at its field; or that the register was closed meanwhile."""
    names = set(getattr(error, "error_dict", ()))
    if names & set(page.came.fields):
        put_errors(page.came, error)
    elif names and page.ending:
        page.ending.add_refusal(error)
    else:
        page.faults += [f"{text} Nothing of this page was written." for text in error.messages]
        page.meeting = recordable(request, *place(page.meeting))
        return page.answer(409 if page.meeting.closed_at else 422)
    return page.answer(422)


def with_both_versions(request: HttpRequest, page: Page, clash: RegisterChangedSince) -> HttpResponse:
    """409: what stands now beside what was typed; what was typed elsewhere on the page is kept."""
    meeting, data = recordable(request, *place(page.meeting)), request.POST.copy()
    for line in meeting.lines.filter(pk__in=clash.lines):
        data[f"line-{line.pk}-seen"] = snapshot(line, LINE)
    if clash.ending:
        data["end-seen"] = snapshot(meeting, ENDING)
    fresh = Page(request, meeting, data)
    for form in fresh.lines:
        if form.line.pk in clash.lines:
            line = form.line
            fresh.clashes[line.pk] = {
                "text": f"{line.agency}: somebody changed this line meanwhile. Look at both versions.",
                "href": f"#{first_control(form['outcome'])}", "now": line_in_words(line),
                "who": last_change(request, line),
            }
    if clash.ending:
        fresh.clashes["ending"] = {
            "text": "Somebody changed how the conference ended meanwhile. Look at both versions.",
            "href": "#end", "now": ending_in_words(meeting), "who": last_change(request, meeting),
        }
    fresh.is_valid()
    return fresh.answer(409)


def in_words(done: Filled) -> str:
    """What a saving did."""
    parts: Iterable[str] = filter(None, [
        f"{done.lines} {'line' if done.lines == 1 else 'lines'} written down" if done.lines else "",
        f"{who(done.added)} of {done.added.agency} added" if done.added else "",
        "how the conference ended" if done.ending else "",
    ])
    words = ", ".join(parts)
    return f"Saved: {words}." if words else "Nothing differs from what is saved: nothing was written."


def quorum(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """The judgement of what stands on the page, as closing would give it. Nothing is written."""
    meeting = recordable(request, code, reference)
    page = Page(request, meeting, request.POST if request.method == "POST" else None)
    page.is_valid()
    return render(request, "conferences/_quorum.html", {"quorum": page.quorum})
