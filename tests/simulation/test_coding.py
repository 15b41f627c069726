"""What is coded in the twin lies in its texts, and gives the pages of coding something to show."""

import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller


@pytest.fixture
def data(twin):
    caller = Caller("a-eva", AccessRole.EVALUATOR, "fabelby")
    return twin.queries.document(caller, "fabelby", "coding", twin.queries.clocks("fabelby"))["data"]


def test_every_passage_is_one_or_more_sentences_of_its_text(twin, data):
    entries = {one["event"]: {part["field"]: part["text"] for part in one["parts"]} for one in data["entries"]}

    passages = [entries[one["target"]][one["field"]][one["start"] : one["end"]] for one in data["codings"]]

    assert len(passages) == 12
    assert [said for said in passages if not said.endswith(".")] == []


def test_two_coders_agree_about_some_codes_differ_about_one_and_settled_a_passage(data):
    rows = {one["code"]: one for one in data["agreement"]}

    assert {one["coder"] for one in data["readings"]} == {"account/a-import", *(c for c in coders(data) if "part" in c)}
    assert rows["faar-med"]["alpha"]["value"] == rows["faar-med"]["kappa"]["value"] == 1
    assert rows["spoerger"]["why_no_kappa"] is None
    assert rows["spoerger"]["alike"]["value"] == rows["spoerger"]["n"]["value"] - 2
    assert data["differences"] == []
    assert sum(one["settled"] is not None for one in data["codings"]) == 2
    assert data["retracted"]["value"] == 1


def coders(data):
    return {one["coder"] for one in data["codings"]}
