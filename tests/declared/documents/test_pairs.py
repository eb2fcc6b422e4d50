"""Labels and values, whatever the layout."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import docx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.declared.documents.build import (
    DATA,
    FORM,
    body,
    fill,
    form,
    paragraphs,
    pdf_form,
    pdf_of,
    read_pdf,
    read_word,
    saved,
    table_of,
    text_box,
    told,
)
from tests.thorough import examples
from vidcheck.declared.documents.document import Document, Pair, Table, TableCell, TextLine
from vidcheck.declared.documents.lines import LONGEST, field_of, normal
from vidcheck.declared.documents.pairs import find_pairs, is_form
from vidcheck.declared.fields import FIELDS, field_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIELD = {field_of(label): " ".join(value.split()) for label, value in FORM.items()}


@pytest.mark.parametrize("name", ["form_v1.docx", "form_v2.docx"])
def test_the_example_forms_are_read_whole(name: str) -> None:
    values = told(read_word((DATA / name).read_bytes()))
    assert values.pop("summary").startswith("作品以一盏灯为线索")
    assert values == {field: value for field, value in FIELD.items() if field != "summary"}


def test_a_pair_says_where_it_stands() -> None:
    (pair,) = (pair for pair in find_pairs(read_word((DATA / "form_v1.docx").read_bytes())) if pair.field == "authors")
    assert pair == Pair(label="主创人员", field="authors", value="张三、李四、王五", place="table 1, row 4")
    (pair,) = (pair for pair in find_pairs(read_pdf(pdf_form())) if pair.field == "category")
    assert pair == Pair(label="类 别", field="category", value="短视频新闻专题", place="page 1, line 2")


def nested() -> bytes:
    document = docx.Document()
    outer = document.add_table(1, 1)
    fill(outer.cell(0, 0).add_table(2, 2), [("作品名称", "灯"), ("类别", "动画")])
    return saved(document)


def content_control() -> bytes:
    """A cell's words in a content control, as forms to be filled in have them."""
    return body(
        table_of(("作品名称", "灯"), ("类别", "动画")),
        r"(<w:r>(?:(?!</w:r>).)*灯</w:t></w:r>)",
        r"<w:sdt><w:sdtPr/><w:sdtContent>\1</w:sdtContent></w:sdt>",
    )


LAYOUTS: dict[str, Callable[[], bytes]] = {
    "label, value": partial(table_of, ("作品名称", "灯"), ("类别", "动画")),
    "two pairs in a row": partial(table_of, ("作品名称", "灯", "类别", "动画")),
    "the value merged over columns": partial(
        table_of, ("作品名称", "灯"), ("类别", "动画", "联系电话", "13812345678"), merge=[(0, 1, 0, 3)]
    ),
    "the label merged over rows": partial(
        table_of, ("作品名称", "灯"), ("", ""), ("类别", "动画"), merge=[(0, 0, 1, 0), (0, 1, 1, 1)]
    ),
    "the label merged over columns": partial(
        table_of, ("作品名称", "", "灯"), ("类别", "", "动画"), merge=[(0, 0, 0, 1), (1, 0, 1, 1)]
    ),
    "label and value in one cell": partial(table_of, ("作品名称：灯", "类  别:动画")),
    "several in one cell": partial(table_of, ("作品名称：灯\n类别：动画",)),
    "a label with its colon, the value beside": partial(table_of, ("作品名称：", "灯"), ("类别:", "动画")),
    "labels above values": partial(table_of, ("作品名称", "类别"), ("灯", "动画")),
    "one column": partial(table_of, ("作品名称",), ("灯",), ("类别",), ("动画",)),
    "a group of rows": partial(table_of, ("作品信息", "作品名称", "灯"), ("", "类别", "动画"), merge=[(0, 0, 1, 0)]),
    "a known group of rows": partial(
        table_of, ("作品名称", "灯", ""), ("推荐单位", "类别", "动画"), ("", "备注", "无"), merge=[(1, 0, 2, 0)]
    ),
    "numbered, starred, in brackets": partial(table_of, ("1. 作品名称（必填）", "灯"), ("* 【类别】", "动画")),
    "letter by letter": partial(table_of, ("作 品 名 称", "灯"), ("类\n别", "动画")),
    "a table in a table": nested,
    "content controls": content_control,
    "paragraphs": partial(paragraphs, "推荐表", "作品名称：灯", "类　别：动画"),
    "paragraphs, two in a line": partial(paragraphs, "作品名称： 灯      类别：动画"),
    "paragraphs, the label for itself": partial(paragraphs, "作品名称", "灯", "类别", "动画"),
    "a text box": partial(text_box, "作品名称：灯", "类别：动画"),
    "a PDF": partial(pdf_of, [(60, 800, "作品名称"), (200, 800, "灯"), (60, 780, "类  别"), (200, 780, "动画")]),
    "a PDF with pairs side by side": partial(
        pdf_of, [(60, 800, "作品名称"), (150, 800, "灯"), (300, 800, "类别"), (400, 800, "动画")]
    ),
    "a PDF with colons": partial(pdf_of, [(60, 800, "作品名称：灯"), (60, 780, "类别：动画")]),
    "a PDF of two pages": partial(
        pdf_of, [(60, 800, "作品名称"), (200, 800, "灯")], [(60, 800, "类别"), (200, 800, "动画")]
    ),
}


@pytest.mark.parametrize("made", LAYOUTS.values(), ids=LAYOUTS)
def test_a_value_is_found_in_every_layout(made: Callable[[], bytes]) -> None:
    data = made()
    values = told(read_pdf(data) if data.startswith(b"%PDF") else read_word(data))
    assert (values.get("title"), values.get("category")) == ("灯", "动画")


def test_a_pdf_form_is_read_whole_with_labels_and_values_over_several_lines() -> None:
    values = told(read_pdf(pdf_form()))
    assert values["broadcast-platform-and-url"] == "湖南卫视 https://www.example.cn/video/12345.html"
    assert values["summary"] == "作品以一盏灯为线索，讲述乡村教师守护山区孩子求学路的故事。"
    assert set(values) == set(FIELD)


def test_what_follows_the_last_field_is_no_part_of_it() -> None:
    values = told(
        read_pdf(
            pdf_of([(60, 800, "传播效果"), (200, 800, "点赞"), (60, 780, "推荐单位意见（盖章）"), (60, 760, "同意")])
        )
    )
    assert values["reach"] == "点赞"


INSTRUCTIONS = ("填表说明：", "1. 作品名称：填写全称", "2. 类别：从六类中选择")


def test_instructions_beside_a_table_are_no_second_value() -> None:
    document = docx.Document()
    for text in INSTRUCTIONS:
        document.add_paragraph(text)
    fill(document.add_table(2, 2), [("作品名称", "灯"), ("类别", "动画")])
    for text in INSTRUCTIONS:
        document.add_paragraph(text)
    pairs = find_pairs(read_word(saved(document)))
    assert [(pair.field, pair.value) for pair in pairs if pair.field] == [("title", "灯"), ("category", "动画")]
    assert ("作品名称", "填写全称") in [(pair.label.lstrip("12. "), pair.value) for pair in pairs if not pair.field]


def test_instructions_after_the_fields_of_a_page_are_no_second_value() -> None:
    texts = ("作品名称：灯", "类别：动画", "联系电话：13812345678", *INSTRUCTIONS)
    page = [(60, 800 - 20 * at, text) for at, text in enumerate(texts)]
    assert told(read_pdf(pdf_of(page))) == {"title": "灯", "category": "动画", "telephone": "13812345678"}


def test_instructions_at_the_head_of_a_page_do_not_hide_the_fields() -> None:
    texts = ("填表说明：", "作品名称：灯", "类别：动画")
    page = [(60, 800 - 20 * at, text) for at, text in enumerate(texts)]
    assert told(read_pdf(pdf_of(page))) == {"title": "灯", "category": "动画"}


def test_a_group_with_names_in_each_row_has_them_all() -> None:
    data = table_of(("主创人员", "张三", "导演"), ("", "李四", "摄像"), ("类别", "动画", ""), merge=[(0, 0, 1, 0)])
    assert told(read_word(data)) == {"authors": "张三 导演 李四 摄像", "category": "动画"}


def test_a_field_that_was_left_blank_is_there_and_empty() -> None:
    assert told(read_word(table_of(("作品名称", ""), ("类别", "动画")))) == {"title": "", "category": "动画"}


def test_a_label_nobody_knows_is_kept_with_its_value_and_has_no_field() -> None:
    pairs = find_pairs(read_word(table_of(("作品名称", "灯", "片长", "3分钟"))))
    assert [(pair.label, pair.field, pair.value) for pair in pairs] == [
        ("作品名称", "title", "灯"),
        ("片长", "", "3分钟"),
    ]


def test_a_label_that_stands_twice_gives_both_values() -> None:
    assert told(read_word(table_of(("作品名称", "灯"), ("作品名称", "火")))) == {"title": "灯 | 火"}


def test_a_list_of_works_gives_every_value_so_that_none_is_taken_for_the_entrys() -> None:
    data = table_of(("作品名称", "类别", "联系电话"), ("灯", "动画", "1"), ("火", "动漫", "2"))
    assert told(read_word(data))["title"] == "灯 | 火"


def test_a_head_whose_layout_is_unclear_gives_both_readings() -> None:
    data = table_of(("作品名称", "片长", "类别"), ("灯", "3分钟", "动画"))
    assert told(read_word(data))["title"] == "片长 | 灯"


def test_what_was_deleted_or_hidden_is_not_read() -> None:
    hidden = body(form({"作品名称": "灯", "类别": "动画"}), r"<w:r><w:t>灯", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>灯")
    assert told(read_word(hidden))["title"] == ""
    deleted = body(
        form({"作品名称": "灯", "类别": "动画"}), r"(<w:r><w:t>灯</w:t></w:r>)", r'<w:del w:id="1">\1</w:del>'
    )
    assert told(read_word(deleted))["title"] == ""


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (("本片讲述作品名称的由来，以及类别的划分。", "Send the title to the email address of the authors."), False),
        (("作品名称：灯", "类别：动画"), False),
        (("作品名称：灯", "类别：动画", "联系电话：1"), True),
    ],
    ids=["prose", "two labels", "three labels"],
)
def test_three_labels_make_a_form_and_prose_makes_none(texts: tuple[str, ...], answer: bool) -> None:
    assert is_form(find_pairs(read_word(paragraphs(*texts)))) is answer


@pytest.mark.parametrize(
    ("spelt", "plain"),
    [
        ("类  别", "类别"), ("内容简介（100字以内）", "内容简介"), ("ＥＭａｉｌ：", "email"), ("①作品名称", "作品名称"),
        ("（一）作品名称", "作品名称"), ("二、类别", "类别"), ("3.联系电话 *", "联系电话"), ("【作品名称】", "作品名称"),
        ("播出平台\n及网址", "播出平台及网址"), ("（）", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_label_is_itself_however_it_is_spelt(spelt: str, plain: str) -> None:
    assert normal(spelt) == plain


def test_the_day_of_filling_in_is_no_field_of_a_form() -> None:
    assert field_of("填报时间") == ""
    assert field_of("完成时间") == "completed-date"


LABELS = st.sampled_from([
    label for field in FIELDS.values() for label in field.labels
    if field.name not in {"file", "submitted"} and (found := field_for(label)) is not None and found is field
])  # fmt: skip
GAPS = st.text(alphabet=" \t　\n", max_size=3)


@given(LABELS, st.data())
def test_space_width_notes_and_colons_make_no_other_label(label: str, data: st.DataObject) -> None:
    spaced = "".join(char + data.draw(GAPS) for char in label)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and data.draw(st.booleans()) else c for c in spaced)
    head = data.draw(st.sampled_from(["", "1. ", "2、", "* ", "（三）"]))
    tail = data.draw(st.sampled_from(["", "：", ":", " ：", "（100字以内）", "(必填)：", "（如有）"]))
    text = f"{head}{wide}{tail}"
    assume(len(text) <= LONGEST)
    assert field_of(text) == field_of(label) != ""


@given(st.text(max_size=80))
def test_a_normal_form_has_no_space_and_no_colon_around_it(text: str) -> None:
    plain = normal(text)
    assert plain == "".join(plain.split()).strip("：:")
    assert field_of(text) == "" or len(text) <= 60


VALUES = st.text(alphabet="山那边的灯光一二三甲乙丙丁", min_size=1, max_size=8)
CHOSEN = ["作品名称", "类  别", "主创人员", "联系地址", "内容简介（100字以内）", "主要创新点", "推荐单位"]


def arranged(columns: int, values: list[str]) -> Document:
    cells: list[TableCell] = []
    for at, (label, value) in enumerate(zip(CHOSEN, values, strict=True)):
        row, pair = divmod(at, columns)
        cells += [TableCell(text=label, row=row, column=2 * pair), TableCell(text=value, row=row, column=2 * pair + 1)]
    return Document(blocks=(Table(cells=tuple(cells), place="table 1"),))


@given(st.integers(1, 4), st.lists(VALUES, min_size=len(CHOSEN), max_size=len(CHOSEN)))
def test_pairs_are_the_same_however_many_stand_in_a_row(columns: int, values: list[str]) -> None:
    assert list(told(arranged(columns, values)).values()) == values


@given(st.lists(VALUES, min_size=len(CHOSEN), max_size=len(CHOSEN)), st.sampled_from(["：", ": ", "  ", "\n"]))
def test_lines_give_the_same_pairs_with_colons_gaps_or_line_breaks(values: list[str], between: str) -> None:
    text = "\n".join(f"{label}{between}{value}" for label, value in zip(CHOSEN, values, strict=True))
    lines = tuple(TextLine(text=line, place=f"line {at}") for at, line in enumerate(text.split("\n")))
    assert list(told(Document(blocks=lines)).values()) == values


def cells() -> Iterator[st.SearchStrategy[TableCell]]:
    words = st.one_of(st.sampled_from([*CHOSEN, "作品名称：灯", "", "电话：", "：", "（", "1."]), st.text(max_size=12))
    yield st.builds(
        lambda text, row, column, rows, columns: TableCell(text=text, row=row, column=column, rows=rows, columns=columns),
        words, st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4),
    )  # fmt: skip


@settings(max_examples=examples(300))
@given(st.lists(next(cells()), max_size=16), st.lists(st.text(max_size=30), max_size=5))
def test_any_table_and_any_lines_have_an_answer(row: list[TableCell], texts: list[str]) -> None:
    blocks: list[Table | TextLine] = [Table(cells=tuple(row), place="table 1")]
    blocks += [TextLine(text=text, place="line") for text in texts]
    for pair in find_pairs(Document(blocks=tuple(blocks))):
        assert pair.field == "" or pair.field in FIELDS
        assert pair.place


def hexed(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def test_a_pdf_to_be_filled_in_on_the_screen_tells_what_was_filled_in() -> None:
    rows = [("作品名称", "灯"), ("f2", "动画"), ("联系电话", "")]
    fields = [
        f"<< /FT /Tx /T {hexed(name)} /V {hexed(value)} {'/TU ' + hexed('类别') if name == 'f2' else ''} >>"
        for name, value in rows
    ]
    document = read_pdf(
        pdf_of([(60, 800, "推荐表")], catalogue="/AcroForm << /Fields [9 0 R 10 0 R 11 0 R] >>", extra=fields)
    )
    assert told(document) == {"title": "灯", "category": "动画", "telephone": ""}
    assert [pair.place for pair in find_pairs(document)] == ["field 作品名称", "field f2", "field 联系电话"]
