"""Reading is total: whatever stands in a file, it comes to rules or to problems with places."""

import re
from functools import partial
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from vidcheck import yamltext
from vidcheck.rules.constraints import CONSTRAINTS, applicable
from vidcheck.rules.language import CONTEST, FORMS, HEADS, OPTIONS
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.sources import preset_names, preset_text
from vidcheck.rules.summary import summarise
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

NAMES = st.sampled_from(
    [
        *KEYS,
        *CONSTRAINTS,
        *HEADS,
        *CONTEST,
        *FORMS,
        *OPTIONS,
        *registry.names(),
        "zh",
        "en",
        "<<",
        "max:5",
        "x",
        "a：b",
        "",
        "~",
    ]
)
VALUES = st.sampled_from(
    ["mp4", "MP4", "yes", "no", "off", "1", "-1", "16:9", "1:30", "29.97", "100 MB", "100M", "2022-02-30", "2022-02-28", "1280x720",
     "''", "~", "null", "5 %", "*a", "&a", "!!str x", "'(a'", "'\\d+'", "required", "fail"]
)  # fmt: skip
NODES = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda row: "[" + ", ".join(row) + "]")
        | st.lists(st.tuples(NAMES, inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
        )
    ),
    max_leaves=12,
)
RULES = st.lists(st.tuples(NAMES, NODES), min_size=1, max_size=5)


def read_or_refuse(raw: bytes) -> None:
    try:
        summarise(read_rules(raw, "r.yaml"))
    except RulesError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert list(problems) == sorted(problems, key=lambda problem: problem.place)
    lines = raw.decode("utf-8", "replace").splitlines() or [""]
    for problem in problems:
        said = str(problem)
        assert said.isprintable(), said
        assert not re.search(r"\{(text|hint|name|key|valid|what|why)\}", said), said
        assert problem.render("zh")
        if problem.place.file == "r.yaml":
            assert 1 <= problem.place.line <= len(lines) + 1
            assert problem.place.column >= 1


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"---\n...\n")
@example(b"- \n" * 50)
@example(b"? \n: \n")
@example(b"{" * 2000)
@example(b"%TAG ! tag:x,2000:\n---\n!a b")
def test_any_bytes_come_to_rules_or_problems(raw: bytes) -> None:
    read_or_refuse(raw)


@given(st.text(alphabet=" \n\t:{}[],'\"-#&*!|>%@`?abminx1.：，\u2028", max_size=120))
def test_any_text_of_yaml_signs_comes_to_rules_or_problems(text: str) -> None:
    read_or_refuse(f"vidcheck: 1\nrules:\n  {text}".encode())


@given(RULES)
def test_any_tree_of_the_languages_words_comes_to_rules_or_problems(pairs: list[tuple[str, str]]) -> None:
    read_or_refuse(("vidcheck: 1\nrules:\n" + "".join(f"  {name}: {node}\n" for name, node in pairs)).encode())


@given(NAMES, NODES)
def test_any_assist_comes_to_rules_or_problems(name: str, node: str) -> None:
    read_or_refuse(f"vidcheck: 1\nrules:\n  x: {{manual: y, assist: {node}}}\n".encode())
    read_or_refuse(f"vidcheck: 1\nrules:\n  x: {{manual: y, assist: {{{name}: {node}}}}}\n".encode())


@given(st.sampled_from(preset_names()), st.data())
def test_a_preset_with_a_slip_comes_to_rules_or_problems(name: str, data: st.DataObject) -> None:
    text = preset_text(name)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.text(alphabet=" \n:{}[],'\"-#&*!：x5", max_size=3))
    read_or_refuse((text[:at] + put + text[at + cut :]).encode())


@pytest.mark.usefixtures("pure")
@given(RULES)
def test_both_parsers_say_the_same(pairs: list[tuple[str, str]]) -> None:
    text = ("vidcheck: 1\nrules:\n" + "".join(f"  {name}: {node}\n" for name, node in pairs)).encode()
    said = []
    for parser in (yaml.BaseLoader, QUICK):
        yamltext.parser_class = partial(_same, parser)
        try:
            said.append(str([rule.name for rule in read_rules(text).rules]))
        except RulesError as error:
            said.append(str(error))
    if not any("sound YAML" in text or "stand here" in text or "missing" in text or "quotes" in text for text in said):
        assert said[0] == said[1]


def _same(parser: Any) -> Any:
    return parser


QUICK = yamltext.parser_class()


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "parser_class", yamltext.parser_class)


@given(st.sampled_from(sorted(name for name, key in KEYS.items() if "is" in applicable(key))), st.data())
def test_what_a_kind_writes_a_rule_reads(name: str, data: st.DataObject) -> None:
    key = KEYS[name]
    constraint = data.draw(st.sampled_from([one for one in applicable(key) if CONSTRAINTS[one].takes.name == "VALUE"]))
    text = data.draw(st.sampled_from(key.values or key.kind.examples)).strip("[]")
    value = key.kind.read(text)
    written = key.kind.write(value)
    text = f"{name}: {{{constraint}: '{written}'}}"
    text = f"x: {{manual: y, assist: {{{text}}}}}" if key.advisory else text
    rule = read_rules(f"vidcheck: 1\nrules:\n  {text}\n".encode()).rules[0]
    asked = rule.assist[0] if key.advisory else rule.asked
    assert asked is not None
    assert asked.limits[0].argument == value
