"""An entry makes one trip: its verdict comes from nothing but its bytes, whoever looks, and whatever befalls workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import vidcheck
from tests.clips import surgery
from tests.kit import Run, needs_ffprobe, put, rules_text
from tests.workers.misbehaving import all_misbehave, misbehaves
from vidcheck import Options, Session
from vidcheck.quantities import Manner
from vidcheck.reports import json as as_json
from vidcheck.rules.reader import read_rules
from vidcheck.session import tasks
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.workers.pool import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from vidcheck.workers.protocol import Pool

pytestmark = pytest.mark.process

RULES = """
format: {is: mp4}
duration: {min: 2 min, max: 5 min}
resolution: {min: 1280x720}
completed: {from: 2020-01-01, to: 2022-02-28}
intact: {is: yes}
attachment.count: {max: 3}
"""
MANNER = Manner()
BATCH = "batch: {same-file: {unique: checksum}}\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Entries of several kinds, two of them alike, one with attachments."""
    folder = tmp_path / "in"
    folder.mkdir()
    clip = surgery.clip()
    kinds = {
        "a-good": clip, "b-same": clip, "c-cut": clip[:300_000], "d-undated": surgery.set_creation_time(clip, 0),
        "e-mov": surgery.set_brands(clip, "qt  "), "f-text": b"no film", "g-empty": b"",
    }  # fmt: skip
    for name, data in kinds.items():
        put(folder / f"{name}.mp4", data)
    (folder / "own").mkdir()
    put(folder / "own" / "film.mp4", clip[:-1])
    (folder / "own" / "form.docx").write_bytes(b"PK\3\4 broken")
    (tmp_path / "rules.yaml").write_text(rules_text(RULES) + BATCH, encoding="utf-8")
    return tmp_path


def report(corpus: Path, *more: str, **environment: str) -> bytes:
    """The JSON report of the command line."""
    arguments = more if any(not each.startswith("-") and "/" in each for each in more) else ("in", *more)
    done = vidcheck("check", *arguments, "--quiet", "--report", "json:out.json", cwd=corpus, **environment)
    assert done.returncode == 1, done.stderr
    return (corpus / "out.json").read_bytes()


@needs_ffprobe
def test_workers_cache_order_zone_and_language_change_no_byte_of_a_report(corpus: Path) -> None:
    plain = report(corpus, "-j", "1", "--no-cache")
    every = [str(path.relative_to(corpus)) for path in sorted((corpus / "in").glob("*.mp4"))]
    assert report(corpus, "-j", "2", "--no-cache") == plain
    assert report(corpus, "-j", "8", "--no-cache") == plain
    assert report(corpus, "-j", "2") == plain
    assert report(corpus, "-j", "2") == plain
    assert report(corpus, "in/own", *reversed(every), "-j", "2", "--no-cache") == plain
    abroad = {"TZ": "America/Caracas", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}
    assert report(corpus, "-j", "2", "--no-cache", **abroad) == plain


def test_without_workers_all_is_done_here_and_neither_workers_nor_storage_are_imported(corpus: Path) -> None:
    plain = report(corpus, "-j", "2", "--no-cache", "--witness", "mediainfo")
    code = (
        "import sys\nfrom vidcheck import Options, Session\nfrom vidcheck.reports import json\n"
        "with Session('rules.yaml', Options(workers=0, witness='mediainfo')) as session:\n"
        "    told = json.render(session.report(['in']))\n"
        "amiss = [name for name in sys.modules if name.startswith(('vidcheck.workers', 'vidcheck.storage'))]\n"
        "assert not amiss, amiss\nsys.stdout.buffer.write(told)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=corpus, capture_output=True, check=True)
    assert done.stdout == plain


class Misbehaving:
    """Workers in whose processes a witness misbehaves on files that say so in their name."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.grouped: set[str] = set()
        """The names of entries that went in groups."""

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        if function is tasks.check_entries:
            self.grouped |= {Path(given.target.path).name for given in args[1]}
        wanted: dict[Any, Any] = {tasks.check_entry: misbehaves, tasks.check_entries: all_misbehave}
        return self._pool.submit(wanted.get(function, function), *args, deadline=deadline, place=place)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


def told(pool: Pool, folder: Path, *, timeout: float = 30.0, policy: Policy = Policy.ALL) -> dict[str, Any]:
    """What the JSON report says of each entry, by its name."""
    sound = read_rules(rules_text(RULES).encode(), "rules.yaml")
    run = Run(rules=sound, workers=pool, policy=policy, timeout=timeout, count=2)
    entries = [json.loads(as_json.entry_text(each, MANNER)) for each in run.reports(find([str(folder)]).targets)]
    assert [entry["path"] for entry in entries] == sorted(entry["path"] for entry in entries)
    return {entry["path"].rpartition("/")[2]: entry for entry in entries}


@pytest.fixture
def pair() -> Iterator[Workers]:
    """Two workers."""
    workers = Workers(2)
    yield workers
    workers.stop()


@needs_ffprobe
@pytest.mark.parametrize("witness", ["boxes", "mediainfo", "ffprobe"])
@pytest.mark.parametrize(
    ("harm", "words"),
    [("crashes", "it crashed (SIGSEGV)"), ("hangs", "no answer in 2 s")],
)
def test_a_worker_that_is_lost_at_a_witness_costs_its_word_alone(
    pair: Workers, tmp_path: Path, witness: str, harm: str, words: str
) -> None:
    for name in ("a", "b", "d", "e"):
        put(tmp_path / f"{name}.mp4")
    clean = told(pair, tmp_path)
    bad = f"{witness}@{harm}.mp4"
    put(tmp_path / bad)
    seen = told(Misbehaving(pair), tmp_path, timeout=2.0)
    assert {name: entry for name, entry in seen.items() if name != bad} == clean
    (fault,) = seen[bad]["faults"]
    assert words in fault["message"]
    assert fault["witness"] == ("filesystem" if witness == "boxes" else witness)
    heard = {fact["witness"] for finding in seen[bad]["findings"] for fact in finding["evidence"]}
    assert heard == (
        set() if witness == "boxes" else {"filesystem", "boxes", "mediainfo", "ffprobe"} - {witness} & heard
    )


def test_a_worker_that_is_lost_with_a_group_costs_one_witness_s_word_on_one_entry(
    pair: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BRIEF", 3600.0)
    for number in range(40):
        put(tmp_path / f"{number}.mp4")
    clean = told(pair, tmp_path, policy=Policy.MEDIAINFO)
    bad = {"20 crashes.mp4": "it crashed (SIGSEGV)", "30 hangs.mp4": "no answer in 5 s"}
    for name in bad:
        put(tmp_path / name)
    pool = Misbehaving(pair)
    seen = told(pool, tmp_path, timeout=5.0, policy=Policy.MEDIAINFO)
    assert pool.grouped > bad.keys()
    assert {name: entry for name, entry in seen.items() if name not in bad} == clean
    for name, words in bad.items():
        (fault,) = seen[name]["faults"]
        assert fault["witness"] == "mediainfo"
        assert words in fault["message"]


@pytest.mark.parametrize("harm", ["crashes", "leaves", "eats"])
def test_a_file_that_ends_its_worker_is_reported_when_it_is_alone(pair: Workers, tmp_path: Path, harm: str) -> None:
    put(tmp_path / f"{harm}.mp4")
    (entry,) = told(Misbehaving(pair), tmp_path).values()
    assert [fault["witness"] for fault in entry["faults"]] == ["mediainfo"]
    assert entry["verdict"] != "eligible" or "ffprobe" in json.dumps(entry)


def test_an_error_of_ours_is_one_witness_s_fault_and_is_noted(pair: Workers, tmp_path: Path) -> None:
    put(tmp_path / "raises.mp4")
    sound = read_rules(rules_text(RULES).encode(), "rules.yaml")
    run = Run(rules=sound, workers=Misbehaving(pair), policy=Policy.MEDIAINFO)
    (entry,) = run.reports(find([str(tmp_path)]).targets)
    assert [fault.witness for fault in entry.faults] == ["mediainfo"]
    assert run.internal == ["ZeroDivisionError: raises.mp4"]


def test_a_session_may_look_again_and_again(corpus: Path) -> None:
    with Session(str(corpus / "rules.yaml"), Options(workers=1, witness="mediainfo")) as session:
        targets = session.find([corpus / "in"]).targets
        first, batch = list(session.reports(targets)), session.batch
        assert list(session.reports(targets)) == first
        assert session.batch == batch
        assert len(batch) == 1
