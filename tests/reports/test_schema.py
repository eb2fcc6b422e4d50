from __future__ import annotations

import json as stdlib
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import jsonschema
import pytest

from tests.reports import build, foreign
from vidcheck.facts import Entry, Facts, State
from vidcheck.personal import withheld_facts, withheld_findings
from vidcheck.quantities import ANGLE, DATE, KINDS, Kind, Moment, Size
from vidcheck.quantities.fingerprint import Print, pack
from vidcheck.quantities.kind import Number
from vidcheck.reports import json, jsonl, schema
from vidcheck.texts import Plain
from vidcheck.vocabulary import KEYS

REPORT, FACTS = schema.report_schema(), schema.facts_schema()
VALUES = {
    "share": Fraction(9, 10),
    "text": "h264", "yes or no": True, **{kind.name: ("zh", "en") for kind in KINDS.values() if kind.listed}, "list of sizes": (5, 0), "ratio": Fraction(16, 9), "resolution": Size(1280, 720),
    "date": Moment.at(datetime(2022, 2, 28, 12, tzinfo=UTC)), "duration": Fraction(312_480, 1000), "bytes": 5,
    "fingerprint": pack(Print()), "bit rate": Fraction(4_000_000, 3), "frame rate": Fraction(30000, 1001),
}  # fmt: skip


def errors(told: Any, by: dict[str, Any] = REPORT) -> list[str]:
    checker = jsonschema.Draft202012Validator(by, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(told)]


def told(**more: Any) -> Any:
    return stdlib.loads(json.render(build.folder(**more)))


@pytest.mark.parametrize("which", [REPORT, FACTS], ids=["report", "facts"])
def test_the_schema_is_one(which: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(which)
    assert stdlib.loads(stdlib.dumps(which)) == which


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "report",
    [
        build.folder(),
        build.folder(incomplete=True, batch=(build.finding("same-work", "fail", keys=()),)),
        build.report(),
        foreign.report(),
    ],
    ids=["folder", "batch", "empty", "hostile"],
)
def test_reports_are_valid(report: Any, lang: str) -> None:
    assert errors(stdlib.loads(json.render(report, lang))) == []


def test_lines_are_valid_by_their_parts() -> None:
    first, *entries, last = map(stdlib.loads, jsonl.render(foreign.report()).splitlines())
    assert errors({**first, **last, "entries": entries}) == []


def change(report: Any, *path: Any, to: Any) -> Any:
    *ahead, last = path
    place = report
    for step in ahead:
        place = place[step]
    if to is None:
        del place[last]
    else:
        place[last] = to
    return report


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("schema",), 2),
        (("summary",), None),
        (("more",), 1),
        (("incomplete",), "no"),
        (("entries", 0, "verdict"), "good"),
        (("entries", 0, "size"), "1"),
        (("entries", 0, "size"), -1),
        (("entries", 0, "path_bytes"), "xyz"),
        (("entries", 0, "findings", 0, "outcome"), "passed"),
        (("entries", 0, "findings", 0, "place", "line"), 0),
        (("entries", 0, "findings", 0, "evidence", 0, "witness"), "me"),
        (("entries", 0, "findings", 0, "evidence", 0, "key"), "colour"),
        (("entries", 0, "findings", 0, "evidence", 0, "value"), 5),
        (("entries", 0, "findings", 0, "evidence", 0, "absent"), True),
        (("entries", 0, "findings", 1, "evidence", 0, "value"), "5"),
        (("entries", 0, "findings", 1, "evidence", 0, "unit"), None),
        (("rules", "list", 0, "level"), "must"),
        (("tool", "vidcheck"), None),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_what_is_no_report_is_not_valid(path: tuple[Any, ...], to: Any) -> None:
    assert errors(change(told(), *path, to=to))


def value(kind: Kind) -> Any:
    return VALUES.get(kind.name, 7)


def test_facts_of_every_key_are_valid() -> None:
    known = [build.fact(name, "mediainfo", value(key.kind)) for name, key in KEYS.items()]
    absent = [build.fact(name, "mediainfo", state=State.ABSENT) for name in KEYS]
    unknown = [build.fact(name, "ffprobe", state=State.UNKNOWN, note=Plain("x")) for name in KEYS]
    facts = [
        (Entry(path="a.mp4"), Facts(facts=tuple(row), faults=(build.fault(),))) for row in (known, absent, unknown)
    ]
    written = json.render_facts([*facts, (Entry(path=build.HOSTILE["bytes"]), Facts())], build.TOOL)
    assert errors(stdlib.loads(written), FACTS) == []


def test_a_fact_of_the_wrong_kind_is_not_valid() -> None:
    facts = Facts(facts=(build.fact("duration", "mediainfo", Fraction(5)),))
    good = stdlib.loads(json.render_facts([(Entry(path="a.mp4"), facts)], build.TOOL))
    assert errors(good, FACTS) == []
    for path, to in ((("value",), "5 s"), (("unit",), "ms"), (("evidence",), []), (("absent",), True)):
        bad = change(stdlib.loads(stdlib.dumps(good)), "entries", 0, "facts", "duration", *path, to=to)
        assert errors(bad, FACTS), path


def test_every_kind_has_its_shape() -> None:
    assert DATE in schema._VALUES
    others = {key.kind for key in KEYS.values() if key.kind not in schema._VALUES}
    assert [kind.name for kind in others if kind is not ANGLE and not isinstance(kind, Number)] == []


def test_what_is_withheld_is_valid() -> None:
    said = build.fact("declared.telephone", "declared", ("13812345678",), at="t.csv: C5", raw="13812345678")
    (finding,) = withheld_findings([build.finding("phone", "unknown", keys=("declared.telephone",), evidence=(said,))])
    report = stdlib.loads(json.render(build.report(build.entry("a.mp4", finding))))
    assert report["entries"][0]["findings"][0]["evidence"][0]["withheld"] is True
    assert errors(report) == []
    known = withheld_facts(Facts(facts=(said,)))
    shown = stdlib.loads(json.render_facts([(Entry(path="a.mp4"), known)], build.TOOL))
    assert shown["entries"][0]["facts"]["declared.telephone"]["shown"] == "(given)"
    assert errors(shown, FACTS) == []
