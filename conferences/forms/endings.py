"""What is typed about how a planned meeting ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.choices import MeetingState
from conferences.forms.people import NO_CHILD, Line, MeetingDay
from conferences.forms.planning import TAKEN
from conferences.models import REFERENCE, Attendance, Meeting
from conferences.rules import LocalRules
from partnership.models import today
from partnership.workdays import NoCalendar

CANCELLED = {
    "moved": "Moved: another meeting takes its place", "not_needed": "No longer needed",
    "mistake": "Convened by mistake", "other": "Another reason",
}


class EndForm(forms.Form):
    """Held, stood down, or cancelled."""

    ended = forms.ChoiceField(label="How did it end?", widget=forms.RadioSelect)
    why = forms.ChoiceField(
        label="Why was it cancelled?", required=False, choices=[("", "Choose"), *CANCELLED.items()],
        help_text="Only when it was cancelled.",
    )

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(MeetingState.HELD, "It was held")]
        if meeting.is_conference:
            choices.append((MeetingState.STOOD_DOWN, "It was stood down for want of a quorum, with a new date"))
        choices.append((MeetingState.CANCELLED, "It was cancelled for another reason"))
        self.fields["ended"].choices = choices
        self.meeting = meeting

    def clean(self) -> dict[str, Any]:
        ended = self.cleaned_data.get("ended")
        if ended == MeetingState.CANCELLED and not self.cleaned_data.get("why"):
            self.add_error("why", "Choose why it was cancelled.")
        if ended == MeetingState.HELD and self.meeting.held_on > today():
            self.add_error("ended", "The meeting is still to come. Say that it was held on its day.")
        return self.cleaned_data


class NewDateForm(forms.Form):
    """The conference that follows one that was stood down."""

    new_date_on = MeetingDay("New date")
    reference = Line(
        "Reference of the new meeting", most=40, width=10, validators=[REFERENCE],
        help_text="Your own number for it. Never a name.",
    )
    reason = Line(
        "Why it was stood down", most=400, width=30,
        help_text=f"Such as: only children’s social care had come. {NO_CHILD}",
    )
    there = forms.TypedMultipleChoiceField(
        label="Who was in the room when the new date was set?", required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": "Choose from the list."},
        help_text="For them the new invitation is never late.",
    )

    def __init__(
        self, *args: Any, meeting: Meeting, lines: list[tuple[Attendance, str]], last_step: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.meeting, self.last_step = meeting, last_step
        self.fields["there"].choices = [(line.pk, words) for line, words in lines]
        if not self.is_bound:
            self.initial.setdefault("there", [line.pk for line, _ in lines if line.represented])
        if meeting.state == MeetingState.STOOD_DOWN:
            del self.fields["new_date_on"], self.fields["reason"]

    def clean_new_date_on(self) -> Any:
        day = self.cleaned_data["new_date_on"]
        if day and day <= self.meeting.held_on:
            raise ValidationError("The new date must be after the day of this conference.")
        try:
            LocalRules.of(self.meeting.partnership).invited_late(today(), day)
        except NoCalendar as error:
            raise ValidationError(str(error)) from None
        return day

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"]
        # unscoped: the reference is taken, whoever took it
        same = Meeting.objects.filter(partnership=self.meeting.partnership, reference=reference)
        if not self.last_step and same.exists():
            raise ValidationError(TAKEN)
        return reference
