"""Judges facts by rules, and returns findings and a verdict. Pure: no files, no clock, no limits outside the rules."""

from __future__ import annotations

from vidcheck.engine.decisions import verdict_of
from vidcheck.engine.judge import Judge, Judgement, judge_entry

__all__ = ["Judge", "Judgement", "judge_entry", "verdict_of"]
