"""A canvas that writes a tagged PDF: every mark belongs to a structure element or is an artifact.

Open-source reportlab writes no tags; this uses its public drawing hooks and adds the structure
tree, language, title, bookmarks and the PDF/UA identification. Pages say "page x of y": the
furniture of each page is drawn when the last page is known, as artifacts, so nothing is laid out
twice and no state is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import XMP, PDFObject, PDFPage, PDFString
from reportlab.pdfgen.canvas import Canvas

PDF_VERSION = (1, 7)
LANGUAGE = "en-GB"
Box = tuple[float, float, float, float]


class Raw(PDFObject):
    """An object of the file that is already written out."""

    __RefOnly__ = 1

    def __init__(self, content: str) -> None:
        self.content = content

    def format(self, document: Any) -> bytes:
        return self.content.encode("latin-1")


class Element(PDFObject):
    """One element of the structure tree; what it marks on the pages is added as it is drawn."""

    __RefOnly__ = 1

    def __init__(self, tag: str, attributes: str = "", alt: str = "") -> None:
        self.tag, self.attributes, self.alt = tag, attributes, alt
        self.children: list[Element] = []
        self.marks: list[tuple[int, int]] = []  # page, and number of the mark on that page
        self.number = self.parent = 0
        self.pages: list[int] = []  # object numbers of the document's pages, by page

    def add(self, tag: str, attributes: str = "", alt: str = "") -> Element:
        child = Element(tag, attributes, alt)
        self.children.append(child)
        return child

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in reading order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def format(self, document: Any) -> bytes:
        kids = [f"{child.number} 0 R" for child in self.children]
        kids += [self._mark(page, number) for page, number in self.marks]
        first = f"/Pg {self.pages[self.marks[0][0]]} 0 R" if self.marks else ""
        extra = f"/A<<{self.attributes}>>" if self.attributes else ""
        alt = b"/Alt" + PDFString(self.alt).format(document) if self.alt else b""
        held = kids[0] if len(kids) == 1 else f"[{' '.join(kids)}]"
        text = f"<</S/{self.tag}/P {self.parent} 0 R{first}{extra}/K {held}"
        return text.encode("latin-1") + alt + b">>"

    def _mark(self, page: int, number: int) -> str:
        if page == self.marks[0][0]:
            return str(number)
        return f"<</Type/MCR/Pg {self.pages[page]} 0 R/MCID {number}>>"


TH_COLUMN = "/O/Table/Scope/Column"
TH_ROW = "/O/Table/Scope/Row"


def figure_attributes(box: Box) -> str:
    """Where a figure stands on its page, which assistive software asks for."""
    sides = " ".join(f"{side:.2f}" for side in box)
    return f"/O/Layout/Placement/Block/BBox[{sides}]"


class TaggedCanvas(Canvas):
    """Draws elements and artifacts; ``furniture`` draws a page's header and footer at the end."""

    def __init__(
        self,
        *args: Any,
        made_at: datetime,
        furniture: Callable[[TaggedCanvas, int, int], None],
        **options: Any,
    ) -> None:
        self.root = Element("Document")
        self._marked: list[list[Element]] = [[]]  # by page, by number of the mark
        self._written: list[PDFPage] = []
        self._shown: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._furniture, self._made_at = furniture, made_at
        super().__init__(*args, **{**options, "invariant": 1, "pdfVersion": PDF_VERSION})
        self._keep_time()

    def _keep_time(self) -> None:
        """The file's dates are when it was made, as told: the clock of the machine is not read."""
        offset = self._made_at.utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset else 0
        self._doc._timeStamp = SimpleNamespace(
            YMDhms=self._made_at.timetuple()[:6],
            dhh=int(minutes / 60),
            dmm=abs(minutes) % 60,
        )
        self._doc.signature = sha256(self._made_at.isoformat().encode())

    # drawing

    def mark(self, element: Element) -> str:
        """The code that opens marked content of an element on this page."""
        marks = self._marked[-1]
        element.marks.append((len(self._marked) - 1, len(marks)))
        marks.append(element)
        return f"/{element.tag} <</MCID {len(marks) - 1}>> BDC"

    @contextmanager
    def tagged(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to the element."""
        self._code.append(self.mark(element))
        yield
        self._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration: nothing reads it aloud."""
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    def shown(self, text: str, font: Any, size: float) -> str:
        """The code that shows literal text, without its place; the coding of each text is kept."""
        parts = self._shown.get((text, font.fontName))
        if parts is None:
            parts = [
                (font.getSubsetInternalName(subset, self._doc), self._escape(codes))
                for subset, codes in font.splitString(text, self._doc)
            ]
            self._shown[text, font.fontName] = parts
        return " ".join(f"{name} {size:g} Tf ({codes}) Tj" for name, codes in parts)

    def write(self, code: str) -> None:
        """Add drawing code as it is."""
        self._code.append(code)

    def bookmark(self, title: str, level: int, top: float) -> None:
        """An entry of the outline that leads to a height of this page."""
        key = f"heading-{len(self._destinations)}"
        self.bookmarkHorizontal(key, 0, top)
        self.addOutlineEntry(title, key, level)

    # pages and file

    def showPage(self) -> None:
        """Close a page; the document's own page object is kept for its furniture."""
        self._doc.signature.update("\n".join(self._code).encode("utf-8", "replace"))
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marked) - 1, "/S"
        self._written.append(page)
        self._marked.append([])

    def save(self) -> None:
        """Draw the furniture of all pages, write the structure, and save."""
        if self._code:
            self.showPage()
        for number, page in enumerate(self._written, start=1):
            self._code = []
            with self.artifact():
                self._furniture(self, number, len(self._written))
            page.stream += "\n".join(self._code) + "\n"
        self._code = []
        self._write_structure()
        super().save()

    def _write_structure(self) -> None:
        tree, parents = Raw(""), Raw("")
        tree_number, parents_number = self._number(tree), self._number(parents)
        self._place_elements(tree_number)
        parents.content = f"<</Nums[{' '.join(self._parent_tree())}]>>"
        tree.content = (
            f"<</Type/StructTreeRoot/K[{self.root.number} 0 R]/ParentTree {parents_number} 0 R"
            f"/ParentTreeNextKey {len(self._written)}>>"
        )
        catalog = self._doc.Catalog
        catalog.StructTreeRoot, catalog.MarkInfo = tree, Raw("<</Marked true>>")
        catalog.Metadata = XMP(creator=lambda document: self._metadata())
        self.setViewerPreference("DisplayDocTitle", "true")

    def _place_elements(self, tree_number: int) -> None:
        """Give each element its number in the file, its parent's and those of the pages."""
        pages = [self._number(page) for page in self._written]
        self.root.parent = tree_number
        for element in self.root.walk():
            element.number, element.pages = self._number(element), pages
            for child in element.children:
                child.parent = element.number

    def _parent_tree(self) -> Iterator[str]:
        for page, marks in enumerate(self._marked[: len(self._written)]):
            yield f"{page}[{' '.join(f'{element.number} 0 R' for element in marks)}]"

    def _number(self, thing: PDFObject) -> int:
        name = self._doc.Reference(thing).name
        return self._doc.idToObjectNumberAndVersion[name][0]

    def _metadata(self) -> bytes:
        info = self._doc.info
        made = self._made_at.isoformat(timespec="seconds")
        return METADATA.format(
            title=escape(info.title), author=escape(info.author), made=made, language=LANGUAGE
        ).encode()


METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made}</xmp:CreateDate>
<xmp:ModifyDate>{made}</xmp:ModifyDate>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""
