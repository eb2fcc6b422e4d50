"""Frame rates exactly: the rounded decimals of tools, and whether frames come evenly."""

from __future__ import annotations

from fractions import Fraction

_NTSC = tuple(Fraction(nominal * 1000, 1001) for nominal in (15, 24, 30, 48, 60, 120))
_FASTEST = 100_000


def known_rate(rate: Fraction | None) -> Fraction | None:
    """The rate that a figure stands for: `29.970` is 30000/1001 (SMPTE ST 2026). None for one that no film can have."""
    if rate is None or not 0 < rate <= _FASTEST:
        return None
    return next((ntsc for ntsc in _NTSC if abs(ntsc - rate) < Fraction(1, 1000)), rate)


def ticks_evenly(tick: Fraction, average: Fraction, seconds: Fraction) -> bool:
    """Whether frames come with every tick, but for less than one in all.

    Every frame lasts one tick or more; where there is less than one frame too few for the length, only the last
    can be longer (fragments written by ffmpeg, a sound a little longer) or cut by an edit.
    """
    return abs(tick - average) * seconds < 1


def rounded(slowest: Fraction, fastest: Fraction) -> bool:
    """Whether frames of these two rates last equally long but for the rounding to a clock's ticks.

    At 1000 ticks a second, which many programs write, 30 frames a second last 33 and 34 ticks in turn; clocks whose
    ticks are shorter than a tenth of a millisecond tell nothing that anybody sees.
    """
    long, short = 1000 / slowest, 1000 / fastest
    whole = all(abs(length - round(length)) < Fraction(1, 100) for length in (long, short))
    return long - short < Fraction(1, 10) or (whole and round(long) - round(short) == 1)
