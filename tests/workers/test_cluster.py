from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import COMMAND, vidcheck
from tests.cli.test_formats import PIPE, SAMPLES, hostile, write
from tests.cli.test_formats import RULES as VARIED
from tests.clips import surgery
from tests.kit import Run, put, rules_text
from tests.workers.misbehaving import misbehaves, poisons
from vidcheck import __version__
from vidcheck.findings import Report, Verdict
from vidcheck.reports import json as as_json
from vidcheck.rules.reader import read_rules
from vidcheck.rules.summary import summarise
from vidcheck.session import tasks
from vidcheck.session.messages import Assignment, Finished, Policy, Setup, packed
from vidcheck.sources.targets import find
from vidcheck.workers.protocol import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from distributed import LocalCluster

    from vidcheck.workers.cluster import Cluster
    from vidcheck.workers.pool import Workers
    from vidcheck.workers.protocol import Pool

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the poisons find their Dask worker in /proc"),
    # a worker that is killed leaves the connections that others had to it
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
RULES = "format: {is: mp4}\nduration: {max: 5 min}\nintact: {is: yes}"


@pytest.fixture
def cluster(dask: LocalCluster) -> Iterator[Cluster]:
    from vidcheck.workers.cluster import Cluster

    ask(dask, os.getpid)  # one that a test before killed has come back
    joined = Cluster(dask.scheduler_address)
    yield joined
    joined.stop()


class Swapped:
    """A pool whose workers run another function than `check_entry`, for each entry alone."""

    together = 1

    def __init__(self, pool: Pool, function: Callable[..., Finished]) -> None:
        self._pool = pool
        self._function = function

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:
        wanted = self._function if function is tasks.check_entry else function
        return self._pool.submit(wanted, *args, deadline=deadline, place=place)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


def whole(pool: Pool, folder: Path, count: int, *, timeout: float = 30.0) -> tuple[bytes, Run]:
    """The JSON report on a folder."""
    rules = read_rules(rules_text(RULES).encode(), "rules.yaml")
    run = Run(rules=rules, workers=pool, policy=Policy.MEDIAINFO, timeout=timeout, count=count)
    entries = tuple(run.reports(find([str(folder)]).targets))
    return as_json.render(Report(tool=pool.versions(), rules=summarise(rules), entries=entries), "en"), run


def fill(folder: Path, *names: str) -> Path:
    clip = surgery.clip()
    for name in names:
        put(folder / f"{name}.mp4", clip)
    return folder


def ask(dask: LocalCluster, function: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """What a function comes to on every worker."""
    from distributed import Client

    with Client(dask, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        told: dict[str, Any] = client.run(function, *args)
        return told


def test_a_cluster_tells_byte_for_byte_what_one_machine_tells(dask: LocalCluster, tmp_path: Path) -> None:
    for name, sample in {**SAMPLES, **dict(list(hostile())[::2])}.items():
        write(tmp_path / "in" / name, sample)
    (tmp_path / os.fsdecode(b"in/no-encoding-\xff\xfe.mp4")).write_bytes(surgery.clip())
    os.mkfifo(tmp_path / "in" / PIPE)
    (tmp_path / "in" / "link.mp4").symlink_to("good.mp4")
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "behind").symlink_to("elsewhere/deep")
    put(tmp_path / "elsewhere" / "up.mp4")
    (tmp_path / "named.mp4").symlink_to("in/long.mp4")
    (tmp_path / "rules.yaml").write_text(rules_text(VARIED), encoding="utf-8")
    entries = ["in", "behind/../up.mp4", "named.mp4", "./in/good.mp4", str(tmp_path / "elsewhere/up.mp4")]
    done = [
        vidcheck(
            "check", *entries, "--report", f"json:{name}.json", "--report", f"jsonl:{name}.jsonl", *more, cwd=tmp_path
        )
        for name, more in {"here": [], "there": ["--cluster", dask.scheduler_address]}.items()
    ]
    here, there = done
    assert there.stderr == ""
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
    assert (tmp_path / "there.json").read_bytes() == (tmp_path / "here.json").read_bytes()
    assert (tmp_path / "there.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    assert len(json.loads((tmp_path / "there.json").read_bytes())["entries"]) > 60


def test_a_library_that_hangs_or_crashes_there_is_the_same_fault_as_here(
    cluster: Cluster, workers: Workers, tmp_path: Path
) -> None:
    bad = ("hangs", "crashes", "leaves", "eats", "raises")
    fill(tmp_path, *(f"{at:02d}-{name}" for at, name in enumerate(("good", *bad, *["good"] * 20))))
    (here, one), (there, other) = (
        whole(Swapped(pool, misbehaves), tmp_path, count, timeout=5.0)
        for pool, count in ((workers, 1), (cluster, cluster.count))
    )
    assert there == here
    assert other.internal == one.internal
    entries = json.loads(there)["entries"]
    told = {entry["path"].rpartition("-")[2]: entry["faults"] for entry in entries}
    assert told["good.mp4"] == []
    assert "no answer in 5 s" in told["hangs.mp4"][0]["message"]
    assert "it crashed (SIGSEGV)" in told["crashes.mp4"][0]["message"]
    assert "it crashed (exit code 3)" in told["leaves.mp4"][0]["message"]
    assert "memory" in told["eats.mp4"][0]["message"]


def test_the_time_of_an_order_counts_from_when_it_begins(cluster: Cluster, tmp_path: Path) -> None:
    fill(tmp_path, *(f"{at:02d}-{'good' if at % 2 else 'hangs'}" for at in range(8)))
    there, _ = whole(Swapped(cluster, misbehaves), tmp_path, cluster.count, timeout=5.0)
    for entry in json.loads(there)["entries"]:
        assert bool(entry["faults"]) == ("hangs" in entry["path"]), entry


def test_nothing_is_lost_with_a_worker_that_is_killed_in_the_middle(
    dask: LocalCluster, cluster: Cluster, workers: Workers, tmp_path: Path
) -> None:
    fill(tmp_path, *(f"{at:03d}" for at in range(300)))
    rules = read_rules(rules_text(RULES).encode(), "rules.yaml")
    run = Run(rules=rules, workers=cluster, policy=Policy.MEDIAINFO, count=cluster.count)
    reports = run.reports(find([str(tmp_path)]).targets)
    entries = [next(reports)]
    before = ask(dask, os.getpid)
    os.kill(next(iter(before.values())), signal.SIGKILL)
    entries += reports
    assert [entry.verdict for entry in entries] == [Verdict.ELIGIBLE] * 300
    assert [entry.faults for entry in entries] == [()] * 300
    here, _ = whole(workers, tmp_path, 1)
    there = as_json.render(Report(tool=cluster.versions(), rules=summarise(rules), entries=tuple(entries)), "en")
    assert there == here
    assert set(ask(dask, os.getpid).values()) != set(before.values())


def test_a_poisonous_file_is_given_up_after_its_second_death_and_takes_nobody_along(
    cluster: Cluster, tmp_path: Path
) -> None:
    names = [f"{at:03d}" for at in range(60)]
    names[20], names[40] = "020-poison", "040-poison"
    fill(tmp_path, *names)
    there, run = whole(Swapped(cluster, poisons), tmp_path, cluster.count)
    entries = json.loads(there)["entries"]
    assert len(entries) == 60
    bad = [entry for entry in entries if "-poison.mp4" in entry["path"]]
    assert [entry["verdict"] for entry in bad] == ["review"] * 2
    assert [entry["faults"] for entry in bad] == [
        [{"witness": "filesystem", "message": "its worker was lost time and again"}]
    ] * 2
    assert {entry["verdict"] for entry in entries if entry not in bad} == {"eligible"}
    assert [entry for entry in entries if entry not in bad and entry["faults"]] == []
    assert [len(deaths.read_text()) for deaths in sorted(tmp_path.glob("*.deaths"))] == [2, 2]
    assert run.internal == []


def test_work_goes_in_batches_and_what_is_under_way_is_bounded(cluster: Cluster, tmp_path: Path) -> None:
    fill(tmp_path, "entry")
    (target,) = find([str(tmp_path)]).targets
    given = Assignment(target=target)
    answers = []
    with cluster._lock:  # what waits meanwhile is to go in batches, however quick the workers are
        for _ in range(400):
            answers.append(cluster.submit(tasks.check_entry, packed(Setup()), given, deadline=30.0))
            assert len(cluster._out) <= 4
    wait(answers)
    assert len({answer.result().identity for answer in answers}) == 1
    assert cluster._sent < 60


def test_a_scheduler_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    fill(tmp_path, "entry")
    done = vidcheck("check", "entry.mp4", "--cluster", "tcp://127.0.0.1:1", "--report", "json:r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("vidcheck: there is no Dask scheduler at tcp://127.0.0.1:1: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize("address", ["nonsense", "xyz://127.0.0.1:1", "tcp://127.0.0.1", ""])
def test_an_address_that_is_none_is_one_line_and_exit_code_2(tmp_path: Path, address: str) -> None:
    fill(tmp_path, "entry")
    done = vidcheck("check", "entry.mp4", "--cluster", address, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("vidcheck: there is no Dask scheduler at ")
    assert done.stderr.count("\n") == 1


def test_a_scheduler_without_workers_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    from distributed import LocalCluster

    fill(tmp_path, "entry")
    with LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=100) as empty:
        done = vidcheck("check", "entry.mp4", "--cluster", empty.scheduler_address, cwd=tmp_path)
        assert done.stderr == f"vidcheck: the Dask scheduler at {empty.scheduler_address} has no workers\n"
    assert done.returncode == 2


def started(tmp_path: Path, address: str) -> subprocess.Popen[bytes]:
    """A run over many entries of which the first has been told."""
    folder = tmp_path / "in"
    folder.mkdir()
    fill(folder, *(f"{at:03d}" for at in range(600)))
    (tmp_path / "rules.yaml").write_text(rules_text(RULES))
    command = [*COMMAND, "check", "in", "-q", "--report", "jsonl:-", "--witness", "mediainfo", "--cluster", address]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.readline()
    assert b"in/000.mp4" in run.stdout.readline()
    return run


def test_a_scheduler_lost_in_the_middle_leaves_an_incomplete_report_and_exit_code_4(tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=100
    ) as mortal:
        run = started(tmp_path, mortal.scheduler_address)
    out, errors = run.communicate(timeout=60)
    assert errors.decode().splitlines() == ["vidcheck: the connection to the Dask scheduler was lost"]
    assert run.returncode == 4
    assert json.loads(out.splitlines()[-1])["incomplete"] is True


def test_ctrl_c_ends_the_run_and_takes_its_work_back(dask: LocalCluster, tmp_path: Path) -> None:
    run = started(tmp_path, dask.scheduler_address)
    run.send_signal(signal.SIGINT)
    out, errors = run.communicate(timeout=60)
    assert (run.returncode, errors) == (130, b"")
    assert json.loads(out.splitlines()[-1])["incomplete"] is True
    scheduler: Any = dask.scheduler
    while scheduler.tasks:
        ask(dask, os.getpid)
    while any(ask(dask, busy).values()):
        pass


def mute(times: int) -> None:
    """Lets a worker reach the scheduler's marks no sooner than after so many tries."""
    import distributed

    dask: Any = distributed
    usual = dask.Event

    def late(name: str) -> Any:
        if dask.Event.left > 0:
            dask.Event.left -= 1
            raise RuntimeError("Cannot change state of expiring Timeout")
        return usual(name)

    dask.Event = late
    dask.Event.left, dask.Event.usual = times, usual


def plain() -> int:
    """Undoes it, and says how many tries were left."""
    import distributed

    dask: Any = distributed
    event, dask.Event = dask.Event, dask.Event.usual
    left: int = event.left
    return left


def test_what_a_worker_brings_back_because_it_can_not_reach_the_scheduler_is_done_again(
    dask: LocalCluster, cluster: Cluster, tmp_path: Path
) -> None:
    fill(tmp_path, *(f"{at:03d}" for at in range(8)))
    ask(dask, mute, 2)
    try:
        told, run = whole(cluster, tmp_path, cluster.count)
    finally:
        left = ask(dask, plain)
    assert set(left.values()) != {2}
    assert [entry["verdict"] for entry in json.loads(told)["entries"]] == ["eligible"] * 8
    assert run.internal == []


def busy(dask_worker: Any) -> int:
    """How many tasks run on a worker."""
    return len(dask_worker.state.executing)


def another(version: str) -> str:
    """Makes a worker believe that it has another vidcheck, and tells what it had."""
    from vidcheck.workers import cluster_batches

    had = cluster_batches._started[0].tools
    cluster_batches._started[0].tools = had | {"vidcheck": version}
    return had["vidcheck"]


def test_workers_with_another_vidcheck_are_refused_before_and_in_the_middle(
    dask: LocalCluster, cluster: Cluster, tmp_path: Path
) -> None:
    from vidcheck.workers.cluster import Cluster

    fill(tmp_path, "entry")
    try:
        assert set(ask(dask, another, "0.0.1").values()) == {__version__}
        with pytest.raises(StoppedError, match=f"has vidcheck 0.0.1, and this is {__version__}"):
            Cluster(dask.scheduler_address)
        with pytest.raises(StoppedError, match=f"has vidcheck 0.0.1, and this is {__version__}"):
            whole(cluster, tmp_path, cluster.count)
    finally:
        ask(dask, another, __version__)
