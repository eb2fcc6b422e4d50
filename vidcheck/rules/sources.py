"""Where rules come from: a file, a preset, or the default. The only module here that reads files."""

from __future__ import annotations

import os
import stat
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vidcheck.facts import visible
from vidcheck.lazy import late
from vidcheck.rules.nodes import MOST_BYTES
from vidcheck.rules.problems import RulesError, fault
from vidcheck.rules.spelling import nearest
from vidcheck.texts import say, system_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

DEFAULT_FILE = "rules.yaml"
DEFAULT_PRESET = "heilongjiang-2022"
_PRESET_NAME = late(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_URL = late(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_ENDINGS = (".yaml", ".yml")
_MOST_LOOKED_AT = 10_000
"""The most names in a folder that are searched for the nearest."""


class Origin(NamedTuple):
    """A rules file's bytes, and what it is called."""

    raw: bytes
    shown: str
    """Its name in places."""
    source: str
    """Its name in the first line of a report."""
    folder: str | None
    """The folder that `extends` is relative to; None in a preset, which extends only presets."""
    identity: str
    """Equal for the same file, whatever path leads to it."""
    preset: str = ""
    """The preset's name, if it is one."""


def choose(source: str | None) -> Origin:
    """The file or preset that `--rules` names, else `./rules.yaml`, else the default preset. Raises RulesError."""
    if source is not None:
        return _named(source)
    if os.path.lexists(DEFAULT_FILE):
        return from_path(DEFAULT_FILE, DEFAULT_FILE, meant=str)
    return _named(DEFAULT_PRESET)


def extended(name: str, of: Origin) -> Origin:
    """The file or preset that `extends` names. Raises RulesError."""
    preset = from_preset(name)
    if preset:
        return preset
    if of.folder is None or _URL.match(name):
        what = (
            say("'{name}' is no preset", name=visible(name))
            if of.folder is None
            else say("only a preset or a file on this machine can be extended")
        )
        raise fault(visible(name), what, nearest(name, preset_names()))
    path = os.path.join(of.folder, name)  # noqa: PTH118 - keeps the path as it was given
    return from_path(path, visible(path), meant=lambda: _meant(name, of))


def _named(source: str) -> Origin:
    return from_preset(source) or from_path(source, visible(source), meant=lambda: _meant(source))


def from_preset(name: str) -> Origin | None:
    """The preset of that name, if there is one."""
    if not _PRESET_NAME.fullmatch(name):
        return None
    try:
        raw = preset_bytes(name)
    except OSError:
        return None
    called = f"preset {name}"
    return Origin(raw=raw, shown=f"{name}.yaml", source=called, folder=None, identity=called, preset=name)


def _meant(name: str, of: Origin | None = None) -> str:
    """The preset, or the rules file in the same folder, with the name nearest to a missing one."""
    inside, tail = os.path.split(name)
    folder = os.path.join(of.folder or "" if of else "", inside)  # noqa: PTH118
    try:
        with os.scandir(folder or ".") as found:
            files = [each.name for each in islice(found, _MOST_LOOKED_AT) if each.name.endswith(_ENDINGS)]
    except (OSError, ValueError):
        files = []
    own = of.identity if of else ""
    by_stem = {_stem(each): os.path.join(inside, each) for each in sorted(files) if os.path.realpath(os.path.join(folder, each)) != own}  # noqa: PTH118  # fmt: skip
    by_stem |= {} if inside else {preset: preset for preset in preset_names()}
    return by_stem.get(nearest(_stem(tail), by_stem), "")


def _stem(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)


def from_path(path: str, shown: str, most: int = MOST_BYTES, *, meant: Callable[[], str] | None = None) -> Origin:
    """A regular file's bytes without blocking, or `most` and one more if it is longer. Raises RulesError.

    `meant` returns the name of a file or preset that may be meant if there is no such file; without it no preset can be.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        if meant is None:
            raise fault(shown, say("there is no such file")) from None
        what = say("there is no such file and no preset of that name")
        raise fault(shown, what, visible(meant())) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, shown, error) from None
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise _no_file(path, shown, folder=stat.S_ISDIR(mode))
        with os.fdopen(handle, "rb", closefd=False) as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise _unreadable(path, shown, error) from None
    finally:
        os.close(handle)
    return Origin(raw=raw, shown=shown, source=shown, folder=os.path.dirname(path), identity=os.path.realpath(path))  # noqa: PTH120


def _unreadable(path: str, shown: str, error: Exception) -> RulesError:
    if isinstance(error, IsADirectoryError):
        return _no_file(path, shown, folder=True)
    said = system_words(error.strerror) if isinstance(error, OSError) and error.strerror else str(error)
    return fault(shown, say("the file can't be read: {said}", said=said))


def _no_file(path: str, shown: str, *, folder: bool) -> RulesError:
    if not folder:
        return fault(shown, say("this is no regular file"))
    inside = os.path.join(path, DEFAULT_FILE)  # noqa: PTH118
    return fault(shown, say("this is a folder"), visible(inside) if os.path.isfile(inside) else "")  # noqa: PTH113


def preset_names() -> tuple[str, ...]:
    """The names of all presets, in order."""
    return tuple(
        sorted(item.name.removesuffix(".yaml") for item in _presets().iterdir() if item.name.endswith(".yaml"))
    )


def preset_text(name: str) -> str:
    """A preset's text, for `init`. Raises RulesError."""
    origin = from_preset(name)
    if origin is None:
        raise fault(visible(name), say("there is no preset of that name"), nearest(name, preset_names()))
    return origin.raw.decode("utf-8")


def _presets() -> Traversable:
    from importlib.resources import files  # takes 40 ms, so only if all presets are needed

    return files("vidcheck") / "presets"


def preset_bytes(name: str) -> bytes:
    """A preset's bytes. Raises OSError if there is none of that name."""
    # as importlib.resources does, without its 40 ms: works from a folder, a wheel and a zip
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    path = os.path.join(package, "presets", f"{name}.yaml")  # noqa: PTH118
    loader = __spec__.loader
    read = getattr(loader, "get_data", None)
    if read is None:
        return (_presets() / f"{name}.yaml").read_bytes()
    raw: bytes = read(path)
    return raw
