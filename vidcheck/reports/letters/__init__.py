"""Letters: what a JSON report says of each ineligible entry, as a short, kind message to those who sent it.

    told = read(data, "report.json")              # a JSON report, checked member by member
    writer = Writer(told.lang, template)          # Jinja, sandboxed; the organizer's template or our own
    letters = [writer.letter(entry, told, name) for entry, name in zip(told.rejected, names(told.rejected), strict=True)]
    index(letters)                                # letters.csv: who gets which letter

Words about findings stand in the report in the language that it was made in; a letter can't translate them, so its own
words follow that language unless the organizer asks otherwise.
"""

from __future__ import annotations

from vidcheck.reports.letters.naming import INDEX, index, names
from vidcheck.reports.letters.reading import Item, Rejected, Told, read
from vidcheck.reports.letters.writing import BadTemplateError, Letter, Template, Writer
from vidcheck.reports.runs import NotAReportError

__all__ = [
    "INDEX",
    "BadTemplateError",
    "Item",
    "Letter",
    "NotAReportError",
    "Rejected",
    "Template",
    "Told",
    "Writer",
    "index",
    "names",
    "read",
]
