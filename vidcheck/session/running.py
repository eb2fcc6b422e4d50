"""The run: every entry is observed in a worker, judged, asked about again where a second witness is wanted.

Entry reports come out in the order of the targets whatever the number of workers; what is under way is bounded.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING, Any

from vidcheck.engine import Judge
from vidcheck.facts import DECLARED, FILESYSTEM, Entry, Facts, Fault, LostFactError, State
from vidcheck.session import attachments
from vidcheck.session.messages import (
    ALL_KEYS,
    HEADERS,
    LIBRARY,
    STILL_WRITTEN,
    Observation,
    Order,
    Policy,
    observe,
    unreadable,
)
from vidcheck.texts import Plain, Readable, say
from vidcheck.witnesses import registry
from vidcheck.witnesses.registry import Cost
from vidcheck.workers.protocol import LostTwiceError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    from vidcheck.declared.attachments import Attachment
    from vidcheck.findings import EntryReport, Finding
    from vidcheck.rules.decisions import Decisions
    from vidcheck.rules.model import Rules
    from vidcheck.session.compare import Answering, Comparison, Held
    from vidcheck.session.memo import Known, Memory
    from vidcheck.sources.targets import Target
    from vidcheck.workers.pool import Workers
    from vidcheck.workers.protocol import Pool

_GRACE = 5.0  # seconds that ffprobe's worker has beyond ffprobe's own deadline
_AWAY = 20.0  # seconds that a remote entry's worker has beyond the entry's own deadline, for what it must load first
_AHEAD = 4  # entries under way for each worker
_TOGETHER = 200  # entries that the cache is asked about at once


@dataclass(slots=True, kw_only=True)
class Run:
    """How a run goes, and what it notices on the way."""

    rules: Rules | None
    """None where only facts are wanted."""
    workers: Pool
    away: Workers | None = None
    """For remote entries; None where those above do them too."""
    count: int = 1
    policy: Policy = Policy.AUTO
    timeout: float = 30.0
    """Seconds for one file."""
    zone: tzinfo = UTC
    """In which forms' dates are, where there are no rules to say it."""
    final: bool = False
    decisions: Decisions | None = None
    """What people decided."""
    checksum: bool = False
    memory: Memory | None = None
    """What earlier runs left in the cache; None where nothing is remembered."""
    versions: dict[str, str] = field(default_factory=dict)
    """Of the tools that looked."""
    internal: list[str] = field(default_factory=list)
    """What went wrong inside vidcheck itself."""
    judged: Callable[[], None] = lambda: None
    """Called whenever one more entry was judged by itself."""
    archive: Answering | None = None
    """The archive of earlier editions, where one is at hand."""
    comparison: Comparison | None = None
    """What is held back to the end, where rules over many entries are to be judged."""
    _judge: Judge | None = None

    @property
    def batch(self) -> tuple[Finding, ...]:
        """Findings about several entries at once; there are none before the last report was taken."""
        return self.comparison.findings if self.comparison else ()

    def reports(self, targets: list[Target]) -> Iterator[EntryReport]:
        """The entries' reports, in order.

        Rules over many entries hold all reports back to the end; `unfinished` gives those of a run that broke off.
        Raises StoppedError where the workers are lost for good.
        """
        if self.rules is not None and self.rules.batch and (len(targets) > 1 or self.archive is not None):
            yield from self._compared(self.rules, targets)
            return
        for work in self._finished(targets):
            self.judged()
            if work.report is not None:
                yield work.report

    def unfinished(self) -> Iterator[EntryReport]:
        """What was held back by a run that broke off."""
        return self.comparison.unfinished() if self.comparison else iter(())

    def _compared(self, rules: Rules, targets: list[Target]) -> Iterator[EntryReport]:
        from vidcheck.engine.decisions import checksum_of
        from vidcheck.session.compare import Comparison, Held, Judged

        self.comparison = Comparison(rules=rules, archive=self.archive, final=self.final)
        for work in self._finished(targets):
            self.judged()
            if work.report is not None:
                held = Held(target=work.target, entry=work.entry, identity=work.identity, known=work.known)
                judged_alone = Judged(work.report, work.decisions, checksum_of(work.facts))
                self.comparison.take(held, judged_alone, work.facts)
        for entry, facts in self._sums(self.comparison.unread()):
            self.comparison.learn(entry, facts)
        yield from self.comparison.reports()

    def _sums(self, wanted: list[Held]) -> Iterator[tuple[Entry, Facts]]:
        """The checksums of files that were looked at before."""
        waiting = deque(wanted)
        line: deque[tuple[Held, Future[Any]]] = deque()
        while waiting or line:
            while waiting and len(line) < self.count * _AHEAD:
                held = waiting.popleft()
                line.append((held, self._read_whole(held)))
            held, future = line.popleft()
            yield held.entry, self._sum(held, future)

    def _read_whole(self, held: Held) -> Future[Any]:
        remembered = self.memory.answer(held.known, frozenset(), checksum=True) if self.memory else None
        if remembered is not None:
            told: Future[Any] = Future()
            told.set_result(remembered)
            return told
        return self._ask(held.target, frozenset(), checksum=True)

    def _sum(self, held: Held, future: Future[Any], tries: int = 1) -> Facts:
        message: Readable
        try:
            seen: Observation = future.result()
        except (BrokenExecutor, CancelledError):
            if tries <= _AHEAD:
                return self._sum(held, self._read_whole(held), tries + 1)
            message = say("its worker was lost time and again")
        except StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - one entry must never take the batch down
            message = self._misfortune(error)
        else:
            if seen.identity == held.identity or not seen.identity:
                if self.memory is not None:
                    self.memory.keep(held.known, seen, frozenset(), checksum=True)
                return seen.facts
            message = STILL_WRITTEN
        return unreadable(message)

    def facts(self, targets: list[Target]) -> Iterator[tuple[Entry, Facts]]:
        """The entries' facts, in order."""
        for work in self._finished(targets):
            yield work.entry, work.facts

    def _finished(self, targets: list[Target]) -> Iterator[_Work]:
        width = max(self.count, self.away.count if self.away else 0)
        coming = self._coming(targets)
        line: deque[_Work] = deque()
        under_way: dict[Future[Any], _Work] = {}
        while True:
            for work in islice(coming, max(0, width * _AHEAD - len(line))):
                line.append(work)
                self._send(work, under_way)
            if not line:
                return
            while line and line[0].done:
                yield line.popleft()
            if line and under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    work = under_way.pop(future)
                    self._take(work, future)
                    if not work.done:
                        self._send(work, under_way)

    def _coming(self, targets: list[Target]) -> Iterator[_Work]:
        """The entries, each with what the cache knows of it."""
        beside = attachments.wanted(self.rules)
        form = self.rules.layout.form if self.rules and self.rules.layout else ""
        for start in range(0, len(targets), _TOGETHER):
            part = targets[start : start + _TOGETHER]
            for target, known in zip(
                part, self.memory.look_up(part) if self.memory else [None] * len(part), strict=True
            ):
                work = _Work(target, self.decisions, beside=beside, form=form)
                work.known = known
                yield work

    def _recall(self, work: _Work) -> None:
        """Takes from the cache what it knows of the entry, as if a worker had brought it."""
        while self.memory is not None and not work.done:
            seen = self.memory.answer(work.known, work.asking, checksum=self._asks_checksum(work), form=work.format)
            if seen is None:
                return
            self._hear_facts(work, seen)

    def _hear_facts(self, work: _Work, seen: Observation | Attachment) -> bool:
        """Takes what was seen, and says what comes next; whether it could be understood."""
        try:
            self._merge(work, seen)
            self._next(work)
        except LostFactError as error:
            if work.known is not None and self.memory is not None:
                self.memory.cache.damaged()  # it is put aside, and a worker looks
                work.begin()
                return False
            work.facts = unreadable(_died(error, self.internal)).joined(work.target.declared)
            work.unreadable = True
            self._next(work)
            return False
        return True

    def _send(self, work: _Work, under_way: dict[Future[Any], _Work]) -> None:
        self._recall(work)
        if work.done:
            return
        if work.shelf is not None and DECLARED in work.asking:
            path, name = work.shelf.next
            under_way[self.workers.submit(attachments.look, path, name, deadline=self.timeout)] = work
            return
        future = self._ask(work.target, work.asking, checksum=self._asks_checksum(work), form=work.format)
        under_way[future] = work

    def _ask(self, target: Target, witnesses: frozenset[str], *, checksum: bool, form: str = "") -> Future[Any]:
        """Gives a worker its order."""
        away = target.remote is not None
        deadline = self.timeout + (_AWAY if away else _GRACE if "ffprobe" in witnesses else 0)
        order = Order(
            path=target.path, follow=target.follow, witnesses=witnesses, deadline=self.timeout, checksum=checksum,
            format=form, remote=target.remote,
        )  # fmt: skip
        pool = (self.away if away else None) or self.workers
        return pool.submit(observe, order, deadline=deadline)

    def _asks_checksum(self, work: _Work) -> bool:
        wanted = self.checksum or bool(work.decisions) or (self.rules is not None and "checksum" in self.rules.keys)
        return wanted and FILESYSTEM in work.asking

    def _take(self, work: _Work, future: Future[Any]) -> None:
        try:
            seen: Observation | Attachment = future.result()
        except StoppedError:
            raise
        except LostTwiceError:
            if "ffprobe" not in work.asking:
                work.asking = HEADERS  # it may be the death of more workers: nothing else is asked of this file
            self._lost(work, say("its worker was lost time and again"))
        except (BrokenExecutor, CancelledError):
            work.tries += 1
            if work.tries <= _AHEAD:
                return
            self._lost(work, say("its worker was lost time and again"))
        except Exception as error:  # noqa: BLE001 - one entry must never take the batch down
            self._lost(work, self._misfortune(error))
        else:
            asking, checksum, form = work.asking, self._asks_checksum(work), work.format
            if self._hear_facts(work, seen) and self.memory is not None and isinstance(seen, Observation):
                self.memory.keep(work.known, seen, asking, checksum=checksum, form=form)
            return
        self._next(work)

    def _misfortune(self, error: Exception) -> Readable:
        """Why a worker brought nothing back."""
        if isinstance(error, TimeoutError):
            return say("no answer in {seconds} s", seconds=f"{self.timeout:g}")
        if isinstance(error, MemoryError):
            return say("it took more memory than a worker may have")
        return _died(error, self.internal)

    def _lost(self, work: _Work, message: Readable) -> None:
        """A worker did not come back: the witness that it was asking for is at fault, or, headers alone, the file."""
        if work.shelf is not None and DECLARED in work.asking:
            work.shelf.lost(message)
            return
        for witness in reversed(registry.costing(Cost.PARSER, Cost.PROCESS)):
            if witness in work.asking:
                fault = Fault(witness=witness, message=message, keys=registry.tells(witness))
                work.facts = work.facts.joined(Facts(faults=(fault,), asked=frozenset({witness})))
                work.refused = work.refused | {witness}
                return
        work.facts = unreadable(message).joined(work.target.declared)
        work.unreadable = True

    def _merge(self, work: _Work, seen: Observation | Attachment) -> None:
        if not isinstance(seen, Observation):
            if work.shelf is not None:
                work.shelf.put(seen)
            return
        self._hear(seen.versions)
        # the first is the device, which each machine numbers for itself
        if work.identity and seen.identity and seen.identity[1:] != work.identity[1:]:
            work.facts, work.unreadable = unreadable(STILL_WRITTEN).joined(work.target.declared), True
            return
        work.identity = work.identity or seen.identity
        # a run that judges each entry by itself asks for its few facts now, others for all of them later
        later = self.rules is None or self.rules.batch or work.shelf is not None
        work.facts = work.facts.joined(seen.facts.unsealed if later else seen.facts)
        work.unreadable = not seen.identity

    def _hear(self, versions: dict[str, str]) -> None:
        """Workers on several machines may have several versions of a tool: the report tells them all."""
        for tool, version in versions.items():
            known = self.versions.get(tool, version).split(", ")
            self.versions[tool] = ", ".join(sorted({*known, version}))

    def _next(self, work: _Work) -> None:
        """Judges what is known, and says whom to ask next."""
        heads = frozenset(HEADERS - work.facts.asked)
        if heads and not work.unreadable:
            work.asking = heads  # the library's worker was lost before it could bring back what the headers say
            return
        if work.shelf is not None and not work.unreadable:
            if work.shelf.waiting:
                work.asking = frozenset({DECLARED})
                return
            work.facts = work.shelf.facts(work.facts, self.rules.zone if self.rules else self.zone)
            work.shelf = None
        wanted = ALL_KEYS
        if self.rules is not None:
            judgement = self._judging(self.rules).entry(work.entry, work.facts, work.decisions)
            work.report, wanted = judgement.report, judgement.wanted
        work.format = next((f.value for f in work.facts.of("format") if f.state is State.KNOWN), "")
        work.asking = frozenset({"ffprobe"})
        work.done = work.unreadable or not self._ask_ffprobe(work, wanted)

    def _judging(self, rules: Rules) -> Judge:
        if self._judge is None:
            self._judge = Judge(rules, final=self.final)
        return self._judge

    def _ask_ffprobe(self, work: _Work, wanted: frozenset[str]) -> bool:
        if work.target.remote is not None:  # ffprobe takes no open file, and opens nothing itself here
            return False
        if self.policy is Policy.MEDIAINFO or "ffprobe" in work.facts.asked | work.refused:
            return False
        if self.policy is Policy.AUTO and not wanted:
            return False
        from vidcheck.witnesses import ffprobe

        asked_for = self.policy is Policy.ALL or bool(wanted & ffprobe.KEYS)
        return asked_for and work.format in ffprobe.DEMUXERS and self.workers.has_ffprobe()


class _Work:
    """One entry on its way."""

    __slots__ = (
        "asking",
        "decisions",
        "done",
        "entry",
        "facts",
        "format",
        "identity",
        "known",
        "refused",
        "report",
        "shelf",
        "target",
        "tries",
        "unreadable",
    )

    def __init__(self, target: Target, decisions: Decisions | None, *, beside: bool, form: str) -> None:
        self.target = target
        self.shelf = attachments.Shelf(target, form) if beside and target.attachments is not None else None
        self.entry = Entry(path=target.path)
        self.decisions = decisions.of(self.entry) if decisions else ()
        self.tries = 0
        self.begin()

    def begin(self) -> None:
        """Nothing is known yet."""
        self.facts = self.target.declared
        self.asking: frozenset[str] = LIBRARY
        self.refused: frozenset[str] = frozenset()
        self.identity: tuple[int, ...] = ()
        self.known: Known | None = None
        self.report: EntryReport | None = None
        self.format = ""
        self.done = self.unreadable = False


def _died(error: Exception, internal: list[str]) -> Readable:
    """Why a worker ended without an answer: killed by a signal, or an error of ours."""
    code = getattr(error, "exitcode", None)
    if type(error).__name__ == "ProcessExpired":
        import signal

        try:
            name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        except ValueError:
            name = f"signal {-code}" if code else "?"
        return say("it crashed ({how})", how=Plain(name))
    text = f"{type(error).__name__}: {error}"
    internal.append(text)
    return say("an error inside vidcheck: {error}", error=Plain(text))
