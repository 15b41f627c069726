"""The map: places that do not move, nothing that collides, and no tie that runs behind a third place."""

import itertools

import pytest

from service.charts.map import CLEAR, NARROW, WIDE, Place, drawing, placed, points_on, wrapped
from service.charts.map_paper import map_paper
from service.charts.map_svg import map_svg

SIDES = [Place("employee", "Kommunen", "employee", "14 medarbejdere", "14 medarb.")]
SIDES.append(Place("politician", "Byrådet", "politician", "6 politikere", "6 politikere"))


def places(groups, title="Stier og natur"):
    return [Place(f"group/g{n}", f"{title} {n}", "citizen", "8 borgere", "8 borgere") for n in range(groups)] + SIDES


def every_tie(found, **counts):
    return {tuple(sorted((a.id, b.id))): counts for a, b in itertools.combinations(found, 2)}


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("groups", range(13))
def test_no_two_places_touch_and_all_stand_on_the_sheet(groups, sheet):
    nodes, height = placed(places(groups), sheet)
    for one, other in itertools.combinations(nodes, 2):
        assert not one.meets(other)
    for node in nodes:
        assert node.x - node.width / 2 >= 0
        assert node.x + node.width / 2 <= sheet.width
        assert node.y - node.height / 2 >= 0
        assert node.y + node.height / 2 <= height


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("groups", [1, 3, 6, 9, 12])
def test_a_tie_to_the_middle_runs_behind_no_third_place(groups, sheet):
    found = places(groups)
    ties = {(side, place.id): {"was": 8} for side in ("employee", "politician") for place in found[:groups]}
    drawn = drawing(found, ties, 8, "", sheet)
    for (side, ref), stroke in zip(sorted(ties), drawn.strokes, strict=True):
        for node in drawn.nodes:
            if node.place.id not in {side, ref}:
                assert not any(node.holds(point, CLEAR - 1) for point in points_on(stroke.way)), (
                    side,
                    ref,
                    node.place.id,
                )


def test_places_stay_where_they_are_when_ties_come_and_go():
    found = places(6)
    before = drawing(found, {}, 8, "")
    after = drawing(found, every_tie(found, was=5, new=8, ended=6), 8, "")
    assert before.nodes == after.nodes


def test_the_same_ties_are_the_same_drawing():
    found = places(9)
    ties = every_tie(found, was=5, new=8)
    assert drawing(found, ties, 8, "") == drawing(found, dict(reversed(ties.items())), 8, "")


def test_more_ties_are_a_wider_line():
    found = places(2)
    few, many = (
        drawing(found, {("employee", "politician"): {"was": count}}, 20, "").strokes[0].width for count in (5, 20)
    )
    assert few < many


def test_what_was_is_new_and_has_ended_lie_side_by_side():
    found = places(2)
    strokes = drawing(found, {("employee", "politician"): {"was": 9, "new": 9, "ended": 9}}, 9, "").strokes
    assert [stroke.kind for stroke in strokes] == ["was", "new", "ended"]
    assert len({stroke.way for stroke in strokes}) == 3


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Hallen", ("Hallen",)),
        ("Børn og unge", ("Børn og", "unge")),
        ("Trafiksikkerhedsgruppen", ("Trafiksikk…",)),
        ("Stier, natur og alt det andet", ("Stier,", "natur og a…")),
    ],
)
def test_a_title_stands_in_two_lines_at_most(title, expected):
    assert wrapped(title, 11) == expected


def test_titles_are_text_on_page_and_paper():
    found = places(1, title="<b>&")
    drawn = drawing(found, {}, 1, 'en "tegning"')
    for written in (map_svg(drawn, "only-wide"), map_paper(drawn)):
        assert "<b>" not in written
        assert "&lt;b&gt;&amp;" in written


def test_the_page_takes_its_colours_from_the_style_sheet_and_paper_has_its_own():
    drawn = drawing(places(3), every_tie(places(3), was=5, new=6, ended=7), 7, "Kort")
    page, paper = map_svg(drawn, "only-wide"), map_paper(drawn)
    assert "#" not in page
    assert "style=" not in page
    assert "class=" not in paper
    assert 'aria-label="Kort"' in page
