"""People who sign in with a password, as people do, and links that are followed as they stand."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import strip_tags

from compliance.demo.factories import hashed
from tests import filled as world

filled = world.filled
PASSWORD = "safe together 2014"


@pytest.fixture(autouse=True)
def fresh_limits():
    """The sign-in limits count in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


class Visitor:
    """A browser without script, by the test client."""

    def __init__(self, client) -> None:
        self.client = client
        self.page = ""

    def open(self, address: str, status: int = 200) -> str:
        """Open an address; gives the words of the page, or nothing for a file."""
        self.answer = self.client.get(address)
        assert self.answer.status_code == status, (address, self.answer.status_code)
        if "text/html" not in self.answer["Content-Type"]:
            return ""
        self.page = self.answer.content.decode()
        return self.words

    @property
    def words(self) -> str:
        return " ".join(unescape(strip_tags(self.page)).split())

    def link(self, words: str, within: str = "") -> str:
        """The address of the first link with some words, after a heading where one is given."""
        page = self.page[self.page.index(within):] if within else self.page
        for address, inside in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.S):
            if words in " ".join(unescape(strip_tags(inside)).split()):
                return unescape(address)
        raise AssertionError(f"No link says “{words}”.")

    def follow(self, words: str, within: str = "") -> str:
        return self.open(self.link(words, within))

    def sign_in(self, user, password: str = PASSWORD, **more):
        """Fill in the form as it stands."""
        user.password = hashed(PASSWORD)
        user.save()
        self.open(reverse("account_login"))
        form = {"login": user.email, "password": password, **more}
        self.answer = self.client.post(reverse("account_login"), form)
        if self.answer.status_code == 302:
            return self.answer["Location"]
        self.page = self.answer.content.decode()
        return ""


@pytest.fixture
def visitor(client) -> Visitor:
    return Visitor(client)
