"""What the printing commands share: arguments, the faces and the ends."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.asking import NotThere
from compliance.faces import FORMATS, NO_TEXT, render
from compliance.measures import Scope, score
from compliance.period import Period, PeriodError
from compliance.publishing import in_place, published_card
from compliance.scorecard import Scorecard
from compliance.suppression.family import NotCovered
from partnership.history import record


class PrintingCommand(BaseCommand):
    """Prints a scope for a period; exit 2 with one sentence when either does not exist."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, help="2014-15, 2014-15-H1 or 2014-15-Q3")
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument(
            "--published", action="store_true",
            help="the published edition, for readers outside the partnership: small counts are held back",
        )
        parser.add_argument("--output", help="the file to write; text formats go to standard output")

    def scope(self, options: dict) -> Scope:
        raise NotImplementedError

    def handle(self, *args, **options) -> None:
        try:
            scope, period = self.scope(options), Period.parse(options["period"])
        except (NotThere, PeriodError) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["format"] in NO_TEXT and not options["output"]:
            named = {"pdf": "A PDF", "xlsx": "A workbook"}[options["format"]]
            raise CommandError(f"{named} needs --output and the name of a file.", returncode=2)
        try:
            card = self.card(scope, period, options)
        except (PeriodError, NotCovered) as error:
            raise CommandError(str(error), returncode=2) from error
        self.write(render(card, options["format"], timezone.localtime()), options["output"])
        subject = scope.agency or scope.partnership
        where = {"partnership": scope.partnership, "agency": scope.agency}
        about = {"period": period.name, "format": options["format"], "edition": card.edition.value}
        record(None, "printed", subject, **where, **about)

    def card(self, scope: Scope, period: Period, options: dict) -> Scorecard:
        if options.get("published"):
            in_place(scope.partnership, period.year)
            return published_card(scope, period)
        return score(scope, period, with_names=bool(options.get("names")))

    def write(self, content: bytes, output: str | None) -> None:
        if not output:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} could not be written: {error.strerror}.", returncode=2) from error
        self.stderr.write(f"Written: {output}")


