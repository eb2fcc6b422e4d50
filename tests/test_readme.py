"""What the README shows is what the program says. Rewrite it with VIDCHECK_UPDATE_README=1."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.run import vidcheck
from tests.kit import needs_ffprobe
from vidcheck.quantities import KINDS
from vidcheck.reports import FORMATS
from vidcheck.rules.constraints import CONSTRAINTS
from vidcheck.rules.language import BATCH_FORMS, BATCH_OPTIONS, OPTIONS
from vidcheck.rules.sources import presets
from vidcheck.vocabulary import KEYS

README = Path(__file__).parent.parent / "README.md"
UPDATE = bool(os.environ.get("VIDCHECK_UPDATE_README"))
RUN = re.compile(r"<!-- \$ (?P<command>vidcheck .*?) -->\n```text\n(?P<shown>.*?)```\n", re.DOTALL)


def compare(old: str, new: str) -> None:
    text = README.read_text(encoding="utf-8")
    if UPDATE and old != new:
        README.write_text(text.replace(old, new, 1), encoding="utf-8")
        return
    assert old == new


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `vidcheck demo` has run."""
    folder = tmp_path_factory.mktemp("readme")
    assert vidcheck("demo", cwd=folder).returncode == 0
    return folder


@needs_ffprobe
@pytest.mark.parametrize("command", [found["command"] for found in RUN.finditer(README.read_text(encoding="utf-8"))])
def test_every_shown_command_prints_what_is_shown(samples: Path, command: str) -> None:
    block = next(found for found in RUN.finditer(README.read_text(encoding="utf-8")) if found["command"] == command)
    done = vidcheck(
        *shlex.split(command)[1:], cwd=samples, COLUMNS="100" if "--help" in command else "80", TERMINAL_WIDTH="100"
    )
    printed = "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()) + "\n"
    printed = printed.replace("python -m vidcheck", "vidcheck")
    compare(block[0], block[0].replace(f"```text\n{block['shown']}", f"```text\n{printed}"))


def table(rows: list[str]) -> str:
    return "".join(f"| {row} |\n" for row in rows)


def kinds(name: str) -> str:
    takes = [kind.name for kind in KINDS.values() if CONSTRAINTS[name].kinds(kind)]
    return "every kind" if len(takes) == len(KINDS) else ", ".join(takes)


FOR = {
    "json": "programs: stable, with a schema", "text": "people: what the screen shows", "jsonl": "programs that read along, an entry a line",
    "html": "the committee: one file with filters, plots and boxes to tick, good on paper", "junit": "CI: a suite an entry, a case a rule",
    "sarif": "CI: SARIF 2.1.0, every rule and outcome", "github": "GitHub: annotations", "gitlab": "GitLab: code quality",
    "markdown": "a step summary or a mail", "csv": "spreadsheets, a row a finding", "xlsx": "Excel: summary, matrix, findings",
    "contacts": "whom to ask: contacts and what is open, as CSV; the one report with people's addresses",
}  # fmt: skip


TABLES = {
    "formats": lambda: table(
        [f"`{name}` | {' '.join(f'`.{end}`' for end in one.extensions)} | {FOR[name]}" for name, one in FORMATS.items()]
    ),
    "constraints": lambda: table([f"`{name}` | {kinds(name)} | {one.meaning}" for name, one in CONSTRAINTS.items()]),
    "batch": lambda: table([f"`{name}` | {one.meaning}" for name, one in (BATCH_FORMS | BATCH_OPTIONS).items()]),
    "options": lambda: table([f"`{name}` | {one.meaning}" for name, one in OPTIONS.items()]),
    "presets": lambda: table([f"`{name}` | {title.render('en')}" for name, title in presets().items()]),
    "keys": lambda: table([f"`{name}` | {key.meaning}" for name, key in KEYS.items()]),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_what_the_program_knows(name: str) -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"(?P<head>\|---\|[-|]*\n)(?P<rows>(?:\|.*\n)*)<!-- {name} -->\n", text)
    assert found, name
    compare(found[0], f"{found['head']}{TABLES[name]()}<!-- {name} -->\n")


def test_every_option_of_check_is_told_of_in_the_help() -> None:
    assert "--report" in vidcheck("check", "--help").stdout


def test_the_two_commands_of_the_readme_stand_as_they_must() -> None:
    text = README.read_text(encoding="utf-8")
    assert "pip install . && vidcheck demo\n" in text
    assert 'pip install -e ".[dev]" -c constraints.txt && pytest\n' in text


def test_the_rules_over_many_entries_in_the_readme_are_sound() -> None:
    from vidcheck.rules.reader import read_rules

    section = README.read_text(encoding="utf-8").partition("### Rules over many entries")[2]
    found = re.search(r"```yml\n(.*?)```", section, re.DOTALL)
    assert found
    assert len(read_rules(found[1].encode(), "README.md").names) == 7


def test_the_rules_about_declared_data_in_the_readme_are_sound() -> None:
    from vidcheck.rules.reader import read_rules

    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"```yml\n(vidcheck: 1\n.*?)```", text, re.DOTALL)
    declared, forms = (read_rules(block.encode(), "README.md") for block in blocks)
    assert declared.layout is not None
    assert len(declared.rules) == 5
    assert len(forms.rules) == 6


def test_the_fields_that_the_readme_names_are_those_there_are() -> None:
    from vidcheck.declared.fields import FIELDS, field_for

    text = README.read_text(encoding="utf-8")
    told = re.findall(
        r"`([a-z-]+)` ([\u4e00-\u9fff（）]+)[,.]",
        text.partition("### Declared data")[2].partition("```yml")[0].replace("\n", " "),
    )
    assert len(told) == len(FIELDS) - 3  # platform, address and both in one cell are told in one phrase
    for name, label in told:
        assert field_for(label) is FIELDS[name]


def test_the_rules_in_the_readme_are_sound() -> None:
    from vidcheck.rules.reader import read_rules

    text = README.read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(read_rules(block.encode(), "README.md").rules) == 12
