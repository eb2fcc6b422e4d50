"""The faults of the made-up edition: each kind is planted twice, with what a check must say of it and nothing else."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.clips import surgery
from tests.edition.build import (
    AUTHORS,
    BROADCAST,
    JPEG,
    KIND,
    MAIL,
    MOST,
    OF_FORMS,
    PHONE,
    SENT,
    SUMMARY,
    TITLE,
    WHERE,
    Edition,
    Work,
    clean,
    key_of,
)
from tests.kit import MAC_EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable


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
    work.scans |= {f"{work.folder}图{at}.jpg": len(JPEG) for at in range(4)}
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
    if work.layout != "b" or not work.scans:  # no form of its own says what the row would
        edition.expect(work, manifest=UNKNOWN)
    if work.layout != "b":  # where no form tells the title either
        _not_compared(edition, work)


def _not_compared(edition: Edition, work: Work) -> None:
    """By neither rule that compares titles and authors."""
    for _ in ("same-work", "earlier-work"):
        edition.say(work, f"1 entry was not compared for want of title and makers: {key_of(work)}")


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
