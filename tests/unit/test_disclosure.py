"""What may be told of few people: nothing under five, no points under ten, and nothing from which that follows."""

import itertools
import random

import pytest

from projections.measures.disclosure import (
    LEAST,
    Sum,
    may_follow,
    may_show,
    may_show_points,
    merged,
    singled_out,
    small,
    withheld,
)


@pytest.mark.parametrize(("n", "expected"), [(0, False), (4, False), (5, True), (9, True)])
def test_nothing_is_shown_of_fewer_than_five(n, expected):
    assert may_show(n) is expected


@pytest.mark.parametrize(("n", "expected"), [(5, False), (9, False), (10, True)])
def test_no_single_points_of_fewer_than_ten(n, expected):
    assert may_show_points(n) is expected


def test_whoever_may_see_the_answers_sees_any_number_of_them():
    assert may_show(1, insider=True)
    assert may_show_points(1, insider=True)


def counts(improved, same, declined):
    return {"improved": improved, "same": same, "declined": declined}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (counts(12, 6, 7), ((("improved",), 12), (("same",), 6), (("declined",), 7))),
        (counts(30, 2, 3), ((("improved",), 30), (("same", "declined"), 5))),
        (counts(12, 6, 2), ((("improved",), 12), (("same", "declined"), 8))),
        (counts(2, 9, 6), ((("same",), 9), (("improved", "declined"), 8))),
        (counts(12, 0, 0), ((("improved",), 12), (("same",), 0), (("declined",), 0))),
        (counts(21, 2, 1), None),
        (counts(12, 0, 3), None),
        (counts(4, 1, 0), None),
    ],
)
def test_small_counts_are_merged_and_withheld_if_still_small(found, expected):
    assert merged(found) == expected


def test_no_shown_or_left_out_part_is_ever_smaller_than_five():
    for improved, same, declined in itertools.product(range(13), repeat=3):
        parts = merged(counts(improved, same, declined))
        if parts is not None:
            assert sum(count for _, count in parts) == improved + same + declined
            assert all(count == 0 or count >= LEAST for _, count in parts)


# ------------------------------------------------------------------ tables
def one_sum(parts, whole=None):
    return Sum(tuple(parts), whole)


def test_nobody_is_not_few():
    assert [small(count) for count in (0, 1, 4, 5)] == [False, True, True, False]


def test_one_small_part_takes_another_with_it():
    assert withheld({"a": 3, "b": 9, "c": 20}, [one_sum("abc")], ["a"]) == {"a", "b"}


def test_parts_of_nothing_give_nothing_away():
    assert withheld({"a": 0, "b": 9}, [one_sum("ab")], ["a"]) == {"a"}


def test_a_part_that_is_nothing_is_told_and_helps_nobody():
    assert withheld({"a": 2, "b": 1, "c": 30, "d": 0}, [one_sum("abcd")]) == {"a", "b", "c"}
    assert withheld({"a": 12, "b": 6}, [one_sum("ab")]) == set()


def test_small_parts_that_are_many_stand_without_help():
    assert withheld({"a": 3, "b": 4, "c": 9}, [one_sum("abc")], ["a", "b"]) == {"a", "b"}


def test_parts_that_belong_together_go_together():
    pairs = {"a": "ab", "b": "ab", "c": "c", "d": "d"}
    values = {"a": 3, "b": 9, "c": 6, "d": 8}
    assert withheld(values, [one_sum("acd")], ["a"], together=pairs.__getitem__) == {"a", "b", "c"}


def test_the_whole_goes_only_when_nothing_else_is_left_to_withhold():
    assert withheld({"a": 3, "b": 9, "all": 12}, [one_sum("ab", "all")]) == {"a", "b"}
    assert withheld({"a": 3, "b": 0, "all": 3}, [one_sum("ab", "all")]) == {"a", "all"}
    assert withheld({"a": 2, "b": 2, "all": 4}, [one_sum("ab", "all")]) == {"a", "b", "all"}


def test_of_two_as_small_the_one_that_changed_more_is_told():
    moved = {"a": 0, "b": 6, "c": 1}.__getitem__
    assert withheld({"a": 3, "b": 7, "c": 7}, [one_sum("abc")], moved=moved) == {"a", "c"}


def test_two_unknown_in_each_row_and_column_can_still_be_one_known():
    """Each line of the table leaves two cells over; together they give one of them away."""
    counts = {("x", "p"): 3, ("x", "q"): 9, ("y", "p"): 8, ("y", "q"): 7, ("z", "p"): 20, ("z", "q"): 30}
    linked = [one_sum([(row, column) for column in "pq"]) for row in "xyz"]
    linked += [one_sum([(row, column) for row in "xyz"]) for column in "pq"]
    hidden = withheld(counts, linked)
    assert ("x", "p") in hidden
    assert len(hidden) == 4
    low, high = ranges(counts, linked, hidden)["x", "p"]
    assert high - low >= LEAST


def test_k_is_never_under_three():
    with pytest.raises(ValueError, match="at least 3"):
        withheld({"a": 1}, [], least=2)
    assert withheld({"a": 3, "b": 9}, [one_sum("ab")], least=3) == set()


def ranges(counts, sums, hidden):
    """Return the least and greatest value of each withheld cell by a solver of our own setting up: the whole system."""
    from scipy.optimize import linprog

    keys, rows, known = list(counts), [], []
    for one in sums:
        signs = {**dict.fromkeys(one.parts, 1), **dict.fromkeys(one.less, -1)}
        if one.whole is not None:
            signs[one.whole] = -1
        rows.append([signs.get(key, 0) for key in keys])
        known.append(sum(sign * counts[key] for key, sign in signs.items()))
    bounds = [(0, None) if key in hidden else (counts[key], counts[key]) for key in keys]
    found = {}
    for at, key in enumerate(keys):
        if key in hidden:
            ends = []
            for sign in (1, -1):
                wanted = [sign if place == at else 0 for place in range(len(keys))]
                solved = linprog(wanted, A_eq=rows or None, b_eq=known or None, bounds=bounds)
                ends.append(sign * solved.fun if solved.status == 0 else float("inf"))
            found[key] = tuple(ends)
    return found


def two_way(dice, rows, columns):
    """A table of rows and columns with both margins and the whole."""
    counts = {(row, column): dice.choice([0, 1, 2, 3, 6, 9, 14]) for row in rows for column in columns}
    sums = [one_sum([(row, column) for column in columns], (row, "")) for row in rows]
    sums += [one_sum([(row, column) for row in rows], ("", column)) for column in columns]
    sums += [one_sum([(row, "") for row in rows], ("", "")), one_sum([("", column) for column in columns], ("", ""))]
    for row in rows:
        counts[row, ""] = sum(counts[row, column] for column in columns)
    for column in columns:
        counts["", column] = sum(counts[row, column] for row in rows)
    counts["", ""] = sum(counts[row, ""] for row in rows)
    return counts, sums


def linked(dice):
    """Two tables of one report that share a margin: role by group, and role by gathering."""
    counts, sums = two_way(dice, "abc", "pqr")
    for row in "abc":
        parts, left = [], counts[row, ""]
        for at in range(3):
            parts.append((row, "at", at))
            counts[parts[-1]] = left if at == 2 else dice.randint(0, left)
            left -= counts[parts[-1]]
        sums.append(one_sum(parts, (row, "")))
    return counts, sums


def split(dice):
    """A table whose inner cells are made up of several that stand in the same sum, as the edges of a map do."""
    counts, sums = two_way(dice, "abc", "pq")
    for row, column in itertools.product("abc", "pq"):
        left, parts = counts[row, column], []
        for at in range(3):
            parts.append((row, column, at))
            counts[parts[-1]] = left if at == 2 else dice.randint(0, left)
            left -= counts[parts[-1]]
        sums.append(one_sum(parts, (row, column)))
    return counts, sums


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("made", [lambda dice: two_way(dice, "abcd", "pqr"), linked, split])
def test_no_small_cell_can_be_worked_out_of_tables_that_hang_together(made, seed):
    counts, sums = made(random.Random(seed))  # noqa: S311 - any table will do
    hidden = withheld(counts, sums)
    few = {key for key, count in counts.items() if small(count)}
    assert few <= hidden
    found = ranges(counts, sums, hidden)
    assert all(found[key][1] - found[key][0] >= LEAST - 1e-6 for key in few)
    assert withheld(counts, sums) == hidden


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("made", [lambda dice: two_way(dice, "abc", "pqr"), split])
def test_each_cell_withheld_for_anothers_sake_is_needed(made, seed):
    counts, sums = made(random.Random(seed))  # noqa: S311 - any table will do
    hidden = withheld(counts, sums)
    few = {key for key, count in counts.items() if small(count)}
    for key in hidden - few:
        found = ranges(counts, sums, hidden - {key})
        assert any(found[one][1] - found[one][0] < LEAST for one in few)


# ------------------------------------------------------------------ people who overlap, and other times
def people(*numbers, answer=0):
    return frozenset((f"p{number}", answer) for number in numbers)


def rows(*figures):
    return [dict.fromkeys(figure, 1) for figure in figures]


def test_a_group_inside_another_leaves_a_few_over():
    everybody, politicians = people(*range(7)), people(*range(5))
    assert not singled_out(rows(everybody))
    assert singled_out(rows(everybody, politicians))


def test_three_figures_can_single_out_what_no_two_of_them_do():
    one, other, both = people(*range(10)), people(*range(10, 20)), people(*range(21))
    assert not any(singled_out(rows(*pair)) for pair in ((one, other), (one, both), (other, both)))
    assert singled_out(rows(one, other, both))


def test_figures_of_the_same_people_single_nobody_out():
    assert not singled_out(rows(people(*range(8)), people(*range(8)), people(*range(20, 26))))


@pytest.mark.parametrize(("more", "expected"), [(0, True), (1, False), (4, False), (5, True)])
def test_what_is_told_later_differs_by_nobody_or_by_enough(more, expected):
    first, later = {"mean": people(*range(10))}, {"mean": people(*range(10 + more))}
    assert may_follow([first], later) is expected
    assert may_follow([later], first) is expected


def test_one_corrected_answer_is_a_difference_of_one_person():
    first = {"mean": people(*range(10))}
    corrected = {"mean": people(*range(9)) | people(9, answer=1)}
    assert not may_follow([first], corrected)
    assert may_follow([first], {"mean": people(*range(5)) | people(*range(5, 10), answer=1)})


def test_five_of_one_role_and_one_of_another_are_told_apart_by_the_sum():
    first = {"all": people(*range(20)), "citizens": people(*range(12))}
    later = {"all": people(*range(20), 30, 31, 32, 33, 34, 40), "citizens": people(*range(12), 30, 31, 32, 33, 34)}
    assert not may_follow([first], later)


def test_what_was_not_told_in_between_is_compared_with_when_it_last_was():
    stack = [{"mean": people(*range(10))}, {"other": people(*range(10))}]
    assert not may_follow(stack, {"mean": people(*range(11))})
