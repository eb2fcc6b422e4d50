from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from vidcheck.engine import Judgement, judge_entry, verdict_of
from vidcheck.facts import GIT_LFS, Entry, Fact, Facts, Fault, State
from vidcheck.findings import Finding, Outcome, Verdict
from vidcheck.quantities import Moment, Rate, Size
from vidcheck.rules.reader import read_rules
from vidcheck.texts import Plain
from vidcheck.vocabulary import KEYS

HEAD = "vidcheck: 1\ncontest: {title: t, timezone: Asia/Shanghai}\nrules:\n"


def fact(key: str, value: Any, witness: str = "mediainfo", state: State = State.KNOWN) -> Fact:
    assert key in KEYS
    return Fact(
        key=key,
        witness=witness,
        value=value,
        state=state,
        note=Plain("it says nothing") if state is State.UNKNOWN else None,
    )


def both(key: str, value: Any) -> list[Fact]:
    return [fact(key, value, witness) for witness in ("boxes", "mediainfo")]


def absent(key: str, witness: str = "mediainfo") -> Fact:
    return fact(key, None, witness, State.ABSENT)


def unknown(key: str, witness: str = "mediainfo") -> Fact:
    return fact(key, None, witness, State.UNKNOWN)


def crashed(*keys: str, witness: str = "mediainfo") -> Fault:
    return Fault(witness=witness, message=Plain("it crashed"), keys=frozenset(keys))


def judged(rules: str, *told: Fact | Fault, final: bool = False) -> Judgement:
    text = HEAD + "".join(f"  {line}\n" for line in rules.strip().splitlines())
    facts = Facts(
        facts=tuple(one for one in told if isinstance(one, Fact)),
        faults=tuple(one for one in told if isinstance(one, Fault)),
    )
    return judge_entry(Entry(path="e/a.mp4"), facts, read_rules(text.encode(), "rules.yaml"), final=final)


def one(rules: str, *told: Fact | Fault) -> Finding:
    return judged(rules, *told).report.findings[0]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{fact: duration, min: 5 s}", "this is no media file"),
        ("{fact: form.count, min: 1}", "the video has no folder of its own, so nobody knows which files belong to it"),
        ("{fact: declared.title, min-length: 1}", "nothing was declared of it"),
    ],
)
def test_why_nobody_could_tell_a_key_of_what_is_no_media_file(rule: str, why: str) -> None:
    none = Fact(key="format", witness="boxes", value="none", locator="head")
    found = one(f"r: {rule}", none)
    assert (found.outcome, found.why and found.why.render("en")) == ("unknown", why)


def test_a_git_lfs_pointer_is_called_one_whatever_is_asked_of_it() -> None:
    pointer = Fact(key="format", witness="boxes", value="none", locator=GIT_LFS, note=Plain("a Git LFS pointer"))
    found = one("r: {fact: duration, min: 5 s}", pointer)
    assert found.why is not None
    assert found.why.render("en") == "a Git LFS pointer"


@pytest.mark.parametrize(
    ("rule", "said", "why"),
    [
        ("duration: {max: 5 min, if-unknown: pass}", [], "r does not apply: the file does not say; the rules then ask nothing."),
        ("form.kind: {only: [pdf]}", [absent("form.kind", "filesystem")], "r does not apply: kind of the form is absent, so there is nothing to look at."),
        ("form.kind: {none-of: [pdf]}", [absent("form.kind", "filesystem")], "r does not apply: kind of the form is absent, so there is nothing to look at."),
        ("declared.title: {not: x}", [absent("declared.title", "declared")], "r does not apply: title is absent, so there is nothing to look at."),
    ],
    ids=["if-unknown", "only of no form", "none of no form", "not of no title"],
)  # fmt: skip
def test_nothing_passes_at_which_nobody_has_looked(rule: str, said: list[Fact], why: str) -> None:
    key, _, constraint = rule.partition(": {")
    finding = one(f"r: {{fact: {key}, {constraint}", *said)
    assert (finding.outcome, finding.message.render("en")) == (Outcome.SKIP, why)


@pytest.mark.parametrize(
    ("limits", "actual", "difference"),
    [("max-length: 5", "7 characters", "2 too many"), ("min-length: 9", "7 characters", "2 too few")],
)
def test_a_text_of_the_wrong_length_is_counted_not_shown(limits: str, actual: str, difference: str) -> None:
    finding = one(f"declared.summary: {{{limits}}}", fact("declared.summary", "一二三 四五六七", "declared"))
    assert finding.outcome is Outcome.FAIL
    assert finding.difference
    assert (finding.actual.render("en"), finding.difference.render("en")) == (actual, difference)
    assert "一二三" not in finding.message.render("zh")


def test_absence_in_the_film_itself_was_looked_at() -> None:
    assert one("audio.codec: {not: mp3}", absent("audio.codec")).outcome is Outcome.PASS


D = Fraction
DAY = {
    "in": datetime(2021, 6, 1, tzinfo=UTC),
    "late": datetime(2022, 2, 28, 17, tzinfo=UTC),
    "early": datetime(2019, 12, 31, 15, 59, tzinfo=UTC),
}
WINDOW = "completed: {from: 2020-01-01, to: 2022-02-28}"

OUTCOMES: list[tuple[str, str, list[Fact | Fault], str]] = [
    ("inside the window", "duration: {min: 2 min, max: 5 min}", [fact("duration", D(180))], "pass"),
    ("both ends count", "duration: {min: 2 min, max: 5 min}", [fact("duration", D(300))], "pass"),
    ("a hair over", "duration: {min: 2 min, max: 5 min}", [fact("duration", D("300.001"))], "fail"),
    ("inside the tolerance", "duration: {max: 5 min, tolerance: 0.5 s}", [fact("duration", D("300.5"))], "pass"),
    ("outside the tolerance", "duration: {max: 5 min, tolerance: 0.5 s}", [fact("duration", D("300.501"))], "fail"),
    ("a tolerance in per cent", "duration: {is: 100 s, tolerance: 1 %}", [fact("duration", D(101))], "pass"),
    ("above leaves out its end", "duration: {above: 2 min}", [fact("duration", D(120))], "fail"),
    ("below leaves out its end", "duration: {below: 2 min}", [fact("duration", D(120))], "fail"),
    ("30 is not 29.97", "r: {fact: video.frame-rate, is: 30}", [fact("video.frame-rate", D(30000, 1001))], "fail"),
    ("29.97 is 30000/1001", "r: {fact: video.frame-rate, is: 29.97}", [fact("video.frame-rate", D("29.970"))], "pass"),
    ("is asks the nominal rate", "r: {fact: video.frame-rate, is: 30}", [fact("video.frame-rate", Rate(D(28), D(30)))], "pass"),
    ("any-of asks the nominal rate", "r: {fact: video.frame-rate, any-of: [25, 28]}", [fact("video.frame-rate", Rate(D(28), D(30)))], "fail"),
    ("none-of asks the nominal rate", "r: {fact: video.frame-rate, none-of: [25, 30]}", [fact("video.frame-rate", Rate(D(28), D(30)))], "fail"),
    ("min asks the average", "r: {fact: video.frame-rate, min: 29}", [fact("video.frame-rate", Rate(D(28), D(30)))], "fail"),
    ("a share at least", "r: {fact: picture.share, min: 90 %}", [fact("picture.share", D(9, 10))], "pass"),
    ("a share below", "r: {fact: picture.share, min: 90 %}", [fact("picture.share", D(899, 1000))], "fail"),
    ("a share within a tolerance in percentage points", "r: {fact: picture.share, min: 90 %, tolerance: 5 %}", [fact("picture.share", D(851, 1000))], "pass"),
    ("a share beyond it", "r: {fact: picture.share, min: 90 %, tolerance: 5 %}", [fact("picture.share", D(849, 1000))], "fail"),
    ("a ratio is equal within half a per cent", "aspect-ratio: {is: 16:9}", [fact("aspect-ratio", D(1366, 768))], "pass"),
    ("equality never widens min", "aspect-ratio: {min: 16:9}", [fact("aspect-ratio", D(1771, 1000))], "fail"),
    ("not is the opposite of is", "aspect-ratio: {not: 16:9}", [fact("aspect-ratio", D(1366, 768))], "fail"),
    ("orientation-free resolution", "resolution: {min: 1280x720}", [fact("resolution", Size(720, 1280))], "pass"),
    ("both sides are asked", "resolution: {min: 1280x720}", [fact("resolution", Size(1920, 700))], "fail"),
    ("one of the list", "r: {fact: video.codec, any-of: [h264, hevc]}", [fact("video.codec", "hevc")], "pass"),
    ("none of the list", "r: {fact: video.codec, none-of: [h264, hevc]}", [fact("video.codec", "hevc")], "fail"),
    ("the whole text", "r: {fact: file.name, matches: '\\d{3}'}", [fact("file.name", "123.mp4", "filesystem")], "fail"),
    ("text of the form", "r: {fact: file.name, matches: '\\d{3}_.+\\.mp4'}", [fact("file.name", "123_片.mp4", "filesystem")], "pass"),
    ("white space is no character", "title: {max-length: 4}", [fact("title", "a b c d")], "pass"),
    ("too short a text", "title: {min-length: 5}", [fact("title", "a b c d")], "fail"),
    ("list contains", "r: {fact: audio.languages, contains: [zh]}", [fact("audio.languages", ("en", "zh"))], "pass"),
    ("list lacks", "r: {fact: audio.languages, contains: [fr]}", [fact("audio.languages", ("en", "zh"))], "fail"),
    ("too many items", "r: {fact: audio.languages, max-count: 1}", [fact("audio.languages", ("en", "zh"))], "fail"),
    ("absent fails is", "r: {fact: audio.codec, is: aac}", [absent("audio.codec")], "fail"),
    ("absent fails min", "r: {fact: audio.bit-rate, min: 1 kbps}", [absent("audio.bit-rate")], "fail"),
    ("absent fails max", "r: {fact: audio.bit-rate, max: 1 Mbps}", [absent("audio.bit-rate")], "fail"),
    ("absent fails matches", "title: {matches: .*}", [absent("title")], "fail"),
    ("absent fails known", "title: {known: yes}", [absent("title")], "fail"),
    ("absent passes not", "r: {fact: audio.codec, not: aac}", [absent("audio.codec")], "pass"),
    ("absent passes none-of", "r: {fact: audio.codec, none-of: [aac]}", [absent("audio.codec")], "pass"),
    ("where absence tells nothing it is unknown", WINDOW, [absent("completed", "boxes")], "unknown"),
    ("known fails on unknown", "completed: {known: yes}", [unknown("completed", "boxes")], "fail"),
    ("known fails on nothing said", "title: {known: yes}", [], "fail"),
    ("known does not settle a fault", "title: {known: yes}", [crashed("title")], "unknown"),
    ("nobody could tell", "duration: {max: 5 min}", [], "unknown"),
    ("if-unknown settles absence", "duration: {max: 5 min, if-unknown: pass}", [], "skip"),
    ("if-unknown may fail", "duration: {max: 5 min, if-unknown: fail}", [], "fail"),
    ("if-unknown never settles a fault", "duration: {max: 5 min, if-unknown: pass}", [crashed("duration")], "unknown"),
    ("if-unknown never settles an impossible value beside a fault", "completed: {from: 2020-01-01, if-unknown: pass}", [unknown("completed", "boxes"), crashed("completed")], "unknown"),
    ("a fault is harmless where another tells", "duration: {max: 5 min}", [crashed("duration"), fact("duration", D(200), "ffprobe")], "pass"),
    ("witnesses that agree in outcome decide", "duration: {max: 5 min}", [fact("duration", D(200)), fact("duration", D(250), "ffprobe")], "pass"),
    ("witnesses that differ in outcome are a dispute", "duration: {max: 5 min}", [fact("duration", D(200)), fact("duration", D(301), "ffprobe")], "unknown"),
    ("if-unknown never settles a declared value that nobody can read", "declared.telephone: {min-count: 1, if-unknown: pass}", [unknown("declared.telephone", "declared")], "unknown"),
    ("if-unknown settles what nobody declared", "declared.telephone: {min-count: 1, if-unknown: pass}", [], "skip"),
    ("a declared blank is absent", "declared.telephone: {min-count: 1, if-unknown: pass}", [absent("declared.telephone", "declared")], "fail"),
    ("if-unknown never settles a dispute", "duration: {max: 5 min, if-unknown: pass}", [fact("duration", D(200)), fact("duration", D(301), "ffprobe")], "unknown"),
    ("a value against an absence is a dispute", "title: {known: yes}", [fact("title", "x"), absent("title", "ffprobe")], "unknown"),
    ("the headers settle the format", "format: {is: mp4}", [fact("format", "mov", "boxes"), fact("format", "mp4")], "fail"),
    ("the headers settle no size that their matrices have no part in", "resolution: {min: 1920x1080}", [fact("resolution", Size(1920, 1088), "boxes"), fact("resolution", Size(1280, 720))], "unknown"),
    ("one who couldn't tell has no vote", "duration: {max: 5 min}", [unknown("duration"), fact("duration", D(200), "ffprobe")], "pass"),
    ("but the settling witness's doubt counts", WINDOW, [unknown("completed", "boxes"), fact("completed", Moment.at(DAY["in"]), "ffprobe")], "unknown"),
    ("evidence chooses who counts", "duration: {max: 5 min, evidence: [ffprobe]}", [fact("duration", D(200)), fact("duration", D(301), "ffprobe")], "fail"),
    ("the first that can tell decides", "duration: {max: 5 min, evidence: [ffprobe, mediainfo]}", [fact("duration", D(200)), fact("duration", D(301), "ffprobe")], "fail"),
    ("the second where the first can't", "duration: {max: 5 min, evidence: [ffprobe, mediainfo]}", [fact("duration", D(200))], "pass"),
    ("a date inside", WINDOW, [fact("completed", Moment.at(DAY["in"]), "boxes")], "pass"),
    ("March in Shanghai", WINDOW, [fact("completed", Moment.at(DAY["late"]), "boxes")], "fail"),
    ("the last minute of 2019 in Shanghai", WINDOW, [fact("completed", Moment.at(DAY["early"]), "boxes")], "fail"),
    ("a month across the edge", "completed: {to: 2022-02-15}", [fact("completed", Moment(datetime(2022, 2, 1, tzinfo=UTC), datetime(2022, 2, 28, tzinfo=UTC), "month"), "declared")], "unknown"),
    ("a declared date goes first", WINDOW, [fact("completed", Moment.at(DAY["late"]), "declared"), fact("completed", Moment.at(DAY["in"]), "boxes")], "fail"),
    ("declared inside, written after the end", WINDOW, [fact("completed", Moment.at(DAY["in"]), "declared"), fact("completed", Moment.at(DAY["late"]), "boxes")], "unknown"),
    ("declared inside, written before the window", WINDOW, [fact("completed", Moment.at(DAY["in"]), "declared"), fact("completed", Moment.at(DAY["early"]), "boxes")], "pass"),
    ("a container's date alone may be left to a person", "completed: {to: 2022-02-28, container-date: review}", [fact("completed", Moment.at(DAY["in"]), "boxes")], "unknown"),
    ("when met", "duration: {max: 5 min, when: {format: {is: mp4}}}", [fact("format", "mp4"), fact("duration", D(301))], "fail"),
    ("when not met", "duration: {max: 5 min, when: {format: {is: mp4}}}", [fact("format", "mov"), fact("duration", D(301))], "skip"),
    ("when not known", "duration: {max: 5 min, when: {format: {is: mp4}}}", [fact("duration", D(301))], "unknown"),
    ("if-unknown doesn't settle when", "duration: {max: 5 min, if-unknown: fail, when: {format: {is: mp4}}}", [fact("duration", D(200))], "unknown"),
    ("manual", "m: {manual: Look at it}", [], "manual"),
    ("manual under a when", "m: {manual: Look at it, when: {format: {is: mp4}}}", [fact("format", "mov")], "skip"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "told", "outcome"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_a_rule_comes_to(rules: str, told: list[Fact | Fault], outcome: str) -> None:
    assert one(rules, *told).outcome == outcome


SHAPES = "shape:\n  any:\n    - {resolution: {is: 720x576}, aspect-ratio: {is: 4:3}}\n    - {resolution: {min: 1280x720}, aspect-ratio: {is: 16:9}}"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ([fact("resolution", Size(720, 576)), fact("aspect-ratio", D(4, 3))], "pass"),
        ([fact("resolution", Size(1920, 1080)), fact("aspect-ratio", D(16, 9))], "pass"),
        ([fact("resolution", Size(1920, 1080)), fact("aspect-ratio", D(4, 3))], "fail"),
        ([fact("resolution", Size(1920, 1080))], "unknown"),
        ([fact("resolution", Size(640, 360))], "fail"),
        ([], "unknown"),
    ],
)
def test_one_branch_of_any_must_hold_and_in_a_branch_all(told: list[Fact], outcome: str) -> None:
    assert one(SHAPES, *told).outcome == outcome


def test_a_dispute_shows_all_values_and_says_so() -> None:
    finding = one("duration: {max: 5 min}", fact("duration", D(200)), fact("duration", D(301), "ffprobe"))
    assert finding.disputed
    assert finding.actual.render("en") == "3:20 (MediaInfo), 5:01 (ffprobe)"
    assert len(finding.evidence) == 2


DECLARED_TWICE = [fact("declared.title", "灯", "declared"), fact("declared.title", "火", "declared")]


@pytest.mark.parametrize(
    "rule", ["{known: yes}", "{is: 灯}", "{is: 火}", "{is: 水}", "{known: yes, evidence: [declared]}"]
)
def test_two_declarations_that_differ_are_a_dispute_whatever_the_rule_asks(rule: str) -> None:
    finding = one(f"declared.title: {rule}", *DECLARED_TWICE)
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)


def test_no_if_unknown_settles_declarations_that_differ() -> None:
    assert one("declared.title: {known: yes, if-unknown: pass}", *DECLARED_TWICE).outcome is Outcome.UNKNOWN


WHEN_TITLED = "duration: {max: 5 min, when: {declared.title: {%s}}}"


def test_declarations_that_differ_and_both_meet_a_when_leave_no_doubt_that_the_rule_applies() -> None:
    told = (
        fact("declared.title", "水", "declared"),
        fact("declared.title", "火", "declared"),
        fact("duration", D(301)),
    )
    assert one(WHEN_TITLED % "known: yes", *told).outcome is Outcome.FAIL
    assert one(WHEN_TITLED % "is: 气", *told).outcome is Outcome.SKIP
    assert one(WHEN_TITLED % "is: 水", *told).outcome is Outcome.UNKNOWN


def test_two_declarations_that_say_the_same_are_one() -> None:
    twice = [fact("declared.title", "灯", "declared")] * 2
    assert one("declared.title: {is: 灯}", *twice).outcome is Outcome.PASS


@pytest.mark.parametrize(("most", "outcome"), [(1, "fail"), (2, "unknown"), (3, "pass")])
def test_a_count_told_with_and_without_a_doubtful_file_decides_only_what_both_say(most: int, outcome: str) -> None:
    told = [fact("attachment.count", number, "filesystem") for number in (2, 3)]
    for evidence in ("", ", evidence: [filesystem]"):
        assert one(f"attachment.count: {{max: {most}{evidence}}}", *told).outcome.value == outcome


@pytest.mark.parametrize(
    ("rule", "told", "outcome"),
    [
        ("attachment.size: {max: 20 MiB}", (), "pass"),
        ("attachment.size: {max: 20 MiB}", (20 * 2**20, 5), "pass"),
        ("attachment.size: {max: 20 MiB}", (5, 20 * 2**20 + 1), "fail"),
        ("attachment.size: {min: 1 kB}", (999, 5000), "fail"),
        ("attachment.size: {min: 1 kB, max: 20 MB, max-count: 2}", (1000, 20_000_000), "pass"),
        ("attachment.size: {max-count: 1}", (1, 2), "fail"),
        ("attachment.kind: {only: [pdf, jpeg]}", ("pdf",), "pass"),
        ("attachment.kind: {only: [pdf, jpeg]}", (), "pass"),
        ("attachment.kind: {only: [pdf, jpeg]}", ("pdf", "zip"), "fail"),
    ],
)
def test_what_is_asked_of_attachments_is_asked_of_each(rule: str, told: tuple[Any, ...], outcome: str) -> None:
    assert one(rule, fact(rule.partition(":")[0], told, "filesystem")).outcome.value == outcome


def test_a_failure_says_expected_actual_and_difference() -> None:
    finding = one("duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}", fact("duration", D("312.48")))
    assert finding.expected.render("en") == "2:00 to 5:00 (±0.5 s)"
    assert finding.actual.render("en") == "5:12.480"
    assert finding.difference is not None
    assert finding.difference.render("en") == "+12.480 s"
    assert str(finding.place) == "rules.yaml:4:3"
    assert finding.remedy is not None


def test_a_verdict_that_rests_on_a_hair_shows_the_hair() -> None:
    finding = one("duration: {max: 5 min}", fact("duration", D("300.0004")))
    assert finding.actual.render("en") == "5:00.0004"


def test_the_rules_own_words_are_filled_by_plain_replacement() -> None:
    rules = "duration: {max: 5 min, message: 'got {actual}, want {expected} ({difference}) {actual.__class__}', remedy: {zh: 剪短 {difference}, en: 'cut {difference}'}}"
    with pytest.raises(Exception, match=r"rules\.yaml"):
        judged(rules)
    rules = rules.replace("剪短 {difference}", "'剪短 {difference}'")
    finding = one(rules, fact("duration", D(301)))
    assert finding.message.render("en") == "got 5:01, want at most 5:00 (+1.000 s) {actual.__class__}"
    assert finding.remedy is not None
    assert finding.remedy.words.render("zh") == "剪短 +1.000 秒"


def test_a_container_date_that_stands_alone_says_what_it_rests_on() -> None:
    finding = one(WINDOW, fact("completed", Moment.at(DAY["in"]), "boxes"))
    assert "when the file was written" in finding.message.render("en")


def test_a_pattern_that_takes_too_long_is_a_fault_that_names_rule_and_file() -> None:
    judgement = judged(
        "r: {fact: file.name, matches: (a|aa)+, if-unknown: pass}", fact("file.name", "a" * 60 + "b", "filesystem")
    )
    finding = judgement.report.findings[0]
    assert finding.outcome is Outcome.UNKNOWN
    assert "r (rules.yaml:4:" in judgement.report.faults[0].message.render("en")


@pytest.mark.parametrize(
    ("rules", "told", "verdict"),
    [
        ("duration: {max: 5 min}", [fact("duration", D(1))], "eligible"),
        ("duration: {max: 5 min}", [fact("duration", D(301))], "ineligible"),
        ("duration: {max: 5 min}", [], "review"),
        ("duration: {max: 5 min, level: recommended}", [fact("duration", D(301))], "eligible"),
        ("duration: {max: 5 min, level: recommended}", [], "eligible"),
        ("duration: {max: 5 min}\nsize: {min: 1 MB}", [fact("duration", D(301))], "ineligible"),
        ("m: {manual: Look at it}", [], "eligible"),
    ],
)
def test_a_verdict_follows_from_required_rules(rules: str, told: list[Fact], verdict: str) -> None:
    assert judged(rules, *told).report.verdict == verdict


def test_with_final_an_undecided_manual_item_makes_it_review() -> None:
    assert judged("m: {manual: Look at it}", final=True).report.verdict is Verdict.REVIEW


def test_a_file_that_nobody_could_open_is_never_eligible() -> None:
    fault = Fault(witness="filesystem", message=Plain("no permission"), keys=frozenset(KEYS))
    assert judged("duration: {max: 5 min, level: recommended}", fault).report.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("rules", "told", "wanted"),
    [
        ("duration: {max: 5 min}", [fact("duration", D(200))], set()),
        ("duration: {max: 5 min}", [fact("duration", D(301))], {"duration"}),
        ("duration: {max: 5 min}", [fact("duration", D(295))], {"duration"}),
        ("duration: {max: 5 min, level: recommended}", [fact("duration", D(400))], set()),
        ("duration: {is: 5 min}", [fact("duration", D(300))], set()),
        ("sound: {fact: audio.count, min: 1}", [fact("audio.count", 1)], set()),
        ("duration: {max: 5 min}", [], {"duration"}),
        ("duration: {max: 5 min, when: {video.codec: {is: h264}}}", [fact("duration", D(200)), fact("video.codec", "h264")], {"video.codec"}),
        (SHAPES, [fact("resolution", Size(1920, 1080)), fact("aspect-ratio", D(16, 9))], {"resolution", "aspect-ratio"}),
        (WINDOW, [fact("completed", Moment.at(datetime(2022, 2, 28, 10, tzinfo=UTC)), "boxes")], {"completed"}),
        ("resolution: {min: 1920x1080}", both("resolution", Size(1920, 1080)), set()),
        ("duration: {max: 5 min}", both("duration", D(400)), set()),
        ("duration: {max: 5 min}", [fact("duration", D(400), "boxes"), fact("duration", D(401))], {"duration"}),
        ("duration: {max: 5 min}", [fact("duration", D(299), "boxes"), fact("duration", D(301))], {"duration"}),
        ("duration: {max: 5 min}", [fact("duration", D(301))] * 2, {"duration"}),
        ("duration: {max: 5 min, when: {video.codec: {is: h264}}}", [fact("duration", D(200)), *both("video.codec", "h264")], set()),
        (SHAPES, [*both("resolution", Size(1920, 1080)), fact("aspect-ratio", D(16, 9))], {"aspect-ratio"}),
        ("sound: {fact: audio.codec, is: aac}", [absent("audio.codec", "boxes"), absent("audio.codec")], set()),
    ],
)  # fmt: skip
def test_a_second_witness_is_wanted_where_it_can_matter(rules: str, told: list[Fact], wanted: set[str]) -> None:
    assert judged(rules, *told).wanted == wanted


def test_no_findings_are_eligible() -> None:
    assert verdict_of(()) is Verdict.ELIGIBLE
