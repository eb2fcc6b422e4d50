"""What `rules list` and `rules explain` tell: pure values; the caller shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidcheck.facts import Witness, visible
from vidcheck.quantities import DATE, FLAG, LISTED, RESOLUTION, SIZES, WORDS
from vidcheck.rules.conditions import TOLERANCES
from vidcheck.rules.constraints import CONSTRAINTS, Takes, applicable
from vidcheck.rules.language import CONTAINER_DATE_KEY, OPTIONS
from vidcheck.rules.problems import fault
from vidcheck.rules.spelling import nearest
from vidcheck.rules.summary import meaning_of
from vidcheck.rules.values import example_of
from vidcheck.texts import Plain, Readable, say
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from vidcheck.facts import Key
    from vidcheck.findings import Level, Place
    from vidcheck.rules.model import Rule, Rules

    Knowing = Mapping[Witness, Collection[str]]
    """Which keys each witness can speak of."""

_EXAMPLES: dict[str, str] = {
    "size": "{min: 100 MB, max: 200 MiB}", "duration": "{min: 2 min, max: 5 min, tolerance: 0.5 s}",
    "resolution": "{min: 1280x720, level: recommended}", "completed": "{from: 2020-01-01, to: 2022-02-28}",
    "aspect-ratio": "{is: 16:9, tolerance: 1 %}", "format": "{is: mp4}", "file.name": r"{matches: '\d{3}_.+\.mp4'}",
    "video.frame-rate": "{any-of: [24, 25, 29.97, 30]}", "video.codec": "{any-of: [h264, hevc]}", "bit-rate": "{max: 8 Mbps}",
    "video.bit-rate": "{min: 2 Mbps}", "audio.bit-rate": "{min: 128 kbps}", "audio.sample-rate": "{any-of: [44100 Hz, 48 kHz]}",
    "audio.languages": "{contains: zh}", "audio.count": "{min: 1}", "video.count": "{is: 1}", "title": "{max-length: 30}",
    "video.bit-depth": "{any-of: [8, 10]}", "video.rotation": "{is: 0}", "file.extension": "{any-of: [mp4, m4v]}",
    "video.profile": "{any-of: [Main, High]}", "format.brand": "{any-of: [isom, mp42]}", "format.brands": "{contains: isom}",
    "attachment.count": "{max: 3}", "attachment.size": "{max: 20 MiB}", "attachment.kind": "{only: [pdf, jpeg, png]}",
    "form.count": "{is: 1}", "form.kind": "{only: [docx, pdf]}",
    "checksum": "{known: yes}", "encoder": "{known: yes}", "audio.profile": "{is: LC}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One constraint of a key."""

    name: str
    meaning: Readable
    example: str
    """As it may be written: `max: 2 min`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExplained:
    """All that there is to say of a key."""

    key: Key
    meaning: Readable
    kind: Readable
    spellings: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    constraints: tuple[Asking, ...]
    options: tuple[Asking, ...]
    values: tuple[str, ...]
    """The closed set of values, where there is one."""
    notes: tuple[Readable, ...]
    example: str
    """A rule that loads: `duration: {min: 2 min, max: 5 min}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExplained:
    """One rule of a call, with what is to be said of its keys."""

    name: str
    place: Place
    level: Level
    meaning: Readable
    evidence: tuple[Witness, ...]
    """The witnesses that the rule lets count; empty: all."""
    keys: tuple[KeyExplained, ...]
    """Of `manual` none; those of `when` come last."""


def explain(name: str, rules: Rules | None, knowing: Knowing) -> KeyExplained | RuleExplained:
    """A rule of that name in the rules at hand, else the key. Raises RulesError where there is neither."""
    named = {rule.name: rule for rule in rules.rules} if rules else {}
    if rules and name in named and name not in KEYS:
        return explain_rule(named[name], rules, knowing)
    if name in KEYS:
        return explain_key(KEYS[name], knowing)
    raise fault(visible(name), say("there is no key and no rule of that name"), nearest(name, (*named, *KEYS)))


def explain_key(key: Key, knowing: Knowing) -> KeyExplained:
    """What a key means, who can tell, what can be asked of it."""
    return KeyExplained(
        key=key,
        meaning=say(key.meaning),
        kind=say(key.kind.name),
        spellings=() if key.values or key.kind is WORDS else key.kind.examples,
        witnesses=tuple(witness for witness in Witness if key.name in knowing.get(witness, ())),
        constraints=tuple(
            Asking(name=name, meaning=say(CONSTRAINTS[name].meaning), example=f"{name}: {argument_example(name, key)}")
            for name in applicable(key)
        ),
        options=_options(key),
        values=key.values,
        notes=_notes(key),
        example=f"{key.name}: {_example(key)}",
    )


def explain_rule(rule: Rule, rules: Rules, knowing: Knowing) -> RuleExplained:
    """What a rule asks, where it stands, and its keys."""
    conditional = tuple(condition.key.name for condition in rule.when)
    names = tuple(dict.fromkeys((*rule.keys, *conditional)))
    return RuleExplained(
        name=rule.name, place=rule.place, level=rule.level, meaning=meaning_of(rule, rules.zone), evidence=rule.evidence,
        keys=tuple(explain_key(KEYS[name], knowing) for name in names),
    )  # fmt: skip


def argument_example(name: str, key: Key) -> str:
    """What may stand behind a constraint of that key."""
    one = "zh" if key.kind is LISTED else example_of(key)
    some = key.values[:2] or key.kind.examples[:2]
    return {
        Takes.VALUE: "[zh, en]" if key.kind is LISTED else one,
        Takes.VALUES: "[[zh], [zh, en]]" if key.kind is LISTED else f"[{', '.join(some)}]",
        Takes.PATTERN: r"'\d{3}_.+\.mp4'",
        Takes.NUMBER: "1",
        Takes.TEXTS: one,
        Takes.YES: "yes",
    }[CONSTRAINTS[name].takes]


def _example(key: Key) -> str:
    if key.name in _EXAMPLES:
        return _EXAMPLES[key.name]
    return (
        f"{{from: {key.kind.examples[0]}}}"
        if key.kind is DATE
        else f"{{is: {'yes' if key.kind is FLAG else example_of(key)}}}"
    )


def _options(key: Key) -> tuple[Asking, ...]:
    names = [name for name in OPTIONS if name != "container-date" or key.name == CONTAINER_DATE_KEY]
    names = [name for name in names if name != "tolerance" or key.kind.name in TOLERANCES]
    examples = {name: TOLERANCES[key.kind.name] if name == "tolerance" else OPTIONS[name].example for name in names}
    return tuple(
        Asking(name=name, meaning=say(OPTIONS[name].meaning), example=f"{name}: {examples[name]}") for name in names
    )


def _notes(key: Key) -> tuple[Readable, ...]:
    notes: list[Readable] = []
    if key.kind.relative_equality:
        share = Plain(f"{float(key.kind.relative_equality * 100):g} %")
        notes.append(say("Without a tolerance, values within {share} count as equal.", share=share))
    if key.kind is RESOLUTION:
        notes.append(say("Compared without regard to orientation: long side with long side, short with short."))
    if key.kind is SIZES:
        notes.append(say("Asked of each of them; an empty list meets every limit."))
    if not key.absence_tells:
        notes.append(say("Where no witness finds it, it is unknown and goes to a person; its absence is no failure."))
    if key.settled_by and key.because:
        notes.append(
            say(
                "Where witnesses differ, {witness} decides: {because}.",
                witness=key.settled_by,
                because=say(key.because),
            )
        )
    if key.costly:
        notes.append(say("It is read only if a rule or you ask for it."))
    return tuple(notes)
