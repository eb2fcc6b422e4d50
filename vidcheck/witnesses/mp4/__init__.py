"""The witness `boxes`: reads MP4 and QuickTime headers within bounds, before the C++ parsers get the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidcheck.witnesses.mp4 import boxes
from vidcheck.witnesses.registry import Witness

if TYPE_CHECKING:
    from vidcheck.witnesses.mp4.movie import Layout
    from vidcheck.witnesses.registry import Subject


def _look(subject: Subject) -> Layout:
    subject.layout = boxes.look(subject.file, subject.status.size)
    return subject.layout


WITNESS = Witness(name=boxes.NAME, keys=boxes.KEYS, look=_look, read=boxes.read)
