"""What HTML and the screen show of what was seen in films: pictures, stretches, the curve of loudness."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.reports import build
from tests.reports.test_html import Markup
from vidcheck.facts import Fact, Picture
from vidcheck.reports import html
from vidcheck.reports.html import sheet
from vidcheck.texts import Plain

JPEG = b"\xff\xd8\xff"
HOSTILE = '"><script>alert(1)</script>'


def fact(key: str, value: object, raw: str = "", *pictures: Picture) -> Fact:
    return Fact(key=key, witness="content", value=value, locator="x", raw=raw, pictures=pictures)


def stills(count: int, size: int = 3) -> list[Picture]:
    return [Picture(at=Fraction(number), data=JPEG.ljust(size, b"\0")) for number in range(count)]


SEEN = (
    fact("content.duration", Fraction(10), "0-10", *stills(3)),
    fact("content.black", Fraction(3, 10), "0.000-1.000; 8.000-10.000"),
    fact("content.frozen", Fraction(0)),
    fact("content.silent", Fraction(1, 10), "4.000-5.000"),
    fact("content.loudness", Fraction(-18), "I -18, S every 1 s: -70 -30 -20 -20 -70"),
)


def page(*facts: Fact, path: str = "a.mp4", lang: str = "en", entries: int = 1) -> Markup:
    entry = replace(build.entry(path, build.good_size()), content=facts)
    report = build.report(*(replace(entry, entry=replace(entry.entry, path=f"{n}{path}")) for n in range(entries)))
    return Markup(html.render(report, lang))


def test_the_contact_sheet_is_data_with_times_and_texts_and_needs_leave() -> None:
    shown = page(*SEEN)
    images = shown.all("img")
    assert [each["src"] for each in images] == [f"data:image/jpeg;base64,{b64encode(JPEG).decode()}"] * 3
    assert [each["alt"] for each in images] == ["the picture at 0:00", "the picture at 0:01", "the picture at 0:02"]
    assert "img-src data:;" in str(shown.all("meta")[1]["content"])
    assert "img-src" not in str(page().all("meta")[1]["content"])


def test_stretches_are_drawn_at_their_places_in_rows_of_their_own() -> None:
    rows: dict[int, list[tuple[int, int]]] = {}
    for one in page(*SEEN).all("rect"):
        if one.get("class") == "stretch":
            rows.setdefault(int(str(one["y"])), []).append((int(str(one["x"])), int(str(one["width"]))))
    left, wide = sheet._LEFT, sheet._RIGHT - sheet._LEFT
    assert [row for _, row in sorted(rows.items())] == [
        [(left, round(wide / 10)), (left + round(wide * 8 / 10), pytest.approx(wide / 5, abs=1))],
        [(left + round(wide * 4 / 10), pytest.approx(wide / 10, abs=1))],
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Loudness: -18 LUFS in all; Black: 0:00–0:01, 0:08–0:10; nowhere frozen; Silent: 0:04–0:05"),
        ("zh", "整体音量：-18 LUFS；黑屏：0 秒–1 秒、8 秒–10 秒；没有静止画面；无声：4 秒–5 秒"),
    ],
)
def test_the_caption_says_what_is_drawn(lang: str, words: str) -> None:
    text = html.render(build.report(replace(build.entry("a.mp4", build.good_size()), content=SEEN)), lang).decode()
    found = re.search(r'<figcaption id="s-1">([^<]*)<', text)
    assert found is not None
    assert found[1] == words


def test_pictures_of_any_fact_are_shown_with_their_notes_and_notes_are_no_markup() -> None:
    crop = Picture(at=Fraction(3, 2), data=JPEG, note=Plain(HOSTILE))
    text = html.render(
        build.report(
            replace(
                build.entry(f"{HOSTILE}.mp4", build.good_size()), content=(fact("content.bars", "none", HOSTILE, crop),)
            )
        )
    ).decode()
    assert "the picture at 0:01.500" in text
    assert "0:01.500 · &quot;&gt;&lt;script&gt;" in text
    assert "<script>alert" not in text


def test_odd_raw_texts_draw_nothing_or_what_they_can() -> None:
    for raw in ("", "0-0", "x", "5-1", "0.000-1e9", "S every 0 s: -1", "S every 1 s: - --1 x"):
        assert page(fact("content.black", Fraction(0), raw), fact("content.loudness", Fraction(-9), raw)).all("html")


def test_the_pages_of_many_films_have_fewer_pictures_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_BYTES", 4 * 6 * 100)
    facts = (fact("content.duration", Fraction(10), "0-10", *stills(24, 100)),)
    assert len(page(*facts).all("img")) == 24
    assert len(page(*facts, entries=4).all("img")) == 24
    text = html.render(
        build.report(*(replace(build.entry(f"{n}.mp4", build.good_size()), content=facts) for n in range(4)))
    )
    assert b"6 of 24 pictures" in text
