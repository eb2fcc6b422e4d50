"""Reads objects over `https` and `http` by fsspec's file system with a session of ours (extra `vidcheck[http]`).

fsspec accepts any response to a range request; here every response is checked and bounded. URLs in an untrusted list
only lead to public addresses, unless the user allows others: connections go to exactly the addresses that were checked.
"""

from __future__ import annotations

import contextlib
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver
from fsspec.implementations.http import HTTPFileSystem
from yarl import URL

from vidcheck.sources.fetch import (
    CUT_SHORT,
    NO_RANGES,
    PATIENCE,
    SILENT,
    TOO_LONG,
    UNREACHED,
    Piece,
    State,
    TemporaryError,
    is_empty,
    refused,
    whole_size,
)
from vidcheck.sources.urls import UnclearUrlError, redirected
from vidcheck.texts import say
from vidcheck.witnesses.errors import ChangedError, CouldNotLookError

if TYPE_CHECKING:
    import socket
    from datetime import datetime

    from aiohttp.abc import ResolveResult

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_NOT_PUBLIC = say("its server is not at a public address; --allow-private permits that")


class Web:
    """The session of one run: a file system of fsspec with connections that obey `private`."""

    def __init__(self, *, private: bool) -> None:
        self.private = private
        self._files = HTTPFileSystem(asynchronous=True, skip_instance_cache=True, get_client=self._client)

    async def session(self) -> aiohttp.ClientSession:
        """The session, opened when it is first asked for."""
        session: aiohttp.ClientSession = await self._files.set_session()
        return session

    async def close(self) -> None:
        """Ends the session's connections."""
        await (await self.session()).close()

    async def _client(self, **_: Any) -> aiohttp.ClientSession:
        """Without cookies, proxies, `.netrc` and unpacking; header sizes are bounded by aiohttp."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_Resolver(private=self.private), use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE, sock_read=PATIENCE),
            headers={"User-Agent": "vidcheck", "Accept-Encoding": "identity"},
        )


class _Resolver(AbstractResolver):
    """Resolves names, and refuses those with an address that is not public."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = 0) -> list[ResolveResult]:  # type: ignore[assignment]
        found = await self._inner.resolve(host, port, family)
        if not self._private and not all(is_public(row["host"]) for row in found):
            raise CouldNotLookError(_NOT_PUBLIC)
        return found

    async def close(self) -> None:
        await self._inner.close()


class WebSource:
    """One object behind a URL."""

    def __init__(self, web: Web, url: str) -> None:
        self._web = web
        self._url = url

    async def fetch(self, start: int, end: int, state: State | None) -> Piece:
        """See Source."""
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                onward = await self._ask(start, end, state)
                if isinstance(onward, Piece):
                    return onward
                self._url = onward
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise CouldNotLookError(say("the URL is not valid")) from None
        except aiohttp.ClientConnectorCertificateError:
            raise CouldNotLookError(say("the server's certificate is not valid")) from None
        except aiohttp.ClientPayloadError:
            raise TemporaryError(CUT_SHORT) from None
        except aiohttp.ClientResponseError:  # the response isn't HTTP, or its headers are too large
            raise CouldNotLookError(say("the server does not answer as HTTP asks")) from None
        except TimeoutError:
            raise TemporaryError(SILENT) from None
        except (aiohttp.ClientError, OSError):
            raise TemporaryError(UNREACHED) from None
        raise CouldNotLookError(say("the server sends from one place to the next without end"))

    async def _ask(self, start: int, end: int, state: State | None) -> Piece | str:
        """The piece, or the URL of a redirect."""
        url = URL(self._url, encoded=True)
        if not self._web.private and is_address(url.host or "") and not is_public(url.host or ""):
            raise CouldNotLookError(_NOT_PUBLIC)
        session = await self._web.session()
        headers = {"Range": f"bytes={start}-{end - 1}", **_unchanged(state)}
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in _REDIRECTS:
                return self._onward(answer.headers.get("Location", ""))
            piece = await _piece(answer, start, end)
        if state is not None and piece.state != state:
            raise ChangedError
        return piece

    def _onward(self, location: str) -> str:
        try:
            url = redirected(self._url, location).url
        except UnclearUrlError:
            url = ""
        if not url.startswith("https://") and not (url.startswith("http://") and self._url.startswith("http://")):
            raise CouldNotLookError(say("the server sends to a place that is not read from there"))
        return url


def _unchanged(state: State | None) -> dict[str, str]:
    """Preconditions (RFC 9110, 13.1): weak tags never match, and a date is used if there is no tag."""
    if state is None:
        return {}
    if state.tag and not state.tag.startswith("W/"):
        return {"If-Match": state.tag}
    return {"If-Unmodified-Since": f"{state.modified:%a, %d %b %Y %H:%M:%S} GMT"} if state.modified else {}


async def _piece(answer: aiohttp.ClientResponse, start: int, end: int) -> Piece:
    headers = answer.headers
    if answer.status == 416 and start == 0 and is_empty(headers.get("Content-Range", "")):
        return Piece(data=b"", state=_state(answer, 0))
    if answer.status not in {200, 206}:
        raise _with_wait(refused(answer.status), headers.get("Retry-After", ""))
    if headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise CouldNotLookError(say("the server packs what it sends, although it was asked not to"))
    if answer.status == 206:
        size = whole_size(headers.get("Content-Range", ""), start, end)
    elif start or answer.content_length is None or answer.content_length > end:
        raise CouldNotLookError(NO_RANGES)
    else:
        size = answer.content_length
    length = min(end, size) - start
    if answer.content_length not in {None, length}:
        raise CouldNotLookError(say("the server sent other bytes than it was asked for"))
    data = b""
    with contextlib.suppress(EOFError):  # IncompleteReadError: a response without a length has ended
        data = await answer.content.readexactly(length)
    if len(data) < length:
        raise TemporaryError(CUT_SHORT)
    if await answer.content.read(1):
        raise CouldNotLookError(TOO_LONG)
    return Piece(data=data, state=_state(answer, size))


def _state(answer: aiohttp.ClientResponse, size: int) -> State:
    tag = answer.headers.get("ETag", "")
    return State(size=size, tag=tag[:1000], modified=_moment(answer.headers.get("Last-Modified", "")))


def _moment(text: str) -> datetime | None:
    """A date of HTTP (RFC 9110, 5.6.7); None if invalid."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def _with_wait(error: Exception, text: str) -> Exception:
    """The error with the seconds that `Retry-After` asks for (RFC 9110, 10.2.3)."""
    if isinstance(error, TemporaryError) and text.isascii() and text.isdigit() and len(text) < 5:
        return TemporaryError(error.message, float(text))
    return error


def is_public(text: str) -> bool:
    """Whether a text is a public internet address."""
    try:
        address = ip_address(text.partition("%")[0])  # a zone follows the percent sign (RFC 4007, 11)
    except ValueError:
        return False
    return all(_is_public(one) for one in (address, *_ipv4_inside(address)))


def is_address(host: str) -> bool:
    """Whether a URL's host is an address in any spelling, so that a client may resolve no name.

    A host whose last label is a number (`2130706433`, `127.1`, `0x7f.1`) is an IPv4 address (URL Standard, 3.5), which
    some versions of aiohttp connect to without asking the resolver.
    """
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2].lower()
        return last.isdecimal() or (last.startswith("0x") and not last[2:].strip("0123456789abcdef"))
    return True


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    # multicast is global too, and some versions of Python count reserved addresses as global
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_private
        and not (isinstance(address, IPv6Address) and (address.is_site_local or _is_translated(address)))
    )


def _is_translated(address: IPv6Address) -> bool:
    """Whether a translator turns it into the IPv4 address in its last bits."""
    return any(address in network for network in _NAT64)


def _ipv4_inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4 and Teredo ones."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return tuple(one for one in found if one is not None)
