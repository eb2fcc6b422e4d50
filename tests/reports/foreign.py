"""A report full of what strangers may write: in names, tags, locators, rules."""

from __future__ import annotations

from tests.reports import build
from vidcheck.findings import EntryReport, Finding, Remedy, Report, RulesSummary
from vidcheck.texts import Plain, Spoken

EVIL = {
    "markup": "<script>alert(1)</script><!-- --> & \"' ]]>",
    "markdown": "**b** _i_ [a](http://evil.example) ![i](x) `c` ``d`` | # @everyone #1 www.evil.example",
    "control": "\x1b[31m\x00\x07\x9b\ufffe\uffff",
    "lines": "a\r\n::error::forged\n##[error]x\n| --- |",
    "bidi": "\u202e4pm.exe\u2066",
    "surrogates": "\udcff\ud800 ok",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "later": 'x";=1+1;"y',
    "percent": "100%: a, b%0A::error::c",
    "excel": "_x003D_1+1 #N/A",
    "error": "#N/A",
    "long": "科" * 40_000,
    "emoji": "😀" * 20_000,
    "spaces": "  a  ",
}


def finding(evil: str, outcome: str = "fail") -> Finding:
    """A finding in which all that can be a stranger's is."""
    fact = build.fact("title", "mediainfo", evil, at=evil, raw=evil, note=Plain(evil))
    return build.finding(
        evil or "r", outcome, keys=("title",), expected=evil, actual=evil, difference=Plain(evil),
        message=Spoken((("en", evil), ("zh", evil))), evidence=(fact,), place=build.place(1, evil),
        remedy=Remedy(words=Plain(evil), command=f"ffmpeg -i '{evil}'"),
    )  # fmt: skip


def entries() -> tuple[EntryReport, ...]:
    """Evil names with good findings, and good names with evil findings."""
    named = [build.entry(path, build.long_duration(path), build.undated()) for path in build.HOSTILE.values()]
    paths = [build.entry(evil, build.good_size()) for name, evil in EVIL.items() if name != "surrogates"]
    told = [
        build.entry(f"entries/{name}.mp4", finding(evil), faults=(build.fault(evil),)) for name, evil in EVIL.items()
    ]
    return (*named, *paths, *told, build.entry("entries/none.mp4", size=None))


def report() -> Report:
    """All of it, and evil rules."""
    evil = EVIL["markup"] + EVIL["markdown"] + EVIL["lines"] + EVIL["control"]
    rules = RulesSummary(
        title=evil,
        source=evil,
        digest="sha256:0",
        timezone="Asia/Shanghai",
        zone=build.SHANGHAI,
        rules=build.RULES.rules,
    )
    return build.report(*entries(), rules=rules, batch=(finding(evil), finding(EVIL["formula"])), incomplete=True)
