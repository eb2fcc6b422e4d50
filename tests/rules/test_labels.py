"""What people call rules: `label`, else the label of the key, else the name."""

from __future__ import annotations

import pytest

from tests.kit import HEAD
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import load_rules, read_rules
from vidcheck.rules.sources import preset_names
from vidcheck.rules.summary import summarise
from vidcheck.texts import LANGUAGES
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry


def called(rules: str, lang: str = "zh", head: str = HEAD) -> list[str]:
    return [row.called.render(lang) for row in summarise(read_rules(f"{head}{rules}".encode())).rules]


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("duration: {max: 5 min}", "时长"),
        ("duration: {max: 5 min, label: {zh: 片长, en: Length}}", "片长"),
        ("long: {fact: duration, max: 5 min, label: 片长}", "片长"),
        ("long: {fact: duration, max: 5 min}", "long"),
        ("look: {manual: Look at it, label: {zh: 看一看}}", "看一看"),
    ],
)
def test_a_rule_is_called_by_its_label_else_by_its_keys_else_by_its_name(rule: str, label: str) -> None:
    assert called(f"  {rule}\n") == [label]


def test_a_rule_over_many_entries_has_a_label_too() -> None:
    assert called("batch:\n  twice: {unique: checksum, label: {zh: 重复文件}}\n", head="vidcheck: 1\n") == ["重复文件"]


def test_a_rule_that_replaces_another_keeps_its_label_unless_it_brings_one() -> None:
    head = "vidcheck: 1\nextends: heilongjiang-2022\nrules:\n"
    kept = summarise(read_rules(f"{head}  sound: {{fact: audio.count, min: 1}}\n".encode())).rules
    anew = summarise(read_rules(f"{head}  sound: {{fact: audio.count, min: 1, label: 音轨}}\n".encode())).rules
    assert [next(row.called.render("zh") for row in rows if row.rule == "sound") for rows in (kept, anew)] == [
        "声音",
        "音轨",
    ]


@pytest.mark.parametrize(
    ("label", "said"),
    [("''", "'label' says nothing"), (f"'{'x' * 81}'", "is no label"), ("{fr: x}", "is no language of reports")],
)
def test_a_label_is_one_short_line(label: str, said: str) -> None:
    with pytest.raises(RulesError, match=said):
        read_rules(f"{HEAD}  duration: {{max: 5 min, label: {label}}}\n".encode())


@pytest.mark.parametrize("preset", preset_names())
def test_every_rule_of_a_preset_has_a_label_in_every_language(preset: str) -> None:
    rules = summarise(load_rules(preset)).rules
    assert [row.rule for row in rules if row.label is None] == []
    assert [row.rule for row in rules if row.called.render("zh").isascii()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_and_witness_has_a_label(lang: str) -> None:
    assert all(key.called.render(lang) for key in KEYS.values())
    assert all(registry.called(name).render(lang) for name in registry.names())
    labels = [key.called.render(lang) for key in KEYS.values()]
    assert len(set(labels)) == len(labels), "two keys are called alike"
