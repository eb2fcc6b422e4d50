"""`python -m vidcheck` and the console script."""

from __future__ import annotations


def main() -> None:
    """Runs the command line."""
    from vidcheck.cli import run

    run()


if __name__ == "__main__":
    main()
