"""The cells by another part of the people than their role: group, dose or version of the questions."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.gathering import Attendance
from projections.competence_uplift.cells import Belongs, cell_of, within
from projections.competence_uplift.sheets import Answers
from projections.kernel import State, of_kind, ref_in
from projections.measures import disclosure

DOSES: Final = (("0", 0, 0), ("1-2", 1, 2), ("3+", 3, math.inf))
"""How many gatherings somebody came to, in bands: small numbers, and a person is not known by theirs."""
KNOWN: Final = (Attendance.PRESENT, Attendance.ABSENT, Attendance.EXCUSED)
"""What says whether somebody came; unknown, or no word of it, does not."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the people, and how they are named in the answer."""

    key: str
    named: State
    people: frozenset[str]


def in_role(role: str) -> Belongs:
    """Belonging: those who answered in the role."""
    return lambda _, held: held == role


def among(people: Collection[str]) -> Belongs:
    """Belonging: these people."""
    return lambda person, _: person in people


def by_part(
    answers: Answers, by: str, competences: Sequence[State], roles: Sequence[str], *, insider: bool
) -> list[State]:
    """Return the cells by part; none of a competence where some, by role or part, would be given away."""
    parts, found = PARTS[by](answers), []
    for one in competences:
        pairs = answers.pairs("gain", one["id"])
        held = [within(pairs, part) for part in (*map(in_role, roles), *(among(part.people) for part in parts))]
        told: list[dict[disclosure.Share, int]] = [
            {(one.person, 0): 1 for one in people} for people in held if disclosure.may_show(len(people))
        ]
        if insider or not disclosure.singled_out(told):
            found += [
                cell_of(answers, one, part.key, part.named, among(part.people), insider=insider)
                for part in parts
                if within(pairs, among(part.people))
            ]
    return found


def _groups(answers: Answers) -> list[Part]:
    return [
        Part(
            f"group:{ref}",
            {"group": ref, "group_title": state["title"]},
            frozenset(answers.person(str(one)) for one in state.get("members", [])),
        )
        for ref, state in of_kind(answers.states, "group").items()
        if state.get("title")
    ]


def _doses(answers: Answers) -> list[Part]:
    """Return the people by how many gatherings they came to; of whom nobody wrote that down, it is not known."""
    came: dict[str, set[str]] = {}
    for state in of_kind(answers.states, "attendance").values():
        who, status = ref_in(state, "participant_id"), ref_in(state, "status")
        if who is not None and status in KNOWN:
            to = came.setdefault(answers.person(who), set())
            to |= {str(ref_in(state, "gathering_id"))} if status == Attendance.PRESENT else set()
    rounds = [*answers.sheets.values(), *map(answers.eligible, answers.rounds.values())] if came else []
    there = {who for people in rounds for who in people}
    bands = {
        name: frozenset(who for who in there & came.keys() if low <= len(came[who]) <= high)
        for name, low, high in DOSES
    }
    bands["unknown"] = frozenset(there - came.keys())
    return [Part(f"dose:{name}", {"dose": name}, people) for name, people in bands.items()]


def _versions(answers: Answers) -> list[Part]:
    """Return the people by the questions they answered last, or were asked last."""
    last = {
        who: (str(ref_in(one, "instrument_id")), int(one.get("version") or 0))
        for one in answers.rounds.values()
        if one.get("moment") == "after"
        for who in answers.eligible(one)
    }
    last |= {who: (sheet.instrument, sheet.version) for who, sheet in answers.of("after").items()}
    found: dict[tuple[str, int], set[str]] = {}
    for who, questions in last.items():
        found.setdefault(questions, set()).add(who)
    return [
        Part(f"version:{ref}:{number}", {"instrument": ref, "version": number}, frozenset(people))
        for (ref, number), people in sorted(found.items())
    ]


PARTS: Final = {"group": _groups, "dose": _doses, "version": _versions}


def regrouped(cells: Sequence[Mapping[str, State]], by: str) -> list[State]:
    """Return the cells of the answer by one of their names."""
    keys = dict.fromkeys(cell[by] for cell in cells)
    return [{by: key, "cells": [cell for cell in cells if cell[by] == key]} for key in keys]
