"""`python -m vidcheck` and the console script."""

from __future__ import annotations

_PROBING = frozenset({"check", "facts", "watch", "demo"})
"""The commands that look at files: their workers' server starts before all else."""


def main() -> None:
    """Runs the command line."""
    import sys

    try:
        _look_nowhere_else()
        if sys.argv[1:2] and sys.argv[1] in _PROBING:
            from vidcheck.runner import forking

            forking.prepare()
        from vidcheck.cli import run
    except KeyboardInterrupt:  # before the command line is there to answer it
        sys.exit(130)
    run()


def _look_nowhere_else() -> None:
    """Forgets the current folder, where `python -m` looks for modules first: among entries a stranger's `yaml.py` would run."""
    import sys
    from pathlib import Path

    ours = Path(__file__).resolve()
    if Path(sys.argv[0]).resolve() != ours or sys.flags.safe_path:
        return
    if Path(sys.path[0] or ".").resolve() != ours.parent.parent:  # a checkout that is not installed stays importable
        del sys.path[0]


if __name__ == "__main__":
    main()
