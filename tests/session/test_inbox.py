from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from vidcheck.session.inbox import Inbox

if TYPE_CHECKING:
    from pathlib import Path

NOW = 2_000_000_000.0  # any time of the calendar after the files were made


def settled(inbox: Inbox, steady: float) -> list[str]:
    return [target.path.rpartition("/")[2] for target in inbox.settled(steady)]


def test_a_file_that_has_lain_still_for_long_is_settled_at_once_and_told_once(tmp_path: Path) -> None:
    (tmp_path / "old.mp4").write_bytes(b"1")
    (tmp_path / "notes.txt").write_bytes(b"1")
    inbox = Inbox(str(tmp_path), 5)
    assert inbox.look(100, NOW) == frozenset()
    assert (settled(inbox, 100), settled(inbox, 100), inbox.waiting, len(inbox.ignored)) == (["old.mp4"], [], False, 1)


def test_a_file_that_is_still_written_waits_until_it_has_been_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.mp4"
    file.write_bytes(b"1")
    changed = file.stat().st_ctime
    inbox = Inbox(str(tmp_path), 5)
    inbox.look(100, changed + 1)
    assert settled(inbox, 103) == []
    file.write_bytes(b"12")
    assert inbox.look(103, changed + 4) == {str(file)}
    assert (settled(inbox, 107.9), inbox.waiting) == ([], True)
    assert settled(inbox, 108) == ["new.mp4"]


def test_a_file_from_a_clock_that_is_ahead_waits_no_longer_than_others(tmp_path: Path) -> None:
    file = tmp_path / "new.mp4"
    file.write_bytes(b"1")
    os.utime(file, (NOW * 2, NOW * 2))
    inbox = Inbox(str(tmp_path), 5)
    inbox.look(100, NOW)
    assert (settled(inbox, 104.9), settled(inbox, 105)) == ([], ["new.mp4"])


def test_what_looks_unfinished_is_settled_again_when_it_was_left_alone_for_longer(tmp_path: Path) -> None:
    file = tmp_path / "half.mp4"
    file.write_bytes(b"1")
    inbox = Inbox(str(tmp_path), 5, 600)
    inbox.look(100, file.stat().st_ctime)
    (target,) = inbox.settled(105)
    assert inbox.may_arrive(target, 105)
    inbox.postpone(target)
    assert (settled(inbox, 699), inbox.waiting) == ([], True)
    (target,) = inbox.settled(700)
    assert not inbox.may_arrive(target, 700)


def test_what_arrives_after_all_is_settled_after_the_short_time(tmp_path: Path) -> None:
    file = tmp_path / "half.mp4"
    file.write_bytes(b"1")
    inbox = Inbox(str(tmp_path), 5, 600)
    inbox.look(100, file.stat().st_ctime)
    inbox.postpone(inbox.settled(105)[0])
    file.write_bytes(b"12")
    inbox.look(200, file.stat().st_ctime)
    assert (settled(inbox, 204), settled(inbox, 205)) == ([], ["half.mp4"])


def test_what_changed_or_went_is_void_and_what_changed_is_told_again(tmp_path: Path) -> None:
    for name in ("changed.mp4", "gone.mp4", "same.mp4"):
        (tmp_path / name).write_bytes(b"1")
    inbox = Inbox(str(tmp_path), 5)
    inbox.look(100, NOW)
    assert len(settled(inbox, 100)) == 3
    (tmp_path / "changed.mp4").write_bytes(b"2")
    (tmp_path / "gone.mp4").unlink()
    assert inbox.look(200, NOW) == {str(tmp_path / "changed.mp4"), str(tmp_path / "gone.mp4")}
    assert (settled(inbox, 204), settled(inbox, 205)) == ([], ["changed.mp4"])


def test_a_folder_that_has_gone_is_an_error_and_an_empty_one_is_none(tmp_path: Path) -> None:
    assert Inbox(str(tmp_path), 5).look(100, NOW) == frozenset()
    with pytest.raises(FileNotFoundError):
        Inbox(str(tmp_path / "none"), 5).look(100, NOW)
