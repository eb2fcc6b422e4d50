"""A part of the look that runs in a Python process of its own, because its library may hang, crash or want much memory.

The process is a module that is run with an order (JSON) as its argument. It writes what it finds to its
standard error, a line of JSON each; what libraries write there is no JSON object and is kept as their complaint.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

from vidcheck import ffmpeg
from vidcheck.texts import Plain, say
from vidcheck.witnesses.content.run import follow, why
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vidcheck.witnesses.content.run import Limits

_MOST_COMPLAINT = 20
_OFFLINE = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime 1.29 and later else keep a database and send it to its makers
}  # fmt: skip
"""Makes libraries of models use what is on the disk, and nothing else."""
_ERROR, _MEMORY = "error", "memory"


def ask(module: str, order: Mapping[str, Any], limits: Limits, take: Callable[[dict[str, Any]], None]) -> None:
    """Runs a module with an order, and hands on each object that it writes.

    Raises CouldNotLookError if it fails, hangs, crashes or takes more memory than it may.
    """
    words = [sys.executable, "-P", "-m", module, json.dumps(order)]
    complaint: deque[bytes] = deque(maxlen=_MOST_COMPLAINT)
    failures: list[str] = []

    def hear(line: bytes) -> None:
        found = _object(line)
        if found is None:
            complaint.append(line)
        elif _ERROR in found:
            failures.append(str(found[_ERROR]))
        else:
            take(found)

    code = follow(list(map(os.fsencode, words)), limits, hear, environment=_environment(limits.threads))
    if failures:
        raise CouldNotLookError(
            say("it took more memory than it may have") if failures[-1] == _MEMORY else Plain(failures[-1])
        )
    if code:
        raise CouldNotLookError(why(code, complaint))


def _environment(threads: int) -> dict[str, str]:
    """The variables of such a process: nothing that may be a secret, and the same modules as here."""
    modules = os.pathsep.join(path for path in sys.path if path)
    count = str(threads)
    return {
        **ffmpeg.environment(), **_OFFLINE, "PYTHONPATH": modules, "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count,
    }  # fmt: skip


def _object(line: bytes) -> dict[str, Any] | None:
    if not line.startswith(b"{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def answer(work: Callable[[dict[str, Any]], Iterable[dict[str, Any]]]) -> None:
    """In the process itself: does the work that was ordered, and writes each object as it comes."""
    sys.addaudithook(_no_network)
    try:
        for found in work(json.loads(sys.argv[1])):
            _write(found)
    except MemoryError:
        _write({_ERROR: _MEMORY})
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what is said of this film
        _write({_ERROR: f"{type(error).__name__}: {error}"})
        sys.exit(1)


def _write(found: dict[str, Any]) -> None:
    os.write(2, b"\n%s\n" % json.dumps(found).encode())  # a library may have left its own line unfinished


def _no_network(event: str, _: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"}:
        raise PermissionError("the network is not used")
