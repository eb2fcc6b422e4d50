"""Entries with folders of their own: what lies beside the video, what forms declare, what the rules make of it."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, Future
from typing import TYPE_CHECKING, Any

import pytest

from tests.declared.documents.build import FORM, form, pdf_form, table_of
from tests.declared.documents.test_attachments import JPEG
from tests.kit import Checker, Run, put
from tests.workers.patched import Patched, always, eat, hang, leave
from vidcheck import check
from vidcheck.findings import Outcome, Verdict
from vidcheck.rules.reader import read_rules
from vidcheck.session import attachments
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from vidcheck.findings import EntryReport, Finding
    from vidcheck.workers.pool import Workers

CALL = "attachment.count: {max: 3}\nattachment.size: {max: 20 MiB}\nattachment.kind: {only: [jpeg, pdf]}\nform.count: {is: 1}"


def entry(folder: Path, **files: bytes) -> Path:
    """An entry's own folder, with a video and these files (`__` is a full stop)."""
    folder.mkdir(parents=True)
    put(folder / "film.mp4")
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def outcomes(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {finding.rule: finding.outcome.value for finding in findings}


def test_a_folder_with_one_video_is_the_entrys_own_and_the_rest_are_its_attachments(tmp_path: Path) -> None:
    entry(tmp_path / "in" / "001", a__jpg=JPEG, form__docx=b"x")
    (tmp_path / "in" / "001" / "scans").mkdir()
    (tmp_path / "in" / "001" / "scans" / "b.jpg").write_bytes(JPEG)
    entry(tmp_path / "in" / "002")
    targets = find([str(tmp_path / "in")]).targets
    beside = [[path.removeprefix(f"{target.folder}/") for path in target.attachments or ()] for target in targets]
    assert beside == [["a.jpg", "form.docx", "scans/b.jpg"], []]


def test_an_entry_is_the_same_however_its_folder_is_named(tmp_path: Path) -> None:
    own = entry(tmp_path / "in" / "001", a__jpg=JPEG)
    ways = [[tmp_path / "in"], [own], [own / "film.mp4", own], [own, tmp_path / "in"], [tmp_path / "in" / "*"]]
    found = {tuple(t.attachments or () for t in find([str(path) for path in way]).targets) for way in ways}
    assert found == {((str(own / "a.jpg"),),)}


def test_a_file_named_alone_has_no_attachments_whatever_lies_beside_it(tmp_path: Path) -> None:
    own = entry(tmp_path / "downloads", a__jpg=JPEG)
    (target,) = find([str(own / "film.mp4")]).targets
    assert target.attachments is None


def test_a_flat_folder_is_nobodys_own(tmp_path: Path) -> None:
    for name in ("1.mp4", "2.mp4"):
        put(tmp_path / name)
    (tmp_path / "a.jpg").write_bytes(JPEG)
    assert [target.attachments for target in find([str(tmp_path)]).targets] == [None, None]


def test_a_folder_around_entries_is_nobodys_own_though_it_holds_one_video(tmp_path: Path) -> None:
    put(tmp_path / "1.mp4")
    (tmp_path / "a.jpg").write_bytes(JPEG)
    entry(tmp_path / "002", b__jpg=JPEG)
    beside = {target.path.rpartition("/")[2]: target.attachments for target in find([str(tmp_path)]).targets}
    assert beside == {"1.mp4": None, "film.mp4": (str(tmp_path / "002" / "b.jpg"),)}


def test_hidden_files_links_locks_and_rules_are_no_attachments(tmp_path: Path) -> None:
    own = entry(tmp_path / "001", __hidden=b"x", Thumbs__db=b"x", rules__yaml=b"x")
    assert len(find([str(own)]).ignored) == 3
    (own / "~$form.docx").write_bytes(b"x")
    (tmp_path / "secret.docx").write_bytes(form())
    (own / "link.docx").symlink_to(tmp_path / "secret.docx")
    (own / "out").symlink_to(tmp_path)
    found = find([str(own)])
    found.leave_out([str(own / "rules.yaml")])
    assert [target.attachments for target in found.targets] == [()]


def test_a_whole_entry_meets_the_calls_rules(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", f__docx=form(), a__jpg=JPEG, b__jpg=JPEG)
    report = checker.report(f"{CALL}\ndeclared.title: {{is: 山那边的灯光}}", own)
    assert set(outcomes(report.findings).values()) == {"pass"}
    assert report.verdict is Verdict.ELIGIBLE


def test_a_fourth_attachment_one_too_large_and_one_of_another_kind_are_each_found(
    checker: Checker, tmp_path: Path
) -> None:
    big = JPEG + bytes(20 * 2**20)
    own = entry(tmp_path / "001", a__jpg=JPEG, b__jpg=big, c__zip=b"PK\x05\x06" + bytes(18), d__jpg=JPEG)
    report = checker.report(CALL, own)
    assert set(outcomes(report.findings).values()) == {"fail"}
    told = {finding.rule: finding.message.render("en") for finding in report.findings}
    assert "expected: at most 3" in told["attachment.count"]
    assert "the largest is b.jpg with" in told["attachment.size"]
    assert "ZIP" in told["attachment.kind"]
    remedies = [finding.remedy.words.render("en") for finding in report.findings if finding.remedy]
    assert "Hand in fewer attachments: 3 at most." in remedies
    assert any("Make each attachment 20.97 MB (20 MB as Windows counts)" in words for words in remedies)


SCANNED = "{form: {name: '.*(推荐表|自荐表).*'}}"


def scanned(workers: Workers, own: Path, rules: str, form: str = SCANNED) -> EntryReport:
    """The report by rules that say how scans of the form are named."""
    text = f"vidcheck: 1\ncontest: {{entries: {form}}}\nrules:\n  " + rules.replace("\n", "\n  ")
    run = Run(rules=read_rules(text.encode()), workers=workers, policy=Policy.MEDIAINFO)
    (report,) = run.reports(find([str(own)]).targets)
    return report


COUNTS = "attachment.count: {is: 3}\nform.count: {is: 1}\nattachment.size: {max: 1 kB}\nform.kind: {only: [%s]}"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("推荐表.jpg", JPEG + bytes(2000), "jpeg"),
        ("017-自荐表(扫描件).PDF", pdf_form({"a page": "of a scanner"}) + b"%" * 2000, "pdf"),
        ("推荐表.docx", table_of(["a picture"]), "docx"),
    ],
)
def test_a_scan_that_is_named_as_the_rules_say_is_the_form_and_no_attachment(
    workers: Workers, tmp_path: Path, name: str, data: bytes, kind: str
) -> None:
    own = entry(tmp_path / "001", a__jpg=JPEG, b__jpg=JPEG, c__zip=b"PK\x05\x06" + bytes(18))
    (own / name).write_bytes(data)
    report = scanned(workers, own, COUNTS % kind)
    assert outcomes(report.findings) == dict.fromkeys(
        ("attachment.count", "form.count", "attachment.size", "form.kind"), "pass"
    )
    (fact,) = report.findings[1].evidence
    assert fact.note is not None
    assert fact.note.render("en") == f"taken for the form by name alone: {name}"
    (other,) = scanned(workers, own, "form.count: {is: 0}", "{form: {name: 'form.*'}}").findings
    assert other.outcome is Outcome.PASS


def test_no_name_makes_a_form_of_what_is_no_scan_and_a_form_that_can_be_read_needs_none(
    workers: Workers, tmp_path: Path
) -> None:
    own = entry(tmp_path / "001", f__docx=form())
    for name, data in {
        "推荐表.zip": b"PK\x05\x06" + bytes(18),
        "推荐表.txt": b"text",
        "推荐表.mp4.xml": b"<a/>",
    }.items():
        (own / name).write_bytes(data)
    report = scanned(workers, own, "attachment.count: {is: 3}\nform.count: {is: 1}\nform.kind: {only: [docx]}")
    assert set(outcomes(report.findings).values()) == {"pass"}
    assert report.findings[1].evidence[0].note is None


def test_a_pattern_that_takes_too_long_on_a_scans_name_leaves_it_to_a_person(workers: Workers, tmp_path: Path) -> None:
    own = entry(tmp_path / "001")
    for number in range(3):
        (own / f"{'a' * 60}{number}.jpg").write_bytes(JPEG)
    (own / "推荐表.docx").write_bytes(form())
    report = scanned(workers, own, "form.count: {is: 1}", "{form: {name: '(a|aa)+b'}}")
    assert outcomes(report.findings) == {"form.count": "unknown"}
    assert len(report.faults) == 3
    assert "contest.entries.form took longer than a second" in report.faults[0].message.render("en")


def test_both_readings_of_20m_are_met_by_20_mib_exactly(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__jpg=JPEG + bytes(20 * 2**20 - len(JPEG)))
    assert checker.finding("attachment.size: {max: 20 MiB}", own).outcome is Outcome.PASS
    assert checker.finding("attachment.size: {max: 20 MB}", own).outcome is Outcome.FAIL


def test_an_entry_without_a_folder_of_its_own_has_unknown_attachments(checker: Checker, tmp_path: Path) -> None:
    finding = checker.finding("attachment.count: {max: 3}", put(tmp_path / "1.mp4"))
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, False)


def test_two_forms_that_differ_are_a_dispute_that_shows_both_with_their_places(
    checker: Checker, tmp_path: Path
) -> None:
    own = entry(tmp_path / "001", a__docx=form(), b__pdf=pdf_form({**FORM, "作品名称": "另一盏灯"}))
    finding = checker.finding("declared.title: {known: yes}", own)
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)
    assert finding.actual.render("en") == ("山那边的灯光 (a.docx: table 1, row 1), 另一盏灯 (b.pdf: page 1, line 1)")
    assert checker.finding("declared.authors: {min-count: 3}", own).outcome is Outcome.PASS


def test_two_dates_inside_the_window_are_a_dispute_all_the_same(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__docx=form(), b__docx=form({**FORM, "播出时间": "2024年3月16日"}))
    finding = checker.finding("broadcast: {from: 2024-01-01, to: 2024-12-31}", own)
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)


def test_a_label_twice_in_one_form_with_different_values_is_a_dispute(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__docx=table_of(*FORM.items(), ("作品名称", "另一盏灯")))
    finding = checker.finding("declared.title: {known: yes}", own)
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)


def manifest(path: Path, **cells: str) -> str:
    path.write_text(f"文件夹,{','.join(cells)}\n001,{','.join(cells.values())}\n", encoding="utf-8")
    return str(path)


DECLARED_RULES = """vidcheck: 1
contest: {title: t, timezone: Asia/Shanghai, entries: {folder: {column: 文件夹}}}
rules:
  declared.title: {known: yes}
  broadcast: {from: 2024-01-01, to: 2024-12-31}
"""


def test_form_and_manifest_that_differ_are_a_dispute_and_spelling_makes_none(tmp_path: Path) -> None:
    entry(tmp_path / "in" / "001", a__docx=form())
    rules = read_rules(DECLARED_RULES.encode(), "rules.yaml")
    for title, day, expected in (
        ("《山那边 的灯光》", "2024-03", {"pass"}),
        ("山这边的灯光", "2024-03-17", {"unknown"}),
    ):
        table = manifest(tmp_path / "entries.csv", 作品名称=title, 播出时间=day)
        (report,) = check([tmp_path / "in"], rules, manifest=table, workers=1, witness="mediainfo").entries
        assert set(outcomes(report.findings).values()) == expected
        assert all(finding.disputed is (expected == {"unknown"}) for finding in report.findings)
    told = report.findings[0].actual.render("en")
    assert told == "山这边的灯光 (entries.csv: B2), 山那边的灯光 (a.docx: table 1, row 1)"


def test_a_declared_date_of_a_form_goes_before_the_containers(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__docx=form())
    finding = checker.finding("completed: {from: 2024-03-15, to: 2024-03-15}", own)
    assert finding.outcome is Outcome.PASS
    assert finding.evidence[0].locator == "a.docx: table 1, row 3"


def test_an_unreadable_document_leaves_what_it_could_have_said_unknown(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__docx=form()[:3000], b__jpg=JPEG)
    report = checker.report(f"declared.title: {{known: yes}}\n{CALL}", own)
    told = outcomes(report.findings)
    assert (told["attachment.count"], told["attachment.size"]) == ("pass", "pass")  # either way
    assert (told["form.count"], told["declared.title"]) == ("unknown", "unknown")
    assert [fault.message.render("en") for fault in report.faults] == [
        "a.docx: the document is broken: it can't be unpacked"
    ]


def test_an_unreadable_document_decides_no_limit_that_it_alone_would_break(checker: Checker, tmp_path: Path) -> None:
    files = {f"{name}__jpg": JPEG for name in "abc"}
    own = entry(tmp_path / "001", z__docx=form()[:3000], **files)
    finding = checker.finding("attachment.count: {max: 3}", own)
    assert (finding.outcome, finding.disputed) == (Outcome.UNKNOWN, True)
    assert "z.docx could not be read" in finding.message.render("en")


def test_a_pipe_among_the_attachments_is_not_waited_for(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__jpg=JPEG)
    os.mkfifo(own / "b.docx")
    report = checker.report("attachment.count: {max: 1}\nform.count: {max: 1}", own)
    assert outcomes(report.findings) == {"attachment.count": "unknown", "form.count": "pass"}
    assert "b.docx: it is a named pipe, not a file" in [fault.message.render("en") for fault in report.faults]


def test_a_hundred_attachments_and_one_are_not_looked_at(checker: Checker, tmp_path: Path) -> None:
    own = entry(tmp_path / "001", **{f"a{at}__jpg": JPEG for at in range(attachments.MOST + 1)})
    report = checker.report("attachment.count: {max: 200}", own)
    assert report.findings[0].outcome is Outcome.UNKNOWN
    assert "101 files lie beside the video" in report.faults[0].message.render("en")


def test_files_that_rules_ask_about_do_not_count_as_ignored(tmp_path: Path) -> None:
    own = entry(tmp_path / "001", a__jpg=JPEG, __hidden=b"x")
    found = find([str(own)])
    asked = read_rules(b"vidcheck: 1\nrules: {attachment.count: {max: 3}}", "rules.yaml")
    not_asked = read_rules(b"vidcheck: 1\nrules: {format: {is: mp4}}", "rules.yaml")
    assert [len(attachments.ignored(found, rules)) for rules in (asked, not_asked)] == [1, 2]


def test_facts_tell_of_attachments_and_forms(checker: Checker, tmp_path: Path) -> None:
    told = checker.facts(entry(tmp_path / "001", a__docx=form(), b__jpg=JPEG))
    assert [fact.value for fact in told.of("attachment.kind")] == [("jpeg",)]
    assert [fact.value for fact in told.of("declared.first-author")] == ["张三"]


@pytest.fixture
def patched() -> Iterator[Callable[[Callable[[BinaryIO], Any]], Checker]]:
    """A checker whose workers have another reader of Word documents."""
    started: list[Workers] = []

    def make(fake: Callable[[BinaryIO], Any]) -> Checker:
        started.append(Patched(always("vidcheck.declared.documents.word", "look", fake)))
        return Checker(started[-1])

    yield make
    for workers in started:
        workers.stop()


def test_nothing_is_looked_at_beside_the_video_where_no_rule_asks(
    patched: Callable[[Callable[[BinaryIO], Any]], Checker], tmp_path: Path
) -> None:
    own = entry(tmp_path / "001", a__docx=form()[:100])
    report = patched(leave).report("format: {is: mp4}", own)
    assert (report.verdict, report.faults) == (Verdict.ELIGIBLE, ())


@pytest.mark.parametrize(
    ("fake", "words", "seconds"),
    [(hang, "no answer in", 5.0), (leave, "it crashed (exit code 3)", 30.0), (eat, "memory", 30.0)],
)
def test_a_document_that_hangs_or_kills_its_reader_is_a_fault_of_its_own(
    patched: Callable[[Callable[[BinaryIO], Any]], Checker], tmp_path: Path, fake: Any, words: str, seconds: float
) -> None:
    own = entry(tmp_path / "001", a__docx=form(), b__jpg=JPEG, c__pdf=pdf_form())
    report = patched(fake).report(
        "format: {is: mp4}\nattachment.count: {max: 2}\ndeclared.title: {known: yes}", own, timeout=seconds
    )
    assert outcomes(report.findings) == {"format": "pass", "attachment.count": "pass", "declared.title": "pass"}
    (fault,) = report.faults
    assert fault.message.render("en").startswith("a.docx: ")
    assert words in fault.message.render("en")
    assert report.verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    "case",
    [
        ("a.docx", "docx", "form.count: {max: 1}", True),
        ("a.PDF", "pypdf", "completed: {from: 2020-01-01}", True),
        ("a.pdf", "docx", "form.count: {max: 1}", False),
        ("a.jpg", "docx", "form.count: {max: 1}", False),
        ("a.docx", "docx", "format: {is: mp4}", False),
        ("a.docx", "", "form.count: {max: 1}", False),
    ],
)
def test_a_missing_library_is_said_once_before_the_run_where_it_would_be_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, str, bool]
) -> None:
    name, absent, rule, said = case
    own = entry(tmp_path / "001", **{name.replace(".", "__"): b"x"})
    monkeypatch.setattr(attachments, "find_spec", lambda module: None if module == absent else object())
    words = attachments.missing(find([str(own)]), read_rules(f"vidcheck: 1\nrules: {{{rule}}}".encode(), "rules.yaml"))
    assert (words is not None) is said
    assert words is None or 'pip install "vidcheck[forms]"' in words.render("zh")


def test_a_pool_that_loses_its_workers_time_and_again_ends_with_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    own = entry(tmp_path / "001", a__docx=form(), b__jpg=JPEG)

    def broken(*_: Any, **__: Any) -> Any:
        lost: Future[Any] = Future()
        lost.set_exception(BrokenExecutor())
        return lost

    monkeypatch.setattr(workers, "submit", broken)
    report = Checker(workers).report("form.count: {is: 1}", own)
    assert report.findings[0].outcome is Outcome.UNKNOWN
    assert report.verdict is Verdict.REVIEW
    assert [fault.message.render("en") for fault in report.faults] == ["its worker was lost time and again"]
