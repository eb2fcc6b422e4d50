"""Dates in other places than the headers: tags and XMP packets."""

from struct import pack

from tests.clips.tree import box, find_all, insert_box

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The extended type of the box that holds XMP (XMP Specification Part 3)."""
_NAMES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'


def add_classic_day(data: bytes, text: str) -> bytes:
    """Add `©day` as QuickTime's user data has it: length, language, text."""
    raw = text.encode()
    if not find_all(data, "moov/udta"):
        data = insert_box(data, "moov", box("udta"))
    return insert_box(data, "moov/udta", box("©day", pack(">HH", len(raw), 0x15C7), raw))


def packet(created: str, *, element: bool = False, ingredient: str = "") -> bytes:
    """An XMP packet as Adobe's programs write it, with a date of creation, and that of an ingredient further down."""
    attribute = "" if element or not created else f' xmp:CreateDate="{created}"'
    inside = f"<xmp:CreateDate>{created}</xmp:CreateDate>" if element else ""
    if ingredient:
        inside += f'<xmp:Pantry><rdf:Bag><rdf:li><rdf:Description xmp:CreateDate="{ingredient}"/></rdf:li></rdf:Bag></xmp:Pantry>'
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF {_NAMES}><rdf:Description rdf:about="" xmp:ModifyDate="2031-01-01T00:00:00Z"{attribute}>'
        f'{inside}</rdf:Description></rdf:RDF></x:xmpmeta>{" " * 2000}<?xpacket end="w"?>'
    ).encode()


def add_xmp(data: bytes, xmp: bytes, where: str = "uuid") -> bytes:
    """Add an XMP packet: in a `uuid` box at the end of the file, in `moov/uuid`, or in `moov/udta/XMP_`."""
    if where == "uuid":
        return data + box("uuid", XMP, xmp)
    if where == "moov/uuid":
        return insert_box(data, "moov", box("uuid", XMP, xmp))
    if not find_all(data, "moov/udta"):
        data = insert_box(data, "moov", box("udta"))
    return insert_box(data, "moov/udta", box("XMP_", xmp))
