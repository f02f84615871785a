"""What people type about staff; and the fields that forms on every floor share."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from partnership.models import Agency, Partnership, RoleGroup, StaffMember, User, today
from partnership.roles import Permission

DAY_FORMATS = ["%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
NUMBER = re.compile(r"[0-9]{1,18}")  # of a row
FIRST_START = date(1950, 1, 1)  # of a person who may still be in post
FURTHEST_AHEAD = timedelta(days=2 * 366)  # somebody who is to start or to leave


class Day(forms.DateField):
    """A date in one box, in any of the usual ways of writing it."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.DateInput(format="%d/%m/%Y")
        super().__init__(label=label, input_formats=DAY_FORMATS, widget=widget, **options)


class PostDay(Day):
    """A day on which somebody starts or leaves: neither long ago nor far ahead."""

    def clean(self, value: str) -> date | None:
        day = super().clean(value)
        if day and day < FIRST_START:
            raise ValidationError(f"“{self.label}” is before 1950. Check the year.")
        if day and day > today() + FURTHEST_AHEAD:
            raise ValidationError(f"“{self.label}” is more than two years ahead. Check the year.")
        return day


class Ticked(forms.ModelMultipleChoiceField):
    """Rows by their numbers; what is no number of a row is no choice."""

    def clean(self, value: list[str] | None) -> QuerySet:
        if any(not NUMBER.fullmatch(one) for one in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"])
        return super().clean(value)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where the page is only looked at. Nothing filled in is sent all the same."""
    return request.POST if request.method == "POST" else None


def put_errors(
    form: forms.Form, error: ValidationError, fields: dict[str, str] | None = None
) -> None:
    """What an action refused, at the field where it was typed; else above the form.

    ``fields`` names the form's field for what the action calls otherwise.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        at = (fields or {}).get(name, name)
        form.add_error(at if at in form.fields else None, errors)


def line(label: str, name: str, *, width: int = 20, **options: Any) -> forms.CharField:
    """One line of a staff member, as long as the field keeps."""
    most = StaffMember._meta.get_field(name).max_length
    widget = forms.TextInput(attrs={"class": f"govuk-input--width-{width}"})
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


class StaffForm(forms.Form):
    """A line of an agency's staff list."""

    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label="Choose")  # unscoped: empty
    first_name = line("First name", "first_name")
    last_name = line("Last name", "last_name")
    reference = line(
        "Staff reference", "reference", width=10,
        help_text="As your own records have it, such as a payroll number.",
    )
    job_title = line("Job title", "job_title")
    role_group = forms.ModelChoiceField(
        label="Role group", queryset=RoleGroup.objects.all(), empty_label="Choose",  # unscoped: the same for all
        help_text="It decides which training is asked for.",
    )
    work_email = forms.EmailField(label="Work e-mail", required=False, max_length=254)
    started_on = PostDay("Started on")
    works_for = forms.ModelChoiceField(
        label="Works for one partnership only", required=False, empty_label="No: for each of the agency’s",
        queryset=Partnership.objects.none(),  # unscoped: empty
    )

    def __init__(self, *args: Any, user: User, person: StaffMember | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = Agency.objects.within_reach(user, Permission.MANAGE_STAFF).order_by("name")
        self.keep_agency(list(agencies[:2]), agencies, person)
        places = Partnership.objects.filter(  # unscoped: the partnerships of one's own agencies
            memberships__agency__in=agencies if person is None else [person.agency_id]
        ).distinct()
        self.fields["works_for"].queryset = places
        if len(places) < 2 and (person is None or person.works_for_id is None):
            del self.fields["works_for"]

    def keep_agency(self, few: list[Agency], agencies: Any, person: StaffMember | None) -> None:
        """Asked only where there is a choice; a person who is there stays where they are."""
        self.agency = person.agency if person else (few[0] if len(few) == 1 else None)
        if self.agency:
            del self.fields["agency"]
        else:
            self.fields["agency"].queryset = agencies

    def clean(self) -> dict[str, Any]:
        """The one partnership is one of the agency's."""
        data = self.cleaned_data
        agency, place = data.get("agency") or self.agency, data.get("works_for")
        if agency and place and not agency.memberships.filter(partnership=place).exists():
            self.add_error("works_for", f"{agency} is not in that partnership. Choose another.")
        return data


class LeaveForm(forms.Form):
    """When a person leaves, or that they have not left after all."""

    left_on = PostDay("First day out of post", help_text="The day after the last day at work. For example, 31/03/2015")

    def __init__(self, *args: Any, person: StaffMember, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        if person.left_on:
            self.fields["left_on"].required = False
            self.fields["left_on"].help_text = "Leave it empty when they have not left after all."

    def clean_left_on(self) -> date | None:
        day = self.cleaned_data["left_on"]
        if day and day <= self.person.started_on:
            raise ValidationError("The first day out of post must be after the day of starting.")
        return day
