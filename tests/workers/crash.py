"""A crash as a library's own fault makes it, for workers. Light: each new worker imports it."""

from __future__ import annotations

import faulthandler
import os
import signal


def crash() -> None:
    """Ends the process by SIGSEGV, without the trace.

    A forked worker has the fault handler of pytest, which would print "Fatal Python error" amid the dots of a green run.
    """
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)
