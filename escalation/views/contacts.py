"""Who an agency's people are for the roles that a policy names: for its lead to keep."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from escalation import actions
from escalation.actions.policies import contact_seen
from escalation.choices import Contact
from escalation.forms.policy import ContactForm
from escalation.models import AgencyContact
from partnership.forms import posted, put_errors
from partnership.models import Agency
from partnership.reach import can
from partnership.roles import Permission
from partnership.stale import ChangedSince

ROLES = [role for role in Contact if role not in (Contact.PARTNERSHIP, Contact.CONFERENCE_CHAIR)]


def contacts(request: HttpRequest) -> HttpResponse:
    """The people of the lead's agency, role by role."""
    if not can(request.user, Permission.MANAGE_OWN_USERS):
        raise PermissionDenied
    agencies = list(own_agencies(request))
    agency = next((a for a in agencies if str(a.pk) == request.GET.get("agency")), agencies[0])
    rows, changed = forms(request, agency), False
    sound = [row.is_valid() for row in rows]  # of each, so that every error is shown
    if request.method == "POST" and all(sound):
        try:
            if save(request, rows):
                return redirect(f"{reverse('escalation:contacts')}?agency={agency.pk}")
        except ChangedSince:
            rows, changed = side_by_side(request, agency), True
    wrong = any(row.errors for row in rows)
    return render(
        request,
        "escalation/contacts.html",
        {
            "agency": agency,
            "rows": rows,
            "errors": summary(rows) if wrong else [],
            "others": [a for a in agencies if a != agency],
            "crumbs": [
                {"text": "Home", "href": "/"},
                {"text": "Escalations", "href": reverse("escalation:queue")},
                {"text": "Who answers", "href": ""},
            ],
        },
        status=409 if changed else 422 if wrong else 200,
    )


def own_agencies(request: HttpRequest):
    """The agencies that the person leads, and their parts."""
    return Agency.objects.within_reach(request.user, Permission.MANAGE_OWN_USERS).order_by("name")


def forms(
    request: HttpRequest, agency: Agency, data: QueryDict | None = None
) -> list[ContactForm]:
    """A form for each role, with who is named now."""
    there = {row.role: row for row in agency.contacts.select_related("user", "alternate")}
    return [
        ContactForm(
            data if data is not None else posted(request), agency=agency, role=role,
            user=request.user, named=there.get(role),
        )
        for role in ROLES
    ]


def save(request: HttpRequest, rows: list[ContactForm]) -> bool:
    """Write what was changed on the page, all or nothing; "Nobody" takes a name away."""
    changed = [row for row in rows if row.touched()]
    try:
        with transaction.atomic():
            for row in changed:
                put(request, row)
    except ChangedSince:
        raise
    except ValidationError as error:
        put_errors(row, error)
        return False
    words = "Saved. Stages that begin from now on go to these people."
    messages.success(request, words if changed else "Nothing differs: nothing was written.")
    return True


def put(request: HttpRequest, row: ContactForm) -> None:
    named = row.cleaned_data["user"]
    where = {"agency": row.agency, "role": row.role, "seen": row.cleaned_data["seen"]}
    if named is None:
        actions.remove_contact(by=request.user, **where)
    else:
        alternate = row.cleaned_data["alternate"]
        actions.name_contact(by=request.user, user=named, alternate=alternate, **where)


def side_by_side(request: HttpRequest, agency: Agency) -> list[ContactForm]:
    """What was typed, and at each role that somebody else changed meanwhile who is named there now.

    Saving again puts what is typed in its place, with open eyes.
    """
    sent = forms(request, agency)
    data = request.POST.copy()
    late = []
    for row in sent:
        now = contact_seen(row.named)
        if (request.POST.get(row.add_prefix("seen")) or "-") != now:
            late.append(row.role)
            data[row.add_prefix("seen")] = now
    rows = forms(request, agency, data)
    for row in rows:
        if row.is_valid() and row.role in late:
            row.add_error("user", meanwhile(row.named))
    return rows


def meanwhile(named: AgencyContact | None) -> str:
    who = f"{named.user} is named" if named else "nobody is named"
    stands_in = f", and {named.alternate} stands in" if named and named.alternate else ""
    return f"Somebody changed this meanwhile: {who} now{stands_in}. Save again to put yours in its place."


def summary(rows: list[ContactForm]) -> list[dict]:
    return [
        {
            "text": f"{row.role.label}: {error}",
            "href": f"#{row[name].auto_id}" if name in row.fields else "",
        }
        for row in rows
        for name, errors in row.errors.items()
        for error in errors
    ]
