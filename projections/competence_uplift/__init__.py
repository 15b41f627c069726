"""Competence uplift: how people rated themselves before and after, the same persons on the same items.

Folded as deep as the evaluators see, and so careful by itself: whoever may not see the answers gets means of at least
five, points of at least ten (before and after not joined), and no sum over roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.vocabulary import Visibility
from projections.coded import Coded
from projections.competence_uplift.cells import cell_of
from projections.competence_uplift.doings import passages
from projections.competence_uplift.folding import competence_uplift
from projections.competence_uplift.notes import notes_of, told_by_sources
from projections.competence_uplift.parts import PARTS, by_part, in_role, regrouped
from projections.competence_uplift.response import round_of, summary_of
from projections.competence_uplift.sheets import ORDER, Answers, listed
from projections.competence_uplift.strands import Strands
from projections.kernel import DEPTH, Answer, Figure, Request, State, figures_in, of_kind, ref_in

__all__ = ["competence_uplift"]


@competence_uplift.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Compare before and after per competence and role; say who answered, and what is not shown."""
    found = _Comparison(states, request)
    data = found.data()
    if request.by:
        data["by"] = found.by(request.by)
    return Answer(data, tuple(found.notes()) if data["part"] or data["sources"] else ())


@competence_uplift.tells
def told(states: Mapping[str, State], request: Request) -> Iterator[Figure]:
    """Every figure of every breakdown, over answers that are compared once; some only put the cells in other order."""
    found = _Comparison(states, request)
    yield from figures_in([found.data(), *map(found.by, PARTS)])


class _Comparison:
    """What all breakdowns of an answer rest on."""

    def __init__(self, states: Mapping[str, State], request: Request) -> None:
        self._states, self._request = states, request
        self._insider = request.depth >= DEPTH[Visibility.EVALUATORS]
        self._answers, self._texts = Answers(states), Coded(states)
        self._competences = _competences(states, self._answers)
        held = {sheet.role for sheets in self._answers.sheets.values() for sheet in sheets.values()}
        self._roles = sorted(held, key=ORDER.__getitem__)
        strands = Strands(self._answers, self._texts)
        self._cells = [
            self._cell(strands, one, role)
            for one in self._competences
            for role in self._roles
            if not one["roles"] or role in one["roles"]
        ]

    def _cell(self, strands: Strands, competence: State, role: str) -> State:
        """Return the cell of a role, with what the other strands say beside it; of one withheld nothing is said."""
        cell = cell_of(self._answers, competence, role, {"role": role}, in_role(role), insider=self._insider)
        if cell["shown"] == "withheld":
            return cell
        beside = strands.of(competence, role, in_role(role), cell["direction"], insider=self._insider)
        return {**cell, "strands": beside}

    def data(self) -> dict[str, Any]:
        """Return the answer without a breakdown."""
        standing = self._answers if self._request.standing is None else Answers(self._request.standing)
        rounds = standing.rounds.items()
        return {
            "part": self._request.depth > DEPTH[Visibility.PUBLIC],
            "insider": self._insider,
            "sources": told_by_sources(self._answers, self._states),
            "instruments": _instruments(self._answers),
            "rounds": [round_of(standing, ref, state, self._request.depth) for ref, state in rounds],
            "roles": [summary_of(role, [one for one in self._cells if one["role"] == role]) for role in self._roles],
            "cells": self._cells,
            "passages": passages(self._texts) if self._insider else [],
        }

    def by(self, by: str) -> list[State]:
        """Return the cells of another part of the people than their role, or these in other order."""
        if by in PARTS:
            return by_part(self._answers, by, self._competences, self._roles, insider=self._insider)
        return regrouped(self._cells, by)

    def notes(self) -> Iterable[tuple[str, str]]:
        """Return what must be said beside the cells."""
        return notes_of(self._answers, self._states, self._cells)


@competence_uplift.waits
def unfinished(states: Mapping[str, State]) -> set[str]:
    """Answers to a round that is open, and that somebody who was asked has not answered."""
    answers, there = Answers(states), dict[str, set[str]]()
    for state in of_kind(states, "answers").values():
        if state.get("frame") == "now":
            person = answers.person(str(ref_in(state, "participant_id")))
            there.setdefault(str(ref_in(state, "round_id")), set()).add(person)
    open_still = {
        ref
        for ref, state in answers.rounds.items()
        if "closed" not in state
        and not {answers.person(str(one)) for one in listed(state, "eligible")} <= there.get(ref, set())
    }
    kinds = ("answers", "observer-assessment")
    return {f"{k}/{ref}" for k in kinds for ref, s in of_kind(states, k).items() if s.get("round_id") in open_still}


def _competences(states: Mapping[str, State], answers: Answers) -> list[State]:
    """Return the competences asked about, by the newest version that says what each is called."""
    asked = {
        item["competence_id"]
        for state in answers.rounds.values()
        for item in listed(answers.version(str(ref_in(state, "instrument_id")), state.get("version")), "items")
    }
    found: dict[str, State] = {}
    for framework in of_kind(states, "framework").values():
        for _, version in sorted(framework.get("versions", {}).items(), key=lambda one: int(one[0])):
            found |= {one["id"]: one for one in listed(version, "competences") if one["id"] in asked}
    return [
        *found.values(),
        *({"id": ref, "title": None, "roles": [], "signs": []} for ref in sorted(asked - found.keys())),
    ]


def _instruments(answers: Answers) -> list[State]:
    used = dict.fromkeys((str(ref_in(s, "instrument_id")), str(s.get("version"))) for s in answers.rounds.values())
    found = []
    for ref, number in used:
        version = answers.version(ref, number)
        found.append(
            {
                "id": ref,
                "version": int(number) if number.isdigit() else None,
                "scale": version.get("scale"),
                "layout": version.get("layout"),
            }
        )
    return found
