"""Rules drawn from a good file load, and the good file passes them."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vidcheck.facts import Fact, Facts, State
from vidcheck.quantities import DATE, Size
from vidcheck.rules.constraints import judge
from vidcheck.rules.reader import read_rules
from vidcheck.rules.writing import write_rules
from vidcheck.terms import AUDIO_CODECS, FORMATS, VIDEO_CODECS

GOOD: dict[str, object] = {
    "format": "mp4", "intact": True, "size": 138_640_102, "duration": Fraction("180.02"), "resolution": Size(1920, 1080),
    "aspect-ratio": Fraction(16, 9), "orientation": "landscape", "video.count": 1, "audio.count": 1, "video.codec": "h264",
    "audio.codec": "aac", "video.frame-rate": Fraction(30000, 1001), "audio.sample-rate": 48000, "audio.channels": 2,
    "video.scan": "progressive", "faststart": True, "completed": DATE.read("2022-02-28 15:30:00"),
}  # fmt: skip
EXPECTED = """\
# Rules drawn from one good file, good.mp4.
# Every rule says what that file is. Keep what your call asks, change the figures, delete the rest.
# After every edit: vidcheck rules check

vidcheck: 1
contest:
  title: 'Name of the contest'
  # Dates are days in this zone; without it, in UTC.
  # timezone: Asia/Shanghai

rules:
  # The container, decided by content and never by the file's extension.
  format: {is: mp4}
  # Nothing is cut off: an upload that stopped half way is no entry.
  intact: {is: yes}
  # It has 138.6 MB (138,640,102 bytes). MB is 10^6 bytes, MiB 2^20: where a call says only M, take the larger for the upper limit.
  size: {max: 200 MB}
  # It runs 3:00.020; the tolerance is for sound that ends with its last packet.
  duration: {min: 3 min, max: 4 min, tolerance: 0.5 s}
  # It is 1920×1080 as displayed; upright pictures count alike. With level: recommended a failure only warns.
  resolution: {min: 1920x1080}
  # Its shape as displayed.
  # aspect-ratio: {is: 16:9, tolerance: 1 %}
  # Wider than high, or the other way round.
  # orientation: {is: landscape}
  # With more than one picture nobody knows which one counts.
  picture: {fact: video.count, is: 1}
  # It has sound.
  sound: {fact: audio.count, min: 1}
  # Its picture's codec; any-of takes several.
  video.codec: {is: h264}
  # Its sound's codec.
  audio.codec: {is: aac}
  # It has 29.97 fps.
  # video.frame-rate: {any-of: [23.976, 24, 25, 29.97, 30, 50, 59.94, 60]}
  # Its sound's sample rate.
  # audio.sample-rate: {is: 48 kHz}
  # How many sound channels it has.
  # audio.channels: {is: 2}
  # Whole frames, or fields.
  # video.scan: {is: progressive}
  # Its index stands first, so that it plays while it loads.
  # faststart: {is: yes}
  # The window of the call: both days included. This file says 2022-02-28 15:30 +00:00.
  # completed: {from: 2022-02-28, to: 2022-02-28}
  # What only a person can say is a manual rule; it never changes the verdict.
  # original: {manual: {zh: 作品为原创, en: The work is original}}
"""


def facts(values: dict[str, object], witness: str = "mediainfo") -> Facts:
    return Facts(facts=tuple(Fact(key=key, witness=witness, value=value) for key, value in values.items()))


def test_what_is_written_is_this() -> None:
    assert write_rules(facts(GOOD), "good.mp4") == EXPECTED


def passes(text: str, given_facts: Facts) -> None:
    for rule in read_rules(text.encode()).rules:
        for condition in rule.conditions:
            for fact in given_facts.of(condition.key.name):
                for limit in condition.limits:
                    assert judge(limit, condition.key.kind, fact.value, condition.tolerance)


def test_the_comments_load_too_when_they_are_made_live() -> None:
    live = EXPECTED.replace("# aspect-ratio:", "aspect-ratio:")
    for name in (
        "orientation",
        "video.frame-rate",
        "audio.sample-rate",
        "audio.channels",
        "video.scan",
        "faststart",
        "completed",
        "original",
        "timezone",
    ):
        live = live.replace(f"# {name}:", f"{name}:")
    names = [rule.name for rule in read_rules(live.encode()).rules]
    assert len(names) == EXPECTED.count("{") - 1
    passes(live.replace("timezone: Asia/Shanghai", "timezone: UTC"), facts(GOOD))


def test_a_file_of_which_nothing_is_known_still_makes_rules_that_load() -> None:
    rules = read_rules(write_rules(Facts(), "x\n.mp4", title="It's 'good'", timezone="Asia/Shanghai").encode())
    assert rules.title.render("en") == "It's 'good'"
    assert [rule.name for rule in rules.rules] == ["original"]


def test_what_witnesses_dispute_is_not_asked() -> None:
    both = facts({"video.codec": "h264"}).joined(facts({"video.codec": "hevc"}, "ffprobe"))
    assert "  video.codec" not in write_rules(both, "x.mp4")


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from(sorted(FORMATS)),
        "intact": st.booleans(),
        "size": st.integers(0, 10**12),
        "duration": st.fractions(0, 10**5, max_denominator=90_000),
        "resolution": st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)),
        "aspect-ratio": st.fractions(Fraction(1, 50), 50, max_denominator=1000),
        "video.count": st.integers(0, 3),
        "audio.count": st.integers(0, 3),
        "video.codec": st.sampled_from(sorted(VIDEO_CODECS)),
        "audio.codec": st.sampled_from(sorted(AUDIO_CODECS)),
        "video.frame-rate": st.fractions(1, 300, max_denominator=2000),
        "audio.sample-rate": st.integers(1, 200_000),
    },
)


@given(VALUES, VALUES, st.text(max_size=20))
def test_whatever_the_facts_the_file_passes_the_rules_that_it_makes(
    one: dict[str, object], other: dict[str, object], name: str
) -> None:
    near = {key: value for key, value in other.items() if key in {"duration", "size"}}
    said = facts(one).joined(
        facts(near, "ffprobe"), Facts(facts=(Fact(key="completed", witness="boxes", state=State.UNKNOWN),))
    )
    for lang in ("en", "zh"):
        passes(write_rules(said, name, lang=lang), said)
