"""The catalogue of courses: one for the whole installation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.exporting import download
from partnership.forms import posted
from partnership.models import StaffMember, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint, refuse_when_changed
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from training.actions import COURSE_FIELDS, COURSE_SEEN, add_course, change_course
from training.foreseen import Foreseen, foresee
from training.forms import CourseFilter, CourseForm
from training.models import Course, TrainingRecord
from training.views.areas import (
    PAGE,
    asked_order,
    column,
    crumbs,
    index,
    must,
    must_see_courses,
    narrowed,
    sessions_within,
)
from training.views.checking import checked

ROUTE = "training:course-list"
SORTS = {
    "title": "title", "code": "code", "hours": "hours", "valid": "valid_months",
    "sessions": "upcoming",
}
STANDING_FIELDS = frozenset({"hours", "counts_from", "counts_until", "covers"})


def listed(request: HttpRequest) -> tuple[CourseFilter, tuple[str, bool], QuerySet[Course]]:
    """The courses that were asked for, in the order that was asked for."""
    must_see_courses(request)
    upcoming = Count("sessions", filter=Q(
        sessions__in=sessions_within(request).filter(held_on__gte=today(), cancelled_at=None)
    ))
    listing = CourseFilter(request.GET, queryset=Course.objects.annotate(upcoming=upcoming))  # unscoped: the catalogue
    order = asked_order(request, SORTS, "title")
    rows = listing.qs.order_by(("-" if order[1] else "") + SORTS[order[0]], "title", "pk")
    return listing, order, rows


def course_list(request: HttpRequest) -> HttpResponse:
    """All courses that count today, or all there ever were."""
    listing, order, rows = listed(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    columns = [
        column(request, "Course", "title", order, header=True),
        column(request, "Code", "code", order), column(request, "Hours", "hours", order, numeric=True),
        {"text": "Taught"}, column(request, "Counts for", "valid", order), {"text": "Conference duty"},
        column(request, "Sessions to come", "sessions", order, numeric=True),
    ]
    return render(request, "training/course_list.html", {
        "index": index(request.user, ROUTE), "filter": listing.form, "page": page,
        "narrowed": narrowed(listing.form), "columns": columns, "rows": [cells(row) for row in page],
        "manages": can(request.user, Permission.MANAGE_COURSES), "crumbs": crumbs(),
        "files": [download(request, "training:course-list-file")],
    })


def cells(row: Course) -> list[dict[str, Any]]:
    ended = row.counts_until and row.counts_until <= today()
    return [
        {"text": row.title, "href": reverse("training:course-detail", args=[row.pk]),
         "hint": f"Counts no more from {longdate(row.counts_until)}" if ended else ""},
        {"text": row.code, "nowrap": True}, {"text": f"{row.hours.normalize():f}"},
        {"text": row.get_delivery_display()}, {"text": validity(row.valid_months)},
        {"text": "Yes" if row.conference_duty else "–"}, {"text": row.upcoming or "none"},
    ]


def validity(months: int | None) -> str:
    if not months:
        return "Does not expire"
    years, rest = divmod(months, 12)
    if rest or not years:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{years} year{'' if years == 1 else 's'}"


def found(number: int) -> Course:
    return get_object_or_404(Course, pk=number)


def course_detail(request: HttpRequest, number: int) -> HttpResponse:
    """What a course is, what it stands for, and where to book it."""
    must_see_courses(request)
    course = found(number)
    coming = sessions_within(request).filter(course=course, held_on__gte=today(), cancelled_at=None)
    return render(request, "training/course_detail.html", {
        "course": course, "facts": facts(course), "sessions": coming.order_by("held_on", "start_time")[:PAGE],
        "manages": can(request.user, Permission.MANAGE_COURSES), "crumbs": crumbs(course.title),
        "asks": can(request.user, Permission.VIEW_MEASURES),
    })


def facts(course: Course) -> list[dict[str, Any]]:
    """A course in words."""
    covered_by = course.covered_by.order_by("title")
    return [
        {"key": "Code", "value": course.code},
        {"key": "Hours", "value": f"{course.hours.normalize():f}"},
        {"key": "How it is taught", "value": course.get_delivery_display()},
        {"key": "Counts for", "value": validity(course.valid_months)},
        {"key": "Counts when completed", "value": between(course)},
        {"key": "Conference duty", "value": "It covers the duties at conferences and core groups"
         if course.conference_duty else "No"},
        {"key": "Stands for", "value": in_order(course.covers.order_by("title"))},
        {"key": "Covered by", "value": in_order(covered_by)},
    ]


def in_order(courses: Any) -> str:
    return "\n".join(str(one) for one in courses) or "No other course"


def between(course: Course) -> str:
    first, end = longdate(course.counts_from), longdate(course.counts_until)
    if first and end:
        return f"from {first} until the day before {end}"
    if first:
        return f"from {first} on"
    return f"before {end}" if end else "on any day"


# --- Adding and changing ------------------------------------------------------------------------------


def add(request: HttpRequest) -> HttpResponse:
    must(request, Permission.MANAGE_COURSES)
    form = CourseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        there = twin(form)
        if there:
            messages.info(request, f"{there} is in the catalogue already. Nothing was added twice.")
            return redirect("training:course-detail", there.pk)
        course = tried(form, lambda: add_course(by=request.user, **form.cleaned_data), TAKEN)
        if course:
            messages.success(request, f"{course} is in the catalogue. Next: say who must hold it, or offer a session.")
            return redirect("training:course-detail", course.pk)
    return render(request, "training/course_form.html", {
        "form": form, "title": "Add a course", "crumbs": crumbs("Add a course"),
    }, status=422 if form.errors else 200)


TAKEN = "Another course has that code."


def twin(form: CourseForm) -> Course | None:
    """The same course, there already: a second click on the button finds it."""
    data = {name: form.cleaned_data[name] for name in COURSE_FIELDS}
    return Course.objects.filter(**data).first()  # unscoped: the catalogue


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change a course once it is seen what that changes; what somebody else changed is not overwritten."""
    must(request, Permission.MANAGE_COURSES)
    course = found(number)
    there = {name: getattr(course, name) for name in COURSE_FIELDS}
    there["covers"] = [one.pk for one in course.covers.all()]
    form = CourseForm(posted(request), course=course, initial=there)
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        return changing(request, course, form)
    return change_page(request, course, form)


def change_page(request: HttpRequest, course: Course, form: CourseForm) -> HttpResponse:
    return render(request, "training/course_form.html", {
        "form": form, "course": course, "title": "Change a course",
        "seen": fingerprint(course, COURSE_SEEN), "crumbs": crumbs(page_of(course), "Change"),
    }, status=422 if form.errors else 200)


def page_of(course: Course) -> dict[str, str]:
    return {"text": course.title, "href": reverse("training:course-detail", args=[course.pk])}


def changing(request: HttpRequest, course: Course, form: CourseForm) -> HttpResponse:
    """First what would change, then the change."""
    seen = request.POST.get("seen") or "none"

    def act() -> bool:
        return change_course(by=request.user, course=course, seen=seen, **form.cleaned_data)

    try:
        refuse_when_changed(course, seen, COURSE_SEEN)
        if "sure" not in request.POST and form.has_changed():
            shown = tried(form, lambda: foreseen(course, form, act), TAKEN)
            if shown is None:
                return change_page(request, course, form)
            return checked(
                request, form, title="Check what changes", name=course.title, seen=seen,
                words=kept_words(course, form), foreseen=shown, crumbs=crumbs(page_of(course), "Check"),
            )
        done = tried(form, act, TAKEN)
    except ChangedSince:
        return stale(request, found(course.pk), form)
    if done is None:
        return change_page(request, course, form)
    messages.success(request, "Saved." if done else "Nothing differs: nothing was written.")
    return redirect("training:course-detail", course.pk)


def foreseen(course: Course, form: CourseForm, act: Any) -> Foreseen | str:
    """What the change does to standings today; "" where it can do nothing to them."""
    if not STANDING_FIELDS & set(form.changed_data):
        return ""
    everybody = StaffMember.objects.all()  # unscoped: counts alone, of the one catalogue that all share
    return foresee(everybody, today(), act)


def kept_words(course: Course, form: CourseForm) -> list[str]:
    """What becomes of the records that are there, in sentences."""
    # unscoped: counts alone, of the one catalogue that all share
    rows = TrainingRecord.objects.filter(course=course, replaced_at=None)
    number = rows.aggregate(records=Count("pk"), people=Count("staff_member", distinct=True))
    words = f"{number['records']} record{'' if number['records'] == 1 else 's'} of {number['people']} " + (
        "person" if number["people"] == 1 else "people"
    )
    if "valid_months" in form.changed_data:
        new = validity(form.cleaned_data["valid_months"]).lower()
        return [
            f"{words} keep the expiry that was worked out when they were logged.",
            f"What is logged from now on: {new}. To change an old record, its agency corrects it, with a reason.",
        ]
    return [f"There are {words} of this course. None of them is changed."]


def stale(request: HttpRequest, course: Course, form: forms.Form) -> HttpResponse:
    return changed_since(
        request, form, course, name=course.title, seen=fingerprint(course, COURSE_SEEN),
        crumbs=crumbs(page_of(course), "Changed since"),
        back=reverse("training:course-detail", args=[course.pk]),
        values={"covers": list(course.covers.order_by("title"))},
    )
