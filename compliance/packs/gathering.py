"""What a pack is made of: the reports as issued where they are, else as the figures stand.

Every scorecard is read once and kept small until its report is drawn, so that the summary and the reports
say the same, and so that five hundred agencies do not stand in memory at once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from compliance.kept_figures import as_kept, from_kept
from compliance.measures import Scope, score
from compliance.measures.definitions import (
    CONFERENCE_ATTENDANCE,
    CONTRIBUTION,
    CORE_GROUP_ATTENDANCE,
    REPORTS_IN_TIME,
    TRAINING_CURRENT,
)
from compliance.measures.returned import asked, without_return
from compliance.models import IssuedReport, Pack
from compliance.period import Period
from compliance.prints import issued_card, moment, printed_once
from compliance.report.pack import Chapter, Figure, Group, Line, PackSheet
from compliance.scorecard import Scorecard
from partnership.dated import spoken
from partnership.models import Membership, Partnership

HEADLINES = (
    TRAINING_CURRENT, CONFERENCE_ATTENDANCE, CONTRIBUTION, REPORTS_IN_TIME, CORE_GROUP_ATTENDANCE,
)
MEASURES = {m.key: (m.title, m.basis_label().lower()) for m in HEADLINES}
WHOLE = "The partnership as a whole"
UNION = "All agencies, each counted once"
Tick = Callable[[], None]


def steps_of(places: Iterable[Partnership]) -> int:
    """How often the bar moves: as an agency is read, as it is drawn, and as it is put into the ZIP."""
    # unscoped: who may ask was decided when the pack was asked for
    return 3 * Membership.objects.filter(partnership__in=list(places)).count()


def gather(pack: Pack, places: list[Partnership], made_at: datetime, tick: Tick) -> PackSheet:
    """Read everything; places in the order of their names."""
    period, chapters = pack.about, []
    groups = [group_of(place, period, made_at, chapters, tick) for place in places]
    several = len(places) > 1
    whole = score(Scope.over(places), period, before=False) if several else None
    names = [place.name for place in places]
    return PackSheet(
        partnerships=partnership_name_of(places[0]) if not several else f"{', '.join(names[:-1])} and {names[-1]}",
        label="" if several else "Reports for the board",
        subgroup=places[0].subgroup_label,
        period=period, as_at=period.as_at(made_at.date()), made_at=made_at, measures=MEASURES, groups=groups,
        together=together(places, period, whole) if whole else (),
    )


def partnership_name_of(place: Partnership) -> str:
    return place.name if place.label.casefold() in place.name.casefold() else f"{place.name} {place.label}"


def group_of(
    place: Partnership, period: Period, made_at: datetime, chapters: list[Chapter], tick: Tick
) -> Group:
    # unscoped: who may ask was decided when the pack was asked for
    rows = Membership.objects.filter(partnership=place).select_related("agency", "partnership")
    newest = {row.agency_id: row for row in versions(place, period)}
    own = []
    for member in rows.order_by("agency__name", "pk"):
        chapter = chapter_of(len(chapters), member, newest.get(member.agency_id), period, made_at)
        chapters.append(chapter)
        own.append(chapter)
        tick()
    whole = issued_card(newest[None]) if None in newest else score(Scope(place), period, before=False)
    missing = sorted(member.agency.name for member in without_return(place, period))
    return Group(
        place.code, place.name, line(whole, "", WHOLE, stands(newest.get(None), made_at)), own,
        asked(place, period).exists(), missing, whole.actions,
    )


def versions(place: Partnership, period: Period) -> Iterable[IssuedReport]:
    """The newest versions of the period: of each agency, and of the whole."""
    # unscoped: as above
    rows = IssuedReport.objects.newest().filter(partnership=place, period=period.slug)
    return rows.filter(kind__in=("agency", "partnership")).select_related("sign_off").light()


def chapter_of(
    number: int, member: Membership, report: IssuedReport | None, period: Period, made_at: datetime
) -> Chapter:
    """An agency's report: read now, kept small, and built again when it is drawn."""
    printed = None
    if report:
        card, again = issued_card(report), partial(issued_again, report.pk)
        at, printed = moment(report.issued_at), partial(printed_again, report.pk)
    else:
        card, at = score(Scope(member.partnership, member), period), made_at
        again = partial(unpacked, packed(card))
    own = line(card, member.code, member.agency.name, stands(report, made_at))
    return Chapter(number, own, again, at, printed=printed)


def packed(card: Scorecard) -> bytes:
    return zlib.compress(json.dumps(as_kept(card), separators=(",", ":")).encode(), 1)


def unpacked(content: bytes) -> Scorecard:
    return from_kept(json.loads(zlib.decompress(content)))


def issued_again(number: int) -> Scorecard:
    return issued_card(report_of(number))


def printed_again(number: int) -> bytes:
    return printed_once(report_of(number))


def report_of(number: int) -> IssuedReport:
    # unscoped: as above
    return IssuedReport.objects.select_related("sign_off").get(pk=number)


def stands(report: IssuedReport | None, made_at: datetime) -> str:
    if report:
        return f"Issued, version {report.version}"
    return f"Not issued: figures as they stand on {spoken(made_at.date())}"


def line(card: Scorecard, code: str, name: str, how: str) -> Line:
    figures = {key: figure(card, key) for key in MEASURES if key in card}
    return Line(code, name, how, figures)


def figure(card: Scorecard, key: str) -> Figure:
    reading = card.result(key).headline
    rating = card.rating(reading)
    return Figure(reading, rating.label if rating else "")


def together(places: list[Partnership], period: Period, whole: Scorecard) -> list[Line]:
    """Each agency that several of them share, over all of these; and all agencies."""
    # unscoped: as above
    rows = Membership.objects.filter(partnership__in=places).select_related("agency", "partnership")
    seats: dict[int, list[Membership]] = {}
    for member in rows.order_by("agency__name", "partnership__name"):
        seats.setdefault(member.agency_id, []).append(member)
    found = []
    for first, *others in (members for members in seats.values() if len(members) > 1):
        scope = Scope(first.partnership, first, tuple(member.partnership for member in others))
        where = ", ".join(member.partnership.name for member in (first, *others))
        found.append(line(score(scope, period, before=False), "", f"{first.agency.name}\n({where})", ""))
    return [*found, line(whole, "", UNION, "")]
