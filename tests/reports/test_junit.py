from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from tests.reports import build, foreign
from vidcheck.reports import junit

if TYPE_CHECKING:
    from collections.abc import Callable

    from vidcheck.findings import Report

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
REPORTS = {
    "folder": build.folder(),
    "incomplete": build.folder(incomplete=True),
    "batch": build.folder(batch=(build.finding("same-work", "fail", keys=(), expected="each once", actual="two"),)),
    "empty": build.report(),
    "hostile": foreign.report(),
}


@functools.cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def told(report: Report) -> ET.Element:
    return ET.fromstring(junit.render(report))  # noqa: S314 - our own


def test_report_is_this_xml(same_as: Callable[[str, str], None]) -> None:
    same_as("folder.junit.xml", junit.render(build.folder(incomplete=True)).decode())


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_valid_by_the_schema_of_jenkins(name: str) -> None:
    schema().validate(junit.render(REPORTS[name]).decode())


@pytest.mark.parametrize("name", REPORTS)
def test_counts_are_those_of_the_cases(name: str) -> None:
    root = told(REPORTS[name])
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase"))
    assert int(root.attrib["failures"]) == len(root.findall(".//failure"))
    assert int(root.attrib["errors"]) == len(root.findall(".//error"))
    for suite in root.findall("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))


def test_a_suite_is_an_entry_and_a_case_is_a_rule() -> None:
    (suite,) = told(build.report(build.failing())).findall("testsuite")
    assert suite.attrib["name"] == "entries/017.mp4"
    cases = [(case.attrib["name"], [child.tag for child in case]) for case in suite.findall("testcase")]
    assert cases == [
        ("format", []),
        ("size", []),
        ("duration", ["failure"]),
        ("resolution", ["failure"]),
        ("completed", []),
        ("screen-text", ["skipped"]),
        ("mandarin", ["skipped"]),
        ("platform", ["skipped"]),
    ]
    assert [failure.attrib["type"] for failure in suite.iter("failure")] == ["required", "recommended"]
    assert suite.findtext("system-err") == "ffprobe could not look: no answer in 30 s"


def test_unknown_is_an_error_and_skip_is_skipped() -> None:
    root = told(build.report(build.entry("a.mp4", build.undated(), build.skipped())))
    assert [child.tag for case in root.iter("testcase") for child in case] == ["error", "skipped"]


def test_missing_entries_are_an_error_of_their_own() -> None:
    root = told(build.report(build.passing(), incomplete=True))
    assert root.attrib["errors"] == "1"
    assert root.find("testsuite[@name='vidcheck']/testcase/error[@type='incomplete']") is not None


@pytest.mark.parametrize("name", foreign.EVIL)
def test_text_comes_back_as_it_is_shown(name: str) -> None:
    evil = foreign.EVIL[name]
    root = told(build.report(build.entry("a.mp4", foreign.finding(evil))))
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure",
    }  # fmt: skip


def test_hostile_names_are_shown_with_escapes() -> None:
    root = told(build.report(build.entry(build.HOSTILE["escape"], build.good_size())))
    assert root.findall("testsuite")[0].attrib["name"] == "entries/\\x1b[31mred\\x1b]0;title\\x07.mp4"
