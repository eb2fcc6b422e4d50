"""The content of `rules list` and `rules explain`, as values that the caller shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidcheck.facts import visible
from vidcheck.quantities import DATE, FINGERPRINT, FLAG, LISTED, RESOLUTION, SIZES, WORDS
from vidcheck.rules.conditions import TOLERANCES
from vidcheck.rules.constraints import CONSTRAINTS, Takes, applicable
from vidcheck.rules.language import CONTAINER_DATE_KEY, CONTEST, FORMS, HEADS, OPTIONS
from vidcheck.rules.model import IfUnknown
from vidcheck.rules.phrases import tolerated
from vidcheck.rules.problems import fault
from vidcheck.rules.spelling import nearest
from vidcheck.rules.summary import summarise_rules
from vidcheck.rules.values import example_of, examples_of
from vidcheck.rules.wishes import wish
from vidcheck.texts import Plain, Readable, join, say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from vidcheck.facts import Key
    from vidcheck.findings import Level, Place, RuleSummary
    from vidcheck.quantities import Kind
    from vidcheck.rules.model import Limit, Rule, Rules

    Knowing = Mapping[str, Collection[str]]
    """The keys that each witness can observe."""

_EXAMPLES: dict[str, str] = {
    "size": "{min: 100 MB, max: 200 MiB}", "duration": "{min: 2 min, max: 5 min, tolerance: 0.5 s}",
    "resolution": "{min: 1280x720, level: recommended}", "completed": "{from: 2020-01-01, to: 2022-02-28}",
    "picture.share": "{min: 90 %}", "size.media-share": "{min: 90 %}",
    "aspect-ratio": "{is: 16:9, tolerance: 1 %}", "format": "{is: mp4}", "file.name": r"{matches: '\d{3}_.+\.mp4'}",
    "video.frame-rate": "{any-of: [24, 25, 29.97, 30]}", "video.codec": "{any-of: [h264, hevc]}", "bit-rate": "{max: 8 Mbps}",
    "video.bit-rate": "{min: 2 Mbps}", "audio.bit-rate": "{min: 128 kbps}", "audio.sample-rate": "{any-of: [44100 Hz, 48 kHz]}",
    "audio.languages": "{contains: zh}", "audio.count": "{min: 1}", "video.count": "{is: 1}", "title": "{max-length: 30}",
    "video.bit-depth": "{any-of: [8, 10]}", "video.rotation": "{is: 0}", "file.extension": "{any-of: [mp4, m4v]}", "video.pixel-shape": "{is: 1:1}",
    "video.profile": "{any-of: [Main, High]}", "format.brand": "{any-of: [isom, mp42]}", "format.brands": "{contains: isom}",
    "attachment.count": "{max: 3}", "attachment.size": "{max: 20 MiB}", "attachment.kind": "{only: [pdf, jpeg, png]}",
    "form.count": "{is: 1}", "form.kind": "{only: [docx, pdf]}",
    "encrypted": "{is: no}", "fragmented": "{is: no}", "picture.duration": "{min: 2 min}", "sound.duration": "{min: 2 min}",
    "picture.count-shown": "{min: 100}", "size.media": "{min: 90 MB}", "audio.channels": "{is: 2}",
    "declared.title": "{max-length: 30}", "declared.summary": "{min-length: 100, max-length: 500}", "declared.innovation": "{max-length: 300}",
    "declared.reach": "{known: yes}", "declared.address": "{known: yes}", "declared.telephone": "{known: yes}",
    "declared.email": "{known: yes}", "declared.authors": "{min-count: 1, max-count: 5}", "declared.first-author": "{known: yes}",
    "declared.broadcast-url": "{known: yes}", "declared.recommender": "{known: yes}", "declared.file": "{known: yes}",
    "declared.broadcast-platform": "{known: yes}", "declared.category": "{any-of: [campus, science]}",
    "checksum": "{known: yes}", "encoder": "{known: yes}", "audio.profile": "{is: LC}",
}  # fmt: skip

_PATTERNS = {
    "file.name": r"'\d{3}_.+\.mp4'", "file.stem": r"'\d{3}_.+'", "file.extension": "'mp4|m4v'", "format.brand": "'mp4[12]|iso[m2-9]'", "encoder": "'Lavf.+'",
    "checksum": "'[0-9a-f]{64}'", "video.profile": "'High.*'", "audio.profile": "'LC|HE-AAC.*'", "video.chroma": "'4:2:[02]'",
    "video.hdr": "'none|hlg'", "format": "'mp4|mov'", "video.codec": "'h264|hevc'", "audio.codec": "'aac|mp3'",
}  # fmt: skip
"""A pattern that fits the key; `'.+'` for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One constraint of a key."""

    name: str
    meaning: Readable
    example: str
    """As it may be written: `max: 2 min`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExplained:
    """The explanation of a key."""

    key: Key
    meaning: Readable
    kind: Readable
    spellings: tuple[str, ...]
    witnesses: tuple[str, ...]
    constraints: tuple[Asking, ...]
    options: tuple[Asking, ...]
    values: tuple[str, ...]
    """The closed set of values, where there is one."""
    notes: tuple[Readable, ...]
    example: str
    """A valid rule: `duration: {min: 2 min, max: 5 min}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExplained:
    """The explanation of a rule and its keys."""

    name: str
    place: Place
    level: Level
    meaning: Readable
    asks: tuple[Asked, ...]
    """Each constraint by itself; those of `when` and of `assist` come last."""
    options: tuple[tuple[str, Readable], ...]
    """The rule's other options that are set: `if-unknown`, `evidence`, `message` and so on."""
    keys: tuple[KeyExplained, ...]
    """Those of `when` and of `assist` come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One constraint that a rule puts to a key."""

    key: str
    written: str
    """As it may be written: `min: 2 min`."""
    meaning: Readable
    place: Place
    inside: str = ""
    """`when` or `assist`, if it stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordExplained:
    """A word of the rules language that is not a key: `contest.deadline`, `when`."""

    name: str
    """The name with its parent: `contest.deadline`."""
    meaning: Readable
    example: str


def explain(name: str, rules: Rules | None, knowing: Knowing) -> KeyExplained | RuleExplained | WordExplained:
    """The rule of that name in `rules`, else the key, else the word. Raises RulesError if there is none."""
    named = {summary.rule: summary for summary in summarise_rules(rules)} if rules else {}
    if rules and name in named:
        return _explained(named[name], rules, knowing)
    if name in KEYS:
        return explain_key(KEYS[name], knowing)
    words = {option.name: option for table in (CONTEST, OPTIONS, FORMS, HEADS) for option in table.values()}
    inside = {f"contest.{option.name}": option for option in CONTEST.values()}
    word = inside.get(name) or words.get(name)
    if word:
        full = f"contest.{word.name}" if word.name in CONTEST else word.name
        return WordExplained(name=full, meaning=say(word.meaning), example=f"{word.name}: {word.example}")
    wished = wish(name)
    if wished:
        raise fault(visible(name), *wished)
    every = (*named, *KEYS, *words, *inside)
    raise fault(visible(name), say("there is no key and no rule of that name"), nearest(name, every))


def explain_key(key: Key, knowing: Knowing) -> KeyExplained:
    """What a key means, which witnesses observe it, which constraints it takes."""
    return KeyExplained(
        key=key,
        meaning=say(key.meaning),
        kind=say(key.kind.name),
        spellings=() if key.values or key.kind is WORDS else key.kind.examples,
        witnesses=tuple(witness for witness in registry.names() if key.name in knowing.get(witness, ())),
        constraints=tuple(
            Asking(name=name, meaning=say(CONSTRAINTS[name].meaning), example=f"{name}: {argument_example(name, key)}")
            for name in applicable(key)
        ),
        options=_options(key),
        values=key.values,
        notes=_notes(key),
        example=_guessed(key) if key.advisory else f"{key.name}: {_example(key)}",
    )


def _guessed(key: Key) -> str:
    """An example for a guess, which stands in `assist` alone."""
    return f"my-question: {{manual: {FORMS['manual'].example}, assist: {{{key.name}: {{only: [{example_of(key)}]}}}}}}"


def _explained(summary: RuleSummary, rules: Rules, knowing: Knowing) -> RuleExplained:
    """What a rule asks in every category, its place, and its keys."""
    alike = [rule for rule in rules.every if rule.name == summary.rule]
    conditional = [condition.key.name for rule in alike for condition in (*rule.when, *rule.assist)]
    return RuleExplained(
        name=summary.rule, place=summary.place, level=summary.level, meaning=summary.meaning,
        asks=tuple(asked for rule in alike for asked in _asks(rule)),
        options=tuple(dict.fromkeys(said for rule in alike for said in _said(rule))),
        keys=tuple(explain_key(KEYS[name], knowing) for name in dict.fromkeys([*summary.keys, *conditional])),
    )  # fmt: skip


def _asks(rule: Rule) -> Iterator[Asked]:
    for conditions, inside in ((rule.conditions, ""), (rule.when, "when"), (rule.assist, "assist")):
        for condition in conditions:
            kind = condition.key.kind
            for limit in condition.limits:
                meaning = say(CONSTRAINTS[limit.constraint].meaning)
                written = f"{limit.constraint}: {_written(limit, kind)}"
                yield Asked(key=condition.key.name, written=written, meaning=meaning, place=limit.place, inside=inside)


def _written(limit: Limit, kind: Kind) -> str:
    takes, argument = CONSTRAINTS[limit.constraint].takes, limit.argument
    if takes is Takes.VALUE:
        return kind.write(argument)
    if takes in {Takes.VALUES, Takes.TEXTS}:
        return f"[{', '.join(kind.write(one) if takes is Takes.VALUES else one for one in argument)}]"
    return "yes" if takes is Takes.YES else str(argument)


def _said(rule: Rule) -> Iterator[tuple[str, Readable]]:
    for condition in rule.conditions:
        if condition.tolerance:
            yield "tolerance", tolerated(condition.tolerance, condition.key.kind)
    if rule.if_unknown is not IfUnknown.REVIEW:
        yield "if-unknown", Plain(rule.if_unknown.value)
    if rule.evidence:
        yield "evidence", join([Plain(witness) for witness in rule.evidence])
    if rule.container_date:
        yield "container-date", Plain(rule.container_date.value)
    if rule.message:
        yield "message", rule.message
    if rule.remedy:
        yield "remedy", rule.remedy


def argument_example(name: str, key: Key) -> str:
    """An example of a constraint's argument for that key."""
    one, some = example_of(key), ", ".join(examples_of(key)[:2])
    return {
        Takes.VALUE: f"[{some}]" if key.kind is LISTED else one,
        Takes.VALUES: f"[[{one}], [{some}]]" if key.kind is LISTED else f"[{some}]",
        Takes.PATTERN: _PATTERNS.get(key.name, "'.+'"),
        Takes.NUMBER: "1" if key.kind.listed else "30",
        Takes.TEXTS: one,
        Takes.YES: "yes",
    }[CONSTRAINTS[name].takes]


def _example(key: Key) -> str:
    if key.name in _EXAMPLES:
        return _EXAMPLES[key.name]
    if key.kind is FINGERPRINT:
        return "{known: yes}"
    return (
        f"{{from: {key.kind.examples[0]}}}"
        if key.kind is DATE
        else f"{{is: {'yes' if key.kind is FLAG else example_of(key)}}}"
    )


def _options(key: Key) -> tuple[Asking, ...]:
    if key.advisory:
        return ()
    names = [
        name for name in OPTIONS if name != "assist" and (name != "container-date" or key.name == CONTAINER_DATE_KEY)
    ]
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
