"""What each role's home shows: what waits first, figures second; read once, within the person's reach."""

from __future__ import annotations

from django.db.models import prefetch_related_objects

from compliance.home import figures, lists
from compliance.home.beginning import to_begin
from compliance.home.waiting import BEGIN, LOOK_UP, waiting, ways
from partnership.models import User


def for_user(user: User) -> dict:
    """The parts of the home page that the person's grants give."""
    prefetch_related_objects(user.grants_in_force(), "agency", "partnership")
    return {
        "beginning": to_begin(user),
        "waiting": waiting(user),
        "begin": ways(BEGIN, user),
        "look_up": ways(LOOK_UP, user),
        "decisions": lists.decisions(user),
        "registers": lists.registers(user),
        "disputes": lists.disputes(user),
        "standings": lists.my_standings(user),
        "standing_columns": lists.columns("Course", "Standing and expiry"),
        "my_meetings": lists.my_meetings(user),
        "my_meeting_columns": lists.columns("Meeting", "Outcome"),
        "agencies": figures.agencies(user),
        "act_columns": [{"text": "What"}, {"text": "Number", "numeric": True}],
        "partnerships": figures.partnerships(user),
        "grants": user.grants_in_force(),
    }
