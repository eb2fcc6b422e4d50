"""Every preset passes one clip made for it, and fails one that breaks a single figure on purpose."""

from __future__ import annotations

import os
from datetime import datetime
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.clips import sparse, surgery, tables
from tests.kit import MAC_EPOCH, Run
from tests.thorough import some
from vidcheck.facts import Entry
from vidcheck.findings import Outcome, Verdict
from vidcheck.quantities import RESOLUTION
from vidcheck.rules.reader import load_rules
from vidcheck.rules.sources import preset_names
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import Target

if TYPE_CHECKING:
    from vidcheck.workers.pool import Workers

DATA: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "presets.yaml").read_text(encoding="utf-8"))


def make(path: Path, facts: dict[str, Any]) -> Path:
    """A file with these facts, by byte surgery."""
    data = surgery.clip()
    if facts.get("audio.count") == 0:
        data = surgery.remove_track(data, "soun")
    if "resolution" in facts:
        size = RESOLUTION.read(facts["resolution"])
        data = surgery.set_stored_size(data, size.width, size.height)
    if "video.frame-rate" in facts:
        data = surgery.set_frame_rate(data, Fraction(facts["video.frame-rate"]))
    if "duration" in facts:
        data = surgery.set_duration(data, Fraction(str(facts["duration"])))
    if "created" in facts:
        data = surgery.set_creation_time(data, MAC_EPOCH + int(datetime.fromisoformat(facts["created"]).timestamp()))
    seconds = Fraction(str(facts.get("duration", 180)))
    if "audio.bit-rate" in facts:
        data = pad_sounds(data, facts["audio.bit-rate"], seconds)
    if "video.bit-rate" in facts:
        grown = int(facts["video.bit-rate"] * seconds / 8) - pictured(data)
        sparse.grow_mdat(path, data, len(data) + grown)
        gap = facts["size"] - len(data) - grown
        with path.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(gap.to_bytes(4) + b"free")
            file.truncate(facts["size"])
    else:
        sparse.write_sparse(path, data, facts["size"])
    return path


def pictured(data: bytes) -> int:
    """The bytes of all pictures."""
    return sum(each.size for chunk in tables.read_chunks(data, surgery.track(data, "vide")) for each in chunk.samples)


def pad_sounds(data: bytes, rate: int, seconds: Fraction) -> bytes:
    """Makes every packet of sound so large that the track has that rate: zeros follow what a decoder reads."""
    track, mdat = surgery.track(data, "soun"), surgery.find(data, "mdat")
    packets = []
    for chunk in tables.read_chunks(data, track):
        starts = accumulate((each.size for each in chunk.samples), initial=chunk.offset)
        packets += [data[at : at + each.size] for each, at in zip(chunk.samples, starts, strict=False)]
    each = int(rate * seconds / 8 / len(packets))
    sound = b"".join(packet.ljust(each, b"\0") for packet in packets)
    samples = tuple(tables.Sample(size=each, sync=True) for _ in packets)
    stts = surgery.contents(data, f"{track}/mdia/minf/stbl/stts")
    runs = [(int.from_bytes(stts[at : at + 4]), int.from_bytes(stts[at + 4 : at + 8])) for at in range(8, len(stts), 8)]
    data = surgery.splice(data, mdat.end, mdat.end, sound, (mdat,))
    return tables.write_tables(data, track, [tables.Chunk(offset=mdat.end, samples=samples)], runs)


def failed(name: str, path: Path, workers: Workers) -> tuple[Verdict, set[str], str]:
    run = Run(rules=load_rules(name), workers=workers, policy=Policy.AUTO)
    (report,) = run.reports([Target(path=str(path), follow=True)])
    assert report.entry == Entry(path=str(path))
    told = "; ".join(f.message.render("en") for f in report.findings if f.outcome in {Outcome.FAIL, Outcome.UNKNOWN})
    return report.verdict, {finding.rule for finding in report.failed}, told


def test_every_preset_is_tried() -> None:
    assert set(DATA) == set(preset_names())


@pytest.mark.slow
@pytest.mark.parametrize("name", DATA)
def test_a_clip_made_for_the_call_passes(name: str, tmp_path: Path, workers: Workers) -> None:
    verdict, rules, told = failed(name, make(tmp_path / "entry.mp4", DATA[name]["pass"]), workers)
    assert (verdict, rules) == (Verdict.ELIGIBLE, set()), told


@pytest.mark.parametrize("name", some(DATA))
def test_a_clip_that_breaks_one_figure_fails_by_that_rule(name: str, tmp_path: Path, workers: Workers) -> None:
    facts = DATA[name]["pass"] | DATA[name]["fail"]
    verdict, rules, told = failed(name, make(tmp_path / "entry.mp4", facts), workers)
    assert (verdict, rules) == (Verdict.INELIGIBLE, set(DATA[name]["fails"])), told
