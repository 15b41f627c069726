"""How it began: the process, its grant and goals, how it was before, the gatherings and the groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from domain.timing import COPENHAGEN
from domain.vocabulary import TimePrecision
from service.cases.knabstrup.draft import PROCESS, Draft, cite, draft, section
from service.cases.knabstrup.record import Node, When, danish, facts, sources, text, when


def beginnings() -> Iterator[Draft]:
    """Yield everything from the process itself to its six groups."""
    yield _process()
    yield _grant()
    yield from _objectives()
    yield from _baselines()
    yield from _gatherings()
    yield from _groups()


# ------------------------------------------------------------------ the process and its goals
def _process() -> Draft:
    """The process was set up, as far as the log is concerned, with the first item on a committee's agenda."""
    data = {**text("PROCESS"), "period_start": "2018-09-06", "period_end": "2021-12-31", "languages": ["da"]}
    return Draft(
        facts=(PROCESS,),
        type="process-registered.v1",
        data=data,
        when=When.of("2018-09-06"),
        sources=("S04", "S12"),
        learned=sources()["S12"].known,
        silent=danish()["tavst"]["process-registered"],
    )


def _grant() -> Draft:
    own, amount = text("FU-01"), str(facts()["FU-01"]["amount_dkk"])
    data = {
        "funder": own["funder"],
        "scheme": own["scheme"],
        "amount_dkk": amount,
        "conditions": [{"text": own["use"]}],
    }
    return draft("FU-01", "grant-awarded", data, also=("FU-02", "FU-03"))


def _objectives() -> Iterator[Draft]:
    for fact in [*section("process", "purpose"), *section("process", "objectives")]:
        one = fact["id"]
        yield draft(
            one, "objective-defined", {"objective_id": one.lower(), "text": text(one)["text"], "source": cite(one)}
        )


def _baselines() -> Iterator[Draft]:
    for fact in [*section("process", "baseline"), *section("process", "populations")]:
        one, own = fact["id"], text(fact["id"])
        if one == "PO-07":
            yield draft(one, "headcount-recorded", {"total": fact["value"], "basis": own["basis"]})
            continue
        value = str(fact["value"]) if "value" in fact else None
        data = {"text": own["text"], "value": value, "unit": own.get("unit"), "source": cite(one)}
        yield draft(one, "baseline-recorded", data)


# ------------------------------------------------------------------ gatherings
KINDS: Final = {
    "GA-02": "kick-off",
    "GA-03": "group-meeting",
    "GA-06": "action-learning",
    "GA-07": "celebration",
    "GA-08": "committee",
}
ANNOUNCED: Final = "GA-12"
"""A meeting the record only announces; whether it was held is not known."""


def _gatherings() -> Iterator[Draft]:
    for fact in section("gatherings"):
        one = fact["id"]
        if one == "GA-04":  # told session by session, as AL-01 to AL-04
            yield from _sessions()
            continue
        also = ("AL-05",) if one == "GA-06" else ()
        yield _planned(one, {"kind": KINDS.get(one, "other"), **_series(one), **_hours(fact)}, also)
        if one != ANNOUNCED:
            yield _held(one, text(one)["note"], also)
    for one in ("MO-04", "MO-05"):
        yield draft(one, "exercise-run", {"gathering_id": "ga-06", **text(one)})


def _sessions() -> Iterator[Draft]:
    shared = text("AL")
    for one in ("AL-01", "AL-02", "AL-03", "AL-04"):
        data = {"kind": "action-learning", **_series("GA-06"), "purpose": shared["purpose"]}
        yield _planned(one, data, (), shared["tavst"])
        yield _held(one, shared["note"], ())


def _planned(one: str, data: Node, also: tuple[str, ...], silent: dict[str, str] | None = None) -> Draft:
    """Nothing planned stands before its own day: when it was called is not recorded."""
    own, happened = text(one), when(one)
    reason = "planned-span" if happened.precision is TimePrecision.SPAN else "planned-day"
    inferred = f"; {happened.basis}" if facts()[one]["mark"] == "inferred" else ""
    basis = own["grundlag"] if one == ANNOUNCED else danish()["grundlag"][reason] + inferred
    known = {name: own.get(name) for name in ("title", "place", "purpose")}
    data = {"gathering_id": one.lower(), **known, **data}
    return draft(one, "gathering-planned", data, also=also, happened=happened.because(basis), silent=silent)


def _held(one: str, note: str, also: tuple[str, ...]) -> Draft:
    """It was held that day. The hours of the programme stand with the plan: that they were kept is not recorded."""
    return draft(one, "gathering-held", {"gathering_id": one.lower(), "note": note}, also=also)


def _series(one: str) -> Node:
    return {"GA-03": {"series": "grupper"}, "GA-06": {"series": "aktionslæring"}}.get(one, {})


def _hours(fact: Node) -> Node:
    names = ("starts", "ends")
    return {
        name: _moment(fact["date"], hour)
        for name, hour in zip(names, fact.get("hours", "").split("-"), strict=False)
        if hour
    }


def _moment(day: str, hour: str) -> str:
    return dt.datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=COPENHAGEN).isoformat()


# ------------------------------------------------------------------ groups
def group_id(short: str | None) -> str | None:
    """Return the id of the group the record calls so."""
    return next((fact["id"].lower() for fact in section("groups") if fact["short"] == short), None)


def _groups() -> Iterator[Draft]:
    """The groups came about between the workshop and their first meeting (RO-05); their own facts give the year."""
    basis = danish()["grundlag"][facts()["RO-05"]["basis"]]
    happened = When.of({"from": "2019-01-27", "to": "2019-02-05"}).because(basis)
    for fact in section("groups"):
        one = fact["id"]
        data = {"group_id": one.lower(), "title": fact["da"], **text(one)}
        yield draft(one, "group-formed", data, also=("RO-05",), happened=happened)
