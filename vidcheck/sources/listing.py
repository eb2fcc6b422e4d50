"""Lists the remote objects that a URL names: one for `https`, those of a folder or a pattern in a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, Any

from vidcheck.sources.urls import Remote, split_bucket
from vidcheck.texts import Plain, say
from vidcheck.witnesses.errors import CouldNotLookError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from fractions import Fraction

    from vidcheck.sources.s3 import Buckets
    from vidcheck.texts import Readable

_NEEDS = {"s3": ("s3fs",), "http": ("fsspec", "aiohttp")}
_WILD = re.compile(r"[*?\[]")
_PAGE_SECONDS = 60


@dataclass(slots=True, kw_only=True)
class Listing:
    """The objects that a URL names."""

    folder: bool
    """Whether it names a folder or a pattern, which may have no entries."""
    entries: list[Remote] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """The URLs of objects that are not entries."""
    refused: Readable | None = None
    """Why it could not be listed completely."""


def list_entries(remote: Remote, is_video: Callable[[str], bool]) -> Listing:
    """The entries that a URL names. Only a bucket's server is asked. `is_video` judges a name."""
    extra = "s3" if remote.url.startswith("s3://") else "http"
    if any(find_spec(library) is None for library in _NEEDS[extra]):
        why = say(
            "{scheme}:// needs a library that is not installed: {command}",
            scheme=remote.url.partition(":")[0], command=f'pip install "vidcheck[{extra}]"',
        )  # fmt: skip
        return Listing(folder=False, refused=why)
    if extra == "http" or (not _WILD.search(remote.url) and is_video(remote.url.rpartition("/")[2])):
        return Listing(folder=False, entries=[remote])  # one object, so no listing is needed
    search = _Search(remote, is_video)
    try:
        _apart(search.run)
    except CouldNotLookError as error:
        search.listing.refused = say(
            "{url} could not be listed: {reason}", url=Plain(remote.shown), reason=error.message
        )
    return search.listing


def _apart(work: Callable[[], None]) -> None:
    """Runs in a thread, because the caller may have an event loop (a notebook has one), and closes its connections."""
    from vidcheck.sources import remote

    raised: list[BaseException] = []

    def run() -> None:
        try:
            with remote.discreet():
                work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)
        finally:
            remote.close_connections()

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


class _Search:
    """Searches the keys of a bucket for one URL."""

    def __init__(self, remote: Remote, is_video: Callable[[str], bool]) -> None:
        self._private, self._is_video = remote.private, is_video
        self._bucket, self._key = split_bucket(remote.url)
        folder = self._key in {"", "/"} or self._key.endswith("/") or bool(_WILD.search(self._key))
        self.listing = Listing(folder=folder)

    def run(self) -> None:
        """Asks the bucket. Raises CouldNotLookError."""
        from vidcheck.sources import remote
        from vidcheck.sources.s3 import is_there

        buckets: Buckets = remote.buckets()
        key, bucket = self._key, self._bucket
        if key and not key.endswith("/") and _asked(lambda: is_there(buckets, bucket, key)):
            self._take(key)
        elif _WILD.search(key):
            self._list(buckets, key[: _WILD.search(key).start()], _pattern(key))  # type: ignore[union-attr] # searched above
        else:
            self._list(buckets, key if not key or key.endswith("/") else f"{key}/", None)

    def _list(self, buckets: Buckets, prefix: str, pattern: re.Pattern[str] | None) -> None:
        """Reads page after page, and keeps only the entries."""
        from vidcheck.sources.s3 import page

        after, more = "", True
        while more:
            keys, after = _asked(lambda at=after: page(buckets, self._bucket, prefix, at))  # type: ignore[misc]
            more = bool(after)
            for key in keys:
                named = pattern is not None and pattern.fullmatch(key) is not None
                folder = pattern is None or (not named and _above(key, pattern))
                if key.endswith("/") or not (named or folder):
                    continue  # the marker of an empty folder, or outside the pattern
                inside = key[len(prefix) :] if pattern is None else key
                # unlike local files, objects without an extension are not examined: that would take a request each
                if _hidden(inside) or (not named and not self._is_video(key.rpartition("/")[2])):
                    self.listing.ignored.append(f"s3://{self._bucket}/{key}")
                else:
                    self._take(key)

    def _take(self, key: str) -> None:
        url = f"s3://{self._bucket}/{key}"
        self.listing.entries.append(Remote(url=url, shown=url, same=url, private=self._private))


def _asked(ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """The response to a request to a bucket, retried after temporary failures. Raises CouldNotLookError."""
    from vidcheck.sources import remote
    from vidcheck.sources.fetch import persistently

    async def patiently() -> Any:
        import asyncio

        return await persistently(ask, asyncio.get_running_loop().time() + _PAGE_SECONDS, _limit())

    return remote.run_here(patiently())


def _limit() -> Fraction:
    from fractions import Fraction

    return Fraction(_PAGE_SECONDS)


def _hidden(key: str) -> bool:
    return any(part.startswith(".") for part in key.split("/"))


def _above(key: str, pattern: re.Pattern[str]) -> bool:
    """Whether the pattern names a folder that the key lies in."""
    at = key.find("/")
    while at >= 0:
        if pattern.fullmatch(key[:at]):
            return True
        at = key.find("/", at + 1)
    return False


def _pattern(glob: str) -> re.Pattern[str]:
    """A glob pattern as the shell reads it: `*` and `?` stop at a slash, `**` does not."""
    parts = re.split(r"(\*\*/?|\*|\?|\[!?\]?[^\]]*\])", glob)
    return re.compile("".join(_piece(part) for part in parts), re.DOTALL)


def _piece(part: str) -> str:
    if part == "**/":
        return "(?:.*/)?"
    if part == "**":
        return ".*"
    if part in {"*", "?"}:
        return "[^/]*" if part == "*" else "[^/]"
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
        return f"[^/{inner[1:]}]" if inner.startswith("!") else f"(?!/)[{inner}]"
    return re.escape(part)
