"""One film on one screen: what its maker reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reports import build
from vidcheck.findings import EntryReport, Level, Remedy, Report, RulesSummary, Tip, Verdict
from vidcheck.quantities import DATE
from vidcheck.reports import text
from vidcheck.texts import Plain, say


def lines(*findings: object, verdict: Verdict | None = None, lang: str = "en", everything: bool = False) -> list[str]:
    entry = build.entry("a.mp4", *findings)  # type: ignore[arg-type]
    if verdict:
        entry = EntryReport(entry=entry.entry, size=1, verdict=verdict, findings=entry.findings)
    return text.page(build.report(entry), lang=lang, all_findings=everything).plain(200).splitlines()


def test_the_verdict_stands_first_and_whose_rules_next() -> None:
    first, second, *_ = lines(build.good_format())
    assert first == "✓ a.mp4: eligible"
    assert second.startswith("Rules: ")


def test_a_preset_says_that_other_rules_can_be_taken() -> None:
    rules = RulesSummary(title="T", source="p.yaml", digest="", timezone="UTC", preset="p")
    page = text.page(build.report(build.passing(), rules=rules), lang="zh").plain(200)
    assert page.splitlines()[1:3] == [
        "规则：T（预设 p）",
        "以上按此规则检查；如果您参加的是其他活动，请用 --rules 指定其规则（vidcheck rules list 可列出自带的规则）。一切以征集通知原文为准。",
    ]


def test_what_is_in_order_is_named_without_values_and_what_does_not_apply_is_counted() -> None:
    skipped = [build.finding(f"r{at}", "skip", keys=(), why=Plain(f"because {at}")) for at in range(3)]
    shown = lines(build.good_format(), build.good_duration(), *skipped)
    assert "  ✓ In order: format, duration" in shown
    assert "3 rules do not apply to this file; --all names them." in shown
    assert not [line for line in shown if "because" in line]
    assert len([line for line in lines(build.good_format(), *skipped, everything=True) if "because" in line]) == 3


AGAIN = "A new export has another date and size: keep the old file, check the new one."


def test_the_programs_stand_before_the_command_and_last_comes_to_check_again() -> None:
    long_ = build.long_duration()
    assert long_.remedy
    tip = Tip(Plain("JianYing"), Plain("split the film."))
    shown = lines(
        replace(long_, remedy=replace(long_.remedy, settings=(tip,))), build.small_picture(), build.good_format()
    )
    at = [
        next(place for place, line in enumerate(shown) if line.startswith(words))
        for words in (
            "    → Cut",
            "    • JianYing",
            "  For those who know the command line",
            "    ffmpeg",
            AGAIN,
            "  ✓",
        )
    ]
    assert at == sorted(at)
    assert sum(AGAIN in line for line in shown) == 1


def test_what_makes_no_new_file_says_nothing_of_a_new_one() -> None:
    date = build.finding("completed", "fail", actual="2023", remedy=Remedy(words=Plain("Write it on the form.")))
    name = build.finding("file.name", "fail", actual="a.mp4", remedy=Remedy(words=Plain("Rename it.")))
    assert not [line for line in lines(date) if "again" in line or "export" in line]
    assert "When this is mended, check again." in lines(name)
    assert not [line for line in lines(build.good_format()) if "again" in line]


def test_a_new_date_is_spoken_of_where_the_files_own_date_decides() -> None:
    by_file = build.finding("completed", evidence=(build.fact("completed", "boxes", DATE.read("2021-06-15")),))
    declared = build.finding("completed", evidence=(build.fact("completed", "declared", DATE.read("2021-06-15")),))
    assert [line for line in lines(build.long_duration(), by_file) if "If its date is then too late" in line]
    assert not [line for line in lines(build.long_duration(), declared) if "If its date is then too late" in line]


def test_what_is_in_order_in_a_film_that_is_not_whole_does_not_lull() -> None:
    cut = build.finding("intact", "fail", actual=say("not whole"))
    assert "  ✓ In order, for the part that is there: format" in lines(cut, build.good_format())


def test_rules_on_papers_that_nobody_handed_in_do_not_alarm() -> None:
    papers = [build.finding(name, "skip", why=Plain("x")) for name in ("declared.title", "broadcast", "form.count")]
    line = "3 more rules ask about the entry form and other papers, not this file (--all names them)."
    assert line in lines(build.good_format(), *papers)
    assert line not in lines(build.good_format(), *papers[:2], build.finding("video.codec", "skip", why=Plain("x")))


def test_a_picture_size_needs_no_difference() -> None:
    assert "  ! resolution: 640×360, recommended at least 1280×720" in lines(build.small_picture())


def test_what_a_person_has_to_look_at_is_a_list_to_tick() -> None:
    asked = build.finding("mandarin", "manual", keys=(), expected="Narration is in Mandarin")
    at = lines(asked, build.good_format()).index(
        "Everything that a machine can check is in order. Please check the rest yourself; all of them must hold:"
    )
    assert lines(asked, build.good_format())[at + 1] == "  ☐ Narration is in Mandarin"
    assert "What no machine can tell; please check it yourself:" in lines(asked, build.long_duration())


def test_evidence_has_no_places_unless_everything_is_wanted() -> None:
    assert "General.Duration" not in "\n".join(lines(build.long_duration()))
    assert "General.Duration" in "\n".join(lines(build.long_duration(), everything=True))


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "✗ Completeness of the file: not whole"), ("zh", "✗ 文件完整性：不完整")]
)
def test_a_yes_or_no_that_fails_says_one_thing(lang: str, said: str) -> None:
    failed = build.finding(
        "intact", "fail", label=say("completeness of the file"), expected=say("whole"), actual=say("not whole")
    )
    assert f"  {said}" in lines(failed, lang=lang)


def test_several_rules_that_are_unknown_for_one_reason_are_one_row() -> None:
    why = Plain("this is no media file")
    shown = lines(*(build.finding(name, "unknown", keys=(), why=why) for name in ("a", "b")))
    assert "  ? a, b are unknown: this is no media file" in shown


def test_a_report_of_many_begins_with_the_rules() -> None:
    many: Report = build.folder()
    assert text.page(many).plain(80).startswith("Rules: ")


def test_a_film_that_cannot_be_read_is_one_line() -> None:
    why = Plain("the file can't be read")
    shown = lines(
        build.finding("size", "unknown", keys=(), why=why),
        build.finding("duration", "unknown", keys=(), why=why, remedy=Remedy(words=Plain("Cut it."))),
        build.finding("sound", "unknown", level=Level.RECOMMENDED, keys=(), why=why),
    )
    assert [line for line in shown if "can't be read" in line] == [
        "  ? size, duration, sound are unknown: the file can't be read"
    ]
    assert "Cut it." not in "\n".join(shown)


def test_what_to_do_is_grouped_by_program_and_said_once() -> None:
    program, same = say("JianYing"), Plain("choose mp4.")
    rules = {"a": (same, Plain("x")), "b": (same, Plain("y")), "c": (Plain("choose H.264."), Plain("x"))}
    failed = [
        build.finding(
            name,
            "fail",
            keys=(),
            remedy=Remedy(words=Plain("Mend."), settings=(Tip(program, words), Tip(say("Premiere"), other))),
        )
        for name, (words, other) in rules.items()
    ]
    shown = lines(*failed, lang="zh")
    at = shown.index("  用您手头的软件这样做：")
    assert shown[at + 1 : at + 7] == [
        "    • 剪映：",
        "      - a、b：choose mp4.",
        "      - c：choose H.264.",
        "    • Premiere：",
        "      - a、c：x",
        "      - b：y",
    ]
