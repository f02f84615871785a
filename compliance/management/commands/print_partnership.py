"""Print a partnership's figures: manage.py print_partnership BF --period 2014-15 --format json"""

from compliance.asking import partnership_scope
from compliance.management.printing import PrintingCommand
from compliance.measures import Scope


class Command(PrintingCommand):
    help = "Print a partnership's figures for a period, a row for each agency."

    def add_arguments(self, parser) -> None:
        parser.add_argument("partnership", help="the partnership's code")
        super().add_arguments(parser)

    def scope(self, options: dict) -> Scope:
        return partnership_scope(options["partnership"])
