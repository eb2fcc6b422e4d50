from __future__ import annotations

from typing import Any

import pytest
import yaml

from vidcheck.declared.tables.cells import ManifestError
from vidcheck.declared.tables.plain import look_yaml
from vidcheck.nesting import too_deep
from vidcheck.rules.nodes import read_nodes
from vidcheck.rules.problems import Ledger, RulesError

DEPTHS = [30, 999, 1_000, 1_001, 2_000, 100_000]
"""PyYAML 6.0.4 stops at 1,000 by itself; earlier ones don't stop."""


class Strict(yaml.BaseLoader):
    """A YAML library that takes five levels and no more, in words that nobody can foresee."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:  # noqa: N803 - the library's own name
        if self.flow_level == 5:
            raise yaml.scanner.ScannerError(None, None, "zu tief", self.get_mark())
        super().fetch_flow_collection_start(TokenClass)


@pytest.mark.parametrize("opened", ["[", "{a: ", "- ", "[{a: "])
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_manifest_nested_too_deep_is_refused_in_our_words(opened: str, depth: int) -> None:
    with pytest.raises(ManifestError, match=r"^e\.yaml:1:\d+: this is nested deeper than 6 levels$"):
        look_yaml((opened * depth).encode(), "e.yaml")


@pytest.mark.parametrize("opened", ["[", "{a: ", "- ", "[{a: "])
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_rules_file_nested_too_deep_is_refused_in_our_words(opened: str, depth: int) -> None:
    with pytest.raises(RulesError, match=r"3:\d+: this is nested deeper than 24 levels"):
        read_nodes(f"vidcheck: 1\nrules:\n  {opened * depth}".encode(), "r.yaml", Ledger([]))


def test_the_librarys_own_limit_is_found_by_its_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "CBaseLoader", Strict, raising=False)
    text = "- [[[[[[[[[["
    with pytest.raises(yaml.MarkedYAMLError, match="zu tief") as refused:
        list(yaml.parse(text, Loader=Strict))
    mark = too_deep(text, refused.value, 4)
    assert mark is not None
    assert (mark.line, mark.column) == (0, 6)
    assert too_deep(text, refused.value, 6) is None


def test_a_broken_text_that_is_not_deep_keeps_its_own_reason() -> None:
    with pytest.raises(ManifestError, match="this is no YAML"):
        look_yaml(b"- title: [\n", "e.yaml")
