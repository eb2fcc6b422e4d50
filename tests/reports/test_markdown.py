from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.reports import build, foreign
from vidcheck.facts import visible
from vidcheck.reports import markdown
from vidcheck.texts import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

    from vidcheck.findings import Report

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "bullet_list_open",
    "bullet_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close",
    "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip
OURS_INLINE = {"text", "code_inline", "strong_open", "strong_close"}


def tokens(report: Report) -> list[Token]:
    return GFM.parse(markdown.render(report).decode())


def inline(report: Report) -> list[Token]:
    return [child for token in tokens(report) for child in token.children or ()]


def words_of(evil: str) -> list[Token]:
    """What a reader makes of an evil text beside good ones."""
    finding = build.finding("title", "fail", keys=("title",), expected="x", actual="y", message=Plain(evil))
    return inline(build.report(build.entry("a.mp4", finding)))


def test_report_is_this_markdown(same_as: Callable[[str, str], None]) -> None:
    same_as("folder.md", markdown.render(build.folder(incomplete=True)).decode())


@pytest.mark.parametrize("report", [build.folder(), foreign.report()], ids=["folder", "hostile"])
def test_a_reader_finds_no_markup_but_ours(report: Report) -> None:
    assert {token.type for token in tokens(report)} <= OURS
    assert {token.type for token in inline(report)} <= OURS_INLINE


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_keep_their_shape_whatever_stands_in_them(lang: str) -> None:
    evil = [build.finding(name, "fail", expected="a", actual="b") for name in ("a|b", "`|`", "\\|x", "a\\", "| --- |")]
    html = GFM.render(markdown.render(build.report(build.entry("a.mp4", *evil)), lang).decode())
    rows = html.partition("</table>")[2].partition("</table>")[0].split("<tr>")[2:]
    assert [row.count("<td") for row in rows] == [4] * 5
    assert "<code>a\\x7cb</code>" in html


@pytest.mark.parametrize("name", [name for name in foreign.EVIL if name not in {"long", "emoji", "spaces"}])
def test_evil_text_is_read_as_text_or_code(name: str) -> None:
    evil = foreign.EVIL[name]
    told = words_of(evil)
    shown = visible(" ".join(evil.split()))
    as_code = [token.content for token in told if token.type == "code_inline"]
    as_text = "".join(token.content for token in told if token.type == "text")
    assert shown.replace("|", "\\x7c") in as_code or (shown in as_text and shown == markdown._escaped(shown))


@pytest.mark.parametrize(
    "evil",
    [
        "@everyone", "see #12", "GH-12", "www.evil.example", "http://evil.example", "a@evil.example", ":smile:",
        "deadbeef", "0123456789abcdef", "<b>", "&copy;", "$x$", "[a]", "a\\b", "evil.example", "x_y", "1*2", "~~a~~",
        "owner/repo#1", "owner/repo@abc", "`", "``", "a`b``c", " a", "a ", "FTP://x",
    ],
)  # fmt: skip
def test_what_github_would_act_on_is_code(evil: str) -> None:
    token = GFM.parseInline(markdown._escaped(evil))[0].children[0]  # type: ignore[index]
    assert (token.type, token.content) == ("code_inline", evil)


@pytest.mark.parametrize(
    "text",
    [
        "5:12.480, expected 2:00 to 5:00 (+12.480 s)", "配音和解说使用普通话", "at least 1280×720", "screen-text",
        "long side -640 px, short side -360 px", "Cut at least 12.480 s.", "138.6 MB (138,640,102 bytes)",
    ],
)  # fmt: skip
def test_plain_words_stay_plain(text: str) -> None:
    assert markdown._escaped(text) == text


def test_a_mention_stands_in_no_text() -> None:
    text = [token.content for token in inline(foreign.report()) if token.type == "text"]
    assert not [words for words in text if any(mark in words for mark in ("@", "://", "www.", "#1"))]


def test_it_stays_under_what_github_takes_and_says_what_was_cut() -> None:
    many = build.report(*(build.entry(f"entries/{at:04}.mp4", *build.failing().findings) for at in range(3000)))
    page = markdown.render(many)
    assert 900_000 < len(page) <= 1_000_000
    assert "more entries that need somebody are left out here" in page.decode()
    assert "## For a person to decide:" in page.decode()
    left = int(page.decode().partition(" more entries that need")[0].rpartition("**")[2])
    assert page.decode().count("\n## `entries/") == 3000 - left


def test_one_long_entry_is_left_out_and_not_cut_in_the_middle() -> None:
    page = markdown.render(build.folder(), most=1500).decode()
    assert len(page.encode()) <= 1500
    assert "left out here" in page
    assert page.count("`") % 2 == 0


def test_entries_that_need_nobody_are_only_counted() -> None:
    page = markdown.render(build.folder()).decode()
    assert "entries/001.mp4" not in page
    assert "## `entries/002.mp4`: eligible" in page
    assert page.index("entries/017.mp4") < page.index("entries/002.mp4")


def test_a_report_without_entries_is_its_counts() -> None:
    assert markdown.render(build.report()).decode().endswith("| all | 0 |\n")
