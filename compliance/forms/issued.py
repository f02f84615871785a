"""The forms of issued reports: which to show, which to issue, and the agency's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from compliance.forms.logged import Words
from compliance.models import IssuedReport, ReportState
from compliance.period import Period
from escalation.models.fields import no_child
from partnership.filters import Narrowed
from partnership.forms import OneLine
from partnership.models import Agency, Partnership, User
from partnership.roles import Permission

WHOLE, ANNUAL = "whole", "annual"
STATES = [(s.value, s.label) for s in ReportState if s is not ReportState.ISSUED]
ALL, SOME = "all", "some"


class IssuedFilter(Narrowed):
    """Issued reports, by whose they are, their period and where they stand."""

    partnership = filters.ModelChoiceFilter(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Any",  # unscoped: empty
        to_field_name="code",
    )
    agency = filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    period = filters.ChoiceFilter(label="Period", empty_label="Any")
    state = filters.ChoiceFilter(
        label="State", choices=STATES, empty_label="Any", method="in_state"
    )

    class Meta:
        model = IssuedReport
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        places = Partnership.objects.within_reach(user, Permission.PRINT_REPORT).order_by("name")
        agencies = Agency.objects.within_reach(user, Permission.PRINT_REPORT).order_by("name")
        self.places, self.agencies = list(places), list(agencies)
        for name, rows, found in (("partnership", places, self.places), ("agency", agencies, self.agencies)):
            if len(found) > 1:
                self.filters[name].field.queryset = rows
            else:
                del self.filters[name]
        slugs = queryset.order_by().values_list("period", flat=True).distinct()
        self.periods = sorted(map(Period.parse, slugs), reverse=True)
        self.filters["period"].extra["choices"] = [(p.slug, p.name) for p in self.periods]

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == ReportState.REPLACED:
            return rows.filter(replaced=True)
        rows = rows.filter(replaced=False)
        if value == ReportState.WAITING:
            return rows.filter(agency__isnull=False, sign_off=None)
        return rows.filter(sign_off__agreed=value == ReportState.SIGNED)


class IssueForm(forms.Form):
    """Which reports of a partnership to issue."""

    which = forms.ChoiceField(
        label="Which reports?", widget=forms.RadioSelect, initial=ALL,
        choices=[
            (ALL, "Every report that is not issued yet or has changed"), (SOME, "Only those that I tick"),
        ],
    )
    some = forms.MultipleChoiceField(
        label="Reports", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Needed only when you choose some.",
    )

    def __init__(self, data: Any, *, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["some"].choices = list(choices)

    def clean(self) -> None:
        chosen = self.cleaned_data.get("some") or "some" in self.errors
        if self.cleaned_data.get("which") == SOME and not chosen:
            self.add_error("some", "Tick at least one report.")

    @property
    def chosen(self) -> list[str]:
        """The codes that were chosen, and WHOLE for the partnership's own."""
        if self.cleaned_data["which"] == SOME:
            return self.cleaned_data["some"]
        return [code for code, _ in self.fields["some"].choices]


class CorrectionForm(forms.Form):
    """Why reports are corrected: asked where one of them is."""

    reason = Words(
        "Why are they corrected?", rows=3, most=400,
        help_text="It stands on every report that this corrects, for instance “Two registers of June were corrected after a dispute”.",
    )

    def __init__(self, data: Any, *, asked: bool) -> None:
        super().__init__(data)
        self.fields["reason"].required = asked


class SignOffForm(forms.Form):
    """What an agency says to its report."""

    agreed = forms.ChoiceField(
        label="Does your agency sign this report off?", widget=forms.RadioSelect,
        choices=[("yes", "Yes, I sign it off for the agency"), ("no", "No, and I say what we do not agree with")],
        error_messages={"required": "Say whether your agency signs the report off."},
    )
    role = OneLine(
        "Your role in the agency", max_length=80, width=30,
        help_text="It stands on the report beside your name, for instance “Named nurse for safeguarding”.",
    )
    note = Words(
        "What do you not agree with?", rows=5, most=1000, required=False,
        help_text="Only when you do not sign it off. It is printed in the report for all who receive it.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].validators.append(no_child)

    def clean_note(self) -> str:
        note, agreed = self.cleaned_data["note"], self.cleaned_data.get("agreed")
        if agreed == "no" and not note:
            raise ValidationError("Write what you do not agree with.")
        if agreed == "yes" and note:
            raise ValidationError(
                "A sign-off carries no words of its own. Choose “No” to have them in the report, or take "
                "them away."
            )
        return note

    @property
    def signs(self) -> bool:
        return self.cleaned_data["agreed"] == "yes"
