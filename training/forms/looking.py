"""Finding people on a page of ticks: by words, in an order of one's own."""

from __future__ import annotations

from datetime import date

from django import forms
from django.db.models import Max

from partnership.folding import folded
from training.due import PersonDue
from training.models import Course, TrainingRecord

ORDERS = [
    ("", "Who is due first"), ("name", "By name"), ("role_group", "By role group"),
    ("last_done", "By when they last did it, the longest ago first"),
]


class LookForm(forms.Form):
    """Words and an order; what is not understood leaves everybody in the usual order."""

    q = forms.CharField(label="Name, reference or job", required=False, max_length=100)
    sort = forms.ChoiceField(label="Order", choices=ORDERS, required=False)

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.done: dict[int, date] = {}

    def asked(self, name: str) -> str:
        return getattr(self, "cleaned_data", {}).get(name) or ""

    @property
    def narrows(self) -> bool:
        return bool(self.asked("q"))

    def narrowed(self, rows: list[PersonDue], course: Course) -> list[PersonDue]:
        """The people whom the words find, each with when they last did the course, in the order asked."""
        self.done = last_done(rows, course)
        wanted = folded(self.asked("q")).split()
        found = [row for row in rows if all(word in words_of(row) for word in wanted)]
        orders = {
            "name": named,
            "role_group": lambda row: (row.person.role_group.title, *named(row)),
            "last_done": lambda row: (self.done.get(row.person.pk, date.min), *named(row)),
        }
        order = orders.get(self.asked("sort"))
        return sorted(found, key=order) if order else found

    def groups(self, rows: list[PersonDue]) -> dict[str, list[PersonDue]]:
        """In the usual order by whether they need it; in any other as one list, or by role group."""
        if self.asked("sort") == "role_group":
            found: dict[str, list[PersonDue]] = {}
            for row in rows:
                found.setdefault(row.person.role_group.title, []).append(row)
            return found
        if self.asked("sort"):
            return {"People": rows}
        return {
            "Due for it": [row for row in rows if row.due],
            "Asked of them, not due": [row for row in rows if row.standing and not row.due],
            "Not asked of them": [row for row in rows if not row.standing],
        }


def named(row: PersonDue) -> tuple[str, str]:
    return folded(row.person.last_name), folded(row.person.first_name)


def words_of(row: PersonDue) -> str:
    person = row.person
    return folded(" ".join([person.first_name, person.last_name, person.reference, person.job_title]))


def last_done(rows: list[PersonDue], course: Course) -> dict[int, date]:
    """When each person last completed the course itself."""
    keys = [row.person.pk for row in rows]
    # unscoped: of people within reach
    found = TrainingRecord.objects.counting().filter(course=course, staff_member__in=keys)
    return dict(
        found.order_by().values_list("staff_member").annotate(last=Max("completed_on"))
    )
