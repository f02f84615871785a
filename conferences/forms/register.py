"""What people type on a register: its lines, who came besides, how the conference ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.actions.filling import COUNTS, ENDING, Typed
from conferences.actions.registers import LINE
from conferences.choices import REPORTING, REPRESENTED, ChairDecision, Mode, Outcome, ReportState
from conferences.convening import nameable
from conferences.forms.fields import NO_CHILD, LineChoice
from conferences.forms.people import Line, find_person
from conferences.models import Attendance, Meeting
from partnership.forms import Day
from partnership.models import Agency, User
from partnership.stale import snapshot

MOST_CHILDREN = 99
AWAITED = "Not known yet"  # of a report that is expected
RADIOS = {"class": "govuk-radios--small govuk-radios--inline app-register__outcomes"}
SMALL = {"class": "app-register__select"}


class LineForm(forms.Form):
    """One line of a register, with what the page has seen of it."""

    outcome = forms.ChoiceField(
        label="Outcome", widget=forms.RadioSelect(attrs=RADIOS),
        choices=[(code, "Deputy" if code == Outcome.DEPUTY else text) for code, text in Outcome.choices],
    )
    mode = LineChoice("How", "mode", required=False, widget=forms.Select(attrs=SMALL))
    part = forms.BooleanField(label="For a part only", required=False)
    report = LineChoice("Report", "report", widget=forms.Select(attrs=SMALL))
    involved = forms.BooleanField(label="Has an active interest in the family", required=False)
    reason = Line(
        "Why does that change?", most=200, width=30, required=False,
        help_text=f"Only when you change the box above. It is counted and kept. {NO_CHILD}",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)

    def __init__(self, data: Mapping[str, Any] | None, *, line: Attendance, seen: str = "") -> None:
        self.line = line
        sent = data is not None and f"line-{line.pk}-seen" in data
        super().__init__(data if sent else None, prefix=f"line-{line.pk}", initial={
            **{name: getattr(line, name) for name in LINE},
            # Who comes, comes in person unless it is said otherwise.
            "mode": line.mode or ("" if line.represented else Mode.IN_PERSON),
            "seen": seen or snapshot(line, LINE),
        })
        if not (line.represented and not line.mode):
            self.fields["mode"].choices = Mode.choices
        if line.involved and line.expectation in REPORTING:
            # Written down as not required only by whoever says so when the register is closed.
            self.fields["report"].choices = [(ReportState.NOT_REQUIRED, AWAITED), *ReportState.choices[1:]]

    def typed(self) -> Typed:
        """What was typed, for the action."""
        data = self.cleaned_data
        return Typed(data["seen"], {name: data[name] for name in LINE}, data["reason"])

    @property
    def there(self) -> bool:
        """Whether the line says now, typed or saved, that somebody was there."""
        return self["outcome"].value() in REPRESENTED

    @property
    def more_open(self) -> bool:
        """Whether the part that is seldom needed is open."""
        changes = self.is_bound and bool(self["involved"].value()) != self.line.involved
        return changes or bool(self.errors.get("reason"))


class CameForm(forms.Form):
    """Somebody who came and is on no list."""

    agency = forms.ModelChoiceField(
        label="Agency", required=False, empty_label="Choose",
        queryset=Agency.objects.none(),  # unscoped: empty
    )
    person = Line(
        "Name or staff reference", most=100, required=False,
        help_text="Of somebody on that agency’s staff list.",
    )
    job_title = Line(
        "Or the job title", most=80, required=False,
        help_text="Of somebody on no list, such as a locum. Do not write a name here.",
    )
    outcome = forms.ChoiceField(
        label="Came as", choices=[(Outcome.ATTENDED, "Themselves"), (Outcome.DEPUTY, "A deputy")],
        required=False, initial=Outcome.ATTENDED,
    )
    mode = forms.ChoiceField(label="How", choices=Mode.choices, required=False, initial=Mode.IN_PERSON)
    part = forms.BooleanField(label="For a part only", required=False)
    involved = forms.BooleanField(
        label="The agency has an active interest in the family", required=False, initial=True
    )

    def __init__(self, data: Mapping[str, Any] | None, *, meeting: Meeting, user: User) -> None:
        sent = data is not None and "came-agency" in data
        super().__init__(data if sent else None, prefix="came")
        self.meeting, self.user = meeting, user
        # unscoped: the agencies of the meeting's own partnership
        agencies = Agency.objects.filter(memberships__partnership=meeting.partnership_id)
        self.fields["agency"].queryset = agencies.order_by("name")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        agency, person = data.get("agency"), data.get("person")
        if (person or data.get("job_title")) and not agency and "agency" not in self.errors:
            self.add_error("agency", "Choose the agency of the person who came.")
        if agency and not person and not data.get("job_title"):
            self.add_error("person", "Say who came: a person on the staff list, or a job title.")
        if agency and person:
            try:
                people = nameable(self.user, self.meeting.partnership, self.meeting)
                there = people.filter(agency=agency).in_post(self.meeting.held_on)
                data["staff_member"] = find_person(person, there)
            except ValidationError as error:
                self.add_error("person", error)
        return data

    @property
    def filled(self) -> bool:
        return self.is_bound and any(self[name].value() for name in ("agency", "person", "job_title"))

    def came(self) -> dict[str, Any] | None:
        """Who came, for the action; nobody where nothing was filled in."""
        data = self.cleaned_data if self.filled else {}
        if not data.get("agency"):
            return None
        person = data.get("staff_member")
        return {
            "agency": data["agency"], "staff_member": person,
            "job_title": "" if person else data["job_title"],
            "outcome": data["outcome"] or Outcome.ATTENDED,
            "mode": data["mode"] or Mode.IN_PERSON, "part": data["part"], "involved": data["involved"],
            "report": ReportState.NOT_REQUIRED,
        }


def count(label: str, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_CHILDREN, **options)


class Waived(forms.TypedMultipleChoiceField):
    """Agencies that were on the page: also one of which somebody wrote a report down meanwhile."""

    def valid_value(self, value: str) -> bool:
        return True


class ClosingForm(forms.Form):
    """What closing asks: whether reports that were expected were not required after all."""

    not_required = Waived(
        label="No report was required of", required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="A report was expected of these agencies, and the register does not say what became "
        "of it. Go back and write it down, or tick those of which none was required: then no report "
        "is counted or found missed.",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, unsaid: Mapping[int, str]) -> None:
        super().__init__(data)
        self.fields["not_required"].choices = list(unsaid.items())


class EndingForm(forms.Form):
    """How a conference ended: the chair's decision, and counts of children."""

    chair_decision = forms.ChoiceField(
        label="The chair’s decision", required=False, widget=forms.RadioSelect,
        choices=[
            ("", "Not decided yet"), (ChairDecision.QUORATE, "Proceeded, quorate"),
            (ChairDecision.DISCRETION, "Proceeded by the chair’s discretion"),
            (ChairDecision.STOOD_DOWN, "Stood down for want of a quorum"),
        ],
    )
    chair_reason = Line(
        "Why", most=400, width=30, required=False,
        help_text=f"Needed where the chair proceeded by discretion. {NO_CHILD}",
    )
    new_date_on = Day(
        "New date", required=False,
        help_text="Needed where it was stood down; convene the meeting on it afterwards. For example, 31/03/2015",
    )
    children = count("Children considered")
    children_on_plan_after = count("On a plan afterwards", help_text="Of those considered.")
    plan_neg = count("Neglect")
    plan_phy = count("Physical abuse")
    plan_sab = count("Sexual abuse")
    plan_emo = count("Emotional abuse")
    plan_mul = count("Multiple")
    exploitation_concern = forms.BooleanField(
        label="There is a concern about exploitation", required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, data: Mapping[str, Any] | None, *, meeting: Meeting, seen: str = "") -> None:
        sent = data is not None and "end-seen" in data
        super().__init__(data if sent else None, prefix="end", initial={
            **{name: getattr(meeting, name) for name in ENDING},
            "seen": seen or snapshot(meeting, ENDING),
        })

    def new(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ENDING}

    def typed(self) -> Typed:
        return Typed(self.cleaned_data["seen"], self.new())

    def add_refusal(self, error: ValidationError) -> None:
        """What the action refused, at its field; the database's own sentences too."""
        for name, errors in error.error_dict.items():
            for one in errors:
                at = SENTENCES.get(one.message) if name == "__all__" else name
                self.add_error(at if at in self.fields else None, one.message)

    @property
    def counts(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in COUNTS[:2]]

    @property
    def categories(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in COUNTS[2:-1]]


SENTENCES = {
    constraint.violation_error_message: name
    for constraint in Meeting._meta.constraints
    for key, name in (
        ("meeting_plans_within_children", "children_on_plan_after"),
        ("meeting_categories_within_plans", "plan_neg"),
    )
    if constraint.name == key
}


class CorrectEndingForm(EndingForm):
    """The same of a closed register: a late change is a correction with a reason."""

    reason = Line("Why is it corrected?", most=200, width=30, help_text=NO_CHILD)
