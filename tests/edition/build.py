"""A made-up edition: 120 works in three layouts, as values and as files; `faults` plants faults in it.

Files are small: the rules are the preset's with a size of 1 to 2 MB instead of 100 to 200, and a window that ends within a
month; the index is a larger part of them. No two files have one size unless that is the fault, for equal sizes are read whole.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tests.clips import surgery
from tests.clips.sparse import spread
from tests.declared.documents.build import form
from tests.declared.tables import csv, workbook
from vidcheck.declared.fields import FIELDS, read_field
from vidcheck.rules.reader import read_rules
from vidcheck.storage.archive import Mark, Past, marks_of, open_to_write

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from vidcheck.rules.model import Rules

EACH = 40
"""Works in each layout."""
GROWN = 1_600_000
"""Bytes up to which films are enlarged inside their pictures, which takes a tenth of a second; a `free` box makes the rest."""
SCANS = {"a": ".png", "b": ".jpg", "c": ".jpeg"}
JPEG, PNG = b"\xff\xd8\xff\xe0" + bytes(100), b"\x89PNG\r\n\x1a\n" + bytes(100)
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
MOST = 20 * 2**20  # bytes of an attachment
TITLE, AUTHORS, BROADCAST, WHERE = "作品名称", "主创人员（或单位）", "播出时间", "播出平台及网址"
PHONE, MAIL, SUMMARY, SENT, KIND = "联系电话", "电子邮箱", "内容简介", "提交时间", "类别"
OF_FORMS = {
    "work-title", "authors", "address", "telephone", "email", "summary", "innovation", "reach", "work-form", "broadcast",
    "playing-address",
}  # fmt: skip
"""The rules about what a form tells."""
RULES = """vidcheck: 1
contest: {{title: 征集, timezone: Asia/Shanghai{entries}}}
extends: heilongjiang-2022
rules:
  size: {{min: 1 MB, max: 2 MB}}
  no-padding: {{fact: size.media-share, min: 50 %, level: recommended}}
  completed: {{from: 2020-01-01, to: 2022-02-15}}
  broadcast: {{from: 2020-01-01, to: 2022-02-15, when: {{declared.title: {{known: yes}}}}, if-unknown: pass}}
"""


@dataclass(slots=True)
class Work:
    """One work, as its entrant means to send it, and what is wrong with it."""

    number: int
    layout: str
    fields: dict[str, str]
    name: str = ""
    """Of its video file."""
    size: int = 0
    seconds: Fraction | None = None
    created: int | None = None
    """Seconds since 1904, where it is not the sample's date."""
    change: Callable[[bytes], bytes] | None = None
    cut: int = 0
    """Bytes that the upload lost."""
    rows: int = 1
    """How many rows of the manifest are about it."""
    sent: bool = True
    """Whether there is a file."""
    form: dict[str, str] | None = None
    """What its form says, where that is not what the manifest says."""
    unreadable: bool = False
    """Whether its form is encrypted."""
    scans: dict[str, int] = field(default_factory=dict)
    """Attachments by name, with their sizes."""
    named: str = ""
    """One more name in the column of attachments."""
    fault: str = ""

    @property
    def folder(self) -> str:
        """Its folder in the layout that has one for each, or the prefix of its other files."""
        return f"{self.number:03}"


@dataclass(slots=True)
class Edition:
    """The works with what was planted."""

    works: list[Work]
    archived: dict[str, Work] = field(default_factory=dict)
    """What the archive knows already: `file` by its bytes, `work` by title and authors, with the layout as a suffix."""
    expected: dict[str, dict[str, str]] = field(default_factory=dict)
    """By layout and file: rule and outcome, where that is neither pass nor skip nor manual."""
    batch: list[str] = field(default_factory=list)
    """Of findings about several entries: layout and what they say, with `ROW` for a place in the manifest."""
    planted: Counter[str] = field(default_factory=Counter)
    _taken: Counter[str] = field(default_factory=Counter)

    def take(self, layout: str) -> Work:
        """The next work of that layout that has no fault."""
        self._taken[layout] += 1
        row = [work for work in self.works if work.layout == layout]
        return row[self._taken[layout] - 1]

    def plant(self, fault: str, work: Work, **expected: str) -> None:
        """Notes a fault, and what must be said of that work (`_` for `-`)."""
        self.planted[fault] += 1
        work.fault = fault
        self.expect(work, **expected)

    def expect(self, work: Work, **expected: str) -> None:
        """Notes what must be said of a work."""
        for rule, outcome in expected.items():
            self.expected.setdefault(key_of(work), {})[rule.replace("_", "-")] = outcome

    def say(self, work: Work, text: str) -> None:
        """Notes what must be said about the batch, with `ROW` for a place in the manifest."""
        self.batch.append(f"{work.layout}: {text}")


def key_of(work: Work) -> str:
    """A work's layout and file, as a report's path below the edition's folder has it."""
    return f"{work.layout}/{work.folder}/{work.name}" if work.layout == "b" else f"{work.layout}/{work.name}"


def clean() -> Edition:
    """120 works without a fault."""
    return Edition([_work(number, "abc"[number // EACH]) for number in range(3 * EACH)])


def _work(number: int, layout: str) -> Work:
    fields = {
        TITLE: f"科普短片之{number:03}", KIND: "动画", BROADCAST: "2021年7月1日", AUTHORS: "张三、李四",
        WHERE: f"湖南卫视 https://www.example.cn/v/{number}", "联系地址": "哈尔滨市南岗区1号", PHONE: "0451-84800000",
        MAIL: f"w{number}@example.cn", SUMMARY: "讲湿地的故事。", "主要创新点": "竖屏叙事。", "传播效果": "播放1200万次。",
        SENT: f"2022-04-{1 + number % 20:02} 10:00",
    }  # fmt: skip
    name = f"作品{number:03}.mp4" if layout == "c" else f"{number:03}.mp4"
    scan = f"{number:03}扫描件{SCANS[layout]}"
    return Work(number, layout, fields, name=name, size=1_700_000 + 2000 * number, scans={scan: len(JPEG)})


def rules_of(layout: str) -> Rules:
    """The rules of that layout."""
    entries = ", entries: {folder: {column: 编号}}" if layout == "b" else ""
    return read_rules(RULES.format(entries=entries).encode(), "rules.yaml")


# --- what lies in the folders ---


@cache
def _video(seconds: Fraction | None, created: int | None) -> bytes:
    data = surgery.clip()
    if seconds is not None:
        data = surgery.set_duration(data, seconds)
    return data if created is None else surgery.set_creation_time(data, created)


@cache
def _grown(data: bytes, size: int) -> bytes:
    """The film with its pictures enlarged."""
    whole = bytearray(size)
    for offset, part in spread(data, size):
        whole[offset : offset + len(part)] = part
    return bytes(whole)


def build(edition: Edition, root: Path) -> dict[str, Path]:
    """Writes all files; the manifests by layout."""
    for work in edition.works:
        _write(work, root)
    with open_to_write(root / "archive.sqlite") as archive:
        archive.add("2020", [_past(what, work, root) for what, work in edition.archived.items()])
    return {layout: _manifest(edition, layout, root) for layout in "abc"}


def path_of(work: Work, root: Path) -> Path:
    """Where its video is."""
    return root / key_of(work)


def _write(work: Work, root: Path) -> None:
    path = path_of(work, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    if work.sent:
        data = _video(work.seconds, work.created)
        data = work.change(data) if work.change else data
        film = _grown(data, work.size if work.cut else min(work.size, GROWN))
        surgery.write_sparse(path, film, work.size)
        if work.cut:
            with path.open("r+b") as file:
                file.truncate(work.size - work.cut)
    beside = path.parent if work.layout == "b" else path.parent / "材料"
    beside.mkdir(exist_ok=True)
    for name, size in work.scans.items():
        with (beside / name).open("wb") as file:
            file.write(PNG if name.endswith(".png") else JPEG)
            file.truncate(size)
    if work.unreadable:
        (beside / f"{work.folder}推荐表.docx").write_bytes(ENCRYPTED)
    elif _has_form(work):
        told = {label: text for label, text in (work.form or work.fields).items() if label != SENT}
        (beside / f"{work.folder}推荐表.docx").write_bytes(form(told))


def _has_form(work: Work) -> bool:
    """In folders of their own entries bring forms, elsewhere a scan alone."""
    return work.unreadable or (work.layout == "b" and bool(work.scans))


def _cells(work: Work) -> dict[str, str]:
    if work.layout == "b":
        told = {label: work.fields[label] for label in (TITLE, AUTHORS, PHONE, SENT)}
        return {"编号": work.folder, **told}
    names = [*work.scans, *([work.named] if work.named else [])]
    forms = f"{work.folder}推荐表.docx" if work.unreadable else ""
    return {**work.fields, "视频文件": work.name, "推荐表": forms, "附件": "；".join(names)}


def _manifest(edition: Edition, layout: str, root: Path) -> Path:
    rows = [_cells(work) for work in edition.works if work.layout == layout for _ in range(work.rows)]
    table = [tuple(rows[0]), *(tuple(row.values()) for row in rows)]
    path = root / {"a": "entries.xlsx", "b": "entries.json", "c": "entries.csv"}[layout]
    if layout == "a":
        path.write_bytes(workbook(table))
    elif layout == "b":
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    else:
        path.write_bytes(csv(table, encoding="gb18030"))
    return path


def _past(what: str, work: Work, root: Path) -> Past:
    """The entry of 2020 that comes again."""
    if what.startswith("file"):
        digest = hashlib.sha256(path_of(work, root).read_bytes()).hexdigest()
        return Past(name=f"{what}.mp4", size=work.size, marks=(Mark(kind="checksum", value=digest, shown=digest),))
    told = {"title": f"《{work.fields[TITLE]}》", "authors": "李四,张三"}
    facts = [fact for name, text in told.items() for fact in read_field(FIELDS[name], text, locator="2020")]
    return Past(name=f"{what}.mp4", size=1, marks=marks_of(facts))
