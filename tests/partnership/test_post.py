"""The outbox: written with the change, sent once, tried again, given up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from compliance.demo import factories as make
from partnership import post
from partnership.models import OutboxMessage
from partnership.tasks import deliver_mail

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def deliveries() -> int:
    return DBTaskResult.objects.filter(task_path="partnership.tasks.deliver_mail").count()


@pytest.fixture
def mail_server_down(monkeypatch):
    """Every sending fails, as with a server that refuses the connection."""
    tries = []

    def refuse(self, messages):
        tries.extend(messages)
        raise ConnectionRefusedError("no answer from the mail server")

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    return tries


def test_notify_writes_one_row_per_active_user_and_sends_nothing():
    users = [make.UserFactory(), make.UserFactory(), make.UserFactory(is_active=False)]
    before = deliveries()
    post.notify(users, "Something", "See the link.")
    assert {m.to for m in OutboxMessage.objects.all()} == {users[0].email, users[1].email}
    assert mail.outbox == []
    assert deliveries() == before + 1


def test_notify_without_readers_writes_nothing():
    before = deliveries()
    post.notify([make.UserFactory(is_active=False)], "Something", "See the link.")
    assert not OutboxMessage.objects.exists()
    assert deliveries() == before


def test_notify_keeps_a_subject_on_one_line():
    post.notify([make.UserFactory()], "Something\r\nBcc: all@example.org", "Body")
    assert OutboxMessage.objects.get().subject == "Something Bcc: all@example.org"
    assert post.send_outbox() == (1, 0)
    assert mail.outbox[0].recipients() == [OutboxMessage.objects.get().to]


@pytest.mark.parametrize("rolled_back", [True, False])
def test_a_rolled_back_change_leaves_no_mail_and_no_task(rolled_back):
    before = deliveries()
    with transaction.atomic():
        post.notify([make.UserFactory()], "Something", "See the link.")
        transaction.set_rollback(rolled_back)
    assert OutboxMessage.objects.count() == (0 if rolled_back else 1)
    assert deliveries() - before == (0 if rolled_back else 1)


def test_sending_marks_sent_and_a_second_run_sends_nothing():
    message = make.OutboxMessageFactory()
    assert post.send_outbox() == (1, 0)
    message.refresh_from_db()
    assert message.sent_at is not None
    assert message.tries == 1
    assert post.send_outbox() == (0, 0)
    assert len(mail.outbox) == 1


def test_messages_that_are_not_due_wait():
    make.OutboxMessageFactory(next_try_at=timezone.now() + MINUTE)
    due = make.OutboxMessageFactory(next_try_at=timezone.now() - MINUTE)
    assert post.send_outbox() == (1, 0)
    assert [m.to for m in mail.outbox] == [[due.to]]


def test_one_bad_message_does_not_hold_up_the_others(monkeypatch):
    first, second = make.OutboxMessageFactory(), make.OutboxMessageFactory()
    send = locmem.EmailBackend.send_messages

    def refuse_first(self, messages):
        if first.to in messages[0].to:
            raise ValueError("no such mailbox")
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse_first)
    assert post.send_outbox() == (1, 1)
    assert [m.to for m in mail.outbox] == [[second.to]]


def test_failure_puts_off_with_growing_waits_and_gives_up_after_eight(mail_server_down):
    message = make.OutboxMessageFactory()
    waits = []
    while not message.gave_up_at:
        before = timezone.now()
        assert post.send_outbox() == (0, 1)
        message.refresh_from_db()
        waits.append(round((message.next_try_at - before) / MINUTE))
        OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=before)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64]
    assert message.tries == 8
    assert message.sent_at is None
    assert message.last_error == "ConnectionRefusedError: no answer from the mail server"
    assert post.send_outbox() == (0, 0)  # given up: never tried again
    assert len(mail_server_down) == 8


def test_every_try_carries_the_same_message_id(mail_server_down):
    message = make.OutboxMessageFactory()
    for _ in range(2):
        post.send_one(message.pk)
        OutboxMessage.objects.update(next_try_at=timezone.now())
    ids = {sent.extra_headers["Message-ID"] for sent in mail_server_down}
    assert ids == {f"<outbox-{message.pk}@quorate>"}


def test_a_message_in_the_hands_of_one_worker_is_nobody_elses(monkeypatch):
    """The second worker comes while the first is talking to the mail server."""
    message = make.OutboxMessageFactory()
    send, second = locmem.EmailBackend.send_messages, []

    def slow(self, messages):
        second.append(post.send_one(message.pk))
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", slow)
    assert post.send_one(message.pk) is True
    assert second == [None]
    assert len(mail.outbox) == 1


def test_a_worker_that_died_loses_its_claim_after_a_while(monkeypatch):
    message = make.OutboxMessageFactory()

    def die(self, messages):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(locmem.EmailBackend, "send_messages", die)
        with pytest.raises(KeyboardInterrupt):
            post.send_one(message.pk)
    assert post.send_outbox() == (0, 0)
    message.refresh_from_db()
    assert timezone.now() < message.next_try_at <= timezone.now() + post.CLAIM
    OutboxMessage.objects.update(next_try_at=timezone.now())
    assert post.send_outbox() == (1, 0)


def test_the_mail_task_sends_and_comes_back_only_after_a_failure(mail_server_down, monkeypatch):
    make.OutboxMessageFactory()
    deliver_mail.func()
    again = DBTaskResult.objects.get(task_path="partnership.tasks.deliver_mail")
    assert again.run_after > timezone.now() + post.FIRST_WAIT
    monkeypatch.undo()
    OutboxMessage.objects.update(next_try_at=timezone.now())
    deliver_mail.func()
    assert deliveries() == 1
    assert len(mail.outbox) == 1


def test_a_message_cannot_be_both_sent_and_given_up():
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.OutboxMessageFactory(sent_at=now, gave_up_at=now)
    make.OutboxMessageFactory(sent_at=now)


# --- A race between two real connections ----------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(race):
    for _ in range(20):
        make.OutboxMessageFactory()
    answers = race(post.send_outbox, workers=4)
    assert sum(sent for sent, _ in answers) == 20
    assert len(mail.outbox) == 20
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 20


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_the_race_is_lost(race, monkeypatch):
    """The control: the test above can see the fault."""

    def unclaimed(key):
        message = OutboxMessage.objects.get(pk=key)
        if message.sent_at:
            return None
        threading.Event().wait(0.05)
        post.EmailMessage(message.subject, message.body, to=[message.to]).send()
        message.sent_at = timezone.now()
        message.save()
        return True

    monkeypatch.setattr(post, "send_one", unclaimed)
    for _ in range(20):
        make.OutboxMessageFactory()
    race(post.send_outbox, workers=4)
    assert len(mail.outbox) > 20
