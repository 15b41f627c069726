"""Competence uplift: how people rated themselves before and after, the same persons on the same items.

Folded as deep as the evaluators see, and so careful by itself: whoever may not see the answers gets means of at least
five, points of at least ten (before and after not joined), and no sum over roles.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from projections.kernel import DEPTH, Answer, Request, State, of_kind, ref_in

__all__ = ["competence_uplift"]


@competence_uplift.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Compare before and after per competence and role; say who answered, and what is not shown."""
    answers, insider = Answers(states), request.depth >= DEPTH[Visibility.EVALUATORS]
    standing = answers if request.standing is None else Answers(request.standing)
    competences = _competences(states, answers)
    roles = sorted({sheet.role for held in answers.sheets.values() for sheet in held.values()}, key=ORDER.__getitem__)
    texts = Coded(states)
    strands = Strands(answers, texts)
    cells = [
        _cell(answers, strands, one, role, insider=insider)
        for one in competences
        for role in roles
        if not one["roles"] or role in one["roles"]
    ]
    data: dict[str, Any] = {
        "part": request.depth > DEPTH[Visibility.PUBLIC],
        "insider": insider,
        "sources": told_by_sources(answers, states),
        "instruments": _instruments(answers),
        "rounds": [round_of(standing, ref, state, request.depth) for ref, state in standing.rounds.items()],
        "roles": [summary_of(role, [cell for cell in cells if cell["role"] == role]) for role in roles],
        "cells": cells,
        "passages": passages(texts) if insider else [],
    }
    if request.by in PARTS:
        data["by"] = by_part(answers, request.by, competences, roles, insider=insider)
    elif request.by:
        data["by"] = regrouped(cells, request.by)
    return Answer(data, tuple(notes_of(answers, states, cells)) if data["part"] or data["sources"] else ())


def _cell(answers: Answers, strands: Strands, competence: State, role: str, *, insider: bool) -> State:
    """Return the cell of a role, with what the other strands say beside it; of one that is withheld nothing is said."""
    cell = cell_of(answers, competence, role, {"role": role}, in_role(role), insider=insider)
    if cell["shown"] == "withheld":
        return cell
    return {**cell, "strands": strands.of(competence, role, in_role(role), cell["direction"], insider=insider)}


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
