"""Finds the web addresses in a text and normalises them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from vidcheck.lazy import late

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），；！｜"} | {0x3000: " "}
_START = late(
    r"https?:/*(?=[^\s/])|(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}"
    r"(?:com|cn|net|org|gov|edu|tv|cc|top|vip|info|me|io|hk|mo|tw|中国|公司|网络)(?![\w.@-])",
    re.IGNORECASE,
)
_SCHEME = late(r"(https?):/*", re.IGNORECASE)
_BODY = late(r"[^\s，；、。！（）<>【】「」『』《》“”‘’\"|\\^`{}\u200b-\u200f\u202a-\u202e\ufeff]*")
_NEXT = late(r"[,;](?=https?:/|www\.)|(?<=[^=/%&?#.\w-])(?=https?://)|(?<=\w)(?=https?://)", re.IGNORECASE)
_PARTS = late(r"(https?)://([^/?#:@]*)(?::(\d{1,5}))?(?=[/?#]|$)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE)
_LABEL = late(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.ASCII)
_HAN_LABEL = late(r"[\u3400-\u4dbf\u4e00-\u9fff0-9a-z-]{1,63}")
_OCTET = late(r"0|[1-9]\d{0,2}", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Found(NamedTuple):
    """The addresses in a text, and the rest of it."""

    addresses: tuple[str, ...]
    """Normalised, each once."""
    rest: str
    """The text between and around them, a line each, with whatever looks like an address and is invalid."""


def find_addresses(text: str) -> Found:
    """The web addresses in a text, and the rest of it."""
    plain = text.translate(_WIDE)
    addresses: list[str] = []
    rest: list[str] = []
    at = 0
    while found := _START.search(plain, at):
        head = _SCHEME.match(plain, found.start())
        body = _BODY.match(plain, head.end() if head else found.start())
        end = _end(plain, head.end() if head else found.start(), body.end() if body else found.end())
        address = _normalised(plain[found.start() : end])
        if address is None:
            rest.append(plain[at:end])
        else:
            rest.append(plain[at : found.start()])
            addresses.append(address)
        at = end
    rest.append(plain[at:])
    return Found(tuple(dict.fromkeys(addresses)), "\n".join(part.strip() for part in rest if part.strip()))


def _end(text: str, start: int, end: int) -> int:
    """Where an address ends: before the next one, and before the punctuation of the sentence."""
    following = _NEXT.search(text, start + 1, end)
    end = following.start() if following else end
    while end > start and (
        text[end - 1] in ".,;:!?'*"
        or (text[end - 1] == ")" and text.count("(", start, end) < text.count(")", start, end))
    ):
        end -= 1
    return end


def _normalised(text: str) -> str | None:
    """Normalises an address.

    Scheme and host are in lower case, a default port is dropped, there is a path, and other characters are escaped.
    """
    from urllib.parse import quote

    head = _SCHEME.match(text)
    found = _PARTS.fullmatch(f"{head[1]}://{text[head.end() :]}" if head else f"http://{text}")
    host = host_name(found[2]) if found else None
    if found is None or host is None:
        return None
    scheme, port = found[1].lower(), int(found[3] or 0)
    if found[3] and not 0 < port < 65536:
        return None
    place = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    tail = quote((found[4] or "/") + (found[5] or "") + (found[6] or ""), safe="/?#%:@!$&'()*+,;=~[]-._")
    return f"{scheme}://{host}{place}{tail}"


@lru_cache(1024)  # the entrants of an edition use a few dozen mail hosts
def host_name(text: str) -> str | None:
    """A host name in lower case, Chinese ones as `xn--…`; None if it can't be one."""
    plain = text.translate(_WIDE).strip().strip(".").replace("。", ".").lower()
    labels = plain.split(".")
    if len(plain) > 253 or len(labels) < 2:
        return None
    if len(labels) == 4 and all(_OCTET.fullmatch(label) and int(label) < 256 for label in labels):
        return plain
    last = labels[-1]
    if not (
        re.fullmatch(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}", last, re.ASCII) or re.fullmatch(r"[\u4e00-\u9fff]{2,}", last)
    ):
        return None
    encoded = [_label(label) for label in labels]
    return None if None in encoded else ".".join(label for label in encoded if label)


def _label(label: str) -> str | None:
    if _LABEL.fullmatch(label):
        return label
    if not _HAN_LABEL.fullmatch(label):
        return None
    try:
        coded = label.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return coded if _LABEL.fullmatch(coded) else None


def host_of(address: str) -> str:
    """The host of a normalised address."""
    return address.split("/", 3)[2].partition(":")[0]
