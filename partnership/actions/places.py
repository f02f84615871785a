"""Partnerships, agencies and role groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import record, save_changed, save_new
from partnership.links import site
from partnership.models import Agency, AgencyOffer, Membership, Partnership, RoleGroup, User, today
from partnership.post import notify
from partnership.roles import Role
from partnership.signals import agencies_changed
from partnership.stale import ChangedSince, fingerprint

AGENCY_SEEN = ("name", "sector", "parent_id")
ROLE_GROUP_SEEN = ("title",)
OFFERED = """{giver} offers to share an agency with {taker}. Accept or decline it on the page of agencies:

{page}
"""
ANSWERED = """{taker} has {answer} the agency that {giver} offered. See the page of agencies:

{page}
"""


@transaction.atomic
def make_partnership(*, by: User | None, code: str, name: str, **fields) -> Partnership:
    row = Partnership(code=code, name=name, **fields)
    return save_new(row, by, "made", code=code, name=name)


@transaction.atomic
def add_agency(
    *, by: User | None, partnership: Partnership, code: str, name: str, sector: str,
    parent: Agency | None = None,
) -> Membership:
    """A new agency, in its first partnership."""
    refuse_taken_name(name)
    agency = Agency(name=name, sector=sector, parent=parent)
    save_new(agency, by, "made", partnership=partnership, name=name, sector=sector)
    return share_agency(by=by, partnership=partnership, agency=agency, code=code)


def refuse_taken_name(name: str, agency: Agency | None = None) -> None:
    """Two agencies whose names read alike would be taken for one: whoever adds it is told what to do."""
    others = Agency.objects.filter(name__iexact=name).exclude(pk=agency and agency.pk)
    if others.exists():
        raise ValidationError({
            "name": f"Quorate has an agency called {name} already. Is it the same one, of another "
            "partnership? Ask its manager to offer it to you. If not, add the place to the name."
        })


def agency_seen(membership: Membership) -> str:
    """What a page saw of an agency and of its code in a partnership."""
    return fingerprint(membership.agency, AGENCY_SEEN) + fingerprint(membership, ("code",))


@transaction.atomic
def change_agency(
    *, by: User | None, membership: Membership, seen: str, code: str, **new
) -> bool:
    """Change an agency's name, sector or parent, and its code here; False when nothing differs."""
    agency = Agency.objects.select_for_update().get(pk=membership.agency_id)
    row = Membership.objects.select_for_update().get(pk=membership.pk)
    row.agency = agency
    if seen != agency_seen(row):
        raise ChangedSince(f"Somebody changed {agency} since you opened this page.")
    where = {"partnership": row.partnership, "agency": agency}
    refuse_taken_name(new.get("name", agency.name), agency)
    lock_parent(new.get("parent"))
    done = save_changed(agency, by, "changed", new, **where)
    if done:
        agencies_changed.send(sender=Agency, agencies=[agency.pk])
    return save_changed(row, by, "changed", {"code": code}, **where) or done


def lock_parent(parent: Agency | None) -> None:
    """Nobody makes the parent a part of something in the same moment."""
    if parent:
        Agency.objects.select_for_update().get(pk=parent.pk)


@transaction.atomic
def share_agency(
    *, by: User | None, partnership: Partnership, agency: Agency, code: str
) -> Membership:
    """Put an agency into a partnership. Sharing is always this explicit act, never equal codes."""
    row = Membership(partnership=partnership, agency=agency, code=code)
    save_new(row, by, "shared", partnership=partnership, agency=agency, code=code)
    agencies_changed.send(sender=Agency, agencies=[agency.pk])
    return row


@transaction.atomic
def group_agencies(*, by: User | None, name: str, sector: str, parts: Iterable[Agency]) -> Agency:
    """A parent agency for some that are there: a grant on it reaches its parts.

    The parent itself is in no partnership until it is shared: it is not invited and not counted.
    """
    refuse_taken_name(name)
    parent = save_new(Agency(name=name, sector=sector), by, "made", name=name, sector=sector)
    take_parts(by, parent, parts)
    return parent


def group_seen(group: Agency) -> str:
    """What a page saw of a parent and of which agencies are its parts."""
    parts = sorted(group.parts.values_list("pk", flat=True))
    return fingerprint(group, ("name", "sector")) + "-".join(map(str, parts))


@transaction.atomic
def change_group(
    *, by: User | None, group: Agency, seen: str, parts: Iterable[Agency], **new
) -> bool:
    """Change a parent's name and sector, and which agencies are its parts."""
    row = Agency.objects.select_for_update().get(pk=group.pk)
    if seen != group_seen(row):
        raise ChangedSince(f"Somebody changed {row} since you opened this page.")
    refuse_taken_name(new.get("name", row.name), row)
    done = save_changed(row, by, "changed", new, agency=row)
    wanted = set(parts)
    gone = [part for part in row.parts.select_for_update() if part not in wanted]
    for part in gone:
        save_changed(part, by, "changed", {"parent": None}, agency=part)
    agencies_changed.send(sender=Agency, agencies=[part.pk for part in gone])
    return bool(take_parts(by, row, wanted)) or bool(gone) or done


def take_parts(by: User | None, parent: Agency, parts: Iterable[Agency]) -> int:
    """Put agencies under a parent; one that has another parent stays with that one."""
    done, parts = 0, sorted(parts, key=lambda one: one.pk)
    for part in parts:
        row = Agency.objects.select_for_update().get(pk=part.pk)
        if row.parent_id not in (None, parent.pk):
            raise ValidationError({"parts": f"{row} is a part of {row.parent} already."})
        done += save_changed(row, by, "changed", {"parent": parent}, agency=row)
    agencies_changed.send(sender=Agency, agencies=[part.pk for part in parts])
    return done


# --- Sharing between partnerships -----------------------------------------------------------------


@transaction.atomic
def offer_agency(
    *, by: User | None, agency: Agency, giver: Partnership, taker: Partnership
) -> AgencyOffer:
    """Offer an agency to another partnership: its people are shown there only when both agree."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)  # one offer after another
    there = AgencyOffer.objects.filter(agency=agency, taker=taker, answered_at=None).first()
    if there:
        return there
    if agency.memberships.filter(partnership=taker).exists():
        raise ValidationError({"taker": f"{agency} is in {taker} already."})
    row = AgencyOffer(agency=agency, giver=giver, taker=taker, offered_by=by)
    save_new(row, by, "offered", partnership=giver, agency=agency, taker=taker)
    body = OFFERED.format(giver=giver, taker=taker, page=site("partnership:agency-list"))
    notify(managers(taker), f"{giver} offers an agency", body)
    return row


@transaction.atomic
def accept_offer(*, by: User | None, offer: AgencyOffer, code: str) -> Membership:
    """Take an offered agency in, under a code of one's own."""
    row = answer(by, offer, accepted=True)
    if row is None:
        return Membership.objects.get(partnership=offer.taker, agency=offer.agency)
    return share_agency(by=by, partnership=row.taker, agency=row.agency, code=code)


@transaction.atomic
def decline_offer(*, by: User | None, offer: AgencyOffer) -> None:
    """Do without an offered agency; it can be offered again."""
    answer(by, offer, accepted=False)


@transaction.atomic
def withdraw_offer(*, by: User | None, offer: AgencyOffer) -> None:
    """Take back an offer that nobody has answered."""
    row = AgencyOffer.objects.select_for_update().filter(pk=offer.pk).first()
    if row is None:
        return  # pressed twice
    if row.answered_at:
        raise ValidationError(f"{row.taker} has answered already.")
    record(by, "withdrew", row, partnership=row.giver, agency=row.agency, taker=row.taker)
    row.delete()


def answer(by: User | None, offer: AgencyOffer, *, accepted: bool) -> AgencyOffer | None:
    """Note the answer; None where the very same was answered before."""
    row = AgencyOffer.objects.select_for_update().filter(pk=offer.pk).first()
    if row is None:
        raise ValidationError("This offer was withdrawn.")
    if row.answered_at:
        if row.accepted is accepted:
            return None
        word = "accepted" if row.accepted else "declined"
        raise ValidationError(f"This offer was {word} already.")
    new = {"accepted": accepted, "answered_at": timezone.now(), "answered_by": by}
    save_changed(row, by, "answered", new, partnership=row.taker, agency=row.agency)
    word = "accepted" if accepted else "declined"
    page = site("partnership:agency-list")
    body = ANSWERED.format(taker=row.taker, answer=word, giver=row.giver, page=page)
    notify(managers(row.giver), f"{row.taker} has {word} an agency", body)
    return row


def managers(partnership: Partnership) -> list[User]:
    """Who looks after a partnership today."""
    grants = partnership.grants.in_force(today()).filter(role=Role.PARTNERSHIP_MANAGER)
    return [grant.user for grant in grants.select_related("user")]


# --- Role groups ----------------------------------------------------------------------------------


@transaction.atomic
def add_role_group(*, by: User | None, code: str, title: str) -> RoleGroup:
    return save_new(RoleGroup(code=code, title=title), by, "made", code=code, title=title)


@transaction.atomic
def rename_role_group(*, by: User | None, role_group: RoleGroup, seen: str, title: str) -> bool:
    """Other words for a role group; its code, which files name, stays."""
    row = RoleGroup.objects.select_for_update().get(pk=role_group.pk)
    if seen != fingerprint(row, ROLE_GROUP_SEEN):
        raise ChangedSince(f"Somebody changed {row} since you opened this page.")
    return save_changed(row, by, "renamed", {"title": title})
