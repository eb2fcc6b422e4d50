"""When a clip was made, how long it lasts, how fast its pictures go: written where every reader looks.

Clauses in brackets are those of ISO/IEC 14496-12.
"""

from fractions import Fraction
from struct import pack, unpack_from

from tests.clips.headers import (
    place,
    read_duration,
    set_version,
    timescale,
    track,
    write_duration,
)
from tests.clips.tables import repeat_chunks, write_tables
from tests.clips.tree import (
    SurgeryError,
    box,
    contents,
    find_all,
    full_box,
    patch,
    put_box,
)


def set_creation_time(
    data: bytes, raw: int, *, where: tuple[str, ...] = ("mvhd", "tkhd", "mdhd"), version: int | None = None
) -> bytes:
    """Write creation and modification time into mvhd, every tkhd and every mdhd [8.2.2, 8.3.2, 8.4.2].

    `raw` is what stands in the file: by the standard seconds since 1904-01-01T00:00Z. `version` 1 turns the
    boxes into those with 64-bit times and durations first, 0 back; without it each box stays as it is.
    """
    paths = ["moov/mvhd"]
    for number in range(len(find_all(data, "moov/trak"))):
        paths += [f"moov/trak[{number}]/tkhd", f"moov/trak[{number}]/mdia/mdhd"]
    for path in paths:
        kind = path.rpartition("/")[2]
        if kind not in where:
            continue
        if version is not None:
            data = set_version(data, path, version)
        wide = contents(data, path)[0] == 1
        if not 0 <= raw < (1 << 64 if wide else 1 << 32):
            raise SurgeryError(f"{path}: {raw} seconds do not fit")
        data = patch(data, path, 12, pack(">QQ" if wide else ">II", raw, raw))
    return data


def set_duration(data: bytes, seconds: Fraction) -> bytes:
    """Make picture and sound last `seconds`, at their own rates, so that every reader agrees.

    Samples are copied to the end of the media, or dropped in the tables alone: a longer clip shows its pictures
    again. What doesn't fit whole pictures goes into the last one's duration. The movie's clock
    (`mvhd` timescale, 1000 in the clip) sets the grain: SurgeryError for a finer duration.
    """
    clock = timescale(data, "moov/mvhd")
    ticks = seconds * clock
    if ticks.denominator != 1 or ticks <= 0:
        raise SurgeryError(f"{seconds} s is no whole number of {clock}ths of a second")
    for number in range(len(find_all(data, "moov/trak"))):
        path = f"moov/trak[{number}]"
        delta = unpack_from(">I", contents(data, f"{path}/mdia/minf/stbl/stts"), 12)[0]
        data = _retime(data, path, seconds, timescale(data, f"{path}/mdia/mdhd"), delta)
    return write_duration(data, "moov/mvhd", ticks.numerator)


def set_frame_rate(data: bytes, rate: Fraction) -> bytes:
    """Show the picture at `rate` pictures a second for as long as before; the sound stays."""
    path = track(data, "vide")
    if contents(data, f"{path}/edts/elst")[12:16] != bytes(4):
        raise SurgeryError("the picture does not begin at its first sample")
    lasts = Fraction(read_duration(data, f"{path}/tkhd"), timescale(data, "moov/mvhd"))
    data = patch(data, f"{path}/mdia/mdhd", place(data, f"{path}/mdia/mdhd") - 4, pack(">I", rate.numerator))
    return _retime(data, path, lasts, rate.numerator, rate.denominator)


def add_edit_list(data: bytes, handler: str, edits: tuple[tuple[Fraction, Fraction | None], ...]) -> bytes:
    """Give a track the edit list [8.6.6] `edits`: pairs of seconds, how long and from which media time.

    From None shows nothing for so long (a delay). A track's duration becomes the sum, the movie's the longest
    track's, as the standard asks [8.3.2, 8.2.2].
    """
    path = track(data, handler)
    clock, scale = timescale(data, "moov/mvhd"), timescale(data, f"{path}/mdia/mdhd")
    ticks = [round(length * clock) for length, _ in edits]
    starts = [-1 if start is None else round(start * scale) for _, start in edits]
    lines = [pack(">Iihh", length, start, 1, 0) for length, start in zip(ticks, starts, strict=True)]
    new = box("edts", full_box("elst", 0, 0, pack(">I", len(lines)), *lines))
    data = put_box(data, path, new, 1)
    data = write_duration(data, f"{path}/tkhd", sum(ticks))
    tracks = range(len(find_all(data, "moov/trak")))
    return write_duration(data, "moov/mvhd", max(read_duration(data, f"moov/trak[{each}]/tkhd") for each in tracks))


def set_composition_offsets(
    data: bytes,
    handler: str,
    runs: tuple[tuple[int, Fraction], ...],
    *,
    version: int = 1,
    shift: Fraction | None = None,
) -> bytes:
    """Show a track's samples later than they are decoded [8.6.1.3]: runs of how many, and by how many seconds.

    Negative offsets need `version` 1; in version 0 they come out as the figures near 2^32 that careless writers leave.
    With `shift` a `cslg` [8.6.1.4] says by how much all must be moved so that none is shown before it is decoded.
    """
    path = track(data, handler)
    scale = timescale(data, f"{path}/mdia/mdhd")
    ticks = [(number, round(offset * scale)) for number, offset in runs]
    form = ">Ii" if version else ">II"
    lines = [pack(form, number, offset if version else offset % (1 << 32)) for number, offset in ticks]
    data = put_box(data, f"{path}/mdia/minf/stbl", full_box("ctts", version, 0, pack(">I", len(lines)), *lines))
    if shift is None:
        return data
    offsets = [offset for _, offset in ticks]
    end = read_duration(data, f"{path}/mdia/mdhd") + offsets[-1]
    fields = (round(shift * scale), min(offsets), max(offsets), offsets[0], end)
    return put_box(data, f"{path}/mdia/minf/stbl", full_box("cslg", 0, 0, pack(">5i", *fields)))


def _retime(data: bytes, path: str, seconds: Fraction, scale: int, delta: int) -> bytes:
    """Make one track last `seconds` with samples of `delta` ticks, `scale` ticks a second."""
    skipped = 0  # what the edit list leaves out at the front: the encoder's priming
    if find_all(data, f"{path}/edts/elst"):
        skipped = max(0, unpack_from(">i", contents(data, f"{path}/edts/elst"), 12)[0])
    lasts = round(seconds * scale)
    number = max(1, (lasts + skipped) // delta)
    rest = lasts + skipped - number * delta
    # The last picture stays on for longer; a packet of sound is whole, and the edit list ends it.
    if rest and find_all(data, f"{path}/mdia/minf/smhd"):
        number, rest = number + 1, 0
    data, chunks = repeat_chunks(data, path, number)
    runs = [(number - 1, delta), (1, delta + rest)] if rest else [(number, delta)]
    data = write_tables(data, path, chunks, [run for run in runs if run[0]])
    movie = round(seconds * timescale(data, "moov/mvhd"))
    data = write_duration(data, f"{path}/mdia/mdhd", number * delta + rest)
    data = write_duration(data, f"{path}/tkhd", movie)
    if find_all(data, f"{path}/edts/elst"):
        data = patch(data, f"{path}/edts/elst", 16, pack(">I", movie))
    return data
