"""`--declare`: what an entrant, who has no table, declares of one film."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import vidcheck as package
from tests.cli.run import vidcheck
from tests.kit import put

if TYPE_CHECKING:
    from pathlib import Path

RULES = """vidcheck: 1
contest: {title: t, timezone: Asia/Shanghai, entries: {columns: {title: 片名}}}
rules:
  work: {fact: declared.title, max-length: 3}
  completed: {from: 2020-01-01, to: 2022-02-28}
categories:
  by: declared.category
  rules:
    动画: {long: {fact: duration, max: 10 s}}
    纪录短片: {long: {fact: duration, max: 1000 s}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put(tmp_path / "a.mp4")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcomes(here: Path, *declared: str) -> dict[str, str]:
    options = [word for text in declared for word in ("--declare", text)]
    vidcheck("check", "a.mp4", "--report", "json:r.json", "-q", *options, cwd=here)
    (entry,) = json.loads((here / "r.json").read_text(encoding="utf-8"))["entries"]
    return {finding["rule"]: finding["outcome"] for finding in entry["findings"]}


def test_the_category_that_is_declared_brings_its_rules(here: Path) -> None:
    assert outcomes(here, "category=动画")["long"] == "fail"
    assert outcomes(here, "类别＝纪录短片")["long"] == "pass"
    assert outcomes(here, "declared.category=动画")["long"] == "fail"
    assert outcomes(here, "category=新闻")["category"] == "unknown"


def test_fields_are_read_as_a_table_is(here: Path) -> None:
    found = outcomes(here, "片名=湿地的春天", "category=动画", "播出时间=2021年5月")
    assert (found["work"], found["completed"]) == ("fail", "pass")
    vidcheck("check", "a.mp4", "--report", "json:r.json", "-q", "--declare", "完成时间=2023-01-01", cwd=here)
    finding = json.loads((here / "r.json").read_text(encoding="utf-8"))["entries"][0]["findings"][2]
    assert (finding["outcome"], finding["evidence"][0]["locator"]) == ("fail", "--declare completed-date")


def test_without_a_category_the_screen_says_which_there_are_and_what_holds_for_all_is_checked(here: Path) -> None:
    assert "long" not in outcomes(here)
    assert outcomes(here)["completed"] == "pass"
    english = vidcheck("check", "a.mp4", "--lang", "en", cwd=here)
    assert "This call has categories: 动画, 纪录短片." in english.stdout
    assert "--declare 'category=动画'" in english.stdout
    assert english.returncode == 3
    assert "--declare '类别=动画'" in vidcheck("check", "a.mp4", "--lang", "zh", cwd=here).stdout
    (here / "rules.yaml").write_text(f"{RULES}  if-unknown: pass\n", encoding="utf-8")
    assert "This call has categories" in vidcheck("check", "a.mp4", "--lang", "en", cwd=here).stdout
    assert "This call has categories" not in vidcheck("check", "a.mp4", "--declare", "category=动画", cwd=here).stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--declare", "categroy=x"), "'categroy' is no field (try \"category\")"),
        (("--declare", "时长=5分钟"), "'时长' is no field; there are title"),
        (("--declare", "播出时间=昨天"), "播出时间: '昨天' is not a date"),
        (("--declare", "电话=12"), "电话: '(given)' is not a"),
        (("--declare", "category"), "'category' is no field with a value"),
        (("--declare", "=x"), "'=x' is no field with a value"),
        (("--declare", "title=a", "--declare", "title=b"), "the field title is declared twice"),
        (("--declare", "title=a", "--declare", "作品名称=b"), "the field title is declared twice"),
        (("--declare", "title=a", "--manifest", "t.csv"), "the manifest declares too"),
        (("b.mp4", "--declare", "title=a"), "it is for a single entry, and there are 2"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_declared_is_a_usage_error(here: Path, options: tuple[str, ...], words: str) -> None:
    put(here / "b.mp4")
    done = vidcheck("check", "a.mp4", *options, cwd=here)
    assert done.returncode == 2
    assert words in done.stderr


def test_facts_takes_declarations_and_shows_no_telephone(here: Path) -> None:
    done = vidcheck("facts", "a.mp4", "--declare", "title=湿地", "--declare", "电话=13812345678", cwd=here)
    assert "湿地" in done.stdout
    assert "13812345678" not in done.stdout


def test_python_users_declare_too(here: Path) -> None:
    report = package.check(["a.mp4"], declare={"category": "动画"}, workers=1)
    assert [finding.rule for finding in report.entries[0].failed] == ["long"]
