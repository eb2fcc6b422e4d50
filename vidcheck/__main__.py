"""`python -m vidcheck` and the console script."""

from __future__ import annotations

_PROBING = frozenset({"check", "facts", "watch", "demo"})
"""The commands that read entries. Their workers' server is started first."""
_INTERNAL, _INTERRUPTED = 4, 130  # of `vidcheck.cli.exits`, which may not be importable here


def main() -> None:
    """Runs the command line.

    Python ends with 1 after an exception that nobody caught, and with 120 if flushing a stream fails at the end. 1 means
    "ineligible" here, so every error ends the process with a code of ours, without Python's own end.
    """
    try:
        _run()
    except KeyboardInterrupt:  # before the command line can handle it
        _end(_INTERRUPTED, "")
    except BaseException as error:  # noqa: BLE001 - as the docstring says
        _end(_INTERNAL, f"vidcheck: an error inside vidcheck: {_sentence(error)}\n")


def _run() -> None:
    import gc
    import sys
    from contextlib import suppress

    _open_standard_streams()
    _forget_current_folder()
    if sys.argv[1:2] and _is_entry(sys.argv[1]):
        sys.argv.insert(1, "check")  # `vidcheck film.mp4`
    if sys.argv[1:2] == ["check"]:
        from vidcheck.signals import Signals

        Signals.begin_early()  # a check that is interrupted before it begins has reports to write, too
    from vidcheck.lazy import load_unused_late

    gc.set_threshold(
        20_000, 20, 20
    )  # imports create no garbage and a run hardly any: collecting took 3 % of start-up and 5 % of a run
    load_unused_late()
    if sys.argv[1:2] and sys.argv[1] in _PROBING:
        from vidcheck.workers import forkserver

        with suppress(OSError):  # too few files may be open: the start of the workers says so
            forkserver.prepare()
    from vidcheck.cli import run

    run()


def _is_entry(word: str) -> bool:
    """Whether the first argument is a file, folder or address to check: no command's name has a dot or a slash."""
    import os

    if word.lower().startswith(("http://", "https://", "s3://")):
        return True
    try:
        return not word.startswith("-") and any(sign in word for sign in "./\\") and os.path.exists(word)  # noqa: PTH110 - pathlib is imported late
    except ValueError:
        return False


def _sentence(error: BaseException) -> str:
    """An error in one line. Nothing is imported, because memory or file handles may be all used."""
    said = " ".join(str(error).split())
    return "".join(sign if sign.isprintable() else "?" for sign in f"{type(error).__name__}: {said}")


def _end(code: int, sentence: str) -> None:
    """Ends the process after a sentence on stderr, if that can be written."""
    import os

    try:
        os.write(2, sentence.encode("utf-8", "backslashreplace"))
    except OSError:
        pass  # there is nobody to tell
    finally:
        os._exit(code)


def _open_standard_streams() -> None:
    """Opens closed standard streams (`>&-`) on the null device, so that no later pipe gets their numbers.

    `sys.__stdout__` stays None if standard output was closed: a report that should go there can't be written.
    """
    import os
    import sys

    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115


def _forget_current_folder() -> None:
    """Removes the current folder from the module path: in a folder of entries `python -m` would run a stranger's `yaml.py`."""
    import sys
    from os.path import dirname, realpath  # loaded already: another module might come from that folder

    ours = realpath(__file__)
    if realpath(sys.argv[0]) != ours or sys.flags.safe_path:
        return
    if realpath(sys.path[0] or ".") != dirname(dirname(ours)):  # noqa: PTH120 - a checkout that is not installed stays importable
        del sys.path[0]


if __name__ == "__main__":
    main()
