"""The HTML report in headless Chromium, opened from disk and used by hand: no test here reads the markup."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.reports import build, test_html, test_sheet
from vidcheck import texts
from vidcheck.findings import Verdict
from vidcheck.reports import html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vidcheck.findings import Report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)  # fmt: skip
ANSWER = 240.0
AXE = os.environ.get("VIDCHECK_AXE")
"""The file axe.min.js of axe-core (`dev/axe.txt`)."""
LOOK_AT = os.environ.get("VIDCHECK_SCREENSHOTS")
"""A folder where the pictures and the PDF are kept for a person to look at."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


class Browser:
    """Chromium, spoken to over a pipe by its DevTools protocol: no port, no driver, no library."""

    def __init__(self, profile: Path) -> None:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        pipes = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]
        # Chromium reads commands from descriptor 3 and answers on 4.
        start = "import os, sys; a = sys.argv; os.dup2(int(a[1]), 3); os.dup2(int(a[2]), 4); os.execv(a[3], a[3:])"
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, *map(str, pipes), str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=pipes, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in (to_read, to_write, *pipes):
            os.close(end)
        self._rest, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = next(each for each in self.call("Target.getTargets")["targetInfos"] if each["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._from], [], [], ANSWER)[0], "Chromium doesn't answer"
            part = os.read(self._from, 1 << 20)
            assert part, "Chromium has ended"
            self._rest += part
        first, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(first))

    def open(self, path: Path, *, scripted: bool = True) -> float:
        """Opens the file; how many milliseconds until it is loaded and painted."""
        self.events.clear()
        start = time.perf_counter()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())
        if scripted:
            self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        return (time.perf_counter() - start) * 1000

    def run(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def width(self, pixels: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=height, deviceScaleFactor=1, mobile=pixels < 600
        )

    def scheme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def press(self, key: str) -> None:
        codes = {"Tab": 9, "Enter": 13}
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key], **text)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        box = self.run(
            f"(() => {{ const it = document.querySelector({json.dumps(selector)}); it.scrollIntoView({{block: 'center'}});"
            " const r = it.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def pdf(self) -> bytes:
        told = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(told["data"])

    def complaints(self, after: int = 50) -> list[str]:
        """Errors and warnings of the console, of the page's security and of scripts, some milliseconds later."""
        if after:
            self.run(f"new Promise(done => setTimeout(done, {after}))")
        bad = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(event) for event in self.events if event.get("method") in bad]

    def requests(self) -> list[str]:
        sent = (
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        )
        return list(sent)

    def close(self) -> None:
        self._session = ""
        self.call("Browser.close")
        os.close(self._to)
        try:
            self._process.wait(ANSWER)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._from)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        chromium = Browser(Path(profile))
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _chinese_without_a_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    if not (Path(texts.__file__).parent / "locales" / "zh").is_dir():
        import gettext

        monkeypatch.setattr(texts, "_catalogue", lambda _: gettext.NullTranslations())


def opened(browser: Browser, report: Report, folder: Path, lang: str = "en", *, scripted: bool = True) -> float:
    path = folder / "报告 report.html"
    path.write_bytes(html.render(report, lang))
    browser.width(1280)
    return browser.open(path, scripted=scripted)


def shown(browser: Browser) -> list[str]:
    """The names in the matrix, as somebody sees them."""
    return list(
        browser.run(
            "[...document.querySelectorAll('#matrix tbody th')].filter(it => it.checkVisibility()).map(it => it.textContent)"
        )
    )


def cards(browser: Browser) -> list[str]:
    return list(
        browser.run(
            "[...document.querySelectorAll('.e h3 bdi')].filter(it => it.checkVisibility()).map(it => it.textContent)"
        )
    )


def test_opens_from_disk_without_complaint_or_request(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    assert browser.complaints() == []
    assert [url.partition(":")[0] for url in browser.requests()] == ["file"]
    assert browser.run("document.querySelector('h1').innerText") == build.TITLE
    assert shown(browser) == ["001.mp4", "002.mp4", "017.mp4", "sd.mp4", "科普/昆虫的一生.mp4"]
    assert shown(browser) == cards(browser)
    assert browser.run("document.querySelector('#count').innerText") == "5 of 5 entries"


def test_verdicts_narrow_matrix_and_entries(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    browser.click("#filter [value=ineligible] + span")
    assert shown(browser) == cards(browser) == ["017.mp4", "sd.mp4"]
    browser.click("#filter [value=review] + span")
    assert shown(browser) == ["017.mp4", "sd.mp4", "科普/昆虫的一生.mp4"]
    assert browser.run("document.querySelector('#count').innerText") == "3 of 5 entries"
    browser.click("#filter [type=reset]")
    assert (
        browser.run("new Promise(done => setTimeout(done, 20)).then(() => document.querySelector('#count').innerText)")
        == "5 of 5 entries"
    )


def test_search_narrows_by_name_and_by_what_was_found(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    browser.click("#search")
    browser.type("昆虫")
    assert shown(browser) == cards(browser) == ["科普/昆虫的一生.mp4"]
    browser.click("#filter [type=reset]")
    browser.click("#search")
    browser.type("12.480 DURATION")
    assert shown(browser) == ["017.mp4"]
    browser.type(" nothing like it")
    assert shown(browser) == cards(browser) == []
    assert browser.run("document.querySelector('#none').checkVisibility()")


def test_a_rules_outcome_narrows(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    browser.click(".rules td.f button")
    chosen = browser.run("document.querySelector('#rule').selectedOptions[0].innerText")
    assert chosen == "✗ duration: fails (1)"
    assert shown(browser) == cards(browser) == ["017.mp4"]


def test_headings_sort_both_ways_by_keyboard_too(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    names = shown(browser)
    browser.click("#matrix thead th:nth-child(2) button")
    assert shown(browser) == cards(browser) == ["017.mp4", "sd.mp4", "科普/昆虫的一生.mp4", "001.mp4", "002.mp4"]
    browser.press("Enter")
    assert shown(browser)[:2] == ["001.mp4", "002.mp4"]
    assert browser.run("document.querySelectorAll('[aria-sort]').length") == 1
    assert browser.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    browser.click("#matrix thead th:nth-child(4) button")
    assert shown(browser)[-1] == "017.mp4"
    browser.click("#matrix thead th:first-child button")
    assert shown(browser) == names


def test_a_sign_leads_to_the_finding(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    assert not browser.run("document.querySelector('#e3').open")
    browser.click("#matrix tbody tr:nth-child(3) td.f:nth-child(n+6) a")
    assert browser.run("new Promise(done => setTimeout(done, 50)).then(() => document.querySelector('#e3').open)")
    assert browser.run("document.querySelector(location.hash).innerText.includes('+12.480 s')")
    assert browser.run(
        "(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector(location.hash).getBoundingClientRect())"
    )


def test_focus_reaches_everything_and_is_seen(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    seen = []
    for _ in range(80):
        browser.press("Tab")
        at = "(it => it === document.body ? '' : it.id || it.name || it.tagName + (it.closest('[class]')?.className ?? ''))(document.activeElement)"
        seen.append(browser.run(at))
        if not seen[-1]:
            break
        assert browser.run(
            "(s => s.outlineStyle !== 'none' || s.opacity === '0')(getComputedStyle(document.activeElement))"
        ), seen[-1]
    for name in ("search", "rule", "verdict"):
        assert name in seen
    folds = browser.run("document.querySelectorAll('summary').length")
    assert folds == len(build.folder().entries) + 1  # and the files that were ignored
    assert sum(name.startswith("SUMMARY") for name in seen) == folds


def test_works_without_a_script(browser: Browser, tmp_path: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(browser, build.folder(), tmp_path, scripted=False)
        assert browser.complaints(0) == []
        assert len(shown(browser)) == 5
        assert not browser.run("document.querySelector('#filter').checkVisibility()")
        assert browser.run("document.querySelectorAll('button').length") == browser.run(
            "document.querySelectorAll('[hidden] button').length"
        )
        browser.click("#matrix tbody tr:nth-child(3) td.f:nth-child(n+6) a")
        assert browser.run("document.querySelector('#e3').open")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    opened(browser, test_html.hostile(), tmp_path)
    assert browser.complaints() == []
    assert [url.partition(":")[0] for url in browser.requests()] == ["file"]
    assert browser.run("document.title.includes('<script>')")
    assert browser.run("'stolen' in window") is False
    assert browser.run("document.querySelectorAll('script').length") == 1
    assert (
        browser.run(
            "document.querySelectorAll('img, iframe, object, embed, base, link, video, audio, [style], [onerror]').length"
        )
        == 0
    )
    assert browser.run(
        "[...document.querySelectorAll('*')].every(it => [...it.attributes].every(a => !a.name.startsWith('on')))"
    )
    assert browser.run("[...document.querySelectorAll('[href]')].every(it => it.getAttribute('href').startsWith('#'))")
    browser.click("#search")
    browser.type("<img")
    assert len(shown(browser)) == len(test_html.MARKUP)
    assert re.search("[\u202a-\u202e\u2066-\u2069]", browser.run("document.body.innerText")) is None


def test_no_page_is_wider_than_a_phone(browser: Browser, tmp_path: Path) -> None:
    opened(browser, test_html.hostile(), tmp_path)
    browser.width(390, 844)
    browser.run("for (const it of document.querySelectorAll('details')) it.open = true")
    assert browser.run("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("count", [1000])
def test_a_thousand_entries_measured(
    browser: Browser, tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    took = opened(browser, test_html.many(count), tmp_path)
    figures = {"open": took}
    clock = (
        "(async act => { const start = performance.now(); act();"
        " await new Promise(done => requestAnimationFrame(() => setTimeout(done))); return performance.now() - start; })"
    )
    acts = {
        "first search": "document.querySelector('#search').value = '昆虫'; document.querySelector('#search').dispatchEvent(new InputEvent('input', {bubbles: true}))",
        "search": "document.querySelector('#search').value = '昆'; document.querySelector('#search').dispatchEvent(new InputEvent('input', {bubbles: true}))",
        "search ended": "document.querySelector('#search').value = ''; document.querySelector('#search').dispatchEvent(new InputEvent('input', {bubbles: true}))",
        "verdict": "document.querySelector('[value=ineligible]').click()",
        "verdict ended": "document.querySelector('[value=ineligible]').click()",
        "rule": "document.querySelector('#rule').selectedIndex = 2; document.querySelector('#rule').dispatchEvent(new InputEvent('input', {bubbles: true}))",
        "rule ended": "document.querySelector('#rule').selectedIndex = 0; document.querySelector('#rule').dispatchEvent(new InputEvent('input', {bubbles: true}))",
        "sort": "document.querySelector('#matrix thead th:nth-child(3) button').click()",
        "open all": "document.querySelector('[data-open=\"1\"]').click()",
    }  # fmt: skip
    for name, act in acts.items():
        figures[name] = browser.run(f"{clock}(() => {{ {act} }})")
        if name == "verdict":
            assert 0 < len(shown(browser)) < count
    assert len(shown(browser)) == len(cards(browser)) == count
    assert browser.complaints() == []
    with capsys.disabled():
        print("\n" + ", ".join(f"{name} {took:.0f} ms" for name, took in figures.items()))  # noqa: T201


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_prints_every_visible_entry_on_a4(browser: Browser, tmp_path: Path, lang: str) -> None:
    opened(browser, test_html.varied(), tmp_path, lang)
    paper = browser.pdf()
    (tmp_path / "report.pdf").write_bytes(paper)
    keep(f"report-{lang}.pdf", paper)
    if not shutil.which("pdftotext"):
        pytest.skip("poppler-utils is not installed")
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    assert "ffmpeg -i" in told  # what stands in closed entries
    assert "Search" not in told
    sizes = subprocess.run(["pdfinfo", tmp_path / "report.pdf"], capture_output=True, check=True).stdout.decode()
    assert re.search(r"Page size:\s+59\d(\.\d+)? x 84\d", sizes)


def printed(browser: Browser, folder: Path) -> list[list[str]]:
    """The lines of each page of what is open; the last is the page's number."""
    (folder / "report.pdf").write_bytes(browser.pdf())
    told = subprocess.run(["pdftotext", "-layout", folder / "report.pdf", "-"], capture_output=True, check=True).stdout
    pages = [[line.strip() for line in page.splitlines() if line.strip()] for page in told.decode().split("\f")]
    return [page for page in pages if page]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_whole_call_prints_on_thirty_pages_with_a_line_for_each_entry(
    browser: Browser, tmp_path: Path, lang: str
) -> None:
    report = test_html.many(445)
    works = [
        test_html.declared(entry, title="昆虫的一生", recommender="哈尔滨市科学技术馆") for entry in report.entries
    ]
    opened(browser, replace(report, entries=tuple(works)), tmp_path, lang)
    pages = printed(browser, tmp_path)
    assert len(pages) <= 30
    lines = ["".join(line.split()) for page in pages for line in page]  # pdftotext sets spaces between scripts
    for entry in report.entries:
        name = "".join(entry.entry.path.removeprefix("entries/").split())
        found = [line for line in lines if line.lstrip("✗?").startswith(name) and "-map_metadata" not in line]
        assert len(found) == (1 if entry.verdict is Verdict.ELIGIBLE else 2), name
        assert found[0].endswith("☐7"), found


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_names_are_on_paper_whatever_the_number_of_rules(browser: Browser, tmp_path: Path) -> None:
    passing = [build.finding(f"rule-{number}", expected="this", actual="this") for number in range(40)]
    rows = [replace(test_html.rules().rules[0], rule=finding.rule) for finding in passing]
    rules = replace(test_html.rules(), rules=(*test_html.rules().rules, *rows))
    works = [
        replace(test_html.work(number), findings=(*test_html.work(number).findings, *passing)) for number in (2, 4, 5)
    ]
    opened(browser, build.report(*works, rules=rules), tmp_path)
    lines = ["".join(line.split()) for page in printed(browser, tmp_path) for line in page]
    for entry in works:
        assert any(line.startswith("".join(entry.entry.name.split())) for line in lines)


def test_ticks_count_down_and_are_kept_over_a_reload(browser: Browser, tmp_path: Path) -> None:
    opened(browser, build.folder(), tmp_path)
    count = "document.querySelector('#matrix tbody tr td:nth-child(5)').textContent"
    assert browser.run(count) == "☐ 3"
    browser.run("document.querySelector('#e1 .k input').click()")
    assert browser.run(count) == "☐ 2"
    browser.open(tmp_path / "报告 report.html")
    assert browser.run(count) == "☐ 2"
    assert browser.run("document.querySelectorAll(':checked[type=checkbox]').length") == 1
    opened(browser, test_html.many(3), tmp_path)  # another report does not know of them
    assert browser.run("document.querySelectorAll('.k :checked').length") == 0
    opened(browser, build.folder(), tmp_path)
    browser.run("document.querySelector('#e1 .k input').click()")
    assert browser.run(count) == "☐ 3"


def test_a_mark_in_a_plot_leads_to_its_entry(browser: Browser, tmp_path: Path) -> None:
    opened(browser, test_html.many(30), tmp_path)
    browser.click("path.c.f")
    assert browser.run(
        "new Promise(done => setTimeout(done, 50)).then(() => document.querySelector(location.hash).open)"
    )


@pytest.mark.skipif(AXE is None, reason="axe-core is not at hand: set VIDCHECK_AXE to its axe.min.js (see dev/axe.txt)")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pixels", [1280, 390])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, lang: str, scheme: str, pixels: int) -> None:
    browser.scheme(scheme)
    browser.call("Page.setBypassCSP", enabled=True)
    try:
        seen = build.report(replace(build.failing(), content=test_sheet.SEEN))
        for report in (test_html.varied(), build.report(build.failing()), seen):
            opened(browser, report, tmp_path, lang)
            browser.width(pixels)
            browser.run("for (const it of [...document.querySelectorAll('details')].slice(0, 30)) it.open = true")
            browser.run(f"{Path(str(AXE)).read_text(encoding='utf-8')};0")
            found = browser.run("axe.run().then(it => it.violations.map(one => [one.id, one.nodes[0].html]))")
            assert found == []
    finally:
        browser.call("Page.setBypassCSP", enabled=False)
        browser.scheme("light")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_no_entry_is_split_between_pages_that_fits_on_one(browser: Browser, tmp_path: Path) -> None:
    opened(browser, test_html.many(300), tmp_path)
    pages = printed(browser, tmp_path)
    first = next(number for number, page in enumerate(pages) if any("Entry by entry" in line for line in page))
    heads = [page[0] for page in pages[first + 1 :]]
    assert len(heads) > 5
    assert [head for head in heads if not re.search(r"\.mp4\s+(ineligible|review)", head)] == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_an_entry_longer_than_a_page_is_split_between_its_findings(browser: Browser, tmp_path: Path) -> None:
    failing = [
        build.finding(f"long-{number}", "fail", keys=(), expected="this", actual="that") for number in range(150)
    ]
    rows = [replace(test_html.rules().rules[0], rule=finding.rule) for finding in failing]
    rules = replace(test_html.rules(), rules=(*test_html.rules().rules, *rows))
    long = replace(test_html.work(1), findings=(*test_html.work(1).findings, *failing))
    opened(browser, build.report(test_html.work(2), long, test_html.work(3), rules=rules), tmp_path)
    pages = printed(browser, tmp_path)
    first = next(number for number, page in enumerate(pages) if any("Entry by entry" in line for line in page))
    on = [page for page in pages[first:] if any(re.search(r"long-\d+ fails", line) for line in page)]
    assert len(on) > 2
    assert sum(bool(re.search(r"long-\d+ fails", line)) for page in on for line in page) == 150
    assert [page[0] for page in on[1:] if not re.search(r"long-\d+ fails|\.mp4", page[0])] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pixels", [1280, 390])
def test_looks_are_kept(browser: Browser, tmp_path: Path, lang: str, scheme: str, pixels: int) -> None:
    browser.scheme(scheme)
    try:
        opened(browser, test_html.varied(), tmp_path, lang)
        browser.width(pixels, 900 if pixels > 600 else 844)
        browser.run("for (const it of [...document.querySelectorAll('.e')].slice(0, 6)) it.open = true")
        # What is out of sight isn't laid out, but a picture is to have it all.
        browser.run(
            "document.styleSheets[0].insertRule('* {content-visibility: visible !important}', document.styleSheets[0].cssRules.length)"
        )
        picture = browser.picture()
        assert picture.startswith(b"\x89PNG")
        keep(f"{pixels}-{scheme}-{lang}.png", picture)
        assert browser.run("document.documentElement.scrollWidth") <= pixels
    finally:
        browser.scheme("light")


def keep(name: str, content: bytes) -> None:
    if LOOK_AT:
        Path(LOOK_AT).mkdir(parents=True, exist_ok=True)
        (Path(LOOK_AT) / name).write_bytes(content)
