"""A word that is no key but says what somebody wants is answered; what is suggested can be written."""

import pytest

from vidcheck.rules.explain import explain
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.wishes import _ASKED, _BY_VALUE, _UNMEASURED, wish
from vidcheck.vocabulary import KEYS


def problems(rules: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        read_rules(f"vidcheck: 1\nrules:\n  {rules}\n".encode(), "r.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("时长", "duration"), ("分辨率", "resolution"), ("字幕", "subtitle.count"), ("stereo", "audio.channels"),
        ("audio.stereo", "audio.channels"), ("采样率", "audio.sample-rate"), ("h264", "video.codec"), ("H264", "video.codec"),
        ("fps", "video.frame-rate"), ("bitrate", "bit-rate"), ("length", "duration"), ("language", "audio.languages"), ("date", "completed"),
        ("video.duration", "duration"), ("video_resolution", "resolution"), ("maxDuration", "duration"), ("最长时长", "duration"),
        ("audio-codec", "audio.codec"), ("audio.bitrate", "audio.bit-rate"), ("video.bitrate", "video.bit-rate"), ("文件大小上限", "size"),
        ("9:16", "aspect-ratio"), ("25fps", "video.frame-rate"), ("H.264", "video.codec"), ("作品简介", "declared.summary"),
        ("mp4", "format"), ("竖屏", "orientation"), ("1080p", "resolution"), ("播出平台", "declared.broadcast-platform"),
        ("audio.loudness", "content.loudness"), ("black", "content.black"), ("静音", "content.silent"), ("黑边", "content.bars"), ("硬字幕", "content.text"), ("简体字", "content.script"),
    ],
)  # fmt: skip
def test_a_word_for_a_key_is_answered_with_the_rule_that_asks_it(word: str, key: str) -> None:
    (said,) = problems(f"'{word}': {{is: 1}}")
    assert f"'{word}' is no key; {key} " in said
    assert f'(try "{key}: {{' in said


@pytest.mark.parametrize(
    "word",
    [
        "subtitle-language",
        "school",
        "年龄",
        "watermark-free",
        "没有水印",
        "首帧",
        "获奖",
        "gop",
        "audio.noise",
        "spoken",
        "水印",
        "普通话",
        "画质",
    ],
)
def test_what_is_not_measured_is_to_be_written_as_manual(word: str) -> None:
    (said,) = problems(f"{word}: {{max: 3}}")
    assert f"'{word}' is no key, and vidcheck does not measure " in said
    assert "write it as manual" in said
    hint = said.partition('(try "')[2].removesuffix('")')
    assert read_rules(f"vidcheck: 1\nrules:\n  {hint}\n".encode()).every[0].manual


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("竖屏", "orientation: {is: portrait}"), ("4k", "resolution: {min: 3840x2160}"), ("720p", "resolution: {min: 1280x720}"),
        ("10bit", "video.bit-depth: {is: 10}"), ("no-audio", "audio.count: {is: 0}"), ("4:3", "aspect-ratio: {is: 4:3}"),
    ],
)  # fmt: skip
def test_the_rule_that_is_suggested_says_the_value_that_was_written(word: str, rule: str) -> None:
    assert problems(f"'{word}': {{is: 1}}")[0].endswith(f'(try "{rule}")')


@pytest.mark.parametrize(
    ("word", "place"), [("deadline", "contest"), ("截止日期", "contest"), ("重复", "batch"), ("限报", "batch")]
)
def test_what_stands_beside_the_rules_is_said_to_stand_there(word: str, place: str) -> None:
    (said,) = problems(f"{word}: {{is: 1}}")
    assert f"'{word}' is no key; it stands under {place}, beside the rules" in said
    hint = said.partition('(try "')[2].removesuffix('")')
    read_rules(f"vidcheck: 1\n{hint}\nrules: {{format: {{is: mp4}}}}\n".encode())


@pytest.mark.parametrize(
    "rules",
    [
        "x: {fact: 时长, max: 5 min}",
        "x: {any: [{时长: {max: 5 min}}]}",
        "format: {is: mp4, when: {时长: {max: 5 min}}}",
    ],
)
def test_a_wish_is_answered_wherever_a_key_stands(rules: str) -> None:
    assert "'时长' is no key; duration asks it" in problems(rules)[0]


def test_explain_answers_a_wish() -> None:
    with pytest.raises(RulesError, match=r"audio\.channels asks it"):
        explain("立体声", None, {})
    with pytest.raises(RulesError, match="does not measure music"):
        explain("music", None, {})


def test_a_rule_of_that_name_is_still_allowed() -> None:
    rules = read_rules("vidcheck: 1\nrules:\n  字幕: {manual: 有字幕}\n  black: {manual: no black}\n".encode())
    assert rules.names == ("字幕", "black")


def test_every_answer_can_be_written_and_no_word_is_answered_twice() -> None:
    for rule in _ASKED:
        read_rules(f"vidcheck: 1\nrules:\n  {rule}\n".encode())
    words = [word for row in _ASKED.values() for word in row.split()]
    words += [word for row in _UNMEASURED for word in row.words.split()]
    assert sorted(words) == sorted(set(words))
    assert not {word for word in words if word in KEYS}
    assert all(wish(word) for word in words)
    assert set(_BY_VALUE) <= set(KEYS)
