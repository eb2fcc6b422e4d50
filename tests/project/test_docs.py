"""README and docs/ say what the program says, and every command in them runs.

What the program prints (a text block under `<!-- $ vidcheck … -->`) is written anew with VIDCHECK_UPDATE_README=1, the pages
that the program writes itself with `dev/reference`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.cli.run import vidcheck
from tests.declared import tables
from tests.kit import lasting, needs_ffprobe, put
from vidcheck.rules.decisions import read_decisions
from vidcheck.rules.reader import read_rules

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
UPDATE = bool(os.environ.get("VIDCHECK_UPDATE_README"))
SHOWN = re.compile(r"<!-- \$ (?P<command>vidcheck .*?) -->\n```text\n(?P<shown>.*?)```\n", re.DOTALL)
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^\n]+) -->\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```\n", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]+)")
INSTALLS = ("pip install . && vidcheck demo", 'pip install -e ".[dev]" -c constraints.txt && pytest')


class Block(NamedTuple):
    """A fenced block of a page."""

    page: Path
    kind: str
    body: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.body.splitlines()[0]}"


def blocks(*kinds: str) -> list[Block]:
    """The blocks of these kinds, without those that say why no test runs them."""
    found = ((page, match) for page in PAGES for match in BLOCK.finditer(page.read_text(encoding="utf-8")))
    return [Block(page, one["kind"], one["body"]) for page, one in found if one["kind"] in kinds and not one["why"]]


def commands(page: Path) -> list[str]:
    """The command lines of a page that are run, in their order."""
    lines = (line for block in blocks("sh") if block.page == page for line in block.body.splitlines())
    return [line for line in lines if line.strip() and not line.startswith("pip install ")]


def pages_with_commands() -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in PAGES if commands(page)]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `vidcheck demo` has run."""
    folder = tmp_path_factory.mktemp("samples")
    assert vidcheck("demo", cwd=folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An organizer's folder with all that the pages' commands name."""
    here = tmp_path_factory.mktemp("furnished")
    for folder in ("entries", "last-year", "作品", "去年"):
        (here / folder / "017").mkdir(parents=True)
        put(here / folder / "017.mp4", lasting("312.48"))
        put(here / folder / "017" / "film.mp4")
    for name in ("film.mp4", "good.mp4", "作品.mp4"):
        put(here / name)
    table = tables.workbook([["作品名称", "视频文件"], ["甲", "017.mp4"], ["乙", "film.mp4"]])
    for name in ("entries.xlsx", "last-year.xlsx", "登记表.xlsx", "去年.xlsx"):
        (here / name).write_bytes(table)
    assert vidcheck("check", "entries", "-q", "--only=duration", "--report=before.json", cwd=here).returncode == 1
    for name in ("after.json", "report.json", "final.json", "终审.json", "之前.json", "之后.json", "报告.json"):
        shutil.copy(here / "before.json", here / name)
    assert (
        vidcheck("archive", "add", "film.mp4", "--edition=2020", "--archive=archive.sqlite", cwd=here).returncode == 0
    )
    (here / "own.jinja").write_text('{% extends "zh" %}{% block signature %}科协{% endblock %}', encoding="utf-8")
    return here


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(furnished, tmp_path / "office"))


@pytest.mark.process
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == "README.md" else pytest.mark.slow) for name in pages_with_commands()],
)
def test_every_command_of_the_page_runs(office: Path, name: str) -> None:
    for line in commands(ROOT / name):
        for words in split(line):
            assert words[0] == "vidcheck", line
            done = vidcheck(*words[1:], cwd=office)
            assert done.returncode in {0, 1, 3}, f"{line}\n{done.stderr}"
            assert "Traceback" not in done.stderr, line


def split(line: str) -> list[list[str]]:
    """The commands of a line, parted by `&&`."""
    words, parts = shlex.split(line, comments=True), [[]]  # type: list[str], list[list[str]]
    for word in words:
        if word == "&&":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def test_only_what_needs_other_machines_is_not_run() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {found["why"] for found in BLOCK.finditer(text) if found["why"]} <= {
        "needs a Dask cluster", "needs S3 and a web server", "needs Docker", "runs all tests", "changes a checkout",
        "changes the folder that other examples use",
    }  # fmt: skip


def test_every_extra_that_a_page_installs_is_one() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for page in PAGES:
        for found in re.finditer(r"pip install [^\n]*?\[([a-z0-9,]+)\]", page.read_text(encoding="utf-8")):
            assert set(found[1].split(",")) <= set(extras), (page, found[0])


@pytest.mark.process
@needs_ffprobe
@pytest.mark.parametrize(
    ("name", "command"),
    [
        (page.relative_to(ROOT).as_posix(), found["command"])
        for page in PAGES
        for found in SHOWN.finditer(page.read_text(encoding="utf-8"))
    ],
)
def test_every_shown_command_prints_what_is_shown(samples: Path, name: str, command: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    block = next(found for found in SHOWN.finditer(text) if found["command"] == command)
    done = vidcheck(*shlex.split(command)[1:], cwd=samples, COLUMNS="80")
    printed = "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"
    if UPDATE:
        (ROOT / name).write_text(
            text.replace(block[0], block[0].replace(f"```text\n{block['shown']}", f"```text\n{printed}")),
            encoding="utf-8",
        )
        return
    assert block["shown"] == printed


def test_the_pages_that_the_program_writes_are_what_it_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "dev/reference", "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_two_commands_of_the_readme_stand_as_they_must() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in INSTALLS:
        assert text.splitlines().count(command) == 1


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_can_be_read_in_one_sitting(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 200


def test_links_between_files_lead_somewhere() -> None:
    for page in PAGES:
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            assert (page.parent / found["path"]).exists(), (page, found["path"])


@pytest.mark.parametrize("block", blocks("yaml", "yml"), ids=str)
def test_yaml_that_a_page_shows_is_sound(block: Block) -> None:
    if re.search(r"^vidcheck: 1\b", block.body, re.MULTILINE):
        if "\ndecisions:" in block.body:
            assert read_decisions(block.body.encode(), block.page.name).rows
        else:
            assert read_rules(block.body.encode(), block.page.name).names
    elif block.body.startswith("- uses: OWNER/vidcheck@"):
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        assert set(yaml.safe_load(block.body)[0]["with"]) <= set(action["inputs"])
    else:
        hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
        assert {hook["id"] for hook in yaml.safe_load(block.body)["repos"][0]["hooks"]} <= hooks


@pytest.mark.process
@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_that_a_page_shows_runs(block: Block, office: Path) -> None:
    (office / "rules.yaml").write_text("vidcheck: 1\nrules: {format: {is: mp4}}\n", encoding="utf-8")
    (office / "program.py").write_text(
        "if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in block.body.splitlines()), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=office, capture_output=True, encoding="utf-8", check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "entries/017.mp4 eligible" in done.stdout


@pytest.mark.parametrize(
    ("name", "labelled", "known"),
    [
        ("docs/declared.md", r"`(?P<name>[a-z-]+)` (?P<label>[\u4e00-\u9fff（）]+)[,.]", 3),
        ("docs/zh/declared.md", r"^\| `(?P<name>[a-z-]+)` \| (?P<label>[\u4e00-\u9fff（）]+) \|$", 11),
    ],
)
def test_the_fields_that_a_page_names_are_those_there_are(name: str, labelled: str, known: int) -> None:
    """`known` of them are named together with others, which this does not read."""
    from vidcheck.declared.fields import FIELDS, field_for

    text = (ROOT / name).read_text(encoding="utf-8").partition("```y")[0]
    if name == "docs/declared.md":
        text = text.replace("\n", " ")
    found = re.findall(labelled, text, re.MULTILINE)
    assert len(found) == len(FIELDS) - known
    for field, label in found:
        assert field_for(label) is FIELDS[field]


def test_the_map_names_every_package_and_module_at_the_top() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## The layers")[0]
    there = {
        f"vidcheck/{path.name}/" if path.is_dir() else f"vidcheck/{path.name}"
        for path in (ROOT / "vidcheck").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    named = set(re.findall(r"`(vidcheck/[\w.]+/?)`", text))
    assert named == there - {"vidcheck/__init__.py", "vidcheck/__main__.py"}


PERSONAL = ("13800138000", "zhang@example.org", "南岗区")


def test_neither_cache_nor_archive_holds_telephones_or_addresses(tmp_path: Path) -> None:
    put(tmp_path / "film.mp4")
    row = ["甲", "film.mp4", *PERSONAL]
    table = tables.workbook([["作品名称", "视频文件", "联系电话", "电子邮箱", "联系地址"], row])
    (tmp_path / "entries.xlsx").write_bytes(table)
    environment = {"VIDCHECK_CACHE_DIR": str(tmp_path / "cache"), "VIDCHECK_ARCHIVE": str(tmp_path / "archive.sqlite")}
    os.utime(tmp_path / "film.mp4", (1e9, 1e9))
    added = vidcheck(
        "archive", "add", "film.mp4", "--edition=1", "--manifest=entries.xlsx", cwd=tmp_path, **environment
    )
    done = vidcheck(
        "check", "film.mp4", "--manifest=entries.xlsx", "--report=contacts:c.csv", cwd=tmp_path, **environment
    )
    assert (added.returncode, done.returncode) == (0, 1), added.stderr + done.stderr
    kept = b"".join(
        path.read_bytes() for path in (tmp_path / "archive.sqlite", *(tmp_path / "cache").rglob("*")) if path.is_file()
    )
    assert "甲".encode() in kept
    assert not [words for words in PERSONAL if words.encode() in kept]
