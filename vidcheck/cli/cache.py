"""`vidcheck cache`: shows and clears the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import Commands, worded
from vidcheck.cli.options import ScreenLanguage, number
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.texts import say, say_count

if TYPE_CHECKING:
    from vidcheck.storage.cache import CacheError, Count
    from vidcheck.texts import Readable

app = Commands(worded("What is remembered of files that have not changed."))

_DAY = 86_400  # seconds


@app.command()
def info(lang: ScreenLanguage = None) -> None:
    """Tell where the cache is, how many entries it knows and how large it is."""
    from vidcheck.storage import cache

    screen = Screen(screen_language(lang))
    where = cache.path()
    try:
        count = cache.count(where)
    except cache.CacheError as error:
        raise _unusable(error, screen) from None
    screen.line(str(named(str(where)).words))
    screen.line(_amount(count))


@app.command()
def clear(lang: ScreenLanguage = None) -> None:
    """Forget everything; the next run reads every file anew."""
    from vidcheck.storage import cache

    screen = Screen(screen_language(lang))
    try:
        gone = cache.clear(cache.path())
    except cache.CacheError as error:
        raise _unusable(error, screen) from None
    screen.line(say("forgotten: {what}", what=_amount(gone)))


@app.command()
def prune(
    days: Annotated[
        int,
        typer.Option(
            "--days",
            metavar="0-36500",
            parser=number(int, 0, 36_500),
            help=worded("Forget what was not used for so many days."),
        ),
    ] = 90,
    lang: ScreenLanguage = None,
) -> None:
    """Forget what was not used for long, and give the disk its room back."""
    from vidcheck.storage import cache

    screen = Screen(screen_language(lang))
    try:
        gone = cache.prune(cache.path(), older=days * _DAY)
    except cache.CacheError as error:
        raise _unusable(error, screen) from None
    screen.line(say("forgotten: {what}", what=_amount(gone)))


def _amount(count: Count) -> Readable:
    from vidcheck.quantities import Shown

    return say_count("{count} entry, {size}", "{count} entries, {size}", count.files, size=Shown("bytes", count.bytes))


def _unusable(error: CacheError, screen: Screen) -> typer.Exit:
    from vidcheck.storage import cache

    screen.trouble(say("the cache {path} can't be used: {reason}", path=named(str(cache.path())), reason=error.words))
    return typer.Exit(exits.USAGE)
