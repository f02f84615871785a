"""Who an agency's people are for the roles that a policy names: for its lead to keep."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from escalation import actions
from escalation.choices import Contact
from escalation.forms.policy import ContactForm
from escalation.models import AgencyContact
from partnership.forms import put_errors
from partnership.models import Agency
from partnership.reach import can
from partnership.roles import Permission

ROLES = [role for role in Contact if role not in (Contact.PARTNERSHIP, Contact.CONFERENCE_CHAIR)]


def contacts(request: HttpRequest) -> HttpResponse:
    """The people of the lead's agency, role by role."""
    if not can(request.user, Permission.MANAGE_OWN_USERS):
        raise PermissionDenied
    agencies = list(own_agencies(request))
    agency = next((a for a in agencies if str(a.pk) == request.GET.get("agency")), agencies[0])
    rows = forms(request, agency)
    if request.method == "POST" and all(row.is_valid() for row in rows) and save(request, rows):
        return redirect(f"{reverse('escalation:contacts')}?agency={agency.pk}")
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
        status=422 if wrong else 200,
    )


def own_agencies(request: HttpRequest):
    """The agencies that the person leads, and their parts."""
    return Agency.objects.within_reach(request.user, Permission.MANAGE_OWN_USERS).order_by("name")


def forms(request: HttpRequest, agency: Agency) -> list[ContactForm]:
    there = {row.role: row for row in agency.contacts.all()}

    def initial(row: AgencyContact | None) -> dict:
        return {"user": row.user_id, "alternate": row.alternate_id} if row else {}

    return [
        ContactForm(
            request.POST or None, agency=agency, role=role, initial=initial(there.get(role))
        )
        for role in ROLES
    ]


def save(request: HttpRequest, rows: list[ContactForm]) -> bool:
    """Write what differs, all or nothing. A name can be replaced; none is taken away here."""
    try:
        with transaction.atomic():
            for row in rows:
                if row.has_changed() and row.cleaned_data["user"]:
                    actions.name_contact(
                        by=request.user, agency=row.agency, role=row.role, **row.cleaned_data
                    )
    except ValidationError as error:
        put_errors(row, error)
        return False
    messages.success(request, "Saved. Stages that begin from now on go to these people.")
    return True


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
