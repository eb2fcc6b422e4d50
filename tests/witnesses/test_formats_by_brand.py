"""Which ISO file is an MP4: design section 4, row by row."""

import pytest

from vidcheck.witnesses.formats import format_of


@pytest.mark.parametrize(
    ("major", "compatible", "expected"),
    [
        pytest.param("isom", ("isom", "iso2", "avc1", "mp41"), "mp4", id="ffmpeg"),
        pytest.param("iso6", ("iso6", "dash"), "mp4", id="dash"),
        pytest.param("cmfc", (), "mp4", id="cmaf"),
        pytest.param("M4V ", ("mp42",), "mp4", id="apple-video"),
        pytest.param("M4V", (), "mp4", id="without-trailing-space"),
        pytest.param("XAVC", ("XAVC", "mp42", "iso2"), "mp4", id="sony"),
        pytest.param("MSNV", ("MSNV", "mp42", "isom"), "mp4", id="sony-psp"),
        pytest.param("3gp4", ("isom", "3gp4"), "mp4", id="phone-that-names-isom-too"),
        pytest.param("3gp5", ("3gp4", "3g2a"), "3gp", id="only-3gpp"),
        pytest.param("qt  ", ("qt  ",), "mov", id="quicktime"),
        pytest.param("qt  ", ("isom", "mp42"), "mov", id="quicktime-with-mp4-brands"),
        pytest.param(None, (), "mov", id="no-file-type-box"),
        pytest.param("M4A ", ("M4A ", "mp42", "isom"), "m4a", id="sound"),
        pytest.param("isom", ("M4A ",), "mp4", id="sound-as-compatible-only"),
        pytest.param("heic", ("mif1", "heic"), "heif", id="heic"),
        pytest.param("avif", ("mif1", "miaf", "isom"), "heif", id="avif"),
        pytest.param("crx ", ("crx ", "isom"), "heif", id="canon-raw"),
        pytest.param("abcd", ("isom",), "mp4", id="unknown-major"),
        pytest.param("abcd", ("qt  ",), "mov", id="unknown-major-quicktime"),
        pytest.param("\0\xff\n|", (), "mp4", id="odd-bytes-alone"),
        pytest.param("", (), "mp4", id="empty"),
    ],
)
def test_brands_decide_the_format(major: str | None, compatible: tuple[str, ...], expected: str) -> None:
    assert format_of(major, compatible) == expected
