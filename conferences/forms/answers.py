"""What people type about a line afterwards: corrections, disputes, answers, excuses, deputies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.actions.registers import LINE
from conferences.choices import ExcuseReason, Mode
from conferences.forms.fields import NO_CHILD, LineChoice, Prose
from conferences.forms.people import Line, find_person
from conferences.models import Attendance
from partnership.folding import folded
from partnership.models import StaffMember, User, today
from partnership.querysets import StaffQuerySet
from partnership.roles import Permission


class LineFields(forms.Form):
    """What a register says of a line."""

    outcome = LineChoice("Outcome", "outcome", widget=forms.RadioSelect)
    mode = LineChoice("How they were there", "mode", required=False)
    part = forms.BooleanField(label="For a part only", required=False)
    report = LineChoice("Report", "report")
    involved = forms.BooleanField(
        label="The agency has an active interest in the family", required=False,
        help_text="Without it the agency was asked for the quorum only. A change is counted.",
    )

    def __init__(self, *args: Any, line: Attendance, **options: Any) -> None:
        there = {name: getattr(line, name) for name in LINE}
        super().__init__(*args, initial=there | {"mode": line.mode or Mode.IN_PERSON}, **options)
        if not (line.represented and not line.mode):
            self.fields["mode"].choices = Mode.choices

    def new(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in LINE}


class CorrectForm(LineFields):
    """A line of a closed register, corrected."""

    reason = Line(
        "Why is it corrected?", most=200, width=30,
        help_text=f"Such as: the minutes say so. Kept with what stood there before. {NO_CHILD}",
    )


class DisputeForm(forms.Form):
    """What is wrong with a line, in the words of the agency or the person."""

    text = Prose("What is wrong with this line?", help_text="Say what was so instead, and how that is known.")

    def clean_text(self) -> str:
        return self.cleaned_data["text"].strip()


class SettleForm(LineFields):
    """The conference service's answer; the line is corrected where it says so."""

    answer = Prose("Your answer", help_text="Kept beside what was disputed; both sides see both.")
    field_order = ["answer", *LINE]


class ExcuseForm(forms.Form):
    """A coded reason, never anybody's health or family."""

    reason = forms.ChoiceField(
        label="Why is it excused?", choices=ExcuseReason.choices, widget=forms.RadioSelect,
        help_text="Seen by the conference service and the agency’s own lead only.",
    )


class DeputyForm(forms.Form):
    """Who comes instead, of the same agency."""

    person = Line("Who comes instead?", most=100, help_text="A colleague’s name or staff reference.")

    def __init__(self, *args: Any, line: Attendance, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.line, self.user = line, user

    def people(self, words: str) -> StaffQuerySet:
        """A lead's people by any part of the name; colleagues by their whole name or reference."""
        line = self.line
        # unscoped: colleagues at one's own agency, by what one knows of them
        all_there = StaffMember.objects.filter(agency=line.agency)
        all_there = all_there.in_post(max(line.meeting.held_on, today()))
        mine = all_there.within_reach(self.user, Permission.VIEW_STAFF)
        if mine.exclude(pk=self.user.staff_member_id).exists():
            return mine
        named = [
            pk for pk, reference, first, last in all_there.order_by().values_list(
                "pk", "reference", "first_name", "last_name"
            ) if folded(words).strip() in (folded(reference), folded(f"{first} {last}"))
        ]
        return all_there.filter(pk__in=named)

    def clean_person(self) -> StaffMember:
        words = self.cleaned_data["person"]
        found = find_person(words, self.people(words), otherwise="write the staff reference")
        if found.pk == self.line.staff_member_id:
            raise ValidationError(f"{found.name} is expected already. Name somebody else.")
        return found
