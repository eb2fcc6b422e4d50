"""One run over a varied folder writes every format at once; readers of other people's take each, and all tell the same."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import re
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import jsonschema
import openpyxl
import pytest
from typer.testing import CliRunner

from tests.clips import sparse, surgery
from tests.kit import MAC_EPOCH, rules_text
from tests.reports import build, foreign
from tests.reports.test_github import COMMAND, unescaped
from tests.reports.test_gitlab import FORMAT
from tests.reports.test_html import MARKUP, Markup
from tests.reports.test_junit import schema as junit_schema
from tests.reports.test_markdown import GFM, OURS, OURS_INLINE
from tests.reports.test_sarif import validator as sarif_validator
from tests.reports.test_xlsx import table
from vidcheck import reports
from vidcheck.cli import build as application
from vidcheck.facts import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MB = 10**6
RULES = """
format: {is: mp4}
size: {min: 100 MB, max: 200 MiB}
duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}
resolution: {min: 1280x720, level: recommended}
completed: {from: 2020-01-01, to: 2022-02-28}
intact: {is: yes}
picture: {fact: video.count, is: 1}
sound: {fact: audio.count, min: 1, level: recommended}
'=1+1': {fact: audio.codec, is: aac, when: {audio.count: {min: 1}}}
title: {max-length: 20, level: recommended, message: {en: "The <b>title</b>\\nis long", zh: 标题太长}}
screen-text: {manual: {zh: 视频中的文字为简体中文, en: Words on the screen are in simplified Chinese}}
mandarin: {manual: {zh: 配音和解说使用普通话, en: Narration is in Mandarin}}
"""
FILES = {
    "json": "all.json", "jsonl": "all.jsonl", "html": "all.html", "xlsx": "all.xlsx", "csv": "all.csv", "contacts": "contacts.csv", "markdown": "all.md",
    "junit": "all.xml", "sarif": "all.sarif", "github": "all.github", "gitlab": "all.gitlab.json", "text": "all.txt",
}  # fmt: skip
OUTCOMES = ("pass", "fail", "unknown", "manual", "skip")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Sample(NamedTuple):
    """An entry: what is written into it, and what it is to come to."""

    verdict: str
    data: Callable[[], bytes]
    size: int = 130 * MB
    """To which a hole fills it up; 0 leaves it as it is."""


def clip() -> bytes:
    return surgery.clip()


def dated(text: int) -> bytes:
    return surgery.set_creation_time(clip(), MAC_EPOCH + text)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("work.mp4", "not a work")
    return out.getvalue()


def lasting(seconds: str) -> Sample:
    good = 120 <= Fraction(seconds) <= Fraction("300.5")
    return Sample("eligible" if good else "ineligible", lambda: surgery.set_duration(clip(), Fraction(seconds)))


def tagged(text: bytes) -> Sample:
    return Sample("eligible", lambda: surgery.add_tag(clip(), "©nam", text))


GOOD = Sample("eligible", clip)
LONG = lasting("312.48")
UNDATED = Sample("review", lambda: surgery.set_creation_time(clip(), 0))
SAMPLES: dict[str, Sample] = {
    "good.mp4": GOOD,
    "index-last.MP4": Sample("eligible", lambda: surgery.move_index_last(clip())),
    "four-minutes.mp4": lasting("240"),
    "just-five.mp4": lasting("300.4"),
    "just-too-long.mp4": lasting("300.6"),
    "long.mp4": LONG,
    "short.mp4": lasting("20"),
    "smallest.mp4": Sample("eligible", clip, 100 * MB),
    "too-small.mp4": Sample("ineligible", clip, 100 * MB - 1),
    "too-large.mp4": Sample("ineligible", clip, 300 * MB),
    "beyond-32-bits.mp4": Sample("ineligible", clip, 5 * 10**9),
    "sd.mp4": Sample("eligible", lambda: surgery.set_stored_size(clip(), 640, 360)),
    "upright.mp4": Sample("eligible", lambda: surgery.set_rotation(clip(), 90)),
    "silent.mp4": Sample("eligible", lambda: surgery.remove_track(clip(), "soun")),
    "no-picture.mp4": Sample("ineligible", lambda: surgery.remove_track(clip(), "vide")),
    "two-pictures.mp4": Sample("ineligible", lambda: surgery.duplicate_track(clip(), "vide")),
    "three-sounds.mp4": Sample("eligible", lambda: surgery.duplicate_track(clip(), "soun", language="zho")),
    "really-a-mov.mp4": Sample("ineligible", lambda: surgery.set_brands(clip(), "qt  ")),
    "phone.3gp": Sample("ineligible", lambda: surgery.set_brands(clip(), "3gp5", ("3gp5",))),
    "no-brands.mp4": Sample("ineligible", lambda: surgery.drop_ftyp(clip())),
    "cut-off.mp4": Sample("ineligible", lambda: surgery.truncate(clip(), Fraction(4, 5)), 0),
    "stub.mp4": Sample("ineligible", lambda: clip()[:700], 0),
    "undated.mp4": UNDATED,
    "late.mp4": Sample("ineligible", lambda: dated(1_646_154_000)),
    "early.mp4": Sample("ineligible", lambda: dated(1_500_000_000)),
    "long-and-undated.mp4": Sample("ineligible", lambda: surgery.set_creation_time(surgery.set_duration(clip(), Fraction(400)), 0)),
    "title.mp4": tagged('=HYPERLINK("http://127.0.0.1/")\r\n::error::\x1b[31m<script>alert(1)</script>\u202e'.encode()),
    "title-chinese.mp4": tagged("昆虫的一生：从卵到成虫的二十个瞬间，第一部分".encode()),
    "title-no-utf8.mp4": tagged(b"\xff\xfe\x9b31m title that nobody can read"),
    "text.mp4": Sample("ineligible", lambda: b"This is no film.\n", 0),
    "zip.mp4": Sample("ineligible", zipped, 0),
    "empty.mp4": Sample("ineligible", lambda: b"", 0),
    "no-extension": GOOD,
    "科普/昆虫的一生.mp4": GOOD,
    "科普/黑龙江的湿地（终稿）.mp4": LONG,
    "科普/人工智能，第二版.mp4": UNDATED,
    "自荐表/作品 名.mp4": GOOD,
    "ערב.mp4": GOOD,
    "%0A::error::x,file=y.mp4": GOOD,
    "| a | `b` | **c** _d_.mp4": LONG,
    "[a](http:evil).mp4": UNDATED,
    "@everyone #12 www.evil.example.mp4": LONG,
    ";=1+1;.mp4": LONG,
}  # fmt: skip
"""Below `in`; the hostile names of the formats' own tests are added to them."""
NAMED: dict[str, Sample] = {"=1+1.mp4": LONG, "+1+1.mp4": GOOD, "-2+3.mp4": UNDATED, "@SUM(A1).mp4": GOOD}
"""Named one by one, so that the path begins with what a spreadsheet would run."""
IGNORED = ("notes.txt", "films.zip", ".hidden.mp4", "sub/._ds.mp4")
PIPE = "pipe.mp4"


def hostile() -> Iterator[tuple[str, Sample]]:
    """The names that the formats' own tests use, as far as a file system takes them: `/` parts folders here too."""
    paths = [*build.HOSTILE.values(), *(f"entries/{name}" for name in MARKUP.values())]
    paths += [
        f"entries/{evil}.mp4"
        for name, evil in foreign.EVIL.items()
        if name not in {"control", "surrogates", "long", "emoji"}
    ]
    for at, path in enumerate(paths):
        parts = path.removeprefix("entries/").removesuffix(".mp4").split("/")
        short = [
            os.fsencode(part)[:240].decode("utf-8", "ignore") if len(os.fsencode(part)) > 240 else part
            for part in parts
        ]
        yield f"{'/'.join(part for part in short if part)}.mp4", (GOOD, LONG, UNDATED)[at % 3]


def write(path: Path, sample: Sample) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if sample.size:
        sparse.write_sparse(path, made(sample.data), sample.size)
    else:
        path.write_bytes(sample.data())


@functools.cache
def made(data: Callable[[], bytes]) -> bytes:
    return data()


def rows(told: Any) -> list[tuple[str, str, str, str, str]]:
    """Every finding of a JSON report, in order, with the path as people see it."""
    return [
        (visible(entry["path"]), entry["verdict"], finding["rule"], finding["outcome"], finding["level"])
        for entry in told["entries"]
        for finding in entry["findings"]
    ]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the run left behind."""

    folder: Path
    code: int
    screen: str
    errors: str
    verdicts: dict[str, str]
    """What each entry is to come to, by its path as it is shown."""

    def bytes(self, name: str) -> bytes:
        return (self.folder / FILES[name]).read_bytes()

    def text(self, name: str) -> str:
        return self.bytes(name).decode()

    @functools.cached_property
    def told(self) -> Any:
        return json.loads(self.bytes("json"))

    @functools.cached_property
    def rows(self) -> list[tuple[str, str, str, str, str]]:
        return rows(self.told)

    @functools.cached_property
    def outcomes(self) -> Counter[str]:
        return Counter(row[3] for row in self.rows)

    @functools.cached_property
    def by_verdict(self) -> Counter[str]:
        return Counter(entry["verdict"] for entry in self.told["entries"])

    @functools.cached_property
    def paths(self) -> list[str]:
        return [visible(entry["path"]) for entry in self.told["entries"]]

    @property
    def remarks(self) -> list[tuple[str, str, bool]]:
        """The path and the rule of each remark, and whether the rule fails or is unknown; `remark` where no rule asks."""
        return [
            (visible(entry["path"]), rule, outcome in {"fail", "unknown"})
            for entry in self.told["entries"]
            for rule, outcome, remarks in [
                *((row["rule"], row["outcome"], row["remarks"]) for row in entry["findings"]),
                ("remark", "", entry["remarks"]),
            ]
            for _ in remarks
        ]

    def count(self, *outcomes: str) -> dict[tuple[str, str], int]:
        """How many entries each rule came to each of these outcomes on."""
        return Counter((rule, outcome) for _, _, rule, outcome, _ in self.rows if outcome in outcomes)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The folder, and the one run over it."""
    folder = tmp_path_factory.mktemp("formats")
    inside = {f"in/{name}": sample for name, sample in {**SAMPLES, **dict(hostile())}.items()}
    for path, sample in (inside | NAMED).items():
        write(folder / path, sample)
    os.mkfifo(folder / "in" / PIPE)
    for name in IGNORED:
        write(folder / "in" / name, Sample("", clip, 0))
    (folder / "in" / "link.mp4").symlink_to("good.mp4")
    (folder / "rules.yaml").write_text(rules_text(RULES), encoding="utf-8")
    wanted = [argument for name, path in FILES.items() for argument in ("--report", f"{name}:{path}")]
    # without ffprobe, which takes longer over a file than all else together: the formats are the matter here
    arguments = ["check", "--witness", "mediainfo", *wanted, "--", "in", *NAMED]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.delenv("COLUMNS", raising=False)
        result = CliRunner().invoke(application(), arguments)
    verdicts = {visible(path): sample.verdict for path, sample in (inside | NAMED).items()}
    return Done(
        folder=folder, code=result.exit_code, screen=result.stdout, errors=result.stderr,
        verdicts=verdicts | {f"in/{PIPE}": "review"},
    )  # fmt: skip


def test_the_folder_is_varied_and_every_entry_comes_to_what_it_was_made_for(done: Done) -> None:
    assert (done.code, done.errors) == (1, "")
    assert set(FILES) == {row.name for row in reports.FORMATS.values() if not row.of_manifest}
    assert len(done.verdicts) >= 60
    assert {visible(entry["path"]): entry["verdict"] for entry in done.told["entries"]} == done.verdicts
    assert set(done.outcomes) == set(OUTCOMES)
    assert min(done.by_verdict.values()) >= 10
    assert done.told["summary"]["ignored"] == len(IGNORED) + 1


def test_no_text_commands_a_terminal_and_no_name_loses_its_way(done: Done) -> None:
    for name in FILES:
        if name != "xlsx":
            text = done.text(name).removeprefix("\ufeff")
            assert UNSEEN.search(text) is None, name
            assert not {char for char in text if unicodedata.category(char) == "Cs"}, name
    for artifact in json.loads(done.bytes("sarif"))["runs"][0]["artifacts"]:
        assert os.path.lexists(os.fsencode(done.folder) + b"/" + unquote_to_bytes(artifact["location"]["uri"]))


def test_json_is_valid_by_the_schema_that_the_program_prints(done: Done) -> None:
    arguments = ["schema", "report"]
    schema = json.loads(CliRunner().invoke(application(), arguments).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in checker.iter_errors(done.told)] == []
    counts = done.told["summary"]
    assert counts["entries"] == len(done.told["entries"])
    assert {verdict: counts[verdict] for verdict in done.by_verdict} == done.by_verdict
    assert counts["manual"] == done.outcomes["manual"]


def test_json_lines_are_the_json_report(done: Done) -> None:
    first, *entries, last = map(json.loads, done.bytes("jsonl").splitlines())
    assert {**first, **last, "entries": entries} == done.told


def test_csv_has_a_row_a_finding(done: Done) -> None:
    text = io.StringIO(done.bytes("csv").decode("utf-8-sig"), newline="")
    told = list(csv.DictReader(text, strict=True))
    assert all(None not in row and None not in row.values() for row in told)
    shown = [
        tuple(visible(row[name]).replace("'", "") for name in ("path", "verdict", "rule", "outcome", "level"))
        for row in told
    ]
    assert shown == [tuple(word.replace("'", "") for word in row) for row in done.rows]
    assert not [cell for row in told for cell in row.values() if re.match(r"[=+@\t\r-](?!\d+$)", cell)]


def called(done: Done, rule: str) -> str:
    """What people call a rule."""
    return str({row["rule"]: row["label"] for row in done.told["rules"]["list"]}.get(rule, rule))


def test_openpyxl_reads_the_workbook(done: Done) -> None:
    book = openpyxl.load_workbook(io.BytesIO(done.bytes("xlsx")))
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {
        "s",
        "inlineStr",
        "n",
        "d",
    }
    columns = ("entry", "verdict", "rule", "outcome", "level")
    findings = [tuple(visible(row[name]) for name in columns) for row in table(book["Findings"])]
    rows = [
        (
            *as_cells((*row[:2], called(done, row[2]))),
            "warning" if row[3:] == ("fail", "recommended") else row[3],
            row[4],
        )
        for row in done.rows
    ]
    assert findings == rows
    entries = [(visible(row["entry"]), row["verdict"]) for row in table(book["Entries"])]
    assert entries == [(as_cells((visible(entry["path"]),))[0], entry["verdict"]) for entry in done.told["entries"]]
    summary = {row[0]: row[1:] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    assert summary["entries"][0] == len(done.paths)
    assert {verdict: summary[verdict][0] for verdict in done.by_verdict} == done.by_verdict
    for rule in dict.fromkeys(row[2] for row in done.rows):
        assert dict(zip(OUTCOMES, summary[called(done, rule)][1:6], strict=True)) == {
            each: done.count(each).get((rule, each), 0) for each in OUTCOMES
        }


def as_cells(row: tuple[str, ...]) -> tuple[str, ...]:
    """A reader of a workbook may drop spaces around a cell's text."""
    return tuple(word.strip() for word in row)


def test_junit_is_valid_by_the_schema_of_jenkins(done: Done) -> None:
    junit_schema().validate(done.text("junit"))
    root = ET.fromstring(done.bytes("junit"))  # noqa: S314 - our own
    suites = root.findall("testsuite")
    assert [visible(suite.attrib["name"]) for suite in suites] == done.paths
    verdicts = [suite.find("properties/property[@name='verdict']") for suite in suites]
    assert [each.attrib["value"] for each in verdicts if each is not None] == [
        entry["verdict"] for entry in done.told["entries"]
    ]
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase")) == len(done.rows)
    assert int(root.attrib["failures"]) == len(root.findall(".//failure")) == done.outcomes["fail"]
    assert int(root.attrib["errors"]) == len(root.findall(".//error")) == done.outcomes["unknown"]
    assert len(root.findall(".//skipped")) == done.outcomes["manual"] + done.outcomes["skip"]


def test_sarif_is_valid_by_its_schema(done: Done) -> None:
    log = json.loads(done.bytes("sarif"))
    assert [error.message for error in sarif_validator().iter_errors(log)] == []
    (run,) = log["runs"]
    told = [(each["properties"]["path"], each["properties"]["verdict"]) for each in run["artifacts"]]
    assert told == [(entry["path"], entry["verdict"]) for entry in done.told["entries"]]
    kinds = {"pass": "pass", "fail": "fail", "unknown": "open", "manual": "review", "skip": "notApplicable"}
    results = []
    for result in run["results"]:
        (place,) = result["locations"]
        at = place["physicalLocation"]["artifactLocation"]["index"]
        results.append(
            (visible(told[at][0]), told[at][1], result["ruleId"], result["kind"], result["properties"]["level"])
        )
    assert results == [(*row[:3], kinds[row[3]], row[4]) for row in done.rows]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_github_takes_each_line_for_a_command_of_ours(done: Done) -> None:
    told = []
    for line in done.text("github").splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        told.append((found[1], dict(pair.split("=", 1) for pair in found[2].split(",")), found[3]))
    doubts = sum(row[3:] == ("unknown", "recommended") for row in done.rows)
    alone = len({(path, rule) for path, rule, wanting in done.remarks if not wanting})
    notices = 1 + min(doubts + alone, 9)
    assert Counter(command for command, _, _ in told) == {"error": 10, "warning": 10, "notice": notices}
    files = {unescaped(properties["file"], in_property=True) for _, properties, _ in told if "file" in properties}
    assert set(map(visible, files)) <= set(done.paths)
    more = [int(message.split()[0]) for _, properties, message in told[:-1] if "file" not in properties]
    assert len(told) - 1 - len(more) + sum(more) == done.outcomes["fail"] + done.outcomes["unknown"] + alone
    assert told[-1][2] == f"{totals(done)}; {done.outcomes['manual']} items for a person"


def totals(done: Done) -> str:
    counts = done.by_verdict
    return f"{len(done.paths)} entries: {counts['ineligible']} ineligible, {counts['review']} for review, {counts['eligible']} eligible"


def test_gitlab_takes_the_list_of_issues(done: Done) -> None:
    told = json.loads(done.bytes("gitlab"))
    jsonschema.validate(told, FORMAT)
    assert len({issue["fingerprint"] for issue in told}) == len(told)
    wanting = [(path, rule) for path, _, rule, outcome, _ in done.rows if outcome in {"fail", "unknown"}]
    remarks = [(path, rule) for path, rule, _ in done.remarks]
    expected = [row for path in done.paths for row in [*wanting, *remarks] if row[0] == path]
    assert [(visible(issue["location"]["path"]), issue["check_name"]) for issue in told] == expected
    assert {issue["location"]["path"] for issue in told} <= {entry["path"] for entry in done.told["entries"]}


def test_a_reader_of_markdown_finds_no_markup_but_ours(done: Done) -> None:
    tokens = GFM.parse(done.text("markdown"))
    assert {token.type for token in tokens} <= OURS
    assert {child.type for token in tokens for child in token.children or ()} <= OURS_INLINE
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", GFM.render(done.text("markdown")))
    assert {verdict: int(cells[cells.index(verdict) + 1]) for verdict in done.by_verdict} == done.by_verdict
    assert int(cells[cells.index("all") + 1]) == len(done.paths)
    for rule in {row[2] for row in done.rows if row[3] in {"fail", "unknown"}}:
        name = f"<code>{rule}</code>" if rule == "=1+1" else called(done, rule)
        figures = [int(cell) for cell in cells[cells.index(name) + 1 :][:3]]
        assert figures == [done.count(each).get((rule, each), 0) for each in ("fail", "unknown", "pass")]
    needing = {path for path, _, _, outcome, _ in done.rows if outcome in {"fail", "unknown"}}
    needing |= {path for path, _, _ in done.remarks}
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h2") == len(needing) + 1


def test_a_reader_of_html_finds_every_entry_and_every_finding(done: Done) -> None:
    page = Markup(done.bytes("html"))
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "base", "link", "object"})
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert Counter(row["data-v"] for row in page.all("tr") if "data-v" in row) == done.by_verdict
    cards = [str(each.get("class", "")).split() for each in page.all("details") if each.get("id")]
    shown = Counter(card[1] for card in cards if card[0] == "e")
    assert shown == done.by_verdict
    aside = [card[1] for card in cards if "quiet" in card]  # on paper the table's line says all of them
    assert aside == ["eligible"] * done.by_verdict["eligible"]
    blocks = Counter(
        str(each.get("class", "")).split()[1] for each in page.all("div") if str(each.get("class")).startswith("g ")
    )
    wanting = Counter((outcome, level) for _, _, _, outcome, level in done.rows)
    letters = {
        "f": ("fail", "required"),
        "w": ("fail", "recommended"),
        "u": ("unknown", "required"),
        "d": ("unknown", "recommended"),
    }
    assert {letter: blocks[letter] for letter in letters} == {letter: wanting[kind] for letter, kind in letters.items()}
    names = "".join(page.text)
    assert all(path.partition("/")[2] in names for path in done.paths if path.startswith("in/"))


def test_text_is_what_the_screen_says(done: Done) -> None:
    assert done.text("text") == done.screen
    assert " ".join(done.screen.split()).endswith(f"{totals(done)}; {len(IGNORED) + 1} other files ignored")
    for verdict, word in (("ineligible", "INELIGIBLE"), ("review", "REVIEW"), ("eligible", "eligible")):
        assert (
            len(re.findall(rf"^[✗?✓] .*(?:\n  .*)*?: ?(?:\n  )?{word}\b", done.screen, re.MULTILINE))
            == done.by_verdict[verdict]
        )
    for outcome, words in (("fail", r"(\d+) (?:fails?|warnings?):"), ("unknown", r"(\d+) unknown:")):
        told = sum(map(int, re.findall(words, done.screen[done.screen.index("\nBy rule:") :])))
        assert told == done.outcomes[outcome]
