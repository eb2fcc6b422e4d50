from __future__ import annotations

from typing import TYPE_CHECKING

from tests.clips import demo
from tests.clips.sparse import spread
from vidcheck import samples

if TYPE_CHECKING:
    from pathlib import Path


def test_the_archive_in_the_package_holds_the_films_that_are_made_here(tmp_path: Path) -> None:
    samples.write(tmp_path)
    films = list(demo.films())
    assert sorted(path.name for path in tmp_path.iterdir()) == [name for name, *_ in films]
    for name, data, size, kept in films:
        assert (tmp_path / name).stat().st_size == kept
        with (tmp_path / name).open("rb") as file:
            for offset, part in spread(data, size):  # all between is a hole
                file.seek(offset)
                assert file.read(len(part)) == part[: max(0, kept - offset)]
