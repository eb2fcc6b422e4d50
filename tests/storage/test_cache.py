from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from vidcheck.storage import cache
from vidcheck.storage.cache import Cache, CacheError, CacheRow, Count, path

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from vidcheck.storage import cache as module
from vidcheck.storage.cache import Cache, CacheRow
module.WAIT = 100.0
module.is_shared = lambda _: sys.argv[3] == "shared"
for turn in range(20):
    cache = Cache(Path(sys.argv[1]))
    for number in range(20):
        cache.keep(CacheRow(f"{sys.argv[2]}:{turn}:{number}", "library", "state", "tools", b"words" * 100))
    assert len(cache.rows([f"{sys.argv[2]}:{turn - 1}:{number}" for number in range(20)])) == (20 if turn else 0)
    cache.close()
    assert cache.trouble is None, cache.trouble.render("en")
"""


def row(number: int, words: bytes = b"words", asked: str = "library") -> CacheRow:
    return CacheRow(f"1:{number}", asked, "10:20:30", "tools", words)


def put(where: Path, *rows: CacheRow) -> None:
    kept = Cache(where)
    for each in rows:
        kept.keep(each)
    kept.close()
    assert kept.trouble is None


def test_rows_come_back_in_batches_larger_than_sqlites_holes(tmp_path: Path) -> None:
    where = tmp_path / "new" / "cache.sqlite"
    put(where, *(row(number) for number in range(1234)))
    back = Cache(where).rows([f"1:{number}" for number in range(2000)])
    assert back == {(f"1:{number}", "library"): row(number) for number in range(1234)}


def test_a_file_has_one_row_for_each_who_was_asked_and_the_last_one_counts(tmp_path: Path) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, row(1, b"old"), row(1, b"other", "ffprobe"))
    put(where, row(1, b"new"))
    assert {asked: each.words for (_, asked), each in Cache(where).rows(["1:1"]).items()} == {
        "library": b"new", "ffprobe": b"other",
    }  # fmt: skip


def test_what_an_interruption_comes_upon_is_written_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = tmp_path / "cache.sqlite"
    kept = Cache(where)
    kept.keep(row(1))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("vidcheck.storage.cache._trim", interrupted)
        with pytest.raises(KeyboardInterrupt):
            kept.close()
    kept.close()
    assert kept.trouble is None
    assert Cache(where).rows(["1:1"]) == {("1:1", "library"): row(1)}


def test_nothing_is_made_where_nothing_is_kept(tmp_path: Path) -> None:
    empty = Cache(tmp_path / "new" / "cache.sqlite")
    assert empty.rows(["1:1"]) == {}
    empty.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where_it_lies", ["here", "shared"])
def test_several_processes_write_at_once_and_nothing_is_lost(tmp_path: Path, where_it_lies: str) -> None:
    where = tmp_path / "cache.sqlite"
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(where), name, where_it_lies]) for name in "abc"]
    assert [each.wait() for each in running] == [0, 0, 0]
    assert cache.count(where).files == 3 * 20 * 20


def journal(where: Path) -> str:
    """How the file says that it is written (sqlite.org/fileformat.html, 1.3.3)."""
    return {b"\1\1": "rollback", b"\2\2": "write-ahead"}[where.read_bytes()[18:20]]


def test_a_cache_that_several_machines_may_use_at_once_has_no_write_ahead_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path.stat().st_dev
    home = f"29 27 {os.major(device)}:{os.minor(device)} / /home rw - nfs4 server:/home rw,vers=4.2"
    where = tmp_path / "cache.sqlite"
    put(where, row(1))
    assert journal(where) == "write-ahead"
    monkeypatch.setattr(cache, "mounted", lambda: (home,))
    put(where, row(2))  # as it was left by a vidcheck that did not know better
    assert journal(where) == "rollback"
    assert set(Cache(where).rows(["1:1", "1:2"])) == {("1:1", "library"), ("1:2", "library")}
    put(tmp_path / "new.sqlite", row(1))
    assert journal(tmp_path / "new.sqlite") == "rollback"


@pytest.mark.parametrize(
    ("kind", "shared"),
    [("nfs", True), ("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("9p", True), ("lustre", True),
     ("ext4", False), ("xfs", False), ("btrfs", False), ("tmpfs", False), ("overlay", False), ("fuseblk", False)],
)  # fmt: skip
def test_file_systems_that_machines_share_are_known_by_the_list_of_mounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, shared: bool
) -> None:
    device = tmp_path.stat().st_dev
    line = f"28 27 {os.major(device)}:{os.minor(device)} / /x rw,nosuid shared:15 - {kind} x rw"
    monkeypatch.setattr(cache, "mounted", lambda: ("27 1 254:0 / / rw,relatime - proc proc rw", line))
    assert cache.is_shared(tmp_path) is shared


def damage(where: Path) -> None:
    where.write_bytes(b"no SQLite at all" * 500)


def tear(where: Path) -> None:
    where.write_bytes(where.read_bytes()[:4096] + bytes(8192))


def flip(where: Path) -> None:
    data = where.read_bytes()
    assert data.count(b"unique") == 1
    where.write_bytes(data.replace(b"unique", b"uniqua"))


def retype(where: Path) -> None:
    base = sqlite3.connect(where)
    base.execute("UPDATE told SET words = 'text', tools = 7")
    base.commit()
    base.close()


def foreign(where: Path) -> None:
    where.unlink()
    base = sqlite3.connect(where)
    base.execute("CREATE TABLE told (mine)")
    base.commit()
    base.close()


def folder(where: Path) -> None:
    where.unlink()
    where.mkdir()


@pytest.mark.parametrize(
    ("harm", "words"),
    [(damage, "it is damaged"), (tear, "it is damaged"), (flip, "it is damaged"), (retype, "it is damaged"),
     (foreign, "it is another program's file"), (folder, "it is no regular file")],
    ids=["no sqlite", "torn", "one letter", "other types", "another program's", "a folder"],
)  # fmt: skip
def test_a_cache_that_can_not_be_trusted_is_put_aside_and_left_as_it_is(
    tmp_path: Path, harm: object, words: str
) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, row(1, b"unique"))
    assert callable(harm)
    harm(where)
    before = where.read_bytes() if where.is_file() else b""
    kept = Cache(where)
    assert kept.rows(["1:1"]) == {}
    assert kept.trouble is not None
    assert kept.trouble.render("en") == words
    kept.keep(row(2))
    assert kept.rows(["1:1"]) == {}
    kept.close()
    assert (where.read_bytes() if where.is_file() else b"") == before


def test_a_locked_cache_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, row(1))
    monkeypatch.setattr(cache, "WAIT", 0.01)
    other = sqlite3.connect(where, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    kept = Cache(where)
    kept.keep(row(2))
    kept.close()
    other.close()
    assert kept.trouble is not None
    assert kept.trouble.render("en") == "another program has locked it"


def test_the_longest_unused_rows_go_where_there_are_too_many(tmp_path: Path) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, *(row(number) for number in range(90)))
    base = sqlite3.connect(where)
    base.execute("UPDATE told SET used = used - CAST(substr(file, 3) AS INTEGER) * 100000")
    base.commit()
    base.close()
    kept = Cache(where, most_rows=100)
    kept.rows(["1:89"])  # the oldest is wanted again
    for number in range(90, 101):
        kept.keep(row(number))
    kept.close()
    left = Cache(where).rows([f"1:{number}" for number in range(101)])
    assert 50 < len(left) <= 100
    assert {("1:0", "library"), ("1:89", "library"), ("1:100", "library")} <= set(left)
    assert ("1:88", "library") not in left


def test_the_file_stays_within_its_bytes(tmp_path: Path) -> None:
    where, most = tmp_path / "cache.sqlite", 2 * 2**20
    for turn in range(10):
        kept = Cache(where, most_bytes=most)
        for number in range(100):
            kept.keep(row(turn * 1000 + number, bytes(6000)))
        kept.close()
        assert where.stat().st_size <= most + 100 * 8192  # what one batch adds before the oldest goes
    assert cache.prune(where, most_bytes=100_000).files > 100
    assert where.stat().st_size < 200_000


def test_pruning_by_age_forgets_what_was_not_used(tmp_path: Path) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, row(1), row(2))
    assert cache.prune(where, older=3600).files == 0
    base = sqlite3.connect(where)
    base.execute("UPDATE told SET used = used - 7200 WHERE file = '1:1'")
    base.commit()
    base.close()
    assert cache.prune(where, older=3600).files == 1
    assert list(Cache(where).rows(["1:1", "1:2"])) == [("1:2", "library")]


def test_clearing_forgets_everything_even_while_others_read(tmp_path: Path) -> None:
    where = tmp_path / "cache.sqlite"
    put(where, *(row(number) for number in range(300)))
    other = Cache(where)
    assert len(other.rows(["1:1"])) == 1
    assert cache.clear(where).files == 300
    assert other.rows(["1:1"]) == {}
    other.close()
    assert other.trouble is None
    assert cache.count(where).files == 0


def test_clearing_removes_a_damaged_cache_and_spares_another_programs_file(tmp_path: Path) -> None:
    where = tmp_path / "cache.sqlite"
    damage(where)
    cache.clear(where)
    assert not where.exists()
    assert cache.clear(where) == cache.count(where) == cache.prune(where) == Count(0, 0)
    where.touch()
    foreign(where)
    for each in (cache.clear, cache.count, cache.prune):
        with pytest.raises(CacheError, match="another program's"):
            each(where)
    assert where.exists()


def test_the_folder_is_the_users_cache_unless_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert path().is_relative_to(os.environ["VIDCHECK_CACHE_DIR"])
    monkeypatch.delenv("VIDCHECK_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert path().parent == tmp_path / "vidcheck"
