"""What this floor tells the floors above, inside the same transaction."""

from django.dispatch import Signal

staff_changed = Signal()  # staff: numbers of people whose line is another than before
agencies_changed = Signal()  # agencies: numbers of those that came under another roof
holidays_changed = Signal()  # country, days: the bank holidays that were added or removed
mail_written = Signal()  # the outbox has something to send
hour_struck = Signal()  # now: the hourly work is to be done
