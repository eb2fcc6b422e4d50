from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from vidcheck.reports import page
from vidcheck.reports.page import Command, Page, Row, Span, cells


def lines(body: str, width: int = 20, lead: str = "", hang: int = 0) -> list[str]:
    return Page([Row(lead=[Span(lead)], hang=hang, body=[Span(body)])]).plain(width).splitlines()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("one two three four five", ["one two three four", "five"], id="words"),
        pytest.param("科普微视频作品征集评选", ["科普微视频作品征集评", "选"], id="chinese-breaks-anywhere"),
        pytest.param("科普微视频作品征集评，选", ["科普微视频作品征集", "评，选"], id="not-before-a-comma"),
        pytest.param("科普微视频作品征集（评选）", ["科普微视频作品征集", "（评选）"], id="not-after-a-bracket"),
        pytest.param("x" * 45, ["x" * 20, "x" * 20, "x" * 5], id="longer-than-a-line"),
        pytest.param("the size is just 100 MB", ["the size is just", "100 MB"], id="figure-stays-with-its-unit"),
        pytest.param("ab  cd", ["ab  cd"], id="inner-space-kept"),
        pytest.param("   ", [""], id="nothing-but-space"),
    ],
)
def test_text_wraps(body: str, expected: list[str]) -> None:
    assert lines(body) == expected


def test_further_lines_hang() -> None:
    assert lines("one two three four", 20, "* name", 8) == ["* name  one two", "        three four"]


SUM = "50a0ad7fb211d8404b2c2189bc831d4958de5f18b7e197992c74fc67a4d4939b"


@pytest.mark.parametrize("hang", [15, 16, 17, 27, 40])
@pytest.mark.parametrize("mark", ["", ",", "，"])
def test_a_checksum_is_never_broken_in_80_columns_however_far_the_text_hangs(hang: int, mark: str) -> None:
    told = lines(f"{SUM}{mark} expected {SUM}{mark} asked by rules.yaml", 80, "  x rule", hang)
    assert [SUM in line for line in told].count(True) == 2
    assert max(map(cells, told)) <= 80
    assert not [line for line in told if line.strip(" ") in {",", "，"} or line != line.rstrip()]
    assert told[-1] == " " * hang + "asked by rules.yaml"
    assert told[0].startswith("  x rule")


def test_a_word_that_is_too_long_is_indented_less_and_what_follows_hangs_as_before() -> None:
    assert lines("one abcdefghijklmnop two", 20, "* name", 8) == ["* name  one", "    abcdefghijklmnop", "        two"]
    assert lines("abcdefghijklmnop two", 20, "* name", 8) == ["* name", "    abcdefghijklmnop", "        two"]
    assert lines("abcdefghijklmnop two", 20, "", 8) == ["    abcdefghijklmnop", "        two"]


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_ascii_text_is_wrapped_where_any_text_is(body: str) -> None:
    assert re.findall(page._ASCII_ATOM, body) == re.findall(page._ATOM, body)


def test_a_style_survives_the_wrapping() -> None:
    row = Row(body=[Span("one two ", "bold"), Span("three four five six seven", "dim")])
    styles = [[span.style for span in line] for line in Page([row]).lines(20)]
    assert styles == [["bold", "dim"], ["dim"]]


def test_commands_are_never_wrapped() -> None:
    assert Page([Command("x " * 100, indent=4)]).plain(20) == "    " + "x " * 100 + "\n"


@given(st.text(max_size=200), st.integers(20, 100), st.integers(0, 30))
def test_no_line_is_too_wide_and_no_character_is_lost(body: str, width: int, hang: int) -> None:
    told = Page([Row(lead=[Span("* ")], hang=hang, body=[Span(body)])]).plain(width)
    assert all(cells(line) <= width for line in told.split("\n"))
    assert "".join(told.split()) == "".join(("*" + page.shown(body)).split())


@given(st.text(max_size=200))
def test_shown_text_stays_as_it_is_when_shown_again(body: str) -> None:
    assert page.shown(page.shown(body)) == page.shown(body)


@given(st.text(max_size=100), st.sampled_from(["ascii", "gbk", "latin-1", "cp1252", "shift_jis", "utf-16"]))
def test_any_encoding_can_say_it(body: str, encoding: str) -> None:
    told = page.shown(body, encoding)
    assert told.encode(encoding).decode(encoding) == told


def test_quick_widths_are_those_of_rich() -> None:
    every = "".join(chr(code) for code in range(0x20, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    quick = [
        char for signs in (page._TWO_CELLS, page._ONE_CELL) for found in re.findall(signs, every) for char in found
    ]
    assert len(quick) > 20_000
    assert [char for char in quick if cells(char) != cell_len(char)] == []
