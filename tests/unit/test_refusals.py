import re
from pathlib import Path
from string import Formatter

import pytest

from domain.refusals import RULES, Refused

HERE = Path(__file__).parent
DOMAIN = HERE.parents[1] / "domain"
ASSERTED = re.compile(r'\.refuses\(\s*"([a-z-]+)"')
RAISED = re.compile(r'Refused\(\s*"([a-z-]+)"')
ON_THE_WRITE_PATH = {"same-id-other-content", "text-erased"}
"""Rules that only the stored log can raise; tests/store has their tests."""


def found(pattern, files):
    return {rule for path in files for rule in pattern.findall(path.read_text(encoding="utf-8"))}


def test_every_rule_is_asserted_by_a_test():
    assert found(ASSERTED, HERE.glob("test_*.py")) == set(RULES) - ON_THE_WRITE_PATH


def test_every_rule_is_raised_somewhere_in_the_domain():
    assert found(RAISED, DOMAIN.glob("*.py")) == set(RULES) - ON_THE_WRITE_PATH


@pytest.mark.parametrize("rule", RULES)
def test_both_sentences_of_a_rule_tell_the_same_facts_and_end_as_sentences(rule):
    danish, english = RULES[rule].da, RULES[rule].en

    assert facts(danish) == facts(english)
    assert danish.endswith((".", "{why}"))
    assert english.endswith((".", "{why}"))


def facts(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_a_refusal_says_its_rule_and_its_field():
    refusal = Refused("field-missing", field="text")

    assert (refusal.rule, refusal.field, refusal.clash) == ("field-missing", "text", False)


def test_a_refusal_reads_as_its_english_sentence():
    assert str(Refused("role-already-held")) == ("The participant already has that role that day. End it first.")


def test_a_refusal_that_rests_on_another_tells_it_in_the_same_language():
    refusal = Refused("correction-does-not-fit", why=Refused("already-merged", id="p2"))

    assert refusal.sentence("da") == (
        "Den rettede registrering ville være blevet afvist: p2 er allerede lagt sammen med en anden."
    )
