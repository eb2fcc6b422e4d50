"""Short films whose events are known, made by ffmpeg, and the programs that look at them."""

from __future__ import annotations

import os
import shutil
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from vidcheck import ffmpeg
from vidcheck.facts import Depth, Facts
from vidcheck.vocabulary import CONTENT_KEYS
from vidcheck.witnesses import content, filesystem
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.registry import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact
    from vidcheck.witnesses.errors import CouldNotLookError

SIZE = "160x90"
PROGRAMS = {"system": shutil.which("ffmpeg"), "wheel": ffmpeg.bundled()}
"""The programs that are there, by where they come from."""
BOTH = ("system", pytest.param("wheel", marks=pytest.mark.slow))
"""Their names: the wheel's 160 MB are no part of the extra `dev`, but of `dev-slow`."""
MEASURED = CONTENT_KEYS - {"content.speech", "content.language", "content.text", "content.script"}
"""The keys that need ffmpeg alone."""
needs_content = pytest.mark.skipif(ffmpeg.available() is None, reason="ffmpeg is not installed")


def make(
    path: Path, pictures: list[str], sound: str | None, *, more: tuple[str, ...] = (), lossless: bool = True
) -> Path:
    """Encodes a film of these pictures one after another, each a filter of lavfi, with a sound."""
    program = ffmpeg.available()
    assert program is not None
    inputs = [word for one in pictures for word in ("-f", "lavfi", "-i", one)]
    shown = "".join(f"[{number}]setsar=1[p{number}];" for number in range(len(pictures)))
    joined = "".join(f"[p{number}]" for number in range(len(pictures)))
    graph = f"{shown}{joined}concat=n={len(pictures)}{'' if '-c:v' in more else ',format=yuv420p'}[v]"
    heard = ["-f", "lavfi", "-i", sound] if sound else []
    mapped = ["-map", "[v]", *(["-map", str(len(pictures))] if sound else [])]
    coded = ("-g", "25", "-preset", "ultrafast", *(("-qp", "0") if lossless else ()))
    if "-c:v" in more:
        coded = ()
    subprocess.run(
        [program, "-nostdin", "-y", "-v", "error", *inputs, *heard, "-filter_complex", graph, *mapped, *coded, *more, path],
        check=True,
    )  # fmt: skip
    return path


def moving(seconds: float, *, size: str = SIZE) -> str:
    """A picture that never stands still."""
    return f"testsrc2=s={size}:r=25:d={seconds}"


def black(seconds: float, *, size: str = SIZE) -> str:
    """Nothing."""
    return f"color=black:s={size}:r=25:d={seconds}"


def still(seconds: float) -> str:
    """One picture."""
    return f"smptebars=s={SIZE}:r=25:d={seconds}"


def looked_at(
    path: Path,
    depth: Depth = Depth.FULL,
    *,
    sound: int = 1,
    picture: int = 1,
    duration: Fraction | int = 0,
    encrypted: bool = False,
    form: str = "mp4",
    **more: Any,
) -> tuple[dict[str, Fact], list[tuple[frozenset[str], CouldNotLookError]]]:
    """The facts of a film with so many sounds and pictures, by their keys, and what single keys lack."""
    with path.open("rb") as file:
        tell = Teller("boxes")
        tell.known("audio.count", sound, "", "")
        tell.known("video.count", picture, "", "")
        if duration:
            tell.known("duration", Fraction(duration), "", "")
        if encrypted:
            tell.known("encrypted", True, "", "")
        status = filesystem.Status.of(path.name, os.fstat(file.fileno()))
        subject = Subject(
            file=file, path=str(path), status=status, format=form, depth=depth, facts=Facts(facts=tell.facts),
            wanted=more.pop("wanted", MEASURED), **more,
        )  # fmt: skip
        facts = {fact.key: fact for fact in content.read(content.look(subject))}
        return facts, subject.failed


def facts_of(path: Path, depth: Depth = Depth.FULL, **more: Any) -> dict[str, Fact]:
    """The facts alone."""
    return looked_at(path, depth, **more)[0]
