"""While a library looks nothing else can be opened, and afterwards all is as it was."""

from __future__ import annotations

import errno
import os
import select
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from vidcheck.witnesses.mediainfo.sandbox import lifted, sealed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")


def test_no_file_and_no_connection_can_be_opened_and_what_is_open_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"here")
    with path.open("rb", buffering=0) as file:
        with sealed():
            assert file.read() == b"here"
            for attempt in (path.read_bytes, socket.socket):
                with pytest.raises(OSError, match="Too many open files") as caught:
                    attempt()
                assert caught.value.errno == errno.EMFILE
        assert path.read_bytes() == b"here"
        socket.socket().close()


def test_what_is_ours_can_be_opened_in_between_and_nothing_else_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"here")
    with lifted():
        assert path.read_bytes() == b"here"
    with sealed():
        with lifted():
            assert path.read_bytes() == b"here"
        with pytest.raises(OSError, match="Too many open files"):
            path.read_bytes()
    assert path.read_bytes() == b"here"


def test_a_descriptor_that_is_closed_meanwhile_makes_no_room_for_another(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"here")
    others = [os.open(path, os.O_RDONLY) for _ in range(3)]
    with sealed():
        for other in others:
            os.close(other)
        with pytest.raises(OSError, match="Too many open files"):
            path.read_bytes()
        with lifted():
            assert path.read_bytes() == b"here"


def test_what_is_open_can_be_waited_for() -> None:
    reader, writer = os.pipe()
    with sealed():
        os.write(writer, b"x")
        waiting = select.poll()
        waiting.register(reader)
        assert waiting.poll(0) == [(reader, select.POLLIN)]
    os.close(reader)
    os.close(writer)


def test_an_error_inside_lifts_it_too(tmp_path: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), sealed():
        fail()
    (tmp_path / "b").write_bytes(b"")
