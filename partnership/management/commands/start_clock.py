"""Start the hourly work of the worker: harmless when it runs already."""

from django.core.management.base import BaseCommand

from partnership.tasks import strike_hour


class Command(BaseCommand):
    help = "Start the hourly work (reminders, unsent mail). Run it before each start of the worker."

    def handle(self, *args, **options) -> None:
        strike_hour.enqueue()
