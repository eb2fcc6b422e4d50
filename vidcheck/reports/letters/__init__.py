"""Letters: what a JSON report says of each ineligible entry, as a short, kind message to those who sent it.

    mailing = read(data, "report.json")           # a JSON report, checked member by member
    writer = Writer(mailing.lang, template)       # Jinja, sandboxed; the organizer's template or our own
    named = zip(mailing.rejected, names(mailing.rejected), strict=True)
    letters = [writer.letter(entry, mailing, name) for entry, name in named]
    index(letters)                                # letters.csv: who gets which letter

Words about findings stand in the report in the language that it was made in; a letter can't translate them, so its own
words follow that language unless the organizer asks otherwise.
"""

from __future__ import annotations

from vidcheck.reports.letters.mailing import Item, Mailing, Rejected, names, read
from vidcheck.reports.letters.writer import INDEX, BadTemplateError, Letter, Template, Writer, index
from vidcheck.reports.saved import NotAReportError

__all__ = [
    "INDEX",
    "BadTemplateError",
    "Item",
    "Letter",
    "Mailing",
    "NotAReportError",
    "Rejected",
    "Template",
    "Writer",
    "index",
    "names",
    "read",
]
