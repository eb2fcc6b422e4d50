"""Claims that the file contradicts, kind by kind: each film is made here, and every choice of witnesses comes to the same.

What the reader of headers says of each is tested beside it, with many more films; here stands what an organizer reads.
"""

from __future__ import annotations

from fractions import Fraction
from struct import pack
from typing import TYPE_CHECKING

import pytest

from tests.clips import dates as tags
from tests.clips import surgery, tables
from tests.kit import MAC_EPOCH, Checker, fragmented, needs_ffprobe, put
from tests.thorough import some
from tests.witnesses.mp4.test_descriptions import aperture, entry_of, two_sizes, uncropped
from tests.witnesses.mp4.test_playable import PICTURE, SINF, SOUND, elsewhere, retyped, using, with_entry, zeroed
from tests.witnesses.mp4.test_samples import first_units, inside, with_chunk
from tests.witnesses.mp4.test_samples import zeroed as blanked
from tests.witnesses.mp4.test_showing import timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIP = surgery.clip()
MOOV, MDAT = surgery.find(CLIP, "moov"), surgery.find(CLIP, "mdat")
LATER = MAC_EPOCH + 1_683_244_800
WHOLE, PLAYS, ENCRYPTED = "intact: {is: yes}", "playable: {is: yes}", "encrypted: {is: no}"
WINDOW, LASTS = "completed: {from: 2020-01-01, to: 2022-02-28}", "lasts: {fact: picture.share, min: 90 %}"
LENGTH, SIZE, HD = "duration: {min: 2 min}", "size: {min: 100 kB}", "resolution: {is: 1920x1080}"
RATE, MODE = "rate: {fact: video.frame-rate, is: 30}", "mode: {fact: video.frame-rate-mode, is: variable}"
SHANGHAI = "2023-05-05T08:00:00+08:00"


def without(handler: str) -> bytes:
    """The clip whose samples of that track are zeros."""
    data = CLIP
    for chunk in tables.read_chunks(CLIP, surgery.track(CLIP, handler)):
        data = blanked(data, chunk.offset, chunk.end)
    return data


def in_the_index() -> bytes:
    """The clip whose pictures all lie in the index."""
    count = len(tables.read_offsets(CLIP, "moov/trak[0]"))
    return tables.write_offsets(CLIP, "moov/trak[0]", [MOOV.body + 8 * number for number in range(count)])


def stalled() -> bytes:
    """Fragments of which the later ones have no media."""
    data = fragmented(mfra=True)
    for box in [box for box in surgery.children(data) if box.type == "mdat"][10:]:
        data = blanked(data, box.body, box.end)
    return data


def gapped(*edits: tuple[int, int | None]) -> bytes:
    """The clip with these edits, by seconds, of picture and sound."""
    rows = tuple((Fraction(lasts), None if start is None else Fraction(start)) for lasts, start in edits)
    return surgery.add_edit_list(surgery.add_edit_list(CLIP, "vide", rows), "soun", rows)


def alone(*rows: tuple[int, int], clock: int = 600) -> bytes:
    """The clip's pictures with these durations, and no sound."""
    return surgery.remove_track(timed(CLIP, *rows, clock=clock), "soun")


def dated(seconds: int, *where: str) -> bytes:
    return surgery.set_creation_time(CLIP, seconds, where=where) if where else surgery.set_creation_time(CLIP, seconds)


def second(entry: bytes) -> bytes:
    """The clip with another sample entry, which all but the first chunk use."""
    return using(with_entry(CLIP, "vide", entry), "vide", 2, since=2)


def modified() -> bytes:
    packet = tags.packet("2021-06-15T12:00:00+08:00")
    return packet.replace(b"xmp:CreateDate=", f'xmp:ModifyDate="{SHANGHAI}" xmp:CreateDate='.encode())


KINDS: list[tuple[str, Callable[[], bytes], str, str, str]] = [
    ("nothing is wrong", lambda: CLIP, WHOLE, "pass", "of 12,939 samples were looked at"),
    # intact
    ("the tail zeroed", lambda: blanked(CLIP, inside(CLIP, 0.6), MDAT.end), WHOLE, "fail", "are zeros"),
    ("the middle zeroed", lambda: blanked(CLIP, inside(CLIP, 0.4), inside(CLIP, 0.6)), WHOLE, "fail", "are zeros"),
    ("three quarters zeroed", lambda: blanked(CLIP, inside(CLIP, 0.25), MDAT.end), WHOLE, "fail", "of moov/trak[0] at byte"),
    ("the sound zeroed", lambda: without("soun"), WHOLE, "fail", "first sample 1 of moov/trak[1] at byte"),
    ("the pictures zeroed", lambda: without("vide"), WHOLE, "fail", "first sample 1 of moov/trak[0] at byte"),
    ("later fragments zeroed", stalled, WHOLE, "fail", "are zeros"),
    ("samples in the index", lambda: with_chunk(CLIP, 9, 1000), WHOLE, "unknown", "lies in moov"),
    ("all pictures in the index", in_the_index, WHOLE, "fail", "sample 1 of moov/trak[0] at byte 40"),
    ("samples in padding", lambda: with_chunk(CLIP + surgery.box("free", bytes(9999)), 9, len(CLIP) + 8), WHOLE, "unknown", "lies in free"),
    ("media that is called padding", lambda: retyped(CLIP, "mdat", "free"), WHOLE, "fail", "(mdat) is missing"),
    ("pictures of one byte", lambda: surgery.replace_box(CLIP, "moov/trak[0]/mdia/minf/stbl/stsz", surgery.full_box("stsz", 0, 0, pack(">II", 1, 4500))), WHOLE, "fail", "do not add up"),
    ("broken lengths", lambda: first_units(CLIP, lambda raw: raw[:3] + b"\xff" + raw[4:]), WHOLE, "fail", "do not add up"),
    # playable, encrypted
    ("encv", lambda: retyped(CLIP, f"{PICTURE}/avc1", "encv"), PLAYS, "fail", "stsd/encv at byte"),
    ("enca", lambda: retyped(CLIP, f"{SOUND}/mp4a", "enca"), PLAYS, "fail", "stsd/enca at byte"),
    ("encv by its own key", lambda: retyped(CLIP, f"{PICTURE}/avc1", "encv"), ENCRYPTED, "fail", "stsd/encv at byte"),
    ("sinf", lambda: surgery.insert_box(CLIP, f"{PICTURE}/avc1", SINF), PLAYS, "fail", "stsd/avc1 at byte"),
    ("drmi", lambda: retyped(CLIP, f"{PICTURE}/avc1", "drmi"), PLAYS, "fail", "stsd/drmi at byte"),
    ("an unknown codec", lambda: retyped(CLIP, f"{PICTURE}/avc1", "zzzz"), PLAYS, "unknown", "stsd/zzzz at byte"),
    ("an unknown codec of the sound", lambda: retyped(CLIP, f"{SOUND}/mp4a", "zzzz"), PLAYS, "unknown", "stsd/zzzz at byte"),
    ("no configuration", lambda: retyped(CLIP, f"{PICTURE}/avc1/avcC", "free"), PLAYS, "fail", "has no configuration (avcC)"),
    ("a configuration of zeros", lambda: zeroed(CLIP, f"{PICTURE}/avc1/avcC"), PLAYS, "fail", "(avcC) is empty"),
    ("a configuration of another codec", lambda: retyped(CLIP, f"{PICTURE}/avc1/avcC", "hvcC"), PLAYS, "fail", "has no configuration (avcC)"),
    ("a sound's entry in the picture's track", lambda: retyped(CLIP, f"{PICTURE}/avc1", "mp4a"), PLAYS, "fail", "another kind of track"),
    ("an entry that isn't there", lambda: using(CLIP, "vide", 2), PLAYS, "unknown", "stsc uses sample entry 2"),
    ("media elsewhere", lambda: elsewhere(CLIP, "vide"), PLAYS, "fail", "dinf/dref"),
    ("media elsewhere is not whole", lambda: elsewhere(CLIP, "soun"), WHOLE, "fail", "moov/trak[1]/mdia/minf/dinf/dref"),
    ("no picture enabled", lambda: surgery.set_track_enabled(CLIP, "vide", enabled=False), PLAYS, "unknown", "no picture track is enabled"),
    ("nothing enabled", lambda: surgery.set_track_enabled(surgery.set_track_enabled(CLIP, "vide", enabled=False), "soun", enabled=False), PLAYS, "unknown", "no picture track is enabled"),
    # every used entry
    ("a second size", two_sizes, HD, "unknown", "1920×1080, 640×360"),
    ("a second entry that is encrypted", lambda: second(entry_of(retyped(CLIP, f"{PICTURE}/avc1", "encv"), "encv")), PLAYS, "fail", "stsd/encv at byte"),
    ("a second entry that nothing uses", lambda: with_entry(CLIP, "vide", entry_of(surgery.set_stored_size(CLIP, 640, 360))), HD, "pass", ""),
    # time that shows something
    ("an empty edit", lambda: gapped((120, None), (180, 0)), LASTS, "fail", "60 %"),
    ("an empty edit in the middle", lambda: gapped((60, 0), (60, None), (60, 60)), LASTS, "fail", "66.7 %"),
    ("a picture of a second", lambda: timed(CLIP, (25, 512)), LASTS, "fail", "0.6 %"),
    # dates
    ("a backdated movie", lambda: dated(LATER, "tkhd", "mdhd"), WINDOW, "unknown", "contradicts its own date"),
    ("a later track", lambda: dated(LATER, "tkhd"), WINDOW, "unknown", "moov/trak[0]/tkhd.creation_time (at byte"),
    ("a later XMP", lambda: tags.add_xmp(CLIP, tags.packet(SHANGHAI)), WINDOW, "unknown", "xmp:CreateDate (at byte"),
    ("XMP changed later", lambda: tags.add_xmp(CLIP, modified()), WINDOW, "pass", ""),
    ("nothing but XMP", lambda: tags.add_xmp(dated(0), tags.packet(SHANGHAI)), WINDOW, "fail", "2023-05-05"),
    ("a later day tag alone", lambda: surgery.add_tag(dated(0), "©day", b"2023-06-15T12:00:00+0800"), WINDOW, "fail", "was shot"),
    ("shot later than written", lambda: surgery.add_tag(CLIP, "©day", b"2023-06-15T12:00:00+0800"), WINDOW, "pass", "the file's own date"),
    ("a date to come", lambda: dated(MAC_EPOCH + 2_050_000_000), "completed: {from: 2020-01-01}", "unknown", "after the day of this run"),
    ("local time as UTC", lambda: dated(MAC_EPOCH + 1_646_067_600), WINDOW, "unknown", "2022-02-28 17:00 +08:00"),
    # the size of the picture
    ("1088 and 1080", lambda: uncropped((1920, 1088), (1920, 1080)), HD, "pass", ""),
    ("408 and 405", lambda: uncropped((720, 408), (720, 405)), "resolution: {is: 720x405}", "pass", ""),
    ("only claimed", lambda: uncropped((640, 360), (1920, 1080)), HD, "fail", "640×360"),
    # frame rate
    ("Apple's clock", lambda: alone(*[(120, 20), (1, 21)] * 29, (991, 20)), RATE, "pass", "nominal 30 fps"),
    ("Apple's clock varies", lambda: alone(*[(120, 20), (1, 21)] * 29, (991, 20)), MODE, "pass", ""),
    ("a picture held at the end", lambda: alone((4499, 20), (1, 600)), RATE, "pass", ""),
    ("a burst of pictures is not the rate", lambda: alone((4000, 24), (500, 12)), "rate: {fact: video.frame-rate, max: 27}", "pass", ""),
    ("half of the pictures twice as long", lambda: alone(*[(1, 20), (1, 40)] * 2250), RATE, "fail", "20 fps"),
]  # fmt: skip


@needs_ffprobe
@pytest.mark.parametrize(
    ("make", "rule", "outcome", "words"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS]
)
def test_a_claim_that_the_file_contradicts_is_no_pass_whoever_is_asked(
    checker: Checker, tmp_path: Path, make: Callable[[], bytes], rule: str, *, outcome: str, words: str
) -> None:
    path = put(tmp_path / "entry.mp4", make())
    for witness in some(("all", "auto", "mediainfo")):
        finding = checker.finding(rule, path, witness)
        assert finding.outcome == outcome, (witness, finding.message.render("en"))
        assert words in finding.message.render("en"), witness


REMARKS: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("an empty edit", lambda: gapped((120, None), (180, 0)), LENGTH, "an empty edit of 2:00 shows nothing (moov/trak[0]/edts/elst)"),
    ("a picture of a second", lambda: timed(CLIP, (25, 512)), LENGTH, "after that no other picture comes (moov/trak[0]/mdia/minf/stbl/stts)"),
    ("the last picture held", lambda: timed(CLIP, (249, 512), (1, 170 * 12800)), LENGTH, "One picture stands still for 2:50; there are 250 pictures"),
    ("a single picture", lambda: timed(CLIP, (1, 180 * 12800)), LENGTH, "One picture stands still for 3:00, and there is no other"),
    ("padding", lambda: CLIP + surgery.box("free", bytes(10**6)), SIZE, f"is in free at byte {len(CLIP):,}"),
    ("a tail", lambda: CLIP + bytes(10**6), SIZE, f"is in no box, from byte {len(CLIP):,} on"),
    ("cover art", lambda: surgery.add_tag(CLIP, "covr", bytes(10**6), 13), SIZE, "is in moov at byte"),
    ("a smaller aperture", lambda: aperture(1888, 1062), HD, "1888×1062"),
]  # fmt: skip


@needs_ffprobe
@pytest.mark.parametrize(("make", "rule", "words"), [row[1:] for row in REMARKS], ids=[row[0] for row in REMARKS])
def test_what_is_odd_is_remarked_on_once_whoever_is_asked(
    checker: Checker, tmp_path: Path, make: Callable[[], bytes], rule: str, words: str
) -> None:
    path = put(tmp_path / "entry.mp4", make())
    for witness in ("auto", "all", "mediainfo"):
        finding = checker.finding(rule, path, witness)
        assert finding.outcome == "pass"
        (remark,) = finding.remarks
        assert words in remark.render("en")
        assert remark.render("zh") != remark.render("en")
