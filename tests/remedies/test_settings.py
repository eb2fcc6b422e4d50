"""Where a rule is set in the programs that people use; and the command in the shell at hand."""

import os
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shellingham

from vidcheck.cli import shells
from vidcheck.cli.shells import Shell, at_hand, for_the_shell, quoted
from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Fact, Facts
from vidcheck.findings import Breach, Remedy
from vidcheck.remedies import remedy
from vidcheck.remedies.case import Aim
from vidcheck.remedies.settings import SETTINGS, lines
from vidcheck.reports.page import Command, Page
from vidcheck.rules.reader import read_rules
from vidcheck.vocabulary import KEYS

DOCS = Path(__file__).parent.parent.parent / "docs"


def answer(key: str, constraint: str, limit: Any, value: Any) -> Remedy:
    breach = Breach(key=key, constraint=constraint, limit=limit, value=value)
    told = remedy((breach,), Facts(facts=()), Entry(path="a.mp4"), UTC)
    assert told
    return told


@pytest.mark.parametrize(
    ("breach", "said", "names"),
    [
        (("format", "is", "mp4", "mov"), "选 mp4", ["剪映", "Premiere", "HandBrake", "手机"]),
        (("video.codec", "is", "h264", "hevc"), "H.264", ["剪映", "Premiere", "HandBrake", "手机"]),
        (("duration", "max", 300, 312), "时间线", ["剪映", "Premiere", "HandBrake", "手机"]),
        (("size", "max", 1000, 2000), "码率", ["剪映", "Premiere", "HandBrake", "手机"]),
        (("video.scan", "is", "progressive", "interlaced"), "逐行", ["剪映", "Premiere", "HandBrake"]),
    ],
)
def test_each_program_has_one_line_for_a_failing_rule(breach: tuple[Any, ...], said: str, names: list[str]) -> None:
    rows = [row.render("zh") for row in answer(*breach).settings]
    assert [row.partition("：")[0] for row in rows] == names
    assert said in rows[0]


@pytest.mark.parametrize(
    "breach",
    [
        ("format", "is", "matroska", "mp4"),
        ("video.codec", "is", "prores", "h264"),
        ("video.scan", "is", "interlaced", "progressive"),
        ("duration", "min", 120, 60),
        ("completed", "known", True, None),
    ],
)
def test_nothing_is_said_that_would_not_mend_it(breach: tuple[Any, ...]) -> None:
    assert answer(*breach).settings == ()


def test_the_rules_own_remedy_keeps_the_settings() -> None:
    rules = read_rules(b"vidcheck: 1\nrules:\n  format: {is: mp4, remedy: Send an MP4.}\n")
    facts = Facts(facts=tuple(Fact(key="format", witness=name, value="mov") for name in ("boxes", "mediainfo")))
    (finding,) = judge_entry(Entry(path="a.mov"), facts, rules).report.findings
    assert finding.remedy
    assert finding.remedy.words.render("en") == "Send an MP4."
    assert len(finding.remedy.settings) == 4


def test_every_row_speaks_of_a_key_and_every_line_is_in_the_docs_in_both_languages() -> None:
    assert {key for key, _ in SETTINGS} <= set(KEYS)
    assert all(isinstance(aim, Aim) for _, aim in SETTINGS)
    for lang, page in (("en", DOCS / "export.md"), ("zh", DOCS / "zh" / "export.md")):
        text = page.read_text(encoding="utf-8").splitlines()
        missing = [
            row.render(lang) for each in SETTINGS.values() for row in lines(each) if f"- {row.render(lang)}" not in text
        ]
        assert missing == []


@pytest.mark.parametrize(
    ("command", "cmd", "powershell"),
    [
        ("ffmpeg -i a.mp4 -map 0:V b.mp4", "ffmpeg -i a.mp4 -map 0:V b.mp4", "ffmpeg -i a.mp4 -map 0:V b.mp4"),
        ("ffmpeg -i 'my film.mp4'", 'ffmpeg -i "my film.mp4"', "ffmpeg -i 'my film.mp4'"),
        ("ffmpeg -i '作品.mp4'", 'ffmpeg -i "作品.mp4"', "ffmpeg -i '作品.mp4'"),
        ("ffmpeg -vf scale=2:2,setsar=1", 'ffmpeg -vf "scale=2:2,setsar=1"', "ffmpeg -vf 'scale=2:2,setsar=1'"),
        ("""ffmpeg -i 'it'"'"'s.mp4'""", 'ffmpeg -i "it\'s.mp4"', "ffmpeg -i 'it''s.mp4'"),
        ("ffmpeg -i '100%.mp4'", 'ffmpeg -i "100"^%".mp4"', "ffmpeg -i '100%.mp4'"),
        ("ffmpeg -i $'a\\012b.mp4'", "ffmpeg -i $'a\\012b.mp4'", "ffmpeg -i $'a\\012b.mp4'"),
    ],
)
def test_a_command_is_quoted_for_each_shell(command: str, cmd: str, powershell: str) -> None:
    assert quoted(command, Shell.POSIX) == command
    assert quoted(command, Shell.CMD) == cmd
    assert quoted(command, Shell.POWERSHELL) == powershell


@pytest.mark.parametrize(
    ("found", "shell"),
    [
        ("cmd", Shell.CMD),
        ("powershell", Shell.POWERSHELL),
        ("pwsh", Shell.POWERSHELL),
        ("bash", Shell.POSIX),
        ("", Shell.POWERSHELL),
    ],
)
def test_on_windows_the_shell_at_hand_is_found(monkeypatch: pytest.MonkeyPatch, found: str, shell: Shell) -> None:
    def detect() -> tuple[str, str]:
        if not found:
            raise shellingham.ShellDetectionFailure
        return found, found

    assert at_hand() is Shell.POSIX or os.name == "nt"
    monkeypatch.setattr(shells, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(shellingham, "detect_shell", detect)
    assert at_hand() is shell


@pytest.mark.parametrize(("shell", "said"), [(Shell.CMD, '"a b.mp4"'), (Shell.POWERSHELL, "'a b.mp4'")])
def test_the_screen_quotes_for_the_shell_at_hand(monkeypatch: pytest.MonkeyPatch, shell: Shell, said: str) -> None:
    monkeypatch.setattr("vidcheck.cli.shells.at_hand", lambda: shell)
    assert for_the_shell(Page((Command("ffmpeg -i 'a b.mp4'"),))).plain().strip() == f"ffmpeg -i {said}"
