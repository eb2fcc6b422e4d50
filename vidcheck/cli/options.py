"""Options and arguments that several commands share, and those of `check` and `watch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidcheck.cli.i18n import language_option, refused, worded
from vidcheck.cli.screen import named
from vidcheck.reports import FORMATS
from vidcheck.texts import LANGUAGES, listed, say

CHOICES = "|".join(LANGUAGES)
"""The languages, as shown in help."""

if TYPE_CHECKING:
    from collections.abc import Callable


def number(kind: type[int | float], least: float, most: float) -> Callable[[Any], Any]:
    """Reads an option's number within bounds, for `typer.Option(parser=...)`: errors have our own message."""

    def read(value: Any) -> Any:
        try:
            parsed = kind(value)
        except ValueError:
            parsed = None
        if parsed is not None and least <= parsed <= most:
            return parsed
        holes = {"text": named(str(value)), "least": f"{least:g}", "most": f"{most:g}"}
        if kind is int:
            raise refused(say("'{text}' is not a whole number from {least} to {most}", **holes))
        raise refused(say("'{text}' is not a number from {least} to {most}", **holes))

    return read


def choice(text: str, choices: tuple[str, ...], option: str) -> str:
    """The value of an option with these choices. Raises BadParameter."""
    if text not in choices:
        raise refused(say("'{text}' is none of {choices}", text=named(text), choices=listed(choices)), option)
    return text


Entries = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help=worded("Files, folders, glob patterns, or s3:// and https:// URLs."),
        show_default=False,
    ),
]

# Rules and inputs.
RulesSource = Annotated[
    str | None,
    typer.Option(
        "--rules",
        "-r",
        metavar="PATH|PRESET",
        help=worded("The rules to apply; by default ./rules.yaml, else the preset heilongjiang-2022."),
    ),
]
ManifestRules = Annotated[
    str | None,
    typer.Option(
        "--rules",
        "-r",
        metavar="PATH|PRESET",
        help=worded("The rules that say how the manifest is laid out and in which zone its dates are."),
    ),
]
ManifestPath = Annotated[
    str | None,
    typer.Option(
        "--manifest",
        metavar="PATH",
        help=worded("What was declared of the entries: a table in xlsx, csv, yaml or json, a row for each file."),
    ),
]
LettersManifest = Annotated[
    str | None,
    typer.Option(
        "--manifest",
        metavar="PATH",
        help=worded("The table that the report was made with: it says whom each letter is for."),
    ),
]
ContactsManifest = Annotated[
    str | None,
    typer.Option(
        "--manifest",
        metavar="PATH",
        help=worded("The table that the report was made with: it has the contacts."),
    ),
]
ReviewManifest = Annotated[
    str | None,
    typer.Option(
        "--manifest",
        metavar="PATH",
        help=worded("The table that the report was made with: its titles, summaries and web addresses are shown."),
    ),
]
Declared = Annotated[
    list[str] | None,
    typer.Option(
        "--declare",
        metavar=worded("FIELD=VALUE"),
        help=worded(
            "What is declared of the one film, such as category=Animation, instead of a manifest. May be given several times."
        ),
    ),
]
DecisionsRead = Annotated[
    list[str] | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help=worded(
            "What people decided (see vidcheck decide); by default ./decisions.yaml where it is there. May be given several times."
        ),
    ),
]
DecisionsWritten = Annotated[
    list[str] | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help=worded(
            "The file that the decisions are added to; by default decisions.yaml. Of several all are read and the last is added to."
        ),
    ),
]
ArchiveAsked = Annotated[
    str | None,
    typer.Option(
        "--archive",
        metavar="FILE",
        help=worded(
            "The archive of earlier editions; by default $VIDCHECK_ARCHIVE, else the one in your data folder if it is there."
        ),
    ),
]
ArchiveKept = Annotated[
    str | None,
    typer.Option(
        "--archive",
        metavar="FILE",
        help=worded("The archive; by default $VIDCHECK_ARCHIVE, else a file in your data folder."),
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="RULE", help=worded("Apply only this rule. May be given several times.")),
]
Skip = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="RULE", help=worded("Leave this rule out. May be given several times.")),
]
Final = Annotated[bool, typer.Option("--final", help=worded("An undecided manual item makes an entry 'review'."))]

Personal = Annotated[
    bool,
    typer.Option(
        "--personal",
        help=worded(
            'Show telephones, e-mail and postal addresses, in place of "(given)": keep what shows them to yourself.'
        ),
    ),
]

# How entries are read.
Witnesses = Annotated[
    str,
    typer.Option(
        "--witness",
        metavar="auto|all|mediainfo",
        help=worded("Whom to ask: ffprobe where it can matter, always, or never."),
    ),
]
Content = Annotated[
    str | None,
    typer.Option(
        "--content",
        metavar="none|keyframes|full",
        help=worded(
            "How much of each film is decoded and looked at: its key pictures and the whole sound, or every picture; by default what the rules say, else none."
        ),
    ),
]
LookedAt = Annotated[
    str | None,
    typer.Option(
        "--content",
        metavar="keyframes|full",
        help=worded(
            "Look at the films, for their fingerprints: at the key pictures and the whole sound, or at every picture."
        ),
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar=worded("SECONDS"),
        parser=number(float, 0.1, 86_400),
        help=worded("Seconds that one file may take."),
    ),
]
WorkerCount = Annotated[
    int | None,
    typer.Option(
        "--workers",
        "-j",
        metavar="1-256",
        parser=number(int, 1, 256),
        help=worded("Worker processes; by default one a processor."),
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="tcp://HOST:PORT",
        help=worded("Let the workers of the Dask scheduler at this address look at the entries."),
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help=worded("Read every file anew, and remember nothing of it."))]
AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help=worded("Also ask servers of URLs whose address is not a public one.")),
]

# Output.
Language = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=CHOICES,
        help=worded(
            "Language of the screen and of the reports; by default the locale's, and English in reports for programs (JSON, CSV and the like)."
        ),
        callback=language_option,
    ),
]
LettersLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=CHOICES,
        help=worded("Language of the letters; by default that of the report."),
        callback=language_option,
    ),
]
TableLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=CHOICES,
        help=worded("Language of the new columns; by default that of the report."),
        callback=language_option,
    ),
]
ScreenLanguage = Annotated[
    str | None,
    typer.Option("--lang", metavar=CHOICES, help=worded("Language of the screen."), callback=language_option),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT:PATH",
        help=worded(
            "Also write a report: {formats}; - is standard output. May be given several times.", formats=listed(FORMATS)
        ),
    ),
]
ReportsKept = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT:PATH",
        help=worded("A report that is kept up to date, in any format of check. May be given several times."),
    ),
]
Thumbnails = Annotated[
    bool,
    typer.Option(
        "--thumbnails",
        help=worded("Show pictures of each film in the HTML report (needs ffmpeg); --content shows them too."),
    ),
]
AllFindings = Annotated[
    bool, typer.Option("--all", help=worded("Show every finding of every entry, not only what needs attention."))
]
Statistics = Annotated[bool, typer.Option("--statistics", help=worded("Show only the counts by rule and the totals."))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=worded("Print nothing on the screen but errors."))]
Strict = Annotated[
    bool, typer.Option("--strict", help=worded("Failed recommendations count for the exit code as failures."))
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help=worded("Exit with 0 instead of 1 or 3."))]
OutputFormat = Annotated[
    str, typer.Option("--format", metavar="text|json", help=worded("Text for people, or JSON for programs."))
]
_OUT = typer.Option(
    "--out",
    "-o",
    metavar="DIR",
    help=worded("The folder to write to; it is made where it is missing."),
    show_default=False,
)
OutFolder = Annotated[Path, _OUT]
OutFolderAsked = Annotated[Path | None, _OUT]
OutFile = Annotated[
    str,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help=worded("Where the table goes, as .xlsx or .csv like --manifest; - is standard output."),
        show_default=False,
    ),
]
ContactsFile = Annotated[
    str,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help=worded("Where the list goes; - is standard output."),
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help=worded("Overwrite what is there."))]
By = Annotated[str, typer.Option("--by", metavar="NAME", help=worded("Who decides."))]
Edition = Annotated[str, typer.Option("--edition", metavar="NAME", help=worded("The edition's name."))]
