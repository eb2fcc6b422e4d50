"""Decides by the sample entries whether a film can be played: known codecs with a configuration, no encryption.

Only what the boxes prove is "no": encryption, media in another file, a codec of another kind of track, and a missing
configuration without which no player can begin. Everything else that is odd is unknown, with the reason. It is pure and
never fails. Clauses in brackets are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import visible
from vidcheck.quantities import Shown, decimal
from vidcheck.texts import join, say
from vidcheck.witnesses.mp4 import h264, hevc
from vidcheck.witnesses.mp4.iso import broken_box
from vidcheck.witnesses.mp4.movie import films, played_sound, shown_track, used_by
from vidcheck.witnesses.mp4.sample_entries import OBJECT_PICTURES, OBJECT_SOUNDS, elementary_stream, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vidcheck.texts import Readable
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.mp4.iso import Node
    from vidcheck.witnesses.mp4.movie import Layout, Movie, Track

KEYS = frozenset({"playable", "encrypted"})

_ENCRYPTED = frozenset({"encv", "enca", "enct", "encs", "encm", "encf", "drmi", "drms"})
"""Types of encrypted samples (ISO/IEC 23001-7; the last two are Apple's)."""

# by ffmpeg's tables for MP4 and QuickTime, and the registration authority (mp4ra.org); case doesn't matter
_PICTURE_TYPES = """
    avc1 avc2 avc3 avc4 dva1 dvav ai5p ai5q ai52 ai53 ai55 ai56 ai1p ai1q ai12 ai13 ai15 ai16 avin aivx rv64 xalg avlg
    h264 x264 hvc1 hev1 dvh1 dvhe hevc vvc1 vvi1 evc1 lvc1 av01 vp08 vp09 vp80 vp90 vp31 apv1
    mp4v divx xvid 3iv2 dx50 fmp4 3ivd div3 mp43 mp42 h263 s263 mp1v m1v1 m1v mpeg mp2v m2v1 avmp
    hdv1 hdv2 hdv3 hdv4 hdv5 hdv6 hdv7 hdv8 hdv9 hdva mx5n mx5p mx4n mx4p mx3n mx3p
    xd51 xd54 xd55 xd59 xd5a xd5b xd5c xd5d xd5e xd5f xdv1 xdv2 xdv3 xdv4 xdv5 xdv6 xdv7 xdv8 xdv9 xdva xdvb xdvc xdvd
    xdve xdvf xdhd xdh2 apco apcs apcn apch ap4h ap4x aprn aprh avdn avdh cfhd icod pxlt nclc
    dvc dvcp dvl dvlp dvpp dv5p dv5n avdv avd1 dvhq dvhp dvh2 dvh3 dvh4 dvh5 dvh6 dvsd dv25 dv50
    jpeg mjpa mjpb mjpg avdj avrn dmb1 mjp2 j2ki jxsm png mng gif tiff tga sgi dpx exr
    svq1 svqi svq3 cvid rpza smc rle rle1 wrle 8bps qdrw qkbk flic vc-1 wvc1 wmv3 avs2 avs3 drac theo ffv1 hfyu ffvh
    iv31 iv32 iv41 iv50 tscc tsc2 lags ulrg ulra uly0 uly2 uly4
    hap1 hap5 hapy hapa hapm dxd3 dxdi 601n 601p dtnt dtpa shr0 shr1 shr2 shr3 shr4 shr5 shr6 shr7
    m0r0 m0ra m0rg m0y0 m0y2 m0y4 m8rg m8ra m8g0 m8y0 m8y2 m8y4 m8ya m2ra m2rg m4ra m4rg
    flv1 i420 iyuv yv12 nv12 yuy2 uyvy yvu9 wmv1 wmv2 wvp2 mpg1 mpg2 mpg4 mp41 cram msvc
    raw yuv2 2vuy yuvs v210 v308 v408 v410 v216 r210 r10k r10g avui avrp suds y41p yuv4 y216 uncv
    l555 l565 b555 b565 24bg bgra rgba abgr b16g b48r b64a bxbg bxrg bxyv bxy2 no16 dvoo r420 r411 wraw av1x avup bggr
"""
_SOUND_TYPES = """
    mp4a ac-3 sac3 ec-3 ac-4 dtsc dtsh dtsl dtse dtsx dtsy dts+ dts- dts mlpa opus flac alac samr sawb sawp
    .mp1 .mp2 .mp3 mp3 lame mha1 mha2 mhm1 mhm2 iamf apac vorb spex spxn sevc sqcp ssmv qclp qclq qdm2 qdmc nmos nell
    twos sowt lpcm ipcm fpcm in24 in32 fl32 fl64 raw none ulaw alaw ima4 mac3 mac6 agsm ilbc dvca vdva
"""
_PICTURES, _SOUNDS = frozenset(_PICTURE_TYPES.split()), frozenset(_SOUND_TYPES.split())
_MICROSOFT = "ms\0"
"""QuickTime writes a sound's number in WAVE files behind these letters."""
_NEITHER = frozenset({
    "tx3g", "text", "wvtt", "stpp", "sbtt", "c608", "c708", "mp4s", "tmcd", "mebx", "gpmd", "rtmd", "rtp ", "srtp", "camm",
})  # fmt: skip
"""Types of text, metadata and hints."""
_AVC = frozenset({"avc1", "avc2", "avc3", "avc4", "dva1", "dvav"})
_HEVC = frozenset({"hvc1", "hev1", "dvh1", "dvhe"})
_FAMILIES = (
    _AVC, _HEVC, frozenset({"vvc1", "vvi1"}), frozenset({"apco", "apcs", "apcn", "apch", "ap4h", "ap4x"}),
    frozenset({"dvc ", "dvcp", "dvpp", "dv5p", "dv5n", "dvh5", "dvh6", "dvhp", "dvhq"}),
)  # fmt: skip
"""Types of one codec each."""
_OPTIONAL = {"av01": "av1C", "vp08": "vpcC", "vp09": "vpcC", "vvc1": "vvcC", "vvi1": "vvcC", "Opus": "dOps",
             "fLaC": "dfLa", "alac": "alac"}  # fmt: skip
"""Records that belong to an entry, and whose data some players find in the samples too."""
_PICTURE_FIELDS, _SOUND_FIELDS = 78, 28
"""Bytes before the boxes in a sample entry [12.1.3, 12.2.3]."""
_NORMAL = 1 << 16
"""The rate 1, in 65,536ths."""
_AAC, _ESCAPE = 0x40, 31
_AAC_KINDS = frozenset({1, 2, 3, 4, 5, 6, 17, 19, 20, 21, 22, 23, 29})
"""Kinds of sound that AudioSpecificConfig may name, and players know (ISO/IEC 14496-3, table 1.17)."""


class _Flaw(NamedTuple):
    """Why a track can't be played, or why that is unknown."""

    proven: bool
    locator: str
    why: Readable


def tell_playable(tell: Teller, layout: Layout) -> None:
    """Adds whether tracks are encrypted, and whether players can show the picture and play the sound."""
    movie, why = layout.movie, _unread(layout)
    if why is not None:
        for key in sorted(KEYS):
            tell.unknown(key, "layout", " ".join(visible(box.type) for box in layout.boxes[:12]), why)
    elif movie is not None:
        _tell_movie(tell, layout, movie)


def _unread(layout: Layout) -> Readable | None:
    """Why the sample entries could not be read; None if they were, or if it is no film."""
    if layout.refusal is not None:
        return layout.refusal
    if layout.movie is None:
        return None if layout.format == "heif" else say("the index (moov) is missing")
    if layout.movie.compressed:
        return say("the index is compressed (cmov)")
    if any(box.type == "moov" and box.end > layout.size for box in layout.boxes):
        return say("the file ends inside {box}", box="moov")
    return None


def _tell_movie(tell: Teller, layout: Layout, movie: Movie) -> None:
    kinds = " ".join(visible(entry.type) for track in movie.tracks[:12] for entry in track.entries[:4])
    locked = next((entry for track in movie.tracks for entry in used_by(layout, track).entries if _locked(entry)), None)
    if locked is not None:
        why = say("{box} at byte {at} is encrypted", box=locked.path, at=_at(movie, locked))
        tell.known("encrypted", True, locked.path, visible(locked.type), why)
        tell.known("playable", False, locked.path, visible(locked.type), why)
        return
    tell.known("encrypted", False, "moov/trak/mdia/minf/stbl/stsd", kinds)
    flaws = list(_flaws(layout, movie))
    flaw = next((each for each in flaws if each.proven), flaws[0] if flaws else None)
    if flaw is None:
        odd = list(_oddities(layout, movie))
        tell.known(
            "playable", True, "moov/trak/mdia/minf/stbl/stsd", kinds, remark=join(odd, say("; ")) if odd else None
        )
    elif flaw.proven:
        tell.known("playable", False, flaw.locator, kinds, flaw.why)
    else:
        tell.unknown("playable", flaw.locator, kinds, flaw.why)


def _oddities(layout: Layout, movie: Movie) -> Iterator[Readable]:
    """What some players stumble over, though most play the film."""
    picture, sound = shown_track(movie.tracks), played_sound(movie.tracks)
    if picture is not None and (found := _unsought(movie, picture)):
        yield found
    if layout.media is not None and layout.media.late is not None:
        yield say("{sample} is no picture with which playing can begin: players show nothing, or damage, until one comes",
                  sample=layout.media.late)  # fmt: skip
    if found := _unnumbered(movie):
        yield found
    for track in (picture, sound):
        if track is not None and track.unplaced:
            yield say("{box} has no list of data references (dref): some programs refuse the film",
                      box=movie.place(track, "mdia/minf"))  # fmt: skip
    if movie.rate != _NORMAL:
        yield say("the film is to be played at the rate {rate} ({box}): some players do so, most play it as usual",
                  rate=decimal(Fraction(movie.rate, _NORMAL), 3), box="moov/mvhd")  # fmt: skip
    if sound is not None and min(movie.volume, sound.volume) <= 0:
        box = "moov/mvhd" if movie.volume <= 0 else movie.place(sound, "tkhd")
        yield say("the sound is to be played at the volume 0 ({box}): some players are silent", box=box)


def _unsought(movie: Movie, picture: Track) -> Readable | None:
    """A remark if decoding can't begin with the first picture: some players then show nothing, or can't skip."""
    where = movie.place(picture, "mdia/minf/stbl/stss")
    if picture.unsynced:
        return say(
            "{box} names no picture with which playing can begin: some players can't skip, or show nothing", box=where
        )
    if picture.synced > 1:
        return say("{box} names sample {number} as the first with which playing can begin: some players show nothing before it",
                   box=where, number=f"{picture.synced:,}")  # fmt: skip
    return None


def _unnumbered(movie: Movie) -> Readable | None:
    """A remark if a track has no number of its own [8.3.2]: some players then take one track for another."""
    seen: set[int] = {0}
    for place, track in enumerate(movie.tracks):
        if track.number in seen:
            return say("the track number {number} ({box}) is no track's own: some players take one track for another",
                       number=track.number, box=f"moov/trak[{place}]/tkhd")  # fmt: skip
        seen.add(track.number)
    return None


def _locked(entry: Node) -> bool:
    return entry.type in _ENCRYPTED or bool(entry.all("sinf"))


def _at(movie: Movie, node: Node) -> str:
    """Where a box of the index begins, in bytes from the file's start."""
    return f"{movie.start + node.body - 8:,}"


def _flaws(layout: Layout, movie: Movie) -> Iterator[_Flaw]:
    picture, sound = shown_track(movie.tracks), played_sound(movie.tracks)
    if picture is None and sound is None:
        yield _Flaw(False, "moov/trak", say("there is neither a picture nor a sound track"))
    if picture is not None and not any(track.enabled for track in films(movie.tracks)):
        where = movie.place(picture, "tkhd")
        yield _Flaw(
            False, where, say("no picture track is enabled ({box}): some players show it, some don't", box=where)
        )
    for track in (picture, sound):
        if track is not None:
            yield from _flaws_of(layout, movie, track)


def _flaws_of(layout: Layout, movie: Movie, track: Track) -> Iterator[_Flaw]:
    table = movie.place(track, "mdia/minf/stbl")
    used = used_by(layout, track)
    if not track.entries:
        yield _Flaw(
            True, f"{table}/stsd", say("{box} has no sample entry, so the codec is unknown", box=f"{table}/stsd")
        )
    elif used.missing:
        why = say("{box} uses sample entry {number}, and there are only {count}",
                  box=f"{table}/stsc", number=min(used.missing), count=len(track.entries))  # fmt: skip
        yield _Flaw(False, f"{table}/stsc", why)
    if track.external:
        where = f"{table.removesuffix('/stbl')}/dinf/dref"
        yield _Flaw(True, where, say("media lies in another file ({box})", box=where))
    elif track.unreferenced is not None:
        where = f"{table.removesuffix('/stbl')}/dinf/dref"
        why = say("a sample entry uses data reference {number}, and {box} has none that can be read",
                  number=track.unreferenced, box=where)  # fmt: skip
        yield _Flaw(False, where, why)
    if track.number in layout.fragments.runs and track.number not in layout.fragments.defaults:
        why = say("the fragments' samples of {track} have no defaults in {box}: many players refuse the film",
                  track=table.removesuffix("/mdia/minf/stbl"), box="moov/mvex/trex")  # fmt: skip
        yield _Flaw(False, "moov/mvex", why)
    kinds = list({_family(entry): _label(entry) for entry in reversed(used.entries)}.values())[::-1]
    if len(kinds) > 1:
        why = say("the codec changes from {one} to {other} within the film (sample entries of {box}): many players play only one part",
                  one=visible(kinds[0]), other=visible(kinds[1]), box=f"{table}/stsd")  # fmt: skip
        yield _Flaw(False, f"{table}/stsd", why)
    for entry in used.entries:
        wrong = _wrong_entry(entry, pictures=track.handler == "vide")
        if wrong is not None:
            proven, template = wrong
            yield _Flaw(proven, entry.path, template(entry.path, _at(movie, entry)))
        lost = broken_box(entry)
        if lost is not None:
            at, kind, size = lost
            why = say("{box} at byte {at} says that it is {size} long, so that what follows in {entry} can't be read",
                      box=visible(kind), at=f"{movie.start + at:,}", size=Shown("bytes", size), entry=entry.path)  # fmt: skip
            yield _Flaw(False, entry.path, why)


def _label(entry: Node) -> str:
    """An entry's codec as RFC 6381 has it, without the profile."""
    streamed = entry.type in {"mp4v", "mp4a"}
    return f"{entry.type}.{elementary_stream(entry)[0]:02X}" if streamed else entry.type


def _family(entry: Node) -> str:
    """What stands for an entry's codec: players take entries of one family for parts of one film."""
    return next((min(family) for family in _FAMILIES if entry.type in family), _label(entry))


_Why = tuple[bool, "Callable[[str, str], Readable]"]
"""Whether it is proven that nobody can play it, and the sentence, which needs the box's path and place."""


def _wrong_entry(entry: Node, *, pictures: bool) -> _Why | None:
    """What is wrong with a sample entry; None if nothing is."""
    name = entry.type.strip(" ").lower()
    own, others = (_PICTURES, _SOUNDS) if pictures else (_SOUNDS, _PICTURES)
    if name not in own and not (entry.type.startswith(_MICROSOFT) and not pictures):
        if name in others or entry.type in _NEITHER:
            return True, lambda box, at: say("{box} at byte {at} belongs to another kind of track", box=box, at=at)
        return False, lambda box, at: say("{box} at byte {at} names no known codec", box=box, at=at)
    if entry.type in _AVC:
        return _wrong_record(entry, "avcC", _wrong_avc)
    if entry.type in _HEVC and not _is_dvcpro(entry):
        return _wrong_record(entry, "hvcC", _wrong_hevc)
    if entry.type in {"mp4v", "mp4a"}:
        return _wrong_stream(
            entry, OBJECT_PICTURES if pictures else OBJECT_SOUNDS, OBJECT_SOUNDS if pictures else OBJECT_PICTURES
        )
    record = _OPTIONAL.get(entry.type)
    return _wrong_record(entry, record, None) if record else None


def _is_dvcpro(entry: Node) -> bool:
    """Whether `dvh1` is DVCPRO HD's, which has no record, and not Dolby Vision's."""
    return entry.type == "dvh1" and not any(box.type in {"hvcC", "dvcC", "dvvC"} for box in entry.inside)


def _unopened(entry: Node, fields: int) -> bool:
    """Whether an entry holds more than its fields, of an unknown layout, so that nobody knows which boxes are in it."""
    return not entry.inside and entry.room > fields


def _missing(record: str, *, proven: bool) -> _Why:
    return proven, lambda box, at: say(
        "{box} at byte {at} has no configuration ({record})", box=box, at=at, record=record
    )


def _empty(record: str, *, proven: bool) -> _Why:
    return proven, lambda box, at: say(
        "{box} at byte {at}: its configuration ({record}) is empty", box=box, at=at, record=record
    )


def _half(record: str) -> _Why:
    return False, lambda box, at: say(
        "{box} at byte {at}: its configuration ({record}) has no picture parameter set", box=box, at=at, record=record
    )


def _incomplete(record: str) -> _Why:
    return False, lambda box, at: say(
        "{box} at byte {at}: its configuration ({record}) lacks one of the parameter sets that decoders need",
        box=box, at=at, record=record,
    )  # fmt: skip


def _unreadable(record: str) -> _Why:
    return False, lambda box, at: say(
        "{box} at byte {at}: its configuration ({record}) can't be read", box=box, at=at, record=record
    )


def _foreign(record: str) -> _Why:
    return True, lambda box, at: say(
        "{box} at byte {at}: its configuration ({record}) is that of another codec", box=box, at=at, record=record
    )


def _wrong_record(entry: Node, record: str, check: Callable[[bytes, Node], _Why | None] | None) -> _Why | None:
    """What is wrong with a record; without a `check` players may do without it."""
    found = inside(entry, record)
    if found is None:
        return _missing(record, proven=check is not None and not _unopened(entry, _PICTURE_FIELDS))
    data = found.bytes(0, 1 << 16)
    if not any(data):
        return _empty(record, proven=check is not None)
    return check(data, entry) if check is not None else None


def _wrong_avc(data: bytes, entry: Node) -> _Why | None:
    units = h264.sets_in(data)
    if units is None:
        return _unreadable("avcC")
    if not units:  # they may stand in the samples, and must where the entry says so
        return None if entry.type in {"avc3", "avc4", "dvav"} else _unreadable("avcC")
    if not any(h264.is_set(unit) for unit in units):
        return _foreign("avcC")
    if not any(h264.read_set(unit) for unit in units):
        return _unreadable("avcC")
    return None if h264.has_picture_sets(data) or entry.type in {"avc3", "avc4", "dvav"} else _half("avcC")


def _wrong_hevc(data: bytes, entry: Node) -> _Why | None:
    units = hevc.units_in(data)
    if units is None:
        return _unreadable("hvcC")
    if units and not any(hevc.is_header(unit) for unit in units):
        return _foreign("hvcC")
    sets = [unit for unit in units if hevc.is_set(unit)]
    if not sets:
        return None if entry.type in {"hev1", "dvhe"} else _unreadable("hvcC")
    if not any(hevc.read_set(unit) for unit in sets):
        return _unreadable("hvcC")
    return None if hevc.has_all_sets(units) or entry.type in {"hev1", "dvhe"} else _incomplete("hvcC")


def _wrong_stream(entry: Node, own: frozenset[int], others: frozenset[int]) -> _Why | None:
    """What is wrong with `esds` (ISO/IEC 14496-14, 5.6)."""
    box = inside(entry, "esds")
    if box is None:
        return _missing("esds", proven=entry.type == "mp4a" and not _unopened(entry, _SOUND_FIELDS))
    if not any(box.bytes(0, 4096)):
        return _empty("esds", proven=True)
    kind, configuration = elementary_stream(entry)
    if kind not in own:
        return _foreign("esds") if kind in others else _unreadable("esds")
    return _wrong_aac(configuration) if kind == _AAC else None


def _wrong_aac(configuration: bytes) -> _Why | None:
    """What is wrong with AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), without which the samples mean nothing."""
    if not any(configuration):
        return _empty("esds", proven=True) if configuration else _missing("esds", proven=True)
    kind = configuration[0] >> 3
    return None if kind == _ESCAPE or kind in _AAC_KINDS else _unreadable("esds")
