"""Write the reminders that are called for now: safe to run twice, safe to miss."""

from django.core.management.base import BaseCommand

from escalation.actions import chase


class Command(BaseCommand):
    help = "Write reminders for stages that are nearly due, due today or overdue."

    def handle(self, *args, **options) -> None:
        written = chase()
        self.stdout.write(f"{written} reminder{'' if written == 1 else 's'} written.")
