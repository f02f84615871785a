"""What a manager or a lead types about users and their roles."""

from __future__ import annotations

from typing import Any

from django import forms

from partnership.forms.fields import NOT_ON_LIST, Day, Email, OneLine, Ticked
from partnership.models import Agency, Grant, Partnership, StaffMember, User, today
from partnership.reach import can
from partnership.roles import AGENCY_ROLES, ROLE_LABELS, Permission, Role

AGENCY, PARTNERSHIP = "agency", "partnership"
IN_SHORT = {
    Role.PRACTITIONER: "sees and logs their own training, goes to meetings, raises escalations",
    Role.AGENCY_LEAD: "keeps the agency’s staff, training and users, and answers for it",
    Role.CONFERENCE_ADMIN: "convenes conferences and keeps their registers",
    Role.TRAINING_ADMIN: "keeps courses, requirements and sessions",
    Role.TRAINING_SUBGROUP: "sees figures without names, prints and issues reports",
    Role.PARTNERSHIP_MANAGER: "keeps agencies, users and local rules",
    Role.DECISION_MAKER: "decides escalations that reach the last stage",
    Role.AUDITOR: "reads figures and history, changes nothing",
}


def may_give(user: User) -> list[Role]:
    """The roles that somebody may give: a lead those in an agency, a manager all."""
    return [role for role in Role if role in AGENCY_ROLES or can(user, Permission.MANAGE_AGENCIES)]


class GrantForm(forms.Form):
    """A role, where, from when until when."""

    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect, error_messages=NOT_ON_LIST)
    where = forms.ChoiceField(
        label="Where", error_messages=NOT_ON_LIST,
        help_text="Practitioners and agency leads have their role in an agency, all others in a partnership.",
    )
    from_on = Day("First day", initial=today)
    until_on = Day("First day without the role", required=False, help_text="Leave it empty when no end is known.")

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = may_give(by)
        self.agencies = {str(row.pk): row for row in Agency.objects.staffed_by(by).order_by("name")}
        self.partnerships = {
            str(row.pk): row
            for row in Partnership.objects.within_reach_as_a_whole(by, Permission.MANAGE_AGENCIES)
        }
        self.fields["role"].choices = [
            (role.value, f"{role.label}: {IN_SHORT[role]}") for role in roles
        ]
        self.fields["where"].choices = self.choices_of_places()
        if not self.partnerships and len(self.agencies) == 1:
            self.fields["where"].initial = f"{AGENCY}-{next(iter(self.agencies))}"
            self.fields["where"].help_text = ""

    def choices_of_places(self) -> list[Any]:
        agencies = [(f"{AGENCY}-{key}", row.name) for key, row in self.agencies.items()]
        places = [(f"{PARTNERSHIP}-{key}", row.name) for key, row in self.partnerships.items()]
        groups = [("Partnerships", places), ("Agencies", agencies)] if places else agencies
        return [("", "Choose"), *groups]

    def clean(self) -> dict[str, Any]:
        """The place as the action takes it; the role sits in one of its kind."""
        data = self.cleaned_data
        kind, _, key = (data.pop("where", "") or "").partition("-")
        data["agency"] = self.agencies.get(key) if kind == AGENCY else None
        data["partnership"] = self.partnerships.get(key) if kind == PARTNERSHIP else None
        if data.get("role") and kind and (kind == AGENCY) != Role(data["role"]).in_agency:
            wanted = "an agency" if Role(data["role"]).in_agency else "a partnership"
            self.add_error("where", f"{Role(data['role']).label} is a role in {wanted}. Choose {wanted}.")
        return data


class InviteForm(GrantForm):
    """Somebody's e-mail and name, with their first role."""

    email = Email("E-mail address", help_text="They sign in with it. Use the work e-mail.")
    name = OneLine("Name", max_length=User._meta.get_field("name").max_length)
    field_order = ("email", "name", "role", "where", "from_on", "until_on")


class EndForm(forms.Form):
    until_on = Day(
        "First day without the role", initial=today,
        help_text="Today takes it away at once. For example, 31/03/2015",
    )


class LinkForm(forms.Form):
    """Whose line of a staff list an account belongs to, by reference."""

    reference = OneLine(
        "Staff reference", max_length=StaffMember._meta.get_field("reference").max_length, width=10,
        help_text="As on the staff list of your agency.",
    )
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.none(), empty_label="Choose")  # unscoped: empty

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        agencies = list(Agency.objects.within_reach(by, Permission.MANAGE_STAFF).order_by("name"))
        self.only = agencies[0] if len(agencies) == 1 else None
        if self.only:
            del self.fields["agency"]
        else:
            self.fields["agency"].queryset = Agency.objects.within_reach(by, Permission.MANAGE_STAFF)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        agency = self.only or data.get("agency")
        if agency and data.get("reference"):
            reach = StaffMember.objects.within_reach(self.by, Permission.MANAGE_STAFF)
            data["line"] = reach.filter(agency=agency, reference__iexact=data["reference"]).first()
            if data["line"] is None:
                self.add_error("reference", f"Nobody on the staff list of {agency} has that reference.")
        return data


class CheckForm(forms.Form):
    """Who of an agency's users has left, or needs Quorate no longer."""

    leavers = Ticked(
        label="Tick those whose roles end today", queryset=User.objects.none(), required=False,  # unscoped: empty
        widget=forms.CheckboxSelectMultiple,
    )
    sure = forms.BooleanField(label="Everybody who is not ticked still works here and needs what they have")

    def __init__(self, *args: Any, by: User, grants: list[Grant], **options: Any) -> None:
        super().__init__(*args, **options)
        self.roles: dict[int, list[Grant]] = {}
        for grant in grants:
            self.roles.setdefault(grant.user_id, []).append(grant)
        others = [pk for pk in self.roles if pk != by.pk]
        self.fields["leavers"].queryset = User.objects.filter(pk__in=others)  # unscoped: of grants within reach
        self.fields["leavers"].label_from_instance = self.in_words

    def in_words(self, user: User) -> str:
        roles = ", ".join(dict.fromkeys(ROLE_LABELS[Role(grant.role)] for grant in self.roles[user.pk]))
        return f"{user.name}, {user.email} ({roles})"
