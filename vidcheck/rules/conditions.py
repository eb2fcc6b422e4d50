"""Reads the constraints on one key, each in the key's kind, and refuses contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.findings import Level
from vidcheck.quantities import (
    ANGLE,
    BIT_RATE,
    BYTES,
    COUNT,
    DATE,
    DURATION,
    FINGERPRINT,
    FLAG,
    FRAME_RATE,
    FREQUENCY,
    KINDS,
    LEVEL,
    LOUDNESS,
    LOUDNESS_RANGE,
    PIXELS,
    RATIO,
    RESOLUTION,
    SHARE,
    WORDS,
    Kind,
    NotAValueError,
    Shown,
    per_cent,
)
from vidcheck.rules.constraints import (
    CONSTRAINTS,
    Names,
    PatternTooSlowError,
    Takes,
    alternatives,
    applicable,
    judge,
    same_ends,
    windows,
)
from vidcheck.rules.language import FORMS, OFF, OPTIONS
from vidcheck.rules.model import Condition, Limit, Tolerance
from vidcheck.rules.phrases import tolerance_kind
from vidcheck.rules.problems import quoted
from vidcheck.rules.spelling import nearest
from vidcheck.rules.values import Desk, check_name, example_of, matches_any, read_pattern, scalar, texts, value, values
from vidcheck.rules.wishes import wish
from vidcheck.texts import listed, say
from vidcheck.vocabulary import KEYS
from vidcheck.yamltext import Broken, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.facts import Key
    from vidcheck.findings import Place
    from vidcheck.rules.constraints import Constraint
    from vidcheck.texts import Readable

_NO_TOLERANCE = (WORDS, FLAG, FINGERPRINT, *(kind for kind in KINDS.values() if kind.listed))
TOLERANCES: dict[str, str] = {
    BYTES.name: "1 MB", DURATION.name: "0.5 s", DATE.name: "1 day", RESOLUTION.name: "8x8", RATIO.name: "1 %", FRAME_RATE.name: "0.1 %",
    BIT_RATE.name: "1 %", FREQUENCY.name: "1 %", COUNT.name: "1", PIXELS.name: "8 px", ANGLE.name: "1",
    SHARE.name: "1 %", LOUDNESS.name: "1 LU", LEVEL.name: "0.5 dBTP", LOUDNESS_RANGE.name: "1 LU",
}  # fmt: skip

_MOST_IN_HINT = 5


def read_condition(pairs: Iterable[tuple[Scalar, Node]], key: Key, place: Place, desk: Desk) -> Condition | None:
    """The condition of these constraints (and a tolerance); None if any is wrong, which is recorded."""
    limits: list[Limit] = []
    asked: list[str] = []
    tolerance: tuple[Scalar, Node] | None = None
    before = len(desk.ledger.problems)
    for name, node in pairs:
        if name.text == "tolerance":
            tolerance = (name, node)
            continue
        asked.append(name.text)
        if name.text not in applicable(key):
            _not_applicable(name, key, desk)
            continue
        argument = _argument(node, name.text, key, desk)
        if argument is not None:
            limits.append(Limit(constraint=name.text, argument=argument, place=node.place))
    if not asked:
        _nothing_asked(key, place, desk)
    widened = _tolerance(*tolerance, asked, key, desk) if tolerance else None
    _find_clashes(key, tuple(limits), widened, desk)
    if len(desk.ledger.problems) > before or len(limits) != len(asked):
        return None
    return Condition(key=key, limits=tuple(limits), place=place, tolerance=widened)


def read_conditions(node: Node, name: str, desk: Desk) -> tuple[Condition, ...] | None:
    """Reads a mapping of keys to constraints, as in `when`, in `assist` and in each branch of `any`."""
    hint = "{format: {is: mp4}}"
    if isinstance(node, Broken):
        return None
    if not isinstance(node, Mapping) or not node.pairs:
        empty = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.missing)
        what = (
            say("'{name}' asks nothing", name=name)
            if empty
            else say("'{name}' takes keys with their constraints", name=name)
        )
        desk.ledger.add(node.place, what, hint)
        return None
    found = [_one(key, part, name, desk) for key, part in node.pairs]
    return tuple(part for part in found if part) if all(found) else None


def _one(name: Scalar, node: Node, whose: str, desk: Desk) -> Condition | None:
    key = KEYS.get(name.text)
    if key is None:
        if name.text in OPTIONS or name.text in FORMS:
            desk.ledger.add(
                name.place, say("'{text}' belongs to the rule, not into '{name}'", text=name.text, name=whose)
            )
        elif wished := wish(name.text):
            desk.ledger.add(name.place, *wished)
        else:
            check_name(name, node, KEYS, say("'{text}' is no key", text=quoted(name.text)), desk.ledger)
        return None
    inner = desk.within(key.name)
    if key.advisory and whose != "assist":
        inner.ledger.add(name.place, *advisory(key))
        return None
    if not isinstance(node, Mapping):
        bare(node, key, inner)
        return None
    known: list[tuple[Scalar, Node]] = []
    sound = True
    for option, part in node.pairs:
        if option.text in CONSTRAINTS or option.text == "tolerance":
            known.append((option, part))
            continue
        sound = False
        if option.text in OPTIONS or option.text in FORMS:
            inner.ledger.add(
                option.place, say("'{text}' belongs to the rule, not into '{name}'", text=option.text, name=whose)
            )
        else:
            unknown_option(option, part, key, (*applicable(key), "tolerance"), inner)
    if not known and not sound:
        return None
    condition = read_condition(known, key, name.place, inner)
    return condition if sound else None


def advisory(key: Key) -> tuple[Readable, str]:
    """What to say where a guess is to decide, and the hint."""
    what = say(
        "{key} is a guess, which decides nothing: it belongs into the 'assist' of a manual rule, where it helps a person",
        key=key.name,
    )
    return what, f"{{manual: …, assist: {{{key.name}: …}}}}"


def unknown_option(name: Scalar, node: Node, key: Key | None, valid: Iterable[str], desk: Desk) -> None:
    """Records a name that is neither a constraint nor another option of a rule."""
    if name.text in list(Level):
        desk.ledger.add(name.place, say("'{text}' is a level", text=name.text), f"level: {name.text}")
        return
    what = (
        say("'{text}' is nothing that can be asked of {key}", text=quoted(name.text), key=key.name)
        if key
        else say("'{text}' is nothing that a rule has", text=quoted(name.text))
    )
    check_name(name, node, valid, what, desk.ledger)


def bare(node: Node, key: Key, desk: Desk) -> None:
    """Records a value or a list in the place of constraints."""
    if isinstance(node, Broken):
        return
    if isinstance(node, Scalar) and not node.missing:
        name, colon, rest = node.text.replace("：", ":", 1).partition(":")
        meant = nearest(name, applicable(key)) if colon and rest.strip() and not name[:1].isdigit() else ""
        hint = (
            f"{meant}: {rest.strip()}" if meant else OFF if node.text.lower() == OFF else f"{{is: {quoted(node.text)}}}"
        )
        what = (
            say("'{text}' lacks the space after its ':'", text=quoted(node.text))
            if meant
            else say("a value stands where constraints should")
        )
        desk.ledger.add(node.place, what, hint)
    elif isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
        items = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
        desk.ledger.add(
            node.place, say("a list stands where constraints should"), f"{{any-of: [{quoted(items)}]}}" if items else ""
        )
    elif isinstance(node, Sequence):
        desk.ledger.add(node.place, say("a list stands where constraints should"))
    else:
        _nothing_asked(key, node.place, desk)


def _nothing_asked(key: Key, place: Place, desk: Desk) -> None:
    asked = "known: yes" if key.kind is FINGERPRINT else f"is: {example_of(key)}"
    desk.ledger.add(place, say("nothing is asked"), f"{{{asked}}}")


def _not_applicable(name: Scalar, key: Key, desk: Desk) -> None:
    valid = applicable(key)
    instead = next((other for other in alternatives(name.text) if other in valid), "")
    what = say(
        "'{name}' can't be asked of {key} ({kind}); it takes {valid}",
        name=name.text,
        key=key.name,
        kind=say(key.kind.name),
        valid=listed(valid),
    )
    desk.ledger.add(name.place, what, instead)


def _argument(node: Node, name: str, key: Key, desk: Desk) -> Any | None:
    takes, plural = CONSTRAINTS[name].takes, CONSTRAINTS[name].plural
    if takes is Takes.VALUES:
        return values(node, name, key, desk)
    if takes is Takes.TEXTS:
        return texts(node, name, key, desk)
    if takes is Takes.VALUE:
        if isinstance(node, Sequence) and not key.kind.listed and plural:
            items = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
            desk.ledger.add(
                node.place,
                say("'{name}' takes one value, not a list", name=name),
                f"{plural}: [{quoted(items)}]",
            )
            return None
        return value(node, name, key, desk)
    if takes is Takes.PATTERN:
        return _pattern(node, name, key, desk)
    return _whole(node, name, desk) if takes is Takes.NUMBER else _yes(node, name, desk)


def _pattern(node: Node, name: str, key: Key, desk: Desk) -> str | None:
    """A pattern; of a key with a closed set it has to match one of its values."""
    found = scalar(node, name, desk.ledger, r"'\d{3}_.+\.mp4'")
    pattern = read_pattern(found, desk.ledger) if found else None
    if found and pattern is not None and key.values and not matches_any(pattern, key.values):
        valid = nearest(found.text, key.values) or ", ".join(key.values[:_MOST_IN_HINT])
        desk.ledger.add(found.place, say("the pattern matches no value of {key}", key=key.name), valid)
        return None
    return pattern


def _whole(node: Node, name: str, desk: Desk) -> int | None:
    found = scalar(node, name, desk.ledger, "1")
    return _read(COUNT, found, desk) if found else None


def _yes(node: Node, name: str, desk: Desk) -> bool | None:
    found = scalar(node, name, desk.ledger, "yes")
    answer = _read(FLAG, found, desk) if found else None
    if found and answer is False:
        desk.ledger.add(found.place, say("'{name}' takes only yes", name=name), f"{name}: yes")
    return answer or None


def _read(kind: Kind, node: Scalar, desk: Desk) -> Any | None:
    try:
        return kind.read(node.text, desk.zone)
    except NotAValueError as error:
        desk.ledger.add_value(node.place, error)
        return None


def _tolerance(name: Scalar, node: Node, asked: list[str], key: Key, desk: Desk) -> Tolerance | None:
    hint = TOLERANCES.get(key.kind.name, "")
    if key.kind in _NO_TOLERANCE:
        desk.ledger.add(name.place, say("a tolerance can't widen {kind}", kind=say(key.kind.name)))
        return None
    if asked and not any(CONSTRAINTS[constraint].widened for constraint in asked):
        widened = [one.name for one in CONSTRAINTS.values() if one.widened]
        desk.ledger.add(
            name.place, say("nothing here is widened by a tolerance; it widens {names}", names=listed(widened))
        )
        return None
    found = scalar(node, name.text, desk.ledger, hint)
    return _widening(found, key.kind, hint, desk) if found else None


def _widening(found: Scalar, kind: Kind, hint: str, desk: Desk) -> Tolerance | None:
    text = found.text.strip()
    if text.startswith(("-", "−")):
        desk.ledger.add(found.place, say("a tolerance can't be negative"), text.lstrip("-− "))
        return None
    part = per_cent(text)
    if part is not None and kind not in (DATE, SHARE):  # of a share it is a share too
        if part > 1:
            desk.ledger.add(found.place, say("a tolerance of {text} is more than the whole", text=quoted(text)), hint)
        return Tolerance(share=part)
    try:
        return Tolerance(absolute=tolerance_kind(kind).read(text.lstrip("±"), desk.zone))
    except NotAValueError as error:
        if error.other:
            desk.ledger.add_value(found.place, error)
        else:
            desk.ledger.add(
                found.place, say("'{text}' is no tolerance of {kind}", text=quoted(text), kind=say(kind.name)), hint
            )
        return None


def _find_clashes(key: Key, limits: tuple[Limit, ...], tolerance: Tolerance | None, desk: Desk) -> None:
    """Records every contradiction between limits that are valid by themselves."""
    by_name = {limit.constraint: limit for limit in limits}
    deciding = next((name for name in by_name if CONSTRAINTS[name].decides), "")
    if deciding:
        for name, limit in by_name.items():
            if name != deciding and not CONSTRAINTS[name].presence:
                desk.ledger.add(
                    limit.place,
                    say("'{name}' adds nothing to '{all}', which says all: keep one", name=name, all=deciding),
                )
        return
    for one, other in same_ends(by_name):
        later = max(by_name[one], by_name[other], key=lambda limit: limit.place)
        desk.ledger.add(later.place, say("'{one}' and '{other}' say the same end: keep one", one=one, other=other))
    for low, high in windows(by_name):
        _check_window(key, (low, by_name[low.name]), (high, by_name[high.name]), desk)
    for limit in limits:
        if CONSTRAINTS[limit.constraint].names is Names.ALLOWED:
            _options(key, limit, limits, tolerance, desk)


def _check_window(key: Key, low: tuple[Constraint, Limit], high: tuple[Constraint, Limit], desk: Desk) -> None:
    """Records a window that no value meets."""
    (lower_row, lower), (upper_row, upper) = low, high
    counts = lower_row.takes is Takes.NUMBER
    kind = COUNT if counts else key.kind
    if kind is DATE:
        crossed = lower.argument.first > upper.argument.last
    else:
        strict = lower_row.strict or upper_row.strict
        crossed = kind.over(lower.argument, upper.argument) or (strict and kind.equal(lower.argument, upper.argument))
    if not crossed:
        return
    swapped = f"{lower_row.name}: {kind.write(upper.argument)}, {upper_row.name}: {kind.write(lower.argument)}"
    what = say(
        "nothing can meet '{low}' {lower} and '{high}' {upper} at once", low=lower_row.name, high=upper_row.name,
        lower=Shown(kind.name, lower.argument, desk.zone), upper=Shown(kind.name, upper.argument, desk.zone),
    )  # fmt: skip
    desk.ledger.add(max(lower.place, upper.place), what, swapped if lower.argument != upper.argument else "")


def _options(key: Key, options: Limit, limits: tuple[Limit, ...], tolerance: Tolerance | None, desk: Desk) -> None:
    for limit in limits:
        if limit is options or CONSTRAINTS[limit.constraint].presence:
            continue
        for option in options.argument:
            try:
                holds = judge(limit, key.kind, option, tolerance)
            except PatternTooSlowError:
                holds = True
            if holds is False:
                what = say(
                    "'{name}' rules out {value} of '{options}'",
                    name=limit.constraint, options=options.constraint, value=Shown(key.kind.name, option, desk.zone),
                )  # fmt: skip
                desk.ledger.add(limit.place, what)
                break
