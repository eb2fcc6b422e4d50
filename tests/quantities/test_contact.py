from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcheck.quantities import DATE, EMAIL, HOST, PEOPLE, TELEPHONE, WEB_ADDRESS, Kind, NotAValueError
from vidcheck.quantities.contact import without_contacts

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPELLINGS: list[tuple[Kind, str, tuple[str, ...]]] = [
    (PEOPLE, "张三、李四、王五", ("张三", "李四", "王五")),
    (PEOPLE, "张三，李四；王五", ("张三", "李四", "王五")),
    (PEOPLE, "张三/李四\n王五", ("张三", "李四", "王五")),
    (PEOPLE, "张三 李四", ("张三", "李四")),
    (PEOPLE, "张 三、李　四", ("张三", "李四")),
    (PEOPLE, "编导：张三；摄像：李四（特约）", ("张三", "李四")),
    (PEOPLE, "张三（导演、编剧）、李四", ("张三", "李四")),
    (PEOPLE, "张三、李四等5人", ("张三", "李四")),
    (PEOPLE, "主创：导演：张三等（三人）", ("张三",)),
    (PEOPLE, "湖南省 科学技术馆", ("湖南省 科学技术馆",)),
    (PEOPLE, "某某大学（深圳）", ("某某大学(深圳)",)),
    (PEOPLE, "阿卜杜拉·买买提", ("阿卜杜拉·买买提",)),
    (PEOPLE, "John Smith, Mary Li", ("John Smith", "Mary Li")),
    (TELEPHONE, "0731-84800000", ("0731-84800000",)),
    (TELEPHONE, "(0731)84800000", ("0731-84800000",)),
    (TELEPHONE, "+86-731-84800000", ("0731-84800000",)),
    (TELEPHONE, "0731-84800000转123", ("0731-84800000-123",)),
    (TELEPHONE, "0731-84800000-123", ("0731-84800000-123",)),
    (TELEPHONE, "13812345678", ("13812345678",)),
    (TELEPHONE, "+86 138 1234 5678", ("13812345678",)),
    (TELEPHONE, "13812345678.0", ("13812345678",)),
    (TELEPHONE, "4001234567", ("400-123-4567",)),
    (TELEPHONE, "０７３１－８４８０００００（办）、138-1234-5678（手机）", ("0731-84800000", "13812345678")),
    (TELEPHONE, "张三：13812345678\n010-62345678", ("13812345678", "010-62345678")),
    (EMAIL, "邮箱：zhang@Example.CN；li@qq。com", ("zhang@example.cn", "li@qq.com")),
    (EMAIL, "a＠b．cn", ("a@b.cn",)),
    (EMAIL, "<a.b+c@b.cn>", ("a.b+c@b.cn",)),
    (WEB_ADDRESS, "https://www.Example.cn/v/BV1?p=1", ("https://www.example.cn/v/BV1?p=1",)),
    (WEB_ADDRESS, "ｈｔｔｐｓ：／／ｗｗｗ．ａ．ｃｎ／１", ("https://www.a.cn/1",)),
    (WEB_ADDRESS, "（https://a.cn/1），网址：https://b.cn/2。", ("https://a.cn/1", "https://b.cn/2")),
    (WEB_ADDRESS, "https://a.cn/1https://b.cn/2", ("https://a.cn/1", "https://b.cn/2")),
    (WEB_ADDRESS, "https://a.cn/r?u=https://b.cn/1", ("https://a.cn/r?u=https://b.cn/1",)),
    (WEB_ADDRESS, "www.example.com", ("http://www.example.com/",)),
    (WEB_ADDRESS, "https://a.cn/视频/1.html", ("https://a.cn/%E8%A7%86%E9%A2%91/1.html",)),
    (WEB_ADDRESS, "http://a.cn:80/1 http://a.cn:8080/1", ("http://a.cn/1", "http://a.cn:8080/1")),
    (HOST, "Example.cn", ("example.cn",)),
    (HOST, "https://v.example.cn/1", ("v.example.cn",)),
    (HOST, "中国.cn", ("xn--fiqs8s.cn",)),
]
NOT_VALUES: list[tuple[Kind, str]] = [
    *((PEOPLE, text) for text in ("", "123", "、、", "，" * 5000)),
    *(
        (TELEPHONE, text)
        for text in (
            "", "84800000", "138123456789", "1381234567", "0731-84800000/84811111", "+1 415 555 2671", "12345678901",
            "0731-84800000转", "电话", "13812345678x", "13812345678.5", "1.38E+10", "138 1234 567八", "1" * 5000,
        )
    ),
    *((EMAIL, text) for text in ("", "a@@b.cn", "a.@b.cn", ".a@b.cn", "a@b", "a@1.2.3.4", f"{'a' * 65}@b.cn", "邮箱", "a b@c.cn")),
    *(
        (WEB_ADDRESS, text)
        for text in (
            "", "湖南卫视", "javascript:alert(1)", "file:///etc/passwd", "http://u:p@a.cn/", "https://a.cn:99999/", "https://x",
            "https://a.cn/1 湖南卫视", "https://a..cn/", "https://-a.cn/", "https://a.cn湖南/1", "http://" + "a" * 5000,
        )
    ),
    *((HOST, text) for text in ("", "x", "a b", "https://", "a..cn")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), SPELLINGS, ids=lambda part: part if isinstance(part, str) else "")
def test_what_people_write_is_read(kind: Kind, text: str, value: tuple[str, ...]) -> None:
    assert kind.read(text) == value
    assert kind.read(kind.write(value)) == value


@pytest.mark.parametrize(("kind", "text"), NOT_VALUES, ids=lambda part: part[:40] if isinstance(part, str) else "")
def test_what_is_no_value_is_never_guessed(kind: Kind, text: str) -> None:
    with pytest.raises(NotAValueError):
        kind.read(text)


@pytest.mark.parametrize(
    ("site", "holds"),
    [("example.cn", True), ("v.example.cn", True), ("a.v.example.cn", True), ("myexample.cn", False), ("example.cn.evil.com", False)],
)  # fmt: skip
def test_a_site_stands_for_all_under_it(site: str, holds: bool) -> None:
    assert HOST.equal(HOST.read(site), HOST.read("example.cn")) is holds


def test_persons_are_the_same_whatever_the_white_space_and_width() -> None:
    assert PEOPLE.equal(PEOPLE.read("John  Smith"), PEOPLE.read("john smith"))
    assert not PEOPLE.equal(PEOPLE.read("张三、李四"), PEOPLE.read("李四、张三"))


NAMES = st.text(st.sampled_from("张王李赵陈杨黄周吴伟芳娜敏静强磊军洋"), min_size=2, max_size=4)


@given(
    st.lists(NAMES, min_size=1, max_size=9),
    st.sampled_from(["、", "，", ",", "；", ";", "/", "\n", " ", "\u3000", " 、"]),
)
def test_people_are_read_back_whatever_stands_between(names: list[str], between: str) -> None:
    assert PEOPLE.read(between.join(names)) == tuple(names)


MOBILE = st.integers(13_000_000_000, 19_999_999_999).map(str)
FIXED = st.builds(
    "{}-{}".format,
    st.just("010") | st.integers(20, 29).map("0{}".format) | st.integers(300, 999).map("0{}".format),
    st.integers(2_000_000, 8_999_999) | st.integers(20_000_000, 89_999_999),
)


@given(
    st.lists(MOBILE | FIXED, min_size=1, max_size=5, unique=True),
    st.sampled_from(["、", "，", "; ", " / ", "\n", "  "]),
)
def test_telephones_are_read_back_whatever_stands_between(numbers: list[str], between: str) -> None:
    assert TELEPHONE.read(between.join(numbers)) == tuple(numbers)


@given(MOBILE)
def test_a_mobile_number_is_the_same_in_every_grouping(number: str) -> None:
    spaced = f"+86 {number[:3]} {number[3:7]} {number[7:]}"
    assert (
        TELEPHONE.read(spaced) == TELEPHONE.read(number.translate({48 + n: 0xFF10 + n for n in range(10)})) == (number,)
    )


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
ADDRESS = st.builds(
    lambda scheme, a, b, path: f"{scheme}://{a}.{b}.cn/{path}",
    st.sampled_from(["http", "https"]), LABEL, LABEL, st.from_regex(r"[A-Za-z0-9_/-]{0,12}[A-Za-z0-9]", fullmatch=True),
)  # fmt: skip


@given(
    st.lists(ADDRESS, min_size=1, max_size=4, unique=True), st.sampled_from(["，", "；", " ", "\n", "、", "。", "）（"])
)
def test_web_addresses_are_read_back_whatever_stands_between(addresses: list[str], between: str) -> None:
    assert WEB_ADDRESS.read(between.join(addresses)) == tuple(addresses)


@pytest.mark.parametrize("kind", [PEOPLE, TELEPHONE, EMAIL, WEB_ADDRESS, HOST], ids=lambda kind: kind.name)
@given(text=st.text(max_size=60) | st.text("0123456789-+() 转张三.@:/htpswcn、，", max_size=60))
def test_any_text_is_read_and_reads_back_or_is_no_value(kind: Kind, text: str) -> None:
    try:
        value = kind.read(text)
    except NotAValueError:
        return
    assert value
    assert kind.read(kind.write(value)) == value


DATES = [
    ("2024年3月15日 20:30", "2024-03-15 20:30:00+08:00"), ("2024年3月15日下午8点半", "2024-03-15 20:30:00+08:00"),
    ("2024 年 3 月 15 日", "2024-03-15"), ("2024年3月15日（周五）20时30分", "2024-03-15 20:30:00+08:00"),
    ("2024年3月15日20:30:15", "2024-03-15 20:30:15+08:00"), ("2024年3月15号", "2024-03-15"), ("2021年12月", "2021-12"),
    ("2021.12.5", "2021-12-05"), ("2021/12/5", "2021-12-05"), ("２０２１．１２", "2021-12"), ("2021/12/5 9:05", "2021-12-05 09:05:00+08:00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written"), DATES, ids=lambda part: part)
def test_chinese_dates_are_read_with_their_precision(text: str, written: str) -> None:
    assert DATE.write(DATE.read(text, SHANGHAI)) == written


@pytest.mark.parametrize(
    "text", ["2021年", "2021年3月至5月", "2024年13月", "2024年2月30日", "3月15日", "2024年3月15日25时"]
)
def test_no_date_is_guessed(text: str) -> None:
    with pytest.raises(NotAValueError):
        DATE.read(text, SHANGHAI)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2049, 12, 31)))  # noqa: DTZ001 - a day of the wall calendar
def test_every_spelling_of_a_day_is_that_day(when: datetime) -> None:
    day = DATE.read(f"{when:%Y-%m-%d}", SHANGHAI)
    spellings = [
        f"{when.year}年{when.month}月{when.day}日",
        f"{when.year}.{when.month}.{when.day}",
        f"{when.year}/{when.month}/{when.day}",
    ]
    assert all(DATE.read(text, SHANGHAI) == day for text in spellings)
    minute = DATE.read(f"{when.year}年{when.month}月{when.day}日{when.hour}时{when.minute}分", SHANGHAI)
    assert day.first <= minute.first == minute.last <= day.last


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13900059218", "电话***"),
        ("13900059218", "***"),
        ("139.0005.9218", "***"),
        ("1390 005 9218", "***"),
        ("139 00 05 92 18", "***"),
        ("+86 139.0005.9218", "***"),
        ("１３９０００５９２１８", "***"),
        ("10.13900059218", "10.***"),
        ("0451-86000000转8", "***"),
        ("要求：“１３９０００５９２１８”（北京）", "要求：“***”（北京）"),
        ("someone @ host.cn", "***"),
        ("13900059218@qq.com", "***"),
        ("https://v.cn/1?tel=13900059218", "https://v.cn/1?tel=***"),
        ("https://v.cn/tel/13900059218", "https://v.cn/tel/***"),
        ("https://v.cn/1，电话13900059218", "https://v.cn/1，电话***"),
        ("https://v.cn/13900059218 13900059218", "https://v.cn/13900059218 ***"),
        *(
            (text, text)
            for text in (
                "https://v.cn/video/13900059218", "https://v.cn/video/13900059218.html", "https://v.cn/BV13900059218x",
                "v.cn/13900059218", "https://v.cn/play?vid=13900059218", "https://v.cn/video/7013900059218123",
                "20200101123", "2020-01-01 12:30:45.123", "1999-12-31-123", "1990-2005-123", "192.168.10.101",
                "1920x1080 60 fps", "13 900 059 218", "0.13900059218", "0:13:90.005921", "139000592187",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "High@L4.1", "x264 @ 23.976", "Lavf58.76.100",
            )
        ),
    ],
)  # fmt: skip
def test_a_telephone_in_a_text_is_masked_and_no_other_number_is(text: str, shown: str) -> None:
    assert without_contacts(text, "***") == shown


@given(st.data())
def test_a_known_telephone_is_masked_however_it_is_grouped(data: st.DataObject) -> None:
    number = data.draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
    between = data.draw(st.lists(st.sampled_from(["", " ", "-", "."]), min_size=10, max_size=10))
    written = "".join(map("".join, zip(number, [*between, ""], strict=True)))
    before, after = data.draw(st.sampled_from([("电话", "，"), ("https://v.cn/", "/x"), ("a", "b"), ("(+86)", "")]))
    assert without_contacts(f"{before}{written}{after}", "***", (number,)).count("***") == 1


@given(st.datetimes().filter(lambda moment: moment.year < 4000), st.integers(0, 10**15))  # 4000-01 begins a hotline
def test_dates_times_and_figures_with_a_unit_stay(moment: datetime, count: int) -> None:
    for text in (moment.isoformat(" "), f"{moment:%Y-%m-%d %H:%M:%S}", f"{moment:%Y.%m.%d}", f"{count:,} B"):
        assert without_contacts(text, "***") == text
