"""A made-up edition: 120 works in three layouts, clean or with faults planted, each with what a check must say of it.

Files are small: the rules are the preset's with a size of 1 to 2 MB instead of 100 to 200, and a window that ends within a
month. No two files have one size unless that is the fault, for equal sizes are read whole.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from tests.kit import MAC_EPOCH
from tests.probes.declared.tables import csv, workbook
from tests.probes.forms.build import form
from vidcheck.probes.declared.fields import FIELDS, read_field
from vidcheck.rules.reader import read_rules
from vidcheck.runner.archive import Mark, Past, marks_of, open_to_write
from vidcheck.samples import surgery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vidcheck.rules.model import Rules

EACH = 40
"""Works in each layout."""
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
    return Work(number, layout, fields, name=name, size=1_100_000 + 2000 * number, scans={scan: len(JPEG)})


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
        surgery.write_sparse(path, work.change(data) if work.change else data, work.size)
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


# --- the faults, each planted twice ---


def faulty() -> Edition:
    """120 works with every kind of fault twice."""
    edition = clean()
    for at, plant in enumerate((*VIDEO, *DECLARED, *BESIDE, *ROWS)):
        for layout in ("abc"[at % 3], "abc"[(at + 1) % 3]):
            plant(edition, edition.take(layout))
    _forms_that_differ(edition)
    for layout in "ac":
        _lead_out(edition, edition.take(layout))
    for plant_pair in (_same_bytes, _same_work):
        for layout, days in (("a", (1, 2)), ("c", (3, 3))):
            plant_pair(edition, edition.take(layout), edition.take(layout), days)
    return edition


def _seen(fault: str, expected: dict[str, str], **changes: object) -> Callable[[Edition, Work], None]:
    """A fault of the work's own values."""

    def plant(edition: Edition, work: Work) -> None:
        for name, value in changes.items():
            setattr(work, name, value)
        edition.plant(fault, work, **expected)

    return plant


def _told(
    fault: str, expected: dict[str, str], cells: dict[str, str], **changes: object
) -> Callable[[Edition, Work], None]:
    """A fault of what is declared."""

    def plant(edition: Edition, work: Work) -> None:
        work.fields.update(cells)
        _seen(fault, expected, **changes)(edition, work)

    return plant


def _unix(days: int) -> int:
    return MAC_EPOCH + days * 86_400


MARCH = _unix(19_056)  # 2022-03-05
FAIL, UNKNOWN = "fail", "unknown"
VIDEO = (
    _seen("too long", {"duration": FAIL}, seconds=Fraction(312)),
    _seen("too short", {"duration": FAIL}, seconds=Fraction(90)),
    _seen("too small", {"size": FAIL}, size=999_999),
    _seen("too big", {"size": FAIL}, size=2_000_001),
    _seen("a MOV", {"format": FAIL}, change=lambda data: surgery.set_brands(data, "qt  ")),
    _seen("cut off", {"intact": FAIL}, cut=1),
    _seen("no sound", {"sound": FAIL}, change=lambda data: surgery.remove_track(data, "soun")),
    _seen("not HD", {"resolution": FAIL}, change=lambda data: surgery.set_stored_size(data, 640, 360)),
    _seen("two pictures", {"picture": FAIL}, change=lambda data: surgery.duplicate_track(data, "vide")),
)
DECLARED = (
    _told("no date", {"completed": UNKNOWN}, {BROADCAST: ""}, created=0),
    _told("a late date in the file alone", {"completed": FAIL}, {BROADCAST: ""}, created=MARCH),
    _told("declared late", {"completed": FAIL, "broadcast": FAIL}, {BROADCAST: "2022-02-16"}),
    _told("exported after the window", {"completed": UNKNOWN}, {}, created=MARCH),
    _told("a month across the end", {"completed": UNKNOWN, "broadcast": UNKNOWN}, {BROADCAST: "2022年2月"}),
    _told("a date that nobody can read", {"completed": UNKNOWN, "broadcast": UNKNOWN}, {BROADCAST: "去年夏天"}),
    _told("telephone unreadable", {"telephone": UNKNOWN}, {PHONE: "12345"}),
    _told("telephone blank", {"telephone": FAIL}, {PHONE: ""}),
    _told("e-mail bad", {"email": UNKNOWN}, {MAIL: "zhang at example"}),
    _told("101 characters", {"summary": FAIL}, {SUMMARY: "水" * 101}),
    _told("no address of the broadcast", {"playing_address": FAIL}, {WHERE: "湖南卫视"}),
    _told("another category", {"work_form": FAIL}, {KIND: "话剧"}),
    _told("sent too late", {"submitted": FAIL}, {SENT: "2022-05-10 00:01"}),
    _told("sent too early", {"submitted": FAIL}, {SENT: "2022-03-27"}),
)


def _too_many(edition: Edition, work: Work) -> None:
    work.scans |= {f"{work.folder}图{at}.jpg": len(JPEG) for at in range(3)}
    edition.plant("too many attachments", work, attachments=FAIL)


def _too_large(edition: Edition, work: Work) -> None:
    work.scans[f"{work.folder}大图.jpg"] = MOST + 1
    edition.plant("an attachment too large", work, attachment_size=FAIL)


def _no_form(edition: Edition, work: Work) -> None:
    work.scans = {}
    # without a form of its own an entry of that layout declares no more than its row
    edition.plant("no form", work, form=FAIL)


def _encrypted(edition: Edition, work: Work) -> None:
    work.scans, work.unreadable = {}, True
    edition.plant("a form that is encrypted", work, form=UNKNOWN)
    if work.layout == "b":  # what the manifest doesn't say may stand there
        told = OF_FORMS - {"work-title", "authors", "telephone"}
        edition.expect(work, **dict.fromkeys(told, UNKNOWN))


BESIDE = (_too_many, _too_large, _no_form, _encrypted)


def _no_row(edition: Edition, work: Work) -> None:
    work.rows = 0
    edition.plant("no row", work)
    edition.say(work, f"the file {key_of(work)} has no row")
    if work.layout != "b":  # where no form tells the title either
        _not_compared(edition, work)


def _not_compared(edition: Edition, work: Work) -> None:
    """By neither rule that compares titles and authors."""
    for _ in ("same-work", "earlier-work"):
        edition.say(work, f"1 entry was not compared for want of declared.title and declared.authors: {key_of(work)}")


def _two_rows(edition: Edition, work: Work) -> None:
    work.rows = 2
    edition.plant("two rows", work)
    edition.say(work, f"2 rows are for the file {key_of(work)}: ROW, ROW")


def _no_file(edition: Edition, work: Work) -> None:
    work.sent = False
    edition.plant("no file", work)
    named = f"folder {work.folder} with an entry in it" if work.layout == "b" else f"file {work.name}"
    edition.say(work, f"ROW: there is no {named}")


def _archived_file(edition: Edition, work: Work) -> None:
    edition.archived[f"file {work.layout}"] = work
    edition.plant("the file of an earlier edition", work, earlier_file=FAIL)


def _archived_work(edition: Edition, work: Work) -> None:
    edition.archived[f"work {work.layout}"] = work
    edition.plant("the work of an earlier edition", work, earlier_work=UNKNOWN)


def _hostile_name(edition: Edition, work: Work) -> None:
    names = {"a": "-[red]<b>&\u202e'x:y.MP4", "b": "$(reboot)\x1b[31m\n.mp4", "c": "=cmd()&[red]<b>-x:y.MP4"}
    work.name = names[work.layout]  # no table can hold the control characters of the second
    edition.plant("a hostile name", work)


def _lead_out(edition: Edition, work: Work) -> None:
    work.named = "../../etc/passwd"
    edition.plant("a name that leads out", work)
    edition.say(work, "ROW: there is no file ../../etc/passwd among those beside the entries")


ROWS = (_no_row, _two_rows, _no_file, _archived_file, _archived_work, _hostile_name)


def _forms_that_differ(edition: Edition) -> None:
    for label, text, rule in ((PHONE, "0451-84800001", "telephone"), (AUTHORS, "张三", "authors")):
        work = edition.take("b")
        work.form = {**work.fields, label: text}
        edition.plant("form and manifest differ", work, **{rule: UNKNOWN})
        if label == AUTHORS:
            _not_compared(edition, work)


def _same_bytes(edition: Edition, first: Work, second: Work, days: tuple[int, int]) -> None:
    second.size = first.size
    _twins("the same bytes twice", "same-file", edition, (first, second), days)


def _same_work(edition: Edition, first: Work, second: Work, days: tuple[int, int]) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isascii() else char for char in first.fields[TITLE])
    second.fields |= {TITLE: f"《 {wide} 》", AUTHORS: "李四 ; 张 三"}
    _twins("the same work twice", "same-work", edition, (first, second), days)


def _twins(fault: str, rule: str, edition: Edition, works: tuple[Work, Work], days: tuple[int, int]) -> None:
    """The later counts; where both came on one day, a person decides."""
    for work, day in zip(works, days, strict=True):
        work.fields[SENT] = f"2022-04-{day:02}"
    first, second = map(key_of, works)
    works[1].fault = fault
    if days[0] < days[1]:
        edition.plant(fault, works[0], **{rule: FAIL})
        edition.say(works[0], f"2 entries: {first}, {second}; by the time of submission {second} counts")
        return
    edition.plant(fault, works[0], **{rule: UNKNOWN})
    edition.expect(works[1], **{rule: UNKNOWN})
    edition.say(works[0], f"2 entries: {first}, {second}")
