"""`vidcheck doctor`: lists the installed tools, and what is lost without the missing ones."""

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
from vidcheck.witnesses import registry
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from vidcheck.texts import Readable
    from vidcheck.witnesses.registry import Library

_WIDTH = 16
"""Of the longest name."""


def doctor(
    lang: ScreenLanguage = None,
) -> None:
    """Tell the versions of MediaInfo, ffmpeg and ffprobe, and what a missing one costs."""
    screen = Screen(screen_language(lang))
    screen.line(f"vidcheck {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    lacking = False
    for witness in registry.every():
        if witness.missed:
            version = registry.version(witness.name)
            lacking = lacking or (witness.vital and not version)
            _say(screen, witness.name, version, say(witness.missed))
        for library in witness.libraries:
            _say_library(screen, library)
    _say(
        screen,
        "ffmpeg",
        _ffmpeg(),
        say("without it the commands that remedies give can't be run on this machine; checking loses nothing"),
    )
    raise typer.Exit(exits.USAGE if lacking else 0)


def _say_library(screen: Screen, library: Library) -> None:
    try:
        _say(screen, library.name, library.version(), say(library.missed))
    except CouldNotLookError as error:
        _say(screen, library.name, None, error.message)


def _say(screen: Screen, name: str, version: str | None, cost: Readable) -> None:
    if version:
        screen.line(
            say("  {sign} {tool} {version}", sign=Plain("+"), tool=Plain(name.ljust(_WIDTH)), version=Plain(version))
        )
    else:
        screen.line(say("  {sign} {tool} missing: {cost}", sign=Plain("-"), tool=Plain(name.ljust(_WIDTH)), cost=cost))


def _ffmpeg() -> str | None:
    import subprocess

    program = shutil.which("ffmpeg")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the program found on the PATH, with fixed arguments
            [program, "-version"], capture_output=True, timeout=10, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.decode("utf-8", "replace").split()
    return words[2] if len(words) > 2 else None  # "ffmpeg version 5.1.9 Copyright …"
