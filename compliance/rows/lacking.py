"""Conferences that lack what timeliness is judged by, asked of the database.

For a page that shows nothing else; the measures find the same among the rows that they have read.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.measures import Ledger
from conferences.choices import FIRST, INITIALS, MeetingState
from conferences.models import Meeting


def counted_meetings(ledger: Ledger) -> QuerySet[Meeting]:
    """The counted meetings of the period."""
    # unscoped: who may ask was decided by the caller of the scope
    rows = Meeting.objects.counted().filter(partnership=ledger.scope.partnership)
    return rows.filter(held_on__gte=ledger.period.first, held_on__lte=ledger.as_at)


def without_discussion(ledger: Ledger) -> QuerySet[Meeting]:
    """As the measures count them: ``conferences.without_discussion``."""
    return counted_meetings(ledger).conferences().filter(kind__in=sorted(INITIALS), strategy_discussion_on=None)


def without_predecessor(ledger: Ledger) -> QuerySet[Meeting]:
    """As the measures count them: ``conferences.without_predecessor``."""
    # unscoped: as above
    before = Meeting.objects.counted().conferences().filter(
        Q(held_on__lt=OuterRef("held_on"))
        | Q(held_on=OuterRef("held_on"), reference__lt=OuterRef("reference")),
        partnership=ledger.scope.partnership, state=MeetingState.HELD, family_ref=OuterRef("family_ref"),
    )
    held = counted_meetings(ledger).conferences().filter(state=MeetingState.HELD)
    rows = held.exclude(kind__in=sorted(FIRST))
    return rows.filter(Q(family_ref="") | ~Exists(before))
