"""The command line as its users run it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "vidcheck"]


def vidcheck(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs vidcheck to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, cwd=cwd, env=os.environ | environment, timeout=120,
        stdin=subprocess.DEVNULL, check=False, encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip
