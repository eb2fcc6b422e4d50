"""`contest.entries`: what it says, and every mistake in it with its place."""

from __future__ import annotations

import jsonschema
import pytest

from tests.rules.test_schema import as_an_editor_reads
from vidcheck.declared.layout import ManifestLayout
from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.schema import schema

VALIDATOR = jsonschema.Draft202012Validator(schema())
FIELDS = (
    "title, category, broadcast-date, authors, broadcast-platform, broadcast-url, broadcast-platform-and-url, address, telephone, "
    "email, summary, innovation, reach, recommender, completed-date, file, submitted"
)
NAMED = r"'(?P<title>.+)-(?P<authors>.+)\.mp4'"


def text(entries: str) -> str:
    return f"vidcheck: 1\ncontest:\n  entries: {entries}\nrules: {{format: {{is: mp4}}}}\n"


@pytest.mark.parametrize(
    ("entries", "layout"),
    [
        ("{columns: {title: 片子, authors: [导演, 摄像]}}", ManifestLayout(columns=(("片子", "title"), ("导演", "authors"), ("摄像", "authors")))),
        ("{file: {column: 编号}}", ManifestLayout(file="编号")),
        (f"{{file: {{name: {NAMED}}}}}", ManifestLayout(name=NAMED.strip("'"))),
        ("{folder: {column: 编号}}", ManifestLayout(folder="编号")),
        ("{form: {name: '.*(推荐表|自荐表).*'}}", ManifestLayout(form=".*(推荐表|自荐表).*")),
        ("{columns: {file: 片名}, folder: {column: 1}}", ManifestLayout(columns=(("片名", "file"),), folder="1")),
    ],
)  # fmt: skip
def test_a_layout_is_read_and_valid_for_editors(entries: str, layout: ManifestLayout) -> None:
    assert read_rules(text(entries).encode()).layout == layout
    VALIDATOR.validate(as_an_editor_reads(text(entries)))


def test_without_entries_there_is_no_layout() -> None:
    assert read_rules(b"vidcheck: 1\nrules: {format: {is: mp4}}").layout is None


MISTAKES: dict[str, tuple[str, ...]] = {
    # id: (what stands behind entries, what is said …)
    "nothing": ("", "3:3: contest: entries: 'entries' takes columns, file, folder, form (try \"entries: {columns: {title: Work}, file: {column: File}}\")"),
    "a text": ("x", "3:12: contest: entries: 'entries' takes columns, file, folder, form (try \"entries: {columns: {title: Work}, file: {column: File}}\")"),
    "an unknown part": ("{colums: {title: a}}", "3:13: contest: entries: 'colums' is nothing that entries has; it has columns, file, folder, form (try \"columns\")"),
    "an unknown field": ("{columns: {titel: a}}", f"3:23: contest: entries: columns: 'titel' is no field; the fields are {FIELDS} (try \"title\")"),
    "a column twice": ("{columns: {title: 片 名, authors: 片名}}", "3:44: contest: entries: columns: the column '片名' is already the field title"),
    "no column": ("{columns: {title: }}", "3:23: contest: entries: columns: 'title' has lost its value (try \"title: Work\")"),
    "a column without letters": ("{columns: {title: '*'}}", "3:30: contest: entries: columns: '*' is no name of a column"),
    "an empty list": ("{columns: {title: []}}", "3:30: contest: entries: columns: the list of 'title' is empty"),
    "columns as a list": ("{columns: [a]}", "3:22: contest: entries: columns: 'columns' takes fields with the names of their columns (try \"columns: {title: Work}\")"),
    "file and folder": ("{file: {column: a}, folder: {column: b}}", "3:32: contest: entries: a row finds its file by 'file' or by 'folder', not by both"),
    "column and name": (f"{{file: {{column: a, name: {NAMED}}}}}", "3:31: contest: entries: file: 'file' takes one of column, name"),
    "a folder by name": (f"{{folder: {{name: {NAMED}}}}}", "3:22: contest: entries: folder: 'name' is nothing that folder has; it has column"),
    "file as a text": ("{file: a}", "3:19: contest: entries: file: 'file' takes column, name (try \"file: {column: File}\")"),
    "a bad pattern": ("{file: {name: '(?P<title>'}}", "3:26: contest: entries: file: the pattern is not sound at its character 11: missing )"),
    "no group": (r"{file: {name: '.+\.mp4'}}", "3:26: contest: entries: file: the pattern has no named group, so it tells no field (try \"'(?P<title>.+)-(?P<authors>.+)\\.mp4'\")"),
    "a group that is no field": ("{file: {name: '(?P<titel>.+)'}}", f"3:26: contest: entries: file: the group 'titel' is no field; the fields are {FIELDS} (try \"title\")"),
    "a form as a text": ("{form: 推荐表}", "3:19: contest: entries: form: 'form' takes name (try \"form: {name: '.*(推荐表|自荐表).*'}\")"),
    "a form by column": ("{form: {column: 推荐表}}", "3:20: contest: entries: form: 'column' is nothing that form has; it has name"),
    "a form without a name": ("{form: {name: }}", "3:20: contest: entries: form: 'name' has lost its value (try \"name: '.*(推荐表|自荐表).*'\")"),
    "a bad pattern of a form": ("{form: {name: '*推荐表*'}}", "3:26: contest: entries: form: the pattern is not sound at its character 1: nothing to repeat"),
    "a pattern bomb": ("{file: {name: '(?P<title>((a{999}){999}){999})'}}", "3:26: contest: entries: file: the pattern has more than 20000 parts when its repetitions are written out"),
}  # fmt: skip
NOT_OF_A_SCHEMA = {
    "a column twice",
    "a column without letters",
    "a bad pattern",
    "a bad pattern of a form",
    "no group",
    "a group that is no field",
    "a pattern bomb",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place(name: str) -> None:
    entries, *expected = MISTAKES[name]
    with pytest.raises(RulesError) as caught:
        read_rules(text(entries).encode(), "rules.yaml")
    assert str(caught.value).split("\n") == [f"rules.yaml:{line}" for line in expected]
    assert caught.value.render("zh") != str(caught.value)


@pytest.mark.parametrize("name", [name for name in MISTAKES if name not in NOT_OF_A_SCHEMA])
def test_editors_see_the_mistake_too(name: str) -> None:
    assert not VALIDATOR.is_valid(as_an_editor_reads(text(MISTAKES[name][0])))


def test_the_layout_of_the_extended_file_holds_until_another_is_given(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "base.yaml").write_text(text("{file: {column: 编号}}"), encoding="utf-8")
    heir = b"vidcheck: 1\nextends: base.yaml\n"
    assert read_rules(heir, str(folder / "rules.yaml")).layout == ManifestLayout(file="编号")
    own = heir + "contest: {entries: {folder: {column: 夹}}}\n".encode()
    assert read_rules(own, str(folder / "rules.yaml")).layout == ManifestLayout(folder="夹")
