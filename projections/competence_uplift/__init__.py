"""Competence uplift: how people rated themselves before and after, the same persons on the same items.

Folded as deep as the evaluators see, and so careful by itself: whoever may not see the answers gets means of at least
five, points of at least ten (before and after not joined), and no sum over roles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from domain.vocabulary import Visibility
from projections.competence_uplift.cells import Belongs, cell_of, within
from projections.competence_uplift.folding import competence_uplift
from projections.competence_uplift.notes import notes_of
from projections.competence_uplift.response import ORDER, round_of, summary_of
from projections.competence_uplift.sheets import Answers, listed, pairs_of
from projections.kernel import DEPTH, Answer, Request, State, of_kind, ref_in
from projections.measures import disclosure

__all__ = ["competence_uplift"]


@competence_uplift.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Compare before and after per competence and role; say who answered, and what is not shown."""
    answers, insider = Answers(states), request.depth >= DEPTH[Visibility.EVALUATORS]
    competences = _competences(states, answers)
    roles = sorted({sheet.role for held in answers.sheets.values() for sheet in held.values()}, key=ORDER.__getitem__)
    cells = [
        cell_of(answers, one, role, {"role": role}, in_role(role), insider=insider)
        for one in competences
        for role in roles
        if not one["roles"] or role in one["roles"]
    ]
    data: dict[str, Any] = {
        "part": request.depth > DEPTH[Visibility.PUBLIC],
        "insider": insider,
        "instruments": _instruments(answers),
        "rounds": [round_of(answers, ref, state, request.depth) for ref, state in answers.rounds.items()],
        "roles": [summary_of(role, [cell for cell in cells if cell["role"] == role]) for role in roles],
        "cells": cells,
    }
    if request.by == "group":
        data["by"] = _by_group(answers, states, competences, roles, insider=insider)
    elif request.by:
        data["by"] = _regrouped(cells, request.by)
    return Answer(data, tuple(notes_of(answers, states, cells)) if data["part"] else ())


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
    return [*found.values(), *({"id": ref, "title": None, "roles": []} for ref in sorted(asked - found.keys()))]


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


def _by_group(
    answers: Answers,
    states: Mapping[str, State],
    competences: Sequence[State],
    roles: Sequence[str],
    *,
    insider: bool,
) -> list[State]:
    """Return the cells by group; none of a competence where a part, by role or group, would be given away."""
    groups = {
        ref: {answers.person(str(one)) for one in state.get("members", [])}
        for ref, state in of_kind(states, "group").items()
        if state.get("title")
    }

    def named(ref: str) -> State:
        return {"group": ref, "group_title": states[f"group/{ref}"]["title"]}

    found = []
    for one in competences:
        pairs = pairs_of(answers, answers.of("before"), answers.of("after"), one["id"])
        parts = [within(pairs, part) for part in (*map(in_role, roles), *map(in_group, groups.values()))]
        told: list[dict[disclosure.Share, int]] = [
            {(one.person, 0): 1 for one in part} for part in parts if disclosure.may_show(len(part))
        ]
        if insider or not disclosure.singled_out(told):
            found += [
                cell_of(answers, one, f"group:{ref}", named(ref), in_group(held), insider=insider)
                for ref, held in groups.items()
                if within(pairs, in_group(held))
            ]
    return found


def in_role(role: str) -> Belongs:
    """Belonging: those who answered in the role."""
    return lambda _, held: held == role


def in_group(members: Collection[str]) -> Belongs:
    """Belonging: the members of a group."""
    return lambda person, _: person in members


def _regrouped(cells: Sequence[State], by: str) -> list[State]:
    keys = dict.fromkeys(cell[by] for cell in cells)
    return [{by: key, "cells": [cell for cell in cells if cell[by] == key]} for key in keys]
