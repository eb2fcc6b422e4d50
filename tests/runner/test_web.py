from __future__ import annotations

import json
import os
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit import MB, put, rules_text
from tests.server import Server
from vidcheck.facts import Witness
from vidcheck.findings import Outcome, Verdict
from vidcheck.probes.urls import read_url
from vidcheck.reports.json import render_facts
from vidcheck.rules.reader import read_rules
from vidcheck.runner.away import workers_away
from vidcheck.runner.entries import find
from vidcheck.runner.observing import observe
from vidcheck.runner.orders import Order, Policy
from vidcheck.runner.running import Run
from vidcheck.samples import sparse, surgery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.server import _Handler
    from vidcheck.facts import Entry, Facts
    from vidcheck.runner.isolation import Workers

DAY = 1_645_000_000  # seconds since 1970, a whole one: HTTP tells no parts of a second


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def looked(workers: Workers) -> Callable[..., tuple[Entry, Facts]]:
    def look(path: str, *, private: bool = True, timeout: float = 30.0, **more: Any) -> tuple[Entry, Facts]:
        run = Run(rules=None, workers=workers, policy=Policy.MEDIAINFO, timeout=timeout, **more)
        (told,) = run.facts(find([path], private=private).targets)
        assert not run.internal
        return told

    return look


def fault(told: tuple[Entry, Facts]) -> str:
    """Why nothing is known of an entry."""
    (only,) = told[1].faults
    assert only.witness is Witness.FILESYSTEM
    assert not told[1].facts
    return only.message.render("en")


def plain(told: tuple[Entry, Facts]) -> Any:
    """The facts as JSON, without what may differ: the path and the locators of `filesystem`."""
    (entry,) = json.loads(render_facts([told], {}, "en"))["entries"]
    del entry["path"]
    for fact in entry["facts"].values():
        for evidence in fact["evidence"]:
            if evidence["witness"] == "filesystem":
                del evidence["locator"]
    return entry


def stamped(path: Path) -> Path:
    os.utime(path, (DAY, DAY))
    return path


def sample(path: Path, data: bytes | None = None) -> Path:
    return stamped(put(path, data))


# --- what is read, and how much of it ---


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(surgery.clip(), id="index-first"),
        pytest.param(surgery.move_index_last(surgery.clip()), id="index-last"),
        pytest.param(surgery.fragment(surgery.clip()), id="fragmented"),
        pytest.param(surgery.clip()[:20_000], id="cut-off"),
        pytest.param(b"no film at all", id="text"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_remote_entry_has_the_same_facts_as_a_local_copy(
    data: bytes, server: Server, looked: Any, tmp_path: Path
) -> None:
    local = sample(tmp_path / "电影 1.mp4", data)
    assert plain(looked(server.url("电影 1.mp4"))) == plain(looked(str(local)))


def test_the_checksum_is_that_of_all_bytes(server: Server, looked: Any, tmp_path: Path) -> None:
    local = sample(tmp_path / "a.mp4", surgery.clip() + bytes(3 * MB))
    assert plain(looked(server.url("a.mp4"), checksum=True)) == plain(looked(str(local), checksum=True))


@pytest.mark.parametrize(
    ("data", "most"),
    [
        pytest.param(surgery.clip(), 1_000_000, id="index-first"),
        pytest.param(surgery.move_index_last(surgery.clip()), 1_500_000, id="index-last"),
    ],
)
def test_of_130_mb_no_more_than_the_index_is_fetched(
    data: bytes, most: int, server: Server, looked: Any, tmp_path: Path
) -> None:
    sparse.grow_mdat(tmp_path / "a.mp4", data, 130 * MB)
    stamped(tmp_path / "a.mp4")
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(tmp_path / "a.mp4")))
    assert server.sent <= most
    assert len(server.asked) <= 6


@pytest.fixture
def here() -> Iterator[Callable[..., Facts]]:
    """Looks in this process, so that a test may change what counts as public."""
    from vidcheck.probes import remote

    def look(url: str, *, private: bool = False) -> Facts:
        asked = read_url(url, private=private)
        witnesses = frozenset({Witness.FILESYSTEM, Witness.BOXES, Witness.MEDIAINFO})
        return observe(Order(path=asked.shown, follow=False, witnesses=witnesses, remote=asked)).facts

    yield look
    remote.close_connections()


def test_where_mediainfo_would_read_too_much_the_headers_still_tell(
    server: Server, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidcheck.probes.remote._MOST", 200_000)
    sparse.write_sparse(tmp_path / "a.mp4", b"no film at all" + bytes(100), 130 * MB)
    facts = here(server.url("a.mp4"), private=True)
    assert [fact.value for fact in facts.of("format")] == ["none"]
    assert [(one.witness, one.message.render("en")) for one in facts.faults] == [
        (Witness.MEDIAINFO, "more than 200 kB (200,000 bytes) would have to be fetched of it")
    ]
    assert server.sent < 300_000


def test_an_entry_is_judged_by_the_witnesses_that_can_look(server: Server, workers: Workers, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    rules = read_rules(rules_text("format: {is: mp4}\nduration: {max: 1 s}").encode(), "rules.yaml")
    run = Run(rules=rules, workers=workers, policy=Policy.ALL)
    (report,) = run.reports(find([server.url("a.mp4")], private=True).targets)
    assert [finding.outcome for finding in report.findings] == [Outcome.PASS, Outcome.FAIL]
    assert report.verdict is Verdict.INELIGIBLE
    assert not report.faults


# --- servers that fail, for a moment or for good ---


def times(count: int, answer: Callable[[_Handler], None]) -> Callable[[_Handler], bool]:
    """Misbehaves so many times, then no more."""
    left = iter(range(count))

    def misbehave(handler: _Handler) -> bool:
        if next(left, None) is None:
            return False
        answer(handler)
        return True

    return misbehave


def always(answer: Callable[[_Handler], None]) -> Callable[[_Handler], bool]:
    return times(1_000_000, answer)


def status(code: int, **headers: str) -> Callable[[_Handler], None]:
    return lambda handler: handler.answer(
        code, b"secret=hunter2", {name.replace("_", "-"): value for name, value in headers.items()}
    )


def cut_short(handler: _Handler) -> None:
    size = (handler.server.folder / "a.mp4").stat().st_size
    first, last = handler.range(size)
    body = handler.read("a.mp4", first, last)
    headers = {"Content-Length": str(len(body)), **handler.partial("a.mp4", first, last, size)}
    handler.answer(206, body[: len(body) // 2], headers)
    handler.close_connection = True


def hung_up(handler: _Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(status(503), id="503"),
        pytest.param(status(500), id="500"),
        pytest.param(status(429, Retry_After="0"), id="429"),
        pytest.param(cut_short, id="cut-short"),
        pytest.param(hung_up, id="hung-up"),
    ],
)
def test_a_failure_that_passes_leaves_no_trace(
    failing: Callable[[_Handler], None], server: Server, looked: Any, tmp_path: Path
) -> None:
    local = sample(tmp_path / "a.mp4")
    server.misbehave["a.mp4"] = times(2, failing)
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(local)))


@pytest.mark.parametrize(
    ("failing", "words", "requests"),
    [
        pytest.param(status(503), "the server failed (status 503)", 4, id="503"),
        pytest.param(cut_short, "the server broke off before it had sent what it announced", 4, id="cut-short"),
        pytest.param(status(404), "the server has no such object (status 404)", 1, id="404"),
        pytest.param(status(403), "the server does not permit reading it (status 403)", 1, id="403"),
        pytest.param(status(400), "the server refused (status 400)", 1, id="400"),
    ],
)
def test_a_failure_that_stays_is_a_fault_after_a_few_tries(
    failing: Callable[[_Handler], None], words: str, requests: int, server: Server, looked: Any
) -> None:
    sample(server.folder / "a.mp4")
    server.misbehave["a.mp4"] = always(failing)
    assert fault(looked(server.url("a.mp4"))) == words
    assert len(server.asked) == requests


def test_a_server_that_is_not_there_is_a_fault(server: Server, looked: Any) -> None:
    server.stop()
    assert fault(looked(server.url("a.mp4"))) == "there is no connection to the server"


def whole(handler: _Handler) -> None:
    handler.answer(200, b"x" * 200_000)


def unmeasured(handler: _Handler) -> None:
    handler.answer(200, b"x" * 200_000, {"Content-Length": "", "Connection": "close"})
    handler.close_connection = True


def ranged(content_range: str, length: int | None = None) -> Callable[[_Handler], None]:
    def answer(handler: _Handler) -> None:
        body = b"x" * (65536 if length is None else length)
        handler.answer(206, body, {"Content-Range": content_range})

    return answer


def endless(handler: _Handler) -> None:
    handler.answer(
        206, b"", {"Content-Range": "bytes 0-65535/130000000", "Content-Length": "", "Transfer-Encoding": "chunked"}
    )
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")


def endless_headers(handler: _Handler) -> None:
    handler.send_response(206)
    handler.end_headers = lambda: None  # type: ignore[method-assign]
    handler.flush_headers()
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


def packed(handler: _Handler) -> None:
    handler.answer(206, bytes(65536), {"Content-Range": "bytes 0-65535/130000000", "Content-Encoding": "gzip"})


def no_http(handler: _Handler) -> None:
    handler.wfile.write(b"220 ready for mail\r\n")
    handler.close_connection = True


OTHER = "the server sent other bytes than it was asked for"
NO_HTTP = "the server does not answer as HTTP asks"


@pytest.mark.parametrize(
    ("lying", "words"),
    [
        pytest.param(whole, "the server sends whole files only, no parts of them", id="ignores-ranges"),
        pytest.param(unmeasured, "the server sends whole files only, no parts of them", id="whole-without-length"),
        pytest.param(ranged(""), "the server does not say which bytes it sent", id="no-content-range"),
        pytest.param(ranged("bytes 0-65535/*"), "the server does not say which bytes it sent", id="no-size"),
        pytest.param(ranged("bytes 1-65536/130000000"), OTHER, id="other-start"),
        pytest.param(ranged("bytes 0-65536/130000000"), OTHER, id="other-end"),
        pytest.param(ranged("bytes 0-65535/100"), OTHER, id="beyond-the-size"),
        pytest.param(ranged("bytes 0-65535/130000000", 70_000), OTHER, id="longer"),
        pytest.param(ranged("bytes 0-65535/130000000", 60_000), OTHER, id="shorter"),
        pytest.param(endless, "the server sent more than it was asked for", id="endless"),
        pytest.param(endless_headers, NO_HTTP, id="endless-headers"),
        pytest.param(status(206, X_Long="x" * 100_000), NO_HTTP, id="huge-header"),
        pytest.param(no_http, NO_HTTP, id="no-http"),
        pytest.param(packed, "the server packs what it sends, although it was asked not to", id="packed"),
    ],
)
def test_a_lying_server_is_a_fault_of_that_entry(
    lying: Callable[[_Handler], None], words: str, server: Server, workers: Workers, tmp_path: Path
) -> None:
    sample(tmp_path / "a.mp4")
    sample(tmp_path / "b.mp4")
    server.misbehave["a.mp4"] = always(lying)
    rules = read_rules(rules_text("format: {is: mp4}").encode(), "rules.yaml")
    run = Run(rules=rules, workers=workers)
    bad, good = run.reports(find([server.url("a.mp4"), server.url("b.mp4")], private=True).targets)
    assert [one.message.render("en") for one in bad.faults] == [words]
    assert bad.verdict is Verdict.REVIEW
    assert good.verdict is Verdict.ELIGIBLE


def test_a_small_file_may_come_whole(server: Server, looked: Any, tmp_path: Path) -> None:
    local = sample(tmp_path / "a.mp4", b"no film at all")
    server.misbehave["a.mp4"] = always(lambda handler: handler.answer(200, b"no film at all", handler.about("a.mp4")))
    assert plain(looked(server.url("a.mp4"))) == plain(looked(str(local)))


def silent(handler: _Handler) -> None:
    handler.server.stopping.wait()


def dripping(handler: _Handler) -> None:
    handler.answer(206, b"", {"Content-Range": "bytes 0-65535/130000000", "Content-Length": "65536"})
    while not handler.server.stopping.wait(0.05):
        handler.wfile.write(b"x")


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_server_is_a_fault_when_the_time_is_up(
    slow: Callable[[_Handler], None], server: Server, looked: Any, tmp_path: Path
) -> None:
    sample(tmp_path / "a.mp4")
    server.misbehave["a.mp4"] = always(slow)
    assert fault(looked(server.url("a.mp4"), timeout=1.5)) == "no answer in 0:01.500"


@pytest.mark.parametrize("at", [1, 2])
def test_an_object_that_changes_is_still_being_written(at: int, server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")

    def change(handler: _Handler) -> bool:
        if len(server.asked) > at:
            os.utime(tmp_path / "a.mp4", (DAY + 60, DAY + 60))
        return False

    server.misbehave["a.mp4"] = change
    assert fault(looked(server.url("a.mp4"))) == "the file changed while it was read: it is still being written"


def test_a_server_that_heeds_no_conditions_is_found_out(server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")

    def change(handler: _Handler) -> bool:
        del handler.headers["If-Match"]
        if len(server.asked) > 1:
            os.utime(tmp_path / "a.mp4", (DAY + 60, DAY + 60))
        return False

    server.misbehave["a.mp4"] = change
    assert fault(looked(server.url("a.mp4"))) == "the file changed while it was read: it is still being written"


# --- where it may be asked ---


def to(place: str) -> Callable[[_Handler], None]:
    return lambda handler: handler.answer(302, b"", {"Location": place})


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


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_other_spellings_of_an_address_lead_nowhere(host: str, server: Server, looked: Any, tmp_path: Path) -> None:
    sample(tmp_path / "a.mp4")
    told = looked(f"http://{host}:{server.server_port}/a.mp4", private=False)
    assert fault(told) in {NOT_PUBLIC, "the URL is not valid", "there is no connection to the server"}
    assert not server.asked


def test_a_redirect_to_an_address_that_is_not_public_is_a_fault(
    server: Server, here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidcheck.probes.web.public", lambda address: address == "127.0.0.1")
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
    monkeypatch.setattr("vidcheck.probes.web.public", lambda address: address == "127.0.0.1")
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
