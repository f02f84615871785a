"""What people type about staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.forms.fields import Email, OneLine, PostDay
from partnership.models import Agency, Grant, Partnership, RoleGroup, StaffMember, User
from partnership.roles import Permission

# Which box it is when somebody else of the agency has the same.
TAKEN = {
    "Another person of this agency has that reference.": "reference",
    "Another person of this agency has that work e-mail.": "work_email",
}


def line(label: str, name: str, *, width: int = 20, **options: Any) -> OneLine:
    """One line of a staff member, as long as the field keeps."""
    most = StaffMember._meta.get_field(name).max_length
    return OneLine(label, max_length=most, width=width, **options)


def role_groups(**options: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label="Role group", queryset=RoleGroup.objects.all(), empty_label="Choose",  # unscoped: the same for all
        help_text="It decides which training is asked for.", **options,
    )


class StaffForm(forms.Form):
    """A line of an agency's staff list."""

    belongs = TAKEN
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label="Choose")  # unscoped: empty
    first_name = line("First name", "first_name")
    last_name = line("Last name", "last_name")
    reference = line(
        "Staff reference", "reference", width=10,
        help_text="As your own records have it, such as a payroll number.",
    )
    job_title = line("Job title", "job_title")
    role_group = role_groups()
    work_email = Email("Work e-mail", required=False)
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


class RolesToo(forms.Form):
    """Whether the roles of a person's account follow what happens to the person."""

    roles_too = forms.BooleanField(required=False, initial=True)

    def ask_of_roles(self, grants: list[Grant], label: str) -> None:
        """Asked only where there are roles."""
        if not grants:
            del self.fields["roles_too"]
            return
        self.fields["roles_too"].label = label
        self.fields["roles_too"].help_text = "; ".join(str(grant) for grant in grants)


class LeaveForm(RolesToo):
    """When a person leaves, or that they have not left after all."""

    left_on = PostDay("First day out of post", help_text="The day after the last day at work. For example, 31/03/2015")
    field_order = ("left_on", "roles_too")

    def __init__(self, *args: Any, person: StaffMember, grants: list[Grant], **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        self.ask_of_roles(grants, "They sign in to Quorate: end these roles on that day")
        if person.left_on:
            self.fields["left_on"].required = False
            self.fields["left_on"].help_text = "Leave it empty when they have not left after all."

    def clean_left_on(self) -> date | None:
        day = self.cleaned_data["left_on"]
        if day and day <= self.person.started_on:
            raise ValidationError("The first day out of post must be after the day of starting.")
        return day


class MoveForm(RolesToo):
    """Where a person goes, from which day on, and as what."""

    belongs = TAKEN
    agency = forms.ModelChoiceField(label="Moves to", queryset=Agency.objects.none(), empty_label="Choose")  # unscoped: empty
    on = PostDay("First day there", help_text="From this day on they count there. For example, 31/03/2015")
    job_title = line("Job title there", "job_title")
    role_group = role_groups()
    reference = line("Staff reference there", "reference", width=10)
    work_email = Email("Work e-mail there", required=False)
    field_order = ("agency", "on", "job_title", "role_group", "reference", "work_email", "roles_too")

    def __init__(
        self, *args: Any, user: User, person: StaffMember, grants: list[Grant], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        agencies = Agency.objects.within_reach(user, Permission.MANAGE_STAFF)
        self.fields["agency"].queryset = agencies.exclude(pk=person.agency_id).order_by("name")
        self.ask_of_roles(grants, "They sign in to Quorate: their roles move along on that day")
