"""Print a partnership's figures: manage.py print_partnership BF --period 2014-15 --format json

The annual conference report: manage.py print_partnership BF --period 2014-15 --annual --output annual.pdf
"""

from compliance.asking import partnership_scope
from compliance.management.printing import PrintingCommand
from compliance.measures import Scope
from compliance.measures.annual import is_annual, score_annual
from compliance.period import Period, PeriodError
from compliance.publishing import in_place, published_annual
from compliance.scorecard import Scorecard


class Command(PrintingCommand):
    help = "Print a partnership's figures for a period, a row for each agency."

    def add_arguments(self, parser) -> None:
        parser.add_argument("partnership", help="the partnership's code")
        parser.add_argument(
            "--annual", action="store_true",
            help="the annual conference report, of a year or a half",
        )
        super().add_arguments(parser)

    def card(self, scope: Scope, period: Period, options: dict) -> Scorecard:
        if not options["annual"]:
            return super().card(scope, period, options)
        if not is_annual(period):
            raise PeriodError("The annual conference report is of a year or a half, such as 2014-15 or 2014-15-H1.")
        if options["published"]:
            in_place(scope.partnership, period.year)
            return published_annual(scope.partnership, period)
        return score_annual(scope, period)

    def scope(self, options: dict) -> Scope:
        return partnership_scope(options["partnership"])
