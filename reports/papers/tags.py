"""The structure of a PDF for screen readers: headings and lines in reading order, grouped by chapter. Compact: a binder has many lines."""

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFObjectReference


class Packed(PDFObject):  # type: ignore[misc]  # reportlab has no types
    """A page's stream, compressed as soon as the page is full: the document keeps little in memory."""

    __RefOnly__ = 1
    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def format(self, document: Any) -> bytes:
        return b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(self.data), self.data)


class PDFLiteral(PDFObject):  # type: ignore[misc]
    """A word of the format itself, such as true."""

    def __init__(self, word: str) -> None:
        self.word = word

    def format(self, document: Any) -> bytes:
        return self.word.encode()


class Element(PDFObject):  # type: ignore[misc]
    """One structure element: a chapter with its children, or a line with its mark on a page."""

    __RefOnly__ = 1
    __slots__ = ("children", "mark", "name", "page", "parent", "role")

    def __init__(self, role: str, name: str, parent: str, page: str = "", mark: int = -1) -> None:
        self.role, self.name, self.parent, self.page, self.mark = role, name, parent, page, mark
        self.children: list[str] | None = None if page else []

    def format(self, document: Any) -> bytes:
        above = reference(self.parent, document)
        if self.children is None:
            return b"<</Type/StructElem/S/%s/P %s/Pg %s/K %d>>" % (self.role.encode(), above, reference(self.page, document), self.mark)
        kids = b" ".join(reference(child, document) for child in self.children)
        return b"<</Type/StructElem/S/%s/P %s/K[%s]>>" % (self.role.encode(), above, kids)


def reference(name: str, document: Any) -> bytes:
    return PDFObjectReference(name).format(document)  # type: ignore[no-any-return]


class Tags:
    """Collects the elements while pages are drawn."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.count = 0
        self.root = self.made("Document", "StructRoot")
        self.chapter_now = self.root
        self.marks: list[str] = []
        self.pages: list[list[str]] = []

    def made(self, role: str, parent: str, page: str = "", mark: int = -1) -> Element:
        element = Element(role, f"SE{self.count}", parent, page, mark)
        self.count += 1
        self.document.Reference(element, element.name)
        return element

    def chapter(self) -> None:
        """What follows belongs together."""
        self.chapter_now = self.made("Sect", self.root.name)
        assert self.root.children is not None
        self.root.children.append(self.chapter_now.name)

    def line(self, role: str) -> int:
        """The number of the mark for what is drawn next on this page."""
        mark = len(self.marks)
        element = self.made(role, self.chapter_now.name, self.document.thisPageName(), mark)
        assert self.chapter_now.children is not None
        self.chapter_now.children.append(element.name)
        self.marks.append(element.name)
        return mark

    def page_ends(self, page: Any) -> None:
        page.StructParents, page.Tabs = len(self.pages), PDFName("S")
        page.__NoDefault__ = [*type(page).__NoDefault__, "StructParents", "Tabs"]
        self.pages.append(self.marks)
        self.marks = []

    def finish(self) -> None:
        numbers: list[Any] = []
        for place, marks in enumerate(self.pages):
            numbers += [place, PDFArray([PDFObjectReference(name) for name in marks])]
        tree = PDFDictionary({"Nums": PDFArray(numbers)})
        root = PDFDictionary(
            {
                "Type": PDFName("StructTreeRoot"),
                "K": PDFObjectReference(self.root.name),
                "ParentTree": self.document.Reference(tree, "StructParentTree"),
            }
        )
        self.document.Catalog.StructTreeRoot = self.document.Reference(root, "StructRoot")
        self.document.Catalog.MarkInfo = PDFDictionary({"Marked": PDFLiteral("true")})
