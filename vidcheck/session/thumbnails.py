"""One frame of each entry, for reports that show pictures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.session import tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from vidcheck.findings import EntryReport
    from vidcheck.session.messages import Progress
    from vidcheck.sources.targets import Target

_GRACE = 5.0  # seconds for the worker beyond ffmpeg's own deadline


def thumbnails(
    submit: Callable[..., Future[bytes]],
    entries: Iterable[EntryReport],
    targets: Iterable[Target],
    timeout: float,
    made: Progress | None = None,
) -> dict[str, bytes]:
    """JPEGs by the entries' paths, without entries for which there is none in time.

    `made` hears how many are done, and how many there will be.
    """
    follow = {target.path: target.follow for target in targets if target.remote is None}
    asked: dict[str, Future[bytes]] = {}
    for report in entries:
        known = {f.key: f.value for finding in report.findings for f in finding.evidence if f.state is State.KNOWN}
        path = report.entry.path
        if path not in follow or not known.get("format") or not known.get("duration"):
            continue
        where = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118 - names that are not UTF-8 stay as they are
        args = (where, follow[path], known["format"], known["duration"] / 4, timeout)
        asked[path] = submit(tasks.thumbnail, *args, deadline=timeout + _GRACE)
    pictures: dict[str, bytes] = {}
    for done, (path, future) in enumerate(asked.items()):
        if made is not None:
            made(done, len(asked))
        try:
            pictures[path] = future.result()
        except Exception:  # noqa: BLE001, S112 - a picture is a courtesy: the report goes out without it
            continue
    return {path: picture for path, picture in pictures.items() if picture}
