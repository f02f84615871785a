"""Write docs/measures.md from the definitions: manage.py write_measures"""

from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.measures import MEASURES
from compliance.measures.definitions import AGENCY_MEASURES, bases
from compliance.scorecard import Basis, Measure

PAGE = "docs/measures.md"
HEAD = """# Measures

What each figure of Quorate counts. The same sentence stands under the figure on the page, in the
printed report and for machines. `manage.py write_measures` makes this page from the code.

Every reading is *met of total on a named basis*. Percentages have one decimal and half rounds up;
where there is nothing to count the reading is "none", never 0% and never 100%. Totals are sums of
counts, never averages of percentages. Attendance counts agencies at meetings, not people. A
breakdown by mode or by who came is met in that way over the whole total.

## The published edition

Inside the partnership figures are exact. A *published edition*, for readers outside it, shows a count
of 1 to 4 as "fewer than 5", because whoever is counted could be known by it; a count of nothing is
shown as 0. Where a count that is not met is 1 to 4, met is not shown beside its total. No percentage
and no rating stands where either of its counts is not shown. It holds counts only: no line of a single
meeting, no case, no name.

Other counts are *held back* with the small ones, and they may be large: if a year, three of its
quarters and all agencies but one were shown, the one that is missing could be worked out. So one more
quarter, or one more agency, is held back as well, until other numbers would fit all that is shown just
as well. This is done for all reports of a partnership's year together: what one report holds back is in
no other. A breakdown of an agency's quarter or half-year in which a count is small is held back as a
whole.

## Children on a plan

Children and families on a plan on a day are reckoned from each family's latest conference up to that
day. The annual report can show a second count beside it: what the authority's case system says, typed
with its day and where it comes from. It takes the count typed of its last day, or of the nearest day
before within a month, and says which. The difference is what the case system has more or fewer.
Neither is changed by the other, and no published edition holds a typed count.

## Bases

A measure that is not about meetings keeps its basis for machines and prints, in the place of its name, what
it is counted over: that stands below, under the measure.

"""


class Command(BaseCommand):
    help = "Write docs/measures.md from the definitions of the measures."

    def handle(self, *args, **options) -> None:
        (settings.BASE_DIR / PAGE).write_text(text(), encoding="utf-8")
        self.stderr.write(f"Written: {PAGE}")


def text() -> str:
    """The whole page."""
    named = [f"| `{basis}` | {basis.label} | {basis.sentence} |" for basis in Basis]
    table = ["| basis | printed | what the total counts |", "|---|---|---|", *named]
    parts = [line for measure in MEASURES.values() for line in section(measure)]
    return "\n".join([HEAD, *table, *parts, ""])


def section(measure: Measure) -> Iterator[str]:
    yield from ("", f"## {measure.title}", "", f"`{measure.key}`: {measure.sentence}", "")
    yield f"- Met: {measure.met_label.lower()}. Total: {measure.total_label.lower()}."
    own, *others = sorted(bases(measure), key=lambda basis: basis is not measure.basis)
    beside = f"; also read on {', '.join(f'`{basis}`' for basis in others)}" if others else ""
    yield f"- Basis: `{own}`{beside}."
    for over in measure.over:
        where = f" (readings of the unit `{over.unit}`)" if over.unit else ""
        yield f"- Printed as “{over.label}”{where}: {over.sentence}"
    of = (
        "an agency and of a partnership"
        if measure in AGENCY_MEASURES
        else "a partnership as a whole"
    )
    yield f"- Read of {of}."
