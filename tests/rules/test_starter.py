"""The short file of `init`: what people answer is read, and what is written can be read."""

import pytest

from vidcheck.quantities import NotAValueError
from vidcheck.rules.reader import read_rules
from vidcheck.rules.starter import DATES, EVERY, LENGTH, PICTURE, SIZE, Asked, limits_of, write_short


@pytest.mark.parametrize(
    ("asked", "text", "limits"),
    [
        (LENGTH, "2-5 min", "min: 2 min, max: 5 min"), (LENGTH, "2分钟至5分钟", "min: 2 min, max: 5 min"),
        (LENGTH, "2～5分钟", "min: 2 min, max: 5 min"), (LENGTH, "1:30 to 5:00", "min: 90 s, max: 5 min"),
        (LENGTH, "5 min", "max: 5 min"), (LENGTH, "5分钟以内", "max: 5 min"), (LENGTH, "at least 90 s", "min: 90 s"),
        (LENGTH, "", ""), (SIZE, "100-200 MB", "min: 100 MB, max: 200 MB"), (SIZE, "不超过200MB", "max: 200 MB"),
        (PICTURE, "1080p", "min: 1920x1080"), (PICTURE, "1280x720", "min: 1280x720"), (PICTURE, "720p以上", "min: 1280x720"),
        (DATES, "2020-01-01至2022-02-28", "from: 2020-01-01, to: 2022-02-28"), (DATES, "2022-01-01", "from: 2022-01-01"),
        (LENGTH, "5 minutes max", "max: 5 min"), (LENGTH, "between 2 and 5 minutes", "min: 2 min, max: 5 min"), (LENGTH, "No more than 5 min", "max: 5 min"),
        (LENGTH, "2分钟以上5分钟以内", "min: 2 min, max: 5 min"), (LENGTH, "2分钟以上", "min: 2 min"), (LENGTH, "不限", ""), (SIZE, "no limit", ""),
        (SIZE, "less than 200MB", "max: 200 MB"), (SIZE, "200 megabytes", "max: 200 MB"), (LENGTH, "90 s or more", "min: 90 s"),
        (LENGTH, "最长5分钟", "max: 5 min"), (DATES, "2022-02-28之前", "to: 2022-02-28"),
        (DATES, "until 2022-05-01", "to: 2022-05-01"),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_people_write_it(asked: Asked, text: str, limits: str) -> None:
    assert limits_of(asked, text) == limits
    if limits:
        read_rules(f"vidcheck: 1\nrules:\n  {asked.key}: {{{limits}}}\n".encode())


@pytest.mark.parametrize(
    ("asked", "text"), [(SIZE, "100M"), (LENGTH, "5"), (LENGTH, "long"), (LENGTH, "5-2 min"), (PICTURE, "big"), (DATES, "2022-02-30")]
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(asked: Asked, text: str) -> None:
    with pytest.raises(NotAValueError):
        limits_of(asked, text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_short_file_holds_what_was_said_and_the_rest_as_comments(lang: str) -> None:
    text = write_short({"duration": "max: 5 min"}, lang=lang)
    assert read_rules(text.encode()).names == ("intact", "playable", "duration", "original")
    assert len(text.splitlines()) < 35
    commented = text.replace("  # format:", "  format:")
    for asked in EVERY:
        commented = commented.replace(f"  # {asked.key}:", f"  {asked.key}:")
    assert {"format", "duration", "size", "resolution", "completed"} <= set(read_rules(commented.encode()).names)
