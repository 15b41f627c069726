"""What sources say together."""

import pytest

from projections.measures.triangulation import Says, Verdict, verdict

UP, DOWN, UNCLEAR, SILENT, WITHHELD = Says


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (UP, (UP, SILENT, SILENT), Verdict.CONVERGE),
        (DOWN, (DOWN, UNCLEAR, SILENT), Verdict.CONVERGE),
        (UP, (DOWN, SILENT, SILENT), Verdict.CONTRADICT),
        (UP, (UP, DOWN, SILENT), Verdict.CONTRADICT),
        (UNCLEAR, (UP, DOWN, SILENT), Verdict.CONTRADICT),
        (UNCLEAR, (UP, UP, SILENT), Verdict.UNCLEAR),
        (UP, (UNCLEAR, SILENT, SILENT), Verdict.UNCLEAR),
        (UP, (SILENT, SILENT, WITHHELD), Verdict.SILENT),
        (SILENT, (UP, SILENT, SILENT), Verdict.SILENT),
        (SILENT, (SILENT, SILENT, SILENT), Verdict.SILENT),
    ],
)
def test_a_verdict_needs_two_sources(own, others, expected):
    assert verdict(own, dict(zip("abc", others, strict=True))) is expected
