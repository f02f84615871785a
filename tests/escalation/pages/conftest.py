"""Pages as people open them: a client for each person, and a case whose clock runs now."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.models import User, today

LATELY = f"{today() - timedelta(days=9):%d/%m/%Y}"


@pytest.fixture
def signed_in(db):
    """A client for a person, who is read anew with each request."""
    clients: dict[int, Client] = {}

    def client(user: User) -> Client:
        if user.pk not in clients:
            clients[user.pk] = Client()
            clients[user.pk].force_login(user)
        return clients[user.pk]

    return client


@pytest.fixture
def running(raised, rita):
    """Bob's case about agency B, raised just now: Rita is to answer."""
    return raised(now=timezone.now())


def words(response) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def same_body(response) -> str:
    """A page without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


def case_page(case) -> str:
    return reverse("escalation:detail", args=[case.reference])


def move_page(case, slug: str) -> str:
    return reverse("escalation:move", args=[case.reference, slug])
