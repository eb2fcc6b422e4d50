"""The registry: a witness is one folder and one line, and everything that lists witnesses knows it from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vidcheck
from tests.clips import surgery
from tests.kit import copy_folder
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost

LINE = '    "guesser": _Line("vidcheck.witnesses.guesser", Cost.{cost}),\n'
FOLDER = '''"""The witness `guesser`: it takes the title from the file's name."""

from vidcheck.facts import Fact
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.registry import Needs, Witness


def _read(name):
    return (Fact(key="title", witness="guesser", value=name.removesuffix(".mp4"), locator="name", raw=name),)


WITNESS = Witness(
    name="guesser", keys=frozenset({"title"}), version=lambda: "0.7", look=lambda subject: subject.status.name, read=_read,
    missed="without it there is no title",
)
'''


@pytest.fixture(scope="module", params=["HEADERS", pytest.param("PARSER", marks=pytest.mark.slow)])
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one witness more: a folder and a line."""
    place = tmp_path_factory.mktemp(f"copy-{request.param}")
    package = place / "vidcheck"
    copy_folder(Path(vidcheck.__file__).parent, package)
    folder = package / "witnesses" / "guesser"
    folder.mkdir()
    (folder / "__init__.py").write_text(FOLDER)
    module = package / "witnesses" / "registry.py"
    last = '    "ffprobe": _Line('
    before, found, after = module.read_text().partition(last)
    assert found
    module.write_text(before + LINE.format(cost=request.param) + found + after)
    (place / "Sunrise.mp4").write_bytes(surgery.clip())
    return place


def ran(place: Path, *arguments: str) -> str:
    """What the copy's command prints."""
    environment = os.environ | {"PYTHONPATH": str(place), "LC_ALL": "C.UTF-8", "COLUMNS": "120"}
    command = [sys.executable, "-m", "vidcheck", *arguments]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True).stdout


def test_its_facts_are_among_the_others(copy: Path) -> None:
    told = json.loads(ran(copy, "facts", "Sunrise.mp4", "--format", "json", "--no-cache"))
    rows = told["entries"][0]["facts"]["title"]["evidence"]
    assert [row["value"] for row in rows if row["witness"] == "guesser"] == ["Sunrise"]


def test_what_it_said_is_remembered(copy: Path) -> None:
    (copy / "old.mp4").write_bytes(surgery.clip())
    os.utime(copy / "old.mp4", (1_600_000_000, 1_600_000_000))
    looks = [ran(copy, "facts", "old.mp4", "--format", "json") for _ in range(2)]
    assert '"guesser"' in looks[0]
    assert json.loads(looks[0])["entries"] == json.loads(looks[1])["entries"]


def test_rules_may_name_it(copy: Path) -> None:
    (copy / "rules.yaml").write_text("vidcheck: 1\nrules:\n  title: {is: Sunrise, evidence: guesser}\n")
    assert "eligible" in ran(copy, "check", "Sunrise.mp4", "--rules", "rules.yaml", "--no-cache")


def test_the_lists_hold_it(copy: Path) -> None:
    assert "guesser 0.7" in " ".join(ran(copy, "doctor").split())
    assert "guesser" in ran(copy, "schema", "report")
    assert "guesser" in ran(copy, "rules", "schema")
    assert "guesser" in ran(copy, "rules", "explain", "title")


def test_every_witness_bears_its_lines_name_and_tells_known_keys() -> None:
    for name in registry.names():
        witness = registry.witness(name)
        assert witness.name == name
        assert witness.keys
        assert witness.keys <= KEYS.keys()


def test_costs_are_known_without_importing_anybody() -> None:
    script = (
        "from vidcheck.witnesses import registry\nfrom vidcheck.witnesses.registry import Cost\n"
        "assert registry.costing(Cost.PARSER) == ('mediainfo',)\nimport sys\n"
        "print(*(name for name in sys.modules if name.startswith('vidcheck.witnesses.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["vidcheck.witnesses.registry"]


def test_our_own_readers_miss_nothing_and_tools_say_what_is_missed() -> None:
    tools = {witness.name for witness in registry.every() if witness.missed}
    assert tools == set(registry.costing(Cost.PARSER, Cost.PROCESS, Cost.DECODING))
