"""The archive of earlier editions: what it keeps, and that whatever is wrong with it is said."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from vidcheck.facts import Fact, Picture, State
from vidcheck.quantities.fingerprint import VIEWS, Look, Print, pack
from vidcheck.storage.archive import ArchiveError, Mark, Past, marks_of, open_to_read, open_to_write, usual_path

if TYPE_CHECKING:
    from pathlib import Path


def mark(kind: str, value: str) -> Mark:
    return Mark(kind=kind, value=value, shown=value)


def past(name: str, *, size: int = 5, **marks: str) -> Past:
    told = tuple(mark(kind.replace("_", "."), value) for kind, value in marks.items())
    return Past(name=name, size=size, marks=told)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "档案 a?b#c%20.sqlite"
    with open_to_write(path) as archive:
        archive.add("2020", [past("a.mp4", checksum="aa", declared_title="水"), past("b.mp4", size=6, checksum="bb")])
        archive.add("2021", [past("a.mp4", size=7, checksum="aa", declared_title="火")])
    return path


def refused(path: Path, *, write: bool = False) -> str:
    with pytest.raises(ArchiveError) as caught, (open_to_write if write else open_to_read)(path):
        pass
    return str(caught.value).replace(str(path), "ARCHIVE")


def test_an_archive_finds_what_bears_all_marks_and_names_edition_and_entry(place: Path) -> None:
    with open_to_read(place) as archive:
        assert archive.find(["checksum"], ["aa"]) == [("2020", "a.mp4"), ("2021", "a.mp4")]
        assert archive.find(["checksum", "declared.title"], ["aa", "火"]) == [("2021", "a.mp4")]
        assert archive.find(["declared.title"], ["土"]) == []
        assert archive.find(["fingerprint"], ["aa"]) == []
        assert archive.sizes() == {5, 6, 7}
        told = [(one.name, one.entries, dict(one.kinds)) for one in archive.editions()]
    assert told == [
        ("2020", 2, {"checksum": 2, "declared.title": 1}),
        ("2021", 1, {"checksum": 1, "declared.title": 1}),
    ]


def test_what_is_there_already_is_not_added_twice_but_told_more_of(place: Path) -> None:
    more = past("b.mp4", size=6, checksum="bb", declared_title="气")
    with open_to_write(place) as archive:
        assert archive.add("2020", [past("a.mp4", checksum="aa"), more]) == (0, 2)
        assert archive.find(["declared.title"], ["气"]) == [("2020", "b.mp4")]
        assert archive.add("2020", [past("b.mp4", size=6, checksum="cc")]) == (1, 0)
        assert archive.add("2022", [more]) == (1, 0)


def test_an_edition_is_removed_with_all_its_marks(place: Path) -> None:
    with open_to_write(place) as archive:
        assert archive.remove("2020") == 2
        assert archive.find(["checksum"], ["aa"]) == [("2021", "a.mp4")]
        assert archive.remove("1999") == 0
    with sqlite3.connect(place) as connection:
        assert connection.execute("SELECT count(*) FROM marks").fetchone() == (2,)
    connection.close()


def test_what_the_archive_holds_has_a_digest_that_only_its_content_changes(place: Path, tmp_path: Path) -> None:
    with open_to_read(place) as archive:
        told = archive.description()
    with open_to_write(tmp_path / "other.sqlite") as other:
        other.add("2021", [past("a.mp4", size=7, declared_title="火", checksum="aa")])
        other.add("2020", [past("b.mp4", size=6, checksum="bb"), past("a.mp4", checksum="aa", declared_title="水")])
        assert other.description() == told
        other.remove("2021")
        assert other.description() != told
    assert told.startswith("2020 (2), 2021 (1); sha256:")


def test_adding_is_all_or_nothing(place: Path) -> None:
    def broken() -> object:
        yield past("x.mp4", checksum="xx")
        raise RuntimeError

    with open_to_write(place) as archive:
        with pytest.raises(RuntimeError):
            archive.add("2022", broken())  # type: ignore[arg-type]
        assert archive.find(["checksum"], ["xx"]) == []


def test_marks_are_compared_values_and_a_disputed_key_marks_nothing() -> None:
    facts = [
        Fact(key="checksum", witness="filesystem", value="AB"),
        Fact(key="declared.title", witness="declared", value="《Ｗater》"),
        Fact(key="declared.title", witness="content", value="water!"),
        Fact(key="declared.authors", witness="declared", value=("李四", "张三")),
        Fact(key="declared.authors", witness="content", value=("王五",)),
        Fact(key="declared.first-author", witness="declared", state=State.ABSENT),
        Fact(key="declared.telephone", witness="declared", value=("13812345678",)),
    ]
    assert [(one.kind, one.value, one.shown) for one in marks_of(facts)] == [
        ("checksum", "AB", "AB"),
        ("declared.title", "water", "《Ｗater》"),
    ]


def test_a_lone_surrogate_in_a_title_is_archived_and_found(tmp_path: Path) -> None:
    (one,) = marks_of([Fact(key="declared.title", witness="declared", value="a\ud800")])
    with open_to_write(tmp_path / "a.sqlite") as archive:
        archive.add("2020", [Past(name="x\udcff.mp4", size=1, marks=(one,))])
        assert archive.find(["declared.title"], ["a\ud800"]) == [("2020", "x\\xff.mp4")]


def test_an_archive_that_is_missing_empty_a_folder_or_a_pipe_is_one_clear_error(tmp_path: Path) -> None:
    words = "there is no archive ARCHIVE yet: vidcheck archive add makes one"
    assert refused(tmp_path / "none") == words
    assert refused(tmp_path) == "the archive ARCHIVE can't be used: it is no file"
    (tmp_path / "empty").touch()
    assert refused(tmp_path / "empty") == "the archive ARCHIVE can't be used: it is empty"
    assert refused(tmp_path / "empty", write=True) == "the archive ARCHIVE can't be used: it is empty"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert refused(tmp_path / "pipe") == "the archive ARCHIVE can't be used: it is no file"


def test_what_is_no_database_or_a_foreign_one_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("edition,checksum\n" * 100)
    for write in (False, True):
        assert refused(text, write=write) == "the archive ARCHIVE can't be used: it is no database"
    foreign = tmp_path / "foreign"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE entries (id)")
    connection.close()
    before = foreign.read_bytes()
    for write in (False, True):
        assert (
            refused(foreign, write=write)
            == "the archive ARCHIVE can't be used: it is a database, but no archive of vidcheck"
        )
    assert foreign.read_bytes() == before


def test_an_archive_of_another_version_is_refused(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    assert refused(place) == "the archive ARCHIVE can't be used: it has version 9; this vidcheck reads version 1"


def test_a_damaged_or_cut_off_archive_is_refused(place: Path) -> None:
    with open_to_write(place) as archive:
        archive.add("2022", [past(f"{at}.mp4", checksum=f"{at:064}") for at in range(500)])
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    assert refused(place).startswith("the archive ARCHIVE can't be used: it is damaged: ")
    place.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    assert refused(place).startswith("the archive ARCHIVE can't be used: it is damaged: ")


def test_a_foreign_table_under_our_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "forged"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 0x76696443")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("CREATE TABLE other (id)")
    connection.close()
    with open_to_read(path) as archive, pytest.raises(ArchiveError, match="it is damaged: no such table: entries"):
        archive.sizes()


def test_a_forged_name_is_shown_safely(place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE entries SET edition = char(27) || '[31m', name = char(8238) || 'x'")
    connection.close()
    with open_to_read(place) as archive:
        assert archive.find(["declared.title"], ["水"]) == [("\\x1b[31m", "\\u202ex")]


def test_reading_never_writes_and_what_was_opened_to_read_refuses_to_be_written(place: Path) -> None:
    before = place.read_bytes()
    with open_to_read(place) as archive:
        with pytest.raises(ArchiveError, match="it can be read, but not written"):
            archive.add("2022", [past("x.mp4", checksum="xx")])
        archive.find(["checksum"], ["aa"])
    assert place.read_bytes() == before
    assert sorted(path.name for path in place.parent.iterdir()) == [place.name]


def test_an_archive_that_another_program_writes_to_is_one_clear_error(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidcheck.storage.archive.WAIT", 0.01)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert refused(place).endswith("another program is writing to it")
    finally:
        other.close()


def test_the_archive_is_where_the_environment_says_else_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCHECK_ARCHIVE", str(tmp_path / "x.sqlite"))
    assert usual_path() == tmp_path / "x.sqlite"
    monkeypatch.delenv("VIDCHECK_ARCHIVE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert usual_path().is_relative_to(tmp_path)
    assert usual_path().name == "archive.sqlite"


@pytest.mark.skipif(sys.platform == "darwin", reason="its data folder is where the home is, which browsers need")
def test_no_test_meets_the_archive_of_whoever_runs_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert usual_path().is_relative_to(tmp_path_factory.getbasetemp())


def film(seed: int, count: int = 20) -> Fact:
    """What is kept of a film that was looked at."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    looks = [Look(at * 2000, at * 2000 + 2000, tuple(draw.getrandbits(63) for _ in VIEWS)) for at in range(count)]
    value = pack(Print(looks=tuple(looks), length=count * 2000))
    pictures = (Picture(at=Fraction(2), data=b"\xff\xd8\xff 2"), Picture(at=Fraction(9, 2), data=b"\xff\xd8\xff 9/2"))
    return Fact(key="content.fingerprint", witness="content", value=value, pictures=pictures)


def seen(name: str, fact: Fact) -> Past:
    return Past(name=name, size=5, marks=(*marks_of([fact]), mark("checksum", name)), film=fact)


def test_a_film_is_found_by_its_fingerprint_with_its_pictures(place: Path) -> None:
    with open_to_write(place) as archive:
        archive.add("2022", [seen("x/one.mp4", film(1)), seen("two.mp4", film(2))])
        assert archive.add("2022", [seen("x/one.mp4", film(3))]) == (0, 1)  # looked at otherwise, and the same file
    with open_to_read(place) as archive:
        (found,) = archive.resembling(film(1).value)
        assert (found.edition, found.name, found.likeness.share) == ("2022", "x/one.mp4", 1.0)
        assert found.facts == (film(1),)
        assert archive.resembling(film(4).value) == []


def test_single_entries_are_removed_with_all_that_is_kept_of_them(place: Path) -> None:
    with open_to_write(place) as archive:
        archive.add("2022", [seen("x/one.mp4", film(1)), seen("two.mp4", film(2))])
        assert archive.named("2022", "one.mp4") == ["x/one.mp4"]
        assert archive.named("2022", "three.mp4") == []
        assert archive.remove("2022", ["x/one.mp4"]) == 1
        assert archive.resembling(film(1).value) == []
        assert [one.name for one in archive.resembling(film(2).value)] == ["two.mp4"]
    with sqlite3.connect(place) as database:
        films = database.execute("SELECT count(*) FROM fingerprints").fetchone()
        pictures = database.execute("SELECT count(*) FROM pictures").fetchone()
    database.close()
    assert (films, pictures) == ((1,), (2,))


def test_an_archive_of_before_films_were_kept_is_read_and_added_to(place: Path) -> None:
    with sqlite3.connect(place) as database:
        for table in ("fingerprints", "pictures", "fingerprint_keys"):
            database.execute(f"DROP TABLE {table}")
    database.close()
    with open_to_read(place) as archive:
        assert archive.resembling(film(1).value) == []
    with open_to_write(place) as archive:
        archive.add("2022", [seen("one.mp4", film(1))])
        assert len(archive.resembling(film(1).value)) == 1


def test_a_fingerprint_that_is_damaged_is_said(place: Path) -> None:
    with open_to_write(place) as archive:
        archive.add("2022", [seen("one.mp4", film(1))])
    with sqlite3.connect(place) as database:
        database.execute("UPDATE fingerprints SET value = 'abc'")
    database.close()
    with open_to_read(place) as archive, pytest.raises(ArchiveError, match="it is damaged: no fingerprint"):
        archive.resembling(film(1).value)
