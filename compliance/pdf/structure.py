"""The structure tree of a tagged PDF: its elements, and how they are written into a file.

A report has thousands of elements. They are written at once, after the file is whole, rather than
one by one through the library: its table of objects is then lengthened by theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

Box = tuple[float, float, float, float]
UNKNOWN = "0000000000"  # stands where a number is told later, and is as long
TREE = f"<</Type/StructTreeRoot/K[{UNKNOWN} 0 R]/ParentTree {UNKNOWN} 0 R/ParentTreeNextKey {UNKNOWN}>>"
TABLE = re.compile(rb"xref\n0 (\d+)\n(.*?)trailer\n(.*?)startxref\n\d+\n", re.S)


PER_PAGE = 1 << 20  # more marks than any page has
Marks = tuple[int, ...]  # each the number of its page, times PER_PAGE, and its number on that page


class Element:
    """One element of the structure tree; what it marks on the pages is added as it is drawn.

    There are thousands, so each is kept small: most have no children and one mark.
    """

    __slots__ = ("alt", "attributes", "children", "marks", "number", "tag")

    def __init__(self, tag: str, attributes: str = "", alt: str = "") -> None:
        self.tag, self.attributes, self.alt = tag, attributes, alt
        self.children: Sequence[Element] = ()
        self.marks: Marks = ()
        self.number = 0  # in the file

    def add(self, tag: str, attributes: str = "", alt: str = "") -> Element:
        return self.hold(Element(tag, attributes, alt))

    def hold(self, child: Element) -> Element:
        """Take an element in as the last child."""
        if self.children:
            self.children.append(child)
        else:
            self.children = [child]
        return child


TH_COLUMN = "/O/Table/Scope/Column"
TH_ROW = "/O/Table/Scope/Row"


def figure_attributes(box: Box) -> str:
    """Where a figure stands on its page, which assistive software asks for."""
    sides = " ".join(f"{side:.2f}" for side in box)
    return f"/O/Layout/Placement/Block/BBox[{sides}]"


def structured(
    plain: bytes, root: Element, tree: int, marked: Sequence[Sequence[Element]], pages: Sequence[int]
) -> bytes:
    """The file with the elements under ``root`` in it.

    ``tree`` is the number of its object TREE; ``marked`` are the elements of each page by the numbers
    of their marks, ``pages`` the numbers of the pages' objects.
    """
    start = plain.rindex(b"xref\n0 ")
    known = TABLE.match(plain, start)
    first = int(known[1])
    bodies = _elements(root, first, tree, pages)
    parents = (f"{n}[{' '.join([f'{e.number} 0 R' for e in page])}]" for n, page in enumerate(marked))
    bodies.append(f"<</Nums[{' '.join(parents)}]>>")
    objects = [f"{n} 0 obj\n{body}\nendobj\n" for n, body in enumerate(bodies, start=first)]
    told = (first, first + len(objects) - 1, len(pages))
    body = _told(plain[:start], tree, told) + "".join(objects).encode("ascii")
    return body + _table(known, objects, start, len(body))


def _table(known: re.Match[bytes], objects: Sequence[str], start: int, at: int) -> bytes:
    """The table of all objects and the end of the file."""
    places = accumulate(map(len, objects[:-1]), initial=start)
    size = int(known[1]) + len(objects)
    rows = known[2] + "".join([f"{place:010} 00000 n \n" for place in places]).encode("ascii")
    trailer = known[3].replace(b"/Size %d" % int(known[1]), b"/Size %d" % size)
    return b"xref\n0 %d\n%btrailer\n%bstartxref\n%d\n%%%%EOF\n" % (size, rows, trailer, at)


def _told(body: bytes, tree: int, numbers: tuple[int, int, int]) -> bytes:
    """The body with the numbers that its tree had left open."""
    start = body.index(b"\n%d 0 obj\n" % tree)
    stop = body.index(b"endobj", start)
    before, *after = body[start:stop].split(UNKNOWN.encode())
    told = before + b"".join(b"%010d%b" % pair for pair in zip(numbers, after, strict=True))
    return body[:start] + told + body[stop:]


def _elements(root: Element, first: int, tree: int, pages: Sequence[int]) -> list[str]:
    """Each element as it is written, in reading order."""
    order: list[tuple[Element, int]] = []
    waiting = [(root, tree)]
    while waiting:
        pair = element, _ = waiting.pop()
        element.number = number = first + len(order)
        order.append(pair)
        if element.children:
            waiting += [(child, number) for child in reversed(element.children)]
    return [
        _element(element, parent, pages) if element.children or element.alt or len(element.marks) != 1
        else _leaf(element, parent, pages)
        for element, parent in order
    ]  # fmt: skip


def _leaf(element: Element, parent: int, pages: Sequence[int]) -> str:
    """Most elements: a cell or a line of text, marked once."""
    mark = element.marks[0]
    page, number = pages[mark // PER_PAGE], mark % PER_PAGE
    extra = f"/A<<{element.attributes}>>" if element.attributes else ""
    return f"<</S/{element.tag}/P {parent} 0 R/Pg {page} 0 R{extra}/K {number}>>"


def element_code(
    element: Element, parent: int, pages: Sequence[int], more: Sequence[str] = ()
) -> str:
    """How an element is written; ``more`` are references to what it holds beside marks: links."""
    if element.children or element.alt or more or len(element.marks) != 1:
        return _element(element, parent, pages, more)
    return _leaf(element, parent, pages)


def _element(element: Element, parent: int, pages: Sequence[int], more: Sequence[str] = ()) -> str:
    marks = [divmod(mark, PER_PAGE) for mark in element.marks]
    kids = [f"{child.number} 0 R" for child in element.children]
    kids += [
        str(number) if page == marks[0][0] else f"<</Type/MCR/Pg {pages[page]} 0 R/MCID {number}>>"
        for page, number in marks
    ]
    kids += more
    on = f"/Pg {pages[marks[0][0]]} 0 R" if marks else ""
    extra = f"/A<<{element.attributes}>>" if element.attributes else ""
    alt = f"/Alt<FEFF{element.alt.encode('utf-16-be').hex()}>" if element.alt else ""
    held = kids[0] if len(kids) == 1 else f"[{' '.join(kids)}]"
    return f"<</S/{element.tag}/P {parent} 0 R{on}{extra}{alt}/K {held}>>"
