from __future__ import annotations

import pytest

from vidcheck.sources.web import is_address, is_public


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "2001:4860:4860::8888"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.255.255.254", id="loopback-last"),
        pytest.param("10.0.0.1", id="private-10"),
        pytest.param("172.16.0.1", id="private-172"),
        pytest.param("192.168.1.1", id="private-192"),
        pytest.param("100.64.0.1", id="shared"),
        pytest.param("169.254.169.254", id="link-local"),
        pytest.param("0.0.0.0", id="unspecified"),  # noqa: S104 - it is refused here
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("239.255.255.250", id="multicast-local"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("::1", id="loopback-6"),
        pytest.param("::", id="unspecified-6"),
        pytest.param("fe80::1", id="link-local-6"),
        pytest.param("fe80::1%eth0", id="link-local-6-zone"),
        pytest.param("fc00::1", id="unique-local"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("ff02::1", id="multicast-6"),
        pytest.param("ff0e::1", id="multicast-6-global"),
        pytest.param("::ffff:127.0.0.1", id="mapped-loopback"),
        pytest.param("::ffff:10.0.0.1", id="mapped-private"),
        pytest.param("::ffff:169.254.169.254", id="mapped-link-local"),
        pytest.param("2002:7f00:1::", id="6to4-loopback"),
        pytest.param("2001:0:7f00:1::", id="teredo"),
        pytest.param("64:ff9b::7f00:1", id="nat64-loopback"),
        pytest.param("2001:db8::1", id="documentation-6"),
        pytest.param("localhost", id="no-address"),
        pytest.param("", id="nothing"),
    ],
)
def test_all_other_addresses_are_not(address: str) -> None:
    assert not is_public(address)


def test_a_host_is_an_address_itself_or_a_name() -> None:
    assert is_address("127.0.0.1")
    assert is_address("[::1]")
    assert is_address("fe80::1%eth0")
    assert not is_address("example.org")
