"""Quotes a command for the shell at hand: reports have it for a POSIX shell, and on Windows people paste into others."""

from __future__ import annotations

import os
import re
import shlex
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidcheck.reports.page import Page

_PLAIN = re.compile(r"[A-Za-z0-9_:./\\=+-]+")
"""Words that no shell changes."""
_SINGLE = re.compile("['‘’‚‛]")
"""What PowerShell takes for a single quotation mark."""


class Shell(StrEnum):
    """The shells that commands are quoted for."""

    POSIX = "posix"
    CMD = "cmd"
    POWERSHELL = "powershell"


def at_hand() -> Shell:
    """The shell that the command line was started from; PowerShell on Windows where nothing says it."""
    if os.name != "nt":
        return Shell.POSIX
    import shellingham

    try:
        name, _ = shellingham.detect_shell()
    except (shellingham.ShellDetectionFailure, OSError):
        return Shell.POWERSHELL
    if name in {"cmd", "powershell", "pwsh"}:
        return Shell.CMD if name == "cmd" else Shell.POWERSHELL
    return Shell.POSIX


def quoted(command: str, shell: Shell) -> str:
    """A command that is quoted for a POSIX shell, for another one; the same where it can't be written there."""
    if shell is Shell.POSIX or "$'" in command:
        return command
    quote = _cmd if shell is Shell.CMD else _powershell
    return " ".join(one if _PLAIN.fullmatch(one) else quote(one) for one in shlex.split(command))


def word(text: str) -> str:
    """A file's name or an option's value as it is typed in the shell at hand."""
    return quoted(shlex.quote(text), at_hand())


def for_the_shell(page: Page) -> Page:
    """The page with its commands quoted for the shell at hand."""
    from dataclasses import replace

    from vidcheck.reports.page import Command

    if not any(isinstance(block, Command) for block in page.blocks) or (shell := at_hand()) is Shell.POSIX:
        return page
    blocks = tuple(
        replace(block, text=quoted(block.text, shell)) if isinstance(block, Command) else block for block in page.blocks
    )
    return replace(page, blocks=blocks)


def _cmd(word: str) -> str:
    """In double quotes; a per cent sign outside them, with a caret, or it would be the name of a variable."""
    return '"' + word.replace('"', '\\"').replace("%", '"^%"') + '"'


def _powershell(word: str) -> str:
    return "'" + _SINGLE.sub(lambda mark: mark[0] * 2, word) + "'"
