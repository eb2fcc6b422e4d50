"""The entries, tables and rules that `dev/compare` and `dev/same_everywhere` run vidcheck over.

This module writes everything, with ffmpeg and one checkout's `vidcheck demo`, so that two checkouts see the same bytes.
Modification times are fixed, because reports show them and the cache depends on them.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

WRITTEN = 1_642_204_800
"""When every file of the corpus was last written: 2022-01-15, noon in Shanghai less four hours."""

PICTURE = "testsrc2=s={size}:r={rate}:d={seconds}"
SOUND = "sine=d={seconds}:r=48000"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50")
AAC = ("-c:a", "aac", "-b:a", "64k")
DATED = ("-metadata", "creation_time=2021-06-15T04:00:00Z")

HEADS = (
    "序号", "作品名称", "类别", "播出时间", "主创人员（或单位）", "播出平台及网址", "联系地址", "联系电话", "电子邮箱", "内容简介（100字以内）",
    "主要创新点（100字以内）", "传播效果（100字以内）", "推荐单位", "完成时间", "视频文件", "提交时间",
)  # fmt: skip

EVERY_KEY = Path(__file__).resolve().parent.parent / "tests" / "data" / "golden" / "every-key.yaml"

BATCH = """vidcheck: 1
contest: {title: Rules over the batch, timezone: Asia/Shanghai}
rules:
  checksum: {known: yes}
batch:
  same-file: {unique: checksum, keep: later}
  same-person: {unique: [declared.email], keep: earlier, if-found: fail}
  same-work: {unique: [declared.title, declared.authors], keep: later, if-found: review}
  per-author: {at-most: {count: 1, per: declared.first-author}}
  earlier-file: {not-in-archive: checksum, if-found: fail}
  earlier-work: {not-in-archive: [declared.title, declared.authors], if-found: review}
"""

PLAIN = """vidcheck: 1
contest: {title: A few rules, timezone: Asia/Shanghai}
rules:
  format: {is: mp4}
  duration: {max: 8 s}
  resolution: {min: 1280x720}
  look: {manual: Look at it}
  listen: {manual: Listen}
"""

LAID_OUT = """vidcheck: 1
contest:
  title: A table of its own
  timezone: Asia/Shanghai
  entries:
    columns: {title: Film, authors: [Director, Camera]}
    file: {column: Number}
rules:
  declared.title: {known: yes}
  declared.authors: {min-count: 2}
  pictures: {fact: video.count, is: 1}
"""

WRONG = {
    "empty.yaml": "",
    "version.yaml": "vidcheck: 2\nrules: {format: {is: mp4}}\n",
    "keys.yaml": "vidcheck: 1\nrules:\n  durration: {min: 2 min}\n  size: {minn: 1 MB}\n  format: {is: mp5}\n  duration: {min: wide}\n",
    "clash.yaml": "vidcheck: 1\nrules:\n  duration: {min: 5 min, max: 2 min}\n  size: {is: 1 MB, not: 1 MB}\n  size: {max: 1 GB}\n",
    "syntax.yaml": "vidcheck: 1\nrules: {format: [\n",
    "extends.yaml": "vidcheck: 1\nextends: heilongjang-2022\nrules: {}\n",
    "list.yaml": "- a\n- b\n",
}


class Maker:
    """Writes the films of the corpus into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def run(self, *arguments: str) -> None:
        """One ffmpeg command."""
        command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-bitexact", "-y", *arguments]
        subprocess.run(command, cwd=self.folder, check=True)

    def film(self, name: str, *more: str, size: str = "320x180", seconds: float = 8, rate: str = "25") -> None:
        """A film of a test picture and a tone, encoded with what `more` says."""
        picture, sound = PICTURE.format(size=size, rate=rate, seconds=seconds), SOUND.format(seconds=seconds)
        self.run("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *H264, *AAC, *DATED, *more, name)

    def copy(self, source: str, name: str, *more: str) -> None:
        """Another file with the same streams."""
        self.run("-i", source, "-map", "0", "-map_metadata", "0", "-c", "copy", *more, name)

    def bytes(self, name: str, data: bytes) -> None:
        """A file with these bytes."""
        (self.folder / name).write_bytes(data)

    def few(self) -> None:
        """The films that the quick run has."""
        self.film("plain.mp4")
        self.film("hd.mp4", "-movflags", "+faststart", size="1280x720", seconds=6)
        self.copy("plain.mp4", "快 速 [red] 开始.mp4", "-movflags", "+faststart")
        self.copy("plain.mp4", "mov.mov")
        self.copy("plain.mp4", "matroska.mkv")
        self.copy("plain.mp4", "a-mov.mp4", "-f", "mov")
        self.copy("plain.mp4", "rotated.mp4", "-metadata:s:v:0", "rotate=90")
        self.copy("plain.mp4", "fragmented.mp4", "-movflags", "frag_keyframe+empty_moov")
        self.copy("plain.mp4", "silent.mp4", "-an")
        whole = (self.folder / "plain.mp4").read_bytes()
        self.bytes("cut.mp4", whole[: len(whole) * 3 // 5])
        self.bytes("empty.mp4", b"")
        self.bytes("text.mp4", b"This is no film at all.\n" * 50)

    def many(self) -> None:
        """The others."""
        self.film("anamorphic.mp4", "-vf", "setsar=4/3", size="720x540")
        self.film("hevc.mp4", "-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1", seconds=6)
        self.film("full-hd.mp4", size="1920x1080", seconds=6)
        self.film("portrait.mp4", size="720x1280", seconds=5)
        self.film("ten-bit.mp4", "-pix_fmt", "yuv420p10le", "-profile:v", "high10")
        self.film("ntsc.mp4", rate="30000/1001", size="640x480")
        self.film("interlaced.mp4", "-flags", "+ilme+ildct", "-x264opts", "tff=1")
        self.film("pcm.mov", "-c:a", "pcm_s16le")
        self.film("prores.mov", "-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", seconds=1)
        self.film(
            "mono.mp4", "-ac", "1", "-ar", "22050", "-metadata:s:a:0", "language=zho", "-metadata", "title=山里 <b>&"
        )
        self.film("undated.mp4", "-metadata", "creation_time=")
        self.film("late.mp4", "-metadata", "creation_time=2022-02-28T17:00:00Z")
        self.film("short.mp4", seconds=1)
        self.film(
            "vp9.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", seconds=2
        )
        self.film("mpegts.ts", seconds=5)
        self.film("avi.avi", "-c:v", "mpeg4", "-c:a", "mp3", seconds=3)
        self.copy("plain.mp4", "edited.mp4", "-ss", "2.5")
        self.run("-itsoffset", "3", "-i", "plain.mp4", "-c", "copy", "delayed.mp4")
        self.copy("plain.mp4", "rotated-180.mp4", "-metadata:s:v:0", "rotate=180")
        self.copy("plain.mp4", "dash.mp4", "-movflags", "dash+delay_moov+frag_keyframe")
        self.run("-i", "plain.mp4", "-i", "mono.mp4", "-map", "0", "-map", "1:a", "-c", "copy", "two-sounds.mp4")
        self.run("-i", "plain.mp4", "-i", "hd.mp4", "-map", "0", "-map", "1:v", "-c", "copy", "two-pictures.mp4")
        self.run("-f", "lavfi", "-i", PICTURE.format(size="64x64", rate=1, seconds=1), "-frames:v", "1", "cover.jpg")
        cover = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic")
        self.run("-i", "plain.mp4", "-i", "cover.jpg", *cover, "cover.mp4")
        self.bytes("words.srt", b"1\n00:00:00,000 --> 00:00:02,000\nHello\n\n")
        self.run("-i", "plain.mp4", "-i", "words.srt", "-c", "copy", "-c:s", "mov_text", "subtitled.mp4")
        self.run("-i", "plain.mp4", "-vn", "-c:a", "copy", "sound-only.mp4")
        self.run("-i", "plain.mp4", "-vn", "-c:a", "copy", "-f", "ipod", "m4a.mp4")
        (self.folder / "words.srt").unlink()
        whole, fast = (self.folder / "plain.mp4").read_bytes(), (self.folder / "hd.mp4").read_bytes()
        self.bytes("no-index.mp4", whole[: whole.rindex(b"moov") - 4])
        self.bytes("index-alone.mp4", fast[: fast.index(b"mdat") + 4])
        self.bytes("zeros.mp4", bytes(4096))
        self.bytes("tail.mp4", fast[: len(fast) // 2] + bytes(len(fast) - len(fast) // 2))
        self.bytes("noise.mp4", random.Random(7).randbytes(20_000))  # noqa: S311 - that it is the same each time is meant
        self.bytes("playlist.mp4", b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:3,\nplain.mp4\n#EXT-X-ENDLIST\n")
        self.bytes("header.mp4", whole[:28])
        self.bytes("damaged.mp4", _damaged(fast))


def _damaged(data: bytes) -> bytes:
    """The film with a few bytes of its index changed."""
    rng, spoilt, start = random.Random(11), bytearray(data), data.index(b"moov")  # noqa: S311 - see above
    for _ in range(12):
        spoilt[start + rng.randrange(100, 2000)] = rng.randrange(256)
    return bytes(spoilt)


def _rows(names: list[str]) -> list[list[str]]:
    """The rows of a manifest, with some that can't be read or don't fit."""
    rows = [
        [
            str(number), f"作品{number // 2 * 2}", ("动画", "新闻", "纪录短片")[number % 3], f"2021年{number % 12 + 1}月5日",
            f"张{number % 4}、李四" if number % 2 else "王五", f"某某卫视 https://www.example.cn/v/{number}", "长沙市岳麓区一号",
            f"0731-8480000{number % 10}", f"a{number}@example.cn", "内" * (90 + number % 20), "新" * 10, "效" * 10, "某省科技馆",
            ("2021.11.5", "2022-03-15", "not a date", "")[number % 4], name, "2022-04-01 10:00",
        ]
        for number, name in enumerate(names)
    ]  # fmt: skip
    extra = [*rows[0]]
    extra[0], extra[1], extra[14] = "99", "不在", "missing.mp4"
    return [*rows, extra]


def _tables(folder: Path, films: list[str]) -> None:
    import openpyxl

    folder.mkdir()
    rows = _rows(films)
    with (folder / "entries.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADS, *rows])
    with (folder / "entries.gb.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADS, *rows])
    records = [dict(zip(HEADS, row, strict=True)) for row in rows]
    (folder / "entries.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    lines = (f"{'- ' if head == HEADS[0] else '  '}{head}: {json.dumps(cell, ensure_ascii=False)}\n"
             for record in records for head, cell in record.items())  # fmt: skip
    (folder / "entries.yaml").write_text("".join(lines), encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "作品"
    sheet.append(["参赛作品一览"])
    sheet.merge_cells("A1:D1")
    for row in [HEADS, *rows]:
        sheet.append(list(row))
    book.create_sheet("说明").append(["不是作品"])
    book.save(folder / "entries.xlsx")
    own = [["Number", "Film", "Director", "Camera"], *([name, f"Film {name}", "A", "B"] for name in films)]
    with (folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(own)
    (folder / "none.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")


def _entered(folder: Path, films: Path, forms: Path) -> None:
    """Folders of an entry each: film, form, attachments."""
    for number, form in enumerate((*sorted(forms.glob("*.docx")), None)):
        own = folder / f"{number:03}"
        own.mkdir(parents=True)
        shutil.copy(films / ("hd.mp4", "plain.mp4", "silent.mp4")[number % 3], own / "film.mp4")
        if form:
            shutil.copy(form, own / "推荐表.docx")
        (own / "scan.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(30_000 * number))


def _alike(folder: Path, films: Path) -> None:
    """Entries of which some are the same file."""
    folder.mkdir()
    for name, source in {"a": "plain", "b": "plain", "c": "hd", "d": "silent", "e": "hd"}.items():
        shutil.copy(films / f"{source}.mp4", folder / f"{name}.mp4")
    whole = bytearray((films / "plain.mp4").read_bytes())
    whole[-1] ^= 1  # as large as a and b
    (folder / "f.mp4").write_bytes(whole)


def _cases(cases: Path, folder: Path) -> None:
    folder.mkdir()
    for case in sorted(cases.glob("*.py")):
        if case.name != "lib.py":
            environment = os.environ | {"CASE_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
            subprocess.run([sys.executable, case], check=True, env=environment, stdout=subprocess.DEVNULL)


def make(folder: Path, checkout: Path, python: str, *, quick: bool, cases: Path | None, forms: Path) -> None:
    """Writes the whole corpus, unless it stands there already."""
    done = folder / ("quick" if quick else "whole")
    if done.exists() or (quick and (folder / "whole").exists()):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    maker = Maker(folder / "films")
    maker.few()
    if not quick:
        maker.many()
        if cases:
            _cases(cases, folder / "cases")
    films = maker.folder
    environment = os.environ | {"PYTHONPATH": str(checkout), "VIDCHECK_CACHE_DIR": str(folder / "cache")}
    command = [python, "-m", "vidcheck", "demo", "samples"]
    subprocess.run(command, cwd=folder, check=True, env=environment, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    _tables(folder / "tables", [f"films/{path.name}" for path in sorted(films.iterdir())][:12])
    _entered(folder / "entered", films, forms)
    _alike(folder / "alike", films)
    rules = folder / "rules"
    rules.mkdir()
    texts = {
        "every.yaml": EVERY_KEY.read_text(encoding="utf-8"),
        "batch.yaml": BATCH,
        "plain.yaml": PLAIN,
        "laid-out.yaml": LAID_OUT,
        **WRONG,
    }
    for name, text in texts.items():
        (rules / name).write_text(text, encoding="utf-8")
    for path in folder.rglob("*"):
        os.utime(path, (WRITTEN, WRITTEN))
    done.touch()
