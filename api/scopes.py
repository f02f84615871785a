"""What a machine's key may do: a few scopes in plain words, each a handful of permissions.

A scope never gives more than the access table gives to some role in the key's own place: of an
agency its lead, say. Nothing reaches a case's narrative, and nothing is about one's own rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from partnership.models import Agency, Partnership
from partnership.reach import REACH, Held, Reach, held
from partnership.roles import Permission

P = Permission
# Who looks after keys: leads for their agency; for a partnership its manager, and who imports its meetings.
KEEPERS = (P.MANAGE_OWN_USERS, P.MANAGE_AGENCIES, P.RECORD_CONFERENCES)
NOTHING = Held(False, False, False, frozenset(), frozenset())


class Scope(StrEnum):
    """One thing that a key may do. Codes are stored in rows: add to them, never rename one."""

    READ_FIGURES = "read_figures"
    READ_STAFF = "read_staff"
    WRITE_STAFF = "write_staff"
    WRITE_RECORDS = "write_records"
    READ_SESSIONS = "read_sessions"
    BOOK_PLACES = "book_places"
    READ_MEETINGS = "read_meetings"
    READ_MEETING_NAMES = "read_meeting_names"
    WRITE_MEETINGS = "write_meetings"
    READ_ESCALATIONS = "read_escalations"
    READ_REPORTS = "read_reports"
    READ_HISTORY = "read_history"

    @property
    def label(self) -> str:
        return SENTENCES[self]

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self]


SENTENCES = {
    Scope.READ_FIGURES: "Read figures, agencies and requirements, without names",
    Scope.READ_STAFF: "Read the staff list and training records, by name",
    Scope.WRITE_STAFF: "Add, change and move people on the staff list, correct their training records",
    Scope.WRITE_RECORDS: "Log training",
    Scope.READ_SESSIONS: "Read training sessions and how full they are, without names",
    Scope.BOOK_PLACES: "Read who has places at training sessions, by name, book them and give them back",
    Scope.READ_MEETINGS: "Read meetings, who was there by agency and what was missed, without names",
    Scope.READ_MEETING_NAMES: "Read who came to meetings, by name",
    Scope.WRITE_MEETINGS: "Convene meetings and cancel them, write down attendance, close registers",
    Scope.READ_ESCALATIONS: "Read escalations without what was written in them",
    Scope.READ_REPORTS: "Take reports as PDF and CSV, without names",
    Scope.READ_HISTORY: "Read the history, in the fields that it may read elsewhere",
}
PERMISSIONS = {
    Scope.READ_FIGURES: frozenset({P.VIEW_MEASURES}),
    Scope.READ_STAFF: frozenset({P.VIEW_STAFF}),
    Scope.WRITE_STAFF: frozenset({P.MANAGE_STAFF, P.VIEW_STAFF}),
    Scope.WRITE_RECORDS: frozenset({P.LOG_TRAINING, P.VIEW_STAFF}),
    Scope.READ_SESSIONS: frozenset({P.VIEW_SESSION_TAKE_UP}),
    Scope.BOOK_PLACES: frozenset({P.VIEW_SESSION_NAMES, P.VIEW_SESSION_TAKE_UP, P.VIEW_STAFF}),
    Scope.READ_MEETINGS: frozenset({P.VIEW_MEETINGS}),
    Scope.READ_MEETING_NAMES: frozenset({P.VIEW_MEETINGS, P.VIEW_MEETING_NAMES}),
    Scope.WRITE_MEETINGS: frozenset({
        P.RECORD_CONFERENCES, P.RECORD_CORE_GROUPS, P.PICK_INVITEES, P.VIEW_MEETINGS,
        P.VIEW_MEETING_NAMES,
    }),
    Scope.READ_ESCALATIONS: frozenset({P.VIEW_ESCALATIONS}),
    Scope.READ_REPORTS: frozenset({P.PRINT_REPORT, P.VIEW_MEASURES}),
    Scope.READ_HISTORY: frozenset({P.VIEW_HISTORY}),
}
OF_AGENCIES = frozenset({Scope.BOOK_PLACES})  # by name: nothing for a partnership's key


def scopes_for(far: Reach) -> list[Scope]:
    """The scopes that give something in an agency, or in a partnership."""
    return [
        one for one in Scope if any(far in REACH[p].values() for p in one.permissions)
        and (far is Reach.AGENCY or one not in OF_AGENCIES)
    ]


def may_give(user: Any, scope: Scope, place: Agency | Partnership) -> bool:
    """Whether a user may do themselves, in that place, all that a scope gives there."""
    far = Reach.AGENCY if isinstance(place, Agency) else Reach.PARTNERSHIP
    given = [one for one in scope.permissions if far in REACH[one].values()]
    if far is Reach.PARTNERSHIP:
        return all(place.pk in held(user, one).partnerships for one in given)
    return all({place.pk, place.parent_id} & held(user, one).agencies for one in given)


def held_by(
    scopes: Iterable[str], permission: Permission, *, agency: int | None, partnership: int | None
) -> Held:
    """What a key holds of one permission: its whole place, where the access table knows that reach."""
    far = Reach.AGENCY if agency else Reach.PARTNERSHIP
    asked = any(permission in PERMISSIONS[Scope(one)] for one in scopes)
    if not asked or far not in REACH[permission].values():
        return NOTHING
    agencies = frozenset({agency}) if agency else frozenset()
    return Held(False, False, False, agencies, frozenset({partnership}) if partnership else frozenset())
