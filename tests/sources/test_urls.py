from __future__ import annotations

import pytest

from vidcheck.sources.targets import is_url
from vidcheck.sources.urls import UnclearUrlError, name_of, read_url

AMAZON = "X-Amz-Algorithm=A&X-Amz-Credential=AKIA%2F2022&X-Amz-Date=2022&X-Amz-Expires=9&X-Amz-Signature={}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://host/a.mp4", "https://host/a.mp4", id="plain"),
        pytest.param("HTTPS://Host:8443/a%20b.mp4", "https://Host:8443/a%20b.mp4", id="as-given"),
        pytest.param("https://host/电影.mp4", "https://host/电影.mp4", id="chinese"),
        pytest.param("https://host/get?id=7", "https://host/get?id=7", id="which-one"),
        pytest.param(f"https://host/a.mp4?{AMAZON.format('abc')}", "https://host/a.mp4?…", id="signed"),
        pytest.param(
            f"https://host/a.mp4?versionId=3&{AMAZON.format('abc')}", "https://host/a.mp4?versionId=3&…", id="signed-version"
        ),
        pytest.param("https://host/a.mp4?Expires=1&Signature=s&Key-Pair-Id=K", "https://host/a.mp4?…", id="cloudfront"),
        pytest.param("https://host/a.mp4#secret", "https://host/a.mp4", id="fragment"),
        pytest.param("s3://bucket/in/a?b#c.mp4", "s3://bucket/in/a?b#c.mp4", id="key-as-it-is"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_what_gives_access(url: str, shown: str) -> None:
    assert read_url(url).shown == shown


@pytest.mark.parametrize(
    "secret", ["token=hunter2", "sig=hunter2", "k=hunter2", "hunter2", "id=7&password=hunter2", "id=" + "hunter2" * 50]
)
def test_what_may_be_secret_is_shown_as_a_digest_alone(secret: str) -> None:
    asked = read_url(f"https://host/get?{secret}")
    assert "hunter2" not in asked.shown
    assert "hunter2" not in repr(asked)
    assert asked.url.endswith(secret)
    assert asked.shown.partition("#")[0] in {"https://host/get?…", "https://host/get?id=7&…"}
    assert len(asked.shown.partition("#")[2]) == 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://host/get?token=a", "https://host/get?token=b"),
        ("https://host/get?token=a", "https://host/got?token=a"),
        ("https://host/get?id=1", "https://host/get?id=2"),
        ("https://host/get?id=1%26n=2", "https://host/get?id=1&n=2"),
        ("https://host/a.mp4", "http://host/a.mp4"),
        ("https://host/a.mp4", "https://host:8443/a.mp4"),
        ("https://host/a.mp4", "https://host/A.mp4"),
        ("s3://bucket/a.mp4", "s3://bucket//a.mp4"),
    ],
)
def test_different_urls_stay_apart(one: str, other: str) -> None:
    assert read_url(one).shown != read_url(other).shown
    assert read_url(one).same != read_url(other).same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://host/a.mp4", "HTTPS://HOST:443/a.mp4#top", id="spelling"),
        pytest.param("https://host/a b.mp4", "https://host/a%20b.mp4", id="escape"),
        pytest.param(
            f"https://host/a.mp4?{AMAZON.format('a')}", f"https://host/a.mp4?{AMAZON.format('b')}", id="signed-twice"
        ),
    ],
)
def test_urls_of_the_same_object_are_the_same(one: str, other: str) -> None:
    assert read_url(one).same == read_url(other).same


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://user:hunter2@host/a.mp4", "vidcheck reads s3://, https:// and http:// URLs, not ftp://"),
        ("file:///etc/passwd", "vidcheck reads s3://, https:// and http:// URLs, not file://"),
        ("https://user:hunter2@host/a.mp4", "a URL may not hold a user name or a password (https://…@…): they come from the provider's own configuration"),
        ("s3://key:hunter2@bucket/a.mp4", "a URL may not hold a user name or a password (s3://…@…): they come from the provider's own configuration"),
        ("https:///hunter2.mp4", "one of the arguments begins with https:// but is no URL"),
        ("https://[::1/hunter2", "one of the arguments begins with https:// but is no URL"),
        ("https://host:99999/hunter2", "one of the arguments begins with https:// but is no URL"),
        ("https://host/a\r\nhunter2: 1", "one of the arguments begins with https:// but is no URL"),
        ("https://ho st/hunter2", "one of the arguments begins with https:// but is no URL"),
        ("https://" + "h" * 9000, "one of the arguments begins with https:// but is no URL"),
        ("s3://", "one of the arguments begins with s3:// but is no URL"),
        ("s3://bucket/\udcff", "one of the arguments begins with s3:// but is no URL"),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_for_is_refused_without_its_secrets(url: str, words: str) -> None:
    with pytest.raises(UnclearUrlError) as raised:
        read_url(url)
    assert raised.value.words.render("en") == words
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://host/in/%E7%94%B5%E5%BD%B1.mp4?id=1", "电影.mp4"),
        ("https://host/a%2Fb.mp4", "b.mp4"),
        ("https://host/%FF.mp4", "\udcff.mp4"),
        ("https://host/", ""),
        ("s3://bucket/in/a?b.mp4", "a?b.mp4"),
    ],
)
def test_an_object_has_the_name_that_a_file_would_have(url: str, name: str) -> None:
    assert name_of(read_url(url).url) == name


@pytest.mark.parametrize(
    ("argument", "url"),
    [
        ("https://host/a", True),
        ("gs://b/a", True),
        ("in/a.mp4", False),
        ("c://a", False),
        ("a b://c", False),
        ("://", False),
    ],
)
def test_a_url_begins_with_a_scheme(argument: str, url: bool) -> None:
    assert is_url(argument) is url
