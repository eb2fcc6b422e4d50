"""The JSON Schema says what the reader says, as far as a schema can."""

import datetime as dt
import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.broken import BATCH, HEAD, OVER_MANY, RULES
from tests.rules.test_reader import DESIGN
from vidcheck.rules.constraints import applicable
from vidcheck.rules.explain import KeyExplained, RuleExplained, WordExplained, explain, explain_key
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import load_rules, read_rules
from vidcheck.rules.schema import schema
from vidcheck.rules.sources import preset_names, preset_text
from vidcheck.vocabulary import KEYS

VALIDATOR = jsonschema.Draft202012Validator(schema())
NOT_OF_A_SCHEMA = {
    # what needs two values side by side, the reader's own arithmetic, or the text as it was written
    "impossible date", "duplicate rule", "duplicate constraint", "min above max", "min above max on one side", "from after to",
    "above and below meet", "lengths crossed", "counts crossed", "is beside min", "min beside above", "a value twice",
    "any-of against not", "any-of against max", "misspelt hole", "tolerance where nothing is widened", "tolerance beyond the whole",
    "bad pattern", "pattern bomb", "two forms", "manual says nothing", "off without extends", "alias", "tag", "merge key", "a name that is a list",
    "a name with white space around", "an impossible deadline",
    "batch rule named like a rule", "misspelt hole in batch", "off in batch without extends", "categories without by",
    "categories by a closed set", "no category", "categories alike", "category drops nothing", "category off without extends",
    "category as a rule's name",
}  # fmt: skip


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for tag, form, firsts in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), firsts)


def as_an_editor_reads(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, Core)))  # noqa: S506 - a SafeLoader


def as_yaml_1_1_reads(text: str) -> Any:
    return json.loads(
        json.dumps(yaml.safe_load(text), default=lambda day: day.isoformat() if isinstance(day, dt.date) else str(day))
    )


def test_the_schema_is_json() -> None:  # that it is a schema is asked of the printed one (tests/cli/test_schema.py)
    assert json.loads(json.dumps(schema())) == schema()


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_valid(name: str) -> None:
    VALIDATOR.validate(as_an_editor_reads(preset_text(name)))
    VALIDATOR.validate(as_yaml_1_1_reads(preset_text(name)))


def test_the_rules_of_the_design_page_are_valid() -> None:
    VALIDATOR.validate(as_an_editor_reads(DESIGN))
    VALIDATOR.validate(as_yaml_1_1_reads(DESIGN))


@pytest.mark.parametrize("name", [name for name in RULES if name not in NOT_OF_A_SCHEMA])
def test_a_mistake_that_a_schema_can_see_is_refused(name: str) -> None:
    assert not VALIDATOR.is_valid(as_an_editor_reads(HEAD + RULES[name][0]))


@pytest.mark.parametrize("name", [name for name in BATCH if name not in NOT_OF_A_SCHEMA])
def test_a_mistake_in_rules_over_many_entries_that_a_schema_can_see_is_refused(name: str) -> None:
    assert not VALIDATOR.is_valid(as_an_editor_reads(OVER_MANY + BATCH[name][0]))


def test_most_mistakes_are_seen_by_the_schema() -> None:
    assert len(NOT_OF_A_SCHEMA) * 2 < len(RULES) + len(BATCH)


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_every_example_of_explain_loads_and_is_valid(key: Any) -> None:
    explained = explain_key(key, {"boxes": frozenset({key.name})})
    assert explained.witnesses == ("boxes",)
    asks = [f"{key.name}: {{{asking.example}}}" for asking in explained.constraints]
    live = [explained.example, *(f"x: {{manual: y, assist: {{{ask}}}}}" if key.advisory else ask for ask in asks)]
    asked = {asking.name: asking.example for asking in explained.constraints}
    first = asked.get("any-of", asked["known"])  # a fingerprint can't be written
    live += [f"{key.name}: {{{first}, {option.example}}}" for option in explained.options]
    for example in live:
        text = f"vidcheck: 1\nrules:\n  {example}\n"
        read_rules(text.encode())
        VALIDATOR.validate(as_an_editor_reads(text))


def test_a_key_is_explained_with_its_closed_set_and_notes() -> None:
    told = explain("video.codec", None, {})
    assert isinstance(told, KeyExplained)
    assert "hevc" in told.values
    rate = explain("video.frame-rate", None, {})
    assert isinstance(rate, KeyExplained)
    notes = [note.render("en") for note in rate.notes]
    assert notes[0] == "Without a tolerance, values within 0.02 % count as equal."
    assert notes[1].startswith("Where witnesses differ, boxes decides: the table of times")


def test_a_rule_is_explained_with_its_place_and_keys() -> None:
    rules = load_rules("anhui-teachers-2018")
    told = explain("size-to-10-min", rules, {})
    assert isinstance(told, RuleExplained)
    assert told.place.file == "anhui-teachers-2018.yaml"
    assert [key.key.name for key in told.keys] == ["size", "duration"]


def test_a_rule_that_bears_a_keys_name_is_explained_as_a_rule() -> None:
    told = explain("duration", load_rules("heilongjiang-2022"), {})
    assert isinstance(told, RuleExplained)
    assert told.place.file == "heilongjiang-2022.yaml"
    assert [(asked.written, asked.place.line) for asked in told.asks] == [
        ("min: 2 min", told.place.line), ("max: 5 min", told.place.line),
    ]  # fmt: skip
    assert [(name, words.render("en")) for name, words in told.options] == [("tolerance", "0.5 s")]
    assert [key.key.name for key in told.keys] == ["duration"]


def test_all_that_a_rule_says_is_explained() -> None:
    rule = """
      {fact: completed, from: 2020-01-01, known: yes, if-unknown: fail, evidence: [boxes, mediainfo],
       container-date: review, message: m, remedy: r, when: {video.codec: {any-of: [h264, hevc]}}}"""
    told = explain("x", read_rules(f"vidcheck: 1\nrules:\n  x: {rule}".encode()), {})
    assert isinstance(told, RuleExplained)
    assert [(asked.key, asked.written, asked.inside) for asked in told.asks] == [
        ("completed", "from: 2020-01-01", ""), ("completed", "known: yes", ""),
        ("video.codec", "any-of: [h264, hevc]", "when"),
    ]  # fmt: skip
    assert {name: words.render("en") for name, words in told.options} == {
        "if-unknown": "fail", "evidence": "boxes, mediainfo", "container-date": "review",
        "message": "m", "remedy": "r",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "full"), [("deadline", "contest.deadline"), ("contest.timezone", "contest.timezone"), ("when", "when")]
)
def test_the_words_of_the_language_are_explained_too(name: str, full: str) -> None:
    told = explain(name, load_rules("nasa-hunch-2020"), {})
    assert isinstance(told, WordExplained)
    assert told.name == full


def test_what_is_neither_key_nor_rule_is_refused_with_the_nearest() -> None:
    with pytest.raises(RulesError, match='there is no key and no rule of that name \\(try "duration"\\)'):
        explain("duratoin", load_rules("nasa-hunch-2020"), {})


@given(st.sampled_from(sorted(name for name, key in KEYS.items() if "is" in applicable(key))), st.data())
def test_what_a_kind_writes_is_valid(name: str, data: st.DataObject) -> None:
    key = KEYS[name]
    text = data.draw(st.sampled_from(key.values or key.kind.examples)).strip("[]")
    written = key.kind.write(key.kind.read(text))
    asked = {name: {"is": written}}
    rules = {"x": {"manual": "y", "assist": asked}} if key.advisory else asked
    VALIDATOR.validate({"vidcheck": 1, "rules": rules})
