"""The names of values: every value of a closed set has one, and texts for people use it."""

from __future__ import annotations

import json

import pytest

from tests.reports import build
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Fact, Facts
from vidcheck.reports import json as json_report
from vidcheck.reports import render
from vidcheck.rules.reader import read_rules
from vidcheck.vocabulary import KEYS

CLOSED = [key for key in KEYS.values() if key.values]


@pytest.mark.parametrize("key", CLOSED, ids=lambda key: key.name)
def test_every_value_of_a_closed_set_has_a_name(key: object) -> None:
    assert len(key.names) == len(key.values)  # type: ignore[attr-defined]
    assert all(key.names)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("format", "mov", "MOV (QuickTime)", "MOV (QuickTime)"),
        ("format", "none", "不是视频或音频文件", "no film and no sound file"),
        ("video.codec", "hevc", "HEVC (H.265)", "HEVC (H.265)"),
        ("audio.codec", "pcm", "PCM（未压缩）", "PCM (uncompressed)"),
        ("video.hdr", "dolby-vision", "杜比视界", "Dolby Vision"),
        ("video.scan", "progressive", "逐行", "progressive"),
        ("form.kind", ("docx", "zip"), "Word (.docx)、ZIP（压缩包）", "Word (.docx), ZIP (packed files)"),
    ],
)
def test_a_value_is_shown_by_its_name(name: str, value: object, zh: str, en: str) -> None:
    phrase = KEYS[name].phrase(value)
    assert phrase is not None
    assert (phrase.render("zh"), phrase.render("en")) == (zh, en)


def test_texts_have_the_names_and_values_the_words() -> None:
    rules = read_rules(b"vidcheck: 1\nrules:\n  video.codec: {any-of: [h264, av1]}\n")
    fact = Fact(key="video.codec", witness="mediainfo", value="hevc", locator="Video.Format", raw="HEVC")
    (finding,) = judge_entry(Entry(path="a.mp4"), Facts(facts=(fact,)), rules).report.findings
    assert finding.message.render("zh") == "视频编码为 HEVC (H.265)，要求：H.264、AV1 之一。"
    entry = build.entry("a.mp4", finding)
    (told,) = json.loads(json_report.render(build.report(entry)))["entries"][0]["findings"]
    assert told["evidence"][0]["value"] == "hevc"
    assert [tip["program"] for tip in told["settings"]] == ["JianYing", "Premiere", "HandBrake", "Phone"]
    assert told["remedy"].splitlines()[1].startswith("JianYing: ")
    assert "剪映" in render("html", build.report(entry), "zh").decode()
