"""Resolutions: a width and a height in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from vidcheck.lazy import late
from vidcheck.quantities.kind import Kind, Manner, NotAValueError, tidy
from vidcheck.texts import marked, say

if TYPE_CHECKING:
    from fractions import Fraction

_FORM = late(r"(\d{1,6})\s*[xX×*]\s*(\d{1,6})")
_NICKNAMES = {
    "480p": "720x480", "576p": "720x576", "720p": "1280x720", "hd": "1280x720", "1080p": "1920x1080",
    "1080i": "1920x1080", "fullhd": "1920x1080", "full hd": "1920x1080", "fhd": "1920x1080",
    "1440p": "2560x1440", "2160p": "3840x2160", "4k": "3840x2160", "uhd": "3840x2160",
}  # fmt: skip
_PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in whole pixels."""

    width: int
    height: int

    @property
    def sides(self) -> tuple[int, int]:
        """The long side, then the short one."""
        return max(self.width, self.height), min(self.width, self.height)


class Resolution(Kind):
    """A picture's size. Orientation is ignored: the long sides are compared, and the short sides."""

    name = "resolution"
    unit = "px"
    examples = ("1920x1080", "1280x720")

    def read(self, text: str, zone: tzinfo = UTC) -> Size:  # noqa: ARG002
        plain = tidy(text)
        found = _FORM.fullmatch(plain)
        if not found or not int(found[1]) or not int(found[2]):
            hint = _NICKNAMES.get(plain.lower(), "1920x1080")
            raise NotAValueError("'{text}' is not a resolution (try \"{hint}\")", text=text, hint=hint)
        return Size(int(found[1]), int(found[2]))

    def write(self, value: Size) -> str:
        return f"{value.width}x{value.height}"

    def show(self, value: Size, manner: Manner = _PLAIN, apart: tuple[Any, ...] = ()) -> str:  # noqa: ARG002
        return f"{value.width}×{value.height}"

    def json(self, value: Size, manner: Manner = _PLAIN) -> object:  # noqa: ARG002
        return [value.width, value.height]

    def difference(self, value: Size, limit: Size, manner: Manner = _PLAIN) -> str:
        names = marked("long side {gap} px"), marked("short side {gap} px")
        gaps = [a - b for a, b in zip(value.sides, limit.sides, strict=True)]
        shown = [say(name, gap=f"{gap:+d}").render(manner.lang) for name, gap in zip(names, gaps, strict=True) if gap]
        return manner.comma.join(shown)

    def share(self, limit: Size, part: Fraction) -> tuple[Fraction, Fraction]:
        return limit.sides[0] * part, limit.sides[1] * part

    def below(self, value: Size, limit: Size, slack: Any = 0) -> bool:
        """Whether either side is shorter than the limit's."""
        return any(a < b - by for a, b, by in _by_side(value, limit, slack))

    def over(self, value: Size, limit: Size, slack: Any = 0) -> bool:
        """Whether either side is longer than the limit's."""
        return any(a > b + by for a, b, by in _by_side(value, limit, slack))

    def equal(self, value: Size, other: Size, slack: Any = 0) -> bool:
        return all(abs(a - b) <= by for a, b, by in _by_side(value, other, slack))


def _by_side(value: Size, limit: Size, slack: Any) -> zip[tuple[int, int, Any]]:
    allowed = slack.sides if isinstance(slack, Size) else slack if isinstance(slack, tuple) else (slack, slack)
    return zip(value.sides, limit.sides, allowed, strict=True)
