from __future__ import annotations

from typing import TYPE_CHECKING

from tests.clips import demo
from vidcheck import samples

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 24


def test_the_archive_in_the_package_holds_the_films_that_are_made_here(tmp_path: Path) -> None:
    packed, made = tmp_path / "packed", tmp_path / "made"
    for folder in (packed, made):
        folder.mkdir()
    samples.write(packed)
    demo.write(made)
    names = sorted(path.name for path in made.iterdir())
    assert sorted(path.name for path in packed.iterdir()) == names
    assert len(names) == 8
    for name in names:
        with (packed / name).open("rb") as one, (made / name).open("rb") as other:
            assert all(
                one.read(_BLOCK) == other.read(_BLOCK) for _ in range(1 + (made / name).stat().st_size // _BLOCK)
            )
