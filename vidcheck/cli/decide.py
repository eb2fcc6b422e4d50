"""`vidcheck decide`: writes a person's decision on one rule of one or more entries to a file that every check reads."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from unicodedata import normalize

import typer

from vidcheck.cli import exits
from vidcheck.cli.i18n import refused, worded
from vidcheck.cli.inputs import sound_rules
from vidcheck.cli.options import By, DecisionsWritten, RulesSource, ScreenLanguage
from vidcheck.cli.outputs import put
from vidcheck.cli.screen import Screen, named, screen_language
from vidcheck.facts import visible
from vidcheck.texts import LANGUAGES, Plain, Text, join, say, say_count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from vidcheck.findings import Choice, Decision
    from vidcheck.quantities import Moment
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.texts import Readable

DEFAULT_FILE = "decisions.yaml"
_NEAR = 3
"""The most names that are suggested for a mistyped rule."""


def decide(
    entry: Annotated[
        list[str],
        typer.Argument(
            metavar="ENTRY...",
            help=worded(
                "The entries that were decided on: files, folders, patterns, or names of files in folders below."
            ),
            show_default=False,
        ),
    ],
    rule: Annotated[str, typer.Argument(help=worded("The rule's name."), show_default=False)],
    decision: Annotated[
        str, typer.Argument(metavar="accept|reject", help=worded("What was decided."), show_default=False)
    ],
    by: By,
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help=worded("Why; an acceptance needs no reason."), show_default=False
        ),
    ] = "",
    decisions: DecisionsWritten = None,
    rules: RulesSource = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="DAY", help=worded("When it was decided; by default today."), show_default=False
        ),
    ] = None,
    lang: ScreenLanguage = None,
) -> None:
    """Write down what a person decided on one rule, for one entry or several.

    The decision is bound to the file's name and bytes (SHA-256): it is void as soon as either changes. Every report
    shows it beside the machine's outcome, and the verdict follows from it. Of several on one rule and entry the last
    one of a file counts. Where files differ, the entry is left to review until one more decision settles it.

    Exit codes: 0 written, 2 no such entry or rule, or the file of decisions is not sound, 5 it could not be written.
    """
    screen = Screen(screen_language(lang))
    chosen = _choice(decision)
    day = day_of(date)
    _asked(by, reason, chosen)
    rule = _known_rule(rule, sound_rules(rules, screen))
    files = decisions or [DEFAULT_FILE]
    paths = _entries(entry, screen)
    known = decisions_in(files, screen)
    made = [made_decision(path, rule, chosen, by, reason, day, checksum_of(path, screen), known) for path in paths]
    add(files[-1], made, screen)
    where = named(files[-1])
    if len(made) == 1:
        screen.line(say("{path}: {rule} on {entry} is decided", path=where, rule=named(rule), entry=named(paths[0])))
    else:
        screen.line(
            say_count("{count} decision is in {path}", "{count} decisions are in {path}", len(made), path=where)
        )
    _say_replaced(made, known, screen)
    _say_contested(made, decisions_in(files, screen), screen)


def _asked(by: str, reason: str, choice: Choice) -> None:
    """Refuses a decision of nobody, and a rejection without a reason."""
    from vidcheck.findings import Choice

    if not by.strip():
        raise refused(say("'{name}' says nothing", name="--by"), "--by")
    if choice is Choice.REJECT and not reason.strip():
        raise refused(say("a rejection needs a reason, which the entrant will read"), "--reason")


def _known_rule(name: str, rules: Rules) -> str:
    """The rule of that name or label; a usage error names those that are near."""
    from vidcheck.declared.join import LABEL, RULE
    from vidcheck.rules.summary import summarise

    called: dict[str, Readable] = {rule: Plain(rule) for rule in rules.names}
    called |= {rule.rule: rule.called for rule in summarise(rules).rules}
    called.setdefault(RULE, LABEL)  # an entry without a row in the manifest
    labels = {rule: {words.render(lang) for lang in LANGUAGES} for rule, words in called.items()}
    return rule_called(name, labels, "RULE")


def rule_called(name: str, labels: Mapping[str, Collection[str]], option: str) -> str:
    """The rule with that name, or with that label where no other has it. Raises a usage error with the names that are near."""
    if name in labels:
        return name
    wanted = _plain(name)
    found = [rule for rule, words in labels.items() if wanted in {_plain(rule), *map(_plain, words)}]
    if len(found) == 1:
        return found[0]
    raise refused(_no_such_rule(name, labels, found), option)


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split())


def _no_such_rule(name: str, labels: Mapping[str, Collection[str]], alike: Sequence[str]) -> Text:
    """The message that there is no such rule: with those of that label, or near it, else with all."""
    from difflib import get_close_matches

    from vidcheck.rules.spelling import nearest

    of_label = {_plain(word): rule for rule, words in reversed([*labels.items()]) for word in (*words, rule)}
    close = [of_label[word] for word in get_close_matches(_plain(name), of_label, _NEAR)]
    near = alike or [*dict.fromkeys(filter(None, (nearest(name, labels), *close)))][:_NEAR]
    if near:
        quoted = ", ".join(f"'{visible(each)}'" for each in near)
        return say("there is no rule '{name}'; did you mean {names}?", name=named(name), names=quoted)
    listed = ", ".join(visible(rule) for rule in labels)
    return say("there is no rule '{name}'; the rules are {names}", name=named(name), names=listed)


def _entries(arguments: list[str], screen: Screen) -> list[str]:
    """The paths of the entries that the arguments name, each once; exits with 2 if one names none."""
    paths: list[str] = []
    wrong: list[Readable] = []
    for argument in arguments:
        there = [argument] if Path(argument).is_file() else _searched(argument)
        if not there:
            wrong.append(_not_there(argument))
        elif len(there) > 1 and not _names_several(argument):
            names = join(list(map(named, there)), say(", "))
            wrong.append(say("{name} is not the name of one entry: {names}", name=named(argument), names=names))
        paths += there
    for words in wrong:
        screen.trouble(words)
    if wrong:
        raise typer.Exit(exits.USAGE)
    once = {os.path.realpath(path): path for path in reversed(paths)}
    return [path for path in dict.fromkeys(paths) if once[os.path.realpath(path)] == path]


def _not_there(argument: str) -> Readable:
    """The message that an argument names no entry, with the names of entries that are near."""
    from difflib import get_close_matches

    from vidcheck.sources.targets import find

    folder = os.path.dirname(argument) or "."  # noqa: PTH120 - as it was written
    there = find([folder]).targets if Path(folder).is_dir() else ()
    named_like = {
        target.path.rpartition("/")[2]: target.path.removeprefix("./") for target in there if not target.remote
    }
    named_like |= {name.rpartition(".")[0]: path for name, path in reversed(named_like.items()) if "." in name}
    near = get_close_matches(argument.rpartition("/")[2], named_like, _NEAR)
    paths = dict.fromkeys(named_like[name] for name in near)
    if not paths:
        return say("there is no file or folder {path}", path=named(argument))
    names = ", ".join(f"'{visible(path)}'" for path in paths)
    return say("there is no file or folder {path}; did you mean {names}?", path=named(argument), names=names)


def _names_several(argument: str) -> bool:
    return bool(set("*?[") & set(argument)) or Path(argument).is_dir()


def _searched(argument: str) -> list[str]:
    """The entries in a folder, of a pattern, or with that name (or pattern) in the folders below."""
    from fnmatch import fnmatchcase

    from vidcheck.sources.targets import find

    found = [target.path for target in find([argument]).targets if target.remote is None]
    if found or os.sep in argument or "/" in argument:
        return found
    below = [target.path.removeprefix("./") for target in find(["."]).targets]
    same = [path for path in below if argument in {Path(path).name, Path(path).stem}]
    return same or [path for path in below if fnmatchcase(Path(path).name, argument)]


def decisions_in(paths: Sequence[str], screen: Screen) -> Decisions:
    """The decisions of those of the files that exist; if one is not sound, says so and exits with 2."""
    from vidcheck.rules.decisions import load_all
    from vidcheck.rules.problems import RulesError

    try:
        return load_all([path for path in paths if os.path.lexists(path)])
    except RulesError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None


def _say_replaced(made: Sequence[Decision], known: Decisions, screen: Screen) -> None:
    """Says which of the decisions replace one to the contrary in the same file."""
    from vidcheck.engine.decisions import resolved
    from vidcheck.facts import Entry
    from vidcheck.reports.finding import decision_words

    for each in made:
        before = resolved(known.of(Entry(path=each.entry)), each.checksum).get(each.rule)
        if before is not None and before.void is None and not before.against and before.choice is not each.choice:
            words = decision_words(before)
            screen.note(say("{entry}, {rule}: decided otherwise before: {decision}", entry=each.entry, rule=each.rule, decision=words))  # fmt: skip


def _say_contested(made: Sequence[Decision], known: Decisions, screen: Screen) -> None:
    """Says which of the decisions differ from what others decided."""
    from vidcheck.engine.decisions import resolved
    from vidcheck.facts import Entry
    from vidcheck.reports.finding import decision_words

    for each in made:
        counts = resolved(known.of(Entry(path=each.entry)), each.checksum).get(each.rule)
        if counts is not None and counts.against:
            screen.trouble(
                say("{entry}, {rule}: {decision}", entry=each.entry, rule=each.rule, decision=decision_words(counts))
            )


def _choice(text: str) -> Choice:
    from vidcheck.findings import Choice

    try:
        return Choice(text)
    except ValueError:
        words = say("'{text}' is none of {choices}", text=named(text), choices=", ".join(Choice))
        raise refused(words, "accept|reject") from None


def day_of(text: str | None) -> Moment:
    """`--date`, or today on this machine's clock."""
    from datetime import UTC, datetime

    from vidcheck.quantities import DATE, NotAValueError

    today = datetime.now().astimezone().date().isoformat()
    try:
        day: Moment = DATE.read(text or today, UTC)
    except NotAValueError as error:
        words = Text(error.why, (("text", named(error.text)), ("hint", error.hint), ("other", error.other)))
        raise refused(words, "--date") from None
    return day


def made_decision(
    entry: str, rule: str, choice: Choice, by: str, reason: str, day: Moment, checksum: str, known: Decisions
) -> Decision:
    """The decision, bound to the file's bytes. It settles what people are known to have decided differently."""
    from vidcheck.engine.decisions import resolved
    from vidcheck.facts import Entry
    from vidcheck.findings import Decision, Place

    counts = resolved(known.of(Entry(path=entry)), checksum).get(rule)
    by, reason = (visible(" ".join(text.split())) for text in (by, reason))
    return Decision(
        entry=Entry(path=entry).shown, checksum=checksum, rule=rule, choice=choice, by=by, reason=reason, date=day,
        place=Place("", 0, 0), settles=counts is not None and counts.void is None and bool(counts.against or counts.settles),
    )  # fmt: skip


def checksum_of(path: str, screen: Screen) -> str:
    """The file's SHA-256; if it can't be read, prints why and exits with 2."""
    from vidcheck.witnesses.errors import CouldNotLookError

    if not os.path.lexists(path):
        _stop(screen, say("there is no file or folder {path}", path=named(path)))
    try:
        return read_checksum(path)
    except CouldNotLookError as error:
        _stop(screen, say("{path}: {reason}", path=named(path), reason=error.message))


def read_checksum(path: str) -> str:
    """The file's SHA-256 in hex. Raises CouldNotLookError."""
    from vidcheck.witnesses import filesystem
    from vidcheck.witnesses.filesystem import checksum

    file, _ = filesystem.open_entry(path)
    with file:
        return checksum.look(file)


def add(path: str, decisions: Sequence[Decision], screen: Screen) -> None:
    """Adds decisions to the file atomically, one writer at a time."""
    from vidcheck.rules.decisions import with_decisions

    with _written(path, screen), _alone(Path(path).parent):
        _writable(path)
        put(path, with_decisions(_there(path), named(path).words, decisions))


def take_back(path: str, decisions: Sequence[Decision], screen: Screen) -> bool:
    """Removes decisions that were added to the file; returns whether they were still there."""
    from vidcheck.rules.decisions import without_decisions

    with _written(path, screen), _alone(Path(path).parent):
        _writable(path)
        left = without_decisions(_there(path), decisions)
        if left is not None:
            put(path, left)
    return left is not None


@contextmanager
def _written(path: str, screen: Screen) -> Iterator[None]:
    """Turns a file that is not sound, or can't be written, into a message and an exit code."""
    from vidcheck.rules.problems import RulesError

    try:
        yield
    except RulesError as error:
        for problem in error.problems:
            screen.trouble(problem)
        raise typer.Exit(exits.USAGE) from None
    except OSError as error:
        screen.trouble(
            say("{path} can't be written: {reason}", path=named(path), reason=named(error.strerror or str(error)))
        )
        raise typer.Exit(exits.UNWRITTEN) from None


def _writable(path: str) -> None:
    """Raises PermissionError where the file may only be read: replacing it would get round that."""
    if os.path.lexists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _there(path: str) -> bytes:
    """The file's bytes; empty if it doesn't exist."""
    from vidcheck.rules.decisions import BOUNDS
    from vidcheck.rules.sources import from_path

    return from_path(path, named(path).words, BOUNDS.size).raw if os.path.lexists(path) else b""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A context that locks the folder against other writers of decisions (POSIX)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stop(screen: Screen, words: Readable) -> NoReturn:
    screen.trouble(words)
    raise typer.Exit(exits.USAGE)
