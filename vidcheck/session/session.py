"""A session: the resources of one run over entries, opened and closed together.

    with Session("rules.yaml", Options(workers=4, manifest="entries.xlsx")) as session:
        found = session.find(["entries/"])
        batch = session.declare(found)
        for report in session.reports(found.targets):
            print(report.entry.path, report.verdict)

`check`, `facts`, `watch`, `archive add`, `init --from` and `vidcheck.check` all use it, so that their options mean the
same everywhere.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vidcheck import __version__
from vidcheck.facts import Depth, Entry, visible
from vidcheck.findings import Report
from vidcheck.session import clock, tasks
from vidcheck.session.messages import Assignment, Policy, Setup, packed, size_of
from vidcheck.texts import Plain, listed, say
from vidcheck.witnesses import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from types import TracebackType
    from typing import Any, Self

    from vidcheck.facts import Facts
    from vidcheck.findings import EntryReport, Finding, RulesSummary, Table
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.session.compare import Comparison
    from vidcheck.session.memo import Memory
    from vidcheck.session.messages import Finished, Identity, Progress
    from vidcheck.sources.targets import Found, Target
    from vidcheck.storage.archive import Archive
    from vidcheck.texts import Readable
    from vidcheck.workers.cluster import Cluster
    from vidcheck.workers.pool import Workers
    from vidcheck.workers.protocol import Pool

RULES_SECONDS = 60.0
"""Seconds that reading rules or decisions may take."""
_TOGETHER = 200  # entries in one query of the cache
_DECISIONS = "decisions.yaml"
_RULES = "rules.yaml"


class SelectionError(ValueError):
    """`only` and `skip` name a missing rule, or leave no rule. `words` say so."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a session."""

    witness: str = "auto"
    """The witnesses to ask: `auto`, `all` or `mediainfo`."""
    workers: int | None = None
    """Worker processes; None for as many as there are processors; 0 for none: all work is done in this process.

    Without workers a file can make a parser hang or crash this process. Use it only with isolation of your own.
    """
    at_most: int | None = None
    """The most entries that will be read, if known. No more workers than that are started."""
    timeout: float = 30.0
    """Seconds that each witness may take for one file."""
    checksum: bool = False
    """Read every file whole for its SHA-256, whether a rule asks or not."""
    content: str | None = None
    """How much of films is decoded: `none`, `keyframes` or `full`; None for what the rules say."""
    thumbnails: bool = False
    """Every report has pictures of its film: key pictures are decoded even where no rule asks for content."""
    seen: frozenset[str] | None = None
    """The keys for which films are decoded where only facts are wanted; None for all."""
    final: bool = False
    """An undecided manual item makes an entry `review`."""
    personal: bool = False
    """Findings show telephones, e-mail and postal addresses. `EntryReport.declared` has them always."""
    only: tuple[str, ...] = ()
    """The names of the rules to apply; all if empty."""
    skip: tuple[str, ...] = ()
    """The names of rules that are left out."""
    decisions: Decisions | str | Sequence[str] | None = None
    """People's decisions, or the path of their file, or of several; by default `./decisions.yaml` if it exists."""
    manifest: str | PathLike[str] | None = None
    """The table with declarations on the entries."""
    declare: Mapping[str, str] | None = None
    """What is declared of the one entry: texts by field. Several entries need a manifest."""
    archive: str | PathLike[str] | None = None
    """The archive of earlier editions. It is opened only if a rule uses it."""
    strangers: bool = False
    """The working folder is one of those that are searched: its `rules.yaml` and `decisions.yaml` may be a stranger's.

    The former is then an error, the latter is left out, unless they are named.
    """
    usual_archive: bool = False
    """Without `archive`, use the one in its usual place if it exists."""
    cache: bool = False
    """Use cached facts of unchanged files, and add to the cache."""
    cluster: str | None = None
    """The address of a Dask scheduler with workers for the entries."""
    allow_private: bool = False
    """Servers of URLs may have addresses that are not public."""


_DEFAULT = Options()


class Session:
    """One run, or several one after another, over entries by the same rules. It is a context manager.

    `rules` are Rules, or a path or preset name, or None for `./rules.yaml` or else the default preset. Where `judging`
    is off only facts are wanted: rules are then read only where they are named or a manifest is joined, for they say
    how a manifest is laid out and in which time zone dates are. A `pool` that is given is used in place of workers of
    the session's own, and still there when the session ends; `Options.workers` then says how many workers it has.

    Opening raises RulesError where rules or decisions are not sound, RunDateError where SOURCE_DATE_EPOCH is no time, SelectionError where `only` and `skip` don't fit
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
        """The rules, once the session is open; None if none are needed."""
        self.decisions: Decisions | None = None
        """People's decisions."""
        self.memory: Memory | None = None
        """The cache; None if none is used."""
        self.archive: Archive | None = None
        """The archive, if a rule uses it and it exists."""
        self._cluster: Cluster | None = None
        self.left_out: Readable | None = None
        """The message that decisions of the working folder are left out; None if there are none."""
        self._source = rules
        self._judging = judging
        self._policy = Policy(options.witness)
        if options.content is not None:
            Depth(options.content)  # raises ValueError
        self._stack = ExitStack()
        self.internal: list[str] = []
        """Messages on errors inside vidcheck."""
        self._pool: Pool | None = pool
        """The workers for entries; None for this process."""
        self._local: Pool | None = pool
        """The workers that read rules, decisions and manifests."""
        self._own: Workers | None = None
        """The workers that this session started."""
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
        if self._decodes:
            from vidcheck.witnesses.content import scratch

            scratch.sweep()  # what workers left that were ended while they looked

    @property
    def read(self) -> list[str]:
        """The files that the session itself reads. They are not attachments, and no report may overwrite them."""
        options, source = self.options, self._source
        rules = source if isinstance(source, str) else source.source if source is not None else _RULES
        decisions = self._decision_files or (_DECISIONS,)
        named = [fspath(path) for path in (options.manifest, options.archive) if path is not None]
        return [rules, *decisions, *named]

    @property
    def batch(self) -> tuple[Finding, ...]:
        """Findings on several entries at once; empty until the last report was taken."""
        return self._comparison.findings if self._comparison else ()

    def tools(self) -> dict[str, str]:
        """The versions of all tools, used or not, and the witness policy, for reports."""
        versions = dict(self._libraries())
        if self._policy is not Policy.MEDIAINFO:
            versions |= self._programs()
        if self.depth is not Depth.NONE:
            versions["ffmpeg"] = self._cluster.decoder() if self._cluster else registry.version("content") or ""
        versions |= self.decoding
        if self.archive is not None:
            versions["archive"] = self.archive.description()
        return {"vidcheck": __version__, **versions, "witness": self._policy.value}

    @property
    def depth(self) -> Depth:
        """How much of films is decoded."""
        if self.options.content is not None:
            return Depth(self.options.content)
        return self.rules.content if self.rules is not None and self._judging else Depth.NONE

    @property
    def _decodes(self) -> bool:
        """Whether films are decoded, for rules or for pictures."""
        return self.depth is not Depth.NONE or (self.options.thumbnails and self._judging)

    @property
    def decoding(self) -> dict[str, str]:
        """How much of films is decoded, as `tools` has it; empty if nothing is."""
        return {} if self.depth is Depth.NONE else {"content": self.depth.value}

    @property
    def differing(self) -> dict[str, str]:
        """The tools that are used and whose versions differ between a cluster's workers, with all versions."""
        found = self._cluster.differing() if self._cluster else {}
        return {name: versions for name, versions in found.items() if name != "ffmpeg" or self.depth is not Depth.NONE}

    @property
    def unseen(self) -> Readable | None:
        """Why films can't be decoded although that is wanted; None if they can, or needn't."""
        if not self._decodes:
            return None
        if self._cluster is not None:
            lacking = say(
                "a worker of the cluster has no ffmpeg, so its films are not decoded: pip install 'vidcheck[ffmpeg]'"
            )
            return None if self._cluster.decoder() else lacking
        from vidcheck.witnesses.errors import CouldNotLookError

        try:
            registry.witness("content").version()
        except CouldNotLookError as error:
            return error.message
        return None

    @property
    def _threads(self) -> int:
        """The processors that decoding one film may use, if as many films as there are workers are decoded at once."""
        if not self._decodes:
            return 1
        from vidcheck import ffmpeg
        from vidcheck.workers.pool import cores

        return min(ffmpeg.THREADS, max(1, cores() // max(1, self._count)))

    @property
    def today(self) -> date:
        """The run's date in the rules' zone. No date that a file bears is later. Raises RunDateError."""
        return clock.today(self._zone)

    @property
    def summary(self) -> RulesSummary:
        """The rules that are applied, as a report shows them."""
        from vidcheck.rules.summary import summarise

        return summarise(self._sound)

    def find(self, paths: Iterable[str | PathLike[str]], apart: Iterable[str] = ()) -> Found:
        """The entries that files, folders, patterns and URLs name. Files in `apart` are not attachments."""
        from vidcheck.sources.targets import find

        found = find([str(fspath(path)) for path in paths], private=self.options.allow_private)
        found.leave_out([*self.read, *apart])
        return found

    def declare(self, found: Found) -> tuple[Finding, ...]:
        """Joins the manifest's rows to the entries; returns findings on rows and files without a match.

        Also takes the files that rules ask about out of those that are ignored. Raises ManifestError, and
        DeclarationError where `Options.declare` doesn't fit.
        """
        findings: tuple[Finding, ...] = ()
        if self.options.declare:
            from vidcheck.session.declare import declare_one

            declare_one(self.options.declare, self.rules, found)
        if self.options.manifest is not None and self.rules is not None:
            from vidcheck.session.declare import declare

            findings = declare(fspath(self.options.manifest), self.rules, found, self._submit_here)
        from vidcheck.session.attachments import ignored

        found.ignored = ignored(found, self.rules if self._judging else None)
        return findings

    def rows(self, entries: Sequence[str]) -> dict[str, list[Facts]]:
        """The manifest's rows of each of these entries of an earlier run, by path. Raises ManifestError."""
        if self.options.manifest is None or self.rules is None:
            return {}
        from vidcheck.session.declare import rows_of

        return rows_of(fspath(self.options.manifest), self.rules, entries, self._submit_here)

    def table(self, entries: Sequence[str]) -> Table | None:
        """The manifest, and what becomes of its rows with these entries of an earlier run. Raises ManifestError."""
        if self.options.manifest is None or self.rules is None:
            return None
        from vidcheck.session.declare import table_of

        return table_of(fspath(self.options.manifest), self.rules, entries, self._submit_here)

    def lacking(self, found: Found) -> Readable | None:
        """A message if there are documents beside the entries and a library to read them is missing."""
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
        again: Progress | None = None,
    ) -> Iterator[Finished]:
        """The judged entries in order; `judged` is called after each entry that was judged by itself.

        `again` hears how far files are that are read whole to compare them: bytes done, and bytes in all.

        With `lang` each has its line of JSON in that language; without `whole` it has no report. Rules over many
        entries hold all entries back until the end; `unfinished` returns those of an interrupted run. Raises
        StoppedError if no worker can be reached, ArchiveError if the archive fails.
        """
        rules = self._sound
        if rules.batch and (len(targets) > 1 or self.archive is not None):
            yield from self._compared(rules, targets, lang, judged, again)
            return
        self._comparison = None
        for _, finished in self._trips(self._setup(rules, lang=lang, reports=whole), targets):
            if judged is not None:
                judged()
            yield finished

    def unfinished(self) -> Iterator[Finished]:
        """The entries that an interrupted run held back."""
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
        batch, day = self.declare(found), self.today
        entries = tuple(self.reports(found.targets))
        used = [finding.decision for entry in entries for finding in entry.findings if finding.decision]
        batch = (*batch, *self.batch, *self.unused(used))
        return Report(
            tool=self.tools(), day=day, rules=self.summary, entries=entries, ignored=tuple(found.ignored), batch=batch,
            unread_columns=found.unread_columns, table=found.table,
        )  # fmt: skip

    def unused(self, used: Iterable[Any]) -> tuple[Finding, ...]:
        """A finding on decisions that match nothing in this run; `used` are those on findings."""
        if self.decisions is None:
            return ()
        from vidcheck.engine.decisions import unused

        left = unused(self.decisions.rows, used)
        return (left,) if left else ()

    def arriving(self, targets: Iterable[Target]) -> set[str]:
        """The paths of entries that look as if their upload were not finished."""
        asked = [
            (target.path, self._submit_here(tasks.looks_unfinished, target.path, deadline=self.options.timeout))
            for target in targets
        ]
        paths = set()
        for path, done in asked:
            with suppress(
                TimeoutError, MemoryError, BrokenExecutor, CancelledError, OSError
            ):  # the check says what it is
                paths |= {path} if done.result() else set()
        return paths

    @property
    def bytes_read(self) -> int:
        """How many bytes of files that are read whole the workers of this machine have read so far."""
        return self._own.bytes_read if self._own is not None else 0

    @property
    def film(self) -> tuple[float, float]:
        """How many seconds of film are decoded so far, and how many the films have that were begun."""
        return self._own.film if self._own is not None else (0.0, 0.0)

    def save(self) -> None:
        """Writes the cache. Closing the session does this too."""
        if self.memory is not None:
            self.memory.cache.close()

    @property
    def _sound(self) -> Rules:
        if self.rules is None:
            raise ValueError("a session that tells facts alone has no rules to judge by")
        return self.rules

    def _open(self, stack: ExitStack) -> None:
        # imports what the run needs while the server of workers is starting
        from vidcheck.rules import summary  # noqa: F401

        options = self.options
        stack.callback(self.save)
        clock.today(UTC)  # raises where the environment sets no date that can be read
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
        self._count = self._own.count
        stack.callback(self._own.stop)

    def _submit(self, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
        """Runs a function in a worker for entries."""
        return _submit(self._pool, function, *args, deadline=deadline)

    def _submit_here(self, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
        """Runs a function in a worker of this machine, under a deadline and a memory limit."""
        return _submit(self._local, function, *args, deadline=deadline)

    def _begin_reading(self) -> Future[Rules] | None:
        """Starts reading the rules in a worker, under a deadline and a memory limit."""
        if self._source is not None and not isinstance(self._source, str):
            return None
        if not self._judging and self._source is None and not (self.options.manifest or self.options.declare):
            return None
        if self._source is None and self.options.strangers and os.path.lexists(_RULES):
            from vidcheck.rules.problems import fault

            raise fault(
                _RULES,
                say(
                    "it lies in the folder that is searched, with strangers' files; to apply it, say --rules {file}",
                    file=_RULES,
                ),
            )
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

    @property
    def _decision_files(self) -> tuple[str, ...]:
        """The files of decisions that are named."""
        given = self.options.decisions
        return (given,) if isinstance(given, str) else () if given is None or hasattr(given, "rows") else tuple(given)

    def _read_decisions(self) -> Decisions | None:
        from os.path import lexists

        given, files = self.options.decisions, self._decision_files
        if given and not files:
            return cast("Decisions", given)
        if not files and not lexists(_DECISIONS):
            return None
        if not files and self.options.strangers:
            self.left_out = say(
                "{file} is left out, because it lies in the folder that is searched, with strangers' files; to apply it, say "
                "--decisions {file}",
                file=_DECISIONS,
            )
            return None
        reading = self._submit_here(tasks.read_decisions, files or (_DECISIONS,), deadline=RULES_SECONDS)
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
        """Uses the workers of a Dask scheduler for the entries. Other files are read on this machine."""
        from vidcheck.workers.cluster import Cluster

        cluster = Cluster(address, warm=tasks.warm)
        stack.callback(cluster.stop)
        self._pool, self._count, self._cluster = cluster, cluster.count, cluster

    def _libraries(self) -> dict[str, str]:
        """The versions of the libraries that are asked of every entry."""
        if self._pool is None:
            return registry.parsers()
        if self._pool is self._own and self._warmed is not None:
            return self._warmed.result()
        return self._pool.versions()

    def _programs(self) -> dict[str, str]:
        """The versions of the programs that are asked as further witnesses."""
        found = registry.programs() if self._pool is None else self._pool.programs()
        return {name: version for name, version in found.items() if version}

    def _setup(self, rules: Rules | None, *, lang: str | None = None, reports: bool = True) -> Setup:
        options = self.options
        return Setup(
            rules=rules, policy=self._policy, timeout=options.timeout, zone=self._zone, final=options.final,
            checksum=options.checksum, settled=self.memory.settled if self.memory else None, lang=lang, reports=reports,
            today=self.today, personal=options.personal, depth=self.depth, threads=self._threads, seen=options.seen,
            thumbnails=options.thumbnails,
        )  # fmt: skip

    def _assignments(self, targets: list[Target]) -> Iterator[Assignment]:
        """The entries, each with its cached rows and people's decisions."""
        base = os.getcwd() if self.options.cluster is not None else ""  # noqa: PTH109 - a name that is not UTF-8 stays as it is
        for start in range(0, len(targets), _TOGETHER):
            part = targets[start : start + _TOGETHER]
            known = self.memory.look_up(part) if self.memory else [((), ())] * len(part)
            for target, (identity, rows) in zip(part, known, strict=True):
                decisions = self.decisions.of(Entry(path=target.path)) if self.decisions else ()
                yield Assignment(target=target, base=base, decisions=decisions, identity=identity, rows=rows)

    def _trips(self, setup: Setup, targets: list[Target]) -> Iterator[tuple[Assignment, Finished]]:
        """Sends each entry to a worker, and yields it with its result."""
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
        """Yields each entry sent with its result, and stores the rows for the cache."""
        sent: deque[Assignment] = deque()

        def noted() -> Iterator[Assignment]:
            for given in coming:
                sent.append(given)
                yield given

        for finished in self._work(setup, targets, noted()):
            given = sent.popleft()
            self.internal += finished.internal
            yield given, finished

    def _work(self, setup: Setup, targets: list[Target], coming: Iterator[Assignment]) -> Iterator[Finished]:
        if self._pool is None:
            from vidcheck.session import work

            prepared = work.Prepared(setup)
            return (self._kept(given, work.check_entry(prepared, given)) for given in coming)
        from vidcheck.session.dispatch import Dispatch

        return Dispatch(
            self._pool, packed(setup), count=self._width(targets), entries=len(targets), timeout=self.options.timeout,
            internal=self.internal, decoding=self._decodes, taken=self._kept,
        ).run(coming)  # fmt: skip

    def _kept(self, given: Assignment, finished: Finished) -> Finished:
        """Stores the rows of an entry for the cache; if it took long, at once, so that an interrupted run goes on here."""
        if self.memory is not None:
            self.memory.cache.at_once = self._decodes
            self.memory.keep(finished, given.identity)
        return finished

    def _width(self, targets: list[Target]) -> int:
        """The number of workers for these entries. Remote ones have workers of their own, which mostly wait."""
        own = self._own
        if own is None or self._pool is not own:
            return self._count
        if own.away is None and any(target.remote is not None for target in targets):
            from vidcheck.workers.remote import workers_away

            own.away = workers_away(targets, self.options.workers)
        return max(self._count, own.away.count if own.away else 0)

    def _compared(
        self,
        rules: Rules,
        targets: list[Target],
        lang: str | None,
        judged: Callable[[], None] | None,
        again: Progress | None,
    ) -> Iterator[Finished]:
        """The entries, after rules over many entries were applied."""
        from vidcheck.session.compare import Comparison

        setup = self._setup(rules)
        self._comparison = comparison = Comparison(
            rules=rules, archive=self.archive, final=self.options.final, lang=lang,
            personal=self.options.personal, depth=self.depth, **self._room()
        )  # fmt: skip
        for given, finished in self._trips(setup, targets):
            if judged is not None:
                judged()
            comparison.take(given, finished)
        for given, finished in self._again(setup, targets, comparison.unsampled(), sampled=True):
            comparison.take_sample(given.target.path, finished)
        unread = comparison.unread()
        done, total = 0, sum(map(size_of, unread.values()))
        if again is not None and unread:
            again(0, total)
        for given, finished in self._again(setup, targets, unread):
            comparison.learn(given.target.path, finished)
            done += size_of(given.whole)
            if again is not None:
                again(done, total)
        yield from comparison.reports()

    def _room(self) -> dict[str, Any]:
        """The queues in which entries wait: on disk, unless only this process is used."""
        if self._pool is None:
            return {}
        from vidcheck.storage.spool import Spool

        return {"waiting": Spool()}

    @property
    def _zone(self) -> tzinfo:
        return self.rules.zone if self.rules else UTC


def _submit(pool: Pool | None, function: Callable[..., Any], *args: Any, deadline: float) -> Future[Any]:
    """Runs a function in a worker; without a pool, at once in this process."""
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
