"""The forms of the local rules. Each takes effect from a day, and says so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.choices import CONFERENCES, Expectation, MeetingKind, Timed, Unit
from conferences.models import QuorumRule, QuorumUnit
from conferences.quorum import Terms
from partnership.choices import Sector
from partnership.forms import PostDay, Ticked
from partnership.forms.rules import VersionForm, on_one_line, within
from partnership.models import Agency, Partnership

FROM_HELP = (
    "The first day on which it holds. For example, 31/03/2015. Meetings on earlier days keep the rule "
    "of their day."
)
COUNTS = [
    ("video", "Taking part by video"),
    ("phone", "Taking part by phone"),
    ("deputy", "A deputy"),
    ("part", "Being there for a part only"),
    ("report", "A report in time, with nobody there"),
]
MOST_OTHERS = 20
MOST_UNITS = 6


def agencies_of(partnership: Partnership):
    """The agencies of a partnership whose rules the person keeps."""
    # unscoped: the partnership was within reach, and its agencies with it
    return Agency.objects.filter(memberships__partnership=partnership).order_by("name")


class FromForm(VersionForm):
    effective_from = PostDay("In force from", help_text=FROM_HELP)


class QuorumForm(FromForm):
    """Who must be there, and what counts as being there."""

    required_sectors = forms.MultipleChoiceField(
        label="Sectors that must be there", choices=Sector.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="One agency of each ticked sector must be there. Most procedures ask for children’s "
        "social care.",
    )
    others = forms.IntegerField(
        label="How many other agencies at least", validators=[within(0, MOST_OTHERS)],
        help_text="Beside those sectors. Most procedures ask for 2.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    others_involved = forms.BooleanField(
        label="Only agencies with direct contact with the family count as others", required=False
    )
    counts = forms.MultipleChoiceField(
        label="What counts as being there", choices=COUNTS, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Being there in person, for the whole conference, always counts.",
    )
    field_order = ("required_sectors", "others", "others_involved", "counts", "effective_from")

    def terms(self) -> dict[str, Any]:
        """The rule as the action takes it."""
        data = self.cleaned_data
        return {
            "required_sectors": data["required_sectors"],
            "others": data["others"],
            "others_involved": data["others_involved"],
            **{f"{name}_counts": name in data["counts"] for name, _ in COUNTS},
        }


def quorum_initial(rule: QuorumRule) -> dict[str, Any]:
    return {
        "required_sectors": rule.required_sectors,
        "others": rule.others,
        "others_involved": rule.others_involved,
        "counts": [name for name, _ in COUNTS if getattr(rule, f"{name}_counts")],
    }


class UnitForm(forms.Form):
    """Agencies that count as one; a row left empty is none."""

    title = forms.CharField(
        label="What they are called together", required=False, validators=[on_one_line],
        max_length=QuorumUnit._meta.get_field("title").max_length,
        help_text="For example, Health services. Leave it empty to have no such group.",
    )
    agencies = Ticked(
        label="Agencies that count as one", queryset=Agency.objects.none(), required=False,  # unscoped: empty
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agencies"].queryset = agencies_of(partnership)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("title") and "agencies" in data and len(data["agencies"]) < 2:
            self.add_error("agencies", "Tick at least two agencies that count as one.")
        elif data.get("agencies") and not data.get("title") and "title" not in self.errors:
            self.add_error("title", "Say what these agencies are called together.")
        return data


class UnitRows(forms.BaseFormSet):
    def clean(self) -> None:
        """An agency counts in one group only, and each group has its own name."""
        if any(self.errors):
            return
        groups = self.units()
        names = [agency.name for _, agencies in groups for agency in agencies]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValidationError(f"{twice[0]} is ticked in two groups. Leave it in one.")
        titles = [title.casefold() for title, _ in groups]
        if len(set(titles)) < len(titles):
            raise ValidationError("Two groups have the same name. Give each its own.")

    def units(self) -> list[tuple[str, list[Agency]]]:
        return [
            (form.cleaned_data["title"], list(form.cleaned_data["agencies"]))
            for form in self.forms if form.cleaned_data.get("title")
        ]


Units = forms.formset_factory(
    UnitForm, formset=UnitRows, extra=1, max_num=MOST_UNITS, absolute_max=MOST_UNITS
)


def terms_of(form: QuorumForm, units: UnitRows) -> Terms:
    """What was typed as the judgement takes it; nothing is saved for it."""
    rule, groups = QuorumRule(**form.terms()), units.units()
    counted = {agency.pk: title for title, agencies in groups for agency in agencies}
    return Terms(
        required_sectors={s: Sector(s).label for s in rule.required_sectors},
        others=rule.others,
        others_involved=rule.others_involved,
        counted_as=counted,
        **{name: getattr(rule, f"{name}_counts") for name, _ in COUNTS},
    )


class ExpectationForm(FromForm):
    """What is expected of an agency at conferences."""

    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), required=False, empty_label="Every agency",  # unscoped: empty
        help_text="A rule for one agency goes before the rule for every agency.",
    )
    kind = forms.ChoiceField(
        label="Kind of conference", required=False,
        choices=[("", "Every kind"), *((k, k.label) for k in MeetingKind if k in CONFERENCES)],
        help_text="A rule for one kind goes before the rule for every kind. At core groups every "
        "agency is expected to attend.",
    )
    expectation = forms.ChoiceField(
        label="What is expected", choices=Expectation.choices, widget=forms.RadioSelect,
        help_text="With “attend or report”, something was missed only when both are lacking.",
    )
    field_order = ("agency", "kind", "expectation", "effective_from")
    fixed = ("agency", "kind", "effective_from")

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.rule:
            self.fields["agency"].queryset = agencies_of(partnership)

    def clean_agency(self) -> Agency | None:
        return self.cleaned_data["agency"] or None


class TimescaleForm(FromForm):
    """One limit."""

    what = forms.ChoiceField(label="What it is about", choices=Timed.choices)
    amount = forms.IntegerField(
        label="How many", validators=[within(1, 366)],
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        help_text="Working days are Monday to Friday without bank holidays. The day of the event is "
        "not counted.",
    )
    unit = forms.ChoiceField(label="Of what", choices=Unit.choices, widget=forms.RadioSelect)
    field_order = ("what", "amount", "unit", "effective_from")
    fixed = ("what", "effective_from")


class EndForm(forms.Form):
    """From when a rule no longer holds."""

    effective_until = PostDay(
        "First day on which it no longer holds",
        help_text="From that day on holds what is expected more generally. For example, 31/03/2015",
    )


class RuleFilter(forms.Form):
    """How the list of what is expected is narrowed."""

    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), required=False, empty_label="Any",  # unscoped: empty
    )
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "Any"), ("now", "In force"), ("to-come", "To come"), ("over", "Over")],
    )
    sort = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].queryset = agencies_of(partnership)
