"""Run in a process of its own (`helper`): does what the order says, all of it bad."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Any

from vidcheck.witnesses.content import helper

if TYPE_CHECKING:
    from collections.abc import Iterator


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"at": 1}
    os.write(2, b"a library's unfinished line")
    yield {"at": 2}
    match order["do"]:
        case "hang":
            signal.pause()
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "eat":
            bytearray(100 * 2**30)
        case "leave":
            os._exit(3)
        case "call":
            socket.create_connection(("127.0.0.1", 9))
        case "tell":
            yield {"secret": os.environ.get("VIDCHECK_SECRET"), "offline": os.environ["HF_HUB_OFFLINE"]}
        case _:
            raise ValueError(order["do"])


if __name__ == "__main__":
    helper.answer(work)
