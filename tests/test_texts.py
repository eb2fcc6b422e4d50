"""What people read: every message is translated, and the words are put together as promised."""

from __future__ import annotations

import ast
import pickle
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from vidcheck import texts
from vidcheck.facts import Fault
from vidcheck.quantities import KINDS, Shown
from vidcheck.rules.constraints import CONSTRAINTS
from vidcheck.rules.language import CONTEST, FORMS, HEADS, OPTIONS
from vidcheck.texts import (
    LANGUAGES,
    SOURCE,
    Fixed,
    Joined,
    Language,
    Plain,
    Spoken,
    Text,
    aside,
    fill,
    join,
    labelled,
    listed,
    marked,
    say,
    say_count,
    separator,
    system_words,
)
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from types import ModuleType

    from babel.messages.catalog import Catalog

_TABLE_FIELDS = frozenset(
    {
        "because",
        "key",
        "label",
        "meaning",
        "missed",
        "name",
        "names",
        "no",
        "phrase",
        "remedy",
        "shows",
        "single",
        "yes",
    }
)
"""Attributes that hold keys of the catalogue, marked where their tables stand."""
_HOLE = re.compile(r"\{\w+\}")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;?!]|[,;?!][\u4e00-\u9fff]|[\u4e00-\u9fff]\\.$")


def _tool() -> ModuleType:
    path = Path(__file__).parent.parent / "dev" / "catalogue"
    loader = SourceFileLoader("catalogue", str(path))
    spec = spec_from_loader("catalogue", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


catalogue = _tool()


def _modules() -> list[Path]:
    return sorted(catalogue.PACKAGE.rglob("*.py"))


def _named(path: Path) -> str:
    return path.relative_to(catalogue.ROOT).as_posix()


def _translations(catalog: Catalog) -> dict[object, tuple[str, ...]]:
    rows = [(message.id, message.string or "") for message in catalog if message.id]
    return {
        key if isinstance(key, str) else tuple(key): (told,) if isinstance(told, str) else tuple(told)
        for key, told in rows
    }


@pytest.fixture(scope="module")
def asked() -> Catalog:
    """What the source says."""
    found: Catalog = catalogue.template("zh-CN")
    return found


@pytest.fixture(scope="module", params=[lang.name for lang in LANGUAGES.values() if lang.name != SOURCE])
def lang(request: pytest.FixtureRequest) -> Language:
    """Each language that is translated into."""
    return LANGUAGES[request.param]


@pytest.fixture(scope="module")
def told(lang: Language) -> Catalog:
    """What is translated."""
    with catalogue.po_path(lang.name).open("rb") as file:
        return read_po(file, locale=lang.tag.replace("-", "_"))


def test_every_message_is_in_the_catalogue(asked: Catalog, told: Catalog) -> None:
    assert set(_translations(asked)) - set(_translations(told)) == set(), "run dev/catalogue, then translate"


def test_nothing_in_the_catalogue_has_gone_from_the_source(asked: Catalog, told: Catalog) -> None:
    assert set(_translations(told)) - set(_translations(asked)) == set(), "run dev/catalogue"
    assert list(told.obsolete) == []


def test_every_message_is_translated_and_none_is_a_guess(told: Catalog) -> None:
    assert catalogue.lacking(told) == []
    assert [message.id for message in told if message.id and message.fuzzy] == []


def test_holes_are_the_same_in_every_language(told: Catalog) -> None:
    wrong = []
    for key, words in _translations(told).items():
        said = key if isinstance(key, tuple) else (key,)
        holes = {hole for one in said for hole in _HOLE.findall(one)}
        wrong += [(key, one) for one in words if set(_HOLE.findall(one)) != holes]
    assert wrong == []


def test_sentences_keep_their_ends(lang: Language, told: Catalog) -> None:
    """What ends with a full stop or a colon does so in every language, and what does not doesn't."""
    ends = {".": "。", ":": "："} if lang.han else {".": ".", ":": ":"}
    wrong = []
    for key, words in _translations(told).items():
        english = key[0] if isinstance(key, tuple) else str(key)
        if english.endswith("..."):  # a usage line's, and Chinese has the same
            wrong += [(key, one) for one in words if not one.endswith("...")]
            continue
        end = ends.get(english.rstrip()[-1:], "")
        wrong += [(key, one) for one in words if one[-1:] != end and (end or one[-1:] in ends.values())]
    assert wrong == []


def test_chinese_sentences_have_chinese_punctuation(told: Catalog) -> None:
    words = [one for row in _translations(told).values() for one in row]
    assert [one for one in words if _CHINESE.search(one) and _HALF_WIDTH.search(one)] == []


def test_the_compiled_catalogue_says_the_same(lang: Language, told: Catalog) -> None:
    with catalogue.po_path(lang.name).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert _translations(compiled) == _translations(told), "run dev/catalogue"


@pytest.mark.parametrize("suffix", [".po", ".mo"])
def test_no_catalogue_tells_dates_people_or_tools(lang: Language, suffix: str) -> None:
    path = catalogue.po_path(lang.name).with_suffix(suffix)
    assert not re.search(
        rb"(?i)creation-date|revision-date|generated-by|last-translator|/work/|/home/", path.read_bytes()
    )


def test_what_is_written_depends_on_nothing_else(lang: Language, asked: Catalog) -> None:
    po = catalogue.po_path(lang.name).read_bytes()
    written = catalogue.updated(po, lang.tag)
    assert catalogue.po_bytes(written) == po
    assert catalogue.mo_bytes(written) == catalogue.po_path(lang.name).with_suffix(".mo").read_bytes()
    assert len(asked) == len(written)


@pytest.mark.parametrize("path", _modules(), ids=_named)
def test_messages_are_literal_or_from_a_marked_table(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.name == "texts.py":
        return
    wrong = [f"{_named(path)}:{call.lineno}: {ast.unparse(call)}" for call in _calls(tree) if not _sound(call, tree)]
    assert wrong == []


def _calls(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in catalogue.KEYWORDS]


def _sound(call: ast.Call, tree: ast.AST) -> bool:
    assert isinstance(call.func, ast.Name)
    count = catalogue.KEYWORDS[call.func.id]
    keys = call.args[:count]
    if len(keys) == count and all(catalogue.texts(key) for key in keys):
        return True
    return call.func.id == "say" and _from_a_table(keys[0], tree)


def _from_a_table(key: ast.expr, tree: ast.AST) -> bool:
    """As far as the syntax can tell: a field of a table's rows, or a name or an item of what this module has marked."""
    if isinstance(key, ast.Attribute):
        return key.attr in _TABLE_FIELDS
    if isinstance(key, ast.Subscript) and isinstance(key.value, ast.Attribute) and key.value.attr in _TABLE_FIELDS:
        return True
    if isinstance(key, ast.Call) and isinstance(key.func, ast.Attribute) and key.func.attr == "get":
        key = key.func
    if isinstance(key, ast.Name):
        return _marks(tree)
    while isinstance(key, (ast.Subscript, ast.Attribute)):
        key = key.value
    assigned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and _is(node.targets[0], key)]
    assigned += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and node.value and _is(node.target, key)
    ]
    return any(_marks(value) for value in assigned)


def _is(target: ast.expr, name: ast.expr) -> bool:
    return isinstance(target, ast.Name) and isinstance(name, ast.Name) and target.id == name.id


def _marks(tree: ast.AST) -> bool:
    nodes = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(node, ast.Name) and node.id == "marked" for node in nodes)


def _words_of_constraints() -> list[str]:
    rows = CONSTRAINTS.values()
    return [word for row in rows for word in (row.meaning, row.phrase, row.single, row.remedy) if word]


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("keys", [key.meaning for key in KEYS.values()]),
        ("labels", [key.label for key in KEYS.values()]),
        ("answers", [words for key in KEYS.values() for words in (key.yes, key.no) if words]),
        ("reasons", [key.because for key in KEYS.values() if key.because]),
        ("kinds", list(KINDS)),
        ("constraints", _words_of_constraints()),
        ("options", [each.meaning for part in (HEADS, CONTEST, FORMS, OPTIONS) for each in part.values()]),
    ],
)
def test_tables_of_other_modules_are_in_the_catalogue(told: Catalog, table: str, keys: list[str]) -> None:
    known = _translations(told)
    assert [key for key in keys if key not in known] == [], table


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("say('a {b}', b=say('c'))", ["a {b}", "c"]),
        ("say('one ' 'two')", ["one two"]),
        ("f'# {say(\"inside\").render(lang)}'", ["inside"]),
        ("say('a' if x else 'b')", ["a", "b"]),
        ("say_count('one', 'many', n)", [("one", "many")]),
        ("T = {1: marked('a')}\nsay(T[1])", ["a"]),
        ("raise NotAValueError('not {text}', text=text)", ["not {text}"]),
        ("layout.say(words)", []),
        ("say(f'{x}')", []),
    ],
)
def test_the_tool_finds_messages_wherever_they_stand(source: str, found: list[object]) -> None:
    assert list(catalogue.messages(ast.parse(source))) == found


@pytest.mark.parametrize("key", ["f'{x}'", "'a' + b", "str(x)", "TABLE[x]", "error.strerror", "name"])
def test_a_message_that_no_translator_can_see_is_noticed(key: str) -> None:
    tree = ast.parse(f"say({key})")
    assert [call for call in _calls(tree) if not _sound(call, tree)]


def test_holes_are_filled_by_plain_replacement() -> None:
    assert fill("{a} is {b}", {"a": "1", "b": "2"}) == "1 is 2"


@pytest.mark.parametrize("words", ["{a.__class__}", "{a[0]}", "{a!r}", "{a:>9}", "{}", "{ a }", "{b}", "{a", "a}"])
def test_what_is_no_known_hole_stays_as_it_is(words: str) -> None:
    assert fill(words, {"a": "x"}) == words


def test_what_fills_a_hole_is_not_filled_again() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"
    assert say("{what}!", what="{what} {other}", other="x").render("en") == "{what} {other}!"


def test_signs_of_other_ways_to_fill_stay_as_they_are() -> None:
    assert fill("100 % of %s, %(a)s: {a} {b}", {"a": "5 %(b)s"}) == "100 % of %s, %(a)s: 5 %(b)s {b}"


def test_fixed_words_are_rendered_once_in_each_language_and_are_the_same_as_their_words() -> None:
    class Counted:
        asked = 0

        def render(self, lang: str) -> str:
            self.asked += 1
            return lang

    counted = Counted()
    fixed = Fixed(counted)
    assert [fixed.render(lang) for lang in ("en", "zh", "en", "zh")] == ["en", "zh", "en", "zh"]
    assert counted.asked == 2
    again = pickle.loads(pickle.dumps(Fixed(say("absent"))))  # noqa: S301 - our own
    assert again == Fixed(say("absent"))
    assert again.render("zh") == say("absent").render("zh")


def test_a_hole_may_bear_any_name() -> None:
    assert say("{key} {self}", key="k", self="s").render("en") == "k s"
    assert say_count("{one}", "{many}", 2, one="o", many="m").render("en") == "m"


def test_english_needs_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "DOMAIN", "no such catalogue")
    texts._catalogue.cache_clear()
    try:
        assert say("eligible").render("en") == "eligible"
        assert say_count("{count} entry", "{count} entries", 1).render("en") == "1 entry"
        assert say_count("{count} entry", "{count} entries", 0).render("en") == "0 entries"
        assert say("eligible").render("zh") == "eligible"
    finally:
        texts._catalogue.cache_clear()


def test_a_message_that_is_not_in_the_catalogue_is_english() -> None:
    assert say("no such message, {name}", name=1).render("zh") == "no such message, 1"
    assert say("no such message").render("xx") == "no such message"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("eligible", "合格"), ("ineligible", "不合格"), ("review", "待复核"), ("pass", "通过"), ("fail", "不通过"),
        ("unknown", "无法判定"), ("manual", "人工判断"), ("skip", "不适用"), ("required", "必需"), ("recommended", "建议"),
    ],
)  # fmt: skip
def test_verdicts_outcomes_and_levels_in_chinese(key: str, words: str) -> None:
    assert say(key).render("zh") == words


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_chinese_has_one_form_for_every_number(count: int) -> None:
    assert say_count("{count} entry", "{count} entries", count).render("zh") == f"{count} 件作品"


def test_messages_within_messages_speak_the_same_language() -> None:
    inner = say("{first} to {last}", first=Plain("1"), last=say("unknown"))
    assert say("expected {expected}", expected=inner).render("en") == "expected 1 to unknown"
    assert say("expected {expected}", expected=inner).render("zh") == "要求：1 至无法判定"


def test_messages_are_values() -> None:
    assert say("{a}", a=1) == say("{a}", a=1) != say("{a}", a=2)
    assert hash(say("{a}", a=Plain("x"))) == hash(say("{a}", a=Plain("x")))
    assert marked("a") == "a"


@pytest.mark.parametrize(
    ("words", "lang", "shown"),
    [
        ((("zh", "时长"), ("en", "length")), "zh", "时长"),
        ((("zh", "时长"), ("en", "length")), "en", "length"),
        ((("en", "length"),), "zh", "length"),
        ((("zh", "时长"),), "en", "时长"),
        ((("zh", ""), ("en", "length")), "zh", "length"),
        ((), "en", ""),
    ],
)
def test_words_of_the_rules_fall_back(words: tuple[tuple[str, str], ...], lang: str, shown: str) -> None:
    assert Spoken(words).render(lang) == shown


def test_words_of_the_rules_are_filled_in_the_readers_language() -> None:
    spoken = Spoken((("en", "{actual} {other} {actual.real}"), ("zh", "实为{actual}"))).filled(actual=say("absent"))
    assert spoken.render("en") == "absent {other} {actual.real}"
    assert spoken.render("zh") == "实为无"


def test_words_of_the_rules_are_not_looked_up() -> None:
    assert Spoken((("en", "eligible"),)).render("zh") == "eligible"
    assert Plain("eligible").render("zh") == "eligible"


def test_several_readables_in_a_row() -> None:
    both = join([say("absent"), Plain("x")], say("; "))
    assert both.render("en") == "absent; x"
    assert both.render("zh") == "无；x"
    assert isinstance(both, Joined)
    assert join([Plain("x")]) == Plain("x")
    assert join([Text("absent"), Plain("x")], " / ").render("zh") == "无 / x"
    assert join([]).render("en") == ""


def test_chinese_closes_up_around_values_but_not_around_names() -> None:
    span = say("{first} to {last}", first=Shown("duration", 120), last=Shown("duration", 300))
    assert span.render("zh") == "2 分钟至 5 分钟"
    assert span.render("en") == "2:00 to 5:00"
    sizes = say("{first} to {last}", first=Shown("bytes", 1_234_567), last=Shown("bytes", 5))
    assert sizes.render("zh") == "1.2 MB（1,234,567 字节）至 5 B"
    named = say("there is no folder {path}", path=Plain("科普"))
    assert named.render("zh") == "没有文件夹 科普"


def test_lists_brackets_and_labels_are_parted_as_each_language_parts_them() -> None:
    told = {
        lang: (listed(["a", "b"]).render(lang), aside("a", "b", lang), labelled("a", "b", lang)) for lang in LANGUAGES
    }
    assert told == {"en": ("a, b", "a (b)", "a: b"), "zh": ("a、b", "a（b）", "a：b")}
    assert (separator("en"), separator("zh")) == (", ", "、")


def test_what_the_system_says_is_translated_where_it_is_common() -> None:
    assert system_words("No space left on device").render("zh") == "磁盘空间不足"
    assert system_words("Invalid cross-device link").render("zh") == "Invalid cross-device link"


@pytest.mark.parametrize(
    ("witness", "english", "chinese"),
    [
        ("ffprobe", "ffprobe could not look: no answer in 30 s", "ffprobe 未能读取：30 秒内没有回应"),
        ("filesystem", "the file could not be read: no answer in 30 s", "无法读取文件：30 秒内没有回应"),
    ],
)
def test_a_fault_names_its_witness_once(witness: str, english: str, chinese: str) -> None:
    fault = Fault(witness=witness, message=say("no answer in {seconds} s", seconds="30"), keys=frozenset({"size"}))
    assert (registry.failure(fault).render("en"), registry.failure(fault).render("zh")) == (english, chinese)


def test_no_message_of_a_probe_names_its_witness(asked: Catalog) -> None:
    probes = [message for message in asked if any("/witnesses/" in place for place, _ in message.locations)]
    words = [message.id if isinstance(message.id, str) else message.id[0] for message in probes]
    assert words
    assert [one for one in words if re.match(r"(?i)(ffprobe|mediainfo)\b", one)] == []
