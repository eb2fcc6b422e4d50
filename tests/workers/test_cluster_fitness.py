"""What a cluster must be, and what its machines may differ in: no scheduler is needed to tell."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.run import vidcheck
from tests.kit import Run, put
from vidcheck import __version__
from vidcheck.rules.reader import read_rules
from vidcheck.session import work
from vidcheck.session.messages import Assignment, Policy, Setup
from vidcheck.sources.targets import Target, find
from vidcheck.texts import Plain
from vidcheck.witnesses import filesystem
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.workers.protocol import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONE = {"vidcheck": __version__, "mediainfo": "24.12", "ffprobe": "5.1"}


def test_workers_with_different_versions_of_a_tool_are_told() -> None:
    from vidcheck.workers.cluster import agreed

    assert agreed({"tcp://a:1": ONE, "tcp://b:1": ONE}) == ONE
    assert agreed({"tcp://a:1": ONE, "tcp://b:1": ONE | {"mediainfo": "24.06"}}) == ONE | {"mediainfo": "24.06, 24.12"}


def test_workers_with_different_versions_of_ffmpeg_are_told_and_one_without_may_stay() -> None:
    from vidcheck.workers.cluster import agreed

    assert agreed({"tcp://a:1": ONE | {"ffmpeg": "5.1"}, "tcp://b:1": ONE | {"ffmpeg": "9.0"}})["ffmpeg"] == "5.1, 9.0"
    assert "ffmpeg" not in agreed({"tcp://a:1": ONE | {"ffmpeg": "5.1"}, "tcp://b:1": ONE})


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (ModuleNotFoundError("No module named 'vidcheck'"), "vidcheck is not installed on the worker tcp://b:1"),
        (OSError("gone"), "the worker tcp://b:1 can't do the work: gone"),
        (ONE | {"vidcheck": "0.0.1"}, "the worker tcp://b:1 has vidcheck 0.0.1"),
        ({name: one for name, one in ONE.items() if name != "ffprobe"}, "the worker tcp://b:1 has no ffprobe"),
    ],
    ids=["no vidcheck", "an error", "another vidcheck", "no ffprobe"],
)
def test_workers_that_can_not_work_together_are_refused(other: Any, words: str) -> None:
    from vidcheck.workers.cluster import agreed

    with pytest.raises(StoppedError, match=words):
        agreed({"tcp://a:1": ONE, "tcp://b:1": other})


class Here:
    """A pool that does the work at once, and each time on a machine that numbers devices for itself."""

    together = 1

    def __init__(self, device: int) -> None:
        self._device = device

    def submit(self, function: Callable[..., Any], *args: Any, deadline: float, place: str = "") -> Future[Any]:  # noqa: ARG002 - nothing here is remote
        self._device += 1
        future: Future[Any] = Future()
        assert deadline
        seen = function(*args)
        future.set_result(seen._replace(identity=(self._device, *seen.identity[1:])))
        return future

    def versions(self) -> dict[str, str]:
        return {}

    def programs(self) -> dict[str, str]:
        return {"ffprobe": ""}

    def stop(self) -> None:
        pass


def test_another_number_of_the_device_does_not_make_another_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / f"{name}.mp4")
    sound = read_rules(b"vidcheck: 1\nrules: {format: {is: mp4}}\nbatch: {same: {unique: checksum}}")
    run = Run(rules=sound, workers=Here(0), policy=Policy.MEDIAINFO)
    reports = list(run.reports(find([str(tmp_path)]).targets))
    told = [report.findings[-1].message.render("en") for report in reports]
    assert len(told) == 2
    assert not [text for text in told if "still being written" in text]
    assert len(run.batch) == 1


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("a.mp4", "{here}/a.mp4"),
        ("./a.mp4", "{here}/./a.mp4"),
        ("link/../a.mp4", "{here}/link/../a.mp4"),
        ("\udcff.mp4", "{here}/\udcff.mp4"),
        ("/elsewhere/a.mp4", "/elsewhere/a.mp4"),
    ],
)
def test_a_file_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, sent: str
) -> None:
    seen: list[str] = []

    def open_entry(path: str, *, follow: bool) -> Any:
        assert follow
        seen.append(path)
        raise CouldNotLookError(Plain("not here"))

    monkeypatch.setattr(filesystem, "open_entry", open_entry)
    assignment = Assignment(target=Target(path=given, follow=True), base=str(tmp_path))
    work.check_entry(work.Prepared(Setup()), assignment)
    assert seen == [sent.format(here=tmp_path)]


def test_without_the_extra_one_line_names_the_command_that_installs_it(tmp_path: Path) -> None:
    put(tmp_path / "entry.mp4")
    code = "import sys; sys.modules['distributed'] = None; from vidcheck.cli import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "entry.mp4", "--cluster", "tcp://127.0.0.1:1"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == 'vidcheck: --cluster needs a library that is not installed: pip install "vidcheck[cluster]"\n'


def test_a_cluster_and_workers_of_this_machine_exclude_each_other(tmp_path: Path) -> None:
    put(tmp_path / "entry.mp4")
    done = vidcheck("check", "entry.mp4", "--cluster", "tcp://127.0.0.1:1", "-j", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "a cluster has its own workers" in done.stderr
