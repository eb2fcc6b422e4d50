"""vidcheck checks video contest entries against the rules of a call and shows its evidence.

    from vidcheck import check, load_rules

    report = check(["entries/"], load_rules("rules.yaml"))
    for entry in report.entries:
        print(entry.entry.path, entry.verdict)

`Session` is the same in steps, for callers that want the entries one by one, or facts without rules:

    from vidcheck import Options, Session

    with Session("rules.yaml", Options(workers=4)) as session:
        for entry in session.reports(session.find(["entries/"]).targets):
            print(entry.entry.path, entry.verdict)

These names are imported when they are first used.
"""

from __future__ import annotations

TYPE_CHECKING = (
    False  # typing is not imported here, because `python -m vidcheck` still searches the current folder first
)
if TYPE_CHECKING:
    from typing import Any

    from vidcheck.api import check
    from vidcheck.rules.reader import load_rules
    from vidcheck.session.session import Options, Session

__all__ = ["Options", "Session", "__version__", "check", "load_rules"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "check":
        from vidcheck.api import check

        return check
    if name == "load_rules":
        from vidcheck.rules.reader import load_rules

        return load_rules
    if name in {"Options", "Session"}:
        from vidcheck.session import session

        return getattr(session, name)
    raise AttributeError(name)
