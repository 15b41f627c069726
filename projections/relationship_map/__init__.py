"""Relationship map: who has to do with whom, wave by wave, by role and group; never by name.

Whoever may not see the answers themselves sees sums of at least five ties that at least five people told of, and no sum
from which a smaller one follows. The sums are over one and the same panel throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.relating import (
    NoRelationsDeclared,
    RelationDeclared,
    RelationDisputed,
    RelationshipWaveClosed,
    RelationshipWaveOpened,
    TieKind,
)
from domain.vocabulary import Visibility
from projections.kernel import DEPTH, Answer, Figure, Projection, Request, State, of_kind, seen, value, when
from projections.measures.disclosure import LEAST
from projections.measures.networks import response_rate
from projections.people import GROUP_EVENTS, PARTICIPANT_EVENTS, People, group, participant
from projections.relationship_map.figures import WITHHELD, maps_of
from projections.relationship_map.waves import Panel, Wave, waves_of

if TYPE_CHECKING:
    from domain.kernel import Envelope

ENOUGH: Final = 0.8
"""Under this response the map is read with care."""

relationship_map = Projection(
    name="relationship-map",
    version=1,
    da="Hvem har med hvem at gøre?",
    en="Who has to do with whom?",
    rows="waves",
    breakdowns=("role", "group", "kind"),
    deep=Visibility.EVALUATORS,
    ends=(RelationshipWaveOpened, RelationshipWaveClosed),
    occasions_apart=True,
)
relationship_map.on(*PARTICIPANT_EVENTS)(participant)
relationship_map.on(*GROUP_EVENTS)(group)


@relationship_map.on(RelationshipWaveOpened)
def opened(state: State, event: Envelope) -> State:
    """Keep who is asked what."""
    fields = {name: value(event, name) for name in ("wording", "kinds", "roster", "cap")}
    return seen({**state, **fields, "when": when(event)}, event)


@relationship_map.on(RelationshipWaveClosed)
def closed(state: State, event: Envelope) -> State:
    """From now on silence is no answer."""
    return seen({**state, "closed": when(event)}, event)


@relationship_map.on(RelationDeclared)
def declared(state: State, event: Envelope) -> State:
    """A tie was named."""
    return _noted(state, event, "declared")


@relationship_map.on(RelationDisputed)
def disputed(state: State, event: Envelope) -> State:
    """Somebody named says it is not so."""
    return _noted(state, event, "disputed")


def _noted(state: State, event: Envelope, name: str) -> State:
    to, kind = value(event, "to"), value(event, "kind")
    if not (isinstance(to, str) and isinstance(kind, str)):
        return seen(state, event)
    item = {"to": to, "kind": kind, "position": event.position}
    return seen({**state, name: [*state.get(name, []), item]}, event)


@relationship_map.on(NoRelationsDeclared)
def none_yet(state: State, event: Envelope) -> State:
    """There are none yet; that is an answer."""
    return seen({**state, "none": [*state.get("none", []), event.position]}, event)


# ------------------------------------------------------------------ the answer
@dataclass(frozen=True)
class Asked:
    """What is asked, with the waves and the panel that it is answered from."""

    request: Request
    people: People
    waves: list[Wave]
    panels: list[Panel]

    @property
    def panel(self) -> Panel:
        """The people the last map is drawn over."""
        return self.panels[-1]

    @property
    def insider(self) -> bool:
        """Whether the reader may see the answers themselves."""
        return self.request.depth >= DEPTH[Visibility.EVALUATORS]

    @property
    def drawn(self) -> list[Wave]:
        """The waves that are drawn, oldest first."""
        return [wave for panel in self.panels for wave in panel.waves]

    @property
    def apart(self) -> bool:
        """Whether each of several waves is over whoever answered it."""
        return len(self.panels) > 1

    def people_figure(self, key: str, behind: Mapping[str, Iterable[int]], *, always: bool = False) -> Figure | State:
        """Return how many people these are."""
        if not (always or self.insider or len(behind) == 0 or len(behind) >= LEAST):
            return dict(WITHHELD)
        return Figure(key, len(behind), len(behind), _positions(behind))


def _positions(behind: Mapping[str, Iterable[int]]) -> tuple[int, ...]:
    return tuple(sorted({position for positions in behind.values() for position in positions}))


@relationship_map.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Say per wave who was asked and answered, and draw the ties between groups and roles over the panel."""
    if request.depth < DEPTH[Visibility.PROCESS]:
        outside = (
            "Hvem der har med hvem at gøre, vises kun for dem, der er med i forløbet.",
            "Who has to do with whom is shown only to those who take part in the process.",
        )
        return Answer(
            {"insider": False, "waves": [], "nodes": [], "kinds": [], "maps": [], "panel": None},
            (outside,),
        )
    people = People(states)
    waves = waves_of(states, people)
    asked = Asked(request, people, waves, _panels(people, waves, request))
    kinds = _kinds(asked.drawn)
    maps = [drawn for kind in kinds for drawn in _maps(asked, kind)]
    data: dict[str, Any] = {
        "insider": asked.insider,
        "apart": asked.apart,
        "waves": [_wave(asked, wave) for wave in _standing(asked)],
        "panel": asked.people_figure("panel", _said(asked.panel), always=True) if asked.drawn else None,
        "nodes": _nodes(asked),
        "kinds": kinds,
        "maps": maps,
    }
    if request.by in relationship_map.breakdowns:
        data["by"] = _broken_down(request.by, maps)
    return Answer(data, tuple(_notes(asked)), _beside(asked))


@relationship_map.waits
def unfinished(states: Mapping[str, State]) -> set[str]:
    """Ties of a wave that is open, and that somebody who was asked has not answered."""
    waves = waves_of(states, People(states))
    open_still = {wave.ref for wave in waves if not wave.closed and not wave.roster <= wave.answered}
    return {f"ties/{ref}" for ref in of_kind(states, "ties") if ref.rpartition("/")[0] in open_still}


def _panels(people: People, waves: list[Wave], request: Request) -> list[Panel]:
    """Return the panels: one over those who answered every wave, or apart one a wave over those who answered that."""
    drawn = [wave for wave in waves if wave.counts]
    together = [[one] for one in drawn] if request.apart and drawn else [drawn]
    return [Panel(people, held, request.at) for held in together]


def _maps(asked: Asked, kind: str) -> list[State]:
    """Return the maps of a kind; apart, what there was the first time stands beside the last as it was told then."""
    maps = [drawn for panel in asked.panels for drawn in maps_of(panel, kind, insider=asked.insider)]
    if asked.apart:
        first = {(cell["from"], cell["to"]): cell["now"] for cell in maps[0]["matrix"]}
        for panel, drawn in zip(asked.panels, maps, strict=True):
            drawn["panel"] = asked.people_figure(f"panel:{drawn['wave']}", _said(panel), always=True)
            for cell in drawn["matrix"]:
                cell["first"] = first[cell["from"], cell["to"]]
    return maps


def _standing(asked: Asked) -> list[Wave]:
    """Return the waves with whoever has answered by now, where the reader may know that."""
    states = asked.request.standing
    return asked.waves if states is None else waves_of(states, People(states))


def _beside(asked: Asked) -> tuple[Figure, ...]:
    """Return how many of the panel there are on each side and at each place: that is told, and not opened."""
    said = _said(asked.panel) if asked.drawn else {}
    found = []
    for what, of in (("side", asked.panel.side_of), ("place", asked.panel.place_of)) if said else ():
        for name in sorted(set(of.values())):
            held = {person: said[person] for person in of if of[person] == name}
            if (what, name) not in asked.panel.too_few:
                found.append(Figure(f"{what}:{name}", len(held), len(held), _positions(held)))
    return tuple(found)


def _kinds(waves: list[Wave]) -> list[str]:
    """Return the kinds that every drawn wave asked of, working together first: that is the one a map is about."""
    found = [kind.value for kind in reversed(TieKind) if all(kind.value in wave.kinds for wave in waves)]
    return found if waves else []


def _said(panel: Panel) -> dict[str, set[int]]:
    return {person: set().union(*(wave.said[person] for wave in panel.waves)) for person in panel.members}


def _wave(asked: Asked, wave: Wave) -> State:
    """Return who was asked and answered; to the team also whether each has, never what."""
    ref = wave.ref
    opened_at, answered = wave.state.get("events", []), wave.answered
    rate = response_rate(len(answered), len(wave.roster))
    # How much each of them said shows in how many entries there are: outside, one stands for all of a person's.
    heard = {person: wave.said[person] if asked.insider else {min(wave.said[person])} for person in answered}
    told = next((one for one in asked.waves if one.ref == ref), None)
    none = {who: found for who, found in told.none.items() if who in told.answered} if told else {}
    every = tuple(sorted({*opened_at, *_positions(heard)}))
    return {
        "id": ref,
        **{name: wave.state.get(name) for name in ("wording", "when", "closed", "cap")},
        "kinds": wave.kinds,
        "drawn": ref in {one.ref for one in asked.drawn},
        "asked": Figure(f"asked:{ref}", len(wave.roster), len(wave.roster), tuple(opened_at)) if wave.roster else None,
        "answered": Figure(f"answered:{ref}", len(answered), len(answered), every),
        "response": None if rate is None else Figure(f"response:{ref}", round(100 * rate), len(wave.roster), every),
        "none": asked.people_figure(f"none:{ref}", none),
        "roster": [{"id": person, "answered": person in answered} for person in sorted(wave.roster)]
        if asked.request.depth >= DEPTH[Visibility.TEAM]
        else None,
    }


def _nodes(asked: Asked) -> list[State]:
    """Return the places on the map, each with how many there are; the same through all waves."""
    if not asked.drawn:
        return []
    sizes, titles = asked.panel.sizes(), asked.people.groups
    order = [*(f"group/{ref}" for ref in titles), "citizens", "employee", "politician"]
    heard = list(asked.panel.place_of.values())
    return [
        {
            "id": place,
            "role": place if place in {"employee", "politician"} else "citizen",
            "title": titles[place.partition("/")[2]]["title"] if place.startswith("group/") else None,
            "size": sizes.get(place, 0),
            "panel": heard.count(place) if asked.insider or ("place", place) not in asked.panel.too_few else None,
        }
        for place in order
        if sizes.get(place) or place in heard
    ]


def _broken_down(by: str | None, maps: list[State]) -> list[State]:
    if not maps:
        return []
    kind = maps[0]["kind"]
    latest = [drawn for drawn in maps if drawn["kind"] == kind][-1]
    if by == "role":
        return list(latest["matrix"])
    if by == "group":
        return list(latest["edges"])
    last = {drawn["kind"]: drawn for drawn in maps}
    return [{name: drawn[name] for name in ("kind", "ties", "across", "share", "density")} for drawn in last.values()]


# ------------------------------------------------------------------ notes
def _notes(asked: Asked) -> Iterable[tuple[str, str]]:
    """Say what must be known to read the map rightly."""
    for wave in asked.waves:
        rate = response_rate(len(wave.answered), len(wave.roster))
        if wave in asked.drawn and rate is not None and rate < ENOUGH:
            percent = round(100 * rate)
            yield (
                f"I runden {wave.ref} svarede {percent} %. Kortet mangler de andre; det betyder ikke, at de ingen har.",
                f"In wave {wave.ref} {percent}% answered. The others are missing, not without ties.",
            )
        if not wave.counts:
            yield (
                f"Runden {wave.ref} tegnes, når den er lukket, eller halvdelen har svaret, og mindst fem har.",
                f"Wave {wave.ref} is drawn once it is closed, or half have answered, and at least five have.",
            )
    if len(asked.drawn) == 1:
        yield (
            "Der er spurgt én gang. Hvad der er nyt, kan først ses, når der er spurgt igen.",
            "People were asked once. What is new can be seen only when they are asked again.",
        )
    if asked.apart:
        yield (
            "Hver runde er regnet over dem, der svarede den gang. Hvad der er nyt eller ophørt, kunne røbe en enkelts.",
            "Each wave is over those who answered it. What is new or has ended could give single answers away.",
        )
    elif any(wave.answered != panel.members for panel in asked.panels for wave in panel.waves):
        yield (
            "Ikke alle svarede hver gang med én kendt rolle. Tallene er regnet over dem, der gjorde.",
            "Not everybody answered every time in one known role. The figures are over those who did.",
        )
