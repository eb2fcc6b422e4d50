"""The functions that the main process sends to workers. It imports this module too, so this module must load fast."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from datetime import tzinfo

    from vidcheck.declared.layout import ManifestLayout
    from vidcheck.declared.manifest import Manifest
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.session.messages import Assignment, Finished, Packed

BRIEF = 0.1
"""Seconds after which a task of several entries begins no more of them."""


_TAIL = 4096  # bytes at the end of a file that are zero if they have not arrived


def check_entry(setup: Packed, assignment: Assignment) -> Finished:
    """Reads and judges an entry, and records each stage, so that the stage of a lost worker is known."""
    from vidcheck.session import work
    from vidcheck.workers import stages

    try:
        return work.check_entry(work.opened(setup), assignment, stages.enter, stages.advance, stages.decode)
    finally:
        stages.leave()


def check_entries(setup: Packed, assignments: list[Assignment]) -> list[Finished]:
    """The same for several entries, one after another. Those for which there is no time are missing."""
    from vidcheck.workers import stages

    finished: list[Finished] = []
    until = time.monotonic() + BRIEF
    for number, assignment in enumerate(assignments):
        stages.turn_to(number)
        finished.append(check_entry(setup, assignment))
        if time.monotonic() > until:
            break
    return finished


def looks_unfinished(path: str) -> bool:
    """Whether an upload seems to have stopped half way: the file is not whole by its boxes and samples, or ends in zeros.

    Programs that reserve the room of an upload first leave zeros where nothing has arrived.
    """
    from vidcheck.facts import State
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.errors import CouldNotLookError
    from vidcheck.witnesses.mp4 import boxes

    try:
        file, status = filesystem.open_entry(path)
        with file:
            layout = boxes.look(file, status.st_size)
            file.seek(-min(_TAIL, status.st_size), 2)
            empty = not file.read(_TAIL).strip(b"\0")
    except (CouldNotLookError, OSError):
        return False  # what can't be read is reported as that
    whole = next((fact for fact in boxes.read(layout) if fact.key == "intact"), None)
    return empty if whole is None else not (whole.state is State.KNOWN and whole.value)


def read_rules(source: str | None) -> Rules:
    """The rules, read under the worker's deadline and memory limit. Raises RulesError."""
    from vidcheck.rules.reader import load_rules

    return load_rules(source)


def read_decisions(sources: tuple[str, ...]) -> Decisions:
    """The files of people's decisions. Raises RulesError."""
    from vidcheck.rules.decisions import load_all

    return load_all(sources)


def read_manifest(path: str, layout: ManifestLayout, zone: tzinfo) -> Manifest:
    """Reads a manifest, which is untrusted. Raises ManifestError."""
    from vidcheck.declared.manifest import read_table

    return read_table(path, layout, zone)


def warm() -> dict[str, str]:
    """Imports what every entry needs, while the main process continues; returns the versions of the libraries."""
    from vidcheck.session import work  # noqa: F401 - imported so that it is there

    return registry.parsers()
