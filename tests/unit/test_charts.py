"""One specification, two writers: the page and the paper tell the same, and nothing that is withheld."""

import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from projections.kernel import Figure
from service.charts import paper, svg
from service.charts.dumbbell import between, dumbbell, signed
from service.charts.spec import Meaning


def change(key, number, first, n=12, interval=(0.2, 0.9)):
    def figure(name, worth):
        return Figure(f"{name}:{key}", worth, n, (1, 2))

    found = {"change": figure("gain", number), "first": figure("gain-first", first)}
    return {**found, "last": figure("gain-last", first + number), "interval": interval and list(interval)}


def cell(role, gain, points=None):
    title = {"da": "Handle <sammen>", "en": "Acting <together>"}
    shown = "points" if points else "means" if gain else "withheld"
    named = {"competence": "act", "title": title, "role": role, "shown": shown, "points": points, "counts": None}
    return {**named, "gain": gain, "then_gain": None}


DATA = {
    "instruments": [{"scale": {"min": 1, "max": 5, "labels": [{"level": 1, "text": {"da": "slet ikke", "en": "no"}}]}}],
    "cells": [
        cell("citizen", change("act:citizen", 0.5, 2.5), {"first": [2, 2, 2, 2, 3], "last": [3, 3, 3, 4, 4]}),
        cell("politician", None),
        cell("evaluator", change("act:evaluator", -0.5, 3, interval=None)),
    ],
}


def test_marks_have_places_from_nought_to_one_on_the_scale():
    marks = [mark for line in dumbbell(DATA, "da").panels[0].lines for mark in line.marks]
    assert all(0 <= place <= 1 for mark in marks for place in (mark.at, mark.to) if place is not None)
    line = dumbbell(DATA, "da").panels[0].lines[0]
    places = {mark.meaning: (mark.at, mark.to) for mark in line.marks}
    assert places[Meaning.FIRST] == (0.375, None)
    assert places[Meaning.CHANGE] == (0.375, 0.5)
    assert places[Meaning.INTERVAL] == (0.425, 0.6)


def test_points_of_one_place_lie_in_lanes():
    line = dumbbell(DATA, "da").panels[0].lines[0]
    assert [mark.lane for mark in line.marks if mark.meaning is Meaning.POINT_FIRST] == [0, 1, 2, 0, 0]


def test_of_a_crowd_at_one_place_no_more_are_drawn_than_can_be_seen_and_that_is_said():
    crowd = {"first": [2] * 40 + [3], "last": [3] * 12 + [4] * 5}
    chart = dumbbell({**DATA, "cells": [cell("citizen", change("act:citizen", 0.5, 2.5), crowd)]}, "da")
    drawn = Counter((mark.meaning, mark.at) for mark in chart.panels[0].lines[0].marks if "point" in mark.meaning)
    assert sorted(drawn.values()) == [1, 5, 12, 12]
    assert (chart.most, dumbbell(DATA, "da").most) == (12, None)


def test_a_withheld_line_has_no_number_in_chart_table_or_words():
    chart = dumbbell(DATA, "da")
    line = chart.panels[0].lines[1]
    assert ([mark.meaning for mark in line.marks], line.result, line.figure) == ([Meaning.WITHHELD], "", None)
    assert [cell for cell in chart.table.rows[1][2:] if cell] == ["vises ikke"]
    assert "Politikere: vises ikke" in chart.description


def test_the_description_says_what_the_chart_shows():
    said = dumbbell(DATA, "en").description
    assert said.startswith("Acting <together>. Citizens: +0.5 (between 0.2 and 0.9, 12 pairs);")


def test_both_writers_draw_every_mark():
    chart = dumbbell(DATA, "da")
    drawn = ET.fromstring(paper.paper(chart))  # noqa: S314 - our own
    lines = chart.panels[0].lines
    circles = sum(mark.meaning in {Meaning.POINT_FIRST, Meaning.POINT_LAST} for mark in lines[0].marks)
    assert len([one for one in drawn if one.tag.endswith("circle")]) == circles
    shapes = svg.strip(lines[0], chart.scale)
    assert len([one for one in shapes if one.tag == "circle"]) == circles
    assert [one.tag for one in svg.strip(lines[1], chart.scale)] == ["rect"]


def test_what_people_call_things_is_never_markup():
    assert "Handle &lt;sammen&gt;" in paper.paper(dumbbell(DATA, "da"))


def test_places_on_the_page_are_in_percent():
    chart = dumbbell(DATA, "da")
    places = [one.at["x"] for one in svg.axis(chart.scale)]
    assert places[0] == "2.0%"
    assert places[-1] == "98.0%"
    assert all(re.fullmatch(r"[\d.]+%", place) for place in places)


def test_a_role_without_a_mark_of_its_own_is_drawn_unstated():
    assert [svg.symbol(role) for role in ("citizen", "evaluator", None)] == ["citizen", "unstated", "unstated"]


@pytest.mark.parametrize(
    ("number", "da", "en"), [(0.66, "+0,7", "+0.7"), (-0.25, "−0,3", "−0.3"), (0.04, "0,0", "0.0")]
)
def test_a_change_is_written_with_its_sign(number, da, en):
    assert (signed(number, "da"), signed(number, "en")) == (da, en)


def test_an_interval_is_written_in_words():
    assert between([-0.1, 0.6], "da") == "mellem −0,1 og 0,6"
    assert between(None, "en") == "the uncertainty cannot be worked out"
