"""`vidcheck sort`: the entries of a JSON report in a folder for each verdict."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import LARGEST_REPORT, bytes_of, saved_report
from vidcheck.cli.options import OutFolderAsked, ScreenLanguage
from vidcheck.cli.screen import Screen, named, progress, reason, screen_language
from vidcheck.findings import Verdict
from vidcheck.texts import Plain, marked, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vidcheck.reports.saved import SavedReport
    from vidcheck.storage.folders import How, Item
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
        if report is not None or out is not None or copy or move:
            raise refused(say("give the log alone"), "--undo")
        _undo(undo, screen)
        return
    if report is None or out is None:
        raise refused(say("name a report and the folder: REPORT --out DIR"), "--out")
    if copy and move:
        raise refused(say("choose one of the two"), "--copy/--move")
    from vidcheck.storage.folders import How

    how = How.COPY if copy else How.MOVE if move else How.LINK
    saved = saved_report(report, screen)
    if saved.incomplete:
        screen.trouble(say("the report is incomplete: entries are missing from it"))
    left = _sort(saved, out, how, screen)
    raise typer.Exit(exits.UNWRITTEN if left else exits.ALL_ELIGIBLE)


def _sort(saved: SavedReport, out: Path, how: How, screen: Screen) -> list[tuple[str, Readable]]:
    """Puts every entry into its place, says what became of them, and returns those that stay, with the reason."""
    from vidcheck.sources.targets import is_url
    from vidcheck.storage.folders import How, Item, KeptOutError, Log, places, put, strangers

    folders = {verdict: say(words).render(screen.lang) for verdict, words in _FOLDERS.items()}
    left: list[tuple[str, Readable]] = []
    items: list[Item] = []
    for entry in saved.entries:
        if is_url(entry.entry.path):
            left.append((entry.entry.path, say("it lies on a server")))
        else:
            items.append(Item(path=entry.entry.path, size=entry.size, folder=folders[entry.verdict]))
    placed = list(places(items, out))
    counts = dict.fromkeys(folders.values(), 0)
    try:
        log = Log(out) if how is How.MOVE else None
    except OSError as error:
        screen.trouble(say("{path} can't be written: {reason}", path=named(str(out)), reason=reason(error)))
        raise typer.Exit(exits.UNWRITTEN) from None
    try:
        with progress(say("sorting"), len(placed), screen) as going:
            for item, place in placed:
                try:
                    put(item, place, how, log)
                    counts[item.folder] += 1
                except KeptOutError as error:
                    left.append((item.path, error.words))
                going.entry()
    finally:
        if log is not None:
            log.close()
            if log.path.exists():
                _tell_undo(log.path, screen)
    for folder, count in counts.items():
        words = say_count(
            "{count} entry in {folder}", "{count} entries in {folder}", count, folder=named(str(out / folder))
        )
        screen.line(words)
    _tell_left(left, len(saved.entries), screen)
    _tell_strangers(strangers(out, folders.values(), (place for _, place in placed)), screen)
    return left


def _tell_undo(log: Path, screen: Screen) -> None:
    words = ["vidcheck", "sort", "--undo", os.fspath(log)]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    screen.line(say("To move everything back: {command}", command=named(command)))


def _tell_left(left: list[tuple[str, Readable]], total: int, screen: Screen) -> None:
    for path, why in left:
        screen.trouble(say("{path} was not sorted: {reason}", path=named(path), reason=why))
    if left and len(left) == total:
        screen.trouble(say("paths in a report begin where the check was started: start vidcheck sort there too"))


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
    for path in found[:_MOST_NAMED]:
        screen.note(Plain(f"  {named(str(path)).words}"))
    if len(found) > _MOST_NAMED:
        screen.note(say("  and {count} more", count=len(found) - _MOST_NAMED))


def _undo(path: str, screen: Screen) -> None:
    """Moves back what a log lists, the last first; the log goes when everything is back."""
    from vidcheck.storage.folders import KeptOutError, NotALogError, read_log, remove_empty, undo

    try:
        moves = read_log(bytes_of(path, LARGEST_REPORT, screen))
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
    remove_empty(_parents(moves), Path(os.path.abspath(path)).parent)  # noqa: PTH100 - as the log has its paths
    screen.line(say_count("{count} entry is back in its place", "{count} entries are back in their places", back))
    if left:
        raise typer.Exit(exits.UNWRITTEN)
    Path(path).unlink(missing_ok=True)


def _parents(moves: Iterable[tuple[Path, Path]]) -> Iterable[Path]:
    return (place.parent for _, place in moves)
