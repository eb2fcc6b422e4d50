"""The witness `declared`: what entrants and organizers say of a work. Tables and forms are read in `vidcheck.declared`."""

from __future__ import annotations

from vidcheck.declared.fields import KEYS
from vidcheck.facts import DECLARED
from vidcheck.witnesses.registry import Witness

WITNESS = Witness(name=DECLARED, keys=KEYS)
