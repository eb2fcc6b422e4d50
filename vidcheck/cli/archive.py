"""`vidcheck archive`: what was entered in earlier editions, kept so that it is not entered again."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.console import Screen, language_option, named, reason, refused, screen_language, worded
from vidcheck.rules.model import Form
from vidcheck.texts import Plain, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.facts import Entry, Facts
    from vidcheck.rules.model import Rules
    from vidcheck.runner.archive import Archive, Past
    from vidcheck.runner.entries import Found
    from vidcheck.texts import Readable

app = typer.Typer(
    no_args_is_help=True, help=worded("Keep what was entered in earlier editions, so that it is not entered again."),
    pretty_exceptions_enable=False,
)  # fmt: skip
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="en|zh", help=worded("Language of the screen."), callback=language_option),
]
Where = Annotated[
    str | None,
    typer.Option(
        "--archive",
        metavar="FILE",
        help=worded("The archive; by default $VIDCHECK_ARCHIVE, else a file in your data folder."),
        show_default=False,
    ),
]
Manifest = Annotated[
    str | None,
    typer.Option(
        "--manifest",
        metavar="PATH",
        help=worded("What was declared of the entries: a table in xlsx, csv, yaml or json, a row for each file."),
        show_default=False,
    ),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--rules",
        "-r",
        metavar="PATH|PRESET",
        help=worded("The rules that say how the manifest is laid out and in which zone its dates are."),
        show_default=False,
    ),
]
Seconds = Annotated[
    float, typer.Option("--timeout", min=0.1, max=86400, help=worded("Seconds that one file may take."))
]
_LONGEST_NAME = 80
_MOST = 512 * 2**20  # bytes of a report
_TOGETHER: tuple[tuple[str, ...], ...] = (("checksum",), ("declared.title", "declared.authors"))
"""What makes two entries the same, by itself or together."""


@app.command()
def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="ENTRIES...|REPORT.json",
            help=worded("Files and folders of entries, or one JSON report of vidcheck."),
            show_default=False,
        ),
    ],
    edition: Annotated[
        str, typer.Option("--edition", metavar="NAME", help=worded("The edition they were entered in."))
    ],
    manifest: Manifest = None,
    rules: Source = None,
    archive: Where = None,
    timeout: Seconds = 30.0,
    lang: Lang = None,
) -> None:
    """Put an edition's entries into the archive: their checksums, sizes, titles and authors, never the files.

    Exits with 0, or 3 where some file could not be read, or 2 where nothing was added at all.
    """
    from vidcheck.runner.archive import open_to_write

    screen = Screen(screen_language(lang))
    name = _edition(edition)
    where = _where(archive)
    pasts, unread = _pasts(paths, manifest, rules, timeout, screen)
    with archived(screen), open_to_write(where) as opened:
        new, known = opened.add(name, pasts)
    screen.line(
        say_count("{edition}: {count} entry added", "{edition}: {count} entries added", new, edition=named(name))
    )
    if known:
        screen.line(say_count("{count} entry was there already", "{count} entries were there already", known))
    for kind, count in _counts(pasts).items():
        screen.line(say("  {kind}: of {count} of {all}", kind=Plain(kind), count=count, all=len(pasts)))
    raise typer.Exit(exits.REVIEW if unread else 0)


@app.command("list")
def list_(archive: Where = None, lang: Lang = None) -> None:
    """List the editions in the archive, and how many entries it holds of each."""
    from vidcheck.runner.archive import open_to_read

    screen = Screen(screen_language(lang))
    where = _where(archive)
    with archived(screen), open_to_read(where) as opened:
        editions = opened.editions()
    screen.line(named(str(where)).words)
    if not editions:
        screen.line(say("The archive is empty."))
    for edition in editions:
        kinds = join([say("{kind} {count}", kind=Plain(kind), count=count) for kind, count in edition.kinds.items()])
        entries = say_count("{count} entry", "{count} entries", edition.entries)
        told = (
            say(
                "{edition}: {entries} ({kinds}), last added {when}",
                edition=named(edition.name),
                entries=entries,
                kinds=kinds,
                when=edition.last,
            )
            if edition.kinds
            else say(
                "{edition}: {entries}, last added {when}",
                edition=named(edition.name),
                entries=entries,
                when=edition.last,
            )
        )
        screen.line(told)


@app.command()
def remove(
    edition: Annotated[str, typer.Option("--edition", metavar="NAME", help=worded("The edition to take out."))],
    archive: Where = None,
    lang: Lang = None,
) -> None:
    """Take an edition out of the archive."""
    from vidcheck.runner.archive import open_to_read, open_to_write

    screen = Screen(screen_language(lang))
    where = _where(archive)
    with archived(screen), open_to_read(where) as opened:
        known = [one.name for one in opened.editions()]
    if edition not in known:
        screen.trouble(
            say(
                "the archive holds no edition {edition}; it holds {editions}",
                edition=named(edition),
                editions=named(", ".join(known) or "-"),
            )
        )
        raise typer.Exit(exits.USAGE)
    with archived(screen), open_to_write(where) as opened:
        count = opened.remove(edition)
    screen.line(
        say_count(
            "{edition}: {count} entry removed", "{edition}: {count} entries removed", count, edition=named(edition)
        )
    )


@app.command()
def check(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help=worded("Files, folders or glob patterns."), show_default=False),
    ],
    manifest: Manifest = None,
    rules: Source = None,
    archive: Where = None,
    timeout: Seconds = 30.0,
    lang: Lang = None,
) -> None:
    """Say of each file whether it was entered in an earlier edition.

    Exits with 0 where none was, 1 where one was, 3 where some file could not be read.
    """
    from vidcheck.runner.archive import marks_of, open_to_read

    screen = Screen(screen_language(lang))
    where = _where(archive)
    with archived(screen), open_to_read(where) as opened:
        found, known = _facts(paths, manifest, rules, timeout, screen)
        matched = unread = False
        for entry, facts in known:
            marks = {mark.kind: mark.value for mark in marks_of(facts.facts)}
            asked = [kinds for kinds in _TOGETHER if all(kind in marks for kind in kinds)]
            told = [(kinds, row) for kinds in asked for row in opened.find(kinds, [marks[kind] for kind in kinds])]
            unread = unread or "checksum" not in marks
            matched = matched or bool(told)
            what = _outcome(told, known=bool(asked))
            screen.line(say("{path}: {what}", path=named(entry.path), what=what))
    if found.missing or found.empty:
        raise typer.Exit(exits.USAGE)
    raise typer.Exit(exits.INELIGIBLE if matched else exits.REVIEW if unread else 0)


def at_hand(asked: str | None, rules: Rules, screen: Screen) -> Archive | None:
    """The archive that a check is to ask: the one named, else the usual one if it is there; none where no rule asks.

    What was named and can't be used is one line, and exit code 2.
    """
    if not any(rule.form is Form.NOT_IN_ARCHIVE for rule in rules.batch):
        if asked:
            screen.trouble(say("no rule asks the archive, so {path} is not looked at", path=named(asked)))
        return None
    from vidcheck.runner.archive import VARIABLE, open_to_read

    where = _where(asked)
    if not (asked or os.environ.get(VARIABLE) or os.path.lexists(where)):
        return None
    with archived(screen):
        return open_to_read(where)


def _outcome(told: list[tuple[tuple[str, ...], tuple[str, str]]], *, known: bool) -> Readable:
    if not known:
        return say("it could not be read")
    rows = [
        say(
            "already entered in {edition} as {name} (the same {keys})",
            edition=edition, name=name, keys=join([Plain(kind) for kind in kinds], say(" and ")),
        )
        for kinds, (edition, name) in told
    ]  # fmt: skip
    return join(rows, say("; ")) if rows else say("not in the archive")


def _where(asked: str | None) -> Path:
    from vidcheck.runner.archive import usual_path

    return Path(asked) if asked else usual_path()


def _edition(text: str) -> str:
    from vidcheck.facts import visible

    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or visible(name) != name:
        words = say("an edition's name is one line of at most {most} visible characters", most=_LONGEST_NAME)
        raise refused(words, "--edition")
    return name


def _pasts(
    paths: list[str], manifest: str | None, rules: str | None, timeout: float, screen: Screen
) -> tuple[list[Past], bool]:
    """The entries to be kept, and whether some could not be read."""
    if len(paths) == 1 and paths[0].lower().endswith(".json") and Path(paths[0]).is_file():
        if manifest:
            raise refused(say("a report tells what was declared by itself"), "--manifest")
        return _reported(paths[0], screen), False
    from vidcheck.runner.archive import Past, marks_of

    found, known = _facts(paths, manifest, rules, timeout, screen)
    if found.missing or found.empty:
        raise typer.Exit(exits.USAGE)
    pasts: list[Past] = []
    unread = False
    for entry, facts in known:
        marks = marks_of(facts.facts)
        if not any(mark.kind == "checksum" for mark in marks):
            unread = True
            screen.trouble(say("{path}: {what}", path=named(entry.path), what=say("it could not be read")))
        if marks:
            size = next((fact.value for fact in facts.of("size") if fact.value is not None), None)
            pasts.append(Past(name=entry.path, size=size, marks=marks))
    if not pasts:
        raise typer.Exit(exits.USAGE)
    return pasts, unread


def _reported(path: str, screen: Screen) -> list[Past]:
    from vidcheck.reports.runs import NotAReportError, loads
    from vidcheck.runner.archiving import pasts_of

    try:
        if Path(path).stat().st_size > _MOST:
            screen.trouble(say("{path} is too large for a report", path=named(path)))
            raise typer.Exit(exits.USAGE)
        pasts = pasts_of(loads(Path(path).read_bytes(), path), path)
    except OSError as error:
        screen.trouble(say("{path} can't be read: {reason}", path=named(path), reason=reason(error)))
        raise typer.Exit(exits.USAGE) from None
    except NotAReportError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
    if not any(past.marks for past in pasts):
        screen.trouble(
            say("{path} tells no checksum, title or author of any entry: name the entries themselves", path=named(path))
        )
        raise typer.Exit(exits.USAGE)
    return [past for past in pasts if past.marks]


def _counts(pasts: list[Past]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for past in pasts:
        for mark in past.marks:
            counts[mark.kind] = counts.get(mark.kind, 0) + 1
    return counts


def _facts(
    paths: list[str], manifest: str | None, rules: str | None, timeout: float, screen: Screen
) -> tuple[Found, list[tuple[Entry, Facts]]]:
    from vidcheck.cli.check import declared, found_entries, sound_rules
    from vidcheck.runner.isolation import Workers, cores
    from vidcheck.runner.orders import Policy
    from vidcheck.runner.running import Run

    found = found_entries(paths, screen)
    count = min(cores(), len(found.targets))
    pool = Workers(count)
    try:
        if manifest:
            for finding in declared(manifest, sound_rules(rules, screen), found, pool, screen):
                screen.trouble(finding.message)
        run = Run(rules=None, workers=pool, count=count, policy=Policy.MEDIAINFO, timeout=timeout, checksum=True)
        return found, list(run.facts(found.targets))
    finally:
        pool.stop()


@contextmanager
def archived(screen: Screen) -> Iterator[None]:
    """What is wrong with the archive is one line, and exit code 2."""
    from vidcheck.runner.archive import ArchiveError

    try:
        yield
    except ArchiveError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None
