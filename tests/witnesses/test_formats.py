"""What a file is by its first bytes, where it is no ISO file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.terms import FORMATS
from vidcheck.witnesses.formats import foreign_format

MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 5
ADTS = (b"\xff\xf1\x50\x80\x02\x00\xfc" + bytes(9)) * 5
EBML = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(EBML + b"\x42\x82\x88matroska", "matroska", id="matroska"),
        pytest.param(EBML + b"\x42\x82\x84webm", "webm", id="webm"),
        pytest.param(EBML, "matroska", id="matroska-by-default"),
        pytest.param(b"RIFF\0\0\0\0AVI LIST", "avi", id="avi"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt ", "wav", id="wav"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "none", id="webp"),
        pytest.param((b"\x47" + bytes(187)) * 8, "mpegts", id="ts-188"),
        pytest.param((bytes(4) + b"\x47" + bytes(187)) * 8, "mpegts", id="ts-192"),
        pytest.param((b"\x47" + bytes(203)) * 8, "mpegts", id="ts-204"),
        pytest.param(b"\x47" + bytes(187), "none", id="one-ts-packet-proves-nothing"),
        pytest.param(b"\0\0\x01\xba\x44\0", "mpegps", id="mpegps"),
        pytest.param(b"FLV\x01\x05", "flv", id="flv"),
        pytest.param(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "wmv", id="asf"),
        pytest.param(b"OggS\0\x02", "ogg", id="ogg"),
        pytest.param(bytes.fromhex("060e2b34020501010d01020101020400"), "mxf", id="mxf"),
        pytest.param(bytes(100) + bytes.fromhex("060e2b34020501010d01020101020400"), "mxf", id="mxf-run-in"),
        pytest.param(MP3, "mp3", id="mp3"),
        pytest.param(b"ID3\x04\0\0\0\0\x00\x0a" + bytes(10) + MP3, "mp3", id="mp3-tagged"),
        pytest.param(b"ID3\x04\0\0\0\0\x00\x0a" + bytes(10) + b"fLaC", "flac", id="flac-tagged"),
        pytest.param(ADTS, "aac", id="aac"),
        pytest.param(b"fLaC\0\0", "flac", id="flac"),
        pytest.param(b"\xff\xd8\xff\xe0", "jpeg", id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "png", id="png"),
        pytest.param(b"GIF89a", "gif", id="gif"),
        pytest.param(b"%PDF-1.7", "pdf", id="pdf"),
        pytest.param(b"PK\x03\x04", "zip", id="zip"),
        pytest.param(b"Rar!\x1a\x07\x01\0", "rar", id="rar"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", "7z", id="7z"),
        pytest.param(b"#EXTM3U\nhttp://example.org/", "none", id="playlist"),
        pytest.param(b"", "none", id="empty"),
        pytest.param(bytes(4096), "none", id="zeros"),
        pytest.param(b"\xff" * 4096, "none", id="ones"),
    ],
)
def test_signatures(head: bytes, expected: str) -> None:
    assert foreign_format(head) == expected


@given(st.sampled_from([b"", EBML, b"ID3", b"\xff\xfb", b"RIFF"]), st.binary(max_size=600))
def test_any_bytes_have_a_format_of_the_closed_set(start: bytes, rest: bytes) -> None:
    assert foreign_format(start + rest) in FORMATS
