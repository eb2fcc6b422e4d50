"""Reports made by hand, as the engine makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from vidcheck.facts import Entry, Fact, Fault, State
from vidcheck.findings import (
    EntryReport,
    Finding,
    Ignored,
    Level,
    Outcome,
    Place,
    Remedy,
    Report,
    RulesSummary,
    RuleSummary,
    Verdict,
)
from vidcheck.quantities import Difference, Moment, Shown, Size
from vidcheck.texts import Plain, Readable, Spoken, say

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "2022年黑龙江省优秀科普微视频作品征集评选"
TOOL = {"vidcheck": "0.1.0", "mediainfo": "24.12", "ffprobe": "7.1", "witness": "auto"}

HOSTILE = {
    "markup": "entries/[red]x[/red] [link=http://a.b]y.mp4",
    "escape": "entries/\x1b[31mred\x1b]0;title\x07.mp4",
    "c1": "entries/\x9b31mred\x85.mp4",
    "newline": "entries/a\n✓ entries/a.mp4: eligible\r.mp4",
    "bidi": "entries/\u202e4pm.exe\u2066.mp4",
    "bytes": "entries/\udcff\udc9b31m.mp4",
    "backslash": "entries/a\\n\x1bb.mp4",
    "long-chinese": "entries/" + "科普微视频" * 40 + ".mp4",
    "long-latin": "entries/" + "x" * 240 + ".mp4",
    "separators": "entries/a\u2028b\u2029c\u00a0d\u3000e.mp4",
    "marks": "entries/e" + "\u0301" * 60 + ".mp4",
    "emoji": "entries/👩‍👩‍👧 ☃️.mp4",
}


def place(line: int, file: str = "rules.yaml") -> Place:
    return Place(file, line, 3)


def fact(key: str, witness: str, value: Any = None, *, at: str = "", raw: str = "", **more: Any) -> Fact:
    return Fact(key=key, witness=witness, value=value, locator=at, raw=raw, **more)


def finding(rule: str, outcome: str = "pass", *, expected: Any = "", actual: Any = "", **more: Any) -> Finding:
    given = {"level": Level.REQUIRED, "place": place(8), "keys": (rule,), **more}
    said = {"expected": _words(expected), "actual": _words(actual)}
    if "message" not in given:
        given["message"] = _message(rule, Outcome(outcome), given.get("why"), said)
    fields: dict[str, Any] = {**said, **given}
    return Finding(rule=rule, outcome=Outcome(outcome), **fields)


def _words(words: Any) -> Readable:
    return Plain(words) if isinstance(words, str) else words


def _message(rule: str, outcome: Outcome, why: Readable | None, said: dict[str, Readable]) -> Readable:
    if outcome is Outcome.MANUAL:
        return say("A person has to say: {question}", question=said["expected"])
    if outcome is Outcome.UNKNOWN:
        return say("{rule} is not known: {why}.", rule=rule, why=why)
    if outcome is Outcome.SKIP:
        return say("{rule} does not apply: {why}.", rule=rule, why=why)
    plain = say("{rule} is {actual}; expected: {expected}", rule=rule, **said)
    return say("{sentence} ({why}).", sentence=plain, why=why) if why else say("{sentence}.", sentence=plain)


def good_format() -> Finding:
    evidence = (fact("format", "boxes", "mp4", at="ftyp.major_brand", raw="isom"),)
    return finding("format", expected="mp4", actual="mp4", evidence=evidence, place=place(14))


def good_size() -> Finding:
    size = 138_640_102
    evidence = (fact("size", "filesystem", size, at="st_size", raw=str(size)),)
    return finding(
        "size",
        expected="100 MB to 200 MiB (209.7152 MB)",
        actual=Shown("bytes", size),
        evidence=evidence,
        place=place(17),
    )


def good_duration() -> Finding:
    evidence = (fact("duration", "mediainfo", Fraction(213), at="General.Duration", raw="213.000"),)
    return finding(
        "duration", expected="2:00 to 5:00", actual=Shown("duration", Fraction(213)), evidence=evidence, place=place(21)
    )


def long_duration(path: str = "entries/017.mp4") -> Finding:
    value, limit = Fraction(312_480, 1000), Fraction(300)
    return finding(
        "duration",
        "fail",
        expected="2:00 to 5:00",
        actual=Shown("duration", value, apart=(limit,)),
        difference=Difference("duration", value, limit),
        evidence=(
            fact("duration", "mediainfo", value, at="General.Duration", raw="312.480"),
            fact("duration", "ffprobe", value, at="format.duration", raw="312.480000"),
        ),
        remedy=Remedy(
            words=say("Cut at least {over}.", over="12.480 s"),
            command=f"ffmpeg -i {path} -t 300 -c copy -map_metadata 0 -movflags +faststart {path.removesuffix('.mp4')}-cut.mp4",
        ),
        place=place(21),
    )


def small_picture() -> Finding:
    value, limit = Size(640, 360), Size(1280, 720)
    return finding(
        "resolution",
        "fail",
        level=Level.RECOMMENDED,
        expected="at least 1280×720",
        actual=Shown("resolution", value),
        difference=Difference("resolution", value, limit),
        evidence=(fact("resolution", "mediainfo", value, at="Video.Width", raw="640"),),
        remedy=Remedy(words=say("Export it again from the original at 1280×720 or more; enlarging adds no detail.")),
        place=place(24),
    )


def good_picture() -> Finding:
    value = Size(1920, 1080)
    evidence = (fact("resolution", "mediainfo", value, at="Video.Width", raw="1920"),)
    return finding(
        "resolution",
        level=Level.RECOMMENDED,
        expected="at least 1280×720",
        actual="1920×1080",
        evidence=evidence,
        place=place(24),
    )


def undated() -> Finding:
    note = say("0 stands for no date: counted from 1904-01-01")
    evidence = (
        fact("completed", "boxes", at="moov/mvhd.creation_time", raw="0", state=State.UNKNOWN, note=note),
        fact("completed", "mediainfo", at="General.Encoded_Date", state=State.ABSENT),
    )
    return finding(
        "completed",
        "unknown",
        expected="2020-01-01 to 2022-02-28",
        actual="unknown",
        why=note,
        evidence=evidence,
        remedy=Remedy(
            words=Spoken(
                (
                    ("en", "State the broadcast date and address\n  on the form."),
                    ("zh", "请在推荐表中写明播出时间和网址。"),
                )
            )
        ),
        place=place(29),
    )


def dated() -> Finding:
    when = Moment.at(datetime(2021, 5, 1, 2, 30, tzinfo=UTC))
    return finding(
        "completed",
        expected="2020-01-01 to 2022-02-28",
        actual=Shown("date", when, SHANGHAI),
        why=say("this rests on the file's own date, which says when the file was written; no date was declared"),
        evidence=(fact("completed", "boxes", when, at="moov/mvhd.creation_time", raw="3702681000"),),
        place=place(29),
    )


def turned() -> Finding:
    """A dispute that nobody settles."""
    evidence = (
        fact("aspect-ratio", "mediainfo", Fraction(16, 9), at="Video.DisplayAspectRatio", raw="1.778"),
        fact("aspect-ratio", "ffprobe", Fraction(9, 16), at="streams[0].display_aspect_ratio", raw="9:16"),
    )
    both = Plain("16:9 (mediainfo), 9:16 (ffprobe)")
    return finding(
        "landscape",
        "unknown",
        keys=("aspect-ratio",),
        expected="at least 1:1",
        actual=both,
        disputed=True,
        why=say("the witnesses do not agree: {actual}", actual=both),
        evidence=evidence,
        place=place(40, "/etc/calls/national.yaml"),
    )


def either() -> Finding:
    """An `any` rule that fails: several keys, a message of the rules' own."""
    evidence = (
        fact("video.stored-resolution", "mediainfo", Size(640, 480), at="Video.Width", raw="640"),
        fact("aspect-ratio", "mediainfo", Fraction(4, 3), at="Video.DisplayAspectRatio", raw="1.333"),
        fact("resolution", "mediainfo", Size(640, 480), at="Video.Width", raw="640"),
    )
    return finding(
        "sd-shape",
        "fail",
        keys=("video.stored-resolution", "aspect-ratio", "resolution"),
        expected="video.stored-resolution: 720×576 and aspect-ratio: 4:3, or resolution: at least 1280×720 and aspect-ratio: 16:9",
        actual="video.stored-resolution: 640×480, aspect-ratio: 4:3, resolution: 640×480",
        message=Spoken((("en", "Neither PAL nor HD:\nsee section 4 of the call."), ("zh", "既非标清也非高清。"))),
        evidence=evidence,
        place=place(44),
    )


def skipped() -> Finding:
    return finding(
        "codec", "skip", keys=("video.codec",), expected="h264 or hevc", why=say("format is mov"), place=place(50)
    )


def manual() -> tuple[Finding, ...]:
    asked = {
        "screen-text": Spoken((("en", "Words on the screen are in simplified Chinese"), ("zh", "视频中的文字为简体中文"))),
        "mandarin": Spoken((("en", "Narration is in Mandarin"), ("zh", "配音和解说使用普通话"))),
        "platform": Spoken((
            ("en", "The work was broadcast on a mainstream domestic platform, a science site or\na widely known professional site, and the address given plays the original video"),
            ("zh", "作品曾在国内主流网络平台、科普类网站或具有广泛影响的专业网站播出，所提供的原视频播放网址可以播放"),
        )),
    }  # fmt: skip
    return tuple(finding(rule, "manual", keys=(), expected=words, place=place(60)) for rule, words in asked.items())


def entry(path: str, *findings: Finding, faults: tuple[Fault, ...] = (), size: int | None = 138_640_102) -> EntryReport:
    required = [each.outcome for each in findings if each.level is Level.REQUIRED]
    verdict = (
        Verdict.INELIGIBLE
        if Outcome.FAIL in required
        else Verdict.REVIEW
        if Outcome.UNKNOWN in required
        else Verdict.ELIGIBLE
    )
    return EntryReport(entry=Entry(path=path), size=size, verdict=verdict, findings=findings, faults=faults)


def fault(message: str = "no answer in 30 s", witness: str = "ffprobe") -> Fault:
    return Fault(witness=witness, message=Plain(message), keys=frozenset({"duration"}))


RULES = RulesSummary(
    title=TITLE,
    source="rules.yaml",
    digest="sha256:0123456789abcdef",
    timezone="Asia/Shanghai",
    zone=SHANGHAI,
    rules=(
        RuleSummary(
            rule="duration",
            keys=("duration",),
            level=Level.REQUIRED,
            limits={"min": 120, "max": 300, "tolerance": 0.5, "unit": "s"},
            place=place(21),
            meaning=say("How long the work runs, as a player shows it."),
        ),
    ),
)


def report(*entries: EntryReport, **more: Any) -> Report:
    given: dict[str, Any] = {"tool": TOOL, "day": date(2022, 5, 9), "rules": RULES, **more}
    return Report(entries=tuple(sorted(entries, key=lambda each: each.entry.path)), **given)


def passing() -> EntryReport:
    return entry(
        "entries/001.mp4", good_format(), good_size(), good_duration(), good_picture(), dated(), skipped(), *manual()
    )


def failing() -> EntryReport:
    return entry(
        "entries/017.mp4",
        good_format(),
        good_size(),
        long_duration(),
        small_picture(),
        dated(),
        *manual(),
        faults=(fault(),),
    )


def ignored(count: int) -> tuple[Ignored, ...]:
    """So many files that are no entries."""
    return tuple(Ignored(path=f"entries/notes-{at}.txt", reason=say("no video by its name")) for at in range(count))


def folder(**more: Any) -> Report:
    return report(
        passing(),
        entry("entries/002.mp4", good_format(), good_size(), good_duration(), small_picture(), dated(), *manual()),
        failing(),
        entry(
            "entries/科普/昆虫的一生.mp4",
            good_format(),
            good_size(),
            good_duration(),
            good_picture(),
            undated(),
            turned(),
            *manual(),
        ),
        entry("entries/sd.mp4", good_format(), either(), good_duration(), dated(), *manual()),
        **{"ignored": ignored(2), **more},
    )
