"""Every mistake is answered with its place, what is wrong and the nearest valid spelling."""

import pytest
import yaml

from tests.rules.broken import BATCH, FILES, HEAD, OVER_MANY, RULES
from vidcheck import yamltext
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.sources import from_preset


def said(text: bytes) -> list[str]:
    with pytest.raises(RulesError) as caught:
        read_rules(text, "rules.yaml")
    return str(caught.value).split("\n")


@pytest.fixture(params=["quick", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "pure":
        monkeypatch.setattr(yamltext, "parser_class", lambda: yaml.BaseLoader)
    return str(request.param)


def test_the_table_is_long() -> None:
    assert len(RULES) + len(FILES) >= 45


@pytest.mark.parametrize("name", RULES)
def test_a_mistake_in_a_rule_is_told_with_its_place(name: str, parser: str) -> None:
    fragment, *expected = RULES[name]
    assert said((HEAD + fragment + "\n").encode()) == [f"rules.yaml:{line}" for line in expected]


@pytest.mark.parametrize("name", BATCH)
def test_a_mistake_in_rules_over_many_entries_and_of_categories_is_told_with_its_place(name: str, parser: str) -> None:
    fragment, *expected = BATCH[name]
    assert said((OVER_MANY + fragment + "\n").encode()) == [f"rules.yaml:{line}" for line in expected]


@pytest.mark.parametrize("name", FILES)
def test_a_mistake_in_a_file_is_told_with_its_place(name: str, parser: str) -> None:
    text, *expected = FILES[name]
    if name == "everything dropped":
        origin = from_preset("nasa-hunch-2020")
        assert origin is not None
        text = text % b", ".join(rule.name.encode() + b": off" for rule in read_rules(origin.raw).rules)
    assert said(text) == [f"rules.yaml:{line.decode()}" for line in expected]


@pytest.mark.parametrize("name", RULES)
def test_a_mistake_is_told_in_the_same_place_whatever_the_line_ends_and_the_mark(name: str) -> None:
    fragment, *expected = RULES[name]
    text = b"\xef\xbb\xbf" + (HEAD + fragment + "\n").replace("\n", "\r\n").encode()
    assert said(text) == [f"rules.yaml:{line}" for line in expected]


def test_all_mistakes_of_a_file_are_told_in_one_go_in_the_order_of_their_places() -> None:
    named = [
        (name, fragment)
        for name, (fragment, *_) in RULES.items()
        if fragment.startswith("  x: {any: [") or name.endswith("value")
    ]
    text = HEAD + "".join(fragment.replace("  ", f"  r{at}-", 1) + "\n" for at, (_, fragment) in enumerate(named))
    lines = said(text.encode())
    places = [tuple(map(int, line.split(":")[1:3])) for line in lines]
    assert places == sorted(places)
    assert {line for line, _ in places} == set(range(3, 3 + len(named)))


def test_a_problem_carries_place_hint_and_words_in_both_languages() -> None:
    with pytest.raises(RulesError) as caught:
        read_rules(b"vidcheck: 1\nrules: {format: {is: MP4}}", "calls/a.yaml")
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.place.line, problem.place.column) == ("calls/a.yaml", 2, 22)
    assert problem.hint == "mp4"
    assert str(problem) == "calls/a.yaml:2:22: format: 'MP4' is no value of format (try \"mp4\")"
