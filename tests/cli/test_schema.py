"""The schemas that the program prints, held against what it writes of real files and against the rules at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from tests.clips import surgery
from tests.kit import put
from vidcheck.cli import build as application
from vidcheck.rules.sources import preset_names, preset_text

if TYPE_CHECKING:
    from typer.testing import Result

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    """Runs the command inside this process."""
    return CliRunner().invoke(application(), list(arguments))


def printed(what: str) -> Any:
    done = run("schema", what)
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def errors(told: Any, what: str) -> list[str]:
    checker = jsonschema.Draft202012Validator(printed(what), format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(told)]


class Texts(yaml.SafeLoader):
    """Plain scalars as texts, whole numbers and yes/no, as an editor's YAML reader makes them; dates stay texts."""


Texts.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("what", ["report", "facts", "rules"])
def test_each_is_a_schema(what: str) -> None:
    schema = printed(what)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_facts_of_real_files_are_valid(tmp_path: Path) -> None:
    clip = surgery.clip()
    put(tmp_path / "good.mp4")
    put(tmp_path / "tagged.mp4", surgery.add_tag(clip, "©nam", b"\x1b[31m\xff title"))
    put(tmp_path / "silent.mp4", surgery.remove_track(clip, "soun"))
    put(tmp_path / "undated.mp4", surgery.set_creation_time(clip, 0))
    put(tmp_path / "odd.mp4", surgery.set_pixel_aspect(surgery.set_rotation(clip, 90), 12, 11))
    put(tmp_path / "cut.mp4", clip[: len(clip) // 2])
    put(tmp_path / "text.mp4", b"no film")
    put(tmp_path / "空.mp4", b"")
    done = run("facts", str(tmp_path), "--format", "json", "--checksum")
    told = json.loads(done.stdout)
    assert errors(told, "facts") == []
    assert len(told["entries"]) == 8
    assert any(fact.get("absent") for entry in told["entries"] for fact in entry["facts"].values())
    assert any(fact.get("unknown") for entry in told["entries"] for fact in entry["facts"].values())


def test_the_rules_at_hand_and_every_preset_are_valid() -> None:
    texts = {
        "rules.yaml": (ROOT / "rules.yaml").read_text(encoding="utf-8"),
        **{name: preset_text(name) for name in preset_names()},
    }
    schema = printed("rules")
    checker = jsonschema.Draft202012Validator(schema)
    for name, text in texts.items():
        told = yaml.load(text, Texts)  # noqa: S506 - a safe loader's child
        assert [error.message for error in checker.iter_errors(told)] == [], name
        assert list(checker.iter_errors({**told, "vidcheck": 2})), name


def test_rules_schema_is_the_same_command() -> None:
    assert json.loads(run("rules", "schema").stdout) == printed("rules")


def test_a_wrong_name_is_code_2_and_the_right_ones_are_named() -> None:
    done = run("schema", "reports")
    assert (done.exit_code, done.stdout) == (2, "")
    words = " ".join(done.stderr.replace("│", " ").split())
    assert "'reports' is none of report, facts, rules" in words
    assert run("schema").exit_code == 2
