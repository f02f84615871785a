"""What this floor tells the floors above, inside the same transaction."""

from django.dispatch import Signal

register_closed = Signal()  # meetings: those whose registers were closed or judged anew
