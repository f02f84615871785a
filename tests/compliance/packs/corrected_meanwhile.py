"""A pack whose figures somebody corrects between two of its agencies, and which is cancelled after them.
Run by test_one_moment.py, never alone: the database must be one that two connections share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django

django.setup()

from django.db import connections  # noqa: E402

from compliance.models import Pack, PackState  # noqa: E402
from compliance.packs import gathering, working  # noqa: E402
from conferences.models import Meeting  # noqa: E402

seen: dict[str, list] = {"conferences": [], "done": []}
read = gathering.chapter_of


def elsewhere(do: Callable[[], object]) -> None:
    """What somebody else does, on a connection of their own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(do).result()
        thread.submit(connections.close_all).result()


def correct() -> None:
    seen["done"].append(Pack.objects.get().done)
    if len(seen["conferences"]) == 1:
        Meeting.objects.update(held_on=date(2013, 5, 1))
    else:
        Pack.objects.update(state=PackState.CANCELLED)


def interrupted(*given: object) -> object:
    chapter = read(*given)
    seen["conferences"].append(chapter.card().count("conferences"))
    elsewhere(correct)
    return chapter


gathering.chapter_of = interrupted
if "AS_IT_COMES" in os.environ:
    working.one_moment = lambda: nullcontext(lambda do: do())
pack = Pack.objects.get()
working.work(pack.pk)
Pack.objects.update(problem="It can be written to again.")
pack.refresh_from_db()
print(json.dumps(seen | {"state": pack.state, "problem": pack.problem, "pieces": pack.pieces.count()}))
