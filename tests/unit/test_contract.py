"""What the vocabulary promises to refuse, and to accept and flag: every line is carried by a rule or a note that is tested.

A line says in our own words what is refused; beside it stand the rules that carry it. A flag stands beside the tests
that show it.
"""

import re
from pathlib import Path

import pytest

from domain.refusals import RULES
from tests.unit.test_refusals import ASSERTED, ON_THE_WRITE_PATH

TESTS = Path(__file__).parents[1]

REFUSED = {
    "an unknown process": {"unknown-process"},
    "an unknown person, group, gathering, wave or instrument": {"unknown-thing"},
    "an unknown version of an instrument or codebook": {"unknown-version"},
    "a role that was not active at the time": {"role-not-active"},
    "a time in the future": {"time-in-future"},
    "a value off the scale": {"value-off-scale"},
    "a second answer for the same person, round and frame": {"already-answered"},
    "*then* in a round before the start": {"then-in-before-round"},
    "a skip given as a number": {"answer-or-skip", "value-off-scale"},
    "a tie to oneself": {"tie-to-oneself"},
    "a tie off the roster": {"off-the-roster"},
    "a tie in a closed wave": {"wave-closed"},
    "no relations beside relations": {"none-beside-relations"},
    "a decision without participants": {"decision-without-participants"},
    "a choice outside its options": {"choice-outside-options"},
    "building on something unknown or later": {"unknown-thing", "builds-on-later"},
    "completing or abandoning what was never planned": {"unknown-thing"},
    "completing or abandoning what is over": {"action-over"},
    "abandonment without reason and learning": {"abandonment-without-learning"},
    "completion without result": {"completion-without-result"},
    "substantiation by harvester, process team or claimed contributor": {"substantiated-from-inside"},
    "a span that does not match its text": {"span-does-not-match"},
    "a correction without reason": {"field-missing"},
    "a correction of an identity field": {"identity-field"},
    "a correction of an issued report": {"issued-report"},
    "the same id with other content": {"same-id-other-content", "already-exists"},
}

FLAGGED = {
    "an action past day 100": "projections/test_flags.py::test_an_action_due_past_day_100_is_flagged",
    "a criterion set after the first data": (
        "projections/test_evidence.py::test_a_sign_agreed_after_the_first_data_is_flagged"
    ),
    "an indicator changed after the first data": (
        "projections/test_evidence.py::test_an_indicator_changed_after_the_first_data_is_flagged"
    ),
    "an indicator no event feeds": "projections/test_evidence.py::test_an_indicator_fed_by_nothing_is_flagged",
    "a budget line more than ten percent off": (
        "projections/test_budget.py::test_a_line_more_than_ten_percent_off_is_flagged"
    ),
    "a role absent from a decision that concerns it": (
        "projections/test_flags.py::test_a_role_absent_from_a_decision_that_concerns_it_is_flagged"
    ),
    "unknown attendance, never counted as absent": (
        "projections/test_participation.py::test_unknown_attendance_is_never_counted_as_absent"
    ),
}


def text(paths):
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_carried_by_rules_that_are_tested(line):
    asserted = set(ASSERTED.findall(text((TESTS / "unit").glob("test_*.py"))))
    stored = set(re.findall(r'refused\(\s*"([a-z-]+)"', text((TESTS / "store").glob("test_*.py"))))

    assert REFUSED[line] - set(RULES) == set()
    assert REFUSED[line] - asserted - (stored & ON_THE_WRITE_PATH) == set()


@pytest.mark.parametrize("line", FLAGGED)
def test_what_is_flagged_is_shown_by_a_test(line):
    file, _, name = FLAGGED[line].partition("::")

    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE)
