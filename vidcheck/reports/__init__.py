"""Reports: one module for each format. They present findings and decide nothing.

A format's module has `render(report: Report, lang: str) -> bytes`. To add a format: write the module, add its row to
`FORMATS`. The command line, its help and the documentation know a format only by its row. The report on the screen is
`text.page`, which a rich console prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from vidcheck.texts import marked, say

if TYPE_CHECKING:
    from vidcheck.findings import Report
    from vidcheck.texts import Readable


class Renderer(Protocol):
    """The interface of a format's module."""

    def render(self, report: Report, lang: str = "en") -> bytes:
        """The whole report in that format, in that language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that a report can be written in."""

    name: str
    module: str
    """Imported when it is first used: some formats need slow or optional libraries."""
    meaning: str
    """A message that says whom it is for."""
    extensions: tuple[str, ...] = ()
    """The file name extensions, in lower case, that select this format if only a path is given."""
    streamed: bool = False
    """Whether it is written during the run, from lines that the workers make (`jsonl.Stream`)."""
    pictures: bool = False
    """Whether it shows pictures of the films."""
    linked: bool = False
    """Whether its module's `render` takes `folder`, where it will lie, to lead to the films."""
    needs: str = ""
    """The optional library it needs; the extra has the format's name."""
    of_people: bool = False
    """Whether it is for people, so that it follows the screen's language; what is for programs is English unless asked."""
    of_manifest: bool = False
    """Whether it is made of the manifest, so that there must be one."""


class MissingExtraError(Exception):
    """A format needs a library that is not installed. `words` names the command that installs it."""

    def __init__(self, extra: str) -> None:
        self.extra = extra
        self.words = say(
            "The {format} report needs a library that is not installed: {command}",
            format=extra, command=f'pip install "vidcheck[{extra}]"',
        )  # fmt: skip
        super().__init__(self.words.render("en"))

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str]]:
        return MissingExtraError, (self.extra,)


class NotRenderedError(Exception):
    """A report can't be made of this run. `words` say why."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format(name="json", meaning=marked("Programs: stable, with a schema."), module="vidcheck.reports.json", extensions=("json",)),
        Format(name="text", meaning=marked("People: what the screen shows."), module="vidcheck.reports.text", extensions=("txt", "text"), of_people=True),
        Format(name="jsonl", meaning=marked("Programs that read along, a line for each entry."), module="vidcheck.reports.jsonl", streamed=True, extensions=("jsonl", "ndjson")),
        Format(name="html", meaning=marked("The committee: one file with filters, plots and boxes to tick, good on paper."), module="vidcheck.reports.html", extensions=("html", "htm"), pictures=True, linked=True, of_people=True),
        Format(name="junit", meaning=marked("CI: a suite for each entry, a case for each rule."), module="vidcheck.reports.junit", extensions=("xml",)),
        Format(name="sarif", meaning=marked("CI: SARIF 2.1.0, every rule and outcome."), module="vidcheck.reports.sarif", extensions=("sarif",)),
        Format(name="github", meaning=marked("GitHub: annotations."), module="vidcheck.reports.github"),
        Format(name="gitlab", meaning=marked("GitLab: code quality."), module="vidcheck.reports.gitlab"),
        Format(name="markdown", meaning=marked("A step summary or a mail."), module="vidcheck.reports.markdown", extensions=("md", "markdown"), of_people=True),
        Format(name="csv", meaning=marked("Spreadsheets, a row for each finding."), module="vidcheck.reports.csv", extensions=("csv",)),
        Format(name="contacts", meaning=marked("Whom to ask: contacts and what is open, as CSV; made to hold people's addresses."), module="vidcheck.reports.contacts"),
        Format(name="table", meaning=marked("The organizer: the manifest itself with verdict, why, open and file at the right of each row."), module="vidcheck.reports.table", of_manifest=True, of_people=True),
        Format(name="xlsx", meaning=marked("Excel: summary, matrix, findings."), needs="xlsxwriter", module="vidcheck.reports.xlsx", extensions=("xlsx",), of_people=True, linked=True),
    )
}  # fmt: skip


def format_for(path: str) -> str | None:
    """The format of a path's extension, or None."""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    if not stem:
        return None
    return next((row.name for row in FORMATS.values() if extension.lower() in row.extensions), None)


def check_available(name: str) -> None:
    """Raises MissingExtraError if the format needs a library that is not installed."""
    from importlib.util import find_spec

    if FORMATS[name].needs and find_spec(FORMATS[name].needs) is None:
        raise MissingExtraError(name)


def render(
    name: str,
    report: Report,
    lang: str = "en",
    folder: str | None = None,
) -> bytes:
    """The report in a format of `FORMATS`.

    For those with links to the films `folder` is the one that the report is written to, and without it there are none.
    Raises NotRenderedError.
    """
    module = import_module(FORMATS[name].module)
    if FORMATS[name].linked:
        return cast("bytes", module.render(report, lang, folder=folder))
    return cast("Renderer", module).render(report, lang)
