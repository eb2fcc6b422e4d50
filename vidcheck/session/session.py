"""A session: everything that one run over entries needs, opened together and closed together.

    with Session("rules.yaml", Options(workers=4, manifest="entries.xlsx")) as session:
        found = session.find(["entries/"])
        batch = session.declare(found)
        for report in session.reports(found.targets):
            print(report.entry.path, report.verdict)

`check`, `facts`, `watch`, `archive add`, `init --from` and `vidcheck.check` all work through it, so that an option
which one of them has means the same in every other.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from vidcheck import __version__
from vidcheck.facts import Entry, visible
from vidcheck.findings import Report
from vidcheck.session import tasks
from vidcheck.session.messages import Assignment, Policy, Setup, packed
from vidcheck.texts import Plain, listed, say
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, Self

    from vidcheck.facts import Facts
    from vidcheck.findings import EntryReport, Finding, RulesSummary
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.session.compare import Comparison
    from vidcheck.session.memo import Memory
    from vidcheck.session.messages import Finished, Identity
    from vidcheck.sources.targets import Found, Target
    from vidcheck.storage.archive import Archive
    from vidcheck.texts import Readable
    from vidcheck.workers.pool import Workers
    from vidcheck.workers.protocol import Pool

RULES_SECONDS = 60.0
"""How long reading rules or decisions may take."""
_TOGETHER = 200  # entries that the cache is asked about at once
_DECISIONS = "decisions.yaml"
_RULES = "rules.yaml"


class SelectionError(ValueError):
    """`only` and `skip` name a rule that is not there, or leave no rule. `words` say so, in a language."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a session works, and what it may use beside rules and entries."""

    witness: str = "auto"
    """Whom to ask: `auto`, `all` or `mediainfo`."""
    workers: int | None = None
    """Worker processes; None for as many as there are processors; 0 for none: all is done in this process.

    Without workers nothing guards against a file that makes a parser hang or crash. That is for callers who bring their
    own isolation.
    """
    at_most: int | None = None
    """No more entries than this will be looked at, where that is known: no more workers are started."""
    timeout: float = 30.0
    """Seconds that each witness may take for one file."""
    checksum: bool = False
    """Read every file whole for its SHA-256, whether a rule asks or not."""
    final: bool = False
    """An undecided manual item makes an entry `review`."""
    only: tuple[str, ...] = ()
    """The names of the rules that are applied; all where none is named."""
    skip: tuple[str, ...] = ()
    """The names of rules that are left out."""
    decisions: Decisions | str | None = None
    """What people decided, or the path of a file of it; by default `./decisions.yaml` where it is there."""
    manifest: str | PathLike[str] | None = None
    """The table of what was declared of the entries."""
    archive: str | PathLike[str] | None = None
    """The archive of earlier editions. It is opened where a rule asks it."""
    usual_archive: bool = False
    """Without `archive`, use the one in its usual place where it is there."""
    cache: bool = False
    """Use what earlier runs remember of files that have not changed, and add to it."""
    cluster: str | None = None
    """The address of a Dask scheduler whose workers look at the entries."""
    allow_private: bool = False
    """Servers of URLs may stand at addresses that are not public."""


_DEFAULT = Options()


class Session:
    """One run, or several one after another, over entries by the same rules. It is a context manager.

    `rules` are Rules, or a path or preset name, or None for `./rules.yaml` or else the default preset. Where `judging`
    is off only facts are wanted: rules are then read only where they are named or a manifest is joined, for they say
    how a manifest is laid out and in which time zone dates are. A `pool` that is given is used in place of workers of
    the session's own, and still there when the session ends; `Options.workers` then says how many workers it has.

    Opening raises RulesError where rules or decisions are not sound, SelectionError where `only` and `skip` don't fit
    them, ArchiveError where the archive can't be used, StoppedError where the cluster can't, TimeoutError where the
    rules take too long to read, ValueError for an unknown witness policy.
    """

    def __init__(
        self,
        rules: Rules | str | None = None,
        options: Options = _DEFAULT,
        *,
        judging: bool = True,
        pool: Pool | None = None,
    ) -> None:
        self.options = options
        self.rules: Rules | None = None
        """The rules, once the session is open; None where none are needed."""
        self.decisions: Decisions | None = None
        """What people decided."""
        self.memory: Memory | None = None
        """What the cache remembers; None where none is used."""
        self.archive: Archive | None = None
        """The archive, where a rule asks it and it is there."""
        self.differing: dict[str, str] = {}
        """The tools of which the workers of a cluster have different versions."""
        self._source = rules
        self._judging = judging
        self._policy = Policy(options.witness)
        self._stack = ExitStack()
        self.internal: list[str] = []
        """What went wrong inside vidcheck itself."""
        self._pool: Pool | None = pool
        """Who looks at entries; None for this process."""
        self._local: Pool | None = pool
        """Who reads rules, decisions and manifests."""
        self._own: Workers | None = None
        """The workers that were started here."""
        self._count = 1
        self._warmed: Future[dict[str, str]] | None = None
        self._comparison: Comparison | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._open(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def read(self) -> list[str]:
        """The files that the session itself reads: they are nobody's attachments, and no report may replace them."""
        options, source = self.options, self._source
        rules = source if isinstance(source, str) else source.source if source is not None else _RULES
        decisions = options.decisions if isinstance(options.decisions, str) else _DECISIONS
        named = [fspath(path) for path in (options.manifest, options.archive) if path is not None]
        return [rules, decisions, *named]

    @property
    def batch(self) -> tuple[Finding, ...]:
        """Findings about several entries at once; there are none before the last report was taken."""
        return self._comparison.findings if self._comparison else ()

    def tools(self) -> dict[str, str]:
        """What a report says of the tools: versions, whether a file could be read by them or not, and the policy."""
        versions = dict(self._libraries())
        if self._policy is not Policy.MEDIAINFO:
            versions |= self._programs()
        if self.archive is not None:
            versions["archive"] = self.archive.told()
        return {"vidcheck": __version__, **versions, "witness": self._policy.value}

    @property
    def summary(self) -> RulesSummary:
        """The rules that are applied, as a report shows them."""
        from vidcheck.rules.summary import summarise

        return summarise(self._sound)

    def find(self, paths: Iterable[str | PathLike[str]], apart: Iterable[str] = ()) -> Found:
        """The entries that files, folders, patterns and URLs name. What stands in `apart` is nobody's attachment."""
        from vidcheck.sources.targets import find

        found = find([str(fspath(path)) for path in paths], private=self.options.allow_private)
        found.leave_out([*self.read, *apart])
        return found

    def declare(self, found: Found) -> tuple[Finding, ...]:
        """Joins what the manifest declares to the entries found, and says which rows and files have no partner.

        Also takes the files that rules ask about out of those that are ignored. Raises ManifestError.
        """
        findings: tuple[Finding, ...] = ()
        if self.options.manifest is not None and self.rules is not None:
            from vidcheck.session.declare import declare

            findings = declare(fspath(self.options.manifest), self.rules, found, self._submit_here)
        from vidcheck.session.attachments import ignored

        found.ignored = ignored(found, self.rules if self._judging else None)
        return findings

    def lacking(self, found: Found) -> Readable | None:
        """What to say where documents lie beside the entries and a library to read them is missing."""
        from vidcheck.session.attachments import missing

        return missing(found, self.rules if self._judging else None)

    def reports(self, targets: list[Target]) -> Iterator[EntryReport]:
        """The entries' reports, in order. As `finished`."""
        return (finished.load() for finished in self.finished(targets))

    def finished(
        self,
        targets: list[Target],
        *,
        lang: str | None = None,
        whole: bool = True,
        judged: Callable[[], None] | None = None,
    ) -> Iterator[Finished]:
        """The entries, looked at and judged, in order; `judged` is called whenever one more was judged by itself.

        With `lang` each has its line of JSON in that language; unless `whole`, it has no report. Rules over many
        entries hold all entries back to the end; `unfinished` gives those of a run that broke off. Raises StoppedError
        where the workers are lost for good, ArchiveError where the archive is.
        """
        rules = self._sound
        if rules.batch and (len(targets) > 1 or self.archive is not None):
            yield from self._compared(rules, targets, lang, judged)
            return
        self._comparison = None
        for _, finished in self._trips(self._setup(rules, lang=lang, reports=whole), targets):
            if judged is not None:
                judged()
            yield finished

    def unfinished(self) -> Iterator[Finished]:
        """What was held back by a run that broke off."""
        return self._comparison.unfinished() if self._comparison else iter(())

    def facts(self, targets: list[Target]) -> Iterator[tuple[Entry, Facts]]:
        """What is known of the entries, in order."""
        for given, finished in self._trips(self._setup(None), targets):
            yield Entry(path=given.target.path), finished.load_facts()

    def report(self, paths: Iterable[str | PathLike[str]]) -> Report:
        """The whole report on the entries that these paths name.

        Raises UnclearUrlError where a URL can't be asked for or listed, FileNotFoundError where a path names nothing or
        no entry is found, and what `declare` and `reports` raise.
        """
        from vidcheck.sources.urls import UnclearUrlError

        found = self.find(paths)
        if found.refused:
            raise UnclearUrlError(found.refused[0])
        if found.missing or found.empty or not found.targets:
            raise FileNotFoundError(", ".join([*found.missing, *found.empty]) or "no path was given")
        batch = self.declare(found)
        entries = tuple(self.reports(found.targets))
        borne = [finding.decision for entry in entries for finding in entry.findings if finding.decision]
        batch = (*batch, *self.batch, *self.unused(borne))
        return Report(tool=self.tools(), rules=self.summary, entries=entries, ignored=found.ignored, batch=batch)

    def unused(self, borne: Iterable[Any]) -> tuple[Finding, ...]:
        """What is to be said of decisions that concern nothing in this run; `borne` are those that findings bear."""
        if self.decisions is None:
            return ()
        from vidcheck.engine.decisions import unused

        left = unused(self.decisions.rows, borne)
        return (left,) if left else ()

    def thumbnails(self, entries: Iterable[EntryReport], targets: Iterable[Target]) -> dict[str, bytes]:
        """JPEGs by the entries' paths; an entry whose picture can't be had in time has none."""
        from vidcheck.session.thumbnails import thumbnails

        return thumbnails(self._submit, entries, targets, self.options.timeout)

    def save(self) -> None:
        """Writes what is to be remembered. The end of the session does so too."""
        if self.memory is not None:
            self.memory.cache.close()

    @property
    def _sound(self) -> Rules:
        if self.rules is None:
            raise ValueError("a session that tells facts alone has no rules to judge by")
        return self.rules

    def _open(self, stack: ExitStack) -> None:
        # all that the run needs, imported before a worker is asked for: the server that workers come from is starting
        from vidcheck import engine  # noqa: F401
        from vidcheck.rules import summary  # noqa: F401

        options = self.options
        stack.callback(self.save)
        if options.cache and options.cluster is None:
            from vidcheck.session import memo

            self.memory = memo.remembered()
        if self._pool is not None:
            self._count = options.workers or 1
        elif options.workers != 0:
            self._start(stack)
        reading = self._begin_reading()
        if self._own is not None:
            self._warmed = self._own.submit(tasks.warm, deadline=RULES_SECONDS)
        if reading is not None:
            self.rules = self._narrowed(reading.result())
        elif self._source is not None and not isinstance(self._source, str):
            self.rules = self._narrowed(self._source)
        if self._judging:
            self.decisions = self._read_decisions()
            self.archive = self._open_archive(stack)
        if options.cluster is not None:
            self._join(options.cluster, stack)

    def _start(self, stack: ExitStack) -> None:
        """Starts the workers of this machine."""
        from vidcheck.session import dispatch  # noqa: F401 - as above
        from vidcheck.workers.pool import Workers, cores

        options = self.options
        count = 1 if options.cluster else options.workers or cores()
        self._count = count if options.at_most is None else max(1, min(count, options.at_most))
        self._pool = self._local = self._own = Workers(self._count)
        stack.callback(self._own.stop)

    def _submit(self, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
        """Lets one of those who look at entries run a function."""
        return _submit(self._pool, function, *args, deadline=deadline)

    def _submit_here(self, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
        """Lets a worker of this machine run a function, under a deadline and a memory limit."""
        return _submit(self._local, function, *args, deadline=deadline)

    def _begin_reading(self) -> Future[Rules] | None:
        """Lets a worker read the rules, under its deadline and memory limit."""
        if self._source is not None and not isinstance(self._source, str):
            return None
        if not self._judging and self._source is None and self.options.manifest is None:
            return None
        return self._submit_here(tasks.read_rules, self._source, deadline=RULES_SECONDS)

    def _narrowed(self, rules: Rules) -> Rules:
        only, skip = self.options.only, self.options.skip
        for name in (*only, *skip):
            if name not in rules.names:
                known = listed(rules.names)
                raise SelectionError(
                    say("there is no rule '{name}'; the rules are {names}", name=Plain(visible(name)), names=known)
                )
        kept = rules.narrowed(lambda name: (not only or name in only) and name not in skip) if only or skip else rules
        if not kept.names:
            raise SelectionError(say("no rule is left"))
        return kept

    def _read_decisions(self) -> Decisions | None:
        from os.path import lexists

        given = self.options.decisions
        if given is not None and not isinstance(given, str):
            return given
        if given is None and not lexists(_DECISIONS):
            return None
        reading = self._submit_here(tasks.read_decisions, given or _DECISIONS, deadline=RULES_SECONDS)
        decisions: Decisions | None = reading.result()
        return decisions

    def _open_archive(self, stack: ExitStack) -> Archive | None:
        options = self.options
        if not (options.archive or options.usual_archive) or not asks_archive(self._sound):
            return None
        from vidcheck.storage.archive import VARIABLE, open_to_read, usual_path

        where = Path(options.archive) if options.archive else usual_path()
        if not (options.archive or os.environ.get(VARIABLE) or os.path.lexists(where)):
            return None
        return stack.enter_context(open_to_read(where))

    def _join(self, address: str, stack: ExitStack) -> None:
        """Takes the workers of a Dask scheduler for the entries; what is read beside them is read here."""
        from vidcheck.workers.cluster import Cluster

        cluster = Cluster(address, warm=tasks.warm)
        stack.callback(cluster.stop)
        self._pool, self._count, self.differing = cluster, cluster.count, cluster.differing()

    def _libraries(self) -> dict[str, str]:
        """The versions of the libraries that are asked of every entry."""
        if self._pool is None:
            return registry.parsers()
        if self._pool is self._own and self._warmed is not None:
            return self._warmed.result()
        return self._pool.versions()

    def _programs(self) -> dict[str, str]:
        """The versions of the programs that are asked where another's word is wanted."""
        found = registry.programs() if self._pool is None else self._pool.programs()
        return {name: version for name, version in found.items() if version}

    def _setup(self, rules: Rules | None, *, lang: str | None = None, reports: bool = True) -> Setup:
        options = self.options
        return Setup(
            rules=rules, policy=self._policy, timeout=options.timeout, zone=self._zone, final=options.final,
            checksum=options.checksum, settled=self.memory.settled if self.memory else None, lang=lang, reports=reports,
        )  # fmt: skip

    def _assignments(self, targets: list[Target]) -> Iterator[Assignment]:
        """The entries, each with what the cache knows of it and what people decided."""
        base = os.getcwd() if self.options.cluster is not None else ""  # noqa: PTH109 - a name that is not UTF-8 stays as it is
        for start in range(0, len(targets), _TOGETHER):
            part = targets[start : start + _TOGETHER]
            known = self.memory.look_up(part) if self.memory else [((), ())] * len(part)
            for target, (identity, rows) in zip(part, known, strict=True):
                decisions = self.decisions.of(Entry(path=target.path)) if self.decisions else ()
                yield Assignment(target=target, base=base, decisions=decisions, identity=identity, rows=rows)

    def _trips(self, setup: Setup, targets: list[Target]) -> Iterator[tuple[Assignment, Finished]]:
        """Sends each entry to a worker, with all that comes back."""
        return self._sent(setup, targets, self._assignments(targets))

    def _again(
        self, setup: Setup, targets: list[Target], seen: Mapping[str, Identity], *, sampled: bool = False
    ) -> Iterator[tuple[Assignment, Finished]]:
        """Sends those that were `seen` before once more, for their checksum or a sample of their bytes."""
        again = [target for target in targets if target.path in seen]
        every = self._assignments(again)
        coming = (replace(given, whole=seen[given.target.path], sampled=sampled) for given in every)
        return self._sent(setup, again, coming)

    def _sent(
        self, setup: Setup, targets: list[Target], coming: Iterable[Assignment]
    ) -> Iterator[tuple[Assignment, Finished]]:
        """Pairs what is sent with what comes back, and takes from it what is to be remembered."""
        sent: deque[Assignment] = deque()

        def noted() -> Iterator[Assignment]:
            for given in coming:
                sent.append(given)
                yield given

        for finished in self._work(setup, targets, noted()):
            given = sent.popleft()
            if self.memory is not None:
                self.memory.keep(finished, given.identity)
            self.internal += finished.internal
            yield given, finished

    def _work(self, setup: Setup, targets: list[Target], coming: Iterator[Assignment]) -> Iterator[Finished]:
        if self._pool is None:
            from vidcheck.session import work

            prepared = work.Prepared(setup)
            return (work.check_entry(prepared, given) for given in coming)
        from vidcheck.session.dispatch import Dispatch

        return Dispatch(
            self._pool, packed(setup), count=self._width(targets), timeout=self.options.timeout, internal=self.internal
        ).run(coming)

    def _width(self, targets: list[Target]) -> int:
        """How many workers there are for these entries. Remote ones have workers of their own, which mostly wait."""
        own = self._own
        if own is None or self._pool is not own:
            return self._count
        if own.away is None and any(target.remote is not None for target in targets):
            from vidcheck.workers.remote import workers_away

            own.away = workers_away(targets, self.options.workers)
        return max(self._count, own.away.count if own.away else 0)

    def _compared(
        self, rules: Rules, targets: list[Target], lang: str | None, judged: Callable[[], None] | None
    ) -> Iterator[Finished]:
        """The entries, after rules over many of them were judged."""
        from vidcheck.session.compare import Comparison

        setup = self._setup(rules)
        self._comparison = comparison = Comparison(
            rules=rules, archive=self.archive, final=self.options.final, lang=lang, **self._room()
        )  # fmt: skip
        for given, finished in self._trips(setup, targets):
            if judged is not None:
                judged()
            comparison.take(given, finished)
        for given, finished in self._again(setup, targets, comparison.unsampled(), sampled=True):
            comparison.take_sample(given.target.path, finished)
        for given, finished in self._again(setup, targets, comparison.unread()):
            comparison.learn(given.target.path, finished)
        yield from comparison.reports()

    def _room(self) -> dict[str, Any]:
        """Where entries wait: on disk, unless nothing but this process is used."""
        if self._pool is None:
            return {}
        from vidcheck.storage.spool import Spool

        return {"waiting": Spool()}

    @property
    def _zone(self) -> tzinfo:
        return self.rules.zone if self.rules else UTC


def _submit(pool: Pool | None, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
    """Lets a worker run a function; where there is none, this process does so at once."""
    if pool is not None:
        return pool.submit(function, *args, deadline=deadline)
    done: Future[Any] = Future()
    try:
        done.set_result(function(*args))
    except Exception as error:  # noqa: BLE001 - whoever asks for the result is given it
        done.set_exception(error)
    return done


def asks_archive(rules: Rules) -> bool:
    """Whether a rule asks the archive of earlier editions."""
    from vidcheck.rules.model import Form

    return any(rule.form is Form.NOT_IN_ARCHIVE for rule in rules.batch)
