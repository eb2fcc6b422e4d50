"""The whole of a check for Python users; the command line is the same run with a screen."""

from __future__ import annotations

from contextlib import suppress
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import __version__
from vidcheck.engine.decisions import unused
from vidcheck.findings import Report
from vidcheck.rules.decisions import load_decisions
from vidcheck.rules.reader import load_rules
from vidcheck.rules.summary import summarise
from vidcheck.session.attachments import ignored
from vidcheck.session.declare import declare
from vidcheck.session.memo import remembered
from vidcheck.session.messages import Policy
from vidcheck.session.running import Run
from vidcheck.sources.targets import find
from vidcheck.sources.urls import UnclearUrlError
from vidcheck.workers.pool import Workers, cores
from vidcheck.workers.remote import workers_away

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.storage.archive import Archive


def check(
    paths: Iterable[str | os.PathLike[str]],
    rules: Rules | str | None = None,
    *,
    manifest: str | os.PathLike[str] | None = None,
    witness: str = "auto",
    workers: int | None = None,
    timeout: float = 30.0,
    final: bool = False,
    decisions: Decisions | str | None = None,
    archive: str | os.PathLike[str] | None = None,
    cache: bool = False,
    allow_private: bool = False,
) -> Report:
    """Checks files, folders, patterns and URLs against rules and returns the whole report.

    `rules` are Rules, or a path or preset name, or None for `./rules.yaml` or else the default preset. `manifest` is
    the table of what was declared (xlsx, csv, yaml or json); what does not fit it is in the report's `batch`. `witness` is
    `auto`, `all` or `mediainfo`; `workers` defaults to the processors that may be used; `timeout` is in seconds for
    each file; with `final` an undecided manual item makes an entry `review`. `decisions` are Decisions, or the path of
    a file of them, or None for `./decisions.yaml` where it is there. `archive` is the file with the entries of
    earlier editions (`vidcheck archive`), which only a rule `not-in-archive` asks; none is looked for by itself. With
    `cache` what the command line remembers of files that have not changed is used and added to (off by default: a
    library writes nothing that it was not asked to write); with `allow_private` servers of URLs may stand at addresses
    that are not public.

    Raises RulesError where the rules or decisions are not sound, FileNotFoundError where a path names nothing or no entry is
    found, UnclearUrlError where a URL can't be asked for or listed, ManifestError where the manifest can't be read,
    ArchiveError where the archive can't be used, ValueError for an unknown witness policy.
    """
    sound = rules if rules is not None and not isinstance(rules, str) else load_rules(rules)
    decided = load_decisions(decisions) if decisions is None or isinstance(decisions, str) else decisions
    found = find([str(fspath(path)) for path in paths], private=allow_private)
    if found.refused:
        raise UnclearUrlError(found.refused[0])
    found.leave_out([sound.source, *(str(fspath(path)) for path in (manifest, archive) if path is not None)])
    if found.missing or found.empty or not found.targets:
        raise FileNotFoundError(", ".join([*found.missing, *found.empty]) or "no path was given")
    count = workers or cores()
    policy = Policy(witness)
    opened = _archive(archive)
    pool = Workers(count)
    memory = remembered(pool) if cache else None
    pool.away = workers_away(found.targets, workers)
    run = Run(
        rules=sound, workers=pool, away=pool.away, count=count, policy=policy, timeout=timeout, final=final,
        decisions=decided, archive=opened, memory=memory,
    )  # fmt: skip
    try:
        batch = declare(str(fspath(manifest)), sound, found, pool) if manifest is not None else ()
        entries = tuple(run.reports(found.targets))
        told = tools(run)
    finally:
        pool.stop()
        if opened is not None:
            opened.close()
        if memory is not None:
            memory.cache.close()
    borne = (finding.decision for entry in entries for finding in entry.findings)
    left = unused(decided.rows, [decision for decision in borne if decision]) if decided else None
    batch = (*batch, *run.batch, *((left,) if left else ()))
    return Report(tool=told, rules=summarise(sound), entries=entries, ignored=ignored(found, sound), batch=batch)


def _archive(path: str | os.PathLike[str] | None) -> Archive | None:
    if path is None:
        return None
    from vidcheck.storage.archive import open_to_read

    return open_to_read(Path(path))


def tools(run: Run) -> dict[str, str]:
    """What the report says of the tools: versions, whether a file could be read by them or not, and the policy."""
    from vidcheck.witnesses.errors import CouldNotLookError

    if not run.versions:
        run.versions.update(run.workers.versions())
    told = dict(run.versions)
    if run.policy is not Policy.MEDIAINFO and run.workers.has_ffprobe():
        with suppress(CouldNotLookError):
            told["ffprobe"] = run.workers.ffprobe_version()
    if run.archive is not None:
        told["archive"] = run.archive.told()
    return {"vidcheck": __version__, **told, "witness": run.policy.value}
