"""The run: every entry is observed in a worker, judged, asked about again where a second witness is wanted.

Entry reports come out in the order of the targets whatever the number of workers; what is under way is bounded.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, wait
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from vidcheck.engine import judge_entry
from vidcheck.facts import Entry, Facts, Fault, State, Witness
from vidcheck.quantities import Shown
from vidcheck.runner import attachments
from vidcheck.runner.orders import ALL_KEYS, STILL_WRITTEN, Observation, Order, Policy, observe, tells, unreadable
from vidcheck.texts import Plain, Readable, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from datetime import tzinfo

    from vidcheck.findings import EntryReport
    from vidcheck.probes.forms.attachments import Attachment
    from vidcheck.rules.model import Rules
    from vidcheck.runner.entries import Target
    from vidcheck.runner.isolation import Workers

_GRACE = 5.0  # seconds that ffprobe's worker has beyond ffprobe's own deadline
_AHEAD = 4  # entries under way for each worker
_HEADERS = frozenset({Witness.FILESYSTEM, Witness.BOXES})
_LIBRARY = _HEADERS | {Witness.MEDIAINFO}


@dataclass(slots=True, kw_only=True)
class Run:
    """How a run goes, and what it notices on the way."""

    rules: Rules | None
    """None where only facts are wanted."""
    workers: Workers
    count: int = 1
    policy: Policy = Policy.AUTO
    timeout: float = 30.0
    """Seconds for one file."""
    zone: tzinfo = UTC
    """In which forms' dates are, where there are no rules to say it."""
    final: bool = False
    checksum: bool = False
    versions: dict[str, str] = field(default_factory=dict)
    """Of the tools that looked."""
    internal: list[str] = field(default_factory=list)
    """What went wrong inside vidcheck itself."""

    def reports(self, targets: list[Target]) -> Iterator[EntryReport]:
        """The entries' reports, in order."""
        for work in self._finished(targets):
            if work.report is not None:
                yield work.report

    def facts(self, targets: list[Target]) -> Iterator[tuple[Entry, Facts]]:
        """The entries' facts, in order."""
        for work in self._finished(targets):
            yield work.entry, work.facts

    def _finished(self, targets: list[Target]) -> Iterator[_Work]:
        beside = attachments.wanted(self.rules)
        waiting = deque(_Work(target, beside=beside) for target in targets)
        line: deque[_Work] = deque()
        under_way: dict[Future[Any], _Work] = {}
        while waiting or line:
            while waiting and len(line) < self.count * _AHEAD:
                work = waiting.popleft()
                line.append(work)
                self._send(work, under_way)
            while line and line[0].done:
                yield line.popleft()
            if line and under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    work = under_way.pop(future)
                    self._take(work, future)
                    if not work.done:
                        self._send(work, under_way)

    def _send(self, work: _Work, under_way: dict[Future[Any], _Work]) -> None:
        if work.shelf is not None and Witness.DECLARED in work.asking:
            path, name = work.shelf.next
            under_way[self.workers.submit(attachments.look, path, name, deadline=self.timeout)] = work
            return
        deadline = self.timeout + (_GRACE if Witness.FFPROBE in work.asking else 0)
        order = Order(
            path=work.target.path, follow=work.target.follow, witnesses=work.asking, deadline=self.timeout,
            checksum=self._checksum() and Witness.FILESYSTEM in work.asking, format=work.format,
        )  # fmt: skip
        under_way[self.workers.submit(observe, order, deadline=deadline)] = work

    def _checksum(self) -> bool:
        return self.checksum or (self.rules is not None and "checksum" in self.rules.keys)

    def _take(self, work: _Work, future: Future[Any]) -> None:
        try:
            seen: Observation | Attachment = future.result()
        except (BrokenExecutor, CancelledError):
            work.tries += 1
            if work.tries <= _AHEAD:
                return
            self._lost(work, say("its worker was lost time and again"))
        except TimeoutError:
            self._lost(work, say("no answer in {limit}", limit=Shown("duration", _seconds(self.timeout))))
        except MemoryError:
            self._lost(work, say("it took more memory than a worker may have"))
        except Exception as error:  # noqa: BLE001 - one entry must never take the batch down
            self._lost(work, _died(error, self.internal))
        else:
            self._merge(work, seen)
        self._next(work)

    def _lost(self, work: _Work, message: Readable) -> None:
        """A worker did not come back: the witness that it was asking for is at fault, or, headers alone, the file."""
        if work.shelf is not None and Witness.DECLARED in work.asking:
            work.shelf.lost(message)
            return
        for witness in (Witness.FFPROBE, Witness.MEDIAINFO):
            if witness in work.asking:
                fault = Fault(witness=witness, message=message, keys=tells(witness))
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
        self.versions.update(seen.versions)
        if work.identity and seen.identity and seen.identity != work.identity:
            work.facts, work.unreadable = unreadable(STILL_WRITTEN).joined(work.target.declared), True
            return
        work.identity = work.identity or seen.identity
        work.facts = work.facts.joined(seen.facts)
        work.unreadable = not seen.identity

    def _next(self, work: _Work) -> None:
        """Judges what is known, and says whom to ask next."""
        heads = frozenset(_HEADERS - work.facts.asked)
        if heads and not work.unreadable:
            work.asking = heads  # the library's worker was lost before it could bring back what the headers say
            return
        if work.shelf is not None and not work.unreadable:
            if work.shelf.waiting:
                work.asking = frozenset({Witness.DECLARED})
                return
            work.facts = work.shelf.facts(work.facts, self.rules.zone if self.rules else self.zone)
            work.shelf = None
        wanted = ALL_KEYS
        if self.rules is not None:
            judgement = judge_entry(work.entry, work.facts, self.rules, final=self.final)
            work.report, wanted = judgement.report, judgement.wanted
        work.format = next((f.value for f in work.facts.of("format") if f.state is State.KNOWN), "")
        work.asking = frozenset({Witness.FFPROBE})
        work.done = work.unreadable or not self._ask_ffprobe(work, wanted)

    def _ask_ffprobe(self, work: _Work, wanted: frozenset[str]) -> bool:
        if self.policy is Policy.MEDIAINFO or Witness.FFPROBE in work.facts.asked | work.refused:
            return False
        if self.policy is Policy.AUTO and not wanted:
            return False
        from vidcheck.probes import ffprobe

        asked_for = self.policy is Policy.ALL or bool(wanted & ffprobe.KEYS)
        return asked_for and work.format in ffprobe.DEMUXERS and ffprobe.available() is not None


class _Work:
    """One entry on its way."""

    __slots__ = (
        "asking",
        "done",
        "entry",
        "facts",
        "format",
        "identity",
        "refused",
        "report",
        "shelf",
        "target",
        "tries",
        "unreadable",
    )

    def __init__(self, target: Target, *, beside: bool) -> None:
        self.target = target
        self.shelf = attachments.Shelf(target) if beside and target.attachments is not None else None
        self.entry = Entry(path=target.path)
        self.facts = target.declared
        self.asking: frozenset[Witness] = frozenset(_LIBRARY)
        self.refused: frozenset[Witness] = frozenset()
        self.identity: tuple[int, ...] = ()
        self.report: EntryReport | None = None
        self.format = ""
        self.tries = 0
        self.done = self.unreadable = False


def _seconds(timeout: float) -> Any:
    from fractions import Fraction

    return Fraction(str(timeout))


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
