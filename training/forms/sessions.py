"""What people type about sessions, bookings and registers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.forms import Day, OneLine, Ticked
from partnership.models import Agency, Partnership, User, today
from partnership.roles import Permission
from training.choices import BookingState, Provider
from training.forms.completion import REASON_LENGTH
from training.forms.lines import Whole
from training.models import Course, Session

FURTHEST = timedelta(days=3 * 366)
CLOCK = ["%H:%M", "%H.%M", "%H%M"]
NO_NAMES = "Do not name a child, a parent or a carer."
PLACE = Session._meta.get_field("place").max_length


class Clock(forms.TimeField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label, required=False, input_formats=CLOCK, widget=forms.TimeInput(format="%H:%M"),
            help_text="For example, 09:30",
            error_messages={"invalid": f"“{label}” must be a time of day, such as 09:30."},
        )


class OfferForm(forms.Form):
    """A course on a day."""

    partnership = forms.ModelChoiceField(
        label="Offered by", queryset=Partnership.objects.none(), empty_label="Choose",  # unscoped: empty
        help_text="Open to the people of all its agencies.",
    )
    course = forms.ModelChoiceField(
        label="Course", queryset=Course.objects.order_by("title"), empty_label="Choose"  # unscoped: the catalogue
    )
    held_on = Day("Day")
    start_time = Clock("Starts at")
    end_time = Clock("Ends at")
    place = OneLine(
        "Place", max_length=PLACE, required=False, help_text="A room, or how to join. Nothing secret, such as a password."
    )
    provider = forms.ChoiceField(label="Who gives it", choices=Provider.choices)
    places = Whole("Places", 1, 10_000, help_text="When they are gone, people go on a waiting list.")
    booking_closes_on = Day(
        "Booking closes on",
        help_text="The last day to book, and to cancel in time. A later cancellation counts as late. "
        "For example, 31/03/2015",
    )

    def __init__(self, *args: Any, user: User, session: Session | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        places = Partnership.objects.within_reach(user, Permission.MANAGE_COURSES).order_by("name")
        self.only = None
        if session or len(places[:2]) == 1:
            self.only = session.partnership if session else places[0]
            del self.fields["partnership"]
        else:
            self.fields["partnership"].queryset = places

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if not today() - FURTHEST <= day <= today() + FURTHEST:
            raise ValidationError("“Day” is more than three years away. Check the year.")
        return day

    def offered(self) -> dict[str, Any]:
        """What the action takes for a new session."""
        return {"partnership": self.only, **self.cleaned_data}


class CallOffForm(forms.Form):
    reason = OneLine(
        "Reason", max_length=REASON_LENGTH,
        help_text=f"Everybody on the list is told that it is off, and sees this reason. {NO_NAMES}",
    )


class FindForm(forms.Form):
    """Somebody by what is typed exactly, or by a name that is known from the sessions."""

    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.none(), required=False, empty_label="Any",  # unscoped: empty
    )
    who = OneLine(
        "Staff reference, work e-mail or name", max_length=254,
        help_text="The whole reference or e-mail, as the agency has it. A name finds only people "
        "who were on the list of one of your sessions.",
    )
    person = forms.ChoiceField(label="Which of them?", required=False, widget=forms.RadioSelect)
    reason = OneLine(
        "Reason for the correction", max_length=REASON_LENGTH,
        help_text=f"The register is closed: the reason is kept. {NO_NAMES}",
    )

    def __init__(self, *args: Any, session: Session, corrects: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        # unscoped: the agencies of the session's partnership, which is within reach
        self.fields["agency"].queryset = Agency.objects.filter(
            memberships__partnership=session.partnership_id
        ).order_by("name")
        if not corrects:
            del self.fields["reason"]
        self.offer([])

    def offer(self, people: list[Any]) -> None:
        """Let one of several people be chosen."""
        field = self.fields["person"]
        field.choices = [
            (str(p.pk), f"{p.name}, {p.job_title}, {p.agency}") for p in people
        ]
        field.widget = forms.RadioSelect(choices=field.choices) if people else forms.HiddenInput()
        field.required = bool(people)  # so that its label does not call it optional

    def _clean_fields(self) -> None:
        """The choice is looked at once it is known who fits."""
        chosen = self.fields.pop("person")
        super()._clean_fields()
        self.fields["person"] = chosen
        self.cleaned_data["person"] = self.data.get(self.add_prefix("person"), "")


class PlacesForm(forms.Form):
    """The people ticked for a booking."""

    people = Ticked(
        queryset=None, label="People",
        error_messages={
            "required": "Tick at least one person.",
            "invalid_choice": "One of the people ticked is not on your list any more. Look again.",
        },
    )

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = people


class LineForm(forms.Form):
    """A line of a closed register as it should have been, and why."""

    state = forms.ChoiceField(label="What is right", widget=forms.RadioSelect)
    reason = OneLine("Reason", max_length=REASON_LENGTH, help_text=f"It is kept with the line. {NO_NAMES}")

    def __init__(self, *args: Any, walked_in: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        states = WALKED if walked_in else BOOKED
        self.fields["state"].choices = [(str(state), words) for state, words in states]


BOOKED = [
    (BookingState.ATTENDED, "Was there"), (BookingState.NO_SHOW, "No-show: had a place and did not come"),
]
WALKED = [
    (BookingState.WALK_IN, "Was there, without a booking"),
    (BookingState.MISTAKE, "Was not there: entered by mistake"),
]
