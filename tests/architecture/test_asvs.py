"""The self-assessment against ASVS 5.0 says something of every requirement, and nothing that is not there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
LEVELS = re.findall(
    r"(\S+) (\d+)",
    """
1.1 22  1.2 1111122223  1.3 112222222223  1.4 222  1.5 123  2.1 122  2.2 112  2.3 12223  2.4 23  3.1 3  3.2 113  3.3 12223
3.4 11222233  3.5 11122333  3.6 3  3.7 22333  4.1 12233  4.2 23333  4.3 22  4.4 1222  5.1 2  5.2 112333  5.3 113  5.4 222
6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222  7.1 222  7.2 1111  7.3 22
7.4 11222  7.5 223  7.6 22  8.1 1233  8.2 1123  8.3 133  8.4 23  9.1 111  9.2 1222  10.1 22  10.2 223  10.3 22223
10.4 1111122222233333  10.5 22222  10.6 22  10.7 222  11.1 2233  11.2 22233  11.3 11233  11.4 1222  11.5 23  11.6 23  11.7 33
12.1 12233  12.2 11  12.3 22223  13.1 2333  13.2 222223  13.3 2233  13.4 1222233  14.1 22  14.2 12223333  14.3 122  15.1 12233
15.2 12233  15.3 1222222  15.4 3333  16.1 2  16.2 22222  16.3 2222  16.4 222  16.5 2223  17.1 23  17.2 22223333  17.3 22
""",
)
"""ASVS 5.0.0: each section, and the level of each of its requirements in order, a digit each."""
ASKED = {f"{section}.{number}": level for section, levels in LEVELS for number, level in enumerate(levels, 1)}
STATUSES = ("met", "met in part", "not met", "does not apply")
LINES = re.findall(r"^\| (\d+\.\d+\.\d+) \(L(\d)\) \| ([^|]+) \| ([^|]+) \| (.+) \|$", PAGE, re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
DOCUMENT = re.compile(r"\]\([^)]+\)")


@cache
def named_in(file):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_standard_has_as_many_of_each_level_as_it_says():
    assert Counter(ASKED.values()) == {"1": 70, "2": 183, "3": 92}


def test_each_requirement_of_levels_one_and_two_has_one_line_in_order():
    wanted = [(number, level) for number, level in ASKED.items() if level in "12"]
    assert [(number, level) for number, level, *_ in LINES] == wanted


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_what_a_line_says_has_a_test_a_document_or_a_reason(line):
    _, _, about, status, where = line
    named, reason = TEST.findall(where), re.findall(r"[\w-]+", TEST.sub("", where))
    assert [test for file, test in named if test not in named_in(file)] == []
    assert where.count("tests/") == len(named)
    assert about.strip()
    assert status in STATUSES
    assert named or DOCUMENT.search(where) or status != "met"
    assert len(reason) >= 3 or status == "met"


def test_the_figures_at_the_top_are_those_of_the_lines():
    found = Counter((level, status) for _, level, _, status, _ in LINES)
    rows = {"Level 1": "1", "Level 2": "2"}
    table = "\n".join(
        f"| {name} | {' | '.join(str(found[level, status]) for status in STATUSES)} | {sum(found[level, status] for status in STATUSES)} |"
        for name, level in rows.items()
    )
    assert table in PAGE
