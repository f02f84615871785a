"""Mail about registers: a reference and a link, never a name, never what was said."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from conferences.judging import alarm, runs_of
from conferences.models import Attendance, Meeting
from partnership.models import Grant, Partnership, User
from partnership.post import notify, notify_each
from partnership.roles import Role


def holders(partnership: Partnership, *roles: Role) -> list[User]:
    """Those who hold one of some roles in a partnership today, each once."""
    grants = Grant.objects.in_force(timezone.localdate()).filter(
        role__in=roles, partnership=partnership
    )
    return list({grant.user_id: grant.user for grant in grants.select_related("user")}.values())


def address_of(meeting: Meeting) -> str:
    place = [meeting.partnership.code, meeting.reference]
    return settings.SITE_URL + reverse("conferences:meeting-detail", args=place)


def tell_alarms(meetings: Iterable[Meeting]) -> None:
    """Tell the conference service and the manager of a second conference in a row without a quorum.

    Registers may be closed in any order: the later one of a run is told of, whichever came last.
    """
    meetings = list(meetings)
    runs = runs_of(meetings)
    loud = [m for m in meetings if sum(runs.get(m.pk, (0, 0))) > 1]
    if not loud:
        return
    told = holders(loud[0].partnership, Role.CONFERENCE_ADMIN, Role.PARTNERSHIP_MANAGER)
    notify_each((user, *alarm_words(m, sum(runs[m.pk]))) for m in loud for user in told)


def alarm_words(meeting: Meeting, in_a_row: int) -> tuple[str, str]:
    sentence = alarm(in_a_row).replace("This is the", "There is now a", 1)
    return (
        f"{meeting.reference}: again not quorate",
        f"The register of {meeting.reference} was closed. {sentence}\n\n"
        f"See the meeting: {address_of(meeting)}\n",
    )


def tell_service(line: Attendance, what: str) -> None:
    """Tell the conference service what an agency said about one of its lines."""
    meeting = line.meeting
    notify(
        holders(meeting.partnership, Role.CONFERENCE_ADMIN),
        f"{meeting.reference}: {what}",
        f"{line.agency} at {meeting.reference}: {what}.\n\nSee the meeting: {address_of(meeting)}\n",
    )


def tell_disputer(line: Attendance) -> None:
    """Tell who disputed a line that it was answered."""
    meeting = line.meeting
    notify(
        [line.disputed_by] if line.disputed_by else [],
        f"{meeting.reference}: your dispute was answered",
        f"The conference service answered what you said about a line of {meeting.reference}.\n\n"
        f"See both sides: {settings.SITE_URL}{reverse('conferences:line-dispute', args=[line.pk])}\n",
    )


def tell_outside(meeting: Meeting, by: User | None) -> None:
    """Tell the conference service that agencies met outside the process; not who wrote it down."""
    service = holders(meeting.partnership, Role.CONFERENCE_ADMIN)
    notify(
        [user for user in service if user != by],
        f"{meeting.reference}: a meeting outside the process",
        f"{meeting.reference} was recorded as a meeting outside the process, without the conference "
        f"team. It is counted nowhere.\n\nSee the meeting: {address_of(meeting)}\n",
    )
