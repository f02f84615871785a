"""What of the history its reader may read: each field, by the permission that shows it elsewhere.

One table. A kind of row that is not in it, and a field that its kind does not name, is hidden: the
reader learns that something changed, not what. A permission is asked of the very row that the entry
is about, as it stands today; of a row that does not know how far permissions reach, of the entry.
"""
# long: one table, to be read as one

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models
from django.db.models import Q

from partnership.models import Grant, HistoryEntry, User
from partnership.reach import ReachQuerySet, held
from partnership.roles import Permission

P = Permission
ALL: tuple[P, ...] = ()  # whoever may read the entry at all
PRINTS = ("period", "format", "names", "edition", "entries", "report")
USERS = (P.MANAGE_AGENCIES, P.MANAGE_OWN_USERS)
STAFF = (P.VIEW_STAFF,)
LINES = (P.VIEW_MEETINGS,)
NAMES = (P.VIEW_MEETING_NAMES,)
DISPUTES = (P.DISPUTE_LINES, P.SETTLE_LINES)
SESSIONS = (P.VIEW_SESSION_NAMES, P.VIEW_SESSION_TAKE_UP)
CASES = (P.VIEW_ESCALATIONS,)
NARRATIVE = (P.READ_NARRATIVE,)
UPLOADS = (P.MANAGE_STAFF, P.RECORD_CONFERENCES)
PRINTED = (P.PRINT_REPORT,)
SIGNERS = (P.SIGN_OFF_REPORT, P.MANAGE_AGENCIES)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: what it is called, who may read its own words, and who which field.

    ``through`` is the field that leads to the row whose reach counts; ``at_place`` asks about the
    place of the entry instead, as the rows may be gone; ``doer`` are the permissions that show who
    did it, where that is less than everybody whom the reader knows; ``secret`` says that there is such
    a row at all only to those whom that permission reaches.
    """

    title: str
    words: tuple[P, ...]
    fields: Mapping[tuple[P, ...], Iterable[str]] = field(default_factory=dict)
    through: str = ""
    at_place: bool = False
    doer: tuple[P, ...] | None = None
    secret: P | None = None

    def permissions_for(self, name: str) -> tuple[P, ...] | None:
        """Those of which one is enough; None where nobody may read the field here."""
        return next((p for p, names in self.fields.items() if name in names), None)

    @property
    def asked(self) -> set[P]:
        """Every permission that decides about something."""
        groups = [self.words, self.doer or (), *self.fields]
        return {permission for group in groups for permission in group}


RULE = ("effective_from", "effective_until")
KINDS: dict[str, Kind] = {
    "partnership.partnership": Kind("Partnership", ALL, {
        ALL: ("code", "name", "label", "subgroup_label", "country", *PRINTS),
    }),
    "partnership.agency": Kind("Agency", ALL, {
        ALL: ("name", "sector", "parent", "code", "staff_list_on", *PRINTS),
    }),
    "partnership.membership": Kind("Agency’s place in a partnership", ALL, {ALL: ("code",)}),
    "partnership.agencyoffer": Kind("Offer of an agency", ALL, {
        ALL: ("taker", "accepted", "answered_at"), (P.MANAGE_AGENCIES,): ("answered_by",),
    }),
    "partnership.rolegroup": Kind("Role group", ALL, {ALL: ("code", "title")}),
    "partnership.bankholiday": Kind("Bank holiday", ALL, {ALL: ("on", "title")}),
    "partnership.staffmember": Kind("Person on the staff list", STAFF, {
        STAFF: (
            "agency", "reference", "first_name", "last_name", "work_email", "job_title",
            "role_group", "started_on", "left_on", "line_manager", "works_for", "user",
            "moved_from", "moved_to",
        ),
    }),
    "partnership.user": Kind("Account", USERS, {
        USERS: ("email", "name", "staff_member", "belongs_to", "is_active"),
    }),
    "partnership.usercheck": Kind("Check of the users", USERS, {USERS: ("users", "ended")}),
    "partnership.grant": Kind("Role", USERS, {
        USERS: ("user_name", "role", "from_on", "until_on"),
    }, at_place=True),
    "training.course": Kind("Course", ALL, {
        ALL: (
            "code", "title", "hours", "delivery", "valid_months", "counts_from", "counts_until",
            "conference_duty", "covers",
        ),
    }),
    "training.requirement": Kind("Requirement", ALL, {
        ALL: ("courses", "role_group", "hours", "over_months", "within_days", "valid_months", *RULE),
    }),
    "training.trainingrecord": Kind("Training record", STAFF, {
        STAFF: ("course", "completed_on", "expires_on", "provider", "evidence", "reason"),
    }),
    "training.exemption": Kind("Exemption", STAFF, {
        STAFF: ("from_on", "until_on", "requirement", "reason"),
    }),
    "training.session": Kind("Session", SESSIONS, {
        SESSIONS: (
            "course", "held_on", "start_time", "end_time", "place", "provider", "places",
            "booking_closes_on", "cancelled_at", "cancelled_reason", "attended",
        ),
        (P.MANAGE_COURSES,): ("cancelled_by",),
    }),
    "training.booking": Kind("Booking", (P.VIEW_SESSION_NAMES,), {
        (P.VIEW_SESSION_NAMES,): ("state", "reason"),
    }),
    "conferences.meeting": Kind("Meeting", LINES, {
        LINES: (
            "reference", "kind", "held_on", "state", "format", "children", "quorate", "sentence",
            "chair_decision", "children_on_plan_after", "new_date_on",
        ),
        NAMES: ("chair", "lead", "reason", "chair_reason"),
        (P.SETTLE_LINES,): ("family_ref",),
    }),
    "conferences.attendance": Kind("Line of a register", LINES, {
        LINES: (
            "involved", "outcome", "report", "mode", "part", "expected", "invited_on",
            "late_invitation", "in_room_when_dated",
        ),
        NAMES: ("staff_member", "person", "deputy_for", "job_title", "reason"),
        DISPUTES: ("dispute", "answer"),
    }),
    "conferences.extractline": Kind("Line of the national extract", LINES, {
        LINES: ("reference", "kind", "held_on", "quorate", "sent_as"),
    }, at_place=True),
    "conferences.missedduty": Kind("What was missed", (P.VIEW_MEASURES, P.SETTLE_LINES), {
        (P.VIEW_MEASURES, P.SETTLE_LINES): ("reason",),
    }),
    "conferences.quorumrule": Kind("Quorum rule", ALL, {
        ALL: ("others", "required_sectors", *RULE),
    }),
    "conferences.expectationrule": Kind("What is expected", ALL, {
        ALL: ("expectation", "kind", *RULE),
    }),
    "conferences.timescale": Kind("Timescale", ALL, {ALL: ("what", "amount", "unit", *RULE)}),
    "escalation.escalation": Kind("Escalation", CASES, {
        CASES: ("grounds", "urgent", "state", "stage", "learning_theme", "narrative"),
        NARRATIVE: (
            "reason", "training_need", "identity_passed_on", "identity_passed_to", "file_noted",
            "meetings",
        ),
    }, doer=NARRATIVE, secret=P.VIEW_ESCALATIONS),
    "escalation.stage": Kind("Stage of an escalation", CASES, {
        CASES: ("stage", "due_at", "in_time", "kind"), NARRATIVE: ("reason",),
    }, through="escalation", doer=NARRATIVE, secret=P.VIEW_ESCALATIONS),
    "escalation.document": Kind("Document of an escalation", NARRATIVE, {
        NARRATIVE: ("reference",),
    }, through="escalation", doer=NARRATIVE, secret=P.VIEW_ESCALATIONS),
    "escalation.agreedaction": Kind("Agreed action of an escalation", CASES, {
        NARRATIVE: ("due_on", "done_on"),
    }, through="escalation", doer=NARRATIVE, secret=P.VIEW_ESCALATIONS),
    "escalation.suggestion": Kind("Suggested escalation", (P.VIEW_SUGGESTIONS,), {
        (P.VIEW_SUGGESTIONS,): ("trigger",),
    }),
    "escalation.policy": Kind("Escalation policy", ALL, {ALL: ("stages", *RULE)}),
    "escalation.agencycontact": Kind("Who answers", ALL, {
        ALL: ("role",), (P.MANAGE_STAFF, P.MANAGE_AGENCIES): ("user", "alternate"),
    }),
    "escalation.trigger": Kind("What suggests an escalation", ALL, {
        ALL: ("kind", "on", "number", "threshold", *RULE),
    }),
    "api.machinekey": Kind("Machine’s key", USERS, {USERS: ("name", "scopes", "expires_on")}, at_place=True),
    "api.calendarfeed": Kind("Calendar address", ALL),
    "compliance.upload": Kind("Upload of a spreadsheet", UPLOADS, {
        UPLOADS: ("rows", "new", "changed", "same", "unchanged", "refused", "asked", "left",
                  "closing"),
    }, at_place=True),
    "compliance.pack": Kind("Pack of reports", PRINTED, {PRINTED: ("period", "format")}, at_place=True),
    "compliance.returnround": Kind("Round of returns", PRINTED, {
        PRINTED: ("period", "due_on", "agencies", "late", "reason"),
    }),
    "compliance.agencyreturn": Kind("Agency return", PRINTED, {
        PRINTED: ("nil_reason", "signed_on", "staff_complete_on", "step", "due_on"),
        SIGNERS: ("name", "role", "reason"),
    }, doer=SIGNERS),
    "compliance.action": Kind("Action of the board", (P.VIEW_MEASURES,), {
        (P.VIEW_MEASURES,): (
            "asked", "owner", "owner_title", "due_on", "source", "state", "reason", "outcome", "kind",
        ),
    }),
    "compliance.issuedreport": Kind("Issued report", (P.PRINT_REPORT,), {
        (P.PRINT_REPORT,): ("number", "version", "period", "format", "reason", "role", "note"),
    }),
    "compliance.typedcount": Kind("Count from the case system", LINES, {
        LINES: ("counted_on", "children", "families", "source", "reason"),
    }),
    "compliance.target": Kind("Target", ALL, {
        ALL: ("measure", "good_from", "watch_from", *RULE),
    }),
}
# Nobody decided yet who did it may be known to: not to more than may read what it is about.
UNKNOWN = Kind("Something else", words=(P.MANAGE_AGENCIES,), doer=(P.MANAGE_AGENCIES,))


def kind_of(entry: HistoryEntry) -> Kind:
    return KINDS.get(entry.subject_type, UNKNOWN)


class Reading:
    """Some entries as one reader may read them: asked once for all of them.

    The number of queries goes by the kinds of rows, not by their number.
    """

    def __init__(self, reader: User, entries: Iterable[HistoryEntry]) -> None:
        self.reader, self.entries = reader, list(entries)
        self.reached: dict[P, set[int]] = defaultdict(set)  # entries, by permission
        groups: dict[str, list[HistoryEntry]] = defaultdict(list)
        for entry in self.entries:
            groups[entry.subject_type].append(entry)
        for subject_type, group in sorted(groups.items()):
            self.ask(subject_type, group)
        doers = {entry.user_id for entry in self.entries if entry.user_id}
        # unscoped: the names that this very reader may read
        self.known = set(known_people(reader).filter(pk__in=doers).values_list("pk", flat=True))

    def ask(self, subject_type: str, group: list[HistoryEntry]) -> None:
        """Which of some entries each permission reaches."""
        kind = KINDS.get(subject_type, UNKNOWN)
        for permission in sorted(kind.asked):
            if not held(self.reader, permission):
                continue
            rows = rows_within(subject_type, kind, self.reader, permission)
            if rows is None:
                near = HistoryEntry.objects.within_reach(self.reader, permission)
                ids = [entry.pk for entry in group]
                self.reached[permission] |= set(near.filter(pk__in=ids).values_list("pk", flat=True))
            else:
                ids = {entry.subject_id for entry in group}
                there = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
                self.reached[permission] |= {e.pk for e in group if e.subject_id in there}

    def may(self, entry: HistoryEntry, permissions: tuple[P, ...] | None) -> bool:
        """Whether one of the permissions reaches the entry; ALL does, None never."""
        if permissions is None:
            return False
        return permissions == ALL or any(entry.pk in self.reached[p] for p in permissions)

    def reads_words(self, entry: HistoryEntry) -> bool:
        return self.may(entry, kind_of(entry).words)

    def reads(self, entry: HistoryEntry, name: str) -> bool:
        return self.may(entry, kind_of(entry).permissions_for(name))

    def knows_doer(self, entry: HistoryEntry) -> bool:
        """Oneself always, and a machine's key, which is nobody; else whom one knows, and in a case
        only its participants know each other."""
        kind = kind_of(entry)
        if entry.user_id in (None, self.reader.pk) or entry.user.is_machine:
            return True
        if kind.doer is not None:
            return self.may(entry, kind.doer)
        return entry.user_id in self.known


def rows_within(
    subject_type: str, kind: Kind, reader: User, permission: P
) -> models.QuerySet | None:
    """The rows of a kind that a permission reaches; None for a kind that does not know its reach."""
    try:
        model = None if kind.at_place else apps.get_model(subject_type)
    except (LookupError, ValueError):
        model = None
    if model is None:
        return None
    if kind.through:
        parent = model._meta.get_field(kind.through).related_model
        reach = parent._default_manager.within_reach(reader, permission)
        return model._base_manager.filter(**{f"{kind.through}__in": reach.values("pk")})
    rows = model._default_manager.all()
    return rows.within_reach(reader, permission) if isinstance(rows, ReachQuerySet) else None


def readable(reader: User) -> models.QuerySet[HistoryEntry]:
    """The entries of which a reader may know: without those of a case that is not theirs to see."""
    rows, mine = HistoryEntry.objects.visible_to(reader), held(reader, P.VIEW_HISTORY)
    for subject_type, kind in KINDS.items():
        if kind.secret is None:
            continue
        seen = held(reader, kind.secret)
        if seen.agencies >= mine.agencies and seen.partnerships >= mine.partnerships:
            continue  # whoever reads the place's history sees all of them
        there = rows_within(subject_type, kind, reader, kind.secret)
        rows = rows.exclude(Q(subject_type=subject_type) & ~Q(subject_id__in=there.values("pk")))
    return rows


def doer_named(reader: User) -> Q:
    """The entries whose doer is named to a reader who knows them: those of a case not to everybody,
    and those of a kind that nobody declared to hardly anybody."""
    hidden = ~Q(subject_type__in=KINDS) & ~named_at_place(reader, UNKNOWN.doer or ())
    for subject_type, kind in KINDS.items():
        if kind.doer is None:
            continue
        named = Q(pk__in=())
        for permission in kind.doer:
            named |= Q(subject_id__in=rows_within(subject_type, kind, reader, permission).values("pk"))
        hidden |= Q(subject_type=subject_type) & ~named
    return ~hidden


def named_at_place(reader: User, permissions: Iterable[P]) -> Q:
    """The entries whose own place one of the permissions reaches."""
    found = Q(pk__in=())
    for permission in permissions:
        found |= Q(pk__in=HistoryEntry.objects.within_reach(reader, permission).values("pk"))
    return found


def known_people(reader: User) -> models.QuerySet[User]:
    """Whose names a reader may read as those who did something.

    Those with a role in one of the reader's partnerships, and those of the agencies whose people
    the reader may see, invite or give roles to.
    """
    grants = reader.grants_in_force()
    agencies = {grant.agency_id for grant in grants if grant.agency_id}
    places = Q(partnership__in={g.partnership_id for g in grants if g.partnership_id})
    places |= Q(partnership__memberships__agency__in=agencies)
    own = Q(agency__in=agencies) | Q(agency__parent__in=agencies)
    rows = Grant.objects.filter(places | own)
    for permission in (P.MANAGE_AGENCIES, P.PICK_INVITEES):
        rows |= Grant.objects.filter(agency__memberships__partnership__in=held(reader, permission).partnerships)
    return User.objects.filter(Q(pk=reader.pk) | Q(pk__in=rows.values("user")))
