"""Write the reminders of the board's actions: safe to run twice, safe to miss."""

from django.core.management.base import BaseCommand

from compliance.actions import chase_actions


class Command(BaseCommand):
    help = "Write reminders for actions of the board that are nearly due or overdue."

    def handle(self, *args, **options) -> None:
        written = chase_actions()
        self.stdout.write(f"{written} reminder{'' if written == 1 else 's'} written.")
