"""The witness `declared`: what entrants and organizers say of a work. Tables and forms are read in `vidcheck.declared`."""

from __future__ import annotations

from vidcheck.facts import DECLARED
from vidcheck.vocabulary import DECLARED_KEYS
from vidcheck.witnesses.registry import Witness

WITNESS = Witness(name=DECLARED, keys=DECLARED_KEYS)
