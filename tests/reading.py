"""Reading answers in tests: the words of a page, and what stays the same of two."""

from __future__ import annotations

import re
from html import unescape

from django.utils.html import strip_tags


def same(response) -> tuple[int, str]:
    """The answer without what differs each time: the form's token, and a number in its address."""
    words = re.sub(r'value="\w{64}"|data-(until|at-most)="[^"]*"', "", response.content.decode())
    return response.status_code, words.replace(response.request["PATH_INFO"], "")


def text(response) -> str:
    """The words of a page."""
    return " ".join(unescape(strip_tags(response.content.decode())).split())
