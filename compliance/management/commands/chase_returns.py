"""Write the reminders of returns that are called for today: safe to run twice, safe to miss."""

from django.core.management.base import BaseCommand

from compliance.actions import chase_returns


class Command(BaseCommand):
    help = "Write reminders for agency returns that are nearly due or late."

    def handle(self, *args, **options) -> None:
        written = chase_returns()
        self.stdout.write(f"{written} reminder{'' if written == 1 else 's'} written.")
