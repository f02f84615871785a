"""The rows behind a number: the very rows that were counted, so the two cannot disagree.

``opened`` answers for a reading (measure, basis and breakdown), ``opened_count`` for a plain count.
"""

from compliance.rows.counts import OPENABLE_COUNTS, opened_count
from compliance.rows.readings import opened
from compliance.rows.tables import NoSuchRows, Opened, OpenedRow

__all__ = ["OPENABLE_COUNTS", "NoSuchRows", "Opened", "OpenedRow", "opened", "opened_count"]
