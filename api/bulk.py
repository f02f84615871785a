"""Many training records at once: each row worked out first, then all of them written, or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from api.errors import Problem, sentences
from api.fields import NONE_SUCH, ByNumber, Day, OneOf, Strict, Words, YesNo
from partnership.models import Agency, StaffMember, User, today
from partnership.roles import Permission
from training.actions import (
    EARLIEST,
    check_completion,
    confirm_training,
    correct_record,
    import_records,
    is_own,
    new_record,
)
from training.choices import Provider
from training.models import Course, TrainingRecord

MOST = 1000
P = Permission
RESULTS = (
    ("created", "Logged now"), ("unchanged", "Was there already"), ("changed", "Corrected"),
    ("confirmed", "Was logged by the person, and counts now"),
    ("kept_out", "Was corrected or withdrawn in Quorate, and stays so"), ("refused", "Not taken"),
)


class Unchecked(serializers.ListSerializer):
    """Rows that are checked one by one afterwards, so that each has its own result."""

    def to_internal_value(self, data: Any) -> list:
        if not isinstance(data, list) or not 1 <= len(data) <= MOST:
            raise serializers.ValidationError([f"Send a list of 1 to {MOST:,} rows."])
        return data


class BulkRow(Strict):
    """One completion."""

    staff_reference = Words(max_length=40)
    course = Words(max_length=12, help_text="By code.")
    completed_on = Day(earliest=EARLIEST, latest=today)
    provider = OneOf(choices=Provider.choices, allow_blank=True, required=False)
    evidence = Words(max_length=200, allow_blank=True, required=False)

    class Meta:
        list_serializer_class = Unchecked


def places(user: Any) -> QuerySet[Agency]:
    return Agency.objects.within_reach(user, P.LOG_TRAINING)


class BulkRecords(Strict):
    """Completions of one agency's people."""

    agency = ByNumber(
        rows=places, required=False, help_text="By number; not needed where there is only one."
    )
    good_rows_only = YesNo(
        default=False, help_text="Write the good rows although others are refused; else all or none."
    )
    reason = Words(
        max_length=200, required=False, help_text="Why records that are there are corrected."
    )
    records = BulkRow(many=True, min_length=1, max_length=MOST)


class BulkResult(serializers.Serializer):
    """What became of a row."""

    row = serializers.IntegerField(help_text="From 0.")
    result = serializers.ChoiceField(choices=RESULTS)
    record = serializers.IntegerField(allow_null=True, help_text="Its number.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="By field."
    )


class BulkAnswer(serializers.Serializer):
    """How many rows of each result, and each row."""

    counts = serializers.DictField(child=serializers.IntegerField())
    results = BulkResult(many=True)


def log_many(request: Request, sent: dict[str, Any]) -> dict[str, Any]:
    """Carry it out in one transaction. A row that is refused refuses all, unless it was asked otherwise."""
    with transaction.atomic():
        agency = sent.get("agency") or only_place(request.user)
        # One push after another: the second finds what the first one wrote.
        Agency._base_manager.select_for_update(no_key=True).get(pk=agency.pk)  # unscoped: chosen above
        pile = Pile(request, agency, sent["records"], sent.get("reason", ""))
        for number, row in enumerate(sent["records"]):
            pile.take(number, row)
        if pile.refused and not sent["good_rows_only"]:
            raise Problem(
                422, "rows_refused", f"{len(pile.refused)} of {len(sent['records'])} rows cannot be "
                "taken, so nothing was written.", {"records": pile.refused},
            )
        return pile.carried_out(len(sent["records"]))


def only_place(user: User) -> Agency:
    found = list(places(user)[:2])
    if len(found) != 1:
        raise serializers.ValidationError({"agency": ["Say which agency, by its number."]})
    return found[0]


class Pile:
    """The rows of one push, sorted by what is to be done with them."""

    def __init__(self, request: Request, agency: Agency, rows: list, reason: str) -> None:
        self.user, self.reason = request.user, reason
        people = StaffMember.objects.within_reach(self.user, P.LOG_TRAINING).filter(
            agency=agency, reference__in=references(rows)
        )
        self.people = {person.reference: person for person in people.select_related("agency")}
        self.courses = {course.code: course for course in Course.objects.all()}  # unscoped: the catalogue
        # unscoped: of people within reach
        records = TrainingRecord.objects.filter(staff_member__in=self.people.values())
        self.there = records_by_key(records.order_by("pk"))
        # unscoped: whether the agency chosen above is also one whose records may be corrected
        self.may_correct = Agency.objects.within_reach(self.user, P.MANAGE_STAFF).filter(pk=agency.pk).exists()
        self.checked = BulkRow(context={"request": request})
        self.seen: dict[tuple, int] = {}
        self.refused: dict[str, dict] = {}
        self.new: dict[int, TrainingRecord] = {}
        self.results: dict[int, tuple[str, int | None]] = {}
        self.later: list[tuple[int, TrainingRecord, dict[str, str]]] = []

    def take(self, number: int, row: Any) -> None:
        """Work out what is to become of a row."""
        try:
            sent = self.checked.run_validation(row)
            person, course = self.named(sent)
            check_completion(course, sent["completed_on"])
            self.place(number, person, course, sent)
        except serializers.ValidationError as error:
            self.refuse(number, error.detail)
        except ValidationError as error:
            self.refuse(number, getattr(error, "message_dict", {"record": error.messages}))

    def refuse(self, number: int, errors: Any) -> None:
        found = errors if isinstance(errors, Mapping) else {"record": errors}
        self.refused[str(number)] = {
            name if name != "non_field_errors" else "record": sentences(value) for name, value in found.items()
        }

    def named(self, sent: dict[str, Any]) -> tuple[StaffMember, Course]:
        person, course = self.people.get(sent["staff_reference"]), self.courses.get(sent["course"])
        errors = {}
        if person is None:
            errors["staff_reference"] = [NONE_SUCH]
        if course is None:
            errors["course"] = [NONE_SUCH]
        if errors:
            raise serializers.ValidationError(errors)
        return person, course

    def place(self, number: int, person: StaffMember, course: Course, sent: dict[str, Any]) -> None:
        key = (person.pk, course.pk, sent["completed_on"])
        first = self.seen.setdefault(key, number)
        if first != number:
            raise serializers.ValidationError({"record": [f"It stands in row {first} already."]})
        there = self.there.get(key)
        extras = {name: sent[name] for name in ("provider", "evidence") if name in sent}
        if there is None:
            self.new[number] = self.unsaved(person, course, sent["completed_on"], extras)
        elif there.replaced_at:
            self.results[number] = ("kept_out", there.pk)
        else:
            self.compare(number, there, extras)

    def unsaved(self, person: StaffMember, course: Course, on: date, extras: dict[str, str]) -> TrainingRecord:
        confirmed = not is_own(self.user, person)
        return new_record(self.user, person, course, on, confirmed=confirmed, **extras)

    def compare(self, number: int, there: TrainingRecord, extras: dict[str, str]) -> None:
        """A record that is there: confirmed or corrected where the client may, else as it is."""
        differs = {name: value for name, value in extras.items() if getattr(there, name) != value}
        if differs and not self.may_correct:
            raise serializers.ValidationError({
                name: ["It is there with something else, and you may not correct it."] for name in differs
            })
        if differs and not self.reason:
            raise serializers.ValidationError({
                name: ["It is there with something else: give the reason for correcting it."]
                for name in differs
            })
        confirms = there.confirmed_at is None and self.may_correct and not is_own(self.user, there.staff_member)
        if differs or confirms:
            self.later.append((number, there, differs))
        else:
            self.results[number] = ("unchanged", there.pk)

    def carried_out(self, number: int) -> dict[str, Any]:
        import_records(by=self.user, new=self.new.values())
        for row, record, differs in self.later:
            self.results[row] = self.correct(record, differs)
        self.results |= {row: ("created", record.pk) for row, record in self.new.items()}
        results = [self.result(row) for row in range(number)]
        counts: dict[str, int] = {}
        for one in results:
            counts[one["result"]] = counts.get(one["result"], 0) + 1
        return {"counts": counts, "results": results}

    def correct(self, record: TrainingRecord, differs: dict[str, str]) -> tuple[str, int]:
        if not differs:
            confirm_training(by=self.user, training_record=record)
            return "confirmed", record.pk
        made = correct_record(by=self.user, training_record=record, reason=self.reason, **differs)
        return "changed", made.pk

    def result(self, row: int) -> dict[str, Any]:
        result, record = self.results.get(row, ("refused", None))
        return {"row": row, "result": result, "record": record, "errors": self.refused.get(str(row), {})}


def references(rows: list) -> set[str]:
    """The references that some rows name, where they name one that can be looked for."""
    named = {row.get("staff_reference") for row in rows if isinstance(row, Mapping)
             and isinstance(row.get("staff_reference"), str)}
    return {one for one in named if "\0" not in one}


def records_by_key(records: QuerySet[TrainingRecord]) -> dict[tuple, TrainingRecord]:
    """The record of each completion; one that counts stands before one that was replaced."""
    found: dict[tuple, TrainingRecord] = {}
    for record in records.select_related("staff_member"):
        key = (record.staff_member_id, record.course_id, record.completed_on)
        if key not in found or found[key].replaced_at:
            found[key] = record
    return found
