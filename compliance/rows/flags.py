"""Where the authority's quorate flag and our own judgement differ, for the page of data quality."""

from __future__ import annotations

from compliance.measures import Ledger
from compliance.rows.tables import OpenedRow
from conferences.comparing import Compared, contradicted

FLAG_COLUMNS = ("Meeting", "Kind", "Date", "The authority says", "Quorate says")


def differing(ledger: Ledger) -> list[Compared]:
    """Conferences of which the authority's extract and we do not say the same."""
    return contradicted(ledger.scope.partnership, ledger.period.first, ledger.period.last)


def flag_row(one: Compared) -> OpenedRow:
    said = {True: "Quorate", False: "Not quorate"}
    return OpenedRow((
        one.meeting.reference, one.meeting.get_kind_display(), one.meeting.held_on, said[one.theirs],
        said[one.ours],
    ), None, one.meeting.reference)
