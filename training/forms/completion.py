"""What people type about training that somebody did."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from partnership.forms import Day, Ticked, put_errors
from partnership.models import Agency, RoleGroup, StaffMember, User
from partnership.roles import Permission
from training.actions import check_completion
from training.choices import Provider
from training.models import Course, TrainingRecord

REASON_LENGTH = TrainingRecord._meta.get_field("replaced_reason").max_length
EVIDENCE_LENGTH = TrainingRecord._meta.get_field("evidence").max_length


class CompletionForm(forms.Form):
    """That a course was completed on a day."""

    course = forms.ModelChoiceField(
        label="Course", queryset=Course.objects.all(), empty_label="Choose"  # unscoped: the catalogue
    )
    completed_on = Day("Completed on")
    provider = forms.ChoiceField(
        label="Who gave it", choices=[("", "Not known"), *Provider.choices], required=False
    )
    evidence = forms.CharField(
        label="Evidence", max_length=EVIDENCE_LENGTH, required=False,
        help_text="Where the proof is kept, such as a certificate number. Nothing about health.",
    )

    def clean(self) -> dict[str, Any]:
        course, day = self.cleaned_data.get("course"), self.cleaned_data.get("completed_on")
        if day:
            try:
                check_completion(course, day)
            except ValidationError as error:
                put_errors(self, error)
        return self.cleaned_data


class SessionForm(CompletionForm):
    """A course on a day for many; and whom to choose from."""

    agency = forms.ModelChoiceField(
        label="Show people of", queryset=Agency.objects.none(), required=False,  # unscoped: empty
        empty_label="All agencies",
    )
    role_group = forms.ModelChoiceField(
        label="Show people of the role group", queryset=RoleGroup.objects.all(), required=False,  # unscoped: the same for all
        empty_label="All role groups",
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = Agency.objects.within_reach(user, Permission.MANAGE_STAFF).order_by("name")
        if len(agencies[:2]) > 1:
            self.fields["agency"].queryset = agencies
        else:
            del self.fields["agency"]

    def completion(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in CompletionForm.base_fields}


class PeopleForm(forms.Form):
    """The people who were ticked."""

    people = Ticked(
        queryset=StaffMember.objects.none(), label="People",  # unscoped: empty
        error_messages={
            "required": "Tick at least one person.",
            "invalid_choice": "One of the people ticked is not on your list any more. Look again.",
        },
    )

    def __init__(self, *args: Any, people: QuerySet[StaffMember], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = people


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", max_length=REASON_LENGTH,
        help_text="It is kept with the record. Nothing about health or family.",
    )


class CorrectForm(CompletionForm, ReasonForm):
    """A record as it should have been, and why."""

    field_order = ["course", "completed_on", "provider", "evidence", "reason"]

    def __init__(self, *args: Any, training_record: TrainingRecord, **options: Any) -> None:
        self.there = {
            name: getattr(training_record, name) for name in CompletionForm.base_fields
        }
        super().__init__(*args, initial=self.there, **options)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and all(data[name] == value for name, value in self.there.items()):
            self.add_error(None, "Nothing differs from the record. Change what is wrong, or cancel.")
        return data
