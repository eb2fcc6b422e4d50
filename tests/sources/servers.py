"""What tests of remote entries share."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from tests.kit import put
from vidcheck.reports.json import render_facts

if TYPE_CHECKING:
    from pathlib import Path

    from vidcheck.facts import Entry, Facts

DAY = 1_645_000_000  # seconds since 1970, a whole one: HTTP tells no parts of a second


def fault(told: tuple[Entry, Facts]) -> str:
    """Why nothing is known of an entry."""
    (only,) = told[1].faults
    assert only.witness == "filesystem"
    assert not told[1].facts
    return only.message.render("en")


def plain(told: tuple[Entry, Facts]) -> Any:
    """The facts as JSON, without what may differ: the path, the locators of `filesystem`, the samples looked at."""
    (entry,) = json.loads(render_facts([told], {}, "en"))["entries"]
    del entry["path"]
    for fact in entry["facts"].values():
        for evidence in fact["evidence"]:
            if evidence["witness"] == "filesystem":
                del evidence["locator"]
    for evidence in entry["facts"].get("intact", {"evidence": []})["evidence"]:
        note = evidence.get("note", "")  # fewer samples are looked at in a remote entry
        evidence["note"] = re.sub(r"(^|; )[\d,]+ of [^;]* looked at[^;]*", "", note)
    return entry


def stamped(path: Path) -> Path:
    os.utime(path, (DAY, DAY))
    return path


def sample(path: Path, data: bytes | None = None) -> Path:
    return stamped(put(path, data))
