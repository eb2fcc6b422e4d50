"""Names and tags that strangers chose: shown safely, the same everywhere, and the file can still be found by them."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
import xml.etree.ElementTree as ET
from struct import pack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import rules_text
from vidcheck import reports
from vidcheck.facts import Entry, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES: dict[str, bytes] = {
    "newline": b"a\nb.mp4",
    "carriage return": b"a\rb.mp4",
    "tab": b"a\tb.mp4",
    "escape sequence": b"\x1b[31mred\x1b[0m.mp4",
    "title sequence": b"\x1b]0;owned\x07.mp4",
    "one-byte CSI": b"\xc2\x9b31m.mp4",
    "bidi override": "\u202egpj.mp4".encode(),
    "bidi isolate": "\u2066x\u2069.mp4".encode(),
    "zero width": "a\u200bb\ufeff.mp4".encode(),
    "line separator": "a\u2028b.mp4".encode(),
    "markup": b"[red]x[bold][link=file:x]y.mp4",
    "markdown": b"`x`|**y**|<z>.mp4",
    "HTML": b"<img src=x onerror=alert(1)>.mp4",
    "formula": b"=HYPERLINK(1).mp4",
    "another formula": b"@SUM(1).mp4",
    "workflow command": b"::error::x%0A.mp4",
    "per cent": b"%d%s%n.mp4",
    "colon": b"http:x.mp4",
    "protocol": b"concat:a|b.mp4",
    "dash": b"-x.mp4",
    "braces": b"{actual}{0}.mp4",
    "quotes": b"a'b\"c$(d)`e`.mp4",
    "backslash": b"a\\nb.mp4",
    "invalid UTF-8": b"\xff\xfe.mp4",
    "surrogate": b"\xed\xa0\x80.mp4",
    "GBK": "作品".encode("gbk") + b".mp4",
    "Chinese": "作品 名.mp4".encode(),
    "combining": ("e" + "\u0301" * 100).encode() + b".mp4",
    "emoji": "👩‍👩‍👧.mp4".encode(),
    "very long": b"x" * 251 + b".mp4",
}
TAGS: dict[str, Callable[[bytes], bytes]] = {
    "GBK": lambda clip: surgery.add_tag(clip, "©nam", "科普微视频".encode("gbk")),
    "invalid UTF-8": lambda clip: surgery.add_tag(clip, "©nam", b"a\xff\xfe\xc3(\xed\xa0\x80b"),
    "NUL": lambda clip: surgery.add_tag(clip, "©nam", b"before\0after"),
    "escapes": lambda clip: surgery.add_tag(clip, "©nam", "\x1b[31mred\u202e\n\r\x9b]".encode()),
    "markup": lambda clip: surgery.add_tag(clip, "©nam", b"[red]x[/red]=1+1|<b>{actual}%s</b>"),
    "quotes and braces": lambda clip: surgery.add_tag(clip, "©nam", b'"},{"verdict":"eligible"}]\\'),
    "a megabyte": lambda clip: surgery.add_tag(clip, "©nam", b"long " * 200_000),
    "a megabyte on one line of Chinese": lambda clip: surgery.add_tag(clip, "©nam", "长".encode() * 350_000),
    "90,000 tags": lambda clip: tagged(clip, 90_000),
    "100,000 tags": lambda clip: tagged(clip, 100_000),
    "no title": lambda clip: surgery.drop_box(clip, "moov/udta"),
}
SLOW = {"90,000 tags", "100,000 tags", "GBK", "NUL", "markup", "a megabyte"}
"""Others of their kind are in every run."""
RULES = "format: {is: mp4}\ntitle: {known: yes, level: recommended}\nlong: {fact: title, max-length: 10, level: recommended}\nname: {fact: file.name, matches: '[^/]+\\.mp4'}"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_TEXTS = ("text", "markdown", "csv", "github", "junit", "html", "sarif", "gitlab", "jsonl", "json")


def tagged(clip: bytes, count: int) -> bytes:
    tags = b"".join(
        surgery.box("----", surgery.box("data", pack(">II", 1, 0), b"%d" % number)) for number in range(count)
    )
    return surgery.insert_box(clip, "moov/udta/meta/ilst", tags)


def laid(folder: Path, name: bytes, data: bytes) -> str:
    """A file of that name; gives its path as vidcheck is told it."""
    path = os.fsencode(folder) + b"/" + name
    with open(path, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(data)
    return os.fsdecode(name)


def written(path: str) -> str:
    """The path as reports for machines have it: exact, unless it is not valid Unicode."""
    return path if path.encode("utf-8", "ignore").decode() == path else visible(path)


def strict(text: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, no lone surrogate, no NaN, no key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    told = json.loads(text.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse)
    json.dumps(told, ensure_ascii=False).encode("utf-8")
    return told


def obeyed(text: str) -> set[str]:
    """The characters in a text that a terminal or a browser would obey."""
    told = {char for char in text if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in _BIDI} - {"\n"}
    return {f"{ord(char):04x}" for char in told}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_hostile_name_is_shown_safely_in_every_report_and_names_its_file(here: Path) -> None:
    clip = surgery.clip()
    names = [laid(here / "in", name, clip) for name in NAMES.values()]
    forms = [form for form in _TEXTS if form in reports.FORMATS]
    options = [part for form in forms for part in ("--report", f"{form}:out.{form}")]
    done = vidcheck("check", "in", "--all", *options)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert obeyed(done.stdout) == set()
    told = strict((here / "out.json").read_bytes())
    shown = [entry["path"] for entry in told["entries"]]
    assert len(set(shown)) == len(names), "two files look alike"
    assert sorted(shown) == sorted(written(f"in/{name}") for name in names)
    by_bytes = {entry["path"]: bytes.fromhex(entry["path_bytes"]) for entry in told["entries"] if "path_bytes" in entry}
    assert set(by_bytes.values()) == {b"in/" + NAMES[kind] for kind in ("invalid UTF-8", "surrogate", "GBK")}
    for form in forms:
        text = (here / f"out.{form}").read_bytes().decode("utf-8-sig")
        assert obeyed(text) <= ({"0009", "000d"} if form == "csv" else set()), form
        assert text.endswith("\n"), form
    assert all(Entry(path=f"in/{name}").shown in done.stdout for name in names if len(name) < 60)


def test_structured_reports_hold_each_hostile_name_once(here: Path) -> None:
    clip = surgery.clip()
    for name in NAMES.values():
        laid(here / "in", name, clip)
    forms = [form for form in ("json", "jsonl", "csv", "junit", "sarif", "gitlab") if form in reports.FORMATS]
    assert (
        vidcheck(
            "check", "in", "-q", *(part for form in forms for part in ("--report", f"{form}:out.{form}"))
        ).returncode
        == 0
    )
    for form in forms:
        content = (here / f"out.{form}").read_bytes()
        if form in {"json", "sarif", "gitlab"}:
            strict(content)
        elif form == "jsonl":
            lines = content.decode().split("\n")
            assert lines.pop() == ""
            assert sum("path" in strict(line.encode()) for line in lines) >= len(NAMES)
        elif form == "csv":
            assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))) >= len(NAMES)
        else:
            ET.fromstring(content)  # noqa: S314 - written by ourselves


def test_files_of_any_name_can_be_named(here: Path) -> None:
    names = [laid(here, name, surgery.clip()) for name in NAMES.values()]
    done = vidcheck("check", "--report", "json:out.json", "--", *names)
    assert done.returncode == 0, done.stderr
    assert obeyed(done.stdout + done.stderr) == set()
    told = [entry["path"] for entry in strict((here / "out.json").read_bytes())["entries"]]
    assert told == [written(name) for name in sorted(names)]


@pytest.mark.parametrize("kind", ["dash", "colon", "protocol", "invalid UTF-8", "newline"])
def test_one_file_of_a_hostile_name_can_be_named(here: Path, kind: str) -> None:
    name = laid(here, NAMES[kind], surgery.clip())
    assert vidcheck("check", "-q", "--", name, "--witness", "all").returncode == 2, "an option after -- is a path"
    assert vidcheck("check", "-q", "--witness", "all", "--", name).returncode == 0


@given(
    st.text(st.sampled_from("\\nrtx0aeu\n\r\t\x1b\u202e\udcff "), max_size=9),
    st.text(st.sampled_from("\\nrtx0aeu\n\r\t\x1b\u202e\udcff "), max_size=9),
)
@example("a\nb", "a\\nb")
@example("\\n\x1b", "\\\\n\x1b")
@example("\udcff", "\\xff")
def test_no_two_paths_are_shown_alike(one: str, other: str) -> None:
    assert (Entry(path=one).shown == Entry(path=other).shown) is (one == other)
    assert obeyed(Entry(path=one).shown) == set()
    assert visible(Entry(path=one).shown) == Entry(path=one).shown


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind in SLOW)) for kind in TAGS])
def test_hostile_tags_are_shown_safely_and_leave_reports_whole(here: Path, kind: str) -> None:
    laid(here / "in", b"1.mp4", TAGS[kind](surgery.clip()))
    laid(here / "in", b"2.mp4", surgery.clip())
    done = vidcheck("check", "in", "--all", "--witness", "all", "--report", "json:out.json")
    assert done.returncode in {0, 3}, done.stderr
    assert done.stderr == ""
    assert obeyed(done.stdout) == set()
    assert len(done.stdout) < 20_000, "a tag floods the screen"
    one, two = strict((here / "out.json").read_bytes())["entries"]
    assert [finding["rule"] for finding in one["findings"]] == ["format", "title", "long", "name"]
    assert (one["path"], two["path"], two["verdict"]) == ("in/1.mp4", "in/2.mp4", "eligible")
    assert one["verdict"] == "eligible"
    # so many boxes are more than the gate lets through; whoever asks for a title has it from the other witness
    assert [fault["message"].partition(":")[0] for fault in one["faults"]] == [
        "not asked, because the file's headers are impossible"
    ] * (kind == "100,000 tags")
    facts = vidcheck("facts", "in/1.mp4", "--format", "json", "--witness", "all")
    assert facts.returncode == 0, facts.stderr
    strict(facts.stdout.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("pattern", "name", "outcome"),
    [
        pytest.param(r"^(\w+[ _-]?)+\.mp4$", "a" * 29 + "!.mp4", "fail", id="17 s of Python's re, no time of ours"),
        pytest.param(r"(a|aa)+b\.mp4", "a" * 60 + ".mp4", "unknown", id="without end"),
    ],
)
def test_a_pattern_that_takes_too_long_on_a_name_is_a_fault_that_names_rule_and_file(
    here: Path, pattern: str, name: str, outcome: str
) -> None:
    (here / "rules.yaml").write_text(
        rules_text(f"calm: {{fact: file.name, min-length: 1}}\nslow: {{fact: file.name, matches: '{pattern}'}}")
    )
    laid(here / "in", name.encode(), surgery.clip())
    laid(here / "in", b"zz.mp4", surgery.clip())
    done = vidcheck("check", "in", "--report", "json:out.json")
    assert done.returncode == 1, done.stderr
    one, two = strict((here / "out.json").read_bytes())["entries"]
    assert [finding["outcome"] for finding in one["findings"]] == ["pass", outcome]
    assert [finding["outcome"] for finding in two["findings"]] == ["pass", "fail" if outcome == "unknown" else "pass"]
    assert len(one["faults"]) == (outcome == "unknown")
    for fault in one["faults"]:
        assert "slow" in fault["message"]
        assert "rules.yaml" in fault["message"]
        assert name in fault["message"] + one["path"]
