"""`vidcheck archive`: manages the archive of earlier editions, by which entries are recognised."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import Commands, refused, worded
from vidcheck.cli.inputs import at_most, declared, depth_of, found_entries, opened, saved_report, strangers_here
from vidcheck.cli.options import ArchiveKept, Edition, LookedAt, ManifestPath, ManifestRules, ScreenLanguage, Timeout
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.texts import TOGETHER, Plain, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.facts import Entry, Facts
    from vidcheck.sources.targets import Found
    from vidcheck.storage.archive import Archive, Past
    from vidcheck.texts import Readable

app = Commands(worded("Keep what was entered in earlier editions, so that it is not entered again."))
_LONGEST_NAME = 80
_LONGEST_PATH = 4096
"""The most characters of an entry's path."""


class _Looking(NamedTuple):
    """How files are looked at."""

    timeout: float
    depth: str | None


_TOGETHER: tuple[tuple[str, ...], ...] = (("checksum",), ("declared.title", "declared.authors"))
"""The combinations of keys that make two entries the same."""


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
    edition: Edition,
    manifest: ManifestPath = None,
    rules: ManifestRules = None,
    archive: ArchiveKept = None,
    content: LookedAt = None,
    timeout: Timeout = 30.0,
    lang: ScreenLanguage = None,
) -> None:
    """Put an edition's entries into the archive: their checksums, sizes, titles and authors, never the files.

    With --content also a fingerprint of each film, and a few small pictures of it, so that copies are recognised that
    were encoded anew, cropped, mirrored or cut.

    Exits with 0, or 3 where some file could not be read, or 2 where nothing was added at all.
    """
    from vidcheck.storage.archive import open_to_write

    screen = Screen(screen_language(lang))
    name = _edition(edition)
    where = _usual(archive)
    pasts, unread = _pasts_from(paths, manifest, rules, _Looking(timeout, depth_of(content)), screen)
    with _archived(screen), open_to_write(where) as opened:
        new, known = opened.add(name, pasts)
    screen.line(
        say_count("{edition}: {count} entry added", "{edition}: {count} entries added", new, edition=named(name))
    )
    if known:
        screen.line(say_count("{count} entry was there already", "{count} entries were there already", known))
    for kind, count in _count_marks(pasts).items():
        screen.line(say("  {kind}: of {count} of {all}", kind=Plain(kind), count=count, all=len(pasts)))
    raise typer.Exit(exits.REVIEW if unread else 0)


@app.command("list")
def list_(archive: ArchiveKept = None, lang: ScreenLanguage = None) -> None:
    """List the editions in the archive, and how many entries it holds of each."""
    from vidcheck.storage.archive import open_to_read

    screen = Screen(screen_language(lang))
    where = _usual(archive)
    with _archived(screen), open_to_read(where) as opened:
        editions = opened.editions()
    screen.line(named(str(where)).words)
    if not editions:
        screen.line(say("The archive is empty."))
    for edition in editions:
        kinds = join([say("{kind} {count}", kind=Plain(kind), count=count) for kind, count in edition.kinds.items()])
        entries = say_count("{count} entry", "{count} entries", edition.entries)
        line = (
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
        screen.line(line)


@app.command()
def remove(
    edition: Edition,
    entries: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENTRY...]",
            help=worded(
                "Entries of the edition, by the name under which they are kept or that of their file; by default all."
            ),
            show_default=False,
        ),
    ] = None,
    archive: ArchiveKept = None,
    lang: ScreenLanguage = None,
) -> None:
    """Take an edition, or single entries of it, out of the archive."""
    from vidcheck.storage.archive import open_to_read, open_to_write

    screen = Screen(screen_language(lang))
    where = _usual(archive)
    with _archived(screen), open_to_read(where) as opened:
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
    with _archived(screen), open_to_write(where) as opened:
        count = opened.remove(edition, _names(opened, edition, entries, screen) if entries else None)
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
    manifest: ManifestPath = None,
    rules: ManifestRules = None,
    archive: ArchiveKept = None,
    content: LookedAt = None,
    timeout: Timeout = 30.0,
    lang: ScreenLanguage = None,
) -> None:
    """Say of each file whether it was entered in an earlier edition.

    With --content also whether its film is like one that was added with --content.

    Exits with 0 where none was, 1 where one was, 3 where a person has to look: some file could not be read, or is like
    one that was.
    """
    from vidcheck.storage.archive import marks_of, open_to_read

    screen = Screen(screen_language(lang))
    where = _usual(archive)
    with _archived(screen), open_to_read(where) as opened:
        found, known = _facts_of(paths, manifest, rules, _Looking(timeout, depth_of(content)), screen)
        matched = unread = False
        for entry, facts in known:
            marks = {mark.kind: mark.value for mark in marks_of(facts.facts)}
            asked = [kinds for kinds in _TOGETHER if all(kind in marks for kind in kinds)]
            matches = [(kinds, row) for kinds in asked for row in opened.find(kinds, [marks[kind] for kind in kinds])]
            unread = unread or "checksum" not in marks
            alike = _alike(opened, facts)
            matched = matched or bool(matches)
            unread = unread or bool(alike)
            what = _outcome(matches, alike, known=bool(asked))
            screen.line(say("{path}: {what}", path=named(entry.path), what=what))
    if found.missing or found.empty:
        raise typer.Exit(exits.USAGE)
    raise typer.Exit(exits.INELIGIBLE if matched else exits.REVIEW if unread else 0)


def _alike(archive: Archive, facts: Facts) -> list[Readable]:
    """The entries whose films are like this one."""
    from vidcheck.engine.films import described, fingerprint_of

    value = fingerprint_of(facts)
    return [
        say("like {name} of {edition} ({how})", name=one.name, edition=one.edition, how=described(one.likeness))
        for one in (archive.resembling(value) if value is not None else ())
    ]


def _outcome(matches: list[tuple[tuple[str, ...], tuple[str, str]]], alike: list[Readable], *, known: bool) -> Readable:
    if not known and not alike:
        return say("it could not be read")
    rows = [
        say(
            "already entered in {edition} as {name} (the same {keys})",
            edition=edition, name=name, keys=join([Plain(kind) for kind in kinds], TOGETHER),
        )
        for kinds, (edition, name) in matches
    ]  # fmt: skip
    return join([*rows, *alike], say("; ")) if rows or alike else say("not in the archive")


def _names(archive: Archive, edition: str, entries: list[str], screen: Screen) -> list[str]:
    """The names under which these entries are kept. If one is not, or several are meant, nothing is removed."""
    found: list[str] = []
    for entry in entries:
        names = archive.named(edition, entry)
        if len(names) != 1:
            words = (
                say("{name} may be any of {names}: say which", name=named(entry), names=named(", ".join(names)))
                if names
                else say("the edition {edition} has no entry {name}", edition=named(edition), name=named(entry))
            )
            screen.trouble(words)
            raise typer.Exit(exits.USAGE)
        found += names
    return found


def _edition(text: str) -> str:
    from vidcheck.facts import visible

    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or visible(name) != name:
        words = say("an edition's name is one line of at most {most} visible characters", most=_LONGEST_NAME)
        raise refused(words, "--edition")
    return name


def _usual(asked: str | None) -> Path:
    """The archive's path: as asked, else the default."""
    from vidcheck.storage.archive import usual_path

    return Path(asked) if asked else usual_path()


@contextmanager
def _archived(screen: Screen) -> Iterator[None]:
    """Turns an ArchiveError into one line and exit code 2."""
    from vidcheck.storage.archive import ArchiveError

    try:
        yield
    except ArchiveError as error:
        screen.trouble(error.words)
        raise typer.Exit(exits.USAGE) from None


def _pasts_from(
    paths: list[str], manifest: str | None, rules: str | None, looking: _Looking, screen: Screen
) -> tuple[list[Past], bool]:
    """The entries to add, and whether some could not be read."""
    if len(paths) == 1 and paths[0].lower().endswith(".json") and Path(paths[0]).is_file():
        if manifest:
            raise refused(say("a report tells what was declared by itself"), "--manifest")
        return _reported(paths[0], screen), False
    from vidcheck.storage.archive import Past, marks_of
    from vidcheck.vocabulary import CONTENT_FINGERPRINT

    found, known = _facts_of(paths, manifest, rules, looking, screen)
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
            film = next((fact for fact in facts.of(CONTENT_FINGERPRINT.name) if fact.value is not None), None)
            pasts.append(Past(name=entry.path, size=size, marks=marks, film=film))
    if not pasts:
        raise typer.Exit(exits.USAGE)
    return pasts, unread


def _reported(path: str, screen: Screen) -> list[Past]:
    """The entries in a JSON report with marks in their evidence."""
    from vidcheck.rules.comparison import archived as archived_keys
    from vidcheck.storage.archive import Past, marks_of
    from vidcheck.vocabulary import CONTENT_FINGERPRINT

    report = saved_report(path, screen)
    if report.incomplete:
        screen.trouble(say("{name} is incomplete: entries are missing from it", name=named(path)))
        raise typer.Exit(exits.USAGE)
    kept = set(archived_keys()) - {CONTENT_FINGERPRINT.name}  # of which a report has only the short name
    pasts = [
        Past(name=entry.path[:_LONGEST_PATH], size=entry.size, marks=marks_of(entry.facts(kept)))
        for entry in report.entries
    ]
    marked = [past for past in pasts if past.marks]
    if not marked:
        screen.trouble(
            say("{path} tells no checksum, title or author of any entry: name the entries themselves", path=named(path))
        )
        raise typer.Exit(exits.USAGE)
    return marked


def _count_marks(pasts: list[Past]) -> dict[str, int]:
    """The number of entries with each kind of mark."""
    counts: dict[str, int] = {}
    for past in pasts:
        for mark in past.marks:
            counts[mark.kind] = counts.get(mark.kind, 0) + 1
    return counts


def _facts_of(
    paths: list[str], manifest: str | None, rules: str | None, looking: _Looking, screen: Screen
) -> tuple[Found, list[tuple[Entry, Facts]]]:
    """The facts of files, including checksums and the manifest's declarations."""
    from vidcheck.facts import Depth
    from vidcheck.session.session import Options
    from vidcheck.vocabulary import CONTENT_FINGERPRINT

    options = Options(
        witness="mediainfo", at_most=at_most(paths), timeout=looking.timeout, checksum=True, manifest=manifest,
        content=looking.depth or Depth.NONE.value, cache=looking.depth is not None, seen=frozenset({CONTENT_FINGERPRINT.name}),
        strangers=strangers_here(paths),
    )  # fmt: skip
    with opened(rules, options, screen, judging=False) as session:
        found = found_entries(session, paths, screen)
        for finding in declared(session, found, screen):
            screen.trouble(finding.message)
        return found, list(session.facts(found.targets))
