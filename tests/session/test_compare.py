"""Rules over many entries in a run: what is read whole, what is held back, that order and workers change nothing."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.clips import surgery
from tests.kit import Run, put
from vidcheck.api import check
from vidcheck.engine import judge_entry
from vidcheck.findings import EntryReport, Outcome, Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.session.compare import Comparison
from vidcheck.session.messages import Assignment, Policy
from vidcheck.sources.targets import Found, find
from vidcheck.storage.archive import Mark, Past, open_to_read, open_to_write
from vidcheck.witnesses.filesystem import checksum
from vidcheck.witnesses.filesystem.checksum import SAMPLE
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from vidcheck.rules.model import Rules

CLIP = surgery.clip()
OTHER = CLIP[:-1] + bytes([CLIP[-1] ^ 1])
LONGER = CLIP + b"\0\0\0\x08free"


def rules(*batch: str) -> Rules:
    rows = "".join(f"  {row}\n" for row in batch)
    return read_rules(f"vidcheck: 1\nrules: {{format: {{is: mp4}}}}\nbatch:\n{rows}".encode(), "rules.yaml")


SAME_FILE = rules("same-file: {unique: checksum}")
SAME_WORK = rules("same-work: {unique: [declared.title, declared.authors]}", "two: {at-most: {count: 2, per: declared.first-author}}")  # fmt: skip


class Watched:
    """Workers that tell which files they were asked to read whole, and do something before they do."""

    def __init__(self, workers: Workers, before: Callable[[str], object] = lambda _: None) -> None:
        self.workers = workers
        self.together = workers.together
        self.before = before
        self.whole: list[str] = []
        self.sampled: list[str] = []

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:  # noqa: ARG002 - nothing here is remote
        if len(args) == 2 and isinstance(args[1], Assignment) and args[1].whole:
            path = args[1].target.path
            if args[1].sampled:
                self.sampled.append(path.rpartition("/")[2])
            else:
                self.before(path)
                self.whole.append(path.rpartition("/")[2])
        return self.workers.submit(function, *args, deadline=deadline)


def run_over(workers: Any, sound: Rules, *paths: Path, **more: Any) -> tuple[Run, list[EntryReport]]:
    run = Run(rules=sound, workers=workers, policy=Policy.MEDIAINFO, **more)
    return run, list(run.reports(find([str(path) for path in paths]).targets))


def outcomes(reports: list[EntryReport], rule: str) -> dict[str, Outcome]:
    return {report.entry.name: f.outcome for report in reports for f in report.findings if f.rule == rule}


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    for name, data in (("a", CLIP), ("b", OTHER), ("c", CLIP), ("d", LONGER)):
        put(tmp_path / f"{name}.mp4", data)
    return tmp_path


def test_the_same_bytes_twice_are_found_and_only_files_of_one_size_are_read_whole(
    twins: Path, workers: Workers
) -> None:
    watched = Watched(workers)
    run, reports = run_over(watched, SAME_FILE, twins)
    assert watched.whole == ["a.mp4", "b.mp4", "c.mp4"]
    assert outcomes(reports, "same-file") == {
        "a.mp4": Outcome.UNKNOWN,
        "b.mp4": Outcome.PASS,
        "c.mp4": Outcome.UNKNOWN,
        "d.mp4": Outcome.PASS,
    }
    assert [report.verdict for report in reports] == [
        Verdict.REVIEW,
        Verdict.ELIGIBLE,
        Verdict.REVIEW,
        Verdict.ELIGIBLE,
    ]
    (about,) = run.batch
    assert about.actual.render("en").startswith("2 entries: ")


def test_without_rules_over_many_entries_nothing_is_held_back(twins: Path, workers: Workers) -> None:
    sound = read_rules(b"vidcheck: 1\nrules: {format: {is: mp4}}")
    run = Run(rules=sound, workers=workers, policy=Policy.MEDIAINFO)
    reports = run.reports(find([str(twins)]).targets)
    assert next(reports).entry.name == "a.mp4"
    assert run.comparison is None
    assert list(run.unfinished()) == []


def test_a_file_that_changes_before_it_is_read_whole_is_for_a_person(twins: Path, workers: Workers) -> None:
    changed = twins / "c.mp4"

    def write(path: str) -> None:
        if path == str(changed):
            changed.write_bytes(CLIP[:-2])

    _, reports = run_over(Watched(workers, write), SAME_FILE, twins)
    told = {report.entry.name: next(f for f in report.findings if f.rule == "same-file") for report in reports}
    assert {name: finding.outcome for name, finding in told.items()} == {
        "a.mp4": Outcome.PASS,
        "b.mp4": Outcome.PASS,
        "c.mp4": Outcome.UNKNOWN,
        "d.mp4": Outcome.PASS,
    }
    assert "still being written" in told["c.mp4"].message.render("en")


def test_a_file_that_is_gone_before_it_is_read_whole_is_for_a_person(twins: Path, workers: Workers) -> None:
    gone = twins / "c.mp4"

    def remove(path: str) -> None:
        if path == str(gone):
            gone.unlink()

    _, reports = run_over(Watched(workers, remove), SAME_FILE, twins)
    assert outcomes(reports, "same-file")["c.mp4"] is Outcome.UNKNOWN


@pytest.fixture(scope="module")
def several() -> Iterator[Workers]:
    shared = Workers(3)
    yield shared
    shared.stop()


def manifest(folder: Path) -> Path:
    rows = [
        "视频文件,作品名称,主创人员（或单位）,提交时间",
        "a.mp4,水,张三,2022-04-01 10:00",
        "b.mp4,《水》,张三,2022-04-02 10:00",
        "c.mp4,火,张三,2022-04-02 10:00",
        "d.mp4,气,张三,",
        "e.mp4,土,李四,",
        "f.mp4,土 ,李四,2022-04-01",
    ]
    path = folder / "entries.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_order_and_number_of_workers_do_not_change_the_outcome(
    tmp_path: Path, workers: Workers, several: Workers
) -> None:
    for name, data in zip("abcdef", (CLIP, OTHER, CLIP, LONGER, CLIP, OTHER), strict=True):
        put(tmp_path / f"{name}.mp4", data)
    sound = read_rules(
        b"vidcheck: 1\nrules: {format: {is: mp4}}\nbatch:\n  same-file: {unique: checksum}\n"
        b"  same-work: {unique: [declared.title, declared.authors]}\n"
        b"  one: {at-most: {count: 1, per: declared.first-author}, keep: later}\n"
    )
    straight = declared(tmp_path, sound, workers, count=1)
    for count, turned in ((1, True), (3, False), (3, True)):
        assert declared(tmp_path, sound, several, count=count, turned=turned) == straight
    assert {finding.rule for finding in straight[1]} == {"same-file", "same-work", "one"}


def declared(folder: Path, sound: Rules, workers: Workers, *, count: int, turned: bool = False) -> Any:
    from vidcheck.session.declare import declare

    found: Found = find([str(folder)])
    declare(str(manifest(folder)), sound, found, workers.submit)
    if turned:
        found.targets.reverse()
    run = Run(rules=sound, workers=workers, count=count, policy=Policy.MEDIAINFO)
    reports = sorted(run.reports(found.targets), key=lambda report: report.entry.path)
    return [(report.entry, report.verdict, report.findings) for report in reports], run.batch


def test_with_a_manifest_the_later_submission_of_one_work_counts(tmp_path: Path) -> None:
    for name in "abcdef":
        put(tmp_path / f"{name}.mp4", CLIP + b"\0\0\0" + bytes([8 + ord(name)]) + b"free" + bytes(ord(name)))
    report = check([tmp_path], SAME_WORK, manifest=manifest(tmp_path), witness="mediainfo", workers=1)
    told = {entry.entry.name: [f.outcome.value for f in entry.findings[1:]] for entry in report.entries}
    assert told == {
        "a.mp4": ["fail", "skip"],
        "b.mp4": ["pass", "unknown"],
        "c.mp4": ["pass", "unknown"],
        "d.mp4": ["pass", "unknown"],
        "e.mp4": ["unknown", "pass"],
        "f.mp4": ["unknown", "pass"],
    }
    replaced = report.entries[0]
    assert replaced.verdict is Verdict.INELIGIBLE
    assert "replaced by" in replaced.findings[1].actual.render("en")
    assert replaced.findings[1].actual.render("zh").startswith("已由")
    assert [finding.rule for finding in report.batch] == ["same-work", "same-work", "two"]


def test_a_run_that_broke_off_gives_back_what_it_held(twins: Path, workers: Workers) -> None:
    class Stopped(BaseException):
        pass

    seen = 0

    def stop() -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise Stopped

    run = Run(rules=SAME_FILE, workers=workers, policy=Policy.MEDIAINFO, judged=stop)
    with pytest.raises(Stopped):
        list(run.reports(find([str(twins)]).targets))
    left = list(run.unfinished())
    assert [report.entry.name for report in left] == ["a.mp4", "b.mp4"]
    assert {report.verdict for report in left} == {Verdict.REVIEW}
    assert run.batch == ()


def test_a_run_holds_few_facts_of_each_entry(twins: Path, workers: Workers) -> None:
    run, _ = run_over(workers, SAME_FILE, twins)
    assert isinstance(run.comparison, Comparison)
    assert {fact.key for each in run.comparison._kept.values() for fact in each.facts.facts} == {"size", "checksum"}


def test_an_entry_of_an_earlier_edition_is_found_and_other_sizes_are_not_read(twins: Path, workers: Workers) -> None:
    import hashlib

    sound = rules("earlier: {not-in-archive: checksum}")
    digest = hashlib.sha256(CLIP).hexdigest()
    with open_to_write(twins / "archive.sqlite") as archive:
        past = Past(name="old/水.mp4", size=len(CLIP), marks=(Mark(kind="checksum", value=digest, shown=digest),))
        archive.add("2020", [past])
    watched = Watched(workers)
    with open_to_read(twins / "archive.sqlite") as archive:
        run, reports = run_over(watched, sound, twins, archive=archive)
        assert archive.description().startswith("2020 (1); sha256:")
    assert watched.whole == ["a.mp4", "b.mp4", "c.mp4"]
    assert outcomes(reports, "earlier") == {
        "a.mp4": Outcome.FAIL,
        "b.mp4": Outcome.PASS,
        "c.mp4": Outcome.FAIL,
        "d.mp4": Outcome.PASS,
    }
    assert reports[0].findings[-1].actual.render("en") == "already entered in 2020 as old/水.mp4"
    assert run.batch == ()


def test_check_takes_an_archive_and_the_report_says_which(twins: Path) -> None:
    with open_to_write(twins / "archive.sqlite") as archive:
        archive.add("2020", [Past(name="x.mp4", size=1)])
    sound = rules("earlier: {not-in-archive: checksum}")
    report = check([twins], sound, archive=twins / "archive.sqlite", witness="mediainfo", workers=1)
    assert report.tool["archive"].startswith("2020 (1); sha256:")
    assert {entry.verdict for entry in report.entries} == {Verdict.ELIGIBLE}


def test_a_single_entry_has_the_same_findings_with_and_without_rules_over_many(twins: Path, workers: Workers) -> None:
    run, (report,) = run_over(workers, SAME_FILE, twins / "a.mp4")
    assert [finding.rule for finding in report.findings] == ["format"]
    assert run.batch == ()
    plain = Run(rules=None, workers=workers, policy=Policy.MEDIAINFO)
    ((entry, facts),) = plain.facts(find([str(twins / "a.mp4")]).targets)
    assert judge_entry(entry, facts, SAME_FILE).report == report


def large(*changes: int) -> bytes:
    """A film of more than a sample's bytes, with other bytes at those places."""
    data = bytearray(CLIP + (8 + 3 * SAMPLE).to_bytes(4, "big") + b"free" + bytes(3 * SAMPLE))
    for place in changes:
        data[place] ^= 0xFF
    return bytes(data)


def test_large_files_of_one_size_are_told_apart_by_a_sample_and_only_like_samples_are_read_whole(
    tmp_path: Path, workers: Workers
) -> None:
    size = len(large())
    unseen = size - SAMPLE // 4  # between two places of the sample
    for name, changes in {"a": (), "b": (size - 1,), "c": (unseen,), "d": (), "e": (len(CLIP) + 20,)}.items():
        put(tmp_path / f"{name}.mp4", large(*changes))
    watched = Watched(workers)
    run, reports = run_over(watched, SAME_FILE, tmp_path)
    assert watched.sampled == [f"{name}.mp4" for name in "abcde"]
    assert watched.whole == ["a.mp4", "c.mp4", "d.mp4"]
    assert outcomes(reports, "same-file") == {
        "a.mp4": Outcome.UNKNOWN,
        "b.mp4": Outcome.PASS,
        "c.mp4": Outcome.PASS,
        "d.mp4": Outcome.UNKNOWN,
        "e.mp4": Outcome.PASS,
    }
    (about,) = run.batch
    assert about.actual.render("en").startswith("2 entries: ")


def test_a_sample_takes_no_more_of_a_file_than_it_says() -> None:
    class Counted(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    file = Counted(large())
    assert checksum.sample(file, len(large())) == checksum.sample(BytesIO(large()), len(large()))
    assert file.taken <= SAMPLE == 2**20
