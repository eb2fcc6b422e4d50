"""Every date in an MP4 or QuickTime file, and the facts that follow from them.

Dates of writing stand in the headers of the movie, of each track and of its media, and in an XMP packet. Dates of
shooting are QuickTime's `creationdate` and the tag `©day`. Dates of modification are never read. Clauses in brackets
are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.parsers import expat

from vidcheck.facts import Beside, visible
from vidcheck.quantities import Moment
from vidcheck.texts import Readable, say
from vidcheck.witnesses.dates import EARLIEST, tell_shot, written_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.mp4.iso import Box, Budget, Node, Reader

KEYS = frozenset({"container.created", "completed"})
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_UNIX = 2_082_844_800  # seconds from 1904 to 1970 [8.2.2]
_LATEST = int((datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
_DAY = timedelta(days=1)
_MOST = 3
"""The most later dates that are stated beside the one that counts."""
_SHOT_KEYS = frozenset({b"com.apple.quicktime.creationdate", b"date"})
"""Keys of QuickTime's metadata; the second is that of ffmpeg's use_metadata_tags."""
_TAG = 64
"""Bytes of a tag that are read for a date."""
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The extended type of the `uuid` box that holds XMP (XMP Specification Part 3, "ISO base media")."""
_MOST_PACKETS = 8
_MOST_XMP = 1 << 18
"""Bytes of an XMP packet that are read. Its own dates stand in front of the history, which may have megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A date in a header, in seconds since 1904."""

    locator: str
    offset: int
    """Bytes from the file's start."""
    seconds: int
    wide: bool
    """Whether the field has 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A date as text."""

    locator: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The dates in `moov`."""

    movie: Stamp | None = None
    """The movie header's; None without one."""
    tracks: tuple[Stamp, ...] = ()
    """Those of track headers and media headers."""
    shot: tuple[Label, ...] = ()
    xmp: tuple[Label, ...] = ()


_Place = Stamp | Label


# --- from boxes to dates ---


def read_dates(moov: Node, start: int) -> Dates:
    """The dates in `moov`, which begins at byte `start` of the file."""
    stamps: list[Stamp] = []
    for number, trak in enumerate(moov.all("trak")):
        for path in ("tkhd", "mdia/mdhd"):
            header = trak.find(path)
            if header is not None:
                stamps.append(_stamp(header, f"moov/trak[{number}]/{path}.creation_time", start))
    movie = moov.find("mvhd")
    packets = [_packet(box.bytes(), f"moov/udta/{box.type}", start + box.body) for box in _all(moov, "udta", "XMP_")]
    packets += [
        _packet(box.bytes(16), "moov/uuid (XMP)", start + box.body + 16)
        for box in moov.all("uuid")
        if box.bytes(0, 16) == _XMP_BOX
    ]
    return Dates(
        movie=_stamp(movie, "moov/mvhd.creation_time", start) if movie else None,
        tracks=tuple(stamps),
        shot=(*_creation_dates(moov, start), *_days(moov, start)),
        xmp=tuple(label for label in packets if label),
    )


def read_packets(reader: Reader, boxes: list[Box], budget: Budget) -> tuple[Label, ...]:
    """The dates in the `uuid` boxes at the top of the file that hold XMP."""
    found = []
    for box in [box for box in boxes if box.type == "uuid"][:_MOST_PACKETS]:
        if reader.at(box.body, 16) == _XMP_BOX:
            data = reader.at(box.body + 16, min(box.end - box.body - 16, _MOST_XMP, budget.bytes))
            budget.bytes -= len(data)
            found.append(_packet(data, "uuid (XMP)", box.body + 16))
    return tuple(label for label in found if label)


def _all(moov: Node, *kinds: str) -> list[Node]:
    found = [moov]
    for kind in kinds:
        found = [inner for node in found for inner in node.all(kind)]
    return found


def _stamp(header: Node, locator: str, start: int) -> Stamp:
    """The creation time in a header [8.2.2, 8.3.2, 8.4.2]."""
    wide = header.wide
    seconds = int.from_bytes(header.bytes(4, 8 if wide else 4))
    return Stamp(locator=locator, offset=start + header.body + 4, seconds=seconds, wide=wide)


def _creation_dates(moov: Node, start: int) -> Iterator[Label]:
    """The dates in QuickTime's metadata, as Apple's cameras write them (the key's number names the item)."""
    for path in ("meta", "udta/meta"):
        keys, items = moov.find(f"{path}/keys"), moov.find(f"{path}/ilst")
        raw, at, number = keys.bytes(8, 1 << 16) if keys else b"", 0, 0
        while items and at + 8 <= len(raw):
            size, number = max(8, int.from_bytes(raw[at : at + 4])), number + 1
            key = raw[at + 8 : at + size]
            item = items.find(number.to_bytes(4).decode("latin-1")) if key in _SHOT_KEYS else None
            value = item.find("data") if item else None
            if value:
                yield _label(value, 8, f"moov/{path}/{key.decode()}", start)
            at += size


def _days(moov: Node, start: int) -> Iterator[Label]:
    """The tag `©day`: in QuickTime's user data with its length and language in front, in `ilst` as in iTunes."""
    for box in _all(moov, "udta", "\xa9day"):
        yield _label(box, 4, "moov/udta/©day", start, int.from_bytes(box.bytes(0, 2)))
    for path in (("meta",), ("udta", "meta")):
        for value in _all(moov, *path, "ilst", "\xa9day", "data"):
            yield _label(value, 8, f"moov/{'/'.join(path)}/ilst/©day", start)


def _label(box: Node, skip: int, locator: str, start: int, size: int = _TAG) -> Label:
    raw = box.bytes(skip, min(size, _TAG))
    text = raw.rstrip(b"\0").decode("utf-8", "surrogateescape")
    return Label(locator=locator, offset=start + box.body + skip, text=text)


def _packet(data: bytes, locator: str, offset: int) -> Label | None:
    text = xmp_created(data[:_MOST_XMP])
    return None if text is None else Label(locator=f"{locator}/xmp:CreateDate", offset=offset, text=text)


# --- XMP ---


class _Found(Exception):  # noqa: N818 - it ends the search
    """The date was read, or there is none to be had."""


class _Search:
    """Finds the packet's own `xmp:CreateDate`, an attribute or an element of a description right below `rdf:RDF`.

    Those further down are dates of other files, which the packet lists as ingredients. A packet with a document type is
    not read: it could declare entities, and no XMP has one.
    """

    _RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
    _NAME = "http://ns.adobe.com/xap/1.0/ CreateDate"
    _DEEPEST = 3  # xmpmeta, RDF, Description

    def __init__(self) -> None:
        self.text: str | None = None
        self._open: list[str] = []
        self._parts: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    @staticmethod
    def _doctype(*_: object) -> None:
        raise _Found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        inside = self._described()
        self._open.append(name)
        if self._described() and self._NAME in attributes:
            self.text = attributes[self._NAME]
            raise _Found
        if inside and name == self._NAME:
            self._parts = []

    def _end(self, name: str) -> None:
        self._open.pop()
        if self._parts is not None and name == self._NAME:
            self.text = "".join(self._parts)
            raise _Found

    def _characters(self, text: str) -> None:
        if self._parts is not None and sum(map(len, self._parts)) < _TAG:
            self._parts.append(text[:_TAG])

    def _described(self) -> bool:
        row = self._open
        return 2 <= len(row) <= self._DEEPEST and row[-2:] == [f"{self._RDF}RDF", f"{self._RDF}Description"]


def xmp_created(packet: bytes) -> str | None:
    """The text of `xmp:CreateDate` in an XMP packet, or in its beginning; None if none can be read."""
    search = _Search()
    try:
        search.parser.Parse(packet.strip(b"\0"), False)
    except _Found:
        pass
    except (expat.ExpatError, UnicodeError, ValueError):  # the packet is damaged, so its dates are not known
        return None
    return None if search.text is None else search.text.strip()


# --- from dates to facts ---


def tell_dates(tell: Teller, dates: Dates, xmp: tuple[Label, ...]) -> None:
    """Tell when the file was written and when its film was shot; `xmp` are the packets outside `moov`.

    The movie header's date counts, and the later ones are stated beside it. Without it the last of the others counts.
    What counts is told last.
    """
    every: list[tuple[_Place, Moment | Readable | None]] = [(stamp, _moment(stamp)) for stamp in dates.tracks]
    every += [(label, written_text(label.text)) for label in (*dates.xmp, *xmp)]
    others = [(place, when) for place, when in every if isinstance(when, Moment)]
    others.sort(key=lambda row: row[1].first, reverse=True)
    for label in dates.shot:
        tell_shot(tell, label.locator, label.text, written_text(label.text))
    movie = dates.movie
    if movie is None:
        for key in sorted(KEYS):
            tell.absent(key, "moov/mvhd.creation_time")
    elif (when := _moment(movie)) is not None:
        _tell_written(tell, movie, when)
        if isinstance(when, Moment):
            _tell_later(tell, when, others)
    elif others:
        _tell_written(tell, *others[0])
    else:
        _tell_unwritten(tell, movie, every, dates.shot)


def _raw(place: _Place) -> str:
    return str(place.seconds) if isinstance(place, Stamp) else visible(place.text)


def _tell_written(tell: Teller, place: _Place, when: Moment | Readable) -> None:
    for key in sorted(KEYS):
        if isinstance(when, Moment):
            tell.known(key, when, place.locator, _raw(place))
        else:
            tell.unknown(key, place.locator, _raw(place), when)


def _tell_later(tell: Teller, counts: Moment, others: list[tuple[_Place, Moment]]) -> None:
    """The dates after the one that counts, without those that are about the same as one already stated."""
    stated: list[Moment] = []
    for place, when in others:
        if when.first <= counts.first or len(stated) == _MOST:
            return
        if all(each.first - when.first > _DAY for each in stated):
            stated.append(when)
            note = say("at byte {offset} of the file", offset=f"{place.offset:,}")
            for key in sorted(KEYS):
                tell.known(key, when, place.locator, _raw(place), note, beside=Beside.WRITTEN)


def _tell_unwritten(
    tell: Teller, movie: Stamp, others: list[tuple[_Place, Moment | Readable | None]], shot: tuple[Label, ...]
) -> None:
    """No header holds a date that can be: one of them can't be read, or none was written."""
    doubtful = next(((place, why) for place, why in others if why is not None), None)
    if doubtful is not None:
        _tell_written(tell, *doubtful)
    elif shot:
        why = say("the file does not say when it was written, only when it was shot: {place}", place=shot[0].locator)
        tell.unknown("container.created", movie.locator, _raw(movie), why)
        tell.absent("completed", movie.locator, _raw(movie))
    else:
        _tell_written(tell, movie, say("no date was written"))


def _moment(stamp: Stamp) -> Moment | Readable | None:
    """The date of a count of seconds since 1904 [8.2.2], or why it can't be one; None if none was written."""
    seconds = stamp.seconds
    widest = (1 << 64 if stamp.wide else 1 << 32) - 1
    if seconds in (0, 1, _UNIX, widest, 0xFFFFFFFF):
        return None
    if seconds >= _LATEST:
        return say("the date lies beyond the calendar")
    when = _EPOCH + timedelta(seconds=seconds)
    if when >= EARLIEST:
        return Moment(when, when, floating=True)
    unix = datetime.fromtimestamp(seconds, UTC)
    if seconds < _UNIX and unix >= EARLIEST:
        return say("Unix seconds stored as seconds since 1904, it seems: it would be {unix}, and reads {date}",
                   unix=f"{unix:%Y-%m-%d}", date=f"{when:%Y-%m-%d}")  # fmt: skip
    return say("{date} is before there were such files", date=f"{when:%Y-%m-%d}")
