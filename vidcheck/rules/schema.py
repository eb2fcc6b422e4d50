"""A JSON Schema of rules.yaml, made from the vocabulary and the constraints, so that editors complete and check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vidcheck.declared.fields import FIELDS
from vidcheck.facts import Depth
from vidcheck.findings import Level
from vidcheck.quantities import (
    ANGLE,
    BIT_RATE,
    BYTES,
    COUNT,
    DATE,
    DURATION,
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
    SIZES,
    WORDS,
)
from vidcheck.rules.comparison import archived, comparable, counted
from vidcheck.rules.conditions import TOLERANCES
from vidcheck.rules.constraints import CONSTRAINTS, Takes, applicable
from vidcheck.rules.language import (
    AT_MOST,
    BATCH_FORMS,
    BATCH_OPTIONS,
    CATEGORIES,
    CONTAINER_DATE_KEY,
    CONTEST,
    ENTRIES,
    FINDS,
    FORM,
    FORMS,
    HEADS,
    OFF,
    OPTIONS,
    VERSION,
)
from vidcheck.rules.model import Form, IfFound, IfUnknown, Keep
from vidcheck.rules.phrases import tolerance_kind
from vidcheck.rules.sources import preset_names
from vidcheck.texts import LANGUAGES
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.facts import Key

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = r"(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?"
_SIGN = "[+\\-\u2212]?"
_UNIT_TIME = "(h|hours?|min|mins|minutes?|m|s|secs?|seconds?|ms|d|days?|小时|时|分钟|分|秒|毫秒|天)"
_PATTERNS: dict[str, str] = {
    BYTES.name: rf"^\s*{_NUMBER}\s*([kKmMgGtT]?[bB]|[kKmMgGtT][iI][bB]|[bB]ytes?|字节)\s*$",
    DURATION.name: rf"^\s*((\d+:)?\d+:\d{{2}}(\.\d+)?|[pP][\dtThHmMsSdD.,]+|((\d+/\d+|[\d.,]+)\s*{_UNIT_TIME}\s*)+)$",
    RESOLUTION.name: r"^\s*\d{1,6}\s*[xX×*]\s*\d{1,6}\s*$",
    SHARE.name: r"^\s*\d+(\.\d+)?(/\d+)?\s*[%％]\s*$",
    RATIO.name: r"^\s*[\d.]+\s*[:/]\s*[\d.]+\s*$",
    FRAME_RATE.name: r"^\s*(\d+\s*/\s*\d+|[\d.]+)\s*(fps|FPS|帧/秒|帧|p|P|[hH]z)?\s*$",
    BIT_RATE.name: rf"^\s*{_NUMBER}\s*[kKmMgG]?(bps|bits?/s|b/s|比特/秒)\s*$",
    FREQUENCY.name: rf"^\s*{_NUMBER}\s*(k?Hz|K?HZ|k?hz|赫兹|千赫)?\s*$",
    COUNT.name: r"^\s*\d{1,18}\s*$",
    PIXELS.name: r"^\s*\d{1,18}\s*(px|像素)?\s*$",
    ANGLE.name: r"^\s*[+-]?\d{1,6}\s*(°|deg|度)?\s*$",
    LOUDNESS.name: rf"^\s*{_SIGN}\s*{_NUMBER}\s*[lL][uUkK][fF][sS]\s*$",
    LEVEL.name: rf"^\s*{_SIGN}\s*{_NUMBER}\s*[dD][bB]\s*[tT][pP]\s*$",
    LOUDNESS_RANGE.name: rf"^\s*{_NUMBER}\s*[lL][uU]\s*$",
    DATE.name: r"^\s*(\d{4}[-/.]\d{1,2}([-/.]\d{1,2}([T ]\s*\d{1,2}:\d{2}.*)?)?|\s*\d{4}\s*年.*)\s*$",
}
_AS_NUMBER: dict[str, str] = {
    # valid values that YAML reads as numbers (YAML 1.1 reads 16:9 as 969)
    FRAME_RATE.name: "number", FREQUENCY.name: "number", COUNT.name: "integer", PIXELS.name: "integer", ANGLE.name: "integer",
    RATIO.name: "integer",
}  # fmt: skip
_LISTS = tuple(kind.name for kind in KINDS.values() if kind.listed)
_DECIDING = tuple(name for name, key in KEYS.items() if not key.advisory)
"""The keys that a rule may ask for; the others are guesses."""
_YES = [True, "yes", "true", "on", "是"]
_NO = [False, "no", "false", "off", "否"]
_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def schema() -> dict[str, Any]:
    """The schema, as a value for `json.dumps`."""
    heads: dict[str, Any] = {
        "vidcheck": {"enum": [int(VERSION), VERSION]},
        "contest": _object(
            {
                "title": _ref("words"),
                "timezone": {"type": "string"},
                "deadline": _deadline(),
                "corrections": _deadline(),
                "content": {"enum": list(map(str, Depth))},
                "entries": _ref("entries"),
            },
            CONTEST,
        ),
        "extends": {"type": "string", "examples": list(preset_names())},
        "rules": {**_ref("rules"), "minProperties": 1},
        "batch": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"not": {"enum": list(KEYS)}},
            "additionalProperties": _or_off(_ref("batch")),
        },
        "categories": _categories(),
    }
    return {
        "$schema": DIALECT,
        "title": "vidcheck rules",
        **_object(heads, HEADS),
        "required": ["vidcheck"],
        "anyOf": [{"required": ["rules"]}, {"required": ["batch"]}, {"required": ["extends"]}],
        "$defs": _definitions(),
    }


def _deadline() -> dict[str, Any]:
    day = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\s*\d{1,2}:\d{2}.*)?|\d{4}年\d{1,2}月\d{1,2}日)"
    return {"type": "string", "pattern": rf"^\s*{day}\s*$", "examples": ["2022-05-09", "2022-05-09 18:00"]}


def _definitions() -> dict[str, Any]:
    defs: dict[str, Any] = {
        f"value.{_slug(name)}": _value(name) for name in (*_PATTERNS, WORDS.name, FLAG.name, *_LISTS)
    }
    defs |= {f"tolerance.{_slug(name)}": _tolerance(name) for name in TOLERANCES}
    words = {
        "anyOf": [
            _TEXT,
            {
                "type": "object",
                "minProperties": 1,
                "properties": dict.fromkeys(LANGUAGES, _TEXT),
                "additionalProperties": False,
            },
        ]
    }
    defs |= {"entries": _entries()}
    defs |= {
        "words": words,
        "conditions": _conditions(_DECIDING),
        "rule": _named_rule(),
        "rules": _rules(),
        "batch": _batch(),
    }
    defs |= {"rule.any": _form("any", {"type": "array", "minItems": 1, "items": _ref("conditions")})}
    defs |= {"assist": _conditions(tuple(KEYS)), "rule.manual": _form("manual", _ref("words"), assist=_ref("assist"))}
    for key in KEYS.values():
        asks = {name: _argument(name, key) for name in applicable(key)}
        some = {"anyOf": [{"required": [name]} for name in asks]}
        widened = (
            {"tolerance": {**_ref(f"tolerance.{_slug(key.kind.name)}"), "description": OPTIONS["tolerance"].meaning}}
            if key.kind.name in TOLERANCES
            else {}
        )
        defs[f"condition.{key.name}"] = {**_object({**asks, **widened}), **some}
        if key.advisory:
            continue
        rule = {"fact": {"const": key.name, "description": FORMS["fact"].meaning}, **asks, **widened, **_options(key)}
        defs[f"rule.{key.name}"] = {"description": key.meaning, **_object(rule), **some}
    return defs


def _rules() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _or_off(_ref(f"rule.{name}")) for name in _DECIDING},
        "additionalProperties": _or_off(_ref("rule")),
    }


def _batch() -> dict[str, Any]:
    """A rule over many entries."""
    per = {"count": {**_ref(f"value.{_slug(COUNT.name)}"), "not": {"enum": [0, "0"]}}, "per": _compared(counted())}
    forms = {
        Form.UNIQUE: _compared(comparable()),
        Form.AT_MOST: {**_object(per, AT_MOST), "required": list(AT_MOST)},
        Form.NOT_IN_ARCHIVE: _compared(archived()),
    }
    options = {
        "label": _ref("words"), "level": {"enum": list(Level)}, "keep": {"enum": list(Keep)}, "if-found": {"enum": list(IfFound)},
        "message": _ref("words"), "remedy": _ref("words"),
    }  # fmt: skip
    shapes: dict[str, Any] = {str(form): shape for form, shape in forms.items()}
    return {
        **_object({**shapes, **options}, BATCH_FORMS | BATCH_OPTIONS),
        "oneOf": [{"required": [form]} for form in BATCH_FORMS],
        "not": {"required": [str(Form.NOT_IN_ARCHIVE), "keep"]},
    }


def _compared(names: Iterable[str]) -> dict[str, Any]:
    one = {"enum": list(names)}
    return {"anyOf": [one, {"type": "array", "minItems": 1, "uniqueItems": True, "items": one}]}


def _categories() -> dict[str, Any]:
    texts = [name for name, key in KEYS.items() if key.kind is WORDS]
    shapes: dict[str, Any] = {
        "by": {"enum": texts},
        "if-unknown": {"enum": [IfUnknown.REVIEW, IfUnknown.PASS]},
        "rules": {"type": "object", "minProperties": 1, "additionalProperties": _or_off(_ref("rules"))},
    }
    return {**_object(shapes, CATEGORIES), "minProperties": 1}


def _or_off(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"enum": [OFF, False]}, shape]}


def _value(kind: str) -> dict[str, Any]:
    if kind == FLAG.name:
        return {"enum": [*_YES, *_NO]}
    if kind == WORDS.name:
        return _TEXT
    if kind == SIZES.name:
        return _ref(f"value.{_slug(BYTES.name)}")
    if kind in _LISTS:
        return {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
    text: dict[str, Any] = {"type": "string", "pattern": _PATTERNS[kind]}
    return {"anyOf": [text, {"type": _AS_NUMBER[kind], "minimum": 0}]} if kind in _AS_NUMBER else text


def _tolerance(kind: str) -> dict[str, Any]:
    share = _ref(f"value.{_slug(SHARE.name)}")
    absolute = _ref(f"value.{_slug(tolerance_kind(KINDS[kind]).name)}")
    return {"anyOf": [absolute] if kind == DATE.name else [share, absolute], "examples": [TOLERANCES[kind]]}


def _item(key: Key) -> dict[str, Any]:
    """A value of the key, or an item of it where it is a list. Of other spellings the commonest are listed."""
    if not key.values:
        return _TEXT
    if key.spellings is None:
        return {"enum": list(key.values)}
    names = [*key.values, *(name for name, _ in key.spellings)]
    return {"enum": list(dict.fromkeys([*names, *map(str.lower, names), *map(str.upper, names)]))}


def _listed_item(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _argument(name: str, key: Key) -> dict[str, Any]:
    constraint = CONSTRAINTS[name]
    item = _item(key)
    one = _ref(f"value.{_slug(key.kind.name)}") if not key.values else _listed_item(item) if key.kind.listed else item
    shape = {
        Takes.VALUE: one,
        Takes.VALUES: {"type": "array", "minItems": 1, "uniqueItems": True, "items": one},
        Takes.PATTERN: {"type": "string", "minLength": 1},
        Takes.NUMBER: _ref(f"value.{_slug(COUNT.name)}"),
        Takes.TEXTS: {"anyOf": [item, {"type": "array", "minItems": 1, "uniqueItems": True, "items": item}]},
        Takes.YES: {"enum": _YES},
    }[constraint.takes]
    return {**shape, "description": f"{key.name} {constraint.meaning}"}


def _options(key: Key | None = None) -> dict[str, Any]:
    witness = {"enum": list(registry.names())}
    options: dict[str, Any] = {
        "label": _ref("words"),
        "level": {"enum": list(Level)},
        "when": _ref("conditions"),
        "if-unknown": {"enum": list(IfUnknown)},
        "evidence": {"anyOf": [witness, {"type": "array", "minItems": 1, "uniqueItems": True, "items": witness}]},
        "message": _ref("words"),
        "remedy": _ref("words"),
    }
    if key is not None and key.name == CONTAINER_DATE_KEY:
        options["container-date"] = {"const": IfUnknown.REVIEW}
    return {name: {**shape, "description": OPTIONS[name].meaning} for name, shape in options.items()}


def _conditions(names: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {name: _ref(f"condition.{name}") for name in names},
        "additionalProperties": False,
    }


def _form(name: str, shape: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    options = _options() | {each: {**one, "description": OPTIONS[each].meaning} for each, one in more.items()}
    return {**_object({name: {**shape, "description": FORMS[name].meaning}, **options}), "required": [name]}


def _entries() -> dict[str, Any]:
    """How a manifest is laid out."""
    label = {"type": ["string", "number"], "minLength": 1, "maxLength": 100}
    columns = {"anyOf": [label, {"type": "array", "minItems": 1, "items": label}]}
    finds = _object({"column": label, "name": {"type": "string", "minLength": 1}}, FINDS)
    properties = {
        "columns": {**_object(dict.fromkeys(FIELDS, columns)), "minProperties": 1},
        "file": {**finds, "minProperties": 1, "maxProperties": 1},
        "folder": {**_object({"column": label}, FINDS), "minProperties": 1},
        "form": {**_object({"name": {"type": "string", "minLength": 1}}, FORM), "minProperties": 1},
    }
    alone = {"not": {"required": ["file", "folder"]}}
    return {**_object(properties, ENTRIES), "minProperties": 1, **alone}


def _named_rule() -> dict[str, Any]:
    """A rule with a name of its own; its shape depends on its options."""
    by_key = [
        {"if": {"properties": {"fact": {"const": name}}, "required": ["fact"]}, "then": _ref(f"rule.{name}")}
        for name in _DECIDING
    ]
    by_form = [{"if": {"required": [form]}, "then": _ref(f"rule.{form}")} for form in ("any", "manual")]
    shapes: dict[str, Any] = {"fact": {"enum": list(_DECIDING)}, "any": {}, "manual": {}}
    return {
        "type": "object",
        "properties": {name: {**shape, "description": FORMS[name].meaning} for name, shape in shapes.items()},
        "anyOf": [{"required": [form]} for form in FORMS],
        "allOf": [*by_form, *by_key],
    }


def _object(properties: dict[str, Any], meanings: Iterable[str] | dict[str, Any] = ()) -> dict[str, Any]:
    described = {
        name: {**shape, "description": meanings[name].meaning} if isinstance(meanings, dict) else shape
        for name, shape in properties.items()
    }
    return {"type": "object", "properties": described, "additionalProperties": False}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _slug(kind: str) -> str:
    return kind.replace(" ", "-")
