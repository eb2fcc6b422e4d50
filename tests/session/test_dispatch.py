"""Sending entries: quick ones go in groups, and what befalls a group costs one of its entries alone anything."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future
from typing import TYPE_CHECKING, Any

import pytest
from pebble import ProcessExpired

from tests.kit import put
from vidcheck.session import tasks
from vidcheck.session.dispatch import Dispatch
from vidcheck.session.messages import OPENING, Assignment, Finished, Setup, packed, stage_of
from vidcheck.sources.targets import Target
from vidcheck.sources.urls import Remote
from vidcheck.workers import stages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUICK, SLOW = 0.001, 60.0
LIMIT = 7.0


class FakePool:
    """Answers at once, as workers would. `group` and `alone` take the place of what a worker does with entries."""

    def __init__(
        self, *, seconds: float = QUICK, together: int = 16,
        group: Callable[[list[Assignment]], list[Finished]] | None = None,
        alone: Callable[[list[Assignment]], list[Finished]] | None = None,
    ) -> None:  # fmt: skip
        self.together = together
        self.sent: list[list[Assignment]] = []
        self.deadlines: list[float] = []
        self._seconds = seconds
        self._group = group or self._all
        self._alone = alone or self._all

    @property
    def sizes(self) -> list[int]:
        """How many entries each task had."""
        return list(map(len, self.sent))

    def _all(self, every: list[Assignment]) -> list[Finished]:
        return [Finished(path=given.target.path, seconds=self._seconds) for given in every]

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        del place
        self.deadlines.append(deadline)
        future: Future[Any] = Future()
        every = args[1] if function is tasks.check_entries else [args[1]]
        self.sent.append(every)
        try:
            future.set_result(self._group(every) if every is args[1] else self._alone(every)[0])
        except Exception as error:  # noqa: BLE001 - as pools pass on each of them
            future.set_exception(error)
        return future

    def versions(self) -> dict[str, str]:
        return {}

    def programs(self) -> dict[str, str]:
        return {}

    def stop(self) -> None:
        pass


def entries(count: int, *, name: str = "") -> list[Assignment]:
    return [Assignment(target=Target(path=f"{name}{number}.mp4", follow=True)) for number in range(count)]


def remote(count: int) -> list[Assignment]:
    urls = [f"https://example.org/{number}.mp4" for number in range(count)]
    places = [Remote(url=url, shown=url, same=url) for url in urls]
    return [Assignment(target=Target(path=place.shown, follow=True, remote=place)) for place in places]


def sent(pool: FakePool, coming: list[Assignment]) -> list[Assignment]:
    """Sends the entries, which come back in order, and returns those that were sent again."""
    internal: list[str] = []
    dispatch = Dispatch(pool, packed(Setup()), count=1, entries=len(coming), timeout=LIMIT, internal=internal)
    paths = [finished.path for finished in dispatch.run(coming)]
    assert internal == []
    assert paths == [given.target.path for given in coming]
    seen: set[str] = set()
    again = []
    for every in pool.sent:
        again += [given for given in every if given.target.path in seen]
        seen |= {given.target.path for given in every}
    return again


def test_quick_entries_go_in_groups_and_come_back_in_order() -> None:
    pool = FakePool()
    assert sent(pool, entries(100)) == []
    assert max(pool.sizes) > 1
    assert sum(pool.sizes) == 100


def test_slow_entries_go_alone() -> None:
    pool = FakePool(seconds=SLOW)
    sent(pool, entries(100))
    assert pool.sizes == [1] * 100


def test_few_entries_and_the_last_of_many_go_alone() -> None:
    few, many = FakePool(), FakePool()
    sent(few, entries(7))
    sent(many, entries(100))
    assert few.sizes == [1] * 7
    assert many.sizes[-4:] == [1] * 4


def test_remote_entries_go_alone() -> None:
    pool = FakePool()
    sent(pool, [*entries(40), *remote(20), *entries(40, name="later ")])
    assert all(len(every) == 1 for every in pool.sent for given in every if given.target.remote is not None)
    assert max(pool.sizes) > 1


def test_a_task_has_at_most_as_many_entries_as_it_may() -> None:
    pool = FakePool(together=1)
    sent(pool, entries(100))
    assert pool.sizes == [1] * 100


def test_entries_of_a_group_that_were_not_begun_are_sent_again() -> None:
    def first(every: list[Assignment]) -> list[Finished]:
        return [Finished(path=every[0].target.path, seconds=QUICK)]

    pool = FakePool(group=first)
    assert sent(pool, entries(100))
    assert len(pool.sizes) == 100


def test_the_deadline_of_a_group_is_that_of_one_entry() -> None:
    pool = FakePool()
    sent(pool, entries(100))
    assert len(set(pool.deadlines)) == 1


def lost(number: int | None, stage: int | None, kind: type[Exception] = ProcessExpired) -> Callable[[Any], Any]:
    """What a pool does with each task if workers are lost to the entry of that number."""

    def lose(_every: list[Assignment]) -> list[Finished]:
        error = kind("lost")
        error.number, error.stage = number, stage  # type: ignore[attr-defined] # as pools note it
        raise error

    return lose


def test_a_lost_group_s_entries_are_sent_alone_and_only_one_without_the_stage_of_the_loss() -> None:
    stage = stage_of("mediainfo")
    pool = FakePool(group=lost(1, stage))
    again = sent(pool, entries(100))
    groups = [every for every in pool.sent if len(every) > 1]
    blamed = [given.target.path for given in again if given.lost]
    assert sorted(blamed) == sorted(every[1].target.path for every in groups)
    assert all(list(given.lost) == [stage] for given in again if given.lost)
    assert len(again) == sum(map(len, groups)) == sum(pool.sizes) - 100
    assert len(pool.sizes) == len(groups) + 100


@pytest.mark.parametrize(
    "fate",
    [
        lost(None, None),
        lost(1, OPENING),
        lost(1, stage_of("mediainfo"), BrokenExecutor),
        lost(1, stage_of("mediainfo"), TimeoutError),
    ],
    ids=["unknown", "opening", "broken pool", "deadline"],
)
def test_a_lost_group_s_entries_are_sent_alone_as_they_were(fate: Callable[[Any], Any]) -> None:
    pool = FakePool(group=fate)
    again = sent(pool, entries(100))
    groups = [size for size in pool.sizes if size > 1]
    assert len(again) == sum(groups) == sum(pool.sizes) - 100
    assert len(pool.sizes) == len(groups) + 100
    assert not any(given.lost for given in again)


@pytest.mark.parametrize("coming", [entries(1), remote(1)], ids=["local", "remote"])
@pytest.mark.parametrize("timed", [True, False], ids=["stages have limits", "only tasks have"])
def test_a_deadline_that_is_missed_for_no_known_reason_is_nobody_s_fault_once(
    coming: list[Assignment], timed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker whose death pebble overlooked, or a machine that slept. Of remote entries the task's limit is the only one."""
    monkeypatch.setattr(stages, "TIMED", timed)
    stage = stage_of("mediainfo")
    fate = lost(0, stage, TimeoutError)
    pool = FakePool(alone=lambda every: fate(every) if not every[0].lost else [Finished(path=every[0].target.path)])
    sent(pool, coming)
    spared = timed and coming[0].target.remote is None
    assert [list(given.lost) for (given,) in pool.sent] == [[]] * (2 if spared else 1) + [[stage]]


@pytest.mark.parametrize("kind", [ProcessExpired, TimeoutError, BrokenExecutor])
def test_an_entry_to_which_every_worker_is_lost_is_given_up(kind: type[Exception], tmp_path: Path) -> None:
    coming = [Assignment(target=Target(path=str(put(tmp_path / "film.mp4")), follow=True))]
    pool = FakePool(alone=lost(0, OPENING, kind))
    sent(pool, coming)
    assert len(pool.sent) < 7


def test_a_worker_begins_no_more_entries_when_the_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [Assignment(target=Target(path=str(put(tmp_path / f"{n}.mp4")), follow=True)) for n in range(3)]
    monkeypatch.setattr(tasks, "BRIEF", 3600.0)
    assert [done.path for done in tasks.check_entries(packed(Setup()), every)] == [e.target.path for e in every]
    monkeypatch.setattr(tasks, "BRIEF", -1.0)
    (done,) = tasks.check_entries(packed(Setup()), every)
    assert done.path == every[0].target.path
    assert done.seconds > 0
