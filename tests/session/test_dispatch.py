"""Sending entries: remembered ones go in groups, and what befalls a group costs none of its entries anything."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from vidcheck.session import tasks
from vidcheck.session.dispatch import Dispatch
from vidcheck.session.messages import Assignment, Finished, Row, Setup, packed
from vidcheck.sources.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable


class FakePool:
    """Answers at once, as workers would; a group fails if it is told to."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails
        self.sizes: list[int] = []

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        del deadline, place
        future: Future[Any] = Future()
        if function is tasks.check_entries:
            self.sizes.append(len(args[1]))
            if self.fails:
                future.set_exception(RuntimeError("lost"))
            else:
                future.set_result([Finished(path=given.target.path) for given in args[1]])
        else:
            self.sizes.append(1)
            future.set_result(Finished(path=args[1].target.path))
        return future

    def versions(self) -> dict[str, str]:
        return {}

    def programs(self) -> dict[str, str]:
        return {}

    def stop(self) -> None:
        pass


def entries(count: int, *, remembered: bool) -> list[Assignment]:
    rows = (Row("boxes", "tools", b""),) if remembered else ()
    return [Assignment(target=Target(path=f"{number}.mp4", follow=True), rows=rows) for number in range(count)]


def sent(pool: FakePool, coming: list[Assignment]) -> list[str]:
    internal: list[str] = []
    dispatch = Dispatch(pool, packed(Setup()), count=1, timeout=1.0, internal=internal)
    paths = [finished.path for finished in dispatch.run(coming)]
    assert internal == []
    return paths


def test_remembered_entries_go_in_groups_and_come_back_in_order() -> None:
    pool, coming = FakePool(fails=False), entries(100, remembered=True)
    assert sent(pool, coming) == [given.target.path for given in coming]
    assert max(pool.sizes) > 1
    assert sum(pool.sizes) == 100


def test_entries_that_a_parser_reads_go_alone() -> None:
    pool = FakePool(fails=False)
    sent(pool, entries(20, remembered=False))
    assert pool.sizes == [1] * 20


def test_of_a_group_that_is_lost_each_entry_is_sent_alone() -> None:
    pool, coming = FakePool(fails=True), entries(100, remembered=True)
    assert sent(pool, coming) == [given.target.path for given in coming]
    assert pool.sizes.count(1) == 100


def test_groups_and_single_entries_keep_their_order() -> None:
    pool = FakePool(fails=False)
    coming = [*entries(5, remembered=True), *entries(3, remembered=False), *entries(40, remembered=True)]
    assert sent(pool, coming) == [given.target.path for given in coming]
