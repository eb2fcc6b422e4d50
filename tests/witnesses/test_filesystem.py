"""Opening an entry, and what the file system says of it."""

from __future__ import annotations

import errno
import os
import socket
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from vidcheck.facts import State
from vidcheck.quantities import Moment
from vidcheck.witnesses import filesystem
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from pathlib import Path


def why(path: str | Path, *, follow: bool = True) -> str:
    with pytest.raises(CouldNotLookError) as caught:
        filesystem.open_entry(os.fspath(path), follow=follow)
    return str(caught.value)


def test_a_regular_file_is_opened_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"film")
    file, status = filesystem.open_entry(str(path))
    with file:
        assert file.read() == b"film"
        assert status.st_size == 4
        assert os.get_blocking(file.fileno())
        assert not os.get_inheritable(file.fileno())


@pytest.mark.parametrize("name", [b"-x.mp4", b"a:b.mp4", b"\xff\xfe.mp4", b"a\nb.mp4", b"%s.mp4", "片.mp4".encode()])
def test_any_name_can_be_opened(tmp_path: Path, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as file:  # noqa: PTH123 - a name of any bytes
        file.write(b"1")
    opened, _ = filesystem.open_entry(os.fsdecode(path))
    with opened:
        assert opened.read() == b"1"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert why(tmp_path / "pipe.mp4") == "it is a named pipe, not a file"


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.mp4")
        assert why("s.mp4") == "it is a socket, not a file"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_read(device: str) -> None:
    assert why(device) == "it is a device, not a file"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert why(tmp_path) == "it is a folder"


def test_a_vanished_file_is_said_to_be_gone(tmp_path: Path) -> None:
    assert why(tmp_path / "gone.mp4") == "it is not there any more"
    assert why(tmp_path / "gone" / "gone.mp4") == "it is not there any more"


def test_a_symlink_is_followed_only_where_wanted(tmp_path: Path) -> None:
    (tmp_path / "real.mp4").write_bytes(b"1")
    (tmp_path / "link.mp4").symlink_to("real.mp4")
    file, _ = filesystem.open_entry(str(tmp_path / "link.mp4"))
    file.close()
    assert why(tmp_path / "link.mp4", follow=False) == "it is a symlink, and symlinks are not followed here"


def test_a_circle_of_symlinks_ends(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    assert why(tmp_path / "a.mp4") == "its symlinks go round in a circle"


def test_a_symlink_to_nothing_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("nothing")
    assert why(tmp_path / "a.mp4") == "it is not there any more"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "you have no permission to read it"),
        (errno.EIO, "the disk could not read it"),
        (errno.EMFILE, "too many files are open"),
        (errno.ENODEV, "it could not be opened: No such device"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "open", refuse)
    assert why("a.mp4") == words


def test_a_name_with_nul_is_no_file() -> None:
    assert why("a\0b.mp4") == "no file can have this name"


def test_a_refused_file_is_closed_again(tmp_path: Path) -> None:
    before = os.open(tmp_path, os.O_RDONLY)
    os.close(before)
    for _ in range(5):
        why(tmp_path)
    after = os.open(tmp_path, os.O_RDONLY)
    os.close(after)
    assert after == before


@pytest.mark.parametrize(
    ("name", "stem", "extension"),
    [
        ("a.MP4", "a", "mp4"), ("a.tar.gz", "a.tar", "gz"), ("a", "a", None), (".hidden", ".hidden", None),
        ("a.", "a.", None), ("片.Mp4", "片", "mp4"), ("\udcff.mp4", "\udcff", "mp4"),
    ],
)  # fmt: skip
def test_the_extension_follows_the_last_full_stop(tmp_path: Path, name: str, stem: str, extension: str | None) -> None:
    facts = {fact.key: fact for fact in filesystem.read(filesystem.Status.of(name, tmp_path.stat()))}
    assert facts["file.name"].value == name
    assert facts["file.stem"].value == stem
    assert facts["file.extension"].value == extension
    assert facts["file.extension"].state is (State.KNOWN if extension else State.ABSENT)


@pytest.mark.parametrize(
    ("nanoseconds", "told"),
    [
        (1_646_062_200_123_456_789, datetime(2022, 2, 28, 15, 30, 0, 123456, tzinfo=UTC)),
        (-1_000_000_000, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_modification_time_is_told_in_utc(tmp_path: Path, nanoseconds: int, told: datetime) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"123")
    os.utime(path, ns=(nanoseconds, nanoseconds))
    facts = {fact.key: fact for fact in filesystem.read(filesystem.Status.of("a.mp4", path.stat()))}
    assert facts.keys() == filesystem.KEYS
    assert facts["size"].value == 3
    assert facts["file.modified"].value == Moment.at(told)


def test_a_time_beyond_the_calendar_is_unknown() -> None:
    status = cast("os.stat_result", SimpleNamespace(st_size=7, st_mtime_ns=2**90))
    (modified,) = (fact for fact in filesystem.read(filesystem.Status.of("a", status)) if fact.key == "file.modified")
    assert modified.state is State.UNKNOWN


def test_a_file_that_is_written_to_is_not_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"123")
    before = path.stat()
    assert filesystem.same(before, path.stat())
    os.utime(path, ns=(1, 1))
    assert not filesystem.same(before, path.stat())
    path.write_bytes(b"1234")
    assert not filesystem.same(before, path.stat())
