"""What may be shown of few people: nothing under five, no points under ten, small counts merged or withheld."""

import itertools

import pytest

from projections.measures.suppression import LEAST, may_divide, may_show, may_show_points, merged


@pytest.mark.parametrize(("n", "expected"), [(0, False), (4, False), (5, True), (9, True)])
def test_nothing_is_shown_of_fewer_than_five(n, expected):
    assert may_show(n) is expected


@pytest.mark.parametrize(("n", "expected"), [(5, False), (9, False), (10, True)])
def test_no_single_points_of_fewer_than_ten(n, expected):
    assert may_show_points(n) is expected


def test_whoever_may_see_the_answers_sees_any_number_of_them():
    assert may_show(1, insider=True)
    assert may_show_points(1, insider=True)


@pytest.mark.parametrize(
    ("sizes", "expected"), [([24, 12, 6], True), ([24, 12, 4], False), ([24, 0, 6], True), ([], True)]
)
def test_a_whole_is_not_divided_where_one_part_would_be_given_away(sizes, expected):
    assert may_divide(sizes) is expected


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
