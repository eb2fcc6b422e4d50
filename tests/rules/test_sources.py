"""Where rules come from, and what extends what."""

import os
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from vidcheck.rules.problems import RulesError
from vidcheck.rules.reader import load_rules, presets, read_rules
from vidcheck.rules.sources import preset_names, preset_text

GOOD = "vidcheck: 1\nrules:\n  format: {is: mp4}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(source: str | None = None) -> str:
    with pytest.raises(RulesError) as caught:
        load_rules(source)
    return str(caught.value)


def write(name: str, text: str) -> bytes:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path.read_bytes()


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads_with_a_title(name: str) -> None:
    rules = load_rules(name)
    assert (rules.source, rules.rules[0].place.file) == (f"preset {name}", f"{name}.yaml")
    assert presets()[name].render("en") == rules.title.render("en") != ""
    assert not rules.notices
    assert rules.digest == read_rules(preset_text(name).encode()).digest


def test_the_root_rules_are_the_default_preset() -> None:
    root = Path(__file__).parents[2] / "rules.yaml"
    assert (
        load_rules(None).digest
        == load_rules("heilongjiang-2022").digest
        == f"sha256:{sha256(root.read_bytes()).hexdigest()}"
    )


def test_rules_of_the_folder_go_before_the_default_preset() -> None:
    assert load_rules().source == "preset heilongjiang-2022"
    write("rules.yaml", GOOD)
    assert load_rules().source == "rules.yaml"
    assert load_rules().rules[0].place.file == "rules.yaml"


def test_parent_folders_are_not_searched(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("rules.yaml", GOOD)
    (here / "entries").mkdir()
    monkeypatch.chdir(here / "entries")
    assert load_rules().source == "preset heilongjiang-2022"


def test_broken_rules_of_the_folder_are_no_reason_to_take_the_default() -> None:
    write("rules.yaml", "vidcheck: 1\n")
    assert refused() == "rules.yaml:1:1: 'rules' is missing (try \"rules: {format: {is: mp4}}\")"


def test_a_path_is_shown_as_it_was_given() -> None:
    write("calls/2022 年/rules.yaml", GOOD)
    rules = load_rules("./calls/2022 年/rules.yaml")
    assert rules.source == rules.rules[0].place.file == "./calls/2022 年/rules.yaml"


def test_a_presets_name_means_the_preset_whatever_lies_in_the_folder() -> None:
    write("nasa-hunch-2020", GOOD)
    assert load_rules("nasa-hunch-2020").source == "preset nasa-hunch-2020"
    assert load_rules("./nasa-hunch-2020").source == "./nasa-hunch-2020"


def test_a_missing_file_is_one_clear_line() -> None:
    assert refused("nowhere.yaml") == "nowhere.yaml: there is no such file and no preset of that name"
    assert (
        refused("heilongjang-2022")
        == 'heilongjang-2022: there is no such file and no preset of that name (try "heilongjiang-2022")'
    )
    assert refused("a/b\n.yaml") == "a/b\\n.yaml: there is no such file and no preset of that name"
    assert refused("") == ": there is no such file and no preset of that name"


def test_a_missing_file_leads_to_the_nearest_one_of_its_folder() -> None:
    write("calls/national-2024.yaml", GOOD)
    assert refused("calls/natoinal-2024.yaml").endswith('(try "calls/national-2024.yaml")')
    assert refused("calls/heilongjang-2022").endswith("no preset of that name"), "a preset is in no folder"
    write("house-rules.yml", GOOD)
    assert refused("house-rule.yaml").endswith('(try "house-rules.yml")')
    assert refused("quite-another.yaml").endswith("no preset of that name")


def test_a_folder_is_one_clear_line() -> None:
    Path("calls").mkdir()
    assert refused("calls") == "calls: this is a folder"
    write("calls/rules.yaml", GOOD)
    assert refused("calls") == 'calls: this is a folder (try "calls/rules.yaml")'
    Path("rules.yaml").mkdir()
    assert refused() == "rules.yaml: this is a folder"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_what_is_no_regular_file_is_never_waited_for() -> None:
    os.mkfifo("pipe.yaml")
    assert refused("pipe.yaml") == "pipe.yaml: this is no regular file"
    assert refused("/dev/zero") == "/dev/zero: this is no regular file"
    Path("loop.yaml").symlink_to("loop.yaml")
    assert refused("loop.yaml").startswith("loop.yaml: the file can't be read: ")
    Path("rules.yaml").symlink_to("gone.yaml")
    assert refused() == "rules.yaml: there is no such file and no preset of that name"


def test_an_unreadable_file_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")  # not by its mode: root reads everything

    write("secret.yaml", GOOD)
    monkeypatch.setattr(os, "open", refuse)
    assert refused("secret.yaml") == "secret.yaml: the file can't be read: Permission denied"


def test_a_zero_byte_in_a_name_is_one_clear_line() -> None:
    assert refused("a\0b").startswith("a\\x00b: the file can't be read: ")


def test_a_file_extends_a_preset_and_replaces_and_drops_whole_rules() -> None:
    write(
        "rules.yaml",
        "vidcheck: 1\nextends: heilongjiang-2022\nrules:\n  duration: {max: 10 min}\n  mandarin: off\n  name: {fact: file.name, max-length: 40}\n",
    )
    base, rules = load_rules("heilongjiang-2022"), load_rules()
    names = [rule.name for rule in base.rules if rule.name != "mandarin"]
    assert [rule.name for rule in rules.rules] == [*names, "name"]
    by_name = {rule.name: rule for rule in rules.rules}
    assert [limit.constraint for limit in by_name["duration"].conditions[0].limits] == ["max"]
    assert by_name["duration"].place.file == "rules.yaml"
    assert by_name["size"].place.file == "heilongjiang-2022.yaml"
    assert (rules.title, rules.zone_name, rules.source) == (base.title, "Asia/Shanghai", "rules.yaml")


def test_dates_of_the_extended_file_are_in_the_zone_of_the_one_that_extends() -> None:
    write(
        "base.yaml",
        "vidcheck: 1\ncontest: {title: Base, timezone: Asia/Tokyo}\nrules: {completed: {from: 2022-01-01}}\n",
    )
    write("rules.yaml", "vidcheck: 1\nextends: base.yaml\ncontest: {timezone: Europe/Berlin}\n")
    rules = load_rules()
    first = rules.rules[0].conditions[0].limits[0].argument.first
    assert (rules.zone_name, first.isoformat(), rules.title.render("en")) == (
        "Europe/Berlin",
        "2022-01-01T00:00:00+01:00",
        "Base",
    )


def test_the_digest_covers_every_file_in_the_order_of_extends() -> None:
    base = write("lib/base.yaml", GOOD)
    own = write("lib/rules.yaml", "vidcheck: 1\nextends: base.yaml\n")
    sums = "".join(f"{sha256(raw).hexdigest()}\n" for raw in (own, base))
    rules = load_rules("lib/rules.yaml")
    assert rules.digest == f"sha256:{sha256(sums.encode()).hexdigest()}"
    assert rules.rules[0].place.file == "lib/base.yaml"


def test_errors_of_the_extended_file_name_it_and_come_with_ones_own() -> None:
    write("base.yaml", "vidcheck: 1\nrules: {format: mp4}\n")
    write("rules.yaml", "vidcheck: 1\nextends: base.yaml\nrules: {size: 3, fromat: off}\n")
    assert refused().split("\n") == [
        'base.yaml:2:17: format: a value stands where constraints should (try "{is: mp4}")',
        'rules.yaml:3:15: size: a value stands where constraints should (try "{is: 3}")',
        'rules.yaml:3:18: fromat: there is no rule of that name to drop (try "format")',
    ]


def test_a_broken_text_that_is_extended_names_itself() -> None:
    write("base.yaml", "vidcheck: 1\nrules: {format: {is: mp4}\n")
    write("rules.yaml", "vidcheck: 1\nextends: base.yaml\nrules: {size: off}\n")
    assert refused() == "base.yaml:2:26: a ',' or the closing '}' is missing, or a text with such signs needs quotes"


def test_a_file_that_extends_itself_is_refused() -> None:
    write("rules.yaml", "vidcheck: 1\nextends: rules.yaml\n")
    assert refused() == "rules.yaml:2:10: extends: 'rules.yaml' extends itself"
    write("a.yaml", "vidcheck: 1\nextends: lib/../b.yaml\nrules: {format: {is: mp4}}")
    write("b.yaml", "vidcheck: 1\nextends: ./a.yaml\nrules: {format: {is: mov}}")
    Path("lib").mkdir()
    assert refused("a.yaml") == "lib/../b.yaml:2:10: extends: './a.yaml' extends itself"


def test_a_long_chain_is_refused() -> None:
    for at in range(12):
        write(f"{at}.yaml", f"vidcheck: 1\nextends: {at + 1}.yaml\nrules: {{r{at}: {{fact: size, max: 1 GB}}}}")
    assert refused("0.yaml") == "7.yaml:2:10: extends: this goes through more than 8 files"


MISSING = "there is no such file and no preset of that name"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("heilongjang-2022", "heilongjiang-2022"),
        ("heilongjiang-2022.yaml", "heilongjiang-2022"),
        ("bass.yaml", "base.yaml"),
        ("../calls/bass.yaml", "../calls/base.yaml"),
        ("./bass.yml", "./base.yaml"),
    ],
)
def test_a_mistyped_preset_or_file_is_answered_with_the_nearest(written: str, meant: str) -> None:
    write("calls/base.yaml", GOOD)
    write("calls/rules.yaml", f"vidcheck: 1\nextends: {written}\n")
    said = f"calls/rules.yaml:2:10: extends: '{written}' can't be extended: {MISSING} (try \"{meant}\")"
    assert refused("calls/rules.yaml") == said


@pytest.mark.parametrize("written", ["rule.yaml", "nowhere.yaml", "nowhere/rules.yaml"])
def test_a_file_is_never_led_to_itself_nor_to_what_is_far(written: str) -> None:
    write("calls/rules.yaml", f"vidcheck: 1\nextends: {written}\n")
    assert refused("calls/rules.yaml") == f"calls/rules.yaml:2:10: extends: '{written}' can't be extended: {MISSING}"


def test_what_is_extended_must_be_a_regular_local_file() -> None:
    write("rules.yaml", "vidcheck: 1\nextends: /dev/zero\n")
    assert refused() == "rules.yaml:2:10: extends: '/dev/zero' can't be extended: this is no regular file"
    write("rules.yaml", 'vidcheck: 1\nextends: "a\\0b"\n')
    assert refused().startswith("rules.yaml:2:10: extends: 'a\\x00b' can't be extended: the file can't be read")


def test_an_unknown_preset_by_name_is_refused() -> None:
    with pytest.raises(RulesError, match="heilongjiang-2022"):
        preset_text("heilongjiang-2020")
