"""What is known of files and who says so, for the screen (`vidcheck facts`)."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from vidcheck.facts import State
from vidcheck.quantities import Manner
from vidcheck.reports.finding import Layout, fact_words, witness_words
from vidcheck.reports.page import BLANK, Block, Page, Row, Span, cells, clipped, one_line
from vidcheck.resolve import agree, chosen, counting
from vidcheck.texts import labelled, say, separator
from vidcheck.vocabulary import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vidcheck.facts import Entry, Fact, Facts, Key

_WIDEST_VALUE = 24


def render(
    known: Sequence[tuple[Entry, Facts]], *, lang: str = "en", zone: tzinfo = UTC, encoding: str = "utf-8"
) -> Page:
    """A page that tells of each file its keys, their values, and the witnesses; where they differ, each one's word."""
    manner = Manner(lang, zone)
    names = max((cells(key) for _, facts in known for key in facts.by_key), default=0)
    layout = Layout(manner=manner, names=names)
    blocks: list[Block] = []
    for entry, facts in known:
        blocks += [BLANK] if blocks else []
        blocks += _entry(entry, facts, layout)
    return Page(blocks, encoding)


def _entry(entry: Entry, facts: Facts, layout: Layout) -> Iterator[Block]:
    yield Row(body=(Span(entry.shown, "bold"),))
    told = [(key, facts.of(name)) for name, key in KEYS.items() if facts.of(name)]
    for key, row in told:
        yield from _key(key, row, layout)
    for fault in facts.faults:
        yield Row(
            indent=2, lead=(Span("!", "yellow"),), hang=4, body=(Span(one_line(fault.text.render(layout.manner.lang))),)
        )


def _key(key: Key, facts: Sequence[Fact], layout: Layout) -> Iterator[Block]:
    fact, agreed, counted = chosen(key, facts), agree(key, facts), counting(key, facts)
    apart = () if agreed else tuple(each.value for each in facts if each.state is State.KNOWN)
    value = fact_words(fact, layout.manner, apart)
    pad = " " * max(_WIDEST_VALUE - cells(value), 0)
    who = separator(layout.manner.lang).join(each.witness for each in counted if each.state is fact.state)
    hang = layout.names + 4
    marker = Span(layout.say(say("disputed")), "bold yellow") if not agreed else Span(who, "dim")
    style = "bold" if fact.state is State.KNOWN else "dim"
    yield Row(indent=2, lead=(Span(key.name),), hang=hang, body=(Span(value, style), Span(f"{pad}  "), marker))
    for each in facts:
        if not agreed or each not in counted or each.state is not fact.state or each.state is State.UNKNOWN:
            words = witness_words(each, layout, apart, counted=each in counted)
            yield Row(hang=hang + 2, body=(Span(words, "dim"),))
        if each.note:
            lang = layout.manner.lang
            words = labelled(each.witness, one_line(each.note.render(lang)), lang)
            yield Row(hang=hang + 2, body=(Span(clipped(words, 300), "dim"),))
