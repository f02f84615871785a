"""Mail: a row in the outbox in the change's own transaction; the worker sends it and tries again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from partnership.models import OutboxMessage, User
from partnership.signals import mail_written

MOST_TRIES = 8
CLAIM = timedelta(minutes=10)  # a worker that dies while sending loses its claim after this
FIRST_WAIT = timedelta(minutes=1)
STOP_WAITING_LONGER = 6  # 1, 2, 4 … 64 minutes


def notify(users: Iterable[User], subject: str, body: str) -> None:
    """Put a mail to each active user in the outbox. It holds references and a link, never a name."""
    notify_each((user, subject, body) for user in users)


def notify_each(mails: Iterable[tuple[User, str, str]]) -> None:
    """Put many mails in the outbox at once, each with its own subject and body."""
    messages = OutboxMessage.objects.bulk_create(
        OutboxMessage(to=user.email, subject=" ".join(subject.split()), body=body)
        for user, subject, body in mails
        if user.is_active
    )
    if messages:
        mail_written.send(sender=OutboxMessage)


def send_outbox() -> tuple[int, int]:
    """Send what is due; gives how many were sent and how many failed and will be tried again."""
    sent = failed = 0
    for key in list(OutboxMessage.objects.due(timezone.now()).values_list("pk", flat=True)):
        outcome = send_one(key)
        sent += outcome is True
        failed += outcome is False
    return sent, failed


def send_one(key: int) -> bool | None:
    """Send a message that is still due; None when another worker has claimed or sent it.

    The claim is an UPDATE that names the state it believes in, so two workers cannot both win, and
    no transaction is open while the mail server is asked.
    """
    now = timezone.now()
    claimed = OutboxMessage.objects.due(now).filter(pk=key)
    if not claimed.update(next_try_at=now + CLAIM, tries=F("tries") + 1):
        return None
    message = OutboxMessage.objects.get(pk=key)
    try:
        # The same Message-ID on every try: a mail that was sent twice shows as one.
        headers = {"Message-ID": f"<outbox-{message.pk}@quorate>"}
        EmailMessage(message.subject, message.body, to=[message.to], headers=headers).send()
    except Exception as error:  # whatever the mail server does, the message stays to be tried again
        put_off(message, error)
        return False
    message.sent_at = timezone.now()
    message.save(update_fields=["sent_at"])
    return True


def put_off(message: OutboxMessage, error: Exception) -> None:
    """Note the failure and set the next try, later each time; give up in the end."""
    message.last_error = f"{type(error).__name__}: {error}"[:200]
    wait = FIRST_WAIT * 2 ** min(message.tries - 1, STOP_WAITING_LONGER)
    message.next_try_at = timezone.now() + wait
    if message.tries >= MOST_TRIES:
        message.gave_up_at = timezone.now()
    message.save(update_fields=["last_error", "next_try_at", "gave_up_at"])
