"""What a person is in a case, and what they may do in it now."""

from __future__ import annotations

from datetime import datetime

from escalation.choices import Contact, PartnershipPart
from escalation.models import AgencyContact, Escalation, PolicyStage, Stage
from escalation.stages import (
    RAISING,
    RESPONDING,
    LimitUnit,
    Move,
    Side,
    StageState,
    Standing,
    allowed_moves,
)
from partnership import leading
from partnership.models import Agency, Grant, User, today
from partnership.reach import Reach, can, reach_of
from partnership.roles import Permission, Role


def leads(user: User, agency: Agency | None) -> bool:
    """Leads the agency, or the parent that it is a part of."""
    if agency is None:
        return False
    return any(
        grant.role == Role.AGENCY_LEAD and grant.agency_id in (agency.pk, agency.parent_id)
        for grant in user.grants_in_force()
    )


def manages(user: User, case: Escalation) -> bool:
    return any(
        grant.role == Role.PARTNERSHIP_MANAGER and grant.partnership_id == case.partnership_id
        for grant in user.grants_in_force()
    )


def acts_for(user: User, agency: Agency | None, case: Escalation) -> bool:
    """Holds a grant that lets them move, in the side's agency or its parent; without an agency, in
    the conference service of the partnership.

    One who raised a case and then went to work for the other agency has no part in it any more.
    """
    if not user.is_active:
        return False
    if agency is None:
        return serves(user, case.partnership_id)
    return any(
        reach_of(Permission.MOVE_ESCALATION, Role(grant.role)) is not Reach.NONE
        and grant.agency_id in {agency.pk, agency.parent_id} - {None}
        for grant in user.grants_in_force()
    )


def serves(user: User, partnership_id: int) -> bool:
    """Is of the partnership's conference service."""
    return any(
        grant.role == Role.CONFERENCE_ADMIN and grant.partnership_id == partnership_id
        for grant in user.grants_in_force()
    )


def takes_part(user: User, case: Escalation) -> bool:
    """Whether a person has a part in the case today, at whatever stage: on one of its sides."""
    sides = {p.user_id: p.raising for p in case.participants.all()} | {case.raised_by_id: True}
    if user.pk in sides and acts_for(user, case.raised_for if sides[user.pk] else case.about, case):
        return True
    return raises_for_service(user, case) or (user.is_active and bool(lead_side(user, case)))


def raises_for_service(user: User, case: Escalation) -> bool:
    """A case of the partnership is its conference service's, not the one person's who raised it."""
    return case.raised_for is None and acts_for(user, None, case)


def sides_of(user: User, case: Escalation, stage: Stage | None) -> frozenset[Side]:
    """All that a person is in a case today; without a grant that lets them move, nothing."""
    if not user.is_active:
        return frozenset()
    found = set()
    raising = {p.user_id for p in case.participants.all() if p.raising} | {case.raised_by_id}
    if raises_for_service(user, case) or (
        user.pk in raising and acts_for(user, case.raised_for, case)
    ):
        found.add(Side.RAISER)
    responds = stage is not None and stage.responder_id == user.pk
    if responds and acts_for(user, case.about, case):
        found.add(Side.RESPONDER)
    found |= lead_side(user, case)
    if found & RAISING:
        found -= RESPONDING  # who raised it, or leads those who did, does not answer it too
    if manages(user, case):
        found.add(Side.MANAGER)
    if may_decide(user, case):
        found.add(Side.DECIDER)
    return frozenset(found)


def lead_side(user: User, case: Escalation) -> set[Side]:
    """The side whose agency the person leads; who leads both (a parent of the two) stands on neither."""
    raising, responding = leads(user, case.raised_for), leads(user, case.about)
    if raising == responding:
        return set()
    return {Side.RAISING_LEAD if raising else Side.RESPONDING_LEAD}


def may_decide(user: User, case: Escalation) -> bool:
    """Assigned, in office, and without a part in the case or a role in either agency."""
    return (
        case.decider_id == user.pk
        and can(user, Permission.DECIDE_ESCALATION)
        and not has_interest(user, case)
    )


def has_interest(user: User, case: Escalation) -> bool:
    """Takes part in the case, or holds a role or works in one of its agencies or their parents."""
    party = {p.user_id for p in case.participants.all()} | {case.raised_by_id}
    sides = [agency for agency in (case.raised_for, case.about) if agency]
    agencies = {key for side in sides for key in (side.pk, side.parent_id)} - {None}
    works_in = user.staff_member.agency_id if user.staff_member else None
    held = {grant.agency_id for grant in user.grants_in_force()}
    return (
        user.pk in party or raises_for_service(user, case) or bool(agencies & {*held, works_in})
    )


def standing_of(case: Escalation, stage: Stage | None, user: User, now: datetime) -> Standing:
    """Where the case stands, as far as its moves ask."""
    if stage is None or stage.closed_at:
        return Standing(StageState.CLOSED)
    steps = case.policy.stages.all()
    return Standing(
        stage.state(),
        overdue=stage.overdue(now) or stage.limit.unit == LimitUnit.NONE,
        has_next=any(step.position > stage.policy_stage.position for step in steps),
        partnership_decides=stage.policy_stage.partnership_part == PartnershipPart.DECIDES,
        skip_asked=stage.skip_asked_at is not None,
        asked_by_self=stage.skip_asked_by_id == user.pk,
    )


def moves_of(case: Escalation, stage: Stage | None, user: User, now: datetime) -> list[Move]:
    """What a person may do in a case now."""
    return allowed_moves(standing_of(case, stage, user, now), sides_of(user, case, stage))


def leads_of(agency: Agency | None) -> list[User]:
    """The leads of an agency, else of the parent that it is a part of."""
    return leading.leads_of([agency.pk], today())[agency.pk] if agency else []


def holders(role: Role, case: Escalation) -> list[User]:
    """The holders of a role in the case's partnership."""
    grants = Grant.objects.filter(
        role=role, partnership=case.partnership_id, user__is_active=True
    ).in_force(today())
    return [grant.user for grant in grants.select_related("user").order_by("pk")]


def responder_for(case: Escalation, step: PolicyStage) -> User | None:
    """Who answers: the agency's person for the role, their alternate when they are party, else its lead."""
    party = {p.user_id for p in case.participants.all() if p.raising} | {case.raised_by_id}
    contact = AgencyContact.objects.filter(agency=case.about_id, role=step.answered_by).select_related(
        "user", "alternate"
    ).first()
    named = [contact.user, contact.alternate] if contact else []
    candidates = [user for user in (*named, *leads_of(case.about)) if user]
    there = (user for user in candidates if acts_for(user, case.about, case))
    return next((user for user in there if user.pk not in party), None)


def raising_people(case: Escalation) -> list[User]:
    """Who raised it, while they still act for that side; else its leads, or the conference service."""
    if acts_for(case.raised_by, case.raised_for, case):
        return [case.raised_by]
    return leads_of(case.raised_for) if case.raised_for else holders(Role.CONFERENCE_ADMIN, case)


def decider_for(case: Escalation) -> User | None:
    """The partnership's decision-maker who has no interest in the case."""
    candidates = holders(Role.DECISION_MAKER, case)
    return next((user for user in candidates if not has_interest(user, case)), None)


# --- Who raises, and who is named to whom -----------------------------------------------------------

# Roles for which no agency names its people; whoever may raise for an agency may open such a stage.
OF_NO_AGENCY = frozenset({Contact.PRACTITIONER, Contact.CONFERENCE_CHAIR, Contact.PARTNERSHIP})


def why_not_raise(user: User, agency: Agency | None, step: PolicyStage) -> str:
    """Why the policy lets a person not raise for an agency at a first stage, or "".

    The stage names a role: it is the agency's person for it or who stands in, or the agency's lead.
    The conference service raises for the partnership, whatever the role.
    """
    if agency is None or step.raised_by in OF_NO_AGENCY or leads(user, agency):
        return ""
    contact = AgencyContact.objects.filter(agency=agency, role=step.raised_by).select_related(
        "user", "alternate"
    ).first()
    named = [one for one in (contact.user, contact.alternate) if one] if contact else []
    if user in named:
        return ""
    who = " or ".join([*(one.name for one in named if one.is_active), "the agency’s lead"])
    role = Contact(step.raised_by).label.lower()
    return f"By the local policy the {role} raises. For {agency} ask {who} to raise it."


def named_to(reader: User, other: User, partnership_id: int) -> str:
    """Another user as a reader may know them: by name within one's own agency or service only."""
    if other.pk == reader.pk:
        return "you"
    mine, theirs = reader.grants_in_force(), other.grants_in_force()
    shared = places(mine) & places(theirs)
    if shared or (serves(reader, partnership_id) and serves(other, partnership_id)):
        return other.name
    if serves(other, partnership_id):
        return "the conference service"
    return "another agency" if places(mine) else "an agency"


def places(grants: list[Grant]) -> set[int]:
    return {grant.agency_id for grant in grants if grant.agency_id}
