"""`vidcheck schema`: JSON Schemas of what vidcheck reads and writes."""

from __future__ import annotations

from typing import Annotated

import typer

from vidcheck.cli.i18n import worded
from vidcheck.cli.options import choice
from vidcheck.cli.outputs import STDOUT, put


def schema(
    what: Annotated[
        str,
        typer.Argument(
            metavar="report|facts|rules",
            help=worded("The JSON report, the JSON of facts, or rules.yaml."),
            show_default=False,
        ),
    ],
) -> None:
    """Print a JSON Schema (2020-12)."""
    import json

    from vidcheck.reports import schema as reports
    from vidcheck.rules import schema as rules

    made = {"report": reports.report_schema, "facts": reports.facts_schema, "rules": rules.schema}
    choice(what, tuple(made), "report|facts|rules")
    put(STDOUT, f"{json.dumps(made[what](), ensure_ascii=False, indent=2)}\n".encode())
