"""Letters: a short, kind message to the entrant about each entry in a JSON report.

    mailing = read(data, "report.json")        # a JSON report, checked member by member
    entries = mailing.of({Verdict.INELIGIBLE})
    writer = Writer(mailing.lang, template)    # Jinja, sandboxed; the organizer's template or our own
    letters = [writer.letter(entry, mailing, name) for entry, name in zip(entries, names(entries), strict=True)]
    index(letters)                             # letters.csv: which entry has which letter

A report has the texts on findings in one language. A letter can't translate them, so it uses that language too unless
the organizer chooses another.
"""

from __future__ import annotations

from vidcheck.reports.letters.mailing import Addressed, Item, Mailing, Person, names, person_of, read
from vidcheck.reports.letters.writer import INDEX, BadTemplateError, Letter, Template, Writer, index
from vidcheck.reports.saved import NotAReportError

__all__ = [
    "INDEX",
    "Addressed",
    "BadTemplateError",
    "Item",
    "Letter",
    "Mailing",
    "NotAReportError",
    "Person",
    "Template",
    "Writer",
    "index",
    "names",
    "person_of",
    "read",
]
