"""A constraint is one row: what is added to the table is read, judged, shown, explained and hinted at like the others."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from tests.reports import build
from vidcheck.engine import judge_entry
from vidcheck.engine.compiled import compiled_condition
from vidcheck.facts import Entry, Fact, Facts
from vidcheck.findings import Breach, Finding, Outcome
from vidcheck.remedies import remedy
from vidcheck.reports.html import render
from vidcheck.rules import constraints
from vidcheck.rules.constraints import CONSTRAINTS, Case, Constraint, Names, Side, Takes
from vidcheck.rules.explain import KeyExplained, RuleExplained, explain
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.schema import schema
from vidcheck.rules.spelling import nearest
from vidcheck.rules.summary import summarise
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.rules.model import Rules


def _divides(case: Case) -> bool | None:
    return bool(case.value % case.argument == 0)


def _far_over(case: Case) -> bool | None:
    return bool(case.value > case.argument)


MULTIPLE = Constraint(
    name="multiple-of", meaning="is a multiple of this value", phrase="a multiple of {limit}", remedy="so many times {limit}",
    takes=Takes.VALUE, kinds=lambda kind: kind.ordered, judge=_divides, synonyms=("divisible-by",),
)  # fmt: skip
BEYOND = Constraint(
    name="beyond", meaning="is far more than this value", phrase="far more than {limit}", remedy="far more than {limit}",
    takes=Takes.VALUE, kinds=lambda kind: kind.ordered, judge=_far_over, side=Side.LOWER, strict=True, synonyms=(">>",),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in (MULTIPLE, BEYOND):
        monkeypatch.setitem(CONSTRAINTS, row.name, row)


def rules(text: str) -> Rules:
    return read_rules(f"vidcheck: 1\nrules:\n  {text}\n".encode(), "r.yaml")


def duration(text: str, seconds: int) -> Finding:
    fact = Fact(key="duration", witness="boxes", value=Fraction(seconds))
    return judge_entry(Entry(path="a.mp4"), Facts(facts=(fact,)), rules(f"duration: {{{text}}}")).report.findings[0]


def refused(text: str) -> str:
    with pytest.raises(RulesError) as error:
        rules(text)
    return str(error.value)


def test_a_row_is_judged_and_its_phrase_is_what_the_report_expects() -> None:
    kept, missed = duration("multiple-of: 1 min", 180), duration("multiple-of: 1 min", 190)
    assert (kept.outcome, missed.outcome) == (Outcome.PASS, Outcome.FAIL)
    assert missed.expected.render("en") == "a multiple of 1:00"
    assert missed.message.render("en") == "Duration is 3:10; expected: a multiple of 1:00."
    assert missed.difference is None, "a limit that is no end of a window has no distance"


def test_a_row_stands_beside_the_others_in_one_rule() -> None:
    finding = duration("min: 2 min, max: 5 min, multiple-of: 1 min", 90)
    assert finding.expected.render("en") == "2:00 to 5:00, a multiple of 1:00"


def test_a_row_is_in_the_schema_for_the_kinds_that_take_it() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for text, sound in (("duration: {multiple-of: 1 min}", True), ("title: {multiple-of: 1 min}", False)):
        assert validator.is_valid(yaml.safe_load(f"vidcheck: 1\nrules:\n  {text}\n")) is sound
    described = schema()["$defs"]["condition.duration"]["properties"]["multiple-of"]["description"]
    assert described == "duration is a multiple of this value"


def test_a_row_is_explained_with_an_example_that_loads() -> None:
    told = explain("duration", None, {})
    assert isinstance(told, KeyExplained)
    asking = next(each for each in told.constraints if each.name == "multiple-of")
    assert asking.meaning.render("en") == "is a multiple of this value"
    assert rules(f"duration: {{{asking.example}}}")
    rule = explain("duration", rules("duration: {multiple-of: 1 min}"), {})
    assert isinstance(rule, RuleExplained)
    assert [each.written for each in rule.asks] == ["multiple-of: 1 min"]


def test_a_row_is_in_the_summary_of_the_rules_in_base_units() -> None:
    (told,) = summarise(rules("duration: {multiple-of: 1 min}")).rules
    assert told.limits == {"multiple-of": 60, "unit": "s"}
    assert told.meaning.render("en") == "duration: a multiple of 1:00"


def test_what_a_row_is_called_elsewhere_leads_to_it() -> None:
    assert nearest("divisible-by", CONSTRAINTS) == "multiple-of"
    assert '(try "multiple-of")' in refused("duration: {divisible-by: 1 min}")
    assert '(try "multiple-of")' in refused("duration: {multipel-of: 1 min}")


def test_a_row_is_refused_where_the_kind_does_not_take_it_with_those_of_its_side() -> None:
    said = refused("title: {beyond: 3}")
    assert "'beyond' can't be asked of title (text)" in said
    assert '(try "min-length")' in said


def test_a_row_with_a_side_clashes_with_what_it_can_not_hold_together_with() -> None:
    assert "nothing can meet 'beyond' 5:00 and 'max' 2:00 at once" in refused("duration: {beyond: 5 min, max: 2 min}")
    assert "nothing can meet 'beyond' 2:00 and 'max' 2:00 at once" in refused("duration: {beyond: 2 min, max: 2 min}")
    assert "'min' and 'beyond' say the same end" in refused("duration: {min: 1 min, beyond: 2 min}")
    assert "'beyond' rules out 1:00 of 'any-of'" in refused("duration: {any-of: [1 min, 3 min], beyond: 2 min}")
    assert "'multiple-of' adds nothing to 'is'" in refused("duration: {is: 2 min, multiple-of: 1 min}")


def test_a_tolerance_widens_a_row_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing here is widened by a tolerance" in refused("duration: {beyond: 2 min, tolerance: 1 s}")
    wide: dict[str, Any] = {name: getattr(BEYOND, name) for name in Constraint.__dataclass_fields__} | {"widened": True}
    monkeypatch.setitem(CONSTRAINTS, "beyond", Constraint(**wide))
    assert rules("duration: {beyond: 2 min, tolerance: 1 s}")


def test_a_value_near_to_the_end_that_a_row_sets_is_worth_a_second_witness() -> None:
    def near(text: str, seconds: int) -> bool:
        asked = rules(f"duration: {{{text}}}").rules[0].asked
        assert asked is not None
        return any(
            near(Fraction(seconds)) for near in compiled_condition(asked, rules("title: {known: yes}").zone).near
        )

    assert near("beyond: 100 s", 102)
    assert not near("beyond: 100 s", 103)
    assert not near("multiple-of: 100 s", 100)


@pytest.mark.parametrize(
    ("constraint", "words"),
    [("multiple-of", "Change the entry so that its sample rate of the sound is so many times 48 kHz."),
     ("beyond", "Export again from the project with sound at 48 kHz;")],
)  # fmt: skip
def test_the_remedy_is_made_from_the_row(constraint: str, words: str) -> None:
    breach = Breach(key="audio.sample-rate", constraint=constraint, limit=48_000, value=44_100)
    answer = remedy((breach,), Facts(), Entry(path="a.mp4"), rules("title: {known: yes}").zone)
    assert answer is not None
    assert answer.words.render("en").startswith(words)


def test_the_plot_of_a_report_has_the_end_that_a_row_sets() -> None:
    applied = summarise(rules("duration: {beyond: 2 min, max: 5 min}"))
    evidence = {name: build.fact("duration", "boxes", Fraction(seconds)) for name, seconds in (("a", 130), ("b", 140))}
    entries = tuple(
        build.entry(f"{name}.mp4", build.finding("duration", evidence=(fact,))) for name, fact in evidence.items()
    )
    page = render(build.report(*entries, rules=applied)).decode()
    assert page.count('class="limit"') == 2


def test_every_row_names_rows_that_there_are() -> None:
    for row in CONSTRAINTS.values():
        assert {*row.instead, *filter(None, [row.plural])} <= set(CONSTRAINTS)
    synonyms = [word for row in CONSTRAINTS.values() for word in row.synonyms]
    assert len(synonyms) == len(set(synonyms))
    assert not set(synonyms) & set(CONSTRAINTS)


def test_a_row_that_bars_a_value_says_the_opposite_of_the_one_that_allows_it() -> None:
    for barring in (row for row in CONSTRAINTS.values() if row.names is Names.BARRED):
        (allowing,) = (row for row in CONSTRAINTS.values() if row.names is Names.ALLOWED and row.takes is barring.takes)
        for value in (Fraction(1), Fraction(2)):
            argument = Fraction(1) if barring.takes is Takes.VALUE else (Fraction(1), Fraction(3))
            case = Case(KEYS["duration"].kind, value, argument, lambda _: 0)
            assert barring.judge(case) is not allowing.judge(case)


def _compares_with_a_name(node: ast.AST) -> bool:
    """Whether a constraint's name is written out in a comparison, as in `limit.constraint == "min"`."""
    if not isinstance(node, ast.Compare):
        return False
    attributes = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    texts = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return "constraint" in attributes and bool(texts & set(CONSTRAINTS))


def test_no_module_knows_a_constraint_by_its_name() -> None:
    package = Path(constraints.__file__).parents[1]
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        found = [ast.unparse(node) for node in ast.walk(tree) if _compares_with_a_name(node)]
        assert found == [], path
