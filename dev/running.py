"""Runs vidcheck of a checkout over a corpus, and the servers that some commands need."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from steps import Step

_BLOCK = 1 << 20
_NOW = re.compile(rb"\b%s[T ]\d\d:\d\d:\d\d(?:\.\d+)?\+00:00" % datetime.now(UTC).strftime("%Y-%m-%d").encode())
"""A moment of today."""


RUN = "1767225600"
"""The date of every run: 2026-01-01."""


class Side(NamedTuple):
    """One checkout, and the folder in which its commands run."""

    checkout: Path
    python: str
    folder: Path

    def environment(self) -> dict[str, str]:
        """The variables of its commands."""
        state = self.folder / "state"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIDCHECK", "LC_", "GITHUB"))}
        return kept | {
            "PYTHONPATH": str(self.checkout), "LANG": "C.UTF-8", "TZ": "Asia/Shanghai", "HOME": str(state),
            "VIDCHECK_CACHE_DIR": str(state / "cache"), "XDG_CACHE_HOME": str(state), "XDG_DATA_HOME": str(state),
            "XDG_CONFIG_HOME": str(state), "NO_COLOR": "1", "COLUMNS": "80", "SOURCE_DATE_EPOCH": RUN,
        }  # fmt: skip

    def run(self, step: Step) -> dict[str, bytes]:
        """Runs a step. Returns its outputs by name: `code`, `stdout`, `stderr`, and the files that it wrote."""
        out = self.folder / "out" / step.name
        out.parent.mkdir(parents=True, exist_ok=True)
        if any(f"out/{step.name}/" in word for word in step.words):
            out.mkdir()
        done = subprocess.run(
            [self.python, "-m", "vidcheck", *step.words], cwd=self.folder, input=step.text.encode(), capture_output=True,
            env=self.environment() | step.environment, check=False, timeout=600,
        )  # fmt: skip
        result = {"code": str(done.returncode).encode(), "stdout": done.stdout, "stderr": done.stderr}
        written = sorted(out.rglob("*")) if out.is_dir() else sorted(out.parent.glob(f"{out.name}.*"))
        for path in written:
            if path.is_file() and path.suffix != ".mp4":
                result[str(path.relative_to(out.parent))] = path.read_bytes()
        decisions = self.folder / "state" / "d.yaml"
        if step.group == "decisions" and decisions.exists():
            result["decisions"] = decisions.read_bytes()
        return {name: self._without_places(data) for name, data in result.items()}

    def _without_places(self, data: bytes) -> bytes:
        """The output without paths and times that differ between runs."""
        for place in {str(self.folder), str(self.folder.resolve())}:
            data = data.replace(place.encode(), b"<here>")
        return _NOW.sub(b"<now>", data.replace(str(self.checkout).encode(), b"<checkout>"))

    def lay_out(self, source: Path) -> None:
        """Copies the corpus into the folder, so that both checkouts see the same bytes under the same names."""
        shutil.copytree(source, self.folder, copy_function=_copy, ignore=shutil.ignore_patterns("quick", "whole"))
        (self.folder / "state").mkdir()


def _copy(source: str, target: str) -> None:
    """Copies a file with its times, and makes zeros sparse, because the demo's samples are large and mostly zeros."""
    with Path(source).open("rb") as reading, Path(target).open("wb") as writing:
        while block := reading.read(_BLOCK):
            if block.count(0) == len(block):
                writing.seek(len(block), os.SEEK_CUR)
            else:
                writing.write(block)
        writing.truncate()
    shutil.copystat(source, target)


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """Serves a folder over HTTP, with range requests."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            path, asked = Path(self.translate_path(self.path)), self.headers.get("Range", "")
            if not path.is_file() or not asked.startswith("bytes="):
                return super().do_GET()
            data, (start, _, end) = path.read_bytes(), asked[6:].partition("-")
            first = int(start) if start else max(0, len(data) - int(end))
            last = min(int(end), len(data) - 1) if start and end else len(data) - 1
            if first >= len(data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(data)}")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
            self.send_header("Content-Length", str(last + 1 - first))
            self.send_header("Last-Modified", self.date_time_string(corpus.WRITTEN))
            self.end_headers()
            self.wfile.write(data[first : last + 1])
            return None

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def dask(side: Side) -> Iterator[str]:
    """A Dask scheduler and two workers with the vidcheck of one side."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, command = f"tcp://127.0.0.1:{port}", [side.python, "-m", "dask"]
    commands = (
        ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", ":0"],
        ["worker", address, "--nworkers", "2", "--nthreads", "1", "--dashboard-address", ":0"],
    )
    running = []
    try:
        for words in commands:
            running.append(  # noqa: PERF401 - what was started before a failure is to be ended
                subprocess.Popen([*command, *words], env=side.environment(), cwd=side.folder, stderr=subprocess.DEVNULL)
            )
        probe = f"from distributed import Client\nClient({address!r}, timeout=60).wait_for_workers(2, timeout=60)"
        subprocess.run([side.python, "-c", probe], env=side.environment(), check=True, timeout=120, capture_output=True)
        yield address
    finally:
        for each in reversed(running):
            each.terminate()
            each.wait()
