"""`vidcheck init`: a commented rules.yaml from a preset or from a file known to be good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import found_entries, opened
from vidcheck.cli.options import Force, ScreenLanguage
from vidcheck.cli.outputs import put
from vidcheck.cli.screen import Screen, named, reason, screen_language
from vidcheck.texts import SOURCE, say
from vidcheck.witnesses import registry


def init(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help=worded("Where to write."))] = Path("rules.yaml"),
    preset: Annotated[
        str,
        typer.Option(
            "--preset", metavar="NAME", help=worded("The preset to start from; vidcheck rules list names them.")
        ),
    ] = "heilongjiang-2022",
    good: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help=worded("Draw the rules from a file that is known to be good."),
            show_default=False,
        ),
    ] = None,
    force: Force = False,
    lang: ScreenLanguage = None,
) -> None:
    """Write a commented rules.yaml to start from. Nothing is overwritten without --force.

    Its comments are in the language of the screen.
    """
    screen = Screen(screen_language(lang))
    if path.exists() and not force:
        screen.trouble(say("{path} is there already; --force overwrites it", path=named(str(path))))
        raise typer.Exit(exits.USAGE)
    text = _from_file(good, screen) if good is not None else _from_preset(preset, screen)
    try:
        put(str(path), text.encode())
    except OSError as error:
        screen.trouble(say("{path} can't be written: {reason}", path=named(str(path)), reason=reason(error)))
        raise typer.Exit(exits.USAGE) from None
    screen.line(say("Wrote {path}. Edit it, then: vidcheck rules check {path}", path=named(str(path))))


def _from_preset(name: str, screen: Screen) -> str:
    from vidcheck.rules.problems import RulesError
    from vidcheck.rules.reader import load_rules
    from vidcheck.rules.sources import preset_text

    try:
        text = preset_text(name)
        if screen.lang == SOURCE:
            return text
        from vidcheck.rules.comments import commented

        return commented(text, load_rules(name), name, screen.lang)
    except RulesError as error:
        screen.trouble(error)
        raise typer.Exit(exits.USAGE) from None


def _from_file(good: Path, screen: Screen) -> str:
    from vidcheck.resolve import known
    from vidcheck.rules.writing import write_rules
    from vidcheck.session.session import Options

    if not good.is_file():
        screen.trouble(say("there is no file {path}", path=named(str(good))))
        raise typer.Exit(exits.USAGE)
    with opened(None, Options(workers=1), screen, judging=False) as session:
        found = found_entries(session, [str(good)], screen)
        ((_, facts),) = session.facts(found.targets)
    for fault in facts.faults:
        screen.trouble(registry.failure(fault))
    if not known(facts, "video.count") and not known(facts, "audio.count"):
        screen.trouble(
            say(
                "{path} is no video: neither picture nor sound was found in it, so no rules are written",
                path=named(str(good)),
            )
        )
        raise typer.Exit(exits.USAGE)
    return write_rules(facts, good.name, lang=screen.lang)
