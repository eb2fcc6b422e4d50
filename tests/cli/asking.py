"""Asks the warm process (`nursery`) for a run; `python -I -S asking.py SOCKET ARGUMENTS` is `vidcheck ARGUMENTS`.

For scripts that start vidcheck by its name: a bare Python costs them a tenth of what vidcheck's imports do.
"""

from __future__ import annotations

import json
import os
import socket
import sys

LENGTH = 4
"""Bytes in which a request's length, a process id and an exit code are written."""


def ask(where: str, arguments: list[str], folder: str, environment: dict[str, str], descriptors: list[int]) -> socket.socket:  # fmt: skip
    """Begins a run whose input, output and errors are these descriptors; `told` reads its process id, then its exit code."""
    asked = socket.socket(socket.AF_UNIX)
    asked.connect(where)
    request = json.dumps({"arguments": arguments, "folder": folder, "environment": environment}).encode()
    socket.send_fds(asked, [len(request).to_bytes(LENGTH, "big")], descriptors)
    asked.sendall(request)
    return asked


def told(asked: socket.socket) -> int:
    """The next figure that the warm process tells."""
    figure = asked.recv(LENGTH, socket.MSG_WAITALL)
    if len(figure) < LENGTH:
        raise ConnectionError("the process that runs are forked from is gone")
    return int.from_bytes(figure, "big", signed=True)


if __name__ == "__main__":
    run = ask(sys.argv[1], sys.argv[2:], os.getcwd(), dict(os.environ), [0, 1, 2])  # noqa: PTH109 - pathlib is a slow import
    told(run)
    sys.exit(told(run))
