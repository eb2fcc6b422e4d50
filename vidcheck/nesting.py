"""How deep a YAML text nests, measured by its events and never by what the YAML library says of it."""

from __future__ import annotations

from typing import Any


def too_deep(text: str, error: Any, most: int) -> Any | None:
    """The mark of the first node inside more than `most` collections, if the library refused the text behind one.

    PyYAML reads the rest of a line before it gives the events of a flow collection, for that may be a key. So where a
    limit of its own stops it (1,000 levels in 6.0.4), it gives no event of the levels before. The text that ends where
    the error stands has no such limit in it, and gives them.
    """
    import yaml  # 40 ms, so only where one is read

    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return None
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    depth = 0
    try:
        for event in yaml.parse(text[: mark.index], Loader=loader):
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.NodeEvent):
                if depth > most:
                    return event.start_mark
                depth += isinstance(event, yaml.CollectionStartEvent)
    except (yaml.YAMLError, ValueError, OverflowError):
        pass  # the text was cut, so it ends too early
    return None
