from __future__ import annotations

import gettext
import io
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from fractions import Fraction

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.reports import build
from vidcheck import texts
from vidcheck.findings import EntryReport, Finding, Report, RulesSummary, Verdict
from vidcheck.quantities import Shown
from vidcheck.reports import text
from vidcheck.texts import Plain, Spoken

Same = Callable[[str, str], None]
FOLDER = build.folder()

REPORTS = {
    "one-passing": build.report(build.passing()),
    "one-failing": build.report(build.failing()),
    "folder": FOLDER,
    "folder-incomplete": build.folder(incomplete=True),
    "batch": build.folder(
        batch=(
            build.finding(
                "same-work", "fail", keys=(), expected="each work once", actual="2 entries are the same file"
            ),
        )
    ),
    "empty": build.report(),
    "hostile": build.report(*(build.entry(path, build.long_duration(path)) for path in build.HOSTILE.values())),
}


def plain(report: Report, width: int = 80, **more: object) -> str:
    return text.page(report, **more).plain(width)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", REPORTS)
def test_report_is_this_text(name: str, same_as: Same) -> None:
    same_as(f"{name}.txt", plain(REPORTS[name]))


def test_all_findings_are_this_text(same_as: Same) -> None:
    same_as("folder-all.txt", plain(FOLDER, all_findings=True))


def test_rules_that_do_not_apply_for_one_reason_are_told_in_one_line_that_widens_nothing() -> None:
    untold = [
        build.finding(f"a-rule-of-a-long-name-{at}", "skip", keys=(), why=Plain(f"declared.{name} is not known"))
        for at, name in enumerate(("title", "title", "authors", "title"))
    ]
    lines = plain(build.report(build.entry("a.mp4", build.good_format(), *untold)), all_findings=True).splitlines()
    at = next(at for at, line in enumerate(lines) if "–" in line)
    assert " ".join(" ".join(lines[at : at + 2]).split()) == (
        "– a-rule-of-a-long-name-0, a-rule-of-a-long-name-1, a-rule-of-a-long-name-3 do not apply: declared.title is not known"
    )
    assert (
        plain(build.report(build.entry("a.mp4", build.good_format(), *untold[:2])), all_findings=True).splitlines()[3]
        == (plain(build.report(build.entry("a.mp4", build.good_format())), all_findings=True).splitlines()[3])
    )


def test_rules_that_are_unknown_for_one_reason_are_told_in_one_line_with_their_places() -> None:
    why = Plain("this is no media file")
    untold = [
        build.finding(name, "unknown", keys=(), why=why, place=build.place(line))
        for line, name in enumerate(("intact", "picture"), 8)
    ]
    told = build.finding("size", "unknown", keys=(), why=why, evidence=(build.fact("size", "boxes", 5),))
    lines = plain(build.report(build.entry("a.mp4", *untold, told)), all_findings=True).splitlines()
    at = lines.index("  ? intact, picture are unknown: this is no media file")
    assert lines[at + 1] == "    asked by rules.yaml:8, 9"
    assert any(line.split()[:3] == ["?", "size", "unknown:"] for line in lines), "what has evidence keeps it"


def test_what_several_witnesses_note_in_the_same_words_is_said_once() -> None:
    note = Plain("when it was shot")
    seen = tuple(build.fact("size", witness, 5, note=note) for witness in ("boxes", "mediainfo"))
    lines = plain(
        build.report(build.entry("a.mp4", build.finding("size", "fail", evidence=seen))), all_findings=True
    ).splitlines()
    assert [line.strip() for line in lines if "shot" in line] == ["file headers, MediaInfo: when it was shot"]


@pytest.mark.parametrize("name", REPORTS)
def test_colour_changes_no_character(name: str) -> None:
    screen = io.StringIO()
    Console(file=screen, width=80, highlight=False, color_system=None).print(text.page(REPORTS[name]), soft_wrap=True)
    assert screen.getvalue() == plain(REPORTS[name])


def test_colour_is_there_on_a_terminal() -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=80, force_terminal=True, color_system="standard", _environ={})
    console.print(text.page(REPORTS["one-failing"]), soft_wrap=True)
    assert "\x1b[1;31m✗" in screen.getvalue()


@pytest.mark.parametrize("width", [20, 40, 79, 80, 132])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_the_screen_but_commands(name: str, width: int) -> None:
    page = plain(REPORTS[name], width, all_findings=True)
    wide = [line for line in page.splitlines() if cell_len(line) > width and not line.startswith("    ffmpeg ")]
    assert wide == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gbk", "latin-1"])
def test_nothing_in_it_commands_the_terminal(name: str, encoding: str) -> None:
    page = plain(REPORTS[name], encoding=encoding)
    bad = {char for char in page.replace("\n", "") if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert bad == set()
    assert page.encode(encoding).decode(encoding) == page


def test_a_name_cannot_forge_a_line() -> None:
    page = plain(REPORTS["hostile"])
    assert not [line for line in page.splitlines() if line.startswith("✓")]
    assert "✗ entries/a\\n✓ entries/a.mp4: eligible\\r.mp4: INELIGIBLE" in page


def test_markup_stays_text() -> None:
    screen = io.StringIO()
    Console(file=screen, width=80, force_terminal=True, _environ={}).print(
        text.page(REPORTS["hostile"]), soft_wrap=True
    )
    assert "[red]x[/red] [link=http://a.b]y.mp4" in screen.getvalue()


def test_every_foreign_text_is_made_visible() -> None:
    evil = "\x1b[2J\u202e\n"
    fact = build.fact("title", "mediainfo", evil, at=evil, raw=evil, note=Plain(evil))
    finding = build.finding(
        evil,
        "fail",
        keys=("title",),
        expected=evil,
        actual=evil,
        difference=Plain(evil),
        message=Spoken((("en", evil),)),
        evidence=(fact,),
        place=build.place(1, evil),
    )
    rules = RulesSummary(title=evil, source=evil, digest="", timezone="UTC")
    entries = (build.entry(f"{evil}.mp4", finding, faults=(build.fault(evil),)), build.entry("b.mp4", finding))
    report = build.report(*entries, rules=rules)
    assert {char for char in plain(report, all_findings=True) if unicodedata.category(char) in {"Cc", "Cf"}} == {"\n"}


def test_command_stands_whole_on_its_own_line() -> None:
    remedy = build.long_duration().remedy
    assert remedy is not None
    assert remedy.command in [line.strip() for line in plain(REPORTS["one-failing"], 40).splitlines()]


def test_rich_never_cuts_a_command() -> None:
    remedy, screen = build.long_duration().remedy, io.StringIO()
    assert remedy is not None
    Console(file=screen, width=30).print(text.page(REPORTS["one-failing"]), soft_wrap=True)
    assert remedy.command in [line.strip() for line in screen.getvalue().splitlines()]


def test_command_that_cannot_be_shown_is_not_shown_wrong() -> None:
    path = build.HOSTILE["escape"]
    page = plain(build.report(build.entry(path, build.long_duration(path))))
    assert "ffmpeg" not in page
    assert "No command is shown" in page


def test_signs_are_ascii_where_the_screen_has_no_others() -> None:
    page = plain(build.report(build.failing(), rules=build.RULES), encoding="ascii")
    assert page.isascii()
    assert "\n  x duration: 5:12.480" in page
    assert "\n  + In order: format" in page
    assert "at least 1280x720" in page


def test_chinese_signs_stay_where_the_encoding_has_them() -> None:
    page = plain(REPORTS["one-failing"], encoding="gbk")
    assert build.TITLE in page
    assert "→ Cut" in page
    assert "x duration:" in page


def test_first_line_says_which_rules() -> None:
    assert plain(FOLDER).splitlines()[0] == f"Rules: {build.TITLE} (rules.yaml)"


def test_last_line_says_the_counts() -> None:
    last = plain(FOLDER).splitlines()[-1]
    assert last == "5 entries: 2 ineligible, 1 for review, 2 eligible; 2 other files ignored"


def test_rules_without_a_title_are_named_by_their_source() -> None:
    rules = RulesSummary(title="", source="my.yaml", digest="", timezone="UTC")
    assert plain(build.report(build.passing(), rules=rules)).splitlines()[1] == "Rules: my.yaml"


def test_incomplete_is_said_first_and_last() -> None:
    lines = plain(build.folder(incomplete=True)).splitlines()
    assert [at for at, line in enumerate(lines) if line.startswith("!!! INCOMPLETE")] == [1, len(lines) - 2]


def test_failures_come_before_reviews_before_eligible_ones() -> None:
    heads = [line[0] for line in plain(FOLDER).splitlines() if line[1:].startswith(" entries/")]
    assert heads == ["✗", "✗", "?", "✓", "✓"]


def test_manual_items_are_listed_once_for_many_entries() -> None:
    for page in (plain(FOLDER), plain(FOLDER, all_findings=True)):
        assert page.count("Narration is in Mandarin") == 1
        assert "☐ mandarin" in page


def test_manual_items_of_some_entries_only_are_counted() -> None:
    page = plain(build.report(build.passing(), build.entry("entries/b.mp4", build.good_format())))
    assert "☐ mandarin     Narration is in Mandarin (on 1 entry)" in page
    assert "✓ entries/001.mp4: eligible, 3 items for a person" in page


def test_review_for_manual_items_alone_says_so() -> None:
    undecided = EntryReport(
        entry=build.passing().entry, size=1, verdict=Verdict.REVIEW, findings=build.passing().findings
    )
    page = plain(build.report(undecided, build.failing()))
    assert "? entries/001.mp4: REVIEW, 3 items for a person" in page
    assert "\n  ☐ screen-text, mandarin, platform\n" in page


def test_verdict_of_one_file_counts_what_waits_for_a_person() -> None:
    assert "✓ entries/001.mp4: eligible, 3 items for a person\n" in plain(REPORTS["one-passing"])


def test_many_names_are_cut_short_unless_all_are_wanted() -> None:
    report = build.report(*(build.entry(f"entries/{at:03}.mp4", build.long_duration()) for at in range(30)))
    assert "009.mp4 and 20 more" in " ".join(plain(report).split())
    assert "more" not in plain(report, all_findings=True)


def test_names_lose_only_the_folder_that_all_share() -> None:
    report = build.report(*(build.entry(path, build.long_duration()) for path in ("a/b1/x.mp4", "a/b2/x.mp4")))
    assert "2 fail: b1/x.mp4, b2/x.mp4" in plain(report)


def test_unknown_keeps_the_engines_sentence() -> None:
    page = " ".join(plain(FOLDER).split())
    assert "landscape unknown: the witnesses do not agree: 16:9 (mediainfo), 9:16 (ffprobe)" in page
    assert "Evidence: file headers: nothing usable; MediaInfo: none found; asked by" in page
    verbose = " ".join(plain(FOLDER, all_findings=True).split())
    assert "file headers unknown (moov/mvhd.creation_time: 0), MediaInfo absent (General.Encoded_Date)" in verbose


def test_what_a_date_rests_on_is_said_of_a_passing_rule_too() -> None:
    assert "this rests on the file's own date" in plain(REPORTS["one-passing"])


def test_note_that_the_message_says_already_is_not_repeated() -> None:
    assert plain(FOLDER).count("0 stands for no date") == 1


def test_evidence_is_as_precise_as_the_verdict() -> None:
    value, limit = Fraction(3000004, 10000), Fraction(300)
    finding = build.finding(
        "duration",
        "fail",
        expected="at most 5:00",
        actual=Shown("duration", value, apart=(limit,)),
        evidence=(build.fact("duration", "ffprobe", value, at="format.duration"),),
    )
    assert "ffprobe 5:00.0004 (format.duration)" in plain(
        build.report(build.entry("a.mp4", finding)), all_findings=True
    )


def test_long_foreign_text_does_not_flood_the_screen() -> None:
    finding = build.finding(
        "title", "fail", expected="a", actual="科" * 9999, evidence=(build.fact("title", "mediainfo", "科" * 9999),)
    )
    assert len(plain(build.report(build.entry("a.mp4", finding))).splitlines()) < 30


def test_long_rule_names_stand_on_a_line_of_their_own() -> None:
    finding: Finding = build.finding("a-rule-with-a-very-long-name", keys=(), expected="1", actual="1")
    page = plain(build.report(build.entry("a.mp4", finding, build.good_format())), all_findings=True)
    assert "  ✓ a-rule-with-a-very-long-name\n            1\n" in page


class _Chinese(gettext.NullTranslations):
    """Stands for the catalogue."""

    words = {
        "Rules: {title} ({source})": "规则：{title}（{source}）",
        "{actual}, expected {expected}": "{actual}，要求{expected}",
        "ineligible": "不合格",
        "{count} rule fails": "{count} 条规则不符",
        "{count} s": "{count} 秒",
        "{count} min": "{count} 分钟",
        "{count} min and": "{count} 分",
        "{count} bytes": "{count} 字节",
        "long side {gap} px": "长边 {gap} 像素",
        "short side {gap} px": "短边 {gap} 像素",
        "{before}, {after}": "{before}、{after}",
        "{words} ({aside})": "{words}（{aside}）",
        ": ": "：",
        ", ": "，",
    }

    def gettext(self, message: str) -> str:
        return self.words.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002 - Chinese has one form
        return self.words.get(msgid1, msgid1)


def test_chinese_words_and_widths(monkeypatch: pytest.MonkeyPatch, same_as: Same) -> None:
    monkeypatch.setattr(texts, "_catalogue", lambda _: _Chinese())
    page = plain(REPORTS["one-failing"], lang="zh")
    assert "✗ entries/017.mp4：不合格，1 条规则不符，" in page
    assert "☐ 配音和解说使用普通话" in page
    assert max(cell_len(line) for line in page.splitlines() if "ffmpeg" not in line) <= 80
    same_as("one-failing-zh.txt", page)


def test_plain_text_does_not_import_rich() -> None:
    code = (
        "import sys; from tests.reports import build; from vidcheck.reports import text;"
        "text.page(build.folder()).plain(80); sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
