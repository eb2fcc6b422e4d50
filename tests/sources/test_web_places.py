from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.answers import (
    always,
    to,
)
from tests.kit import Run
from tests.sources.servers import fault, plain, sample
from vidcheck.session.messages import Policy
from vidcheck.sources.targets import find
from vidcheck.workers.remote import workers_away

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server
    from vidcheck.facts import Entry, Facts

# --- where it may be asked ---


def test_a_redirect_is_followed(server: Server, looked: Any, tmp_path: Path) -> None:
    local = sample(tmp_path / "a.mp4")
    server.misbehave["else/a.mp4"] = always(to("../a.mp4"))
    assert plain(looked(server.url("else/a.mp4"))) == plain(looked(str(local)))
    assert [path for path, _ in server.asked].count("/else/a.mp4") == 1


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param("a.mp4", "the server sends from one place to the next without end", id="in-a-circle"),
        pytest.param("file:///etc/passwd", "the server sends to a place that is not read from there", id="file"),
        pytest.param("s3://bucket/a.mp4", "the server sends to a place that is not read from there", id="s3"),
        pytest.param("http://a:b@127.0.0.1/", "the server sends to a place that is not read from there", id="password"),
        pytest.param("http://[::1/", "the server sends to a place that is not read from there", id="no-url"),
        pytest.param("", "the server sends from one place to the next without end", id="nowhere"),
    ],
)
def test_a_redirect_to_nowhere_good_is_a_fault(
    place: str, words: str, server: Server, looked: Any, tmp_path: Path
) -> None:
    server.misbehave["a.mp4"] = always(to(place))
    assert fault(looked(server.url("a.mp4"))) == words


NOT_PUBLIC = "its server is not at a public address; --allow-private permits that"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_an_address_that_is_not_public_is_not_asked(host: str, server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    told = looked(f"http://{host}:{server.server_port}/a.mp4", private=False)
    assert fault(told) == NOT_PUBLIC
    assert not server.asked


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.1.", "127.0.0X1"])
def test_other_spellings_of_an_address_lead_nowhere(host: str, server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    told = looked(f"http://{host}:{server.server_port}/a.mp4", private=False)
    assert fault(told) in {NOT_PUBLIC, "the URL is not valid", "there is no connection to the server"}
    assert not server.asked


def test_a_redirect_to_an_address_that_is_not_public_is_a_fault(
    server: Server, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidcheck.sources.web.is_public", lambda address: address == "127.0.0.1")
    server.misbehave["a.mp4"] = always(to(f"http://127.0.0.2:{server.server_port}/b.mp4"))
    (only,) = here(server.url("a.mp4")).faults
    assert only.message.render("en") == NOT_PUBLIC
    assert [path for path, _ in server.asked] == ["/a.mp4"]


def test_a_name_is_looked_up_once_for_the_check_and_the_connection(
    server: Server, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(tmp_path / "a.mp4")
    answers = iter(["127.0.0.1", "169.254.169.254"])

    async def resolve(_self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [
            {"hostname": host, "host": next(answers), "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        ]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    monkeypatch.setattr("vidcheck.sources.web.is_public", lambda address: address == "127.0.0.1")
    facts = here(f"http://rebinding.test:{server.server_port}/a.mp4")
    assert not facts.faults
    assert next(answers) == "169.254.169.254"


def test_nothing_of_ours_is_sent_but_what_the_range_needs(server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    looked(server.url("a.mp4?token=secret"))
    assert {name for sent in server.headers for name in sent} == {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Range", "If-Match"
    }  # fmt: skip
    assert all(path == "/a.mp4?token=secret" for path, _ in server.asked)


def test_what_nobody_foresaw_is_told_without_its_words(
    server: Server, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(self: Any, *_: Any) -> None:
        raise LookupError(self._url)

    monkeypatch.setattr("vidcheck.sources.web.WebSource.fetch", fetch)
    with pytest.raises(RuntimeError, match="LookupError while a server was asked"):
        here(server.url("a.mp4?token=hunter2"), private=True)


# --- https ---


@pytest.fixture
def secured(server: Server, tmp_path: Path) -> Path:
    """The server behind TLS; the file holds its certificate, which no authority has signed."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "server.pem"
    path.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(pem))
    return trusted


def look_away(url: str) -> tuple[Entry, Facts]:
    targets = find([url], private=True).targets
    away = workers_away(targets, None)
    assert away is not None
    try:
        (told,) = Run(rules=None, workers=away, policy=Policy.MEDIAINFO).facts(targets)
    finally:
        away.stop()
    return told


def test_a_server_with_a_certificate_is_read(
    server: Server, secured: Path, looked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = sample(tmp_path / "a.mp4")
    monkeypatch.setenv("SSL_CERT_FILE", str(secured))
    assert plain(look_away(f"https://127.0.0.1:{server.server_port}/a.mp4")) == plain(looked(str(local)))


def test_a_server_whose_certificate_nobody_vouches_for_is_a_fault(
    server: Server, secured: Path, looked: Any, tmp_path: Path
) -> None:
    sample(tmp_path / "a.mp4")
    told = looked(f"https://127.0.0.1:{server.server_port}/a.mp4")
    assert fault(told) == "the server's certificate is not valid"
    assert not server.asked


def test_a_redirect_from_https_to_http_is_a_fault(
    server: Server, secured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secured))
    server.misbehave["a.mp4"] = always(to("http://127.0.0.1/a.mp4"))
    told = look_away(f"https://127.0.0.1:{server.server_port}/a.mp4")
    assert fault(told) == "the server sends to a place that is not read from there"
