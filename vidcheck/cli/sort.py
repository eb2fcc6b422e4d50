"""`vidcheck sort`: the entries of a JSON report in a folder for each verdict."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import LARGEST_REPORT, bytes_of, report_to_use
from vidcheck.cli.options import OutFolderAsked, ScreenLanguage
from vidcheck.cli.screen import Screen, named, progress, reason, screen_language
from vidcheck.findings import Verdict
from vidcheck.texts import Plain, marked, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.reports.saved import SavedReport
    from vidcheck.storage.folders import How, Item, Log
    from vidcheck.texts import Readable

_FOLDERS = {
    Verdict.ELIGIBLE: marked("eligible"), Verdict.INELIGIBLE: marked("ineligible"), Verdict.REVIEW: marked("review"),
}  # fmt: skip
_MOST_NAMED = 10


def sort(
    report: Annotated[
        str | None,
        typer.Argument(metavar="[REPORT]", help=worded("A JSON report of vidcheck check."), show_default=False),
    ] = None,
    out: OutFolderAsked = None,
    copy: Annotated[bool, typer.Option("--copy", help=worded("Copy the entries in place of linking to them."))] = False,
    move: Annotated[
        bool,
        typer.Option("--move", help=worded("Move the entries, with a log that --undo reads.")),
    ] = False,
    attachments: Annotated[
        bool,
        typer.Option(
            "--attachments",
            help=worded("Take along the other files of a folder that holds one entry alone: forms, attachments."),
        ),
    ] = False,
    undo: Annotated[
        str | None,
        typer.Option("--undo", metavar="LOG", help=worded("Move everything back that this log of --move lists.")),
    ] = None,
    lang: ScreenLanguage = None,
) -> None:
    """Put the entries of a JSON report into a folder for each verdict, as links, copies, or moved.

    Start it in the folder in which the check was started. Below the verdict's folder an entry keeps the folders in
    which it lay. Nothing is overwritten; what can't be sorted is named.

    Exit codes: 0 everything is in its place, 2 no report or log, 5 something could not be put into its place.
    """
    screen = Screen(screen_language(lang))
    if undo is not None:
        if report is not None or out is not None or copy or move or attachments:
            raise refused(say("give the log alone"), "--undo")
        _undo(undo, screen)
        return
    if report is None or out is None:
        raise refused(say("name a report and the folder: REPORT --out DIR"), "--out")
    if copy and move:
        raise refused(say("choose one of the two"), "--copy/--move")
    from vidcheck.storage.folders import How

    how = How.COPY if copy else How.MOVE if move else How.LINK
    saved = report_to_use(report, screen)
    left = _sort(saved, report, out, how, screen, attachments=attachments)
    raise typer.Exit(exits.UNWRITTEN if left else exits.ALL_ELIGIBLE)


def _written(report: str) -> float | None:
    """When the report was written; None if it is no file."""
    try:
        status = os.stat(report)  # noqa: PTH116 - a name that is not UTF-8 stays as it is
    except (OSError, ValueError):
        return None
    return status.st_mtime if stat.S_ISREG(status.st_mode) else None


class _Sorting:
    """Puts entries into their places, and keeps what became of them."""

    def __init__(self, saved: SavedReport, out: Path, how: How, screen: Screen) -> None:
        from vidcheck.sources.targets import is_url
        from vidcheck.storage.folders import Item, own_folders, places

        folders = {verdict: say(words).render(screen.lang) for verdict, words in _FOLDERS.items()}
        self._out = out
        self._how = how
        self.left: list[tuple[str, Readable]] = []
        """What stays, with the reason."""
        self.gone = 0
        """How many entries are not there."""
        self.items: list[Item] = []
        self.along: list[Path] = []
        """The places of other files."""
        for entry in saved.entries:
            if is_url(entry.entry.path):
                self.left.append((entry.entry.path, say("it lies on a server")))
            else:
                self.items.append(Item(path=entry.entry.path, size=entry.size, folder=folders[entry.verdict]))
        self.placed = list(places(self.items, out))
        self.copied = 0
        """How many bytes were copied."""
        self.counts = dict.fromkeys(folders.values(), 0)
        self._own = own_folders(self.items)

    def beside(self, report: str) -> dict[str, list[str]]:
        """The other files in entries' own folders, by the entry's path."""
        from vidcheck.sources.targets import EXTENSIONS
        from vidcheck.storage.folders import beside

        avoided = [str(self._out), report]
        return {path: beside(folder, path, avoided, EXTENSIONS) for path, folder in self._own.items()}

    def put(self, item: Item, place: Path, others: Iterable[str], log: Log | None) -> None:
        """Puts one entry into its place, and other files of its folder beside it. Raises NoLinksError."""
        if not self._put(item, place, log):
            return
        self.counts[item.folder] += 1
        for other in others:
            beyond = place.parent / os.path.relpath(other, self._own[item.path])
            self.along.append(beyond)
            self._put(replace(item, path=other, size=None), beyond, log)

    def _put(self, item: Item, place: Path, log: Log | None) -> bool:
        from vidcheck.storage.folders import GoneError, KeptOutError, NoLinksError, put

        try:
            put(item, place, self._how, log, self._copy)
        except NoLinksError:
            raise
        except KeptOutError as error:
            self.left.append((item.path, error.words))
            self.gone += isinstance(error, GoneError)
            return False
        return True

    def _copy(self, count: int) -> None:
        self.copied += count


def _sort(
    saved: SavedReport, report: str, out: Path, how: How, screen: Screen, *, attachments: bool
) -> list[tuple[str, Readable]]:
    """Puts every entry into its place, says what became of them, and returns those that stay, with the reason."""
    from vidcheck.storage.folders import How, Log, NoLinksError, is_newer, remove_empty, strangers

    sorting = _Sorting(saved, out, how, screen)
    others, written = sorting.beside(report), _written(report)
    newer = [item.path for item in sorting.items if written is not None and is_newer(item.path, written)]
    try:
        out.mkdir(parents=True, exist_ok=True)
        log = Log(out) if how is How.MOVE else None
    except OSError as error:
        screen.trouble(say("{path} can't be written: {reason}", path=named(str(out)), reason=reason(error)))
        raise typer.Exit(exits.UNWRITTEN) from None
    try:
        with progress(say("sorting"), len(sorting.placed), screen, bytes_read=lambda: sorting.copied) as going:
            for item, place in sorting.placed:
                sorting.put(item, place, others.get(item.path, ()) if attachments else (), log)
                going.entry()
    except NoLinksError as error:
        remove_empty((place.parent for _, place in sorting.placed), out)
        screen.trouble(say("{path}: {reason}", path=named(str(out)), reason=error.words))
        raise typer.Exit(exits.UNWRITTEN) from None
    finally:
        if log is not None:
            log.close()
            if log.path.exists():
                _tell_undo(log.path, screen)
    for folder, count in sorting.counts.items():
        words = say_count(
            "{count} entry in {folder}", "{count} entries in {folder}", count, folder=named(str(out / folder))
        )
        screen.line(words)
    staying = 0 if attachments or how is How.LINK else sum(map(len, others.values()))
    _tell_beside(len(sorting.along), staying, screen)
    _tell_left(sorting.left, screen)
    if sorting.gone and sorting.gone == len(saved.entries):
        screen.trouble(say("paths in a report begin where the check was started: start vidcheck sort there too"))
    _tell_newer(newer, screen)
    mine = (*(place for _, place in sorting.placed), *sorting.along)
    _tell_strangers(strangers(out, sorting.counts, mine), screen)
    if how is How.COPY and any(sorting.counts.values()) and _is_within(out, sorting.items):
        screen.trouble(say("the copies lie among the entries: a later check of that folder finds them too"))
    return sorting.left


def _tell_beside(along: int, staying: int, screen: Screen) -> None:
    """Says what became of the other files in folders of entries' own."""
    if along:
        screen.line(
            say_count(
                "{count} file beside them, in a folder of an entry's own",
                "{count} files beside them, in folders of an entry's own",
                along,
            )
        )
    if staying:
        screen.line(
            say_count(
                "{count} file beside them stays where it is; --attachments takes it along",
                "{count} files beside them stay where they are; --attachments takes them along",
                staying,
            )
        )


def _is_within(out: Path, items: Iterable[Item]) -> bool:
    """Whether the folder lies in the one that all entries lie in."""
    try:
        common = os.path.commonpath([os.path.dirname(os.path.realpath(item.path)) for item in items])  # noqa: PTH120 - as above
    except ValueError:  # on several drives
        return False
    real = os.path.realpath(out)
    return real == common or real.startswith(os.path.join(common, ""))  # noqa: PTH118 - as above


def _tell_undo(log: Path, screen: Screen) -> None:
    words = ["vidcheck", "sort", "--undo", os.fspath(log)]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    screen.line(say("To move everything back: {command}", command=named(command)))


def _tell_left(left: list[tuple[str, Readable]], screen: Screen) -> None:
    for path, why in left:
        screen.trouble(say("{path} was not sorted: {reason}", path=named(path), reason=why))


def _tell_newer(newer: list[str], screen: Screen) -> None:
    """Names files that are not as old as the report, which may say of them what no longer holds."""
    if not newer:
        return
    screen.trouble(
        say_count(
            "{count} file was changed after the report was written; check it again if it is not the same:",
            "{count} files were changed after the report was written; check them again if they are not the same:",
            len(newer),
        )
    )
    _list(newer, screen)


def _tell_strangers(found: list[Path], screen: Screen) -> None:
    """Names files of the verdicts' folders that this report did not put there."""
    if not found:
        return
    screen.trouble(
        say_count(
            "{count} file in these folders is not of this report, perhaps of an earlier one:",
            "{count} files in these folders are not of this report, perhaps of an earlier one:",
            len(found),
        )
    )
    _list([str(path) for path in found], screen)


def _list(paths: list[str], screen: Screen) -> None:
    for path in paths[:_MOST_NAMED]:
        screen.note(Plain(f"  {named(path).words}"))
    if len(paths) > _MOST_NAMED:
        screen.note(say("  and {count} more", count=len(paths) - _MOST_NAMED))


def _undo(path: str, screen: Screen) -> None:
    """Moves back what a log lists, the last first; the log goes when everything is back."""
    from vidcheck.storage.folders import KeptOutError, NotALogError, StrangeLogError, read_log, remove_empty, undo

    out = Path(os.path.abspath(path)).parent  # noqa: PTH100 - as the log has its paths
    try:
        moves = read_log(bytes_of(path, LARGEST_REPORT, screen), out)
    except StrangeLogError as error:
        screen.trouble(
            say(
                "{path}, line {line}: this file does not lie below the folder of the log, or did not come from there: nothing was moved (if the folder was renamed, give it its old name)",
                path=named(path), line=error.line,
            )
        )  # fmt: skip
        raise typer.Exit(exits.USAGE) from None
    except NotALogError:
        screen.trouble(say("{path} is no log of vidcheck sort --move", path=named(path)))
        raise typer.Exit(exits.USAGE) from None
    back, left = 0, 0
    for source, place in reversed(moves):
        try:
            back += undo(source, place)
        except KeptOutError as error:
            left += 1
            screen.trouble(say("{path} was not moved back: {reason}", path=named(str(place)), reason=error.words))
    remove_empty(_parents(moves), out)
    screen.line(say_count("{count} file is back in its place", "{count} files are back in their places", back))
    if left:
        raise typer.Exit(exits.UNWRITTEN)
    Path(path).unlink(missing_ok=True)


def _parents(moves: Iterable[tuple[Path, Path]]) -> Iterable[Path]:
    return (place.parent for _, place in moves)
