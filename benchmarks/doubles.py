"""Measures how films are found by their fingerprints: `python -m benchmarks.doubles [FILMS [PICTURES]]`.

The fingerprints are generated: as long, as many pictures and as unlike each other as those of real films; hashes of real
pictures are less evenly spread, so that a tenth of them here are those of a few common ones. Prints a table in Markdown,
with processor times; `--archive FILE` keeps the archive.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import doubles
from vidcheck.engine.films import likenesses
from vidcheck.facts import Fact
from vidcheck.quantities.fingerprint import MIRROR, VIEWS, Look, Print, pack, unpack
from vidcheck.storage.archive import Past, marks_of, open_to_read, open_to_write

if TYPE_CHECKING:
    from vidcheck.quantities import Fingerprint

_COMMON = 40


def film(seed: int, pictures: int) -> Fingerprint:
    """The fingerprint of a film of two seconds a picture, with sound as long."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    looks = []
    for number in range(pictures):
        same = random.Random(-1 - draw.randrange(_COMMON)) if draw.random() < 0.1 else draw  # noqa: S311
        looks.append(Look(number * 2000, number * 2000 + 2000, tuple([same.getrandbits(63) for _ in VIEWS])))
    return pack(
        Print(
            looks=tuple(looks), length=pictures * 2000, sound=tuple(draw.getrandbits(32) for _ in range(pictures * 16))
        )
    )


def copy(value: Fingerprint, seed: int) -> Fingerprint:
    """The second half of it as another encoder leaves it, mirrored."""
    draw, made = random.Random(seed), unpack(value)  # noqa: S311
    looks = []
    for look in made.looks[len(made.looks) // 2 :]:
        noise = sum(1 << draw.randrange(63) for _ in range(3))
        looks.append(look._replace(views=tuple([view ^ noise ^ MIRROR for view in look.views])))
    return pack(Print(looks=tuple(looks), length=len(looks) * 2000))


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="?", type=int, default=5000)
    parser.add_argument("pictures", nargs="?", type=int, default=100)
    parser.add_argument("--archive", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.archive or Path(folder, "archive.sqlite")
        rows = []
        began = time.process_time()
        pasts = (_past(number, asked.pictures) for number in range(asked.films))
        with open_to_write(path) as archive:
            archive.add("2021", pasts)
        rows.append((f"{asked.films} films added", f"{time.process_time() - began:.1f} s"))
        rows.append(("bytes a film in the archive", f"{path.stat().st_size / asked.films:,.0f}"))
        rows.append(("bytes of one fingerprint", f"{len(film(0, asked.pictures).packed):,}"))
        for what, values in {
            "a mirrored half of one of them": [copy(film(number, asked.pictures), number) for number in range(9)],
            "a film that is not there": [film(10**6 + number, asked.pictures) for number in range(9)],
        }.items():
            found, times = 0, []
            for value in values:
                with open_to_read(path) as archive:
                    doubles._banded.cache_clear()  # noqa: SLF001 - as in a new process
                    began = time.process_time()
                    found += len(archive.resembling(value))
                    times.append(time.process_time() - began)
            rows.append((f"{what}: found {found} of {len(values)}", f"{max(times):.3f} s at most"))
        batch = {str(number): film(number, asked.pictures) for number in range(445)}
        began = time.process_time()
        alike = sum(map(len, likenesses(batch).values()))
        rows.append((f"445 films with each other, {alike} alike", f"{time.process_time() - began:.1f} s"))
    print("| what | processor time |\n|---|---|")
    for row in rows:
        print(f"| {row[0]} | {row[1]} |")


def _past(number: int, pictures: int) -> Past:
    fact = Fact(key="content.fingerprint", witness="content", value=film(number, pictures))
    return Past(name=f"{number}.mp4", size=number, marks=marks_of([fact]), film=fact)


if __name__ == "__main__":
    main()
