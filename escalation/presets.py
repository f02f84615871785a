"""Policies to start from, as data: every value is a row that a partnership changes.

The default's limits are a proposal drawn from published policies (five working days a stage in a
conference chairs' protocol of 2017; one working week in London and Sussex). The four named after
areas have the number and formality of their published stages; where an area publishes no limit
there is none here.
"""

from __future__ import annotations

from dataclasses import dataclass

from escalation.choices import Contact, PartnershipPart, Tell
from escalation.stages import LimitUnit

NO_LIMIT = (0, LimitUnit.NONE)
ON_ENTERING = (Tell.RESPONDER, Tell.RESPONDING_LEAD)
ON_TIME = (Tell.RESPONDER,)
ON_OVERDUE = (Tell.RESPONDER, Tell.RESPONDING_LEAD, Tell.RAISER)
ON_RESOLVED = (Tell.RAISER, Tell.RAISING_LEAD, Tell.RESPONDING_LEAD)


@dataclass(frozen=True, slots=True)
class StagePreset:
    title: str
    raised_by: Contact
    answered_by: Contact
    limit: tuple[int, LimitUnit] = NO_LIMIT
    urgent: tuple[int, LimitUnit] = NO_LIMIT
    formal: bool = True
    partnership: PartnershipPart = PartnershipPart.NONE


@dataclass(frozen=True, slots=True)
class PolicyPreset:
    name: str
    stages: tuple[StagePreset, ...]
    themes_allowed: bool = True
    nearly_days: int = 1


def days(number: int) -> tuple[int, LimitUnit]:
    return number, LimitUnit.WORKING_DAYS


P, L, S, M, B, C, X = (
    Contact.PRACTITIONER, Contact.LINE_MANAGER, Contact.SAFEGUARDING_LEAD, Contact.SENIOR_MANAGER,
    Contact.BOARD_MEMBER, Contact.CHIEF_OFFICER, Contact.PARTNERSHIP,
)
TOLD, DECIDES = PartnershipPart.TOLD, PartnershipPart.DECIDES

PRESETS: dict[str, PolicyPreset] = {
    "default": PolicyPreset("Attendance escalation: default", (
        StagePreset("Practitioner to line manager", P, L, days(5), days(1), formal=False),
        StagePreset("Safeguarding lead to safeguarding lead", S, S, days(5), days(1), partnership=TOLD),
        StagePreset("Head of service or board member", M, B, days(5), days(1), partnership=TOLD),
        StagePreset("Partnership chair or executive", B, C, days(10), days(1), partnership=DECIDES),
    )),
    "pan_berkshire": PolicyPreset("Pan Berkshire: four stages", (
        StagePreset("Preventing disputes", P, P, formal=False),
        StagePreset("Informal dispute procedure", P, L, formal=False),
        StagePreset("Formal dispute procedure", S, M),
        StagePreset("Where disagreements remain", B, C, partnership=DECIDES),
    )),
    "wirral": PolicyPreset("Wirral: four stages", (
        StagePreset("Professionals", P, P, formal=False),
        StagePreset("Safeguarding leads", S, S, partnership=TOLD),
        StagePreset("Board members", B, B, partnership=TOLD),
        StagePreset("Board chair", B, C, partnership=DECIDES),
    )),
    "croydon": PolicyPreset("Croydon: five stages, two informal and three formal", (
        StagePreset("First informal stage", P, P, formal=False),
        StagePreset("Second informal stage", P, L, formal=False),
        StagePreset("First formal stage", S, S, partnership=TOLD),
        StagePreset("Second formal stage", M, M, partnership=TOLD),
        StagePreset("Executive group", B, C, partnership=DECIDES),
    )),
    "pan_lancashire": PolicyPreset("Pan Lancashire: six stages", (
        StagePreset("At the conference", Contact.CONFERENCE_CHAIR, P, formal=False),
        StagePreset("Core group", Contact.CONFERENCE_CHAIR, P, formal=False),
        StagePreset("Informal resolution", Contact.CONFERENCE_CHAIR, L, formal=False),
        StagePreset("Starred recommendation", Contact.CONFERENCE_CHAIR, S, partnership=TOLD),
        StagePreset("Formal escalation", M, M, partnership=TOLD),
        StagePreset("Chief officer resolution", B, C, partnership=DECIDES),
    )),
}

TRIGGERS = {"initial": (0, 0), "two_running": (2, 0), "rate": (5, 60), "inquorate": (0, 0)}
SUGGEST_WITHIN_DAYS = 90
