"""The forms of the board's actions, and how their list is narrowed. The rules are the actions'."""

from __future__ import annotations

import re
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from compliance.asking import default_period
from compliance.measures.definitions import MEASURES
from compliance.models import Action, ActionSource, ActionState
from compliance.models.logged import BESIDE, EMPTY, MOST_ASKED, MOST_REASON, MOST_SAID
from compliance.period import Period, PeriodError
from escalation.forms.fields import Line, Prose
from escalation.models import Escalation
from partnership.filters import Narrowed
from partnership.forms import OneLine, PostDay, printable
from partnership.models import Agency, Partnership, User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.searching import with_words

NO_NAMES = "A job or a team, such as Team manager, east. No name."
LINE_ENDS = re.compile(r"[\r\n\t]")


def readable(value: str) -> None:
    """Words over several lines, without signs that cannot be seen or that turn the writing round."""
    printable(LINE_ENDS.sub(" ", value))


class Words(Prose):
    """Prose that is printed: no child in it, and nothing unseen."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.validators.append(readable)


class Title(Line):
    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.validators.append(printable)


def agencies_of(user: User, place: Partnership) -> QuerySet[Agency]:
    """The agencies to which a person may give an action there."""
    reach = Agency.objects.within_reach(user, Permission.ISSUE_REPORT)
    return reach.filter(memberships__partnership=place).order_by("name")


# --- Where it comes from --------------------------------------------------------------------------


class SourceForm(forms.Form):
    """First of all: in which partnership, and where the action comes from."""

    partnership = forms.ModelChoiceField(
        label="In which partnership?", queryset=Partnership.objects.none(),  # unscoped: empty
        to_field_name="code", empty_label="Choose",
    )
    source = forms.ChoiceField(
        label="Where does the action come from?", choices=ActionSource.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, places: QuerySet[Partnership], user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partnership"].queryset = places
        if len(places) == 1:
            del self.fields["partnership"]
        self.fields["source"].choices = sources_of(user)


def sources_of(user: User) -> list[tuple[str, str]]:
    """An escalation is a source for those who may see escalations."""
    sees = can(user, Permission.VIEW_ESCALATIONS)
    return [
        (str(source), source.label) for source in ActionSource
        if sees or source is not ActionSource.ESCALATION
    ]


class OwnedForm(forms.Form):
    """What is asked, and of whom."""

    asked = Words(
        "What is asked?", rows=5, most=MOST_ASKED,
        help_text="One thing that can be done and seen to be done. It is printed in the owner’s report.",
    )
    owner = forms.ModelChoiceField(
        label="Which agency owns it?", queryset=Agency.objects.none(), empty_label="Choose",  # unscoped: empty
        help_text="Its leads get a mail with the number, the day and a link.",
    )
    owner_title = Title("Who does it there?", most=120, required=False, help_text=NO_NAMES)

    def __init__(self, *args: Any, user: User, place: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.place = user, place
        self.fields["owner"].queryset = agencies_of(user, place)


class LogForm(OwnedForm):
    """A new action; of the first fields only those of its source."""

    about = forms.ModelChoiceField(
        label="Whose report?", queryset=Agency.objects.none(), empty_label="Choose"  # unscoped: empty
    )
    period = OneLine("For which period?", width=10, max_length=20, help_text="Such as 2014-15, 2014-15-H1 or 2014-15-Q3")
    met_on = PostDay("When did the board meet?", help_text="For example, 31/03/2015")
    measure = forms.ChoiceField(
        label="Which measure?", choices=[("", "Choose"), *((key, one.title) for key, one in MEASURES.items())]
    )
    escalation = OneLine(
        "Which escalation?", width=20, max_length=40,
        help_text="Its reference, such as BF-2026-0042. Only those who may see the case see it here.",
    )
    due_on = PostDay("Due by the end of", help_text="For example, 31/03/2015")

    def __init__(self, *args: Any, source: ActionSource, **options: Any) -> None:
        super().__init__(*args, **options)
        self.source = source
        self.fields["about"].queryset = self.fields["owner"].queryset
        for name in set(EMPTY) - set(BESIDE[source]):
            del self.fields[name]
        self.order_fields([*BESIDE[source], "asked", "owner", "owner_title", "due_on"])
        if source is ActionSource.REPORT and not self.initial.get("period"):
            self.initial["period"] = default_period(self.place).name

    def clean_period(self) -> str:
        try:
            return Period.parse(self.cleaned_data["period"]).slug
        except PeriodError as error:
            raise ValidationError(str(error)) from None

    def clean_met_on(self) -> Any:
        day = self.cleaned_data["met_on"]
        if day > today():
            raise ValidationError("This day is still to come. Log the action when the board has met.")
        return day

    def clean_escalation(self) -> Escalation:
        """A case out of reach is answered like one that does not exist."""
        cases = Escalation.objects.visible_to(self.user).filter(partnership=self.place)
        found = cases.filter(reference__iexact=self.cleaned_data["escalation"].strip()).first()
        if found is None:
            raise ValidationError(f"There is no escalation with that reference in {self.place}.")
        return found


# --- What becomes of it -----------------------------------------------------------------------------


class ProgressForm(forms.Form):
    text = Words(
        "How does it go?", rows=5, most=MOST_SAID,
        help_text="What has been done since, and what is next. The latest is printed in the reports.",
    )


class DoneForm(forms.Form):
    text = Words(
        "What was done?", rows=5, most=MOST_SAID,
        help_text="And how the board can see that it was. The board then closes the action, or opens it again.",
    )


class DateForm(forms.Form):
    due_on = PostDay("New due day", help_text="For example, 31/03/2015")
    reason = Words(
        "Why is it moved?", rows=3, most=MOST_REASON,
        help_text="A later day counts as carried over, and the reports say how often.",
    )


class CloseForm(forms.Form):
    outcome = Words(
        "Outcome", rows=5, most=MOST_SAID,
        help_text="What changed. It is printed in the reports, with the day on which it was closed.",
    )


class ReopenForm(forms.Form):
    reason = Words("Why is it opened again?", rows=3, most=MOST_REASON)


# --- The list ---------------------------------------------------------------------------------------

STATES = [
    (ActionState.OVERDUE.value, "Overdue"), (ActionState.OPEN.value, "Open, overdue or not"),
    (ActionState.DONE.value, "Reported done"), (ActionState.CLOSED.value, "Closed"),
    ("all", "Open and closed"),
]


class ActionFilter(Narrowed):
    """The actions that a person may read; the closed ones only when asked for."""

    q = filters.CharFilter(label="Number or words", method="search", max_length=100)
    state = filters.ChoiceFilter(
        label="State", choices=STATES, empty_label="Not closed", method="leave"
    )
    owner = filters.ModelChoiceFilter(
        label="Owner", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    source = filters.ChoiceFilter(label="Where from", choices=ActionSource.choices, empty_label="Any")
    partnership = filters.ModelChoiceFilter(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Any",  # unscoped: empty
        to_field_name="code",
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        self.offer("owner", Agency.objects.visible_to(user).order_by("name"))
        self.offer("partnership", Partnership.objects.visible_to(user).order_by("name"))

    def offer(self, name: str, rows: QuerySet) -> None:
        """A choice among one is none."""
        if rows.count() > 1:
            self.filters[name].field.queryset = rows
        else:
            del self.filters[name]

    @property
    def several(self) -> bool:
        return "partnership" in self.filters

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows, state = super().filter_queryset(queryset), self.form.cleaned_data.get("state")
        if state == "all":
            return rows
        return rows.in_state(state, today()) if state else rows.not_closed()

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "number", "asked", "owner_title", "owner__name")

