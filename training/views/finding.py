"""Finding somebody whom one does not have on a list: by what is typed exactly, or known from sessions."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest

from partnership.folding import folded
from partnership.models import StaffMember
from partnership.querysets import StaffQuerySet
from partnership.roles import Permission
from training import actions
from training.forms import FindForm
from training.models import Session

MOST = 20


def find(request: HttpRequest, form: FindForm, session: Session) -> StaffMember | None:
    """The person meant; None with the sentence in the form when there is none, or several to choose from."""
    found = matching(request, form, session)
    chosen = [person for person in found if str(person.pk) == form.cleaned_data["person"]]
    if len(found) == 1 or chosen:
        return (chosen or found)[0]
    if not found:
        form.add_error("who", NOBODY)
        return None
    form.offer(found[:MOST])
    more = " Type more of the name, or the reference." if len(found) > MOST else ""
    form.add_error("person", f"Several people fit: choose one.{more}")
    return None


NOBODY = (
    "Nobody of these agencies in post on that day has this reference or work e-mail, and nobody "
    "known from your sessions has this name. Check it with the person or with their agency's lead."
)


def matching(request: HttpRequest, form: FindForm, session: Session) -> list[StaffMember]:
    """Those with exactly this reference or e-mail; else those known whose name has all the words.

    Whoever can say the reference has it from the person or their agency; a name alone opens no
    staff list.
    """
    typed, agency = form.cleaned_data["who"], form.cleaned_data["agency"]
    known = known_people(request, session)
    exactly = Q(reference__iexact=typed) | Q(work_email__iexact=typed)
    open_to = actions.who_may_come(session)
    if agency:
        open_to, known = open_to.filter(agency=agency), known.filter(agency=agency)
    found = list(open_to.filter(exactly).select_related("agency").distinct())
    return found or by_name(known, typed)


def known_people(request: HttpRequest, session: Session) -> StaffQuerySet:
    """The people of the sessions whose names the reader may see, as far as this one is open to them."""
    reach = StaffMember.objects.within_reach(request.user, Permission.VIEW_SESSION_NAMES)
    seen = reach.filter(bookings__session__partnership=session.partnership_id).values("pk")
    return actions.who_may_come(session).filter(pk__in=seen)


def by_name(people: StaffQuerySet, typed: str) -> list[StaffMember]:
    words = folded(typed).split()
    return [
        person for person in people.select_related("agency").distinct()
        if words and all(word in folded(person.name) for word in words)
    ]
