"""What can never be true of any film is an error of the rules, wherever it stands; what explains the language is sound itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vidcheck.rules.constraints import CONSTRAINTS, Takes, applicable
from vidcheck.rules.explain import explain_key
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.summary import unexplained
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.facts import Key

CLOSED = [key for key in KEYS.values() if key.values]
PLACES = (
    "{key}: {{{asked}}}",
    "x: {{fact: {key}, {asked}}}",
    "size: {{max: 5 MB, when: {{{key}: {{{asked}}}}}}}",
    "x: {{any: [{{{key}: {{{asked}}}}}]}}",
)


def problems(rules: str) -> str:
    try:
        read_rules(f"vidcheck: 1\nrules:\n  {rules}\n".encode(), "r.yaml")
    except RulesError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("key", CLOSED, ids=lambda key: key.name)
def test_a_value_outside_a_closed_set_is_refused_in_every_constraint_and_place(key: Key) -> None:
    for name in applicable(key):
        takes = CONSTRAINTS[name].takes
        if takes in {Takes.VALUE, Takes.VALUES, Takes.TEXTS, Takes.PATTERN}:
            wrong = (
                "hihgg"
                if takes in {Takes.VALUE, Takes.PATTERN}
                else "[[hihgg]]"
                if takes is Takes.VALUES and key.kind.listed
                else "[hihgg]"
            )
            for place in PLACES:
                said = problems(place.format(key=key.name, asked=f"{name}: {wrong}"))
                assert f"no value of {key.name}" in said, (name, place)


IN_ASSIST = "x: {{manual: y, assist: {{{key}: {{{asked}}}}}}}"
"""The one place of a guess."""


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: key.name)
def test_every_example_of_a_key_is_sound_rules(key: Key) -> None:
    explained = explain_key(key, {})
    assert not problems(explained.example)
    for asking in explained.constraints:
        places = (IN_ASSIST,) if key.advisory else PLACES
        assert not any(problems(place.format(key=key.name, asked=asking.example)) for place in places)
    first = explained.constraints[0].example
    assert not any(problems(f"{key.name}: {{{first}, {option.example}}}") for option in explained.options)


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("video.codec: {is: H.264}", "h264"), ("video.codec: {none-of: [h265]}", "hevc"), ("format: {not: MP4}", "mp4"), ("format: {matches: mp44}", "mp4"),
        ("video.profile: {is: Hihg}", "High"), ("attachment.kind: {contains: mp44}", "mp4"), ("file.extension: {any-of: [.MP4]}", "mp4"),
        ("audio.languages: {contains: chi}", "zh"), ("audio.languages: {only: [中文]}", "zh"), ("orientation: {is: 竖屏}", "portrait"),
        ("duration: {最长: 5 min}", "max"), ("duration: {不超过: 5 min}", "max"), ("format: {是: mp4}", "is"), ("size: {max: 5 MB, level: 推荐}", "recommended"),
        ("size: {max: 5 MB, 级别: required}", "level"),
    ],
)  # fmt: skip
def test_a_value_or_word_in_another_spelling_gets_the_right_one(rule: str, hint: str) -> None:
    assert problems(rule).endswith(f'(try "{hint}")')


def test_a_regular_expression_without_a_message_is_remarked_on_with_its_place() -> None:
    silent = "  name: {fact: file.name, matches: '.+'}\n  spoken: {fact: file.stem, matches: '.+', message: Name it}\n"
    rules = read_rules(f"vidcheck: 1\ncontest: {{timezone: UTC}}\nrules:\n{silent}".encode(), "r.yaml")
    (notice,) = (notice.render("en") for notice in unexplained(rules))
    assert notice.startswith("r.yaml:4:")
    assert "name: entrants can't read a regular expression" in notice
