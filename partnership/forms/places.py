"""What the partnership's manager types about agencies and role groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from partnership.choices import Sector
from partnership.forms.fields import NOT_ON_LIST, OneLine, Ticked
from partnership.models import CODE, Agency, AgencyOffer, Membership, Partnership, RoleGroup, User
from partnership.roles import Permission

CODE_HELP = "Up to 12 capital letters, figures or hyphens, such as HV. Files and addresses name the agency by it."


def code_field() -> OneLine:
    return OneLine("Code in the partnership", max_length=12, width=10, help_text=CODE_HELP)


def name_field() -> OneLine:
    most = Agency._meta.get_field("name").max_length
    return OneLine("Name", max_length=most, width=30)


def sector_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Sector", choices=[("", "Choose"), *Sector.choices],
        help_text="Quorum rules name agencies by their sector.", error_messages=NOT_ON_LIST,
    )


def places_of(user: User) -> QuerySet:
    """The partnerships that the user looks after."""
    return Partnership.objects.within_reach_as_a_whole(user, Permission.MANAGE_AGENCIES)


class AgencyForm(forms.Form):
    """A new agency, or one that is there: then its partnership stays."""

    partnership = forms.ModelChoiceField(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Choose"  # unscoped: empty
    )
    name = name_field()
    code = code_field()
    sector = sector_field()
    parent = forms.ModelChoiceField(
        label="Part of", queryset=Agency.objects.none(), empty_label="No other agency",  # unscoped: empty
        required=False, help_text="A role given at the agency above reaches this one too.",
    )

    def __init__(self, *args: Any, user: User, membership: Membership | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partnership"].queryset = places_of(user)
        self.ask_partnership(list(places_of(user)), membership)
        self.ask_parent(user, membership.agency if membership else None)

    def ask_partnership(self, places: list[Partnership], membership: Membership | None) -> None:
        """Asked only where there is a choice."""
        self.partnership = membership.partnership if membership else None
        if self.partnership is None and len(places) == 1:
            self.partnership = places[0]
        if self.partnership:
            del self.fields["partnership"]

    def ask_parent(self, user: User, agency: Agency | None) -> None:
        """One that stands above nothing itself can be a part; of an agency whose parts are all one's own."""
        fits = Agency.objects.staffed_by(user).filter(parent=None).order_by("name")
        if agency:
            fits = fits.exclude(pk=agency.pk)
            away = agency.parent_id and not fits.filter(pk=agency.parent_id).exists()
            if away or agency.parts.exists():
                del self.fields["parent"]
                return
        self.fields["parent"].queryset = fits

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].upper()
        CODE(code)
        return code


class GroupForm(forms.Form):
    """An agency that stands above others, and which these are."""

    name = name_field()
    sector = sector_field()
    parts = Ticked(
        label="Its parts", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple,  # unscoped: empty
        help_text="Agencies that stand under another one already, or have parts themselves, are not on this list.",
    )

    def __init__(self, *args: Any, user: User, group: Agency | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        mine = Agency.objects.managed_by(user).filter(parts=None)
        free = mine.filter(parent=None) if group is None else mine.filter(parent__in=[group]) | mine.filter(parent=None)
        self.fields["parts"].queryset = free.exclude(pk=group.pk if group else None).order_by("name")


class OfferForm(forms.Form):
    """To which partnership an agency is offered."""

    taker = forms.ModelChoiceField(
        label="Offer it to", queryset=Partnership.objects.none(), empty_label="Choose",  # unscoped: empty
    )

    def __init__(self, *args: Any, membership: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        # unscoped: the names of partnerships are public, and nothing else of them is shown
        others = Partnership.objects.exclude(memberships__agency=membership.agency)
        self.fields["taker"].queryset = others.exclude(
            offers_received__in=AgencyOffer.objects.filter(agency=membership.agency, answered_at=None)  # unscoped: of this agency
        )


class AcceptForm(forms.Form):
    code = code_field()

    clean_code = AgencyForm.clean_code


class RoleGroupForm(forms.Form):
    """A group of jobs that must hold the same training."""

    title = OneLine(
        "Title", max_length=RoleGroup._meta.get_field("title").max_length,
        help_text="As people know it, such as Health visitors.",
    )
    code = forms.SlugField(
        label="Code", max_length=40, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        help_text="Small letters, figures and underlines, such as health_visitors. Files name the group by it; it stays as it is.",
        error_messages={"invalid": "Write the code in small letters, figures and underlines."},
    )

    def __init__(self, *args: Any, role_group: RoleGroup | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if role_group:
            del self.fields["code"]

    def clean_code(self) -> str:
        return self.cleaned_data["code"].lower()
