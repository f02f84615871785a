"""A scorecard as a PDF: A4, tagged, with one typeface embedded, and the same bytes every time.

Tagged and checked by program, never "certified": the same report as a web page is the accessible
original.
"""

from __future__ import annotations

from datetime import datetime

from compliance.report import agency, annual, partnership
from compliance.report.cover import copy_words, partnership_name, subject
from compliance.report.issued import issue_words
from compliance.report.paper import Paper, printed
from compliance.scorecard import Scorecard

__all__ = ["render"]


def render(scorecard: Scorecard, *, made_at: datetime) -> bytes:
    """The report as a PDF; the same scorecard and moment give the same bytes."""
    kind = agency if scorecard.for_agency else annual if scorecard.annual else partnership
    return printed(paper_of(scorecard), lambda: kind.write(scorecard, made_at).story(), made_at)


def paper_of(scorecard: Scorecard) -> Paper:
    about = subject(scorecard)
    return Paper(
        title=f"{scorecard.title}: {about.lower()}, {scorecard.period.name}",
        author=partnership_name(scorecard),
        subject=about,
        head=f"{about}, {scorecard.period.name}" if scorecard.annual else f"{scorecard.title}, {scorecard.period.name}",
        copy=issue_words(scorecard) + copy_words(scorecard),
    )
