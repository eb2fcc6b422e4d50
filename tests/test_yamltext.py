from __future__ import annotations

from typing import Any

import pytest
import yaml

from vidcheck import yamltext
from vidcheck.declared.tables.cells import ManifestError
from vidcheck.declared.tables.plain import look_yaml
from vidcheck.findings import Place
from vidcheck.rules.nodes import read_nodes
from vidcheck.rules.problems import Ledger, RulesError
from vidcheck.yamltext import Bounds, Mapping, Problem, Refusal, Scalar, Sequence, YamlTextError, read

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


def never(place: Place, what: Refusal, name: str, first: int) -> None:
    raise AssertionError(place, what, name, first)


def test_the_librarys_own_limit_is_found_by_its_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "parser_class", lambda: Strict)
    text = "- [[[[[[[[[["
    with pytest.raises(YamlTextError) as deep:
        read(text, "t", Bounds(depth=4, nodes=100), never)
    assert (deep.value.problem, deep.value.place) == (Problem.DEEP, Place("t", 1, 7))
    with pytest.raises(YamlTextError) as refused:
        read(text, "t", Bounds(depth=6, nodes=100), never)
    assert (refused.value.problem, refused.value.place) == (Problem.SYNTAX, Place("t", 1, 8))
    assert "zu tief" in str(refused.value.error)


def test_scalars_are_the_text_that_was_written() -> None:
    root = read("a: [16:9, no, 2022-02-28, '', ~]\nb:\n", "t", Bounds(depth=4, nodes=100), never)
    assert isinstance(root, Mapping)
    row, nothing = root.get("a"), root.get("b")
    assert isinstance(row, Sequence)
    assert [(one.text, one.missing) for one in row.items if isinstance(one, Scalar)] == [
        ("16:9", False), ("no", False), ("2022-02-28", False), ("", False), ("~", False),
    ]  # fmt: skip
    assert isinstance(nothing, Scalar)
    assert (nothing.missing, nothing.place) == (True, Place("t", 2, 1))


def test_what_is_refused_is_named_with_its_place_and_what_is_left_is_read() -> None:
    refused: list[tuple[str, str, int]] = []
    text = "a: &x 1\nb: *x\nc: !!int 2\n? [d]\n: 3\n<<: 4\ne: 5\ne: 6\n"
    root = read(
        text, "t", Bounds(depth=4, nodes=100),
        lambda place, what, name, first: refused.append((f"{place} {what.name}", name, first)),
    )  # fmt: skip
    assert refused == [
        ("t:1:4 ANCHOR", "x", 0), ("t:2:4 ALIAS", "x", 0), ("t:3:4 TAG", "tag:yaml.org,2002:int", 0),
        ("t:4:3 NAME", "", 0), ("t:6:1 MERGE", "<<", 0), ("t:8:1 TWICE", "e", 7),
    ]  # fmt: skip
    assert isinstance(root, Mapping)
    assert [(key.text, type(value).__name__) for key, value in root.pairs] == [
        ("a", "Broken"), ("b", "Broken"), ("c", "Broken"), ("e", "Scalar"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem", "place"),
    [("a: [1, 2, 3]", Problem.MANY, Place("t", 1, 8)), ("a\n--- b", Problem.SECOND_DOCUMENT, Place("t", 2, 1))],
)
def test_what_ends_the_reading_has_its_place(text: str, problem: Problem, place: Place) -> None:
    with pytest.raises(YamlTextError) as raised:
        read(text, "t", Bounds(depth=4, nodes=4), never)
    assert (raised.value.problem, raised.value.place) == (problem, place)


def test_a_text_without_a_document_has_no_root() -> None:
    assert read("# nothing\n", "t", Bounds(depth=4, nodes=4), never) is None


def test_a_broken_text_that_is_not_deep_keeps_its_own_reason() -> None:
    with pytest.raises(ManifestError, match="this is no YAML"):
        look_yaml(b"- title: [\n", "e.yaml")
