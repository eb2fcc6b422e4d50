"""What rules say reaches the engine as it was written."""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from vidcheck.findings import Level, Place
from vidcheck.quantities import Size
from vidcheck.rules.model import IfUnknown, Rule, Rules, Tolerance
from vidcheck.rules.phrases import expected
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import load_rules, read_rules
from vidcheck.rules.summary import summarise
from vidcheck.texts import Spoken

DESIGN = r"""
vidcheck: 1                            # version of this language
contest:
  title: 2022年黑龙江省优秀科普微视频作品征集评选
  timezone: Asia/Shanghai              # dates below are days in this zone; both ends count
rules:
  format:      {is: mp4}               # decided by content, never by the file's extension
  size:        {min: 100 MB, max: 200 MiB}   # the call says "100M–200M": both readings are accepted
  duration:    {min: 2 min, max: 5 min, tolerance: 0.5 s}
  resolution:  {min: 1280x720, level: recommended}   # as displayed: rotation and pixel shape applied
  completed:   {from: 2020-01-01, to: 2022-02-28}
  intact:      {is: yes}               # nothing cut off: an upload that stopped half way is no entry
  picture:     {fact: video.count, is: 1}
  full-hd:     {fact: resolution, min: 1920x1080, level: recommended}
  frame-rate:  {fact: video.frame-rate, any-of: [24, 25, 29.97, 30]}   # 29.97 is 30000/1001
  codec:       {fact: video.codec, any-of: [h264, hevc], when: {format: {is: mp4}}}
  sound:       {fact: audio.count, min: 1}
  name:        {fact: file.name, matches: '\d{3}_.+\.mp4'}
  sd-shape:
    any:                               # one branch must hold; in a branch all must hold
      - {video.stored-resolution: {is: 720x576}, aspect-ratio: {is: 4:3}}
      - {resolution: {min: 1280x720}, aspect-ratio: {is: 16:9}}
  mandarin:
    manual: {zh: 配音和解说使用普通话, en: Narration is in Mandarin}   # only a person can say
"""


def read(rules: str, head: str = "") -> Rules:
    return read_rules(f"vidcheck: 1\n{head}rules:\n{rules}\n".encode())


def the_rule(rules: str, head: str = "") -> Rule:
    return read(rules, head).rules[0]


def argument(rules: str, head: str = "") -> object:
    asked = the_rule(rules, head).asked
    assert asked is not None
    return asked.limits[0].argument


def test_the_rules_of_the_design_page_load_as_they_stand() -> None:
    rules = read_rules(DESIGN.encode())
    by_name = {rule.name: rule for rule in rules.rules}
    assert list(by_name) == [
        "format", "size", "duration", "resolution", "completed", "intact", "picture", "full-hd", "frame-rate", "codec", "sound",
        "name", "sd-shape", "mandarin",
    ]  # fmt: skip
    assert rules.title.render("en") == "2022年黑龙江省优秀科普微视频作品征集评选"
    assert (rules.zone, rules.zone_name, rules.notices) == (ZoneInfo("Asia/Shanghai"), "Asia/Shanghai", ())
    asked = {
        name: {limit.constraint: limit.argument for limit in rule.asked.limits}
        for name, rule in by_name.items()
        if rule.asked
    }
    assert asked["size"] == {"min": 100_000_000, "max": 209_715_200}
    assert asked["duration"] == {"min": 120, "max": 300}
    assert asked["frame-rate"] == {"any-of": (24, 25, Fraction(30000, 1001), 30)}
    assert asked["intact"] == {"is": True}
    assert by_name["duration"].conditions[0].tolerance == Tolerance(absolute=Fraction(1, 2))
    assert by_name["resolution"].level is Level.RECOMMENDED
    assert by_name["codec"].when[0].key.name == "format"
    assert [[part.key.name for part in branch] for branch in by_name["sd-shape"].branches] == [
        ["video.stored-resolution", "aspect-ratio"],
        ["resolution", "aspect-ratio"],
    ]
    assert by_name["sd-shape"].branches[1][1].limits[0].argument == Fraction(16, 9)
    assert by_name["mandarin"].manual == Spoken((("zh", "配音和解说使用普通话"), ("en", "Narration is in Mandarin")))
    assert rules.keys >= {"format", "video.codec", "video.stored-resolution"}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("  aspect-ratio: {is: 16:9}", Fraction(16, 9)),
        ("  duration: {is: 1:30}", Fraction(90)),
        ("  duration: {is: PT2M}", Fraction(120)),
        ("  title: {is: no}", "no"),
        ("  title: {is: 2022-02-28}", "2022-02-28"),
        ("  title: {is: 007}", "007"),
        ("  title: {is: ~}", "~"),
        ("  title: {not: ''}", ""),
        ("  intact: {is: no}", False),
        ("  size: {max: '200 MiB'}", 209_715_200),
        ("  resolution: {min: 1280×720}", Size(1280, 720)),
        ("  audio.languages: {contains: zh}", ("zh",)),
        ("  audio.languages: {contains: [zh, en]}", ("zh", "en")),
        ("  audio.languages: {is: [zh, en]}", ("zh", "en")),
        ("  audio.languages: {any-of: [[zh], [zh, en]]}", (("zh",), ("zh", "en"))),
        ("  title: {max-length: 100}", 100),
        ("  completed: {known: yes}", True),
        ("  video.chroma: {is: 4:2:0}", "4:2:0"),
    ],
)  # fmt: skip
def test_a_value_reaches_the_reader_as_the_text_that_was_written(rule: str, value: object) -> None:
    assert argument(rule) == value


def test_dates_are_days_in_the_calls_zone_and_in_utc_without_one() -> None:
    there = argument("  completed: {from: 2020-01-01}", "contest: {timezone: Asia/Shanghai}\n")
    assert getattr(there, "first", None) == datetime(2019, 12, 31, 16, tzinfo=UTC)
    rules = read("  completed: {from: 2020-01-01}")
    assert (rules.zone, rules.zone_name) == (UTC, "UTC")
    assert [notice.render("en") for notice in rules.notices] == ["no contest.timezone is given: dates are days in UTC"]


@pytest.mark.parametrize(
    ("rule", "tolerance"),
    [
        ("  duration: {is: 30 s, tolerance: 1 s}", Tolerance(absolute=Fraction(1))),
        ("  duration: {is: 30 s, tolerance: 2 %}", Tolerance(share=Fraction(2, 100))),
        ("  duration: {is: 30 s, tolerance: 0.5%}", Tolerance(share=Fraction(5, 1000))),
        ("  aspect-ratio: {is: 16:9, tolerance: 0 %}", Tolerance(share=Fraction(0))),
        ("  resolution: {is: 1920x1080, tolerance: 8x8}", Tolerance(absolute=Size(8, 8))),
        ("  completed: {is: 2022-01-01, tolerance: 2 days}", Tolerance(absolute=Fraction(172_800))),
        ("  size: {max: 1 GB, tolerance: 1 MB}", Tolerance(absolute=1_000_000)),
    ],
)
def test_a_tolerance_is_of_the_same_kind_or_a_per_cent(rule: str, tolerance: Tolerance) -> None:
    rules = read(rule)
    assert rules.rules[0].conditions[0].tolerance == tolerance
    assert "±" in summarise(rules).rules[0].meaning.render("en")


def test_a_rule_takes_every_option() -> None:
    rule = the_rule(
        "  completed: {from: 2020-01-01, level: recommended, if-unknown: fail, evidence: [declared, boxes], container-date: review,\n"
        "    message: '{actual} is too early', remedy: {zh: 说明, en: Tell us}, when: {format: {any-of: [mp4, mov]}, duration: {min: 1 min, tolerance: 1 s}}}"
    )
    assert (rule.level, rule.if_unknown, rule.container_date) == (Level.RECOMMENDED, IfUnknown.FAIL, IfUnknown.REVIEW)
    assert rule.evidence == ("declared", "boxes")
    assert rule.message == Spoken((("en", "{actual} is too early"),))
    assert rule.remedy is not None
    assert rule.remedy.render("zh") == "说明"
    assert [condition.key.name for condition in rule.when] == ["format", "duration"]
    assert rule.when[1].tolerance == Tolerance(absolute=Fraction(1))


def test_one_witness_stands_without_a_list() -> None:
    assert the_rule("  size: {max: 1 GB, evidence: filesystem}").evidence == ("filesystem",)


def test_a_rule_with_a_name_of_its_own_may_say_the_key_it_is_named_like() -> None:
    assert the_rule("  duration: {fact: duration, max: 5 min}").keys == ("duration",)


def test_places_are_those_of_names_and_values() -> None:
    rule = the_rule("  # comment\n  时长: {fact: duration, max: 5 min}")
    assert rule.place == Place("rules.yaml", 4, 3)
    assert rule.conditions[0].limits[0].place == Place("rules.yaml", 4, 29)


def test_words_for_people_show_no_control_characters() -> None:
    rule = the_rule('  x: {manual: "a\\e[31m\\u202Eb"}')
    assert rule.manual is not None
    assert rule.manual.render("en") == r"a\x1b[31m\u202eb"


def test_a_title_comes_by_language() -> None:
    rules = read("  format: {is: mp4}", "contest: {title: {zh: 影展, en: Film\tDays}}\n")
    assert (rules.title.render("zh"), rules.title.render("en")) == ("影展", "Film Days")


def test_a_deadline_is_a_day_or_a_moment_in_the_calls_zone() -> None:
    day = read("  format: {is: mp4}", "contest: {deadline: 2022-05-09, timezone: Asia/Shanghai}\n").deadline
    assert day is not None
    assert day.last.isoformat() == "2022-05-09T23:59:59.999999+08:00"
    moment = read("  format: {is: mp4}", "contest: {timezone: Asia/Shanghai, deadline: 2022-05-09 18:00}\n").deadline
    assert moment is not None
    assert moment.first.isoformat() == "2022-05-09T18:00:00+08:00"
    assert read("  format: {is: mp4}").deadline is None


def test_a_deadline_belongs_to_one_call_and_is_not_taken_over() -> None:
    preset = load_rules("heilongjiang-2022")
    assert preset.deadline is not None
    assert preset.deadline.last.isoformat() == "2022-05-09T23:59:59.999999+08:00"
    heir = read_rules(b"vidcheck: 1\nextends: heilongjiang-2022\n")
    assert (heir.deadline, heir.zone_name) == (None, "Asia/Shanghai")


def test_corrections_are_a_day_from_the_deadline_on() -> None:
    contest = "contest: {{deadline: 2022-05-09, corrections: {}, timezone: Asia/Shanghai}}\n"
    rules = read("  format: {is: mp4}", contest.format("2022-05-20"))
    assert rules.corrections is not None
    assert rules.corrections.last.isoformat() == "2022-05-20T23:59:59.999999+08:00"
    with pytest.raises(RulesError, match="2:46: contest: corrections: corrections end before the deadline"):
        read("  format: {is: mp4}", contest.format("2022-05-08"))


def test_the_digest_of_one_file_is_its_sha256() -> None:
    from hashlib import sha256

    text = b"vidcheck: 1\nrules: {format: {is: mp4}}"
    assert read_rules(text).digest == f"sha256:{sha256(text).hexdigest()}"


def test_an_error_survives_the_way_between_processes() -> None:
    import pickle

    with pytest.raises(RulesError) as caught:
        read("  format: mp4")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert again.problems == caught.value.problems
    assert caught.value.render("zh").startswith("rules.yaml:3:11: format：")


def test_limits_are_told_in_base_units() -> None:
    limits = {rule.rule: rule.limits for rule in summarise(read_rules(DESIGN.encode())).rules}
    assert limits["duration"] == {"min": 120, "max": 300, "tolerance": 0.5, "unit": "s"}
    assert limits["resolution"] == {"min": [1280, 720], "unit": "px"}
    assert limits["completed"] == {"from": "2020-01-01T00:00:00+08:00", "to": "2022-02-28T23:59:59.999999+08:00"}
    assert limits["codec"] == {"any-of": ["h264", "hevc"], "when": {"format": {"is": "mp4"}}}
    assert limits["sd-shape"] == {
        "any": [
            {"video.stored-resolution": {"is": [720, 576], "unit": "px"}, "aspect-ratio": {"is": "4:3"}},
            {"resolution": {"min": [1280, 720], "unit": "px"}, "aspect-ratio": {"is": "16:9"}},
        ]
    }
    assert limits["mandarin"] == {}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("declared.title: {min-length: 1}", "at least one character"),
        ("declared.title: {min-length: 2}", "at least 2 characters"),
        ("declared.email: {max-count: 1}", "at most one item"),
        ("declared.email: {max-count: 2}", "at most 2 items"),
    ],
)
def test_one_is_told_as_one(rule: str, words: str) -> None:
    rules = read(f"  {rule}")
    assert expected(rules.rules[0].conditions[0], rules.zone).render("en") == words


def test_meanings_are_phrases() -> None:
    meanings = {rule.rule: rule.meaning.render("en") for rule in summarise(read_rules(DESIGN.encode())).rules}
    assert meanings["duration"] == "duration: 2:00 to 5:00 (±0.5 s)"
    assert meanings["codec"] == "video codec: one of H.264, HEVC (H.265), where file format: MP4"
    assert meanings["sd-shape"] == (
        "stored picture size: 720×576 and aspect ratio: 4:3; or picture size: at least 1280×720 and aspect ratio: 16:9"
    )
    assert meanings["mandarin"] == "Narration is in Mandarin"


def test_a_summary_is_json() -> None:
    import json

    for rule in summarise(read_rules(DESIGN.encode())).rules:
        assert json.loads(json.dumps(rule.limits)) == rule.limits


def test_reading_rules_imports_nothing_slow() -> None:
    import subprocess
    import sys

    code = "import sys; from vidcheck.rules.reader import load_rules; load_rules('nasa-hunch-2020'); print([m for m in ('jsonschema', 'difflib', 'regex', 'importlib.resources', 'rich', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_no_text_is_what_yaml_says_less_the_line_ends_that_editors_dont_know() -> None:
    from vidcheck.rules.nodes import _NOT_TEXT

    printable = (  # YAML 1.2, production 1, without NEL, U+FEFF and the separators U+2028 and U+2029
        *"\t\n\r", *map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x2028)), *map(chr, range(0x202A, 0xD800)),
        *map(chr, range(0xE000, 0xFEFF)), *map(chr, range(0xFF00, 0xFFFE)), *map(chr, range(0x10000, 0x110000)),
    )  # fmt: skip
    every = "".join(map(chr, range(0x110000)))
    assert set(_NOT_TEXT.findall(every)) == set(every) - set(printable)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("video.profile: {is: high}", "High"),
        ("video.profile: {is: High@L4.1}", "High"),
        ("video.profile: {is: Main Profile}", "Main Profile"),
        ("audio.profile: {is: AAC-LC}", "LC"),
        ("attachment.kind: {only: [JPG, jpeg, PDF]}", ("jpeg", "pdf")),
        ("form.kind: {is: 'Word'}", ("docx",)),
    ],
)
def test_a_value_in_another_spelling_means_the_same(rule: str, values: object) -> None:
    rules = read_rules(f"vidcheck: 1\nrules:\n  {rule}\n".encode())
    assert rules.every[0].conditions[0].limits[0].argument == values
