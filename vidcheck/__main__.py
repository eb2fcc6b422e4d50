"""`python -m vidcheck` and the console script."""

from __future__ import annotations

_PROBING = frozenset({"check", "facts", "watch", "demo"})
"""The commands that look at files: their workers' server starts before all else."""


def main() -> None:
    """Runs the command line."""
    import sys

    if sys.argv[1:2] and sys.argv[1] in _PROBING:
        from vidcheck.runner import forking

        forking.prepare()
    from vidcheck.cli import run

    run()


if __name__ == "__main__":
    main()
