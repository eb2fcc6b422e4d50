from __future__ import annotations

import gettext
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.reports import build
from vidcheck import texts
from vidcheck.findings import Choice, Decision, EntryReport, Finding, Level, Remedy, Report, RulesSummary, RuleSummary
from vidcheck.quantities import Difference, Moment, Shown
from vidcheck.reports import html
from vidcheck.reports.html.markup import escaped
from vidcheck.texts import Plain, Spoken, say

MARKUP = {
    "image": '<img src=x onerror="window.stolen=1">.mp4',
    "script": "</script><script>window.stolen=1</script><img.mp4",
    "attribute": "\" onmouseover=\"window.stolen=1\" x='<img' y='.mp4",
    "style": "</style><style>body{display:none}</style><img src='http://127.0.0.1:1/x'>.mp4",
    "entity": "&lt;img&#60;script&#62;&quot;<img>.mp4",
    "title": "</title></h1><base href='http://127.0.0.1:1/'><img>.mp4",
    "details": "</details></summary></bdi><iframe srcdoc='<script>parent.stolen=1</script>'><img>.mp4",
}
QUESTIONS = {
    "screen-text": ("Words on the screen are in simplified Chinese", "视频中的文字为简体中文"),
    "mandarin": ("Narration is in Mandarin", "配音和解说使用普通话"),
    "not-entered-before": ("The work is original and was not entered in any earlier edition", "作品为原创，且未参加过历届本活动"),
    "platform": (
        "The work was broadcast on a mainstream domestic platform, a science site or a widely known professional site, and the address given plays the original video",
        "作品曾在国内主流网络平台、科普类网站或具有广泛影响的专业网站播出，所提供的原视频播放网址可以播放",
    ),
    "signatures": ("The unit's form bears seal and signature, or the person's form a signature", "推荐表有推荐单位盖章和签名，或自荐表有签名"),
    "subject": ("The subject is one of the fields that the call lists", "选题属于征集通知所列的科普领域"),
    "lawful": ("The work obeys law and policy, is well made and not plagiarized", "内容符合法律法规和方针政策，质量合格，无抄袭"),
}  # fmt: skip
SUBJECTS = (
    "昆虫的一生",
    "人工智能",
    "how bees see",
    "黑龙江的湿地",
    "疫情防控",
    "a day of a glacier",
    "新一代信息技术",
)
LOW, HIGH = Fraction(120), Fraction(300)
SMALL, LARGE = 100 * 10**6, 200 * 2**20


def questions() -> tuple[Finding, ...]:
    return tuple(
        build.finding(rule, "manual", keys=(), expected=Spoken((("en", en), ("zh", zh))), place=build.place(60))
        for rule, (en, zh) in QUESTIONS.items()
    )


def sized(size: int) -> Finding:
    evidence = (build.fact("size", "filesystem", size, at="st_size", raw=str(size)),)
    asked: dict[str, Any] = {
        "expected": "100 MB to 200 MiB (209.7152 MB)",
        "evidence": evidence,
        "place": build.place(17),
    }
    actual = Shown("bytes", size, apart=(SMALL, LARGE))
    if SMALL <= size <= LARGE:
        return build.finding("size", actual=actual, **asked)
    limit = SMALL if size < SMALL else LARGE
    remedy = Remedy(words=say("Export it again at a higher bit rate; at most {rate} fits.", rate="5 Mbps"))
    return build.finding(
        "size", "fail", actual=actual, difference=Difference("bytes", size, limit), remedy=remedy, **asked
    )


def lasting(seconds: Fraction, path: str) -> Finding:
    evidence = tuple(
        build.fact("duration", witness, seconds, at=at, raw=f"{float(seconds):.6f}")
        for witness, at in (("mediainfo", "General.Duration"), ("ffprobe", "format.duration"))
    )
    asked: dict[str, Any] = {"expected": "2:00 to 5:00", "evidence": evidence, "place": build.place(21)}
    actual = Shown("duration", seconds, apart=(LOW, HIGH))
    if LOW <= seconds <= HIGH:
        return build.finding("duration", actual=actual, **asked)
    limit = LOW if seconds < LOW else HIGH
    remedy = Remedy(
        words=say("Cut at least {over}.", over=Difference("duration", seconds, limit)),
        command=f"ffmpeg -i '{path}' -t 299.5 -map 0 -c copy -map_metadata 0 -movflags +faststart '{path.removesuffix('.mp4')}-cut.mp4'",
    )
    return build.finding(
        "duration", "fail", actual=actual, difference=Difference("duration", seconds, limit), remedy=remedy, **asked
    )


def work(number: int, path: str | None = None) -> EntryReport:
    """One of many entries, each different, the same at every run."""
    path = path or f"entries/{'推荐' if number % 3 else '自荐'}/{number:04} {SUBJECTS[number % 7]}.mp4"
    seconds = (
        Fraction((number * 7919) % 211_000 + 105_000, 1000) if number % 11 else Fraction((number * 977) % 600_000, 1000)
    )
    size = (number * 104_729 * 97) % 110_000_000 + 99_000_000 if number % 13 else number * 7_000_000 % 900_000_000
    one = build.fact("video.count", "mediainfo", 1, at="General.VideoCount", raw="1")
    sound = build.fact("audio.count", "mediainfo", 1, at="General.AudioCount", raw="1")
    whole = build.fact("intact", "boxes", True, at="moov/trak/stbl", raw="ends at 138640102 of 138640102")
    findings = [
        build.good_format(),
        sized(size),
        lasting(seconds, path),
        build.small_picture() if number % 9 == 0 else build.good_picture(),
        build.undated() if number % 17 == 0 else build.dated(),
        build.finding("intact", expected="yes", actual="yes", evidence=(whole,)),
        build.finding("picture", keys=("video.count",), expected="1", actual="1", evidence=(one,)),
        build.turned() if number % 23 == 0 else build.finding("sound", keys=("audio.count",), level=Level.RECOMMENDED, expected="at least 1", actual="1", evidence=(sound,)),
        *questions(),
    ]  # fmt: skip
    faults = (build.fault(),) if number % 29 == 0 else ()
    return build.entry(path, *findings, faults=faults, size=size)


def rules() -> RulesSummary:
    def row(rule: str, line: int, meaning: Any, keys: tuple[str, ...] | None = None, **more: Any) -> RuleSummary:
        given = {"level": Level.REQUIRED, "limits": {}, **more}
        return RuleSummary(
            rule=rule, keys=(rule,) if keys is None else keys, place=build.place(line), meaning=meaning, **given
        )

    return RulesSummary(
        title=build.TITLE, source="rules.yaml", timezone="Asia/Shanghai", zone=build.SHANGHAI,
        digest="sha256:7a2f6f1f0c3b5d8e9a417c60b2fd93e8a5c1d07f4b6e8291c3da50f7e2b9c846",
        rules=(
            row("format", 14, say("{key}: {expected}", key="format", expected="mp4")),
            row("size", 17, Plain("size: 100 MB to 200 MiB (209.7152 MB)"), limits={"min": SMALL, "max": LARGE, "unit": "B"}),
            row("duration", 21, Plain("duration: 2:00 to 5:00 (±0.5 s)"), limits={"min": 120, "max": 300, "tolerance": 0.5, "unit": "s"}),
            row("resolution", 24, Plain("resolution: at least 1280×720"), level=Level.RECOMMENDED, limits={"min": [1280, 720]}),
            row("completed", 29, Plain("completed: 2020-01-01 to 2022-02-28"), limits={"from": "2020-01-01T00:00:00+08:00"}),
            row("intact", 41, Plain("intact: yes")),
            row("picture", 42, Plain("video.count: 1"), ("video.count",)),
            row("sound", 46, Plain("audio.count: at least 1"), ("audio.count",), level=Level.RECOMMENDED),
            row("landscape", 47, Plain("aspect-ratio: at least 1:1"), ("aspect-ratio",)),
            *(row(rule, 50, Spoken((("en", en), ("zh", zh))), ()) for rule, (en, zh) in QUESTIONS.items()),
        ),
    )  # fmt: skip


def many(count: int) -> Report:
    return build.report(*(work(number) for number in range(1, count + 1)), rules=rules(), ignored=build.ignored(4))


def varied() -> Report:
    """Sixty entries of every outcome, hostile and Chinese names among them."""
    named = [*build.HOSTILE.values(), *(f"entries/{name}" for name in MARKUP.values())]
    works = [
        *(work(7 * place, path) for place, path in enumerate(named, 1)),
        *(work(number) for number in range(1, 42)),
    ]
    twins = build.finding("same-work", "fail", keys=(), expected="each work once", actual="2 entries are the same file")
    return build.report(*works, rules=rules(), ignored=build.ignored(2), batch=(twins,))


def hostile() -> Report:
    """Markup wherever a stranger can put text."""
    entries = []
    for name in MARKUP.values():
        facts = (
            build.fact("title", "mediainfo", name, at=name, raw=name, note=Plain(name)),
            build.fact("encoder", "ffprobe", name * 9, at="format.tags.encoder", raw=name * 9),
        )
        spoken = Spoken((("en", name),))
        remedy = Remedy(words=spoken, command=f"ffmpeg -i '{name}'")
        fails = build.finding(
            name, "fail", keys=("title",), expected=name, actual=Shown("text", name), difference=Plain(name),
            message=spoken, remedy=remedy, evidence=facts, place=build.place(3, name),
        )  # fmt: skip
        passes = build.finding("title", expected=name, actual=name, evidence=facts)
        asks = build.finding(f"{name} ", "manual", keys=(), expected=spoken)
        entries.append(build.entry(f"entries/{name}", fails, passes, asks, faults=(build.fault(name),)))
    entries += [build.entry(path, build.long_duration(path)) for path in build.HOSTILE.values()]
    script = MARKUP["script"]
    summary = RulesSummary(title=script, source=script, digest=script, timezone=script, zone=build.SHANGHAI)
    return build.report(*entries, rules=summary, tool={script: script, "witness": script})


class Markup(HTMLParser):
    """Elements as they open and close, and the text in them."""

    EMPTY = frozenset({"meta", "input", "col", "img"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open += [] if tag in self.EMPTY else [tag]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(autouse=True)
def _chinese_without_a_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    if not (Path(texts.__file__).parent / "locales" / "zh").is_dir():
        monkeypatch.setattr(texts, "_catalogue", lambda _: gettext.NullTranslations())


REPORTS = {
    "one": build.report(build.failing()),
    "folder": build.folder(incomplete=True),
    "empty": build.report(),
    "varied": varied(),
    "hostile": hostile(),
}


@pytest.mark.parametrize("name", REPORTS)
def test_markup_is_whole_and_every_link_leads_somewhere(name: str) -> None:
    page = Markup(html.render(REPORTS[name]))
    assert page.open == []
    every = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(every) == len(set(every))
    targets = {"#" + str(each) for each in every}
    assert {attributes["href"] for attributes in page.all("a")} <= targets
    labels = {f"#{word}" for _, attributes in page.tags for word in (attributes.get("aria-labelledby") or "").split()}
    assert labels <= targets


@pytest.mark.parametrize("name", REPORTS)
def test_headings_step_down_one_at_a_time_and_cells_have_scopes(name: str) -> None:
    page = Markup(html.render(REPORTS[name]))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") in {"row", "col"} for attributes in page.all("th"))


def test_nothing_is_asked_of_the_network_and_only_its_own_style_and_script_may_act() -> None:
    text = html.render(build.folder()).decode()
    page = Markup(text.encode())
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    style, script = (re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL) for name in ("style", "script"))
    assert (len(style), len(script)) == (1, 1)
    digests = [b64encode(sha256(each.encode()).digest()).decode() for each in (style[0], script[0])]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "srcset", "action"}
    assert "url(" not in style[0]
    assert "@import" not in style[0]


@pytest.mark.parametrize("name", MARKUP)
def test_markup_in_other_peoples_text_stays_text(name: str) -> None:
    page = Markup(html.render(REPORTS["hostile"]))
    assert sum(MARKUP[name] in text for text in page.text) >= 6
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "base"})
    assert [tag for tag, _ in page.tags].count("script") == 1


def test_other_peoples_text_has_one_way_in() -> None:
    assert escaped("<a href='x'>&\"\u202e\n") == "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;\\u202e\\n"
    text = html.render(REPORTS["hostile"]).decode()
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text) is None


def test_a_name_reads_in_its_own_direction() -> None:
    text = html.render(build.report(build.entry("ערב.mp4", build.good_size()))).decode()
    assert "<bdi>ערב.mp4</bdi>" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_same_report_is_the_same_page_in_any_surroundings(lang: str) -> None:
    code = (
        "import sys, gettext; from vidcheck import texts; from vidcheck.reports import html;"
        "from pathlib import Path; from tests.reports import test_html;"
        "(Path(texts.__file__).parent / 'locales' / 'zh').is_dir() or setattr(texts, '_catalogue', lambda _: gettext.NullTranslations());"
        f"sys.stdout.buffer.write(html.render(test_html.varied(), {lang!r}))"
    )
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C", "PATH": ""}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=surroundings)
    assert told.stdout == html.render(REPORTS["varied"], lang)


def test_language_is_told_and_the_rules_own_words_follow_it() -> None:
    assert b'<html lang="en">' in html.render(build.folder())
    chinese = html.render(build.folder(), "zh").decode()
    assert '<html lang="zh-CN">' in chinese
    assert "配音和解说使用普通话" in chinese
    assert "Narration is in Mandarin" not in chinese


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(build.TITLE, id="title"),
        pytest.param("sha256:0123456789abcdef", id="digest"),
        pytest.param("Asia/Shanghai", id="time-zone"),
        pytest.param("mediainfo 24.12, ffprobe 7.1", id="tools"),
        pytest.param("2 other files ignored", id="ignored"),
        pytest.param("INCOMPLETE: the run was interrupted", id="incomplete"),
        pytest.param("5:12.480", id="actual"),
        pytest.param("2:00 to 5:00", id="expected"),
        pytest.param("+12.480 s", id="difference"),
        pytest.param("General.Duration", id="locator"),
        pytest.param("312.480000", id="raw"),
        pytest.param("Cut at least 12.480 s.", id="remedy"),
        pytest.param("ffmpeg -i entries/017.mp4 -t 300", id="command"),
        pytest.param("asked by /etc/calls/national.yaml:40", id="place"),
        pytest.param("ffprobe could not look: no answer in 30 s", id="fault"),
        pytest.param("this rests on the file's own date", id="what-it-rests-on"),
        pytest.param("Neither PAL nor HD: see section 4 of the call.", id="the-rules-own-message"),
        pytest.param("the witnesses do not agree: 16:9 (mediainfo), 9:16 (ffprobe)", id="dispute"),
        pytest.param("codec does not apply: format is mov.", id="skip"),
        pytest.param("Narration is in Mandarin", id="manual"),
    ],
)
def test_page_tells(words: str) -> None:
    assert words in "".join(Markup(html.render(build.folder(incomplete=True))).text)


def test_findings_about_several_entries_are_told() -> None:
    text = "".join(Markup(html.render(varied())).text)
    assert "About several entries at once" in text
    assert "2 entries are the same file" in text


def test_manual_items_are_told_in_full_once_and_as_a_box_an_entry() -> None:
    text = html.render(build.folder()).decode()
    assert text.count("Narration is in Mandarin") == 1
    assert len(re.findall(r"<label><input type=\"checkbox\" value=\"\d+\"> mandarin</label>", text)) == 5


def test_a_command_that_cannot_be_shown_is_withheld() -> None:
    text = html.render(build.report(build.entry("a.mp4", build.long_duration("a\x1b.mp4")))).decode()
    assert "ffmpeg" not in text
    assert "The command can&#x27;t be shown here" in text


def test_a_plot_counts_what_it_cannot_show() -> None:
    text = html.render(
        build.report(work(1), work(2), build.entry("z.mp4", build.good_format()), rules=rules())
    ).decode()
    captions = re.findall("<figcaption.*?</figcaption>", text)
    assert len(captions) == 2
    assert all("not known of 1 entry" in caption for caption in captions)


@pytest.mark.parametrize("name", ["one", "empty"])
def test_nothing_to_compare_is_no_plot(name: str) -> None:
    assert b"<figure" not in html.render(REPORTS[name])


def declared(entry: EntryReport, **fields: str) -> EntryReport:
    facts = tuple(build.fact(f"declared.{name.replace('_', '-')}", "declared", text) for name, text in fields.items())
    return replace(entry, declared=facts)


def test_title_and_unit_stand_beside_the_name_without_telephones() -> None:
    works = [
        declared(work(1), title="昆虫的一生 13812345678", recommender="哈尔滨市科技馆", first_author="张三"),
        declared(work(2), title="冰川", first_author="李四"),
    ]
    text = re.sub("</?bdi>", "", html.render(build.report(*works, rules=rules())).decode())
    assert re.search(r"<small>昆虫的一生 \(given\) · 哈尔滨市科技馆</small>", text)
    assert "<small>冰川 · 李四</small>" in text
    assert "13812345678" not in text


def test_the_reason_stands_beside_the_verdict_the_worst_first() -> None:
    text = html.render(build.report(build.failing(), build.passing())).decode()
    assert "<small>✗ duration ! resolution</small>" in text


def test_rules_that_only_a_person_decides_are_one_count_in_the_matrix() -> None:
    page = html.render(build.folder()).decode()
    heads = re.findall('<th scope="col"[^>]*>(.*?)</th>', page.partition('id="matrix"')[2].partition("</thead>")[0])
    assert heads[:5] == ["Entry", "Verdict", "Size", "Duration", "Open"]
    assert not [head for head in heads if "mandarin" in head]
    assert page.count('<td class="m" data-n="3">☐ 3</td>') == 5


def test_a_rule_that_a_person_decided_somewhere_keeps_its_column() -> None:
    asked = build.manual()[0]
    decision = Decision(
        entry="a.mp4", checksum="0" * 64, rule=asked.rule, choice=Choice.REJECT, by="li", reason="", date=Moment.at(datetime(2022, 5, 9, tzinfo=UTC)),
        place=build.place(1),
    )  # fmt: skip
    works = [build.entry("a.mp4", replace(asked, decision=decision)), build.entry("b.mp4", asked)]
    assert re.search(r'class="q" data-rule="\d+" title="screen-text"', html.render(build.report(*works)).decode())


def test_batch_findings_that_differ_in_their_message_alone_stand_under_one_heading() -> None:
    rows = [
        build.finding("manifest", "unknown", keys=(), evidence=(), expected="a file a row", message=Plain(f"row {number} has no file"))
        for number in range(12)
    ]  # fmt: skip
    twins = build.finding("same-work", "fail", keys=(), expected="each once", actual="2 are the same")
    text = html.render(build.report(work(1), rules=rules(), batch=(*rows, twins))).decode()
    batch = text[text.index('id="h-batch"') : text.index('id="h-matrix"')]
    assert batch.count("<h3>") == 2
    assert [number for number in range(12) if f"row {number} has no file" not in batch] == []


def test_batch_findings_and_the_matrix_come_before_plots_and_rules() -> None:
    page = Markup(html.render(varied()))
    order = [each["id"] for name, each in page.tags if name == "h2"]
    assert order == [
        f"h-{name}" for name in ("summary", "batch", "matrix", "plots", "rules", "items", "faults", "entries")
    ]


@pytest.mark.parametrize(
    ("path", "folder", "address"),
    [
        ("entries/017.mp4", ".", "entries/017.mp4"),
        ("entries/017.mp4", "out", "../entries/017.mp4"),
        ("entries/科普 #1?.mp4", ".", "entries/%E7%A7%91%E6%99%AE%20%231%3F.mp4"),
        ("javascript:alert(1).mp4", ".", "javascript%3Aalert%281%29.mp4"),
        ("entries/\udcff.mp4", ".", "entries/%FF.mp4"),
        ("https://example.org/a.mp4", "out", "https://example.org/a.mp4"),
    ],
)
def test_an_entry_links_to_its_film_from_where_the_report_lies(path: str, folder: str, address: str) -> None:
    page = Markup(html.render(build.report(build.entry(path, build.good_size())), folder=folder))
    assert [each["href"] for each in page.all("a") if each.get("target")] == [address]


@pytest.mark.parametrize("path", ["s3://bucket/a.mp4", "https://example.org/a.mp4?…"])
def test_what_a_browser_cannot_open_has_no_link(path: str) -> None:
    page = Markup(html.render(build.report(build.entry(path, build.good_size())), folder="."))
    assert [each for each in page.all("a") if each.get("target")] == []


def test_an_only_entry_stands_open() -> None:
    assert Markup(html.render(REPORTS["one"])).all("details")[0].get("open", "closed") is None
    assert all("open" not in each for each in Markup(html.render(build.folder())).all("details"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_thousand_entries_stay_under_three_megabytes(lang: str) -> None:
    assert len(html.render(many(1000), lang)) < 3_000_000


def test_a_matrix_of_sorted_figures_keeps_them_exact() -> None:
    text = html.render(build.report(build.entry("a.mp4", build.good_duration(), size=209_715_201))).decode()
    assert 'data-n="209715201"' in text
    assert "209.7 MB" in text


COLOURS = re.findall(
    r"--([\w-]+): (#[0-9a-f]{6})", (Path(html.__file__).parent / "page.css").read_text(encoding="utf-8")
)
PAIRS = [
    (tone, back)
    for tone, backs in {
        "ink": ("paper", "card"), "soft": ("paper", "card"), "accent": ("paper", "card"), "ok": ("paper", "card", "ok-back"),
        "bad": ("paper", "card", "bad-back"), "open": ("paper", "card", "open-back"),
    }.items()
    for back in backs
]  # fmt: skip


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("tone", "back"), PAIRS)
def test_words_stand_out_from_their_ground(tone: str, back: str, scheme: int) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    one, other = (_light([value for name, value in COLOURS if name == each][scheme]) for each in (tone, back))
    assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 4.5


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
