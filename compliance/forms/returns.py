"""The forms of the returns, and how their lists are narrowed."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.forms.logged import readable
from compliance.models import AgencyReturn, NilReason, ReturnRound, ReturnState
from compliance.models.returns import months
from compliance.period import Period
from partnership.filters import Narrowed
from partnership.forms import Day, OneLine
from partnership.models import Partnership, User
from partnership.roles import Permission
from partnership.searching import with_words

NO_CHILD = "Do not name a child, a parent or a carer."
LATE, OPEN, CLOSED, WITHDRAWN = "late", "open", "closed", "withdrawn"


class RoundForm(forms.Form):
    """For which term, and until when."""

    partnership = forms.ModelChoiceField(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Choose",  # unscoped: empty
    )
    period = forms.ChoiceField(
        label="Term", help_text="Agencies sign when it is over. Figures of exactly this term then say who did."
    )
    due_on = Day(
        "Due on", help_text="The last day that is in time. Agencies are reminded 5 working days before. "
        "For example, 14/10/2026",
    )

    def __init__(self, *args: Any, user: User, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        places = Partnership.objects.within_reach_as_a_whole(user, Permission.MANAGE_AGENCIES)
        self.fields["partnership"].queryset = places.order_by("name")
        self.places = list(places)
        asked = asked_of(self.places)
        self.fields["period"].choices = [
            (term.slug, named(term) + " – asked for already" * (term.slug in asked)) for term in terms(on)
        ]
        first = (term.slug for term in terms(on) if term.slug not in asked and term.last < on)
        self.fields["period"].initial = next(first, terms(on)[0].slug)
        if len(self.places) == 1:
            del self.fields["partnership"]

    def clean_period(self) -> Period:
        return Period.parse(self.cleaned_data["period"])

    @property
    def place(self) -> Partnership:
        return self.cleaned_data.get("partnership") or self.places[0]


def asked_of(places: list[Partnership]) -> set[str]:
    """The terms for which all of the partnerships were asked already."""
    # unscoped: of partnerships within reach
    rows = ReturnRound.objects.filter(partnership__in=places, withdrawn_reason="").values_list("partnership", "period")
    rounds = set(rows)
    slugs = {slug for _, slug in rounds}
    return {slug for slug in slugs if all((place.pk, slug) in rounds for place in places)}


def terms(on: date) -> list[Period]:
    """What a return may be asked for: the half that is over first, then the others of two years."""
    half, year = Period.half_of(on), Period.year_of(on)
    known = [half.previous, half, *year.previous.halves, *year.halves]
    known += [year.previous, year, *year.previous.quarters, *year.quarters]
    return list(dict.fromkeys(term for term in known if term.first <= on))


def named(term: Period) -> str:
    return f"{months(term)} ({term.name})"


class DueForm(forms.Form):
    due_on = Day("Due on", help_text="The last day that is in time. For example, 14/10/2026")


class WhoForm(forms.Form):
    """By whom it is signed."""

    name = OneLine("Your name", max_length=120)
    role = OneLine("Your role", max_length=120, help_text="Your job, such as Head of service.")


class SignForm(WhoForm):
    """What an agency confirms, and by whom."""

    staff_complete_on = Day(
        "Our staff list is complete as at", help_text="Everybody who joined or left up to this day is on "
        "it. For example, 30/09/2026",
    )
    training_logged = forms.BooleanField(label="All training that we know of is logged")
    attendance_checked = forms.BooleanField(
        label="We looked through our attendance, and disputed what is wrong"
    )
    field_order = ("staff_complete_on", "training_logged", "attendance_checked", "name", "role")


class NilForm(WhoForm):
    """That there is nothing to report, why, and by whom."""

    nil_reason = forms.ChoiceField(
        label="Why is there nothing to report?", widget=forms.RadioSelect, choices=NilReason.choices
    )
    field_order = ("nil_reason", "name", "role")


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label="Why do you send it back?", max_length=400, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"The agency reads this. {NO_CHILD} At most 400 letters.", validators=[readable],
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why do you withdraw them?", max_length=400, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Everybody who was asked reads this. {NO_CHILD} At most 400 letters.", validators=[readable],
    )


# --- Lists ----------------------------------------------------------------------------------------


class RoundFilter(Narrowed):
    """The rounds of one's partnerships."""

    state = filters.ChoiceFilter(
        label="State", choices=[(OPEN, "Open"), (CLOSED, "Closed"), (WITHDRAWN, "Withdrawn")],
        empty_label="Any", method="in_state",
    )

    class Meta:
        model = ReturnRound
        fields: list[str] = []

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == WITHDRAWN:
            return rows.exclude(withdrawn_reason="")
        return rows.filter(closed_at__isnull=value == OPEN, withdrawn_reason="")


class ReturnFilter(Narrowed):
    """The returns of one round, or of one's own agencies in all rounds."""

    q = filters.CharFilter(label="Agency", method="search", max_length=100)
    state = filters.ChoiceFilter(
        label="State", choices=[*ReturnState.choices, (LATE, "Late"), (WITHDRAWN, "Withdrawn")],
        empty_label="Any", method="in_state",
    )

    class Meta:
        model = AgencyReturn
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, on: date) -> None:
        super().__init__(data, queryset=queryset)
        self.on = on

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "membership__agency__name", "membership__code")

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == WITHDRAWN:
            return rows.exclude(round__withdrawn_reason="")
        return rows.late(self.on) if value == LATE else rows.filter(state=value, round__withdrawn_reason="")
