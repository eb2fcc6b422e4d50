"""Every mistake is answered with its place, what is wrong and the nearest valid spelling."""

import pytest
import yaml

from tests.rules.broken import BATCH, FILES, HEAD, OVER_MANY, RULES, SYNTAX
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
    lines = said(text)
    if name in SYNTAX and "this is not sound YAML: " in lines[0]:  # the library says it in words of another version
        expected = [line.split(b":")[0] for line in expected]
        lines = [":".join(line.split(":")[:2]) for line in lines]
    assert lines == [f"rules.yaml:{line.decode()}" for line in expected]


class Parser:
    """A YAML library that finds an error at once."""

    def __init__(self, words: str, place: str) -> None:
        line, column = (int(number) - 1 for number in place.split(":"))
        self._error = yaml.MarkedYAMLError(None, None, words, yaml.Mark("", 0, line, column, "", 0))

    def get_event(self) -> object:
        raise self._error


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, many in SYNTAX.items() for words in many])
def test_what_the_library_is_known_to_say_is_explained(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, expected = FILES[name]
    place, _, _ = expected.decode().partition(": ")
    monkeypatch.setattr(yamltext, "parser_class", lambda: lambda _: Parser(words, place))
    assert said(text) == [f"rules.yaml:{expected.decode()}"]


@pytest.mark.parametrize("name", [name for name in SYNTAX if name != "tab"])
def test_what_the_library_says_in_other_words_is_shown_in_its_place(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, expected = FILES[name]
    place, _, _ = expected.decode().partition(": ")
    monkeypatch.setattr(yamltext, "parser_class", lambda: lambda _: Parser("da fehlt etwas", place))
    assert said(text) == [f"rules.yaml:{place}: this is not sound YAML: da fehlt etwas"]


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
