"""What the lists of this floor share: a page of rows, under headings that lead to another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.http import urlencode

PAGE = 25


def chosen_sort(asked: str, sorts: Mapping[str, Any], first: str) -> tuple[str, bool]:
    """By which heading, and whether downwards; what is no heading is the first order."""
    name = asked.removeprefix("-")
    return (name, asked.startswith("-")) if name in sorts else (first, False)


def headings(
    request: HttpRequest, columns: Mapping[str, str], sorts: Mapping[str, Any], now: tuple[str, bool],
    numeric: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The column headings, each leading to the list in its order where it has one."""
    kept = {key: value for key, value in request.GET.items() if key not in ("page", "sort")}
    found = []
    for index, (name, words) in enumerate(columns.items()):
        column: dict[str, Any] = {"text": words, "header": index == 0, "numeric": name in numeric}
        if name in sorts:
            down_next = name == now[0] and not now[1]
            column["sort_href"] = "?" + urlencode(kept | {"sort": f"-{name}" if down_next else name})
            column["sort_dir"] = ("desc" if now[1] else "asc") if name == now[0] else ""
        found.append(column)
    return found


def page_of(request: HttpRequest, rows: Any) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
