"""One film on the command line: a file alone is checked, a name like an option is explained, reports speak the screen's language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import started
from tests.kit import put, rules_text

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.process


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "film.mp4")
    (tmp_path / "rules.yaml").write_text(rules_text("duration: {max: 1 s}"), encoding="utf-8")
    return tmp_path


def test_a_file_alone_is_checked(here: Path) -> None:
    alone, named = started("film.mp4", "--rules", "rules.yaml"), started("check", "film.mp4", "--rules", "rules.yaml")
    assert (alone.returncode, alone.stdout) == (named.returncode, named.stdout)
    assert alone.returncode == 1


def test_a_file_that_is_not_there_is_answered_with_the_command(here: Path) -> None:
    done = started("gone.mp4")
    assert done.returncode == 2
    assert "To check a file or a folder: vidcheck check gone.mp4" in done.stderr


@pytest.mark.parametrize(("lang", "said"), [("en", "write ./-x.mp4"), ("zh", "请写成 ./-x.mp4")])
def test_a_name_like_an_option_is_answered_with_how_to_write_it(here: Path, lang: str, said: str) -> None:
    done = started("check", "-x.mp4", "--lang", lang)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_people_read_follows_the_screen_and_what_programs_read_is_english(here: Path) -> None:
    reports = [f"--report={name}:out.{name}" for name in ("text", "html", "markdown", "json", "csv")]
    done = started("check", "film.mp4", *reports, LC_ALL="zh_CN.UTF-8")
    assert "不合格" in done.stdout
    read = {
        name: (here / f"out.{name}").read_text(encoding="utf-8-sig") for name in ("text", "html", "markdown", "csv")
    }
    assert {name for name, content in read.items() if "时长" in content} == {"text", "html", "markdown"}
    told = json.loads((here / "out.json").read_bytes())
    assert (told["lang"], told["rules"]["list"][0]["label"]) == ("en", "Duration")
    started("check", "film.mp4", "--report=json:out.json", "--lang", "zh")
    assert json.loads((here / "out.json").read_bytes())["rules"]["list"][0]["label"] == "时长"


def test_an_address_alone_is_checked(here: Path) -> None:
    done = started("http://127.0.0.1:9/film.mp4", "--rules", "rules.yaml", "--lang", "zh")
    assert done.returncode == 3
    assert done.stdout.startswith("? http://127.0.0.1:9/film.mp4：待复核")
    assert done.stdout.count("不在公网地址上") == 1, "one cause is one line"
