"""`python -m vidcheck` and the console script."""

from __future__ import annotations

_PROBING = frozenset({"check", "facts", "watch", "demo"})
"""The commands that look at files: their workers' server starts before all else."""


def main() -> None:
    """Runs the command line."""
    import gc
    import sys

    try:
        _look_nowhere_else()
        from vidcheck.lazy import load_unused_late

        gc.set_threshold(
            20_000, 20, 20
        )  # imports leave no garbage and a run next to none: looking for it took 3 % of a start, 5 % of a run
        load_unused_late()
        if sys.argv[1:2] and sys.argv[1] in _PROBING:
            from vidcheck.workers import forkserver

            forkserver.prepare()
        from vidcheck.cli import run
    except KeyboardInterrupt:  # before the command line is there to answer it
        sys.exit(130)
    run()


def _look_nowhere_else() -> None:
    """Forgets the current folder, where `python -m` looks for modules first: among entries a stranger's `yaml.py` would run."""
    import sys
    from os.path import dirname, realpath  # these are there already: anything else might come out of that folder

    ours = realpath(__file__)
    if realpath(sys.argv[0]) != ours or sys.flags.safe_path:
        return
    if realpath(sys.path[0] or ".") != dirname(dirname(ours)):  # noqa: PTH120 - a checkout that is not installed stays importable
        del sys.path[0]


if __name__ == "__main__":
    main()
