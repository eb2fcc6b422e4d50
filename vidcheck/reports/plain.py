"""The report of the screen as a file: UTF-8 text of 80 columns, without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.reports import text

if TYPE_CHECKING:
    from vidcheck.findings import Report


def render(report: Report, lang: str = "en") -> bytes:
    """The whole report as it would stand on a screen of 80 columns."""
    return text.render(report, lang=lang).plain(80).encode()
