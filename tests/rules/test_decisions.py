"""decisions.yaml: read strictly, written so that it reads back, found by path."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.facts import Entry, visible
from vidcheck.findings import Choice, Decision, Place
from vidcheck.quantities import DATE
from vidcheck.rules.decisions import Decisions, read_decisions, with_decision
from vidcheck.rules.problems import RulesError

SUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
GOOD = f"""vidcheck: 1
decisions:  # of the second round
  - entry: entries/017.mp4
    checksum: sha256:{SUM}
    rule: completed
    decision: accept
    by: 王芳
    reason: 播出时间已由平台证实
    date: 2022-05-12
"""


def decision(entry: str = "entries/017.mp4", rule: str = "completed", **more: str) -> Decision:
    return Decision(
        entry=entry, checksum=SUM, rule=rule, choice=Choice(more.get("choice", "accept")), by=more.get("by", "王芳"),
        reason=more.get("reason", "seen"), date=DATE.read("2022-05-12", UTC), place=Place("d.yaml", 3, 5),
    )  # fmt: skip


def test_a_file_of_decisions_is_read_with_places() -> None:
    (row,) = read_decisions(GOOD.encode(), "d.yaml").rows
    assert (row.entry, row.checksum, row.rule, row.choice) == ("entries/017.mp4", SUM, "completed", Choice.ACCEPT)
    assert (row.by, row.reason, DATE.write(row.date)) == ("王芳", "播出时间已由平台证实", "2022-05-12")
    assert row.place == Place("d.yaml", 3, 5)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    by: 王芳\n", "", "3:5: decisions[1]: a decision has entry, checksum, rule, decision, by, reason, date; missing here: by"),
        ("accept", "maybe", "6:15: decisions[1]: 'maybe' is no decision: it is accept, reject"),
        (SUM, "abc", "4:15: decisions[1]: 'sha256:abc' is no SHA-256: sha256: and 64 hexadecimal digits"),
        ("2022-05-12", "2022-13-12", "9:11: decisions[1]: '2022-13-12' is no day of the calendar (try \"2022-12-12\")"),
        ("    rule:", "    rul:", "5:5: decisions[1]: 'rul' is nothing that a decision has (try \"rule\")"),
        ("王芳", '""', "7:9: decisions[1]: 'by' says nothing"),
        ("vidcheck: 1", "vidcheck: 2", "1:11: a file of decisions says 'vidcheck: 1' (try \"vidcheck: 1\")"),
        ("decisions:", "decision:", "2:1: 'decision' is nothing that a file of decisions has (try \"decisions\")"),
        ("播出时间已由平台证实", "x" * 1001, "8:13: decisions[1]: 'reason' is longer than 1000 characters"),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(RulesError) as raised:
        read_decisions(GOOD.replace(old, new, 1).encode(), "d.yaml")
    assert f"d.yaml:{problem}" in str(raised.value).splitlines()


@pytest.mark.parametrize("text", ["vidcheck: 1\ndecisions: []\n", "vidcheck: 1\ndecisions:\n"], ids=["list", "lost"])
def test_no_decisions_are_none_and_the_first_can_be_added(text: str) -> None:
    assert read_decisions(text.encode(), "d.yaml").rows == ()
    assert len(read_decisions(with_decision(text.encode(), "d.yaml", decision()), "d.yaml").rows) == 1


def test_what_stands_in_the_file_stays_where_one_is_added() -> None:
    added = with_decision(GOOD.encode(), "d.yaml", decision(rule="size")).decode()
    assert added.startswith(GOOD)
    assert [row.rule for row in read_decisions(added.encode(), "d.yaml").rows] == ["completed", "size"]


def test_nothing_is_added_to_a_file_that_is_not_sound() -> None:
    with pytest.raises(RulesError):
        with_decision(b"rules: {}\n", "d.yaml", decision())


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_what_is_written_reads_back(entry: str, by: str, reason: str) -> None:
    told = decision(
        visible(entry.strip() or "a"), by=visible(" ".join(by.split()))[:900] or "b", reason=visible(" ".join(reason.split()))[:900] or "c"
    )  # fmt: skip
    first = with_decision(b"", "d.yaml", told)
    (_, row) = read_decisions(with_decision(first, "d.yaml", told), "d.yaml").rows
    assert (row.entry, row.by, row.reason) == (told.entry, told.by, told.reason)


@pytest.mark.parametrize(
    ("path", "known", "same"),
    [
        ("entries/017.mp4", "entries/017.mp4", True),
        ("017.mp4", "entries/017.mp4", True),
        ("./entries/017.mp4", "entries/017.mp4", True),
        ("/somewhere/entries/017.mp4", "entries/017.mp4", True),
        ("other/017.mp4", "entries/017.mp4", False),
        ("entries/1017.mp4", "017.mp4", False),
    ],
)
def test_a_decision_is_found_by_the_end_of_its_path(path: str, known: str, same: bool) -> None:
    rows = Decisions(rows=(decision(known),))
    assert bool(rows.of(Entry(path=path))) is same
