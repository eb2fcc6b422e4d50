"""`vidcheck doctor`: which tools there are, and what each missing one costs."""

from __future__ import annotations

import platform
import shutil
from typing import TYPE_CHECKING

import typer

from vidcheck import __version__
from vidcheck.cli import exits
from vidcheck.cli.options import ScreenLanguage
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.texts import Plain, say

if TYPE_CHECKING:
    from vidcheck.texts import Readable


def doctor(
    lang: ScreenLanguage = None,
) -> None:
    """Tell the versions of MediaInfo, ffmpeg and ffprobe, and what a missing one costs."""
    screen = Screen(screen_language(lang))
    screen.line(f"vidcheck {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    library = _mediainfo()
    _say(
        screen,
        "mediainfo",
        library,
        say("without it there are no durations, codecs or dates to judge: install pymediainfo's wheel for this system"),
    )
    _say(
        screen,
        "ffprobe",
        _ffprobe(),
        say("without it there is no second witness: a failing entry rests on MediaInfo and the box headers alone"),
    )
    _say(
        screen,
        "ffmpeg",
        _ffmpeg(),
        say("without it the commands that remedies give can't be run on this machine; checking loses nothing"),
    )
    raise typer.Exit(0 if library else exits.USAGE)


def _say(screen: Screen, name: str, version: str | None, cost: Readable) -> None:
    if version:
        screen.line(
            say("  {sign} {tool} {version}", sign=Plain("+"), tool=Plain(name.ljust(9)), version=Plain(version))
        )
    else:
        screen.line(say("  {sign} {tool} missing: {cost}", sign=Plain("-"), tool=Plain(name.ljust(9)), cost=cost))


def _mediainfo() -> str | None:
    from vidcheck.witnesses import mediainfo
    from vidcheck.witnesses.errors import CouldNotLookError

    try:
        return mediainfo.version()
    except CouldNotLookError:
        return None


def _ffprobe() -> str | None:
    from vidcheck.witnesses import ffprobe
    from vidcheck.witnesses.errors import CouldNotLookError

    try:
        return ffprobe.version()
    except CouldNotLookError:
        return None


def _ffmpeg() -> str | None:
    import subprocess

    program = shutil.which("ffmpeg")
    if program is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - the program found on the PATH, and words of ours
            [program, "-version"], capture_output=True, timeout=10, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = told.stdout.decode("utf-8", "replace").split()
    return words[2] if len(words) > 2 else None  # "ffmpeg version 5.1.9 Copyright …"
