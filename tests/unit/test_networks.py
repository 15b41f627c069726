"""Networks, against graphs worked by hand, and against networkx where it is installed."""

import itertools
import random

import pytest

from projections.measures.networks import (
    compared,
    density,
    mixing,
    pairs_of,
    possible,
    reciprocity,
    response_rate,
)


def pair(text):
    return frozenset(text)


# a, b, c, d: a-b both ways, b names c, d names nobody
ARCS = [("a", "b"), ("b", "a"), ("b", "c")]


def test_density_is_the_share_of_what_could_be():
    assert density(3, 4, directed=True) == 3 / 12
    assert density(2, 4) == 2 / 6


def test_density_of_one_person_is_unknown_not_zero():
    assert density(0, 1) is None
    assert density(0, 0, directed=True) is None


def test_density_of_everybody_with_everybody_is_one():
    assert density(6, 4) == 1


def test_who_did_not_answer_lowers_the_response_and_nobody_asked_is_unknown():
    assert response_rate(44, 50) == 0.88
    assert response_rate(0, 0) is None


def test_a_pair_is_there_when_one_of_both_says_so_and_both_are_among_those_meant():
    assert pairs_of(ARCS, "abcd") == {pair("ab"), pair("bc")}
    assert pairs_of(ARCS, "ab") == {pair("ab")}
    assert pairs_of([("a", "a")], "a") == set()


def test_reciprocity_is_over_those_only_who_both_answered():
    assert reciprocity(ARCS, "abc") == 2 / 3
    assert reciprocity(ARCS, "ab") == 1
    assert reciprocity(ARCS, "cd") is None


def test_ties_by_role_stand_beside_how_many_there_could_be():
    roles = {"a": "citizen", "b": "citizen", "c": "politician", "d": "employee"}
    ties = [pair("ab"), pair("bc"), pair("ad"), pair("bd")]
    expected = {("citizen", "citizen"): 1, ("citizen", "politician"): 1, ("citizen", "employee"): 2}
    assert mixing(ties, roles) == expected
    assert possible({"citizen": 2, "politician": 1, "employee": 1}) == {
        ("citizen", "citizen"): 1,
        ("citizen", "employee"): 2,
        ("citizen", "politician"): 2,
        ("employee", "employee"): 0,
        ("employee", "politician"): 1,
        ("politician", "politician"): 0,
    }


def test_two_waves_compared():
    change = compared({pair("ab"), pair("bc")}, {pair("ab"), pair("cd")})
    assert (change.kept, change.new, change.ended) == ({pair("ab")}, {pair("cd")}, {pair("bc")})
    assert change.jaccard == 1 / 3


def test_two_waves_without_ties_are_not_alike_but_unknown():
    assert compared(set(), set()).jaccard is None


@pytest.mark.parametrize("seed", range(5))
def test_networkx_says_the_same(seed):
    nx = pytest.importorskip("networkx")
    dice = random.Random(seed)  # noqa: S311 - any graph will do
    people = [f"p{n}" for n in range(12)]
    arcs = [arc for arc in itertools.permutations(people, 2) if dice.random() < 0.3]
    graph = nx.DiGraph(arcs)
    graph.add_nodes_from(people)
    assert density(len(arcs), len(people), directed=True) == pytest.approx(nx.density(graph))
    assert density(len(pairs_of(arcs, people)), len(people)) == pytest.approx(nx.density(graph.to_undirected()))
    assert reciprocity(arcs, people) == pytest.approx(nx.overall_reciprocity(graph))
    roles = {person: "abc"[at % 3] for at, person in enumerate(people)}
    nx.set_node_attributes(graph, roles, "role")
    theirs = nx.attribute_mixing_dict(graph.to_undirected(), "role")  # counts a tie between two roles once from each
    ours = mixing(pairs_of(arcs, people), roles)
    for one, other in itertools.combinations("abc", 2):
        assert ours[one, other] == theirs[one].get(other, 0)
