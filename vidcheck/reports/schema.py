"""JSON Schemas (2020-12) of the JSON report and of the JSON of `vidcheck facts`.

They state what programs can rely on: every member, what may be null, every enum. Limits are not restricted, because
their names are those of the rules language.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from vidcheck.findings import Choice, Level, Likely, Outcome, Verdict
from vidcheck.quantities import DATE, FINGERPRINT, FLAG, KINDS, RATIO, RESOLUTION, SHARE, SIZES, WORDS, Kind
from vidcheck.reports.json import SCHEMA
from vidcheck.texts import LANGUAGES
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_TRUE: Schema = {"const": True}
_OPTIONAL: Schema = {"type": ["string", "null"]}
_DAY: Schema = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}, {"type": "null"}]
}
"""A day in the rules' time zone, or a moment with its offset."""
_VALUES: dict[Kind, Schema] = {
    WORDS: _TEXT,
    FINGERPRINT: _TEXT,
    FLAG: _FLAG,
    **{kind: {"type": "array", "items": _TEXT} for kind in KINDS.values() if kind.listed},
    SIZES: {"type": "array", "items": _COUNT},
    SHARE: {"type": "number", "minimum": 0, "maximum": 1},
    RATIO: {"type": "string", "pattern": "^[0-9]+:[0-9]+$"},
    RESOLUTION: {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2},
    DATE: {"type": "string", "format": "date-time"},
}
_NUMBER: Schema = {"type": "number"}


def report_schema() -> Schema:
    """The schema of the JSON report."""
    entry = _object(
        path=_about(
            "The file as the user gave it, exactly; with path_bytes what can't be held stands as escapes.", _TEXT
        ),
        path_bytes=_about("The path's bytes in hex, where it is not valid Unicode.", _HEX),
        size=_about("In bytes; null where it could not be learnt.", {"type": ["integer", "null"], "minimum": 0}),
        verdict=_enum(Verdict),
        findings=_about("In the order of the rules.", _rows("finding")),
        remarks=_about("What is odd about the file at keys that no rule asks for.", _TEXTS),
        faults=_rows("fault"),
        optional=("path_bytes",),
    )
    return {
        **_head("report", "What vidcheck found."),
        **_object(
            schema={"const": SCHEMA},
            lang=_about("The language of the words for people.", _enum(LANGUAGES)),
            incomplete=_about("Whether the run was interrupted, so that entries are missing.", _FLAG),
            run=_object(
                date=_about(
                    "The run's date in the rules' time zone: no date of a file is later. Null where it is not known.",
                    {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                )
            ),
            tool=_ref("tool"),
            rules=_ref("rules"),
            summary=_object(
                entries=_COUNT, eligible=_COUNT, ineligible=_COUNT, review=_COUNT, manual=_COUNT, ignored=_COUNT
            ),
            ignored=_about(
                "The files in the folders that are not entries, sorted by path.",
                {
                    "type": "array",
                    "items": _object(path=_TEXT, path_bytes=_HEX, reason=_TEXT, optional=("path_bytes",)),
                },
            ),
            manifest=_object(unread_columns=_about("The heads of its columns that nobody reads.", _TEXTS)),
            batch=_about("Findings about several entries at once.", _rows("finding")),
            entries=_about("Sorted by path.", {"type": "array", "items": entry}),
        ),
        "$defs": {**_shared(), "finding": _finding(), "rules": _rules(), "place": _place()},
    }


def facts_schema() -> Schema:
    """The schema of what `vidcheck facts --format json` prints."""
    facts: Schema = {
        "type": "object",
        "properties": {name: {"allOf": [_ref("fact"), _valued(key.kind)]} for name, key in KEYS.items()},
        "additionalProperties": False,
    }
    entry = _object(
        path=_TEXT, path_bytes=_HEX, facts=facts, remarks=_TEXTS, faults=_rows("fault"), optional=("path_bytes",)
    )
    return {
        **_head("facts", "What is known of files, and who says so."),
        **_object(schema={"const": SCHEMA}, tool=_ref("tool"), entries={"type": "array", "items": entry}),
        "$defs": {**_shared(), "fact": _fact()},
    }


_HEX: Schema = {"type": "string", "pattern": "^([0-9a-f]{2})+$"}


def _head(name: str, about: str) -> Schema:
    return {
        "$schema": _DIALECT,
        "$id": f"urn:vidcheck:schema:{name}:{SCHEMA}",
        "title": f"vidcheck {name}",
        "description": about,
    }


def _shared() -> Schema:
    return {"tool": _tool(), "fault": _fault(), "evidence": _evidence()}


def _tool() -> Schema:
    return {
        "description": "Versions by the tool's name, and `witness`, the policy of whom to ask.",
        "type": "object",
        "properties": {"vidcheck": _TEXT},
        "required": ["vidcheck"],
        "additionalProperties": _TEXT,
    }


def _rules() -> Schema:
    rule = _object(
        rule=_TEXT,
        keys=_about("None where only a person can say.", {"type": "array", "items": _enum(KEYS)}),
        level=_enum(Level),
        limits=_about(
            "Constraint to argument in base units, with `unit`; by key inside `any`, `when` and `assist`.",
            {"type": "object"},
        ),
        place=_ref("place"),
        meaning=_TEXT,
        label=_about("What people call the rule.", _TEXT),
        optional=("label",),
    )
    return _object(
        title=_TEXT,
        source=_TEXT,
        digest=_TEXT,
        titles=_about(
            "The contest's name by language, where the rules give it in several.",
            {"type": "object", "additionalProperties": _TEXT},
        ),
        timezone=_TEXT,
        deadline=_about("The last day for entries; null where the rules name none.", _DAY),
        corrections=_about("The last day for mended entries; null where the rules name none.", _DAY),
        list={"type": "array", "items": rule},
        optional=("titles",),
    )


def _finding() -> Schema:
    return _object(
        rule=_TEXT,
        keys={"type": "array", "items": _enum(KEYS)},
        outcome=_enum(Outcome),
        level=_enum(Level),
        disputed=_about("Whether the witnesses do not agree and nobody's word settles it.", _FLAG),
        expected=_TEXT,
        actual=_TEXT,
        difference=_OPTIONAL,
        message=_TEXT,
        remedy=_OPTIONAL,
        settings=_about(
            "How to do it in each of the programs that people use; the text of the remedy says it too.",
            {"type": "array", "items": _object(program=_TEXT, words=_TEXT)},
        ),
        command=_about("An exact command for a POSIX shell, where one can be given.", _TEXT),
        evidence=_rows("evidence"),
        place=_ref("place"),
        remarks=_about(
            "What is odd about the file at these keys though no rule asks for it; no outcome rests on it.", _TEXTS
        ),
        decision=_about("What a person decided; it stands beside the outcome and counts for the verdict.", _decision()),
        suggestion=_about(
            "What a machine thinks of a question that a person has to answer, by the rule's `assist`; it decides nothing.",
            _object(
                answer=_enum(Likely),
                because=_about("What the answer rests on, or why there is none.", _TEXT),
                evidence=_rows("evidence"),
            ),
        ),
        optional=("command", "decision", "settings", "suggestion"),
    )


def _decision() -> Schema:
    return _object(
        decision=_enum(Choice),
        by=_TEXT,
        reason=_TEXT,
        date=_TEXT,
        entry=_about("The file as it was given when it was decided on.", _TEXT),
        checksum=_about("SHA-256 of the bytes that were decided on.", _TEXT),
        void=_about("Why the decision no longer holds; null where it does.", _OPTIONAL),
        place=_ref("place"),
        settles=_about("Whether it settles what people had decided differently.", _TRUE),
        against=_about(
            "Decisions of other files that differ: the outcome that counts is unknown before one settles it.",
            {"type": "array"},
        ),
        optional=("settles", "against"),
    )


def _fact() -> Schema:
    return {
        **_object(
            value=_about("In base units; null where there is none or nobody knows.", {}),
            unit=_TEXT,
            shown=_TEXT,
            absent=_TRUE,
            unknown=_TRUE,
            withheld=_about("Something was given, and it is personal data, which the report does not show.", _TRUE),
            disputed=_about("Whether the witnesses differ by more than the key allows.", _FLAG),
            evidence={"type": "array", "items": _ref("evidence"), "minItems": 1},
            optional=("unit", "absent", "unknown", "withheld"),
        ),
        **_NULLS,
    }


def _evidence() -> Schema:
    by_kind: dict[str, list[str]] = {}
    for name, key in KEYS.items():
        by_kind.setdefault(key.kind.name, []).append(name)
    kinds = {key.kind.name: key.kind for key in KEYS.values()}
    return {
        **_object(
            key=_enum(KEYS),
            witness=_enum(registry.names()),
            locator=_about("Where it stands in the witness's output, in its own terms.", _TEXT),
            raw=_about("The text or figure as it stands there.", _TEXT),
            value=_about("In base units; null where there is none or it can't be true.", {}),
            unit=_TEXT,
            absent=_TRUE,
            unknown=_TRUE,
            withheld=_about("Something was given, and it is personal data, which the report does not show.", _TRUE),
            counted=_about("False where this witness had no part in the outcome.", {"const": False}),
            note=_TEXT,
            optional=("unit", "absent", "unknown", "withheld", "counted", "note"),
        ),
        **_NULLS,
        "allOf": [
            {"if": {"properties": {"key": {"enum": names}}}, "then": _valued(kinds[kind])}
            for kind, names in by_kind.items()
        ],
    }


# With a null value, one of `absent`, `unknown` and `withheld` is present and says what null means.
_MEANINGS: list[Schema] = [{"required": [word]} for word in ("absent", "unknown", "withheld")]
_NULLS: Schema = {
    "if": {"properties": {"value": {"type": "null"}}},
    "then": {"oneOf": _MEANINGS},
    "else": {"not": {"anyOf": _MEANINGS}},
}


def _valued(kind: Kind) -> Schema:
    """The schema of a kind's values, with their unit."""
    value = {"anyOf": [_VALUES.get(kind, _NUMBER), {"type": "null"}]}
    unit: Any = {"const": kind.unit} if kind.unit else False
    return {"properties": {"value": value, "unit": unit}, **({"required": ["unit"]} if kind.unit else {})}


def _fault() -> Schema:
    return _object(witness=_enum(registry.names()), message=_TEXT)


def _place() -> Schema:
    return _object(file=_TEXT, line={"type": "integer", "minimum": 1}, column={"type": "integer", "minimum": 1})


def _object(*, optional: tuple[str, ...] = (), **members: Schema) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": [name for name in members if name not in optional],
        "additionalProperties": False,
    }


def _about(words: str, schema: Schema) -> Schema:
    return {"description": words, **schema}


def _enum(values: Any) -> Schema:
    return {"enum": [str(value) for value in values]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _rows(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}
