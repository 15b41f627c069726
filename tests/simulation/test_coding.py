"""What is coded in the twin lies in its texts, and gives the pages of coding something to show."""

import pytest

from domain.keeping import AccessRole
from service.cli.tables import table
from service.security.gate import Caller


@pytest.fixture
def data(read_twin):
    caller = Caller("a-eva", AccessRole.EVALUATOR, "fabelby")
    return read_twin.queries.document(caller, "fabelby", "coding", read_twin.queries.clocks("fabelby"))["data"]


def test_every_passage_is_one_or_more_sentences_of_its_text(read_twin, data):
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


def test_every_figure_has_a_name_of_its_own_and_opens_to_its_entries(read_twin, data):
    found = list(figures(data))
    caller, clocks = Caller("a-eva", AccessRole.EVALUATOR, "fabelby"), read_twin.queries.clocks("fabelby")

    assert len({one["figure"] for one in found}) == len(found) > 150
    for one in found[::20]:
        behind = read_twin.queries.behind(caller, "fabelby", "coding", clocks, [one["figure"]])
        assert len(behind) == one["events"]["count"]


def test_codings_are_a_table_on_the_command_line(data, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")  # a narrow terminal leaves columns out
    assert "faar-med" in table(data, "codings")


def figures(data):
    if isinstance(data, dict) and "figure" in data:
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from figures(one)
