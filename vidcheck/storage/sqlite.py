"""SQLite files of vidcheck's own: how they are opened and made, and what can be wrong with one.

The cache and the archive open their files here. A `DatabaseError` names the problem; the caller words it for people,
because what is a nuisance in a cache is an error in an archive.
"""

from __future__ import annotations

import stat
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One kind of file: the mark by which it is recognized, and its tables."""

    application: int
    """SQLite's application_id, which no other program uses (sqlite.org/pragma.html#pragma_application_id)."""
    version: int
    """SQLite's user_version. Only files of this version are read."""
    tables: tuple[str, ...]
    """The statements that make the tables and indexes of a new file."""
    irreplaceable: bool
    """Whether the content can't be had again. Then every page is checked when the file is opened, and a file without
    content is an error; otherwise it becomes a new one."""


class Problem(Enum):
    """What is wrong with a file."""

    NO_SQLITE = auto()
    """Python was built without it."""
    MISSING = auto()
    BAD_NAME = auto()
    """No file can have this name."""
    NOT_REGULAR = auto()
    """A folder, a pipe, a device."""
    EMPTY = auto()
    NO_DATABASE = auto()
    """The content is not SQLite's."""
    FOREIGN = auto()
    """A database, but another program's."""
    VERSION = auto()
    """Another version of vidcheck wrote it; the detail is that version's number."""
    DAMAGED = auto()
    LOCKED = auto()
    """Another process has been writing for longer than the timeout."""
    READ_ONLY = auto()
    NO_ACCESS = auto()
    """The file can't be opened."""
    FULL = auto()
    """The disk has no room left."""
    SYSTEM = auto()
    """The system refused it; the detail is its own text."""
    OTHER = auto()
    """SQLite says something else; the detail is its text."""


_CODES = {
    "SQLITE_NOTADB": Problem.NO_DATABASE,
    "SQLITE_CORRUPT": Problem.DAMAGED,
    "SQLITE_BUSY": Problem.LOCKED,
    "SQLITE_LOCKED": Problem.LOCKED,
    "SQLITE_READONLY": Problem.READ_ONLY,
    "SQLITE_CANTOPEN": Problem.NO_ACCESS,
    "SQLITE_PERM": Problem.NO_ACCESS,
    "SQLITE_AUTH": Problem.NO_ACCESS,
    "SQLITE_FULL": Problem.FULL,
}
"""By SQLite's primary result codes; an extended code such as SQLITE_BUSY_SNAPSHOT begins with one."""


class DatabaseError(Exception):
    """The file can't be used."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


def connect(path: Path, schema: Schema, *, write: bool, timeout: float) -> sqlite3.Connection:
    """The open file. With `write` it is made where there is none. Raises DatabaseError.

    The connection is in autocommit mode: statements that belong together stand in a `transaction`. `timeout` is how many
    seconds to wait for another process that writes.
    """
    try:
        import sqlite3  # 5 ms, and Python can be built without it
    except ImportError:
        raise DatabaseError(Problem.NO_SQLITE) from None
    with translated_errors():
        new = _is_new(path, schema, write=write)
        # a plain path would be made where it is missing, also to be read
        uri = f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}"
        connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)
        try:
            _prepare(connection, schema, new=new)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All statements inside take effect, or none: also an interruption (Ctrl-C) undoes them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated_errors() -> Iterator[None]:
    """Errors of SQLite and of the system become DatabaseError."""
    try:
        yield
    except OSError as error:
        raise DatabaseError(Problem.SYSTEM, error.strerror or type(error).__name__) from None
    except _sqlite_errors() as error:
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        raise DatabaseError(_CODES.get(name, Problem.OTHER), str(error) or type(error).__name__) from None


def _sqlite_errors() -> tuple[type[Exception], ...]:
    """SQLite's own errors; nothing that was not imported can have raised one."""
    sqlite3 = sys.modules.get("sqlite3")
    return (sqlite3.Error,) if sqlite3 else ()


def _is_new(path: Path, schema: Schema, *, write: bool) -> bool:
    """Whether the file is still to be made. Raises DatabaseError for what should not be opened, OSError."""
    try:
        status = path.stat()
    except FileNotFoundError:
        if write:
            return True
        raise DatabaseError(Problem.MISSING) from None
    except ValueError:  # a null character
        raise DatabaseError(Problem.BAD_NAME) from None
    if not stat.S_ISREG(status.st_mode):  # to open a pipe or a device could take for ever
        raise DatabaseError(Problem.NOT_REGULAR)
    if schema.irreplaceable and status.st_size == 0:
        raise DatabaseError(Problem.EMPTY)
    # a file without tables is what is left of a process that was killed before it had made them
    return write and not schema.irreplaceable


def _prepare(connection: sqlite3.Connection, schema: Schema, *, new: bool) -> None:
    """Makes a new file's tables, and sees that this is a whole file of ours. Raises DatabaseError, sqlite3.Error."""
    # sqlite.org/security.html: for files that others may have made
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    if new and _value(connection, "PRAGMA application_id") != schema.application:
        _make(connection, schema)
    if _value(connection, "PRAGMA application_id") != schema.application:
        raise DatabaseError(Problem.FOREIGN)
    version = _value(connection, "PRAGMA user_version")
    if version != schema.version:
        raise DatabaseError(Problem.VERSION, str(version))
    if schema.irreplaceable:
        found = _value(connection, "PRAGMA quick_check(1)")
        if found != "ok":
            raise DatabaseError(Problem.DAMAGED, str(found))


def _make(connection: sqlite3.Connection, schema: Schema) -> None:
    """The tables, unless another process has made them meanwhile."""
    with transaction(connection):
        if _value(connection, "PRAGMA application_id") == schema.application:
            return
        if _value(connection, "SELECT count(*) FROM sqlite_master"):
            raise DatabaseError(Problem.FOREIGN)
        for statement in schema.tables:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.application}")
        connection.execute(f"PRAGMA user_version = {schema.version}")


def _value(connection: sqlite3.Connection, statement: str) -> object:
    """The only value of a statement's only row."""
    (value,) = connection.execute(statement).fetchone()
    return value
