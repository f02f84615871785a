"""The two partnerships beside Bracknell Forest in the trial: everybody and everything is invented.

They share Thames Valley Police and parts of the health trust with Bracknell Forest; what they add
to a shared agency works for them alone, so that no figure of Bracknell Forest moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from conferences.choices import Expectation
from partnership.choices import Sector

FROM_ON, UNTIL_ON = date(2014, 4, 1), date(2015, 3, 31)


@dataclass(frozen=True, slots=True)
class Service:
    """An agency of a neighbour: how many work for it there, in which jobs, and what is expected."""

    code: str
    name: str  # of a shared agency: as it is called where it was made
    sector: str
    people: int
    jobs: tuple[str, ...]
    shared: bool = False
    expectation: str = Expectation.BOTH


@dataclass(frozen=True, slots=True)
class Neighbour:
    code: str
    name: str
    seed: int
    services: tuple[Service, ...]
    label: str = "Local Safeguarding Children Board"
    subgroup_label: str = "East Berkshire training sub-group"
    names: tuple[tuple[str, str], ...] = field(default=())  # people who are certainly there


POLICE = Service(
    "TVP", "Thames Valley Police", Sector.POLICE, 9,
    ("Detective constable", "Detective sergeant", "Police conference officer"), shared=True,
)
HEALTH_VISITING = Service(
    "HV", "Health Visiting (Berkshire Healthcare)", Sector.HEALTH_COMMUNITY, 9,
    ("Health visitor", "Team leader"), shared=True,
)
SCHOOL_NURSING = Service(
    "SN", "School Nursing (Berkshire Healthcare)", Sector.HEALTH_COMMUNITY, 6,
    ("School nurse",), shared=True,
)
CAMHS = Service(
    "CAMHS", "CAMHS (Berkshire Healthcare)", Sector.HEALTH_MENTAL, 6,
    ("Primary mental health worker", "Clinical psychologist"), shared=True,
)
TRUST = "Berkshire Healthcare"
TRUST_PARTS = (HEALTH_VISITING.name, SCHOOL_NURSING.name, CAMHS.name)

CHILDREN = Sector.SOCIAL_CARE_CHILDREN
DOCTOR = ("General practitioner",)
SOCIAL_WORK = ("Social worker", "Senior social worker", "Team manager")
TEACHING = ("Designated safeguarding lead", "Head teacher", "Pastoral lead")

NEIGHBOURS = (
    Neighbour(
        "RG", "Reading", 1989,
        (
            Service("CSC", "Reading Children's Social Care", CHILDREN, 16, SOCIAL_WORK),
            POLICE, HEALTH_VISITING, CAMHS,
            Service("EDU", "Reading Schools", Sector.EDUCATION, 14, TEACHING),
            Service(
                "GP", "Reading General Practice", Sector.HEALTH_PRIMARY, 8, DOCTOR,
                expectation=Expectation.REPORT,
            ),
            Service(
                "HOU", "Reading Housing", Sector.HOUSING, 5, ("Housing officer",),
                expectation=Expectation.EITHER,
            ),
            Service(
                "DA", "Reading Domestic Abuse Outreach", Sector.VOLUNTARY, 4, ("Outreach worker",),
                expectation=Expectation.EITHER,
            ),
        ),
        names=(("Siân", "Llŷr-Pŵel"), ("Małgorzata", "Wiśniewska")),
    ),
    Neighbour(
        "WO", "Wokingham", 1990,
        (
            Service("CSC", "Wokingham Children's Social Care", CHILDREN, 14, SOCIAL_WORK),
            POLICE, HEALTH_VISITING, SCHOOL_NURSING,
            Service("EDU", "Wokingham Schools", Sector.EDUCATION, 12, TEACHING),
            Service(
                "GP", "Wokingham General Practice", Sector.HEALTH_PRIMARY, 6, DOCTOR,
                expectation=Expectation.REPORT,
            ),
            Service(
                "YOS", "Wokingham Youth Offending Service", Sector.YOUTH_JUSTICE, 4,
                ("Youth justice officer",),
            ),
        ),
        names=(("Łukasz", "Żak"), ("Cián", "Ó Súilleabháin")),
    ),
)

REQUIREMENTS = (  # role group, course, within days of starting, since
    ("conference_practitioner", "CPC", 180, date(2012, 4, 1)),
    ("conference_practitioner", "UNI", 30, date(2010, 4, 1)),
    ("manager", "CPC", 180, date(2012, 4, 1)),
    ("manager", "UNI", 30, date(2010, 4, 1)),
    ("regular_contact", "UNI", 30, date(2010, 4, 1)),
)
