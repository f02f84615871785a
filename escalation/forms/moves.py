"""The shape of what people type about a case. The rules are the actions'; the guard refuses here too,
so that its sentence stands at the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from escalation.choices import Theme
from escalation.forms.fields import NO_CHILD, Line, Prose
from escalation.models import Escalation
from partnership.forms import Day

MOST_ACTIONS = 3


# --- Moves ----------------------------------------------------------------------------------------


class MoveForm(forms.Form):
    """Every move carries the number of the stage that the person saw."""

    stage = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    renames: dict[str, str] = {}  # the model's field: ours

    def __init__(self, *args, book: Any = None, **options) -> None:
        super().__init__(*args, **options)
        self.book = book

    def told(self) -> dict[str, Any]:
        """What the action takes, beside who and which case."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stage"}

    def typed(self) -> list[dict[str, str]]:
        """What was typed, to copy from when it could not be kept."""
        return [
            {"label": field.label, "text": str(field.value())}
            for field in self.visible_fields()
            if field.value() and not isinstance(field.field, forms.ChoiceField)
        ]


class AnswerForm(MoveForm):
    text = Prose(
        "Your answer", help_text="What has happened since, and what your agency will do.", rows=8
    )
    renames = {"answer": "text"}


class ReasonForm(MoveForm):
    reason = Prose("Reason", rows=4, most=400)


class MoveUpForm(MoveForm):
    reason = Prose(
        "Why does it move up?",
        rows=4,
        required=False,
        help_text="What is not settled yet, for the people of the next stage.",
    )
    renames = {"last_words": "reason"}


class PauseForm(MoveForm):
    reason = Prose("Why is the case paused?", help_text="The reason is reported.", rows=3, most=200)


class SkipForm(MoveForm):
    reason = Prose(
        "Why should a stage be skipped?",
        rows=4,
        most=400,
        help_text="Your agency’s lead or the partnership manager approves it.",
    )
    renames = {"skip_reason": "reason"}


class WithdrawForm(MoveForm):
    reason = Prose("Why is it withdrawn?", rows=4)
    renames = {"resolution": "reason"}


class ApproveSkipForm(MoveForm):
    position = forms.TypedChoiceField(
        label="Which stage comes next?", coerce=int, widget=forms.RadioSelect
    )

    def __init__(self, *args, book: Any, **options) -> None:
        super().__init__(*args, book=book, **options)
        above = [s for s in book.steps if s.position > book.latest.policy_stage.position]
        self.fields["position"].choices = [
            (s.position, f"Stage {s.position}: {s.title}") for s in above
        ]
        self.fields["position"].initial = above[min(1, len(above) - 1)].position if above else None


class OutcomeForm(MoveForm):
    """How a case ends: the outcome, what is learned, what was agreed."""

    resolution = Prose("Outcome", help_text="What was agreed, and whether the raiser is satisfied.")
    learning_theme = forms.ChoiceField(
        label="What is to be learned?", choices=[("", "Choose"), *Theme.choices]
    )
    training_need = Line(
        "Training need",
        most=200,
        required=False,
        help_text=f"The training sub-group reads this without the case. Name no agency. {NO_CHILD}",
    )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        for number in range(1, MOST_ACTIONS + 1):
            self.fields[f"action_{number}"] = Line(
                "What was agreed?", most=300, required=False, help_text=NO_CHILD
            )
            self.fields[f"owner_{number}"] = Line(
                "Who does it?",
                most=120,
                required=False,
                help_text="A role or a team, such as Team manager, east",
            )
            self.fields[f"due_{number}"] = Day("Until when?", required=False)

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("resolution", "learning_theme", "training_need")]

    def action_groups(self) -> Iterator[dict[str, Any]]:
        """The fields of each agreed action, to be set apart."""
        for number in range(1, MOST_ACTIONS + 1):
            fields = [self[f"{name}_{number}"] for name in ("action", "owner", "due")]
            yield {"number": number, "fields": fields}

    def clean(self) -> dict[str, Any]:
        """An action has all three parts, or none."""
        for group in self.action_groups():
            values = [self.cleaned_data.get(field.name) for field in group["fields"]]
            for field, value in zip(group["fields"], values, strict=True):
                if any(values) and not value and field.name not in self.errors:
                    self.add_error(
                        field.name, f"Action {group['number']}: fill in “{field.label}”."
                    )
        return self.cleaned_data

    def actions(self) -> list[dict[str, Any]]:
        rows = [
            {
                "text": self.cleaned_data[f"action_{n}"],
                "owner": self.cleaned_data[f"owner_{n}"],
                "due_on": self.cleaned_data[f"due_{n}"],
            }
            for n in range(1, MOST_ACTIONS + 1)
        ]
        return [row for row in rows if row["text"]]

    def told(self) -> dict[str, Any]:
        kept = ("resolution", "learning_theme", "training_need")
        return {name: self.cleaned_data[name] for name in kept} | {"actions": self.actions()}


class DecisionForm(OutcomeForm):
    resolution = Prose("Decision", help_text="What is decided, and why.")

    def told(self) -> dict[str, Any]:
        told = super().told()
        return {"decision": told.pop("resolution"), **told}


# --- Beside the moves -----------------------------------------------------------------------------


class IdentityForm(forms.Form):
    """That it was said outside Quorate which child the case concerns."""

    on = Day("When was it passed on?")
    to = Line(
        "To whom?",
        most=120,
        help_text="A role or a team, never a name of a family. For example, Duty team, police",
    )
    file_noted = forms.BooleanField(label="The child’s file notes the escalation", required=False)
    renames = {"identity_passed_on": "on", "identity_passed_to": "to"}

    @staticmethod
    def of(case: Escalation) -> dict[str, Any]:
        """The fields as the case has them."""
        return {
            "on": case.identity_passed_on, "to": case.identity_passed_to,
            "file_noted": case.file_noted,
        }


class DocumentForm(forms.Form):
    reference = Line(
        "Reference",
        most=120,
        help_text="As your own system has it. The document itself stays there.",
    )
    title = Line(
        "What is it?", most=120, help_text=f"For example, Minutes of the lead’s call. {NO_CHILD}"
    )
    renames: dict[str, str] = {}


class ActionForm(forms.Form):
    done_on = Day(
        "When was it done?",
        help_text="For example, 31/03/2015. To take the tick back, leave it empty.",
    )


class DismissForm(forms.Form):
    """For one suggestion, or for many with one reason."""

    reason = Prose("Why is it dismissed?", rows=4, most=400)
    renames = {"dismiss_reason": "reason"}
