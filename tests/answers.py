"""What the web server of tests can do to a request; see `Server.misbehave`."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Handler


def times(count: int, answer: Callable[[Handler], None]) -> Callable[[Handler], bool]:
    """Misbehaves so many times, then no more."""
    left = iter(range(count))

    def misbehave(handler: Handler) -> bool:
        if next(left, None) is None:
            return False
        answer(handler)
        return True

    return misbehave


def always(answer: Callable[[Handler], None]) -> Callable[[Handler], bool]:
    return times(1_000_000, answer)


def status(code: int, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(
        code, b"secret=hunter2", {name.replace("_", "-"): value for name, value in headers.items()}
    )


def cut_short(handler: Handler) -> None:
    size = (handler.server.folder / handler.name).stat().st_size
    first, last = handler.range(size)
    body = handler.read(handler.name, first, last)
    headers = {"Content-Length": str(len(body)), **handler.partial(handler.name, first, last, size)}
    handler.answer(206, body[: len(body) // 2], headers)
    handler.close_connection = True


def hung_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def whole(handler: Handler) -> None:
    handler.answer(200, b"x" * 200_000)


def unmeasured(handler: Handler) -> None:
    handler.answer(200, b"x" * 200_000, {"Content-Length": "", "Connection": "close"})
    handler.close_connection = True


def ranged(content_range: str, length: int | None = None) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        body = b"x" * (65536 if length is None else length)
        handler.answer(206, body, {"Content-Range": content_range})

    return answer


def endless(handler: Handler) -> None:
    handler.answer(
        206, b"", {"Content-Range": "bytes 0-65535/130000000", "Content-Length": "", "Transfer-Encoding": "chunked"}
    )
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")


def endless_headers(handler: Handler) -> None:
    handler.send_response(206)
    handler.end_headers = lambda: None  # type: ignore[method-assign]
    handler.flush_headers()
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


def packed(handler: Handler) -> None:
    handler.answer(206, bytes(65536), {"Content-Range": "bytes 0-65535/130000000", "Content-Encoding": "gzip"})


def no_http(handler: Handler) -> None:
    handler.wfile.write(b"220 ready for mail\r\n")
    handler.close_connection = True


def silent(handler: Handler) -> None:
    handler.server.stopping.wait()


def dripping(handler: Handler) -> None:
    handler.answer(206, b"", {"Content-Range": "bytes 0-65535/130000000", "Content-Length": "65536"})
    while not handler.server.stopping.wait(0.05):
        handler.wfile.write(b"x")


def to(place: str) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(302, b"", {"Location": place})
