"""Find what the local triggers suggest from closed registers: twice changes nothing."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from escalation.actions import suggest
from partnership.models import Partnership, today


class Command(BaseCommand):
    help = "Find suggested escalations in the registers of the last months."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="as on that day: 2015-03-31")
        parser.add_argument("--partnership", help="only that partnership")

    def handle(self, *args, **options) -> None:
        rows = Partnership.objects.all()  # unscoped: an operator's command
        if options["partnership"]:
            rows = rows.filter(code=options["partnership"].upper())
            if not rows:
                raise CommandError(f"There is no partnership {options['partnership']}.", returncode=2)
        found = sum(suggest(partnership=row, on=options["on"] or today()) for row in rows)
        self.stdout.write(f"{found} new suggestion{'' if found == 1 else 's'}.")
