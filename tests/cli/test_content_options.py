"""`--content` of the commands beside check and facts."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import vidcheck
from tests.cli.test_watch import watching
from tests.witnesses.content.films import black, make, moving, needs_content

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_content


def test_rules_drawn_from_a_good_film_ask_for_what_was_seen_of_it(tmp_path: Path) -> None:
    make(tmp_path / "good.mp4", [moving(1)], "sine=d=1")
    assert vidcheck("init", "--from", "good.mp4", "--content", "full", cwd=tmp_path).returncode == 0
    text = (tmp_path / "rules.yaml").read_text(encoding="utf-8")
    for line in ("  content: full", "  content.decodes: {is: yes}", "  content.black: {max: 20 %}"):
        assert f"\n{line}\n" in text
    done = vidcheck("check", "good.mp4", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_content_without_a_film_to_draw_rules_from_is_refused(tmp_path: Path) -> None:
    done = vidcheck("init", "--content", "full", cwd=tmp_path)
    assert (done.returncode, "give it with --from" in done.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_watch_looks_at_what_it_is_told_to(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    (tmp_path / "rules.yaml").write_text("vidcheck: 1\nrules:\n  black: {fact: content.black, max: 10 %}\n")
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "dark.mp4", [black(1)], None)
    with watching(tmp_path, "--settle", "100ms", "--content", "full") as watch:
        assert watch.until("✗ in/dark.mp4") == "✗ in/dark.mp4: INELIGIBLE, 1 rule fails"
        assert watch.end(signal.SIGTERM) == 143
