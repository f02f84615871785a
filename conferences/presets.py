"""The local rules that a new partnership starts with; every value is a dated row to be changed."""

from datetime import date

from conferences.choices import Expectation, Timed, Unit
from partnership.choices import Sector

SINCE = date(2000, 1, 1)  # before anything that is likely to be loaded

QUORUM = {"required_sectors": [Sector.SOCIAL_CARE_CHILDREN], "others": 2}
EXPECTATION = Expectation.BOTH
TIMESCALES = {
    Timed.INITIAL: (15, Unit.WORKING_DAYS),
    Timed.FIRST_REVIEW: (3, Unit.MONTHS),
    Timed.LATER_REVIEW: (6, Unit.MONTHS),
    Timed.FIRST_CORE_GROUP: (10, Unit.WORKING_DAYS),
    Timed.NEXT_CORE_GROUP: (6, Unit.WEEKS),
    Timed.NOTICE: (5, Unit.WORKING_DAYS),
}
