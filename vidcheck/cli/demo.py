"""`vidcheck demo`: eight sample entries, checked, each with what it shows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.options import ScreenLanguage
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.findings import Verdict
from vidcheck.texts import Plain, marked, say

if TYPE_CHECKING:
    from vidcheck.findings import EntryReport

PRESET = "heilongjiang-2022"
_MB = 10**6
_SPARSE_NEED = 16 * _MB  # what eight copies of the clip's headers and samples take


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample entry: its expected verdict, and what it shows."""

    name: str
    size: int
    verdict: Verdict
    rules: tuple[str, ...]
    """The rules that fail or stay unknown; a recommended one is a warning."""
    shows: str


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help=worded("Where to write the samples."), show_default=True)
    ] = Path("vidcheck-demo"),
    lang: ScreenLanguage = None,
) -> None:
    """Write eight sample entries (sparse: they take almost no disk), check them, and say what each shows.

    Exits with 0 when every sample came out as meant, else with 4.
    """
    screen = Screen(screen_language(lang))
    samples = _samples()
    _prepare(folder, samples, screen)
    from vidcheck import samples as films
    from vidcheck.api import check
    from vidcheck.reports import text

    films.write(folder)
    report = check([str(folder)], PRESET)
    screen.page(text.page(report, lang=screen.lang, encoding=screen.encoding))
    screen.line("")
    screen.line(say("What the samples show:"))
    by_name = {entry.entry.name: entry for entry in report.entries}
    wrong = 0
    for sample in samples:
        came_out = _as_meant(sample, by_name[sample.name])
        wrong += not came_out
        sign = Plain("+" if came_out else "!")
        screen.line(say("  {sign} {name}: {shows}", sign=sign, name=Plain(sample.name), shows=say(sample.shows)))
    if wrong:
        screen.trouble(say("{count} of the samples did not come out as meant; please report this", count=wrong))
        raise typer.Exit(exits.INTERNAL)
    screen.line(
        say(
            "All {count} samples came out as meant. Try: vidcheck check {folder}",
            count=len(samples),
            folder=named(str(folder)),
        )
    )


def _as_meant(sample: Sample, entry: EntryReport) -> bool:
    troubled = {finding.rule for finding in (*entry.failed, *entry.warned, *entry.open)}
    return entry.verdict is sample.verdict and troubled == set(sample.rules)


def _prepare(folder: Path, samples: tuple[Sample, ...], screen: Screen) -> None:
    """Writes the samples, or prints why that is impossible and removes what it wrote."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        _room(folder, samples, screen)
    except typer.Exit:
        for path in new:
            with suppress(OSError):  # it was not created, or another program has put something there
                path.rmdir()
        raise


def _room(folder: Path, samples: tuple[Sample, ...], screen: Screen) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = {path.name for path in folder.iterdir()} - {sample.name for sample in samples}
        if others:
            screen.trouble(say("{folder} holds other files; name a new or empty folder", folder=named(str(folder))))
            raise typer.Exit(exits.USAGE)
        need = _SPARSE_NEED if _sparse(folder) else sum(sample.size for sample in samples)
        free = _free(folder)
    except OSError as error:
        screen.trouble(
            say(
                "the samples can't be written to {folder}: {reason}",
                folder=named(str(folder)),
                reason=Plain(error.strerror or ""),
            )
        )
        raise typer.Exit(exits.USAGE) from None
    if free < need:
        words = say(
            "the samples need {need} MB, and {folder} has {free} MB left",
            need=need // _MB,
            free=free // _MB,
            folder=named(str(folder)),
        )
        screen.trouble(words)
        raise typer.Exit(exits.USAGE)


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


def _sparse(folder: Path) -> bool:
    """Whether the file system supports sparse files."""
    probe = folder / ".sparse-probe"
    try:
        with probe.open("wb") as file:
            file.truncate(8 * _MB)
        return getattr(probe.stat(), "st_blocks", 8 * _MB) * 512 < _MB
    finally:
        probe.unlink(missing_ok=True)


def _samples() -> tuple[Sample, ...]:
    """The samples, with the expected results of the films that `vidcheck.samples` writes."""
    good, bad, look = Verdict.ELIGIBLE, Verdict.INELIGIBLE, Verdict.REVIEW
    return (
        Sample("01-good.mp4", 150 * _MB, good, (),
               marked("an MP4 of three minutes that meets every rule.")),
        Sample("02-too-long.mp4", 150 * _MB, bad, ("duration",),
               marked("12.48 seconds over the limit; the report says by how much to cut.")),
        Sample("03-really-a-mov.mp4", 150 * _MB, bad, ("format",),
               marked("a QuickTime movie renamed .mp4: the content decides, not the name.")),
        Sample("04-cut-off.mp4", 120 * _MB, bad, ("intact",),
               marked("an upload that stopped at 80 %; its headers still promise the whole work.")),
        Sample("05-too-small.mp4", 60 * _MB, bad, ("size",),
               marked("40 MB under the limit.")),
        Sample("06-late.mp4", 150 * _MB, bad, ("completed",),
               marked("its date, 2022-03-02, is after the end of the time that the call allows.")),
        Sample("07-no-date.mp4", 150 * _MB, look, ("completed",),
               marked("a creation time of zero is no date: a person has to look.")),
        Sample("08-standard-definition.mp4", 150 * _MB, good, ("resolution",),
               marked("eligible, with a warning: HD is only recommended.")),
    )  # fmt: skip
