"""The command line: inside this process where that shows the same, else in a process of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import chdir
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from vidcheck.cli import build

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

COMMAND = [sys.executable, "-m", "vidcheck"]
_LONGEST = 120.0  # seconds that a run may take
_READ_IN_A_RUN = frozenset({"COLUMNS", "SOURCE_DATE_EPOCH", "VIDCHECK_ARCHIVE", "VIDCHECK_CACHE_DIR"})


def vidcheck(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck to its end.

    A run happens in this process: that spares the imports, which cost more than most runs. A variable may word the help,
    which is chosen when the modules are imported, so that a run with such a variable gets a process.
    """
    if environment.keys() - _READ_IN_A_RUN:
        return started(*arguments, cwd=cwd, stdout=None, stderr=None, **environment)
    words = list(map(str, arguments))
    with chdir(cwd or "."):
        done = CliRunner(env=environment).invoke(build(), words, prog_name="python -m vidcheck", catch_exceptions=False)
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def started(
    *arguments: str | Path,
    cwd: Path | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Starts vidcheck and waits for its end: for all that concerns the process, its streams and its environment.

    What it writes is given back, unless it is to go to `stdout` or `stderr`.
    """
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=cwd, env=os.environ | environment, timeout=_LONGEST,
        stdin=subprocess.DEVNULL, stdout=stdout or subprocess.PIPE, stderr=stderr or subprocess.PIPE, check=False,
        encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip


def program(path: Path) -> Path:
    """Makes a program that is vidcheck, for scripts that call it by its name."""
    path.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    path.chmod(0o755)
    return path
