"""The agencies that are to be invited to a new meeting: one line for each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.forms.invitees import INVOLVED, name_person
from conferences.forms.people import Line
from partnership.models import Agency


class LineForm(forms.Form):
    """One agency to invite. A suggested one is ticked; another is chosen from the list."""

    invite = forms.BooleanField(label="Invite", required=False)
    agency = forms.TypedChoiceField(label="Agency", required=False, coerce=int, empty_value=None)
    person = Line("Person", most=200, width=20, required=False)
    job_title = Line("Or a job title", most=80, width=20, required=False)
    involved = forms.ChoiceField(
        label="Why they are asked", choices=INVOLVED, initial="yes",
    )
    in_room = forms.BooleanField(label="Was in the room when the date was set", required=False)
    source = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, agencies: dict[int, Agency], people: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.agencies, self.people = agencies, people
        self.fields["agency"].choices = [("", "Choose"), *((pk, one.name) for pk, one in agencies.items())]

    @property
    def suggested(self) -> bool:
        """Whether the agency stands fast; those chosen from the list have no source."""
        return bool(self["source"].value())

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        typed = any(self[name].value() for name in ("agency", "person", "job_title"))
        wanted = data.get("invite") if data.get("source") else typed
        data["wanted"] = bool(wanted)
        if not wanted:
            self._errors.clear()
            return data
        data["agency"] = self.agencies.get(data.get("agency"))
        if not data["agency"]:
            self.errors.pop("agency", None)
            self.add_error("agency", "Choose the agency that is invited.")
        else:
            name_person(self, self.people.filter(agency=data["agency"]))
        return data

    def invitation(self, invited_on: Any) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "agency": data["agency"], "staff_member": data.get("staff_member"),
            "job_title": data["job_title"], "involved": data["involved"] == "yes",
            "in_room_when_dated": data["in_room"], "invited_on": invited_on,
        }


class BaseLines(forms.BaseFormSet):
    """All agencies to invite: each person once, and at least one agency."""

    default_error_messages = {
        "missing_management_form": "Something is missing from what was sent. Go back and try again.",
    }
    def wanted(self) -> list[LineForm]:
        return [form for form in self.forms if form.cleaned_data.get("wanted")]

    def clean(self) -> None:
        there: set[tuple] = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            if not data.get("wanted"):
                continue
            key = (data["agency"], data.get("staff_member"), data["job_title"].casefold())
            if key in there:
                form.add_error("agency", f"{data['agency']} is on the list twice with the same person. Take one away.")
            there.add(key)
        if not there and not any(form.errors for form in self.forms):
            raise ValidationError("Tick or choose at least one agency to invite.")


LineSet = forms.formset_factory(LineForm, formset=BaseLines, extra=0, max_num=80, absolute_max=80)
