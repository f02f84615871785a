"""The structure of a PDF, walked: what a reader that speaks would stumble over, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import pikepdf

SHOWING = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "EI"}
HEADINGS = {f"/H{n}": n for n in range(1, 7)}
BELOW = {  # what an element may have as its children
    "/Document": {"/P", "/Table", "/Figure", "/TOC", "/Part", *HEADINGS}, "/Table": {"/TR"}, "/TR": {"/TH", "/TD"},
    "/TOC": {"/TOCI"}, "/TOCI": {"/P", "/Reference"}, "/Reference": {"/Link"},
    "/Part": {"/P", "/Table", "/Figure", "/TOC", *HEADINGS},
}  # fmt: skip


@dataclass(frozen=True)
class Element:
    tag: str
    parent: str
    node: pikepdf.Dictionary
    kids: tuple[pikepdf.Dictionary, ...]
    marks: tuple[tuple[int, int], ...]  # page, number


def faults(content: bytes) -> list[str]:
    """All that is wrong with the tags of a PDF."""
    with pikepdf.open(BytesIO(content)) as pdf:
        elements = list(walk(pdf))
        return [
            *of_the_file(pdf), *of_the_pages(pdf, elements), *of_the_tree(elements), *of_the_links(pdf, elements)
        ]


def walk(pdf: pikepdf.Pdf) -> Iterator[Element]:
    """All elements in the order in which they are read."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    waiting = [(pdf.Root.StructTreeRoot.K[0], "")]
    while waiting:
        node, parent = waiting.pop()
        kids = node.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        below = tuple(k for k in kids if isinstance(k, pikepdf.Dictionary) and "/S" in k)
        marks = tuple(
            mark(k, node, pages) for k in kids if not (isinstance(k, pikepdf.Dictionary) and ("/S" in k or "/Obj" in k))
        )
        yield Element(str(node.S), parent, node, below, marks)
        waiting.extend((kid, str(node.S)) for kid in reversed(below))


def mark(kid: object, node: pikepdf.Dictionary, pages: dict) -> tuple[int, int]:
    if isinstance(kid, pikepdf.Dictionary):
        return pages[kid.Pg.objgen], int(kid.MCID)
    return pages[node.Pg.objgen], int(kid)


def of_the_file(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if str(root.get("/Lang", "")) != "en-GB":
        yield "The file names no language."
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "The file does not say that it is tagged."
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "The title is not shown."
    if not str(pdf.docinfo.get("/Title", "")):
        yield "The file has no title."
    if "/Outlines" not in root or "/First" not in root.Outlines:
        yield "The file has no bookmarks."
    yield from (f"Page {n} is not read in the order of its tags." for n, page in enumerate(pdf.pages, 1) if page.get("/Tabs") != "/S")


def of_the_pages(pdf: pikepdf.Pdf, elements: list[Element]) -> Iterator[str]:
    """Everything that is drawn is an artifact or has one element, and each element has what it says."""
    named = [place for element in elements for place in element.marks]
    if len(set(named)) != len(named):
        yield "Two elements claim the same content."
    drawn = set()
    for number, page in enumerate(pdf.pages):
        for problem, tag, mcid in contents(page):
            if problem:
                yield f"Page {number + 1}: {problem}"
            elif mcid is not None:
                drawn.add((number, mcid))
                parent = parents(pdf)[int(page.StructParents)][mcid]
                if str(parent.S) != tag:
                    yield f"Page {number + 1}: content {mcid} is {tag} on the page and {parent.S} in the tree."
    yield from (f"Content {place} is in no element." for place in sorted(drawn - set(named)))
    yield from (f"Content {place} is on no page." for place in sorted(set(named) - drawn))


def of_the_links(pdf: pikepdf.Pdf, elements: list[Element]) -> Iterator[str]:
    """Each link has words, a place to lead to, and an element that knows of it."""
    known = {kid.Obj.objgen for element in elements if element.tag == "/Link" for kid in objects(element)}
    above = parents(pdf)
    for number, page in enumerate(pdf.pages, 1):
        for link in page.get("/Annots", []):
            if link.objgen not in known or above[int(link.StructParent)].S != "/Link":
                yield f"Page {number}: a link is in no element."
            if not str(link.get("/Contents", "")).strip() or "/Dest" not in link:
                yield f"Page {number}: a link has no words or leads nowhere."


def objects(element: Element) -> Iterator[pikepdf.Dictionary]:
    kids = element.node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid:
            yield kid


def parents(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Array]:
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    return {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}


def contents(page: pikepdf.Page) -> Iterator[tuple[str, str, int | None]]:
    """Each marked content of a page, and what is drawn outside of any."""
    open_tags: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            if open_tags:
                yield "marks stand inside marks", "", None
            open_tags.append(str(operands[0]))
            if name == "BDC":
                yield "", str(operands[0]), int(operands[1].MCID)
            elif open_tags[-1] != "/Artifact":
                yield f"{operands[0]} has no number", "", None
        elif name == "EMC":
            open_tags.pop()
        elif name in SHOWING and not open_tags:
            yield f"{name} is drawn outside of the tags", "", None
    if open_tags:
        yield "a mark is left open", "", None


def of_the_tree(elements: list[Element]) -> Iterator[str]:
    levels = [HEADINGS[e.tag] for e in elements if e.tag in HEADINGS]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "There is not one first heading."
    yield from (f"A heading jumps from {a} to {b}." for a, b in pairwise(levels) if b > a + 1)
    for element in elements:
        allowed = BELOW.get(element.tag, set())
        yield from (f"{element.tag} has {kid.S} in it." for kid in element.kids if str(kid.S) not in allowed)
        if not element.kids and not element.marks:
            yield f"{element.tag} is empty."
        yield from of_one(element)


def of_one(element: Element) -> Iterator[str]:
    attributes = element.node.get("/A", {})
    if element.tag == "/TH" and attributes.get("/Scope") not in ("/Row", "/Column"):
        yield "A heading of a table has no scope."
    if element.tag == "/Table":
        if len({len(row.K) if isinstance(row.K, pikepdf.Array) else 1 for row in element.kids}) != 1:
            yield "The rows of a table differ in length."
        if any(not has_heading(row) for row in element.kids):
            yield "A row of a table has no heading."
    if element.tag == "/Figure" and not (str(element.node.get("/Alt", "")).strip() and "/BBox" in attributes):
        yield "A figure has no words in place of it, or no place."


def has_heading(row: pikepdf.Dictionary) -> bool:
    cells = row.K if isinstance(row.K, pikepdf.Array) else [row.K]
    return any(str(cell.S) == "/TH" for cell in cells)
