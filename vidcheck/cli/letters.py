"""`vidcheck letters`: a message for each ineligible entry, from a JSON report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import LARGEST_REPORT, bounded, bytes_of
from vidcheck.cli.options import Force, LettersLanguage
from vidcheck.cli.outputs import STDOUT
from vidcheck.cli.screen import Screen, named, reason, screen_language
from vidcheck.texts import say, say_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.reports.letters import Letter, Mailing, Template
    from vidcheck.texts import Readable

_LARGEST_TEMPLATE = 2**20


def letters(
    report: Annotated[
        str,
        typer.Argument(
            metavar="REPORT", help=worded("A JSON report of vidcheck check; - is standard input."), show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help=worded("The folder to write to; it is made where it is missing."),
            show_default=False,
        ),
    ],
    lang: LettersLanguage = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE",
            help=worded('A Jinja template of your own; one that begins with {% extends "en" %} changes parts of ours.'),
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write a letter for each ineligible entry of a JSON report, as text and as HTML, and letters.csv, which lists them.

    Nothing is sent, and entries that need review get no letter: they are listed on the screen.

    Exit codes: 0 written, 2 no report or template, or a letter is there already, 5 a letter could not be written.
    """
    screen = Screen(screen_language(lang))
    from vidcheck.reports import MissingExtraError
    from vidcheck.reports.letters import INDEX, BadTemplateError, NotAReportError, Writer, index, names, read

    own = _template(template, screen)
    try:
        mailing = read(*_report(report, screen))
        writer = Writer(lang or mailing.lang, own)
        pairs = zip(mailing.rejected, names(mailing.rejected), strict=True)
        written = [writer.letter(entry, mailing, name) for entry, name in pairs]
    except (NotAReportError, BadTemplateError, MissingExtraError) as error:
        _stop(screen, error.words)
    _warn(mailing, writer.lang, screen)
    contents = {**_files(written), INDEX: index(written)}  # the index is last, so that it exists only if all letters do
    _write(out, contents, screen, force=force)
    _tell(mailing, out, contents, screen)


def _report(path: str, screen: Screen) -> tuple[bytes, str]:
    """The report's bytes, and its name in messages."""
    if path == STDOUT:
        return bounded(sys.stdin.buffer, "stdin", LARGEST_REPORT, screen), "stdin"
    return bytes_of(path, LARGEST_REPORT, screen), named(path).words


def _template(path: Path | None, screen: Screen) -> Template | None:
    from vidcheck.reports.letters import Template

    if path is None:
        return None
    data = bytes_of(str(path), _LARGEST_TEMPLATE, screen)
    try:
        return Template(name=str(path), source=data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        _stop(screen, say("{path} is not UTF-8", path=named(str(path))))


def _warn(mailing: Mailing, lang: str, screen: Screen) -> None:
    if mailing.incomplete:
        screen.trouble(say("the report is incomplete: entries are missing from it, and so are their letters"))
    if mailing.rejected and lang != mailing.lang:
        screen.trouble(
            say(
                "the report's words are in '{spoken}' and stay so inside the '{lang}' letters; for letters of one language make the report anew with --lang {lang}",
                spoken=mailing.lang, lang=lang,
            )
        )  # fmt: skip


def _files(written: list[Letter]) -> dict[str, bytes]:
    files = {}
    for letter in written:
        files[f"{letter.name}.txt"] = letter.text.encode("utf-8", "backslashreplace")
        files[f"{letter.name}.html"] = letter.html.encode("utf-8", "backslashreplace")
    return files


def _write(folder: Path, contents: Mapping[str, bytes], screen: Screen, *, force: bool) -> None:
    """Writes all files. Without `force` nothing is written if one of them exists, even as a link."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = next((name for name in contents if os.path.lexists(folder / name)), None)
        if there and not force:
            _stop(screen, say("{path} is there already; --force overwrites it", path=named(str(folder / there))))
        for name, content in contents.items():
            _put(folder / name, content, force=force)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else named(str(error))
        screen.trouble(say("{path} can't be written: {reason}", path=named(str(folder)), reason=why))
        raise typer.Exit(exits.UNWRITTEN) from None


def _put(path: Path, content: bytes, *, force: bool) -> None:
    """Writes a file atomically; a link in its place is replaced, not followed."""
    if force:
        path.unlink(missing_ok=True)
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _tell(mailing: Mailing, folder: Path, contents: Mapping[str, bytes], screen: Screen) -> None:
    shown = named(str(folder))
    if mailing.rejected:
        screen.line(
            say_count(
                "{count} letter is in {folder}, as text and as HTML; letters.csv lists it.",
                "{count} letters are in {folder}, as text and as HTML; letters.csv lists them.",
                len(mailing.rejected), folder=shown,
            )
        )  # fmt: skip
    else:
        screen.line(
            say("No entry is ineligible, so there is no letter; letters.csv in {folder} is empty.", folder=shown)
        )
    if mailing.review:
        screen.line(
            say_count(
                "{count} entry waits for a person and gets no letter yet:",
                "{count} entries wait for a person and get no letter yet:",
                len(mailing.review),
            )
        )  # fmt: skip
    for path in mailing.review:
        screen.line(f"  {path}")
    left = sum(name.name not in contents for name in folder.iterdir())
    if left:
        screen.trouble(
            say_count(
                "{folder} also holds {count} file that is not of this report; don't send it by mistake",
                "{folder} also holds {count} files that are not of this report; don't send them by mistake",
                left, folder=shown,
            )
        )  # fmt: skip


def _stop(screen: Screen, words: Readable) -> NoReturn:
    screen.trouble(words)
    raise typer.Exit(exits.USAGE)
