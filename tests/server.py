"""A real web server for tests: files of a folder in ranges, and every way in which a server may misbehave."""

from __future__ import annotations

import threading
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Server(ThreadingHTTPServer):
    """Serves a folder at `http://127.0.0.1:port`. What it does to a path is set in `misbehave`."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.misbehave: dict[str, Callable[[Handler], bool]] = {}
        """By path: a function that answers, and says whether it did; where it did not, the file is served."""
        self.asked: list[tuple[str, str]] = []
        """Path and range of every request."""
        self.headers: list[dict[str, str]] = []
        self.sent = 0
        """Bytes of bodies."""
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True, kwargs={"poll_interval": 0.02}).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no trouble here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = self.name
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        self.server.headers.append(dict(self.headers))
        misbehave = self.server.misbehave.get(path)
        if misbehave is None or not misbehave(self):
            self.serve(path)

    @property
    def name(self) -> str:
        """The path that is asked for, in the served folder."""
        return unquote(urlsplit(self.path).path).lstrip("/")

    def serve(self, path: str) -> None:
        file = self.server.folder / path
        if not file.is_file():
            self.answer(404, b"no such file")
            return
        size, tag = file.stat().st_size, self.tag(path)
        if self.headers.get("If-Match", tag) != tag:
            self.answer(412, b"")
            return
        first, last = self.range(size)
        if first >= size:
            self.answer(416, b"", {"Content-Range": f"bytes */{size}", **self.about(path)})
            return
        self.answer(206, self.read(path, first, last), self.partial(path, first, last, size))

    def range(self, size: int) -> tuple[int, int]:
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        return int(first), min(int(last), size - 1)

    def read(self, path: str, first: int, last: int) -> bytes:
        with (self.server.folder / path).open("rb") as opened:
            opened.seek(first)
            return opened.read(last - first + 1)

    def tag(self, path: str) -> str:
        status = (self.server.folder / path).stat()
        return f'"{sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:16]}"'

    def about(self, path: str) -> dict[str, str]:
        modified = (self.server.folder / path).stat().st_mtime
        return {"ETag": self.tag(path), "Last-Modified": formatdate(modified, usegmt=True)}

    def partial(self, path: str, first: int, last: int, size: int) -> dict[str, str]:
        return {"Content-Range": f"bytes {first}-{last}/{size}", **self.about(path)}

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """An answer whose length is told as it is, unless the headers tell another."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.server.sent += len(body)
