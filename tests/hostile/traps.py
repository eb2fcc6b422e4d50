"""Files named .mp4 that name others: what a probe that follows them would open or call."""

from __future__ import annotations

import ctypes
import os
import socket
from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING

from tests.clips import surgery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_IN_ACCESS, _IN_OPEN = 0x1, 0x20  # inotify(7)
_HLS = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n"
_MPD = (
    '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S" '
    'profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
    'bandwidth="1000" codecs="avc1.64001f" width="16" height="16"><BaseURL>{url}</BaseURL><SegmentBase/></Representation>'
    "</AdaptationSet></Period></MPD>\n"
)
_SDP = (
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
)
_SMOOTH = '<?xml version="1.0"?>\n<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><switch><video src="{url}"/></switch></body></smil>\n'
_ASX = '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>\n'
_CPL = (
    '<?xml version="1.0"?>\n<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2013"><Id>urn:uuid:0</Id>'
    "<AssetList><Asset><Path>{url}</Path></Asset></AssetList></CompositionPlaylist>\n"
)


class Watch:
    """Tells whether a file was opened; only Linux can."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._number = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if libc.inotify_add_watch(self._number, os.fsencode(path), _IN_OPEN | _IN_ACCESS) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")

    def close(self) -> None:
        """Stops watching."""
        os.close(self._number)

    def opened(self) -> bool:
        """Whether it was since this was last asked."""
        try:
            return bool(os.read(self._number, 1 << 16))
        except BlockingIOError:
            return False


class Bait:
    """A file that nobody may open and a port that nobody may call."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "canary.mp4"
        self.file.write_bytes(surgery.clip())
        self._watch = Watch(self.file)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)
        self.port: int = self._server.getsockname()[1]

    def close(self) -> None:
        """Puts all away."""
        self._watch.close()
        self._server.close()

    def taken(self) -> list[str]:
        """What was done to the bait since it was last asked."""
        done = ["the canary was opened"] if self._watch.opened() else []
        try:
            caller, _ = self._server.accept()
        except BlockingIOError:
            return done
        caller.close()
        return [*done, "the port was called"]

    def urls(self) -> Iterator[str]:
        """The ways to name the bait."""
        yield f"http://127.0.0.1:{self.port}/a.mp4"
        yield f"file://{self.file}"
        yield str(self.file)
        yield self.file.name  # a sibling
        yield f"tcp://127.0.0.1:{self.port}"


def _reference(url: bytes) -> bytes:
    """A QuickTime reference movie (QuickTime File Format, "Reference Movies")."""
    data = surgery.full_box("rdrf", 0, 0, b"url ", pack(">I", len(url) + 1), url, b"\0")
    return surgery.box("ftyp", b"qt  ", bytes(4), b"qt  ") + surgery.box(
        "moov", surgery.box("rmra", surgery.box("rmda", data))
    )


def _referring(url: bytes) -> bytes:
    """A whole clip whose media lies elsewhere [ISO/IEC 14496-12, 8.7.2]."""
    data = surgery.clip()
    for each in range(2):
        data = surgery.replace_box(
            data, f"moov/trak[{each}]/mdia/minf/dinf/dref/url ", surgery.full_box("url ", 0, 0, url, b"\0")
        )
    return data


def _alias(url: bytes) -> bytes:
    """The same by an alias of the Macintosh, as QuickTime wrote them (libavformat/mov.c reads types 2, 9 and 18)."""
    path = url.removeprefix(b"file://")
    name = path.rpartition(b"/")[2][:63]
    head = bytes(8) + pack(">HHH", 150 + 8 + len(path), 2, 0) + bytes([4]) + b"disk".ljust(27, b"\0") + bytes(12)
    head += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + pack(">HH", 1, 1) + bytes(16)
    tail = (
        pack(">HH", 2, len(path))
        + path
        + bytes(len(path) % 2)
        + pack(">HH", 18, len(path))
        + path
        + pack(">HH", 0xFFFF, 0)
    )
    data = surgery.clip()
    for each in range(2):
        where = f"moov/trak[{each}]/mdia/minf/dinf/dref/url "
        data = surgery.replace_box(data, where, surgery.box("alis", head + tail))
    return data


@dataclass(frozen=True, slots=True)
class Trap:
    """One kind of file that names another."""

    make: Callable[[str, int], bytes]
    demuxer: str = ""
    """The one of ffmpeg's that walks into it, given leave; empty where none does."""


def _text(form: str) -> Callable[[str, int], bytes]:
    return lambda url, port: form.format(url=url, port=port).encode()


TRAPS = {
    "HLS": Trap(_text(_HLS), "hls"),
    "DASH": Trap(_text(_MPD), "dash"),
    # its first bytes are the head of a box as well, and boxes reads a film without an index
    "DASH that begins as media": Trap(
        _text(_MPD.replace("\n", "<!--mdat-->\n", 1).replace('<?xml version="1.0"?>', ""))
    ),
    "concat": Trap(_text("ffconcat version 1.0\nfile '{url}'\n"), "concat"),
    "SDP": Trap(_text(_SDP)),
    "Smooth Streaming": Trap(_text(_SMOOTH)),
    "ASX": Trap(_text(_ASX)),
    "IMF": Trap(_text(_CPL)),
    "M3U": Trap(_text("#EXTM3U\n{url}\n")),
    "a reference movie": Trap(lambda url, _: _reference(url.encode())),
    "media in another file": Trap(lambda url, _: _referring(url.encode())),
    "media behind an alias": Trap(lambda url, _: _alias(url.encode()), "mov"),
}
