"""The whole of a check for Python users, in one call; `vidcheck.Session` is the same in steps."""

from __future__ import annotations

from os import fspath
from typing import TYPE_CHECKING

from vidcheck.session.session import Options, Session
from vidcheck.sources.targets import search_here

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from vidcheck.findings import Report
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules


def check(
    paths: Iterable[str | os.PathLike[str]],
    rules: Rules | str | None = None,
    *,
    manifest: str | os.PathLike[str] | None = None,
    declare: Mapping[str, str] | None = None,
    witness: str = "auto",
    workers: int | None = None,
    timeout: float = 30.0,
    final: bool = False,
    personal: bool = False,
    decisions: Decisions | str | Sequence[str] | None = None,
    archive: str | os.PathLike[str] | None = None,
    cache: bool = False,
    allow_private: bool = False,
) -> Report:
    """Checks files, folders, patterns and URLs against rules and returns the whole report.

    `rules` are Rules, or a path or preset name, or None for `./rules.yaml` or else the default preset. Where a path is the
    working folder or holds it, strangers' files lie there: `./rules.yaml` is then an error and `./decisions.yaml` is left
    out, unless they are named. `manifest` is
    the table of what was declared (xlsx, csv, yaml or json); what does not fit it is in the report's `batch`. `declare` is the same
    of a single entry, texts by field (`{"category": "Animation"}`). `witness` is
    `auto`, `all` or `mediainfo`; `workers` defaults to the processors that may be used; `timeout` is in seconds for
    each file; with `final` an undecided manual item makes an entry `review`; with
    `personal` findings show telephones, e-mail and postal addresses. `decisions` are Decisions, or the path of
    a file of them or of several, or None for `./decisions.yaml` where it is there. `archive` is the file with the entries of
    earlier editions (`vidcheck archive`), which only a rule `not-in-archive` asks; none is looked for by itself. With
    `cache` what the command line remembers of files that have not changed is used and added to (off by default: a
    library writes nothing that it was not asked to write); with `allow_private` servers of URLs may stand at addresses
    that are not public.

    Raises RulesError where the rules or decisions are not sound, FileNotFoundError where a path names nothing or no entry is
    found, UnclearUrlError where a URL can't be asked for or listed, ManifestError where the manifest can't be read, DeclarationError where `declare` is of no known field or of several entries,
    ArchiveError where the archive can't be used, ValueError for an unknown witness policy.
    """
    paths = list(paths)
    options = Options(
        witness=witness, workers=workers or None, timeout=timeout, final=final, personal=personal, decisions=decisions, manifest=manifest, declare=declare,
        archive=archive, cache=cache, allow_private=allow_private, strangers=search_here([str(fspath(path)) for path in paths]),
    )  # fmt: skip
    with Session(rules, options) as session:
        return session.report(paths)
