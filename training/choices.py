"""Coded values of the training floor, with the words that are printed for them."""

from django.db import models


class Delivery(models.TextChoices):
    TAUGHT = "taught", "Taught"
    E_LEARNING = "e_learning", "E-learning"
    WORKSHOP = "workshop", "Workshop or briefing"
    LEARNING_EVENT = "learning_event", "Learning event"
    VIRTUAL = "virtual", "Virtual classroom"
    BLENDED = "blended", "Blended"
    OTHER = "other", "Other"


class Provider(models.TextChoices):
    PARTNERSHIP = "partnership", "The partnership"
    AGENCY = "agency", "The agency itself"
    OTHER = "other", "Somebody else"


class ExemptionReason(models.TextChoices):
    """Codes only: nothing about anybody's health or family is written down."""

    UNAVAILABLE = "unavailable", "Away from work for a longer time"
    EQUIVALENT = "equivalent", "Holds an equivalent from elsewhere"
    LEAVING = "leaving", "About to leave the post"
    NO_CONTACT = "no_contact", "Post without contact with conferences"


class Standing(models.TextChoices):
    """Where a person is with a requirement on a day."""

    CURRENT = "current", "In date"
    EXPIRING = "expiring", "Expiring"
    EXPIRED = "expired", "Expired"
    NEVER = "never", "Never done"
    NOT_YET_DUE = "not_yet_due", "Not yet due"
    EXEMPT = "exempt", "Exempt"


IN_DATE = frozenset({Standing.CURRENT, Standing.EXPIRING})
BESIDE = frozenset({Standing.NOT_YET_DUE, Standing.EXEMPT})  # not in the total; printed beside it
EXPIRING_WITHIN_DAYS = 90


class BookingState(models.TextChoices):
    """What became of a booking. Each row is in one of these, so that all can be counted apart."""

    BOOKED = "booked", "Booked"
    WAITING = "waiting", "On the waiting list"
    CANCELLED = "cancelled", "Cancelled in time"
    CANCELLED_LATE = "cancelled_late", "Cancelled late"
    ATTENDED = "attended", "Attended"
    NO_SHOW = "no_show", "No-show"
    WALK_IN = "walk_in", "Walk-in"
    LEFT_LIST = "left_list", "Left the waiting list"
    MISTAKE = "mistake", "Entered by mistake"


CAME = frozenset({BookingState.ATTENDED, BookingState.WALK_IN})
CANCELLATIONS = frozenset({BookingState.CANCELLED, BookingState.CANCELLED_LATE})
CALLED_OFF = CANCELLATIONS | {BookingState.LEFT_LIST}
HAD_A_PLACE = frozenset({BookingState.BOOKED, BookingState.ATTENDED, BookingState.NO_SHOW})
LIVE = frozenset({BookingState.WAITING, BookingState.WALK_IN, *HAD_A_PLACE})  # once for a person
REGISTRATIONS = HAD_A_PLACE | CANCELLATIONS  # everybody who ever held a place
