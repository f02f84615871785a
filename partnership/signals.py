"""What this floor tells the floors above, inside the same transaction."""

from django.dispatch import Signal

holidays_changed = Signal()  # country, days: the bank holidays that were added or removed
mail_written = Signal()  # the outbox has something to send
hour_struck = Signal()  # now: the hourly work is to be done
