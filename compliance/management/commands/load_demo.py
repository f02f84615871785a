"""manage.py load_demo: fill a trial with a year, two neighbours and people to sign in."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance.demo.build import build
from compliance.demo.people import sign_ins
from compliance.folder import FolderRefused, PartnershipRefused


class Command(BaseCommand):
    help = (
        "Fill a trial: a year of Bracknell Forest whose totals are the published ones, two "
        "invented neighbours, and somebody to sign in for every role. Running it again changes "
        "nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--i-know-this-is-demo-data", action="store_true", dest="known",
            help="Load it although this is not a trial. Everybody then has a known password.",
        )

    def handle(self, *args, known: bool, **options) -> None:
        if not (settings.TRIAL or settings.DEBUG or known):
            raise CommandError(
                "This is not a trial (TRIAL=1), and the demo's password is known to everybody. "
                "Nothing was loaded.",
                returncode=2,
            )
        try:
            build(timezone.localdate())
        except PartnershipRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except FolderRefused as refusal:
            lines = "\n".join(map(str, refusal.refused))
            raise CommandError(f"Nothing was loaded:\n{lines}") from refusal
        self.stdout.write("Every person and every child counted here is invented.\n\n")
        self.stdout.write("\n".join(sign_ins()))
