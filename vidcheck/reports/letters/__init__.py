"""Letters: a short, kind message to the entrants about each ineligible entry in a JSON report.

mailing = read(data, "report.json")           # a JSON report, checked member by member writer = Writer(mailing.lang,
template)       # Jinja, sandboxed; the organizer's template or our own named = zip(mailing.rejected,
names(mailing.rejected), strict=True) letters = [writer.letter(entry, mailing, name) for entry, name in named]
index(letters)                                # letters.csv: which entry has which letter

A report has the texts on findings in one language. A letter can't translate them, so it uses that language too unless
the organizer chooses another.
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
