from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.cli.run import vidcheck
from tests.reports import build
from vidcheck.cli import build as application
from vidcheck.cli import inputs
from vidcheck.reports import json as reporting

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from vidcheck.findings import EntryReport

GOOD = build.entry("entries/1.mp4", build.good_duration(), build.good_picture())
BAD = build.entry("entries/1.mp4", build.long_duration(), build.small_picture())
OTHER = build.entry("entries/2.mp4", build.undated())


def run(*arguments: str) -> Result:
    """Runs the command inside this process."""
    return CliRunner().invoke(application(), ["diff", *arguments])


def written(folder: Path, name: str, *entries: EntryReport, **more: Any) -> str:
    path = folder / name
    path.write_bytes(reporting.render(build.report(*entries, **more)))
    return str(path)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param((GOOD, OTHER), (GOOD, OTHER), 0, id="same"),
        pytest.param((GOOD,), (BAD,), 1, id="worse"),
        pytest.param((BAD,), (GOOD,), 0, id="better"),
        pytest.param((GOOD,), (GOOD, OTHER), 1, id="a-new-one-for-review"),
        pytest.param((GOOD, OTHER), (GOOD,), 0, id="gone"),
        pytest.param((), (), 0, id="nothing"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_exit_code_is(
    tmp_path: Path, old: tuple[EntryReport, ...], new: tuple[EntryReport, ...], code: int, form: str
) -> None:
    done = run(written(tmp_path, "old.json", *old), written(tmp_path, "new.json", *new), "--format", form)
    assert (done.exit_code, done.stderr) == (code, "")
    if form == "json":
        assert json.loads(done.stdout)["worse"] is (code == 1)


def test_the_text_says_what_got_worse_first(tmp_path: Path) -> None:
    old = written(tmp_path, "old.json", BAD, build.entry("entries/3.mp4", build.good_duration()), OTHER)
    new = written(
        tmp_path, "new.json", GOOD, build.entry("entries/3.mp4", build.long_duration()), build.entry("entries/4.mp4")
    )
    assert run(old, new).stdout == (
        "✗ entries/3.mp4: eligible, now ineligible\n"
        "  ✗ Duration: pass, now fail\n"
        "✓ entries/1.mp4: ineligible, now eligible\n"
        "  ✓ Duration: fail, now pass\n"
        "  ✓ Picture size: fail, now pass\n"
        "\n"
        "Added:\n"
        "  entries/4.mp4: eligible\n"
        "\n"
        "Removed:\n"
        "  entries/2.mp4: review\n"
        "\n"
        "By rule:\n"
        "  Duration: 1 worse, 1 better\n"
        "  Picture size: 0 worse, 1 better\n"
        "\n"
        "2 entries changed, 1 of them for the worse; 1 added, 1 removed\n"
    )


def test_json_tells_every_change(tmp_path: Path) -> None:
    told = json.loads(
        run(written(tmp_path, "old.json", GOOD), written(tmp_path, "new.json", BAD, OTHER), "--format", "json").stdout
    )
    assert told["schema"] == 1
    assert told["summary"] == {"added": 1, "removed": 0, "changed": 1, "worse": 1}
    assert told["added"] == [{"path": "entries/2.mp4", "verdict": "review"}]
    assert [(each["path"], each["old"], each["new"]) for each in told["changed"]] == [
        ("entries/1.mp4", "eligible", "ineligible")
    ]
    assert {each["rule"] for each in told["by_rule"]} == {"duration", "resolution"}


def test_chinese_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "old.json", GOOD)
    assert not run(path, path, "--lang", "zh").stdout.isascii()
    assert run(path, path).stdout.isascii()


def test_an_incomplete_report_is_told_of(tmp_path: Path) -> None:
    done = run(written(tmp_path, "old.json", GOOD), written(tmp_path, "new.json", incomplete=True))
    assert done.exit_code == 0
    assert "The new report is incomplete" in done.stdout


REPORT = reporting.render(build.report(GOOD))
BROKEN = {
    "not-json": (b"verdict: eligible\n", "new.json is not JSON"),
    "half-json": (REPORT[: len(REPORT) // 2], "new.json is not JSON"),
    "not-utf8": (b"\xff\xfe\x00", "new.json is not JSON"),
    "empty": (b"", "new.json is not JSON"),
    "deep": (b"[" * 100_000, "new.json is not JSON"),
    "a-list": (b"[1, 2]", "new.json is not a JSON report of vidcheck"),
    "facts": (reporting.render_facts([], build.TOOL), "new.json is not a JSON report of vidcheck"),
    "other-schema": (
        REPORT.replace(b'{"schema": 1', b'{"schema": 7', 1),
        "new.json has schema 7; this version reads schema 1",
    ),
    "no-verdict": (
        REPORT.replace(b'"verdict": "eligible"', b'"verdict": "fine"'),
        "entries[0].verdict is not as in a JSON report",
    ),
    "no-finding": (
        REPORT.replace(b'"outcome": "pass"', b'"outcome": null', 1),
        "entries[0].findings[0].outcome is not as in a JSON report",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_report_is_one_line_and_code_2(tmp_path: Path, name: str) -> None:
    data, words = BROKEN[name]
    (tmp_path / "new.json").write_bytes(data)
    old, new = written(tmp_path, "old.json", GOOD), str(tmp_path / "new.json")
    for pair in ((old, new), (new, old)):
        done = run(*pair)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith("vidcheck: ")
        assert done.stderr.count("\n") == 1
        assert words in done.stderr


def test_what_can_not_be_read_is_one_line_and_code_2(tmp_path: Path) -> None:
    old = written(tmp_path, "old.json", GOOD)
    for path, words in (
        (tmp_path / "gone\x1b.json", "gone\\x1b.json can't be read: No such file"),
        (tmp_path, "can't be read: Is a directory"),
    ):
        done = run(old, str(path))
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert words in done.stderr
        assert "\x1b" not in done.stderr


def test_a_file_too_large_for_a_report_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(inputs.LARGEST_REPORT + 1)
    done = run(written(tmp_path, "old.json", GOOD), str(large))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "large.json is larger than 512 MiB" in done.stderr


def test_a_format_that_there_is_not_and_a_missing_argument_are_code_2(tmp_path: Path) -> None:
    path = written(tmp_path, "old.json", GOOD)
    assert run(path, path, "--format", "xml").exit_code == 2
    assert run(path).exit_code == 2


def test_hostile_names_are_shown_safely(tmp_path: Path) -> None:
    entries = [build.entry(path, build.long_duration()) for path in build.HOSTILE.values()]
    done = vidcheck("diff", written(tmp_path, "old.json"), written(tmp_path, "new.json", *entries))
    assert done.returncode == 1
    assert not any(char in done.stdout for char in "\x1b\x9b\u202e\u2028\r\x07")
    assert f"{len(entries)} added" in done.stdout
