"""URLs among the arguments: the request for each, and the part of it that may be shown.

A URL may carry a secret: a name and a password before the host, a signature or a token in its query. This module makes
the text for reports, the screen and errors, which contains no secret: `https://host/a.mp4?…`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit

from vidcheck.facts import visible
from vidcheck.texts import Plain, say

if TYPE_CHECKING:
    from vidcheck.texts import Readable

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_PORTS = {"http": 80, "https": 443}
_LONGEST = 8000  # characters; servers accept no more (RFC 9110, 4.1)
_LONGEST_SHOWN = 200
_SAFE = "!$%&'()*+,/:;=?@[]~"
"""Characters that are not escaped in a path or a query (RFC 3986, 3.3 and 3.4); `%` too, because it may be an escape."""
_SHOWN = frozenset({
    "id", "v", "version", "versionid", "file", "filename", "name", "path", "entry", "no", "n", "part", "page", "format",
    "dl", "download", "raw", "export", "alt",
})  # fmt: skip
"""Parameters that identify the object and give no access. All others may be secret."""
_SIGNING = frozenset({
    "awsaccesskeyid", "googleaccessid", "ossaccesskeyid", "signature", "expires", "security-token", "policy",
    "key-pair-id",
})  # fmt: skip
_SIGNING_STARTS = ("x-amz-", "x-goog-", "x-oss-", "x-cos-", "q-sign-", "q-ak", "q-key-", "q-header-", "q-url-param-")
"""Parameters by which Amazon, Google, Alibaba and Tencent sign a URL: who may read, until when; never which object."""
_ROUNDS = 2000  # of the digest: about a millisecond each, so that guessing the hidden part is expensive


class UnclearUrlError(ValueError):
    """A URL that can't be used. `words` says why, without what may be secret."""

    def __init__(self, words: Readable) -> None:
        super().__init__(words.render("en"))
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where a remote entry is."""

    url: str = field(repr=False)
    """The URL of the request, including secrets: ASCII for `http` and `https`, the key as it is for `s3`."""
    shown: str
    """The URL without secrets."""
    same: str = field(repr=False)
    """Equal for URLs of the same object."""
    private: bool = False
    """Whether its server may have an address that is not public."""


def read_url(argument: str, *, private: bool = False) -> Remote:
    """Parses a URL. Raises UnclearUrlError."""
    match = _URL.match(argument)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in {"s3", *_PORTS}:
        raise UnclearUrlError(
            say("vidcheck reads s3://, https:// and http:// URLs, not {scheme}://", scheme=Plain(visible(scheme)))
        )
    if len(argument) > _LONGEST or any(ord(char) < 0x20 or ord(char) == 0x7F for char in argument):
        raise UnclearUrlError(_no_url(scheme))
    return _bucket(match[2], private=private) if scheme == "s3" else _web(argument.strip(), private=private)


def name_of(url: str) -> str:
    """The name of the object that a URL asks for, without its folder; bytes that are not UTF-8 as surrogate escapes."""
    if url.startswith("s3://"):
        return url.rpartition("/")[2]
    path = urlsplit(url).path.rpartition("/")[2]
    return unquote(path, errors="surrogateescape").rpartition("/")[2]


def split_bucket(url: str) -> tuple[str, str]:
    """The bucket and the key of an s3 URL; a key may hold any character."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


def _bucket(rest: str, *, private: bool) -> Remote:
    bucket, _, key = rest.partition("/")
    try:
        key.encode()
    except UnicodeEncodeError:
        raise UnclearUrlError(_no_url("s3")) from None
    if "@" in bucket:
        raise UnclearUrlError(_with_password("s3"))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,254}", bucket):
        raise UnclearUrlError(_no_url("s3"))
    url = f"s3://{bucket}/{key}"
    return Remote(url=url, shown=url, same=url, private=private)


def _web(argument: str, *, private: bool) -> Remote:
    scheme = argument.partition(":")[0].lower()
    try:
        parts = urlsplit(argument)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:  # UnicodeError too: not a valid host name
        raise UnclearUrlError(_no_url(scheme)) from None
    if "@" in parts.netloc:
        raise UnclearUrlError(_with_password(scheme))
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}", host):
        raise UnclearUrlError(_no_url(scheme))
    where = f"[{host}]" if ":" in host else host
    place = where if port in {None, _PORTS[scheme]} else f"{where}:{port}"
    path = quote(parts.path or "/", safe=_SAFE, errors="surrogateescape")
    query = quote(parts.query, safe=_SAFE, errors="surrogateescape")
    front = f"{scheme}://{place}{path}"
    shown, hidden, left_out = _sorted_out(query)
    tail = ("?" + "&".join([*shown, *(["…"] if left_out else [])])) if shown or left_out else ""
    mark = f"#{_digest(front, '&'.join(hidden))}" if hidden else ""
    return Remote(
        url=front + (f"?{query}" if query else ""),
        shown=f"{scheme}://{parts.netloc}{parts.path}{tail}{mark}",
        same=f"{front}?{'&'.join(shown)}#{'&'.join(hidden)}",
        private=private,
    )


def _sorted_out(query: str) -> tuple[list[str], list[str], bool]:
    """The parameters that may be shown; hidden ones that identify the object; and whether any is left out."""
    shown, hidden, left_out = [], [], False
    for part in query.split("&") if query else ():
        name = unquote(part.partition("=")[0]).lower()
        if name in _SHOWN and len(part) <= _LONGEST_SHOWN:
            shown.append(part)
            continue
        left_out = True
        if not _signs(name):
            hidden.append(part)
    return shown, hidden, left_out


def _signs(name: str) -> bool:
    return name in _SIGNING or name.startswith(_SIGNING_STARTS)


def _digest(front: str, hidden: str) -> str:
    """Ten characters that distinguish URLs with different hidden parts."""
    return pbkdf2_hmac("sha256", hidden.encode(), front.encode(), _ROUNDS).hex()[:10]


def redirected(now: str, location: str) -> Remote:
    """Where a server's `Location` leads from a URL (RFC 9110, 10.2.2). Raises UnclearUrlError."""
    try:
        return read_url(urljoin(now, location))
    except UnclearUrlError:
        raise
    except ValueError:
        raise UnclearUrlError(_no_url("https")) from None


def _no_url(scheme: str) -> Readable:
    return say("one of the arguments begins with {scheme}:// but is no URL", scheme=Plain(scheme))


def _with_password(scheme: str) -> Readable:
    return say(
        "a URL may not hold a user name or a password ({scheme}://…@…): they come from the provider's own configuration",
        scheme=Plain(scheme),
    )
