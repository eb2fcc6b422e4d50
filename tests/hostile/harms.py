"""Harm to what a header claims: encrypted or foreign sample entries, media that is zeroed or elsewhere, time without pictures.

Each takes a film with its samples in tables, as `mutator` has some, and leaves one that must not be eligible under rules
that ask whether it is intact, playable, not encrypted, and shows pictures for nearly all of its time. Clauses in brackets
are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

from itertools import accumulate
from struct import pack
from typing import TYPE_CHECKING

from tests.clips import headers, surgery, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Harm = Callable[[bytes, Random], bytes]

_PICTURE, _SOUND = (f"moov/trak[{number}]/mdia/minf/stbl/stsd/{kind}" for number, kind in enumerate(("avc1", "mp4a")))
_RECORD = {_PICTURE: "avcC", _SOUND: "esds"}
_LOCKED = {_PICTURE: ("encv", "drmi", "enct"), _SOUND: ("enca", "drms", "encs")}
_OTHERS = {
    _PICTURE: ("mp4a", "tx3g", "mebx", "sowt", "ac-3", "Opus", "tmcd", "stpp"),
    _SOUND: ("avc1", "hvc1", "tx3g", "mebx", "apcn", "jpeg", "tmcd", "wvtt"),
}
_SINF = surgery.box("sinf", surgery.box("frma", b"avc1"), surgery.full_box("schm", 0, 0, b"cenc", pack(">I", 0x10000)))


def _track(path: str) -> str:
    return path.partition("/mdia")[0]


def _renamed(data: bytes, path: str, kind: str) -> bytes:
    return surgery.patch(data, path, 4, kind.encode("latin-1"))


def encrypted_by_type(data: bytes, rng: Random) -> bytes:
    path = rng.choice((_PICTURE, _SOUND))
    return _renamed(data, path, rng.choice(_LOCKED[path]))


def encrypted_inside(data: bytes, rng: Random) -> bytes:
    return surgery.insert_box(data, rng.choice((_PICTURE, _SOUND)), _SINF, rng.choice((0, 1)))


def of_another_kind(data: bytes, rng: Random) -> bytes:
    path = rng.choice((_PICTURE, _SOUND))
    return _renamed(data, path, rng.choice(_OTHERS[path]))


def of_no_known_codec(data: bytes, rng: Random) -> bytes:
    name = rng.choice(("zzzz", "\0\0\0\0", "xvc1", "????", "\xff\xfe\xfd\xfc", "qqq1"))
    return _renamed(data, rng.choice((_PICTURE, _SOUND)), name)


def without_configuration(data: bytes, rng: Random) -> bytes:
    path = rng.choice((_PICTURE, _SOUND))
    record = f"{path}/{_RECORD[path]}"
    if rng.random() < 0.3:
        return surgery.drop_box(data, record)
    if rng.random() < 0.5:
        return _renamed(data, record, "free")
    box = surgery.find(data, record)
    return data[: box.body] + bytes(box.end - box.body) + data[box.end :]


def of_a_foreign_configuration(data: bytes, rng: Random) -> bytes:
    contents = surgery.contents(data, f"{_PICTURE}/avcC")
    if rng.random() < 0.4:
        return _renamed(data, _PICTURE, rng.choice(("hvc1", "hev1", "mp4v")))
    if rng.random() < 0.5:
        return _renamed(data, f"{_PICTURE}/avcC", rng.choice(("hvcC", "av1C", "vpcC", "esds")))
    return surgery.replace_box(data, f"{_SOUND}/esds", surgery.box("esds", contents))


def of_an_entry_that_is_not_there(data: bytes, rng: Random) -> bytes:
    """All chunks, or those from some on, use a sample entry beyond the last one [8.7.4]."""
    path = f"moov/trak[{rng.randrange(2)}]/mdia/minf/stbl/stsc"
    old = surgery.contents(data, path)
    rows = [old[at : at + 12] for at in range(8, len(old), 12)]
    number = pack(">I", rng.choice((0, 2, 3, 255, 0xFFFFFFFF)))
    from_ = rng.choice((0, len(rows) - 1, rng.randrange(len(rows))))
    rows[from_:] = [row[:8] + number for row in rows[from_:]]
    return surgery.replace_box(data, path, surgery.full_box("stsc", 0, 0, pack(">I", len(rows)), *rows))


def with_a_second_entry(data: bytes, rng: Random) -> bytes:
    """Half of the pictures use a second sample entry, that is encrypted, unknown or of another size."""
    box = surgery.find(data, _PICTURE)
    entry = bytearray(data[box.start : box.end])
    what = rng.randrange(3)
    if what == 0:
        entry[4:8] = rng.choice((b"encv", b"drmi"))
    elif what == 1:
        entry[4:8] = b"zzzz"
    else:
        sized = surgery.set_stored_size(data, *rng.choice(((640, 360), (1280, 720), (3840, 2160))))
        other = surgery.find(sized, _PICTURE)
        entry = bytearray(sized[other.start : other.end])
    table = _PICTURE.rpartition("/")[0]
    data = surgery.patch(surgery.insert_box(data, table, bytes(entry)), table, 12, pack(">I", 2))
    path = f"{table.rpartition('/')[0]}/stsc"
    old = surgery.contents(data, path)
    chunks = len(tables.read_offsets(data, _track(_PICTURE)))
    rows = [old[at : at + 12] for at in range(8, len(old), 12)]
    since = rng.randrange(2, chunks)
    kept = [row for row in rows if int.from_bytes(row[:4]) < since]
    rest = [pack(">I", since) + kept[-1][4:8] + pack(">I", 2)]
    rest += [row[:8] + pack(">I", 2) for row in rows if int.from_bytes(row[:4]) > since]
    rows = kept + rest
    return surgery.replace_box(data, path, surgery.full_box("stsc", 0, 0, pack(">I", len(rows)), *rows))


def in_another_file(data: bytes, rng: Random) -> bytes:
    """A track's media lies in another file, which its data reference names [8.7.2]."""
    name = rng.choice((b"other.mp4\0", b"file:///etc/passwd\0", b"http://127.0.0.1:9/x.mp4\0"))
    kind = surgery.full_box("url ", 0, 0, name) if rng.random() < 0.7 else surgery.full_box("urn ", 0, 0, b"x\0", name)
    path = f"moov/trak[{rng.randrange(2)}]/mdia/minf/dinf/dref"
    return surgery.replace_box(data, path, surgery.full_box("dref", 0, 0, pack(">I", 1), kind))


def disabled(data: bytes, rng: Random) -> bytes:
    data = surgery.set_track_enabled(data, "vide", enabled=False)
    return data if rng.random() < 0.5 else surgery.set_track_enabled(data, "soun", enabled=False)


def samples_of(data: bytes, track: str) -> Iterator[tuple[int, int]]:
    """Start and size of each sample."""
    for chunk in tables.read_chunks(data, track):
        starts = accumulate((each.size for each in chunk.samples), initial=chunk.offset)
        yield from zip(starts, (each.size for each in chunk.samples), strict=False)


def zeroed_samples(data: bytes, rng: Random) -> bytes:
    """Every sample of a track is zero, or every other one."""
    edited, every = bytearray(data), rng.choice((1, 1, 2))
    for start, size in list(samples_of(data, f"moov/trak[{rng.choice((0, 0, 1)) if every == 1 else 0}]"))[::every]:
        edited[start : start + size] = bytes(size)
    return bytes(edited)


def a_little_off(data: bytes, rng: Random) -> bytes:
    """The picture's chunks begin some bytes later than the index says, as after a careless move of the index."""
    way = rng.choice((-20, -8, -3, -1, 1, 2, 3, 5, 8, 16, 32))
    offsets = [at + way for at in tables.read_offsets(data, "moov/trak[0]")]
    return tables.write_offsets(data, "moov/trak[0]", offsets)


def all_at_one_place(data: bytes, rng: Random) -> bytes:
    """All chunks of the picture lie at one place, or at few."""
    offsets = tables.read_offsets(data, "moov/trak[0]")
    few = rng.sample(offsets, rng.choice((1, 1, 2, 3)))
    return tables.write_offsets(data, "moov/trak[0]", [rng.choice(few) for _ in offsets])


def in_another_order(data: bytes, rng: Random) -> bytes:
    """The table of sizes is that of another film, or has become unsorted."""
    sizes = [size for _, size in samples_of(data, "moov/trak[0]")]
    if rng.random() < 0.5:
        rng.shuffle(sizes)
        return tables.write_sizes(data, "moov/trak[0]", sizes)
    box = surgery.full_box("stsz", 0, 0, pack(">II", max(4, sum(sizes) // len(sizes)), len(sizes)))
    return surgery.replace_box(data, "moov/trak[0]/mdia/minf/stbl/stsz", box)


def sound_outside(data: bytes, rng: Random) -> bytes:
    """Chunks of the sound lie in the index."""
    offsets = tables.read_offsets(data, "moov/trak[1]")
    moov = surgery.find(data, "moov")
    for place in rng.sample(range(len(offsets)), rng.choice((1, 2, len(offsets) // 2))):
        offsets[place] = rng.randrange(moov.start, moov.end - 2000)
    return tables.write_offsets(data, "moov/trak[1]", offsets)


def shown_too_short(data: bytes, rng: Random) -> bytes:
    """An empty edit hides so much of the time that a call for pictures isn't met [8.6.6]."""
    clock = headers.timescale(data, "moov/mvhd")
    gap = rng.choice((20, 60, 120, 175)) * clock
    lasts = 180 * clock - gap
    rows = [pack(">Iihh", gap, -1, 1, 0), pack(">Iihh", lasts, 0, 1, 0)]
    if rng.random() < 0.3:
        rows.reverse()
    edits = surgery.box("edts", surgery.full_box("elst", 0, 0, pack(">I", 2), *rows))
    return surgery.put_box(data, "moov/trak[0]", edits, 1)


PLAIN: dict[str, Harm] = {
    "encrypted by its type": encrypted_by_type,
    "encrypted inside": encrypted_inside,
    "an entry of another kind of track": of_another_kind,
    "an entry of no known codec": of_no_known_codec,
    "no configuration": without_configuration,
    "a foreign configuration": of_a_foreign_configuration,
    "an entry that is not there": of_an_entry_that_is_not_there,
    "a second entry that is odd": with_a_second_entry,
    "a track's media in another file": in_another_file,
    "no picture enabled": disabled,
    "samples zeroed": zeroed_samples,
    "chunks a little off": a_little_off,
    "chunks at one place": all_at_one_place,
    "sizes in another order": in_another_order,
    "sound outside the media": sound_outside,
    "time without pictures": shown_too_short,
}
"""Harm to films with their samples in tables."""


# --- films in fragments ---


def fragments_encrypted(data: bytes, rng: Random) -> bytes:
    return rng.choice((encrypted_by_type, encrypted_inside))(data, rng)


def fragments_zeroed(data: bytes, rng: Random) -> bytes:
    """The media of fragments is zero: of all, the last ones, or at least a fifth."""
    media = surgery.find_all(data, "mdat")
    some = rng.choice((media, media[len(media) // 2 :], rng.sample(media, max(1, len(media) // 5))))
    edited = bytearray(data)
    for box in some:
        edited[box.body : box.end] = bytes(box.end - box.body)
    return bytes(edited)


def fragments_off(data: bytes, rng: Random) -> bytes:
    """Track runs of the picture begin elsewhere than they say [8.8.8]."""
    edited, way = bytearray(data), rng.choice((-40, -8, 3, 9, 100, 1000))
    for moof in range(len(surgery.find_all(data, "moof"))):
        run = surgery.find(data, f"moof[{moof}]/traf[0]/trun")
        old = int.from_bytes(data[run.body + 8 : run.body + 12], signed=True)
        edited[run.body + 8 : run.body + 12] = (old + way).to_bytes(4, signed=True)
    return bytes(edited)


def fragments_of_no_entry(data: bytes, rng: Random) -> bytes:
    """The defaults of fragments name a sample entry that isn't there [8.8.3]."""
    box = rng.choice(surgery.find_all(data, "moov/mvex/trex"))
    return data[: box.body + 8] + pack(">I", rng.choice((0, 2, 9))) + data[box.body + 12 :]


def fragments_of_another_kind(data: bytes, rng: Random) -> bytes:
    return rng.choice((of_another_kind, of_no_known_codec, without_configuration, in_another_file, disabled))(data, rng)


FRAGMENTED: dict[str, Harm] = {
    "fragments encrypted": fragments_encrypted,
    "fragments zeroed": fragments_zeroed,
    "fragments a little off": fragments_off,
    "fragments of an entry that is not there": fragments_of_no_entry,
    "fragments of another kind": fragments_of_another_kind,
}
"""Harm to films in fragments."""
