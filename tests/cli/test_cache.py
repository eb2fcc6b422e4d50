from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import clips
from tests.cli.run import COMMAND, vidcheck
from vidcheck.facts import Fact
from vidcheck.session import memo
from vidcheck.session.memo import Memory
from vidcheck.session.messages import Finished
from vidcheck.sources.targets import Target
from vidcheck.storage import cache, encoding
from vidcheck.storage.cache import Cache, path

pytestmark = pytest.mark.skipif(not memo.possible(), reason="this system does not tell when a file was changed")

# no video, but a file that has lain still for longer than a clock's tick: what is made in a test has not
ENTRY = Path(clips.__file__).parent / "clip.mp4.gz"
RULES = "vidcheck: 1\nrules:\n  format: {is: mp4}\n  size: {max: 1 MB}\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def check(here: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return vidcheck("check", ENTRY, "--report", "json:-", "--witness", "mediainfo", "--quiet", *more, cwd=here)


def told(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def lie() -> None:
    """What is remembered of the entry says that it is an MP4, so that an answer from the cache can be told."""
    kept = Cache()
    memory = Memory(kept)
    ((identity, rows),) = memory.look_up([Target(path=str(ENTRY), follow=True)])
    assert rows
    false = encoding.encode([Fact(key="format", witness="boxes", value="mp4", locator="a lie")])
    memory.keep(Finished(path="", rows=tuple(row._replace(words=false) for row in rows)), identity)
    kept.close()


def test_a_check_is_remembered_and_answered_again_unless_that_is_not_wanted(here: Path) -> None:
    first = check(here)
    assert (first.returncode, first.stderr) == (1, "")
    assert check(here).stdout == first.stdout
    lie()
    assert check(here).returncode == 0
    assert check(here, "--no-cache").stdout == first.stdout
    facts = [vidcheck("facts", ENTRY, "--format", "json", *more) for more in ((), ("--no-cache",))]
    assert ["a lie" in each.stdout for each in facts] == [True, False]


def test_no_cache_leaves_no_trace(here: Path, cache_folder: Path) -> None:
    check(here, "--no-cache")
    vidcheck("facts", ENTRY, "--no-cache")
    assert not cache_folder.exists()


def test_the_python_api_remembers_only_where_it_is_asked_to(here: Path, cache_folder: Path) -> None:
    from vidcheck import check as api

    rules, many = str(here / "rules.yaml"), {"witness": "mediainfo", "workers": 1}
    cold = api([ENTRY], rules, **many)  # type: ignore[arg-type]
    assert not cache_folder.exists()
    assert api([ENTRY], rules, cache=True, **many) == cold  # type: ignore[arg-type]
    assert api([ENTRY], rules, cache=True, **many) == cold  # type: ignore[arg-type]
    lie()
    assert api([ENTRY], rules, cache=True, **many) != cold  # type: ignore[arg-type]
    assert api([ENTRY], rules, **many) == cold  # type: ignore[arg-type]


def one_warning(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.stderr == f"vidcheck: the cache {path()} is not used: {words}\n"


def test_a_damaged_cache_is_one_warning_and_the_run_is_the_same(here: Path, cache_folder: Path) -> None:
    clean = check(here, "--no-cache")
    cache_folder.mkdir(parents=True)
    path().write_bytes(b"nonsense" * 1000)
    done = check(here)
    one_warning(done, "it is damaged")
    assert (done.returncode, done.stdout) == (clean.returncode, clean.stdout)


def test_words_that_are_not_facts_are_one_warning_and_the_run_is_the_same(here: Path) -> None:
    clean = check(here)
    kept = Cache()
    memory = Memory(kept)
    ((identity, rows),) = memory.look_up([Target(path=str(ENTRY), follow=True)])
    assert rows
    memory.keep(Finished(path="", rows=tuple(row._replace(words=b'[1,[["format"]],[]]') for row in rows)), identity)
    kept.close()
    done = check(here)
    one_warning(done, "it is damaged")
    assert (done.returncode, done.stdout) == (clean.returncode, clean.stdout)


def test_a_locked_cache_is_one_warning_and_the_run_is_the_same(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "WAIT", 0.01)
    clean = check(here)
    other = sqlite3.connect(path(), isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    done = check(here)
    other.close()
    one_warning(done, "another program has locked it")
    assert (done.returncode, done.stdout) == (clean.returncode, clean.stdout)


def as_anybody() -> None:
    """Without root's leave to write everywhere (capabilities(7): CAP_DAC_OVERRIDE is 1)."""
    import ctypes

    ctypes.CDLL(None).prctl(24, 1)  # PR_CAPBSET_DROP


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="leave is given up by prctl(2)")
@pytest.mark.parametrize("there", [True, False], ids=["a cache", "no cache yet"])
def test_a_cache_that_may_not_be_written_is_one_warning(here: Path, cache_folder: Path, there: bool) -> None:
    clean = check(here, *([] if there else ["--no-cache"]))
    cache_folder.mkdir(parents=True, exist_ok=True)
    for each in (*cache_folder.iterdir(), cache_folder):
        each.chmod(0o555)
    done = subprocess.run(
        [*COMMAND, "check", ENTRY, "--report", "json:-", "--witness", "mediainfo", "--quiet"], cwd=here, capture_output=True,
        text=True, preexec_fn=as_anybody, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    one_warning(done, "it may not be written")
    assert (done.returncode, done.stdout) == (clean.returncode, clean.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_is_one_warning(here: Path) -> None:
    import resource

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    done = subprocess.run(
        [*COMMAND, "check", ENTRY, "-q"], cwd=here, preexec_fn=no_room, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"vidcheck: the cache {path()} is not used: ")


def test_the_cache_tells_where_it_is_and_what_it_holds_and_forgets_it(here: Path) -> None:
    def lines(*arguments: str) -> list[str]:
        done = vidcheck("cache", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    assert lines("info") == [str(path()), "0 entries, 0 B"]
    check(here)
    where, size = lines("info")
    assert where == str(path())
    assert size.startswith("1 entry, ")
    assert lines("info", "--lang", "zh")[1].startswith("1 个作品，")
    assert lines("prune")[0].startswith("forgotten: 0 entries")
    assert lines("clear")[0].startswith("forgotten: 1 entry, ")
    assert lines("info")[1].startswith("0 entries, ")


def test_another_programs_file_is_not_cleared(cache_folder: Path) -> None:
    cache_folder.mkdir(parents=True)
    base = sqlite3.connect(path())
    base.execute("CREATE TABLE mine (one)")
    base.commit()
    base.close()
    for command in ("info", "clear", "prune"):
        done = vidcheck("cache", command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"vidcheck: the cache {path()} can't be used: it is another program's file\n"
    assert path().exists()
