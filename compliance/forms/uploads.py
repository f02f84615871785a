"""What is asked about a spreadsheet: the file, its headings, near misses, leavers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from compliance.models import UploadKind
from compliance.uploads.extract import NO_KIND, refuse_unfit
from conferences.extract import table_of
from partnership.forms import PostDay
from partnership.matching import NEW, NOBODY
from partnership.models import Partnership, User
from partnership.reach import can
from partnership.spreadsheets import MOST_BYTES
from partnership.uploads.columns import Column
from partnership.uploads.tables import Table, Unreadable, read_table

NOT_READ = "Not in the file"
MISSING = "Choose the heading under which the file has “{}”."
MOST_READ = MOST_BYTES + 1  # one byte over the limit is enough to know
HINTS = {
    UploadKind.STAFF: "Who works for you: new people, changed details, leavers.",
    UploadKind.TRAINING: "Who completed which course, and when.",
    UploadKind.MEETINGS: "Conferences and core groups, one row each.",
    UploadKind.ATTENDANCE: "Who was invited to which meeting, and who came.",
    UploadKind.EXTRACT: "Conferences and the authority’s quorate flag, without any column about a person.",
    UploadKind.AGENCIES: "Who is invited and counted, one agency a row.",
    UploadKind.COURSES: "What is taught, and how long it counts.",
    UploadKind.REQUIREMENTS: "Which role group must hold which course.",
}


def kinds_of(user: User, area: str) -> list[UploadKind]:
    """The lists that somebody may bring in from one part of the menu."""
    return [kind for kind in UploadKind if kind.area == area and can(user, kind.permission)]


ONLY_IN = {"full_list": "people", "closes": "meetings"}  # what is asked in one area only
WHOSE = {
    "meetings": "Whose meetings are they?", "courses": "Which partnership asks for it?",
    "set-up": "To which partnership do they belong?",
}


class UploadForm(forms.Form):
    """A file, and what it is a list of."""

    kind = forms.ChoiceField(label="What is it a list of?", widget=forms.RadioSelect)
    partnership = forms.ModelChoiceField(
        label="Whose meetings are they?", queryset=None, empty_label=None,
    )
    file = forms.FileField(
        label="File", allow_empty_file=True, max_length=200,
        help_text="CSV, XLSX, XLS or ODS: up to 5 MB, 50,000 rows and 60 columns, one sheet.",
    )
    full_list = forms.BooleanField(
        label="It is a full staff list: everybody in post is on it", required=False,
        help_text="Whoever is missing from it is shown to you afterwards. Nobody leaves by itself.",
    )
    closes = forms.BooleanField(
        label="It is attendance, and complete: close the registers of its meetings", required=False,
        help_text="Whether each was quorate is judged, and what was missed is found. Nobody is told by mail. "
        "What a closed register says is corrected line by line, with a reason.",
    )

    def __init__(self, *args: Any, user: User, area: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_of(user, area)
        self.fields["kind"].choices = [(kind.value, f"{kind.label}: {HINTS[kind].lower()}") for kind in kinds]
        for name, its_area in ONLY_IN.items():
            if area != its_area:
                del self.fields[name]
        if area == "people":
            del self.fields["partnership"]
            return
        self.fields["partnership"].label = WHOSE[area]
        places = Partnership.objects.within_reach_as_a_whole(user, kinds[0].permission)
        self.fields["partnership"].queryset = places
        self.only = places.first() if places.count() == 1 else None
        if self.only:
            del self.fields["partnership"]

    def clean(self) -> dict[str, Any]:
        """Of the national extract nothing is taken in that has a column about a person."""
        data = super().clean()
        if data.get("kind") == UploadKind.EXTRACT and data.get("file"):
            try:
                refuse_unfit(data["file"][1])
            except ValidationError as error:
                self.add_error("file", error)
        return data

    def clean_file(self) -> tuple[str, Table]:
        """The file read within its limits; what cannot be read says why."""
        file = self.cleaned_data["file"]
        try:
            return file.name, read_table(file.name, file.read(MOST_READ))
        except Unreadable as error:
            raise ValidationError(str(error)) from None

    @property
    def place(self) -> Partnership | None:
        return self.cleaned_data.get("partnership") or getattr(self, "only", None)


class ColumnsForm(forms.Form):
    """Which heading of the file stands for which column of ours."""

    def __init__(
        self, *args: Any, table: Table, columns: tuple[Column, ...], kind: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.by_person = columns, kind == UploadKind.TRAINING
        self.kind_needed = kind == UploadKind.EXTRACT and not table_of(table.headings)
        choices = [("", NOT_READ)] + [
            (str(place), name) for place, name in enumerate(table.headings) if name
        ]
        for column in columns:
            self.fields[column.name] = forms.ChoiceField(
                label=column.title, choices=choices, required=column.needed, help_text=column.says,
                error_messages={"required": MISSING.format(column.title)},
            )

    def clean(self) -> dict[str, Any]:
        """Each needed column has a heading, and no heading stands for two."""
        data = super().clean()
        taken: dict[str, str] = {}
        for column in self.columns:
            place = data.get(column.name)
            if column.name in self.errors:
                continue
            if place and place in taken:
                self.add_error(
                    column.name, f"That heading stands for “{taken[place]}” already. Choose another one."
                )
            elif place:
                taken[place] = column.title
        if self.by_person and not (data.get("staff_ref") or data.get("work_email")):
            self.add_error(
                "staff_ref", "Choose a heading for the staff reference or for the work e-mail: people "
                "are found by one of them.",
            )
        if self.kind_needed and not data.get("kind"):
            self.add_error("kind", NO_KIND)
        return data

    def places(self) -> dict[str, int]:
        return {name: int(place) for name, place in self.cleaned_data.items() if place}


@dataclass(frozen=True, slots=True)
class Wording:
    """How a list asks who or what is meant."""

    label: str
    missing: str
    new: str
    nobody: str


PEOPLE = Wording(
    "Who is “{}”?", "Say who “{}” is.", "Somebody new", "None of them: leave the row out",
)
CONFERENCES = Wording(
    "Which conference is “{}”?", "Say which conference “{}” is.", "Another one, which is not in Quorate",
    "Leave it out",
)


class AnswersForm(forms.Form):
    """Who is meant, or which conference, for some near misses at once."""

    def __init__(self, *args: Any, questions: list[list], kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = CONFERENCES if kind == UploadKind.EXTRACT else PEOPLE
        for key, says, rows, may_be_new, near in questions:
            choices = [(str(number), f"{name} ({more})") for number, name, more in near]
            if may_be_new:
                choices.append((NEW, words.new))
            choices.append((NOBODY, words.nobody))
            self.fields[key] = forms.ChoiceField(
                label=words.label.format(says), choices=choices, widget=forms.RadioSelect,
                help_text=in_rows(rows), error_messages={"required": words.missing.format(says)},
            )


def in_rows(rows: list[int]) -> str:
    """Where it stands in the file."""
    some = ", ".join(f"{number:,}" for number in rows[:6])
    more = f" and {len(rows) - 6:,} more" if len(rows) > 6 else ""
    return f"In row {some}." if len(rows) == 1 else f"In rows {some}{more}."


class LeaversForm(forms.Form):
    """Who of those missing from a full list has left."""

    people = forms.MultipleChoiceField(
        label="Who has left?", required=False, widget=forms.CheckboxSelectMultiple
    )
    left_on = PostDay("First day out of post", required=False, help_text="Of all those ticked. For example, 31/03/2015")

    def __init__(self, *args: Any, missing: list[list], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(number), f"{name} ({job})") for number, name, job in missing]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("people") and not data.get("left_on") and "left_on" not in self.errors:
            self.add_error("left_on", "Give the first day out of post of those whom you ticked.")
        return data
