"""The house: what each room may need, and what a start may cost."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

from tests.clips import surgery

PACKAGE = Path(__file__).parents[2] / "vidcheck"
PURE = [
    "vidcheck.texts", "vidcheck.quantities", "vidcheck.facts", "vidcheck.vocabulary", "vidcheck.findings", "vidcheck.remedies",
    "vidcheck.rules.reader", "vidcheck.rules.summary", "vidcheck.rules.schema", "vidcheck.engine", "vidcheck.witnesses.mp4.boxes",
    "vidcheck.witnesses.mediainfo", "vidcheck.witnesses.ffprobe", "vidcheck.witnesses.filesystem", "vidcheck.reports.json", "vidcheck.reports.text",
    "vidcheck.declared.attachments", "vidcheck.declared.forms", "vidcheck.session.attachments",
]  # fmt: skip
FOREIGN = re.compile(
    r"^(docx|lxml|pypdf|cryptography|typer|click|rich|pydantic|pymediainfo|ffmpeg|pebble|regex|jinja2|openpyxl|xlsxwriter|platformdirs)(\.|$)"
)


def said(script: str) -> list[str]:
    """The words that a script prints in a new process."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()


def imported(statement: str) -> list[str]:
    """The modules that a statement brings into a new process."""
    return said(f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))")


@cache
def modules() -> dict[Path, ast.Module]:
    """The package's modules, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def imports(tree: ast.Module) -> Iterator[str]:
    """The packages that a module imports anywhere."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name.split(".")[0] for name in names)


def test_the_engines_rooms_need_nothing_but_the_standard_library_and_yaml() -> None:
    script = """
import sys
from importlib import import_module
for room in {rooms!r}:
    before = set(sys.modules)
    import_module(room)
    print(*(f"{{room}}:{{name}}" for name in set(sys.modules) - before))
"""
    brought = [told.split(":") for told in said(script.format(rooms=PURE))]
    assert {room for room, _ in brought} >= {PURE[0], PURE[-1]}
    assert [told for told in brought if FOREIGN.match(told[1])] == []


def test_only_witnesses_know_the_foreign_tools() -> None:
    for path, tree in modules().items():
        if path.relative_to(PACKAGE).parts[0] != "witnesses":
            assert not {"pymediainfo", "ffmpeg"} & set(imports(tree)), path


def test_only_the_readers_of_forms_know_their_libraries() -> None:
    for path, tree in modules().items():
        if path.name not in {"word.py", "pdf.py"} or path.parent.name != "documents":
            assert not {"docx", "pypdf", "lxml"} & set(imports(tree)), path


def test_a_run_needs_no_probe_and_no_table_until_something_is_amiss() -> None:
    brought = imported(
        "import vidcheck.cli.check, vidcheck.session.session, vidcheck.session.dispatch, vidcheck.reports.text"
    )
    assert not {"rich.table", "pymediainfo", "vidcheck.witnesses.mediainfo", "yaml", "vidcheck.remedies"} & set(brought)


LEFT_OUT = {
    "pydantic", "rich", "yaml", "pymediainfo", "vidcheck.witnesses.mediainfo", "vidcheck.witnesses.ffprobe", "vidcheck.engine",
    "vidcheck.remedies", "importlib.metadata", "ssl",
    "asyncio.events", "pebble.asynchronous.process", "_bz2", "_lzma",
}  # fmt: skip
"""What the start of a check costs too much to bring along, for it can do without."""


def test_a_check_of_one_sound_file_brings_along_nothing_that_it_can_do_without(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("vidcheck: 1\nrules:\n  format: {is: mp4}\n  duration: {max: 4 min}\n")
    (tmp_path / "entry.mp4").write_bytes(surgery.clip())
    arguments = ["vidcheck", "check", f"{tmp_path}/entry.mp4", "--rules", f"{tmp_path}/rules.yaml", "--no-cache"]
    brought = imported(
        f"import os, sys, vidcheck.__main__\nsys.argv = {arguments}\nended = []\n"
        "os._exit = ended.append\nvidcheck.__main__.main()\nassert ended == [0]"
    )
    assert "vidcheck.reports.text" in brought
    assert not LEFT_OUT & set(brought)


def test_the_workers_server_brings_along_nothing_that_a_worker_can_do_without() -> None:
    brought = imported("import multiprocessing.forkserver, vidcheck.workers.preload")
    assert {"vidcheck.rules.reader", "vidcheck.witnesses.mediainfo", "pymediainfo", "pebble.pool.process"} <= set(
        brought
    )
    assert not {"ssl", "asyncio.events", "rich", "typer", "pydantic", "regex", "vidcheck.witnesses.ffprobe"} & set(
        brought
    )


def test_no_file_names_a_machines_path() -> None:
    for path in [
        *PACKAGE.rglob("*.py"),
        *PACKAGE.rglob("*.yaml"),
        PACKAGE.parent / "README.md",
        PACKAGE.parent / "pyproject.toml",
    ]:
        assert not re.search(r"/(work|root|home)/\w", path.read_text(encoding="utf-8")), path


def test_every_module_and_public_function_says_what_it_is_for() -> None:
    for path, tree in modules().items():
        assert ast.get_docstring(tree), path
