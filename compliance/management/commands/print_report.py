"""Print one agency's report: manage.py print_report TVP --period 2014-15 --output report.pdf"""

from compliance.asking import agency_scope
from compliance.management.printing import PrintingCommand
from compliance.measures import Scope


class Command(PrintingCommand):
    help = "Print one agency's report for a period as PDF, HTML, CSV or JSON."

    def add_arguments(self, parser) -> None:
        parser.add_argument("agency", help="the agency's code in its partnership")
        parser.add_argument("--partnership", help="the partnership's code, for an agency of several")
        parser.add_argument("--names", action="store_true", help="the agency's own copy, with names")
        super().add_arguments(parser)

    def scope(self, options: dict) -> Scope:
        return agency_scope(options["agency"], options["partnership"])
