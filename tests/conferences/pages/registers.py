"""What the browser sends of a register's page."""

from __future__ import annotations

from compliance.demo import factories as make
from conferences.actions.filling import ENDING
from conferences.actions.registers import LINE
from conferences.choices import Mode, Outcome
from partnership.choices import Sector
from partnership.stale import snapshot

REGISTER = "/partnerships/NW/meetings/{}/register/"
CLOSE = "/partnerships/NW/meetings/{}/close/"


def page_of(meeting, **typed) -> dict[str, str]:
    """The page as it is opened now, with some fields typed over: ``line_<key>_<field>`` or ``end_<field>``."""
    meeting.refresh_from_db()
    sent = {"do": "stay"}
    for line in meeting.lines.order_by("pk"):
        there = {name: getattr(line, name) for name in LINE}
        there["mode"] = line.mode or ("" if line.represented else Mode.IN_PERSON)
        sent |= {f"line-{line.pk}-{name}": value for name, value in there.items()}
        sent |= {f"line-{line.pk}-reason": "", f"line-{line.pk}-seen": snapshot(line, LINE)}
    if meeting.is_conference:
        sent |= {f"end-{name}": getattr(meeting, name) for name in ENDING}
        sent["end-seen"] = snapshot(meeting, ENDING)
    sent |= {"came-agency": "", "came-person": "", "came-job_title": "", "came-mode": "in_person",
             "came-involved": "on"}
    sent |= {name.replace("_", "-", 2 if name.startswith("line") else 1): value for name, value in typed.items()}
    return {name: ("on" if value is True else value) for name, value in sent.items()
            if value is not False and value is not None}


def typed(line, **new) -> dict[str, object]:
    """What is typed on one line of a page."""
    return {f"line_{line.pk}_{name}": value for name, value in new.items()}


def send(client, meeting, **new):
    return client.post(REGISTER.format(meeting.reference), page_of(meeting, **new))


def invite(meeting, number: int, **fields):
    """So many more agencies on a register, each with a named person."""
    return [
        make.AttendanceFactory(meeting=meeting, agency=make.AgencyFactory(sector=Sector.EDUCATION), **fields)
        for _ in range(number)
    ]


def quorate(meeting) -> None:
    """Two more agencies that came: with the social workers that is enough."""
    invite(meeting, 2, outcome=Outcome.ATTENDED, mode=Mode.IN_PERSON)


def opened(client, meeting):
    return client.get(REGISTER.format(meeting.reference))


def came(agency, **fields):
    return {"came_agency": agency.pk, **{f"came_{name}": value for name, value in fields.items()}}
