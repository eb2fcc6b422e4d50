from __future__ import annotations

import csv
import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.cli.run import vidcheck
from tests.declared import tables
from tests.kit import lasting, put, rules_text
from tests.reports import build
from vidcheck.cli import build as application
from vidcheck.cli import letters as module
from vidcheck.reports import json as reporting

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a report in English and one in Chinese."""
    for lang in ("en", "zh"):
        (tmp_path / f"{lang}.json").write_bytes(reporting.render(build.folder(), lang))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def run(*arguments: str, stdin: bytes = b"") -> Result:
    """Runs the command inside this process."""
    return CliRunner().invoke(application(), ["letters", *arguments], input=stdin)


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "letters.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


LACKING = "letters.csv has no e-mail addresses and no names, for reports don't have them: add --manifest TABLE.\n"


def test_letters_are_written_and_listed(here: Path) -> None:
    done = vidcheck("letters", "en.json", "--out", "new/letters", cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "5 letters are in new/letters, as text and as HTML; letters.csv lists them.\n"
        f"2 ineligible, 1 for review, 2 eligible.\n{LACKING}"
    )
    rows = listed(here / "new/letters")
    assert [(row["path"], row["verdict"]) for row in rows] == [
        ("entries/001.mp4", "eligible"),
        ("entries/002.mp4", "eligible"),
        ("entries/017.mp4", "ineligible"),
        ("entries/sd.mp4", "ineligible"),
        ("entries/科普/昆虫的一生.mp4", "review"),
    ]
    files = {path.name for path in (here / "new/letters").iterdir()}
    assert files == {"letters.csv", *(row["text"] for row in rows), *(row["html"] for row in rows)}
    assert "Asked for: 2:00 to 5:00" in (here / "new/letters" / rows[2]["text"]).read_text(encoding="utf-8")


def test_letters_go_to_the_verdicts_that_are_named(here: Path) -> None:
    assert run("en.json", "--out", "a", "--for", "review", "--for", "eligible").exit_code == 0
    assert {row["verdict"] for row in listed(here / "a")} == {"review", "eligible"}
    done = run("en.json", "--out", "b", "--for", "all")
    assert (done.exit_code, (here / "b").exists()) == (2, False)


def test_a_template_of_ones_own_is_for_ineligible_entries_unless_others_are_named(here: Path) -> None:
    (here / "own.jinja").write_text("You are out.")
    done = run("en.json", "--out", "a", "--template", "own.jinja")
    assert "ineligible entries alone" in done.stdout
    assert {row["verdict"] for row in listed(here / "a")} == {"ineligible"}
    run("en.json", "--out", "b", "--template", "own.jinja", "--for", "eligible")
    assert {row["verdict"] for row in listed(here / "b")} == {"eligible"}


HEADS = ("作品名称", "视频文件", "主创人员", "联系电话", "电子邮箱")
ROWS = (
    ("湿地", "a.mp4", "张三、李四", "13812345678", "zhang@example.cn，备用 second@example.cn"),
    ("冰雪", "b/b.mp4", "", "13812345679", ""),
    ("雪原", "c.mp4", "王五", "13812345670", "wang@example.cn"),
    ("林海", "c.mp4", "赵六", "13812345671", "zhao@example.cn"),
)


def checked(here: Path, rules: str, **contest: str) -> None:
    """A report on three entries with a table, made and saved."""
    (here / "in" / "b").mkdir(parents=True)
    for name in ("a", "b/b", "c"):
        put(here / "in" / f"{name}.mp4")
    head = ", ".join(
        f"{name}: {value}" for name, value in {"title": "t", "timezone": "Asia/Shanghai", **contest}.items()
    )
    (here / "rules.yaml").write_text(f"vidcheck: 1\ncontest: {{{head}}}\nrules: {{{rules}}}\n", encoding="utf-8")
    (here / "t.csv").write_bytes(tables.csv([HEADS, *ROWS]))
    vidcheck("check", "in", "--manifest", "t.csv", "--report", "json:r.json", "--lang", "zh", "-q", cwd=here)


def test_the_table_says_whom_a_letter_is_for(here: Path) -> None:
    checked(here, "duration: {max: 1 s}")
    done = run("r.json", "--out", "a", "--manifest", "t.csv", "--lang", "zh")
    assert "in/b/b.mp4" in done.stdout
    rows = listed(here / "a")
    assert [(row["path"], row["email"], row["name"], row["title"]) for row in rows] == [
        ("in/a.mp4", "zhang@example.cn; second@example.cn", "张三", "湿地"),
        ("in/b/b.mp4", "", "", "冰雪"),
        ("in/c.mp4", "wang@example.cn", "王五", "雪原"),
        ("in/c.mp4", "zhao@example.cn", "赵六", "林海"),
    ]
    assert rows[0]["subject"] == "关于您的参赛作品《湿地》：请修改后重新提交"
    everything = [secret for row in ROWS for secret in (*row[:1], *row[3:], *row[2].split("、")) if secret]
    for row, own in zip(rows, (ROWS[0], ROWS[1], ROWS[2], ROWS[3]), strict=True):
        for kind in ("text", "html"):
            letter = (here / "a" / row[kind]).read_text(encoding="utf-8")
            assert [one for one in everything if one in letter and one not in "".join(own)] == []
        assert row["email"] == "" or (here / "a" / row["text"]).read_text(encoding="utf-8").startswith(row["name"])


def test_cells_name_files_from_the_folder_that_was_searched(here: Path) -> None:
    """Though all entries lie deeper, and a report knows of no folder that was searched."""
    checked(here, "duration: {max: 1 s}")
    report = json.loads((here / "r.json").read_text(encoding="utf-8"))
    report["entries"] = [
        {**entry, "path": f"in/b/{name}.mp4"} for entry, name in zip(report["entries"], "ab", strict=False)
    ]
    (here / "r.json").write_text(json.dumps(report), encoding="utf-8")
    rows = [("湿地", "b/a.mp4", "张三", "", "z@example.cn"), ("冰雪", "in/b/b.mp4", "李四", "", "l@example.cn")]
    (here / "t.csv").write_bytes(tables.csv([HEADS, *rows]))
    run("r.json", "--out", "a", "--manifest", "t.csv", "--lang", "zh")
    assert [row["email"] for row in listed(here / "a")] == ["z@example.cn", "l@example.cn"]


def test_a_letter_for_two_rows_tells_neither_of_them(here: Path) -> None:
    checked(
        here,
        "work: {fact: declared.title, is: 别的, message: '{actual}不行', remedy: '{actual}请改'}, telephone: {fact: declared.telephone, known: yes}, makers: {fact: declared.authors, max-count: 9}",
    )
    run("r.json", "--out", "a", "--manifest", "t.csv", "--lang", "zh")
    for row in listed(here / "a")[2:]:
        letter = (here / "a" / row["text"]).read_text(encoding="utf-8")
        others = ({"雪原", "王五"}, {"林海", "赵六"})[row["name"] == "王五"]
        assert not any(word in letter for word in (*others, "13812345670", "13812345671", "t.csv"))


def test_a_manifest_that_cannot_be_read_writes_no_letter(here: Path) -> None:
    done = run("en.json", "--out", "a", "--manifest", "gone.csv")
    assert (done.exit_code, (here / "a").exists()) == (2, False)
    assert "gone.csv" in done.stderr


@pytest.mark.parametrize(
    ("today", "words"), [("2026-05-09", "截止时间：2026-05-20"), ("2026-05-21", "截止时间已过（2026-05-20")]
)
def test_corrections_count_until_their_day(here: Path, today: str, words: str) -> None:
    checked(here, "duration: {max: 1 s}", deadline="2026-05-09", corrections="2026-05-20")
    at = str(int(datetime.fromisoformat(f"{today}T12:00+08:00").timestamp()))
    assert vidcheck("letters", "r.json", "--out", "a", cwd=here, SOURCE_DATE_EPOCH=at).returncode == 0
    letter = (here / "a" / listed(here / "a")[0]["text"]).read_text(encoding="utf-8")
    assert words in letter
    assert "2026-05-09" not in letter


def test_a_deadline_that_has_passed_is_said_to_the_organizer(here: Path) -> None:
    checked(here, "duration: {max: 1 s}", deadline="2020-05-09")
    done = run("r.json", "--out", "a")
    assert "The last day, 2020-05-09, has passed" in done.stdout
    assert "contest: {corrections: …}" in done.stdout


def test_the_same_report_gives_the_same_bytes(here: Path) -> None:
    run("en.json", "--out", "a")
    vidcheck("letters", "en.json", "--out", "b", cwd=here, LC_ALL="zh_CN.UTF-8", TZ="Asia/Tokyo", PYTHONHASHSEED="7")
    assert {path.name: path.read_bytes() for path in (here / "a").iterdir()} == {
        path.name: path.read_bytes() for path in (here / "b").iterdir()
    }


def test_a_report_comes_through_a_pipe(here: Path) -> None:
    done = run("-", "--out", "a", stdin=(here / "en.json").read_bytes())
    assert done.exit_code == 0
    assert len(listed(here / "a")) == 5


def test_letters_speak_the_language_of_the_report(here: Path) -> None:
    run("zh.json", "--out", "a")
    text = (here / "a" / listed(here / "a")[0]["text"]).read_text(encoding="utf-8")
    assert text.startswith("您好")


@pytest.mark.parametrize(("report", "lang"), [("en", "zh"), ("zh", "en")])
def test_letters_of_two_languages_are_warned_of(here: Path, report: str, lang: str) -> None:
    done = run(f"{report}.json", "--out", "a", "--lang", lang)
    assert done.exit_code == 0
    assert f"--lang {lang}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert run(f"{report}.json", "--out", "b", "--lang", report).stderr == ""


def test_nothing_is_overwritten_without_force(here: Path) -> None:
    run("en.json", "--out", "a")
    name = listed(here / "a")[1]["html"]
    for path in (here / "a").iterdir():
        if path.name == name:
            path.write_text("mine")
        else:
            path.unlink()
    done = run("en.json", "--out", "a")
    assert done.exit_code == 2
    assert done.stderr == f"vidcheck: a/{name} is there already; --force overwrites it\n"
    assert [path.read_text() for path in (here / "a").iterdir()] == ["mine"]
    assert run("en.json", "--out", "a", "--force").exit_code == 0
    assert (here / "a" / name).read_text() != "mine"


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "force"])
def test_no_link_is_followed(here: Path, force: list[str]) -> None:
    (here / "a").mkdir()
    (here / "a" / "letters.csv").symlink_to(here / "gone.csv")
    (here / "precious").write_text("precious")
    run("en.json", "--out", "b")
    (here / "a" / listed(here / "b")[0]["text"]).symlink_to(here / "precious")
    done = run("en.json", "--out", "a", *force)
    assert done.exit_code == (0 if force else 2)
    assert (here / "precious").read_text() == "precious"
    assert not (here / "gone.csv").exists()


def test_letters_of_an_earlier_run_are_warned_of(here: Path) -> None:
    run("en.json", "--out", "a")
    report = json.loads((here / "en.json").read_text(encoding="utf-8"))
    report["entries"] = [entry for entry in report["entries"] if entry["path"] != "entries/sd.mp4"]
    (here / "en.json").write_text(json.dumps(report))
    done = run("en.json", "--out", "a", "--force")
    assert done.exit_code == 0
    assert "a also holds 2 files that are not of this report" in done.stderr
    assert len(listed(here / "a")) == 4


def test_a_report_without_such_entries_gives_an_empty_list(here: Path) -> None:
    (here / "good.json").write_bytes(reporting.render(build.report(build.passing(), incomplete=True)))
    done = run("good.json", "--out", "a", "--for", "ineligible")
    assert done.exit_code == 0
    assert "there is no letter" in done.stdout
    assert "the report is incomplete" in done.stderr
    assert listed(here / "a") == []


def test_a_template_of_ones_own(here: Path) -> None:
    (here / "own.jinja").write_text('\ufeff{% extends "en" %}{% block signature %}Wang{% endblock %}', encoding="utf-8")
    assert run("en.json", "--out", "a", "--template", "own.jinja").exit_code == 0
    assert (here / "a" / listed(here / "a")[0]["text"]).read_text(encoding="utf-8").endswith("Kind regards\nWang\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.json"], "gone.json can't be read: No such file or directory"),
        (["."], ". can't be read: Is a directory"),
        (["half.json"], "half.json is not JSON"),
        (["list.json"], "list.json is not a JSON report of vidcheck"),
        (["new.json"], "new.json has schema 9; this version reads schema 1"),
        (["a\0b"], "a\\x00b can't be read: embedded null byte"),
        (["huge.json"], "huge.json is larger than 0 MiB"),
        (["en.json", "--template", "gone.jinja"], "gone.jinja can't be read: No such file or directory"),
        (["en.json", "--template", "latin.jinja"], "latin.jinja is not UTF-8"),
        (["en.json", "--template", "bad.jinja"], "bad.jinja:2: 'nmae' is undefined"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_cannot_be_used_is_one_line_and_writes_nothing(
    here: Path, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_REPORT", 50_000)
    (here / "half.json").write_bytes((here / "en.json").read_bytes()[:500])
    (here / "list.json").write_text("[]")
    (here / "huge.json").write_bytes(b" " * 60_000)
    (here / "latin.jinja").write_bytes(b"\xe9")
    (here / "bad.jinja").write_text("a\n{{ nmae }}")
    report = json.loads((here / "en.json").read_text(encoding="utf-8"))
    (here / "new.json").write_text(json.dumps(report | {"schema": 9}))
    done = run(*arguments, "--out", "a")
    assert done.exit_code == 2
    assert done.stderr == f"vidcheck: {words}\n"
    assert not (here / "a").exists()


def test_a_missing_library_is_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = run("en.json", "--out", "a")
    assert done.exit_code == 2
    assert 'pip install "vidcheck[letters]"' in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_code_5(here: Path) -> None:
    (here / "file").write_text("")
    for folder in ("file", "file/below", "/dev/full/a"):
        done = run("en.json", "--out", folder)
        assert done.exit_code == 5
        assert done.stderr.count("\n") == 1


def test_a_full_disk_is_one_line_and_leaves_no_half_letter(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    real = Path.open

    def full(path: Path, *mode: str, **more: object) -> object:
        file = real(path, *mode, **more)  # type: ignore[call-overload]
        if mode == ("xb",):
            file.close()
            return real(Path("/dev/full"), "wb")
        return file

    monkeypatch.setattr(Path, "open", full)
    done = run("en.json", "--out", "a")
    assert done.exit_code == 5
    assert "No space left on device" in done.stderr
    assert list((here / "a").iterdir()) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_a_file_to_its_letter(here: Path, lang: str) -> None:
    put(here / "long.mp4", lasting("212.48"))
    (here / "rules.yaml").write_text(rules_text("duration: {max: 200 s}\ncompleted: {to: 2020-01-01}"))
    checked = vidcheck(
        "check", "long.mp4", "--report", "json:report.json", "--lang", lang, "--witness", "mediainfo", cwd=here
    )
    assert checked.returncode == 1, checked.stderr
    assert run("report.json", "--out", "a").exit_code == 0
    text = (here / "a" / listed(here / "a")[0]["text"]).read_text(encoding="utf-8")
    note = {"en": "Note: ", "zh": "说明："}[lang]
    assert text.count(note) == 1  # the date rests on the file's own; of the duration the figures say all
    assert text.count("ffmpeg -n -i long.mp4") == 1
    assert {"en": "3:32.480", "zh": "3 分 32.480 秒"}[lang] in text


@pytest.mark.parametrize(("lang", "words"), [("en", "another entry"), ("zh", "另一件作品")])
def test_a_letter_names_no_other_entrants_file(here: Path, lang: str, words: str) -> None:
    (here / "rules.yaml").write_text(
        rules_text("duration: {max: 1 s}") + "batch:\n  same-file: {unique: checksum, if-found: fail}\n"
    )
    (here / "in").mkdir()
    for name in ("a.mp4", "张三.mp4"):
        put(here / "in" / name)
    vidcheck("check", "in", "--report", "json:r.json", "--lang", lang, "--exit-zero", cwd=here)
    assert "张三" in str(json.loads((here / "r.json").read_text(encoding="utf-8"))["entries"][0]["findings"])
    assert run("r.json", "--out", "out").exit_code == 0
    mine = next(row for row in listed(here / "out") if row["path"] == "in/a.mp4")
    for kind in ("text", "html"):
        letter = (here / "out" / mine[kind]).read_text(encoding="utf-8")
        assert words in letter
        assert "张三" not in letter
