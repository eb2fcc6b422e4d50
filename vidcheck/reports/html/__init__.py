"""The HTML report: one file that opens from disk, needs no network, and works without its script.

Python writes all of the markup; the script only filters, sorts and opens it.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from vidcheck.quantities import Manner
from vidcheck.reports.html import entries, matrix, plots, sheet, summary
from vidcheck.reports.html.board import board
from vidcheck.reports.html.markup import Teller
from vidcheck.texts import LANGUAGES, say

if TYPE_CHECKING:
    from vidcheck.findings import Report


def render(report: Report, lang: str = "en", *, folder: str | None = None) -> bytes:
    """The whole report as a page.

    `folder` is where the page will lie; links lead from there to the films, and without it there are none.
    """
    tell = Teller(Manner(lang, report.rules.zone))
    drawn = board(report, lang)
    pictured = any(
        sheet.shows_pictures(facts)
        for entry in report.entries
        for facts in (entry.content, *(finding.evidence for finding in entry.findings))
    )
    title = report.rules.title_in(lang) or report.rules.source_in(lang)
    style = f"{_asset('page.css')}:root {{ --rules: {len(drawn.shown)}; --lines: {len(drawn.lines)}; }}\n"
    script = _asset("page.js")
    parts = (
        summary.header(drawn, tell),
        "<main>",
        summary.verdicts(drawn, tell),
        summary.batch(drawn, tell),
        matrix.matrix(drawn, tell),
        plots.plots(drawn, tell),
        summary.by_rule(drawn, tell),
        summary.items(drawn, tell),
        summary.faults(drawn, tell),
        entries.entries(drawn, tell, folder),
        "</main>",
    )
    page = (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[lang].tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script, pictured=pictured)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta name="vidcheck" content="{_identity(report)}">\n'
        f"<title>{tell(say('{title}: eligibility report', title=title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#h-{"matrix" if drawn.lines else "summary"}">{tell(say("Skip to the entries"))}</a>\n'
        + "\n".join(part for part in parts if part)
        + f"\n<script>{script}</script>\n</body>\n</html>\n"
    )
    return page.encode()


def _identity(report: Report) -> str:
    """What tells this report from others to the browser that keeps ticks: its rules and its entries."""
    parts = [report.rules.digest, *(f"{entry.entry.path} {entry.size}" for entry in report.entries)]
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _policy(style: str, script: str, *, pictured: bool) -> str:
    """The content security policy: only the page's own style and script."""
    images = "; img-src data:" if pictured else ""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'{images}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
