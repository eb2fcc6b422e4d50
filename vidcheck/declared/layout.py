"""How an organizer's manifest is laid out: what `contest.entries` in the rules says, as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vidcheck.declared.fields import FIELDS, Field, bare, field_for

if TYPE_CHECKING:
    from collections.abc import Mapping


_BESIDE = re.compile(
    r"(?:附件|推荐表|自荐表|推荐表自荐表|推荐自荐表|attachments?|forms?)(?:名称|文件|文件名|扫描件|材料|files?)?\d{0,2}"
)


def names_attachments(label: str) -> bool:
    """Whether a column's head says that the files beside the video are named there: `附件`, `附件2`, `推荐表`."""
    return _BESIDE.fullmatch(bare(label)) is not None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which column is which field, and how a row finds its file."""

    columns: tuple[tuple[str, str], ...] = ()
    """Labels of columns with the names of their fields, beside those that are known from the start."""
    file: str = ""
    """The column that names the file. Empty: the field `file`, else the title."""
    folder: str = ""
    """The column that names a folder with one entry."""
    name: str = ""
    """The regular expression of files' names, whose named groups are fields."""
    form: str = ""
    """The regular expression of the names of forms whose text can't be read. Empty: they are attachments."""

    @cached_property
    def _extra(self) -> Mapping[str, Field]:
        return {bare(label): FIELDS[field] for label, field in self.columns}

    def field(self, label: str) -> Field | None:
        """The field that a column's head names."""
        return self._extra.get(bare(label)) or field_for(label)

    def finds(self, label: str) -> bool:
        """Whether a column's head is the one by which rows find their files."""
        wanted = self.file or self.folder
        return bool(wanted) and bare(label) == bare(wanted)

    def knows(self, label: str) -> bool:
        """Whether a column's head means something."""
        return self.finds(label) or self.field(label) is not None or names_attachments(label)


DEFAULT = Layout()
