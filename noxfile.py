"""What is done again and again, each in an environment of its own: `nox -s quick`, `full`, `lint`, `translate`, `docs`."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["quick", "lint"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def quick(session: nox.Session) -> None:
    """The tests that need no processes and no patience: under a minute on two cores."""
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("pytest", "-m", "not process and not slow", *session.posargs)


@nox.session
def full(session: nox.Session) -> None:
    """All tests, the slow ones after the others."""
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("pytest", *session.posargs)
    session.run("pytest", "-m", "slow", "-n", "0", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff, mypy, the direction of imports, the schemas of what CI services read."""
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def translate(session: nox.Session) -> None:
    """Bring catalogues and written pages up to date, and list what lacks a translation."""
    session.install("-e", ".[dev]", "-c", "constraints.txt")
    session.run("python", "dev/catalogue", success_codes=[0, 1])
    session.run("python", "dev/reference")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site."""
    session.install("-e", ".[docs]", "-c", "constraints.txt")
    session.run("mkdocs", "build", "--strict")
