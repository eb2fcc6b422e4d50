from __future__ import annotations

import json
import os
import sqlite3
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery
from tests.kit import Run, needs_ffprobe, put, rules_text
from tests.workers.patched import Patched, crash, grow, half, hang
from tests.workers.patched import mediainfo as replaced
from vidcheck.findings import Report
from vidcheck.reports import FORMATS, render
from vidcheck.rules.reader import read_rules
from vidcheck.rules.summary import summarise
from vidcheck.session import memo, recall, tasks, work
from vidcheck.session.memo import SETTLED, Memory, timeless
from vidcheck.session.messages import Assignment, Policy
from vidcheck.sources.targets import Target, find
from vidcheck.storage import encoding
from vidcheck.storage.cache import Cache, CacheRow, count, path
from vidcheck.witnesses import ffprobe, registry
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.filesystem import checksum

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from vidcheck.facts import Facts
    from vidcheck.workers.pool import Workers

pytestmark = pytest.mark.skipif(not memo.possible(), reason="this system does not tell when a file was changed")

RULES = (
    "format: {is: mp4}\nduration: {min: 2 min, max: 5 min}\ncompleted: {from: 2020-01-01, to: 2022-02-28}\n"
    "intact: {is: yes}\nname: {fact: file.name, matches: '.+\\.mp4'}\ntitle: {known: yes, level: recommended}"
)
KINDS = {
    "good": surgery.clip(),
    "cut": surgery.clip()[:300_000],
    "no date": surgery.set_creation_time(surgery.clip(), 0),
    "long title": surgery.add_tag(surgery.clip(), "©nam", "名\0字\x1b[31m".encode() + b"\xff\xed\xa0\x80" * 250_000),
    "mov": surgery.set_brands(surgery.clip(), "qt  "),
    "turned": surgery.clip().replace(b"avc1", b"zzzz"),
    "zip": b"PK\3\4" + bytes(500),
    "refused": (2**31).to_bytes(4) + b"moov" + bytes(600),
    "empty": b"",
}


WRITTEN = 1_623_729_600
"""The date in the sample clip, in seconds since 1970."""


class Asked(BaseException):
    """A witness was asked."""


def asked(*_: object) -> Any:
    raise Asked


class Here:
    """A pool that does the work at once, in this process."""

    together = 1

    def submit(self, function: Any, *args: Any, deadline: float, place: str = "") -> Future[Any]:  # noqa: ARG002 - as pools have it
        future: Future[Any] = Future()
        if function is tasks.check_entry:
            setup, given = args
            future.set_result(work.check_entry(work.opened(setup), given))
        else:
            future.set_result(function(*args))
        return future


class Nobody(Here):
    """The same, where no witness must be asked."""

    def submit(self, function: Any, *args: Any, deadline: float, place: str = "") -> Future[Any]:
        usual = registry.witness
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(checksum, "look", asked)
            patch.setattr(
                registry, "witness", lambda name: usual(name) if name in OWN else replace(usual(name), look=asked)
            )
            return super().submit(function, *args, deadline=deadline, place=place)


OWN = {"declared", "filesystem"}


def run(
    workers: Any,
    folder: Path,
    *,
    settled: int = 0,
    witness: str = "mediainfo",
    checksum: bool = False,
    rules: str = RULES,
) -> bytes:
    """Every report of the folder's entries in all formats, and the JSON of its facts."""
    cache = Cache()
    memory = Memory(cache, settled=settled)
    sound = read_rules(rules_text(rules).encode(), "rules.yaml")
    targets = find([str(folder)]).targets
    many: dict[str, Any] = {"workers": workers, "policy": Policy(witness), "memory": memory}
    entries = tuple(Run(rules=sound, **many).reports(targets))
    known = list(Run(rules=None, checksum=checksum, **many).facts(targets))
    cache.close()
    assert cache.trouble is None
    report = Report(tool={}, rules=summarise(sound), entries=entries)
    from vidcheck.reports.json import render_facts

    return b"\n".join(
        [render_facts(known, {}), *(render(form, report, "zh") for form in FORMATS if form not in {"xlsx", "table"})]
    )


def facts(workers: Any, file: Path, *, checksum: bool = False, settled: int = 0) -> Facts:
    cache = Cache()
    memory = Memory(cache, settled=settled)
    going = Run(rules=None, workers=workers, policy=Policy.MEDIAINFO, memory=memory, checksum=checksum)
    ((_, told),) = going.facts(find([str(file)]).targets)
    cache.close()
    return told


def kept() -> int:
    return count(path()).files


@pytest.mark.parametrize("witness", ["mediainfo", pytest.param("all", marks=needs_ffprobe)])
def test_the_second_run_needs_no_worker_and_says_the_same_byte_for_byte(
    workers: Workers, tmp_path: Path, witness: str
) -> None:
    for name, data in KINDS.items():
        put(tmp_path / f"{name}.mp4", data)
    os.rename(tmp_path / "good.mp4", os.fsencode(tmp_path) + b"/g\xffod\n.mp4")  # noqa: PTH104
    cold = run(workers, tmp_path, witness=witness)
    assert kept() == len(KINDS)
    assert run(Nobody(), tmp_path, witness=witness) == cold


@pytest.mark.parametrize("order", [(-1, 1), (1, -1)], ids=["not yet, then past", "past, then not yet"])
def test_a_date_in_the_future_is_judged_anew_in_each_run_though_the_file_is_remembered(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[int, int]
) -> None:
    put(tmp_path / "entry.mp4")
    said: list[tuple[bool, bool]] = []
    for pool, days in ((workers, order[0]), (Nobody(), order[1]), (Nobody(), order[0])):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(WRITTEN + days * 86_400))
        reports = run(pool, tmp_path)
        said.append((days > 0, "晚于本次检查的日期".encode() in reports))
    assert all(past is not unknown for past, unknown in said)


@pytest.mark.parametrize("how", ["written", "replaced"])
def test_a_changed_file_is_read_anew_though_its_size_and_time_are_put_back(
    workers: Workers, tmp_path: Path, how: str
) -> None:
    data, other = surgery.clip(), surgery.set_creation_time(surgery.clip(), 3_800_000_000)
    assert len(data) == len(other)
    file = put(tmp_path / "entry.mp4", data)
    before = file.stat()
    cold = facts(workers, file)
    if how == "written":
        with file.open("r+b") as open_:
            open_.write(other)
    else:
        put(tmp_path / "other", other).replace(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert facts(workers, file).of("container.created") != cold.of("container.created")
    assert kept() == (1 if how == "written" else 2)  # what was known of the file's old content is forgotten


def test_a_file_that_was_touched_while_its_clock_could_stand_still_is_not_remembered(
    workers: Workers, tmp_path: Path
) -> None:
    file = put(tmp_path / "entry.mp4")
    facts(workers, file, settled=SETTLED)  # it was written just now
    assert not path().exists() or kept() == 0
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 10**15))  # it comes from a clock that is ahead
    facts(workers, file, settled=0)
    assert not path().exists() or kept() == 0


def test_a_name_is_never_remembered(workers: Workers, tmp_path: Path) -> None:
    file = put(tmp_path / "entry.mp4")
    (tmp_path / "other.MOV").hardlink_to(file)
    facts(workers, file)
    told = facts(Nobody(), tmp_path / "other.MOV")
    assert [told.of(key)[0].value for key in ("file.name", "file.extension")] == ["other.MOV", "mov"]


def test_a_checksum_is_remembered_where_it_was_asked_for_and_told_only_then(workers: Workers, tmp_path: Path) -> None:
    file = put(tmp_path / "entry.mp4")
    plain = facts(workers, file)
    assert plain.of("checksum") == ()
    summed = facts(workers, file, checksum=True)  # what is there does not do
    assert len(summed.of("checksum")) == 1
    assert facts(Nobody(), file, checksum=True) == summed
    assert facts(Nobody(), file) == plain


def test_a_symlink_is_followed_only_where_the_user_named_it(workers: Workers, tmp_path: Path) -> None:
    file = put(tmp_path / "entry.mp4")
    (tmp_path / "link.mp4").symlink_to(file)
    facts(workers, file)
    assert facts(Nobody(), tmp_path / "link.mp4").of("file.name")[0].value == "link.mp4"
    memory = Memory(Cache())
    assert memory.look_up([Target(path=str(tmp_path / "link.mp4"), follow=False)]) == [((), ())]


@pytest.mark.parametrize("which", ["mediainfo", "vidcheck"])
def test_another_version_looks_again(workers: Workers, tmp_path: Path, which: str) -> None:
    file = put(tmp_path / "entry.mp4")
    told = facts(workers, file)
    with pytest.MonkeyPatch.context() as patch:
        if which == "mediainfo":
            patch.setattr(registry, "version", lambda _: "99")
        else:
            patch.setattr(recall, "vidcheck", lambda: "vidcheck 99")
        with pytest.raises(Asked):
            facts(Nobody(), file)
    assert facts(workers, file) == told
    assert kept() == 1


def test_where_a_witness_can_not_tell_its_version_nothing_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "version", lambda _: None)
    assert facts(Here(), put(tmp_path / "entry.mp4")).of("duration")
    assert not path().exists()


@pytest.mark.parametrize("fault", ["crash", "hang", "half", "growing"])
def test_no_fault_that_the_next_run_may_be_spared_is_remembered(tmp_path: Path, fault: str) -> None:
    file = put(tmp_path / "entry.mp4")
    deeds: dict[str, Callable[[BinaryIO], str]] = {
        "crash": crash, "hang": hang, "half": half, "growing": partial(grow, file),
    }  # fmt: skip
    cache = Cache()
    memory = Memory(cache, settled=0)
    bad = Patched(replaced(deeds[fault]))
    try:
        going = Run(rules=None, workers=bad, policy=Policy.MEDIAINFO, memory=memory, timeout=0.5)
        ((_, told),) = going.facts(find([str(file)]).targets)
    finally:
        bad.stop()
        cache.close()
    assert told.faults
    assert not path().exists() or kept() == 0


@needs_ffprobe
@pytest.mark.parametrize(
    ("script", "lasting"),
    [
        ("echo '/dev/fd/9: Invalid data found when processing input' >&2; exit 1", True),
        ("echo 'Cannot allocate memory' >&2; exit 1", False),
        ("kill -9 $$", False),
    ],
    ids=["invalid data", "no memory", "killed"],
)
def test_what_ffprobe_says_of_the_file_lasts_and_its_own_troubles_do_not(
    tmp_path: Path, script: str, lasting: bool
) -> None:
    program = tmp_path / "ffprobe"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with put(tmp_path / "entry.mp4").open("rb") as file, pytest.raises(CouldNotLookError) as raised:
        ffprobe.look(file, "entry.mp4", "mp4", 10, program=str(program))
    assert raised.value.lasting is lasting


def test_file_systems_that_keep_no_change_time_are_known_by_the_list_of_mounts() -> None:
    assert timeless(
        [
            "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
            "28 27 8:17 / /media/stick rw,nosuid shared:15 - exfat /dev/sdb1 rw",
            "29 27 0:45 / /home/a\\040b rw - fuse.sshfs host:/ rw",
            "30 27 8:18 / /mnt rw - fuseblk /dev/sdb2 rw",
        ]
    ) == {os.makedev(8, 17), os.makedev(0, 45)}


def test_a_file_on_such_a_file_system_is_not_looked_up(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path / "entry.mp4")
    monkeypatch.setattr(memo, "_timeless", lambda: frozenset({file.stat().st_dev}))
    facts(workers, file)
    assert not path().exists()


def test_whom_nobody_asked_is_not_answered_for(workers: Workers, tmp_path: Path) -> None:
    file = put(tmp_path / "entry.mp4")
    facts(workers, file)
    memory = Memory(Cache())
    (known,) = memory.look_up(find([str(file)]).targets)
    identity, rows = known
    assert {row.asked for row in rows} == {"boxes", "mediainfo"}
    again = recall.Recall(Assignment(target=Target(path=str(file), follow=True), identity=identity, rows=rows), None)
    assert again.facts(identity, ["boxes", "mediainfo"]) is not None
    assert again.facts(identity, ["ffprobe"], "mp4") is None
    assert again.facts(identity, ["checksum", "boxes", "mediainfo"]) is None
    assert again.facts((0, *identity[1:]), ["boxes", "mediainfo"]) is None
    memory.cache.close()


def forge(key: str, value: list[Any]) -> None:
    """Puts a value that nobody wrote into every row that is remembered, each with a sum that is right."""
    base = sqlite3.connect(path())
    told = base.execute("SELECT rowid, file, asked, state, tools, words FROM told").fetchall()
    for number, file, asked, state, tools, words in told:
        form, rows, missed = json.loads(words)
        for each in rows:
            each[3] = value if each[0] == key else each[3]
        forged = CacheRow(file, asked, state, tools, json.dumps([form, rows, missed]).encode())
        base.execute("UPDATE told SET words = ?, sum = ? WHERE rowid = ?", (forged.words, forged.sum, number))
    base.commit()
    base.close()


@pytest.mark.parametrize("rules", [RULES, None], ids=["a check", "facts alone"])
def test_a_remembered_value_that_makes_no_sense_is_looked_at_anew_and_the_cache_put_aside(
    workers: Workers, tmp_path: Path, rules: str | None
) -> None:
    put(tmp_path / "entry.mp4")
    targets = find([str(tmp_path)]).targets
    sound = read_rules(rules_text(rules).encode(), "rules.yaml") if rules else None

    def told() -> tuple[object, Cache]:
        cache = Cache()
        memory = Memory(cache, settled=0)
        going = Run(rules=sound, workers=workers, policy=Policy.MEDIAINFO, memory=memory)
        seen = list(going.reports(targets)) if sound else [known.by_key for _, known in going.facts(targets)]
        cache.close()
        assert not going.internal
        return seen, cache

    first, cache = told()
    assert cache.trouble is None
    forge("duration", ["f", 1, 0])
    again, cache = told()
    assert again == first
    assert cache.trouble is not None
    assert cache.trouble.render("en") == "it is damaged"


def test_what_is_remembered_is_what_the_witness_said(tmp_path: Path) -> None:
    file = put(tmp_path / "entry.mp4")
    told = facts(Here(), file)
    ((_, rows),) = Memory(Cache()).look_up(find([str(file)]).targets)
    assert {row.asked: encoding.decode(row.words)[0] for row in rows} == {
        name: tuple(fact for fact in told.facts if fact.witness == name) for name in ("boxes", "mediainfo")
    }
