"""What people type about who must hold what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.forms import Day, Ticked
from partnership.models import Agency, Partnership, RoleGroup, User
from partnership.roles import Permission
from training.forms.courses import MOST_MONTHS
from training.forms.lines import Hours, Whole
from training.models import Course, Requirement

MOST_DAYS = 3660
LAST_DAY = "The first day on which it is not asked any more. For example, 31/03/2015"


class AskForm(forms.Form):
    """What is asked, and from when: all but whom it is asked of."""

    courses = Ticked(
        label="Courses", queryset=Course.objects.order_by("title"),  # unscoped: the catalogue
        widget=forms.CheckboxSelectMultiple,
        help_text="Any one of those ticked meets it. With hours below, the hours of all of them count.",
        error_messages={"required": "Tick at least one course."},
    )
    hours = Hours(
        "Hours instead of one course", required=False,
        help_text="Only when so many hours are asked over a time. Else leave it empty.",
    )
    over_months = Whole(
        "Within so many months", 1, MOST_MONTHS, required=False,
        help_text="The rolling period of the hours, such as 36.",
    )
    within_days = Whole(
        "Due within so many days of starting", 0, MOST_DAYS,
        help_text="A starter is not counted as due before that. 0: from the first day.",
    )
    valid_months = Whole(
        "Counts for so many months at most", 1, MOST_MONTHS, required=False,
        help_text="Shortens what the course itself says, never lengthens it. Else leave it empty.",
    )
    effective_from = Day("Asked from")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        hours, months = data.get("hours"), data.get("over_months")
        if hours is not None and hours == 0:
            self.add_error("hours", "Ask for more than 0 hours, or leave it empty.")
        elif hours and not months and "over_months" not in self.errors:
            self.add_error("over_months", "Say within how many months the hours are asked.")
        elif months and hours is None and "hours" not in self.errors:
            self.add_error("hours", "Say how many hours, or leave the months empty.")
        return data


class RequirementForm(AskForm):
    """A new requirement, of a partnership or of one's own agency."""

    owner = forms.ChoiceField(label="Asked by", help_text="The partnership asks it of all its agencies.")
    role_group = forms.ModelChoiceField(
        label="Of whom", queryset=RoleGroup.objects.all(), empty_label="Choose",  # unscoped: the same for all
    )
    effective_until = Day("Asked until", required=False, help_text=f"{LAST_DAY}. Empty: no end.")

    field_order = ["owner", "role_group"]

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.owners = owners_of(user)
        self.fields["owner"].choices = [(key, str(row)) for key, row in self.owners.items()]
        if len(self.owners) == 1:
            self.fields["owner"].required = False
            self.fields["owner"].widget = forms.HiddenInput()

    def clean_owner(self) -> Partnership | Agency:
        asked = self.cleaned_data["owner"] or next(iter(self.owners), "")
        if asked not in self.owners:
            raise ValidationError("Choose one of the list.")
        return self.owners[asked]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, end = data.get("effective_from"), data.get("effective_until")
        if first and end and end <= first:
            self.add_error("effective_until", "The end must be after the start.")
        return data

    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        data = {**self.cleaned_data}
        owner = data.pop("owner")
        return {**data, ("agency" if isinstance(owner, Agency) else "partnership"): owner}


def owners_of(user: User) -> dict[str, Partnership | Agency]:
    """For whom the user may set requirements, by the key that stands in the form."""
    places = Partnership.objects.within_reach(user, Permission.MANAGE_COURSES).order_by("name")
    own = Agency.objects.within_reach(user, Permission.MANAGE_AGENCY_REQUIREMENTS).order_by("name")
    return {f"p{row.pk}": row for row in places} | {f"a{row.pk}": row for row in own}


class ChangeForm(AskForm):
    """The same, asked otherwise from a day on."""

    field_order = ["effective_from"]

    def __init__(self, *args: Any, requirement: Requirement, **options: Any) -> None:
        there = {
            name: getattr(requirement, name)
            for name in ("hours", "over_months", "within_days", "valid_months")
        }
        there["courses"] = [course.pk for course in requirement.courses.all()]
        super().__init__(*args, initial=there, **options)
        self.there = {**there, "courses": set(there["courses"])}
        self.fields["effective_from"].label = "Changed from"
        self.fields["effective_from"].help_text = (
            "Until then it is asked as before; both are kept. For example, 31/03/2015"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and all(
            (set(data[name].values_list("pk", flat=True)) if name == "courses" else data[name]) == value
            for name, value in self.there.items()
        ):
            self.add_error(None, "Nothing differs from what is asked. Change something, or cancel.")
        return data


class EndForm(forms.Form):
    effective_until = Day("Asked until", help_text=LAST_DAY)
