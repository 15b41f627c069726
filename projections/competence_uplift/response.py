"""Who was asked and who has answered, by role; never a sum over roles.

Whoever paused has begun, and has not answered until the sheet is sent whole: a question left counts for no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.vocabulary import Visibility
from projections.competence_uplift.sheets import ORDER, Answers, counts
from projections.kernel import DEPTH, Figure, State, figure, ref_in
from projections.measures import disclosure


def round_of(answers: Answers, ref: str, state: State, depth: int) -> State:
    """Return a round with how many of those asked have answered, by role; never a sum over roles."""
    sheets = answers.given.get(ref, {})
    asked: dict[str, set[str]] = {}
    eligible = answers.eligible(state)
    for person in sorted(eligible | sheets.keys()):
        asked.setdefault(_role_of(answers, person, sheets), set()).add(person)
    whole = {person: sheet for person, sheet in sheets.items() if answers.whole(state, sheet)}
    fields = {name: state.get(name) for name in ("moment", "version", "instrument_id", "when", "closed")}
    response = [
        _response(ref, state, role, people, whole, complete=bool(eligible))
        for role, people in sorted(asked.items(), key=lambda one: ORDER.get(one[0], len(ORDER)))
        if disclosure.may_show(len(people), insider=depth >= DEPTH[Visibility.TEAM])
    ]
    found = {"id": ref, **fields, "response": response, "withheld": len(asked) - len(response)}
    if depth >= DEPTH[Visibility.TEAM]:
        found["people"] = [
            _who(answers, (ref, state), person, sheets) for person in sorted(eligible | sheets.keys(), key=_natural)
        ]
    return found


def _natural(person: str) -> tuple[int, str]:
    return len(person), person


def _who(answers: Answers, asked: tuple[str, State], person: str, sheets: Mapping[str, State]) -> State:
    """Return that, and when, somebody answered or began, for the team: never what."""
    ref, state = asked
    given = {"answered": sheets.get(person, {}), "then": answers.states.get(f"answers/{ref}/{person}/then", {})}
    known = {name: sheet for name, sheet in given.items() if counts(sheet)}
    whole = {name for name, sheet in known.items() if answers.whole(state, sheet)}
    return {
        "participant": person,
        "tag": answers.tag(person),
        "role": _role_of(answers, person, sheets),
        **{name: known[name]["when"] if name in whole else None for name in given},
        "begun": {name: known[name]["when"] for name in known if name not in whole},
    }


def _role_of(answers: Answers, person: str, sheets: Mapping[str, State]) -> str:
    """Return the role somebody answered in; of who has not, the first role they took on."""
    return ref_in(sheets.get(person, {}), "role") or answers.first_role(person)


def _response(
    ref: str, state: State, role: str, people: set[str], sheets: Mapping[str, State], *, complete: bool
) -> State:
    given = [sheets[person] for person in sorted(people) if person in sheets]
    return {
        "role": role,
        "asked": figure(f"asked:{ref}:{role}", len(people), [state]) if complete else None,
        "answered": figure(f"answered:{ref}:{role}", len(given), given, len(people)),
    }


def summary_of(role: str, cells: Sequence[State]) -> State:
    """Return in how many of a role's competences the change is higher, or lower, beyond its uncertainty."""
    shown = [cell for cell in cells if cell["shown"] != "withheld"]

    def those(name: str, sign: int) -> Figure:
        held = [cell for cell in shown if cell["direction"] == sign]
        events = sorted(
            {at for cell in shown for at in cell["gain"]["change"].events}
        )  # that it is none rests on all, too
        return Figure(f"{name}:{role}", len(held), len(shown), tuple(events))

    return {
        "role": role,
        "asked": len(cells),
        "shown": len(shown),
        "higher": those("higher", 1),
        "lower": those("lower", -1),
    }
