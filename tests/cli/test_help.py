"""Help and usage errors: in Chinese where the locale or `--lang` says so, in English everywhere else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from vidcheck.cli.i18n import _TYPERS
from vidcheck.reports.page import cells

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [
    "", "check", "facts", "rules", "rules list", "rules show", "rules check", "rules explain", "rules schema",
    "init", "decide", "review", "diff", "letters", "contacts", "table", "sort", "watch", "archive", "archive add", "archive list", "archive remove", "archive check",
    "cache", "cache info", "cache clear", "cache prune", "schema", "demo", "doctor",
]  # fmt: skip
ENGLISH = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "C.UTF-8"}
CHINESE = ENGLISH | {"LANG": "zh_CN.UTF-8"}
WIDE = {"COLUMNS": "500", "NO_COLOR": "1"}
_CHINESE_CHARACTER = re.compile("[\u4e00-\u9fff]")
_LOOK = """
import json, typer
from vidcheck import texts
from vidcheck.cli import build

def told(command, name=""):
    ours = [one for one in command.params if one.name not in {"install_completion", "show_completion"}]
    yield name, [command.help, [one.help for one in ours]]
    for below in getattr(command, "list_commands", lambda _: ())(context):
        yield from told(command.get_command(context, below), f"{name} {below}".strip())

context = typer.Context(typer.main.get_command(build()))
helps = dict(told(typer.main.get_command(build())))
print(json.dumps([helps, texts._catalogue.cache_info().currsize]))
"""


_INVOKE = """
import json, os, sys
from typer.testing import CliRunner
from vidcheck.cli import build

told = {}
for arguments in json.loads(sys.stdin.read()):
    done = CliRunner().invoke(build(), arguments)
    told[" ".join(arguments)] = [done.exit_code, done.stdout, done.stderr]
sys.__stdout__.write(json.dumps(told))
sys.__stdout__.flush()
os._exit(0)
"""
"""Many commands in one process, as the words of options are chosen once a process."""
USAGE_ERRORS = [
    ("check . --lang xx", "there are no words in 'xx'; choose from en, zh", "不支持语言“xx”；可选：en、zh"),
    ("check . --witness x", "'x' is none of auto, all, mediainfo", "“x”不在可选值之中：auto、all、mediainfo"),
    ("check . --report x", "'x' does not say which format; write FORMAT:PATH", "“x”没有说明格式；请写成 FORMAT:PATH"),
    ("check . --report json:", "'json:' names no path (try \"json:-\"", "“json:”没有给出路径（写到标准输出请用“json:-”）"),
    ("check . --report json:- --report csv:-", "only one report can go to standard", "只能有一份报告写到标准输出"),
    ("check . --only x", "there is no rule 'x'; the rules are", "没有规则“x”；现有规则："),
    ("check . --only size --skip size", "no rule is left", "没有剩下任何规则"),
    ("facts . --format x", "'x' is none of text, json", "“x”不在可选值之中：text、json"),
    ("diff a b --format x", "'x' is none of text, json", "“x”不在可选值之中：text、json"),
    ("schema x", "'x' is none of report, facts, rules", "“x”不在可选值之中：report、facts、rules"),
    ("check . --report json:.", "the report can't be written: . is a folder", "无法写出报告：. 是文件夹"),
    ("check . --report json:a/b", "there is no folder a", "无法写出报告：没有文件夹 a"),
    ("check . --report csv:/dev/mem/x", "there is no folder /dev/mem", "无法写出报告：没有文件夹 /dev/mem"),
    ("diff gone new", "gone can't be read: No such file or directory", "无法读取 gone：没有该文件或文件夹"),
    # what typer refuses
    ("check", "Missing argument 'PATHS...'.", "缺少参数 'PATHS...'。"),
    ("letters a", "Missing option '--out' / '-o'.", "缺少选项 '--out' / '-o'。"),
    ("check . --nope", "No such option: --nope", "没有选项 --nope"),
    ("check . --statistcs", "--statistcs (Possible options: --statistics, --strict)", "没有选项 --statistcs（可能是 --statistics, --strict）"),
    ("nix", "No such command 'nix'.", "没有命令 'nix'。"),
    ("chek", "No such command 'chek'. Did you mean 'check', 'cache', 'schema'?", "没有命令 'chek'。是否想用 'check', 'cache', 'schema'？"),
    ("diff a b c", "Got unexpected extra argument(s) (c)", "多余的参数：c"),
    ("check . --quiet=3", "Option '--quiet' does not take a value.", "选项 '--quiet' 不带值。"),
    ("check . --rules", "Option '--rules' requires an argument.", "选项 '--rules' 需要一个值。"),
    ("check . --workers 0", "'--workers' / '-j': '0' is not a whole number from 1 to 256", "'--workers' / '-j' 的值无效：“0”不是 1 到 256 之间的整数"),
    ("check . --workers 999", "'999' is not a whole number from 1 to 256", "“999”不是 1 到 256 之间的整数"),
    ("check . --workers x", "'x' is not a whole number", "“x”不是 1 到 256 之间的整数"),
    ("check . --timeout x", "'x' is not a number from 0.1 to 86400", "“x”不是 0.1 到 86400 之间的数字"),
    ("check . --timeout nan", "'nan' is not a number", "“nan”不是 0.1 到 86400 之间的数字"),
    ("cache prune --days 1.5", "'1.5' is not a whole number from 0 to 36500", "“1.5”不是 0 到 36500 之间的整数"),
    ("check . --rules a -r b", "Option '--rules' / '-r' can be given only once.", "选项 '--rules' / '-r' 只能给出一次。"),
    ("check . --archive a --archive=b", "Option '--archive' can be given only once.", "选项 '--archive' 只能给出一次。"),
    ("--", "Missing command.", "缺少命令。"),
]  # fmt: skip


@cache
def _invoked(lang: str, columns: str, *commands: str) -> dict[str, tuple[int, str, str]]:
    """Exit code, output and complaint of each command, all run in one process of that language."""
    variables = WIDE | (CHINESE if lang == "zh" else ENGLISH) | {"COLUMNS": columns}
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _INVOKE], input=json.dumps([command.split() for command in commands]).encode(),
            capture_output=True, cwd=folder, env=os.environ | variables, timeout=120, check=True,
        )  # fmt: skip
    return {command: (code, shown, said) for command, (code, shown, said) in json.loads(done.stdout).items()}


def _help(command: str, lang: str, columns: str = "500") -> str:
    every = tuple(f"{each} --help".strip() for each in COMMANDS)
    code, shown, _ = _invoked(lang, columns, *every)[f"{command} --help".strip()]
    assert code == 0
    return shown


@cache
def _told(lang: str) -> tuple[dict[str, tuple[str, list[str]]], int]:
    """What each command and its options say of themselves, and how many catalogues were opened for that."""
    locale = CHINESE if lang == "zh" else ENGLISH
    done = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, env=os.environ | locale, check=True)
    helps, catalogues = json.loads(done.stdout)
    return helps, catalogues


def _run(
    arguments: list[str], locale: dict[str, str], cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    variables: dict[str, str] = WIDE | locale | environment
    return vidcheck(*arguments, cwd=cwd, **variables)


def _paragraphs(words: str) -> list[str]:
    return [_unwrapped(paragraph) for paragraph in words.split("\n\n")]


def _unwrapped(words: str) -> str:
    """Without spaces and line breaks, as Chinese breaks between any two characters."""
    return "".join(words.split())


def test_every_command_is_looked_at() -> None:
    assert sorted(_told("en")[0]) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_chinese_help_of_a_command_is_chinese(command: str) -> None:
    shown = _unwrapped(_help(command, "zh", "80"))
    for paragraph in _paragraphs(_told("en")[0][command][0]):
        assert paragraph not in shown
    for paragraph in _paragraphs(_told("zh")[0][command][0]):
        assert _CHINESE_CHARACTER.search(paragraph)
        assert paragraph in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_chinese_help_of_options_is_chinese(command: str) -> None:
    shown = _unwrapped(_help(command, "zh", "80"))
    for english, chinese in zip(_told("en")[0][command][1], _told("zh")[0][command][1], strict=True):
        assert _unwrapped(english) not in shown
        assert _CHINESE_CHARACTER.search(chinese)
        assert _unwrapped(chinese) in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_english_help_stays_english(command: str) -> None:
    shown = _help(command, "en")
    words, options = _told("en")[0][command]
    assert not _CHINESE_CHARACTER.search(shown)
    assert all(told in _unwrapped(shown) for told in [*_paragraphs(words), *map(_unwrapped, options)])


def test_english_help_opens_no_catalogue() -> None:
    assert _told("en")[1] == 0
    assert _told("zh")[1] == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_chinese_help_is_wrapped_and_never_cut_off(command: str) -> None:
    shown = _help(command, "zh", "80")
    assert [row for row in shown.splitlines() if _CHINESE_CHARACTER.search(row)]
    assert "…" not in shown
    assert max(cells(row) for row in shown.splitlines()) <= 80
    assert {_unwrapped(shown)} == {_unwrapped(_help(command, "zh", columns)) for columns in ("40", "120")}


@pytest.mark.parametrize("asked", [["--lang", "zh"], ["--lang=zh"], ["--lang", "en", "--lang=zh"]], ids=" ".join)
def test_the_help_is_in_the_language_asked_for(asked: list[str]) -> None:
    assert "按征集要求检查作品。" in _run(["check", *asked, "--help"], ENGLISH).stdout


@pytest.mark.parametrize("asked", [["--lang", "en"], ["--lang=en"], ["--lang=zh", "--lang=en"]], ids=" ".join)
def test_english_can_be_asked_for_on_a_chinese_screen(asked: list[str]) -> None:
    shown = _run(["check", *asked, "--help"], CHINESE).stdout
    assert "Check entries against the rules of a call." in shown
    assert not _CHINESE_CHARACTER.search(shown)


@pytest.mark.parametrize("rest", [["--", "--lang=zh"], ["--lang", "xx"], ["--lang"]], ids=" ".join)
def test_what_asks_for_no_language_leaves_it_to_the_locale(rest: list[str]) -> None:
    assert not _CHINESE_CHARACTER.search(_run(["check", "--help", *rest], ENGLISH).stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_typers_own_words_are_chinese_too(command: str) -> None:
    shown, english = _help(command, "zh"), _help(command, "en")
    assert "用法：" in shown
    assert ("显示此帮助并退出。" in shown) is ("Show this message and exit." in english)  # as long as Typer says it so
    assert not any(sentence in shown for sentence in _TYPERS)
    for english in (
        "Usage",
        "Options",
        "Arguments",
        "Commands",
        "[default",
        "[required]",
        "[OPTIONS]",
        "COMMAND [ARGS]",
        "SECONDS",
        "<",
    ):
        assert english not in shown


def test_usage_lines_and_values_are_chinese_and_english() -> None:
    assert "check [选项] PATHS..." in _help("check", "zh")
    assert "[选项] 命令 [参数]..." in _help("rules", "zh")
    assert "--timeout 秒数" in _help("check", "zh")
    assert "（默认：30）" in _help("check", "zh")
    assert "（必填）" in _help("check", "zh")
    english = _help("check", "en")
    assert re.search(r"check .*PATHS\.\.\.$", english, re.MULTILINE)
    assert re.search(r"--timeout SECONDS .*\b30\b", english)


@pytest.mark.parametrize(("arguments", "english", "chinese"), USAGE_ERRORS)
def test_usage_errors_speak_the_language_of_the_screen(arguments: str, english: str, chinese: str) -> None:
    every = tuple(each for each, *_ in USAGE_ERRORS)
    plain, told = (_invoked(lang, "500", *every)[arguments] for lang in ("en", "zh"))
    if english in _TYPERS:  # as long as Typer says it so
        assert (english in plain[2]) is (chinese in told[2])
    else:
        assert english in plain[2]
        assert chinese in told[2]
    assert not _CHINESE_CHARACTER.search(plain[2])
    assert not any(words in told[2] for words in ("Usage", "OPTIONS", "Error", "Try"))
    assert told[0] == plain[0]


def test_a_usage_error_in_chinese_is_wrapped_between_words(tmp_path: Path) -> None:
    done = _run(["check", ".", "--only", "nix"], CHINESE, tmp_path, COLUMNS="80")
    assert done.returncode == 2
    assert "completed、" in done.stderr
    assert all(name in done.stderr for name in ("not-entered-before", "signatures", "screen-text"))
