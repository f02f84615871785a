"""A canvas for a document of thousands of pages: what is drawn is put away small, part by part.

The pages of a part are compressed and its elements written down as soon as it is done, many in one
compressed stream of objects, so that only the part at work is held as objects. The first part, which
tells the pages of the others, waits for the end. Headings are lowered by one: the document has a title
of its own.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from struct import pack
from typing import IO, Any

from reportlab.pdfbase.pdfdoc import XMP, PDFArray, PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from compliance.pdf.structure import TREE, UNKNOWN, Element, element_code
from compliance.pdf.tagged import LATER, Raw, TaggedCanvas

FIRST = 100_000_000  # the first number of ours until it is known how many objects the library has made
TOGETHER = 400  # objects in a stream
TOLD = re.compile(LATER.format(r"(\d+)"))
TABLE = re.compile(rb"xref\n0 (\d+)\n(.*?)trailer\n(.*?)startxref", re.S)
TRAILER = re.compile(rb"/(ID|Info|Root)\s*(\[.*?\]|\d+ 0 R)", re.S)
OURS = re.compile(rb"(1\d{8})(?= 0 R)")
HEADING = re.compile(r"H(\d)")
Row = tuple[int, int, int]  # of the table of objects: its kind, where, and where in there
Box = tuple[float, float, float, float]


class Part(Element):
    """A part of the document: its headings stand below the document's own title."""

    __slots__ = ()

    def hold(self, child: Element) -> Element:
        found = HEADING.fullmatch(child.tag)
        if found:
            child.tag = f"H{int(found[1]) + 1}"
        return super().hold(child)


class Streams:
    """Objects that hold no stream of their own, many in one compressed stream."""

    def __init__(self) -> None:
        self.next = FIRST
        self.packed: list[tuple[int, array, bytes]] = []  # by stream: its number, those in it, these

    def number(self) -> int:
        self.next += 1
        return self.next - 1

    def put(self, objects: Sequence[tuple[int, str]]) -> None:
        for start in range(0, len(objects), TOGETHER):
            some = objects[start : start + TOGETHER]
            content = zlib.compress("\n".join([body for _, body in some]).encode("ascii"), 1)
            self.packed.append((self.number(), array("I", [number for number, _ in some]), content))

    def written(self, less: int) -> Iterator[tuple[int, list[int], bytes]]:
        """Each stream as it stands in the file, and the numbers in it, all of them lower by so much."""
        for own, numbers, content in self.packed:
            told = OURS.sub(lambda found: b"%d" % (int(found[1]) - less), zlib.decompress(content))
            places = [0, *accumulate(len(body) + 1 for body in told.split(b"\n"))]
            inside = [number - less for number in numbers]
            head = " ".join(f"{number} {at}" for number, at in zip(inside, places, strict=False)) + "\n"
            words = f"/Type/ObjStm/N {len(inside)}/First {len(head)}"
            yield own - less, inside, as_stream(own - less, words, zlib.compress(head.encode() + told))


def as_stream(number: int, words: str, content: bytes) -> bytes:
    head = f"{number} 0 obj\n<<{words}/Filter/FlateDecode/Length {len(content)}>>\nstream\n"
    return b"%b%b\nendstream\nendobj\n" % (head.encode("ascii"), content)


def compressed(code: str) -> PDFStream:
    """A stream of a page, as the library holds it."""
    content = zlib.compress(code.encode("latin-1"))
    return PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode")}), content)


class Once:
    """Takes what the library writes, which is all in one, without a copy of it."""

    content = b""

    def write(self, content: bytes) -> None:
        self.content = content


class BoundCanvas(TaggedCanvas):
    """Draws a document part by part; ``begin`` and ``settle`` stand around each."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.streams = Streams()
        self.of_whole, self.of_parents = self.streams.number(), self.streams.number()
        self.front: tuple[Element, int] | None = None  # the first part, and how many pages it has
        self.parts: list[int] = []
        self.parents: dict[int, int] = {}  # by page: the number of the list of its elements
        self.links: list[Element] = []
        self.held: dict[Element, list[int]] = {}  # the annotations of an element
        self.kept: list[PDFStream | None] = []  # by page: what is drawn on it
        self.level = 0  # under which bookmarks stand

    # parts

    def begin(self, level: int = 0) -> None:
        """What is drawn from here belongs to a part of its own; the first has the document's title."""
        self.root, self.level = (Part if self.front else Element)("Part"), level

    def bookmark(self, title: str, level: int, top: float) -> None:
        super().bookmark(title, level + self.level, top)

    def lead(self, key: str, words: str, box: Box, element: Element) -> None:
        """A link on this page to a place of the document; ``element`` is what it looks like."""
        link = PDFDictionary({
            "Type": PDFName("Annot"), "Subtype": PDFName("Link"), "F": 4,
            "Rect": PDFArray([round(side, 2) for side in box]), "Border": PDFArray([0, 0, 0]),
            "Contents": Raw(f"<FEFF{words.encode('utf-16-be').hex()}>").format(None),
            "StructParent": FIRST + len(self.links), "Dest": self._bookmarkReference(key),
        })
        self._addAnnotation(link)
        self.held.setdefault(element, []).append(self._number(link))
        self.links.append(element)

    # putting away

    def settle(self) -> None:
        """Put away what was drawn since the last time; the page is at its end."""
        start, stop = len(self.kept), len(self._written)
        self.kept += [None] * (stop - start)
        if self.front is None:
            self.front = self.root, stop
        else:
            self._put(self.root, start, stop)
        self._shown.clear()

    def _put(self, part: Element, start: int, stop: int) -> None:
        pages = [self._number(page) for page in self._written]
        self._put_elements(part, pages)
        self.parts.append(part.number)
        for at in range(start, stop):
            self._put_page(at)

    def _put_elements(self, part: Element, pages: Sequence[int]) -> None:
        """Write the elements of a part down, in reading order."""
        order: list[tuple[Element, int]] = []
        waiting = [(part, self.of_whole)]
        while waiting:
            element, above = waiting.pop()
            element.number = self.streams.number()
            order.append((element, above))
            waiting += [(child, element.number) for child in reversed(element.children)]
        self.streams.put([
            (element.number, element_code(element, above, pages, self._links(element)))
            for element, above in order
        ])

    def _links(self, element: Element) -> list[str]:
        return [f"<</Type/OBJR/Obj {number} 0 R>>" for number in self.held.pop(element, ())]

    def _put_page(self, at: int) -> None:
        page = self._written[at]
        marks = array("I", [element.number for element in self._marked[at]])
        self.parents[at] = number = self.streams.number()
        self.streams.put([(number, f"[{' '.join([f'{mark} 0 R' for mark in marks])}]")])
        self.kept[at] = compressed(TOLD.sub(self._told_once, page.stream))
        self._marked[at], page.stream = [], ""

    def _told_once(self, found: re.Match[str]) -> str:
        number = int(found[1])
        code, self._later[number] = self._later[number], None
        return code()

    # file

    def save(self) -> None:
        """Draw the furniture of all pages, and write the file."""
        if self._code:
            self.showPage()
        last, self.parts = self.parts, []
        self._put(self.front[0], 0, self.front[1])
        self.parts += last
        for number, (page, kept) in enumerate(zip(self._written, self.kept, strict=True), start=1):
            self._code = []
            with self.artifact():
                self._furniture(self, number, len(self._written))
            page.Contents = PDFArray([kept, compressed("\n".join(self._code) + "\n")])
            self._doc.signature.update(kept.content)
        self._code, self.kept = [], []
        self._write_tree()
        target, self._filename = self._filename, Once()
        Canvas.save(self)
        self._write(target, self._filename.content)

    def _write_tree(self) -> None:
        """What leads to the elements: the tree, the document, and which page and link has which."""
        catalog = self._doc.Catalog
        catalog.StructTreeRoot = tree = Raw(TREE)
        self._tree_number = self._number(tree)
        catalog.MarkInfo = Raw("<</Marked true>>")
        catalog.Metadata = XMP(creator=lambda document: self._metadata())
        self.setViewerPreference("DisplayDocTitle", "true")
        kids = " ".join(f"{number} 0 R" for number in self.parts)
        pairs = [f"{at} {number} 0 R" for at, number in sorted(self.parents.items())]
        pairs += [f"{key} {link.number} 0 R" for key, link in enumerate(self.links, start=FIRST)]
        self.streams.put([
            (self.of_whole, f"<</S/Document/P {self._tree_number} 0 R/K[{kids}]>>"),
            (self.of_parents, f"<</Nums[{' '.join(pairs)}]>>"),
        ])

    def _write(self, target: IO[bytes], plain: bytes) -> None:
        """The library's file with the streams in the place of its table, and a table of all."""
        at = plain.rindex(b"xref\n0 ")
        known = TABLE.match(plain, at)
        less = FIRST - int(known[1])
        last = FIRST + len(self.links)
        write_told(target, memoryview(plain)[:at], self._tree_number, (self.of_whole - less, self.of_parents - less, last))
        table: dict[int, Row] = {
            number: (1, int(row[:10]), 0) for number, row in enumerate(known[2].splitlines()[1:], start=1)
        }
        for number, inside, content in self.streams.written(less):
            table[number] = 1, at, 0
            table |= {one: (2, number, place) for place, one in enumerate(inside)}
            target.write(content)
            at += len(content)
        self._write_table(target, table, at, known[3])

    def _write_table(self, target: IO[bytes], table: dict[int, Row], at: int, trailer: bytes) -> None:
        own = len(table) + 1
        table[own] = 1, at, 0
        rows = [(0, 0, 65535), *(table[number] for number in range(1, own + 1))]
        content = zlib.compress(b"".join([pack(">BII", *row) for row in rows]))
        leading = b"".join(b"/%b %b" % pair for pair in TRAILER.findall(trailer)).decode("latin-1")
        target.write(as_stream(own, f"/Type/XRef/Size {own + 1}/W[1 4 4]{leading}", content))
        target.write(b"startxref\n%d\n%%%%EOF\n" % at)


def write_told(target: IO[bytes], body: memoryview, tree: int, numbers: tuple[int, int, int]) -> None:
    """Write the body with the numbers that its tree had left open."""
    start = body.obj.index(b"\n%d 0 obj\n" % tree)
    stop = body.obj.index(b"endobj", start)
    before, *after = bytes(body[start:stop]).split(UNKNOWN.encode())
    target.write(body[:start])
    target.write(before + b"".join(b"%010d%b" % pair for pair in zip(numbers, after, strict=True)))
    target.write(body[stop:])


class Chapters(list):
    """The flowables of one part at a time: the next is composed when all of the last are drawn."""

    def __init__(self, stories: Iterator[tuple[int, list]], canvas: Callable[[], BoundCanvas | None]) -> None:
        super().__init__()
        self.stories, self.canvas, self.begun = stories, canvas, False

    def __len__(self) -> int:
        if not super().__len__() and self.stories is not None:
            self._next()
        return super().__len__()

    def _next(self) -> None:
        """Each story with the level under which its bookmarks stand."""
        if self.canvas() is None:  # the document asks how many there are before it begins
            return
        if self.begun:
            self.canvas().settle()
        found = next(self.stories, None)
        if found is None:
            self.stories = None
            return
        level, story = found
        self.begun = True
        self.canvas().begin(level)
        self.extend(story)
