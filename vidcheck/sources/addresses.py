"""Which network addresses a stranger's list may lead to: public ones alone, unless the user says otherwise."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215


def public(text: str) -> bool:
    """Whether an address as text is one of the public internet; what is no address is not."""
    try:
        address = ip_address(text.partition("%")[0])  # a zone follows the percent sign (RFC 4007, 11)
    except ValueError:
        return False
    return all(_public(one) for one in (address, *_inside(address)))


def literal(host: str) -> bool:
    """Whether a URL's host is an address itself, so that no name is looked up."""
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _public(address: IPv4Address | IPv6Address) -> bool:
    # multicast is global too, and reserved addresses have been taken for global by some versions of Python
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_private
        and not (isinstance(address, IPv6Address) and (address.is_site_local or _translated(address)))
    )


def _translated(address: IPv6Address) -> bool:
    """Whether a translator turns it into an IPv4 address, which stands in its last bits."""
    return any(address in network for network in _NAT64)


def _inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4 and Teredo ones."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return tuple(one for one in found if one is not None)
