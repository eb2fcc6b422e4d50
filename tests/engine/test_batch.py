"""Rules over many entries, judged on facts alone: who is the same, who counts, what it makes of an entry's verdict."""

from __future__ import annotations

import gc
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.engine import judge_entry
from vidcheck.engine.batch import (
    Archive,
    BatchJudgement,
    Earlier,
    Remembered,
    judge_batch,
    remember,
    uncompared,
    values_of,
    wanting_checksum,
    with_batch,
)
from vidcheck.facts import Entry, Fact, Facts, Fault, State
from vidcheck.findings import EntryReport, Finding, Outcome, Verdict
from vidcheck.quantities import DATE
from vidcheck.rules.reader import read_rules
from vidcheck.texts import Plain
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from vidcheck.rules.model import Rules

SAME_FILE = "same-file: {unique: checksum}"
SAME_WORK = "same-work: {unique: [declared.title, declared.authors]}"
TWO = "per-author: {at-most: {count: 2, per: declared.first-author}}"
EARLIER = "earlier: {not-in-archive: checksum}"


def rules(*batch: str) -> Rules:
    return read_rules(f"vidcheck: 1\nbatch:\n{''.join(f'  {row}{chr(10)}' for row in batch)}".encode(), "rules.yaml")


def entry(name: str, **values: Any) -> tuple[Entry, Facts]:
    """An entry with these facts; a key's dots and dashes stand as underscores, `declared_` in front left out."""
    told = []
    for short, value in values.items():
        key = next(name for name in (f"declared.{short.replace('_', '-')}", short) if name in KEYS)
        witness = "declared" if key.startswith("declared.") else "filesystem"
        kind = KEYS[key].kind
        state = State.ABSENT if value is None else State.KNOWN
        known = kind.read(value) if kind is DATE and value else value
        told.append(Fact(key=key, witness=witness, value=known, state=state, locator="row 2", raw=str(value)))
    return Entry(path=f"e/{name}.mp4"), Facts(facts=tuple(told))


def work(name: str, title: str = "水", authors: tuple[str, ...] = ("张三",), **more: Any) -> tuple[Entry, Facts]:
    return entry(name, title=title, authors=authors, first_author=authors[0], **more)


def kept(sound: Rules, *entries: tuple[Entry, Facts]) -> list[Remembered]:
    return [remember(one, facts, sound) for one, facts in entries]


def judged(sound: Rules, *entries: tuple[Entry, Facts], archive: Archive | None = None) -> BatchJudgement:
    return judge_batch(kept(sound, *entries), sound, archive)


def outcomes(judgement: BatchJudgement, rule: str = "") -> dict[str, str]:
    return {
        path[2:-4]: finding.outcome.value
        for path, findings in judgement.findings.items()
        for finding in findings
        if rule in {"", finding.rule}
    }


def one(judgement: BatchJudgement, name: str, rule: str = "") -> Finding:
    return next(f for f in judgement.findings[f"e/{name}.mp4"] if rule in {"", f.rule})


def english(finding: Finding) -> str:
    return finding.message.render("en")


def report(name: str, verdict: Verdict = Verdict.ELIGIBLE) -> EntryReport:
    return EntryReport(entry=Entry(path=f"e/{name}.mp4"), size=1, verdict=verdict, findings=())


def test_the_same_bytes_twice_are_for_a_person_where_no_time_tells_which_count() -> None:
    judgement = judged(
        rules(SAME_FILE),
        entry("a", size=5, checksum="ab"), entry("b", size=5, checksum="cd"), entry("c", size=5, checksum="ab"),
    )  # fmt: skip
    assert outcomes(judgement) == {"a": "unknown", "b": "pass", "c": "unknown"}
    found = one(judgement, "a")
    assert english(found) == "same-file is not known: it is the same as e/c.mp4; no time of submission tells which of them counts."  # fmt: skip
    assert [(fact.locator, fact.value) for fact in found.evidence] == [("row 2", "ab"), ("e/c.mp4: row 2", "ab")]
    assert with_batch(report("a"), (found,)).verdict is Verdict.REVIEW
    assert with_batch(report("a", Verdict.INELIGIBLE), (found,)).verdict is Verdict.INELIGIBLE


def findings_held(judgement: BatchJudgement) -> int:
    """How many findings a judgement keeps in memory."""
    seen: dict[int, object] = {}
    left: list[object] = [judgement]
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType):
            seen[id(each)] = each
            left += gc.get_referents(each)
    return sum(type(each) is Finding for each in seen.values())


def test_of_many_entries_only_the_findings_on_groups_are_held() -> None:
    every = [entry(str(number), size=5, checksum=str(number // 2)) for number in range(50)]
    judgement = judged(rules(SAME_FILE), *every, entry("alone", size=6))
    assert findings_held(judgement) == len(judgement.batch) == 25
    assert len(outcomes(judgement)) == len(judgement.findings) == 51


def test_what_is_the_same_is_told_once_about_the_whole_group() -> None:
    judgement = judged(rules(SAME_WORK), work("c"), work("a", "水！"), work("b", "火"), work("d", " 水"))
    (about,) = judgement.batch
    assert (about.rule, about.outcome, str(about.place)) == ("same-work", Outcome.FAIL, "rules.yaml:3:3")
    assert about.actual.render("en") == "3 entries: e/a.mp4, e/c.mp4, e/d.mp4"
    assert [fact.locator for fact in about.evidence][::2] == [
        "e/a.mp4: row 2",
        "e/c.mp4: row 2",
        "e/d.mp4: row 2",
    ]


def test_of_two_files_for_one_work_the_later_submission_counts() -> None:
    judgement = judged(
        rules(SAME_WORK), work("a", submitted="2022-04-02 10:00"), work("b", submitted="2022-04-01"), work("c", "火")
    )
    assert outcomes(judgement) == {"a": "pass", "b": "fail", "c": "pass"}
    assert english(one(judgement, "b")) == (
        "same-work: replaced by e/a.mp4, submitted later; expected: no other entry with the same title and makers."
    )
    assert english(one(judgement, "a")).startswith("same-work: submitted later than e/b.mp4; expected: ")
    assert "declared.submitted" in {fact.key for fact in one(judgement, "b").evidence}
    assert with_batch(report("b"), judgement.findings["e/b.mp4"]).verdict is Verdict.INELIGIBLE
    assert with_batch(report("a"), judgement.findings["e/a.mp4"]).verdict is Verdict.ELIGIBLE
    assert "by the time of submission e/a.mp4 counts" in judgement.batch[0].actual.render("en")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2022-04-01", None),
        ("2022-04-01", "2022-04-01"),
        ("2022-04-01 10:00", "2022-04-01"),
        ("2022-04", "2022-04-30"),
    ],
    ids=["one unknown", "the same day", "within the day", "within the month"],
)
def test_times_that_do_not_tell_which_is_later_leave_it_to_a_person(first: str, second: str | None) -> None:
    judgement = judged(rules(SAME_WORK), work("a", submitted=first), work("b", submitted=second))
    assert outcomes(judgement) == {"a": "unknown", "b": "unknown"}


def test_keep_earlier_lets_the_first_submission_count() -> None:
    sound = rules("same-work: {unique: declared.title, keep: earlier}")
    judgement = judged(sound, work("a", submitted="2022-04-02"), work("b", submitted="2022-04-01"))
    assert outcomes(judgement) == {"a": "fail", "b": "pass"}
    assert "already entered as e/b.mp4, submitted before" in english(one(judgement, "a"))


def test_keep_none_leaves_it_to_a_person_whatever_the_times() -> None:
    sound = rules("same-title: {unique: declared.title, keep: none}")
    judgement = judged(sound, work("a", submitted="2022-04-02"), work("b", submitted="2022-04-01"))
    assert outcomes(judgement) == {"a": "unknown", "b": "unknown"}


def test_if_found_fail_fails_all_where_no_time_settles_it() -> None:
    judgement = judged(rules("same-work: {unique: declared.title, if-found: fail}"), work("a"), work("b"))
    assert outcomes(judgement) == {"a": "fail", "b": "fail"}


def test_a_recommended_rule_only_warns() -> None:
    sound = rules("same-work: {unique: declared.title, level: recommended, if-found: fail}")
    findings = judged(sound, work("a"), work("b")).findings["e/a.mp4"]
    told = with_batch(report("a"), findings)
    assert (told.verdict, len(told.warned)) == (Verdict.ELIGIBLE, 1)


def test_at_most_counts_by_its_key_and_leaves_it_to_a_person_which_count() -> None:
    judgement = judged(rules(TWO), work("a", "1"), work("b", "2"), work("c", "3"), work("d", "4", ("李四",)))
    assert outcomes(judgement) == {"a": "unknown", "b": "unknown", "c": "unknown", "d": "pass"}
    assert english(one(judgement, "b")) == (
        "per-author is not known: it is one of 3 entries, with e/a.mp4, e/c.mp4; which of them counts is for a person to say."
    )
    assert judgement.batch[0].expected.render("en") == "at most 2 entries with the same first maker"


def test_at_most_with_keep_lets_so_many_count() -> None:
    sound = rules("few: {at-most: {count: 2, per: declared.first-author}, keep: later}")
    days = {"a": "2022-04-01", "b": "2022-04-03", "c": "2022-04-02"}
    judgement = judged(sound, *(work(name, name, submitted=day) for name, day in days.items()))
    assert outcomes(judgement) == {"a": "fail", "b": "pass", "c": "pass"}
    assert "one too many: by the time of submission e/b.mp4, e/c.mp4 count" in english(one(judgement, "a"))


def test_what_another_entry_replaces_is_not_counted_again_whatever_the_order_of_the_rules() -> None:
    entries = [
        work("a", "1", submitted="2022-04-01"),
        work("a2", "1", submitted="2022-04-02"),
        work("b", "2", submitted="2022-04-03"),
    ]
    for row in ([TWO, SAME_WORK], [SAME_WORK, TWO]):
        judgement = judged(rules(*row), *entries)
        assert outcomes(judgement, "per-author") == {"a": "skip", "a2": "pass", "b": "pass"}
        assert [finding.rule for finding in judgement.findings["e/b.mp4"]] == [name.partition(":")[0] for name in row]


def test_an_entry_without_the_data_is_not_compared_and_that_is_counted_and_said() -> None:
    judgement = judged(rules(SAME_WORK), work("a"), work("b"), entry("c", title="水"), entry("d", title=None, authors=("李四",)))  # fmt: skip
    assert outcomes(judgement) == {"a": "unknown", "b": "unknown", "c": "skip", "d": "skip"}
    assert english(one(judgement, "d")) == "same-work does not apply: it was not compared, as title is absent."
    group, count = judgement.batch
    assert group.outcome is Outcome.FAIL
    assert (count.outcome, english(count)) == (
        Outcome.SKIP,
        "2 entries were not compared for want of title and makers: e/c.mp4, e/d.mp4.",
    )


def test_without_any_declared_data_nothing_is_said_of_the_batch_and_no_verdict_changes() -> None:
    judgement = judged(rules(SAME_WORK, TWO, EARLIER), entry("a", size=1), entry("b", size=2))
    assert judgement.batch == ()
    assert set(outcomes(judgement).values()) == {"skip"}
    assert with_batch(report("a"), judgement.findings["e/a.mp4"]).verdict is Verdict.ELIGIBLE


def test_a_single_entry_is_the_same_as_nobody_and_nothing_is_said_of_it() -> None:
    assert judged(rules(SAME_FILE, SAME_WORK, TWO, EARLIER), work("a", size=5)) == BatchJudgement(
        findings={"e/a.mp4": ()}
    )


def test_witnesses_that_differ_make_a_value_that_is_not_compared() -> None:
    path, facts = work("a")
    other = Fact(key="declared.title", witness="content", value="火")
    judgement = judged(rules(SAME_WORK), (path, facts.joined(Facts(facts=(other,)))), work("b"), work("c", "气"))
    assert outcomes(judgement) == {"a": "skip", "b": "pass", "c": "pass"}
    assert "title is disputed" in english(one(judgement, "a"))


def test_only_files_of_one_size_are_read_whole() -> None:
    sound = rules(SAME_FILE)
    row = kept(sound, entry("a", size=5), entry("b", size=6), entry("c", size=5), entry("d"), entry("e"))
    assert wanting_checksum(row, sound, None) == ("e/a.mp4", "e/c.mp4")
    assert wanting_checksum(row, rules(EARLIER), frozenset({6, 7})) == ("e/b.mp4",)
    assert wanting_checksum(row, rules(EARLIER), None) == ()
    assert wanting_checksum(row, rules(SAME_WORK), frozenset({5})) == ()
    read = kept(sound, entry("a", size=5, checksum="ab"), entry("b", size=5))
    assert wanting_checksum(read, sound, None) == ("e/b.mp4",)


def test_a_file_alone_with_its_size_has_bytes_of_its_own() -> None:
    judgement = judged(rules(SAME_FILE), entry("a", size=5), entry("b", size=6))
    assert outcomes(judgement) == {"a": "pass", "b": "pass"}


def test_a_file_that_could_not_be_read_whole_beside_another_of_its_size_is_for_a_person() -> None:
    path, facts = entry("a", size=5)
    fault = Fault(witness="filesystem", message=Plain("the file could not be read"), keys=frozenset({"checksum"}))
    judgement = judged(
        rules(SAME_FILE), (path, facts.joined(Facts(faults=(fault,)))), entry("b", size=5, checksum="ab")
    )
    assert outcomes(judgement) == {"a": "unknown", "b": "pass"}
    assert english(one(judgement, "a")) == "same-file is not known: another file is of its size, and the file could not be read."  # fmt: skip


def test_what_is_in_the_archive_was_entered_before_and_the_edition_is_named() -> None:
    found = {("earlier", "e/a.mp4"): (Earlier(edition="2020", name="2020/水.mp4"),)}
    archive = Archive(sizes=frozenset({5, 6}), found=found)
    judgement = judged(rules(EARLIER), entry("a", size=5, checksum="ab"), entry("b", size=7), entry("c", size=6), archive=archive)  # fmt: skip
    assert outcomes(judgement) == {"a": "fail", "b": "pass", "c": "unknown"}
    assert english(one(judgement, "a")) == (
        "earlier: already entered in 2020 as 2020/水.mp4; expected: no entry of an earlier edition with the same checksum."
    )
    alone = judged(rules(EARLIER), entry("a", size=5, checksum="ab"), archive=archive)
    assert outcomes(alone) == {"a": "fail"}


def test_a_title_found_in_the_archive_may_be_left_to_a_person() -> None:
    sound = rules("earlier-work: {not-in-archive: declared.title, if-found: review}")
    archive = Archive(sizes=frozenset(), found={("earlier-work", "e/a.mp4"): (Earlier(edition="2020", name="x.mp4"),)})
    judgement = judged(sound, work("a"), work("b", "火"), archive=archive)
    assert outcomes(judgement) == {"a": "unknown", "b": "pass"}
    assert "already entered in 2020 as x.mp4, if it is the same work" in english(one(judgement, "a"))


def test_what_the_archive_is_asked_is_what_is_compared() -> None:
    sound = rules(SAME_WORK)
    (row,) = kept(sound, work("a", "《水》", ("李四", "张三")))
    assert values_of(sound.batch[0], row) == ("水", "张三\x1f李四")
    (row,) = kept(sound, entry("a", title="水"))
    assert values_of(sound.batch[0], row) is None


def test_a_message_and_remedy_of_the_rules_own_are_told() -> None:
    sound = rules(
        "same-work: {unique: declared.title, if-found: fail, message: '{actual}!', remedy: {zh: 撤回一件, en: withdraw one}}"
    )
    found = one(judged(sound, work("a"), work("b")), "a")
    assert english(found) == "the same as e/b.mp4!"
    assert found.remedy is not None
    assert found.remedy.words.render("zh") == "撤回一件"


def test_a_run_that_broke_off_has_compared_nothing() -> None:
    told = uncompared(report("a"), rules(SAME_FILE, SAME_WORK))
    assert told.verdict is Verdict.REVIEW
    assert english(told.findings[0]) == "same-file is not known: the run was interrupted before entries were compared."


def test_of_an_entry_only_what_is_compared_is_remembered() -> None:
    path, facts = work("a", size=5, summary="x" * 10_000, submitted="2022-04-01")
    assert {fact.key for fact in remember(path, facts, rules(TWO)).facts.facts} == {
        "declared.first-author",
        "declared.submitted",
    }
    assert "size" in {fact.key for fact in remember(path, facts, rules(SAME_FILE)).facts.facts}


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["水", "火", "Ｗater", "water ", None]),
        st.sampled_from([("张三",), ("张三", "李四"), ("李四", "张三"), None]),
        st.sampled_from(["2022-04-01", "2022-04-02", "2022-04-01 10:00", None]),
        st.sampled_from([(5, "ab"), (5, "cd"), (6, "ef"), (7, None)]),
    ),
    max_size=9,
)
EVERY = rules(SAME_FILE, TWO, SAME_WORK, EARLIER, "few: {at-most: {count: 1, per: declared.authors}, keep: later}")


def made(at: int, row: tuple[Any, ...]) -> tuple[Entry, Facts]:
    title, authors, submitted, (size, checksum) = row
    more = {"checksum": checksum} if checksum else {}
    return entry(
        f"{at:02}", title=title, authors=authors, first_author=authors and authors[0], submitted=submitted, size=size, **more
    )  # fmt: skip


def flat(judgement: BatchJudgement) -> Any:
    told = {
        path: [(f.rule, f.outcome, english(f), f.evidence) for f in row] for path, row in judgement.findings.items()
    }
    return told, [(f.rule, f.outcome, f.actual.render("zh"), f.evidence) for f in judgement.batch]


@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_in_which_entries_come_changes_nothing(rows: list[Any], random: Any) -> None:
    entries = [made(at, row) for at, row in enumerate(rows)]
    archive = Archive(sizes=frozenset({5}), found={("earlier", "e/01.mp4"): (Earlier(edition="2020", name="x"),)})
    straight = flat(judged(EVERY, *entries, archive=archive))
    random.shuffle(entries)
    assert flat(judged(EVERY, *entries, archive=archive)) == straight


@given(ENTRIES)
def test_of_every_group_somebody_counts_or_a_person_is_asked(rows: list[Any]) -> None:
    """No group fails as a whole, and what fails names an entry that counts."""
    judgement = judged(EVERY, *(made(at, row) for at, row in enumerate(rows)))
    for path, row in judgement.findings.items():
        for finding in row:
            if finding.outcome is Outcome.FAIL and finding.rule == "same-work":
                others = [p for p in judgement.findings if p != path and p in finding.actual.render("en")]
                assert any(f.rule == finding.rule and f.outcome is Outcome.PASS for p in others for f in judgement.findings[p])  # fmt: skip


def test_thousands_of_entries_that_are_all_the_same_are_judged_without_comparing_each_with_each() -> None:
    sound = rules(SAME_WORK, TWO)
    row = kept(sound, *(work(f"{at:05}") for at in range(3_000)))
    judgement = judge_batch(row, sound)
    assert english(one(judgement, "00007", "same-work")).count("e/") == 5
    assert "and 2994 more" in english(one(judgement, "00007", "same-work"))
    assert len(judgement.batch[0].evidence) == 200


# categories

CATEGORIES = """\
vidcheck: 1
rules:
  size: {max: 500 MB}
categories:
  by: declared.category
  rules:
    微课: {size: {max: 100 MB}, length: {fact: duration, max: 10 min}}
    其他: {}
"""


def categorised(text: str, *values: str | None, size: int = 200 * 10**6) -> tuple[Verdict, dict[str, str]]:
    told = tuple(
        Fact(key="declared.category", witness=witness, value=value, state=State.KNOWN if value else State.ABSENT)
        for witness, value in zip(("declared", "content"), values, strict=False)
    )
    facts = Facts(facts=(*told, Fact(key="size", witness="filesystem", value=size)))
    told_of = judge_entry(Entry(path="a.mp4"), facts, read_rules(text.encode(), "rules.yaml")).report
    return told_of.verdict, {finding.rule: finding.outcome.value for finding in told_of.findings}


def test_a_category_has_its_own_limits_and_their_places() -> None:
    verdict, told = categorised(CATEGORIES, "微课 ")
    assert (verdict, told) == (Verdict.INELIGIBLE, {"category": "pass", "size": "fail", "length": "unknown"})
    sound = read_rules(CATEGORIES.encode(), "rules.yaml")
    facts = Facts(facts=(Fact(key="declared.category", witness="declared", value="微课"),))
    found = judge_entry(Entry(path="a.mp4"), facts, sound).report.findings
    assert [str(finding.place) for finding in found] == ["rules.yaml:5:3", "rules.yaml:7:10", "rules.yaml:7:31"]
    assert english(found[0]) == "Category is 微课; its rules were applied."


def test_a_strangers_category_is_shown_safely_and_not_endless() -> None:
    sound = read_rules(CATEGORIES.encode(), "rules.yaml")
    facts = Facts(facts=(Fact(key="declared.category", witness="declared", value="\x1b[31m" + "x" * 10_000),))
    found = judge_entry(Entry(path="a.mp4"), facts, sound).report.findings[0]
    assert found.outcome is Outcome.UNKNOWN
    assert "\x1b" not in english(found)
    assert len(english(found)) < 300


def test_a_category_that_asks_nothing_else_has_the_rules_of_all() -> None:
    assert categorised(CATEGORIES, "其他") == (Verdict.ELIGIBLE, {"category": "pass", "size": "pass"})


@pytest.mark.parametrize("values", [(), (None,), ("动画",), ("微课", "其他")], ids=["unknown", "absent", "not listed", "disputed"])  # fmt: skip
def test_an_unknown_category_has_the_rules_of_all_and_goes_to_a_person(values: tuple[str | None, ...]) -> None:
    assert categorised(CATEGORIES, *values) == (Verdict.REVIEW, {"category": "unknown", "size": "pass"})


def test_an_unknown_category_fails_by_the_rules_of_all() -> None:
    assert categorised(CATEGORIES, size=600 * 10**6)[0] is Verdict.INELIGIBLE


def test_rules_may_say_that_an_unknown_category_is_no_matter_but_a_dispute_is_one() -> None:
    text = CATEGORIES.replace("category\n", "category\n  if-unknown: pass\n")
    assert categorised(text) == (Verdict.ELIGIBLE, {"category": "skip", "size": "pass"})
    assert categorised(text, "动画")[0] is Verdict.ELIGIBLE
    assert categorised(text, "微课", "其他")[0] is Verdict.REVIEW


def test_where_no_category_asks_anything_else_nothing_is_said_of_categories() -> None:
    text = (
        "vidcheck: 1\nrules: {size: {max: 500 MB}}\ncategories: {by: declared.category, rules: {微课: {}, 其他: {}}}\n"
    )
    assert categorised(text) == (Verdict.ELIGIBLE, {"size": "pass"})


def test_an_absent_category_by_a_key_of_the_file_is_decided_by_the_file() -> None:
    text = "vidcheck: 1\nrules: {size: {max: 500 MB}}\ncategories: {by: orientation, rules: {portrait: {size: {max: 1 MB}}, landscape: {}}}\n"  # fmt: skip
    facts = Facts(
        facts=(
            Fact(key="orientation", witness="boxes", value="portrait", locator="moov/mvhd.matrix"),
            Fact(key="orientation", witness="mediainfo", value="landscape"),
            Fact(key="size", witness="filesystem", value=5 * 10**6),
        )
    )
    told = judge_entry(Entry(path="a.mp4"), facts, read_rules(text.encode(), "rules.yaml")).report
    assert told.verdict is Verdict.INELIGIBLE


def test_entries_are_compared_by_the_witness_whose_word_settles_the_key() -> None:
    sound = rules("one-shape: {at-most: {count: 1, per: orientation}, if-found: fail}")

    def filmed(name: str, **words: str) -> tuple[Entry, Facts]:
        place = {"boxes": "moov/mvhd.matrix"}
        facts = tuple(
            Fact(key="orientation", witness=witness, value=value, locator=place.get(witness, ""))
            for witness, value in words.items()
        )
        return Entry(path=f"e/{name}.mp4"), Facts(facts=facts)

    upright = filmed("a", boxes="portrait", mediainfo="landscape")
    judgement = judged(sound, upright, filmed("b", boxes="portrait"), filmed("c", mediainfo="landscape"))
    assert outcomes(judgement) == {"a": "fail", "b": "fail", "c": "pass"}
    assert [fact.witness for fact in one(judgement, "c").decisive] == ["mediainfo"]
    assert [(fact.witness, fact.value) for fact in one(judgement, "a").decisive] == [("boxes", "portrait")] * 2
    assert [(fact.witness, fact.value) for fact in one(judgement, "a").uncounted] == [("mediainfo", "landscape")]
