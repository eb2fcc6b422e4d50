"""The whole of a check for Python users; the command line is the same run with a screen."""

from __future__ import annotations

from contextlib import suppress
from os import fspath
from typing import TYPE_CHECKING

from vidcheck import __version__
from vidcheck.findings import Report
from vidcheck.rules.reader import load_rules
from vidcheck.rules.summary import summarise
from vidcheck.runner import orders
from vidcheck.runner.entries import find
from vidcheck.runner.isolation import Workers, cores
from vidcheck.runner.orders import Policy
from vidcheck.runner.running import Run

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from vidcheck.rules.model import Rules

_SECONDS = 60.0  # that a worker has to load a library and ask its version


def check(
    paths: Iterable[str | os.PathLike[str]],
    rules: Rules | str | None = None,
    *,
    witness: str = "auto",
    workers: int | None = None,
    timeout: float = 30.0,
    final: bool = False,
) -> Report:
    """Checks files, folders and patterns against rules and returns the whole report.

    `rules` are Rules, or a path or preset name, or None for `./rules.yaml` or else the default preset. `witness` is
    `auto`, `all` or `mediainfo`; `workers` defaults to the processors that may be used; `timeout` is in seconds for
    each file; with `final` an undecided manual item makes an entry `review`.

    Raises RulesError where the rules are not sound, FileNotFoundError where a path names nothing or no entry is
    found, ValueError for an unknown witness policy.
    """
    sound = rules if rules is not None and not isinstance(rules, str) else load_rules(rules)
    found = find([str(fspath(path)) for path in paths])
    if found.missing or found.empty or not found.targets:
        raise FileNotFoundError(", ".join([*found.missing, *found.empty]) or "no path was given")
    count = workers or cores()
    policy = Policy(witness)
    pool = Workers(count)
    run = Run(rules=sound, workers=pool, count=count, policy=policy, timeout=timeout, final=final)
    try:
        entries = tuple(run.reports(found.targets))
        used = tools(run)
    finally:
        pool.stop()
    return Report(tool=used, rules=summarise(sound), entries=entries, ignored=found.ignored)


def tools(run: Run) -> dict[str, str]:
    """What the report says of the tools: versions, whether a file could be read by them or not, and the policy."""
    from vidcheck.probes import ffprobe
    from vidcheck.probes.errors import CouldNotLookError

    if not run.versions:
        run.versions.update(run.workers.submit(orders.versions, deadline=_SECONDS).result())
    versions = dict(run.versions)
    if run.policy is not Policy.MEDIAINFO and ffprobe.available():
        with suppress(CouldNotLookError):
            versions["ffprobe"] = ffprobe.version()
    return {"vidcheck": __version__, **versions, "witness": run.policy.value}
