"""`--manifest`, end to end: a table and a folder in, verdicts and findings of the batch out."""

from __future__ import annotations

import csv
import json
import os
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pebble import ProcessExpired

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.declared import tables
from tests.kit import MAC_EPOCH, Run, put
from vidcheck.cli.exits import verdict_code
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.findings import Report
from vidcheck.reports.json import render
from vidcheck.rules.reader import load_rules
from vidcheck.rules.summary import summarise
from vidcheck.session.declare import declare
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from vidcheck.workers.pool import Workers

WINDOW = "completed: {from: 2020-01-01, to: 2022-02-28}"
RULES = """
window: {fact: declared.submitted, from: 2022-03-28, to: 2022-05-09}
site: {fact: declared.broadcast-host, any-of: [example.cn, bilibili.com]}
summary: {fact: declared.summary, max-length: 10}
makers: {fact: declared.authors, max-count: 3}
"""
HEADS = ("作品名称", "视频文件", "提交时间", "播出平台及网址", "内容简介（10字以内）", "主创人员（或单位）")
GOOD = ("湿地", "a.mp4", "2022-04-01 10:00", "湖南卫视 https://v.example.cn/1", "一条河的一年", "张三、李四")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one entry, rules and no manifest yet."""
    (tmp_path / "entries").mkdir()
    put(tmp_path / "entries" / "a.mp4")
    write_rules(tmp_path, RULES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_rules(folder: Path, rules: str, contest: str = "") -> None:
    head = f"vidcheck: 1\ncontest: {{title: t, timezone: Asia/Shanghai{contest}}}\nrules:\n"
    text = head + "".join(f"  {line}\n" for line in rules.strip().splitlines())
    (folder / "rules.yaml").write_text(text, encoding="utf-8")


def check(
    folder: Path, *rows: tuple[str, ...], heads: tuple[str, ...] = HEADS, options: tuple[str, ...] = ()
) -> CompletedProcess[str]:
    (folder / "entries.csv").write_bytes(tables.csv([heads, *rows], encoding="gb18030"))
    return vidcheck("check", "entries", "--manifest", "entries.csv", *options, cwd=folder)


class Told:
    """Runs with workers that all tests share: a process for each would take seconds."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self.folder, self._workers = folder, workers

    def __call__(self, *rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> dict[str, Any]:
        """The JSON report, and what the exit code would be."""
        (self.folder / "entries.csv").write_bytes(tables.csv([heads, *rows], encoding="gb18030"))
        rules, found = (
            load_rules("rules.yaml"),
            find([str(self.folder / "entries")]),
        )  # the workers are in another folder
        batch = declare(str(self.folder / "entries.csv"), rules, found, self._workers.submit)
        run = Run(rules=rules, workers=self._workers, policy=Policy.MEDIAINFO)
        entries = tuple(run.reports(found.targets))
        report = Report(tool={"vidcheck": "0"}, rules=summarise(rules), entries=entries, batch=batch)
        code = verdict_code({entry.verdict for entry in entries}, batch=batch)
        read: dict[str, Any] = json.loads(render(report))
        return read | {"exit": code}


@pytest.fixture
def told(here: Path, workers: Workers) -> Told:
    """Runs in that folder."""
    return Told(here, workers)


def findings(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["rule"]: finding for finding in report["entries"][0]["findings"]}


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {name: finding["outcome"] for name, finding in findings(report).items()}


def test_declared_facts_are_judged_like_all_others(told: Told) -> None:
    report = told(GOOD)
    assert (report["exit"], set(outcomes(report).values()), report["batch"]) == (0, {"pass"}, [])
    (evidence,) = findings(report)["site"]["evidence"]
    assert (evidence["witness"], evidence["locator"], evidence["value"]) == (
        "declared",
        "entries.csv: D2",
        ["v.example.cn"],
    )


@pytest.mark.parametrize(
    ("column", "text", "rule", "outcome"),
    [
        (2, "2022-03-28", "window", "pass"),
        (2, "2022-05-09 23:59", "window", "pass"),
        (2, "2022-05-10 00:00", "window", "fail"),
        (2, "2022年3月27日", "window", "fail"),
        (2, "2022年4月", "window", "pass"),
        (2, "2022年5月", "window", "unknown"),
        (2, "", "window", "unknown"),
        (3, "", "site", "fail"),
        (2, "五月初", "window", "unknown"),
        (3, "https://myexample.cn/1", "site", "fail"),
        (3, "https://a.com/1 https://www.bilibili.com/2", "site", "pass"),
        (3, "微信视频号", "site", "fail"),
        (3, "http://example.cn@evil.com/", "site", "unknown"),
        (4, "一二三四五 六七八九十", "summary", "pass"),
        (4, "一二三四五六七八九十一", "summary", "fail"),
        (5, "甲乙、丙丁、戊己、庚辛", "makers", "fail"),
    ],
)
def test_one_cell_decides_one_rule(column: int, text: str, rule: str, outcome: str, told: Told) -> None:
    row = (*GOOD[:column], text, *GOOD[column + 1 :])
    report = told(row)
    assert outcomes(report) == dict.fromkeys(outcomes(report), "pass") | {rule: outcome}
    finding = findings(report)[rule]
    assert finding["evidence"][0]["locator"] == f"entries.csv: {'ABCDEF'[column]}2"
    assert finding["message"].startswith(f"{rule} is not known: ") == (outcome == "unknown")


def made(folder: Path, when: datetime | None) -> None:
    """The entry, with that date in its header."""
    seconds = int(when.timestamp()) + MAC_EPOCH if when else 0
    put(folder / "entries" / "a.mp4", surgery.set_creation_time(surgery.clip(), seconds))


IN, AFTER = datetime(2021, 6, 1, tzinfo=UTC), datetime(2022, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("completed", "broadcast", "container", "outcome", "disputed"),
    [
        ("2021-05-01", "", IN, "pass", False),
        ("2022-03-01", "", IN, "fail", False),
        ("2021-05-01", "2022-03-05", IN, "pass", False),
        ("", "2021-12-05", IN, "pass", False),
        ("", "2022-03-05", IN, "fail", False),
        ("2021年5月", "", AFTER, "unknown", True),
        ("", "2021-12-05", AFTER, "unknown", True),
        ("2022年2月", "", None, "pass", False),
        ("2020年1月", "", None, "pass", False),
        ("2019年12月", "", None, "fail", False),
        ("", "", IN, "pass", False),
        ("", "", AFTER, "fail", False),
        ("去年", "2021-05-01", IN, "unknown", False),
    ],
)
def test_completed_is_the_declared_date_else_the_containers(
    *, completed: str, broadcast: str, container: datetime | None, outcome: str, disputed: bool, here: Path, told: Told
) -> None:
    write_rules(here, WINDOW)
    made(here, container)
    finding = findings(told(("a.mp4", completed, broadcast), heads=("视频文件", "完成时间", "播出时间")))["completed"]
    assert (finding["outcome"], finding.get("disputed", False)) == (outcome, disputed)


def test_a_month_that_lies_across_the_windows_end_is_a_dispute(here: Path, told: Told) -> None:
    write_rules(here, "completed: {from: 2020-01-01, to: 2022-02-15}")
    made(here, None)
    finding = findings(told(("a.mp4", "2022年2月"), heads=("视频文件", "完成时间")))["completed"]
    assert (finding["outcome"], finding["disputed"]) == ("unknown", True)
    assert "partly inside and partly outside" in finding["message"]


def test_container_date_review_leaves_the_files_own_date_to_a_person_unless_one_is_declared(
    here: Path, told: Told
) -> None:
    write_rules(here, "completed: {from: 2020-01-01, to: 2022-02-28, container-date: review}")
    made(here, IN)
    heads = ("视频文件", "完成时间")
    assert outcomes(told(("a.mp4", ""), heads=heads)) == {"completed": "unknown"}
    assert outcomes(told(("a.mp4", "2021-05"), heads=heads)) == {"completed": "pass"}


def test_broadcast_is_known_by_declaration_only(here: Path, told: Told) -> None:
    write_rules(here, "broadcast: {to: 2022-02-28}")
    assert outcomes(told(("a.mp4", "2021-05"), heads=("视频文件", "播出时间"))) == {"broadcast": "pass"}
    assert outcomes(told(("a.mp4", "x"), heads=("视频文件", "作品名称"))) == {"broadcast": "unknown"}


def test_two_rows_that_differ_on_one_file_are_a_dispute(told: Told) -> None:
    late = (*GOOD[:2], "2022-06-01", *GOOD[3:])
    report = told(GOOD, late)
    found = findings(report)
    assert [rule for rule, finding in found.items() if finding["outcome"] == "unknown"] == ["manifest"]
    assert found["manifest"]["keys"] == ["declared.submitted"]
    assert "entries.csv: 2, entries.csv: 3" in found["manifest"]["message"]
    assert (found["window"]["outcome"], found["window"]["evidence"]) == ("skip", [])
    assert report["batch"] == [], "one cause is one finding"


LOST = (("x", "lost.mp4", *GOOD[2:]), ("y", "../a.mp4", *GOOD[2:]))


def test_what_finds_no_partner_asks_for_review_and_stands_in_every_report(here: Path) -> None:
    put(here / "entries" / "b.mp4")
    formats = ("text", "json", "jsonl", "html", "xlsx", "csv", "markdown", "junit", "sarif", "github", "gitlab")
    options = tuple(part for name in formats for part in ("--report", f"{name}:out.{name}"))
    done = check(here, GOOD, *LOST, options=("--witness", "mediainfo", "--only", "makers", *options))
    assert done.returncode == 3, done.stderr
    assert "there is no file lost.mp4" in done.stdout
    for name in formats:
        shown = content(here / f"out.{name}")
        assert "there is no file lost.mp4" in shown, name
        assert "the manifest has no row for this file" in shown, name


def content(path: Path) -> str:
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True)
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return "\n".join(map("\n".join, csv.reader(text.splitlines())))
    return " ".join(text.replace("\\u2026", "…").split())


def test_a_row_without_a_file_never_outweighs_an_ineligible_entry(here: Path, told: Told) -> None:
    assert told((*GOOD[:4], "一二三四五六七八九十一", GOOD[5]), *LOST)["exit"] == 1
    done = check(here, GOOD, *LOST, options=("--exit-zero",))
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["nothing.csv", "bad.xlsx", "entries"])
def test_a_manifest_that_cannot_be_read_is_exit_2_and_nothing_is_checked(name: str, here: Path) -> None:
    (here / "bad.xlsx").write_bytes(b"PK\x03\x04 no")
    done = vidcheck("check", "entries", "--manifest", name, "--report", "json:out.json", cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"vidcheck: {name}: ")
    assert not (here / "out.json").exists()


class Lost:
    """Workers of which one ends in that way."""

    def __init__(self, how: type[BaseException]) -> None:
        self._how = how

    def submit(self, *_: object, deadline: float) -> Future[Any]:
        lost: Future[Any] = Future()
        lost.set_exception(self._how("gone"))
        assert deadline == 60
        return lost


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (TimeoutError, "it could not be read in 60 seconds"),
        (MemoryError, "it took more memory than a worker may have"),
        (ProcessExpired, "its worker was lost"),
    ],
)
def test_a_manifest_that_takes_its_worker_along_is_told(how: type[BaseException], words: str, here: Path) -> None:
    with pytest.raises(ManifestError, match=words):
        declare("entries.csv", load_rules("rules.yaml"), find(["entries"]), Lost(how).submit)


def test_no_report_is_written_over_the_manifest(here: Path) -> None:
    done = check(here, GOOD, options=("--report", "csv:entries.csv"))
    assert done.returncode == 2
    assert "name another place" in done.stderr


def test_a_symlink_out_of_the_folder_is_not_followed_for_a_row(here: Path) -> None:
    outside = put(here / "outside.mp4")
    (here / "entries" / "link.mp4").symlink_to(outside)
    done = check(here, GOOD, ("y", "link.mp4", *GOOD[2:]))
    assert done.returncode == 3
    assert "the file entries/link.mp4 was ignored: a symlink" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("contest", "heads", "row", "file"),
    [
        (", entries: {file: {column: 编号}}", ("编号", "作品名称"), ("007", "湿地"), "007.mp4"),
        (", entries: {folder: {column: 编号}}", ("编号", "作品名称"), ("07", "湿地"), "07/film.mp4"),
        (
            r", entries: {file: {name: '(?P<authors>.+?)_(?P<title>.+)\.mp4'}}",
            ("作者", "作品名称"),
            ("张三", "湿地"),
            "张三_湿地.mp4",
        ),
        (", entries: {columns: {title: 片子}}", ("片子", "备注"), ("湿 地", ""), "湿地.mp4"),
    ],
)
def test_a_row_finds_its_file_as_the_rules_say(
    *, contest: str, heads: tuple[str, ...], row: tuple[str, ...], file: str, here: Path, told: Told
) -> None:
    (here / "entries" / "a.mp4").unlink()
    (here / "entries" / file).parent.mkdir(exist_ok=True)
    put(here / "entries" / file)
    write_rules(here, "named: {fact: declared.title, known: yes}", contest)
    report = told(row, heads=heads)
    assert (report["exit"], report["batch"], outcomes(report)) == (0, [], {"named": "pass"})


def test_files_that_are_named_one_by_one_need_no_other_rows(here: Path) -> None:
    options = ("--witness", "mediainfo", "--quiet")
    assert check(here, GOOD, *LOST, options=options).returncode == 3
    for named, code in (("entries/a.mp4", 0), ("entries/*.mp4", 3)):
        done = vidcheck("check", named, "--manifest", "entries.csv", *options, cwd=here)
        assert (named, done.returncode, done.stderr) == (named, code, "")


def test_facts_tells_what_was_declared(here: Path) -> None:
    (here / "entries.xlsx").write_bytes(tables.workbook([HEADS, GOOD]))
    done = vidcheck("facts", "entries", "--manifest", "entries.xlsx", "--format", "json", cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = json.loads(done.stdout)["entries"]
    (fact,) = entry["facts"]["declared.authors"]["evidence"]
    assert (fact["value"], fact["locator"]) == (["张三", "李四"], "entries.xlsx: Sheet1!F2")


def test_python_users_pass_the_manifest_too(here: Path) -> None:
    from vidcheck import check as run
    from vidcheck.findings import Verdict

    (here / "entries.xlsx").write_bytes(tables.workbook([HEADS, GOOD, *LOST]))
    report = run(["entries"], "rules.yaml", manifest="entries.xlsx", witness="mediainfo", workers=1)
    assert [entry.verdict for entry in report.entries] == [Verdict.ELIGIBLE]
    assert [finding.rule for finding in report.batch] == ["manifest", "manifest"]
    with pytest.raises(ManifestError):
        run(["entries"], "rules.yaml", manifest="nothing.xlsx", workers=1)


def test_an_unreadable_entry_keeps_what_was_declared_of_it(here: Path, told: Told) -> None:
    (here / "entries" / "a.mp4").unlink()
    os.mkfifo(here / "entries" / "a.mp4")
    report = told(GOOD)
    assert (report["entries"][0]["verdict"], set(outcomes(report).values())) == ("review", {"pass"})
