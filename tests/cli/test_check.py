from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.cli.hanging import hanging
from tests.cli.run import COMMAND, started, vidcheck
from tests.clips import surgery
from tests.kit import lasting, needs_ffmpeg, put, rules_text
from tests.thorough import some
from vidcheck.cli import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = "format: {is: mp4}\nduration: {max: 200 s, tolerance: 0.5 s}\ncompleted: {from: 2020-01-01, to: 2022-02-28}\nresolution: {min: 1920x1080, level: recommended}\nlook: {manual: Look at it}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and no entries yet."""
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def good(folder: Path, name: str = "good.mp4") -> Path:
    return put(folder / "in" / name)


def long(folder: Path, name: str = "long.mp4") -> Path:
    return put(folder / "in" / name, lasting("212.48"))


def undated(folder: Path, name: str = "undated.mp4") -> Path:
    return put(folder / "in" / name, surgery.set_creation_time(surgery.clip(), 0))


def small(folder: Path, name: str = "small.mp4") -> Path:
    return put(folder / "in" / name, surgery.set_stored_size(surgery.clip(), 640, 360))


@pytest.mark.parametrize(
    ("make", "options", "code"),
    [
        ([good], [], 0),
        ([good, long], [], 1),
        ([good, long, undated], [], 1),
        ([good, undated], [], 3),
        ([long, undated], ["--exit-zero"], 0),
        ([small], [], 0),
        ([small], ["--strict"], 1),
        ([good], ["--final"], 3),
        ([long], ["--skip", "duration"], 0),
        ([long, undated], ["--only", "completed"], 3),
        ([good], ["--only", "nothing"], 2),
        ([good], ["--witness", "everybody"], 2),
        ([good], ["--rules", "gone.yaml"], 2),
        ([good], ["--report", "good.doc"], 2),
        ([good], ["--report", "json:-", "--report", "text:-"], 2),
        ([good], ["--report", "json:gone/report.json"], 5),
        ([good], ["--report", "json:in"], 5),
        ([good], ["--lang", "fr"], 2),
        ([good], ["gone.mp4"], 2),
        ([], [], 2),
    ],
    ids=lambda value: "+".join(getattr(one, "__name__", str(one)) for one in value) if isinstance(value, list) else str(value),
)  # fmt: skip
def test_the_exit_code_is(here: Path, make: list[Callable[[Path], Path]], options: list[str], code: int) -> None:
    for one in make:
        one(here)
    arguments = ["check", "in", *options]
    done = CliRunner().invoke(build(), arguments)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output


def test_a_missing_path_among_good_ones_is_named_and_the_good_ones_are_checked(here: Path) -> None:
    good(here)
    done = vidcheck("check", "in", "gone.mp4")
    assert done.returncode == 2
    assert "there is no file or folder gone.mp4" in done.stderr
    assert "eligible" in done.stdout


def test_the_first_line_says_which_rules(here: Path) -> None:
    good(here)
    assert vidcheck("check", "in").stdout.splitlines()[1] == "Rules: t (rules.yaml)", "after the verdict on one film"
    put(here / "in" / "b.mp4")
    assert vidcheck("check", "in").stdout.splitlines()[0] == "Rules: t (rules.yaml)"
    assert (
        "(preset heilongjiang-2022)" in vidcheck("check", "in", "--rules", "heilongjiang-2022").stdout.splitlines()[0]
    )


def test_without_rules_of_its_own_a_folder_is_checked_by_the_default_preset(tmp_path: Path) -> None:
    done = vidcheck("check", put(tmp_path / "a.mp4"), cwd=tmp_path)
    assert "(preset heilongjiang-2022)" in " ".join(done.stdout.split())


def test_unsound_rules_are_answered_with_every_mistake_and_nothing_is_checked(here: Path) -> None:
    good(here)
    (here / "rules.yaml").write_text("vidcheck: 1\nrules:\n  duration: {max: wide}\n  siez: {min: 1 MB}\n")
    done = vidcheck("check", "in", "--report", "json:out.json")
    assert done.returncode == 2
    assert "rules.yaml:3:19: duration: 'wide' is not a duration (try \"2 min\")" in done.stderr.replace(
        "vidcheck: ", ""
    )
    assert "rules.yaml:4:3:" in done.stderr
    assert done.stdout == ""
    assert not (here / "out.json").exists()


def test_a_report_goes_to_a_file_and_the_screen_keeps_its_text(here: Path) -> None:
    good(here)
    long(here)
    done = vidcheck("check", "in", "--report", "json:out.json", "--report", "out.txt")
    report = json.loads((here / "out.json").read_text())
    assert [entry["verdict"] for entry in report["entries"]] == ["eligible", "ineligible"]
    assert report["summary"] == {"entries": 2, "eligible": 1, "ineligible": 1, "review": 0, "manual": 2, "ignored": 0}
    assert report["tool"]["mediainfo"]
    assert (here / "out.txt").read_text() == done.stdout


def test_with_a_report_on_standard_output_the_text_goes_to_stderr(here: Path) -> None:
    good(here)
    done = vidcheck("check", "in", "--report", "json:-")
    assert json.loads(done.stdout)["schema"] == 1
    assert "eligible" in done.stderr


def test_reports_are_english_whatever_the_locale_and_the_screen_follows_it(here: Path) -> None:
    long(here)
    done = vidcheck("check", "in", "--report", "json:out.json", LANG="zh_CN.UTF-8")
    assert "不合格" in done.stdout or "不符合" in done.stdout
    finding = next(
        f for f in json.loads((here / "out.json").read_text())["entries"][0]["findings"] if f["rule"] == "duration"
    )
    assert finding["actual"] == "3:32.480"
    vidcheck("check", "in", "--report", "json:out.json", "--lang", "zh")
    finding = next(
        f for f in json.loads((here / "out.json").read_text())["entries"][0]["findings"] if f["rule"] == "duration"
    )
    assert finding["actual"] == "3 分 32.480 秒"


def test_the_same_entries_give_the_same_bytes_in_any_order_locale_zone_and_number_of_workers(here: Path) -> None:
    for make in (good, long, undated, small):
        make(here)
    for number in range(6):
        good(here, f"more-{number}.mp4")

    def entries(*arguments: str, **environment: Any) -> str:
        done = started("check", *arguments, "--report", "json:-", **environment)  # each Python has hashes of its own
        return json.dumps(json.loads(done.stdout)["entries"], ensure_ascii=False)

    first = entries("in", "-j", "1")
    assert entries("in", "-j", "3") == first
    assert entries("in/small.mp4", "in", "in/good.mp4", LANG="zh_CN.UTF-8", TZ="America/New_York", LC_ALL="C") == first


def test_no_colour_and_no_escape_where_the_output_is_no_terminal(here: Path) -> None:
    long(here)
    assert "\x1b" not in vidcheck("check", "in").stdout


def test_hostile_names_are_shown_safely_and_identify_the_file(here: Path) -> None:
    names = [
        "[red]x.mp4",
        "a\nb.mp4",
        "\x1b[31mred.mp4",
        "\u202egpj.mp4",
        "-x.mp4",
        "=1+1.mp4",
        "100%.mp4",
        "a:b.mp4",
        "作品 名.mp4",
    ]
    for name in names:
        good(here, name)
    with open(os.fsencode(here / "in") + b"/\xff\xfe.mp4", "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(surgery.clip())
    done = vidcheck("check", "in", "--report", "json:out.json", "--all")
    assert done.returncode == 0, done.stderr
    assert not any(char in done.stdout for char in "\x1b\u202e\r")
    report = json.loads((here / "out.json").read_text(encoding="utf-8"))
    paths = {entry["path"] for entry in report["entries"]}
    assert {
        "in/[red]x.mp4",
        "in/a\nb.mp4",
        "in/\x1b[31mred.mp4",
        "in/\u202egpj.mp4",
        "in/-x.mp4",
        "in/\\xff\\xfe.mp4",
    } <= paths
    assert [entry["path_bytes"] for entry in report["entries"] if "path_bytes" in entry] == [b"in/\xff\xfe.mp4".hex()]


def test_a_name_that_begins_with_a_dash_can_be_named(here: Path) -> None:
    put(here / "-x.mp4")
    assert vidcheck("check", "--", "-x.mp4").returncode == 0


def test_a_reader_that_leaves_is_silent(here: Path) -> None:
    for number in range(30):
        long(here, f"{number}.mp4")
    script = f"{sys.executable} -m vidcheck check in --report json:out.json | head -n 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "Rules: t (rules.yaml)\n"
    assert done.stderr == ""
    assert len(json.loads((here / "out.json").read_text())["entries"]) == 30


def test_a_full_disk_is_one_line_and_loses_nothing_on_the_screen(here: Path) -> None:
    good(here)
    done = vidcheck("check", "in", "--report", "json:/dev/full")
    assert done.returncode == 5
    assert "eligible" in done.stdout
    assert done.stderr.count("\n") == 1


def full(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck with a full disk behind its standard output."""
    with open("/dev/full", "wb") as nowhere:  # noqa: PTH123
        return started(*arguments, stdout=nowhere)


NO_ROOM = "standard output can't be written: No space left on device\n"


@pytest.mark.parametrize(
    "arguments",
    some(
        [
            ["check", "in", "-q", "--report", "json:-"],
            ["check", "in", "-q", "--report", "text:-"],
            ["schema", "report"],
            ["facts", "in", "--witness", "mediainfo", "--format", "json"],
            ["rules", "schema"],
            ["--help"],
            ["check", "in"],
            ["--version"],
        ]
    ),
    ids=" ".join,
)
def test_a_full_standard_output_is_one_line_and_code_5(here: Path, arguments: list[str]) -> None:
    long(here)
    done = full(*arguments)
    assert done.returncode == 5, done.stderr
    assert done.stderr.endswith(NO_ROOM)
    assert done.stderr.count("\n") == 1


def test_a_full_screen_keeps_no_report_from_its_file(here: Path) -> None:
    long(here)
    done = full("check", "in", "--report", "json:out.json")
    assert done.returncode == 5
    assert [entry["verdict"] for entry in json.loads((here / "out.json").read_text())["entries"]] == ["ineligible"]


def test_a_full_standard_error_takes_nothing_from_the_verdict(here: Path) -> None:
    long(here)
    with open("/dev/full", "wb") as nowhere:  # noqa: PTH123
        done = started("check", "in", "gone.mp4", "--report", "json:out.json", stderr=nowhere)
    assert done.returncode == 2
    assert "INELIGIBLE" in done.stdout


@pytest.mark.parametrize(
    "arguments", some([["check", "in", "-q", "--report", "json:-"], ["facts", "in", "--format", "json"], ["rules", "schema"]]),
    ids=" ".join,
)  # fmt: skip
def test_a_reader_that_leaves_a_machines_output_is_silent_too(here: Path, arguments: list[str]) -> None:
    for number in range(9):
        good(here, f"{number}.mp4")
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        said = running.stderr.read()
    assert (said, running.returncode) == (b"", 0)


def test_a_report_is_written_whole_over_an_old_one_and_through_a_link(here: Path) -> None:
    good(here)
    (here / "real.json").write_text("old")
    (here / "link.json").symlink_to("real.json")
    assert vidcheck("check", "in", "--report", "json:link.json").returncode == 0
    assert (here / "link.json").is_symlink()
    assert json.loads((here / "real.json").read_text())["schema"] == 1
    assert sorted(path.name for path in here.iterdir()) == ["in", "link.json", "real.json", "rules.yaml"]


BATCH = "batch: {same-file: {unique: checksum}}\n"


@pytest.mark.parametrize(
    ("signal_", "code", "batch"),
    [
        pytest.param(signal_, code, batch, id=f"{signal_.name} {held}")
        for place, (signal_, code) in enumerate(((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)))
        for batch, held in some((("", "none held back"), (BATCH, "entries held back"))[:: (-1) ** place])
    ],
)
def test_an_interrupted_run_reports_what_was_done(here: Path, signal_: signal.Signals, code: int, batch: str) -> None:
    with (here / "rules.yaml").open("a") as rules:
        rules.write(batch)
    for number in (1, 2, 3, 4, 5, 7):
        good(here, f"{number}.mp4")
    put(here / "in" / "6.mp4", surgery.clip() + surgery.box("free"))  # sent only when the second has been taken
    with hanging("out.json") as (running, hung):
        running.send_signal(signal_)
        out, err = running.communicate(timeout=60)
    assert hung, err
    assert running.returncode == code, err
    report = json.loads((here / "out.json").read_text())
    assert report["incomplete"] is True
    done = [entry["path"] for entry in report["entries"]]
    assert len(done) >= 2
    uncompared = {f["outcome"] for entry in report["entries"] for f in entry["findings"] if f["rule"] == "same-file"}
    assert uncompared == ({"unknown"} if batch else set())
    assert done == [f"in/{number}.mp4" for number in range(1, len(done) + 1)]
    assert "INCOMPLETE" in out
    assert "Traceback" not in err


def test_an_error_inside_vidcheck_is_one_line_and_code_4(here: Path) -> None:
    good(here)
    script = "import sys, vidcheck.sources.targets as e\ndef find(*_, **__): raise ZeroDivisionError('oh')\ne.find = find\nsys.argv = ['vidcheck', 'check', 'in']\nfrom vidcheck.cli import run\nrun()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "vidcheck: an error inside vidcheck: ZeroDivisionError: oh\n"


def test_python_users_get_the_same_report(here: Path) -> None:
    good(here)
    long(here)
    # no __main__ guard: workers must not run the script again
    script = "from vidcheck import check, load_rules\nreport = check(['in'], load_rules('rules.yaml'))\nprint([e.verdict.value for e in report.entries])"
    (here / "script.py").write_text(script)
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False)
    assert done.stdout == "['eligible', 'ineligible']\n", done.stderr


def test_help_is_complete() -> None:
    for command in ("check", "facts", "rules", "init", "demo", "doctor"):
        done = vidcheck(command, "--help")
        assert done.returncode == 0
        assert f"python -m vidcheck {command} " in done.stdout


def test_a_run_inside_this_process_is_the_same_as_one_in_its_own(here: Path) -> None:
    long(here)
    for arguments in (["check", "in", "--report", "json:-"], ["check", "--no"]):
        inside, alone = vidcheck(*arguments), started(*arguments)
        assert (inside.returncode, inside.stdout, inside.stderr) == (alone.returncode, alone.stdout, alone.stderr)


@needs_ffmpeg
def test_thumbnails_show_a_frame_of_each_entry(here: Path) -> None:
    good(here)
    put(here / "in" / "text.mp4", b"no film")
    arguments = ["check", "in", "--thumbnails", "--report", "html:out.html", "--report", "plain.html"]
    assert CliRunner().invoke(build(), arguments).exit_code == 1
    assert (here / "out.html").read_text(encoding="utf-8").count("data:image/jpeg;base64,") >= 1
    assert "content." not in (here / "out.html").read_text(encoding="utf-8")
    without = ["check", "in", "--report", "html:out.html"]
    CliRunner().invoke(build(), without)
    assert "data:image" not in (here / "out.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "reports",
    [["json:in/good.mp4"], ["jsonl:in/good.mp4"], ["json:rules.yaml"], ["json:out", "text:./out"]],
    ids=" ".join,
)
def test_no_report_is_written_over_what_is_read_or_over_another(here: Path, reports: list[str]) -> None:
    good(here)
    before = {path: path.read_bytes() for path in (here / "in" / "good.mp4", here / "rules.yaml")}
    arguments = ["check", "in", *(part for report in reports for part in ("--report", report))]
    assert CliRunner().invoke(build(), arguments).exit_code == 2
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.process
@pytest.mark.parametrize("closed", some(["<&- >&- 2>&-", "<&-", ">&-", "2>&-"]))
def test_streams_that_the_caller_has_closed_lead_nowhere(here: Path, closed: str) -> None:
    good(here)
    words = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "check", "in", "--report", "json:out.json"]
    assert subprocess.run(words, cwd=here, capture_output=True, timeout=60, check=False).returncode == 0
    assert json.loads((here / "out.json").read_text(encoding="utf-8"))["incomplete"] is False
