"""Facts and rules in, findings and a verdict out. Pure: no world, no clock, no figure that isn't in the rules."""

from __future__ import annotations

from vidcheck.engine.decisions import verdict_of
from vidcheck.engine.judge import Judge, Judgement, judge_entry

__all__ = ["Judge", "Judgement", "judge_entry", "verdict_of"]
