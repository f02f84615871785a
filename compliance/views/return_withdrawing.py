"""Withdrawing a round of returns that was asked for by mistake, while nobody has signed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from compliance import actions
from compliance.actions.returns import refuse_closed, refuse_signed
from compliance.forms.returns import WithdrawForm
from compliance.models import ReturnRound
from compliance.views.return_round import below, managed_round, page_address
from partnership.forms import posted
from partnership.views.editing import tried


def return_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Why is asked, and what it means is said first."""
    row = managed_round(request, number)
    if why_not := refused(row):
        messages.info(request, why_not)
        return redirect(page_address(row))
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: actions.withdraw_round(
            by=request.user, asked=row, reason=form.cleaned_data["reason"]
        ))
        if done is not None:
            messages.success(
                request, f"The returns for {row.term_name} are withdrawn. The leads of the agencies get a mail."
                if done else "They were withdrawn already."
            )
            return redirect(page_address(row))
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Withdraw the returns", "caption": str(row), "submit": "Withdraw them",
        "kind": "warning", "back": page_address(row), "crumbs": below(row, "Withdraw the returns"),
        "lede": "For returns that were asked for by mistake, such as for the wrong term. Nobody has signed. No "
        "agency is waited for any more, the figures do not say that anything was asked for, and the leads "
        "of the agencies are told. The same term can be asked for again later.",
    }, status=422 if form.errors else 200)


def refused(row: ReturnRound) -> str:
    """Why it cannot be withdrawn, or ""."""
    try:
        refuse_closed(row)
        refuse_signed(row)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
