"""`vidcheck letters`: a message for each entry, from a JSON report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import LARGEST_REPORT, bounded, bytes_of, reading, table_of_report
from vidcheck.cli.options import Force, LettersLanguage, LettersManifest, ManifestRules, OutFolder, choice
from vidcheck.cli.outputs import STDOUT
from vidcheck.cli.screen import Screen, named, reason, screen_language
from vidcheck.facts import visible
from vidcheck.findings import Verdict
from vidcheck.session import clock
from vidcheck.texts import join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vidcheck.reports.letters import Letter, Mailing, Person, Template
    from vidcheck.texts import Readable

_LARGEST_TEMPLATE = 2**20


def letters(
    report: Annotated[
        str,
        typer.Argument(
            metavar="REPORT", help=worded("A JSON report of vidcheck check; - is standard input."), show_default=False
        ),
    ],
    out: OutFolder,
    manifest: LettersManifest = None,
    rules: ManifestRules = None,
    verdicts: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="ineligible|review|eligible",
            help=worded(
                "Entries of this verdict get letters. May be given several times; by default all do, with a template of your own the ineligible ones."
            ),
        ),
    ] = None,
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
    """Write a letter for each entry of a JSON report, as text and as HTML, and letters.csv, which lists them.

    What has to be mended, what a person needs to know, or that all is well. Nothing is sent. Reports don't have e-mail
    addresses and names: --manifest puts them into letters.csv, and where several rows of the table are for one file,
    each person gets a letter.

    Exit codes: 0 written, 2 no report or template, or a letter is there already, 5 a letter could not be written.
    """
    screen = Screen(screen_language(lang))
    from vidcheck.reports import MissingExtraError
    from vidcheck.reports.letters import INDEX, BadTemplateError, NotAReportError, Writer, index, names, read

    chosen = _verdicts(verdicts, own=template is not None)
    own = _template(template, screen)
    try:
        with reading(screen):
            mailing = read(*_report(report, screen), clock.now())
        writer = Writer(lang or mailing.lang, own)
        if manifest is not None:
            mailing = mailing.to(_people(mailing, manifest, rules, writer.lang, screen))
        entries = mailing.of(chosen)
        pairs = zip(entries, names(entries), strict=True)
        written = [writer.letter(entry, mailing, name) for entry, name in pairs]
    except (NotAReportError, BadTemplateError, MissingExtraError) as error:
        _stop(screen, error.words)
    _warn(mailing, writer.lang, screen, any_letter=bool(written))
    contents = {**_files(written), INDEX: index(written)}  # the index is last, so that it exists only if all letters do
    _write(out, contents, screen, force=force)
    _tell(written, out, contents, screen)
    _tell_persons(written, manifest, screen)
    if mailing.passed is not None and any(letter.verdict is Verdict.INELIGIBLE for letter in written):
        screen.line(
            say(
                "The last day, {day}, has passed, so that no letter asks for a mended file. If these still count, write {example} into the "
                "rules and check again.",
                day=mailing.passed,
                example="contest: {corrections: …}",
            )
        )
    if template is not None and not verdicts:
        screen.line(say("With a template of your own, ineligible entries alone get letters; --for names others."))


def _verdicts(given: list[str] | None, *, own: bool) -> frozenset[Verdict]:
    """The verdicts whose entries get letters. A template of one's own may say of all entries that they are refused."""
    for text in given or ():
        choice(text, tuple(Verdict), "--for")
    if given:
        return frozenset(map(Verdict, given))
    return frozenset({Verdict.INELIGIBLE} if own else Verdict)


def _people(mailing: Mailing, manifest: str, rules: str | None, lang: str, screen: Screen) -> dict[str, list[Person]]:
    """Whom the table names for each entry. It is read by the rules of the report, where they are at hand."""
    from vidcheck.reports.letters import person_of

    with table_of_report(mailing.source, rules, manifest, screen) as session:
        rows = session.rows(mailing.paths)
    return {path: [person_of(facts, lang) for facts in several] for path, several in rows.items()}


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


def _warn(mailing: Mailing, lang: str, screen: Screen, *, any_letter: bool) -> None:
    if mailing.incomplete:
        screen.trouble(say("the report is incomplete: entries are missing from it, and so are their letters"))
    if any_letter and lang != mailing.lang:
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


def _tell(written: list[Letter], folder: Path, contents: Mapping[str, bytes], screen: Screen) -> None:
    shown = named(str(folder))
    if written:
        screen.line(
            say_count(
                "{count} letter is in {folder}, as text and as HTML; letters.csv lists it.",
                "{count} letters are in {folder}, as text and as HTML; letters.csv lists them.",
                len(written), folder=shown,
            )
        )  # fmt: skip
        verdicts = [letter.verdict for letter in written]
        counts = (
            say("{count} ineligible", count=verdicts.count(Verdict.INELIGIBLE)),
            say("{count} for review", count=verdicts.count(Verdict.REVIEW)),
            say("{count} eligible", count=verdicts.count(Verdict.ELIGIBLE)),
        )
        screen.line(say("{sentence}.", sentence=join(counts)))
    else:
        screen.line(
            say("No entry has such a verdict, so there is no letter; letters.csv in {folder} is empty.", folder=shown)
        )
    left = sum(name.name not in contents for name in folder.iterdir())
    if left:
        screen.trouble(
            say_count(
                "{folder} also holds {count} file that is not of this report; don't send it by mistake",
                "{folder} also holds {count} files that are not of this report; don't send them by mistake",
                left, folder=shown,
            )
        )  # fmt: skip


def _tell_persons(written: list[Letter], manifest: str | None, screen: Screen) -> None:
    """Says for whom nobody knows an e-mail address."""
    lacking = [letter for letter in written if not letter.person.email]
    if lacking and manifest is None:
        screen.line(
            say("letters.csv has no e-mail addresses and no names, for reports don't have them: add --manifest TABLE.")
        )
    elif lacking:
        screen.line(
            say_count(
                "{count} letter has no e-mail address, for the table has none for its file:",
                "{count} letters have no e-mail address, for the table has none for their files:",
                len(lacking),
            )
        )  # fmt: skip
        for letter in lacking:
            screen.line(f"  {visible(letter.entry.path)}")


def _stop(screen: Screen, words: Readable) -> NoReturn:
    screen.trouble(words)
    raise typer.Exit(exits.USAGE)
