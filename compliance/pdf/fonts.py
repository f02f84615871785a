"""The one typeface of charts and reports: found, registered once, measured and wrapped.

Liberation Sans is embedded, so that Łukasz and Siân print alike on every machine. Text is drawn
as it stands: nothing here, and nothing above, reads markup in what people typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from math import inf
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "LiberationSans", "LiberationSans-Bold"
FILES = {REGULAR: "LiberationSans-Regular.ttf", BOLD: "LiberationSans-Bold.ttf"}
FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "fonts"
UNPRINTABLE = "\u25a1"  # an empty box: a sign that something stood there
MOST_AT_ONCE = 400  # letters: no line of a report holds more
ALIKE = {0x2010: "-", 0x2011: "-", 0x2028: " ", 0x2029: " "}


READING = Lock()  # two who are first at once get the same face: of two, every document would fail


@cache
def font(name: str) -> TTFont:
    """One face, read and registered once in the life of the process."""
    with READING:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(FOLDER / FILES[name])))
        return pdfmetrics.getFont(name)


class _Printable(dict[int, str]):
    """What each character is printed as, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = printed = self._printed(code)
        return printed

    @staticmethod
    def _printed(code: int) -> str:
        kind = unicodedata.category(chr(code))
        if code in ALIKE or chr(code).isspace():
            return ALIKE.get(code, "\u00a0" if code in (0xA0, 0x202F) else " ")
        if kind == "Cf":  # soft hyphens, joiners, direction marks: nothing to see
            return ""
        known = code in font(REGULAR).face.charToGlyph and kind[0] != "C"
        return chr(code) if known else UNPRINTABLE


PRINTABLE = _Printable()
RIGHT_TO_LEFT = re.compile("([\u0590-\u05ff\ufb1d-\ufb4f]+(?: +[\u0590-\u05ff\ufb1d-\ufb4f]+)*)")


def literal(text: str) -> str:
    """The text as it can be printed, on one line: what the face lacks becomes an empty box.

    Every piece of text on a chart or in a report passes here.
    """
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text).translate(PRINTABLE)


def width(text: str, name: str, size: float) -> float:
    """How wide a literal text stands, in points."""
    return font(name).stringWidth(text, size)


@lru_cache(maxsize=8192)
def wrapped(text: str, name: str, size: float, room: float, most: int = 40) -> tuple[str, ...]:
    """The text in lines no wider than the room; beyond the most lines it ends in "…".

    Lines break at spaces, and inside a word only where the word alone is too wide. A line that
    ends with a word keeps the space after it, unseen, so that words stay apart when read aloud.
    """
    if len(text) < MOST_AT_ONCE and "\n" not in text:  # most cells are one short line
        line = literal(text).strip(" ")
        if width(line, name, size) <= room:
            return (line,)
    found: list[str] = []
    for paragraph in text.split("\n"):
        found += islice(_broken(literal(paragraph).strip(" "), name, size, room), most + 1)
        found[-1] += " "
        if len(found) > most:
            break
    if len(found) > most:
        last = shortened(f"{found[most - 1].rstrip(' ')}…", name, size, room)
        found = [*found[: most - 1], last]
    found[-1] = found[-1].rstrip(" ")
    return tuple(found)


def turned(line: str) -> str:
    """A line of literal text in the order in which it is drawn, from left to right.

    Words that are read from the right are drawn the other way round, one run of them at a time.
    """
    if line.isascii() or not RIGHT_TO_LEFT.search(line):
        return line
    parts = re.split(RIGHT_TO_LEFT, line)
    return "".join(part[::-1] if number % 2 else part for number, part in enumerate(parts))


def shortened(text: str, name: str, size: float, room: float) -> str:
    """One line that fits the room, ended by "…" where something is left out."""
    text = literal(text)
    if width(text, name, size) <= room:
        return text
    return text[: _fitting(text, name, size, room - width("…", name, size))].rstrip(" …") + "…"


def _broken(text: str, name: str, size: float, room: float) -> Iterator[str]:
    """One paragraph in lines."""
    if len(text) < MOST_AT_ONCE and width(text, name, size) <= room:
        yield text
        return
    space, line, used = _of_word(" ", name, size), "", 0.0
    for word in text.split(" "):
        wide = _of_word(word, name, size) if len(word) < MOST_AT_ONCE else inf
        if line and used + space + wide <= room:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            yield f"{line} "
        line, used = word, wide
        if wide > room:
            *full, line = _pieces(word, name, size, room)
            yield from full
            used = width(line, name, size)
    yield line


@lru_cache(maxsize=8192)
def _of_word(word: str, name: str, size: float) -> float:
    """How wide a word is: reports say the same words again and again."""
    return width(word, name, size)


def _pieces(word: str, name: str, size: float, room: float) -> Iterator[str]:
    """A word in pieces that fit, broken after a hyphen, slash or full stop where one is near."""
    while (cut := max(_fitting(word, name, size, room), 1)) < len(word):
        near = max(word.rfind(mark, cut // 2, cut) for mark in "-/@._")
        cut = near + 1 if near > 0 else cut
        yield word[:cut]
        word = word[cut:]
    yield word


def _fitting(text: str, name: str, size: float, room: float) -> int:
    """How many characters from the start fit the room."""
    low, high = 0, min(len(text), MOST_AT_ONCE)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle], name, size) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return low
