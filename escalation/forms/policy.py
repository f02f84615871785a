"""The forms of the local policy: its stages as rows with a position number, without script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from escalation.actions.policies import FEWEST_STAGES, MOST_STAGES, contact_seen
from escalation.choices import UNITS, Contact, PartnershipPart, Tell, TriggerKind
from escalation.models import AgencyContact, Policy, PolicyStage
from escalation.stages import LimitUnit
from partnership.forms import Day
from partnership.models import Agency, Grant, User, today
from partnership.roles import Permission

TELLS = {
    "tell_entering": "Told when the stage begins",
    "tell_nearly_due": "Told when nearly due",
    "tell_overdue": "Told when overdue",
    "tell_resolved": "Told when resolved",
}
KINDS = [("formal", "Formal"), ("informal", "Informal")]
EXTRA_ROWS = 2
LIMITS = ("limit", "urgent")


class PolicyForm(forms.Form):
    name = forms.CharField(label="Name of the policy", max_length=120)
    effective_from = Day(
        "In force from",
        help_text="For example, 31/03/2015. Not before the version that it follows, nor before the "
        "last case was opened. Cases that are open keep their version.",
    )
    themes_allowed = forms.BooleanField(
        label="A case may be about a theme, not tied to a meeting", required=False
    )
    nearly_days = forms.IntegerField(
        label="Nearly due: so many working days before",
        min_value=0,
        max_value=20,
        help_text="0 for no such reminder",
    )


class StageForm(forms.Form):
    position = forms.IntegerField(
        label="Place in the order", min_value=1, max_value=99, required=False
    )
    title = forms.CharField(label="Title", max_length=80)
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    raised_by = forms.ChoiceField(label="Who raises", choices=Contact.choices)
    answered_by = forms.ChoiceField(label="Who answers", choices=Contact.choices)
    limit_amount = forms.IntegerField(label="Limit", min_value=1, max_value=999, required=False)
    limit_unit = forms.ChoiceField(label="Limit in", choices=UNITS)
    urgent_amount = forms.IntegerField(
        label="Limit when urgent", min_value=1, max_value=999, required=False
    )
    urgent_unit = forms.ChoiceField(label="Limit when urgent in", choices=UNITS)
    partnership_part = forms.ChoiceField(
        label="The partnership is", choices=PartnershipPart.choices
    )
    remove = forms.BooleanField(label="Remove this stage", required=False)

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        for name, label in TELLS.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                choices=Tell.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for name in ("kind", "raised_by", "answered_by", "partnership_part"):
            # What a browser sends of a row that nobody touched: such a row is no stage.
            self.fields[name].initial = self.fields[name].choices[0][0]
        for name in LIMITS:
            self.fields[f"{name}_unit"].initial = LimitUnit.NONE
        if self.data.get(self.add_prefix("remove")):
            self.fields["title"].required = False  # whatever else stands there goes with it

    def first_fields(self) -> list[forms.BoundField]:
        """All but the title, which has a line of its own, who is told, and the removing."""
        return [self[name] for name in self.fields if name not in (*TELLS, "title", "remove")]

    def tell_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in TELLS]

    def tells_wrong(self) -> bool:
        return any(name in self.errors for name in TELLS)

    def clean(self) -> dict[str, Any]:
        """A limit has a number and a unit, or neither."""
        data = self.cleaned_data
        if data.get("remove"):
            return data
        for name in LIMITS:
            amount, unit = data.get(f"{name}_amount"), data.get(f"{name}_unit")
            if unit == LimitUnit.NONE and amount:
                self.add_error(f"{name}_unit", "Say in what the limit is, or take its number away.")
            elif (
                unit
                and unit != LimitUnit.NONE
                and not amount
                and f"{name}_amount" not in self.errors
            ):
                self.add_error(
                    f"{name}_amount", "Give a number with the limit, or choose no limit."
                )
        return data

    def stage(self) -> dict[str, Any]:
        """The stage as the action takes it."""
        data = self.cleaned_data
        plain = (
            "title",
            "raised_by",
            "answered_by",
            "limit_unit",
            "urgent_unit",
            "partnership_part",
            *TELLS,
        )
        amounts = {f"{name}_amount": data.get(f"{name}_amount") or 0 for name in LIMITS}
        return {name: data[name] for name in plain} | amounts | {"formal": data["kind"] == "formal"}


class StageRows(forms.BaseFormSet):
    """All rows; a row that was left empty is no stage."""

    def clean(self) -> None:
        if any(self.errors):
            return
        if not FEWEST_STAGES <= len(self.stages()) <= MOST_STAGES:
            raise ValidationError(f"A policy has {FEWEST_STAGES} to {MOST_STAGES} stages.")

    def stages(self) -> list[dict[str, Any]]:
        """The stages in their order: by the number given, else where they stand."""
        kept = [
            (form.cleaned_data.get("position") or 99, index, form)
            for index, form in enumerate(self.forms)
            if form.has_changed() or index < self.initial_form_count()
        ]
        kept = [
            row for row in kept if row[2].cleaned_data and not row[2].cleaned_data.get("remove")
        ]
        return [form.stage() for _, _, form in sorted(kept, key=lambda row: row[:2])]


Stages = forms.formset_factory(
    StageForm,
    formset=StageRows,
    extra=EXTRA_ROWS,
    max_num=MOST_STAGES + EXTRA_ROWS,
    absolute_max=MOST_STAGES + EXTRA_ROWS,
)


def untouched() -> dict[str, str]:
    """What a browser sends of a row that was left empty."""
    return {name: str(field.initial) for name, field in StageForm().fields.items() if field.initial}


def initial_of(policy: Policy) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the forms hold of a version that is there."""
    whole = {
        "name": policy.name,
        "effective_from": today(),
        "themes_allowed": policy.themes_allowed,
        "nearly_days": policy.nearly_days,
    }
    return whole, [stage_initial(fields_of(row)) for row in policy.stages.all()]


def fields_of(row: PolicyStage) -> dict[str, Any]:
    names = (
        "title",
        "formal",
        "raised_by",
        "answered_by",
        "limit_amount",
        "limit_unit",
        "urgent_amount",
        "urgent_unit",
        "partnership_part",
        *TELLS,
    )
    return {name: getattr(row, name) for name in names}


def stage_initial(fields: dict[str, Any]) -> dict[str, Any]:
    """A stage's fields as its form begins with them."""
    amounts = {f"{name}_amount": fields[f"{name}_amount"] or None for name in LIMITS}
    return {**fields, **amounts, "kind": "formal" if fields["formal"] else "informal"}


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with its place: tens leave room between."""
    return [{**row, "position": place} for place, row in enumerate(rows, start=1)]


# --- Triggers and contacts ------------------------------------------------------------------------

TRIGGER_HINTS = {
    TriggerKind.TWO_RUNNING: "How many in a row",
    TriggerKind.RATE: "How many expected at least",
}


class TriggerForm(forms.Form):
    """One trigger: on or off, with its number and threshold where it has them."""

    on = forms.BooleanField(label="Suggests escalations", required=False)

    def __init__(self, *args, kind: str, **options) -> None:
        super().__init__(*args, prefix=kind, **options)
        self.kind = TriggerKind(kind)
        if self.kind in TRIGGER_HINTS:
            self.fields["number"] = forms.IntegerField(
                label=TRIGGER_HINTS[self.kind], min_value=2, max_value=99
            )
        if self.kind == TriggerKind.RATE:
            self.fields["threshold"] = forms.IntegerField(
                label="Below how many per cent", min_value=1, max_value=100
            )

    def values(self) -> tuple[bool, int, int]:
        data = self.cleaned_data
        return data["on"], data.get("number", 0), data.get("threshold", 0)


class FromForm(forms.Form):
    effective_from = Day("In force from")


class ContactForm(forms.Form):
    """The agency's person for a role, and who stands in when they are party."""

    seen = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)

    def __init__(
        self, *args, agency: Agency, role: str, user: User, named: AgencyContact | None, **options
    ) -> None:
        there = {"user": named and named.user_id, "alternate": named and named.alternate_id}
        there["seen"] = contact_seen(named)
        super().__init__(*args, prefix=f"{agency.pk}-{role}", initial=there, **options)
        self.agency, self.role, self.named = agency, Contact(role), named
        people = self.choosable(user)
        for name, label in (("user", "Person"), ("alternate", "Stands in")):
            self.fields[name] = forms.ModelChoiceField(
                label=label, queryset=people, required=False, empty_label="Nobody"
            )

    def choosable(self, user: User) -> QuerySet[User]:
        """Who holds a role today in the agency; of its parent only for who keeps that too. Whoever is
        named stays on the list."""
        kept = Agency.objects.within_reach(user, Permission.MANAGE_OWN_USERS)
        places = kept.filter(pk__in=[self.agency.pk, self.agency.parent_id])
        # unscoped: of agencies that the lead keeps
        grants = Grant.objects.filter(agency__in=places.values("pk")).in_force(today())
        there = [self.named.user_id, self.named.alternate_id] if self.named else []
        # unscoped: see above
        return User.objects.filter(Q(pk__in=grants.values("user")) | Q(pk__in=there), is_active=True)

    def touched(self) -> bool:
        """Whether the page says something else than it showed."""
        data = self.cleaned_data
        typed = "-".join(str(data[name].pk if data.get(name) else "") for name in ("user", "alternate"))
        return typed != (data.get("seen") or "-")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("alternate") and not data.get("user"):
            self.add_error("user", "Name the person before who stands in.")
        elif data.get("user") and data.get("user") == data.get("alternate"):
            self.add_error("alternate", "Choose somebody else to stand in.")
        return data
