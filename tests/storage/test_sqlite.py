from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from vidcheck.storage.sqlite import DatabaseError, Problem, Schema, connect, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRECIOUS = Schema(
    application=0x74657374,
    version=3,
    tables=("CREATE TABLE t (x INTEGER)", "CREATE INDEX i ON t (x)"),
    irreplaceable=True,
)
PASSING = Schema(application=0x74657374, version=3, tables=PRECIOUS.tables, irreplaceable=False)
MAKER = """
import sys
from pathlib import Path
from tests.storage.test_sqlite import PRECIOUS
from vidcheck.storage.sqlite import connect, transaction
sys.stdin.readline()
with transaction(base := connect(Path(sys.argv[1]), PRECIOUS, write=True, timeout=100.0)):
    base.execute("INSERT INTO t VALUES (1)")
"""


def problem(path: Path, schema: Schema = PRECIOUS, *, write: bool = True) -> Problem:
    with pytest.raises(DatabaseError) as raised:
        connect(path, schema, write=write, timeout=0.01).close()
    return raised.value.problem


def made(path: Path, *rows: int) -> Path:
    base = connect(path, PRECIOUS, write=True, timeout=0.01)
    with transaction(base):
        base.executemany("INSERT INTO t VALUES (?)", [(row,) for row in rows])
    base.close()
    return path


def change(path: Path, statement: str) -> None:
    base = sqlite3.connect(path)
    base.execute(statement)
    base.commit()
    base.close()


def test_a_file_is_made_with_its_tables_and_opened_again(tmp_path: Path) -> None:
    base = connect(made(tmp_path / "a b%?#é.sqlite", 1, 2), PRECIOUS, write=False, timeout=0.01)
    assert base.execute("SELECT x FROM t ORDER BY x").fetchall() == [(1,), (2,)]
    base.close()
    assert [each.name for each in tmp_path.iterdir()] == ["a b%?#é.sqlite"]


def test_reading_makes_nothing(tmp_path: Path) -> None:
    assert problem(tmp_path / "none", write=False) is Problem.MISSING
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_an_error_where_its_content_was_irreplaceable_and_else_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert problem(tmp_path / "empty") is Problem.EMPTY
    connect(tmp_path / "empty", PASSING, write=True, timeout=0.01).close()
    connect(tmp_path / "empty", PRECIOUS, write=True, timeout=0.01).close()


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda path: path.write_bytes(b"text" * 999), Problem.NO_DATABASE),
        (lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096), Problem.DAMAGED),
        (lambda path: change(path, "PRAGMA application_id = 7"), Problem.FOREIGN),
        (lambda path: change(path, "PRAGMA user_version = 4"), Problem.VERSION),
        (lambda path: (path.unlink(), path.mkdir()), Problem.NOT_REGULAR),
    ],
    ids=["text", "torn", "another program's", "another version's", "a folder"],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, harm: Callable[[Path], object], expected: Problem) -> None:
    harm(made(tmp_path / "x.sqlite", *range(99)))
    assert problem(tmp_path / "x.sqlite") is expected
    assert problem(tmp_path / "x.sqlite", write=False) is expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert problem(tmp_path / "pipe") is Problem.NOT_REGULAR


def test_a_file_that_another_process_writes_is_locked(tmp_path: Path) -> None:
    other = connect(made(tmp_path / "x.sqlite"), PRECIOUS, write=True, timeout=0.01)
    other.execute("BEGIN EXCLUSIVE")
    assert problem(tmp_path / "x.sqlite") is Problem.LOCKED
    other.close()


def test_a_transaction_that_is_interrupted_leaves_no_trace(tmp_path: Path) -> None:
    base = connect(made(tmp_path / "x.sqlite", 1), PRECIOUS, write=True, timeout=0.01)

    def interrupted() -> None:
        with transaction(base):
            base.execute("INSERT INTO t VALUES (2)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert base.execute("SELECT count(*) FROM t").fetchone() == (1,)
    assert not base.in_transaction
    base.close()


@pytest.mark.process
def test_processes_that_make_the_file_at_once_share_it(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    makers = [subprocess.Popen([sys.executable, "-c", MAKER, str(path)], stdin=subprocess.PIPE) for _ in range(3)]
    for maker in makers:
        maker.communicate(b"\n")
    assert [maker.returncode for maker in makers] == [0, 0, 0]
    base = connect(path, PRECIOUS, write=False, timeout=0.01)
    assert base.execute("SELECT count(*) FROM t").fetchone() == (3,)
    base.close()
