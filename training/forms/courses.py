"""What people type about a course of the catalogue."""

from __future__ import annotations

from typing import Any

from django import forms

from partnership.forms import Day, OneLine, Ticked
from training.choices import Delivery
from training.forms.lines import Hours, Whole
from training.models import Course

MOST_MONTHS = 600
TITLE = Course._meta.get_field("title").max_length
CODE = Course._meta.get_field("code").max_length


class CourseForm(forms.Form):
    """A course: what it is, how long it counts, what it stands for."""

    code = OneLine(
        "Code", max_length=CODE, width=10,
        help_text="Up to 12 capital letters, figures or hyphens, such as L3 or CPC.",
    )
    title = OneLine("Title", max_length=TITLE)
    hours = Hours("Hours")
    delivery = forms.ChoiceField(label="How it is taught", choices=Delivery.choices)
    valid_months = Whole(
        "Counts for so many months", 1, MOST_MONTHS, required=False,
        help_text="Completed on 1 April 2012 and 36 months: it counts on 31 March 2015, not on "
        "1 April. Leave it empty when it never expires.",
    )
    counts_from = Day("Counts when completed from", required=False)
    counts_until = Day(
        "Counts no more when completed from", required=False,
        help_text="The first day on which completing it counts no more. For example, 31/03/2015",
    )
    conference_duty = forms.BooleanField(
        label="It covers the duties at conferences and core groups", required=False,
        help_text="Then it is asked for in the measure “trained for the duty”.",
    )
    covers = Ticked(
        label="It stands for these courses too", required=False,
        queryset=Course.objects.none(),  # unscoped: empty
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever has it need not do those: level 3 stands for level 2.",
    )

    def __init__(self, *args: Any, course: Course | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Course.objects.order_by("title")  # unscoped: the catalogue
        if course:
            others = others.exclude(pk=course.pk)
        self.fields["covers"].queryset = others
        if not others.exists():
            del self.fields["covers"]

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().upper()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first, end = data.get("counts_from"), data.get("counts_until")
        if first and end and end <= first:
            self.add_error("counts_until", "The end must be after the start.")
        return data
