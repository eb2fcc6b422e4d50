from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.kit import put
from vidcheck.sources.targets import find


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fill(*names: str, data: bytes = b"x") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def paths(*arguments: str) -> list[str]:
    return [target.path for target in find(arguments).targets]


def test_a_folder_is_searched_with_all_below_it() -> None:
    fill("in/b.mp4", "in/a.MOV", "in/deep/er/c.mkv", "in/notes.txt")
    found = find(["in"])
    assert [target.path for target in found.targets] == ["in/a.MOV", "in/b.mp4", "in/deep/er/c.mkv"]
    assert len(found.ignored) == 1


def test_a_folder_is_joined_with_a_name_by_one_slash() -> None:
    fill("in/a.mp4")
    assert paths("in/") == ["in/a.mp4"]
    assert paths("./in") == ["./in/a.mp4"]
    assert paths(".") == ["./in/a.mp4"]


@pytest.mark.parametrize(
    "name",
    [
        "a.mp4",
        "a.M4V",
        "a.mov",
        "a.mkv",
        "a.avi",
        "a.webm",
        "a.ts",
        "a.mts",
        "a.flv",
        "a.wmv",
        "a.mpg",
        "a.mpeg",
        "a.3gp",
    ],
)
def test_a_videos_extension_makes_an_entry_whatever_is_inside(name: str) -> None:
    fill(f"in/{name}")
    assert paths("in") == [f"in/{name}"]


def test_without_an_extension_the_signature_decides() -> None:
    fill("in/README", data=b"read me")
    put(Path("in/film"))
    found = find(["in"])
    assert [target.path for target in found.targets] == ["in/film"]
    assert len(found.ignored) == 1


def test_hidden_files_links_and_others_in_a_folder_are_ignored_and_counted() -> None:
    fill("in/a.mp4", "in/._a.mp4", "in/.hidden/b.mp4", "in/poster.jpg")
    Path("in/link.mp4").symlink_to("a.mp4")
    found = find(["in"])
    assert [target.path for target in found.targets] == ["in/a.mp4"]
    assert len(found.ignored) == 4


def test_what_is_named_is_an_entry_symlinks_followed() -> None:
    fill("a.txt", ".b.mp4")
    Path("link.mp4").symlink_to("a.txt")
    assert paths(".b.mp4", "link.mp4") == [".b.mp4", "link.mp4"]
    assert all(target.follow for target in find([".b.mp4", "link.mp4"]).targets)


def test_a_file_reached_twice_is_one_entry() -> None:
    fill("in/a.mp4")
    assert paths("in", "in/a.mp4", "./in/../in/a.mp4", "in/*.mp4") == ["in/a.mp4"]
    assert find(["in", "in/a.mp4"]).empty == []


def test_a_pattern_is_expanded_here_where_the_shell_did_not() -> None:
    fill("in/a1.mp4", "in/b2.mp4", "in/deep/a3.mp4")
    assert paths("in/a*.mp4") == ["in/a1.mp4"]
    assert paths("in/**/a*.mp4") == ["in/a1.mp4", "in/deep/a3.mp4"]


def test_a_name_with_brackets_that_is_there_is_no_pattern() -> None:
    fill("a[1].mp4", "a1.mp4")
    assert paths("a[1].mp4") == ["a[1].mp4"]


def test_what_names_nothing_is_told_apart() -> None:
    fill("in/a.mp4", "bare/notes.txt")
    found = find(["in", "gone.mp4", "none*.mp4", "bare"])
    assert (found.missing, found.empty) == (["gone.mp4"], ["none*.mp4", "bare"])
    assert [target.path for target in found.targets] == ["in/a.mp4"]


def test_names_that_are_not_utf_8_are_kept() -> None:
    raw = b"in/\xffa.mp4"
    Path("in").mkdir()
    with open(raw, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(b"x")
    assert [os.fsencode(path) for path in paths("in")] == [raw]


def test_a_fifo_with_a_videos_extension_is_an_entry_and_is_not_opened() -> None:
    Path("in").mkdir()
    os.mkfifo("in/a.mp4")
    os.mkfifo("in/bare")
    assert paths("in") == ["in/a.mp4"]


def test_a_folder_that_cannot_be_listed_is_named_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    fill("in/a.mp4", "in/shut/b.mp4")
    list_ = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return list_(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert paths("in") == ["in/a.mp4", "in/shut"]
