"""What is typed about a meeting before it is held: its details, its invitees, how it ended."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.choices import INITIALS, MeetingKind, MeetingState
from conferences.convening import (
    MOST_CHILDREN,
    NOT_SENT_YET,
    kinds_of,
    leads_for,
    needs_one_before,
    other_family,
    runs_conferences,
    what_is_wrong,
)
from conferences.forms.people import Line, MeetingDay, find_person, shown
from conferences.models import REFERENCE, Meeting
from conferences.rules import LocalRules
from partnership.models import Partnership, StaffMember, User, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.workdays import NoCalendar

TAKEN = "Another meeting of this partnership has that reference."
OUTSIDE = (
    "Outside the process: agencies met without the conference team. It is recorded, the conference "
    "service is told, and it is counted nowhere."
)
FOLLOWS = (
    "For a core group: the conference that named its members, or the core group before. You must have been "
    "invited to it, or have led it."
)


class MeetingForm(forms.Form):
    """The details of a meeting that the planning needs."""

    kind = forms.ChoiceField(
        label="Kind of meeting", widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the kinds on the list."},
    )
    reference = Line(
        "Reference", most=40, width=10, validators=[REFERENCE],
        help_text="Your own number of the meeting, such as BF26-0042. Never a name.",
    )
    held_on = MeetingDay("Date of the meeting")
    follows = Line(
        "Reference of the meeting it follows", most=40, width=10, required=False,
    )
    family_ref = Line(
        "Family reference", most=40, width=10, required=False,
        help_text="An opaque number that joins the meetings of one family. Only the conference service sees it. Never a name.",
    )
    strategy_discussion_on = MeetingDay(
        "Date of the strategy discussion", required=False,
        help_text="For an initial or a pre-birth conference: its limit counts from this day. For example, 31/03/2015",
    )
    chair = Line("Chair", most=120, required=False)
    lead = Line(
        "Lead social worker", most=160, required=False,
        help_text="A name, a staff reference or a work e-mail.",
    )
    format = Line("Format", most=60, required=False, help_text="Such as Signs of Safety.")
    children = forms.IntegerField(
        label="How many children", min_value=0, max_value=MOST_CHILDREN, initial=0,
        help_text="The number only. No child is ever named here.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={
            "min_value": "The number of children cannot be below 0.",
            "max_value": f"The number of children cannot be above {MOST_CHILDREN}. Check it.",
        },
    )

    def __init__(
        self, *args: Any, user: User, partnership: Partnership, kinds: list[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user, self.partnership = user, partnership
        self.service = runs_conferences(user, partnership)
        self.kinds = kinds
        self.fields["kind"].choices = [(kind, MeetingKind(kind).label) for kind in kinds]
        self.fields["kind"].help_text = OUTSIDE if MeetingKind.OUTSIDE in kinds else ""
        if not self.service:
            del self.fields["family_ref"]
        if not set(kinds) & INITIALS:
            del self.fields["strategy_discussion_on"]
        self.ask_for_lead(kinds)

    def ask_for_lead(self, kinds: list[str]) -> None:
        """A practitioner leads it; in an agency somebody of that agency does."""
        if self.service:
            if MeetingKind.CORE_GROUP in kinds:
                self.fields["lead"].help_text = f"Needed for a core group. {self.fields['lead'].help_text}"
            return
        reach = held(self.user, Permission.RECORD_CORE_GROUPS)
        if not reach.agencies:
            del self.fields["lead"]
        else:
            self.fields["lead"].required = True
            self.fields["lead"].label = "Who leads it"

    def clean_lead(self) -> StaffMember | None:
        text = self.cleaned_data["lead"]
        return find_person(text, leads_for(self.user, self.partnership)) if text else None

    def clean(self) -> dict[str, Any]:
        if "lead" not in self.fields and not self.service:
            self.cleaned_data["lead"] = self.user.staff_member
        data = self.cleaned_data
        wrong = what_is_wrong(data.get("kind"), **{
            name: data.get(name) for name in ("held_on", "strategy_discussion_on", "lead")
        })
        for name, text in wrong.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else "kind", text)
        return self.cleaned_data


class ConveneForm(MeetingForm):
    """A new meeting; what it follows tells the family and whom to invite."""

    invited_on = MeetingDay("Invitations sent on", initial=today)

    def __init__(self, *args: Any, last_step: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.last_step, self.last = last_step, None
        self.fields["follows"].help_text = (
            "Invitees are suggested from its register. Leave it empty when there is none, or give the family reference."
            if self.service else FOLLOWS
        )
        if self.outside_only:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["kind"].initial = self.initial["kind"] = MeetingKind.OUTSIDE
            del self.fields["follows"]

    @property
    def outside_only(self) -> bool:
        """Whether nothing but a meeting outside the process can be recorded."""
        return list(self.kinds) == [MeetingKind.OUTSIDE]

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"]
        # A second click on the last button is told apart by the page: it is no mistake.
        # unscoped: the reference is taken, whoever took it
        same = Meeting.objects.filter(partnership=self.partnership, reference=reference)
        if not self.last_step and same.exists():
            raise ValidationError(TAKEN)
        return reference

    def clean_follows(self) -> str:
        reference = self.cleaned_data["follows"]
        rows = Meeting.objects.visible_to(self.user).filter(partnership=self.partnership)
        self.last = rows.filter(reference__iexact=reference).first() if reference else None
        if reference and not self.last:
            raise ValidationError(f"No meeting that you may see has the reference “{reference}”.")
        kind = self.cleaned_data.get("kind")
        if kind and not reference and needs_one_before(self.user, self.partnership, kind):
            raise ValidationError("Give the reference of the conference that named this core group.")
        return reference

    def clean_family_ref(self) -> str:
        typed = self.cleaned_data["family_ref"]
        other = other_family(self.last, typed)
        if other:
            raise ValidationError(other)
        return typed

    def clean_invited_on(self) -> Any:
        day = self.cleaned_data["invited_on"]
        if day and day > today():
            raise ValidationError(NOT_SENT_YET)
        return day

    def clean(self) -> dict[str, Any]:
        """Whether an invitation is late can be told: the holidays of those days are known."""
        data = super().clean()
        if data.get("held_on") and data.get("invited_on"):
            try:
                self.late = self.rules.invited_late(data["invited_on"], data["held_on"])
            except NoCalendar as error:
                self.add_error("held_on", str(error))
        return data

    @cached_property
    def rules(self) -> LocalRules:
        return LocalRules.of(self.partnership)

    @cached_property
    def before(self) -> Meeting | None:
        """The meeting whose register tells whom to invite: the one it follows, else the family's last
        conference."""
        if self.last or not self.family:
            return self.last
        rows = Meeting.objects.visible_to(self.user).filter(
            partnership=self.partnership, family_ref=self.family
        )
        return rows.conferences().exclude(state=MeetingState.CANCELLED).order_by("held_on", "pk").last()

    @property
    def family(self) -> str:
        """The family of the new meeting: typed by the service, else that of the meeting it follows."""
        return self.cleaned_data.get("family_ref") or (self.last.family_ref if self.last else "")

    def details(self) -> dict[str, Any]:
        """The meeting's own fields."""
        away = {"follows", "invited_on"}
        found = {name: value for name, value in self.cleaned_data.items() if name not in away}
        return {**found, "family_ref": self.family}


class ChangeForm(MeetingForm):
    """The details of a meeting that is there; a conference does not become a core group."""

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        kinds = kinds_of(meeting)
        super().__init__(*args, kinds=kinds, partnership=meeting.partnership, **options)
        self.meeting = meeting
        del self.fields["follows"]
        if len(kinds) == 1:
            del self.fields["kind"]

    def clean_lead(self) -> StaffMember | None:
        """Who leads it now may stay, also after leaving the staff list."""
        if self.meeting.lead_id and self.cleaned_data["lead"] == shown(self.meeting.lead):
            return self.meeting.lead
        return super().clean_lead()

    def clean(self) -> dict[str, Any]:
        if "kind" not in self.fields:
            self.cleaned_data["kind"] = self.meeting.kind
        if "lead" not in self.fields and not self.service:
            self.cleaned_data["lead"] = self.meeting.lead
            return self.cleaned_data
        return super().clean()
