"""`vidcheck init`: a short rules.yaml from a few answers, or one from a preset or from a file known to be good."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import worded
from vidcheck.cli.inputs import depth_of, found_entries, opened
from vidcheck.cli.options import Content, Force, ScreenLanguage
from vidcheck.cli.outputs import put
from vidcheck.cli.screen import Screen, named, reason, screen_language
from vidcheck.quantities import NotAValueError
from vidcheck.rules.problems import quoted
from vidcheck.rules.starter import DATES, LENGTH, PICTURE, QUESTIONS, SIZE, Asked, limits_of, write_short
from vidcheck.texts import SOURCE, Text, say
from vidcheck.vocabulary import KEYS
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from vidcheck.texts import Readable


def init(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help=worded("Where to write."))] = Path("rules.yaml"),
    length: Annotated[
        str | None,
        typer.Option("--length", metavar="RANGE", help=worded("How long a film may be: 2-5 min."), show_default=False),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option("--size", metavar="RANGE", help=worded("How large a file may be: 200 MB."), show_default=False),
    ] = None,
    picture: Annotated[
        str | None,
        typer.Option(
            "--picture",
            metavar="SIZE",
            help=worded("How large the picture must be at least: 1280x720."),
            show_default=False,
        ),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            "--dates",
            metavar="RANGE",
            help=worded("When a film must have been completed: 2022-01-01 to 2022-12-31."),
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--file-format", metavar="FORMAT", help=worded("The file format: mp4."), show_default=False),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help=worded("The contest's name."), show_default=False)
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone", metavar="ZONE", help=worded("The zone of the dates: Asia/Shanghai."), show_default=False
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help=worded("The preset to start from; vidcheck rules list names them."),
            show_default=False,
        ),
    ] = None,
    good: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help=worded("Draw the rules from a file that is known to be good."),
            show_default=False,
        ),
    ] = None,
    content: Content = None,
    force: Force = False,
    lang: ScreenLanguage = None,
) -> None:
    """Write a short rules.yaml with your own rules, from options or three questions. Nothing is overwritten without --force.

    --preset copies another contest's rules, --from draws them from a good film. Comments are in the language of the screen.
    """
    screen = Screen(screen_language(lang))
    said = {LENGTH: length, SIZE: size, PICTURE: picture, DATES: dates}
    own = any(answer is not None for answer in (*said.values(), form, title, timezone))
    if (preset is not None) + (good is not None) + own > 1:
        screen.trouble(say("--preset, --from and rules of your own can't be combined: choose one"))
        raise typer.Exit(exits.USAGE)
    depth = depth_of(content)
    if depth is not None and good is None:
        screen.trouble(say("--content says how much of a good file is looked at: give it with --from"))
        raise typer.Exit(exits.USAGE)
    if path.exists() and not force:
        screen.trouble(say("{path} is there already; --force overwrites it", path=named(str(path))))
        raise typer.Exit(exits.USAGE)
    if good is not None:
        text = _from_file(good, depth, screen)
    elif preset is not None:
        text = _from_preset(preset, screen)
    else:
        limits = _limits(said, screen) if own or not _answering() else _questions(screen)
        text = write_short(
            limits, form=_plain_format(form or ""), title=title or "", timezone=timezone or "", lang=screen.lang
        )
        _check(text, screen)
    try:
        put(str(path), text.encode())
    except OSError as error:
        screen.trouble(say("{path} can't be written: {reason}", path=named(str(path)), reason=reason(error)))
        raise typer.Exit(exits.USAGE) from None
    screen.line(say("Wrote {path}. Edit it, then: vidcheck rules check {path}", path=named(str(path))))


def _plain_format(text: str) -> str:
    """A format as rules write it: `MP4` and `.mp4` are `mp4`."""
    plain = text.strip().lstrip(".").lower()
    return plain if plain in KEYS["format"].values else text


def _answering() -> bool:
    """Whether somebody sits at the terminal who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _limits(said: dict[Asked, str | None], screen: Screen) -> dict[str, str]:
    """The constraints of the options, by key."""
    try:
        return {asked.key: limits_of(asked, answer) for asked, answer in said.items() if answer is not None}
    except NotAValueError as error:
        screen.trouble(_wrong(error))
        raise typer.Exit(exits.USAGE) from None


def _questions(screen: Screen) -> dict[str, str]:
    """The constraints of the answers, by key; a wrong answer is asked for again."""
    limits = {}
    for asked in QUESTIONS:
        while asked.key not in limits:
            answer = typer.prompt(say(asked.phrase).render(screen.lang), default="", show_default=False, err=True)
            try:
                limits[asked.key] = limits_of(asked, answer)
            except NotAValueError as error:
                screen.trouble(_wrong(error))
    return limits


def _wrong(error: NotAValueError) -> Readable:
    return Text(error.why, (("text", quoted(error.text)), ("hint", error.hint), ("other", error.other)))


def _check(text: str, screen: Screen) -> None:
    """Ends the command where the rules are not sound, such as with a time zone that doesn't exist."""
    from vidcheck.rules.problems import RulesError
    from vidcheck.rules.reader import read_rules

    try:
        read_rules(text.encode())
    except RulesError as error:
        screen.trouble(error)
        raise typer.Exit(exits.USAGE) from None


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


def _from_file(good: Path, content: str | None, screen: Screen) -> str:
    from vidcheck.resolve import known
    from vidcheck.rules.writing import write_rules
    from vidcheck.session.session import Options

    if not good.is_file():
        screen.trouble(say("there is no file {path}", path=named(str(good))))
        raise typer.Exit(exits.USAGE)
    with opened(None, Options(workers=1, content=content), screen, judging=False) as session:
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
    return write_rules(facts, good.name, content="" if content in {None, "none"} else content, lang=screen.lang)
