"""`vidcheck rules`: list, show, check, explain, schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import Commands, worded
from vidcheck.cli.inputs import sound_rules
from vidcheck.cli.options import RulesSource, ScreenLanguage
from vidcheck.cli.outputs import STDOUT, put
from vidcheck.cli.screen import Screen, screen_language
from vidcheck.findings import Level
from vidcheck.texts import Plain, Readable, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.rules.explain import Asked, Asking, KeyExplained, RuleExplained

app = Commands(worded("Read, check and explain rules."))
Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[PATH|PRESET]",
        help=worded("By default ./rules.yaml, else the preset heilongjiang-2022."),
        show_default=False,
    ),
]


@app.command("list")
def list_(lang: ScreenLanguage = None) -> None:
    """List every key that a rule can speak of, and every preset."""
    from vidcheck.rules.reader import presets
    from vidcheck.vocabulary import KEYS

    screen = Screen(screen_language(lang))
    screen.line(say("Keys:"))
    _columns(screen, [(key.name, say(key.meaning)) for key in KEYS.values()])
    screen.line("")
    screen.line(say("Presets:"))
    _columns(screen, list(presets().items()))


@app.command()
def show(source: Source = None, lang: ScreenLanguage = None) -> None:
    """Show rules as they are understood, everything they extend included."""
    from vidcheck.quantities import DATE, Shown
    from vidcheck.rules.summary import summarise

    screen = Screen(screen_language(lang))
    sound = sound_rules(source, screen)
    summary = summarise(sound)
    source = summary.source_in(screen.lang)
    screen.line(say("{title} ({source}), time zone {zone}", title=summary.title, source=source, zone=summary.timezone))
    if summary.deadline:
        screen.line(say("Deadline: {date}", date=Shown(DATE.name, summary.deadline, summary.zone)))
    rows: list[tuple[str, Readable]] = [
        (
            rule.rule,
            say("{rule} [{level}, {place}]", rule=rule.meaning, level=level_words(rule.level), place=rule.place),
        )
        for rule in summary.rules
    ]
    _columns(screen, rows)


@app.command()
def check(source: Source = None, lang: ScreenLanguage = None) -> None:
    """Check that rules are sound: every mistake in one go, with file, line and column. Exits with 0 or 2."""
    from vidcheck.rules.summary import summarise, unexplained

    screen = Screen(screen_language(lang))
    sound = sound_rules(source, screen)
    called = summarise(sound).source_in(screen.lang)
    screen.line(
        say_count("{source}: {count} rule, sound", "{source}: {count} rules, sound", len(sound.names), source=called)
    )
    for notice in (*sound.notices, *unexplained(sound)):
        _paragraph(screen, notice, indent=2)


@app.command()
def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="KEY|RULE", help=worded("A key, or a rule of the rules at hand."), show_default=False),
    ],
    rules: RulesSource = None,
    lang: ScreenLanguage = None,
) -> None:
    """Explain what a key means and how it can be asked, or what a rule asks."""
    from vidcheck.rules import explain as explaining
    from vidcheck.rules.problems import RulesError
    from vidcheck.witnesses import registry

    screen = Screen(screen_language(lang))
    sound = sound_rules(rules, screen)
    try:
        explained = explaining.explain(name, sound, {one.name: one.keys for one in registry.every()})
    except RulesError as error:
        screen.trouble(error)
        raise typer.Exit(exits.USAGE) from None
    if isinstance(explained, explaining.KeyExplained):
        _explain_key(screen, explained)
    elif isinstance(explained, explaining.RuleExplained):
        _explain_rule(screen, explained)
    else:
        _paragraph(screen, say("{key}: {meaning}", key=explained.name, meaning=explained.meaning))
        screen.line(say("  Example:"))
        screen.line(f"    {explained.example}")


@app.command()
def schema() -> None:
    """Print a JSON Schema of rules.yaml: editors complete and check it with that."""
    import json

    from vidcheck.rules.schema import schema as made

    put(STDOUT, f"{json.dumps(made(), ensure_ascii=False, indent=2)}\n".encode())


def _explain_rule(screen: Screen, explained: RuleExplained) -> None:
    _paragraph(
        screen,
        say(
            "{rule} ({level}, {place}): {meaning}",
            rule=explained.name,
            level=level_words(explained.level),
            place=str(explained.place),
            meaning=explained.meaning,
        ),
    )
    several = len({(asked.key, asked.inside) for asked in explained.asks}) > 1
    rows: list[tuple[str, Readable]] = [(_asked(asked, several=several), _meaning(asked)) for asked in explained.asks]
    _columns(screen, [*rows, *((f"{name}:", words) for name, words in explained.options)])
    for key in explained.keys:
        screen.line("")
        _explain_key(screen, key)


def _asked(asked: Asked, *, several: bool) -> str:
    inside = f"{asked.inside} " if asked.inside else ""
    return f"{inside}{asked.key}: {{{asked.written}}}" if several or inside else asked.written


def _meaning(asked: Asked) -> Readable:
    return say("{meaning} [{place}]", meaning=asked.meaning, place=str(asked.place))


def level_words(level: Level) -> Readable:
    """A level in the reader's language."""
    return say("recommended") if level is Level.RECOMMENDED else say("required")


def _explain_key(screen: Screen, explained: KeyExplained) -> None:
    _paragraph(screen, say("{key}: {meaning}", key=explained.key.name, meaning=explained.meaning))
    rows: list[tuple[str, Readable]] = [(say("label").render(screen.lang), explained.key.called)]
    rows.append((say("kind").render(screen.lang), explained.kind))
    rows.append(
        (
            say("witnesses").render(screen.lang),
            join([Plain(one) for one in explained.witnesses]) if explained.witnesses else Plain("–"),
        )
    )
    if explained.spellings:
        rows.append((say("spellings").render(screen.lang), join(map(Plain, explained.spellings))))
    if explained.values:
        rows.append((say("values").render(screen.lang), join(map(Plain, explained.values))))
    _columns(screen, rows)
    screen.line(say("  What can be asked:"))
    _columns(screen, _askings(explained.constraints), indent=4)
    if explained.options:
        screen.line(say("  What a rule can also say:"))
        _columns(screen, _askings(explained.options), indent=4)
    for note in explained.notes:
        _paragraph(screen, note, indent=2)
    screen.line(say("  Example:"))
    screen.line(f"    {explained.example}")


def _paragraph(screen: Screen, words: Readable, indent: int = 0) -> None:
    """Words wrapped at the screen's width, later lines indented."""
    from vidcheck.cli.screen import width
    from vidcheck.reports.page import Page, Row, Span

    lead = (Span(" " * indent),) if indent else ()
    row = Row(lead=lead, hang=indent or 2, body=(Span(words.render(screen.lang)),))
    page = Page((row,), screen.encoding)
    screen.line(page.plain(width()).rstrip("\n").removeprefix("" if indent else "  "))


def _askings(rows: Iterable[Asking]) -> list[tuple[str, Readable]]:
    return [(row.example, row.meaning) for row in rows]


def _columns(screen: Screen, rows: Sequence[tuple[str, Readable]], indent: int = 2) -> None:
    """Two columns, wrapped by the display width of their text."""
    from vidcheck.cli.screen import width
    from vidcheck.reports.page import Page, Row, Span, cells

    lead = min(max((cells(name) for name, _ in rows), default=0), 30)
    blocks = tuple(
        Row(lead=(Span(" " * indent + name),), hang=indent + lead + 2, body=(Span(words.render(screen.lang)),))
        for name, words in rows
    )
    page = Page(blocks, screen.encoding)
    if rows:
        screen.line(page.plain(width()).rstrip("\n"))
