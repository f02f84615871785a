"""What is typed about the invitations of a meeting that is there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.forms.people import NO_CHILD, Line, MeetingDay, find_person, shown
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from partnership.models import Agency, today
from partnership.workdays import NoCalendar

INVOLVED = [("yes", "Involved with the family"), ("no", "For the quorum only")]
PERSON_HELP = "A name, a staff reference or a work e-mail. Leave it empty when you do not know who comes."
TITLE_HELP = "For somebody on no staff list, such as a locum. Do not write a name here."
WITHDRAWN = {
    "mistake": "Invited by mistake", "not_involved": "Not involved with the family after all",
    "another": "Another agency of the same service comes", "other": "Another reason",
}


class InviteForm(forms.Form):
    """One more agency."""

    agency = forms.TypedChoiceField(label="Agency", coerce=int, empty_value=None)
    person = Line("Person", most=200, required=False, help_text=PERSON_HELP)
    job_title = Line("Or a job title", most=80, required=False, help_text=TITLE_HELP)
    involved = forms.ChoiceField(label="Why they are asked", choices=INVOLVED, initial="yes", widget=forms.RadioSelect)
    invited_on = MeetingDay("Invited on", initial=today)
    in_room = forms.BooleanField(label="Was in the room when the date was set", required=False)

    def __init__(
        self, *args: Any, meeting: Meeting, agencies: dict[int, Agency], people: Any, rules: LocalRules,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.meeting, self.agencies, self.people, self.rules = meeting, agencies, people, rules
        self.fields["agency"].choices = [("", "Choose"), *((pk, one.name) for pk, one in agencies.items())]

    def clean_invited_on(self) -> Any:
        day = self.cleaned_data["invited_on"]
        if day and day > today():
            raise ValidationError("The day on which the invitation was sent cannot be in the future.")
        try:
            self.rules.invited_late(day, self.meeting.held_on)
        except NoCalendar as error:
            raise ValidationError(str(error)) from None
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["agency"] = self.agencies.get(data.get("agency"))
        if data["agency"]:
            name_person(self, self.people.filter(agency=data["agency"]))
        return data

    def invitation(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "agency": data["agency"], "staff_member": data.get("staff_member"), "job_title": data["job_title"],
            "involved": data["involved"] == "yes", "in_room_when_dated": data["in_room"],
            "invited_on": data["invited_on"],
        }


def name_person(form: forms.Form, people: Any) -> None:
    """Find the person who is named, or say why nobody is found."""
    data = form.cleaned_data
    if not data.get("person"):
        return
    if data.get("job_title"):
        form.add_error("job_title", "Give the person or a job title, not both.")
        return
    try:
        data["staff_member"] = find_person(data["person"], people)
    except ValidationError as error:
        form.add_error("person", error)


class InvitationForm(forms.Form):
    """Who comes for an agency and why it is asked; a change of involvement needs a reason."""

    person = Line("Person", most=200, required=False, help_text=PERSON_HELP)
    job_title = Line("Or a job title", most=80, required=False, help_text=TITLE_HELP)
    involved = forms.ChoiceField(label="Why they are asked", choices=INVOLVED, widget=forms.RadioSelect)
    reason = Line(
        "Why that changes", most=200, required=False, width=30,
        help_text=f"Needed when you change why they are asked. It is counted and kept. {NO_CHILD}",
    )

    def __init__(self, *args: Any, line: Attendance, named: bool, people: Any, **options: Any) -> None:
        there = {
            "person": shown(line.staff_member) if named else "", "job_title": line.job_title,
            "involved": "yes" if line.involved else "no",
        }
        super().__init__(*args, initial=there, **options)
        self.line, self.people = line, people
        self.keeps = bool(line.staff_member_id and not named)
        if self.keeps:
            self.fields["person"].help_text = "The agency has named somebody. Leave it empty to keep that person."

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("person") and data["person"] == self.initial["person"] and not data.get("job_title"):
            data["staff_member"] = self.line.staff_member  # also after leaving the staff list
        else:
            name_person(self, self.people)
        changes = data.get("involved") and (data["involved"] == "yes") != self.line.involved
        if changes and not data.get("reason"):
            self.add_error("reason", "Say why the agency’s involvement changes.")
        return data

    def new(self) -> dict[str, Any]:
        """Who and why, for the action; whom the reader may not see stays."""
        data = self.cleaned_data
        person, title = data.get("staff_member"), data["job_title"]
        if self.keeps and not person and not title:
            person = self.line.staff_member
        return {
            "staff_member": person, "job_title": title, "involved": data["involved"] == "yes",
            "reason": data["reason"],
        }


class WithdrawForm(forms.Form):
    """Why an invitation is taken away: a code, never about a family."""

    why = forms.ChoiceField(label="Why is it taken away?", choices=list(WITHDRAWN.items()), widget=forms.RadioSelect)

    def words(self) -> str:
        return WITHDRAWN[self.cleaned_data["why"]]
