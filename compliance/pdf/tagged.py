"""A canvas that writes a tagged PDF: every mark belongs to a structure element or is an artifact.

Open-source reportlab writes no tags; this uses its public drawing hooks and adds the structure
tree (``structure.py``), language, title, bookmarks and the PDF/UA identification. Pages say "page x of y": the
furniture of each page is drawn when the last page is known, as artifacts, so nothing is laid out
twice and no state is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfdoc import XMP, PDFObject, PDFPage
from reportlab.pdfgen.canvas import Canvas

from compliance.pdf.fonts import turned
from compliance.pdf.structure import PER_PAGE, TREE, Element, structured

PDF_VERSION = (1, 7)
LANGUAGE = "en-GB"
LATER = "\x01{}\x01"  # where later code goes; what people typed never holds such a character


@cache
def _ink(colour: Color) -> str:
    return f"{colour.red:.4g} {colour.green:.4g} {colour.blue:.4g} rg"


class Raw(PDFObject):
    """An object of the file that is already written out."""

    __RefOnly__ = 1

    def __init__(self, content: str) -> None:
        self.content = content

    def format(self, document: Any) -> bytes:
        return self.content.encode("latin-1")


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
        self._shown: dict[tuple[str, str, float], str] = {}
        self._faces: dict[tuple[str, int], str] = {}
        self._later: list[Callable[[], str]] = []
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
        element.marks += ((len(self._marked) - 1) * PER_PAGE + len(marks),)
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
        """The code that shows literal text, without its place; the code of each text is kept."""
        asked = text, font.fontName, size
        code = self._shown.get(asked)
        if code is None:
            code = " ".join(
                f"{self._face(font, subset)} {size:g} Tf ({self._escape(codes)}) Tj"
                for subset, codes in font.splitString(turned(text), self._doc)
            )
            self._shown[asked] = code
        return code

    def _face(self, font: Any, subset: int) -> str:
        """What a part of a typeface is called in this file."""
        asked = font.fontName, subset
        if asked not in self._faces:
            self._faces[asked] = font.getSubsetInternalName(subset, self._doc)
        return self._faces[asked]

    def drawString(self, x: float, y: float, text: str, *args: Any, **options: Any) -> None:
        super().drawString(x, y, turned(text), *args, **options)

    def ink(self, colour: Color) -> None:
        """Fill in a colour, until the block of a report that is being drawn is done."""
        self._code.append(_ink(colour))

    def write(self, code: str) -> None:
        """Add drawing code as it is."""
        self._code.append(code)

    def write_later(self, code: Callable[[], str]) -> None:
        """Drawing code that can be told only when all pages are drawn: the number of a page."""
        self._code.append(LATER.format(len(self._later)))
        self._later.append(code)

    def bookmark(self, title: str, level: int, top: float) -> None:
        """An entry of the outline that leads to a height of this page."""
        key = f"heading-{len(self._destinations)}"
        self.bookmarkHorizontal(key, 0, top)
        self.addOutlineEntry(title, key, level)

    # pages and file

    def showPage(self) -> None:
        """Close a page; the document's own page object is kept for its furniture."""
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
            page.stream = self._told(page.stream) + "\n".join(self._code) + "\n"
            self._doc.signature.update(page.stream.encode("utf-8", "replace"))
        self._code = []
        self._write_structure()
        target, self._filename = self._filename, BytesIO()
        super().save()
        pages = [self._number(page) for page in self._written]
        plain = self._filename.getvalue()
        target.write(structured(plain, self.root, self._tree_number, self._marked[: len(pages)], pages))

    def _told(self, stream: str) -> str:
        """The code of a page with what could be told only now."""
        if LATER[0] in stream:
            for number, code in enumerate(self._later):
                stream = stream.replace(LATER.format(number), code())
        return stream

    def _write_structure(self) -> None:
        """What leads to the structure, whose own objects are written when the file is whole."""
        catalog = self._doc.Catalog
        catalog.StructTreeRoot, catalog.MarkInfo = Raw(TREE), Raw("<</Marked true>>")
        catalog.Metadata = XMP(creator=lambda document: self._metadata())
        self.setViewerPreference("DisplayDocTitle", "true")
        self._tree_number = self._number(catalog.StructTreeRoot)

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
