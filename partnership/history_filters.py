"""How the history is narrowed: declared fields only, choices within reach."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from partnership.forms import Day
from partnership.models import Agency, HistoryEntry, StaffMember, User
from partnership.reach import held
from partnership.reading import KINDS, doer_named, known_people
from partnership.roles import Permission

OPERATOR = "operator"
# What stands in the history of an agency alone.
OF_AGENCIES = frozenset({"partnership.staffmember", "training.trainingrecord", "training.exemption"})
# The rows that belong to another: the history of a meeting is that of its lines too.
PARTS = {
    "conferences.meeting": {"conferences.attendance": "meeting", "conferences.missedduty": "meeting"},
    "escalation.escalation": {
        "escalation.stage": "escalation", "escalation.document": "escalation",
        "escalation.agreedaction": "escalation",
    },
    "partnership.agency": {"partnership.membership": "agency"},
}


class DayFilter(filters.Filter):
    """A local day, as people write one."""

    field_class = Day

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, required=False, **options)


class HistoryFilter(filters.FilterSet):
    """Over the entries that a reader may read."""

    who = filters.ModelChoiceFilter(
        label="Who", queryset=User.objects.none(), empty_label="Anybody",  # unscoped: empty
        null_label="The operator", null_value=OPERATOR, method="done_by",
    )
    kind = filters.ChoiceFilter(
        label="What kind of thing", empty_label="Anything", field_name="subject_type",
        choices=sorted(((key, kind.title) for key, kind in KINDS.items()), key=lambda one: one[1]),
    )
    verb = filters.CharFilter(
        label="What was done", method="with_verb", max_length=40,
        help_text="Such as changed, closed, logged",
    )
    agency = filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    from_on = DayFilter(label="From", method="not_before")
    until_on = DayFilter(label="Until", method="not_after")
    subject = filters.CharFilter(widget=forms.HiddenInput, method="of_one_row", max_length=80)

    class Meta:
        model = HistoryEntry
        fields: list[str] = []

    def __init__(self, data, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        self.user = user
        if reads_no_agency(user):
            self.filters["kind"].extra["choices"] = [
                one for one in self.filters["kind"].extra["choices"] if one[0] not in OF_AGENCIES
            ]
        agencies = Agency.objects.within_reach(user, Permission.VIEW_HISTORY).order_by("name")
        self.filters["who"].field.queryset = known_people(user).order_by("name", "pk")
        if agencies[1:2].exists():
            self.filters["agency"].field.queryset = agencies
        else:
            del self.filters["agency"]

    def done_by(self, rows: QuerySet, name: str, value: User | str) -> QuerySet:
        """What somebody did, where the list names them: who it was is no more asked than read."""
        if value == OPERATOR:
            return rows.filter(user=None)
        found = rows.filter(user=value)
        return found if value == self.user or value.is_machine else found.filter(doer_named(self.user))

    def with_verb(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(verb__icontains=value.strip())

    def not_before(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        return rows.filter(at__gte=begins(value))

    def not_after(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        if value == date.max:
            return rows  # nothing comes after the last day that there is
        return rows.filter(at__lt=begins(value + timedelta(days=1)))

    def of_one_row(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """One row's own history; of a person all that concerns them."""
        found = row_named(value)
        if found is None:
            return rows.none()
        subject_type, pk = found
        asked = Q(subject_type=subject_type, subject_id=pk)
        if subject_type == "partnership.staffmember":
            # Who came where is asked by those alone who see the person elsewhere.
            if not StaffMember.objects.within_reach(self.user, Permission.VIEW_STAFF).filter(pk=pk).exists():
                return rows.none()
            asked |= Q(staff_member=pk)
        for part, lookup in PARTS.get(subject_type, {}).items():
            # unscoped: numbers of rows, among entries within reach
            numbers = apps.get_model(part)._base_manager.filter(**{lookup: pk}).values("pk")
            asked |= Q(subject_type=part, subject_id__in=numbers)
        return rows.filter(asked)


def reads_no_agency(user: User) -> bool:
    """Whether it is a partnership's history that somebody reads, without that of any agency."""
    reach = held(user, Permission.VIEW_HISTORY)
    return bool(reach.partnerships) and not reach.agencies


def row_named(text: str) -> tuple[str, int] | None:
    """ "conferences.meeting:12" as kind and number; None for what is neither."""
    subject_type, _, number = text.partition(":")
    if subject_type not in KINDS or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return subject_type, int(number)


def begins(day: date) -> datetime:
    """The first moment of a local day."""
    try:
        return timezone.make_aware(datetime.combine(day, time.min))
    except OverflowError as error:
        raise ValidationError("Check the year.") from error
