"""A pattern can't eat the machine, whoever wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.values import MOST_PARTS, weight


@pytest.mark.parametrize(
    "text",
    [
        "((a{999}){999}){999}",
        "(?:xx){9999999}",
        "a{99999999999999999999}",
        "(?:(?:ab){3000}c){3000}",
        "(?x)(a) {999} {999} {999}",
        "[]a]{99999}",
        "(?:a(b{300})c){300}",
    ],
)
def test_a_pattern_bomb_is_refused_before_it_is_compiled(text: str) -> None:
    assert weight(text) > MOST_PARTS
    with pytest.raises(RulesError, match="more than 20000 parts"):
        read_rules(f"vidcheck: 1\nrules:\n  file.name: {{matches: '{text}'}}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.mp4",
        r"\d{3}_.+\.mp4", r"(?:[\u4e00-\u9fff]{2,20}_){3}\d{11}\.(?i:mp4)", "[0-9a-f]{64}_[0-9a-f]{64}", r"[^{}]{1,200}", "(a{,999}){,999}", r"\(\d{1,3}\)",
    ],
)  # fmt: skip
def test_an_ordinary_pattern_is_taken(text: str) -> None:
    assert weight(text) < MOST_PARTS // 4
    read_rules(f"vidcheck: 1\nrules:\n  file.name: {{matches: '{text}'}}\n".encode())


@given(st.text(alphabet="ab()[]{}^\\|*+?.,:0129-#xdp&~<=! ", max_size=60))
def test_any_pattern_comes_to_rules_or_a_problem(text: str) -> None:
    quoted = text.replace("'", "''")
    problems: tuple[object, ...] = ("none",)
    try:
        read_rules(f"vidcheck: 1\nrules:\n  file.name: {{matches: '{quoted}'}}\n".encode())
    except RulesError as error:
        problems = error.problems
    assert len(problems) == 1
