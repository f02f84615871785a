"""The form that raises a case; every choice in it comes from the person's reach."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q

from conferences.models import Meeting
from escalation.choices import Grounds
from escalation.forms.fields import Line, Prose
from escalation.models import Policy, Suggestion
from escalation.sides import why_not_raise
from partnership.forms import Day, Ticked
from partnership.models import Agency, Partnership, User
from partnership.reach import held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

LATEST = 12  # of the person's meetings are offered to tick; others are written by reference
SERVICE = "service"


class AgencyChoice(forms.ModelChoiceField):
    """An agency out of reach is answered like one that does not exist."""


class MeetingChoice(Ticked):
    def label_from_instance(self, row: Meeting) -> str:
        return f"{row.reference}: {row.get_kind_display().lower()}, {longdate(row.held_on)}"


class RaiseForm(forms.Form):
    raised_for = forms.ChoiceField(
        label="Raised for", error_messages={"invalid_choice": "Choose one that you may raise for."}
    )
    about = AgencyChoice(
        label="About which agency?",
        queryset=Agency.objects.none(),  # unscoped: empty
        empty_label="Choose",
    )
    grounds = forms.ChoiceField(label="Grounds", choices=[("", "Choose"), *Grounds.choices])
    meetings = MeetingChoice(
        label="Which meetings is it about?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Your latest. Tick one or more, or write others by reference below.",
        queryset=Meeting.objects.none(),  # unscoped: empty
    )
    other_meetings = forms.CharField(
        label="Other meetings, by reference",
        required=False,
        max_length=400,
        help_text="With a comma between them",
    )
    theme = forms.BooleanField(
        label="It is about a theme, not about particular meetings", required=False
    )
    urgent = forms.BooleanField(
        label="Urgent: the shorter limits apply",
        required=False,
        help_text="For what cannot wait a week. Immediate danger is never a matter for this form.",
    )
    concern = Prose("What happened?", help_text="Facts, with dates and the meetings’ references.")
    outcome_wanted = Prose("What outcome do you want?", rows=4)
    identity_passed_on = Day(
        "When was it passed on which child it concerns?",
        required=False,
        help_text="Outside Quorate, by your agency’s secure way. For example, 31/03/2015. You can note it later.",
    )
    identity_passed_to = Line(
        "To whom was it passed on?", most=120, required=False, help_text="A role or a team"
    )
    file_noted = forms.BooleanField(label="The child’s file notes the escalation", required=False)

    def __init__(
        self,
        *args,
        user: User,
        partnership: Partnership,
        policy: Policy | None,
        suggestion: Suggestion | None = None,
        meeting: str = "",
        **options,
    ) -> None:
        super().__init__(*args, **options)
        self.user, self.partnership, self.policy, self.suggestion = (
            user,
            partnership,
            policy,
            suggestion,
        )
        self.own = self.own_agencies()
        self.choose_sides()
        self.choose_meetings(meeting)
        if suggestion:
            for name in ("about", "grounds", "meetings", "other_meetings", "theme"):
                del self.fields[name]
        elif policy is None or not policy.themes_allowed:
            del self.fields["theme"]

    # choices

    def own_agencies(self) -> dict[str, Agency]:
        """The agencies for which the person may raise in this partnership: their own and its parts."""
        own = held(self.user, Permission.RAISE_ESCALATION).agencies
        rows = Agency.objects.within_reach(self.user, Permission.RAISE_ESCALATION).filter(
            Q(pk__in=own) | Q(parent__in=own), memberships__partnership=self.partnership
        )
        return {str(row.pk): row for row in rows.distinct()}

    def choose_sides(self) -> None:
        choices = [(key, row.name) for key, row in self.own.items()]
        reach = held(self.user, Permission.RAISE_ESCALATION)
        if self.partnership.pk in reach.partnerships:
            choices.insert(0, (SERVICE, f"{self.partnership.name}, by the conference service"))
        if self.suggestion:
            choices = [(key, name) for key, name in choices if key != str(self.suggestion.about_id)]
        self.fields["raised_for"].choices = (
            choices if len(choices) == 1 else [("", "Choose"), *choices]
        )
        self.fields["raised_for"].initial = choices[0][0] if len(choices) == 1 else ""
        self.stopped = self.why_stopped([key for key, _ in choices])
        self.only_side = choices[0][1] if len(choices) == 1 else ""
        if self.only_side:
            self.fields["raised_for"].widget = forms.HiddenInput()
        # unscoped: another agency of one's partnership may be chosen as the one it is about
        others = Agency.objects.filter(memberships__partnership=self.partnership)
        alone = [key for key, _ in choices if key != SERVICE] if len(choices) == 1 else []
        self.fields["about"].queryset = others.exclude(pk__in=alone)

    def why_stopped(self, sides: list[str]) -> list[str]:
        """Why the policy lets the person raise for none of their sides; [] when it does for one."""
        first = self.policy.stages.order_by("position").first() if self.policy else None
        if first is None or not sides:
            return []
        found = [why_not_raise(self.user, self.own.get(key), first) for key in sides]
        return found if all(found) else []

    def choose_meetings(self, asked: str) -> None:
        """The person's latest meetings to tick, the one that they come from first."""
        self.reach = Meeting.objects.visible_to(self.user).filter(partnership=self.partnership)
        latest = list(self.reach.order_by("-held_on", "-pk").values_list("pk", flat=True)[:LATEST])
        came_from = (
            list(self.reach.filter(reference=asked).values_list("pk", flat=True)) if asked else []
        )
        keys = {*latest, *came_from}
        self.fields["meetings"].queryset = self.reach.filter(pk__in=keys).order_by(
            "-held_on", "-pk"
        )
        self.fields["meetings"].initial = came_from
        if not keys:
            self.fields["meetings"].widget = forms.MultipleHiddenInput()

    # what was typed

    def clean_other_meetings(self) -> list[Meeting]:
        asked = [part for part in re.split(r"[,;\s]+", self.cleaned_data["other_meetings"]) if part]
        found = list(self.reach.filter(reference__in=asked))
        missing = [name for name in asked if name not in {row.reference for row in found}]
        if missing:
            raise forms.ValidationError(
                f"There is no meeting {', '.join(missing)} that you may open in {self.partnership}."
            )
        return found

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.policy is None:
            raise forms.ValidationError(
                f"{self.partnership} has no escalation policy yet. Ask the partnership manager to adopt one."
            )
        about = self.suggestion.about if self.suggestion else data.get("about")
        if about and str(about.pk) == data.get("raised_for"):
            self.add_error(
                "about", "An agency cannot raise an escalation about itself: choose another."
            )
        if bool(data.get("identity_passed_on")) != bool(data.get("identity_passed_to")):
            name = "identity_passed_to" if data.get("identity_passed_on") else "identity_passed_on"
            if name not in self.errors:
                self.add_error(name, "Say both when and to whom it was passed on, or neither yet.")
        if not self.suggestion:
            self.check_meetings()
        return data

    def check_meetings(self) -> None:
        data = self.cleaned_data
        chosen = [*(data.get("meetings") or []), *(data.get("other_meetings") or [])]
        where = (
            "meetings"
            if not isinstance(self.fields["meetings"].widget, forms.MultipleHiddenInput)
            else "other_meetings"
        )
        if "meetings" in self.errors or "other_meetings" in self.errors:
            return
        if chosen and data.get("theme"):
            self.add_error("theme", "It is about meetings or about a theme: untick one of them.")
        elif not chosen and "theme" in self.fields and not data.get("theme"):
            self.add_error(where, "Choose a meeting, or tick that it is about a theme.")
        elif not chosen and "theme" not in self.fields:
            self.add_error(
                where, "Choose a meeting: the local policy allows no cases about a theme."
            )

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        names = (
            "urgent",
            "concern",
            "outcome_wanted",
            "identity_passed_on",
            "identity_passed_to",
            "file_noted",
        )
        told = {name: data[name] for name in names} | {
            "raised_for": self.own.get(data["raised_for"])
        }
        if not self.suggestion:
            chosen = {row.pk: row for row in [*data["meetings"], *data["other_meetings"]]}
            told |= {
                "about": data["about"],
                "grounds": data["grounds"],
                "meetings": list(chosen.values()),
            }
        return told
