"""A folder of very many entries, one in twenty of them hostile, and what a report on it must hold."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from random import Random
from struct import pack
from typing import TYPE_CHECKING, Any

from tests.clips import surgery
from tests.hostile import mutator
from tests.hostile.traps import TRAPS
from tests.kit import MB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

RULES = """
format: {is: mp4}
size: {min: 100 MB, max: 200 MiB}
intact: {is: yes}
duration: {min: 2 min, max: 5 min}
completed: {from: 2020-01-01, to: 2022-02-28}
picture: {fact: video.count, is: 1}
resolution: {min: 1280x720}
look: {manual: Look at it}
"""
GOOD, OUT, OPEN = "eligible", "ineligible", "review"
EVERY = 20
"""One entry in so many is hostile."""


@dataclass(frozen=True, slots=True)
class Made:
    """One entry of the crowd."""

    path: Path
    kind: str
    verdicts: frozenset[str]
    """Those that are right; more than one where it hangs on the moment or the user."""


def good(path: Path, rng: Random) -> None:
    surgery.write_sparse(path, mutator.clean(), rng.randrange(100 * MB, 200 * MB))


def _bytes(make: Callable[[Random], bytes]) -> Callable[[Path, Random], None]:
    return lambda path, rng: mutator.put_sparse(path, make(rng))


def _cut(path: Path, rng: Random) -> None:
    path.write_bytes(mutator.clean()[:70_000])
    os.truncate(path, rng.randrange(100_000, 500_000))


def _socket(path: Path, _rng: Random) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(path.parent, os.O_RDONLY)
        made.bind(f"/proc/self/fd/{folder}/{path.name}")  # a socket's path may be 107 bytes long at the most
        os.close(folder)


def _unreadable(path: Path, rng: Random) -> None:
    good(path, rng)
    path.chmod(0)


def _trap(rng: Random) -> bytes:
    text = [kind for kind in TRAPS if kind != "a reference movie" and not kind.startswith("media")]
    return TRAPS[rng.choice(text)].make("http://127.0.0.1:9/x.mp4", 9)


HOSTILE: tuple[tuple[str, Callable[[Path, Random], None], frozenset[str]], ...] = (
    ("FIFO", lambda path, _: os.mkfifo(path), frozenset({OPEN})),
    ("socket", _socket, frozenset({OPEN})),
    ("truncated", _cut, frozenset({OUT})),
    ("index lost", _bytes(lambda _: surgery.move_index_last(mutator.clean())[:300_000]), frozenset({OUT})),
    ("moov of 2^63", _bytes(lambda _: mutator.clean()[:32] + pack(">I4sQ", 1, b"moov", (1 << 63) - 1) + bytes(500)), frozenset({OUT, OPEN})),
    ("stts of 2^32", _bytes(lambda _: surgery.patch(mutator.clean(), "moov/trak/mdia/minf/stbl/stts", 12, b"\xff" * 4)), frozenset({OUT, OPEN})),
    ("nested boxes", _bytes(lambda _: mutator.clean()[:32] + b"".join(pack(">I4s", 8 * n, b"trak") for n in range(20_000, 0, -1))), frozenset({OUT, OPEN})),
    ("another format", _bytes(lambda rng: rng.choice((b"\x1aE\xdf\xa3", b"RIFF\0\1\0\0AVI ", b"PK\3\4", "文字".encode(), b"")) + bytes(500)), frozenset({OUT})),
    ("playlist", _bytes(_trap), frozenset({OUT})),
    ("unreadable", _unreadable, frozenset({GOOD if hasattr(os, "geteuid") and os.geteuid() == 0 else OPEN})),
    ("vanishing", good, frozenset({GOOD, OPEN})),
    ("huge name", good, frozenset({GOOD})),
    ("name of no encoding", good, frozenset({GOOD})),
    ("name of escapes", good, frozenset({GOOD})),
    ("mutant", _bytes(lambda rng: mutator.mutate(rng.randrange(1 << 30)).data), frozenset({OUT, OPEN})),
    ("destroyed", _bytes(lambda rng: mutator.destroy(rng.randrange(1 << 30)).data), frozenset({OUT, OPEN})),
)  # fmt: skip


_ORDINARY: tuple[str, Callable[[Path, Random], None], frozenset[str]] = ("good", good, frozenset({GOOD}))


def _name(number: int, kind: str) -> str:
    name = f"{number:05d}"
    return {
        "huge name": f"{name}{'长' * 82}.mp4",
        "name of no encoding": os.fsdecode(f"{name}".encode() + b"\xff\xfe.mp4"),
        "name of escapes": f"{name}\x1b[31m\u202e\n[red].mp4",
    }.get(kind, f"{name}.mp4")


def make(folder: Path, count: int, seed: int = 0, every: int = EVERY) -> list[Made]:
    """So many entries in folders of 500, one in `every` of them hostile, all kinds in turn."""
    rng, made = Random(seed), list[Made]()  # noqa: S311 - the crowd must come out the same again
    for number in range(count):
        here = folder / f"{number // 500:03d}"
        here.mkdir(parents=True, exist_ok=True)
        hostile = number % every == every - 1
        kind, write, verdicts = HOSTILE[number // every % len(HOSTILE)] if hostile else _ORDINARY
        path = here / _name(number, kind)
        write(path, rng)
        made.append(Made(path, kind, verdicts))
    return made


def vanish(made: Iterable[Made]) -> None:
    """Those that are to vanish do."""
    for one in made:
        if one.kind == "vanishing":
            one.path.unlink()


def _path(entry: dict[str, Any]) -> str:
    """The path by which the file of an entry of the report opens."""
    return os.fsdecode(bytes.fromhex(entry["path_bytes"])) if "path_bytes" in entry else str(entry["path"])


def wrong(made: list[Made], report: dict[str, Any], base: Path) -> list[str]:
    """What a report on the crowd, given as a path below `base`, has lost, doubled, misplaced or misjudged."""
    expected = {os.path.relpath(one.path, base): one for one in made}
    told = [(_path(entry), entry["verdict"]) for entry in report["entries"]]
    if [path for path, _ in told] != sorted(expected):
        return [
            f"{len(told)} entries for {len(made)} files",
            *sorted(ascii(path) for path in expected.keys() ^ {path for path, _ in told})[:20],
        ]
    verdicts = dict(told)
    counts = {verdict: list(verdicts.values()).count(verdict) for verdict in (GOOD, OUT, OPEN)}
    summary = {verdict: report["summary"][verdict] for verdict in counts}
    misjudged = [
        f"{path!r} ({one.kind}) is {verdicts[path]}"
        for path, one in expected.items()
        if verdicts[path] not in one.verdicts
    ]
    return misjudged + ([f"summary {summary} for {counts}"] if summary != counts else [])
