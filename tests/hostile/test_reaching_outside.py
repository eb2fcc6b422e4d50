"""No file makes vidcheck open another one, call anybody or run anything: playlists and references named .mp4."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import cycle, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vidcheck
from tests.hostile import batch
from tests.hostile.traps import TRAPS, Bait
from tests.kit import needs_ffprobe, put, rules_text
from vidcheck.findings import Verdict
from vidcheck.witnesses import ffprobe, filesystem
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.workers.pool import Workers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify tells who opened the canary")

FORMS = sorted({demuxer: form for form, demuxer in ffprobe.DEMUXERS.items()}.values())
"""One format for each demuxer that ffprobe may be given."""


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    made = Bait(tmp_path)
    made.taken()
    yield made
    made.close()


def lay(folder: Path, kind: str, bait: Bait) -> list[Path]:
    """The trap with each way to name the bait."""
    rows = []
    for number, url in enumerate(bait.urls()):
        rows.append(folder / f"{kind.replace(' ', '-')}-{number}.mp4")
        rows[-1].write_bytes(TRAPS[kind].make(url, bait.port))
    return rows


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("kind", [kind for kind, trap in TRAPS.items() if trap.demuxer])
def test_the_trap_is_live_for_a_probe_that_walks_into_it(tmp_path: Path, bait: Bait, kind: str) -> None:
    demuxer = TRAPS[kind].demuxer
    leave = {
        "concat": ["-safe", "0"],
        "mov": ["-enable_drefs", "1", "-use_absolute_path", "1"],
        "hls": ["-allowed_extensions", "ALL"],
    }
    open_ = ["-protocol_whitelist", "file,http,tcp,crypto,data", "-f", demuxer, *leave.get(demuxer, ())]
    taken = set[str]()
    for path in lay(tmp_path, kind, bait)[:3]:
        now = set[str]()
        with subprocess.Popen(["ffprobe", "-v", "quiet", *open_, str(path)], stdin=subprocess.DEVNULL) as running:
            # who calls waits for an answer that never comes: until it ends or has called
            while running.poll() is None and "the port was called" not in now:
                now |= set(bait.taken())
            running.kill()
        taken |= now | set(bait.taken())
    assert "the canary was opened" in taken
    assert ("the port was called" in taken) is (demuxer != "mov")


@pytest.mark.parametrize("kind", TRAPS)
def test_no_witness_walks_into_it(workers: Workers, tmp_path: Path, bait: Bait, kind: str) -> None:
    paths = lay(tmp_path, kind, bait)
    seen = batch.run(workers, *paths, witness="all")
    assert bait.taken() == []
    assert seen.internal == []
    assert [report.verdict for report in seen.reports if report.verdict is Verdict.ELIGIBLE] == []
    assert [fault for fault in seen.faults() if "no answer" in fault] == []


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.parametrize("kind", [kind for kind, trap in TRAPS.items() if trap.demuxer])
def test_ffprobe_does_not_even_where_it_is_asked_by_force(tmp_path: Path, bait: Bait, kind: str) -> None:
    paths = lay(tmp_path, kind, bait)[:3]
    for path, form in [*zip(cycle(paths), FORMS), *zip(paths, repeat("mp4"))]:
        file, _ = filesystem.open_entry(str(path))
        with file:
            try:
                answer = ffprobe.look(file, str(path), form, 30.0)
            except CouldNotLookError as why:
                answer = str(why)
        assert "no answer" not in answer
    assert bait.taken() == []


# --- every call of the whole program ---

_CALL = re.compile(r"^(?P<call>\w+)\((?P<arguments>.*)\) = (?P<result>-?\d+)(?:<(?P<path>[^>]*)>)?")
_LIBRARIES = (
    "/usr/lib/",
    "/usr/local/lib/",
    "/lib/",
    "/lib64/",
    "/usr/share/zoneinfo/",
    "/usr/share/locale/",
    "/usr/lib64/",
)
_SYSTEM = re.compile(
    r"/etc/(ld\.so\.(cache|preload)|passwd|group|nsswitch\.conf|localtime|locale\.alias|timezone|default/locale)"
    r"|/usr/share/locale(/.*)?|/proc/(self|\d+)(/.*)?|/proc/(filesystems|meminfo|cpuinfo|stat|sys/.*)|/sys/(devices|fs)/.*"
    r"|/dev/(null|urandom|shm/.*|fd/\d+)|/etc/(ssl|OpenCL|drirc).*"
)  # fmt: skip


def traced(folder: Path) -> Iterator[re.Match[str]]:
    """Every call that was made, those that failed for want of a file left out."""
    for log in sorted(folder.iterdir()):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _CALL.match(line)
            if found and not (found["result"] == "-1" and "ENOENT" in line):
                yield found


@pytest.mark.slow
@needs_ffprobe
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_whole_run_opens_its_entries_and_its_libraries_and_nothing_else(tmp_path: Path, bait: Bait) -> None:
    entries, logs, home = tmp_path / "in", tmp_path / "logs", tmp_path / "home"
    for folder in (entries, logs, home):
        folder.mkdir()
    (home / "canary").write_text("a secret")
    paths = [path for kind in TRAPS for path in lay(entries, kind, bait)]
    paths.append(put(entries / "good.mp4"))
    for sibling in ("good.srt", "good.xml", "good.mp4.idx", "canary.txt"):
        (entries / sibling).write_text("a sibling that is no entry")
    (tmp_path / "rules.yaml").write_text(rules_text(batch.RULES))
    with tempfile.TemporaryDirectory(prefix="v") as temporary:  # a socket's path may be 107 bytes long at the most
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": temporary, "LANG": "C.UTF-8",
                       "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}  # fmt: skip
        done = subprocess.run(
            ["strace", "-ff", "-qq", "-y", "-s", "300", "-o", str(logs / "t"),
             "-e", "trace=open,openat,openat2,creat,connect,sendto,execve,socket",
             sys.executable, "-m", "vidcheck", "check", "in", "--witness", "all", "-j", "1", "--report", "json:out.json"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        house = str(Path(vidcheck.__file__).parent)
        libraries = [path for path in sys.path if path and Path(path) not in tmp_path.parents]
        mine = tuple(os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, house, temporary, *libraries))
        may = {
            str(path) for path in (*paths, entries, tmp_path, tmp_path / "rules.yaml", Path(house).parent, *sys.path)
        }
        opened, called, ran = set[str](), set[str](), set[str]()
        for row in traced(logs):
            if row["call"].startswith(("open", "creat")) and row["path"] and int(row["result"]) >= 0:
                opened.add(row["path"].removesuffix("(deleted)"))
            elif row["call"] in {"connect", "sendto"} and "AF_" in row["arguments"]:
                called.add(re.findall(r"AF_\w+", row["arguments"])[0])
            elif row["call"] == "socket" and int(row["result"]) >= 0:
                called.add(row["arguments"].split(",")[0])
            elif row["call"] == "execve" and row["result"] == "0":
                ran.add(Path(row["arguments"].split('"')[1]).name)
    assert bait.taken() == []
    assert {str(path) for path in paths} <= opened, "the trace misses what was opened"
    strange = {
        path for path in opened - may
        if not path.startswith((*mine, *_LIBRARIES, f"{tmp_path}/.out.json.", f"{home}/.cache/vidcheck")) and not _SYSTEM.fullmatch(path)
    }  # fmt: skip
    assert strange == set()
    assert called == {"AF_UNIX"}
    assert ran == {Path(sys.executable).name, "ffprobe"}
