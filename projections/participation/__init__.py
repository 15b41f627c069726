"""Participation: who was asked and who came, by role, gathering, series and group. Counts only: nobody is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from domain.gathering import AttendanceRecorded, GatheringHeld
from domain.vocabulary import Role, Visibility
from projections.kernel import DEPTH, Answer, Figure, Projection, Request, State, counted, figure, ref_in
from projections.measures.disclosure import Sum, withheld
from projections.participation.attending import ASKED, FOLDS, NEVER_ASKED, STANDINGS, Attending, Place
from projections.people import GROUP_EVENTS, PARTICIPANT_EVENTS, UNSTATED, People, group, participant

participation = Projection(
    name="participation",
    version=1,
    da="Hvem kom?",
    en="Who came?",
    rows="gatherings",
    breakdowns=("role", "gathering", "series", "group"),
    deep=Visibility.TEAM,
    ends=(AttendanceRecorded, GatheringHeld),
    figures_alone=True,
)
participation.on(*PARTICIPANT_EVENTS)(participant)
participation.on(*GROUP_EVENTS)(group)
participation.folds |= FOLDS

ROLES: Final = (*(role.value for role in Role), UNSTATED)
AWAY: Final = ("absent", "excused")
TIMES_AWAY: Final = 2
WITHHELD: Final = {"withheld": "few"}


# ------------------------------------------------------------------ figures
class Teller:
    """Makes figures of places, and knows how they hang together: then it says which of them may be told."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.sums: list[Sum[str]] = []
        self.foremost: list[str] = ["people"]

    def cell(self, found: Figure) -> Figure:
        """Return a figure that counts people, having noted it."""
        self.counts[found.key] = found.value
        return found

    def people(self, key: str, places: Iterable[Place]) -> Figure:
        """Return how many people have these places, each once."""
        found = list(places)
        persons = {place.person for place in found}
        states = [state for place in found for state in place.rests_on]
        return self.cell(figure(key, len(persons), states, len(persons)))

    def split(
        self,
        key: str,
        places: Iterable[Place],
        parts: Iterable[str],
        part: Callable[[Place], str],
        whole: str | None = None,
    ) -> dict[str, Figure]:
        """Return how many people fall into each part of a whole."""
        found = list(places)
        told = {
            name: self.people(f"{key}:{name}", [place for place in found if part(place) == name])
            for name in parts
            if any(part(place) == name for place in found)
        }
        self.sums.append(Sum(tuple(one.key for one in told.values()), whole))
        return told

    def grouped(self, key: str, places: Iterable[Place], people: People, whole: str) -> dict[str, Figure]:
        """Return how many people of each group; those in none are not told, and so follow from the rest."""
        found = list(places)
        groups = {place.person: people.groups_of(place.person) for place in found}
        told = {
            ref: self.people(f"{key}:{ref}", [p for p in found if ref in groups[p.person]]) for ref in people.groups
        }
        outside = self.people(f"{key}:", [place for place in found if not groups[place.person]])
        self.sums.append(Sum((*(one.key for one in told.values()), outside.key), whole))
        return told

    def told(self, data: Any) -> Any:
        """Return the answer with what may not be told taken out."""
        return _without(data, withheld(self.counts, self.sums, last=self.foremost))


def _without(data: Any, hidden: Collection[str]) -> Any:
    if isinstance(data, Figure):
        return dict(WITHHELD) if data.key in hidden else data
    if isinstance(data, dict):
        return {name: _without(item, hidden) for name, item in data.items()}
    return [_without(item, hidden) for item in data] if isinstance(data, list) else data


@participation.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Count people and gatherings; unknown is never absent, and a headcount never a number of participants."""
    attending, tell = Attending(states, request.depth), Teller()
    insider = request.depth >= DEPTH[Visibility.TEAM]
    came = [place for place in attending.places if place.standing == "present"]
    individual = request.depth >= DEPTH[Visibility.PROCESS] or bool(attending.rows)
    registered, everybody = _registered(attending, tell), tell.people("people", came)
    gatherings = [_gathering(ref, attending, tell) for ref in attending.gatherings]
    data: State = {
        "individual": individual,
        "held": counted("held", [s for s in attending.gatherings.values() if s.get("status") == "held"]),
        "people": everybody,
        "registered": registered,
        "by_role": _by_role(came, tell),
        "gatherings": gatherings,
        "series": _series(attending, came, tell),
        "times": _times(attending, came, tell),
        "dropping_out": _dropping_out(attending, tell),
        "never_reached": _never_reached(attending),
        "other_headcounts": [
            _headcount(ref, state)
            for ref, state in attending.headcounts.items()
            if state.get("gathering_id") not in attending.gatherings
        ],
    }
    if request.by in participation.breakdowns:
        data["by"] = _broken_down(request.by, data, attending, came, tell)
    return Answer(data if insider else tell.told(data), _notes(attending, insider=insider, individual=individual))


def _registered(attending: Attending, tell: Teller) -> Figure:
    return tell.cell(_persons("registered", attending, attending.people.registered()))


def _persons(key: str, attending: Attending, found: list[str]) -> Figure:
    return figure(key, len(found), [state for ref in found for state in attending.people.states(ref)], len(found))


def _gathering(ref: str, attending: Attending, tell: Teller) -> State:
    state, key = attending.gatherings[ref], f"gathering:{ref}"
    places = [place for place in attending.places if place.gathering == ref]
    came = [place for place in places if place.standing == "present"]
    rows = [place for place in places if place.standing not in {ASKED, NEVER_ASKED}]
    all_came = tell.people(f"{key}:came", came)
    listed = len({place.person for place in places}) == tell.counts["registered"]
    standings = tell.split(key, places, STANDINGS, lambda place: place.standing, "registered" if listed else None)
    if "present" in standings:
        tell.sums.append(Sum((standings["present"].key,), all_came.key))
        tell.foremost += [standings["present"].key, all_came.key]
    return {
        "id": ref,
        **{name: state.get(name) for name in ("title", "series", "gathering_kind", "status", "when", "starts")},
        "recorded": bool(rows),
        "came": all_came if rows else None,
        "standings": standings,
        "by_role": tell.split(f"{key}:came", came, ROLES, lambda place: place.role, all_came.key),
        "headcounts": [
            _headcount(*item) for item in attending.headcounts.items() if item[1].get("gathering_id") == ref
        ],
        "invitations": [
            {**_shown(one, "channel", "reach", "when"), "entries": counted(f"invitation:{key}:{at}", [one])}
            for at, one in enumerate(attending.asked(ref))
        ],
        "entries": counted(key, [state]),
    }


def _shown(state: State, *names: str) -> State:
    return {name: state.get(name) for name in names}


def _headcount(ref: str, state: State) -> State:
    return {**_shown(state, "total", "basis", "by_role", "when"), "entries": counted(f"headcount:{ref}", [state])}


def _by_role(came: list[Place], tell: Teller) -> list[State]:
    found = tell.split("role", came, ROLES, lambda place: place.role, "people")
    return [{"role": role, "people": people} for role, people in found.items()]


def _series(attending: Attending, came: list[Place], tell: Teller) -> list[State]:
    held: dict[str, list[str]] = {}
    for ref, state in attending.gatherings.items():
        if state.get("status") == "held" and ref_in(state, "series"):
            held.setdefault(str(state["series"]), []).append(ref)
    found = []
    for at, (name, refs) in enumerate(held.items()):
        places = [one for one in came if one.gathering in refs]
        people = tell.people(f"series:{at}", places) if places else None
        where = {place.gathering for place in places}
        if people and len(where) == 1:
            tell.sums.append(Sum((f"gathering:{where.pop()}:came",), people.key))
        gatherings = counted(f"series:{at}:gatherings", [attending.gatherings[ref] for ref in refs])
        found.append({"series": name, "gatherings": gatherings, "people": people})
    return found


def _times(attending: Attending, came: list[Place], tell: Teller) -> list[State]:
    """Return how many people came how many times; who they are is not told."""
    held: dict[str, list[Place]] = {}
    for place in came:
        held.setdefault(place.person, []).append(place)
    figures = {
        str(times): tell.people(f"times:{times}", [p for found in held.values() if len(found) == times for p in found])
        for times in sorted({len(found) for found in held.values()})
    }
    never = [one for one in attending.people.registered() if one not in held]
    if never and held:
        figures = {"0": tell.cell(_persons("times:0", attending, never)), **figures}
    tell.sums.append(Sum(tuple(one.key for one in figures.values()), "registered" if "0" in figures else "people"))
    if "0" in figures:
        tell.sums.append(Sum(("people", "times:0"), "registered"))
    return [{"times": int(times), "people": people} for times, people in figures.items()]


def _dropping_out(attending: Attending, tell: Teller) -> State:
    """Count who came once and was away the last two times anything is known of them; who has left is told apart."""
    order = {ref: at for at, ref in enumerate(attending.gatherings)}
    last: list[Place] = []
    for person in {place.person for place in attending.places}:
        known = [p for p in attending.places if p.person == person and p.standing in {"present", *AWAY}]
        known.sort(key=lambda place: order[place.gathering])
        away = len(known) > TIMES_AWAY and all(place.standing in AWAY for place in known[-TIMES_AWAY:])
        if away and attending.people.here_on(person, None) and any(p.standing == "present" for p in known):
            last += known[-TIMES_AWAY:]
    latest = {place.person: place.role for place in last}
    groups = {ref: state["title"] for ref, state in attending.people.groups.items()}
    count = tell.people("dropping-out", last)
    by_group = tell.grouped("dropping-out:group", last, attending.people, count.key)
    roles = tell.split("dropping-out:role", last, ROLES, lambda place: latest[place.person], count.key)
    return {
        "count": count,
        "by_role": [{"role": role, "people": people} for role, people in roles.items()],
        "by_group": [
            {"group": ref, "title": groups[ref], "people": people} for ref, people in by_group.items() if people.value
        ],
        "left": _left(attending, tell),
    }


def _left(attending: Attending, tell: Teller) -> Figure:
    people = attending.people
    return tell.cell(_persons("left", attending, [ref for ref in people.registered() if not people.here_on(ref, None)]))


def _never_reached(attending: Attending) -> list[str]:
    """Return the roles that somebody has and no invitation names, where invitations say whom they reached."""
    reached = {one["role"] for state in attending.invitations.values() for one in state["reach"] if one["count"]}
    held = {role for ref in attending.people.registered() for role in attending.people.roles_on(ref, None)}
    return [role for role in ROLES if role in held - reached] if reached else []


def _broken_down(by: str, data: State, attending: Attending, came: list[Place], tell: Teller) -> list[State]:
    if by == "role":
        return list(data["by_role"])
    if by == "series":
        return list(data["series"])
    if by == "gathering":
        return [{"gathering": one["id"], **_shown(one, "title", "came", "standings")} for one in data["gatherings"]]
    groups = attending.people.groups
    found = tell.grouped("group", came, attending.people, "people")
    return [{"group": ref, "title": groups[ref]["title"], "people": people} for ref, people in found.items()]


# ------------------------------------------------------------------ notes
def _notes(attending: Attending, *, insider: bool, individual: bool) -> tuple[tuple[str, str], ...]:
    if not individual:
        return (
            (
                "Hvem der kom, er ikke offentligt. Her står kun, hvor mange nogen har talt.",
                "Who came is not public. Only what somebody counted stands here.",
            ),
        )
    return (*_unknown(attending, insider=insider), *_silent(attending), *_unstated(attending))


def _unknown(attending: Attending, *, insider: bool) -> list[tuple[str, str]]:
    unknown = sum(place.standing == "unknown" for place in attending.places)
    if not unknown:
        return []
    da, en = (f"{unknown} gange", f"{unknown} times") if insider else ("nogle gange", "some times")
    return [
        (
            f"Om nogen kom, vides ikke {da}. Det tæller hverken som kommet eller som ikke kommet.",
            f"Whether somebody came is not known {en}. That counts neither as came nor as did not come.",
        )
    ]


def _silent(attending: Attending) -> list[tuple[str, str]]:
    recorded = {place.gathering for place in attending.places if place.standing not in {ASKED, NEVER_ASKED}}
    silent = [ref for ref, s in attending.gatherings.items() if s.get("status") == "held" and ref not in recorded]
    if not silent:
        return []
    da, en = ("én", "one") if len(silent) == 1 else (str(len(silent)), str(len(silent)))
    return [
        (
            f"Ved {da} af samlingerne skrev ingen ned, hvem der kom. Det betyder ikke, at ingen kom.",
            f"At {en} of the gatherings held nobody wrote down who came. It does not mean nobody came.",
        )
    ]


def _unstated(attending: Attending) -> list[tuple[str, str]]:
    if not any(place.role == UNSTATED and place.standing == "present" for place in attending.places):
        return []
    return [
        (
            "Nogle har flere roller, eller ingen, og det er ikke skrevet ned, hvilken de kom i. De står for sig.",
            "Some have several roles, or none, and nobody wrote down which they came in. They stand apart.",
        )
    ]
