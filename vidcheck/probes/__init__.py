"""The witnesses: one module each, the only place that knows a foreign tool's names.

`look` touches the world and returns what the tool printed; `read` is pure and turns that into facts.
"""
