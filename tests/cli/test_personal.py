"""Personal data: a folder with a manifest in every format, on the screen and in saved reports, searched for all of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.cli.run import vidcheck
from tests.declared import tables
from tests.kit import put
from tests.thorough import examples
from vidcheck.cli import build
from vidcheck.reports import FORMATS
from vidcheck.texts import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = max(20, examples(60))
EXEMPT = {"contacts", "table"}
RULES = """vidcheck: 1
contest: {title: t, timezone: Asia/Shanghai}
rules:
  telephone-there: {fact: declared.telephone, known: yes}
  telephone-form: {fact: declared.telephone, any-of: [0451-86000000], message: 'not {actual} but {expected}'}
  telephone-once: {fact: declared.telephone, max-count: 1}
  telephone-not: {fact: declared.telephone, is: 13900000000, remedy: 'it says {actual}'}
  mail: {fact: declared.email, any-of: [office@example.cn]}
  mail-wanted: {fact: declared.email, min-count: 9, level: recommended}
  place: {fact: declared.address, matches: '黑龙江省.*'}
  place-length: {fact: declared.address, min-length: 100, max-length: 200}
  place-not: {fact: declared.address, is: 大庆市}
  reachable:
    any:
      - {declared.telephone: {is: 0451-86000000}, declared.email: {known: yes}}
      - {declared.address: {is: 大庆市}}
  local: {fact: video.count, is: 1, when: {declared.address: {matches: '.*哈尔滨.*'}}}
  makers: {fact: declared.authors, max-count: 1}
  summary: {fact: declared.summary, max-length: 2}
  site: {fact: declared.broadcast-host, is: a.example.cn}
  film: {fact: declared.broadcast-url, is: 'https://a.example.cn/1'}
  form: {fact: duration, min: 1 h, when: {declared.telephone: {is: 0451-86000000}}}
batch:
  one-telephone: {unique: declared.telephone}
  one-mail: {unique: [declared.email, declared.address], if-found: fail}
  few: {at-most: {count: 1, per: declared.authors}}
  text-once: {unique: declared.summary}
"""
HEADS = ("作品名称", "视频文件", "主创人员", "联系电话", "电子邮箱", "通讯地址", "内容简介", "播出网址")


def telephone(number: int) -> str:
    return f"138{number:04}5678"


def mail(number: int) -> str:
    return f"entrant{number:03}@mail{number % 7}.example.cn"


def address(number: int) -> str:
    return f"哈尔滨市道里区中央大街{number + 100}号幸福小区"


def rows() -> list[tuple[str, ...]]:
    """A row for each entry: some share data, some can't be read, some name another's data in another field."""
    made: list[tuple[str, ...]] = []
    for number in range(ENTRIES):
        whose = number - 1 if number % 10 == 9 else number
        phone, post = telephone(whose), mail(whose)
        if number % 10 == 3:
            phone = f"{phone[:3]}-{phone[3:7]}-{phone[7:]} 张老师代收，请勿外传"
        if number % 10 == 4:
            post = f"{post}，备用：{mail(number + 500)} 有空再发"
        if number % 10 == 5:
            phone = f"{phone} {telephone(number + 500)}"
        dotted = f"{phone[:3]}.{phone[3:7]}.{phone[7:11]}"
        made.append((
            f"作品{number:03} {dotted}" if number % 10 == 6 else f"作品{number:03}", f"{number:03}.mp4", f"张{number:03}（{telephone(whose)}）、李四", phone, post, address(whose),
            f"联系 {mail(whose).replace('@', ' @ ')} 或 {telephone(whose)}，住{address(whose)}", f"https://v.example.cn/{number}?tel={telephone(whose)}",
        ))  # fmt: skip
    made.append(("另一行", "007.mp4", "王五", telephone(900), mail(900), address(900), "一部片", ""))
    return made


def secrets() -> list[str]:
    """All personal data in the table, as it stands there and as it is read."""
    numbers = [*range(ENTRIES), *range(500, 500 + ENTRIES), 900]
    phones = [telephone(number) for number in numbers]
    dashed = [f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" for phone in phones]
    dotted = [phone.replace("-", ".") for phone in dashed]
    apart = [f"entrant{number:03} @" for number in numbers]
    return [*phones, *dashed, *dotted, *apart, *map(mail, numbers), *map(address, numbers), "请勿外传", "有空再发"]


SECRETS = secrets()


def found_in(shown: str | bytes) -> list[str]:
    """The personal data in what is shown, as it is and in the members of a zip."""
    data = shown.encode() if isinstance(shown, str) else shown
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            data = b"\n".join(members.read(name) for name in members.namelist())
    text = data.decode("utf-8")
    escaped = [json.dumps(secret)[1:-1] for secret in SECRETS]
    return [secret for secret in dict.fromkeys([*SECRETS, *escaped]) if secret in text]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with entries, rules that ask for all personal data in many ways, and the table."""
    folder = tmp_path_factory.mktemp("personal")
    (folder / "entries").mkdir()
    for number in range(ENTRIES):
        put(folder / "entries" / f"{number:03}.mp4")
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "entries.csv").write_bytes(tables.csv([HEADS, *rows()], encoding="gb18030"))
    return folder


def checked(folder: Path, *options: str) -> str:
    """What the screen says."""
    done = vidcheck("check", "entries", "--manifest", "entries.csv", "--witness", "mediainfo", *options, cwd=folder)
    return done.stdout + done.stderr


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_no_format_and_no_screen_shows_personal_data(here: Path, lang: str) -> None:
    files = {name: here / (f"{lang}-table.csv" if name == "table" else f"{lang}.{name}") for name in FORMATS}
    wanted = [option for name, path in files.items() for option in ("--report", f"{name}:{path.name}")]
    screen = checked(here, "--lang", lang, "--all", *wanted)
    given = {"en": "(given)", "zh": "（已填写）"}[lang]
    assert given in screen
    assert found_in(screen) == []
    for name in FORMATS.keys() - EXEMPT:
        written = files[name].read_bytes()
        assert (name, found_in(written)) == (name, [])
    assert telephone(0) in (here / f"{lang}.contacts").read_text(encoding="utf-8-sig")
    report = json.loads((here / f"{lang}.json").read_text(encoding="utf-8"))
    finding = next(one for one in report["entries"][0]["findings"] if one["rule"] == "place-not")
    assert (finding["actual"], finding["evidence"][0]["raw"]) == (given, given)
    assert finding["evidence"][0]["withheld"] is True


def test_personal_shows_personal_data(here: Path) -> None:
    screen = checked(here, "--personal", "--all", "--report", "json:personal.json")
    for shown in (screen, (here / "personal.json").read_text(encoding="utf-8")):
        assert {telephone(1), mail(1), address(1)} <= set(found_in(shown))


def test_facts_shows_personal_data_only_when_asked(here: Path) -> None:
    for form in ("text", "json"):
        asked = ("facts", "entries", "--manifest", "entries.csv", "--witness", "mediainfo", "--format", form)
        shown = vidcheck(*asked, cwd=here)
        assert found_in(shown.stdout + shown.stderr) == []
        assert "(given)" in shown.stdout
        assert mail(1) in vidcheck(*asked, "--personal", cwd=here).stdout


def test_two_telephones_are_a_dispute_though_neither_is_shown(here: Path) -> None:
    shown = vidcheck(
        "facts", "entries/007.mp4", "--manifest", "entries.csv", "--witness", "mediainfo", "--format", "json", cwd=here
    ).stdout
    facts = json.loads(shown)["entries"][0]["facts"]
    assert (facts["declared.telephone"]["shown"], facts["declared.telephone"]["disputed"]) == ("(given)", True)
    shown = vidcheck(
        "facts", "entries/008.mp4", "--manifest", "entries.csv", "--witness", "mediainfo", "--format", "json", cwd=here
    ).stdout
    assert json.loads(shown)["entries"][0]["facts"]["declared.telephone"]["disputed"] is False


def test_a_sheet_that_nobody_can_read_is_named_without_its_content(here: Path) -> None:
    (here / "data.csv").write_bytes(
        tables.csv([("湿地", "a.mp4", telephone(1), mail(1), "中央大街小区")], encoding="utf-8")
    )
    done = vidcheck("check", "entries", "--manifest", "data.csv", cwd=here)
    assert done.returncode == 2
    assert "no row names known columns" in done.stderr
    assert "中央大街" not in done.stderr
    assert found_in(done.stdout + done.stderr) == []


def test_no_command_on_a_saved_report_shows_personal_data(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(here, "--report", "json:saved.json", "--exit-zero", "-q")
    monkeypatch.chdir(here)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for command in (
        ("review", "saved.json", "--by", "Wang"),
        ("diff", "saved.json", "saved.json"),
        ("check", "entries/001.mp4", "entries/007.mp4", "--manifest", "entries.csv", "--all", "--statistics"),
        ("check", "entries/001.mp4", "--manifest", "entries.csv"),
    ):
        done = CliRunner().invoke(build(), list(command), input="n\n" * ENTRIES)
        assert (command[0], len(done.output) > 20, found_in(done.output)) == (command[0], True, [])


def test_a_letter_holds_nobody_elses_data_and_not_even_ones_own_address(here: Path) -> None:
    checked(here, "--report", "json:saved.json", "--exit-zero", "-q", "--lang", "zh")
    done = vidcheck("letters", "saved.json", "--out", "letters", "--force", "--manifest", "entries.csv", cwd=here)
    assert found_in(done.stdout + done.stderr) == []
    for path in (here / "letters").iterdir():
        if path.name != "letters.csv":
            assert (path.name, found_in(path.read_bytes())) == (path.name, [])
    index = (here / "letters" / "letters.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(index) == ENTRIES + 2  # heads, and two persons for one of the files
    for number, row in ((1, index[2]), (12, index[14])):
        assert set(found_in(row)) == {mail(number)}


def test_a_form_is_as_discreet_as_a_table(tmp_path: Path) -> None:
    pytest.importorskip("docx")
    from tests.declared.documents.build import form

    (tmp_path / "one").mkdir()
    put(tmp_path / "one" / "film.mp4")
    fields = {"作品名称": "湿地", "主创人员（或单位）": f"张三 {telephone(1)}", "联系电话": telephone(1), "电子邮箱": f"{mail(1)} 有空再发",
              "联系地址": address(1), "播出时间": "2021年5月"}  # fmt: skip
    (tmp_path / "one" / "推荐表.docx").write_bytes(form(fields))
    (tmp_path / "rules.yaml").write_text(
        RULES.replace("rules:\n", "rules:\n  form.count: {is: 1}\n", 1), encoding="utf-8"
    )
    shown = vidcheck("check", "one", "--all", "--report", "json:-", cwd=tmp_path)
    assert "(given)" in shown.stdout
    assert found_in(shown.stdout + shown.stderr) == []


def test_a_file_that_is_found_by_its_telephone_is_not_named_by_it(tmp_path: Path) -> None:
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "b").mkdir()
    for folder in ("a", "b"):
        put(tmp_path / "in" / folder / f"{telephone(1)}.mp4")
    (tmp_path / "rules.yaml").write_text(
        "vidcheck: 1\ncontest: {title: t, timezone: Asia/Shanghai, entries: {file: {name: '(?P<telephone>\\d+)\\.mp4'}}}\n"
        "rules: {format: {is: mp4}}\n"
    )
    (tmp_path / "t.csv").write_bytes(tables.csv([HEADS, ("甲", "", "", telephone(1), "", "", "")]))
    vidcheck("check", "in", "--manifest", "t.csv", "--report", "json:r.json", cwd=tmp_path)
    (finding,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["batch"]
    assert "2 files fit (given): in/a/" in finding["message"]


def test_a_head_with_a_telephone_is_named_without_it(here: Path) -> None:
    heads = (*HEADS, f"咨询 {telephone(1)}")
    (here / "heads.csv").write_bytes(tables.csv([heads, (*rows()[0], "")], encoding="utf-8"))
    done = vidcheck("check", "entries/000.mp4", "--manifest", "heads.csv", "--report", "json:-", cwd=here)
    assert json.loads(done.stdout)["manifest"]["unread_columns"] == ["咨询 ***"]
    assert found_in(done.stdout + done.stderr) == []
