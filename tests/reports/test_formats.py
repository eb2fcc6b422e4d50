from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.reports import build
from vidcheck import reports


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("report.json", "json"),
        ("out/REPORT.JSON", "json"),
        ("out\\r.txt", "text"),
        ("report", None),
        (".json", None),
        ("a.json/report", None),
        ("-", None),
        ("", None),
    ],
)
def test_extension_means_a_format(path: str, name: str | None) -> None:
    assert reports.format_for(path) == name


@pytest.mark.parametrize("name", [row.name for row in reports.FORMATS.values() if not row.of_manifest])
def test_every_format_renders(name: str) -> None:
    assert reports.render(name, build.folder())


def test_no_extension_means_two_formats() -> None:
    every = [extension for row in reports.FORMATS.values() for extension in row.extensions]
    assert len(every) == len(set(every))


def test_json_is_rendered_by_name() -> None:
    assert json.loads(reports.render("json", build.folder()))["schema"] == 1


def test_registry_imports_no_format() -> None:
    code = "import sys, vidcheck.reports; sys.exit(any(n.startswith('vidcheck.reports.') for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
