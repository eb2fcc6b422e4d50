"""The words in pictures: which characters tell a script, which pictures are read, and forty films that are read."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.witnesses.content.films import looked_at, make, moving, needs_content
from vidcheck import ffmpeg
from vidcheck.cli import build as application
from vidcheck.facts import Depth, Picture, State
from vidcheck.texts import Plain, say
from vidcheck.witnesses.content import helper, scripts, words
from vidcheck.witnesses.content.run import Limits
from vidcheck.witnesses.content.samples import Samples, Still
from vidcheck.witnesses.errors import CouldNotLookError
from vidcheck.witnesses.evidence import Teller

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Fact

SIMPLIFIED = [
    "我们来到这个村庄了解农业发展",
    "科学家们对这种现象进行研究",
    "从实验结果可以看出温度变化",
    "感谢您观看本节目再见",
]
TRADITIONAL = [
    "我們來到這個村莊瞭解農業發展",
    "科學家們對這種現象進行研究",
    "從實驗結果可以看出溫度變化",
    "感謝您觀看本節目再見",
]
HEALTH = ["黑龙江省科普微视频", "怎样预防心脑血管疾病", "专家说应当经常锻炼身体", "医学知识讲座"]
PARKS = ["臺灣的濕地與候鳥", "專家說應當經常鍛鍊身體", "醫學知識講座", "國家公園裡的動物"]
ENGLISH = [
    "We went to the village to learn",
    "Scientists study this phenomenon",
    "The results show a change",
    "Thank you for watching",
]
FRENCH = ["Le printemps à la ferme", "Les élèves découvrent la forêt", "Où sont passées les abeilles", "Merci à tous"]
JAPANESE = [
    "私たちは村へ農業を学びに来ました",
    "科学者はこの現象を研究しています",
    "実験の結果から温度の変化がわかる",
    "ご覧いただきありがとうございます",
]
TOKYO = ["東京の国立公園と動物たち", "専門家は毎日の運動をすすめる", "医学の知識", "春の森を歩こう"]
COMMON = ["山水之美", "大地上的一天", "人生如四季", "下山看花"]
"""Written alike in both."""
letters = st.lists(st.text(st.sampled_from("我们們来來学學国國山水のアabcé 1，"), max_size=12), max_size=8)


def told(*lines: str) -> str:
    """The scripts of these lines, or that they do not tell."""
    found = scripts.pooled(lines, scripts.table())
    return "undecided" if found.undecided else " ".join(found.scripts)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (SIMPLIFIED, "simplified"), (TRADITIONAL, "traditional"), (HEALTH, "simplified"), (PARKS, "traditional"),
        (ENGLISH, "latin"), (FRENCH, "latin"), (JAPANESE, "kana"), (TOKYO, "kana"), (COMMON, "undecided"),
        ([*SIMPLIFIED, *TRADITIONAL], "simplified traditional"), ([*SIMPLIFIED, *ENGLISH], "simplified latin"),
        ([*SIMPLIFIED, *JAPANESE], "simplified kana"), ([*TRADITIONAL, *JAPANESE], "traditional kana"),
        ([*COMMON, "學"], "traditional"), ([*COMMON, *ENGLISH], "undecided"),
        ([*SIMPLIFIED, "CCTV", "DNA"], "simplified"), ([*SIMPLIFIED, "公視"], "simplified"), ([*TRADITIONAL, "鮮の每日"], "traditional"),
        (["学學"], "undecided"), (["12:30", "…", "一"], ""), ([], ""), (["后里面只云台著干于"], "undecided"),
        (["東京大学", "国際", *JAPANESE], "kana"), (["二口力夕一ニロカター"], "undecided"), (["ＡＢＣ"], "latin"),
    ],
)  # fmt: skip
def test_the_scripts_of_lines(lines: list[str], expected: str) -> None:
    assert told(*lines) == expected


def test_the_table_has_no_character_for_both() -> None:
    table = scripts.table()
    assert (len(table.simplified) > 3500, len(table.traditional) > 3000) == (True, True)
    assert not table.simplified & table.traditional


def test_both_are_listed_from_two_characters_and_15_per_cent_on() -> None:
    assert told("我们来这", "學") == "simplified"
    assert told("我们来这", "學國") == "simplified traditional"
    assert told("们来这个农业发经济", "學國") == "simplified traditional"
    assert told("们来这个农业发经济对说认识时间见", "學國") == "simplified"


@given(lines=letters)
def test_neither_order_nor_repetition_matters(lines: list[str]) -> None:
    found = scripts.pooled(lines, scripts.table())
    assert scripts.pooled([*reversed(lines), *lines], scripts.table()) == found


@given(lines=letters)
def test_what_is_not_there_is_not_listed(lines: list[str]) -> None:
    found = scripts.pooled(lines, scripts.table())
    counts = dict(found.counts)
    assert all(counts[script] for script in found.scripts)
    assert not (found.undecided and {"simplified", "traditional"} & set(found.scripts))


@given(times=st.lists(st.integers(0, 10_000), unique=True, max_size=80), most=st.integers(1, 12))
def test_the_pictures_that_are_read_lie_over_the_whole_film(times: list[int], most: int) -> None:
    stills = [Still(Fraction(time), b"") for time in sorted(times)]
    chosen = words.choose(stills, lambda still: float(still.at % 7), most)
    assert len(chosen) == min(most, len(stills))
    assert chosen == sorted(set(chosen))
    if len(stills) > most > 1:
        begin, part = stills[0].at, (stills[-1].at - stills[0].at) / most
        assert chosen[0].at <= begin + part
        assert chosen[-1].at >= begin + part * (most - 1)


def test_the_lines_that_are_shown_tell_every_script() -> None:
    every = [words.Line(Fraction(at), text) for at, text in enumerate([*COMMON, *SIMPLIFIED, *COMMON, TRADITIONAL[0]])]
    shown = [every[number].text for number in words.best(every)]
    assert len(set(shown)) == len(shown) == 6
    assert TRADITIONAL[0] in shown
    assert SIMPLIFIED[0] in shown


def facts(reading: words.Reading) -> dict[str, Fact]:
    teller = Teller("content")
    words.tell(teller, reading, words.KEYS)
    return {fact.key: fact for fact in teller.facts}


def test_the_facts_have_the_words_and_their_pictures() -> None:
    crop = Picture(at=Fraction(3), data=b"", note=Plain(SIMPLIFIED[0]))
    line = words.Line(Fraction(3), SIMPLIFIED[0])
    found = facts(words.Reading(pictures=(Fraction(1), Fraction(3)), lines=(line,), crops=(crop,)))
    assert (found[words.TEXT].value, found[words.SCRIPT].value) == (Fraction(1, 2), ("simplified",))
    assert (found[words.TEXT].pictures, found[words.SCRIPT].pictures) == ((), (crop,))
    assert SIMPLIFIED[0] in found[words.SCRIPT].raw
    note = found[words.SCRIPT].note
    assert note is not None
    assert note.render("en").endswith(f"; “{SIMPLIFIED[0]}” at 0:03")


def test_without_words_there_is_no_script_and_of_common_ones_nobody_knows_it() -> None:
    assert facts(words.Reading(pictures=(Fraction(1),)))[words.SCRIPT].state is State.ABSENT
    lines = (words.Line(Fraction(1), COMMON[0]),)
    assert facts(words.Reading(pictures=(Fraction(1),), lines=lines))[words.SCRIPT].state is State.UNKNOWN
    assert {fact.state for fact in facts(words.Reading()).values()} == {State.UNKNOWN}


def test_telephones_and_addresses_on_the_screen_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*arguments: Any) -> None:
        take = arguments[-1]
        take({"at": 0, "lines": ["联系电话13804510000", "a@example.cn", "学校"]})
        take({"at": 0, "text": "联系电话13804510000", "crop": ""})
        take({"at": 0, "text": "学校", "crop": ""})

    monkeypatch.setattr(words, "version", lambda: "1")
    monkeypatch.setattr(helper, "ask", ask)
    reading = words.ask(Samples(tmp_path), Limits(silence=1, whole=1, threads=1))
    assert [line.text for line in reading.lines] == ["联系电话***", "***", "学校"]
    assert len(reading.crops) == 1


@needs_content
def test_without_the_library_other_facts_are_unharmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make(tmp_path / "film.mp4", [moving(2)], None)
    wanted = frozenset({*words.KEYS, "content.black"})
    monkeypatch.setattr(words, "version", lambda: None)
    found, failed = looked_at(film, Depth.KEYFRAMES, sound=0, wanted=wanted)
    assert set(found) & wanted == {"content.black"}
    [(keys, error)] = failed
    assert (keys, error.lasting) == (words.KEYS, True)
    assert str(error) == "words could not be read: rapidocr is not installed: pip install 'vidcheck[ocr]'"

    def hang(*_: Any) -> None:
        raise CouldNotLookError(say("it said nothing for {seconds} s", seconds="30"))

    monkeypatch.setattr(words, "version", lambda: "1")
    monkeypatch.setattr(helper, "ask", hang)
    found, failed = looked_at(film, Depth.KEYFRAMES, sound=0, wanted=wanted)
    assert set(found) & wanted == {"content.black"}
    assert [error.lasting for _, error in failed] == [False]


# with the library, its models and fonts


@cache
def has_fonts() -> bool:
    if shutil.which("fc-list") is None:
        return False
    every = subprocess.run(["fc-list"], capture_output=True, text=True, check=False).stdout
    return "NotoSansCJK" in every and "NotoSerifCJK" in every


needs_ocr = pytest.mark.skipif(words.version() is None, reason="rapidocr is not installed")
needs_fonts = pytest.mark.skipif(not has_fonts(), reason="the fonts of fonts-noto-cjk are not installed")

SIZE = "960x540"
BEHIND = {
    "testsrc": f"testsrc2=s={SIZE}:r=5", "mandelbrot": f"mandelbrot=s={SIZE}:r=5", "bars": f"smptehdbars=s={SIZE}:r=5",
    "life": f"life=s=240x135:r=5:mold=10:seed=7:life_color=#C83232:death_color=#323200,scale={SIZE.replace('x', ':')}",
    "noise": f"color=gray:s={SIZE}:r=5,noise=alls=60:allf=t:all_seed=7", "white": f"color=0xf4f4f0:s={SIZE}:r=5",
    "green": f"gradients=s={SIZE}:r=5:seed=7:c0=0x204020:c1=0x80c080:speed=0.05",
    "dark": f"gradients=s={SIZE}:r=5:seed=7:c0=0x101018:c1=0x303848:speed=0.05",
    "sky": f"gradients=s={SIZE}:r=5:seed=7:c0=0x88b8e8:c1=0xa8d0f8:speed=0.03",
    "cells": f"cellauto=s={SIZE}:r=5:rule=110:seed=7",
}  # fmt: skip
"""What moves behind the words."""


class Words(NamedTuple):
    """Four lines one after another, and how they look."""

    lines: list[str]
    font: str = "Noto Sans CJK SC"
    size: int = 34
    y: str = "h-70"
    x: str = "(w-tw)/2"
    style: str = "fontcolor=white:borderw=2:bordercolor=black"


TC, JP, SERIF, SERIF_TC = "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK TC"
MIDDLE: dict[str, Any] = {"size": 48, "y": "(h-th)/2", "style": "fontcolor=black"}
SMALL: dict[str, Any] = {"size": 22, "y": "h-45"}
YELLOW = "fontcolor=yellow:borderw=2:bordercolor=black"
BOX = "fontcolor=white:box=1:boxcolor=black@0.5:boxborderw=8"
UPRIGHT: dict[str, Any] = {"y": "30", "x": "w-100"}
FILMS: list[tuple[str, str, list[Words]]] = [
    ("simplified", "testsrc", [Words(SIMPLIFIED)]), ("simplified", "mandelbrot", [Words(HEALTH)]),
    ("simplified", "life", [Words(SIMPLIFIED)]), ("simplified", "noise", [Words(HEALTH, SERIF)]),
    ("simplified", "white", [Words(SIMPLIFIED, SERIF, **MIDDLE)]), ("simplified", "dark", [Words(HEALTH, **SMALL)]),
    ("simplified", "green", [Words(HEALTH, size=70, y="h/3", style=YELLOW)]),
    ("simplified", "bars", [Words(SIMPLIFIED, style=BOX)]), ("simplified", "cells", [Words(HEALTH, y="30")]),
    ("simplified", "green", [Words(["\n".join(line) for line in SIMPLIFIED], size=32, **UPRIGHT)]),
    ("simplified", "sky", [Words(SIMPLIFIED), Words(["公視HD"] * 4, TC, 24, "20", "w-130")]),
    ("traditional", "testsrc", [Words(TRADITIONAL, TC)]), ("traditional", "mandelbrot", [Words(PARKS, TC)]),
    ("traditional", "life", [Words(TRADITIONAL, TC)]), ("traditional", "noise", [Words(PARKS, SERIF_TC)]),
    ("traditional", "white", [Words(TRADITIONAL, SERIF_TC, **MIDDLE)]), ("traditional", "dark", [Words(PARKS, TC, **SMALL)]),
    ("traditional", "green", [Words(PARKS, TC, size=70, y="h/3", style=YELLOW)]),
    ("traditional", "dark", [Words(["\n".join(line) for line in TRADITIONAL], TC, size=32, **UPRIGHT)]),
    ("simplified traditional", "testsrc", [Words([SIMPLIFIED[0], TRADITIONAL[0], SIMPLIFIED[1], TRADITIONAL[1]])]),
    ("simplified traditional", "green", [Words([HEALTH[1], PARKS[1], HEALTH[2], PARKS[2]], TC)]),
    ("simplified traditional", "mandelbrot", [Words(SIMPLIFIED), Words(TRADITIONAL, TC, 30, "40", style=YELLOW)]),
    ("simplified latin", "dark", [Words(SIMPLIFIED), Words(ENGLISH, size=26, y="h-32")]),
    ("latin", "testsrc", [Words(ENGLISH)]), ("latin", "mandelbrot", [Words(FRENCH)]), ("latin", "life", [Words(ENGLISH, style=YELLOW)]),
    ("latin", "white", [Words(FRENCH, **MIDDLE)]), ("latin", "noise", [Words(ENGLISH)]), ("latin", "bars", [Words(FRENCH, style=BOX)]),
    ("kana", "testsrc", [Words(JAPANESE, JP)]), ("kana", "mandelbrot", [Words(TOKYO, JP)]), ("kana", "sky", [Words(TOKYO, JP)]),
    ("kana", "dark", [Words(JAPANESE, JP, **SMALL)]),
    ("undecided", "green", [Words(COMMON)]), ("undecided", "mandelbrot", [Words(COMMON, TC)]),
    ("undecided", "white", [Words(COMMON, SERIF, 60, "(h-th)/2", style="fontcolor=black")]),
    ("", "mandelbrot", []), ("", "life", []), ("", "green", []), ("", "noise", []), ("", "cells", []), ("", "bars", []),
]  # fmt: skip
"""The scripts that are to be found, what moves behind, and what is written."""


def written(path: Path, behind: str, layers: list[Words]) -> Path:
    """A film of eight seconds in which each line is seen for two."""
    program = ffmpeg.available()
    assert program is not None
    filters = []
    for layer, shown in enumerate(layers):
        for number, line in enumerate(shown.lines):
            text = path.with_name(f"{path.stem}-{layer}-{number}.txt")
            text.write_text(line, "utf-8")
            filters.append(
                f"drawtext=textfile={text}:expansion=none:font='{shown.font}':fontsize={shown.size}:x={shown.x}:y={shown.y}:"
                f"{shown.style}:enable='between(t,{2 * number},{2 * number + 1.9})'"
            )
    subprocess.run(
        [program, "-nostdin", "-y", "-v", "error", "-f", "lavfi", "-i", BEHIND[behind], "-vf", ",".join([*filters, "format=yuv420p"]),
         "-t", "8", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-g", "5", path], check=True,
    )  # fmt: skip
    return path


@pytest.mark.slow
@needs_content
@needs_ocr
@needs_fonts
@pytest.mark.parametrize(
    ("expected", "behind", "layers"), FILMS, ids=[f"{number}-{one[0] or 'none'}" for number, one in enumerate(FILMS)]
)
def test_the_script_of_a_film(tmp_path: Path, expected: str, behind: str, layers: list[Words]) -> None:
    film = written(tmp_path / "film.mp4", behind, layers)
    found, failed = looked_at(film, Depth.KEYFRAMES, sound=0, duration=8, wanted=words.KEYS)
    assert failed == []
    script, text = found[words.SCRIPT], found[words.TEXT]
    names = {State.UNKNOWN: "undecided", State.ABSENT: ""}
    assert (names.get(script.state) if script.value is None else " ".join(script.value)) == expected, script.raw
    assert (text.value > 0) == bool(layers)
    assert bool(script.pictures) == bool(layers)
    if layers:
        assert all(one.data.startswith(b"\xff\xd8") and len(one.data) <= 30_000 for one in script.pictures)


HOSTILE = ["<script>alert(1)</script>", "=HYPERLINK(1)", "::error::vidcheck", "<img src=x onerror=y>"]


@pytest.mark.slow
@needs_content
@needs_ocr
@needs_fonts
def test_words_that_would_do_something_do_nothing_in_any_report(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    written(tmp_path / "film.mp4", "dark", [Words(HOSTILE)])
    rules = tmp_path / "asks.yaml"
    rules.write_text(
        "vidcheck: 1\nrules:\n  content.script: {only: [simplified]}\n  content.text: {max: 50 %}\n", "utf-8"
    )
    html, xlsx = tmp_path / "report.html", tmp_path / "report.xlsx"
    reports = (f"html:{html}", f"xlsx:{xlsx}", f"github:{tmp_path / 'log'}")
    asked = ["check", tmp_path / "film.mp4", "--rules", rules, "--content", "keyframes"]
    asked += [word for report in reports for word in ("--report", report)]
    done = CliRunner().invoke(application(), list(map(str, asked)))
    assert (done.exit_code, done.stderr) == (1, "")
    page = html.read_text("utf-8")
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    cells = [cell for sheet in load_workbook(xlsx) for row in sheet for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" and "HYPERLINK(1)" in str(cell.value)]
    assert not any(line.startswith("::error::vidcheck") for line in (tmp_path / "log").read_text("utf-8").splitlines())


@pytest.mark.slow
@needs_content
@needs_ocr
@needs_fonts
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_reader_opens_no_address_and_writes_no_file(tmp_path: Path) -> None:
    import json
    import sys

    film = written(tmp_path / "film.mp4", "dark", [Words(SIMPLIFIED)])
    program = ffmpeg.available()
    assert program is not None
    subprocess.run([program, "-v", "error", "-i", film, "-frames:v", "1", tmp_path / "words-0.jpg"], check=True)
    trace, order = tmp_path / "trace", json.dumps({"folder": str(tmp_path), "threads": 1})
    command = [
        "strace",
        "-f",
        "-o",
        str(trace),
        "-e",
        "trace=connect,openat,unlink,rename,mkdir",
        sys.executable,
        "-B",
        "-P",
        "-m",
        words.__name__,
        order,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=helper._environment(1), cwd=tmp_path)
    found = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert SIMPLIFIED[0] in found[0]["lines"]
    lines = trace.read_text("utf-8").splitlines()
    assert not [line for line in lines if "AF_INET" in line]
    changed = [
        line for line in lines if ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line) and " = -1 " not in line
    ]
    assert not [line for line in changed if "/dev/" not in line]


@pytest.mark.slow
@needs_content
@needs_ocr
def test_a_picture_that_is_none_is_a_picture_without_words(tmp_path: Path) -> None:
    (tmp_path / "words-0.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    reading = words.ask(Samples(tmp_path), Limits(silence=60, whole=60, threads=1))
    assert (reading.pictures, reading.lines) == ((Fraction(0),), ())
