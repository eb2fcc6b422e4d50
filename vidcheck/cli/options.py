"""Options that several commands share, each told once."""

from __future__ import annotations

from typing import Annotated

import typer

from vidcheck.cli.screen import language_option, worded
from vidcheck.texts import LANGUAGES

CHOICES = "|".join(LANGUAGES)
"""The languages, as help names them."""

AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help=worded("Also ask servers of URLs whose address is not a public one.")),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=CHOICES,
        help=worded(
            "Language of the screen and of the reports; by default the screen follows the locale and reports are English."
        ),
        callback=language_option,
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
NoCache = Annotated[bool, typer.Option("--no-cache", help=worded("Read every file anew, and remember nothing of it."))]
RulesSource = Annotated[
    str | None,
    typer.Option(
        "--rules",
        "-r",
        metavar="PATH|PRESET",
        help=worded("The rules to apply; by default ./rules.yaml, else the preset heilongjiang-2022."),
    ),
]
ScreenLanguage = Annotated[
    str | None,
    typer.Option("--lang", metavar=CHOICES, help=worded("Language of the screen."), callback=language_option),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, max=86400, help=worded("Seconds that one file may take."))
]
WhomToAsk = Annotated[
    str,
    typer.Option(
        "--witness",
        metavar="auto|all|mediainfo",
        help=worded("Whom to ask: ffprobe where it can matter, always, or never."),
    ),
]
